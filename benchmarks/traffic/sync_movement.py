"""Lifelong movement in steps, against plain PIBT in the same run; JSON on stdout.

    python -m benchmarks.traffic.sync_movement --map FILE.map --robots 1000 --steps 1000 --seeds 1 2 3
    python -m benchmarks.traffic.sync_movement --instance FILE.json --steps 1000          # Guided PIBT's lifelong files
    python -m benchmarks.traffic.sync_movement --step --map FILE.map --robots 10000 --steps 300   # the PIBT step alone

With --map, starts and errands are drawn by seed from the largest part of the map where every cell can reach every other.
With --instance, the file names map, agents and tasks beside it (`mapFile`, `agentFile`, `teamSize`, `taskFile`), served
round robin; the seed only breaks ties. CPU seconds are those of this process, the first fields included. `ceiling` counts
the errands that the robots would finish if they could drive through each other: nobody can finish more. Every trajectory
is checked and its errands counted again by code that shares nothing with the planner. --no-plain leaves the baseline out.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from fleet.layout.movingai import read_map
from fleet.traffic.csr import Int32, RoadArrays, from_grid, grid_nodes
from fleet.traffic.fields import hops_to_go
from fleet.traffic.lanes import strong_part
from fleet.traffic.synchronous import pibt
from fleet.traffic.synchronous.check import check, errands_done
from fleet.traffic.synchronous.lifelong import PLAIN, Lifelong, Settings, warm

#: Errands drawn for each robot; the list is served again from its beginning when it ends.
ERRANDS_EACH = 50


def drawn(path: Path, robots: int, seed: int) -> tuple[RoadArrays, Int32, Int32]:
    """Roads, starts and errands on a map, by seed."""
    roads = from_grid(read_map(path.read_text()))
    nodes = strong_part(roads, np.ones(roads.n_edges, dtype=np.bool_))
    if robots > len(nodes):
        sys.exit(f"error: --robots: {robots} robots on {len(nodes)} cells (take at most one a cell)")
    rng = np.random.default_rng(seed)
    starts = rng.choice(nodes, robots, replace=False).astype(np.int32)
    return roads, starts, rng.choice(nodes, robots * ERRANDS_EACH).astype(np.int32)


def given(path: Path) -> tuple[RoadArrays, Int32, Int32]:
    """Roads, starts and errands of a lifelong file."""
    plan = json.loads(path.read_text())
    rows = read_map((path.parent / plan["mapFile"]).read_text())
    cells = grid_nodes(rows).ravel()

    def places(name: str) -> Int32:
        numbers = [int(word) for word in (path.parent / plan[name]).read_text().split()]
        return cells[np.array(numbers[1:])]

    starts, errands = places("agentFile")[: plan["teamSize"]], places("taskFile")
    if starts.min() < 0 or errands.min() < 0:
        sys.exit(f"error: --instance: {path}: a start or task lies in a wall (correct the file)")
    return from_grid(rows), starts, errands


def ceiling(roads: RoadArrays, starts: Int32, errands: Int32, steps: int) -> int:
    """Errands finished in `steps` if robots were no obstacle to each other."""
    n, done = len(starts), 0
    hops: dict[int, Any] = {}
    at, left, served = starts.copy(), np.full(n, steps), np.zeros(n, np.int64)
    active = np.arange(n)
    while len(active):
        goals = errands[(served[active] * n + active) % len(errands)]
        for k, goal in zip(active.tolist(), goals.tolist(), strict=True):
            if goal not in hops:
                hops[goal] = hops_to_go(roads, goal)
            left[k] -= max(1, int(hops[goal][at[k]]))
        at[active] = goals
        active = active[left[active] >= 0]
        served[active] += 1
        done += len(active)
    return done


def lifelong(world: tuple[RoadArrays, Int32, Int32], settings: Settings, steps: int, seed: int) -> dict[str, Any]:
    """One run, checked."""
    roads, starts, errands = world
    begin = time.process_time()
    run = Lifelong(roads, starts, errands, settings, seed)
    first_s = time.process_time() - begin
    places, ticks_s, first_third = [run.places()], [], 0
    for step in range(steps):
        begin = time.process_time()
        run.tick()
        ticks_s.append(time.process_time() - begin)
        places.append(run.places())
        if step + 1 == steps // 3:
            first_third = run.finished
    table = np.array(places)
    return {
        "finished": run.finished,
        "per_step_after_first_third": round((run.finished - first_third) / (steps - steps // 3), 3),
        "cpu_s": round(first_s + sum(ticks_s), 2),
        "first_fields_cpu_s": round(first_s, 2),
        "tick_cpu_ms": {"p50": _ms(ticks_s, 50), "p99": _ms(ticks_s, 99), "max": _ms(ticks_s, 100)},
        "no_errand_for_half_the_run": int((run.crew.age > steps // 2).sum()),
        "counted_again": errands_done(table, errands),
        "check": asdict(check(roads, table)),
    }


def step_alone(world: tuple[RoadArrays, Int32, Int32], steps: int, seed: int) -> dict[str, Any]:
    """CPU of one PIBT step, one goal for each robot, as LaCAM3's benchmark of PIBT does it."""
    roads, starts, errands = world
    goals = np.random.default_rng(seed).permutation(np.unique(errands))[: len(starts)].astype(np.int32)
    if len(goals) < len(starts):
        sys.exit("error: --step: too few different errands (use fewer robots)")
    run = Lifelong(roads, starts, goals, PLAIN, seed)
    net, crew, work = run.net(), run.crew, run.work
    moved, waited = np.empty(len(starts), np.int32), np.empty(len(starts), np.int32)
    seen: list[float] = []
    for step in range(steps):
        begin = time.process_time()
        pibt.step(net, crew, Settings().rule, work, step)
        seen.append(time.process_time() - begin)
        pibt.advance(crew, work, net.head, net.out_ptr, moved, waited)
        crew.age[crew.at == crew.goal] = 0
    return {"step_cpu_ms": {"p50": _ms(seen, 50), "p99": _ms(seen, 99)}, "at_goal": int((crew.at == crew.goal).sum())}


def _ms(seconds: list[float], percent: int) -> float:
    return round(1e3 * float(np.percentile(seconds, percent)), 2)


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="sync_movement", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--map", type=Path)
    source.add_argument("--instance", type=Path)
    parser.add_argument("--robots", type=int, default=1000)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--seed", "--seeds", dest="seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--step", action="store_true", help="only the PIBT step")
    parser.add_argument("--no-plain", action="store_true", help="without the baseline")
    args = parser.parse_args()
    warm()
    rows: list[dict[str, Any]] = []
    for seed in args.seeds:
        world = given(args.instance) if args.instance else drawn(args.map, args.robots, seed)
        if args.step:
            rows.append({"seed": seed, **step_alone(world, args.steps, seed)})
            continue
        row: dict[str, Any] = {"seed": seed, "ceiling": ceiling(*world, args.steps)}
        row["drover"] = lifelong(world, Settings(), args.steps, seed)
        if not args.no_plain:
            row["plain_pibt"] = lifelong(world, PLAIN, args.steps, seed)
            row["ratio"] = round(row["drover"]["finished"] / max(1, row["plain_pibt"]["finished"]), 3)
        rows.append(row)
    answer: dict[str, Any] = {"robots": len(world[1]), "nodes": world[0].n_nodes, "steps": args.steps, "runs": rows}
    if not args.step:
        answer["median_finished"] = median(row["drover"]["finished"] for row in rows)
        if not args.no_plain:
            answer["median_ratio"] = median(row["ratio"] for row in rows)
    answer["memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps(answer, indent=1))
    sound = args.step or all(_sound(row[name]) for row in rows for name in ("drover", "plain_pibt") if name in row)
    return 0 if sound else 1


def _sound(run: dict[str, Any]) -> bool:
    found = run["check"]
    return found["jumps"] == found["shared_nodes"] == found["swaps"] == 0 and run["counted_again"] == run["finished"]


if __name__ == "__main__":
    sys.exit(main())
