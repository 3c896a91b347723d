"""`python -m robot_agent.devices CONFIG.json`: the agent of one door, lift or charger (docs/devices.md)."""

from __future__ import annotations

import asyncio
import importlib
import logging
import signal
import sys
from pathlib import Path
from typing import Any

import msgspec

from fleet.contracts import codec
from fleet.contracts.device import DeviceKind
from fleet.contracts.errors import InvalidInput
from fleet_io.mqtt import MqttSettings
from robot_agent.devices.adapter import DeviceAdapter
from robot_agent.devices.agent import DeviceAgent


class DeviceConfig(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """`adapter`: "package.module:Class", built with `options`."""

    site: str
    name: str
    kind: DeviceKind
    adapter: str
    options: dict[str, Any] = {}
    broker: str = "mqtt://127.0.0.1:1883"
    data_dir: str = "."


def main() -> int:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    if len(sys.argv) != 2:
        sys.stderr.write("usage: python -m robot_agent.devices CONFIG.json\n")
        return 2
    try:
        config = codec.decode(Path(sys.argv[1]).read_bytes(), DeviceConfig)
        Path(config.data_dir).mkdir(parents=True, exist_ok=True)
        asyncio.run(_run(config))
    except (InvalidInput, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


async def _run(config: DeviceConfig) -> None:
    broker = MqttSettings.parse(config.broker)
    agent = DeviceAgent(config.site, config.name, config.kind, make_adapter(config), broker, Path(config.data_dir))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, agent.stop)
    await agent.run()


def make_adapter(config: DeviceConfig) -> DeviceAdapter:
    """Raises InvalidInput when there is no such class."""
    module, _, name = config.adapter.partition(":")
    try:
        made: DeviceAdapter = getattr(importlib.import_module(module), name)(**config.options)
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        raise InvalidInput(f"{config.adapter!r}: {error}", field="adapter", fix="write package.module:Class") from None
    return made


if __name__ == "__main__":
    sys.exit(main())
