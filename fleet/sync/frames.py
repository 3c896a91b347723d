"""Frames of FSP/1: CloudEvents 1.0 (structured JSON) batches for data, small control messages beside them.

An edge node asks (Hello), the hub answers (Welcome, Later or Refused); data flows only after a Welcome. Control frames are
JSON arrays (tag first), so that an idle edge node costs less than 2 KB a minute. New fields go to the end, with a default.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from fleet.contracts.counts import Count

SPEC_VERSION = "1.0"
#: Versions of the protocol that this code speaks.
PROTOCOL_MIN = 1
PROTOCOL_MAX = 1
#: Names of runs and stores, as they are kept in a database.
Id = Annotated[str, msgspec.Meta(max_length=256)]


class Envelope(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One row on its way. `id` is deterministic ({source}:{epoch}:{stream}:{seq}), hence the key to drop duplicates.

    `epoch` is the sender's store id: sequence numbers are only comparable within it. `subject` is the row's key. `boot`, `to`:
    the sender's and the receiver's run, so that what an earlier run (or a copy) has said is told apart. `void`: the row is lost,
    and its place in the sequence is all that is left. A large row travels in `parts` of base64(zlib(body)).
    """

    id: str
    source: str
    type: str
    subject: str
    time: float  # Unix seconds; for display, never for order
    epoch: Id
    boot: Id
    to: Id
    stream: str
    seq: Count
    data: msgspec.Raw = msgspec.Raw(b"null")
    gone: bool = False
    void: bool = False
    part: Count = 0
    parts: Count = 1
    specversion: str = SPEC_VERSION


class _Control(msgspec.Struct, frozen=True, array_like=True):
    pass


class Root(_Control, frozen=True):
    """Digest of a state stream as its receiver holds it after `as_of` (a seq within the owner's store `of`)."""

    stream: str
    of: Id
    as_of: Count
    root: str


class Hello(_Control, frozen=True, tag="hello"):
    """Edge -> hub, when the link comes up and whenever the hub does not know the session.

    `knows`: the hub's store id as this edge node last knew it, `hub_session` its session; `cursors`: last seq of each down
    stream committed from that store. Of each up stream: `first` the oldest seq that can still be sent, `next` the one after
    the newest, `acked` what the hub had acked. `proof`: `detail` of a Refused "stale", repeated.
    """

    edge: str
    store_id: Id
    session: Count
    boot: Id
    protocol: tuple[Count, Count]
    knows: Id
    hub_session: Count
    cursors: dict[str, Count]
    first: dict[str, Count]
    next: dict[str, Count]
    acked: dict[str, Count]
    roots: list[Root]
    backlog: Count
    at: float
    proof: str = ""


class Welcome(_Control, frozen=True, tag="welcome"):
    """Hub -> edge. `to`: the `boot` that is meant, `boot`: the hub's. `resync`: none | snapshot | refill.

    `first`: of each down stream, the oldest seq that can still be sent. `credit`: rows and bytes in flight at once.
    `re`: the `at` of the Hello that this answers, as in Later, Refused and Adopt: a run may say hello under two names, and
    answers come late.
    """

    to: Id
    boot: Id
    protocol: Count
    store_id: Id
    hub_epoch: Count
    session: Count
    edge_epoch: Count
    cursors: dict[str, Count]
    first: dict[str, Count]
    checkpointed: dict[str, Count]
    credit: tuple[Count, Count]
    resync: str
    roots: list[Root]
    at: float
    re: float


class Later(_Control, frozen=True, tag="later"):
    """Hub -> edge: too many resynchronise at once, say hello again after `retry_after_s`."""

    to: Id
    retry_after_s: float
    re: float


class Refused(_Control, frozen=True, tag="refused"):
    """Hub -> edge: `reason` stale | quarantined | version. Local work goes on; leases are not renewed."""

    to: Id
    reason: str
    detail: str
    re: float


class Adopt(_Control, frozen=True, tag="adopt"):
    """Hub -> edge, after an operator picked this copy: take a new store id, count sessions on from `session`, say hello."""

    to: Id
    store_id: Id
    session: Count
    re: float


class Who(_Control, frozen=True, tag="who"):
    """Hub -> edge: this run of the hub does not know your run, say hello."""

    hub: Id


class Beat(_Control, frozen=True, tag="b"):
    """Edge -> hub each BEAT_S. `at`: the edge node's own clock (boot time), which a BeatReply carries back: a lease renewal.

    `ask`: please reply. `equal`: its own state streams agree with the hub's copy. `roots`: each ROOT_S.
    """

    boot: Id
    to: Id
    at: float
    backlog: Count
    ask: bool
    equal: bool
    roots: list[Root] = []


class BeatReply(_Control, frozen=True, tag="r"):
    """Hub -> edge. `echo`: the `at` of the beat. `at`: the hub's clock."""

    boot: Id
    to: Id
    echo: float
    at: float
    equal: bool
    roots: list[Root] = []


class Ack(_Control, frozen=True, tag="ack"):
    """Committed up to here, in the store named `of`. `again`: something is missing behind it, send from there.

    `checkpointed`: up to here it is in a backup too, so that the sender need not keep it any longer.
    """

    boot: Id
    to: Id
    of: Id
    cursors: dict[str, Count]
    again: bool = False
    checkpointed: dict[str, Count] = {}


class DigestAsk(_Control, frozen=True, tag="digest"):
    """Owner -> replica: your root differs; send your buckets (`buckets` empty), or the entries of these."""

    boot: Id
    to: Id
    stream: str
    as_of: Count
    buckets: list[Count] = []


class DigestBuckets(_Control, frozen=True, tag="buckets"):
    """Replica -> owner: one word for each bucket, joined (digest.Section.words)."""

    boot: Id
    to: Id
    stream: str
    as_of: Count
    words: str


class DigestEntries(_Control, frozen=True, tag="entries"):
    """Replica -> owner: all entries of the asked buckets: key -> hash."""

    boot: Id
    to: Id
    stream: str
    as_of: Count
    buckets: list[Count]
    entries: dict[str, str]


class SnapBegin(_Control, frozen=True, tag="begin"):
    """Owner -> replica: `chunks` chunks follow, with `n` items: the stream's state after `as_of`, with this root."""

    boot: Id
    to: Id
    id: Id
    stream: str
    as_of: Count
    n: Count
    chunks: Count
    root: str


class SnapChunk(_Control, frozen=True, tag="chunk"):
    """`data`: the share number `index` of base64(zlib(JSON [[key, body], ...]))."""

    boot: Id
    to: Id
    id: Id
    index: Count
    data: str


class SnapHave(_Control, frozen=True, tag="have"):
    """Replica -> owner: chunks 0 .. upto-1 are here: send on from there."""

    boot: Id
    to: Id
    id: Id
    upto: Count


class SnapDone(_Control, frozen=True, tag="done"):
    """Replica -> owner: committed (`ok`), or it was not what its root says: begin again."""

    boot: Id
    to: Id
    id: Id
    ok: bool


Talk = Beat | BeatReply | Ack | DigestAsk | DigestBuckets | DigestEntries | SnapBegin | SnapChunk | SnapHave | SnapDone
Control = Hello | Welcome | Later | Refused | Adopt | Who | Talk
