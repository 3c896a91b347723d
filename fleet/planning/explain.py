"""Why this robot, in words: each assignment says how far its robot is and what the next best would have cost."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fleet.planning.eligible import Screened
from fleet.planning.evaluate import Schedule, Timed
from fleet.planning.problem import PlannedAssignment
from fleet.planning.tables import Floats, Ints, Tables

#: Up to so many tasks each is weighed against all robots; of larger plans only those that robots do next.
EXPLAINED_MAX = 200


def explained(t: Tables, screened: Screened, schedule: Schedule) -> tuple[PlannedAssignment, ...]:
    """The schedule as assignments, by robot and rank, each with its reason."""
    legs = schedule.timed
    asked = [i for i, leg in enumerate(legs) if leg.rank == 0 or len(legs) <= EXPLAINED_MAX]
    second: list[tuple[str, float | None]] = [("", None)] * len(legs)
    for i, found in zip(asked, _second_best(t, screened, legs, asked), strict=True):
        second[i] = found
    seen = set(asked)
    return tuple(
        PlannedAssignment(
            task=leg.task.name,
            robot=leg.robot.name,
            rank=leg.rank,
            start_s=leg.start_s,
            end_s=leg.end_s,
            why=_why(leg, *other) if i in seen else _away(leg),
            arrive_s=leg.arrive_s,
            charge_at=leg.charge_at,
            second=other[0],
            second_s=other[1],
        )
        for i, (leg, other) in enumerate(zip(legs, second, strict=True))
    )


def _why(leg: Timed, name: str, gap_s: float | None) -> str:
    away = _away(leg)
    if leg.task.robot is not None:
        return f"{away}; asked for by name"
    if not name:
        return f"{away}; the only robot that can do it"
    if gap_s is None:
        return f"{away}; no other robot can reach it"
    if gap_s < -0.5:
        return f"{away}; {name} could come {-gap_s:.0f} s sooner, but is of more use elsewhere"
    return f"{away}; next best {name}, +{max(0.0, gap_s):.0f} s"


def _away(leg: Timed) -> str:
    drive_s = leg.arrive_s - leg.start_s
    charges = " after charging" if leg.charge_at else ""
    if leg.start_s < 0.5:
        return f"{leg.robot.name} is {drive_s:.0f} s away"
    return f"{leg.robot.name} sets out in {leg.start_s:.0f} s{charges} and is then {drive_s:.0f} s away"


def _second_best(t: Tables, screened: Screened, legs: Sequence[Timed], asked: Sequence[int]) -> list[tuple[str, float | None]]:
    """(robot, seconds that it would be there later) for each leg asked for; ("", None): nobody else, (name, None): no way.

    Another robot would take the task after what it has begun by then.
    """
    if len(legs) > EXPLAINED_MAX:
        return _second_of_first(t, screened, [legs[i] for i in asked])
    begun = _Begun(t, legs)
    found: list[tuple[str, float | None]] = []
    for i in asked:
        leg, j = legs[i], t.task_index[legs[i].task.name]
        able = screened.fits[:, j].copy()
        able[t.robot_index[leg.robot.name]] = False
        others = np.flatnonzero(able)
        if leg.task.robot is not None or not len(others):
            found.append(("", None))
            continue
        free_s, at = begun.by(leg.start_s, others)
        ready_s = max(leg.start_s if leg.task.after else 0.0, leg.task.not_before_s)
        drive_s = t.travel[t.speed[others], at, t.first[j]] if t.first[j] >= 0 else np.zeros(len(others))
        arrive_s = np.maximum(free_s, ready_s) + drive_s
        best = int(arrive_s.argmin())
        gap_s = float(arrive_s[best]) - leg.arrive_s
        found.append((t.robots[int(others[best])].name, None if np.isinf(gap_s) else gap_s))
    return found


def _second_of_first(t: Tables, screened: Screened, legs: Sequence[Timed]) -> list[tuple[str, float | None]]:
    """The same for the first tasks of all robots at once: another robot would take the task instead of its own first."""
    tasks = np.array([t.task_index[leg.task.name] for leg in legs], dtype=np.int64)
    arrive_s = np.maximum(t.free_s[:, None], t.not_before_s[tasks][None, :]) + t.drives_s(t.start, tasks)
    arrive_s[~screened.fits[:, tasks]] = np.inf
    arrive_s[[t.robot_index[leg.robot.name] for leg in legs], np.arange(len(legs))] = np.inf
    best, gaps_s = arrive_s.argmin(axis=0), arrive_s.min(axis=0) - np.array([leg.arrive_s for leg in legs])
    return [
        ("", None) if np.isinf(gap_s) or leg.task.robot is not None else (t.robots[robot].name, gap_s)
        for leg, robot, gap_s in zip(legs, best.tolist(), gaps_s.tolist(), strict=True)
    ]


class _Begun:
    """What each robot has begun by a time of the plan: [R, L] starts, ends and nodes of its tasks in order."""

    def __init__(self, t: Tables, legs: Sequence[Timed]) -> None:
        most = max((leg.rank for leg in legs), default=-1) + 1
        self._starts: Floats = np.full((len(t.robots), most), np.inf)
        self._free: Floats = np.zeros((len(t.robots), most + 1))
        self._at: Ints = np.zeros((len(t.robots), most + 1), dtype=np.int64)
        self._free[:, 0], self._at[:, 0] = t.free_s, t.start
        number = {name: i for i, name in enumerate(t.from_nodes)}
        for leg in legs:
            robot = t.robot_index[leg.robot.name]
            self._starts[robot, leg.rank] = leg.start_s
            self._free[robot, leg.rank + 1], self._at[robot, leg.rank + 1] = leg.end_s, number[leg.end_node]

    def by(self, now_s: float, robots: Ints) -> tuple[Floats, Ints]:
        """When and where these robots are free after what they have begun before `now_s`."""
        done = (self._starts[robots] < now_s).sum(axis=1)
        return self._free[robots, done], self._at[robots, done]
