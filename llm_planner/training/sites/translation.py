"""The word of another language for the same thing: what people say on a site whose names are not in their language.

The word texts of all languages list things in nearly the same order. A counterpart is taken where that is certain: the
places of a kind when there are equally many, and items of the same weight when no other item weighs that.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterable

from llm_planner.training.sites.lexicon import Entry, Trade, lexicon


@functools.cache
def counterparts(trade: str, language: str, other: str) -> dict[Entry, Entry]:
    """For the things of a trade (and those of every trade) in `language`, the same ones in `other`."""
    mine, theirs = lexicon(language), lexicon(other)
    out: dict[Entry, Entry] = {}
    for ours, their in ((mine.trades[trade], theirs.trades[trade]), (mine.common, theirs.common)):
        out.update(_places(ours, their))
        out.update(_items(ours.items, their.items))
    return out


def _places(ours: Trade, theirs: Trade) -> Iterable[tuple[Entry, Entry]]:
    for kind in {place.group for place in ours.places}:
        here, there = ours.of(kind), theirs.of(kind)
        if len(here) == len(there):
            yield from ((a, b) for a, b in zip(here, there, strict=True) if a.is_series == b.is_series)


def _items(ours: tuple[Entry, ...], theirs: tuple[Entry, ...]) -> Iterable[tuple[Entry, Entry]]:
    if [item.kg for item in ours] == [item.kg for item in theirs]:
        return zip(ours, theirs, strict=True)
    here, there = (Counter(item.kg for item in items) for items in (ours, theirs))
    by_weight = {item.kg: item for item in theirs if there[item.kg] == 1}
    return ((item, by_weight[item.kg]) for item in ours if here[item.kg] == 1 and item.kg in by_weight)
