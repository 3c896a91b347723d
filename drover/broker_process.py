"""The embedded broker as a process of its own in the foreground (`drover broker`), for a container or a machine."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal

from drover import broker
from drover.broker import BrokerConfig
from drover.supervisor import die_with_parent, how_it_ended

log = logging.getLogger("drover.broker")

READY_WITHIN_S = 20.0
STOP_WITHIN_S = 10.0


async def run(config: BrokerConfig) -> int:
    """Until SIGINT or SIGTERM, or until the server ends by itself (exit code 1)."""
    process = await asyncio.create_subprocess_exec(
        *broker.command(config), stdin=asyncio.subprocess.DEVNULL, start_new_session=True, preexec_fn=die_with_parent()
    )
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    ended = asyncio.create_task(process.wait())
    asked = asyncio.create_task(stop.wait())
    ready = asyncio.create_task(_ready(config, process.pid))
    await asyncio.wait([ended, asked], return_when=asyncio.FIRST_COMPLETED)
    ready.cancel()
    asked.cancel()
    if ended.done():
        log.error("%s %s", config.name, how_it_ended(process.returncode))
        return 1
    process.terminate()
    try:
        await asyncio.wait_for(asyncio.shield(ended), STOP_WITHIN_S)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await ended
    return 0


async def _ready(config: BrokerConfig, pid: int) -> None:
    try:
        await asyncio.wait_for(broker.wait_ready(config, pid), READY_WITHIN_S)
    except TimeoutError:
        log.error("%s gives no CONNACK on %s:%d after %.0f s", config.name, config.host, config.port, READY_WITHIN_S)
    else:
        log.info("%s ready: mqtt://%s:%d", config.name, config.host, config.port)
