"""The planner itself on the instances: pooled search under several objectives, and `plan` as it is shipped."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drover.bench.assign.rivals import VEHICLE_S, cpu_gone, pool_of
from drover.bench.assign.world import Answer, World
from fleet.planning.pooling_run import improved
from fleet.planning.problem import PlanRequest, PlanResult, PlanRobot, PlanTask
from fleet.planning.solve import plan

#: Objectives: seconds of completion time as `evaluate` counts them; driving alone; evenly long routes (makespan);
#: few vehicles, then driving (Li and Lim).
OBJECTIVES: dict[str, dict[str, float]] = {
    "completion": {"drive_w": 0.0, "empty_w": 0.05, "weight": 1.0},
    "distance": {},
    "makespan": {"drive_w": 0.2, "span_w": 0.01},
    "vehicles": {"vehicle_w": VEHICLE_S},
}


def pooled(world: World, budget_s: float, seed: int, objective: str) -> Answer:
    """The pooled search for so much processor time, after its arrays are built."""
    pool = pool_of(world, **OBJECTIVES[objective])
    return improved(pool, None, effort=0, seed=seed, gone=cpu_gone(budget_s))[0]


class Ways:
    """Travel times of an instance for `plan`: nodes are numbers of places as text, speed 1 m/s."""

    def __init__(self, time_s: NDArray[np.float64]) -> None:
        self._time_s = time_s.astype(np.float32)

    def __call__(self, start: str, goal: str, speed_mps: float) -> float:
        return float(self._time_s[int(start), int(goal)]) / speed_mps

    def travel_matrix(self, starts: Sequence[str], goals: Sequence[str], speed_mps: float) -> NDArray[np.float32]:
        rows, columns = np.array(starts, dtype=np.int64), np.array(goals, dtype=np.int64)
        found: NDArray[np.float32] = self._time_s[np.ix_(rows, columns)]
        return found if speed_mps == 1.0 else found / np.float32(speed_mps)

    def travel_pairs(self, pairs: Sequence[tuple[str, str]], speed_mps: float) -> NDArray[np.float64]:
        at = np.array(pairs, dtype=np.int64)
        return self._time_s[at[:, 0], at[:, 1]].astype(np.float64) / speed_mps


def request_of(world: World) -> PlanRequest:
    can = frozenset({"transport"})
    return PlanRequest(
        robots=tuple(
            PlanRobot(f"R{v:05}", str(place), "AMR", can, 100.0, speed_mps=1.0, load_slots=world.slots)
            for v, place in enumerate(world.starts)
        ),
        tasks=tuple(
            PlanTask(
                f"t{r:05}", (str(x.pick), str(x.drop)), x.work_s, "transport",
                deadline_s=None if x.due_s == float("inf") else x.due_s, load_units=x.units,
            )
            for r, x in enumerate(world.loads)
        ),
        travel=Ways(world.time_s),
    )  # fmt: skip


def planned(world: World, budget_s: float, seed: int) -> Answer:
    """`plan` as it is shipped."""
    return stops_of(world, plan(request_of(world), budget_s=budget_s, seed=seed))


def stops_of(world: World, result: PlanResult) -> Answer:
    routes: list[list[int]] = [[] for _ in world.starts]
    n = len(world.loads)
    if result.stops:
        for stop in sorted(result.stops, key=lambda s: (s.robot, s.order)):
            routes[int(stop.robot[1:])].append(int(stop.task[1:]) + (0 if stop.what == "pick" else n))
    else:
        for a in sorted(result.assignments, key=lambda a: (a.robot, a.rank)):
            routes[int(a.robot[1:])] += [int(a.task[1:]), n + int(a.task[1:])]
    return routes


def floor(robots: int, tasks: int, seed: int, repeats: int = 5) -> dict[str, Any]:
    """Processor time of the floor answer once travel times are known, and what a second of search makes of it."""
    dice = np.random.default_rng(seed)
    places = 2000  # a large site: stations, not points
    x, y = dice.uniform(0, 500, places), dice.uniform(0, 140, places)
    ways = Ways(np.abs(x[:, None] - x[None, :]) + np.abs(y[:, None] - y[None, :]))
    can = frozenset({"transport"})
    request = PlanRequest(
        robots=tuple(PlanRobot(f"R{v:05}", str(dice.integers(places)), "AMR", can, 100.0, speed_mps=1.0) for v in range(robots)),
        tasks=tuple(
            PlanTask(f"t{r:05}", (str(a), str(b)), (6.0, 6.0), "transport", age_s=600.0 * r / tasks)
            for r, (a, b) in enumerate(dice.integers(places, size=(tasks, 2)).tolist())
        ),
        travel=ways,
    )  # fmt: skip
    plan(request, budget_s=0.0)  # compiled code is loaded
    times, result = [], None
    for _ in range(repeats):
        begun = time.process_time()
        result = plan(request, budget_s=0.0)
        times.append(time.process_time() - begun)
    begun = time.process_time()
    better = plan(request, budget_s=1.0, seed=seed)
    better_s = time.process_time() - begun
    assert result is not None
    return {
        "robots": robots, "tasks": tasks, "seed": seed, "cpu_ms": round(1000 * float(np.median(times)), 1),
        "cpu_ms_all": [round(1000 * s, 1) for s in times], "unassigned": len(result.unassigned), "cost": round(result.cost),
        "budget_1s": {"cpu_s": round(better_s, 2), "cost": round(better.cost), "ratio": round(better.cost / result.cost, 4)},
    }  # fmt: skip
