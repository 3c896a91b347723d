"""Whole dispatch against the baseline B1: `drover sim run` with both policies on the same site, demand, delays and seeds.

    python benchmarks/traffic/dispatch.py --out runs.jsonl                       # every case that is missing in the file
    python benchmarks/traffic/dispatch.py --out runs.jsonl --case warehouse:20 --seeds 1 2 3 --delays 0 0.01
    python benchmarks/traffic/dispatch.py --out runs.jsonl --summary --plot throughput.svg

One JSON line a run, appended as soon as it is done: an interrupted campaign goes on where it was. Both policies of a pair run
in this process, one after the other. The summary has medians over seeds of the ratios drover / naive of each pair.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from drover.sim import simulate

#: layout:robots
CASES = ("warehouse:8", "warehouse:20", "warehouse:50", "hospital:4", "hospital:20", "warehouse:100", "warehouse:200")
POLICIES = ("naive", "drover")
#: What makes a run the same run.
KEY = ("case", "seed", "delays", "demand", "policy", "minutes")
Row = dict[str, Any]


def main(argv: Sequence[str] | None = None) -> int:
    args = _arguments().parse_args(argv)
    rows = read(args.out)
    if not args.summary:
        done = {tuple(row[k] for k in KEY) for row in rows}
        for wanted in _wanted(args):
            if tuple(wanted[k] for k in KEY) not in done:
                rows.append(_run(wanted))
                with args.out.open("a") as file:
                    file.write(json.dumps(rows[-1]) + "\n")
                sys.stderr.write(f"{_said(rows[-1])}\n")
    found = summary(rows)
    sys.stdout.write(json.dumps(found, indent=1) + "\n")
    if args.plot is not None:
        args.plot.write_text(plot(found))
    return 1 if any(row["collisions"] for row in rows) else 0


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="JSON lines, read and appended to")
    parser.add_argument("--case", nargs="+", default=list(CASES), metavar="LAYOUT:ROBOTS", help="a site's name or folder")
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    parser.add_argument("--delays", nargs="+", type=float, default=[0.0, 0.01])
    parser.add_argument("--demand", default="busy")
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--summary", action="store_true", help="run nothing, only add up what is in the file")
    parser.add_argument("--plot", type=Path, help="SVG: throughput against robots")
    return parser


def _wanted(args: argparse.Namespace) -> Iterable[Row]:
    """Small cases of all seeds first: what is there early is worth most."""
    for case in args.case:
        for delays in args.delays:
            for seed in args.seeds:
                for policy in POLICIES:
                    yield {
                        "case": case,
                        "seed": seed,
                        "delays": delays,
                        "demand": args.demand,
                        "policy": policy,
                        "minutes": args.minutes,
                    }


def _run(wanted: Row) -> Row:
    layout, _, robots = wanted["case"].rpartition(":")
    result = simulate(
        layout,
        robots=int(robots),
        minutes=wanted["minutes"],
        seed=wanted["seed"],
        policy=wanted["policy"],
        demand=wanted["demand"],
        delays=wanted["delays"],
    )
    return {**msgspec.to_builtins(result), "case": wanted["case"]}


def read(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def _said(row: Row) -> str:
    service = row["service"]
    return (
        f"{row['case']} delays {row['delays']} seed {row['seed']} {row['policy']}: {service['per_hour']} an hour, "
        f"p95 {service['p95_s']} s, late {service['late']} of {service['promised']}, starved {service['starved']}, "
        f"collisions {row['collisions']}, deadlocks {row['deadlocks']}, stuck {row['stuck']}, {row['cpu_s']} CPU s"
    )


def summary(rows: Sequence[Row]) -> list[Row]:
    """One entry for each case and delay for which there are pairs; medians over the pairs."""
    pairs: dict[tuple[str, float, str, float], dict[int, dict[str, Row]]] = defaultdict(lambda: defaultdict(dict))
    for row in rows:
        pairs[row["case"], row["delays"], row["demand"], row["minutes"]][row["seed"]][row["policy"]] = row
    found = []
    for (case, delays, demand, minutes), by_seed in pairs.items():
        both = [pair for pair in by_seed.values() if len(pair) == len(POLICIES)]
        if both:
            name = f"{Path(case.rpartition(':')[0]).name}:{case.rpartition(':')[2]}"
            found.append({"case": name, "delays": delays, "demand": demand, "minutes": minutes, **_added_up(both)})
    return found


def _added_up(pairs: Sequence[dict[str, Row]]) -> Row:
    entry: Row = {"seeds": len(pairs), "robots": pairs[0]["naive"]["robots"]}
    ratios = [p["drover"]["service"]["per_hour"] / max(p["naive"]["service"]["per_hour"], 0.1) for p in pairs]
    entry["ratio_per_hour"] = {"median": round(statistics.median(ratios), 2), "all": [round(r, 2) for r in sorted(ratios)]}
    for policy in POLICIES:
        runs = [pair[policy] for pair in pairs]
        entry[policy] = {
            "per_hour": _median(run["service"]["per_hour"] for run in runs),
            "p50_s": _median(run["service"]["p50_s"] or 0.0 for run in runs),
            "p95_s": _median(run["service"]["p95_s"] or 0.0 for run in runs),
            "max_s": max(run["service"]["max_s"] or 0.0 for run in runs),
            "late_share": round(sum(r["service"]["late"] for r in runs) / max(1, sum(r["service"]["promised"] for r in runs)), 3),
            **{name: _median(run["time"][name] for run in runs) for name in ("loaded", "empty", "waiting")},
            "metres_per_task": _median(run["metres_per_task"] or 0.0 for run in runs),
            "orders_per_robot_min": _median(run["orders_per_robot_min"] for run in runs),
            "plan_ms_p99": _median(run["plan_ms_p99"] or 0.0 for run in runs),
            "cpu_s": _median(run["cpu_s"] for run in runs),
            "starved": sum(run["service"]["starved"] for run in runs),
            **{name: sum(run[name] for run in runs) for name in ("collisions", "deadlocks", "stuck", "tasks_failed")},
        }
    return entry


def _median(values: Iterable[float]) -> float:
    return round(statistics.median(values), 3)


# ---- picture --------------------------------------------------------------------------------------------------------

WIDE, HIGH, LEFT, FOOT = 640, 400, 70, 50
COLOURS = {"naive": "#9a3412", "drover": "#1d4ed8"}


def plot(found: Sequence[Row]) -> str:
    """Tasks an hour against robots, one line a policy, site and delay (dashed: with delays)."""
    top = max((max(e["naive"]["per_hour"], e["drover"]["per_hour"]) for e in found), default=1.0) * 1.1
    most = max((e["robots"] for e in found), default=1) * 1.1

    def at(robots: float, per_hour: float) -> tuple[float, float]:
        return LEFT + robots / most * (WIDE - LEFT - 20), HIGH - FOOT - per_hour / top * (HIGH - FOOT - 30)

    parts = [_text(WIDE / 2, HIGH - 10, "robots", "middle"), _text(10, 20, "tasks an hour (median over seeds)", "start")]
    for step in range(5):
        value = top / 1.1 * step / 4
        _, y = at(0, value)
        parts.append(f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDE - 20}" y2="{y:.1f}" stroke="#d4d4d8"/>')
        parts.append(_text(LEFT - 8, y + 4, f"{value:.0f}", "end"))
    for robots in sorted({e["robots"] for e in found}):
        x, y = at(robots, 0)
        parts.append(_text(x, y + 18, str(robots), "middle"))
    for (site, delays), entries in _lines(found).items():
        for policy, colour in COLOURS.items():
            points = [at(e["robots"], e[policy]["per_hour"]) for e in entries]
            dash = ' stroke-dasharray="6 4"' if delays else ""
            way = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
            parts.append(f'<polyline points="{way}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>')
            parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in points]
            if not delays:
                parts.append(_text(points[-1][0] - 8, points[-1][1] - 8, f"{site}, {policy}", "end", colour))
    body = "\n".join(parts)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {HIGH}" font-family="sans-serif">\n{body}\n</svg>\n'


def _lines(found: Sequence[Row]) -> dict[tuple[str, float], list[Row]]:
    lines: dict[tuple[str, float], list[Row]] = defaultdict(list)
    for entry in sorted(found, key=lambda e: int(e["robots"])):
        lines[entry["case"].rpartition(":")[0], entry["delays"]].append(entry)
    return lines


def _text(x: float, y: float, text: str, anchor: str, colour: str = "#27272a") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="12" text-anchor="{anchor}" fill="{colour}">{text}</text>'


if __name__ == "__main__":
    sys.exit(main())
