"""A registry, indexed by how its names are spoken. Built once per registry."""

from __future__ import annotations

import difflib
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import TypeVar

from fleet.contracts.translate import Registry
from llm_planner.core.common import COMMON_WORDS
from llm_planner.core.concepts import JOINTS, Meaning, known, meanings
from llm_planner.core.distance import EDITS_BY_LENGTH, edit_distance
from llm_planner.core.spellings import MentionKind, Name, by_type, is_verb_like, kinds, listed, short_meanings, shortened, spoken
from llm_planner.core.tokens import Token, is_number, key, loosely, stem
from llm_planner.core.wordlists import ARTICLES, FUNCTION_WORDS

#: Names longer than this many words are not looked up as a whole, to bound the work per sentence.
NAME_WORDS_MAX = 12
#: Words of another language that together may mean one name.
SPOKEN_WORDS_MAX = 8
#: A guess at a name that nothing else matches offers at most this many choices.
GUESSES_MAX = 4

#: Words that belong to the sentence and not to a name, at either end of it ("aux bornes", "a can pallet").
_NOT_FIRST = (JOINTS | FUNCTION_WORDS | ARTICLES) - {"号"}
_NOT_LAST = (frozenset(word for word in _NOT_FIRST if len(word) > 1) - {"este"}) | {"的"}

Words = tuple[str, ...]
_K = TypeVar("_K")


class Vocabulary:
    """Lookups by tuples of normalised words (`tokens.key`)."""

    def __init__(self, registry: Registry) -> None:
        self._exact: dict[Words, list[Name]] = {}
        self._stems: dict[Words, list[Name]] = {}
        self._loose: dict[Words, list[Name]] = {}
        self._joined: dict[str, list[Name]] = {}
        self._spoken: dict[Words, list[Name]] = {}
        self._means: dict[Meaning, list[Name]] = {}
        self._short: dict[Words, list[Name]] = {}
        self._short_means: dict[Meaning, list[Name]] = {}
        self._needs_capitals: set[Words] = set()
        entries = [(name, spelling) for name, spellings in listed(registry) for spelling in spellings]
        for name, spelling in entries:
            self._add(name, spelling)
        tongues = _tongues(spelling for _, spelling in entries)
        for name, spelling in entries:
            self._add_spoken(name, spelling, tongues)
        for name, words in by_type(registry):
            if words not in self._exact:
                _append(self._spoken, loosely(words), name)
            for meaning, _ in meanings(words):
                _append(self._means, meaning, name)
        self._kinds: dict[Words, list[Name]] = {}
        self._kind_means: dict[Meaning, list[Name]] = {}
        for name, words in kinds(registry):
            _append(self._kinds, loosely(words), name)
            for meaning, _ in meanings(words):
                _append(self._kind_means, meaning, name)
        longest = max(map(len, (*self._exact, *self._spoken)), default=1)
        self.words_max = min(NAME_WORDS_MAX, max(longest, SPOKEN_WORDS_MAX))
        self._literals = {word for words in self._exact for word in words if not known(word)}
        self._by_length: dict[int, list[Words]] = defaultdict(list)
        for words in sorted(self._exact):
            if len("".join(words)) > EDITS_BY_LENGTH[0][0]:
                self._by_length[len("".join(words))].append(words)
        self._bags: dict[str, set[Name]] = defaultdict(set)
        for name, spelling in entries:
            for word in loosely(key(spelling)):
                self._bags[word].add(name)
        self._numbered = _numbered(registry)
        self._types = {robot.name: robot.type for robot in registry.robots}
        self._areas = {place.name: place.area for place in registry.places}

    def lookup(self, tokens: tuple[Token, ...], words: Words, languages: frozenset[str], *, anchored: bool) -> tuple[Name, ...]:
        """Entries that these tokens name: as the registry spells them, inflected, joined, or in one of the languages.

        A capital alias that is an everyday word ("OR", "IT") needs its capitals; an everyday word that is no listed spelling
        needs to be `anchored` (by an article, a number, a preposition before it).
        """
        if words in self._needs_capitals and not tokens[0].text.isupper():
            return ()
        found = self._exact.get(words)
        if found and (words[0] not in FUNCTION_WORDS or len(words) > 1 or anchored or tokens[0].text.isupper()):
            return tuple(found)
        if len(words) == 1 and words[0] in FUNCTION_WORDS:
            return ()
        found = self._stems.get(tuple(map(stem, words))) or self._joined.get("".join(words))
        if found:
            return tuple(found)
        if len(words) == 1 and words[0] in COMMON_WORDS and not anchored:
            return ()
        if words == ("no", "1") and not tokens[1].text.isdigit():
            return ()  # "no one"
        if words[0] == "n" and len(words) == 2 and tokens[0].end == tokens[1].start:
            return ()  # "n° 2", and not "N2"
        bare = loosely(words)
        found = self._loose.get(bare) or self._spoken.get(bare) or self._translated(self._means, words, languages)
        return tuple(found)

    def lists(self, words: Words) -> bool:
        """Whether the registry has these very words, or their plural."""
        return words in self._exact or tuple(map(stem, words)) in self._stems

    def names_exactly(self, words: Words) -> bool:
        """Whether the registry has these words as a name."""
        return words in self._exact and not all(map(is_number, words))

    def short(self, words: Words, languages: frozenset[str], *, anchored: bool) -> tuple[Name, ...]:
        """Entries of which these words are a part that may stand for them: "bakery", "station 1", "the crates"."""
        if len(words) == 1 and (words[0] in FUNCTION_WORDS or is_number(words[0])):
            return ()
        if len(words) == 1 and not anchored and (words[0] in COMMON_WORDS or is_verb_like(words)):
            return ()
        found = dict.fromkeys(self._short.get(loosely(words), ()))
        found.update(dict.fromkeys(self._translated(self._short_means, words, languages)))
        return tuple(found)

    def _translated(self, index: dict[Meaning, list[Name]], words: Words, languages: frozenset[str]) -> list[Name]:
        if len(words) > SPOKEN_WORDS_MAX or not all(known(word) or word in self._literals for word in words):
            return []
        if (len(words) == 1 and len(words[0]) < 3) or _loose_ended(words):
            return []
        found: dict[Name, None] = {}
        for meaning, tongues in meanings(words):
            if tongues & languages:
                found.update(dict.fromkeys(index.get(meaning, ())))
        return list(found)

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
        digits = _codes(words)
        best: list[Words] = []
        best_edits = edits_max + 1
        for length in range(len(letters) - edits_max, len(letters) + edits_max + 1):
            for candidate in self._by_length.get(length, ()):
                if _codes(candidate) != digits or "".join(candidate)[0] != letters[0]:
                    continue
                edits = edit_distance("".join(candidate), letters, min(best_edits + 1, edits_max + 1))
                if edits < best_edits:
                    best, best_edits = [candidate], edits
                elif edits == best_edits and edits <= edits_max:
                    best.append(candidate)
        names = {name for candidate in best for name in self._exact[candidate]}
        return tuple(names) if len({n.name for n in names}) == 1 else ()

    def mixed(self, words: Words) -> tuple[Name, ...]:
        """The only entry that has all of these words in its spellings: "ferm row 1" for Fermenter Row 1, alias "ferm 1"."""
        if words[0] in FUNCTION_WORDS or words[-1] in FUNCTION_WORDS:
            return ()
        if any(map(is_number, words[:-1])) or (is_number(words[-1]) and len(words) < 3):
            return ()  # "three docks" is no Dock 3
        found = set.intersection(*(self._bags.get(word, set()) for word in loosely(words)))
        return tuple(found) if len(found) == 1 else ()

    def numbered(self, series: Words, number: str, languages: frozenset[str]) -> tuple[Name, ...]:
        """The member of a series ("dock", "3") or, with the number in front, ("3", "号", ...)."""
        for words in ((*series, number), (number, *series)):
            bare = loosely(words)
            found = self._exact.get(words) or self._stems.get(tuple(map(stem, words))) or self._loose.get(bare)
            found = found or self._spoken.get(bare) or self._translated(self._means, words, languages) or self._short.get(bare)
            if found:
                return tuple(found)
        return ()

    def between(self, series: Words, first: int, last: int, languages: frozenset[str]) -> tuple[Name, ...]:
        """The members of a numbered series ("dock" 1 to 4) that exist, at most a hundred."""
        members = [self.numbered(series, str(number), languages) for number in range(first, min(last, first + 100) + 1)]
        members = [names for names in members if names]
        if any(len(names) > 1 for names in members):  # "robots 1 to 4": the only fleet that has all of them
            whole = [
                _fleet(name) for name in members[0] if all(any(_fleet(n) == _fleet(name) for n in names) for names in members)
            ]
            if len(whole) != 1:
                return ()
            members = [tuple(name for name in names if _fleet(name) == whole[0]) for names in members]
        return tuple(dict.fromkeys(name for names in members for name in names))

    def kind(self, words: Words, languages: frozenset[str]) -> tuple[tuple[Name, ...], bool]:
        """The places (and areas) that a kind word ("dock", "docks", "码头") may mean, and whether it is a plural."""
        bare = loosely(words)
        found = self._kinds.get(bare)
        if not found:
            merged: dict[Name, None] = {}
            for meaning, tongues in meanings(words) if not _loose_ended(words) and all(map(known, words)) else ():
                if tongues & languages and not meaning.tail:
                    merged.update(dict.fromkeys(self._kind_means.get(meaning, ())))
            found = list(merged)
        return tuple(found), words[-1] != bare[-1] and words[-1].endswith(("s", "n", "x"))

    def inside(self, areas: tuple[Name, ...]) -> tuple[Name, ...]:
        """The places in these areas."""
        named = {name.name for name in areas if name.kind is MentionKind.AREA}
        return tuple(Name(MentionKind.PLACE, place) for place, area in self._areas.items() if area in named)

    def is_kind(self, word: str, languages: frozenset[str]) -> bool:
        """Whether one of something is called so here ("dock", "AMR"): a number behind it is part of a name."""
        types = self._exact.get((word,)) or self._translated(self._means, (word,), languages)
        if any(name.kind is MentionKind.TYPE for name in types):
            return True
        places, plural = self.kind((word,), languages)
        return bool(places) and not plural and word.isascii()

    def is_many(self, words: Words, languages: frozenset[str], *, every: bool) -> bool:
        """Whether these words, which the registry does not have, are a plural of several places."""
        if self.lists(words):
            return False
        places, plural = self.kind(words, languages)
        return len(places) > 1 and (plural or every)

    def robots_numbered(self, first: int, last: int) -> tuple[Name, ...]:
        """Robots by the number at the end of their names; () unless each number in the range belongs to exactly one."""
        if not first <= last <= first + 100:
            return ()
        found = [self._numbered.get(number, ()) for number in range(first, last + 1)]
        return tuple(names[0] for names in found) if all(len(names) == 1 for names in found) else ()

    def robot_numbered(self, number: int, types: frozenset[str]) -> tuple[Name, ...]:
        """The only robot (of these types, if any) with this number at the end of its name, or ()."""
        found = tuple(name for name in self._numbered.get(number, ()) if not types or self._types[name.name] in types)
        return found if len(found) == 1 else ()

    def guess(self, text: str, of_kinds: tuple[MentionKind, ...]) -> tuple[tuple[Name, ...], bool]:
        """Names of these kinds that resemble words which matched nothing, best first; and whether the first is certain.

        Certain: digits agree, and the words hold all of one name's words or are all among them, for one name only.
        """
        said = key(text)
        content = _content(said)
        inside: dict[Name, None] = {}
        scored: list[tuple[float, str, Name]] = []
        matcher = difflib.SequenceMatcher(None, "", " ".join(said))
        for words, names in self._exact.items():
            held = _content(words)
            same_digits = sorted(_digits(words)) == sorted(_digits(said))
            for name in names:
                if name.kind not in of_kinds:
                    continue
                fits = held <= content or (content <= held and len(content) * 2 >= len(held))
                same_code = all(len(word) > 1 for word in held ^ content)  # "gate C4" is no gate A4
                if same_digits and content and held and fits and same_code:
                    inside[name] = None
                bonus = 0.15 if same_digits else 0.0
                matcher.set_seq1(" ".join(words))
                if matcher.real_quick_ratio() + bonus > 0.6 and matcher.quick_ratio() + bonus > 0.6:
                    scored.append((matcher.ratio() + bonus, name.name, name))
        ranked = dict.fromkeys(name for score, _, name in sorted(scored, key=lambda row: (-row[0], row[1])) if score > 0.6)
        choices = tuple(dict.fromkeys([*inside, *ranked]))[:GUESSES_MAX]
        return choices, len(inside) == 1

    def _add(self, name: Name, spelling: str) -> None:
        words = key(spelling)
        if not words:
            return
        _append(self._exact, words, name)
        _append(self._stems, tuple(map(stem, words)), name)
        _append(self._loose, loosely(words), name)
        joined = "".join(words)
        if len(joined) > 4 and not is_number(joined):
            _append(self._joined, joined, name)
        if len(words) == 1 and spelling.isupper() and words[0] in FUNCTION_WORDS:
            self._needs_capitals.add(words)

    def _add_spoken(self, name: Name, spelling: str, tongues: frozenset[str]) -> None:
        for words in spoken(name, spelling):
            if words not in self._exact:
                _append(self._spoken, loosely(words), name)
        said = key(spelling)
        read = meanings(said[1:] if len(said) > 1 and said[0] in ARTICLES else said)
        for meaning, _ in [row for row in read if row[1] & tongues] or read:
            _append(self._means, meaning, name)
        for words in shortened(name, spelling):
            if words not in self._exact:
                whole = len(words) > 1 and not is_number(words[-1])  # "lost luggage" is more than the item "luggage"
                _append(self._spoken if whole else self._short, loosely(words), name)
        for meaning in short_meanings(name, spelling):
            _append(self._short_means, meaning, name)


def _tongues(spellings: Iterable[str]) -> frozenset[str]:
    """The languages that a registry's names are in, so that "pan" is no bread on an English site."""
    votes = Counter(
        language for spelling in spellings for language in {tongue for _, found in meanings(key(spelling)) for tongue in found}
    )
    return frozenset(language for language, count in votes.items() if count * 2 > max(votes.values()))


def _numbered(registry: Registry) -> dict[int, tuple[Name, ...]]:
    """Robots by the number at the end of their names."""
    out: dict[int, tuple[Name, ...]] = {}
    for robot in registry.robots:
        words = key(robot.name)
        if words and is_number(words[-1]):
            number = int(words[-1])
            out[number] = (*out.get(number, ()), Name(MentionKind.ROBOT, robot.name))
    return out


def _fleet(name: Name) -> Words:
    """A name without its number."""
    return tuple(word for word in key(name.name) if not is_number(word))


def _content(words: Words) -> set[str]:
    """The words that tell names apart. A lone letter does, also where it is an everyday word ("a", "y")."""
    return {stem(word) for word in words if len(word) == 1 or word not in FUNCTION_WORDS}


def _append(index: dict[_K, list[Name]], words: _K, name: Name) -> None:
    names = index.setdefault(words, [])
    if name not in names:
        names.append(name)


def _loose_ended(words: Words) -> bool:
    return words[0] in _NOT_FIRST or words[-1] in _NOT_LAST


def _codes(words: Words) -> Words:
    """The words that no slip may change: "Gate C4" is not a misspelt "Gate A4"."""
    return tuple(word for word in words if word.isascii() and (word.isdigit() or len(word) < 3))


def _digits(words: Words) -> Words:
    return tuple(word for word in words if is_number(word))


__all__ = ["GUESSES_MAX", "MentionKind", "Name", "Vocabulary", "edit_distance"]
