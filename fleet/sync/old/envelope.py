"""Frames of the sync layer: CloudEvents 1.0 (structured JSON) batches for data, small control messages beside them."""

from __future__ import annotations

import msgspec

SPEC_VERSION = "1.0"
PROTOCOL_VERSION = 1


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
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
    specversion: str = SPEC_VERSION


class Hello(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="hello"):
    """Sent by both sides when the link comes up, and in answer to a Hello (`reply`).

    `knows`: the receiver's store id as this side knows it; `cursors`: last seq of each stream committed from that store.
    `first`: the oldest seq of each stream that this side can still send.
    """

    store_id: str
    session: int
    knows: str
    cursors: dict[str, int]
    first: dict[str, int]
    reply: bool = False
    protocol: int = PROTOCOL_VERSION


class Beat(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="beat"):
    """Each BEAT_S: I am here, this much is not yet acked. It also re-asserts the session after a broker's restart."""

    store_id: str
    session: int
    backlog: int


class Ack(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="ack"):
    """Committed up to here, in the store named `of`. `again`: something is missing behind it, send from there."""

    of: str
    cursors: dict[str, int]
    again: bool = False


Control = Hello | Beat | Ack
