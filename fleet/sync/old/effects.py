"""What SyncPeer asks of its shell.

Rule W: of one batch of effects, everything that is stored (PutRow, NumberRow, DropRows, SetValue, and the change that a
Deliver brings together with its cursor) is committed in one transaction before the first Send of that batch goes out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the outbox. seq 0: not yet in flight, so a newer row of the same key may take its place."""

    stream: str
    key: str
    seq: int
    body: bytes  # JSON of a wire message
    at: float


@dataclass(frozen=True, slots=True)
class PutRow:
    """Insert, replacing the row of the same (stream, key) that has seq 0, if any."""

    row: Row


@dataclass(frozen=True, slots=True)
class NumberRow:
    """The waiting row (stream, key, seq 0) goes into flight as `seq`; from now on it is immutable."""

    stream: str
    key: str
    seq: int


@dataclass(frozen=True, slots=True)
class DropRows:
    """The peer has committed everything up to `upto`: delete rows with 1 <= seq <= upto."""

    stream: str
    upto: int


@dataclass(frozen=True, slots=True)
class SetValue:
    """A small durable value of this session machine (cursors, counters, the peer's store id)."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Send:
    """Publish on the topic of `stream` (ctl, ack, or a data stream), QoS 1, not retained."""

    stream: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Delivered:
    seq: int
    key: str
    message: Any  # wire.Up or wire.Down


@dataclass(frozen=True, slots=True)
class Deliver:
    """Apply `items` in order and store `cursor` (SetValue) in one transaction, then call `committed(stream, seq)`."""

    stream: str
    items: tuple[Delivered, ...]
    cursor: SetValue
    seq: int


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A row that cannot be understood: keep it with its reason; the stream goes on behind it."""

    stream: str
    seq: int
    reason: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Resync:
    """The peer's store is new: enqueue the whole current state of this stream again."""

    stream: str


@dataclass(frozen=True, slots=True)
class Note:
    """For the event list: level info | warning | alarm, CamelCase reason, sentence, what to do."""

    level: str
    reason: str
    message: str
    fix: str = ""


Persist = PutRow | NumberRow | DropRows | SetValue
Effect = Persist | Send | Deliver | DeadLetter | Resync | Note
