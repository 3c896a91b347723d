"""Names as people type them: case, spaces and hyphens do not matter; near misses get suggestions, never a guess."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

#: How many near names an error suggests.
SUGGESTIONS_MAX = 3
#: How alike (0..1) a name must be to be suggested.
SUGGESTION_RATIO_MIN = 0.5


def fold(text: str) -> str:
    """The form in which names are compared: "Dock 1", "dock-1" and "DOCK1" are one; digits and letters remain."""
    return re.sub(r"[\s_\-]+", "", unicodedata.normalize("NFKC", text).casefold())


class NameIndex:
    """Finds the canonical name for any of its spellings. Immutable after building.

    A canonical name wins over another thing's alias; a spelling that fits two things fits neither.
    """

    def __init__(self, names: Mapping[str, Iterable[str]]) -> None:
        """`names`: canonical name -> aliases."""
        self._canonical = frozenset(names)
        own = _unambiguous((name, name) for name in names)
        aliases = _unambiguous((alias, name) for name, spellings in names.items() for alias in spellings)
        self._by_fold = {**aliases, **own}

    def __contains__(self, name: object) -> bool:
        """Whether it is a canonical name."""
        return name in self._canonical

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._canonical))

    def find(self, text: str) -> str | None:
        """The canonical name, or None when nothing (or more than one thing) is called that."""
        if text in self._canonical:
            return text
        return self._by_fold.get(fold(text))

    def near(self, text: str) -> tuple[str, ...]:
        """Up to three canonical names that look like it, best first."""
        scores: dict[str, float] = {}
        wanted = fold(text)
        for spelling, name in self._by_fold.items():
            ratio = difflib.SequenceMatcher(None, wanted, spelling).ratio()
            if ratio >= SUGGESTION_RATIO_MIN:
                scores[name] = max(scores.get(name, 0.0), ratio)
        return tuple(sorted(scores, key=lambda name: (-scores[name], name))[:SUGGESTIONS_MAX])


def _unambiguous(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    double: set[str] = set()
    for spelling, name in pairs:
        key = fold(spelling)
        if not key:
            continue
        if found.setdefault(key, name) != name:
            double.add(key)
    return {key: name for key, name in found.items() if key not in double}


def listed(names: Iterable[str], *, last: str = "and", most: int = 8) -> str:
    """ "A, B and C"; long lists end in "and 12 more"."""
    items = list(names)
    if len(items) > most:
        items = [*items[: most - 1], f"{len(items) - most + 1} more"]
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"
