"""How good and how fast the planner is, beside simple dispatchers, on the same instances in the same run.

    python benchmarks/planning.py --sizes 20/100,100/500,300/1500,1000/5000 --seeds 3 --budget 1

Places are drawn on a floor of 500 x 140 m, Manhattan distances at 1 m/s (instances as those of vehicle routing, so that
others can be compared). `plain`: every task ready, alike and without work; `busy`: priorities, ages, deadlines for a fifth,
heavy loads for a quarter, one in twenty waits for the one before. Travel times are asked for once before the clock runs
("costs known").

Prints one JSON document. For each size, kind and policy the medians over the seeds: metres driven, and those without a load,
makespan, weighted completion (what the planner is judged by), mean end, deadlines missed, CPU seconds of this process; and
the cost over FIFO's. `fifo`: oldest task to the nearest idle robot (B1); `nearest`: nearest task to the robot that is idle
first (B2); `rounds`: rounds of optimal matching; `floor`: drover with no time; `drover`: drover with the budget.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fleet.planning.eligible import screen
from fleet.planning.evaluate import Schedule, evaluate
from fleet.planning.matching import matching_routes
from fleet.planning.problem import PlanRequest, PlanRobot, PlanTask
from fleet.planning.solve import plan
from fleet.planning.tables import tables_of

WIDTH_M, HEIGHT_M = 500, 140
POLICIES = ("fifo", "nearest", "rounds", "floor", "drover")


class Manhattan:
    """A `TravelMatrix` over places "x_y" that remembers the matrices it was asked for."""

    def __init__(self) -> None:
        self._known: dict[tuple[Any, ...], NDArray[np.float32]] = {}

    def __call__(self, start: str, goal: str, speed_mps: float) -> float:
        (a, b), (c, d) = (place.split("_") for place in (start, goal))
        return (abs(int(a) - int(c)) + abs(int(b) - int(d))) / speed_mps

    def travel_matrix(self, starts: Sequence[str], goals: Sequence[str], speed_mps: float) -> NDArray[np.float32]:
        key = (len(starts), len(goals), starts[0], goals[0], speed_mps)
        if key not in self._known:
            a, b = (np.array([place.split("_") for place in places], dtype=np.float32) for places in (starts, goals))
            self._known[key] = np.abs(a[:, None] - b[None, :]).sum(axis=2, dtype=np.float32) / np.float32(speed_mps)
        return self._known[key]

    def travel_pairs(self, pairs: Sequence[tuple[str, str]], speed_mps: float) -> NDArray[np.float32]:
        key = ("pairs", len(pairs), pairs[0], speed_mps)
        if key not in self._known:
            self._known[key] = np.array([self(a, b, speed_mps) for a, b in pairs], dtype=np.float32)
        return self._known[key]


def instance(robots: int, tasks: int, seed: int, *, busy: bool = True) -> PlanRequest:
    """See the module's docstring."""
    dice = random.Random(seed)

    def place() -> str:
        return f"{dice.randrange(WIDTH_M)}_{dice.randrange(HEIGHT_M)}"

    def one(i: int) -> PlanTask:
        name, visits = f"t{i}", (place(), place())
        if not busy:
            return PlanTask(name, visits, (0.0, 0.0), "transport", age_s=float(tasks - i) * 1e-3)
        return PlanTask(
            name,
            visits,
            (6.0, 6.0),
            "transport",
            load_kg=200.0 if dice.random() < 0.25 else 20.0,
            priority=dice.choice((0, 1, 1, 1, 2, 3)),
            age_s=dice.uniform(0.0, 600.0),
            deadline_s=dice.uniform(300.0, 1800.0) if dice.random() < 0.2 else None,
            after=(f"t{i - 1}",) if i % 20 == 19 else (),
        )

    return PlanRequest(
        robots=tuple(
            PlanRobot(
                f"R{i}", place(), "AMR", frozenset({"transport"}), 500.0 if i % 2 == 0 or not busy else 100.0, speed_mps=1.0
            )
            for i in range(robots)
        ),
        tasks=tuple(one(i) for i in range(tasks)),
        travel=Manhattan(),
    )


def measured(request: PlanRequest, policy: str, budget_s: float) -> dict[str, float]:
    cpu_s = time.process_time()
    routes = _SOLVERS[policy](request, budget_s)
    cpu_s = time.process_time() - cpu_s
    schedule = evaluate(request, routes)
    assert schedule is not None
    return {"cpu_s": cpu_s, **_figures(request, schedule)}


Answer = dict[str, list[str]]


def _planned(policy: str, *, improve: bool) -> Callable[[PlanRequest, float], Answer]:
    def solve(request: PlanRequest, budget_s: float) -> Answer:
        result = plan(request, budget_s=budget_s if improve else 0.0, policy=policy)
        routes: dict[str, list[str]] = {}
        for one in result.assignments:
            routes.setdefault(one.robot, []).append(one.task)
        return routes

    return solve


def _rounds(request: PlanRequest, budget_s: float) -> Answer:
    del budget_s
    t = tables_of(request)
    routes = matching_routes(t, screen(t))
    return {t.robots[robot].name: [t.tasks[j].name for j in own] for robot, own in routes.items()}


_SOLVERS: dict[str, Callable[[PlanRequest, float], Answer]] = {
    "fifo": _planned("naive", improve=False),
    "nearest": _planned("nearest", improve=False),
    "rounds": _rounds,
    "floor": _planned("drover", improve=False),
    "drover": _planned("drover", improve=True),
}


def _figures(request: PlanRequest, schedule: Schedule) -> dict[str, float]:
    empty_m = sum(leg.arrive_s - leg.start_s for leg in schedule.timed)
    loaded_m = sum(request.travel(leg.task.visits[0], leg.task.visits[-1], 1.0) for leg in schedule.timed)
    promised = [leg for leg in schedule.timed if leg.task.deadline_s is not None]
    return {
        "metres": empty_m + loaded_m,
        "empty_metres": empty_m,
        "makespan_s": max(leg.end_s for leg in schedule.timed),
        "cost": schedule.cost,
        "mean_end_s": sum(leg.end_s for leg in schedule.timed) / len(schedule.timed),
        "late": float(sum(leg.end_s > (leg.task.deadline_s or 0.0) for leg in promised)),
        "promised": float(len(promised)),
        "left_out": float(len(request.tasks) - len(schedule.timed)),
    }


def compared(robots: int, tasks: int, seeds: Sequence[int], budget_s: float, *, busy: bool) -> dict[str, dict[str, float]]:
    """Policy -> medians over the seeds."""
    runs: dict[str, list[dict[str, float]]] = {policy: [] for policy in POLICIES}
    for seed in seeds:
        request = instance(robots, tasks, seed, busy=busy)
        tables_of(request)  # costs are known
        for policy in POLICIES:
            runs[policy].append(measured(request, policy, budget_s))
            runs[policy][-1]["cost_of_fifo"] = runs[policy][-1]["cost"] / runs["fifo"][-1]["cost"]
    return {policy: {key: round(median(run[key] for run in own), 4) for key in own[0]} for policy, own in runs.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="20/100,100/500,300/1500,1000/5000", help="robots/tasks, ...")
    parser.add_argument("--seed", type=int, default=1, help="the first one")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--budget", type=float, default=1.0, help="seconds for the improvement")
    options = parser.parse_args()
    seeds = range(options.seed, options.seed + options.seeds)
    for busy in (False, True):  # numba and OR-Tools are loaded and compiled before anything is measured
        for size in ((4, 40), (300, 600)):
            for policy in POLICIES:
                measured(instance(*size, 0, busy=busy), policy, 0.1)
    report: dict[str, Any] = {"seeds": list(seeds), "budget_s": options.budget}
    for size in options.sizes.split(","):
        robots, tasks = (int(part) for part in size.split("/"))
        for busy in (False, True):
            report[f"{size} {'busy' if busy else 'plain'}"] = compared(robots, tasks, seeds, options.budget, busy=busy)
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
