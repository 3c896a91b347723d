"""The live feed over real websockets: what a page sees, and what a slow one must not do to the others."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from fastapi import FastAPI, WebSocket
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from cloud.api.live import LiveFeed
from cloud.core.changes import Applied
from cloud.store.store import Store, sqlite_url
from fleet.contracts.wire import Event, Telemetry
from fleet_io.http import serve
from tests.integration.cloud_world import TOKEN, TRANSPORT, cloud


def run(scenario: Any) -> None:
    asyncio.run(asyncio.wait_for(scenario, 60))


def page(port: int, token: str = TOKEN, **options: Any) -> connect:
    protocols = [Subprotocol("drover.v1"), Subprotocol(f"bearer.{token}")]
    return connect(f"ws://127.0.0.1:{port}/api/v1/live", subprotocols=protocols, compression=None, proxy=None, **options)


async def frames(live: ClientConnection, until: Callable[[dict[str, Any]], bool], timeout_s: float = 10) -> list[dict[str, Any]]:
    seen: list[dict[str, Any]] = []
    async with asyncio.timeout(timeout_s):
        while not seen or not until(seen[-1]):
            frame = await live.recv()
            if isinstance(frame, str):
                seen.append(json.loads(frame))
    return seen


def test_a_page_gets_a_snapshot_and_then_each_change(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with cloud(tmp_path) as world:
            await world.apply_site()
            async with page(world.port) as live:
                assert live.subprotocol == "drover.v1"
                first = await frames(live, lambda f: f["type"] == "snapshot")
                assert [f["type"] for f in first] == ["hello", "snapshot"]
                assert first[0]["role"] == "cloud"
                assert "AMR-1" in [r["metadata"]["name"] for r in first[1]["resources"]]
                name = (await world.post("/api/v1/missions", {"ir": TRANSPORT}, expect=201))["metadata"]["name"]
                seen = await frames(live, lambda f: f["type"] == "event" and f["event"]["reason"] == "MissionCreated")
                kinds = {r["resource"]["kind"] for r in seen if r["type"] == "resource"}
                assert {"Mission", "Task"} <= kinds
                assert seen[-1]["event"]["subject"] == f"Mission/{name}"
                await world.http.delete("/api/v1/robots/FL-1")
                gone = await frames(live, lambda f: f["type"] == "deleted")
                assert (gone[-1]["kind"], gone[-1]["name"]) == ("Robot", "FL-1")
                await frames(live, lambda f: f["type"] == "beat")

    run(scenario())


@pytest.mark.parametrize("token", ["wrong", "", "test-token-and-more"])
def test_a_page_without_the_token_is_closed_before_it_sees_anything(tmp_path: Path, token: str) -> None:
    async def scenario() -> None:
        async with cloud(tmp_path) as world:
            async with page(world.port, token or "x") as live:
                with pytest.raises(ConnectionClosed) as closed:
                    await live.recv()
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1008

    run(scenario())


async def _telemetry_ages(live: ClientConnection, ages: list[float]) -> None:
    async for frame in live:
        if isinstance(frame, bytes):
            ages.append(time.time() - msgspec.msgpack.decode(frame, type=Telemetry).at)


async def _close_code(live: ClientConnection) -> int | None:
    """Reads to the end."""
    try:
        while True:
            await asyncio.wait_for(live.recv(), 15)
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd is not None else None


def telemetry(rows: int, at: float) -> Telemetry:
    numbers = [float(i) for i in range(rows)]
    return Telemetry(
        epoch=1,
        at=at,
        robots=[f"R{i}" for i in range(rows)],
        x_m=numbers,
        y_m=numbers,
        theta_rad=numbers,
        battery_pct=numbers,
        activity=["moving"] * rows,
        loaded=[False] * rows,
        age_s=numbers,
    )


def test_a_slow_page_neither_delays_a_fast_one_nor_grows_without_bound(tmp_path: Path) -> None:
    """The slow page never reads: its telemetry is newest-wins, its text queue overflows, and it is closed with 1013."""

    async def scenario() -> None:
        store = await Store.open(sqlite_url(tmp_path))
        feed = LiveFeed(store, site="s", token=TOKEN)
        app = FastAPI()

        @app.websocket("/api/v1/live")
        async def live(websocket: WebSocket) -> None:
            await feed.serve(websocket)

        stop = asyncio.Event()
        port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        server = asyncio.create_task(serve(app, "127.0.0.1", 0, stop=stop, ready=port.set_result))
        try:
            async with page(await port, max_queue=1) as slow, page(await port) as fast:
                await slow.recv()
                ages: list[float] = []
                reader = asyncio.create_task(_telemetry_ages(fast, ages))
                for number in range(2600):
                    event = Event(id=str(number), at=0.0, level="info", reason="Test", subject="a/b", message="x" * 20_000)
                    feed.changed(Applied(events=(event,)))
                    if number % 20 == 0:
                        feed.telemetry("edge-1", telemetry(2000, time.time()))
                        await asyncio.sleep(0.01)
                    assert all(c.text_bytes < 17 * 1024 * 1024 and len(c.texts) < 2000 for c in feed._clients)
                await asyncio.sleep(0.5)
                assert not reader.done(), "the fast page is still served"
                assert len(ages) > 3
                assert max(ages) < 1.0, ages
                reader.cancel()
                assert await _close_code(slow) == 1013
        finally:
            feed.end()
            stop.set()
            await server
            await store.close()

    run(scenario())
