"""Virtual time: what happens next, and the clock that each node believes in."""

from __future__ import annotations

import heapq
from collections.abc import Callable

#: A wake-up that was computed from a drifting clock comes this much late rather than early, seconds.
LATE_S = 0.001


class Scheduler:
    """Callbacks by true time; those of one time in the order in which they were asked for."""

    def __init__(self) -> None:
        self.now = 0.0
        self.events = 0
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._count = 0

    def at(self, time: float, callback: Callable[[], None]) -> None:
        self._count += 1
        heapq.heappush(self._heap, (max(time, self.now), self._count, callback))

    def after(self, seconds: float, callback: Callable[[], None]) -> None:
        self.at(self.now + seconds, callback)

    def run(self, until: float, stop: Callable[[], bool]) -> None:
        """Up to `until` (true seconds), or until `stop` says so."""
        heap = self._heap
        while heap and heap[0][0] <= until and not stop():
            self.now, _, callback = heapq.heappop(heap)
            self.events += 1
            callback()
        if not stop():
            self.now = until


class Clock:
    """Boot time of one machine: runs `rate` times as fast as true time, and begins again at a reboot."""

    def __init__(self, scheduler: Scheduler, rate: float) -> None:
        self._scheduler, self.rate = scheduler, rate
        self._base, self._since = 0.0, scheduler.now

    @property
    def now(self) -> float:
        return self._base + (self._scheduler.now - self._since) * self.rate

    def true_at(self, local: float) -> float:
        """The true time at which this clock shows `local`."""
        return self._since + (local - self._base) / self.rate + LATE_S

    def reboot(self, floor: float) -> None:
        """The counter begins again; the shell adds what it has stored (the latest `now` that it has written)."""
        self._base, self._since = floor, self._scheduler.now
