"""The one judge of plans: timing of routes and their cost, for every heuristic and solver alike.

A route is a robot's list of tasks in order. A robot sets out for a task when it is free, when all tasks in `after`
have ended, and not before `not_before_s`: this is what the edge node does too. Where its battery would not last for the
task and the way to a charger after it, it charges first; chargers take one robot at a time, first come, first served.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from fleet.planning.clock import Clock
from fleet.planning.prices import EMPTY_WEIGHT, LATE_FACTOR, LEFT_OUT_S, SWITCH_S
from fleet.planning.problem import PlanRequest, PlanRobot, PlanTask
from fleet.planning.tables import Bools, Floats, Ints, Tables, tables_of

Routes = Mapping[str, Sequence[str]]


class Timed(NamedTuple):
    """A task with its times: sets out at `start_s`, is at the first visit at `arrive_s`, has finished at `end_s`."""

    task: PlanTask
    robot: PlanRobot
    rank: int
    start_s: float
    arrive_s: float
    end_s: float
    end_node: str
    charge_at: str = ""


@dataclass(frozen=True, slots=True)
class Schedule:
    """`timed` by robot and rank."""

    timed: tuple[Timed, ...]
    cost: float


class _Times:
    """Of each task, by number; NaN: not yet timed."""

    def __init__(self, size: int) -> None:
        self.start_s: Floats = np.full(size, np.nan)
        self.arrive_s: Floats = np.full(size, np.nan)
        self.end_s: Floats = np.full(size, np.nan)
        self.charge_at: dict[int, str] = {}


def evaluate(request: PlanRequest, routes: Routes, tables: Tables | None = None) -> Schedule | None:
    """Times and cost of the routes; None when they cannot be driven. `tables`: of this request, where they are known.

    Not drivable: a robot that may not take a task, no way, a task twice, a group that is not kept apart, a part of a
    gang, or robots that wait for each other in a circle. Tasks that no route holds cost LEFT_OUT_S.
    """
    t = tables_of(request) if tables is None else tables
    numbered = _numbered(t, routes)
    return None if numbered is None else judge(t, numbered)


def judge(t: Tables, routes: Mapping[int, Ints]) -> Schedule | None:
    """`evaluate` by numbers: robot -> its tasks in order."""
    routes = {robot: tasks for robot, tasks in routes.items() if len(tasks)}
    if not _is_legal(t, routes):
        return None
    times, clock = _Times(len(t.tasks)), Clock(t)
    together = _timed_alone(t, clock, routes, times)
    if together is None or not _Together(t, clock, together, times).run():
        return None
    return Schedule(_legs(t, routes, times), _cost(t, routes, times))


def _cost(t: Tables, routes: Mapping[int, Ints], times: _Times) -> float:
    who = np.full(len(t.tasks), -1)
    for robot, tasks in routes.items():
        who[tasks] = robot
    on = who >= 0
    end_s = times.end_s[on]
    late_s = np.maximum(0.0, end_s - t.deadline_s[on])
    moved = np.array([x.current_robot is not None for x in t.tasks], dtype=bool)[on] & (t.current[on] != who[on])
    cost = t.weight[on] * (end_s + LATE_FACTOR * late_s + np.where(moved, SWITCH_S, 0.0))
    cost += EMPTY_WEIGHT * (times.arrive_s[on] - times.start_s[on])
    return float(cost.sum() + LEFT_OUT_S * t.weight[~on].sum())


def _numbered(t: Tables, routes: Routes) -> dict[int, Ints] | None:
    try:
        return {
            t.robot_index[robot]: np.array([t.task_index[name] for name in names], dtype=np.int64)
            for robot, names in routes.items()
        }
    except KeyError:
        return None


def _is_legal(t: Tables, routes: Mapping[int, Ints]) -> bool:
    every = np.concatenate([*routes.values(), np.zeros(0, dtype=np.int64)])
    placed = np.zeros(len(t.tasks), dtype=bool)
    placed[every] = True
    if placed.sum() != len(every) or not all(t.able[robot, tasks].all() for robot, tasks in routes.items()):
        return False
    groups: set[tuple[str, int]] = set()
    for robot, tasks in routes.items():
        for task in tasks[t.tied[tasks]].tolist():
            group = t.tasks[task].apart
            if group and (group, robot) in groups:
                return False
            groups.add((group, robot))
    return not split_gangs(t, placed)


def split_gangs(t: Tables, placed: Bools) -> set[str]:
    """Gangs of which some are placed and some are not."""
    inside = {t.tasks[i].apart for i in np.flatnonzero(t.tied & placed) if t.tasks[i].gang}
    return {t.tasks[i].apart for i in np.flatnonzero(t.tied & ~placed) if t.tasks[i].gang} & inside


def _timed_alone(t: Tables, clock: Clock, routes: Mapping[int, Ints], times: _Times) -> dict[int, Ints] | None:
    """Times all routes that depend on no other, a rank at a time; the others are returned. None: no way."""
    free = {robot: tasks for robot, tasks in routes.items() if not t.tied[tasks].any()}
    robots = np.fromiter(free, dtype=np.int64, count=len(free))
    lengths = np.array([len(tasks) for tasks in free.values()], dtype=np.int64)
    start = (clock.at.copy(), clock.free_s.copy(), clock.left_s.copy())
    lasts = np.ones(len(t.robots), dtype=bool)
    for rank in range(int(lengths.max(initial=0))):
        on = robots[lengths > rank]
        tasks = np.array([free[r][rank] for r in on.tolist()], dtype=np.int64)
        times.start_s[tasks], times.arrive_s[tasks], end_s, enough = clock.take_many(on, tasks, t.not_before_s[tasks])
        if np.isinf(end_s).any():
            return None
        times.end_s[tasks] = end_s
        lasts[on] &= enough
    for now, before in zip((clock.at, clock.free_s, clock.left_s), start, strict=True):
        now[~lasts] = before[~lasts]  # these charge in between: one after the other, since chargers are shared
    return {robot: tasks for robot, tasks in routes.items() if robot not in free or not lasts[robot]}


class _Together:
    """Times routes that wait for each other or for chargers, in the order of the clock."""

    def __init__(self, t: Tables, clock: Clock, routes: Mapping[int, Ints], times: _Times) -> None:
        self._t, self._clock, self._times = t, clock, times
        self._routes = {robot: tasks.tolist() for robot, tasks in routes.items()}
        self._rank = dict.fromkeys(routes, 0)
        self._waiting: dict[int, list[int]] = {}
        self._heap: list[tuple[float, int]] = []
        for tasks in routes.values():
            times.end_s[tasks] = np.nan  # of a try without charging

    def run(self) -> bool:
        """False: no way, or a circle."""
        if not all(self._offer(robot) for robot in self._routes):
            return False
        while self._heap:
            ready_s, robot = heapq.heappop(self._heap)
            task = self._routes[robot][self._rank[robot]]
            leg = self._clock.leg(robot, task, ready_s)
            if leg is None:
                return False
            self._clock.take(robot, task, leg)
            times = self._times
            times.start_s[task], times.arrive_s[task], times.end_s[task] = leg.start_s, leg.arrive_s, leg.end_s
            if leg.charge_at:
                times.charge_at[task] = leg.charge_at
            self._rank[robot] += 1
            if not all(self._offer(other) for other in (robot, *self._waiting.pop(task, ()))):
                return False
        return all(self._rank[robot] == len(tasks) for robot, tasks in self._routes.items())

    def _offer(self, robot: int) -> bool:
        """The robot's next task onto the heap, or the robot into the queue of what it waits for. False: it never will."""
        if self._rank[robot] >= len(self._routes[robot]):
            return True
        t, task = self._t, self._routes[robot][self._rank[robot]]
        ready_s = max(float(t.not_before_s[task]), float(self._clock.free_s[robot]))
        for name in t.tasks[task].after:
            if name in t.request.running or name in t.request.done:
                ready_s = max(ready_s, t.request.running.get(name, 0.0))
                continue
            before = t.task_index.get(name)
            if before is None:
                return False
            if np.isnan(self._times.end_s[before]):
                self._waiting.setdefault(before, []).append(robot)
                return True
            ready_s = max(ready_s, float(self._times.end_s[before]))
        heapq.heappush(self._heap, (ready_s, robot))
        return True


def _legs(t: Tables, routes: Mapping[int, Ints], times: _Times) -> tuple[Timed, ...]:
    start_s, arrive_s, end_s = times.start_s.tolist(), times.arrive_s.tolist(), times.end_s.tolist()
    last, legs = t.last.tolist(), []
    for robot in sorted(routes):
        who, node = t.robots[robot], t.robots[robot].node
        for rank, j in enumerate(routes[robot].tolist()):
            node = t.from_nodes[last[j]] if last[j] >= 0 else node
            legs.append(Timed(t.tasks[j], who, rank, start_s[j], arrive_s[j], end_s[j], node, times.charge_at.get(j, "")))
    return tuple(legs)
