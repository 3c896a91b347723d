"""The site as numbered resources (one bit a node, one bit a lane between two nodes) with their conflicts.

Whoever holds a resource may have its body anywhere in that resource's swept area; two resources conflict when two
bodies in them could come closer than the clearance. A set of resources is one int; conflicts are looked up per pair
of footprints (the distance that their centres must keep), so that big and small robots can share a site.
"""

from __future__ import annotations

import heapq
import math
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fleet.layout.graph import SiteEdge, SiteGraph, edge_time_s
from fleet.traffic.geometry import Segment, distance_m

#: Least side of a cell of the spatial index, metres, and how many cells the longer side of a site has at most.
_CELL_M_MIN = 5.0
_CELLS_MAX = 200
#: How many pairs of nodes, and how many ways and cuts for each, the searches remember.
_PROOFS_MAX = 20_000
_PROOFS_PER_PAIR_MAX = 6
#: Tolerance for lanes that are drawn exactly at the minimum distance, metres.
_EPSILON_M = 1e-6


@dataclass(frozen=True, slots=True)
class Arc:
    """One directed edge as search sees it. `bits`: its lane and its end node, what a robot needs to drive it."""

    end: str
    bits: int
    edge: SiteEdge


class Roads:
    """Immutable after construction but for its caches."""

    def __init__(self, graph: SiteGraph) -> None:
        self.graph = graph
        self._shapes: list[tuple[frozenset[str], Segment]] = []
        self.node_bit: dict[str, int] = {}
        self.edge_bits: dict[str, int] = {}
        for node in graph.nodes.values():
            here = Segment(node.x_m, node.y_m, node.x_m, node.y_m)
            self.node_bit[node.node_id] = self._add(frozenset((node.map_id,)), here)
        self._number_lanes()
        self.out: dict[str, tuple[Arc, ...]] = {
            node: tuple(Arc(e.end, self.edge_bits[e.edge_id], e) for e in edges) for node, edges in graph.out.items()
        }
        self._proofs: dict[tuple[str, str, frozenset[str], frozenset[str]], tuple[list[int], list[int]]] = {}
        self._conflicts: dict[int, tuple[int, ...]] = {}
        self._out_times: dict[float, dict[str, tuple[tuple[float, Arc], ...]]] = {}

    def _number_lanes(self) -> None:
        lanes: dict[tuple[str, str], int] = {}
        for edge in self.graph.edges.values():
            ends = (min(edge.start, edge.end), max(edge.start, edge.end))
            if ends not in lanes:
                a, b = self.graph.nodes[ends[0]], self.graph.nodes[ends[1]]
                lanes[ends] = self._add(frozenset((a.map_id, b.map_id)), Segment(a.x_m, a.y_m, b.x_m, b.y_m))
            self.edge_bits[edge.edge_id] = lanes[ends] | self.node_bit[edge.end]

    def _add(self, maps: frozenset[str], shape: Segment) -> int:
        self._shapes.append((maps, shape))
        return 1 << (len(self._shapes) - 1)

    def closure(self, bits: int, apart_m: float) -> int:
        """Every resource in which a body could come closer than `apart_m` (centre to centre) to one in `bits`."""
        table = self._table(apart_m)
        found = 0
        while bits:
            low = bits & -bits
            found |= table[low.bit_length() - 1]
            bits ^= low
        return found

    def apart_m(self, a: str, b: str) -> float:
        """Distance of two nodes; infinite on different maps."""
        one, two = self.graph.nodes[a], self.graph.nodes[b]
        return math.hypot(one.x_m - two.x_m, one.y_m - two.y_m) if one.map_id == two.map_id else math.inf

    def fastest(
        self,
        start: str,
        goal: str,
        *,
        speed_mps: float,
        blocked: int = 0,
        closed: frozenset[str] = frozenset(),
        avoid: frozenset[str] = frozenset(),
        extra_s: Mapping[str, float] | None = None,
    ) -> tuple[SiteEdge, ...] | None:
        """Fastest way (Dijkstra) over resources outside `blocked`; () when start is goal, None when there is none.

        `closed` nodes may be left but not entered; `avoid` nodes not entered at all; `extra_s` per node entered.
        """
        outs = self._timed(speed_mps)
        extras = extra_s or {}
        best: dict[str, float] = {start: 0.0}
        via: dict[str, SiteEdge] = {}
        heap: list[tuple[float, str]] = [(0.0, start)]
        while heap:
            time_s, node = heapq.heappop(heap)
            if node == goal:
                return _trace(start, goal, via)
            if time_s > best[node]:
                continue
            inside = node in closed
            for step_s, arc in outs[node]:
                end = arc.end
                if arc.bits & blocked or end in avoid or (end in closed and not inside):
                    continue
                cost = time_s + step_s + extras.get(end, 0.0)
                if cost < best.get(end, math.inf):
                    best[end] = cost
                    via[end] = arc.edge
                    heapq.heappush(heap, (cost, end))
        return None

    def reach(self, start: str, goal: str, blocked: int, closed: frozenset[str], avoid: frozenset[str]) -> int | None:
        """The resources of some way from start to goal outside `blocked`, or None.

        Answers are kept with their proofs: a way holds while it is free, a failure while all that stopped it is blocked.
        """
        if start == goal:
            return 0
        key = (start, goal, closed, avoid)
        proofs = self._proofs.get(key)
        if proofs is None:
            if len(self._proofs) >= _PROOFS_MAX:
                self._proofs.clear()
            proofs = self._proofs[key] = ([], [])
        ways, cuts = proofs
        for way in ways:
            if not way & blocked:
                return way
        for cut in cuts:
            if cut & blocked == cut:
                return None
        found, proof = self._search(start, goal, blocked, closed, avoid)
        known = ways if found else cuts
        known.insert(0, proof)
        del known[_PROOFS_PER_PAIR_MAX:]
        return proof if found else None

    def _search(self, start: str, goal: str, blocked: int, closed: frozenset[str], avoid: frozenset[str]) -> tuple[bool, int]:
        """(True, the way with fewest nodes) or (False, the blocked resources that the search ran into)."""
        cut = 0
        via: dict[str, tuple[str, int]] = {start: ("", 0)}
        queue = deque((start,))
        while queue:
            node = queue.popleft()
            inside = node in closed
            for arc in self.out[node]:
                end = arc.end
                if end in via or end in avoid or (end in closed and not inside):
                    continue
                stopped = arc.bits & blocked
                if stopped:
                    cut |= stopped
                    continue
                via[end] = (node, arc.bits)
                if end == goal:
                    return True, _collect(via, end)
                queue.append(end)
        return False, cut

    def _timed(self, speed_mps: float) -> dict[str, tuple[tuple[float, Arc], ...]]:
        if speed_mps not in self._out_times:
            self._out_times[speed_mps] = {
                node: tuple((edge_time_s(arc.edge, speed_mps), arc) for arc in arcs) for node, arcs in self.out.items()
            }
        return self._out_times[speed_mps]

    def _table(self, apart_m: float) -> tuple[int, ...]:
        key = round(apart_m * 1000)
        if key not in self._conflicts:
            self._conflicts[key] = self._build_table(apart_m)
        return self._conflicts[key]

    def _build_table(self, apart_m: float) -> tuple[int, ...]:
        cells: dict[tuple[int, int], list[int]] = {}
        side_m = self._cell_m()
        for index, (_, shape) in enumerate(self._shapes):
            for cell in _cells(shape, 0.0, side_m):
                cells.setdefault(cell, []).append(index)
        table = []
        for index, (maps, shape) in enumerate(self._shapes):
            near = {other for cell in _cells(shape, apart_m, side_m) for other in cells.get(cell, ())}
            mask = 1 << index
            for other in near:
                other_maps, other_shape = self._shapes[other]
                if maps & other_maps and distance_m(shape, other_shape) < apart_m - _EPSILON_M:
                    mask |= 1 << other
            table.append(mask)
        return tuple(table)

    def _cell_m(self) -> float:
        nodes = self.graph.nodes.values()
        width_m = max(n.x_m for n in nodes) - min(n.x_m for n in nodes)
        height_m = max(n.y_m for n in nodes) - min(n.y_m for n in nodes)
        return max(_CELL_M_MIN, width_m / _CELLS_MAX, height_m / _CELLS_MAX)


def _cells(shape: Segment, margin_m: float, side_m: float) -> Iterable[tuple[int, int]]:
    """Cells that the shape's box, grown by the margin, touches."""
    x_from, x_to = sorted((shape.x1, shape.x2))
    y_from, y_to = sorted((shape.y1, shape.y2))
    for column in range(math.floor((x_from - margin_m) / side_m), math.floor((x_to + margin_m) / side_m) + 1):
        for row in range(math.floor((y_from - margin_m) / side_m), math.floor((y_to + margin_m) / side_m) + 1):
            yield column, row


def _trace(start: str, goal: str, via: Mapping[str, SiteEdge]) -> tuple[SiteEdge, ...]:
    way: list[SiteEdge] = []
    node = goal
    while node != start:
        way.append(via[node])
        node = via[node].start
    way.reverse()
    return tuple(way)


def _collect(via: Mapping[str, tuple[str, int]], node: str) -> int:
    found = 0
    while node:
        before, bits = via[node]
        found |= bits
        node = before
    return found
