"""The planning problem and its answer, as immutable values. Times are seconds from `now` (0 = now)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import msgspec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: seconds of travel from node to node for a robot of this speed; inf where there is no way
TravelTime = Callable[[str, str, float], float]
#: Nobody shall wait longer than this for its robot: from here on a task's weight grows without bound, seconds.
MAX_WAIT_S = 1800.0


@runtime_checkable
class TravelMatrix(Protocol):
    """A `TravelTime` that also answers for many pairs at once; plans of thousands of tasks need it."""

    def __call__(self, start: str, goal: str, speed_mps: float, /) -> float: ...

    def travel_matrix(self, starts: Sequence[str], goals: Sequence[str], speed_mps: float) -> NDArray[np.float32]:
        """Seconds, float32[len(starts), len(goals)]; inf where there is no way."""
        ...


@dataclass(frozen=True, slots=True)
class PlanRobot:
    """`node`, `free_in_s`: where and when it can begin something new (after the task in hand).

    Energy, in seconds of driving: `range_s` is left above the low mark, `full_range_s` with a full battery;
    `charge_s`: seconds that a charge from the low mark to full takes. A robot without numbers never needs a charge.
    `charger`: the node of its own charger, "": it shares those of the request.
    `load_slots`: units of load that it may have on board at once, of several tasks (pooling).
    """

    name: str
    node: str
    type: str
    capabilities: frozenset[str]
    payload_kg: float
    speed_mps: float = 1.5
    free_in_s: float = 0.0
    battery_pct: float = 100.0
    range_s: float = inf
    full_range_s: float = inf
    charge_s: float = 0.0
    charger: str = ""
    load_slots: int = 1


@dataclass(frozen=True, slots=True)
class PlanTask:
    """`visits`: the nodes in order (transport: source, stops, target); `service_s`: seconds of work at each visit.

    No visits: it is done where the robot stands, in `sum(service_s)` seconds.
    `current_robot`, `current_rank`: who has it now, as which of its tasks, so that a plan does not flip without need.
    `priority`: 0 low .. 3 urgent.
    `apart`: tasks of the same (non-empty) group go to different robots; `gang`: and all of them or none;
    `barred`: robots that must not take it. `max_wait_s` None: the request's.
    `load_units`: slots that its load takes. `aboard`: the robot that has picked the load up already: `visits` then are what is
    left to do, and no other robot can do it.
    """

    name: str
    visits: tuple[str, ...]
    service_s: tuple[float, ...]
    action: str
    load_kg: float = 0.0
    robot: str | None = None
    robot_type: str | None = None
    priority: int = 1
    after: tuple[str, ...] = ()
    not_before_s: float = 0.0
    deadline_s: float | None = None
    age_s: float = 0.0
    current_robot: str | None = None
    current_rank: int = 0
    apart: str = ""
    barred: frozenset[str] = frozenset()
    gang: bool = False
    max_wait_s: float | None = None
    load_units: int = 1
    aboard: str | None = None


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """A snapshot. `done`: names in `after` that already ended well; others that are not in `tasks` block for ever.

    `running`: tasks in hand that `after` may name, with the seconds until they end. `absent`: robots of the site that
    can take nothing now, with the reason in words ("offline"), so that an answer can say why nobody was found.
    `chargers`: node of each charger -> seconds until it is free; each takes one robot at a time.
    """

    robots: tuple[PlanRobot, ...]
    tasks: tuple[PlanTask, ...]
    travel: TravelTime
    done: frozenset[str] = frozenset()
    running: Mapping[str, float] = field(default_factory=dict)
    absent: Mapping[str, str] = field(default_factory=dict)
    chargers: Mapping[str, float] = field(default_factory=dict)
    max_wait_s: float = MAX_WAIT_S


class PlannedAssignment(msgspec.Struct, frozen=True, gc=False):
    """`arrive_s`: at the first visit. `charge_at`: the charger's node where the robot charges before this task, "": nowhere.

    `second`, `second_s`: the next best robot for this task and how many seconds later (or sooner) it would be there.
    """

    task: str
    robot: str
    rank: int  # 0 = next for this robot
    start_s: float
    end_s: float
    why: str = ""
    arrive_s: float = 0.0
    charge_at: str = ""
    second: str = ""
    second_s: float | None = None


class PlanStop(msgspec.Struct, frozen=True, gc=False):
    """A stop of a robot that pools: `what` pick | drop | visit (all visits of a task that carries nothing, as one stop).

    It sets out for it at `start_s`, works from `arrive_s` to `end_s` at `node` (the last one, where it is a way through
    several), and has `units` of load on board afterwards.
    """

    robot: str
    order: int  # 0 = next for this robot
    task: str
    what: str
    node: str
    start_s: float
    arrive_s: float
    end_s: float
    units: int


@dataclass(frozen=True, slots=True)
class PlanResult:
    """`unassigned`: task -> reason, for people. `cost`: weighted sum of completion times (lower is better).

    `stops`: where loads of several tasks share a robot, all stops of all robots in order; empty where none do. An
    assignment's rank then is the order of the tasks' first stops.
    """

    assignments: tuple[PlannedAssignment, ...]
    unassigned: Mapping[str, str] = field(default_factory=dict)
    cost: float = 0.0
    floor_cost: float = 0.0
    solver: str = ""
    stops: tuple[PlanStop, ...] = ()
