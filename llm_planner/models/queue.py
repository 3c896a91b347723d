"""Who is next: interactive sentences before batch ones, first come first served within a class, and nobody waits in vain.

A sentence that cannot be answered within its deadline at the speed measured lately is refused at once and told when to come
again, instead of being computed for nobody. The speed is a median, so that one cold start does not shut the door.
"""

from __future__ import annotations

import asyncio
import math
import statistics
from collections import deque
from dataclasses import dataclass, field

from fleet.contracts.errors import QueueFull

#: Sentences whose time makes the measured speed.
MEASURED = 15


@dataclass(eq=False)
class Ticket:
    """One sentence in the queue. `turn` is done when it may be computed."""

    batch: bool
    turn: asyncio.Future[None]
    began: float | None = None


@dataclass
class TranslationQueue:
    """One sentence at a time has its turn. `queue_max`, `batch_max`: sentences of each class that may wait.

    `now` is any clock in seconds. Use from one event loop: `admit`, wait for `ticket.turn`, and `leave` whatever happened.
    """

    queue_max: int
    batch_max: int
    _current: Ticket | None = None
    _waiting: dict[bool, deque[Ticket]] = field(default_factory=lambda: {False: deque(), True: deque()})
    _times: deque[float] = field(default_factory=lambda: deque(maxlen=MEASURED))

    @property
    def waiting(self) -> dict[str, int]:
        return {"interactive": len(self._waiting[False]), "batch": len(self._waiting[True])}

    @property
    def sentence_s(self) -> float:
        """Seconds a sentence takes, lately; 0 before the first one."""
        return statistics.median(self._times) if self._times else 0.0

    def wait_s(self, now: float, *, batch: bool) -> float:
        """How long a sentence that comes now would wait for its turn."""
        if self._current is None:
            return 0.0
        ran_s = now - self._current.began if self._current.began is not None else 0.0
        ahead = len(self._waiting[False]) + (len(self._waiting[True]) if batch else 0)
        return max(0.0, self.sentence_s - ran_s) + ahead * self.sentence_s

    def admit(self, now: float, *, deadline_s: float, batch: bool = False) -> Ticket:
        """A place in the queue. Raises QueueFull saying when to try again."""
        line, room = self._waiting[batch], self.batch_max if batch else self.queue_max
        wait_s = self.wait_s(now, batch=batch)
        if self._current is not None and len(line) >= room:
            again_s = max(1.0, self.sentence_s)
            raise QueueFull(f"{len(line)} sentences are waiting", fix=f"try again in {again_s:.0f} s")
        # with nobody ahead it is always tried: else a slow spell would never be measured away
        whole_s = wait_s + self.sentence_s
        if wait_s > 0 and whole_s > deadline_s:
            raise QueueFull(
                f"no answer within {deadline_s:g} s: {self._ahead(batch)} sentences come before, {self.sentence_s:.1f} s each",
                field="deadline_s",
                fix=f"try again in {math.ceil(wait_s)} s, or allow {math.ceil(whole_s)} s",
            )
        ticket = Ticket(batch, asyncio.get_running_loop().create_future())
        line.append(ticket)
        self._next(now)
        return ticket

    def leave(self, ticket: Ticket, now: float) -> None:
        """The sentence is answered, or given up; the next one has its turn."""
        if ticket is self._current:
            if ticket.began is not None:
                self._times.append(now - ticket.began)
            self._current = None
        elif ticket in self._waiting[ticket.batch]:
            self._waiting[ticket.batch].remove(ticket)
        self._next(now)

    def _ahead(self, batch: bool) -> int:
        return 1 + len(self._waiting[False]) + (len(self._waiting[True]) if batch else 0)

    def _next(self, now: float) -> None:
        while self._current is None:
            line = self._waiting[False] or self._waiting[True]
            if not line:
                return
            ticket = line.popleft()
            if not ticket.turn.done():  # cancelled: its caller leaves by itself
                ticket.began = now
                ticket.turn.set_result(None)
                self._current = ticket
