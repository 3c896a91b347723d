"""The comparison as a picture: distance and makespan of each method against nearest-first, by size, one row for each capacity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

COLOURS = {
    "fifo": "#b0b0b0", "nearest": "#808080", "hungarian": "#c9a227", "ortools": "#4a90d9", "ortools_span": "#8fbbe8",
    "pyvrp": "#8e5bb5", "ortools_from_drover": "#2c5f8a", "drover_distance": "#1d8a4a", "drover_makespan": "#5cc48a",
    "drover_completion": "#0b5d2e", "plan_floor": "#d98a4a", "plan": "#c0392b",
}  # fmt: skip
BAR, GAP, HEIGHT, MARGIN = 11, 26, 150, 46
MEASURES = (("distance_vs_nearest", "distance / nearest-first"), ("makespan_vs_nearest", "makespan / nearest-first"))
#: Bars are cut here, and say so.
RATIO_MAX = 3.0


def plot(rows: Sequence[Mapping[str, Any]]) -> str:
    """SVG of the rows of `run.compare`. A method without an answer has a cross for a bar."""
    names = list(dict.fromkeys(name for row in rows for name in row["methods"]))
    group = len(names) * BAR + GAP
    capacities = sorted({row["capacity"] for row in rows})
    sizes = list(dict.fromkeys((row["robots"], row["loads"]) for row in rows))
    width = MARGIN + len(MEASURES) * (len(sizes) * group + GAP)
    height = MARGIN + len(capacities) * (HEIGHT + MARGIN) + 20 * ((len(names) + 5) // 6)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif" font-size="11">'
    ]
    parts.append(f'<rect width="{width}" height="{height}" fill="white"/>')
    for i, capacity in enumerate(capacities):
        for j, (measure, title) in enumerate(MEASURES):
            x, y = MARGIN + j * (len(sizes) * group + GAP), MARGIN + i * (HEIGHT + MARGIN)
            parts.append(
                f'<text x="{x}" y="{y - 8}">{escape(title)}, {capacity} load{"s" if capacity > 1 else ""} on board</text>'
            )
            parts += _panel([row for row in rows if row["capacity"] == capacity], names, measure, x, y, group)
    parts += _legend(names, height - 20 * ((len(names) + 5) // 6))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _panel(rows: Sequence[Mapping[str, Any]], names: Sequence[str], measure: str, x: float, y: float, group: float) -> list[str]:
    parts = []
    for ratio in (0.5, 1.0, 2.0):
        at = y + HEIGHT * (1 - ratio / RATIO_MAX)
        parts.append(f'<line x1="{x}" x2="{x + len(rows) * group}" y1="{at}" y2="{at}" stroke="#ddd"/>')
        parts.append(f'<text x="{x - 4}" y="{at + 4}" text-anchor="end">{ratio:g}</text>')
    for k, row in enumerate(rows):
        for n, name in enumerate(names):
            left, ratio = x + k * group + n * BAR, row["methods"].get(name, {}).get(measure)
            if ratio is None:
                parts.append(f'<text x="{left}" y="{y + HEIGHT - 2}" fill="{COLOURS.get(name, "#000")}">×</text>')
                continue
            tall = HEIGHT * min(ratio, RATIO_MAX) / RATIO_MAX
            label = f"{name} {row['robots']}/{row['loads']}: {ratio}"
            parts.append(
                f'<rect x="{left}" y="{y + HEIGHT - tall:.1f}" width="{BAR - 2}" height="{tall:.1f}" '
                f'fill="{COLOURS.get(name, "#000")}"><title>{escape(label)}</title></rect>'
            )
            if ratio > RATIO_MAX:
                parts.append(f'<text x="{left}" y="{y - 1}" font-size="8">{ratio:.1f}</text>')
        parts.append(f'<text x="{x + k * group}" y="{y + HEIGHT + 14}">{row["robots"]} / {row["loads"]}</text>')
    return parts


def _legend(names: Sequence[str], y: float) -> list[str]:
    parts = []
    for n, name in enumerate(names):
        x, at = MARGIN + (n % 6) * 150, y + 20 * (n // 6)
        parts.append(f'<rect x="{x}" y="{at - 9}" width="10" height="10" fill="{COLOURS.get(name, "#000")}"/>')
        parts.append(f'<text x="{x + 14}" y="{at}">{escape(name)}</text>')
    return parts
