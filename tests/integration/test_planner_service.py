"""The planner over HTTP with its real worker process: bounded queue, deadlines, death and restart, a model's server."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest

from fleet.contracts import codec
from fleet.contracts.command_ir import Outcome
from fleet.contracts.translate import Registry, RegistryPlace, RegistryRobot, TranslateReply, TranslateRequest
from llm_planner.app import serve
from llm_planner.config import PlannerConfig

SITE = Registry(site="s", places=(RegistryPlace(name="Dock 1", kind="dock"),), robots=(RegistryRobot(name="AMR-1", type="AMR"),))
BACKENDS = "tests.integration.planner_backends"


@asynccontextmanager
async def planner(tmp_path: Path, opener: str = f"{BACKENDS}:quick", **changes: Any) -> AsyncIterator[httpx.AsyncClient]:
    stop, up = asyncio.Event(), asyncio.get_running_loop().create_future()
    config = PlannerConfig(cache_dir=tmp_path, port=0, **changes)
    serving = asyncio.create_task(serve(config, stop=stop, ready=up.set_result, opener=opener))
    port = await asyncio.wait_for(up, 20)
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False) as client:
            yield client
    finally:
        stop.set()
        await serving


async def ask(client: httpx.AsyncClient, text: str, deadline_s: float = 30.0) -> httpx.Response:
    body = codec.encode(TranslateRequest(text=text, registry=SITE, now="10:00", deadline_s=deadline_s))
    return await client.post("/v1/translate", content=body)


def run(test: Any) -> None:
    asyncio.run(test)


def test_a_sentence_waits_for_the_model_to_load_and_health_says_ready(tmp_path: Path) -> None:
    async def scene() -> None:
        async with planner(tmp_path) as client:
            answer = await ask(client, "hello")
            assert answer.status_code == 200
            assert codec.decode(answer.content, TranslateReply).ir.why == "hello"
            assert (await client.get("/healthz")).json()["status"] == "ready"

    run(scene())


def test_one_sentence_too_many_is_429_and_nothing_else_suffers(tmp_path: Path) -> None:
    async def scene() -> None:
        async with planner(tmp_path, queue_max=1) as client:
            await ask(client, "warm")
            answers = await asyncio.gather(*(ask(client, "brief") for _ in range(5)))
            codes = sorted(answer.status_code for answer in answers)
            assert codes == [200, 200, 429, 429, 429]
            refused = next(a for a in answers if a.status_code == 429)
            assert refused.json()["code"] == "queue_full"
            assert refused.headers["content-type"] == "application/problem+json"

    run(scene())


def test_a_missed_deadline_is_504_and_the_next_sentence_is_answered(tmp_path: Path) -> None:
    async def scene() -> None:
        async with planner(tmp_path) as client:
            await ask(client, "warm")
            late = await ask(client, "slow", deadline_s=0.3)
            assert (late.status_code, late.json()["code"]) == (504, "deadline_missed")
            assert (await ask(client, "next")).status_code == 200
            health = (await client.get("/healthz")).json()
            assert (health["restarts"], health["status"]) == (0, "ready")

    run(scene())


def test_while_the_model_loads_a_short_deadline_gets_the_reason(tmp_path: Path) -> None:
    async def scene() -> None:
        async with planner(tmp_path, opener=f"{BACKENDS}:late") as client:
            assert (await client.get("/healthz")).json()["status"] == "loading"
            early = await ask(client, "hello", deadline_s=0.2)
            assert early.status_code == 503
            assert "still loading" in early.json()["detail"]
            assert (await ask(client, "hello")).status_code == 200

    run(scene())


def test_a_killed_model_process_comes_back(tmp_path: Path) -> None:
    async def scene() -> None:
        async with planner(tmp_path) as client:
            await ask(client, "warm")
            pid = await worker_pid(client)
            waiting = asyncio.create_task(ask(client, "brief"))
            await asyncio.sleep(0.1)
            os.kill(pid, signal.SIGKILL)
            assert (await waiting).status_code == 200  # it was given to the new process
            health = (await client.get("/healthz")).json()
            assert (health["status"], health["restarts"]) == ("ready", 1)
            assert await worker_pid(client) != pid

    run(scene())


def test_a_sentence_that_kills_the_process_twice_is_given_up(tmp_path: Path) -> None:
    async def scene() -> None:
        async with planner(tmp_path) as client:
            poison = await ask(client, "die")
            assert poison.status_code == 503
            assert (await ask(client, "hello")).status_code == 200

    run(scene())


def test_a_hung_process_is_killed_and_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("llm_planner.models.worker.HANG_GRACE_S", 0.3)

    async def scene() -> None:
        async with planner(tmp_path) as client:
            await ask(client, "warm")
            assert (await ask(client, "hang", deadline_s=0.2)).status_code == 504
            assert (await ask(client, "hello")).status_code == 200
            assert (await client.get("/healthz")).json()["restarts"] == 1

    run(scene())


def test_a_model_that_cannot_be_loaded_says_why(tmp_path: Path) -> None:
    async def scene() -> None:
        async with planner(tmp_path, opener=f"{BACKENDS}:missing") as client:
            answer = await ask(client, "hello", deadline_s=3.0)
            assert answer.status_code == 503
            assert "no weights here" in answer.json()["detail"]

    run(scene())


def test_bad_bodies_are_problems_and_a_token_is_asked_for_where_one_is_set(tmp_path: Path) -> None:
    async def scene() -> None:
        async with planner(tmp_path, token="secret") as client:
            assert (await client.post("/v1/translate", content=b"{}")).status_code == 401
            client.headers["Authorization"] = "Bearer secret"
            for body in (b"not json", b"{}", b'{"text": 7, "registry": {"site": "s"}, "now": "10:00"}', b"\xff\xfe"):
                answer = await client.post("/v1/translate", content=body)
                assert answer.status_code == 422
                assert answer.json()["code"] == "invalid_input"
            assert (await client.post("/v1/translate", content=b"x" * (5 << 20))).status_code == 413

    run(scene())


class _Server(BaseHTTPRequestHandler):
    """A small OpenAI-compatible server; what it answers is set by the test."""

    answer: ClassVar[str] = ""
    status: ClassVar[int] = 200
    seen: ClassVar[list[dict[str, Any]]] = []

    def do_POST(self) -> None:
        self.seen.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        body = json.dumps(
            {
                "choices": [
                    {"message": {"content": self.answer}, "logprobs": {"content": [{"logprob": -0.1}, {"logprob": -0.5}]}}
                ],
                "usage": {"completion_tokens": 12},
            }
        ).encode()
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


def _command(robot: str) -> str:
    return json.dumps(
        {
            "outcome": "plan",
            "tasks": [
                {"ref": "t1", "action": "goto", "from": None, "to": "Dock 1", "robot": [robot], "after": [], "deadline": None}
            ],
            "control": None,
            "query": None,
            "why": "",
        }
    )


def test_a_models_server_is_asked_with_a_strict_schema_and_its_answer_is_held_to_the_same_guard(tmp_path: Path) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/v1#tiny"

    async def scene() -> None:
        async with planner(tmp_path, opener="llm_planner.models.backends:open_backend", model=url) as client:
            _Server.answer = _command("AMR-1")
            reply = codec.decode((await ask(client, "send AMR-1 to dock 1")).content, TranslateReply)
            assert (reply.ir.outcome, reply.ir.tasks[0].robot, reply.model, reply.tokens) == (Outcome.PLAN, "AMR-1", "tiny", 12)
            assert reply.confidence == pytest.approx(0.6065, abs=1e-3)
            asked = _Server.seen[-1]
            schema = asked["response_format"]["json_schema"]
            assert schema["strict"]
            assert asked["model"] == "tiny"
            assert schema["schema"]["properties"]["tasks"]["items"]["properties"]["robot"]["items"]["enum"] == ["AMR-1"]
            _Server.answer = _command("AMR-77")  # a server that ignores the schema
            reply = codec.decode((await ask(client, "send AMR-1 to dock 1")).content, TranslateReply)
            assert reply.ir.outcome is Outcome.CLARIFY
            _Server.answer = "I would be happy to help!"
            assert (await ask(client, "send AMR-1 to dock 1")).status_code == 502
            _Server.status = 500
            assert (await ask(client, "send AMR-1 to dock 1")).status_code == 503

    try:
        run(scene())
    finally:
        server.shutdown()
        server.server_close()


async def worker_pid(client: httpx.AsyncClient) -> int:
    return int((await client.get("/healthz")).json()["pid"])
