"""One robot as the edge node keeps it: who it is on the wire, what it reported, what it was promised."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from edge_node.core.leg import Leg
from fleet.contracts.resources import Pose, RobotModelSpec, RobotSpec, RobotStatus
from fleet.contracts.vda5050.common import Action, ActionStatus
from fleet.contracts.vda5050.order import Order
from fleet.contracts.vda5050.state import State

#: How many (headerId, timestamp) pairs of past states are remembered to tell a replay.
SEEN_HEADERS_MAX = 256
MODES_THAT_TAKE_ORDERS = frozenset({"AUTOMATIC", "SEMIAUTOMATIC"})


@dataclass(slots=True)
class Flight:
    """The order message that the robot has not yet echoed. `resent`: how often it was sent again."""

    message: Order
    payload: bytes
    sent_at: float
    resent: int = 0
    confirmed: bool = False


@dataclass(slots=True)
class Instant:
    """An instant action on its way: sent again until it appears in actionStates with any status."""

    action: Action
    first_at: float
    sent_at: float
    sent: int = 1
    status: ActionStatus | None = None


@dataclass(slots=True)
class Unit:
    """Mutable; only the master and the edge core write it. Times are Unix seconds of arrival."""

    name: str
    spec: RobotSpec
    model: RobotModelSpec
    version: str
    # what it reported
    connection: str = "UNKNOWN"
    broken_at: float | None = None
    state: State | None = None
    heard_at: float | None = None
    pose: Pose | None = None
    pose_at: float = 0.0
    speed_mps: float = 0.0
    seen: deque[tuple[int, str]] = field(default_factory=lambda: deque(maxlen=SEEN_HEADERS_MAX))
    refused: int = 0
    # what we make of it
    known: bool = False  # traffic knows it (add_robot went well)
    placed: bool = False
    node: str = ""  # the graph node where it is, or that it passed last
    silent: bool = True  # until its first state
    obstacle: bool = False
    yields: bool = False  # traffic may push it aside (it was told so)
    implausible: bool = False
    plausible_again: int = 0
    trouble: str = ""  # why it can't be placed or routed, for people
    # what it was promised
    leg: Leg | None = None
    flight: Flight | None = None
    verified: bool = True  # False: the leg comes from the journal, and the robot has not yet been heard
    adopted: bool = False  # the robot has shown the leg's orderId
    cancel: Instant | None = None
    cancel_stood_at: float | None = None
    done_since: float | None = None  # the order looks done but for leftovers in its state
    instants: dict[str, Instant] = field(default_factory=dict)
    headers: dict[str, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    # the job in hand
    task: str = ""
    retry_at: float = 0.0  # the next leg of the task begins not before this
    dwell_until: float | None = None  # at the place, waiting for time (or, charging, for the battery) to pass
    # wishes
    pause_ours: bool = False  # we told it to pause, and have not yet seen it go on
    pause_sent_at: float = float("-inf")
    resume_sent: bool = False
    speed_limit_mps: float | None = None
    recalled: bool = False
    wants_charge: bool = False
    charge_after: float = 0.0  # a failed startCharging is not tried again before this
    idle_since: float = 0.0
    pushed_at: float = float("-inf")  # it has stepped aside for somebody
    unusable_since: float | None = None
    poked_at: float = float("-inf")
    home_node: str = ""
    # the twin
    status: RobotStatus = field(default_factory=RobotStatus)
    status_dirty: bool = True
    status_waits: bool = False  # it differs from what was put (or stored) by no more than can wait
    status_at: float = 0.0
    stored: RobotStatus = field(default_factory=RobotStatus)
    stored_at: float = 0.0

    @property
    def key(self) -> tuple[str, str, str]:
        """Topic prefix, manufacturer, serial number."""
        return self.model.dialect.topic_prefix, self.model.manufacturer, self.spec.serial_number

    @property
    def takes_orders(self) -> bool:
        """Heard, in an automatic mode, and nothing that forbids driving."""
        state = self.state
        return (
            state is not None
            and not self.silent
            and self.connection not in ("OFFLINE", "CONNECTIONBROKEN")
            and self.placed
            and not self.implausible
            and state.operating_mode in MODES_THAT_TAKE_ORDERS
            and state.safety_state.e_stop == "NONE"
            and not self.blocking_errors()
        )

    def blocking_errors(self) -> list[str]:
        """Types of FATAL errors that are not about an order or message of ours (a new order clears those)."""
        if self.state is None:
            return []
        return [
            e.error_type
            for e in self.state.errors
            if e.error_level not in ("WARNING", "URGENT")
            and not any(r.reference_key in ("orderId", "headerId", "actionId", "topic") for r in e.error_references)
        ]

    @property
    def load_ids(self) -> tuple[str | None, ...] | None:
        """What it carries; None: it cannot tell (or was never heard)."""
        if self.state is None or self.state.loads is None:
            return None
        return tuple(load.load_id for load in self.state.loads)
