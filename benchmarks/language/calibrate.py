"""`python -m benchmarks.language.calibrate`: what the model's raw confidence is worth, from the development half.

Runs every development case, groups the readings that became a command by raw confidence (the product of the chosen tokens'
probabilities) with the pool-adjacent-violators algorithm (Ayer et al. 1955), and writes the points between which the planner
interpolates to `llm_planner/core/calibration.py`. Prints, for a row of thresholds, what asking back below it would do.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

from drover.language.bench import HOME, Half, read_sites, select
from drover.language.names import SiteNames
from drover.language.neutral import neutral
from drover.language.score import judge_all
from fleet.contracts.translate import TranslateRequest
from llm_planner.core import calibration
from llm_planner.core.translator import Generation, SkeletonTranslator
from llm_planner.models.causal import CausalModel
from llm_planner.models.weights import adapter_dir, embedded_dir

POINTS_MAX = 7
THRESHOLDS = (0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--adapter", default="", help="a folder with another adapter than the repository's")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "drover" / "models")
    parser.add_argument("--write", action="store_true", help="replace core/calibration.py")
    args = parser.parse_args()
    model = CausalModel(embedded_dir(args.cache), adapter=adapter_dir(args.adapter))
    rows = _rows(model)
    moving = sorted((row["raw"], float(row["exact"])) for row in rows if row["outcome"] in ("plan", "control", "query"))
    points = _isotonic(moving)
    table = [_at(rows, threshold) for threshold in THRESHOLDS]
    print(json.dumps({"cases": len(rows), "points": points, "thresholds": table}, indent=1))
    if args.write:
        _write(points)


def _rows(model: CausalModel) -> list[dict[str, Any]]:
    """Each case read without a threshold, with its raw confidence."""
    cases = select([HOME / "cases"], Half.DEV)
    registries = read_sites(HOME / "sites", {case.site for case in cases})
    translator = SkeletonTranslator("calibration", confidence_min=0.0)
    predictions: dict[str, dict[str, Any]] = {}
    raw: dict[str, float] = {}
    for case in cases:
        seen: list[Generation] = []

        def generate(prompt: str, lark: str, seen: list[Generation] = seen) -> Generation:
            seen.append(model.generate(prompt, lark, deadline_at=time.monotonic() + 60))
            return seen[-1]

        request = TranslateRequest(text=case.text, registry=registries[case.site], now=case.now)
        reply = translator.translate(request, generate)
        predictions[case.id] = neutral(case.id, reply.ir)
        raw[case.id] = seen[-1].confidence if seen else 1.0
    found = judge_all(cases, {site: SiteNames(registry) for site, registry in registries.items()}, predictions)
    return [
        {"raw": raw[v.case.id], "exact": v.exact, "outcome": v.predicted, "unsafe": v.unsafe, "gold": v.case.outcome}
        for v in found
    ]


def _at(rows: list[dict[str, Any]], threshold: float) -> dict[str, float]:
    """What holds when readings below the threshold become a question."""
    exact = unsafe = 0
    for row in rows:
        asked = row["outcome"] in ("plan", "control", "query") and row["raw"] < threshold
        exact += row["gold"] == "clarify" if asked else row["exact"]
        unsafe += row["unsafe"] and not asked
    return {"threshold": threshold, "exact": round(exact / len(rows), 4), "unsafe": unsafe}


def _isotonic(pairs: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Points (raw, share exact), not falling: pooled neighbours, joined to at most POINTS_MAX, ends at 0 and 1."""
    size = max(1, len(pairs) // POINTS_MAX)
    pools = [[list(pairs[at : at + size]), 0.0] for at in range(0, len(pairs), size)]
    merged: list[list[tuple[float, float]]] = []
    for pool, _ in pools:
        merged.append(list(pool))  # type: ignore[call-overload]
        while len(merged) > 1 and _mean(merged[-2], 1) >= _mean(merged[-1], 1):
            merged[-2:] = [merged[-2] + merged[-1]]
    points = [(round(_mean(pool, 0), 4), round(_mean(pool, 1), 3)) for pool in merged]
    return [(0.0, points[0][1] if points else 0.0), *points, (1.0, points[-1][1] if points else 1.0)]


def _mean(pool: list[tuple[float, float]], part: int) -> float:
    return sum(pair[part] for pair in pool) / len(pool)


def _write(points: list[tuple[float, float]]) -> None:
    path = Path(calibration.__file__)
    head = path.read_text(encoding="utf-8").partition("POINTS:")[0]
    body = "\n".join(f"    ({raw}, {share})," for raw, share in points)
    path.write_text(f"{head}POINTS: tuple[tuple[float, float], ...] = (\n{body}\n)\n", encoding="utf-8")


if __name__ == "__main__":
    main()
