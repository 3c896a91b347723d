"""A small real server of the OpenAI protocol, that answers well or badly as a test wants. Also a program, to be killed.

It understands as much as its `answer` is told; everything else (HTTP, connections, time) is real.
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from fleet_io.http import serve

GO = ["go P1 robot R1"]


@dataclass
class ModelServer:
    """`mode`: good, late, dies, garbage, not_json, page, busy, broken, refuses_schema, refuses_formats, ignores_formats, huge."""

    mode: str = "good"
    steps: list[str] = field(default_factory=lambda: list(GO))
    logprobs: bool = True
    seen: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""

    async def chat(self, request: Request) -> Response:
        body = await request.json()
        self.seen.append(body)
        kind = (body.get("response_format") or {}).get("type", "text")
        plain = " ; ".join(self.steps)
        as_json = json.dumps({"steps": self.steps})
        match self.mode:
            case "late":
                await asyncio.sleep(30)
            case "dies":
                return StreamingResponse(_cut(), media_type="application/json")
            case "page":
                return Response("<html>login</html>", media_type="text/html")
            case "busy":
                return JSONResponse({"error": "too many"}, 429)
            case "broken":
                return JSONResponse({"error": "out of memory"}, 500)
            case "garbage":
                return self._said(body, "I would be happy to help with that!")
            case "huge":
                return self._said(body, "x" * 400_000)
            case "refuses_schema" if kind == "json_schema":
                return JSONResponse({"error": "json_schema is not supported"}, 400)
            case "refuses_formats" if kind != "text" or body.get("logprobs"):
                return JSONResponse({"error": "unknown field response_format"}, 422)
            case "ignores_formats":
                return self._said(body, f"<think>two steps?</think>\n{plain}")
        return self._said(body, plain if kind == "text" else as_json)

    async def complete(self, request: Request) -> Response:
        body = await request.json()
        self.seen.append(body)
        choice = {"text": " ; ".join(self.steps), "logprobs": {"token_logprobs": [-0.1, -0.2]}}
        return JSONResponse({"choices": [choice], "usage": {"completion_tokens": 7}})

    def _said(self, body: dict[str, Any], text: str) -> Response:
        choice: dict[str, Any] = {"message": {"role": "assistant", "content": text}}
        if self.logprobs and body.get("logprobs"):
            choice["logprobs"] = {"content": [{"logprob": -0.1}, {"logprob": -0.4}]}
        return JSONResponse({"choices": [choice], "usage": {"completion_tokens": 12}})

    def app(self) -> FastAPI:
        app = FastAPI()
        app.add_route("/v1/chat/completions", self.chat, methods=["POST"])
        app.add_route("/v1/completions", self.complete, methods=["POST"])
        return app


async def _cut() -> AsyncIterator[bytes]:
    yield b'{"choices": [{"mess'
    raise ConnectionResetError


@contextmanager
def model_server(mode: str = "good", **fields: Any) -> Iterator[ModelServer]:
    """On a free port, in a thread with a loop of its own; `url` has the model's name."""
    server = ModelServer(mode, **fields)
    loop, stop, up = asyncio.new_event_loop(), asyncio.Event(), threading.Event()

    def ready(port: int) -> None:
        server.url = f"http://127.0.0.1:{port}/v1#tiny"
        up.set()

    def run() -> None:
        loop.run_until_complete(serve(server.app(), "127.0.0.1", 0, stop=stop, ready=ready))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert up.wait(20)
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(20)
        loop.close()


def main(mode: str) -> None:
    """Serves until it is killed; says its URL on the first line."""
    server = ModelServer(mode)

    def ready(port: int) -> None:
        print(f"http://127.0.0.1:{port}/v1#tiny", flush=True)

    asyncio.run(serve(server.app(), "127.0.0.1", 0, stop=asyncio.Event(), ready=ready))


if __name__ == "__main__":
    main(sys.argv[1])
