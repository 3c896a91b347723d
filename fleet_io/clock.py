"""Unix-like seconds that never go back: not when the wall clock is set, not in suspend, not across a restart.

Order never depends on the wall clock (sync design, 7); this clock is for timers, and close to the wall clock for people.
"""

from __future__ import annotations

import time
from collections.abc import Callable

_BOOTTIME = getattr(time, "CLOCK_BOOTTIME", None)


def boot_seconds() -> float:
    """Seconds since the machine started, suspend included where the system can tell."""
    return time.clock_gettime(_BOOTTIME) if _BOOTTIME is not None else time.monotonic()


class BootClock:
    """What the wall clock said at the start, but never before `floor`, plus the time since."""

    def __init__(
        self, floor: float = 0.0, *, wall: Callable[[], float] = time.time, boot: Callable[[], float] = boot_seconds
    ) -> None:
        self._boot = boot
        self._base = max(wall(), floor) - boot()

    def __call__(self) -> float:
        return self._base + self._boot()
