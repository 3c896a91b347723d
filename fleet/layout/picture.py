"""A layout as an SVG picture: what flows where, what is a dead end, where robots stand, what the checks warn of.

Colours are Okabe and Ito's (2008), which people with any colour vision tell apart; each kind has a shape of its own too.
One picture a level, side by side.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from html import escape
from typing import Final

import numpy as np

from fleet.layout.graph import SiteEdge, SiteGraph
from fleet.layout.report import STANDING, Report

LANE, TWO_WAY, DEAD_END = "#0072B2", "#56B4E9", "#8a8a8a"
PARKING, CHARGER, STATION, WARNING, PROPOSED = "#009E73", "#E69F00", "#333333", "#D55E00", "#CC79A7"
#: Pixels across at most, free space around, and how many names fit before they hide the lanes.
_PIXELS_MAX: Final = 2400
_MARGIN: Final = 4.0
#: Edges shorter than this (lifts between levels) say nothing about how far lanes are apart, metres.
_SHORT_M: Final = 0.05
#: Pockets of more nodes are told, not drawn: they are whole wards.
_POCKET_MAX: Final = 12
_LABELS_MAX: Final = 150


@dataclass(frozen=True)
class _Frame:
    """Metres to units of the picture, y down: a usual lane is 3 units long. `shift_x` puts levels side by side."""

    x0_m: float
    y1_m: float
    shift_x: float
    unit_m: float

    def at(self, graph: SiteGraph, node: str) -> tuple[float, float]:
        found = graph.nodes[node]
        return (found.x_m - self.x0_m) / self.unit_m + self.shift_x, (self.y1_m - found.y_m) / self.unit_m + _MARGIN


def svg(graph: SiteGraph, found: Report, *, title: str = "", closed: Collection[str] = ()) -> str:
    """`closed`: edges that a one-way proposal leaves out; the direction that stays is drawn in the proposal's colour."""
    frames, width, height = _frames(graph)
    parts = [*_lanes(graph, found, frames, frozenset(closed)), *_doors(graph, frames), *_marks(graph, found, frames)]
    parts += _stations(graph, frames)
    size = max(0.7, min(2.0, width / 80))
    legend, low = _legend(width, height + size, size, bool(closed))
    say = f"{title}: " if title else ""
    facts = ", ".join(f"{k.replace('_', ' ')} {v}" for k, v in found.facts().items())
    whole = low + 2 * size
    scale = min(24.0, _PIXELS_MAX / width)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width * scale:.0f}" height="{whole * scale:.0f}" '
        f'viewBox="0 0 {width:.2f} {whole:.2f}" font-family="sans-serif">'
    )
    return "\n".join(
        [
            head,
            f"<title>{escape(title or 'layout')}</title>",
            '<rect width="100%" height="100%" fill="#ffffff"/>',
            *parts,
            *legend,
            f'<text x="1" y="{low + size:.2f}" font-size="{size * 0.75:.2f}">{escape(say + facts)}</text>',
            "</svg>",
            "",
        ]
    )


def _frames(graph: SiteGraph) -> tuple[dict[str, _Frame], float, float]:
    lengths = sorted(e.length_m for e in graph.edges.values() if e.length_m > _SHORT_M)
    unit_m = min(4.0, max(0.2, lengths[len(lengths) // 2] / 3)) if lengths else 1.0
    frames, x, height = {}, _MARGIN, 0.0
    for level in dict.fromkeys(n.map_id for n in graph.nodes.values()):
        xs, ys = zip(*((n.x_m, n.y_m) for n in graph.nodes.values() if n.map_id == level), strict=True)
        frames[level] = _Frame(min(xs), max(ys), x, unit_m)
        x += (max(xs) - min(xs)) / unit_m + 2 * _MARGIN
        height = max(height, (max(ys) - min(ys)) / unit_m + 2 * _MARGIN)
    return frames, max(x - _MARGIN, 40.0), height


def _lanes(graph: SiteGraph, found: Report, frames: dict[str, _Frame], closed: frozenset[str]) -> Iterator[str]:
    core = dict(zip(found.roads.node_ids, found.branches.core.tolist(), strict=True))
    ends = {(e.start, e.end): e for e in graph.edges.values()}
    for edge in graph.edges.values():
        back = ends.get((edge.end, edge.start))
        if back is not None and (edge.edge_id in closed or (back.edge_id not in closed and back.edge_id < edge.edge_id)):
            continue  # drawn with its other direction
        (x1, y1), (x2, y2) = (_at(graph, frames, n) for n in (edge.start, edge.end))
        chosen = back is not None and back.edge_id in closed
        one_way = back is None or chosen
        colour = PROPOSED if chosen else LANE if one_way else TWO_WAY
        if not (core[edge.start] and core[edge.end]):
            colour = DEAD_END
        lifts = graph.nodes[edge.start].map_id != graph.nodes[edge.end].map_id
        dash = ' stroke-dasharray="0.4 0.3"' if lifts else ""
        wide = 0.3 if chosen else 0.18
        yield f'<line x1="{x1:.2f}" y1="{y1:.2f}" x2="{x2:.2f}" y2="{y2:.2f}" stroke="{colour}" stroke-width="{wide}"{dash}/>'
        if one_way and math.hypot(x2 - x1, y2 - y1) > 0.2:
            yield _arrow(x1, y1, x2, y2, colour)


def _arrow(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    length = math.hypot(x2 - x1, y2 - y1)
    dx, dy = (x2 - x1) / length, (y2 - y1) / length
    size = min(0.55, 0.4 * length)
    x, y = (x1 + x2) / 2 + dx * size / 2, (y1 + y2) / 2 + dy * size / 2
    points = [
        (x + dx * size / 2, y + dy * size / 2),
        (x - dx * size - dy * size * 0.7, y - dy * size + dx * size * 0.7),
        (x - dx * size + dy * size * 0.7, y - dy * size - dx * size * 0.7),
    ]
    return f'<polygon points="{" ".join(f"{a:.2f},{b:.2f}" for a, b in points)}" fill="{colour}"/>'


def _doors(graph: SiteGraph, frames: dict[str, _Frame]) -> Iterator[str]:
    """A bar across each lane that a device opens."""
    for edge_id in sorted(graph.gates):
        edge = graph.edges[edge_id]
        (x1, y1), (x2, y2) = (_at(graph, frames, n) for n in (edge.start, edge.end))
        length = math.hypot(x2 - x1, y2 - y1)
        if length < 0.2 or (edge.start > edge.end and graph.edge_between(edge.end, edge.start) is not None):
            continue
        x, y, dx, dy = (x1 + x2) / 2, (y1 + y2) / 2, (y2 - y1) / length * 0.7, (x1 - x2) / length * 0.7
        name = escape(graph.gates[edge_id].device)
        yield (
            f'<line x1="{x - dx:.2f}" y1="{y - dy:.2f}" x2="{x + dx:.2f}" y2="{y + dy:.2f}" stroke="#000" stroke-width="0.3">'
            f"<title>{name}</title></line>"
        )


def _marks(graph: SiteGraph, found: Report, frames: dict[str, _Frame]) -> Iterator[str]:
    """Crosses on roads that the checks warn of, rings around pockets' nodes."""
    roads, core, part = found.roads, found.branches.core, found.cycles.part
    inside = core[roads.tail] & core[roads.head] & (part[roads.tail] == part[roads.head])
    bad = found.cycles.bridge | (inside & ~found.cycles.on_cycle)
    for e in np.flatnonzero(bad):
        edge: SiteEdge = graph.edges[roads.edge_ids[e]]
        (x1, y1), (x2, y2) = (_at(graph, frames, n) for n in (edge.start, edge.end))
        x, y = (x1 + x2) / 2, (y1 + y2) / 2
        yield f'<path d="M{x - 0.5:.2f} {y - 0.5:.2f}l1 1m0 -1l-1 1" stroke="{WARNING}" stroke-width="0.25" fill="none"/>'
    for pocket in found.pockets:
        if len(pocket) <= _POCKET_MAX:
            for node in pocket:
                x, y = _at(graph, frames, node)
                yield f'<circle cx="{x:.2f}" cy="{y:.2f}" r="0.7" fill="none" stroke="{WARNING}" stroke-width="0.15"/>'


def _stations(graph: SiteGraph, frames: dict[str, _Frame]) -> Iterator[str]:
    labels = len(graph.places) <= _LABELS_MAX
    for place in graph.places.values():
        for node in place.nodes:
            x, y = _at(graph, frames, node)
            tip = f"<title>{escape(place.name)}</title>"
            if place.kind == STANDING[0]:
                yield f'<rect x="{x - 0.5:.2f}" y="{y - 0.5:.2f}" width="1" height="1" fill="{PARKING}">{tip}</rect>'
            elif place.kind == STANDING[1]:
                yield f'<path d="M{x:.2f} {y - 0.7:.2f}l0.7 0.7l-0.7 0.7l-0.7 -0.7z" fill="{CHARGER}">{tip}</path>'
            else:
                yield f'<circle cx="{x:.2f}" cy="{y:.2f}" r="0.45" fill="{STATION}">{tip}</circle>'
            if labels:
                yield f'<text x="{x:.2f}" y="{y + 1.2:.2f}" font-size="0.5" text-anchor="middle">{escape(place.name)}</text>'


def _legend(width: float, top: float, size: float, proposed: bool) -> tuple[list[str], float]:
    """Its parts in as many rows as it takes, and where it ends."""
    entries = [
        (LANE, "one-way lane", "line"),
        (TWO_WAY, "two-way lane", "line"),
        *([(PROPOSED, "proposed one-way", "line")] if proposed else []),
        (DEAD_END, "dead end", "line"),
        ("#000000", "door", "bar"),
        (PARKING, "parking", "box"),
        (CHARGER, "charger", "diamond"),
        (STATION, "place of work", "dot"),
        (WARNING, "no way round", "cross"),
        (WARNING, "must never be full", "ring"),
    ]
    x, y, parts = 1.0, top, []
    for colour, text, shape in entries:
        wide = size * (2.4 + 0.6 * len(text))
        if x + wide > width and x > 1.0:
            x, y = 1.0, y + 1.8 * size
        parts.append(_symbol(shape, x, y, size, colour))
        parts.append(f'<text x="{x + 1.5 * size:.2f}" y="{y + 0.35 * size:.2f}" font-size="{size:.2f}">{escape(text)}</text>')
        x += wide
    return parts, y + size


def _symbol(shape: str, x: float, y: float, size: float, colour: str) -> str:
    if shape == "line":
        return (
            f'<line x1="{x:.2f}" y1="{y:.2f}" x2="{x + size:.2f}" y2="{y:.2f}" stroke="{colour}" stroke-width="{size / 4:.2f}"/>'
        )
    middle, r = x + size / 2, size / 2
    if shape == "box":
        return f'<rect x="{x:.2f}" y="{y - r:.2f}" width="{size:.2f}" height="{size:.2f}" fill="{colour}"/>'
    if shape == "diamond":
        return f'<path d="M{middle:.2f} {y - r:.2f}l{r:.2f} {r:.2f}l-{r:.2f} {r:.2f}l-{r:.2f} -{r:.2f}z" fill="{colour}"/>'
    if shape == "dot":
        return f'<circle cx="{middle:.2f}" cy="{y:.2f}" r="{r * 0.8:.2f}" fill="{colour}"/>'
    if shape == "ring":
        return f'<circle cx="{middle:.2f}" cy="{y:.2f}" r="{r:.2f}" fill="none" stroke="{colour}" stroke-width="{size / 6:.2f}"/>'
    if shape == "bar":
        return f'<rect x="{x:.2f}" y="{y - r / 3:.2f}" width="{size:.2f}" height="{r * 0.7:.2f}" fill="{colour}"/>'
    cross = f"M{x:.2f} {y - r:.2f}l{size:.2f} {size:.2f}m0 -{size:.2f}l-{size:.2f} {size:.2f}"
    return f'<path d="{cross}" stroke="{colour}" stroke-width="{size / 4:.2f}"/>'


def _at(graph: SiteGraph, frames: dict[str, _Frame], node: str) -> tuple[float, float]:
    return frames[graph.nodes[node].map_id].at(graph, node)
