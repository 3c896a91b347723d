"""How good and how fast the planner is, beside the naive dispatcher, on the same instance in the same run.

    python benchmarks/planning.py --robots 8 --tasks 200 --seed 1 --budget 2

Prints one JSON document: for each policy its cost (weighted completion), makespan, mean time until done, CPU and
wall milliseconds; and the ratios to naive.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from typing import Any

from fleet.layout.graph import SiteEdge, SiteGraph, SiteNode
from fleet.planning.problem import PlanRequest, PlanResult, PlanRobot, PlanTask
from fleet.planning.solve import plan
from fleet.planning.travel import TravelTimes

COLUMNS, ROWS, PITCH_M = 15, 10, 3.0


def grid() -> SiteGraph:
    """150 nodes, all ways two-way."""
    nodes = [SiteNode(f"n{x}_{y}", x * PITCH_M, y * PITCH_M) for x in range(COLUMNS) for y in range(ROWS)]
    edges = [
        SiteEdge(f"{x}_{y}>{x + dx}_{y + dy}", f"n{x}_{y}", f"n{x + dx}_{y + dy}", PITCH_M)
        for x in range(COLUMNS)
        for y in range(ROWS)
        for dx, dy in ((1, 0), (0, 1), (-1, 0), (0, -1))
        if 0 <= x + dx < COLUMNS and 0 <= y + dy < ROWS
    ]
    return SiteGraph.build(nodes, edges)


def instance(robots: int, tasks: int, seed: int) -> PlanRequest:
    """Random stations, priorities and ages; a quarter of the tasks is heavy, one in eight waits for the one before."""
    dice = random.Random(seed)
    graph = grid()
    places = sorted(graph.nodes)
    return PlanRequest(
        robots=tuple(
            PlanRobot(f"R{i}", dice.choice(places), "AMR", frozenset({"transport"}), 500.0 if i % 4 == 0 else 100.0)
            for i in range(robots)
        ),
        tasks=tuple(
            PlanTask(
                f"t{i}",
                visits=(dice.choice(places), dice.choice(places)),
                service_s=(6.0, 6.0),
                action="transport",
                load_kg=200.0 if dice.random() < 0.25 else 20.0,
                priority=dice.choice((0, 1, 1, 1, 2, 3)),
                age_s=dice.uniform(0.0, 600.0),
                after=(f"t{i - 1}",) if i % 8 == 7 else (),
            )
            for i in range(tasks)
        ),
        travel=TravelTimes(graph),
    )


def measured(request: PlanRequest, policy: str, budget_s: float) -> dict[str, Any]:
    wall, cpu = time.perf_counter(), time.process_time()
    result = plan(request, budget_s=budget_s, policy=policy)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return {
        "solver": result.solver,
        "cost": round(result.cost, 1),
        "makespan_s": round(max((a.end_s for a in result.assignments), default=0.0), 1),
        "mean_end_s": round(mean_end_s(result), 1),
        "unassigned": len(result.unassigned),
        "cpu_ms": round(cpu * 1000, 1),
        "wall_ms": round(wall * 1000, 1),
    }


def mean_end_s(result: PlanResult) -> float:
    return sum(a.end_s for a in result.assignments) / max(1, len(result.assignments))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--robots", type=int, default=8)
    parser.add_argument("--tasks", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--budget", type=float, default=2.0, help="seconds for the improvement")
    options = parser.parse_args()
    request = instance(options.robots, options.tasks, options.seed)
    runs = {
        "warm_up": measured(request, "naive", 0.0),  # fills the travel times, so that no policy pays for all
        "naive": measured(request, "naive", 0.0),
        "floor": measured(request, "drover", 0.0),
        "drover": measured(request, "drover", options.budget),
    }
    del runs["warm_up"]
    naive = runs["naive"]
    for run in runs.values():
        run["cost_vs_naive"] = round(run["cost"] / naive["cost"], 3) if naive["cost"] else None
        run["makespan_vs_naive"] = round(run["makespan_s"] / naive["makespan_s"], 3) if naive["makespan_s"] else None
    print(json.dumps({"robots": options.robots, "tasks": options.tasks, "seed": options.seed, **runs}, indent=1))


if __name__ == "__main__":
    main()
