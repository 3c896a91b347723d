"""What the virtual robots' process is told from outside."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from fleet.contracts.resources import RobotModelSpec
from fleet_io.mqtt import MqttSettings


@dataclass(frozen=True)
class VirtualRobot:
    """One robot to play: who it is on the wire, what it can do, and where it stands when nothing is remembered."""

    name: str
    serial_number: str
    model: RobotModelSpec
    x_m: float
    y_m: float
    theta_rad: float
    map_id: str
    node_id: str
    charger: bool = False  # the home node has a charger


@dataclass(frozen=True)
class RobotsConfig:
    """`data_dir`: each robot remembers pose, load, battery and order there, so that a killed process resumes.

    `chargers`: node ids where startCharging works. `speed_factor`: simulated seconds per real second.
    """

    data_dir: Path
    robots: tuple[VirtualRobot, ...]
    chargers: frozenset[str] = frozenset()
    broker: MqttSettings = field(default_factory=MqttSettings)
    speed_factor: float = 1.0
    seed: int = 0
