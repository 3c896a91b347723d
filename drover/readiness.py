"""When a process can be used: the HTTP ones say so on /healthz, robots by their retained `connection` message."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from fleet.contracts import codec
from fleet.contracts.errors import FleetError
from fleet.contracts.topics import robot_topic
from fleet.contracts.vda5050.state import Connection, ConnectionState
from fleet_io.mqtt import Incoming, MqttLink, MqttSettings

if TYPE_CHECKING:
    from sim_robots.config import VirtualRobot

POLL_S = 0.1
#: One id per process: several `drover up` may share a broker.
CLIENT_ID = f"drover-readiness-{os.getpid()}"
#: A robot's clock and ours are the same here; only rounding lies between.
CLOCK_SLACK_S = 1.0


async def http_ready(url: str, *, wanted: Callable[[dict[str, object]], bool] = lambda _: True) -> None:
    """Returns when GET `url` answers 200 with a JSON object that is `wanted`."""
    import httpx

    async with httpx.AsyncClient(timeout=2.0, trust_env=False) as client:
        while True:
            with contextlib.suppress(httpx.HTTPError, ValueError):
                answer = await client.get(url)
                if answer.status_code == 200 and wanted(answer.json()):
                    return
            await asyncio.sleep(POLL_S)


async def robots_ready(settings: MqttSettings, robots: tuple[VirtualRobot, ...], *, since: float | None = None) -> None:
    """Returns when each robot has said ONLINE since this call began, or since that Unix time."""
    since = time.time() - CLOCK_SLACK_S if since is None else since
    missing = {robot_topic(r.model.dialect.topic_prefix, r.model.manufacturer, r.serial_number, "connection") for r in robots}
    all_there = asyncio.Event()

    def heard(message: Incoming) -> None:
        if message.topic in missing and _online_since(message.payload, since):
            missing.discard(message.topic)
        if not missing:
            all_there.set()

    link = MqttLink(settings, client_id=CLIENT_ID, on_message=heard, subscriptions=[(t, 1) for t in sorted(missing)])
    await _while_linked(link, all_there)


async def broker_answers(settings: MqttSettings) -> None:
    """Returns when a broker that we did not start lets us in."""
    let_in = asyncio.Event()
    await _while_linked(MqttLink(settings, client_id=CLIENT_ID, on_message=lambda _: None, on_connect=let_in.set), let_in)


async def _while_linked(link: MqttLink, enough: asyncio.Event) -> None:
    running = asyncio.create_task(link.run())
    try:
        await enough.wait()
    finally:
        await link.stop()
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


def _online_since(payload: bytes, since: float) -> bool:
    try:
        said = codec.decode(payload, Connection)
        at = datetime.fromisoformat(said.timestamp.replace("Z", "+00:00")).timestamp()
    except (FleetError, ValueError):
        return False
    return said.connection_state == ConnectionState.ONLINE and at >= since
