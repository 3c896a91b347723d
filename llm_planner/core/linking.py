"""Which registry names a sentence mentions: exact, alias, number words, plural, and close misspellings; longest first.

The linker is a gazetteer, not a parser: it says what is named where. What the names are for is decided later, by the
model, among the readings that these names allow.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from fleet.contracts.translate import Registry
from llm_planner.core.lexicon import CUES
from llm_planner.core.tokens import JOINERS, Token, fold, is_number, key, stem

#: A misspelt name is accepted within this many edits, by its length in characters; digits never vary. Shorter: none.
EDITS_BY_LENGTH = ((3, 0), (8, 1), (999, 2))
#: Names longer than this many words are not looked up as a whole, to bound the work per sentence.
NAME_WORDS_MAX = 12

_ALL_SPOKEN = (
    "all robots, all the robots, every robot, whole fleet, the fleet, fleet, everyone, everybody, everything, all, alle roboter, "
    "alle, todos los robots, todos, tous les robots, tous, 所有机器人, 全部"
)


class MentionKind(StrEnum):
    PLACE = "place"
    AREA = "area"
    ROBOT = "robot"
    TYPE = "type"
    ITEM = "item"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Name:
    """One thing that a mention may mean: its kind and its canonical name."""

    kind: MentionKind
    name: str


@dataclass(frozen=True, slots=True)
class Mention:
    """`names`: every registry entry these words may mean; `start`, `end`: token indices; `fuzzy`: a misspelling."""

    names: tuple[Name, ...]
    start: int
    end: int
    fuzzy: bool = False

    def of(self, *kinds: MentionKind) -> tuple[Name, ...]:
        return tuple(name for name in self.names if name.kind in kinds)


class Vocabulary:
    """The registry, indexed by how its names are spoken. Build once per registry."""

    def __init__(self, registry: Registry) -> None:
        self._exact: dict[tuple[str, ...], list[Name]] = {}
        self._plural: dict[tuple[str, ...], list[Name]] = {}
        self._needs_capitals: set[tuple[str, ...]] = set()
        for name, spellings in _entries(registry, CUES):
            for spelling in spellings:
                self._add(name, spelling)
        self.words_max = min(NAME_WORDS_MAX, max((len(k) for k in self._exact), default=1))
        self._long = sorted(k for k in self._exact if len("".join(k)) > EDITS_BY_LENGTH[0][0])
        self.kinds = _kind_words(registry)
        self.areas: dict[str, tuple[str, ...]] = {}
        for place in registry.places:
            self.areas[place.area] = (*self.areas.get(place.area, ()), place.name)

    def _add(self, name: Name, spelling: str) -> None:
        words = key(spelling)
        if not words:
            return
        _append(self._exact, words, name)
        if name.kind in (MentionKind.ITEM, MentionKind.TYPE):
            _append(self._plural, tuple(map(stem, words)), name)
        if len(words) == 1 and spelling.isupper() and len(spelling) <= 3:
            self._needs_capitals.add(words)

    def lookup(self, tokens: tuple[Token, ...], words: tuple[str, ...]) -> tuple[Name, ...]:
        """Entries spelled by exactly these tokens. A two-letter capital alias ("ER") needs its capitals."""
        if words in self._needs_capitals and not any(c.isdigit() for c in words[0]) and not tokens[0].text.isupper():
            return ()
        found = self._exact.get(words) or self._plural.get(tuple(map(stem, words))) or ()
        return tuple(found)

    def nearest(self, words: tuple[str, ...]) -> tuple[Name, ...]:
        """Entries that these words misspell: the only ones within the permitted edits, or nothing."""
        letters = "".join(words)
        edits_max = next(edits for length, edits in EDITS_BY_LENGTH if len(letters) <= length)
        bare = not any(is_number(word) for word in words)
        if edits_max == 0 or all(is_number(word) for word in words) or (bare and len(letters) < 5):
            return ()
        best: list[tuple[str, ...]] = []
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


def link(
    tokens: tuple[Token, ...], vocabulary: Vocabulary, taken: frozenset[int], known_words: frozenset[str]
) -> tuple[Mention, ...]:
    """The mentions in reading order. `taken`: tokens that a number rule has used; `known_words` are never misspellings."""
    exact = _scan(tokens, vocabulary, taken, set(), fuzzy_words=None)
    used = {index for mention in exact for index in range(mention.start, mention.end)}
    fuzzy = _scan(tokens, vocabulary, taken, used, fuzzy_words=known_words)
    merged = sorted([*exact, *fuzzy], key=lambda mention: mention.start)
    return tuple(_specific(_series(merged, tokens, vocabulary, taken, known_words), tokens))


def _scan(
    tokens: tuple[Token, ...], vocabulary: Vocabulary, taken: frozenset[int], used: set[int], fuzzy_words: frozenset[str] | None
) -> list[Mention]:
    blocked = set(taken) | used
    found: list[Mention] = []
    for length in range(vocabulary.words_max, 0, -1):
        for start in range(len(tokens)):
            end = _window(tokens, start, length, blocked)
            if end is None:
                continue
            window = tuple(token for token in tokens[start:end] if token.is_word)
            words = tuple(token.norm for token in window)
            if fuzzy_words is None:
                names = vocabulary.lookup(window, words)
            elif any(word in fuzzy_words for word in words):
                continue
            else:
                names = vocabulary.nearest(words) if length <= 3 else ()
            if names:
                found.append(Mention(names, start, end, fuzzy_words is not None))
                blocked |= set(range(start, end))
    return found


def _window(tokens: tuple[Token, ...], start: int, words: int, blocked: set[int]) -> int | None:
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


def _series(
    mentions: list[Mention],
    tokens: tuple[Token, ...],
    vocabulary: Vocabulary,
    taken: frozenset[int],
    known_words: frozenset[str],
) -> list[Mention]:
    """Read "AMR-2 and 3", "AMR 1, 2 and 4": bare numbers right after a numbered name continue its series."""
    out: list[Mention] = []
    starts = {mention.start for mention in mentions}
    for mention in mentions:
        out.append(mention)
        series = [t.norm for t in tokens[mention.start : mention.end] if t.is_word]
        index = mention.end
        while len(series) > 1 and is_number(series[-1]) and index + 1 < len(tokens):
            link_word, number = tokens[index], tokens[index + 1]
            next_free = index + 1 not in starts and index + 1 not in taken
            if (
                link_word.norm not in (",", "and", "&", "und", "y", "et", "和", "+")
                or not is_number(number.norm)
                or not next_free
            ):
                break
            after = tokens[index + 2] if index + 2 < len(tokens) else None
            names = vocabulary.lookup((number,), (*series[:-1], number.norm))
            # before an unknown word or a name the number is a count: "AMR-2 and 3 totes"
            counts = index + 2 in starts or (after is not None and after.is_word and after.norm not in known_words)
            if not names or counts:
                break
            out.append(Mention(names, index + 1, index + 2))
            index += 2
    return out


def _specific(mentions: list[Mention], tokens: tuple[Token, ...]) -> list[Mention]:
    """Read "pallets of water" as thing: a container word before "of" joins the item whose name holds that word."""
    out: list[Mention] = []
    for mention in mentions:
        before = out[-1] if out else None
        between = [t.norm for t in tokens[before.end : mention.start]] if before else []
        if before and between in (["of"], ["of", "the"], ["mit"], ["de"]) and before.of(MentionKind.ITEM):
            container = stem(key(before.of(MentionKind.ITEM)[0].name)[-1])
            fitting = tuple(n for n in mention.of(MentionKind.ITEM) if container in map(stem, key(n.name)))
            if fitting:
                out[-1] = Mention(fitting, before.start, mention.end, before.fuzzy or mention.fuzzy)
                continue
        out.append(mention)
    return out


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


def _entries(registry: Registry, verbs: Collection[tuple[str, ...]]) -> Iterable[tuple[Name, tuple[str, ...]]]:
    for place in registry.places:
        yield Name(MentionKind.PLACE, place.name), (place.name, *place.aliases)
    for area in sorted({place.area for place in registry.places if place.area}):
        spelled = (f"{area} area", f"{area} zone", f"area {area}")
        # an area called "Charging" must not swallow the verb: such a one is named with the word area
        yield Name(MentionKind.AREA, area), spelled if key(area) in verbs else (*spelled, area)
    for robot in registry.robots:
        yield Name(MentionKind.ROBOT, robot.name), (robot.name, *robot.aliases)
    for kind in sorted({robot.type for robot in registry.robots if robot.type}):
        # a type that is called "robot" for short would make every robot one of it
        aliases = [alias for alias in registry.type_aliases.get(kind, ()) if stem(fold(alias)) != "robot"]
        spoken = (kind, f"{kind} robot", *aliases)
        yield Name(MentionKind.TYPE, kind), (*spoken, *(f"all {s}" for s in spoken), *(f"any {s}" for s in spoken))
    for item in registry.items:
        yield Name(MentionKind.ITEM, item.name), (item.name, *item.aliases)
    yield Name(MentionKind.ALL, "all"), tuple(_ALL_SPOKEN.split(", "))


def _kind_words(registry: Registry) -> dict[str, tuple[str, ...]]:
    """Generic words ("dock", "charger") and the places they could mean: for one question with choices."""
    out: dict[str, list[str]] = {}
    named = [(place.name, {*key(place.kind), *key(place.name)[:1]}) for place in registry.places]
    areas = [(area, set(key(area)[:1])) for area in dict.fromkeys(place.area for place in registry.places if place.area)]
    for name, spoken in named + areas:
        for word in spoken:
            if not is_number(word) and len(word) > 2:
                out.setdefault(word, []).append(name)
    return {word: tuple(names) for word, names in out.items() if len(names) > 1}


def _append(index: dict[tuple[str, ...], list[Name]], words: tuple[str, ...], name: Name) -> None:
    names = index.setdefault(words, [])
    if name not in names:
        names.append(name)


def _digits(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for word in words if is_number(word))
