"""What the edge node process is told from outside."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from fleet_io.mqtt import MqttSettings


@dataclass(frozen=True)
class EdgeConfig:
    """`name`: the EdgeNode resource that this process is. `web_dir`: the built page, None: API only.

    `planner_url`: the language planner that the site asks itself, "": none. It is sent the same token.
    """

    data_dir: Path
    site: str
    name: str
    host: str = "127.0.0.1"
    port: int = 8081
    token: str = ""
    cloud_broker: MqttSettings = field(default_factory=MqttSettings)
    robot_broker: MqttSettings = field(default_factory=MqttSettings)
    plan_budget_s: float = 0.2
    planner_url: str = ""
    web_dir: Path | None = None
