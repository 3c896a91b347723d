"""The site's traffic forecast: what it has seen and what it plans, turned into delays, weights, travel times and ETAs.

Pure: the caller brings the time, the crossings (`observe`) and the plans in hand (`plan`), and calls `step` now and then.
Everything answers from the first moment: without data it is free flow, with some it is the running mean, and the learnt
forecast only where it has been better (trial.py). docs/prediction.md has the figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fleet.contracts.errors import InvalidInput
from fleet.planning.prediction.features import Outlook
from fleet.planning.prediction.flow import descent, propagate
from fleet.planning.prediction.history import F32, F64, I32, History
from fleet.planning.prediction.learning import Learning
from fleet.planning.prediction.settings import Settings
from fleet.planning.prediction.times import TimeTable
from fleet.planning.prediction.trial import Level, Trial
from fleet.planning.prediction.trips import Trips
from fleet.planning.prediction.usefulness import Usefulness
from fleet.traffic.csr import TICKS_PER_S, RoadArrays

#: A weight is at most its edge's cost and this much more, 1/8 s (60 s).
EXTRA_TICKS_MAX: Final = 480


@dataclass(frozen=True)
class Plans:
    """The plans in hand of R robots with L legs in all; see `propagate`. `waited_s` float64[R]: how long each stands denied.

    `fields` int32[G, V]: cost-to-go of G goals; `leg_row` says which, -1: not known. `closed` bool[E]: not driven.
    """

    at: I32
    start_s: F64
    waited_s: F64
    leg_ptr: I32
    leg_row: I32
    leg_goal: I32
    leg_service_s: F64
    fields: I32
    closed: NDArray[np.bool_] | None = None

    @classmethod
    def single(cls, at: I32, start_s: F64, waited_s: F64, row: I32, goal: I32, fields: I32) -> Plans:
        """One leg for each robot: along fields[row] to its goal."""
        n = len(at)
        return cls(at, start_s, waited_s, np.arange(n + 1, dtype=np.int32), row, goal, np.zeros(n), fields)


class Predictor:
    """Over the E edges of `roads`; `limit_mps` float64[E]: their speed limits, if any. Times are seconds of one clock."""

    def __init__(
        self,
        roads: RoadArrays,
        settings: Settings | None = None,
        *,
        level_max: Level = Level.FORECAST,
        limit_mps: F64 | None = None,
    ) -> None:
        self.roads = roads
        self.settings = settings or Settings()
        self.history = History(roads.n_edges, self.settings)
        self.trial = Trial(self.settings)
        self.learning = Learning(roads, self.history, self.trial, self.settings)
        #: the highest level that may answer; FREE switches the prediction off
        self.level_max = level_max
        self._free_s: F64 = roads.cost / TICKS_PER_S
        self.outlook = Outlook.none(self.settings.bins_ahead, roads.n_edges)
        self.trips = Trips()
        self.usefulness = Usefulness()
        self._now = 0.0
        self.table = TimeTable(roads, self.settings.horizons_s, limit_mps)

    # ---- what it is told ------------------------------------------------------------------------------------------------

    def observe(self, now: float, edge: I32, entered_s: F64, left_s: F64, free_s: F64 | None = None) -> None:
        """Crossings that ended by `now`: int32[k] edges, float64[k] times when each could leave the tail, and was at the head.

        `free_s` float64[k]: what each would have taken alone (default: the roads' cost). Raises InvalidInput for edges out of
        range, unequal lengths or times that are not finite; crossings faster than free flow count as no delay.
        """
        edge = np.asarray(edge, np.int32)
        entered, left = np.asarray(entered_s, np.float64), np.asarray(left_s, np.float64)
        if not (len(edge) == len(entered) == len(left)) or not (np.isfinite(entered).all() and np.isfinite(left).all()):
            raise InvalidInput("unequal lengths or times that are not finite", field="observe", fix="one time each per crossing")
        if len(edge) and (edge.min() < 0 or edge.max() >= self.roads.n_edges):
            raise InvalidInput("no such edge", field="edge", fix=f"use 0 .. {self.roads.n_edges - 1}")
        self.step(now)
        free = self._free_s[edge] if free_s is None else np.asarray(free_s, np.float64)
        self.history.observe(edge, entered, np.maximum(left - entered - free, 0.0))

    def plan(self, now: float, plans: Plans) -> None:
        """The plans in hand, which replace those given before."""
        self.step(now)
        flow = np.zeros((self.settings.bins_ahead, self.roads.n_edges), np.float32)
        queue_s = np.zeros(self.roads.n_edges, np.float32)
        roads = self.roads
        propagate(
            roads.out_ptr,
            roads.head,
            roads.cost if plans.closed is None else np.where(plans.closed, -1, roads.cost).astype(np.int32),
            self._free_s + self.history.delay_s,
            plans.fields,
            plans.at,
            plans.start_s,
            plans.leg_ptr,
            plans.leg_row,
            plans.leg_goal,
            plans.leg_service_s,
            self.settings.bin_s,
            flow,
            queue_s,
            plans.waited_s,
        )
        self._planned(now, flow, queue_s, len(plans.at))

    def plan_ways(self, now: float, ways: Sequence[I32], waited_s: Sequence[float]) -> None:
        """The same where the ways themselves are known: the edges that each robot is going to cross, from where it is."""
        self.step(now)
        flow = np.zeros((self.settings.bins_ahead, self.roads.n_edges), np.float32)
        queue_s = np.zeros(self.roads.n_edges, np.float32)
        edge_s = self._free_s + self.history.delay_s
        for way, waited in zip(ways, waited_s, strict=True):
            if len(way):
                starts_s = np.concatenate(([0.0], np.cumsum(edge_s[way])[:-1]))
                bins = (starts_s / self.settings.bin_s).astype(np.int64)
                seen = bins < len(flow)
                np.add.at(flow, (bins[seen], way[seen]), np.float32(1))
                queue_s[way[0]] += np.float32(waited)
        self._planned(now, flow, queue_s, len(ways))

    def _planned(self, now: float, flow: F32, queue_s: F32, robots: int) -> None:
        self.outlook = Outlook(now, flow, queue_s, robots)
        self.learning.remember(self.outlook, now)
        planned = self.outlook.between(now, now + 60.0, self.settings.bin_s)
        self.usefulness.tell(self.history.bin, planned, self.history.flow)
        self._refresh()

    def step(self, now: float) -> bool:
        """Closes bins, learns what has settled, judges the shadow; True when a bin was closed. Cheap when called often."""
        self._now = max(now, self._now)
        bin_ = int(self._now // self.settings.bin_s)
        if bin_ <= self.history.bin:
            return False
        had = self.history.bin
        if had >= 0:
            self.learning.remember(self.outlook, had * self.settings.bin_s)  # only where no plan came during that bin
        self.history.advance(bin_)
        self.usefulness.judge(self.history)
        self.learning.learn(self._now, jumped=had < 0 or bin_ - had >= self.settings.bins_kept)
        self._refresh()
        return True

    # ---- what it says ---------------------------------------------------------------------------------------------------

    def edge_delay_s(self, edge: int, at: float) -> float:
        """Expected seconds beyond free flow of a robot that could enter the edge at time `at`."""
        return self.table.delay_s(edge, at - self._now)

    def delays_s(self, lead_s: float) -> F32:
        """float32[E]: the same for all edges, `lead_s` from now."""
        return self.table.delays_s(lead_s)

    def flows(self, lead_s: float = 60.0, *, judged: bool = True) -> F32 | None:
        """float32[E], crossings per second until `lead_s` from now by the plans in hand, for `Guidance.expect`.

        None where the running mean is as good, or nobody is delayed (usefulness.py); `judged` False: whatever was found.
        """
        if self.level_max < Level.FORECAST or not self.outlook.robots:
            return None
        if judged and not self.usefulness.use_plans(self.history, self._free_s.astype(np.float32)):
            return None
        return self.outlook.between(self._now, self._now + lead_s, self.settings.bin_s)

    def weights(self, now: float, *, lead_s: float = 60.0) -> I32:
        """int32[E] for guidance, 1/8 s: cost plus the delay expected `lead_s` from now; at least 1, closed edges stay closed."""
        self.step(now)
        extra = np.minimum(np.rint(self.delays_s(lead_s) * TICKS_PER_S), EXTRA_TICKS_MAX).astype(np.int32)
        return np.where(self.roads.cost < 0, self.roads.cost, self.roads.cost + extra).astype(np.int32)

    def travel_s(self, start: int, goal: int, speed_mps: float, depart_at: float) -> float:
        """Seconds from node to node for a robot of this speed that leaves at `depart_at`; inf: no way."""
        return float(self.table.from_node(start, speed_mps, depart_at - self._now)[goal])

    def travel_matrix(self, starts: Sequence[int], goals: Sequence[int], speed_mps: float, depart_at: float) -> F32:
        """float32[S, G] seconds, inf where there is no way; one search for each different start."""
        wanted = np.asarray(goals, np.int64)
        rows = [self.table.from_node(s, speed_mps, depart_at - self._now)[wanted] for s in starts]
        return np.asarray(rows, np.float32).reshape(len(starts), len(wanted))

    def eta(self, route: Sequence[int] | I32, now: float, *, speed_mps: float | None = None, scaled: bool = True) -> float:
        """When a robot that could start now will have crossed these edges, seconds of the same clock.

        `scaled`: delays times what earlier trips have shown (trips.py).
        """
        return now + self.table.along(np.asarray(route, np.int32), now - self._now, speed_mps, scaled=scaled)

    def way(self, field: I32, start: int, goal: int) -> I32 | None:
        """int32[k]: the edges of one best way along a goal's cost-to-go int32[V]; None without one. For `eta`."""
        roads, out = self.roads, np.empty(self.roads.n_nodes, np.int32)
        n = descent(roads.out_ptr, roads.head, roads.cost, field, start, goal, out)
        return None if n < 0 else out[:n].copy()

    def trip_ended(self, free_s: float, predicted_s: float, took_s: float) -> None:
        """A trip has ended for which `predicted_s` (by `eta(..., scaled=False)`) had been said; scales those that come."""
        self.trips.ended(free_s, predicted_s, took_s)

    def levels(self) -> tuple[Level, ...]:
        """The level in use at each horizon."""
        return tuple(min(self.trial.level(h), self.level_max) for h in range(len(self.settings.horizons_s)))

    def _refresh(self) -> None:
        """Computes the delays at the knots from what is known now."""
        levels = self.levels()
        mean = self.history.delay_s
        rows = [np.zeros_like(mean) if levels[0] is Level.FREE else mean]
        said = self.learning.answers(self.outlook, self._now) if Level.FORECAST in levels else {}
        for h, level in enumerate(levels):
            rows.append(np.zeros_like(mean) if level is Level.FREE else said.get(h, mean) if level is Level.FORECAST else mean)
        self.table.fill(np.stack(rows).astype(np.float32), self.trips.scale)
