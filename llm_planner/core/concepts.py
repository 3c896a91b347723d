"""Everyday nouns of the field in five languages: "Rampe 3" and "3号码头" may mean the registry's "Dock 3".

Words are read as a thing (`head`), what it holds (`of`), which one (`like`) and its number, letter or proper name (`tail`),
in any language and word order ("banana crate", "caja de plátanos", "Bananenkiste", "香蕉筐"): two texts that are read alike
may mean the same thing. The nouns are data: concepts.txt.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from pathlib import Path

from llm_planner.core.numbers import words as number_words
from llm_planner.core.tokens import is_number, key, loosely, stem

Words = tuple[str, ...]
LANGUAGES = ("en", "de", "fr", "es", "zh")
#: Words that stand between the parts of a name.
JOINTS = number_words("of with de du del des la le les los las aux al mit von fur con 的 号")
#: These are letters of a name elsewhere ("Dock A").
_LETTER_JOINTS = frozenset("adl")
#: Letters that German puts between the parts of a compound.
_LINKS = ("", "n", "s", "en", "es")
#: A thing, what it holds and which one: a text with more known words than these has no reading.
_KNOWN_MAX = 3
#: Readings of one text that are looked at.
_READINGS_MAX = 24


@dataclass(frozen=True, slots=True)
class Meaning:
    """Concept numbers (-1: none), and the words that are no concept."""

    head: int
    of: int = -1
    like: int = -1
    tail: Words = ()

    def without_tail(self) -> Meaning:
        return Meaning(self.head, self.of, self.like)


_Hits = tuple[tuple[int, int], ...]
#: (concept, language) pairs that a word may be, or a literal word, or "" for a joining word.
_Piece = _Hits | str


def _read() -> tuple[tuple[str, ...], dict[Words, _Hits], dict[Words, _Hits]]:
    """For each concept its flag ("+" container, "~" adjective); for each spelling the concepts that have it, strict and loose."""
    flags: list[str] = []
    strict: dict[Words, dict[tuple[int, int], None]] = {}
    where: dict[Words, dict[tuple[int, int], None]] = {}
    for line in (Path(__file__).parent / "concepts.txt").read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        flag = line[0] if line[0] in "+~" else ""
        for language, group in enumerate(line.removeprefix(flag).split(";")):
            for spelling in group.split(","):
                words = key(spelling)
                strict.setdefault(tuple(map(stem, words)), {})[len(flags), language] = None
                where.setdefault(loosely(words), {})[len(flags), language] = None
        flags.append(flag)
    return tuple(flags), _frozen(strict), _frozen(where)


def _frozen(index: dict[Words, dict[tuple[int, int], None]]) -> dict[Words, _Hits]:
    return {words: tuple(found) for words, found in index.items()}


_FLAGS, _STRICT, _WHERE = _read()
_LONGEST = max(map(len, _WHERE))
#: Loose words that a concept's spelling holds.
_SAID = frozenset(word for words in _WHERE for word in words) | JOINTS


@lru_cache(maxsize=50_000)
def known(word: str) -> bool:
    """Whether this word can be part of what `meanings` reads without being a proper name."""
    return is_number(word) or len(word) == 1 or loosely((word,))[0] in _SAID or (len(word) > 6 and bool(_compound(word)))


@lru_cache(maxsize=50_000)
def meanings(words: Words) -> tuple[tuple[Meaning, frozenset[str]], ...]:
    """How these words can be read, each with the languages in which they can; () where they name nothing known here."""
    pieces = _pieces(words)
    if pieces is None:
        return ()
    spoken = [piece for piece in pieces if isinstance(piece, tuple)]
    if len(spoken) > _KNOWN_MAX:
        return ()
    common = set.intersection(*({language for _, language in piece} for piece in spoken))
    languages = frozenset(LANGUAGES[number] for number in common)
    out: dict[Meaning, frozenset[str]] = {}
    for choice in product(*(_choices(piece, common) for piece in spoken)):
        for meaning in _arranged(pieces, choice, common):
            out[meaning] = languages
        if len(out) >= _READINGS_MAX:
            break
    return tuple(out.items())


@lru_cache(maxsize=20_000)
def is_adjective(word: str) -> bool:
    """Whether this word tells things apart rather than naming one ("north", "leere")."""
    found = _WHERE.get(loosely((word,)), ())
    return bool(found) and all(_FLAGS[concept] == "~" for concept, _ in found)


@lru_cache(maxsize=20_000)
def is_container(words: Words) -> bool:
    """Whether these words name a thing that holds others, in any language ("Kisten")."""
    return any(_FLAGS[concept] == "+" for concept, _ in _WHERE.get(loosely(words), ()))


def contents(meaning: Meaning) -> Meaning | None:
    """What is in the container that is meant: "banana crate" -> "banana"."""
    if meaning.of < 0 or meaning.like >= 0 or meaning.tail or _FLAGS[meaning.head] != "+":
        return None
    return Meaning(meaning.of)


def _choices(piece: tuple[tuple[int, int], ...], common: set[int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(concept for concept, language in piece if not common or language in common))


def _arranged(pieces: list[_Piece], choice: tuple[int, ...], common: set[int]) -> tuple[Meaning, ...]:
    nouns: list[int] = []
    names_thing = any(_FLAGS[concept] != "~" for concept in choice)
    like, joint, at = -1, 0, 0
    tail: list[str] = []
    for number, piece in enumerate(pieces):
        if piece == "":
            joint = joint or len(nouns)
        elif isinstance(piece, str):
            if is_number(piece) and not nouns and 4 not in common and names_thing:
                return ()  # "3 docks" is a count
            after = pieces[number + 1] if number + 1 < len(pieces) else "0"
            if piece in _LETTER_JOINTS and common <= {2, 3} and not (isinstance(after, str) and is_number(after)):
                joint = joint or len(nouns)  # "caisse à outils", and not "quai A"
            else:
                tail.append(piece)
        else:
            concept = choice[at]
            at += 1
            if _FLAGS[concept] != "~":
                nouns.append(concept)
            elif like >= 0:
                return ()
            else:
                like = concept
    if len(nouns) == 1:
        return (Meaning(nouns[0], -1, like, tuple(tail)),)
    if not nouns and like >= 0:
        return (Meaning(like, tail=tuple(tail)),)  # "2 North"
    if len(nouns) != 2 or nouns[0] == nouns[1]:
        return ()
    first, last = (
        Meaning(nouns[0], nouns[1], like, tuple(tail)),
        Meaning(nouns[1], nouns[0], like, tuple(tail)),
    )
    if joint and 4 not in common:
        return (first,)
    return (last,) if common == {0} else (last, first)


def _pieces(words: Words) -> list[_Piece] | None:
    """The words taken apart; None where nothing is known or too much unknown."""
    pieces: list[_Piece] = []
    unknown = index = 0
    while index < len(words):
        for length in range(min(_LONGEST, len(words) - index), 0, -1):
            found = _hits(words[index : index + length])
            if found:
                pieces.append(found)
                index += length
                break
        else:
            word = words[index]
            parts = _compound(word)
            if parts:
                pieces += parts
            elif word in JOINTS:
                pieces.append("")
            else:
                unknown += not (is_number(word) or len(word) == 1)
                pieces.append(word)
            index += 1
    return pieces if unknown <= 1 and any(isinstance(piece, tuple) for piece in pieces) else None


def _compound(word: str) -> tuple[tuple[tuple[int, int], ...], ...]:
    """The two parts of a German compound, or nothing."""
    if len(word) < 7 or not word.isascii():
        return ()
    for cut in range(3, len(word) - 2):
        head = _german(word[cut:])
        for link in _LINKS if head else ():
            part = _german(word[:cut].removesuffix(link)) if word[:cut].endswith(link) else ()
            if part:
                return part, head
    return ()


def _hits(words: Words) -> _Hits:
    """The concepts of these words: as they are written ("ramp"), and only where none is, by another ending ("Rampen")."""
    loose_words = loosely(words)
    if loose_words not in _WHERE:
        return ()
    return _STRICT.get(tuple(map(stem, words))) or _WHERE[loose_words]


def _german(word: str) -> tuple[tuple[int, int], ...]:
    return tuple(hit for hit in _WHERE.get(loosely((word,)), ()) if hit[1] == 1)


@lru_cache(maxsize=20_000)
def last_part(word: str) -> Meaning | None:
    """What a German compound is, when only its last part is known: "Europalette" is a pallet."""
    for cut in range(2, len(word) - 3) if len(word) > 6 and word.isascii() else ():
        for concept, _ in _german(word[cut:]):
            if _FLAGS[concept] != "~":
                return Meaning(concept)
    return None


def known_noun(words: Words) -> bool:
    """Whether these words as a whole are an everyday noun here."""
    return any(_FLAGS[concept] != "~" for concept, _ in _hits(words)) if words else False
