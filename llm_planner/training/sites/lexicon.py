"""Reads the word texts of one language: words_en.py has its TRADES; common_en.py COMMON, TYPES and LISTS.

TRADES has a block `[trade]` for each trade; a line is `key: entry; entry ...`. The keys `title`, `areas` and `items` are
special, all others are kinds of places. An entry is `name / alias / alias`, where `#` stands for what tells the members of
a series apart (Dock 1, Dock 2), and an item's name ends with its weight in kg. COMMON is such a block that every trade may
draw from. TYPES has one line or more for each archetype of robot, its entries `word [PREFIX PREFIX] / alias`. LISTS holds
plain lists; each line `theme:` is a group of its own.
"""

from __future__ import annotations

import functools
import importlib
import re
from dataclasses import dataclass

LANGUAGES = ("en", "de", "fr", "es", "zh")

_LINE = re.compile(r"^([a-z][a-z ]*): (.*)$")
_PREFIXES = re.compile(r"\s*\[([^\]]*)\]$")


@dataclass(frozen=True, slots=True)
class Entry:
    """One kind of thing: `group` is the kind of a place, "items", or a robot's archetype."""

    group: str
    name: str
    aliases: tuple[str, ...] = ()
    kg: float | None = None
    prefixes: tuple[str, ...] = ()

    @property
    def is_series(self) -> bool:
        return "#" in self.name


@dataclass(frozen=True, slots=True)
class Trade:
    titles: tuple[str, ...]
    areas: tuple[str, ...]
    places: tuple[Entry, ...]
    items: tuple[Entry, ...]

    def of(self, kind: str) -> tuple[Entry, ...]:
        return tuple(place for place in self.places if place.group == kind)


@dataclass(frozen=True, slots=True)
class Lexicon:
    language: str
    trades: dict[str, Trade]
    common: Trade
    types: dict[str, tuple[Entry, ...]]
    lists: dict[str, tuple[str, ...]]
    themes: tuple[tuple[str, ...], ...]

    @property
    def spaced(self) -> bool:
        """Whether words are separated by spaces."""
        return self.language != "zh"

    def words(self, name: str) -> tuple[str, ...]:
        return self.lists.get(name, ())


@functools.cache
def lexicon(language: str) -> Lexicon:
    """The words of one of LANGUAGES, read once."""
    words, shared = (importlib.import_module(f"{__package__}.{name}_{language}") for name in ("words", "common"))
    blocks = _blocks(words.TRADES)
    lists = _lines(shared.LISTS)
    types: dict[str, tuple[Entry, ...]] = {}
    for archetype, entry in _lines(shared.TYPES):
        types[archetype] = (*types.get(archetype, ()), _entry(archetype, entry))
    return Lexicon(
        language=language,
        trades={name: _trade(lines) for name, lines in blocks.items()},
        common=_trade(_lines(shared.COMMON)),
        types=types,
        lists={key: tuple(text for k, text in lists if k == key) for key, _ in lists},
        themes=tuple(tuple(line[7:].split("; ")) for line in shared.LISTS.splitlines() if line.startswith("theme: ")),
    )


def _blocks(text: str) -> dict[str, list[tuple[str, str]]]:
    parts = re.split(r"^\[(\w+)\]$", text, flags=re.MULTILINE)
    return {name: _lines(body) for name, body in zip(parts[1::2], parts[2::2], strict=True)}


def _lines(text: str) -> list[tuple[str, str]]:
    """Every entry of the text with the key of its line."""
    out: list[tuple[str, str]] = []
    for line in text.splitlines():
        if match := _LINE.match(line):
            out += [(match[1], entry.strip()) for entry in match[2].split(";") if entry.strip()]
    return out


def _trade(lines: list[tuple[str, str]]) -> Trade:
    special = ("title", "areas", "items")
    return Trade(
        titles=tuple(text for key, text in lines if key == "title"),
        areas=tuple(text for key, text in lines if key == "areas"),
        places=tuple(_entry(key, text) for key, text in lines if key not in special),
        items=tuple(_entry(key, text) for key, text in lines if key == "items"),
    )


def _entry(group: str, text: str) -> Entry:
    name, *aliases = (part.strip() for part in text.split("/"))
    prefixes: tuple[str, ...] = ()
    if match := _PREFIXES.search(name):
        name, prefixes = name[: match.start()], tuple(match[1].split())
    kg: float | None = None
    if group == "items" and name.rsplit(" ", 1)[-1].replace(".", "").isdigit():
        name, _, number = name.rpartition(" ")
        kg = float(number)
    aliases = [alias for alias in aliases if len(alias) > 1 or alias.isascii()]  # a lone 水 is a part of too many words
    return Entry("no_robot_zone" if group == "zone" else group, name, tuple(aliases), kg, prefixes)
