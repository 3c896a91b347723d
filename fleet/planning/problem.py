"""The planning problem and its answer, as immutable values. Times are seconds from `now` (0 = now)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

#: seconds of travel from node to node for a robot of this speed; inf where there is no way
TravelTime = Callable[[str, str, float], float]


@dataclass(frozen=True, slots=True)
class PlanRobot:
    """`node`, `free_in_s`: where and when it can begin something new (after the task in hand)."""

    name: str
    node: str
    type: str
    capabilities: frozenset[str]
    payload_kg: float
    speed_mps: float = 1.5
    free_in_s: float = 0.0
    battery_pct: float = 100.0


@dataclass(frozen=True, slots=True)
class PlanTask:
    """`visits`: the nodes in order (transport: source, stops, target); `service_s`: seconds of work at each visit.

    No visits: it is done where the robot stands, in `sum(service_s)` seconds.
    `current_robot`: who has it now, so that a plan does not flip without need. `priority`: 0 low .. 3 urgent.
    `apart`: tasks of the same (non-empty) group go to different robots; `barred`: robots that must not take it.
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
    apart: str = ""
    barred: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """A snapshot. `done`: names in `after` that already ended well; others that are not in `tasks` block for ever.

    `running`: tasks in hand that `after` may name, with the seconds until they end. `absent`: robots of the site that
    can take nothing now, with the reason in words ("offline"), so that an answer can say why nobody was found.
    """

    robots: tuple[PlanRobot, ...]
    tasks: tuple[PlanTask, ...]
    travel: TravelTime
    done: frozenset[str] = frozenset()
    running: Mapping[str, float] = field(default_factory=dict)
    absent: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlannedAssignment:
    task: str
    robot: str
    rank: int  # 0 = next for this robot
    start_s: float
    end_s: float
    why: str = ""


@dataclass(frozen=True, slots=True)
class PlanResult:
    """`unassigned`: task -> reason, for people. `cost`: weighted sum of completion times (lower is better)."""

    assignments: tuple[PlannedAssignment, ...]
    unassigned: Mapping[str, str] = field(default_factory=dict)
    cost: float = 0.0
    floor_cost: float = 0.0
    solver: str = ""
