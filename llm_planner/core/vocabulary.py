"""A registry, indexed by how its names are spoken. Built once per registry."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from fleet.contracts.translate import Registry
from llm_planner.core.common import COMMON_WORDS
from llm_planner.core.concepts import translations
from llm_planner.core.lexicon import FUNCTION_WORDS
from llm_planner.core.tokens import Token, is_number, key, stem

#: A misspelt name is accepted within this many edits, by its length in characters; digits never vary. Shorter: none.
EDITS_BY_LENGTH = ((3, 0), (8, 1), (999, 2))
#: Names longer than this many words are not looked up as a whole, to bound the work per sentence.
NAME_WORDS_MAX = 12
#: A guess at a name that nothing else matches offers at most this many choices.
GUESSES_MAX = 4

Words = tuple[str, ...]


class MentionKind(StrEnum):
    PLACE = "place"
    AREA = "area"
    ROBOT = "robot"
    TYPE = "type"
    ITEM = "item"


@dataclass(frozen=True, slots=True)
class Name:
    """One thing that a mention may mean: its kind and its canonical name."""

    kind: MentionKind
    name: str


class Vocabulary:
    """Lookups by tuples of normalised words (`tokens.key`)."""

    def __init__(self, registry: Registry) -> None:
        self._exact: dict[Words, list[Name]] = {}
        self._stems: dict[Words, list[Name]] = {}
        self._weak: dict[Words, list[Name]] = {}
        self._needs_capitals: set[Words] = set()
        for name, spellings in _entries(registry):
            for spelling in spellings:
                self._add(name, spelling)
        for name, spoken in _weak_entries(registry):
            if spoken not in self._exact:
                _append(self._weak, spoken, name)
        self.words_max = min(NAME_WORDS_MAX, max((len(k) for k in (*self._exact, *self._weak)), default=1))
        self._long = sorted(k for k in self._exact if len("".join(k)) > EDITS_BY_LENGTH[0][0])
        self._kinds = _kinds(registry)
        self._numbered = _numbered_robots(registry)

    def lookup(self, tokens: tuple[Token, ...], words: Words) -> tuple[Name, ...]:
        """Entries spelled by exactly these tokens. A capital alias that is an everyday word ("OR", "IT") needs its capitals."""
        if words in self._needs_capitals and not tokens[0].text.isupper():
            return ()
        stems = tuple(map(stem, words))
        return tuple(self._exact.get(words) or self._stems.get(stems) or self._weak.get(words) or self._weak.get(stems) or ())

    def nearest(self, words: Words) -> tuple[Name, ...]:
        """Entries that these words misspell: the only ones within the permitted edits, or nothing."""
        letters = "".join(words)
        edits_max = next(edits for length, edits in EDITS_BY_LENGTH if len(letters) <= length)
        bare = not any(is_number(word) for word in words)
        if edits_max == 0 or all(is_number(word) for word in words) or (bare and len(letters) < 5):
            return ()
        if all(word in COMMON_WORDS or word in FUNCTION_WORDS for word in words if not is_number(word)):
            return ()
        if len(words) > 1 and (words[0] in FUNCTION_WORDS or words[-1] in FUNCTION_WORDS):
            return ()
        best: list[Words] = []
        best_edits = edits_max + 1
        for candidate in self._long:
            if abs(len("".join(candidate)) - len(letters)) > edits_max or _digits(candidate) != _digits(words):
                continue
            edits = edit_distance("".join(candidate), letters, best_edits + 1)
            if edits < best_edits:
                best, best_edits = [candidate], edits
            elif edits == best_edits and edits <= edits_max:
                best.append(candidate)
        names = {name for candidate in best for name in self._exact[candidate]}
        return tuple(names) if len({n.name for n in names}) == 1 else ()

    def between(self, series: Words, first: int, last: int) -> tuple[Name, ...]:
        """The members of a numbered series ("dock" 1 to 4) that exist, at most a hundred."""
        found: dict[Name, None] = {}
        for number in range(first, min(last, first + 100) + 1):
            words = (*series, str(number))
            for name in self._exact.get(words) or self._stems.get(tuple(map(stem, words))) or self._weak.get(words) or ():
                found[name] = None
        return tuple(found)

    def kind(self, words: Words) -> tuple[tuple[Name, ...], bool]:
        """The places that a kind word ("dock", "docks") may mean, and whether it is a plural."""
        found = self._kinds.get(words)
        if found:
            return found, False
        singular = (*words[:-1], stem(words[-1]))
        return (self._kinds.get(singular, ()), singular != words)

    def robots_numbered(self, first: int, last: int) -> tuple[Name, ...]:
        """Robots by the number at the end of their names; () unless each number in the range belongs to exactly one."""
        if not first < last <= first + 100:
            return ()
        found = [self._numbered.get(number, ()) for number in range(first, last + 1)]
        return tuple(names[0] for names in found) if all(len(names) == 1 for names in found) else ()

    def guess(self, text: str, kinds: tuple[MentionKind, ...]) -> tuple[tuple[Name, ...], bool]:
        """Names of these kinds that resemble words which matched nothing, best first; and whether the first is certain.

        Certain: digits agree, and the words hold all of one name's words or are all among them, for one name only.
        """
        said = key(text)
        content = {stem(word) for word in said if word not in FUNCTION_WORDS}
        inside: dict[Name, None] = {}
        scored: list[tuple[float, str, Name]] = []
        for spoken, names in self._exact.items():
            held = {stem(word) for word in spoken if word not in FUNCTION_WORDS}
            for name in names:
                if name.kind not in kinds:
                    continue
                same_digits = sorted(_digits(spoken)) == sorted(_digits(said))
                if same_digits and content and held and (held <= content or (content <= held and len(content) * 2 >= len(held))):
                    inside[name] = None
                score = difflib.SequenceMatcher(None, " ".join(spoken), " ".join(said)).ratio() + (0.15 if same_digits else 0.0)
                scored.append((score, name.name, name))
        ranked = dict.fromkeys(name for score, _, name in sorted(scored, key=lambda row: (-row[0], row[1])) if score > 0.6)
        choices = tuple(dict.fromkeys([*inside, *ranked]))[:GUESSES_MAX]
        return choices, len(inside) == 1

    def _add(self, name: Name, spelling: str) -> None:
        words = key(spelling)
        if not words:
            return
        _append(self._exact, words, name)
        _append(self._stems, tuple(map(stem, words)), name)
        if len(words) == 1 and spelling.isupper() and words[0] in FUNCTION_WORDS:
            self._needs_capitals.add(words)


def edit_distance(left: str, right: str, limit: int) -> int:
    """Damerau-Levenshtein distance with adjacent swaps (optimal string alignment), or `limit` when it is at least that."""
    if abs(len(left) - len(right)) >= limit:
        return limit
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        older, before, row = before, row, [i] + [0] * len(right)
        for j, b in enumerate(right, 1):
            row[j] = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                row[j] = min(row[j], older[j - 2] + 1)
        if min(row) >= limit:
            return limit
    return min(row[-1], limit)


def _entries(registry: Registry) -> Iterable[tuple[Name, tuple[str, ...]]]:
    for place in registry.places:
        yield Name(MentionKind.PLACE, place.name), (place.name, *place.aliases)
    taken = {place.name for place in registry.places}
    for area in sorted({place.area for place in registry.places if place.area} - taken):
        # an area called "Charging" must not swallow the verb: such a one is named with the word area
        spelled = (f"{area} area", f"{area} zone", f"area {area}", f"zone {area}")
        bare = key(area)
        verb = len(bare) == 1 and (bare[0] in COMMON_WORDS or bare[0] in FUNCTION_WORDS)
        yield Name(MentionKind.AREA, area), spelled if verb else (*spelled, area)
    for robot in registry.robots:
        yield Name(MentionKind.ROBOT, robot.name), (robot.name, *robot.aliases)
    for kind in sorted({robot.type for robot in registry.robots if robot.type}):
        # a type that is called "robot" for short would make every robot one of it
        aliases = [alias for alias in registry.type_aliases.get(kind, ()) if stem("".join(key(alias))) not in ("robot", "bot")]
        yield Name(MentionKind.TYPE, kind), (*(kind, f"{kind} robot"), *aliases)
    for item in registry.items:
        yield Name(MentionKind.ITEM, item.name), (item.name, *item.aliases)


_ROBOT_WORDS = ("robot", "bot", "unit", "number", "no", "nr", "roboter", "nummer", "einheit", "numero", "unidad", "unite", "n")


def _weak_entries(registry: Registry) -> Iterable[tuple[Name, Words]]:
    """Spellings that count only where no name has them: "robot 7", "7号", and names translated word by word."""
    for robot in registry.robots:
        words = key(robot.name)
        name = Name(MentionKind.ROBOT, robot.name)
        if words and is_number(words[-1]):
            for word in _ROBOT_WORDS:
                yield name, (word, words[-1])
            for spoken in (f"{words[-1]}号机器人", f"{words[-1]}号车", f"机器人{words[-1]}", f"{words[-1]}号机"):
                yield name, key(spoken)
    for name, spellings in _entries(registry):
        for spelling in spellings:
            for spoken in translations(key(spelling)):
                yield name, spoken


def _kinds(registry: Registry) -> dict[Words, tuple[Name, ...]]:
    """Kind words ("dock", "packing station") to the places that they may mean."""
    out: dict[Words, dict[Name, None]] = {}
    for place in registry.places:
        name = Name(MentionKind.PLACE, place.name)
        spoken = {key(place.kind.replace("_", " "))}
        for spelling in (place.name, *place.aliases):
            words = key(spelling)
            if len(words) > 1 and (is_number(words[-1]) or len(words[-1]) == 1):
                base = words[:-1] if is_number(words[-1]) or len(words) < 3 else words[:-1]
                spoken.add(base if not (base and is_number(base[-1])) else base[:-1])
        for words in spoken:
            for variant in (words, *translations(words)):
                if variant and not all(is_number(w) or (len(w) < 3 and w.isascii()) for w in variant):
                    out.setdefault(variant, {})[name] = None
                    out.setdefault((*variant[:-1], stem(variant[-1])), {})[name] = None
    return {words: tuple(names) for words, names in out.items()}


def _numbered_robots(registry: Registry) -> dict[int, tuple[Name, ...]]:
    out: dict[int, tuple[Name, ...]] = {}
    for robot in registry.robots:
        words = key(robot.name)
        if words and is_number(words[-1]):
            number = int(words[-1])
            out[number] = (*out.get(number, ()), Name(MentionKind.ROBOT, robot.name))
    return out


def _append(index: dict[Words, list[Name]], words: Words, name: Name) -> None:
    names = index.setdefault(words, [])
    if name not in names:
        names.append(name)


def _digits(words: Words) -> Words:
    return tuple(word for word in words if is_number(word))
