"""Where robots could stand beside the lanes: spurs of one node, proposed by geometry for layouts that have no parking.

A robot that stands at a spur's tip is clear of every lane, every node and every other tip. What walls there are, a road
graph does not say: proposals are to be looked at on the plan of the hall.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from fleet.layout.branches import branches
from fleet.layout.check import largest_component
from fleet.layout.graph import SiteGraph
from fleet.layout.near import Near
from fleet.traffic.csr import from_site
from fleet.traffic.geometry import Segment, distance_m

#: Directions that are tried at each node, and by how much a tip is further off than it must be, metres.
_DIRECTIONS: Final = 16
_SPARE_M: Final = 0.1
#: Longest spur, in least distances.
_LONGEST: Final = 2.0


@dataclass(frozen=True, slots=True)
class Spur:
    """`node`: where it leaves the lanes; the tip, metres."""

    node: str
    x_m: float
    y_m: float
    map_id: str


def propose(graph: SiteGraph, wanted: int, *, apart_m: float) -> list[Spur]:
    """At most `wanted`, spread over the floor: each next one as far from all others as can be. Deterministic.

    `apart_m`: what the centres of two robots keep. Nodes of stations get none: somebody works there. Nor do dead ends,
    unless there is nothing else: whoever parks in one is in the way of all who have business there.
    """
    roads = from_site(graph, 1.0)
    core = branches(roads).core
    nodes = {n for n, inside in zip(roads.node_ids, core, strict=True) if inside} or set(graph.nodes)
    found = list(_candidates(graph, nodes, apart_m))
    if not found or wanted < 1:
        return []
    at = np.array([(s.x_m, s.y_m) for s in found])
    levels = np.array([s.map_id for s in found])
    free = np.full(len(found), np.inf)
    standing = [(*_at(graph, n), graph.nodes[n].map_id) for p in graph.places.values() for n in p.nodes]
    chosen: list[Spur] = []
    best = int(np.argmax(np.hypot(*(at - at.mean(axis=0)).T)))
    while len(chosen) < wanted and free[best] >= apart_m:
        spur = found[best]
        if _undisturbed(graph, spur, chosen, standing, apart_m):
            chosen.append(spur)
            away = np.where(levels == spur.map_id, np.hypot(*(at - at[best]).T), np.inf)
            free = np.minimum(free, away)
        free[best] = -1.0
        best = int(np.argmax(free))
    return chosen


def _undisturbed(
    graph: SiteGraph, spur: Spur, chosen: list[Spur], standing: list[tuple[float, float, str]], apart_m: float
) -> bool:
    """Nobody who stands at a place or at another tip is in the way of this spur, and its tip in the way of no other spur."""
    own = Segment(*_at(graph, spur.node), spur.x_m, spur.y_m)
    tips = [*standing, *((s.x_m, s.y_m, s.map_id) for s in chosen)]
    if any(level == spur.map_id and distance_m(own, Segment(x, y, x, y)) < apart_m for x, y, level in tips):
        return False
    tip = Segment(spur.x_m, spur.y_m, spur.x_m, spur.y_m)
    return all(s.map_id != spur.map_id or distance_m(tip, Segment(*_at(graph, s.node), s.x_m, s.y_m)) >= apart_m for s in chosen)


def _candidates(graph: SiteGraph, nodes: set[str], apart_m: float) -> Iterator[Spur]:
    """The shortest possible spurs of each node, at most one for each direction."""
    near = Near(graph)
    stations = {n for p in graph.places.values() for n in p.nodes}
    inside = largest_component(graph) & nodes
    reach_m = apart_m * (_LONGEST + 1)
    for node in graph.nodes.values():
        if node.node_id not in inside or node.node_id in stations:
            continue
        lanes = near.lanes(node.node_id, reach_m)
        shapes = np.array([(*_at(graph, e.start), *_at(graph, e.end)) for e in lanes])
        for step in range(_DIRECTIONS):
            angle = 2 * math.pi * step / _DIRECTIONS
            for length in (1.0, 1.5, _LONGEST):
                reach = (apart_m + _SPARE_M) * length
                x, y = round(node.x_m + reach * math.cos(angle), 3), round(node.y_m + reach * math.sin(angle), 3)
                if _clear_m(shapes, x, y) >= apart_m:
                    yield Spur(node.node_id, x, y, node.map_id)
                    break


def _at(graph: SiteGraph, node: str) -> tuple[float, float]:
    return graph.nodes[node].x_m, graph.nodes[node].y_m


def _clear_m(shapes: np.ndarray[tuple[int, int], np.dtype[np.float64]], x: float, y: float) -> float:
    """Distance of a point from the nearest of segments (k, 4), metres."""
    ax, ay, bx, by = shapes.T
    dx, dy = bx - ax, by - ay
    square = np.maximum(dx * dx + dy * dy, 1e-12)
    along = np.clip(((x - ax) * dx + (y - ay) * dy) / square, 0.0, 1.0)
    return float(np.hypot(x - ax - along * dx, y - ay - along * dy).min())
