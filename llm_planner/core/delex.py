"""Names and numbers out of a sentence, placeholders in: what the language model reads.

The text is lower-cased and only placeholders are upper case, so nothing that an operator types, and no name in a registry,
can pass for a placeholder.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace

from fleet.contracts.translate import Registry, RegistryRobot
from llm_planner.core.counts import find_counts
from llm_planner.core.languages import languages_of
from llm_planner.core.linking import link
from llm_planner.core.mentions import Mention, words_of
from llm_planner.core.times import Figure, find_figures
from llm_planner.core.tokens import Token, tokenize
from llm_planner.core.vocabulary import MentionKind, Name, Vocabulary

#: Special jobs; a robot that can do one of these and cannot carry is a specialist, which the model is told.
SPECIAL = ("disinfect", "clean", "inspect", "patrol", "guide")
#: A name that ends with a time's first number is looked for in so many tokens before it.
_NAME_BEFORE_MAX = 4


@dataclass(frozen=True, slots=True)
class Mark:
    """One placeholder. `start`, `end`: characters of the sentence. `names`: what it may mean, or for a `group` all it means.

    `value`: of figures: "HH:MM", minutes, a count, "50 percent".
    """

    label: str
    start: int
    end: int
    names: tuple[Name, ...] = ()
    group: bool = False
    value: str = ""
    fuzzy: bool = False
    #: Where the same thing is named again: it keeps its placeholder.
    again: tuple[tuple[int, int], ...] = ()

    def spans(self) -> tuple[tuple[int, int], ...]:
        """All character spans, the first one first."""
        return ((self.start, self.end), *self.again)


@dataclass(frozen=True, slots=True)
class Delexed:
    """`text`: what the model reads; `marks` by label; `said`: the operator's sentence."""

    said: str
    text: str
    marks: dict[str, Mark]
    note: str = ""

    @property
    def prompt(self) -> str:
        """The text with the note on specialists."""
        return self.text + self.note

    def words_of(self, label: str) -> str:
        """The words of the sentence behind a placeholder."""
        mark = self.marks[label]
        return self.said[mark.start : mark.end]


class Delexer:
    """Finds names and numbers on one site. Pure."""

    def __init__(self, registry: Registry) -> None:
        self.vocabulary = Vocabulary(registry)
        self._kinds = {place.name: place.kind.lower() for place in registry.places}
        self._special = _specialists(registry.robots)
        self._special_types = {
            kind: job
            for kind in {robot.type for robot in registry.robots}
            if (job := _common(self._special.get(robot.name, "") for robot in registry.robots if robot.type == kind))
        }

    def read(self, said: str, now: str) -> Delexed:
        """`now`: the site's clock "HH:MM"."""
        tokens = tokenize(said)
        figures = self._figures(tokens, now)
        taken = frozenset(i for figure in figures for i in range(figure.start, figure.end))
        languages = languages_of(said)
        found = link(tokens, self.vocabulary, taken, languages)
        mentions = tuple(mention for mention in found if mention.names)  # a range may hold nobody
        owned = set(taken) | {i for mention in mentions for i in range(mention.start, mention.end)}
        counts = find_counts(tokens, owned, lambda word: self.vocabulary.is_kind(word, languages))
        return self._compose(said, tokens, [*figures, *counts], mentions)

    def _figures(self, tokens: tuple[Token, ...], now: str) -> list[Figure]:
        """Times and speeds, but for those of a name's words: "2S" is a ward, and "Unit 1 tonight" is no time."""
        return [figure for figure in find_figures(tokens, now) if not self._is_named(tokens, figure)]

    def _is_named(self, tokens: tuple[Token, ...], figure: Figure) -> bool:
        if self.vocabulary.names_exactly(words_of(tokens, figure.start, figure.end)):
            return True
        return any(
            self.vocabulary.names_exactly(words_of(tokens, first, figure.start + 1))
            for first in range(max(0, figure.start - _NAME_BEFORE_MAX), figure.start)
        )

    def _compose(self, said: str, tokens: tuple[Token, ...], figures: list[Figure], mentions: tuple[Mention, ...]) -> Delexed:
        numbers: dict[str, int] = {}
        marks: dict[str, Mark] = {}
        pieces: list[str] = []
        at = 0
        everything: list[Figure | Mention] = [*figures, *mentions]
        for found in sorted(everything, key=lambda f: f.start):
            start, end = tokens[found.start].start, tokens[found.end - 1].end
            letter = found.letter if isinstance(found, Figure) else self._letter(found)
            known = _known(marks, letter, found)
            if known is not None:
                label = known.label
                marks[label] = replace(known, again=(*known.again, (start, end)))
            else:
                numbers[letter] = numbers.get(letter, 0) + 1
                label = f"{letter}{numbers[letter]}"
                marks[label] = (
                    Mark(label, start, end, value=found.value)
                    if isinstance(found, Figure)
                    else Mark(label, start, end, names=found.names, group=found.group, fuzzy=found.fuzzy)
                )
            shown = " ".join(filter(None, (found.before, label, found.word))) if isinstance(found, Figure) else label
            pieces += [_plain(said[at:start]), f" {shown} "]
            at = end
        pieces.append(_plain(said[at:]))
        text = " ".join("".join(pieces).split())
        return Delexed(said, text, marks, self._note(marks))

    def _letter(self, mention: Mention) -> str:
        kinds = {name.kind for name in mention.names}
        if MentionKind.PLACE in kinds and MentionKind.ITEM in kinds:
            return "X"
        if MentionKind.PLACE in kinds:
            return "A" if mention.group and mention.kind else self._place_letter(mention)
        for kind, letter in ((MentionKind.ROBOT, "R"), (MentionKind.AREA, "A"), (MentionKind.ITEM, "I"), (MentionKind.TYPE, "T")):
            if kind in kinds:
                return letter
        raise AssertionError(kinds)

    def _place_letter(self, mention: Mention) -> str:
        kinds = {self._kinds.get(name.name, "") for name in mention.names if name.kind is MentionKind.PLACE}
        for piece, letter in (("no_robot", "Z"), ("charg", "H"), ("park", "G")):
            if kinds and all(piece in kind for kind in kinds):
                return letter
        return "P"

    def _note(self, marks: dict[str, Mark]) -> str:
        notes = []
        for mark in marks.values():
            table = {"R": self._special, "T": self._special_types}.get(mark.label[0], {})
            job = _common(table.get(name.name, "") for name in mark.names)
            if job:
                notes.append(f"{mark.label} {job}")
        return f" [{', '.join(notes)}]" if notes else ""


def _known(marks: dict[str, Mark], letter: str, found: Figure | Mention) -> Mark | None:
    """The placeholder that this thing has already: "B1 to B2, no, B2 to B1". Counts are never the same thing."""
    for mark in marks.values():
        if mark.label[0] != letter or letter in "NDS":
            continue
        same = mark.value == found.value if isinstance(found, Figure) else set(mark.names) == set(found.names)
        if same and (isinstance(found, Figure) or mark.group == found.group):
            return mark
    return None


def _specialists(robots: Iterable[RegistryRobot]) -> dict[str, str]:
    out: dict[str, str] = {}
    for robot in robots:
        jobs = [job for job in SPECIAL if job in robot.capabilities]
        if len(jobs) == 1 and "transport" not in robot.capabilities:
            out[robot.name] = jobs[0]
    return out


def _common(values: Iterable[str]) -> str:
    found = set(values)
    return found.pop() if len(found) == 1 else ""


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()
