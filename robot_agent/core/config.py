"""Who a robot is, what it can do, and how often it speaks."""

from __future__ import annotations

from dataclasses import dataclass, field

from fleet.contracts.resources import RobotModelSpec

#: VDA 5050 2.1 speaks; majors must agree (6.4).
VDA5050_VERSION = "2.1.0"


@dataclass(frozen=True)
class Identity:
    """The robot's name on the wire (VDA 5050 6.3). `prefix`: interfaceName/majorVersion."""

    manufacturer: str
    serial_number: str
    version: str = VDA5050_VERSION
    prefix: str = "uagv/v2"


@dataclass(frozen=True)
class AgentSettings:
    """Intervals in seconds; 0 switches visualization off. The 30 s heartbeat is the specification's (6.10.6).

    `start_deviation_m`: how far from an order's first node the robot may stand when the order names no
    allowedDeviationXY. `action_types`: what the robot can do; None: anything, the adapter decides.
    """

    state_interval_s: float = 30.0
    state_interval_driving_s: float = 1.0
    visualization_interval_s: float = 0.25
    start_deviation_m: float = 1.0
    action_types: frozenset[str] | None = None
    model: RobotModelSpec | None = None
    charge_nodes: frozenset[str] = field(default_factory=frozenset)
