"""The edge node process, put together: store, core, both brokers, planner, HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import sqlite3
from collections.abc import Callable

import msgspec

from edge_node.api.context import Context
from edge_node.api.desk import Desk
from edge_node.api.live import LiveFeed
from edge_node.api.server import make_app
from edge_node.config import EdgeConfig
from edge_node.core.edge import TICK_S
from edge_node.links.cloud import CloudLink
from edge_node.links.planner import Planner
from edge_node.links.robots import RobotsLink
from edge_node.store.database import WALL_KEY
from edge_node.store.keeper import Keeper
from edge_node.store.salvage import open_or_salvage
from fleet.contracts.errors import FleetError
from fleet_io.clock import BootClock
from fleet_io.http import serve
from fleet_io.planner import PlannerClient

log = logging.getLogger("drover.edge")

DATABASE = "edge.db"
#: The clock's floor is written down this often, seconds.
WALL_S = 60.0


def run(config: EdgeConfig) -> int:
    """Serve until SIGINT or SIGTERM; the exit code."""
    try:
        asyncio.run(_until_signal(config))
    except FleetError as error:
        log.error("%s", error)
        return 1
    except sqlite3.Error as error:
        log.error("the store can't be written, so nothing more is promised to robots: %s", error)
        return 1
    return 0


async def _until_signal(config: EdgeConfig) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await serve_edge(config, stop=stop)


async def serve_edge(config: EdgeConfig, *, stop: asyncio.Event, ready: Callable[[int], None] | None = None) -> None:
    """All of it in the running loop, until `stop` is set; `ready` is told the port."""
    data, salvaged = open_or_salvage(config.data_dir / DATABASE)
    clock = BootClock(data.wall_floor())
    keeper = Keeper.open(data, site=config.site, edge=config.name, clock=clock, note=str(salvaged or ""))
    robots = RobotsLink(keeper, config.robot_broker, f"drover-edge-{config.site}-{config.name}-robots")
    cloud = CloudLink(keeper, config.cloud_broker, site=config.site, edge=config.name)
    planner = Planner(keeper, config.plan_budget_s)
    feed = LiveFeed(keeper, site=config.site, token=config.token)

    def health() -> dict[str, object]:
        return {
            "role": "edge",
            "site": config.site,
            "edge": config.name,
            "cloud": keeper.machine.online(keeper.clock()),
            "cloud_broker": cloud.connected,
            "robot_broker": robots.connected,
            "backlog": keeper.machine.backlog,
            "sync": msgspec.to_builtins(keeper.machine.view(keeper.clock())),
            "cut_until": cloud.cut_until or None,
            "disk_full": keeper.disk_full,
            "stopped": keeper.core.stopped,
            "counters": dict(keeper.core.counters),
            "waits": keeper.core.explain(),
            "pace": robots.pace.view(),
        }

    desk = Desk(PlannerClient(config.planner_url, config.token) if config.planner_url else None)
    context = Context(keeper=keeper, site_name=config.site, edge=config.name, cloud=cloud, desk=desk)
    app = make_app(context, feed, token=config.token, health=health, web_dir=config.web_dir)
    work = (keeper.run(), robots.run(), cloud.run(), planner.run(), feed.run(), _tick(keeper), _remember_time(keeper))
    background = [asyncio.create_task(each) for each in work]
    server = asyncio.create_task(serve(app, config.host, config.port, stop=stop, ready=ready))
    try:
        await asyncio.wait({server, *background}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stop.set()
        feed.end()
        await robots.stop()
        await cloud.stop()
        await desk.close()
        for task in background:
            task.cancel()
        results = await asyncio.gather(server, *background, return_exceptions=True)
        with contextlib.suppress(sqlite3.Error):
            await keeper.close()
    for result in results:
        if isinstance(result, Exception):
            raise result


async def _tick(keeper: Keeper) -> None:
    while True:
        await asyncio.sleep(TICK_S)
        keeper.change(keeper.core.tick)


async def _remember_time(keeper: Keeper) -> None:
    """A floor for the clock of the next start: a dead RTC must not put us back into 1970 (sync design, 7)."""
    while True:
        keeper.set_value(WALL_KEY, f"{keeper.clock():.0f}")
        await asyncio.sleep(WALL_S)
