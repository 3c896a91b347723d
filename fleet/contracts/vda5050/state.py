"""`state`, `visualization`, `connection`: robot to master control (6.10, 6.12, 6.14)."""

from __future__ import annotations

from enum import StrEnum

from fleet.contracts.vda5050.common import ActionStatus, Message, NodePosition, Part, Trajectory


class NodeState(Part, frozen=True, kw_only=True):
    node_id: str
    sequence_id: int
    released: bool
    node_description: str | None = None
    node_position: NodePosition | None = None


class EdgeState(Part, frozen=True, kw_only=True):
    edge_id: str
    sequence_id: int
    released: bool
    edge_description: str | None = None
    trajectory: Trajectory | None = None


class ActionState(Part, frozen=True, kw_only=True):
    action_id: str
    action_status: ActionStatus
    action_type: str | None = None
    action_description: str | None = None
    result_description: str | None = None


class AgvPosition(Part, frozen=True, kw_only=True):
    x: float
    y: float
    theta: float
    map_id: str
    position_initialized: bool
    map_description: str | None = None
    localization_score: float | None = None
    deviation_range: float | None = None


class Velocity(Part, frozen=True, kw_only=True):
    vx: float | None = None
    vy: float | None = None
    omega: float | None = None


class LoadDimensions(Part, frozen=True, kw_only=True):
    length: float
    width: float
    height: float | None = None


class Load(Part, frozen=True, kw_only=True):
    load_id: str | None = None
    load_type: str | None = None
    load_position: str | None = None
    load_dimensions: LoadDimensions | None = None
    weight: float | None = None


class BatteryState(Part, frozen=True, kw_only=True):
    battery_charge: float  # percent
    charging: bool
    battery_voltage: float | None = None
    battery_health: int | None = None
    reach: float | None = None  # metres


class ErrorReference(Part, frozen=True, kw_only=True):
    reference_key: str
    reference_value: str


class ErrorLevel(StrEnum):
    WARNING = "WARNING"  # the robot goes on
    FATAL = "FATAL"  # it does not


class Error(Part, frozen=True, kw_only=True):
    error_type: str
    error_level: str  # ErrorLevel, or what a vendor made of it
    error_references: tuple[ErrorReference, ...] = ()
    error_description: str | None = None
    error_hint: str | None = None


class InfoReference(Part, frozen=True, kw_only=True):
    reference_key: str
    reference_value: str


class Information(Part, frozen=True, kw_only=True):
    info_type: str
    info_level: str
    info_references: tuple[InfoReference, ...] = ()
    info_description: str | None = None


class MapInfo(Part, frozen=True, kw_only=True):
    map_id: str
    map_version: str
    map_status: str
    map_description: str | None = None


class OperatingMode(StrEnum):
    AUTOMATIC = "AUTOMATIC"
    SEMIAUTOMATIC = "SEMIAUTOMATIC"
    MANUAL = "MANUAL"
    SERVICE = "SERVICE"
    TEACHIN = "TEACHIN"


class SafetyState(Part, frozen=True, kw_only=True):
    e_stop: str  # AUTOACK | MANUAL | REMOTE | NONE
    field_violation: bool


class State(Message, frozen=True, kw_only=True):
    """`loads` None: the robot cannot tell; (): empty."""

    order_id: str
    order_update_id: int
    last_node_id: str
    last_node_sequence_id: int
    node_states: tuple[NodeState, ...]
    edge_states: tuple[EdgeState, ...]
    driving: bool
    action_states: tuple[ActionState, ...]
    battery_state: BatteryState
    operating_mode: str
    errors: tuple[Error, ...]
    safety_state: SafetyState
    maps: tuple[MapInfo, ...] | None = None
    zone_set_id: str | None = None
    agv_position: AgvPosition | None = None
    velocity: Velocity | None = None
    loads: tuple[Load, ...] | None = None
    paused: bool | None = None
    new_base_request: bool | None = None
    distance_since_last_node: float | None = None
    information: tuple[Information, ...] = ()


class Visualization(Message, frozen=True, kw_only=True):
    agv_position: AgvPosition | None = None
    velocity: Velocity | None = None


class ConnectionState(StrEnum):
    ONLINE = "ONLINE"
    OFFLINE = "OFFLINE"
    CONNECTIONBROKEN = "CONNECTIONBROKEN"


class Connection(Message, frozen=True, kw_only=True):
    """The only QoS 1 retained status; the last will says CONNECTIONBROKEN."""

    connection_state: ConnectionState
