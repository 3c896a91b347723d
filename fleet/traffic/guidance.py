"""Guidance: what each edge should cost a robot, so that the fields lead the traffic apart before it meets.

    weight(e) = free-flow cost x (against its lane: `soft`, or closed where lanes are hard)
              + cost x opposing x max(0, flow(reverse of e) - flow(e) / 2)      robots that would come towards us
              + cost x waiting x share of time that somebody stands waiting at the head of e
              + forecast(e)                                                     from fleet.planning.prediction
              + penalty(e)                                                      whatever else its owner knows, in 1/8 s

Flow is in robots per free-flow passage of the edge, so that one setting fits cells of 1 m and aisles of 20 m. Both are
exponential averages; weights are renewed once per `period_s`, and `epoch` counts the renewals (a cost-to-go field belongs
to one epoch). Fields computed under an older epoch stay usable: they are only less informed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fleet.contracts.errors import InvalidInput
from fleet.traffic.csr import TICKS_PER_S, Float64, Int32, RoadArrays
from fleet.traffic.fields import WEIGHT_MAX
from fleet.traffic.lanes import Lanes


@dataclass(frozen=True, slots=True)
class GuidanceSettings:
    """`soft`: cost factor against a lane; `hard`: against a lane is closed. `opposing`, `waiting`: see the module.

    `period_s`: between renewals; `memory`: share of the average kept at each. Raises InvalidInput.
    """

    soft: float = 2.0
    hard: bool = False
    opposing: float = 1.0
    waiting: float = 1.0
    period_s: float = 10.0
    memory: float = 0.9

    def __post_init__(self) -> None:
        if self.soft < 1 or self.opposing < 0 or self.waiting < 0:
            raise InvalidInput("a cost below free flow", field="soft, opposing, waiting", fix="soft >= 1, the others >= 0")
        if self.period_s <= 0 or not 0 <= self.memory < 1:
            raise InvalidInput("no such average", field="period_s, memory", fix="period_s > 0, 0 <= memory < 1")


class Guidance:
    """Weights of all edges, renewed from what is seen. Deterministic; no clock: the caller says how much time has passed."""

    def __init__(self, roads: RoadArrays, lanes: Lanes | None = None, settings: GuidanceSettings | None = None) -> None:
        self.roads = roads
        self.settings = settings or GuidanceSettings()
        self.epoch = 0
        self._lane_cost, self._closed = self._lanes(lanes)
        self._flow: Float64 = np.zeros(roads.n_edges)
        self._wait: Float64 = np.zeros(roads.n_nodes)
        self._moves: Float64 = np.zeros(roads.n_edges)
        self._waits: Float64 = np.zeros(roads.n_nodes)
        self._since_s = 0.0
        self._forecast: Float64 = np.zeros(roads.n_edges)
        self._expected: Float64 | None = None
        self._penalty: Float64 = np.zeros(roads.n_edges)
        self._passage_s = roads.cost / TICKS_PER_S
        self._weights = self._renewed()

    def observe(self, moved_edges: Int32, waiting_nodes: Int32, dt_s: float = 1.0) -> bool:
        """`moved_edges`: edges entered during the last `dt_s`; `waiting_nodes`: where a robot waited for all of it.

        True when that made the weights new.
        """
        np.add.at(self._moves, moved_edges, 1.0)
        np.add.at(self._waits, waiting_nodes, dt_s)
        self._since_s += dt_s
        if self._since_s < self.settings.period_s:
            return False
        keep = self.settings.memory
        self._flow = keep * self._flow + (1 - keep) * self._moves / self._since_s
        self._wait = keep * self._wait + (1 - keep) * self._waits / self._since_s
        self._moves[:] = 0
        self._waits[:] = 0
        self._since_s = 0.0
        self._renew()
        return True

    def weights(self) -> Int32:
        """int32[E] in 1/8 s, >= 1; -1 where closed. Read-only; a new array at each epoch."""
        return self._weights

    def set_forecast(self, delay: Float64 | None) -> None:
        """Predicted delay of each edge, float64[E] in 1/8 s (None: none); counts from now on."""
        self._forecast = np.zeros(self.roads.n_edges) if delay is None else np.asarray(delay, dtype=np.float64)
        self._renew()

    def expect(self, flow: Float64 | None) -> None:
        """Flow that is expected in the next minute, float64[E] entries per second (Predictor.flows), instead of the average;
        None: the average again. Counts from the next renewal on."""
        self._expected = None if flow is None else np.asarray(flow, dtype=np.float64)

    def set_penalty(self, penalty: Float64 | None) -> None:
        """Further costs of each edge, float64[E] in 1/8 s (None: none), such as a stopped robot at its head."""
        self._penalty = np.zeros(self.roads.n_edges) if penalty is None else np.asarray(penalty, dtype=np.float64)
        self._renew()

    @property
    def flow(self) -> Float64:
        """float64[E]: average of entries per second."""
        return self._flow

    @property
    def wait(self) -> Float64:
        """float64[V]: average number of robots that wait at the node."""
        return self._wait

    def _lanes(self, lanes: Lanes | None) -> tuple[Float64, np.ndarray[tuple[int, ...], np.dtype[np.bool_]]]:
        cost = self.roads.cost.astype(np.float64)
        closed = np.zeros(self.roads.n_edges, dtype=np.bool_)
        if lanes is None:
            return cost, closed
        if self.settings.hard:
            return cost, lanes.against.copy()
        return np.where(lanes.against, cost * self.settings.soft, cost), closed

    def _renew(self) -> None:
        self._weights = self._renewed()
        self.epoch += 1

    def _renewed(self) -> Int32:
        cost, s = self.roads.cost, self.settings
        load = (self._flow if self._expected is None else self._expected) * self._passage_s
        towards = np.where(self.roads.reverse >= 0, load[np.maximum(self.roads.reverse, 0)], 0.0)
        total = self._lane_cost + cost * s.opposing * np.maximum(0.0, towards - 0.5 * load)
        total += cost * s.waiting * self._wait[self.roads.head] + self._forecast + self._penalty
        whole = np.clip(np.round(total), 1, WEIGHT_MAX).astype(np.int32)
        whole[self._closed] = -1
        whole.setflags(write=False)
        return whole
