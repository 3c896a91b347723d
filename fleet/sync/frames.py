"""Frames of FSP/1: CloudEvents 1.0 (structured JSON) batches for data, small control messages beside them.

An edge node asks (Hello), the hub answers (Welcome, Later or Refused); data flows only after a Welcome. Control frames are
JSON arrays (tag first), so that an idle edge node costs less than 2 KB a minute. New fields go to the end, with a default.
"""

from __future__ import annotations

from typing import Any

import msgspec

SPEC_VERSION = "1.0"
#: Versions of the protocol that this code speaks.
PROTOCOL_MIN = 1
PROTOCOL_MAX = 1


class Envelope(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One row on its way. `id` is deterministic ({source}:{epoch}:{stream}:{seq}), hence the key to drop duplicates.

    `epoch` is the sender's store id: sequence numbers are only comparable within it. `subject` is the row's key.
    """

    id: str
    source: str
    type: str
    subject: str
    time: float  # Unix seconds; for display, never for order
    epoch: str
    stream: str
    seq: int
    data: msgspec.Raw
    gone: bool = False
    specversion: str = SPEC_VERSION


class _Control(msgspec.Struct, frozen=True, array_like=True):
    pass


class Root(_Control, frozen=True):
    """Digest of a state stream as the receiver holds it after `as_of` (seq of that stream, within the sender's store `of`)."""

    stream: str
    of: str
    as_of: int
    root: str


class Hello(_Control, frozen=True, tag="hello"):
    """Edge -> hub, when the link comes up and whenever the hub does not know the session.

    `knows`: the hub's store id as this edge node last knew it, `hub_session` its session; `cursors`: last seq of each down
    stream committed from that store. Of each up stream: `first` the oldest seq that can still be sent, `next` the one after
    the newest, `acked` what the hub had acked.
    """

    edge: str
    store_id: str
    session: int
    boot: str
    protocol: tuple[int, int]
    knows: str
    hub_session: int
    cursors: dict[str, int]
    first: dict[str, int]
    next: dict[str, int]
    acked: dict[str, int]
    roots: list[Root]
    backlog: int
    at: float


class Welcome(_Control, frozen=True, tag="welcome"):
    """Hub -> edge. `to`: the `boot` that is meant. `resync`: none | snapshot | refill.

    `credit`: rows and bytes in flight at once.
    """

    to: str
    protocol: int
    store_id: str
    hub_epoch: int
    session: int
    edge_epoch: int
    cursors: dict[str, int]
    first: dict[str, int]
    checkpointed: dict[str, int]
    credit: tuple[int, int]
    resync: str
    roots: list[Root]
    at: float


class Later(_Control, frozen=True, tag="later"):
    """Hub -> edge: too many resynchronise at once, say hello again after `retry_after_s`."""

    to: str
    retry_after_s: float


class Refused(_Control, frozen=True, tag="refused"):
    """Hub -> edge: `reason` quarantined | version | replaced. Local work goes on; leases are not renewed."""

    to: str
    reason: str
    detail: str


class Adopt(_Control, frozen=True, tag="adopt"):
    """Hub -> edge, after an operator picked this copy: take a new store id, count sessions on from `session`, say hello."""

    to: str
    store_id: str
    session: int


class Who(_Control, frozen=True, tag="who"):
    """Hub -> edge: this hub does not know your session, say hello."""

    hub: str


class Beat(_Control, frozen=True, tag="b"):
    """Edge -> hub each BEAT_S. `at`: the edge node's own clock (boot time), which a BeatReply carries back: a lease renewal.

    `ask`: please reply. `roots`: each ROOT_S.
    """

    boot: str
    at: float
    backlog: int
    ask: bool
    roots: list[Root] = []


class BeatReply(_Control, frozen=True, tag="r"):
    """Hub -> edge. `echo`: the `at` of the beat. `at`: the hub's clock."""

    to: str
    echo: float
    at: float
    roots: list[Root] = []


class Ack(_Control, frozen=True, tag="ack"):
    """Committed up to here, in the store named `of`. `again`: something is missing behind it, send from there.

    `checkpointed`: up to here it is in a backup too, so that the sender need not keep it any longer.
    """

    of: str
    cursors: dict[str, int]
    again: bool = False
    checkpointed: dict[str, int] = {}


class DigestAsk(_Control, frozen=True, tag="digest"):
    """Owner -> replica: your root differs; send your buckets (`buckets` empty), or the entries of these."""

    stream: str
    of: str
    as_of: int
    buckets: list[int] = []


class DigestBuckets(_Control, frozen=True, tag="buckets"):
    """Replica -> owner: one word for each of the BUCKETS, 16 hex digits each, joined."""

    stream: str
    of: str
    as_of: int
    words: str


class DigestEntries(_Control, frozen=True, tag="entries"):
    """Replica -> owner: all entries of the asked buckets: key -> hash."""

    stream: str
    of: str
    as_of: int
    buckets: list[int]
    entries: dict[str, str]


class SnapBegin(_Control, frozen=True, tag="begin"):
    """Owner -> replica: `chunks` chunks with `n` items follow: the stream's state after `as_of`, with this root."""

    id: str
    stream: str
    of: str
    as_of: int
    n: int
    chunks: int
    root: str


class SnapChunk(_Control, frozen=True, tag="chunk"):
    """`part` of a body that is larger than a chunk is its `of_parts`-th share. Items: [key, body as JSON text]."""

    id: str
    index: int
    items: list[tuple[str, Any]]


class SnapHave(_Control, frozen=True, tag="have"):
    """Replica -> owner: chunks 0 .. upto-1 are here: send on from there."""

    id: str
    upto: int


class SnapDone(_Control, frozen=True, tag="done"):
    """Replica -> owner: committed (`ok`), or the root did not match: begin again."""

    id: str
    ok: bool


Control = (
    Hello
    | Welcome
    | Later
    | Refused
    | Adopt
    | Who
    | Beat
    | BeatReply
    | Ack
    | DigestAsk
    | DigestBuckets
    | DigestEntries
    | SnapBegin
    | SnapChunk
    | SnapHave
    | SnapDone
)
