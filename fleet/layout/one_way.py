"""Proposals to make two-way lanes one-way: streets that alternate, as in a city (fleet/traffic/lanes.py finds them).

Opposing robots on a lane of one width both lose; where it is one-way they never meet. It costs detours, so the mean trip
between places is told before and after. Spurs and bridges stay two-way, and whatever was reachable stays reachable.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from fleet.layout.branches import branches
from fleet.layout.cycles import admissions, cycles
from fleet.layout.graph import SiteGraph
from fleet.traffic.csr import RoadArrays, from_site
from fleet.traffic.lanes import propose as propose_lanes

#: Places from which the mean trip is taken, at most, evenly over all.
_STARTS_MAX: Final = 60


@dataclass(frozen=True, slots=True)
class OneWay:
    """`closed`: ids of the edges to leave out. Streets: chains of two-way lanes that go straight on.

    `trip_s_before`, `trip_s_after`: mean free-flow time between places (all nodes where there are no places).
    `pockets_before`, `pockets_after`: see cycles.py; the proposal may make some, and the pictures show them.
    """

    closed: tuple[str, ...]
    streets: int
    trip_s_before: float
    trip_s_after: float
    pockets_before: int
    pockets_after: int


def propose(graph: SiteGraph, *, speed_mps: float = 1.5) -> OneWay:
    """Of both ways round (each street the other way) the one with the shorter trips. Deterministic."""
    roads = from_site(graph, speed_mps)
    before = _mean_trip_s(graph, speed_mps)
    best: tuple[float, tuple[str, ...], int] | None = None
    for flip in (False, True):
        lanes = propose_lanes(roads, flip=flip)
        closed = _still_on_cycles(roads, lanes.against)
        after = _mean_trip_s(without(graph, closed), speed_mps)
        if best is None or after < best[0] - 1e-9:
            best = after, closed, lanes.n_streets
    assert best is not None
    after, closed, streets = best
    pockets = [_pockets(from_site(g, speed_mps)) for g in (graph, without(graph, closed))]
    return OneWay(closed, streets, before, after, *pockets)


def without(graph: SiteGraph, edges: Collection[str]) -> SiteGraph:
    """The graph without these edges; zones and gates stay as far as they have edges."""
    gone = frozenset(edges)
    built = SiteGraph.build(
        graph.nodes.values(), [e for e in graph.edges.values() if e.edge_id not in gone], graph.places.values()
    )
    return replace(built, zones=graph.zones, gates={k: v for k, v in graph.gates.items() if k not in gone})


def written(lif: dict[str, Any], edges: Collection[str]) -> dict[str, Any]:
    """The LIF document without these edges; nothing else of it is touched."""
    gone = frozenset(edges)
    layouts = [
        {**layout, "edges": [e for e in layout.get("edges") or [] if str(e.get("edgeId")) not in gone]}
        for layout in lif["layouts"]
    ]
    return {**lif, "layouts": layouts}


def _still_on_cycles(roads: RoadArrays, against: np.ndarray[Any, np.dtype[np.bool_]]) -> tuple[str, ...]:
    """A lane that would be left on no cycle (two streets head on) keeps both ways."""
    closed = against.copy()
    before = cycles(roads, branches(roads)).on_cycle
    keep = ~closed
    left = _Part(roads, keep)
    after = cycles(left.roads, branches(left.roads)).on_cycle
    for e, ok in zip(left.edges.tolist(), after.tolist(), strict=True):
        if before[e] and not ok and roads.reverse[e] >= 0:
            closed[roads.reverse[e]] = False
    return tuple(roads.edge_ids[e] for e in np.flatnonzero(closed))


class _Part:
    """`roads` with the edges in `keep` only; `edges`: their numbers in `roads`, in the order of the new ones."""

    def __init__(self, roads: RoadArrays, keep: np.ndarray[Any, np.dtype[np.bool_]]) -> None:
        numbers = np.flatnonzero(keep)
        self.roads = RoadArrays.build(
            x_m=roads.x_m,
            y_m=roads.y_m,
            level=roads.level,
            tail=roads.tail[keep],
            head=roads.head[keep],
            length_m=roads.length_m[keep],
            cost=roads.cost[keep],
            node_ids=roads.node_ids,
            edge_ids=[str(e) for e in numbers],
        )
        self.edges = np.array([int(e) for e in self.roads.edge_ids], np.int64)


def _pockets(roads: RoadArrays) -> int:
    dead_ends = branches(roads)
    return sum(len(a.pockets) for a in admissions(roads, dead_ends, cycles(roads, dead_ends)))


def _mean_trip_s(graph: SiteGraph, speed_mps: float) -> float:
    nodes = sorted({n for p in graph.places.values() for n in p.nodes[:1]}) or sorted(graph.nodes)
    starts = nodes[:: max(1, len(nodes) // _STARTS_MAX)]
    times = [
        found[n] for s in starts for found in (graph.times_from(s, speed_mps=speed_mps),) for n in nodes if n in found and n != s
    ]
    return sum(times) / len(times) if times else 0.0
