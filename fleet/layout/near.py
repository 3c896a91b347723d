"""What lies near what on a floor, by a grid of cells: checks of large layouts would else compare everything with everything."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from fleet.layout.graph import SiteEdge, SiteGraph

#: Least side of a cell, metres, and most cells along the longer side of a floor.
_CELL_M_MIN = 4.0
_CELLS_MAX = 500
#: Tolerance for what is drawn exactly at the least distance, metres.
EPSILON_M = 1e-6


class Near:
    """`nodes`: those that are looked for (all of the graph when None). Levels (map_id) are floors of their own."""

    def __init__(self, graph: SiteGraph, nodes: Iterable[str] | None = None) -> None:
        self._graph = graph
        self._side_m = _side_m(graph)
        self._nodes: dict[tuple[str, int, int], list[str]] = {}
        self._edges: dict[tuple[str, int, int], list[SiteEdge]] = {}
        for node_id in graph.nodes if nodes is None else nodes:
            node = graph.nodes[node_id]
            self._nodes.setdefault((node.map_id, self._cell(node.x_m), self._cell(node.y_m)), []).append(node_id)
        for edge in graph.edges.values():
            for key in self._cells_of(edge):
                self._edges.setdefault(key, []).append(edge)

    def within(self, node: str, apart_m: float) -> list[str]:
        """Other nodes nearer than `apart_m`, on the same level."""
        here = self._graph.nodes[node]
        found = []
        for key in self._around(node, apart_m):
            for other in self._nodes.get(key, ()):
                there = self._graph.nodes[other]
                if other != node and math.hypot(there.x_m - here.x_m, there.y_m - here.y_m) < apart_m - EPSILON_M:
                    found.append(other)
        return found

    def lanes(self, node: str, apart_m: float) -> list[SiteEdge]:
        """Edges nearer than `apart_m`, its own included."""
        found = {e.edge_id: e for key in self._around(node, apart_m) for e in self._edges.get(key, ())}
        return [e for e in found.values() if to_edge_m(self._graph, node, e) < apart_m - EPSILON_M]

    def _around(self, node: str, apart_m: float) -> Iterator[tuple[str, int, int]]:
        here = self._graph.nodes[node]
        for column in range(self._cell(here.x_m - apart_m), self._cell(here.x_m + apart_m) + 1):
            for row in range(self._cell(here.y_m - apart_m), self._cell(here.y_m + apart_m) + 1):
                yield here.map_id, column, row

    def _cells_of(self, edge: SiteEdge) -> Iterator[tuple[str, int, int]]:
        """Cells of the edge's box, on the levels of its ends."""
        a, b = self._graph.nodes[edge.start], self._graph.nodes[edge.end]
        for map_id in {a.map_id, b.map_id}:
            for column in range(self._cell(min(a.x_m, b.x_m)), self._cell(max(a.x_m, b.x_m)) + 1):
                for row in range(self._cell(min(a.y_m, b.y_m)), self._cell(max(a.y_m, b.y_m)) + 1):
                    yield map_id, column, row

    def _cell(self, value_m: float) -> int:
        return math.floor(value_m / self._side_m)


def to_edge_m(graph: SiteGraph, node: str, edge: SiteEdge) -> float:
    """Distance of a node from an edge, metres; infinite from one on other levels."""
    here, a, b = graph.nodes[node], graph.nodes[edge.start], graph.nodes[edge.end]
    if here.map_id not in (a.map_id, b.map_id):
        return math.inf
    dx, dy = b.x_m - a.x_m, b.y_m - a.y_m
    square = dx * dx + dy * dy
    along = 0.0 if square == 0 else max(0.0, min(1.0, ((here.x_m - a.x_m) * dx + (here.y_m - a.y_m) * dy) / square))
    return math.hypot(here.x_m - a.x_m - along * dx, here.y_m - a.y_m - along * dy)


def _side_m(graph: SiteGraph) -> float:
    xs, ys = [n.x_m for n in graph.nodes.values()], [n.y_m for n in graph.nodes.values()]
    return max(_CELL_M_MIN, (max(xs) - min(xs)) / _CELLS_MAX, (max(ys) - min(ys)) / _CELLS_MAX)
