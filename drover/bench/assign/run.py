"""The comparison: every method on the same instances with the same processor time, medians over seeds, ratios in one run."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any

from drover.bench.assign import ours, rivals
from drover.bench.assign.world import Answer, World, check, random_world

SIZES = ((20, 100), (100, 500), (300, 1500))
CAPACITIES = (1, 4)
#: Processor seconds of each solver by size, where none are given: about the time in which a fleet must have its answer.
BUDGETS_S = {20: 5.0, 100: 10.0, 300: 20.0}
Told = Callable[[str], None]
Method = Callable[[World, float, int], Answer | None]

METHODS: dict[str, Method] = {
    "fifo": lambda w, b, s: rivals.fifo(w),
    "nearest": lambda w, b, s: rivals.nearest(w),
    "hungarian": lambda w, b, s: rivals.hungarian(w),
    "ortools": lambda w, b, s: rivals.ortools(w, b),
    "ortools_span": lambda w, b, s: rivals.ortools(w, b, span_w=1.0),
    "pyvrp": lambda w, b, s: rivals.pyvrp(w, b, s, units=1),
    "ortools_from_drover": lambda w, b, s: rivals.ortools(w, b / 2, start=ours.pooled(w, b / 2, s, "distance")),
    "drover_distance": lambda w, b, s: ours.pooled(w, b, s, "distance"),
    "drover_completion": lambda w, b, s: ours.pooled(w, b, s, "completion"),
    "drover_makespan": lambda w, b, s: ours.pooled(w, b, s, "makespan"),
    "plan_floor": lambda w, b, s: ours.planned(w, 0.0, s),
    "plan": lambda w, b, s: ours.planned(w, b, s),
}
#: Methods that carry one load at a time whatever the robot could.
SINGLE = ("fifo", "nearest", "hungarian")


def compare(
    sizes: Sequence[tuple[int, int]],
    capacities: Sequence[int],
    seeds: Sequence[int],
    budget_s: float | None,
    methods: Sequence[str],
    told: Told,
) -> list[dict[str, Any]]:
    """One row for each size and capacity: each method's medians, and their ratio to nearest-first."""
    warm_up()
    rows = []
    for robots, loads in sizes:
        for capacity in capacities:
            budget = BUDGETS_S.get(robots, 10.0) if budget_s is None else budget_s
            runs = {name: [_measured(name, robots, loads, capacity, seed, budget, told) for seed in seeds] for name in methods}
            shown = {name: _medians(of) for name, of in runs.items()}
            _add_ratios(shown)
            rows.append({"robots": robots, "loads": loads, "capacity": capacity, "budget_cpu_s": budget, "methods": shown})
    return rows


def warm_up() -> None:
    """Compiled code is loaded, or made, before anything is measured."""
    small = random_world(3, 12, 2, 0)
    for objective in ours.OBJECTIVES:
        ours.pooled(small, 0.05, 0, objective)
    ours.planned(random_world(3, 30, 1, 0), 0.05, 0)
    ours.planned(random_world(3, 30, 2, 0), 0.05, 0)
    rivals.hungarian(small)


def _measured(name: str, robots: int, loads: int, capacity: int, seed: int, budget_s: float, told: Told) -> dict[str, Any]:
    world = random_world(robots, loads, capacity, seed)
    begun = time.process_time()
    answer = METHODS[name](world, budget_s, seed)
    cpu_s = time.process_time() - begun
    if answer is None:
        told(f"{robots}/{loads} x{capacity} seed {seed} {name}: no answer, {cpu_s:.1f} s")
        return {"answer": False, "cpu_s": cpu_s}
    v = check(world, answer)
    figures = f"{v.distance_s:.0f} m, {v.makespan_s:.0f} s, {v.misses} late, {cpu_s:.1f} s CPU"
    told(f"{robots}/{loads} x{capacity} seed {seed} {name}: {figures} {v.faults[:1] or ''}")
    return {
        "answer": True, "feasible": not v.faults, "distance_m": v.distance_s, "makespan_s": v.makespan_s, "misses": v.misses,
        "mean_end_s": v.mean_s, "vehicles": v.vehicles, "cpu_s": cpu_s,
    }  # fmt: skip


def _medians(runs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    good = [run for run in runs if run["answer"] and run["feasible"]]
    shown: dict[str, Any] = {"answers": len(good), "of": len(runs), "cpu_s": round(median(run["cpu_s"] for run in runs), 3)}
    for key in ("distance_m", "makespan_s", "misses", "mean_end_s", "vehicles"):
        shown[key] = round(median(run[key] for run in good), 1) if good else None
    return shown


def _add_ratios(shown: dict[str, dict[str, Any]]) -> None:
    base = shown.get("nearest")
    for row in shown.values():
        for key in ("distance_m", "makespan_s"):
            if base and base[key] and row[key] is not None:
                row[key.rsplit("_", 1)[0] + "_vs_nearest"] = round(row[key] / base[key], 3)


def methods_here(wanted: Sequence[str]) -> list[str]:
    """Those that can run: PyVRP only where it is installed."""
    return [name for name in (wanted or METHODS) if name != "pyvrp" or rivals.has_pyvrp()]
