"""The site's own live feed: snapshot, changes, telemetry (docs/api.md). A slow client never delays another."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from typing import Any

import msgspec
from starlette.websockets import WebSocket, WebSocketDisconnect

from edge_node.store.keeper import Batch, Keeper
from fleet.contracts import codec, manifest
from fleet.contracts.resources import Kind
from fleet_io.http import same_token, websocket_token

PROTOCOL = "drover.v1"
CLIENTS_MAX = 50
TEXT_QUEUE_MAX = 2_000
SNAPSHOT_EVENTS = 200
SEND_TIMEOUT_S = 10.0
TELEMETRY_S = 0.25
BEAT_EVERY = 4  # telemetry frames a beat
CLOSE_POLICY, CLOSE_TRY_LATER = 1008, 1013


class _Client:
    def __init__(self) -> None:
        self.texts: deque[str] = deque()
        self.binary: bytes | None = None
        self.wake = asyncio.Event()
        self.overflow = False

    def text(self, frame: str) -> None:
        if len(self.texts) >= TEXT_QUEUE_MAX:
            self.overflow = True
            self.texts.clear()
        elif not self.overflow:
            self.texts.append(frame)
        self.wake.set()


class LiveFeed:
    """`changed` watches the keeper; `run` makes telemetry and beats; `serve` runs once for each websocket."""

    def __init__(self, keeper: Keeper, *, site: str, token: str) -> None:
        self._keeper = keeper
        self._site, self._token = site, token
        self._clients: set[_Client] = set()
        self._pack = msgspec.msgpack.Encoder().encode
        keeper.watchers.append(self.changed)

    def changed(self, batch: Batch) -> None:
        if not self._clients:
            return
        frames: list[dict[str, Any]] = [{"type": "deleted", "kind": d.kind, "name": d.name} for d in batch.removed]
        frames += [{"type": "resource", "resource": manifest.to_document(r)} for r in batch.changed]
        frames += [{"type": "event", "event": event} for event in batch.events]
        for frame in frames:
            self._text(frame)

    async def run(self) -> None:
        """Until cancelled."""
        count = 0
        while True:
            await asyncio.sleep(TELEMETRY_S)
            if not self._clients:
                continue
            count += 1
            now = time.time()
            data = self._pack(self._keeper.core.telemetry(now))
            for client in self._clients:
                client.binary = data
                client.wake.set()
            if count % BEAT_EVERY == 0:
                self._text({"type": "beat", "now_at": now, "feed_age_s": {self._keeper.core.edge: 0.0}})

    def end(self) -> None:
        """The process stops: let every client go."""
        for client in self._clients:
            client.overflow = True
            client.wake.set()

    def _text(self, frame: dict[str, Any]) -> None:
        text = codec.encode(frame).decode()
        for client in self._clients:
            client.text(text)

    async def serve(self, websocket: WebSocket) -> None:
        offered = websocket.scope.get("subprotocols", [])
        await websocket.accept(subprotocol=PROTOCOL if PROTOCOL in offered else None)
        if not same_token(websocket_token(websocket), self._token):
            await websocket.close(CLOSE_POLICY, "no valid token: offer the subprotocol bearer.TOKEN")
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
                while client.texts and not client.overflow:
                    await asyncio.wait_for(websocket.send_text(client.texts.popleft()), SEND_TIMEOUT_S)
                data, client.binary = client.binary, None
                if data is not None:
                    await asyncio.wait_for(websocket.send_bytes(data), SEND_TIMEOUT_S)
            except (TimeoutError, WebSocketDisconnect, RuntimeError):
                return

    def _first_frames(self) -> list[dict[str, Any]]:
        core = self._keeper.core
        resources = [manifest.to_document(r) for kind in Kind for r in core.resources(kind)]
        events = list(self._keeper.events)[-SNAPSHOT_EVENTS:]
        return [
            {"type": "hello", "version": 1, "role": "edge", "site": self._site, "now_at": time.time()},
            {"type": "snapshot", "resources": resources, "commands": [], "events": events},
        ]


async def _read(websocket: WebSocket) -> None:
    """Clients have nothing to say; reading notices that they left."""
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        while True:
            await websocket.receive()
