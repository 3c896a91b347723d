"""Whether guidance should listen to the plans in hand: the automatic switch, measured on the site itself.

Planned flow replaces the running mean of flow only where it has told the flow of the next minute better, and only where robots
lose time to each other at all: without delays there is nothing to lead apart. docs/prediction.md says where the bounds come from.
"""

from __future__ import annotations

from collections import deque
from typing import Final

import numpy as np

from fleet.planning.prediction.history import F32, History

#: Minutes that are compared, in bins; old ones count half after so many comparisons.
BINS: Final = 4
HALF_LIFE: Final = 20.0
#: Planned flow must have so much less squared error, and the delay per crossing must be so much of its free-flow time.
MARGIN: Final = 0.05
DELAY_SHARE_MIN: Final = 0.05


class Usefulness:
    def __init__(self) -> None:
        self._told: deque[tuple[int, F32, F32]] = deque(maxlen=2 * BINS + 2)
        self.planned_error, self.mean_error, self.n = 0.0, 0.0, 0

    def tell(self, bin_: int, planned: F32, mean: F32) -> None:
        """What was expected at the start of a bin for the next BINS bins: flows float32[E] per second."""
        if not self._told or self._told[-1][0] != bin_:
            self._told.append((bin_, planned, mean))

    def judge(self, history: History) -> None:
        """Compares what was told with the crossings that began since."""
        while self._told and self._told[0][0] + BINS <= history.bin:
            bin_, planned, mean = self._told.popleft()
            came = history.began(bin_, BINS) / np.float32(BINS * history.bin_s)
            keep = 0.5 ** (1.0 / HALF_LIFE)
            self.planned_error = keep * self.planned_error + float(((planned - came) ** 2).sum())
            self.mean_error = keep * self.mean_error + float(((mean - came) ** 2).sum())
            self.n += 1

    def use_plans(self, history: History, free_s: F32) -> bool:
        """Whether planned flow is worth being listened to now."""
        if self.n and self.planned_error > (1.0 - MARGIN) * self.mean_error:
            return False
        flow = history.flow
        driving = float((flow * free_s).sum())
        return driving > 0 and float((flow * history.delay_s).sum()) >= DELAY_SHARE_MIN * driving
