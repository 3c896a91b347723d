"""Pooling: robots with room for several loads fetch and bring them together. One function for `solve.plan`.

The plan of one load after the other is the start; ruin and recreate improves it, then OR-Tools where the plan is small. The
answer is taken only where an independent judge finds it better.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from fleet.planning.evaluate import Schedule, Timed
from fleet.planning.pooling_judge import PooledSchedule, Stop, judge_stops, stops_of_task
from fleet.planning.problem import PlanRequest, PlanStop, PlanTask
from fleet.planning.tables import Bools

if TYPE_CHECKING:
    from fleet.planning.pooling_view import View

#: More effort than this for each task finds nothing more, positions.
EFFORT_PER_TASK = 150_000
#: OR-Tools looks at plans of up to so many tasks, for this share of the budget.
ROUTING_TASKS_MAX, ROUTING_SHARE = 60, 0.3
#: A battery shall not end below this many seconds of driving.
RESERVE_S = 120.0


@dataclass(frozen=True, slots=True)
class Pooled:
    """`schedule`: the tasks by robot and order of their first stops, to explain and assign; `stops`: what is really done."""

    schedule: Schedule
    stops: tuple[PlanStop, ...]
    solver: str


def can_pool(request: PlanRequest) -> bool:
    """Whether any robot has room for loads of two tasks."""
    return any(r.load_slots > 1 for r in request.robots)


def pooled_routes(request: PlanRequest, fits: Bools, start: Schedule, *, budget_s: float, seed: int = 0) -> Pooled | None:
    """A plan that pools and costs less than `start`; None where there is none.

    `fits`: bool[robots, tasks], who may take what, by the order of the request. Robots that do something without a place keep
    their tasks as they are. None too where a robot charges in `start`, or a battery would not last for the stops.
    """
    kept = {leg.robot.name for leg in start.timed if not leg.task.visits}
    if any(leg.charge_at for leg in start.timed):
        return None  # the judge of stops knows no chargers
    serial: dict[str, list[Stop]] = {r.name: [] for r in request.robots}
    for leg in start.timed:
        serial[leg.robot.name].extend(stops_of_task(leg.task))
    robots = [r.name for r in request.robots if r.name not in kept]
    tasks = [leg.task for leg in start.timed if leg.robot.name not in kept]
    if not tasks or not any(r.load_slots > 1 and r.name not in kept for r in request.robots):
        return None
    from fleet.planning.pooling_run import EFFORT_PER_S, improved  # compiled: loaded when it is needed

    view = _view(request, fits, start, robots, tasks)
    routes, _ = improved(
        view.pool,
        view.numbered(serial),
        effort=round(min(EFFORT_PER_S * budget_s * (1.0 - ROUTING_SHARE), EFFORT_PER_TASK * len(tasks))),
        seed=seed,
    )
    best, solver = _judged(request, view, routes, serial, kept), "pooling"
    if best is not None and len(tasks) <= ROUTING_TASKS_MAX and budget_s > 0:
        from fleet.planning.ortools_pooling import improved_stops

        routed = improved_stops(view.pool, routes, budget_s=budget_s * ROUTING_SHARE)
        other = _judged(request, view, routed, serial, kept) if routed is not None else None
        if other is not None and other.cost < best.cost:
            best, solver = other, "pooling+routing"
    if best is None or best.cost >= start.cost or not _batteries_last(request, best):
        return None
    return Pooled(_as_schedule(request, best), best.stops, solver)


def _view(request: PlanRequest, fits: Bools, start: Schedule, robots: Sequence[str], tasks: Sequence[PlanTask]) -> View:
    from fleet.planning.pooling_view import view_of

    row = {r.name: i for i, r in enumerate(request.robots)}
    column = {t.name: j for j, t in enumerate(request.tasks)}
    mask = fits[np.ix_([row[r] for r in robots], [column[t.name] for t in tasks])].T
    ends = {leg.task.name: leg.end_s for leg in start.timed}
    return view_of(request, robots, tasks, mask, ends)


def _judged(
    request: PlanRequest, view: View, routes: Sequence[Sequence[int]], serial: dict[str, list[Stop]], kept: set[str]
) -> PooledSchedule | None:
    whole = view.named(routes) | {robot: serial[robot] for robot in kept}
    return judge_stops(request, whole)


def _batteries_last(request: PlanRequest, plan: PooledSchedule) -> bool:
    limits = {r.name: r.range_s for r in request.robots}
    return all(s == 0.0 or limits[r] == inf or s + RESERVE_S <= limits[r] for r, s in plan.driven_s.items())


def _as_schedule(request: PlanRequest, plan: PooledSchedule) -> Schedule:
    """Tasks with the times of their first arrival and their end; ranks by first stop."""
    tasks, robots = {t.name: t for t in request.tasks}, {r.name: r for r in request.robots}
    first: dict[str, PlanStop] = {}
    last: dict[str, PlanStop] = {}
    for stop in plan.stops:
        first.setdefault(stop.task, stop)
        last[stop.task] = stop
    ranks = dict.fromkeys(robots, 0)
    timed = []
    for name, stop in first.items():
        timed.append(
            Timed(
                tasks[name], robots[stop.robot], ranks[stop.robot], stop.start_s, stop.arrive_s, last[name].end_s, last[name].node
            )
        )
        ranks[stop.robot] += 1
    return Schedule(tuple(timed), plan.cost)
