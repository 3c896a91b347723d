"""The independent checker of collisions: it sees nothing but where the bodies' centres are.

Between two sub-ticks every body drives straight at constant speed, so the least distance of two is that of a point to a segment
in their relative motion: found exactly, not sampled. Bodies are discs; a pair nearer than the sum of the radii collides.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from fleet.traffic.jit import njit
from fleet.traffic.state import F64, I32

#: Two bodies may touch; arithmetic may be off by this much, metres.
EPSILON_M = 1e-6
#: Collisions that are described in words; all are counted.
KEPT_MAX = 20


@dataclass(slots=True)
class CollisionChecker:
    """`radius_m`: of every body. A pair counts once for each time that it begins to overlap."""

    radius_m: float
    count: int = 0
    least_m: float = np.inf
    kept: list[tuple[float, int, int, float]] = field(default_factory=list)
    _overlapping: set[tuple[int, int]] = field(default_factory=set)

    def watch(self, now_s: float, x0: F64, y0: F64, x1: F64, y1: F64, level0: I32, level1: I32) -> None:
        """Centres at the last sub-tick and at this one, metres; levels of the map that each was on and is on."""
        pairs, apart = _near_pairs(x0, y0, x1, y1, level0, level1, 2.0 * self.radius_m)
        if len(apart):
            self.least_m = min(self.least_m, float(apart.min()))
        now: set[tuple[int, int]] = set()
        for (i, j), distance_m in zip(pairs.tolist(), apart.tolist(), strict=True):
            if distance_m < 2.0 * self.radius_m - EPSILON_M:
                now.add((i, j))
                if (i, j) not in self._overlapping:
                    self.count += 1
                    if len(self.kept) < KEPT_MAX:
                        self.kept.append((now_s, i, j, distance_m))
        self._overlapping = now


@njit
def _near_pairs(x0: F64, y0: F64, x1: F64, y1: F64, level0: I32, level1: I32, apart_m: float) -> tuple[I32, F64]:
    """Pairs (i < j) whose least distance in the interval is below `apart_m`, and that distance. Sweep along x."""
    n = len(x0)
    low = np.minimum(x0, x1)
    high = np.maximum(x0, x1)
    order = np.argsort(low)
    pairs = np.empty((4 * n + 16, 2), np.int32)
    apart = np.empty(4 * n + 16, np.float64)
    found = 0
    for k in range(n):
        i = order[k]
        for m in range(k + 1, n):
            j = order[m]
            if low[j] > high[i] + apart_m:
                break
            if min(y0[j], y1[j]) > max(y0[i], y1[i]) + apart_m or max(y0[j], y1[j]) < min(y0[i], y1[i]) - apart_m:
                continue
            if level0[i] != level0[j] and level0[i] != level1[j] and level1[i] != level0[j] and level1[i] != level1[j]:
                continue
            dx, dy = x0[j] - x0[i], y0[j] - y0[i]
            vx, vy = (x1[j] - x1[i]) - dx, (y1[j] - y1[i]) - dy
            square = vx * vx + vy * vy
            t = 0.0 if square == 0.0 else min(1.0, max(0.0, -(dx * vx + dy * vy) / square))
            distance = np.hypot(dx + t * vx, dy + t * vy)
            if distance < apart_m and found < len(apart):
                pairs[found, 0], pairs[found, 1] = min(i, j), max(i, j)
                apart[found] = distance
                found += 1
    return pairs[:found], apart[:found]
