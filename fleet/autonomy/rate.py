"""How fast the queue to the cloud fills, measured over a window, in memory that does not grow."""

from __future__ import annotations

from collections import deque

#: The rate is that of the last day: nights and shifts are both in it, seconds.
WINDOW_S = 86400.0
#: Bytes are summed in buckets of so many seconds; WINDOW_S / BUCKET_S of them are kept.
BUCKET_S = 300.0
#: Before so many seconds have been seen, only what an earlier run has measured counts.
LEAST_S = 600.0


class RateMeter:
    """`prior`: bytes per second as an earlier run measured it (store `rate(now)` now and then); None: unknown."""

    def __init__(self, started_at: float, prior: float | None = None) -> None:
        self._started_at = started_at
        self._prior = prior
        self._buckets: deque[tuple[float, int]] = deque(maxlen=int(WINDOW_S / BUCKET_S))

    def add(self, bytes_: int, now: float) -> None:
        """So many bytes were put into the queue, of rows that stay until the cloud has them (`ev`), not of what is coalesced."""
        at = now - now % BUCKET_S
        if self._buckets and self._buckets[-1][0] == at:
            self._buckets[-1] = (at, self._buckets[-1][1] + bytes_)
        else:
            self._buckets.append((at, bytes_))

    def rate(self, now: float) -> float | None:
        """Bytes per second; the prior has the weight of the part of the window that this run has not seen. None: unknown."""
        while self._buckets and self._buckets[0][0] < now - WINDOW_S - BUCKET_S:
            self._buckets.popleft()
        seen_s = min(WINDOW_S, now - self._started_at)
        if seen_s < LEAST_S:
            return self._prior
        mine = sum(bytes_ for _, bytes_ in self._buckets) / seen_s
        if self._prior is None:
            return mine
        share = seen_s / WINDOW_S
        return share * mine + (1.0 - share) * self._prior
