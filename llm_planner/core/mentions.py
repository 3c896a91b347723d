"""A mention: some words of a sentence and the registry names that they may mean."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from llm_planner.core.spellings import MentionKind, Name
from llm_planner.core.tokens import JOINERS, Token, key

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mention:
    """`names`: what these words may mean, or, for a group, all that they mean. `start`, `end`: token indices.

    `listed`: the registry has these very words. `kind`: a word for a kind of place, with or without "all".
    """

    names: tuple[Name, ...]
    start: int
    end: int
    fuzzy: bool = False
    group: bool = False
    listed: bool = False
    kind: bool = False

    def of(self, *kinds: MentionKind) -> tuple[Name, ...]:
        return tuple(name for name in self.names if name.kind in kinds)


def spans(mentions: Iterable[Mention]) -> set[int]:
    """The tokens that mentions use."""
    return {index for mention in mentions for index in range(mention.start, mention.end)}


def words_of(tokens: tuple[Token, ...], start: int, end: int) -> Words:
    return tuple(token.norm for token in tokens[start:end] if token.is_word)


def window(tokens: tuple[Token, ...], start: int, words: int, blocked: set[int]) -> int | None:
    """End index of a window of `words` words from `start` (joining punctuation inside is free), or None."""
    index, left = start, words
    if not tokens[start].is_word:
        return None
    while index < len(tokens):
        token = tokens[index]
        if index in blocked or not (token.is_word or token.norm in JOINERS):
            return None
        left -= token.is_word
        index += 1
        if left == 0:
            return index
    return None


@lru_cache(maxsize=10_000)
def inside(name: Name) -> Words:
    """The words of a canonical name."""
    return key(name.name)
