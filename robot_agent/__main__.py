"""`python -m robot_agent CONFIG.json`: one agent, from one file (docs/integrating-a-robot.md)."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Any

import msgspec

from fleet.contracts import codec
from fleet.contracts.errors import InvalidInput
from fleet_io.mqtt import MqttSettings
from robot_agent.app import run
from robot_agent.config import AgentConfig
from robot_agent.core.config import Identity


class _File(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    manufacturer: str
    serial_number: str
    adapter: str
    options: dict[str, Any] = {}
    broker: str = "mqtt://127.0.0.1:1883"
    data_dir: str = "."
    prefix: str = "uagv/v2"


def main() -> int:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    if len(sys.argv) != 2:
        sys.stderr.write("usage: python -m robot_agent CONFIG.json\n")
        return 2
    try:
        config = read_config(Path(sys.argv[1]))
    except (InvalidInput, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return run(config)


def read_config(path: Path) -> AgentConfig:
    """Raises InvalidInput, OSError."""
    file = codec.decode(path.read_bytes(), _File)
    return AgentConfig(
        identity=Identity(file.manufacturer, file.serial_number, prefix=file.prefix),
        adapter=file.adapter,
        options=file.options,
        broker=MqttSettings.parse(file.broker),
        data_dir=Path(file.data_dir),
    )


if __name__ == "__main__":
    sys.exit(main())
