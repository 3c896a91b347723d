"""The cloud process, put together: store, hub, dispatcher, command desk, live feed, HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import Callable

from cloud.api.context import Context
from cloud.api.desk import CommandDesk
from cloud.api.live import LiveFeed
from cloud.api.operations import Operations
from cloud.api.server import make_app
from cloud.api.translator import Translator
from cloud.config import CloudConfig
from cloud.hub.dispatcher import Dispatcher
from cloud.hub.hub import Hub
from cloud.hub.keeper import Keeper
from cloud.store.backups import Backups
from cloud.store.corrections import Corrections
from cloud.store.store import Store, sqlite_url
from fleet.contracts.errors import FleetError
from fleet_io.http import serve

log = logging.getLogger("drover.cloud")


def run(config: CloudConfig) -> int:
    """Serve until SIGINT or SIGTERM; the exit code."""
    try:
        asyncio.run(_until_signal(config))
    except FleetError as error:
        log.error("%s", error)
        return 1
    return 0


async def _until_signal(config: CloudConfig) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await serve_cloud(config, stop=stop)


async def serve_cloud(config: CloudConfig, *, stop: asyncio.Event, ready: Callable[[int], None] | None = None) -> None:
    """All of it in the running loop, until `stop` is set; `ready` is told the port."""
    store = await Store.open(config.database_url or sqlite_url(config.data_dir))
    feed = LiveFeed(store, site=config.site, token=config.token)
    store.watch(feed.changed)
    hub = Hub(store, config.broker, site=config.site, on_telemetry=feed.telemetry)
    keeper = Keeper(store, hub.renewals)
    dispatcher = Dispatcher(store, site=config.site)
    operations = Operations(store, site=config.site, send_now=hub.send_now)
    translator = Translator(config.planner_url, config.token)
    corrections = Corrections(config.data_dir)
    desk = CommandDesk(
        operations,
        translator,
        corrections,
        deadline_s=config.translate_deadline_s,
        confirm_within_s=config.confirm_within_s,
    )
    backups = Backups(store, hub, config.data_dir / "backups")
    context = Context(
        store=store, operations=operations, desk=desk, site=config.site, links=hub, backups=backups, corrections=corrections
    )

    def health() -> dict[str, object]:
        return {
            "role": "cloud",
            "site": config.site,
            "broker": hub.connected,
            "pages": feed.clients,
            "dispatch_runs": dispatcher.runs,
        }

    app = make_app(context, feed, token=config.token, health=health, web_dir=config.web_dir)
    await desk.start()
    background = [asyncio.create_task(work) for work in (hub.run(), keeper.run(), dispatcher.run(), desk.expire(), feed.beat())]
    server = asyncio.create_task(serve(app, config.host, config.port, stop=stop, ready=ready))
    try:
        await asyncio.wait({server, *background}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stop.set()
        feed.end()
        await hub.stop()
        for task in background:
            task.cancel()
        results = await asyncio.gather(server, *background, return_exceptions=True)
        with contextlib.suppress(FleetError):
            await desk.close()
        await translator.close()
        await store.close()
    for result in results:
        if isinstance(result, Exception):
            raise result
