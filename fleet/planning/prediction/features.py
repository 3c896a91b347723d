"""What the learnt part looks at, per edge and lead time: running means, plans in hand, queues, the site's rhythm.

All columns are linear in delays (s) or in flows (crossings per second): a ridge stays sane where a site is busier than ever.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

import numpy as np

from fleet.planning.prediction.history import F32, History
from fleet.traffic.csr import RoadArrays

NAMES: Final = (
    "delay",
    "delay_last",
    "delay_reverse",
    "delay_next",
    "delay_rivals",
    "delay_site",
    "delay_rhythm",
    "delay_by_flow",
    "flow",
    "flow_reverse",
    "flow_head",
    "flow_rhythm",
    "plan",
    "plan_reverse",
    "plan_head",
    "plan_head_squared",
    "plan_tail",
    "queue",
    "queue_next",
)
#: Changes with the columns: a stored model of other columns is not used.
HASH: Final = hashlib.sha256(" ".join(NAMES).encode()).hexdigest()[:12]
#: Planned flow over mean flow is believed up to this.
RATIO_MAX: Final = 4.0
#: Flow that is as good as none, crossings per second.
FLOW_MIN: Final = 1e-3


@dataclass(frozen=True, slots=True)
class Outlook:
    """Plans in hand at `made_at`: `flow` float32[B, E], entries per bin from then; `queue_s` float32[E]; `robots` behind it."""

    made_at: float
    flow: F32
    queue_s: F32
    robots: int

    @classmethod
    def none(cls, n_bins: int, n_edges: int) -> Outlook:
        return cls(0.0, np.zeros((n_bins, n_edges), np.float32), np.zeros(n_edges, np.float32), 0)

    def around(self, at: float, bin_s: float) -> F32:
        """float32[E]: planned entries per second around a time (a bin on either side)."""
        middle = max(0, int((at - self.made_at) / bin_s))
        return self._mean(max(0, middle - 1), middle + 2, bin_s)

    def between(self, start: float, end: float, bin_s: float) -> F32:
        """float32[E]: planned entries per second from one time to another."""
        first = max(0, int((start - self.made_at) / bin_s))
        return self._mean(first, max(first + 1, int(np.ceil((end - self.made_at) / bin_s))), bin_s)

    def _mean(self, first: int, after: int, bin_s: float) -> F32:
        rows = self.flow[min(first, len(self.flow)) : after]
        return np.asarray(rows.sum(axis=0) / np.float32(bin_s * max(1, len(rows))), np.float32)


class Columns:
    """What all lead times share, computed once per bin; `at` gives float32[E, F] for one lead time."""

    def __init__(self, roads: RoadArrays, history: History, outlook: Outlook, now: float) -> None:
        self._roads, self._history, self._outlook, self._now = roads, history, outlook, now
        self._bin_s = history.bin_s
        delay, flow = history.delay_s, history.flow
        self.delay, self.flow = delay, flow
        weight = flow + np.float32(FLOW_MIN)
        self._next = self._onward(self._per_tail(delay * weight) / self._per_tail(weight, least=FLOW_MIN))
        into = self._per_head(delay * weight)
        others = np.maximum(self._per_head(weight)[roads.head] - weight, FLOW_MIN)
        self._rivals = np.maximum(into[roads.head] - delay * weight, 0) / others
        total = float(flow.sum())
        self._site = float((delay * flow).sum()) / total if total > 0 else 0.0
        self._flow_head = self._onward(self._per_head(flow))
        self._queue_next = self._onward(self._per_tail(outlook.queue_s))

    def at(self, lead_s: float) -> F32:
        n = self._roads.n_edges
        rhythm = self._history.profile(self._now + lead_s)
        rhythm_flow, rhythm_delay = rhythm if rhythm is not None else (self.flow, self.delay)
        plan = self._outlook.around(self._now + lead_s, self._bin_s)
        into = self._per_head(plan)
        plan_head, plan_tail = self._onward(into), into[self._roads.tail]
        ratio = np.minimum((plan + FLOW_MIN) / (self.flow + FLOW_MIN), RATIO_MAX)
        columns = (
            self.delay,
            self._history.last_s,
            self._mirror(self.delay),
            self._next,
            self._rivals,
            np.full(n, self._site),
            rhythm_delay,
            self.delay * ratio,
            self.flow,
            self._mirror(self.flow),
            self._flow_head,
            rhythm_flow,
            plan,
            self._mirror(plan),
            plan_head,
            plan_head**2,
            plan_tail,
            self._outlook.queue_s,
            self._queue_next,
        )
        return np.stack(columns, axis=1).astype(np.float32)

    def _per_head(self, values: F32) -> F32:
        return np.bincount(self._roads.head, values, self._roads.n_nodes).astype(np.float32)

    def _per_tail(self, values: F32, least: float = 0.0) -> F32:
        return np.maximum(np.bincount(self._roads.tail, values, self._roads.n_nodes), least).astype(np.float32)

    def _onward(self, per_node: F32) -> F32:
        return per_node[self._roads.head]

    def _mirror(self, values: F32) -> F32:
        """The value of each edge's reverse, 0 where it has none."""
        return np.where(self._roads.reverse >= 0, values[self._roads.reverse], np.float32(0))
