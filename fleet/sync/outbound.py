"""One outgoing stream: rows that wait, rows in flight, rows kept until they are in a backup; and when to send them (again).

Bodies stay on the disk: memory holds counters, the keys that wait, and a window of rows for the flight. What is not in the window
is asked for (LoadRows) when its turn comes.

  kept                in flight        on the disk       waiting (coalescing streams only)
  first .. acked      acked+1 ..       .. next_seq-1     by key, no seq yet
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import islice

from fleet.sync.effects import DropRows, LoadRows, NumberRow, Persist, PutRow, Renumber, Row, SetValue, StoredStream
from fleet.sync.view import Limits

#: Rows with their bodies in memory.
WINDOW_ROWS = 256
#: First wait before rows in flight are sent again, and the longest, in seconds; doubled each time without progress.
RESEND_S_MIN = 2.0
RESEND_S_MAX = 30.0
#: A load that was asked for and never answered is asked for again after, seconds.
LOAD_AGAIN_S = 10.0
#: The age of kept rows is known to this grain, seconds.
AGE_GRAIN_S = 3600.0
NEVER = float("inf")


@dataclass(slots=True)
class Turn:
    """What one turn of a stream asks for: to store, to load, to send."""

    stored: list[Persist] = field(default_factory=list)
    load: list[LoadRows] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    resent: int = 0


class Outbound:
    """`coalesce`: a waiting row gives way to a newer one of its key. `keep`: rows stay after the ack, until `checkpoint`."""

    def __init__(self, stream: str, *, coalesce: bool, keep: bool, limits: Limits) -> None:
        self.stream, self.coalesce, self.keep, self._limits = stream, coalesce, keep, limits
        self.next_seq, self.acked, self.first = 1, 0, 1
        self.waiting: dict[str, Row | None] = {}
        self.paused = False  # a snapshot is under way
        self.credit_rows, self.credit_bytes = limits.credit_rows, limits.credit_bytes
        self._window: dict[int, Row] = {}
        self._waiting_bodies = 0
        self._loaded_upto = 0
        self._sent_upto = 0
        self._highest_sent = 0
        self._flowing = False
        self._loading_until = 0.0
        self._asked: LoadRows | None = None
        self._asks = 0
        self._outdated: set[str] = set()
        self._resend_s, self._resend_at = RESEND_S_MIN, NEVER
        self._bytes, self._rows = 0, 0
        self._oldest_at: float | None = None
        self._ages: deque[tuple[float, int]] = deque()

    def load(self, stored: StoredStream, next_seq: int, acked: int, now: float) -> None:
        """What the store kept. `next_seq`, `acked`: as stored values, 0 where there are none."""
        self.next_seq = max(next_seq, stored.last + 1, acked + 1, 1)
        self.first = stored.first or self.next_seq
        self.acked = max(acked, self.first - 1) if self.keep else self.first - 1
        self.waiting = dict.fromkeys(stored.waiting)
        self._rows, self._bytes, self._oldest_at = stored.rows, stored.bytes, stored.oldest_at
        self._sent_upto = self._loaded_upto = self.acked
        if stored.rows:
            self._ages.append((now, stored.last))

    # ---- for people and callers ----

    @property
    def last(self) -> int:
        return self.next_seq - 1

    @property
    def backlog(self) -> int:
        return self.last - self.acked + len(self.waiting)

    @property
    def kept(self) -> int:
        return self.acked - self.first + 1

    @property
    def quiet(self) -> bool:
        """Nothing waits, and all is acked."""
        return not self.backlog

    @property
    def backlog_bytes(self) -> int:
        """Of rows that are not acked (an estimate: kept rows count with the average)."""
        return int(self._bytes * self.backlog / self._rows) if self._rows else 0

    @property
    def oldest_at(self) -> float | None:
        if self.quiet:
            return None
        row = self._window.get(self.acked + 1) or next((r for r in self.waiting.values() if r is not None), None)
        return row.at if row is not None else self._oldest_at

    # ---- rows come ----

    def replaces(self, key: str) -> bool:
        """Would a row of this key only take the place of one that waits?"""
        return self.coalesce and key in self.waiting

    def put(self, key: str, body: bytes, now: float, *, gone: bool = False) -> list[Persist]:
        if self.quiet:
            self._oldest_at = now
        if self.coalesce:
            return self._put_waiting(Row(self.stream, key, 0, body, now, gone))
        row = Row(self.stream, key, self.next_seq, body, now, gone)
        self.next_seq += 1
        self._count(row, now)
        if self._flowing and row.seq == self._loaded_upto + 1 and len(self._window) < WINDOW_ROWS:
            self._window[row.seq] = row
            self._loaded_upto = row.seq
        return [PutRow(row)]

    def _put_waiting(self, row: Row) -> list[Persist]:
        old = self.waiting.get(row.key)
        if row.key not in self.waiting:
            self._count(row, row.at)
        elif old is not None:
            self._bytes += len(row.body) - len(old.body)
            self._waiting_bodies -= 1
        # while the peer is away, bodies stay on the disk only
        held = self._flowing and self._waiting_bodies < WINDOW_ROWS
        self.waiting[row.key] = row if held else None
        self._waiting_bodies += held
        if not held and self._asked is not None:
            self._outdated.add(row.key)  # an answer that is on its way holds the body before this one
        return [PutRow(row)]

    def _count(self, row: Row, now: float) -> None:
        self._rows += 1
        self._bytes += len(row.body)
        if row.seq and (not self._ages or now - self._ages[-1][0] >= AGE_GRAIN_S):
            self._ages.append((now, row.seq))
        elif row.seq:
            self._ages[-1] = (self._ages[-1][0], row.seq)

    def loaded(self, ask: LoadRows, rows: Iterable[Row]) -> None:
        """The answer to LoadRows. Places of rows that the store has lost are filled with void ones, so that the peer goes on.

        Only the newest question counts: an answer to one of before (the link was lost, or it took too long) may hold old bodies.
        """
        if self._asked is None or ask.number != self._asked.number:
            return
        self._asked, self._loading_until = None, 0.0
        found = list(rows)
        if ask.keys:
            self._loaded_waiting(ask, {row.key: row for row in found if row.seq == 0})
            return
        for row in found:
            if self._loaded_upto < row.seq < self.next_seq:
                self._fill(row.seq)
                self._window[row.seq] = row
                self._loaded_upto = row.seq
        if not found and ask.after_seq == self._loaded_upto:
            self._fill(min(self.next_seq, self._loaded_upto + WINDOW_ROWS))

    def _loaded_waiting(self, ask: LoadRows, found: dict[str, Row]) -> None:
        for key in ask.keys:
            if key not in self.waiting or self.waiting[key] is not None or key in self._outdated:
                continue
            if key in found:
                self.waiting[key] = found[key]
                self._waiting_bodies += 1
            else:
                del self.waiting[key]
        self._outdated.clear()

    def _fill(self, upto: int) -> None:
        for seq in range(self._loaded_upto + 1, upto):
            self._window[seq] = Row(self.stream, "", seq, b"", 0.0)
            self._loaded_upto = seq

    # ---- the peer speaks ----

    def open(self, committed: int, now: float) -> list[Persist]:
        """A new conversation: the peer has committed up to `committed`; everything behind it goes out (again)."""
        self._flowing = True
        stored = self.rewind(committed, now)
        self._resend_s, self._resend_at = RESEND_S_MIN, NEVER
        return stored

    def close(self) -> None:
        """The peer is away: what is in memory can be read again."""
        self._flowing, self.paused = False, False
        self._window.clear()
        self._loaded_upto = self._sent_upto = self.acked
        self._loading_until, self._asked = 0.0, None
        for key, row in self.waiting.items():
            if row is not None:
                self.waiting[key] = None
        self._waiting_bodies = 0

    def rewind(self, committed: int, now: float) -> list[Persist]:
        """Send again from behind `committed`, which may be less than what was acked (the peer was restored)."""
        committed = min(max(committed, self.first - 1), self.last)
        stored = self.ack(committed, now)
        if committed < self.acked:
            self.acked = committed
            self._window.clear()
            self._loaded_upto = committed
            stored.append(self._acked_value())
        self._sent_upto = self.acked
        return stored

    def ack(self, upto: int, now: float) -> list[Persist]:
        """The peer has committed up to `upto`."""
        upto = min(upto, self.last)
        if upto <= self.acked:
            return []
        for seq in range(self.acked + 1, upto + 1):
            self._window.pop(seq, None)
        self.acked = upto
        self._loaded_upto, self._sent_upto = max(self._loaded_upto, upto), max(self._sent_upto, upto)
        self._resend_s = RESEND_S_MIN
        self._resend_at = now + self._resend_s if self._sent_upto > upto else NEVER
        return [*([] if self.keep else self._drop(upto)), self._acked_value()]

    def checkpoint(self, upto: int) -> list[Persist]:
        """In a backup of the peer's up to here: need not be kept any longer."""
        return self._drop(min(upto, self.acked))

    def trim(self, now: float) -> list[Persist]:
        """Drop what was kept long enough, or is too much; never what is not acked."""
        upto = self.acked - self._limits.keep_rows
        while self._ages and now - self._ages[0][0] > self._limits.keep_s + AGE_GRAIN_S:
            upto = max(upto, min(self._ages[0][1], self.acked))
            if self._ages[0][1] > self.acked:
                break
            self._ages.popleft()
        room = max(0, min(self._limits.keep_bytes, self._limits.quota_bytes - self.backlog_bytes))
        kept_bytes = self._bytes - self.backlog_bytes
        if kept_bytes > room and self._rows:
            too_many = int((kept_bytes - room) / max(1.0, self._bytes / self._rows)) + 1
            upto = max(upto, self.first - 1 + too_many)
        return self._drop(min(upto, self.acked))

    def _drop(self, upto: int) -> list[Persist]:
        count = upto - self.first + 1
        if count <= 0:
            return []
        self._bytes -= int(self._bytes * count / self._rows) if self._rows else 0
        self._rows = max(0, self._rows - count)
        self.first = upto + 1
        return [DropRows(self.stream, upto), SetValue(f"next.{self.stream}", str(self.next_seq))]

    def _acked_value(self) -> SetValue:
        return SetValue(f"acked.{self.stream}", str(self.acked))

    def number_all(self) -> list[Persist]:
        """All that waits goes under a number: a snapshot will stand for it."""
        stored: list[Persist] = []
        for key in self.waiting:
            stored.append(NumberRow(self.stream, key, self.next_seq))
            self.next_seq += 1
        self.waiting.clear()
        self._waiting_bodies = 0
        return stored

    # ---- a new identity ----

    def renumber(self) -> list[Persist]:
        """Under a new store id the oldest row that is still here becomes number 1, and nothing is acked."""
        by = self.first - 1
        self.next_seq -= by
        self.first, self.acked = 1, 0
        self._ages = deque((at, seq - by) for at, seq in self._ages)
        self.close()
        values: list[Persist] = [SetValue(f"next.{self.stream}", str(self.next_seq)), self._acked_value()]
        return [Renumber(self.stream, by), *values] if by else values

    def clear(self) -> list[Persist]:
        """All rows go, and numbers begin at 1: what was decided by a hub that has forgotten the rest must not be sent."""
        stored = self.number_all()
        if self._rows or stored:
            stored.append(DropRows(self.stream, self.last))
        self.next_seq, self.acked, self.first = 1, 0, 1
        self._rows = self._bytes = self._highest_sent = 0
        self.close()
        return [*stored, SetValue(f"next.{self.stream}", "1"), self._acked_value()]

    # ---- time ----

    def due_at(self) -> float:
        """When `turn` will have something to do: now (0), at a time, or never."""
        if not self._flowing or self.paused:
            return NEVER
        inflight = self._sent_upto - self.acked
        if inflight < self.credit_rows and (self.waiting or self._sent_upto < self.last):
            return self._loading_until
        return self._resend_at

    def turn(self, now: float) -> Turn:
        """What is due within the credit."""
        turn = Turn()
        if not self._flowing or self.paused:
            return turn
        if now >= self._resend_at:
            self._sent_upto = self.acked
            self._resend_s = min(RESEND_S_MAX, self._resend_s * 2)
            self._resend_at = NEVER
        self._number(turn)
        self._send(turn)
        self._load(turn, now)
        if turn.rows:
            self._resend_at = now + self._resend_s
        return turn

    def _number(self, turn: Turn) -> None:
        while self.waiting and self.last - self.acked < self.credit_rows:
            key, row = next(iter(self.waiting.items()))
            if row is None or self._loaded_upto != self.last:
                return
            del self.waiting[key]
            self._waiting_bodies -= 1
            seq = self.next_seq
            self.next_seq += 1
            self._window[seq] = Row(row.stream, key, seq, row.body, row.at, row.gone)
            self._loaded_upto = seq
            turn.stored.append(NumberRow(self.stream, key, seq))

    def _send(self, turn: Turn) -> None:
        size = sum(len(self._window[s].body) for s in range(self.acked + 1, self._sent_upto + 1) if s in self._window)
        for seq in range(self._sent_upto + 1, min(self._loaded_upto, self.acked + self.credit_rows) + 1):
            row = self._window[seq]
            size += len(row.body)
            if (turn.rows or self._sent_upto > self.acked) and size > self.credit_bytes:
                return
            turn.rows.append(row)
            turn.resent += seq <= self._highest_sent
            self._sent_upto = seq
            self._highest_sent = max(self._highest_sent, seq)

    def _load(self, turn: Turn, now: float) -> None:
        if now < self._loading_until or (ask := self._wanted()) is None:
            return
        self._asks += 1
        self._loading_until = now + LOAD_AGAIN_S
        self._asked = replace(ask, number=self._asks)
        self._outdated.clear()
        turn.load.append(self._asked)

    def _wanted(self) -> LoadRows | None:
        if self._loaded_upto < self.last:
            if len(self._window) < WINDOW_ROWS // 2:
                return LoadRows(self.stream, after_seq=self._loaded_upto, limit=WINDOW_ROWS - len(self._window))
        elif self._waiting_bodies < self.credit_rows:
            room = self.credit_rows - self._waiting_bodies
            keys = [key for key, row in islice(self.waiting.items(), WINDOW_ROWS) if row is None][:room]
            if keys:
                return LoadRows(self.stream, keys=tuple(keys))
        return None
