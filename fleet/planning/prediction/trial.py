"""Who may answer: every level is scored against what then happened, and a new model serves only after it has won in the shadow.

Levels: free flow, running mean (persistence), forecast. Each is scored per lead time over the last window on the same edges; the
highest level that is better than the ones below it is in use (the forecast: by a margin over the running mean). A candidate is
scored beside them on data that is newer than its last training row.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np

from fleet.planning.prediction.history import F32
from fleet.planning.prediction.ridge import Model
from fleet.planning.prediction.settings import Settings


class Level(IntEnum):
    FREE = 0
    MEAN = 1
    FORECAST = 2


#: Columns of a score: those levels, then the candidate.
CANDIDATE = 3


@dataclass(frozen=True, slots=True)
class Score:
    """One resolved bin: `weight` crossings; squared and absolute errors of the four columns, NaN where there was no answer."""

    weight: float
    squared: F32
    absolute: F32
    model: str
    candidate: str


@dataclass
class Trial:
    """`serving` may answer, `candidate` may not yet. `told`: what became of candidates, newest last."""

    settings: Settings
    serving: Model | None = None
    candidate: Model | None = None
    told: deque[str] = field(default_factory=lambda: deque(maxlen=8))
    _scores: list[deque[Score]] = field(default_factory=list)

    def __post_init__(self) -> None:
        window = max(1, int(self.settings.trial_s / self.settings.bin_s))
        self._scores = [deque(maxlen=window) for _ in self.settings.horizons_s]

    def propose(self, model: Model) -> None:
        """Puts a model into the shadow; one that is there already has not been judged, and goes."""
        if self.candidate is not None:
            self.told.append(f"{self.candidate.id} left the shadow unjudged")
        self.candidate = model

    def score(self, h: int, target_s: F32, weight: F32, answers: list[F32 | None], models: tuple[str, str]) -> None:
        """`answers`: what free flow, mean, serving and candidate (by the ids `models` then) had said for horizon h; N each."""
        squared, absolute = np.full(4, np.nan, np.float32), np.full(4, np.nan, np.float32)
        total = float(weight.sum())
        if total <= 0:
            return
        for k, said in enumerate(answers):
            if said is not None:
                missed = said - target_s
                squared[k] = (weight * missed**2).sum() / total
                absolute[k] = (weight * np.abs(missed)).sum() / total
        self._scores[h].append(Score(total, squared, absolute, *models))

    def verdict(self) -> None:
        """Promotes or drops the candidate once it has been tried for the whole window at every lead time."""
        if self.candidate is None:
            return
        tries = [[s for s in scores if s.candidate == self.candidate.id] for scores in self._scores]
        if any(len(t) < (scores.maxlen or 1) for t, scores in zip(tries, self._scores, strict=True)):
            return
        won, why = self._won(tries)
        self.told.append(f"{self.candidate.id} {why}")
        if won:
            self.serving = self.candidate
        self.candidate = None

    def _won(self, tries: list[list[Score]]) -> tuple[bool, str]:
        """By the mean over lead times of its squared error over each rival's."""
        assert self.candidate is not None
        ratios: dict[str, list[float]] = {"free flow": [], "the running mean": [], "the model in service": []}
        for scores in tries:
            w = np.array([s.weight for s in scores])
            squared = np.stack([s.squared for s in scores])
            errors = [float(w @ squared[:, k] / w.sum()) for k in range(4)]
            for k, name in enumerate(ratios):
                if np.isfinite(errors[k]):
                    ratios[name].append(errors[CANDIDATE] / max(errors[k], 1e-9))
        for name, found in ratios.items():
            bar = 1.0 - self.settings.margin if name == "the running mean" else 1.0
            if found and float(np.mean(found)) >= bar:
                return False, f"refused: {float(np.mean(found)):.3f} of the squared error of {name}"
        return True, f"in service: {float(np.mean(ratios['the running mean'])):.3f} of the squared error of the running mean"

    def level(self, h: int) -> Level:
        """The level in use for horizon number h. Without scores a stored model is believed, and the running mean."""
        scores = [s for s in self._scores[h] if self.serving is None or s.model == self.serving.id]
        if not scores:
            return Level.FORECAST if self.serving is not None else Level.MEAN
        w = np.array([s.weight for s in scores])
        squared = np.stack([s.squared for s in scores])
        errors = [float(w @ squared[:, k] / w.sum()) for k in range(3)]
        best = Level.FREE
        for level in (Level.MEAN, Level.FORECAST):
            margin = self.settings.margin if best is not Level.FREE else 0.0
            better = errors[level] < errors[best] * (1.0 - margin)
            if np.isfinite(errors[level]) and better:
                best = level
        return best if best is not Level.FORECAST or self.serving is not None else Level.MEAN

    def errors_s(self, h: int) -> dict[str, float]:
        """Mean absolute error of each level over the window, seconds; empty without data."""
        scores = self._scores[h]
        if not scores:
            return {}
        w = np.array([s.weight for s in scores])
        table = np.stack([s.absolute for s in scores])
        names = ("free", "mean", "forecast", "candidate")
        found = {name: float(w @ table[:, k] / w.sum()) for k, name in enumerate(names)}
        return {name: value for name, value in found.items() if np.isfinite(value)}
