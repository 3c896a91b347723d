"""The whole state of a stream in one piece: compressed, in chunks, resumable, applied only when its root is right.

Both sides keep it in memory while it travels; after a restart of either it begins again.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from fleet.contracts.errors import InvalidInput
from fleet.sync.digest import Section, hash_of
from fleet.sync.frames import SnapBegin
from fleet.sync.inbound import inflate

CHUNK_CHARS = 128 * 1024
#: Chunks sent ahead of the receiver's word.
CHUNKS_AHEAD = 4
#: A snapshot may hold this much, uncompressed.
SNAPSHOT_BYTES_MAX = 64 * 1024 * 1024
CHUNKS_MAX = SNAPSHOT_BYTES_MAX // CHUNK_CHARS * 2
#: Without a word from the receiver the chunks behind its last one are sent again after, seconds; doubled each time up to.
RESEND_S_MIN = 2.0
RESEND_S_MAX = 30.0

Items = list[tuple[str, msgspec.Raw]]


@dataclass(slots=True)
class Outgoing:
    """`next`: chunk to send next. `have`: chunks that the receiver has."""

    id: str
    stream: str
    as_of: int
    n: int
    root: str
    chunks: list[str]
    next: int = -1  # -1: begin must go out first
    have: int = 0
    resend_s: float = RESEND_S_MIN
    resend_at: float = 0.0
    asked: bool = False  # the receiver has all, and was asked what became of it

    def due_at(self) -> float:
        return 0.0 if self.next < min(len(self.chunks), self.have + CHUNKS_AHEAD) else self.resend_at

    def turn(self, now: float) -> list[int]:
        """Indices to send now; -1 is the begin."""
        if now >= self.resend_at and self.next >= min(len(self.chunks), self.have + CHUNKS_AHEAD):
            self.next = -1 if not self.have else self.have
            if self.have == len(self.chunks):
                self.next = -1  # all is there, and no word of it: ask by a begin
                self.asked = True
            self.resend_s = min(RESEND_S_MAX, self.resend_s * 2)
        upto = min(len(self.chunks), self.have + CHUNKS_AHEAD)
        indices = list(range(self.next, upto))
        if self.next == -1 and self.have == len(self.chunks):
            indices = [-1]
        self.next = max(self.next, upto)
        if indices:
            self.resend_at = now + self.resend_s
        return indices

    def received(self, upto: int, now: float) -> None:
        if upto < self.have and self.asked:  # it could not store what it had: all of it again
            self.have = self.next = max(upto, 0)
            self.resend_at = 0.0
            self.asked = False
        if upto > self.have:
            self.have = min(upto, len(self.chunks))
            self.resend_s = RESEND_S_MIN
            self.resend_at = now + self.resend_s
        self.next = max(self.next, self.have)


def pack(id_: str, stream: str, as_of: int, items: Sequence[tuple[str, bytes]]) -> tuple[Outgoing, Section]:
    """Raises InvalidInput when it is larger than SNAPSHOT_BYTES_MAX."""
    section = Section((key, hash_of(body)) for key, body in items)
    data = msgspec.json.encode([(key, msgspec.Raw(body)) for key, body in items])
    if len(data) > SNAPSHOT_BYTES_MAX:
        raise InvalidInput(f"{len(data)} bytes of state", field=stream, fix=f"at most {SNAPSHOT_BYTES_MAX}")
    text = base64.b64encode(zlib.compress(data, 6)).decode()
    chunks = [text[at : at + CHUNK_CHARS] for at in range(0, len(text), CHUNK_CHARS)]
    return Outgoing(id_, stream, as_of, len(items), section.root, chunks), section


@dataclass(slots=True)
class Incoming:
    """`at`: when the last piece came."""

    begin: SnapBegin
    at: float
    chunks: list[str] = field(default_factory=list)

    def take(self, index: int, data: str) -> bool:
        """True: it was the next one."""
        if index != len(self.chunks) or index >= self.begin.chunks or len(data) > CHUNK_CHARS:
            return False
        self.chunks.append(data)
        return True

    @property
    def complete(self) -> bool:
        return len(self.chunks) == self.begin.chunks

    def unpack(self) -> tuple[Items, Section]:
        """Raises InvalidInput when it is not what its root says."""
        try:
            data = inflate(base64.b64decode("".join(self.chunks), validate=True), SNAPSHOT_BYTES_MAX)
            items = msgspec.json.decode(data, type=list[tuple[str, msgspec.Raw]])
        except (ValueError, RecursionError, zlib.error, msgspec.DecodeError) as error:
            raise InvalidInput(f"snapshot does not unpack: {error}", field=self.begin.stream, fix="send it again") from None
        section = Section((key, hash_of(bytes(body))) for key, body in items)
        if section.root != self.begin.root or len(items) != self.begin.n:
            raise InvalidInput("snapshot is not what its root says", field=self.begin.stream, fix="send it again")
        return items, section
