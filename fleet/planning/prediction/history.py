"""What the site has seen: crossings of edges, in a bounded number of arrays.

A crossing of an edge lasts from the moment its robot could have left the edge's tail until it has reached the head, so that the
times along a way add up, waits included. Its delay is what it took beyond free flow. Live means are kept by the time a crossing
ended (all that can be known by then), the targets of learning by the time it began (what a robot that starts then will meet).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fleet.planning.prediction.settings import Settings

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]

#: Weight of one more visit in the means of an hour, at least: a site changes over weeks.
PROFILE_RATE_MIN = 0.1


class History:
    """Arrays over E edges; `bin` is the number of the open bin (time // bin_s), -1 before the first `advance`."""

    def __init__(self, n_edges: int, settings: Settings) -> None:
        self._settings = settings
        self.n_edges = n_edges
        self.bin_s = settings.bin_s
        self.bin = -1
        kept, slots = settings.bins_kept, settings.slots
        self._began_n: F32 = np.zeros((kept, n_edges), np.float32)
        self._began_s: F32 = np.zeros((kept, n_edges), np.float32)
        self._open_n: F32 = np.zeros(n_edges, np.float32)
        self._open_s: F32 = np.zeros(n_edges, np.float32)
        #: delay of the crossings that ended last on each edge: persistence
        self.last_s: F32 = np.zeros(n_edges, np.float32)
        self._decay = 0.5 ** (settings.bin_s / settings.half_life_s)
        #: decayed counts and delays, and the decayed number of bins behind them
        self._mean_n: F32 = np.zeros(n_edges, np.float32)
        self._mean_s: F32 = np.zeros(n_edges, np.float32)
        self._bins = 0.0
        #: means per slot of the site's rhythm: crossings per second, delay in seconds
        self.slot_flow: F32 = np.zeros((slots, n_edges), np.float32)
        self.slot_delay_s: F32 = np.zeros((slots, n_edges), np.float32)
        self.slot_bins: I64 = np.zeros(slots, np.int64)

    def observe(self, edge: I32, entered_s: F64, delay_s: F64) -> None:
        """Crossings that ended in the open bin; equal lengths, edges in range, delays >= 0."""
        delay = np.minimum(delay_s, self._settings.cap_s).astype(np.float32)
        np.add.at(self._open_n, edge, np.float32(1))
        np.add.at(self._open_s, edge, delay)
        began = (entered_s // self._settings.bin_s).astype(np.int64)
        held = (began > self.bin - self._settings.bins_kept) & (began <= self.bin)
        at = (began[held] % self._settings.bins_kept, edge[held])
        np.add.at(self._began_n, at, np.float32(1))
        np.add.at(self._began_s, at, delay[held])

    def advance(self, bin_: int) -> None:
        """Closes all bins before `bin_`. A gap longer than what is kept starts the live part anew."""
        if self.bin < 0 or bin_ - self.bin >= self._settings.bins_kept:
            self._began_n[:] = 0
            self._began_s[:] = 0
            self._mean_n[:] = 0
            self._mean_s[:] = 0
            self._open_n[:] = 0
            self._open_s[:] = 0
            self._bins = 0.0
            self.bin = bin_
            return
        while self.bin < bin_:
            self._close()

    def _close(self) -> None:
        seen = self._open_n > 0
        mean = self._open_s[seen] / self._open_n[seen]
        self.last_s[seen] = mean
        self._mean_n = self._mean_n * np.float32(self._decay) + self._open_n
        self._mean_s = self._mean_s * np.float32(self._decay) + self._open_s
        self._bins = self._bins * self._decay + 1.0
        slot = self.slot(self.bin)
        self.slot_bins[slot] += 1
        rate = np.float32(max(PROFILE_RATE_MIN / 10, 1.0 / float(self.slot_bins[slot])))
        self.slot_flow[slot] += rate * (self._open_n / np.float32(self._settings.bin_s) - self.slot_flow[slot])
        self.slot_delay_s[slot, seen] += max(rate, np.float32(PROFILE_RATE_MIN)) * (mean - self.slot_delay_s[slot, seen])
        self._open_n[:] = 0
        self._open_s[:] = 0
        self.bin += 1
        row = self.bin % self._settings.bins_kept
        self._began_n[row] = 0
        self._began_s[row] = 0

    def slot(self, bin_: int) -> int:
        """Which slot of the rhythm a bin lies in."""
        at = (bin_ * self._settings.bin_s) % self._settings.period_s
        return min(self._settings.slots - 1, int(at / self._settings.period_s * self._settings.slots))

    @property
    def flow(self) -> F32:
        """float32[E], running mean, crossings per second."""
        if self._bins == 0:
            return np.zeros(self.n_edges, np.float32)
        return (self._mean_n / np.float32(self._bins * self._settings.bin_s)).astype(np.float32)

    @property
    def delay_s(self) -> F32:
        """float32[E], running mean per crossing, drawn to the site's mean where little was seen, and that to 0 (free flow).

        Delays have long tails: the mean of a few crossings errs more than no forecast at all, while sums along ways need the
        mean to be right. Drawing to the common mean gives both (empirical Bayes; Efron & Morris 1975).
        """
        prior = np.float32(self._settings.prior)
        site_s = self._mean_s.sum() / (self._mean_n.sum() + prior)
        return np.asarray((self._mean_s + prior * site_s) / (self._mean_n + prior), np.float32)

    @property
    def crossings(self) -> float:
        """Decayed number of crossings that the running means stand on."""
        return float(self._mean_n.sum())

    def target(self, bin_: int) -> tuple[F32, F32]:
        """(crossings, mean delay in seconds), float32[E] each, of robots that began in `bin_` or one of its two neighbours."""
        rows = np.arange(bin_ - 1, bin_ + 2) % self._settings.bins_kept
        n = self._began_n[rows].sum(axis=0)
        return n, self._began_s[rows].sum(axis=0) / np.maximum(n, np.float32(1))

    def began(self, bin_: int, bins: int) -> F32:
        """float32[E]: crossings that began in that many bins from `bin_` on, and have ended."""
        return np.asarray(self._began_n[np.arange(bin_, bin_ + bins) % self._settings.bins_kept].sum(axis=0), np.float32)

    def profile(self, at_s: float) -> tuple[F32, F32] | None:
        """(flow, delay) of the slot around a time, or None where that slot was never seen."""
        slot = self.slot(int(at_s // self._settings.bin_s))
        return (self.slot_flow[slot], self.slot_delay_s[slot]) if self.slot_bins[slot] else None

    def restore_slots(self, flow: F32, delay_s: F32, bins: NDArray[Any]) -> None:
        """The rhythm from a store; shapes as in `slot_flow`, `slot_delay_s`, `slot_bins`."""
        self.slot_flow, self.slot_delay_s, self.slot_bins = flow, delay_s, bins.astype(np.int64)
