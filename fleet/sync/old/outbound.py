"""One outgoing stream: rows waiting, rows in flight, and when to send them (again)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from fleet.contracts.errors import QueueFull
from fleet.sync.old.effects import DropRows, NumberRow, PutRow, Row, SetValue

#: Rows of one stream that may wait; one more is refused with QueueFull (the change it belongs to must then be refused).
ROWS_MAX = 100_000
#: Rows and bytes in flight at once (credit window).
FLIGHT_ROWS_MAX = 64
FLIGHT_BYTES_MAX = 256 * 1024
#: First wait before rows in flight are sent again, and the longest, in seconds; doubled each time without progress.
RESEND_S_MIN = 2.0
RESEND_S_MAX = 30.0


@dataclass
class Outbound:
    """`coalesce`: a waiting row is replaced by a newer one of the same key; else every row is kept, numbered at once."""

    stream: str
    coalesce: bool
    next_seq: int = 1
    waiting: dict[str, Row] = field(default_factory=dict)  # by key, oldest first; coalescing streams only
    numbered: dict[int, Row] = field(default_factory=dict)  # by seq, not yet acked
    sent_upto: int = 0
    resend_s: float = RESEND_S_MIN
    resend_at: float = float("inf")

    def load(self, rows: Iterable[Row], next_seq: int) -> None:
        """Take back what the store kept."""
        for row in sorted(rows, key=lambda r: (r.seq, r.at)):
            if row.seq:
                self.numbered[row.seq] = row
            else:
                self.waiting[row.key] = row
        self.next_seq = max([next_seq, *(seq + 1 for seq in self.numbered)])
        self.sent_upto = self.first - 1

    @property
    def first(self) -> int:
        """The oldest seq that can still be sent."""
        return min(self.numbered, default=self.next_seq)

    @property
    def backlog(self) -> int:
        return len(self.waiting) + len(self.numbered)

    @property
    def oldest_at(self) -> float | None:
        times = [row.at for row in self.waiting.values()]
        if self.numbered:
            times.append(self.numbered[self.first].at)
        return min(times, default=None)

    def put(self, key: str, body: bytes, now: float) -> list[PutRow | SetValue]:
        """Raises QueueFull at ROWS_MAX."""
        if self.backlog >= ROWS_MAX and not (self.coalesce and key in self.waiting):
            raise QueueFull(f"{self.backlog} rows wait in stream {self.stream}", fix="wait until the peer is back")
        if self.coalesce:
            row = Row(self.stream, key, 0, body, now)
            self.waiting[key] = row
            return [PutRow(row)]
        row = Row(self.stream, key, self.next_seq, body, now)
        self.numbered[row.seq] = row
        self.next_seq += 1
        return [PutRow(row), self._counter()]

    def rewind(self, committed: int, now: float) -> list[DropRows]:
        """A new session: the peer has committed up to `committed`; everything behind it goes out (again)."""
        effects = self.ack(committed, now)
        self.sent_upto = self.first - 1
        self.resend_s, self.resend_at = RESEND_S_MIN, float("inf")
        return effects

    def ack(self, upto: int, now: float) -> list[DropRows]:
        """The peer has committed up to `upto`."""
        gone = [seq for seq in self.numbered if seq <= upto]
        for seq in gone:
            del self.numbered[seq]
        if not gone:
            return []
        self.resend_s = RESEND_S_MIN
        self.resend_at = now + self.resend_s if self.numbered else float("inf")
        return [DropRows(self.stream, upto)]

    def due(self, now: float) -> tuple[list[NumberRow | SetValue], list[Row]]:
        """(what to store first, rows to send now) within the credit window."""
        if now >= self.resend_at:
            self.sent_upto = self.first - 1
            self.resend_s = min(RESEND_S_MAX, self.resend_s * 2)
        stored = self._number()
        rows = self._window()
        if rows:
            self.sent_upto = max(self.sent_upto, rows[-1].seq)
            self.resend_at = now + self.resend_s
        return stored, rows

    def _number(self) -> list[NumberRow | SetValue]:
        effects: list[NumberRow | SetValue] = []
        while self.waiting and len(self.numbered) < FLIGHT_ROWS_MAX:
            key, row = next(iter(self.waiting.items()))
            del self.waiting[key]
            seq = self.next_seq
            self.numbered[seq] = Row(row.stream, key, seq, row.body, row.at)
            self.next_seq += 1
            effects.append(NumberRow(self.stream, key, seq))
        return [*effects, self._counter()] if effects else effects

    def _window(self) -> list[Row]:
        rows: list[Row] = []
        size = 0
        first = self.first
        for seq in range(max(first, self.sent_upto + 1), min(self.next_seq, first + FLIGHT_ROWS_MAX)):
            row = self.numbered[seq]
            size += len(row.body)
            if rows and size > FLIGHT_BYTES_MAX:
                break
            rows.append(row)
        return rows

    def _counter(self) -> SetValue:
        return SetValue(f"next.{self.stream}", str(self.next_seq))
