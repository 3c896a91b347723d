"""What passes between the executor and the world around it: events in, effects out, all plain values.

The executor decides, a shell carries out. Effects come from `Executor.take_effects()` in the order in which they must
be carried out: `Save` first, so that what an effect may not repeat after a crash is remembered before it happens.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fleet.contracts.vda5050.common import Action, ActionStatus, Message
from fleet.contracts.vda5050.state import Error

# ---- Both ways ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Waypoint:
    """A node on the released way. Metres, radians; `theta_rad` None: any heading; `speed_mps_max`: on the way to it."""

    sequence_id: int
    node_id: str
    x_m: float
    y_m: float
    map_id: str = ""
    theta_rad: float | None = None
    speed_mps_max: float | None = None


# ---- Robot -> executor ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CarriedLoad:
    load_id: str
    load_type: str = ""
    weight_kg: float | None = None


@dataclass(frozen=True, slots=True)
class RobotReport:
    """All that a robot says of itself at one moment. `loads` None: it cannot tell. `errors`: its own, at present.

    `localized` False: the pose is not to be trusted. `operating_mode`, `e_stop`: the words of VDA 5050 6.10.
    """

    x_m: float
    y_m: float
    theta_rad: float
    map_id: str
    battery_pct: float
    charging: bool = False
    driving: bool = False
    speed_mps: float = 0.0
    turn_speed_radps: float = 0.0
    localized: bool = True
    loads: tuple[CarriedLoad, ...] | None = ()
    operating_mode: str = "AUTOMATIC"
    e_stop: str = "NONE"
    field_violation: bool = False
    errors: tuple[Error, ...] = ()
    distance_since_node_m: float | None = None
    reach_m: float | None = None


@dataclass(frozen=True, slots=True)
class Reported:
    """The robot's newest report of itself."""

    report: RobotReport


@dataclass(frozen=True, slots=True)
class Passed:
    """The robot has reached this waypoint of its way (and driven on, unless it was the last)."""

    sequence_id: int


@dataclass(frozen=True, slots=True)
class Halted:
    """After StopDriving(at_node=True): the robot stands, and passes no more nodes."""


@dataclass(frozen=True, slots=True)
class DriveFailed:
    """The robot gave up driving and stands. A new order, or cancelOrder, is the way on."""

    description: str


@dataclass(frozen=True, slots=True)
class ActionChanged:
    """An action that was to be performed has begun, ended well or failed."""

    action_id: str
    status: ActionStatus
    result: str = ""


AdapterEvent = Reported | Passed | Halted | DriveFailed | ActionChanged

# ---- Executor -> robot and network ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Save:
    """Store `Executor.snapshot()` durably before any effect that follows is carried out."""


@dataclass(frozen=True, slots=True)
class DriveTo:
    """Drive through all of `way` and stop at its last waypoint; replaces the way given before (it may be its extension)."""

    way: tuple[Waypoint, ...]


@dataclass(frozen=True, slots=True)
class StopDriving:
    """Stop: at once (pause), or `at_node`: at the nearest waypoint where the robot can, then say Halted (cancel)."""

    at_node: bool = False


@dataclass(frozen=True, slots=True)
class Perform:
    """Do an action. `again`: the agent was restarted meanwhile; never begin twice, but say how it stands or ended."""

    action: Action
    again: bool = False


@dataclass(frozen=True, slots=True)
class Abort:
    """Give up a running action, if it can be interrupted; its end is reported as ever."""

    action_id: str


@dataclass(frozen=True, slots=True)
class Send:
    """Publish on `topic_name` (state, connection, ...) with the QoS and retain flag of VDA 5050 6.2."""

    topic_name: str
    message: Message
    qos: int = 0
    retain: bool = False


Effect = Save | DriveTo | StopDriving | Perform | Abort | Send


def parameters_of(action: Action) -> Mapping[str, object]:
    """An action's parameters by key; a key that is there twice counts once, the last one."""
    return {p.key: p.value for p in action.action_parameters}
