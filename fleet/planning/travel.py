"""Travel times over the site graph for the planner: one shortest-path tree per (start, speed), as one row of an array.

A plan of 200 tasks asks for the same few start nodes thousands of times: each answer is a look-up, and whoever plans for
hundreds of robots takes whole rows (`row`, `index`) at once.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from functools import cached_property
from math import inf
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fleet.layout.graph import SiteGraph, edge_time_s

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Float64 = NDArray[np.float64]

#: Bound of the cache: at most this many (start, goal) entries in all, 8 bytes each ...
CACHED_TIMES_MAX = 16_000_000
#: ... but never fewer start nodes than this.
CACHED_STARTS_MIN = 64
#: Edges of no length still cost this much, since a sparse matrix may take 0 for "no edge", seconds.
_LEAST_S = 1e-9


class TravelTimes:
    """A `TravelTime`: `travel(start, goal, speed_mps)` in free-flow seconds, inf where there is no way.

    `blocked`: nodes of closed areas, which nobody may enter; `delay_s`: edge -> seconds that traffic is expected to cost
    there on top of free flow. Make a new one when closures, the layout or the forecast change.
    """

    def __init__(
        self, graph: SiteGraph, *, blocked: frozenset[str] = frozenset(), delay_s: Mapping[str, float] | None = None
    ) -> None:
        self._graph = graph
        self._blocked = blocked
        self._delay_s = delay_s or {}
        self._starts_max = max(CACHED_STARTS_MIN, CACHED_TIMES_MAX // max(1, len(graph.nodes)))
        self._roads: dict[float, csr_array] = {}
        self._rows: OrderedDict[tuple[str, float], Float64] = OrderedDict()

    def __reduce__(self) -> tuple[object, ...]:
        """What it is made of, without the rows: for a planner in a process of its own."""
        return _made_of, (self._graph, self._blocked, self._delay_s)

    def __call__(self, start: str, goal: str, speed_mps: float) -> float:
        if start == goal:
            return 0.0
        column = self.index.get(goal)
        if column is None:
            return inf
        row = self._rows.get((start, speed_mps))
        return float(self.row(start, speed_mps)[column] if row is None else row[column])

    def __len__(self) -> int:
        """How many start nodes are remembered."""
        return len(self._rows)

    @property
    def graph(self) -> SiteGraph:
        return self._graph

    @cached_property
    def index(self) -> dict[str, int]:
        """Column of each node."""
        return {node: column for column, node in enumerate(self._graph.nodes)}

    def row(self, start: str, speed_mps: float) -> Float64:
        """Seconds from `start` to every node, float64[V] in the order of `index`; do not write to it."""
        key = (start, speed_mps)
        found = self._rows.get(key)
        if found is None:
            found = self._rows[key] = self._searched(start, speed_mps)
            if len(self._rows) > self._starts_max:
                self._rows.popitem(last=False)
        return found

    def travel_matrix(self, starts: Sequence[str], goals: Sequence[str], speed_mps: float) -> NDArray[np.float32]:
        """Seconds, float32[len(starts), len(goals)]; inf where there is no way."""
        columns = np.array([self.index.get(goal, -1) for goal in goals], dtype=np.int64)
        found = np.empty((len(starts), len(goals)), dtype=np.float32)
        for i, start in enumerate(starts):
            found[i] = self.row(start, speed_mps)[columns]
        found[:, columns < 0] = inf
        return found

    def travel_pairs(self, pairs: Sequence[tuple[str, str]], speed_mps: float) -> NDArray[np.float32]:
        """The same for pairs of (start, goal), float32[n]."""
        return np.array([self(start, goal, speed_mps) for start, goal in pairs], dtype=np.float32)

    def _searched(self, start: str, speed_mps: float) -> Float64:
        from scipy.sparse.csgraph import dijkstra  # takes half a second to load: commands that plan nothing do without

        if start not in self.index or speed_mps <= 0:
            return np.full(len(self.index), inf)
        if speed_mps not in self._roads:
            self._roads[speed_mps] = self._matrix(speed_mps)
        row: Float64 = dijkstra(self._roads[speed_mps], indices=self.index[start])
        row.setflags(write=False)
        return row

    def _matrix(self, speed_mps: float) -> csr_array:
        """Seconds of each edge that may be driven; of several between two nodes, the fastest."""
        from scipy.sparse import csr_array

        times: dict[tuple[int, int], float] = {}
        for edge in self._graph.edges.values():
            if edge.end in self._blocked:
                continue
            pair = (self.index[edge.start], self.index[edge.end])
            delay_s = self._delay_s.get(edge.edge_id, 0.0)
            times[pair] = min(times.get(pair, inf), max(_LEAST_S, edge_time_s(edge, speed_mps) + delay_s))
        tails, heads = (np.array([pair[side] for pair in times], dtype=np.int32) for side in (0, 1))
        size = len(self.index)
        return csr_array((np.array(list(times.values()), dtype=np.float64), (tails, heads)), shape=(size, size))


def _made_of(graph: SiteGraph, blocked: frozenset[str], delay_s: Mapping[str, float]) -> TravelTimes:
    return TravelTimes(graph, blocked=blocked, delay_s=delay_s)
