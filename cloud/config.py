"""What the cloud process is told from outside."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from fleet_io.mqtt import MqttSettings


@dataclass(frozen=True)
class CloudConfig:
    """`database_url`: SQLAlchemy URL; "" means SQLite in `data_dir`. `web_dir`: the built page, None: API only."""

    data_dir: Path
    site: str
    host: str = "127.0.0.1"
    port: int = 8080
    token: str = ""
    database_url: str = ""
    broker: MqttSettings = field(default_factory=MqttSettings)
    planner_url: str = "http://127.0.0.1:8082"
    translate_deadline_s: float = 20.0
    confirm_within_s: float = 600.0
    web_dir: Path | None = None
