"""Motion along a straight line as a closed formula: trapezoids of speed over segments with limits.

No time steps: position at any moment is computed, and so is the moment of any position. That is what lets hours of
eight robots run in seconds.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

_EPSILON = 1e-9


@dataclass(frozen=True, slots=True)
class Phase:
    """Constant acceleration from `start_s` (seconds) at `at_m` and `speed_mps` for `duration_s`."""

    start_s: float
    duration_s: float
    at_m: float
    speed_mps: float
    acceleration_mps2: float


@dataclass(frozen=True, slots=True)
class Profile:
    """Motion along one line. Times are on the world's clock, distances from the line's start."""

    phases: tuple[Phase, ...]
    end_s: float
    length_m: float
    mark_times_s: tuple[float, ...]  # when the end of each segment is reached

    def at(self, time_s: float) -> tuple[float, float]:
        """(metres from the start, m/s) at a time; clamped to the profile's ends."""
        if time_s >= self.end_s or not self.phases:
            return self.length_m, 0.0
        phase = self.phases[0]
        for later in self.phases[1:]:
            if later.start_s > time_s:
                break
            phase = later
        dt = max(0.0, min(time_s - phase.start_s, phase.duration_s))
        speed = max(0.0, phase.speed_mps + phase.acceleration_mps2 * dt)
        return phase.at_m + phase.speed_mps * dt + 0.5 * phase.acceleration_mps2 * dt * dt, speed


def plan_run(start_s: float, speed_mps: float, segments: Sequence[tuple[float, float]], acceleration_mps2: float) -> Profile:
    """Fastest motion over `segments` (length m, speed limit m/s), from `speed_mps` to standing at their end.

    The usual forward and backward pass over the speeds at the segments' ends (as in time-optimal path following). Whoever
    comes too fast to stop in time brakes harder than `acceleration_mps2` in the first segment: the end is never overrun.
    """
    ends = _end_speeds(speed_mps, segments, acceleration_mps2)
    phases: list[Phase] = []
    marks: list[float] = []
    clock_s, at_m = start_s, 0.0
    for i, (length_m, limit_mps) in enumerate(segments):
        for duration_s, speed, acceleration in _trapezoid(ends[i], ends[i + 1], length_m, limit_mps, acceleration_mps2):
            phases.append(Phase(clock_s, duration_s, at_m, speed, acceleration))
            clock_s += duration_s
            at_m += speed * duration_s + 0.5 * acceleration * duration_s * duration_s
        marks.append(clock_s)
    return Profile(tuple(phases), clock_s, sum(s[0] for s in segments), tuple(marks))


def braking_m(speed_mps: float, acceleration_mps2: float) -> float:
    """Distance to standstill."""
    return speed_mps * speed_mps / (2 * acceleration_mps2)


def _end_speeds(speed_mps: float, segments: Sequence[tuple[float, float]], acceleration: float) -> list[float]:
    ends = [speed_mps] + [min(a[1], b[1]) for a, b in itertools.pairwise(segments)] + [0.0]
    for i in range(len(segments) - 1, 0, -1):
        ends[i] = min(ends[i], math.sqrt(ends[i + 1] ** 2 + 2 * acceleration * segments[i][0]))
    for i in range(1, len(segments)):
        ends[i] = min(ends[i], math.sqrt(ends[i - 1] ** 2 + 2 * acceleration * segments[i - 1][0]))
    return ends


def _trapezoid(
    begin_mps: float, end_mps: float, length_m: float, limit_mps: float, acceleration: float
) -> list[tuple[float, float, float]]:
    """(duration, speed at its begin, acceleration) of up to three phases."""
    if length_m <= _EPSILON:
        return []
    if begin_mps * begin_mps - end_mps * end_mps > 2 * acceleration * length_m + _EPSILON:
        harder = (begin_mps**2 - end_mps**2) / (2 * length_m)
        return [((begin_mps - end_mps) / harder, begin_mps, -harder)]
    peak = math.sqrt((2 * acceleration * length_m + begin_mps**2 + end_mps**2) / 2)
    peak = max(min(peak, limit_mps), begin_mps if begin_mps > limit_mps else 0.0, end_mps)
    phases: list[tuple[float, float, float]] = []
    speed_up_s, slow_down_s = max(0.0, peak - begin_mps) / acceleration, max(0.0, peak - end_mps) / acceleration
    driven_m = (begin_mps + peak) / 2 * speed_up_s + (peak + end_mps) / 2 * slow_down_s
    if speed_up_s > _EPSILON:
        phases.append((speed_up_s, begin_mps, acceleration))
    if length_m - driven_m > _EPSILON:
        phases.append(((length_m - driven_m) / peak, peak, 0.0))
    if slow_down_s > _EPSILON:
        phases.append((slow_down_s, peak, -acceleration))
    return phases
