"""Guesses at the next tokens of a skeleton, so that one pass of the model checks several at once.

A pass over five tokens costs hardly more than one over one token, since reading the weights is what takes time. The guesses
come from how skeletons in the phrase banks go on; the model's own choice always decides, so a bad guess costs nothing but
the guess (speculative decoding, Leviathan et al. 2023, arXiv 2211.17192, with an n-gram table in the drafter's place).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

#: Tokens looked back at, the longest match first.
ORDER = 6
#: Tokens guessed at once.
DRAFT_MAX = 5
#: A context must have gone on like this in at least this share of the cases.
SURE = 0.4


class Drafter:
    """An n-gram table over tokens: `texts` are token sequences of whole answers."""

    def __init__(self, texts: Iterable[Sequence[int]]) -> None:
        counts: dict[tuple[int, ...], Counter[int]] = {}
        for tokens in texts:
            padded = [-1, *tokens]
            for at in range(1, len(padded)):
                for order in range(1, min(ORDER, at) + 1):
                    counts.setdefault(tuple(padded[at - order : at]), Counter())[padded[at]] += 1
        self._next: dict[tuple[int, ...], int] = {}
        for context, following in counts.items():
            token, times = following.most_common(1)[0]
            if times >= SURE * following.total():
                self._next[context] = token

    def guess(self, written: Sequence[int]) -> list[int]:
        """Up to DRAFT_MAX tokens that may come next."""
        text = [-1, *written]
        guessed: list[int] = []
        while len(guessed) < DRAFT_MAX:
            token = self._following(text)
            if token is None:
                break
            guessed.append(token)
            text.append(token)
        return guessed

    def _following(self, text: Sequence[int]) -> int | None:
        for order in range(min(ORDER, len(text)), 0, -1):
            token = self._next.get(tuple(text[-order:]))
            if token is not None:
                return token
        return None
