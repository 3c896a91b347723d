"""The Command IR: what one sentence becomes, whoever translated it.

Keys are the neutral form of the operators' benchmark. Keys that carry the default are left out on the wire.
Names are canonical names of the site's registry, never free text.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec
from msgspec import field

#: Bounds that the validator enforces on what any translator (or caller) sends.
TASKS_PER_COMMAND_MAX = 100
QUANTITY_MAX = 200
STOPS_MAX = 50


class _Ir(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Base: strict, since a misspelt key would silently change what robots do."""


class Outcome(StrEnum):
    PLAN = "plan"
    CONTROL = "control"
    QUERY = "query"
    CLARIFY = "clarify"
    REJECT = "reject"


class Action(StrEnum):
    TRANSPORT = "transport"
    GOTO = "goto"
    PATROL = "patrol"
    CLEAN = "clean"
    DISINFECT = "disinfect"
    INSPECT = "inspect"
    GUIDE = "guide"
    CHARGE = "charge"
    PARK = "park"
    WAIT = "wait"


class Priority(StrEnum):
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class ControlAction(StrEnum):
    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"
    EMERGENCY_STOP = "emergency_stop"
    CLOSE_AREA = "close_area"
    OPEN_AREA = "open_area"
    RECALL = "recall"
    SET_SPEED = "set_speed"


class QueryAbout(StrEnum):
    LOCATION = "location"
    BATTERY = "battery"
    STATUS = "status"
    COUNT = "count"
    ETA = "eta"
    TASKS = "tasks"


class InMinutes(_Ir, frozen=True, kw_only=True):
    in_minutes: float


class WithinMinutes(_Ir, frozen=True, kw_only=True):
    within_minutes: float


class Repeat(_Ir, frozen=True, kw_only=True):
    """`times`, or `every_minutes` with an optional `until` ("HH:MM")."""

    times: int | None = None
    every_minutes: float | None = None
    until: str | None = None


class Speed(_Ir, frozen=True, kw_only=True):
    percent: float | None = None
    mps: float | None = None


class TaskIr(_Ir, frozen=True, kw_only=True):
    """One job (not its steps). `source` and `target` are `from` and `to` on the wire."""

    ref: str
    action: Action
    source: str | None = field(default=None, name="from")
    target: str | None = field(default=None, name="to")
    stops: tuple[str, ...] = ()
    item: str | None = None
    quantity: int = 1
    robot: str | tuple[str, ...] | None = None
    robot_type: str | None = None
    robots_needed: int = 1
    repeat: Repeat | None = None
    priority: Priority = Priority.NORMAL
    not_before: str | InMinutes | None = None
    deadline: str | WithinMinutes | None = None
    after: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    duration_minutes: float | None = None


class ControlIr(_Ir, frozen=True, kw_only=True):
    action: ControlAction
    targets: tuple[str, ...] = ("all",)
    excluded: tuple[str, ...] = field(default=(), name="except")
    until: str | WithinMinutes | None = None
    speed: Speed | None = None


class QueryIr(_Ir, frozen=True, kw_only=True):
    about: QueryAbout
    targets: tuple[str, ...] = ()


class CommandIr(_Ir, frozen=True, kw_only=True):
    outcome: Outcome
    tasks: tuple[TaskIr, ...] = ()
    control: ControlIr | None = None
    query: QueryIr | None = None
    why: str = ""
