"""A whole cloud process in the test's own loop: real SQLite file, real HTTP server on a free port, and peers to talk to."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import msgspec
from fastapi import FastAPI, Request
from starlette.responses import Response

from cloud.app import serve_cloud
from cloud.config import CloudConfig
from fleet.contracts import codec, manifest
from fleet.contracts.command_ir import CommandIr
from fleet.contracts.translate import TranslateReply, TranslateRequest
from fleet_io.http import serve
from fleet_io.mqtt import MqttSettings
from tests.unit import sites

TOKEN = "test-token"
AUTH = {"Authorization": f"Bearer {TOKEN}"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class ScriptedPlanner:
    """A translator with a script instead of a model, on real HTTP.

    `answers`: sentence (with an answer to a question: "sentence | answer") -> IR, whole reply, or an HTTP status.
    """

    answers: dict[str, dict[str, Any] | TranslateReply | int] = field(default_factory=dict)
    delay_s: float = 0.0
    asked: list[TranslateRequest] = field(default_factory=list)
    url: str = ""

    async def translate(self, request: Request) -> Response:
        asked = codec.decode(await request.body(), TranslateRequest)
        self.asked.append(asked)
        await asyncio.sleep(self.delay_s)
        said = f"{asked.text} | {asked.answer}" if asked.answers else asked.text
        answer = self.answers.get(said, {"outcome": "clarify", "why": "Which robot?"})
        if isinstance(answer, int):
            return Response(codec.encode({"detail": "no", "fix": "try later"}), status_code=answer)
        reply = (
            answer
            if isinstance(answer, TranslateReply)
            else TranslateReply(ir=codec.convert(answer, CommandIr), model="script", translate_s=self.delay_s)
        )
        return Response(codec.encode(reply), media_type="application/json")


@asynccontextmanager
async def planner(**answers: dict[str, Any] | TranslateReply | int) -> AsyncIterator[ScriptedPlanner]:
    script = ScriptedPlanner(dict(answers))
    app = FastAPI()
    app.add_route("/v1/translate", script.translate, methods=["POST"])
    async with _served(lambda stop, ready: serve(app, "127.0.0.1", 0, stop=stop, ready=ready)) as port:
        script.url = f"http://127.0.0.1:{port}"
        yield script


@dataclass
class CloudWorld:
    http: httpx.AsyncClient
    port: int

    async def get(self, path: str, **params: Any) -> Any:
        answer = await self.http.get(path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, body: Any = None, *, expect: int = 200) -> Any:
        answer = await self.http.post(path, json=body)
        assert answer.status_code == expect, answer.text
        return answer.json()

    async def apply_site(self) -> None:
        """The small site of the unit tests, without status: nobody is online."""
        await self.post("/api/v1/apply", {"documents": [manifest.to_document(r) for r in sites.resources()]})

    async def command(self, text: str, **fields: Any) -> Any:
        return await self.post("/api/v1/commands?wait_s=10", {"text": text, **fields}, expect=202)


@asynccontextmanager
async def cloud(
    data_dir: Path, *, planner_url: str = "http://127.0.0.1:9", broker_port: int = 9, token: str = TOKEN, **config: Any
) -> AsyncIterator[CloudWorld]:
    settings = CloudConfig(
        data_dir=data_dir,
        site=sites.SITE,
        port=0,
        token=token,
        broker=MqttSettings(port=broker_port),
        planner_url=planner_url,
        translate_deadline_s=config.pop("translate_deadline_s", 5.0),
        **config,
    )
    async with (
        _served(lambda stop, ready: serve_cloud(settings, stop=stop, ready=ready)) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=AUTH, trust_env=False, timeout=20) as http,
    ):
        yield CloudWorld(http, port)


@asynccontextmanager
async def _served(start: Callable[[asyncio.Event, Callable[[int], None]], Any]) -> AsyncIterator[int]:
    stop = asyncio.Event()
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    running = asyncio.ensure_future(start(stop, port.set_result))
    await asyncio.wait({running, port}, return_when=asyncio.FIRST_COMPLETED)
    if not port.done():
        await running
        raise AssertionError("the server ended before it was up")
    try:
        yield port.result()
    finally:
        stop.set()
        await asyncio.wait_for(running, 15)


def plan_of(**task: Any) -> dict[str, Any]:
    """An IR with one task."""
    return {"outcome": "plan", "tasks": [{"ref": "t1", **task}]}


TRANSPORT = plan_of(action="transport", item="tote", **{"from": "Dock 1", "to": "Packing 1"})


def problem(answer: httpx.Response) -> dict[str, Any]:
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return msgspec.json.decode(answer.content, type=dict[str, Any])
