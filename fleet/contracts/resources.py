"""Resources in KubeEdge's manner: apiVersion, kind, metadata, spec (what is wanted), status (what is).

`spec` is written by the cloud (or an operator through any API), `status` by the edge node that owns the robots.
Envelope keys are Kubernetes' own (camelCase); spec and status fields carry their unit (`payload_kg`) and are spelled
alike on the wire, in tables, in the API and on the page. Fields that end in `_at` are Unix seconds (UTC).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import field

from fleet.contracts.attempts import Effects as Effects
from fleet.contracts.attempts import Reconcile as Reconcile
from fleet.contracts.command_ir import Action, Priority
from fleet.contracts.counts import Count, Generation, Grant
from fleet.contracts.layout import DoorSpec as DoorSpec
from fleet.contracts.layout import ItemSpec as ItemSpec
from fleet.contracts.layout import LayoutSpec as LayoutSpec
from fleet.contracts.layout import LiftSpec as LiftSpec
from fleet.contracts.layout import PlaceSpec as PlaceSpec
from fleet.contracts.layout import ZoneSpec as ZoneSpec
from fleet.contracts.policy import LanguagePolicySpec, LanguagePolicyStatus

API_VERSION = "drover.dev/v1"
#: A name is a person's word for a thing ("AMR-4", "Packing 1"); it must survive MQTT topics, prompts and URLs.
NAME_CHARS_MAX = 64


class Kind(StrEnum):
    EDGE_NODE = "EdgeNode"
    LAYOUT = "Layout"
    ROBOT_MODEL = "RobotModel"
    ROBOT = "Robot"
    MISSION = "Mission"
    TASK = "Task"
    CLOSURE = "Closure"
    LANGUAGE_POLICY = "LanguagePolicy"


class _Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    pass


class ObjectMeta(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """`generation` rises with each change of spec; `resourceVersion` with each change of anything."""

    name: str
    site: str = ""
    uid: str = ""
    generation: Generation = 0
    resource_version: Count = 0
    creation_timestamp: str = ""
    deletion_timestamp: str | None = None
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}


class Condition(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """Kubernetes' condition: `type` (Ready, Synced, ...) is `status` "True" | "False" | "Unknown", and why."""

    type: str
    status: str
    reason: str = ""
    message: str = ""
    last_transition_time: str = ""


# ---- EdgeNode -------------------------------------------------------------------------------------------------------


class OnDisconnect(StrEnum):
    CONTINUE = "continue"
    FINISH_TO_SAFE_POINT = "finish_to_safe_point"
    STOP_NOW = "stop_now"


class InhibitKind(StrEnum):
    STOP = "stop"  # every robot of the site stands; `target` is empty
    ZONE = "zone"  # no robot enters `target`, a place or an area
    ROBOT = "robot"  # `target`, a robot, is out of service


class Inhibit(_Part, frozen=True, kw_only=True):
    """Something forbidden, until the one who forbade it takes it back (fleet/authority/inhibits.py).

    `owner`: "cloud", or "edge:<name>" for what was pressed at a site. `by`: the person. Ids are never used twice.
    """

    id: str
    kind: InhibitKind
    owner: str
    target: str = ""
    by: str = ""
    at: float = 0.0
    reason: str = ""


class EdgeNodeSpec(_Part, frozen=True, kw_only=True):
    """`api_url`: where the edge's own API and page answer when the cloud is away. `inhibits`: the cloud's own entries."""

    layout: str = ""
    api_url: str = ""
    on_disconnect: OnDisconnect = OnDisconnect.CONTINUE
    inhibits: tuple[Inhibit, ...] = ()


class EdgeNodeStatus(_Part, frozen=True, kw_only=True):
    """`link`: online | offline as the cloud sees it. `backlog`: the cloud's rows that the edge node has not taken.

    `inhibits`: the entries that were made at the site; together with the spec's they are what holds. `stopped`: any says stop.
    """

    link: str = "unknown"
    last_seen_at: float = 0.0
    backlog: int = 0
    oldest_unacked_at: float | None = None
    robots: int = 0
    robots_online: int = 0
    stopped: bool = False
    version: str = ""
    conditions: tuple[Condition, ...] = ()
    inhibits: tuple[Inhibit, ...] = ()
    # of the link, as the cloud sees it
    sync_state: str = ""  # fleet.sync.view.LinkState
    digest: str = ""  # equal | differs | unknown: both sides hold the same
    converged_at: float | None = None  # when they last agreed, with nothing waiting
    edge_epoch: int = 0  # which store of this edge node it is, counted from 1
    clock_offset_s: float | None = None  # the edge node's clock minus the cloud's
    dead_letters: int = 0  # rows from this edge node that were set aside
    backlog_bytes: int = 0  # of `backlog`
    backlog_oldest_at: float | None = None  # its oldest row
    # of the link, as the edge node sees it
    backlog_up: int = 0  # rows that the cloud has not taken
    backlog_up_bytes: int = 0
    kept: int = 0  # rows that the cloud has, but no backup of it
    offline_budget_s: float | None = None  # how long it can run without the cloud; None: no end in sight
    offline_limit: str = ""  # what ends first


# ---- Layout ---------------------------------------------------------------------------------------------------------


class LayoutStatus(_Part, frozen=True, kw_only=True):
    nodes: int = 0
    edges: int = 0
    stations: int = 0
    warnings: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()


# ---- RobotModel -----------------------------------------------------------------------------------------------------


class Dialect(_Part, frozen=True, kw_only=True):
    """How a maker's VDA 5050 departs from the letter; the defaults fit most (see docs/integrating-a-robot.md).

    `topic_prefix`: interfaceName/majorVersion. `instant_actions_field`: actions | both (1.1 name beside it).
    `horizon_nodes`: 0 for robots that fail on horizons. `first_node_deviation_m`: radius of the first node of an order.
    `stop_state_s`: seconds without any `state` after which the robot counts as silent.
    """

    version: str = "2.1.0"
    topic_prefix: str = "uagv/v2"
    instant_actions_field: str = "actions"
    horizon_nodes: int = 20
    first_node_deviation_m: float = 1.0
    node_deviation_m: float = 0.5
    silent_after_s: float = 40.0


class ActionTemplate(_Part, frozen=True, kw_only=True):
    """A vendor's own name and parameters for pick, drop, startCharging, ...; values may be {item} {place} {load_id}."""

    action_type: str
    blocking_type: str = "HARD"
    parameters: dict[str, Any] = {}


class RobotModelSpec(_Part, frozen=True, kw_only=True):
    """One type of robot. `type` is what operators call it (AMR, forklift). Footprint is a box, centred on the pose."""

    type: str
    manufacturer: str
    series: str = ""
    capabilities: tuple[Action, ...] = (Action.TRANSPORT, Action.GOTO, Action.PATROL, Action.WAIT, Action.PARK, Action.CHARGE)
    aliases: tuple[str, ...] = ()
    payload_kg: float = 100.0
    load_units_max: int = 1
    length_m: float = 1.0
    width_m: float = 0.7
    speed_mps_max: float = 1.5
    acceleration_mps2: float = 0.8
    turn_speed_radps: float = 1.2
    pick_s: float = 6.0
    drop_s: float = 6.0
    battery_capacity_m: float = 12000.0  # metres that a full battery drives
    battery_idle_pct_per_h: float = 2.0
    charge_pct_per_min: float = 2.0
    battery_low_pct: float = 25.0
    actions: dict[str, ActionTemplate] = {}
    dialect: Dialect = Dialect()


class RobotModelStatus(_Part, frozen=True, kw_only=True):
    robots: int = 0


# ---- Robot ----------------------------------------------------------------------------------------------------------


class RobotSpec(_Part, frozen=True, kw_only=True):
    """The twin's desired side. `home`: the place where it parks, its own. `paused`, `enabled`: what is wanted."""

    model: str
    serial_number: str
    edge: str = ""
    home: str = ""
    aliases: tuple[str, ...] = ()
    payload_kg: float | None = None  # None: the model's
    enabled: bool = True
    paused: bool = False


class RobotActivity(StrEnum):
    """One word for the row in a table, in order of what an operator must see first."""

    OFFLINE = "offline"
    ERROR = "error"
    STOPPED = "stopped"
    MANUAL = "manual"
    PAUSED = "paused"
    WORKING = "working"  # an action (pick, drop) runs
    MOVING = "moving"
    WAITING = "waiting"  # has a task, stands in traffic
    CHARGING = "charging"
    IDLE = "idle"


class Pose(_Part, frozen=True, kw_only=True):
    x_m: float
    y_m: float
    theta_rad: float = 0.0
    map_id: str = ""


class RobotError(_Part, frozen=True, kw_only=True):
    error_type: str
    level: str
    description: str = ""
    hint: str = ""


class RobotStatus(_Part, frozen=True, kw_only=True):
    """The twin's reported side, as the robot's own `state` says, plus what the edge node does with it.

    `path`: node ids from the last node onwards; the first `base_nodes` of them are released (VDA 5050 base).
    """

    connection: str = "UNKNOWN"  # ONLINE | OFFLINE | CONNECTIONBROKEN | UNKNOWN
    activity: RobotActivity = RobotActivity.OFFLINE
    pose: Pose | None = None
    last_node: str = ""
    speed_mps: float = 0.0
    battery_pct: float | None = None
    charging: bool = False
    loads: tuple[str, ...] = ()
    operating_mode: str = ""
    paused: bool = False
    e_stop: str = "NONE"
    errors: tuple[RobotError, ...] = ()
    order_id: str = ""
    task: str = ""
    step: str = ""
    path: tuple[str, ...] = ()
    base_nodes: int = 0
    reported_at: float = 0.0  # when the edge node received the robot's last state
    conditions: tuple[Condition, ...] = ()


# ---- Mission and Task -----------------------------------------------------------------------------------------------


class Phase(StrEnum):
    """Life of a Mission or a Task. Ends: done, failed, cancelled."""

    PENDING = "pending"  # stored, not yet taken by an edge node
    ASSIGNED = "assigned"  # has a robot, has not begun
    RUNNING = "running"
    PAUSED = "paused"
    CANCELLING = "cancelling"  # asked; the robot has not yet stopped
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        return self in (Phase.DONE, Phase.FAILED, Phase.CANCELLED)


class Desired(StrEnum):
    """What is wanted of a Mission or Task: its spec's one knob, so that cancel and pause survive any outage."""

    RUN = "run"
    PAUSE = "pause"
    CANCEL = "cancel"


class MissionSpec(_Part, frozen=True, kw_only=True):
    title: str
    edge: str = ""
    command: str = ""  # id of the command that it came from
    text: str = ""  # the sentence
    tasks: tuple[str, ...] = ()
    desired: Desired = Desired.RUN
    created_by: str = ""
    created_at: float = 0.0


class MissionStatus(_Part, frozen=True, kw_only=True):
    """`observed_generation`: the newest spec that its edge node has taken; 0: none yet. Written by the cloud."""

    phase: Phase = Phase.PENDING
    tasks_done: int = 0
    tasks_total: int = 0
    reason: str = ""
    eta_at: float | None = None
    started_at: float | None = None
    finished_at: float | None = None
    observed_generation: Generation = 0
    conditions: tuple[Condition, ...] = ()


class Assignment(_Part, frozen=True, kw_only=True):
    """Who does a task, and when in that robot's queue. `by`: cloud | edge."""

    robot: str
    rank: int = 0
    by: str = ""
    planned_start_at: float | None = None
    planned_end_at: float | None = None


#: How long a task may go on without a sign of life from the cloud before its `on_disconnect` applies, in seconds.
LEASE_S = 60.0


class TaskSpec(_Part, frozen=True, kw_only=True):
    """One job for one robot: a trip. Places are canonical place names; `after` names other Tasks (not refs).

    transport: source -> target; goto, charge, park: target; patrol, ...: stops in order; wait: target?, duration_s.

    Authority (fleet/authority): `fence` is given by the cloud, a higher one for each attempt; 0: not fenced (made at a site,
    or by an older version). `on_disconnect` None: the EdgeNodeSpec's. `replace_after_s`: seconds of silence of the edge node
    after which the task may be moved to another one; None: never.
    """

    mission: str
    action: Action
    edge: str = ""
    source: str | None = field(default=None, name="from")
    target: str | None = field(default=None, name="to")
    stops: tuple[str, ...] = ()
    item: str | None = None
    quantity: int = 1
    load_kg: float | None = None
    robot: str | None = None  # asked for by the operator; None: any that fits
    robot_type: str | None = None
    priority: Priority = Priority.NORMAL
    not_before_at: float | None = None
    deadline_at: float | None = None
    after: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    duration_s: float | None = None
    created_at: float = 0.0
    desired: Desired = Desired.RUN
    assignment: Assignment | None = None
    fence: Grant = 0
    on_disconnect: OnDisconnect | None = None
    lease_s: float = LEASE_S
    replace_after_s: float | None = None
    reconcile: Reconcile = Reconcile.KEEP_ORIGINAL
    effects: Effects = Effects.EXCLUSIVE


class StepStatus(_Part, frozen=True, kw_only=True):
    """One leg: drive to `place` and do `action` there (pick, drop, startCharging, wait or "" for just going)."""

    place: str
    action: str = ""
    phase: Phase = Phase.PENDING


class TaskStatus(_Part, frozen=True, kw_only=True):
    """`fence`: the grant that this status is of; `attempt` counts placements at the edge node under it.

    `observed_generation`: the newest spec that its edge node has taken; 0: none yet. Written by the cloud.
    The conditions Fate and DuplicateEffect are the cloud's own; all others are the edge node's.
    """

    phase: Phase = Phase.PENDING
    robot: str = ""
    step: int = 0
    steps: tuple[StepStatus, ...] = ()
    attempt: int = 0
    order_id: str = ""
    reason: str = ""
    eta_at: float | None = None
    assigned_at: float | None = None
    started_at: float | None = None
    finished_at: float | None = None
    fence: Grant = 0
    observed_generation: Generation = 0
    conditions: tuple[Condition, ...] = ()


# ---- Closure --------------------------------------------------------------------------------------------------------


class ClosureSpec(_Part, frozen=True, kw_only=True):
    """An area where no robot may enter. `targets`: place names, areas, or LIF node ids. `until_at` None: until opened."""

    targets: tuple[str, ...]
    until_at: float | None = None
    reason: str = ""


class ClosureStatus(_Part, frozen=True, kw_only=True):
    active: bool = False
    nodes: tuple[str, ...] = ()


# ---- The envelope ---------------------------------------------------------------------------------------------------

S = TypeVar("S")
U = TypeVar("U")


class Resource(msgspec.Struct, Generic[S, U], frozen=True, kw_only=True, rename="camel"):
    """Any resource: `Resource[RobotSpec, RobotStatus]`. `kind` says which spec and status it holds."""

    kind: Kind
    metadata: ObjectMeta
    spec: S
    status: U
    api_version: str = API_VERSION


SPEC_TYPES: dict[Kind, type[Any]] = {
    Kind.EDGE_NODE: EdgeNodeSpec,
    Kind.LAYOUT: LayoutSpec,
    Kind.ROBOT_MODEL: RobotModelSpec,
    Kind.ROBOT: RobotSpec,
    Kind.MISSION: MissionSpec,
    Kind.TASK: TaskSpec,
    Kind.CLOSURE: ClosureSpec,
    Kind.LANGUAGE_POLICY: LanguagePolicySpec,
}
STATUS_TYPES: dict[Kind, type[Any]] = {
    Kind.EDGE_NODE: EdgeNodeStatus,
    Kind.LAYOUT: LayoutStatus,
    Kind.ROBOT_MODEL: RobotModelStatus,
    Kind.ROBOT: RobotStatus,
    Kind.MISSION: MissionStatus,
    Kind.TASK: TaskStatus,
    Kind.CLOSURE: ClosureStatus,
    Kind.LANGUAGE_POLICY: LanguagePolicyStatus,
}

AnyResource = Resource[Any, Any]
AnySpec = EdgeNodeSpec | LayoutSpec | RobotModelSpec | RobotSpec | MissionSpec | TaskSpec | ClosureSpec | LanguagePolicySpec
