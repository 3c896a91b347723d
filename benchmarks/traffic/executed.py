"""The campaign of executed movement: seeds x densities x delays x policies, one JSON line a run, taken up where it was left.

    python benchmarks/traffic/executed.py run  --map warehouse.map --out runs.jsonl [--seeds 10 --seconds 600]
    python benchmarks/traffic/executed.py show --out runs.jsonl [--svg throughput.svg]

`show`: medians over seeds, ratios drover / baseline on the same seeds with 95 % bootstrap intervals, collisions, deadlocks,
simulated hours.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drover.bench.traffic import maps
from drover.bench.traffic.bodies import Delays
from drover.bench.traffic.cases import lifelong
from drover.bench.traffic.drive import RandomErrands, Run
from drover.bench.traffic.plot import Line, throughput
from drover.bench.traffic.policies import POLICIES, one_way
from drover.bench.traffic.pool import PoolErrands

ROBOTS = (300, 600, 1000, 1500, 2000)
#: name -> (chance that a move stalls, chance per second of a stop of 200 s, lanes closed and opened)
DISTURBED: dict[str, tuple[float, float, bool]] = {
    "none": (0.0, 0.0, False),
    "stall1": (0.01, 0.0, False),
    "stall5": (0.05, 0.0, False),
    "stall1+stops": (0.01, 1e-4, False),
    "closures": (0.0, 0.0, True),
}
RESAMPLES = 2000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("verb", choices=("run", "show"))
    parser.add_argument("--map", type=Path, help="MovingAI map or LIF layout")
    parser.add_argument("--out", type=Path, required=True, help="JSON lines, one a run; runs that are there are not repeated")
    parser.add_argument("--seed", type=int, default=1, help="the first one")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--robots", default=",".join(map(str, ROBOTS)))
    parser.add_argument("--disturbed", default=",".join(DISTURBED))
    parser.add_argument(
        "--policies", default="b1,b1_quick,drover", help="mover, or mover:rule with a pool of tasks (b1:fifo, drover:lsap)"
    )
    parser.add_argument(
        "--radius", type=float, default=0.25, help="metres; on grids a source is free when the body is 2 radii away"
    )
    parser.add_argument("--svg", type=Path)
    parser.add_argument("--markdown", action="store_true", help="show: the table for docs/traffic.md instead of JSON")
    args = parser.parse_args()
    if args.verb == "run":
        run(args)
    else:
        show(args.out, args.svg, markdown=args.markdown)


def read(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line] if file.exists() else []


def run(args: argparse.Namespace) -> None:
    """Seeds outermost: whenever it is stopped, what is there is balanced."""
    loaded = maps.read(args.map, radius_m=args.radius)
    lanes, weights = one_way(loaded.roads)
    known = {key(row) for row in read(args.out)}
    for seed in range(args.seed, args.seed + args.seeds):
        for robots in map(int, args.robots.split(",")):
            for disturbed in args.disturbed.split(","):
                stall, stop, closures = DISTURBED[disturbed]
                for policy in args.policies.split(","):
                    head = {
                        "map": loaded.name,
                        "policy": policy,
                        "disturbed": disturbed,
                        "robots": robots,
                        "seed": seed,
                        "seconds": args.seconds,
                    }
                    if key(head) in known:
                        continue
                    case = lifelong(
                        loaded.roads, weights, robots, args.seconds, seed, radius_m=loaded.radius_m, grid=loaded.grid,
                        delays=Delays(stall, stop), closures=closures,
                    )  # fmt: skip
                    mover, _, rule = policy.partition(":")
                    errands = PoolErrands(case, rule) if rule else RandomErrands(case)
                    result = Run(POLICIES[mover](case, lanes), case, errands).play()
                    with args.out.open("a", encoding="utf-8") as out:
                        out.write(json.dumps({**head, "closures": len(case.closures), **asdict(result)}) + "\n")
                    print(f"{policy} {robots} {disturbed} seed {seed}: {result.per_s:.2f}/s", file=sys.stderr, flush=True)


def key(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in ("map", "policy", "disturbed", "robots", "seed", "seconds"))


def show(file: Path, svg: Path | None, *, markdown: bool) -> None:
    rows = read(file)
    by: dict[tuple[str, str, int], dict[str, dict[int, dict[str, Any]]]] = defaultdict(lambda: defaultdict(dict))
    for row in rows:
        by[row["map"], row["disturbed"], row["robots"]][row["policy"]][row["seed"]] = row
    table = [line(*at, policies) for at, policies in sorted(by.items())]
    ours = [row for row in rows if row["policy"] == "drover"]
    total = {
        "runs": len(rows),
        "drover_runs": len(ours),
        "drover_simulated_hours": round(sum(r["seconds"] for r in ours) / 3600, 1),
        "drover_robot_hours": round(sum(r["seconds"] * r["robots"] for r in ours) / 3600, 1),
        "drover_collisions": sum(r["collisions"] for r in ours),
        "drover_deadlocks": sum(r["deadlocks"] for r in ours),
        "drover_closed_entries": sum(r["closed_entries"] for r in ours),
        "baseline_collisions": sum(r["collisions"] for r in rows if r["policy"] != "drover"),
        "baseline_deadlocks": sum(r["deadlocks"] for r in rows if r["policy"] != "drover"),
    }
    print("\n".join(rows_of(table)) if markdown else json.dumps({"total": total, "table": table}, indent=1))
    if svg:
        svg.write_text(throughput(lines(by)), encoding="utf-8")


def line(map_: str, disturbed: str, robots: int, policies: dict[str, dict[int, dict[str, Any]]]) -> dict[str, Any]:
    """One row of the table: medians over seeds, and ratios on the seeds that both have."""
    shown: dict[str, Any] = {"map": map_, "disturbed": disturbed, "robots": robots}
    for policy, runs in sorted(policies.items()):
        shown[policy] = {
            "seeds": len(runs),
            "per_s": round(float(np.median([r["per_s"] for r in runs.values()])), 3),
            "cpu_ms_per_s": round(float(np.median([r["policy_cpu_ms_per_s"] for r in runs.values()])), 2),
            "p95_s": round(float(np.median([r["errand_p95_s"] for r in runs.values()])), 1),
            "step_p99_ms": round(float(np.median([r["step_p99_ms"] for r in runs.values()])), 2),
        }
    for baseline in policies:
        both = sorted(policies.get("drover", {}).keys() & policies[baseline].keys())
        if baseline != "drover" and both:
            ours = np.array([policies["drover"][s]["finished"] for s in both], np.float64)
            theirs = np.array([policies[baseline][s]["finished"] for s in both], np.float64)
            shown[f"drover/{baseline}"] = ratio(ours, theirs)
    return shown


def rows_of(table: list[dict[str, Any]]) -> list[str]:
    """Markdown, one row where both drover and B1 were driven."""
    rows = [
        "| delays | robots | seeds | B1 | B1 quick | Drover | over B1 (95 %) | over B1 quick | CPU ms a second |",
        "|---|" + "---|" * 8,
    ]
    for row in sorted(table, key=lambda r: (list(DISTURBED).index(r["disturbed"]), r["robots"])):
        if (over := row.get("drover/b1")) is None:
            continue
        ours, quick, over_quick = row["drover"], row.get("b1_quick"), row.get("drover/b1_quick")
        spread = f" ({over['ci95'][0]:.2f}–{over['ci95'][1]:.2f})" if over["seeds"] > 1 else ""
        cells = [row["disturbed"], f"{row['robots']:,}", over["seeds"], f"{row['b1']['per_s']:.2f}"]
        cells += [f"{quick['per_s']:.2f}" if quick else "", f"{ours['per_s']:.2f}", f"**{over['ratio']:.2f}**{spread}"]
        cells += [f"{over_quick['ratio']:.2f}" if over_quick else "", f"{ours['cpu_ms_per_s']:.0f}"]
        rows.append("| " + " | ".join(map(str, cells)) + " |")
    return rows


def ratio(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> dict[str, Any]:
    """All that was finished over all that the baseline finished on the same seeds; 95 % bootstrap interval; worst seed."""
    if not theirs.sum():
        return {"seeds": len(ours), "ratio": None}
    picks = np.random.default_rng(0).integers(0, len(ours), (RESAMPLES, len(ours)))
    draws = ours[picks].sum(axis=1) / np.maximum(1.0, theirs[picks].sum(axis=1))
    return {
        "seeds": len(ours),
        "ratio": round(float(ours.sum() / theirs.sum()), 3),
        "ci95": [round(float(q), 3) for q in np.percentile(draws, (2.5, 97.5))],
        "worst": round(float((ours / np.maximum(1.0, theirs)).min()), 3),
    }


def lines(by: dict[tuple[str, str, int], dict[str, dict[int, dict[str, Any]]]]) -> list[Line]:
    found: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    for (_, disturbed, robots), policies in sorted(by.items()):
        for policy, runs in policies.items():
            if disturbed in ("none", "stall1"):
                found[policy, disturbed].append((robots, float(np.median([r["per_s"] for r in runs.values()]))))
    return [Line(policy, disturbed, points) for (policy, disturbed), points in sorted(found.items())]


if __name__ == "__main__":
    main()
