"""The judge of pooled plans: times, loads and cost of routes of stops, in plain Python from the request alone.

It shares no code with the compiled search, so that what the search believes is checked. Of routes that carry one load after
the other it says what `evaluate` says, but for batteries: it knows no chargers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from typing import NamedTuple

from fleet.planning.eligible import may_take
from fleet.planning.prices import EMPTY_WEIGHT, LATE_FACTOR, LEFT_OUT_S, SWITCH_S, weight
from fleet.planning.problem import PlanRequest, PlanRobot, PlanStop, PlanTask

PICK, DROP, VISIT = "pick", "drop", "visit"
KG_DUST = 1e-6


class Stop(NamedTuple):
    task: str
    what: str


StopRoutes = Mapping[str, Sequence[Stop]]


@dataclass(frozen=True, slots=True)
class PooledSchedule:
    """`stops` by robot and order; `driven_s`: seconds of driving of each robot."""

    stops: tuple[PlanStop, ...]
    cost: float
    driven_s: Mapping[str, float]


def carries(task: PlanTask) -> bool:
    """Whether the task brings a load from one place to another."""
    return task.action == "transport" and (task.aboard is not None or len(task.visits) > 1)


def stops_of_task(task: PlanTask) -> tuple[Stop, ...]:
    """What a robot has to do for it, in order."""
    if not carries(task):
        return (Stop(task.name, VISIT),)
    drop = Stop(task.name, DROP)
    return (drop,) if task.aboard is not None else (Stop(task.name, PICK), drop)


def way(task: PlanTask, what: str) -> tuple[Sequence[str], Sequence[float]]:
    """Nodes and seconds of work of a stop: the pick is the first visit, the drop all others."""
    if what == PICK:
        return task.visits[:1], task.service_s[:1]
    if what == DROP and task.aboard is None:
        return task.visits[1:], task.service_s[1:]
    return task.visits, task.service_s


def judge_stops(request: PlanRequest, routes: StopRoutes) -> PooledSchedule | None:
    """Times and cost; None where the routes break a rule.

    Rules: every task whole, in order, on one robot that may take it; slots and payload at every moment; what is no transport
    only with nothing on board; what is on board stays with its robot; groups apart; gangs whole; no robots that wait for each
    other in a circle; a way to everything. A robot sets out for a task's first stop not before `not_before_s` and the ends of
    `after`, as in `evaluate`.
    """
    tasks = {t.name: t for t in request.tasks}
    robots = {r.name: r for r in request.robots}
    if any(name not in robots for name in routes) or not _whole(request, tasks, robots, routes):
        return None
    drivers = {name: _Driver(request, robots[name], tasks, stops) for name, stops in routes.items()}
    ends: dict[str, float] = dict.fromkeys(request.done, 0.0) | dict(request.running)
    progress = True
    while progress:
        progress = False
        for driver in drivers.values():
            for name, end_s in driver.advance(ends):
                progress = True
                if name:
                    ends[name] = end_s
    if any(d.left or d.broken for d in drivers.values()):
        return None
    placed = {stop.task for stops in routes.values() for stop in stops}
    left_out = sum(LEFT_OUT_S * weight(t, request) for t in request.tasks if t.name not in placed)
    return PooledSchedule(
        stops=tuple(stop for name in sorted(drivers) for stop in drivers[name].stops),
        cost=sum(d.cost for d in drivers.values()) + left_out,
        driven_s={name: d.driven_s for name, d in drivers.items()},
    )


def _whole(request: PlanRequest, tasks: Mapping[str, PlanTask], robots: Mapping[str, PlanRobot], routes: StopRoutes) -> bool:
    seen: dict[str, str] = {}
    groups: set[tuple[str, str]] = set()
    for robot, stops in routes.items():
        own: dict[str, list[Stop]] = {}
        for stop in stops:
            own.setdefault(stop.task, []).append(stop)
        for name, parts in own.items():
            task = tasks.get(name)
            if task is None or name in seen or tuple(parts) != stops_of_task(task) or not may_take(robots[robot], task):
                return False
            if task.aboard not in (None, robot) or (task.apart and (task.apart, robot) in groups):
                return False
            seen[name] = robot
            groups.add((task.apart, robot))
    gangs: dict[str, set[bool]] = {}
    for task in request.tasks:
        if task.gang and task.apart:
            gangs.setdefault(task.apart, set()).add(task.name in seen)
    return all(len(parts) == 1 for parts in gangs.values())


class _Driver:
    """One robot on its route, as far as what it waits for is known."""

    def __init__(self, request: PlanRequest, robot: PlanRobot, tasks: Mapping[str, PlanTask], route: Sequence[Stop]) -> None:
        self._request, self._robot, self._tasks, self._route = request, robot, tasks, route
        self._at, self._t = robot.node, robot.free_in_s
        aboard = [t for t in tasks.values() if t.aboard == robot.name]
        self._units, self._kg = sum(t.load_units for t in aboard), sum(t.load_kg for t in aboard)
        self.stops: list[PlanStop] = []
        self.cost = self.driven_s = 0.0
        self.broken = False

    @property
    def left(self) -> int:
        return len(self._route) - len(self.stops)

    def advance(self, ends: Mapping[str, float]) -> Iterator[tuple[str, float]]:
        """Drives on; yields after each stop the task that it ended ("" for a pick) and when."""
        while self.left and not self.broken:
            stop = self._route[len(self.stops)]
            task = self._tasks[stop.task]
            ready_s = self._t
            if stop == stops_of_task(task)[0]:
                if any(name not in ends for name in task.after):
                    return
                ready_s = max([ready_s, task.not_before_s, *(ends[name] for name in task.after)])
            self._do(task, stop, ready_s)
            if not self.broken:
                yield ("" if stop.what == PICK else task.name), self._t

    def _do(self, task: PlanTask, stop: Stop, start_s: float) -> None:
        nodes, service_s = way(task, stop.what)
        speed = self._robot.speed_mps
        drive_s = self._request.travel(self._at, nodes[0], speed) if nodes else 0.0
        inner_s = sum(self._request.travel(a, b, speed) for a, b in pairwise(nodes))
        arrive_s = start_s + drive_s
        self.cost += EMPTY_WEIGHT * drive_s if self._units == 0 else 0.0
        if stop.what == VISIT and self._units:
            self.broken = True
        change = {PICK: 1, DROP: -1, VISIT: 0}[stop.what]
        self._units += change * task.load_units
        self._kg += change * task.load_kg
        too_much = self._units > self._robot.load_slots or self._kg > self._robot.payload_kg + KG_DUST
        self._t = arrive_s + inner_s + sum(service_s)
        self._at = nodes[-1] if nodes else self._at
        self.driven_s += drive_s + inner_s
        self.broken = self.broken or self._t == inf or (stop.what == PICK and too_much)
        if stop.what != PICK:
            late_s = max(0.0, self._t - (inf if task.deadline_s is None else task.deadline_s))
            moved_s = SWITCH_S if task.current_robot not in (None, self._robot.name) else 0.0
            self.cost += weight(task, self._request) * (self._t + LATE_FACTOR * late_s + moved_s)
        self.stops.append(
            PlanStop(
                robot=self._robot.name, order=len(self.stops), task=task.name, what=stop.what, node=self._at,
                start_s=start_s, arrive_s=arrive_s, end_s=self._t, units=self._units,
            )
        )  # fmt: skip
