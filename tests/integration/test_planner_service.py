"""The planner over HTTP with its real worker process: bounded queue, deadlines, death and restart, a model's server."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from fleet.contracts import codec
from fleet.contracts.command_ir import ControlAction, Outcome
from fleet.contracts.translate import Registry, RegistryPlace, RegistryRobot, TranslateReply, TranslateRequest
from llm_planner.app import serve
from llm_planner.config import PlannerConfig
from tests.integration.model_server import model_server

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


async def ask(client: httpx.AsyncClient, text: str, deadline_s: float = 30.0, *, batch: bool = False) -> httpx.Response:
    body = codec.encode(TranslateRequest(text=text, registry=SITE, now="10:00", deadline_s=deadline_s, batch=batch))
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
            for _ in range(300):
                if (await client.get("/healthz")).json()["status"] == "failed":
                    break
                await asyncio.sleep(0.1)
            answer = await ask(client, "hello", deadline_s=0.5)
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


def test_an_interactive_sentence_overtakes_a_batch(tmp_path: Path) -> None:
    async def scene() -> None:
        async with planner(tmp_path) as client:
            await ask(client, "warm")
            order: list[str] = []

            async def sent(name: str, batch: bool) -> None:
                assert (await ask(client, "brief", batch=batch)).status_code == 200
                order.append(name)

            tasks = []
            for name, batch in (("batch 1", True), ("batch 2", True), ("batch 3", True), ("operator", False)):
                tasks.append(asyncio.create_task(sent(name, batch)))
                await asyncio.sleep(0.03)
            health = (await client.get("/healthz")).json()
            assert health["waiting"] == {"interactive": 1, "batch": 2}
            await asyncio.gather(*tasks)
            assert order == ["batch 1", "operator", "batch 2", "batch 3"]

    run(scene())


def test_a_sentence_that_would_come_too_late_is_refused_at_once_and_told_when(tmp_path: Path) -> None:
    async def scene() -> None:
        async with planner(tmp_path) as client:
            for _ in range(3):
                await ask(client, "brief")  # 0.4 s each
            busy = [asyncio.create_task(ask(client, "brief")) for _ in range(3)]
            await asyncio.sleep(0.05)
            began = asyncio.get_running_loop().time()
            refused = await ask(client, "brief", deadline_s=0.9)
            assert asyncio.get_running_loop().time() - began < 0.4
            assert refused.status_code == 429
            assert refused.json()["field"] == "deadline_s"
            assert "try again in" in refused.json()["fix"]
            assert [answer.status_code for answer in await asyncio.gather(*busy)] == [200, 200, 200]

    run(scene())


def test_a_stop_word_is_answered_while_the_model_loads_and_the_queue_is_full(tmp_path: Path) -> None:
    async def scene() -> None:
        async with planner(tmp_path, opener=f"{BACKENDS}:late", queue_max=1) as client:
            waiting = [asyncio.create_task(ask(client, "hello")) for _ in range(4)]
            await asyncio.sleep(0.1)
            began = asyncio.get_running_loop().time()
            reply = codec.decode((await ask(client, "Stop! Someone fell", batch=True)).content, TranslateReply)
            assert asyncio.get_running_loop().time() - began < 0.5
            assert reply.ir.control is not None
            assert (reply.ir.control.action, reply.ir.control.targets) == (ControlAction.EMERGENCY_STOP, ("all",))
            await asyncio.gather(*waiting)

    run(scene())


def test_a_share_that_is_none_is_refused_before_anything_starts(tmp_path: Path) -> None:
    from fleet.contracts.errors import InvalidInput

    with pytest.raises(InvalidInput, match="between 0 and 1"):
        asyncio.run(serve(PlannerConfig(cache_dir=tmp_path, port=0, remote_share=40)))


def test_the_service_answers_with_the_next_model_when_a_server_is_gone(tmp_path: Path) -> None:
    async def scene(small: str) -> None:
        model = f"http://127.0.0.1:9/v1#gone,{small}"
        async with planner(tmp_path, opener="llm_planner.models.backends:open_backend", model=model) as client:
            reply = codec.decode((await ask(client, "send AMR-1 to dock 1")).content, TranslateReply)
            assert (reply.ir.outcome, reply.ir.tasks[0].robot) == (Outcome.PLAN, "AMR-1")
            assert reply.model.endswith("(after gone at http://127.0.0.1:9: away)")

    with model_server() as server:
        run(scene(server.url))


async def worker_pid(client: httpx.AsyncClient) -> int:
    return int((await client.get("/healthz")).json()["pid"])
