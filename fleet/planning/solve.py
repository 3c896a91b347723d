"""Who does what in which order: the planner's one door.

`plan` always has an answer: the greedy floor, in milliseconds. What is left of the budget goes to OR-Tools, whose
answer is taken only when the same judge (`evaluate`) finds it better.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fleet.contracts.errors import InvalidInput
from fleet.planning.eligible import screen
from fleet.planning.evaluate import Routes, Schedule, evaluate
from fleet.planning.explain import explained
from fleet.planning.greedy import WINDOW_TASKS, floor_routes, naive_routes
from fleet.planning.problem import PlanRequest, PlanResult, PlanRobot, PlanTask

POLICIES = ("drover", "naive")
#: The routing model grows with the square of the tasks: above this, rounds of matching are the improver.
ROUTING_TASKS_MAX = 250
#: Share of the budget that routing's search gets; building the model takes the rest.
ROUTING_SHARE = 0.8
#: More search than this for each task finds nothing more: small plans answer at once, whatever the budget.
ROUTING_S_PER_TASK = 0.02
#: Tasks that can't begin within so long stay where the floor has put them, seconds (half of routing's horizon).
SOON_S = 43_200.0
#: Offers that a second of matching can weigh on a slow core; plans that need more than the budget go without.
MATCHING_OFFERS_PER_S = 200_000


def plan(request: PlanRequest, *, budget_s: float, seed: int = 0, policy: str = "drover") -> PlanResult:
    """A plan for all tasks of the request; what nobody can do is in `unassigned` with the reason.

    `budget_s`: about how long the improvement may take; 0 gives the floor, which depends on nothing but the request.
    `policy` "naive": oldest task to the nearest idle robot, the baseline of benchmarks. `seed` is kept for solvers
    with randomness; those of today have none. Raises InvalidInput for an unknown policy or a request that contradicts
    itself (two tasks of one name).
    """
    del seed
    _check(request, policy)
    ordered, fits, refused = screen(request)
    floor = _floor(request, ordered, fits, policy)
    best, solver = floor, "naive" if policy == "naive" else "greedy"
    if policy == "drover" and budget_s > 0 and len(floor.timed) > 1:
        best, solver = _improve(request, ordered, fits, floor, budget_s)
    return _result(request, fits, refused, best, floor, solver)


def _floor(request: PlanRequest, ordered: Sequence[PlanTask], fits: Mapping[str, Sequence[PlanRobot]], policy: str) -> Schedule:
    """The better of the list schedules; nearest-first is short-sighted now and then, where oldest-first is not."""
    schedules = []
    if policy == "drover":
        schedules.append(_judged(request, floor_routes(request, ordered, fits)))
    if policy == "naive" or len(ordered) <= WINDOW_TASKS:
        schedules.append(_judged(request, naive_routes(request, ordered, fits)))
    return min(schedules, key=lambda schedule: schedule.cost)


def _improve(
    request: PlanRequest,
    ordered: Sequence[PlanTask],
    fits: Mapping[str, Sequence[PlanRobot]],
    floor: Schedule,
    budget_s: float,
) -> tuple[Schedule, str]:
    """The best of floor, matching rounds and routing. OR-Tools is loaded here, so that the floor stays light."""
    best, solver = floor, "greedy"
    if len(ordered) * min(len(ordered), WINDOW_TASKS) <= MATCHING_OFFERS_PER_S * budget_s:
        from fleet.planning.ortools_matching import matching_routes

        matched = evaluate(request, matching_routes(request, ordered, fits))
        if matched is not None and matched.cost < best.cost:
            best, solver = matched, "matching"
    placed = {leg.task.name for leg in best.timed}
    routable = _soon([task for task in ordered if task.name in placed], request)
    if not 1 < len(routable) <= ROUTING_TASKS_MAX:
        return best, solver

    from fleet.planning.ortools_routing import improved_routes

    search_s = min(budget_s * ROUTING_SHARE, len(routable) * ROUTING_S_PER_TASK)
    near, whole = {task.name for task in routable}, routes_of(best)
    start = {robot: [name for name in names if name in near] for robot, names in whole.items()}
    routes = improved_routes(request, routable, fits, start, budget_s=search_s)
    if routes is not None:
        later = {robot: [name for name in names if name not in near] for robot, names in whole.items()}
        routes = {robot: [*routes.get(robot, ()), *later.get(robot, ())] for robot in {**routes, **later}}
    routed = evaluate(request, routes) if routes is not None else None
    if routed is not None and routed.cost < best.cost:
        best, solver = routed, "routing"
    return best, solver


def _soon(tasks: Sequence[PlanTask], request: PlanRequest) -> list[PlanTask]:
    """Those that may begin within SOON_S, without what waits for the others: routing looks one day ahead and no further."""
    soon: list[PlanTask] = []
    late: set[str] = set()
    for task in tasks:  # in an order in which what is waited for comes first
        begin_s = max([task.not_before_s, *(request.running.get(name, 0.0) for name in task.after)])
        if begin_s > SOON_S or any(name in late for name in task.after):
            late.add(task.name)
        else:
            soon.append(task)
    return soon


def _judged(request: PlanRequest, routes: Routes) -> Schedule:
    schedule = evaluate(request, routes)
    assert schedule is not None, "a list schedule is drivable by construction"
    return schedule


def routes_of(schedule: Schedule) -> dict[str, list[str]]:
    routes: dict[str, list[str]] = {}
    for leg in schedule.timed:
        routes.setdefault(leg.robot.name, []).append(leg.task.name)
    return routes


def _result(
    request: PlanRequest,
    fits: Mapping[str, Sequence[PlanRobot]],
    refused: Mapping[str, str],
    best: Schedule,
    floor: Schedule,
    solver: str,
) -> PlanResult:
    placed = {leg.task.name for leg in best.timed}
    unassigned = dict(refused)
    for task in request.tasks:
        if task.name not in placed and task.name not in unassigned:
            unassigned[task.name] = _left_over(task, placed)
    return PlanResult(
        assignments=explained(request, best, fits),
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
