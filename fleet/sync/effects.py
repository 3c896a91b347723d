"""What SyncMachine asks of its shell.

Rule W: of one batch of effects, everything that is stored (every Persist, every DeadLetter, and the change that a
Deliver brings together with its `persist`) is committed in one transaction before the first Send of that batch goes out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the outbox. seq 0: not yet in flight, so a newer row of the same key may take its place.

    `gone`: the key has ended; the receiver forgets it (a deleted resource, a status that is no longer reported).
    """

    stream: str
    key: str
    seq: int
    body: bytes  # JSON of a wire message
    at: float
    gone: bool = False


@dataclass(frozen=True, slots=True)
class StoredStream:
    """What the outbox of one stream holds at start, without bodies: they are asked for when they are needed (LoadRows).

    `first`, `last`: smallest and largest seq in the store (0: none has one). `waiting`: keys of rows without a seq, oldest
    first. `rows`, `bytes`: of all rows of the stream.
    """

    first: int = 0
    last: int = 0
    waiting: tuple[str, ...] = ()
    rows: int = 0
    bytes: int = 0
    oldest_at: float | None = None


# ---- to be stored ---------------------------------------------------------------------------------------------------


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
    """Delete rows with 1 <= seq <= upto: the peer has committed them (and, of a kept stream, has them in a backup)."""

    stream: str
    upto: int


@dataclass(frozen=True, slots=True)
class Renumber:
    """This store gets a new identity: of all rows of the stream that have a seq, seq becomes seq - by (from 1 again)."""

    stream: str
    by: int


@dataclass(frozen=True, slots=True)
class SetValue:
    """A small durable value of this machine (cursors, counters, the peer's store id). "": delete it."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class PutEntry:
    """Digest entry: what this side last enqueued, or took, for `key` of a state stream. None: the key is gone."""

    stream: str
    key: str
    hash: str | None


@dataclass(frozen=True, slots=True)
class TakeIdentity:
    """Edge only: from now on this store is called `store_id`, and its sessions count on from `session`. Store both."""

    store_id: str
    session: int


Persist = PutRow | NumberRow | DropRows | Renumber | SetValue | PutEntry | TakeIdentity


# ---- to be done -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Send:
    """Publish on the topic of `stream` (ctl, ack, snap or a data stream), not retained. `qos` 0: a beat, worthless when late."""

    stream: str
    payload: bytes
    qos: int = 1


@dataclass(frozen=True, slots=True)
class LoadRows:
    """Read rows of the outbox and answer `machine.loaded(ask, rows, now)`: they are on the disk only, not in memory.

    Either those with seq > `after_seq`, in order, at most `limit`; or (when `keys` is not empty) the waiting ones of `keys`.
    Read behind all writes that were asked for before. Answer with an empty list when there are none.
    """

    stream: str
    after_seq: int = 0
    keys: tuple[str, ...] = ()
    limit: int = 256
    number: int = 0  # tells questions apart: only the answer to the newest counts


@dataclass(frozen=True, slots=True)
class Delivered:
    """`message` None: only in a snapshot, where it means that the key is not in it and must go.

    `gone`: the sender's key has ended (on cfg the message is a DeleteResource, on st a StatusGone). `at`: the sender's Unix
    seconds, for display.
    """

    seq: int
    key: str
    message: Any  # wire.Up or wire.Down
    gone: bool = False
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class Deliver:
    """Apply `items` in order and store `persist` in one transaction, then call `committed(stream, seq, now)`.

    When the transaction fails: `failed(stream, seq, now)`. After a few failures the machine delivers rows one by one, and
    one that fails again and again goes to the dead letters. `snapshot`: the whole state of the stream; all or nothing.
    """

    stream: str
    items: tuple[Delivered, ...]
    persist: tuple[Persist, ...]
    seq: int
    snapshot: bool = False


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A row that cannot be understood or applied: keep it with its reason; the stream goes on behind it."""

    stream: str
    seq: int
    key: str
    reason: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Resync:
    """The peer's copy differs: enqueue the current state of these keys again with `force=True` (None: of all keys).

    A key that no longer exists is enqueued with `gone=True`.
    """

    stream: str
    keys: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class NeedSnapshot:
    """Answer `machine.snapshot(stream, items, now)` with (key, message) of everything that the peer should hold."""

    stream: str


@dataclass(frozen=True, slots=True)
class Refill:
    """Edge only: the hub is new or was restored. Enqueue on `ev` what it once sent and this site still knows: a
    wire.KnownSpec for each resource and for each deletion, then wire.RefillDone.
    """

    hub: str


@dataclass(frozen=True, slots=True)
class StoreReplaced:
    """Hub only: the edge node came back with an empty store. `last`: by stream, the last seq that came from the old one.

    What was begun under the old store is of unknown fate (fleet/authority).
    """

    old_store: str
    last: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HubRestored:
    """Hub only: a peer knows more of us than we do, so this database is an older copy. Raise hub_epoch and begin anew.

    The new epoch must be above `epoch` too (the highest that the peer has seen), and the store id must be one that never was:
    a backup may be restored twice, and then two histories would have the same number ("{database id}.{hub_epoch}.{random}").
    `boot` must be a new one as well: who has greeted the old one would not be told apart.
    """

    evidence: str
    epoch: int = 0


@dataclass(frozen=True, slots=True)
class Quarantined:
    """Hub only: two live copies of one edge node, or one that was restored from a backup. No data, no leases, until an
    operator picks one: `machine.accept(boot, ...)`. `candidates`: boot -> what is known of that copy.
    """

    reason: str
    candidates: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Note:
    """For the event list: level info | warning | alarm, CamelCase reason, sentence, what to do."""

    level: str
    reason: str
    message: str
    fix: str = ""


Effect = (
    Persist
    | Send
    | LoadRows
    | Deliver
    | DeadLetter
    | Resync
    | NeedSnapshot
    | Refill
    | StoreReplaced
    | HubRestored
    | Quarantined
    | Note
)
