"""What sums of edge delays miss: whole trips that have ended tell by which factor predicted delays are to be scaled.

New robots have the lowest right of way, and those still stuck have not reported yet; both make sums of means too small where it
is crowded. The factor follows whichever level is in use.
"""

from __future__ import annotations

from dataclasses import dataclass

#: Trips after which an old one counts half.
HALF_LIFE_TRIPS = 200.0
#: A factor outside this is a sign of something else.
SCALE_MIN, SCALE_MAX = 0.5, 3.0
#: Seconds of delay, predicted and met, that the factor starts from: it stays near 1 until there is evidence.
PRIOR_S = 300.0


@dataclass
class Trips:
    predicted_s: float = 0.0
    met_s: float = 0.0
    n: int = 0

    def ended(self, free_s: float, predicted_s: float, took_s: float) -> None:
        """A trip: alone it would have taken `free_s`; what had been predicted at its start, unscaled, and what it took."""
        keep = 0.5 ** (1.0 / HALF_LIFE_TRIPS)
        self.predicted_s = self.predicted_s * keep + max(0.0, predicted_s - free_s)
        self.met_s = self.met_s * keep + max(0.0, took_s - free_s)
        self.n += 1

    @property
    def scale(self) -> float:
        """What to multiply predicted delays of a way with."""
        return min(SCALE_MAX, max(SCALE_MIN, (self.met_s + PRIOR_S) / (self.predicted_s + PRIOR_S)))
