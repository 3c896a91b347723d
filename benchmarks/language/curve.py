"""Score against training: every checkpoint of a run on the development half, as JSON and as a picture.

    python benchmarks/language/curve.py run/ck_* --log run/log.jsonl --json curve.json --svg curve.svg

A checkpoint is an adapter's folder. How many pairs it has seen says `card.json` in it or beside it, else the last number of its
name (ck_12349); how long it was trained says the card, else the run's log. Checkpoints that are already in --json are not scored
again, so the same command goes on when there are more. The picture is plain SVG: a plotting library for one picture is not worth
its weight.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from drover.language import bench
from drover.language.progress import Progress

WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 420, 300, 48, 30, 16, 44
SERIES = (("exact match", "exact", "#0b6e4f"), ("slot F1", "slot_f1", "#3366aa"), ("unsafe acceptance", "unsafe", "#b3261e"))


def main() -> None:
    """Prints the points, best last."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("checkpoints", type=Path, nargs="+", help="adapter folders")
    parser.add_argument("--log", type=Path, help="the run's log.jsonl, for minutes where there is no card")
    parser.add_argument("--json", type=Path, help="keep the points here, and take up those that are there")
    parser.add_argument("--svg", type=Path, help="draw the curves here")
    parser.add_argument("--half", choices=[half.value for half in bench.Half], default="dev")
    parser.add_argument("--cases", type=Path, nargs="+", default=[bench.HOME / "cases"])
    parser.add_argument("--sites", type=Path, default=bench.HOME / "sites")
    parser.add_argument("--limit", type=int, help="only the first N cases of the seed's order")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--cache", type=Path, default=Path(".drover") / "planner", help="where converted weights are kept")
    args = parser.parse_args()
    points = json.loads(args.json.read_text(encoding="utf-8")) if args.json and args.json.exists() else []
    cases = bench.select(args.cases, bench.Half(args.half), limit=args.limit)
    sites = bench.read_sites(args.sites, {case.site for case in cases})
    known = {(point["adapter"], point["cases"]) for point in points}
    for folder in args.checkpoints:
        adapter = sha256(folder)
        if (adapter, len(cases)) in known:
            continue
        print(folder, file=sys.stderr)
        model = f"embedded@{folder}"
        ran = bench.run(cases, sites, model, args.cache, threads=args.threads, progress=Progress(len(cases)))
        if ran.interrupted:
            break
        points.append(point(folder, adapter, ran.report(), read_log(args.log)))
        points.sort(key=lambda p: p["pairs"])
        if args.json:
            args.json.write_text(json.dumps(points, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(points, indent=1))
    if args.svg and points:
        args.svg.write_text(svg(points), encoding="utf-8")


def sha256(folder: Path) -> str:
    return hashlib.sha256((folder / "adapter_model.safetensors").read_bytes()).hexdigest()


def read_log(file: Path | None) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").split("\n") if line] if file else []


def point(folder: Path, adapter: str, report: dict[str, Any], log: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """One checkpoint's place on the curve."""
    pairs, minutes = trained(folder, log)
    return {
        "pairs": pairs,
        "minutes": minutes,
        "adapter": adapter,
        "cases": report["overall"]["n"],
        "exact": report["overall"]["rate"],
        "ci95": report["overall"]["ci95"],
        "outcome": report["outcome_accuracy"]["rate"],
        "slot_f1": report["slot_f1"]["f1"],
        "unsafe": report["unsafe_acceptance"]["rate"],
        "over_refusal": report["over_refusal"]["rate"],
        "by_lang": {lang: rate["rate"] for lang, rate in report["by_lang"].items()},
        "p50_s": report["speed"]["p50_s"],
    }


def trained(folder: Path, log: Sequence[dict[str, Any]]) -> tuple[int, float | None]:
    """Pairs seen, and minutes spent (None where nobody says)."""
    for card in (folder / "card.json", folder.parent / "card.json"):
        named = re.search(r"(\d+)$", folder.name)
        if card.is_file() and (card.parent == folder or named is None):
            said = json.loads(card.read_text(encoding="utf-8"))
            return said["pairs"], said["minutes"]
    number = re.search(r"(\d+)$", folder.name)
    pairs = int(number.group(1)) if number else 0
    before = [line["minutes"] for line in log if line["pairs"] <= pairs]
    return pairs, before[-1] if before else None


def svg(points: Sequence[dict[str, Any]]) -> str:
    """Two diagrams side by side: against pairs, against minutes."""
    timed = [p for p in points if p["minutes"] is not None]
    panels = [_panel(0, points, "pairs", "pairs seen")]
    panels += [_panel(WIDTH, timed, "minutes", "minutes of training")] if timed else []
    keys = "".join(
        f'<circle cx="{LEFT + 8 + 120 * k}" cy="14" r="4" fill="{colour}"/><text x="{LEFT + 17 + 120 * k}" y="18">{name}</text>'
        for k, (name, _, colour) in enumerate(SERIES)
    )
    width = WIDTH * len(panels)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT}" width="{width}" height="{HEIGHT}" '
        f'font-family="sans-serif" font-size="11" fill="#222"><title>Score against training</title>'
        f'<rect width="{width}" height="{HEIGHT}" fill="white"/>{keys}{"".join(panels)}</svg>\n'
    )


def _panel(x0: int, points: Sequence[dict[str, Any]], key: str, label: str) -> str:
    most = max(p[key] for p in points) or 1
    wide, high = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def x(value: float) -> float:
        return round(x0 + LEFT + wide * value / most, 1)

    def y(share: float) -> float:
        return round(TOP + high * (1 - share), 1)

    parts = []
    for tenth in range(0, 11, 2):
        at = y(tenth / 10)
        parts.append(f'<path d="M{x(0)} {at}H{x(most)}" stroke="#ddd"/>')
        parts.append(f'<text x="{x(0) - 6}" y="{at + 4}" text-anchor="end">{tenth * 10} %</text>')
    for quarter in range(5):
        value = most * quarter / 4
        parts.append(f'<text x="{x(value)}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{value:,.0f}</text>')
    parts.append(f'<text x="{x(most / 2)}" y="{HEIGHT - 8}" text-anchor="middle">{label}</text>')
    for p in points:
        low, high_end = p["ci95"]
        parts.append(f'<path d="M{x(p[key])} {y(low)}V{y(high_end)}" stroke="{SERIES[0][2]}" opacity="0.4"/>')
    for _, name, colour in SERIES:
        spots = [(x(p[key]), y(p[name])) for p in points if p[name] is not None]
        line = " ".join(f"{a},{b}" for a, b in spots)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{a}" cy="{b}" r="3" fill="{colour}"/>' for a, b in spots]
    return "".join(parts)


if __name__ == "__main__":
    main()
