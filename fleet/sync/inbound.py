"""One incoming stream: rows in order, once; gaps held and asked for; rows that fail again and again set aside.

A row is taken when its seq follows the last one; older ones were here before; a later one is held for a while, since the
broker may have changed the order. What the shell cannot commit is delivered again, then one by one, and a single row that
fails POISON_TRIES times goes to the dead letters, so that it holds nobody up.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec

from fleet.contracts.errors import InvalidInput
from fleet.sync.digest import hash_of
from fleet.sync.frames import Envelope

#: Rows held behind a gap.
HOLD_ROWS_MAX = 256
POISON_TRIES = 3
#: Whole batches are tried so often before rows are delivered one by one.
BATCH_TRIES = 2
#: A body in parts may grow to this many bytes.
BODY_BYTES_MAX = 16 * 1024 * 1024
#: More than a body of that size can have.
PARTS_MAX = 256
#: Bytes held behind a gap or of a body in parts.
HOLD_BYTES_MAX = 24 * 1024 * 1024


@dataclass(slots=True)
class Taken:
    """Rows that came to be next. `lost`: seqs that the sender no longer has."""

    rows: list[tuple[Envelope, bytes]] = field(default_factory=list)
    bad: list[tuple[Envelope, str, bytes]] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)
    seq: int = 0


class Inbound:
    """`committed`: last seq whose effect is stored; `received`: last that the shell was given. It has one batch at a time."""

    def __init__(self, stream: str, committed: int, tail: str = "") -> None:
        self.stream = stream
        self.committed = self.received = committed
        self.busy = False  # a batch is with the shell
        self.tail = tail  # of what an edge node says, hash of the row at `committed`; "" when it is not known
        self.next_tail = ""
        self.again_at = float("-inf")
        self._stale = False
        self._held: dict[int, list[Envelope]] = {}
        self._held_bytes = 0
        self._tries: dict[int, int] = {}
        self._single_until = 0

    def reset(self, committed: int) -> None:
        """Another sender's store, a snapshot, or rows that are gone. A batch that is with the shell is not of this count."""
        self._stale = self.busy
        self.committed = self.received = committed
        self.tail = ""
        self.forget()
        self._tries.clear()
        self._single_until = 0

    def forget(self) -> None:
        """The conversation begins anew: what is held comes again."""
        self._held.clear()
        self._held_bytes = 0

    @property
    def settled(self) -> bool:
        return not self.busy

    @property
    def gap(self) -> bool:
        """Something came that can't be taken yet."""
        return bool(self._held)

    def contradicts(self, frame: Iterable[Envelope]) -> bool:
        """A row comes again under the number of the last one, and says something else: its sender has another history."""
        last = (e for e in frame if e.seq == self.committed and e.parts == 1 and not e.void)
        return bool(self.tail) and not self.busy and any(hash_of(bytes(e.data)) != self.tail for e in last)

    def hold(self, frame: Iterable[Envelope]) -> None:
        for envelope in frame:
            self._hold(envelope)

    def take(self) -> Taken:
        """The rows that are next; the shell must answer with `done` or `failed` when there are any."""
        taken = Taken(seq=self.received)
        if self.busy:
            return taken
        limit = 1 if self.committed < self._single_until else HOLD_ROWS_MAX
        while (found := self._held.get(self.received + 1)) is not None and self.received - self.committed < limit:
            if len(found) < found[0].parts:
                break
            del self._held[self.received + 1]
            self._held_bytes -= sum(len(e.data) for e in found)
            self.received += 1
            taken.seq = self.received
            self._sort(found, taken)
        self.busy = self.received > self.committed
        return taken

    def _hold(self, envelope: Envelope) -> None:
        seq, size = envelope.seq, len(envelope.data)
        if seq <= self.received or seq > self.received + HOLD_ROWS_MAX or not envelope.part < envelope.parts <= PARTS_MAX:
            return
        parts = self._held.setdefault(seq, [])
        if parts and parts[0].parts != envelope.parts:  # the newer word counts, else one bad frame would stop the stream
            self._held_bytes -= sum(len(p.data) for p in parts)
            parts.clear()
        if any(p.part == envelope.part for p in parts):
            return
        if self._held_bytes + size > HOLD_BYTES_MAX and seq != self.received + 1:
            if not parts:
                del self._held[seq]
            return
        parts.append(envelope)
        self._held_bytes += size

    def _sort(self, parts: list[Envelope], taken: Taken) -> None:
        first = parts[0]
        self.next_tail = ""
        if first.void:
            taken.lost.append(first.seq)
            return
        try:
            body = _joined(parts)
        except InvalidInput as error:
            taken.bad.append((first, str(error), bytes(first.data)))
            return
        if self._tries.get(first.seq, 0) >= POISON_TRIES:
            taken.bad.append((first, f"could not be applied, {POISON_TRIES} times", body))
            return
        self.next_tail = hash_of(body)
        taken.rows.append((first, body))

    def done(self, seq: int) -> None:
        """The shell has committed its batch, up to `seq`."""
        self.busy = False
        if self._stale:
            self._stale = False
            return
        self.committed = self.received = seq
        self.tail = self.next_tail
        for old in [s for s in self._tries if s <= seq]:
            del self._tries[old]

    def failed(self, seq: int, *, poison: bool) -> None:
        """The shell could not commit. `poison`: because of a row, not because its store does not answer."""
        self.busy = False
        if self._stale:
            self._stale = False
            return
        first = self.committed + 1
        self.received = self.committed
        self.forget()
        if not poison:
            return
        self._tries[first] = self._tries.get(first, 0) + 1
        if self._tries[first] >= BATCH_TRIES or seq == first:
            self._single_until = max(self._single_until, seq)


def _joined(parts: list[Envelope]) -> bytes:
    """Raises InvalidInput."""
    if parts[0].parts == 1:
        return bytes(parts[0].data)
    try:
        text = "".join(msgspec.json.decode(p.data, type=str) for p in sorted(parts, key=lambda p: p.part))
        return inflate(base64.b64decode(text, validate=True), BODY_BYTES_MAX)
    except (msgspec.DecodeError, msgspec.ValidationError, binascii.Error, ValueError, zlib.error) as error:
        raise InvalidInput(f"parts do not join: {error}", field="data", fix="base64(zlib(body)) in parts") from None


def inflate(data: bytes, bytes_max: int) -> bytes:
    """zlib, with a bound on what it may grow to. Raises InvalidInput, zlib.error."""
    machine = zlib.decompressobj()
    body = machine.decompress(data, bytes_max)
    if machine.unconsumed_tail or not machine.eof:
        raise InvalidInput(f"more than {bytes_max} bytes, or cut short", field="data", fix="send less")
    return body
