"""Phrase banks: sentences written by hand, with placeholders, and the skeleton that each means (`bank/README.md`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from llm_planner.core import skeleton
from llm_planner.core.skeleton import Step

FOLDER = Path(__file__).parent / "bank"
LANGUAGES = ("en", "de", "fr", "es", "zh")
_MARK = re.compile(r"(?<![A-Z])([PHGZARTIJUNDCS]\d{1,2})(\+?)(?!\d)")
_NOTE = re.compile(r"\s*\[([^\]]*)\]\s*$")


@dataclass(frozen=True, slots=True)
class Entry:
    """`pieces`: text and placeholders in turn, ("text", "P1", "text", ...); `plurals`: placeholders written as plurals."""

    language: str
    topic: str
    pieces: tuple[str, ...]
    plurals: frozenset[int]
    notes: tuple[tuple[str, str], ...]
    steps: tuple[Step, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """Its placeholders, each once, in order of appearance."""
        return tuple(dict.fromkeys(self.pieces[1::2]))


@dataclass(frozen=True, slots=True)
class Bank:
    """One language's entries, and what may be put around them. `mods`: (prefix?, pieces, slots as a step's)."""

    language: str
    entries: dict[str, tuple[Entry, ...]]
    joins: tuple[tuple[str, str], ...]
    mods: tuple[tuple[bool, Entry], ...]
    fluff: tuple[tuple[bool, str], ...]


def load(language: str, folder: Path = FOLDER) -> Bank:
    """Raises InvalidInput for a line that does not follow the form."""
    entries: dict[str, tuple[Entry, ...]] = {}
    joins: list[tuple[str, str]] = []
    mods: list[tuple[bool, Entry]] = []
    fluff: list[tuple[bool, str]] = []
    for path in sorted((folder / language).glob("*.txt")):
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip() and not line.startswith("#")]
        if path.stem == "joins":
            joins += [(said.strip(), kind.strip()) for said, _, kind in (line.partition("=>") for line in lines)]
        elif path.stem == "fluff":
            fluff += [(line.startswith("prefix"), line.partition("|")[2].strip()) for line in lines]
        elif path.stem == "mods":
            for line in lines:
                said, _, slots = line.partition("|")[2].rpartition("=>")
                mods.append((line.startswith("prefix"), entry(language, "mods", f"{said.strip()} => wait {slots.strip()}")))
        else:
            entries[path.stem] = tuple(entry(language, path.stem, line) for line in lines)
    return Bank(language, entries, tuple(joins), tuple(mods), tuple(fluff))


def entry(language: str, topic: str, line: str) -> Entry:
    """One bank line. Raises InvalidInput."""
    said, _, meant = line.rpartition("=>")
    note = _NOTE.search(said)
    notes = tuple(tuple(pair.split()) for pair in note[1].split(",")) if note else ()
    said = said[: note.start()] if note else said
    pieces: list[str] = []
    plurals: set[int] = set()
    at = 0
    for match in _MARK.finditer(said):
        pieces += [said[at : match.start()], match[1]]
        if match[2]:
            plurals.add(len(pieces) - 1)
        at = match.end()
    pieces.append(said[at:])
    steps = skeleton.parse(re.sub(r"\b([JU]\d+)\b", r'"\1"', meant.strip()))
    pairs = tuple((pair[0], pair[1]) for pair in notes if len(pair) == 2)
    return Entry(language, topic, tuple(pieces), frozenset(plurals), pairs, steps)
