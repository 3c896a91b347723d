"""Frames of FSP/1: CloudEvents 1.0 (structured JSON) batches for data, small control messages beside them.

An edge node asks (Hello), the hub answers (Welcome, Later or Refused); data flows only after a Welcome. Control frames are
JSON arrays (tag first), so that an idle edge node costs less than 2 KB a minute. New fields go to the end, with a default.
"""

from __future__ import annotations

import msgspec

SPEC_VERSION = "1.0"
#: Versions of the protocol that this code speaks.
PROTOCOL_MIN = 1
PROTOCOL_MAX = 1


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
    epoch: str
    boot: str
    to: str
    stream: str
    seq: int
    data: msgspec.Raw = msgspec.Raw(b"null")
    gone: bool = False
    void: bool = False
    part: int = 0
    parts: int = 1
    specversion: str = SPEC_VERSION


class _Control(msgspec.Struct, frozen=True, array_like=True):
    pass


class Root(_Control, frozen=True):
    """Digest of a state stream as its receiver holds it after `as_of` (a seq within the owner's store `of`)."""

    stream: str
    of: str
    as_of: int
    root: str


class Hello(_Control, frozen=True, tag="hello"):
    """Edge -> hub, when the link comes up and whenever the hub does not know the session.

    `knows`: the hub's store id as this edge node last knew it, `hub_session` its session; `cursors`: last seq of each down
    stream committed from that store. Of each up stream: `first` the oldest seq that can still be sent, `next` the one after
    the newest, `acked` what the hub had acked. `proof`: `detail` of a Refused "stale", repeated.
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
    proof: str = ""


class Welcome(_Control, frozen=True, tag="welcome"):
    """Hub -> edge. `to`: the `boot` that is meant, `boot`: the hub's. `resync`: none | snapshot | refill.

    `first`: of each down stream, the oldest seq that can still be sent. `credit`: rows and bytes in flight at once.
    `re`: the `at` of the Hello that this answers, as in Later, Refused and Adopt: a run may say hello under two names, and
    answers come late.
    """

    to: str
    boot: str
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
    re: float


class Later(_Control, frozen=True, tag="later"):
    """Hub -> edge: too many resynchronise at once, say hello again after `retry_after_s`."""

    to: str
    retry_after_s: float
    re: float


class Refused(_Control, frozen=True, tag="refused"):
    """Hub -> edge: `reason` stale | quarantined | version. Local work goes on; leases are not renewed."""

    to: str
    reason: str
    detail: str
    re: float


class Adopt(_Control, frozen=True, tag="adopt"):
    """Hub -> edge, after an operator picked this copy: take a new store id, count sessions on from `session`, say hello."""

    to: str
    store_id: str
    session: int
    re: float


class Who(_Control, frozen=True, tag="who"):
    """Hub -> edge: this run of the hub does not know your run, say hello."""

    hub: str


class Beat(_Control, frozen=True, tag="b"):
    """Edge -> hub each BEAT_S. `at`: the edge node's own clock (boot time), which a BeatReply carries back: a lease renewal.

    `ask`: please reply. `equal`: its own state streams agree with the hub's copy. `roots`: each ROOT_S.
    """

    boot: str
    to: str
    at: float
    backlog: int
    ask: bool
    equal: bool
    roots: list[Root] = []


class BeatReply(_Control, frozen=True, tag="r"):
    """Hub -> edge. `echo`: the `at` of the beat. `at`: the hub's clock."""

    boot: str
    to: str
    echo: float
    at: float
    equal: bool
    roots: list[Root] = []


class Ack(_Control, frozen=True, tag="ack"):
    """Committed up to here, in the store named `of`. `again`: something is missing behind it, send from there.

    `checkpointed`: up to here it is in a backup too, so that the sender need not keep it any longer.
    """

    boot: str
    to: str
    of: str
    cursors: dict[str, int]
    again: bool = False
    checkpointed: dict[str, int] = {}


class DigestAsk(_Control, frozen=True, tag="digest"):
    """Owner -> replica: your root differs; send your buckets (`buckets` empty), or the entries of these."""

    boot: str
    to: str
    stream: str
    as_of: int
    buckets: list[int] = []


class DigestBuckets(_Control, frozen=True, tag="buckets"):
    """Replica -> owner: one word for each bucket, joined (digest.Section.words)."""

    boot: str
    to: str
    stream: str
    as_of: int
    words: str


class DigestEntries(_Control, frozen=True, tag="entries"):
    """Replica -> owner: all entries of the asked buckets: key -> hash."""

    boot: str
    to: str
    stream: str
    as_of: int
    buckets: list[int]
    entries: dict[str, str]


class SnapBegin(_Control, frozen=True, tag="begin"):
    """Owner -> replica: `chunks` chunks follow, with `n` items: the stream's state after `as_of`, with this root."""

    boot: str
    to: str
    id: str
    stream: str
    as_of: int
    n: int
    chunks: int
    root: str


class SnapChunk(_Control, frozen=True, tag="chunk"):
    """`data`: the share number `index` of base64(zlib(JSON [[key, body], ...]))."""

    boot: str
    to: str
    id: str
    index: int
    data: str


class SnapHave(_Control, frozen=True, tag="have"):
    """Replica -> owner: chunks 0 .. upto-1 are here: send on from there."""

    boot: str
    to: str
    id: str
    upto: int


class SnapDone(_Control, frozen=True, tag="done"):
    """Replica -> owner: committed (`ok`), or it was not what its root says: begin again."""

    boot: str
    to: str
    id: str
    ok: bool


Talk = Beat | BeatReply | Ack | DigestAsk | DigestBuckets | DigestEntries | SnapBegin | SnapChunk | SnapHave | SnapDone
Control = Hello | Welcome | Later | Refused | Adopt | Who | Talk
