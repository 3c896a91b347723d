"""What one agent process is told from outside."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fleet_io.mqtt import MqttSettings
from robot_agent.core.config import AgentSettings, Identity


@dataclass(frozen=True)
class AgentConfig:
    """`adapter`: "package.module:Class" of the integrator, built with `options`. `data_dir`: where the snapshot lives."""

    identity: Identity
    adapter: str
    data_dir: Path
    options: dict[str, Any] = field(default_factory=dict)
    broker: MqttSettings = field(default_factory=MqttSettings)
    settings: AgentSettings = field(default_factory=AgentSettings)
