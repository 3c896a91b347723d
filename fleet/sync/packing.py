"""Rows as frames: CloudEvents batches, large bodies compressed and in parts, lost and spoilt rows as what they are."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterable

import msgspec

from fleet.contracts import codec
from fleet.sync.effects import Row, Send
from fleet.sync.frames import Envelope
from fleet.sync.state import State

#: Frames are filled up to this many bytes; a larger body is compressed and travels in parts.
FRAME_BYTES = 64 * 1024
PART_CHARS = 192 * 1024
#: About what an envelope adds to a body.
ENVELOPE_BYTES = 300


class _Object(msgspec.Struct):
    """Any JSON object: what is in it is skipped over, and only found to be whole."""


_OBJECT = msgspec.json.Decoder(_Object)


def frames(state: State, stream: str, rows: Iterable[Row]) -> list[Send]:
    """The rows in as few frames as hold them, in order."""
    sends: list[Send] = []
    batch: list[Envelope] = []
    size = 0
    for row in rows:
        state.counters.rows_sent += 1
        for envelope in _envelopes(state, row):
            bytes_ = len(envelope.data) + ENVELOPE_BYTES
            if batch and size + bytes_ > FRAME_BYTES:
                sends.append(state.send(stream, codec.encode(batch)))
                batch, size = [], 0
            batch.append(envelope)
            size += bytes_
    if batch:
        sends.append(state.send(stream, codec.encode(batch)))
    return sends


def _envelopes(state: State, row: Row) -> list[Envelope]:
    whole = _envelope(state, row)
    if len(row.body) <= FRAME_BYTES:
        return [whole]
    text = base64.b64encode(zlib.compress(row.body, 6)).decode()
    shares = [text[at : at + PART_CHARS] for at in range(0, len(text), PART_CHARS)]
    if len(shares) == 1:
        # `parts` says how to read `data`, so that one share needs a second, empty one
        shares.append("")
    return [
        msgspec.structs.replace(whole, data=msgspec.Raw(msgspec.json.encode(share)), part=i, parts=len(shares))
        for i, share in enumerate(shares)
    ]


def _envelope(state: State, row: Row) -> Envelope:
    void = not row.key and not row.body
    return Envelope(
        id=f"{state.me}:{state.identity.store_id}:{row.stream}:{row.seq}",
        source=state.me,
        type=f"drover.{row.stream}.v1",
        subject=row.key,
        time=row.at,
        epoch=state.identity.store_id,
        boot=state.identity.boot,
        to=state.peer_boot,
        stream=row.stream,
        seq=row.seq,
        data=msgspec.Raw(b"null") if void else _data_of(row.body),
        gone=row.gone,
        void=void,
    )


def _data_of(body: bytes) -> msgspec.Raw:
    """The row's body; one that the disk has spoilt travels as a string, to be set aside by the peer.

    As it is it would make its whole frame unreadable, the sound rows in it too, and the stream would stand for ever.
    """
    try:
        _OBJECT.decode(body)
        return msgspec.Raw(body)
    except (msgspec.DecodeError, RecursionError):
        return msgspec.Raw(msgspec.json.encode(body.decode("utf-8", "replace")))
