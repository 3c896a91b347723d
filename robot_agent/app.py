"""Composition of one robot agent: executor, the integrator's adapter, snapshot file, broker."""

from __future__ import annotations

import asyncio
import importlib
import logging
import signal
import time

from fleet.contracts.errors import InvalidInput
from robot_agent.adapters.adapter import Adapter, AdapterError
from robot_agent.agent import Agent
from robot_agent.config import AgentConfig
from robot_agent.core.executor import Executor
from robot_agent.store import SnapshotFile

log = logging.getLogger("drover.agent")


def run(config: AgentConfig) -> int:
    """Blocks until SIGINT or SIGTERM. Exit code 2: bad configuration, 1: the robot can't be reached."""
    try:
        return asyncio.run(_run(config))
    except InvalidInput as error:
        log.error("%s", error)
        return 2
    except AdapterError as error:
        log.error("robot %s: %s", config.identity.serial_number, error)
        return 1


async def _run(config: AgentConfig) -> int:
    config.data_dir.mkdir(parents=True, exist_ok=True)
    store = SnapshotFile(config.data_dir / f"{config.identity.manufacturer}-{config.identity.serial_number}.json")
    agent = Agent(Executor(config.identity, config.settings), _adapter(config), store, config.broker, time.time)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, agent.stop)
    await agent.run()
    return 0


def _adapter(config: AgentConfig) -> Adapter:
    """Raises InvalidInput when there is no such class."""
    module, _, name = config.adapter.partition(":")
    try:
        made: Adapter = getattr(importlib.import_module(module), name)(**config.options)
    except (ImportError, AttributeError, TypeError) as error:
        raise InvalidInput(f"{config.adapter!r}: {error}", field="adapter", fix="write package.module:Class") from None
    return made
