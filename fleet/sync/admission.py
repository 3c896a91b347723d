"""Only so many edge nodes resynchronise with a hub at once; the others are told when to ask again.

After a reconnect storm the hub's store would otherwise read and send everything to everybody at the same time.
"""

from __future__ import annotations

#: A resync that makes no progress for so long gives its place away, seconds.
STUCK_S = 60.0
#: An edge node that must wait is told to come back after this time, and later the more are waiting, seconds.
RETRY_S = 1.0


class Admission:
    """Shared by all machines of a hub."""

    def __init__(self, concurrent: int = 8) -> None:
        self._concurrent = concurrent
        self._inside: dict[str, float] = {}
        self._turned_away: dict[str, float] = {}

    def enter(self, edge: str, now: float) -> float:
        """0: go on. Otherwise: seconds until it should ask again."""
        for other, since in list(self._inside.items()):
            if now - since > STUCK_S:
                del self._inside[other]
        for other, since in list(self._turned_away.items()):
            if now - since > STUCK_S:
                del self._turned_away[other]
        if edge in self._inside or len(self._inside) < self._concurrent:
            self._inside[edge] = now
            self._turned_away.pop(edge, None)
            return 0.0
        self._turned_away[edge] = now
        return RETRY_S * (1 + len(self._turned_away) // self._concurrent)

    def progress(self, edge: str, now: float) -> None:
        if edge in self._inside:
            self._inside[edge] = now

    def leave(self, edge: str) -> None:
        self._inside.pop(edge, None)
