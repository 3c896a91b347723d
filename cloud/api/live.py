"""The live feed: one snapshot, then changes, then telemetry, to each page that is open. docs/api.md has the frames.

A frame is encoded once and shared by all clients. A client owns a bounded text queue and one telemetry slot for each
edge node (newest wins), so a slow screen delays nobody and costs bounded memory; when its text queue is full it is
closed with 1013 and comes back to a fresh snapshot.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import deque
from typing import Any

import msgspec
from starlette.websockets import WebSocket, WebSocketDisconnect

from cloud.api.people import People
from cloud.core.changes import Applied
from cloud.store.store import Store
from fleet.contracts import codec, manifest
from fleet.contracts.wire import Telemetry
from fleet_io.http import WS_BEARER, websocket_token

log = logging.getLogger("drover.cloud.live")

PROTOCOL = "drover.v1"
CLIENTS_MAX = 200
TEXT_QUEUE_MAX = 2_000
TEXT_BYTES_MAX = 16 * 1024 * 1024
SEND_TIMEOUT_S = 10.0
BEAT_S = 1.0
SNAPSHOT_COMMANDS = 50
SNAPSHOT_EVENTS = 200
#: Frames of telemetry a second that a client gets at most, for each edge node.
TELEMETRY_HZ_MAX = 4.0

CLOSE_POLICY = 1008
CLOSE_TRY_LATER = 1013


class _Client:
    def __init__(self) -> None:
        self.texts: deque[str] = deque()
        self.text_bytes = 0
        self.telemetry: dict[str, bytes] = {}
        self.wake = asyncio.Event()
        self.overflow = False

    def text(self, frame: str) -> None:
        if self.overflow:
            return
        self.text_bytes += len(frame)
        if len(self.texts) >= TEXT_QUEUE_MAX or self.text_bytes > TEXT_BYTES_MAX:
            self.overflow = True
            self.texts.clear()
            self.telemetry.clear()
        else:
            self.texts.append(frame)
        self.wake.set()

    def binary(self, edge: str, frame: bytes) -> None:
        self.telemetry[edge] = frame
        self.wake.set()


class LiveFeed:
    """`telemetry` and `changed` are called by the hub and the store; `serve` runs once for each websocket."""

    def __init__(self, store: Store, *, site: str, token: str) -> None:
        self._people = People(lambda: store.model, token)
        self._store = store
        self._site = site
        self._clients: set[_Client] = set()
        self._telemetry_at: dict[str, float] = {}
        self._sent_at: dict[str, float] = {}
        self._encode = msgspec.msgpack.Encoder().encode

    @property
    def clients(self) -> int:
        return len(self._clients)

    # ---- in ----

    def changed(self, applied: Applied) -> None:
        """A watcher of the store: what was committed goes to everybody."""
        if not self._clients:
            return
        for frame in _frames(applied):
            text = codec.encode(frame).decode()
            for client in self._clients:
                client.text(text)

    def telemetry(self, edge: str, frame: Telemetry) -> None:
        """The newest positions of one edge node's robots."""
        now = time.time()
        self._telemetry_at[edge] = now
        if not self._clients or now - self._sent_at.get(edge, 0.0) < 0.9 / TELEMETRY_HZ_MAX:
            return
        self._sent_at[edge] = now
        data = self._encode(frame)
        for client in self._clients:
            client.binary(edge, data)

    async def beat(self) -> None:
        """Runs for ever: says each second that the feed lives, and how old its telemetry is."""
        while True:
            await asyncio.sleep(BEAT_S)
            now = time.time()
            ages = {edge: round(now - at, 2) for edge, at in self._telemetry_at.items()}
            text = codec.encode({"type": "beat", "now_at": now, "feed_age_s": ages}).decode()
            for client in self._clients:
                client.text(text)

    def end(self) -> None:
        """The process stops: let every client go."""
        for client in self._clients:
            client.overflow = True
            client.wake.set()

    # ---- out ----

    async def serve(self, websocket: WebSocket) -> None:
        offered = websocket.scope.get("subprotocols", [])
        bearers = [p for p in offered if p.startswith(WS_BEARER)]
        await websocket.accept(subprotocol=PROTOCOL if PROTOCOL in offered else None)
        if self._people.name_of(websocket_token(websocket)) is None:
            await websocket.close(CLOSE_POLICY, "no valid token: offer the subprotocol bearer.TOKEN")
            return
        if bearers and PROTOCOL not in offered:
            await websocket.close(CLOSE_POLICY, f"offer the subprotocol {PROTOCOL} beside the token")
            return
        if len(self._clients) >= CLIENTS_MAX:
            await websocket.close(CLOSE_TRY_LATER, f"{CLIENTS_MAX} pages are open already")
            return
        client = _Client()
        for frame in self._first_frames():
            client.text(codec.encode(frame).decode())
        self._clients.add(client)
        reader = asyncio.create_task(_read(websocket))
        try:
            await self._pump(websocket, client, reader)
        finally:
            self._clients.discard(client)
            reader.cancel()

    async def _pump(self, websocket: WebSocket, client: _Client, reader: asyncio.Task[None]) -> None:
        while not reader.done():
            waiter = asyncio.create_task(client.wake.wait())
            await asyncio.wait({waiter, reader}, return_when=asyncio.FIRST_COMPLETED)
            waiter.cancel()
            client.wake.clear()
            try:
                if client.overflow:
                    await asyncio.wait_for(websocket.close(CLOSE_TRY_LATER, "too slow, or the server stops"), SEND_TIMEOUT_S)
                    return
                await self._drain(websocket, client)
            except (TimeoutError, WebSocketDisconnect, RuntimeError):
                return

    async def _drain(self, websocket: WebSocket, client: _Client) -> None:
        while client.texts and not client.overflow:
            text = client.texts.popleft()
            client.text_bytes -= len(text)
            await asyncio.wait_for(websocket.send_text(text), SEND_TIMEOUT_S)
            if client.telemetry:
                await self._send_telemetry(websocket, client)
        await self._send_telemetry(websocket, client)

    async def _send_telemetry(self, websocket: WebSocket, client: _Client) -> None:
        slots, client.telemetry = client.telemetry, {}
        for frame in slots.values():
            await asyncio.wait_for(websocket.send_bytes(frame), SEND_TIMEOUT_S)

    def _first_frames(self) -> list[dict[str, Any]]:
        model = self._store.model
        hello = {"type": "hello", "version": 1, "role": "cloud", "site": self._site, "now_at": time.time()}
        snapshot = {
            "type": "snapshot",
            "resources": [manifest.to_document(r) for r in model.resources()],
            "commands": list(model.commands.values())[-SNAPSHOT_COMMANDS:],
            "events": list(model.events)[-SNAPSHOT_EVENTS:],
        }
        return [hello, snapshot]


def _frames(applied: Applied) -> list[dict[str, Any]]:
    frames: list[dict[str, Any]] = []
    for resource in applied.removed:
        frames.append({"type": "deleted", "kind": resource.kind, "name": resource.metadata.name})
    for resource in applied.resources:
        frames.append({"type": "resource", "resource": manifest.to_document(resource)})
    frames += [{"type": "command", "command": command} for command in applied.commands]
    frames += [{"type": "event", "event": happened} for happened in applied.events]
    return frames


async def _read(websocket: WebSocket) -> None:
    """Clients have nothing to say; reading notices that they left."""
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        while True:
            await websocket.receive()
