"""Digest of one state stream: 256 buckets over the keys, each the sum of its entries' hashes; the root over the buckets.

Two sides hold the same state when their roots are equal; where they are not, buckets and then entries tell which keys differ,
in bytes that grow with the difference. A bucket is a sum modulo 2^128 (AdHash: Bellare, Micciancio, "A new paradigm for
collision-free hashing", 1997), so that one change costs one subtraction and one addition. It guards against faults, not against
an adversary: links are authenticated.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import blake2b

BUCKETS = 256
#: Hex digits of one bucket in a list of buckets.
WORD_CHARS = 16
_MODULUS = 1 << 128


def hash_of(body: bytes) -> str:
    """Of a row's body: 64 bits, as 16 hex digits."""
    return blake2b(body, digest_size=8).hexdigest()


def bucket_of(key: str) -> int:
    return blake2b(key.encode(), digest_size=1).digest()[0]


class Section:
    """Key -> hash of its newest body, with the digest kept up to date."""

    def __init__(self, entries: Iterable[tuple[str, str]] = ()) -> None:
        self.entries: dict[str, str] = {}
        self._sums = [0] * BUCKETS
        self._root = ""
        for key, value in entries:
            self.put(key, value)

    def get(self, key: str) -> str | None:
        return self.entries.get(key)

    def put(self, key: str, value: str | None) -> None:
        """None: the key is gone."""
        old = self.entries.get(key)
        if old == value:
            return
        bucket = bucket_of(key)
        total = self._sums[bucket]
        if old is not None:
            total -= _term(key, old)
        if value is None:
            del self.entries[key]
        else:
            self.entries[key] = value
            total += _term(key, value)
        self._sums[bucket] = total % _MODULUS
        self._root = ""

    @property
    def root(self) -> str:
        """32 hex digits."""
        if not self._root:
            joined = b"".join(total.to_bytes(16, "big") for total in self._sums)
            self._root = blake2b(joined, digest_size=16).hexdigest()
        return self._root

    def words(self) -> str:
        """All buckets, WORD_CHARS hex digits each."""
        return "".join(f"{total >> 64:016x}" for total in self._sums)

    def differing(self, words: str) -> list[int]:
        """Buckets in which the other side's `words` are not ours. Words of the wrong length differ everywhere."""
        if len(words) != BUCKETS * WORD_CHARS:
            return list(range(BUCKETS))
        mine = self.words()
        starts = range(0, BUCKETS * WORD_CHARS, WORD_CHARS)
        return [i for i, at in enumerate(starts) if mine[at : at + WORD_CHARS] != words[at : at + WORD_CHARS]]

    def of_buckets(self, buckets: Iterable[int]) -> dict[str, str]:
        wanted = set(buckets)
        return {key: value for key, value in self.entries.items() if bucket_of(key) in wanted}

    def differing_keys(self, buckets: Iterable[int], theirs: Mapping[str, str]) -> tuple[str, ...]:
        """Keys of these buckets that the other side lacks, has otherwise, or has too many."""
        mine = self.of_buckets(buckets)
        return tuple(sorted(k for k in {*mine, *theirs} if mine.get(k) != theirs.get(k)))


def _term(key: str, value: str) -> int:
    return int.from_bytes(blake2b(f"{key}\0{value}".encode(), digest_size=16).digest(), "big")
