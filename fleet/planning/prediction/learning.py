"""Samples made of what was known then and what happened later; fits, and the scores of all levels."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fleet.planning.prediction.features import NAMES, Columns, Outlook
from fleet.planning.prediction.history import F32, I64, History
from fleet.planning.prediction.ridge import Model, fit
from fleet.planning.prediction.settings import Settings
from fleet.planning.prediction.trial import Trial
from fleet.traffic.csr import RoadArrays

#: Edges that one bin is learnt from and scored on, at most.
EDGES_PER_BIN = 1_500


@dataclass(frozen=True)
class Snapshot:
    """What was known early in `bin`: `columns` float32[H, N, F] and the running mean of the N chosen edges; who answered."""

    bin: int
    edges: I64
    columns: F32
    mean_s: F32
    serving: Model | None
    candidate: Model | None


class Rows:
    """The newest `size` rows of one horizon, in a ring."""

    def __init__(self, size: int) -> None:
        self._x: F32 = np.zeros((size, len(NAMES)), np.float32)
        self._rest: F32 = np.zeros((size, 3), np.float32)
        self._next = 0
        self.n = 0

    def add(self, columns: F32, target_s: F32, mean_s: F32, weight: F32) -> None:
        at = (self._next + np.arange(len(target_s))) % len(self._x)
        self._x[at] = columns
        self._rest[at] = np.stack((target_s, mean_s, weight), axis=1)
        self._next = (self._next + len(target_s)) % len(self._x)
        self.n = min(len(self._x), self.n + len(target_s))

    def parts(self) -> tuple[F32, F32, F32, F32]:
        """columns, target, running mean, weight."""
        rest = self._rest[: self.n]
        return self._x[: self.n], rest[:, 0], rest[:, 1], rest[:, 2]


class Learning:
    def __init__(self, roads: RoadArrays, history: History, trial: Trial, settings: Settings) -> None:
        self._roads, self._history, self._trial, self._settings = roads, history, trial, settings
        horizons = settings.horizons_s
        self._pending: deque[Snapshot] = deque(maxlen=settings.bins_kept)
        self._rows = [Rows(settings.samples_max // len(horizons)) for _ in horizons]
        self._settle_bins = max(2, int(settings.settle_s / settings.bin_s))
        self._resolved = [-1] * len(horizons)
        self._fitted_at: float | None = None

    @property
    def samples(self) -> int:
        """Rows of all horizons that a fit could use now."""
        return sum(rows.n for rows in self._rows)

    def answers(self, outlook: Outlook, now: float) -> dict[int, F32]:
        """float32[E] seconds for each horizon number from the model in service; empty without one."""
        model = self._trial.serving
        if model is None:
            return {}
        columns = Columns(self._roads, self._history, outlook, now)
        mean = self._history.delay_s
        return {h: self._bounded(mean + model.residual_s(h, columns.at(s))) for h, s in enumerate(self._settings.horizons_s)}

    def remember(self, outlook: Outlook, now: float) -> None:
        """Once per bin: keeps what is known now until it has settled what the answers should have been."""
        if self._pending and self._pending[-1].bin == self._history.bin:
            return
        chosen = self._chosen(outlook)
        if not len(chosen):
            return
        columns = Columns(self._roads, self._history, outlook, now)
        tables = np.stack([columns.at(s)[chosen] for s in self._settings.horizons_s])
        mean = self._history.delay_s[chosen]
        self._pending.append(Snapshot(self._history.bin, chosen, tables, mean, self._trial.serving, self._trial.candidate))

    def learn(self, now: float, *, jumped: bool) -> None:
        """Scores and stores what has settled; fits a new candidate when it is time. `jumped`: history has started anew."""
        if jumped:
            self._pending.clear()
        for h, horizon_s in enumerate(self._settings.horizons_s):
            ahead = int(horizon_s / self._settings.bin_s)
            settled = self._history.bin - self._settle_bins - ahead - 2
            for snapshot in self._pending:
                if self._resolved[h] < snapshot.bin <= settled:
                    self._resolve(h, snapshot, ahead)
            self._resolved[h] = settled
        self._trial.verdict()
        if self._fitted_at is None:
            self._fitted_at = now
        due = now - self._fitted_at >= self._settings.retrain_s and self._trial.candidate is None
        if due and min(rows.n for rows in self._rows) * len(self._rows) >= self._settings.samples_min:
            self._fitted_at = now
            parts = [rows.parts() for rows in self._rows]
            self._trial.propose(
                fit(
                    *(list(p) for p in zip(*parts, strict=True)),
                    penalty=self._settings.ridge,
                    horizons_s=self._settings.horizons_s,
                    now=now,
                )
            )

    def _resolve(self, h: int, snapshot: Snapshot, ahead: int) -> None:
        weight, target = self._history.target(snapshot.bin + ahead)
        weight, target = weight[snapshot.edges], target[snapshot.edges]
        seen = weight > 0
        if not seen.any():
            return
        weight, target, mean = weight[seen], target[seen], snapshot.mean_s[seen]
        columns = snapshot.columns[h][seen]
        answers: list[F32 | None] = [np.zeros_like(mean), mean]
        for model in (snapshot.serving, snapshot.candidate):
            answers.append(None if model is None else self._bounded(mean + model.residual_s(h, columns)))
        names = (snapshot.serving.id if snapshot.serving else "", snapshot.candidate.id if snapshot.candidate else "")
        self._trial.score(h, target, weight, answers, names)
        self._rows[h].add(columns, target, mean, weight)

    def _chosen(self, outlook: Outlook) -> I64:
        """Edges with traffic or plans, every k-th of them, another offset in each bin: all come round, none is favoured."""
        busy = np.flatnonzero((self._history.flow > 0) | (outlook.flow.sum(axis=0) > 0))
        step = -(-len(busy) // EDGES_PER_BIN) if len(busy) else 1
        return busy[self._history.bin % step :: step].astype(np.int64)

    def _bounded(self, delay_s: NDArray[np.float32]) -> F32:
        return np.clip(delay_s, 0.0, self._settings.cap_s).astype(np.float32)
