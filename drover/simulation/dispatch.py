"""How a simulated site's plan is made: by the product's planner, or by the dispatcher of the baseline B1.

B1 keeps no plan. Whenever robots are idle, the oldest tasks go to them, each to the nearest: nothing is known of robots that
will soon be free, and nothing that has been given away is weighed again.
"""

from __future__ import annotations

import dataclasses

from fleet.planning.problem import PlannedAssignment, PlanRequest, PlanResult, PlanTask
from fleet.planning.solve import plan

#: Oldest tasks that are looked at for each idle robot: some may be beyond what it can do.
OLDEST_FOR_EACH = 2
WAITS = "every robot that could do it is at work"


def answer(request: PlanRequest, *, policy: str, budget_s: float, seed: int) -> PlanResult:
    """Raises InvalidInput for an unknown policy."""
    return _naive(request) if policy == "naive" else plan(request, budget_s=budget_s, seed=seed, policy=policy)


def _naive(request: PlanRequest) -> PlanResult:
    taken = {task.current_robot for task in request.tasks} | {task.robot for task in request.tasks if task.current_robot}
    idle = tuple(r for r in request.robots if r.free_in_s <= 0 and r.name not in taken)
    fresh = sorted((t for t in request.tasks if t.current_robot is None), key=_age)
    asked = tuple(fresh[: OLDEST_FOR_EACH * len(idle)])
    if not asked:
        return PlanResult((), {task.name: WAITS for task in fresh}, solver="naive")
    found = plan(dataclasses.replace(request, robots=idle, tasks=asked), budget_s=0.0, policy="naive")
    now = tuple(a for a in found.assignments if a.rank == 0)
    return PlanResult(now, _left(fresh, now), found.cost, found.floor_cost, "naive")


def _left(fresh: list[PlanTask], given: tuple[PlannedAssignment, ...]) -> dict[str, str]:
    placed = {a.task for a in given}
    return {task.name: WAITS for task in fresh if task.name not in placed}


def _age(task: PlanTask) -> tuple[float, str]:
    return -task.age_s, task.name
