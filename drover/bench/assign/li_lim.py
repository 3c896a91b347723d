"""Li and Lim's pick-up and delivery instances with time windows: vehicles first, then distance, against the best known.

Best known values: SINTEF's Transportation Optimization Portal (www.sintef.no/projectweb/top/pdptw), double precision. Search
parameters were chosen on instances of `generated`, never on the given ones.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from drover.bench.assign import ours, rivals
from drover.bench.assign.world import Answer, Load, World, check, read_li_lim
from fleet.contracts.errors import InvalidInput

BEST_KNOWN: dict[str, tuple[int, float]] = {
    "lc101": (10, 828.94),
    "lc201": (3, 591.56),
    "lr101": (19, 1650.80),
    "lr112": (9, 1003.77),
    "lr201": (4, 1253.23),
    "lrc101": (14, 1708.80),
    "lrc108": (10, 1147.43),
    "lrc201": (4, 1406.94),
}
METHODS: dict[str, Callable[[World, float, int], Answer | None]] = {
    "drover": lambda w, b, s: ours.pooled(w, b, s, "vehicles"),
    "ortools": lambda w, b, s: rivals.ortools(w, b, ticks=1000, vehicle_w=rivals.VEHICLE_S),
    "pyvrp": lambda w, b, s: rivals.pyvrp(w, b, s, vehicle_s=rivals.VEHICLE_S),
}


def run(
    folder: Path, budgets_s: Sequence[float], seeds: Sequence[int], methods: Sequence[str], told: Callable[[str], None]
) -> list[dict[str, Any]]:
    """One row for each file and budget. Raises InvalidInput for a folder without instances."""
    files = sorted(folder.glob("*.txt"))
    if not files:
        raise InvalidInput(f"no *.txt in {folder}", field="--li-lim", fix="name a folder of Li and Lim's instances")
    worlds = [read_li_lim(path.stem, path.read_text()) for path in files]
    for name in methods:  # compiled code is loaded
        METHODS[name](worlds[0], 0.05, 0)
    return [row(world, budget, seeds, methods, told) for world in worlds for budget in budgets_s]


def row(
    world: World, budget_s: float, seeds: Sequence[int], methods: Sequence[str], told: Callable[[str], None]
) -> dict[str, Any]:
    shown: dict[str, Any] = {"instance": world.name, "loads": len(world.loads), "budget_cpu_s": budget_s}
    known = BEST_KNOWN.get(world.name)
    if known is not None:
        shown["best_known"] = f"{known[0]}/{known[1]:.2f}"
    for name in methods:
        runs = []
        for seed in seeds if name != "ortools" else seeds[:1]:  # OR-Tools' search has no seed
            begun = time.process_time()
            answer = METHODS[name](world, budget_s, seed)
            cpu_s = time.process_time() - begun
            verdict = check(world, answer) if answer is not None else None
            found = None if verdict is None or verdict.faults else (verdict.vehicles, round(verdict.distance_s, 2))
            told(f"{world.name} {name} seed {seed}: {found} {cpu_s:.1f} s CPU")
            runs.append((found or (10**6, float("inf")), cpu_s))
        runs.sort()
        middle, cpu_s = runs[len(runs) // 2]
        shown[name] = {
            "median": f"{middle[0]}/{middle[1]:.2f}" if middle[0] < 10**6 else None,
            "best": f"{runs[0][0][0]}/{runs[0][0][1]:.2f}" if runs[0][0][0] < 10**6 else None,
            "cpu_s": round(cpu_s, 1),
        }
        if known is not None and middle[0] < 10**6:
            shown[name] |= {"vehicles_more": middle[0] - known[0], "distance_pct": round(100 * (middle[1] / known[1] - 1), 2)}
    return shown


def generated(kind: str, narrow: bool, seed: int, loads: int = 50) -> World:
    """An instance of our own in the classes of Solomon and Li and Lim: `kind` c (clustered), r (uniform) or rc (both).

    `narrow`: small capacity and a short day (their class 1), else large and long (class 2). Windows are laid around the times
    of a plan that exists, so there is always an answer.
    """
    dice = np.random.default_rng([seed, loads, int(narrow), {"c": 0, "r": 1, "rc": 2}[kind]])
    spread = dice.uniform(0, 100, (2 * loads, 2))
    centres = dice.uniform(10, 90, (10, 2))
    near = centres[dice.integers(10, size=2 * loads)] + dice.normal(0, 4, (2 * loads, 2))
    share = {"c": 1.0, "r": 0.0, "rc": 0.5}[kind]
    xy = np.where(dice.random((2 * loads, 1)) < share, near, spread)
    xy = np.concatenate([[[50.0, 50.0]], xy])
    time_s = np.sqrt(((xy[:, None] - xy[None]) ** 2).sum(axis=2))
    day = 240.0 if narrow else 1000.0
    work, width = (10.0, 30.0) if narrow else (10.0, 150.0)
    made = []
    for r in range(loads):
        p, d = 1 + r, 1 + loads + r
        trip = time_s[0, p] + time_s[p, d] + time_s[d, 0] + 2 * work
        if trip > day:  # out of reach: it is brought no farther than the next corner
            xy[d] = xy[0] + (xy[p] - xy[0]) * 0.5
            time_s = np.sqrt(((xy[:, None] - xy[None]) ** 2).sum(axis=2))
            trip = time_s[0, p] + time_s[p, d] + time_s[d, 0] + 2 * work
        begin = time_s[0, p] + dice.uniform(0.0, max(0.0, day - trip))
        arrive = begin + work + time_s[p, d]
        half = dice.uniform(0.2, 1.0) * width
        latest = day - time_s[d, 0] - work
        closes = (float(begin + half), float(min(latest, arrive + half)))
        opens = (max(0.0, begin - half), max(0.0, arrive - half))
        made.append(Load(p, d, int(dice.integers(1, 4)) * 10, opens, closes, (work, work)))
    return World(
        f"{kind}{1 if narrow else 2}-{seed}", time_s, tuple(made), (0,) * loads, 200 if narrow else 700, end=0, closes_s=day
    )
