"""The delays in force, and the travel times that follow from them, remembered until the delays change."""

from __future__ import annotations

from collections import OrderedDict

import numpy as np

from fleet.contracts.errors import InvalidInput
from fleet.planning.prediction import ways
from fleet.planning.prediction.history import F32, F64, I32
from fleet.traffic.csr import TICKS_PER_S, RoadArrays

#: Times of at most so many nodes in all are remembered (8 bytes each).
REMEMBERED_MAX = 4_000_000
#: Departures are rounded to this, seconds, so that one search answers many questions.
DEPART_STEP_S = 15.0


class TimeTable:
    """Delays float32[K, E] at lead times 0 and `horizons_s`."""

    def __init__(self, roads: RoadArrays, horizons_s: tuple[float, ...], limit_mps: F64 | None = None) -> None:
        self._roads = roads
        self._knots: F64 = np.array((0.0, *horizons_s))
        self._delays: F32 = np.zeros((len(self._knots), roads.n_edges), np.float32)
        self._limit_mps = limit_mps
        self._cost_s: F64 = np.maximum(roads.cost, 1) / TICKS_PER_S
        self._scaled: F32 = self._delays
        self._found: OrderedDict[tuple[int, float, float], F64] = OrderedDict()
        self._found_max = max(16, REMEMBERED_MAX // max(1, roads.n_nodes))

    def fill(self, delays_s: F32, scale: float = 1.0) -> None:
        """New delays; remembered times are forgotten. `scale`: of the delays in the times of whole ways."""
        self._delays = np.ascontiguousarray(delays_s)
        self._scaled = self._delays * np.float32(scale)
        self._found.clear()

    def delay_s(self, edge: int, lead_s: float) -> float:
        return float(ways.delay_at(self._knots, self._delays, edge, lead_s))

    def delays_s(self, lead_s: float) -> F32:
        """float32[E] seconds, interpolated between the knots."""
        right = int(np.clip(np.searchsorted(self._knots, lead_s), 1, len(self._knots) - 1))
        left_s, right_s = self._knots[right - 1], self._knots[right]
        share = np.float32(np.clip((lead_s - left_s) / (right_s - left_s), 0.0, 1.0))
        return np.asarray(self._delays[right - 1] * (1 - share) + self._delays[right] * share, np.float32)

    def from_node(self, start: int, speed_mps: float, depart_s: float) -> F64:
        """float64[V] seconds to each node, leaving in `depart_s` seconds (rounded to DEPART_STEP_S). Not to be written to."""
        depart_s = max(0.0, round(depart_s / DEPART_STEP_S) * DEPART_STEP_S)
        key = (start, speed_mps, depart_s)
        found = self._found.get(key)
        if found is None:
            if not 0 <= start < self._roads.n_nodes:
                raise InvalidInput(f"no node {start}", field="start", fix=f"use 0 .. {self._roads.n_nodes - 1}")
            found = np.empty(self._roads.n_nodes)
            roads = self._roads
            ways.times_from(
                roads.out_ptr, roads.head, self.free_s(speed_mps), roads.cost, self._knots, self._scaled, start, depart_s, found
            )
            found.setflags(write=False)
            self._found[key] = found
            if len(self._found) > self._found_max:
                self._found.popitem(last=False)
        return found

    def along(self, edges: I32, depart_s: float, speed_mps: float | None, *, scaled: bool = True) -> float:
        """Seconds for these edges one after the other."""
        table = self._scaled if scaled else self._delays
        return float(ways.along(self.free_s(speed_mps), self._knots, table, edges, max(0.0, depart_s)))

    def free_s(self, speed_mps: float | None) -> F64:
        """float64[E]: free-flow seconds at this speed and the edges' limits; None: those of the roads' cost."""
        if speed_mps is None:
            return self._cost_s
        if not speed_mps > 0:
            raise InvalidInput(f"a speed of {speed_mps}", field="speed_mps", fix="give a speed above 0")
        speeds = speed_mps if self._limit_mps is None else np.minimum(self._limit_mps, speed_mps)
        return np.asarray(self._roads.length_m / speeds, np.float64)
