"""Who does what in which order: the planner's one door.

`plan` always has an answer: the floor, in milliseconds, by exact matching and list schedules. What is left of the budget goes to
local search and to OR-Tools, whose answers are taken only when the same judge (`evaluate`) finds them better.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from fleet.contracts.errors import InvalidInput
from fleet.planning.eligible import Screened, screen
from fleet.planning.evaluate import Schedule, evaluate, judge
from fleet.planning.explain import explained
from fleet.planning.gangs import whole_gangs
from fleet.planning.greedy import Routes, naive, nearest, soonest
from fleet.planning.matching import kept_routes, matching_routes
from fleet.planning.pooling import can_pool, pooled_routes
from fleet.planning.problem import PlanRequest, PlanResult, PlanTask
from fleet.planning.tables import Tables, tables_of

#: "drover"; the baselines of benchmarks: oldest task to the nearest idle robot (B0 and B1, which differ in traffic only),
#: and nearest task to the robot that is idle first (B2).
POLICIES = ("drover", "naive", "nearest")
#: Up to so many tasks all list schedules are tried and numba is not needed; beyond, a compiled loop fills in the tail.
SMALL_TASKS_MAX = 500
#: Tasks from which the compiled local search is worth loading.
SEARCH_TASKS_MIN = 12
#: Share of the budget that goes to local search where OR-Tools has its turn too.
SEARCH_SHARE = 0.4
#: The routing model grows with the square of the tasks: above this it is left out.
ROUTING_TASKS_MAX = 250
#: Share of the budget that routing's search gets; building the model takes the rest.
ROUTING_SHARE = 0.5
#: More search than this for each task finds nothing more: small plans answer at once, whatever the budget.
ROUTING_S_PER_TASK = 0.02
#: Share of the budget that goes to carrying several loads together, where a robot has room for that.
POOLING_SHARE = 0.8
#: Less than this is not worth building the model.
ROUTING_S_MIN = 0.02
#: Tasks that can't begin within so long stay where the floor has put them, seconds (half of routing's horizon).
SOON_S = 43_200.0


def plan(request: PlanRequest, *, budget_s: float, seed: int = 0, policy: str = "drover") -> PlanResult:
    """A plan for all tasks of the request; what nobody can do is in `unassigned` with the reason.

    `budget_s`: about how long the improvement may take; 0 gives the floor, which depends on nothing but the request. With
    more than ROUTING_TASKS_MAX tasks the improvement too depends on request, budget and `seed` alone, not on the machine.
    Raises InvalidInput for an unknown policy or a request that contradicts itself (two tasks of one name).
    """
    _check(request, policy)
    t = tables_of(request)
    screened = screen(t)
    if policy != "drover":
        best = floor = _judged(t, screened, (naive if policy == "naive" else nearest)(t, screened))
        return _result(t, screened, best, floor, policy)
    floor, solver = _floor(t, screened)
    best = floor
    if budget_s > 0 and len(floor.timed) > 1:
        alone = budget_s * (1.0 - POOLING_SHARE) if can_pool(request) else budget_s
        best, solver = _improve(t, screened, floor, solver, alone, seed)
        pooled = pooled_routes(request, screened.fits, best, budget_s=budget_s - alone, seed=seed) if alone < budget_s else None
        if pooled is not None:
            return replace(_result(t, screened, pooled.schedule, floor, pooled.solver), stops=pooled.stops)
    return _result(t, screened, best, floor, solver)


def _floor(t: Tables, screened: Screened) -> tuple[Schedule, str]:
    """The best of what was planned before, matching rounds and list schedules (nearest-first is short-sighted now and then).

    With what was planned before among them, a plan changes only when the change pays its price: A to B and back never does.
    """
    found = [(_judged(t, screened, kept_routes(t, screened)), "kept")] if (t.current >= 0).any() else []
    if len(screened.order) > SMALL_TASKS_MAX:
        from fleet.planning.search import filled

        found.append((_judged(t, screened, filled(t, screened)), "matching"))
    else:
        found += [(_judged(t, screened, make(t, screened)), name) for make, name in _FLOORS]
    return min(found, key=lambda pair: pair[0].cost)


_FLOORS: tuple[tuple[Callable[[Tables, Screened], Routes], str], ...] = (
    (soonest, "greedy"),
    (matching_routes, "matching"),
    (naive, "greedy"),
)


def _improve(t: Tables, screened: Screened, floor: Schedule, solver: str, budget_s: float, seed: int) -> tuple[Schedule, str]:
    """The best of floor, matching rounds, local search and routing. OR-Tools is loaded here, so that the floor stays light."""
    best = floor
    near = _soon(t, [leg.task for leg in best.timed])
    routing = 1 < len(near) <= ROUTING_TASKS_MAX
    if len(best.timed) >= SEARCH_TASKS_MIN:
        from fleet.planning.search import TRIES_PER_S, TRIES_PER_TASK, improved

        tries = round(min(TRIES_PER_S * budget_s * (SEARCH_SHARE if routing else 1.0), TRIES_PER_TASK * len(best.timed)))
        routes = improved(t, screened, best, tries=tries, seed=seed)
        best, solver = _better(best, solver, judge(t, {r: np.array(own, dtype=np.int64) for r, own in routes.items()}), "search")
    if routing:
        best, solver = _better(best, solver, _routed(t, screened, best, near, budget_s), "routing")
    return best, solver


def _better(best: Schedule, solver: str, other: Schedule | None, name: str) -> tuple[Schedule, str]:
    return (other, name) if other is not None and other.cost < best.cost else (best, solver)


def _routed(t: Tables, screened: Screened, best: Schedule, near: Sequence[PlanTask], budget_s: float) -> Schedule | None:
    from fleet.planning.ortools_routing import improved_routes

    search_s = min(budget_s * ROUTING_SHARE, len(near) * ROUTING_S_PER_TASK)
    if search_s < ROUTING_S_MIN:
        return None
    names, whole = {task.name for task in near}, routes_of(best)
    fits = {task.name: [t.robots[i] for i in np.flatnonzero(screened.fits[:, t.task_index[task.name]])] for task in near}
    start = {robot: [name for name in own if name in names] for robot, own in whole.items()}
    routes = improved_routes(t.request, near, fits, start, budget_s=search_s)
    if routes is None:
        return None
    later = {robot: [name for name in own if name not in names] for robot, own in whole.items()}
    joined = {robot: [*routes.get(robot, ()), *later.get(robot, ())] for robot in {**routes, **later}}
    return evaluate(t.request, joined, t)


def _soon(t: Tables, tasks: Sequence[PlanTask]) -> list[PlanTask]:
    """Those that may begin within SOON_S, without what waits for the others: routing looks one day ahead and no further."""
    soon: list[PlanTask] = []
    late: set[str] = set()
    for task in sorted(tasks, key=lambda task: t.task_index[task.name]):
        begin_s = max([task.not_before_s, *(t.request.running.get(name, 0.0) for name in task.after)])
        if begin_s > SOON_S:
            late.add(task.name)
        else:
            soon.append(task)
    while behind := {task.name for task in soon if any(name in late for name in task.after)}:
        late |= behind
        soon = [task for task in soon if task.name not in behind]
    return soon


def _judged(t: Tables, screened: Screened, routes: Routes) -> Schedule:
    schedule = whole_gangs(t, screened, {robot: np.array(own, dtype=np.int64) for robot, own in routes.items()})
    assert schedule is not None, "a list schedule is drivable by construction"
    return schedule


def routes_of(schedule: Schedule) -> dict[str, list[str]]:
    routes: dict[str, list[str]] = {}
    for leg in schedule.timed:
        routes.setdefault(leg.robot.name, []).append(leg.task.name)
    return routes


def _result(t: Tables, screened: Screened, best: Schedule, floor: Schedule, solver: str) -> PlanResult:
    placed = {leg.task.name for leg in best.timed}
    unassigned = dict(screened.refused)
    for task in t.tasks:
        if task.name not in placed and task.name not in unassigned:
            unassigned[task.name] = _left_over(task, placed)
    return PlanResult(
        assignments=explained(t, screened, best),
        unassigned=unassigned,
        cost=best.cost,
        floor_cost=floor.cost,
        solver=solver,
    )


def _left_over(task: PlanTask, placed: set[str]) -> str:
    """Why a task that some robot could do was still not placed."""
    waiting = [name for name in task.after if name not in placed]
    if waiting:
        return f"it waits for {waiting[0]}, which nobody can do"
    if task.apart:
        return "it needs another robot than the rest of this job, and there are not enough that can do it"
    return "no robot that can do it can get there after its other work"


def _check(request: PlanRequest, policy: str) -> None:
    if policy not in POLICIES:
        raise InvalidInput(f"{policy!r} is not a policy", field="policy", fix="use one of " + ", ".join(POLICIES))
    for what, names in (("tasks", [t.name for t in request.tasks]), ("robots", [r.name for r in request.robots])):
        if len(set(names)) != len(names):
            raise InvalidInput("two have the same name", field=what, fix="names must be unique in a request")
    for task in request.tasks:
        if task.visits and len(task.service_s) != len(task.visits):
            raise InvalidInput(
                f"{len(task.service_s)} for {len(task.visits)} visits", field=f"tasks[{task.name}].service_s", fix="one a visit"
            )
