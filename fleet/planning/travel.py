"""Travel times over the site graph for the planner: one Dijkstra per (node, speed), remembered.

A plan of 200 tasks asks for the same few start nodes thousands of times; the cache makes each answer a dict look-up.
"""

from __future__ import annotations

from collections import OrderedDict
from math import inf

from fleet.layout.graph import SiteGraph

#: Bound of the cache: at most this many (start, goal) entries in all, so that a large site stays within ~50 MB.
CACHED_TIMES_MAX = 400_000
#: ... but never fewer start nodes than this.
CACHED_STARTS_MIN = 64


class TravelTimes:
    """A `TravelTime`: `travel(start, goal, speed_mps)` in free-flow seconds, inf where there is no way.

    `blocked`: nodes of closed areas, which nobody may enter. Make a new one when closures or the layout change.
    """

    def __init__(self, graph: SiteGraph, *, blocked: frozenset[str] = frozenset()) -> None:
        self._graph = graph
        self._blocked = blocked
        self._starts_max = max(CACHED_STARTS_MIN, CACHED_TIMES_MAX // max(1, len(graph.nodes)))
        self._cache: OrderedDict[tuple[str, float], dict[str, float]] = OrderedDict()

    def __call__(self, start: str, goal: str, speed_mps: float) -> float:
        if start == goal:
            return 0.0
        key = (start, speed_mps)
        times = self._cache.get(key)
        if times is None:
            times = self._times(key)
        return times.get(goal, inf)

    def __len__(self) -> int:
        """How many start nodes are remembered."""
        return len(self._cache)

    def _times(self, key: tuple[str, float]) -> dict[str, float]:
        start, speed_mps = key
        if start in self._graph.nodes and speed_mps > 0:
            times = self._graph.times_from(start, speed_mps=speed_mps, blocked=self._blocked)
        else:
            times = {}
        self._cache[key] = times
        if len(self._cache) > self._starts_max:
            self._cache.popitem(last=False)
        return times
