"""The ways in which a registry's names are spoken that the registry does not list: data for the vocabulary's indices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from fleet.contracts.translate import Registry
from llm_planner.core.concepts import Meaning, contents, is_adjective, is_container, known_noun, last_part, meanings
from llm_planner.core.numbers import words as number_words
from llm_planner.core.tokens import is_number, key, stem, tokenize
from llm_planner.core.wordlists import ARTICLES, FUNCTION_WORDS, PEOPLE, VAGUE_PLACES

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


def listed(registry: Registry) -> Iterable[tuple[Name, tuple[str, ...]]]:
    """Every name with the spellings that the registry gives it."""
    for place in registry.places:
        yield Name(MentionKind.PLACE, place.name), _umlauts((place.name, *place.aliases))
    taken = {place.name for place in registry.places}
    for area in sorted({place.area for place in registry.places if place.area} - taken):
        # an area called "Charging" must not swallow the verb: such a one is named with the word area
        spelled = (f"{area} area", f"{area} zone", f"area {area}", f"zone {area}")
        verb = is_verb_like(key(area))
        yield Name(MentionKind.AREA, area), spelled if verb else _umlauts((*spelled, area))
    for robot in registry.robots:
        yield Name(MentionKind.ROBOT, robot.name), _umlauts((robot.name, *robot.aliases))
    for kind in sorted({robot.type for robot in registry.robots if robot.type}):
        # a type that is called "robot" for short would make every robot one of it
        aliases = [alias for alias in registry.type_aliases.get(kind, ()) if stem("".join(key(alias))) not in ("robot", "bot")]
        yield Name(MentionKind.TYPE, kind), _umlauts((kind, f"{kind} robot", *aliases))
    for item in registry.items:
        yield Name(MentionKind.ITEM, item.name), _umlauts((item.name, *item.aliases))


def is_verb_like(words: Words) -> bool:
    """Whether a name reads like a verb ("Charging"): alone it counts only behind an article or a preposition."""
    return len(words) == 1 and words[0].endswith("ing")


def _umlauts(spellings: tuple[str, ...]) -> tuple[str, ...]:
    """With "Kühlraum" also "Kuehlraum"."""
    long = tuple(text.translate(_LONG) for text in spellings if not text.isascii() and text.translate(_LONG) != text)
    return spellings + long


_LONG = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
_ROBOT_WORDS = number_words("robot bot unit number no nr roboter nummer einheit numero unidad unite n")
_NATO = {
    word[0]: word
    for word in number_words(
        "alpha bravo charlie delta echo foxtrot golf hotel india juliett kilo lima mike november oscar papa quebec romeo sierra "
        "tango uniform victor whiskey xray yankee zulu"
    )
}
_ALSO = {"a": "alfa", "j": "juliet", "w": "whisky"}


def spoken(name: Name, spelling: str) -> Iterable[Words]:
    """Other ways to say one spelling: "robot 7" for AMR-7, "alpha zero two" and "a oh two" for A-02, "d l one" for DL1."""
    tokens = [token for token in tokenize(spelling) if token.is_word]
    words = tuple(token.norm for token in tokens)
    if name.kind is MentionKind.ROBOT and words and is_number(words[-1]):
        for word in _ROBOT_WORDS:
            yield word, words[-1]
        for text in ("号机器人", "号车", "号机"):
            yield (words[-1], *text)
        yield (*"机器人", words[-1])
    if len(words) > 8 or not words:
        return
    forms: list[list[Words]] = []
    for token in tokens:
        options: list[Words] = [(token.norm,)]
        if len(token.norm) == 1 and token.norm in _NATO:
            options += [(_NATO[token.norm],), *([(_ALSO[token.norm],)] if token.norm in _ALSO else [])]
        elif token.text.isupper() and token.text.isascii() and 1 < len(token.text) <= 3 and len(words) > 1:
            options.append(tuple(token.norm))
        elif (
            is_number(token.norm)
            and token.text.isdigit()
            and 1 < len(token.text) <= 4
            and (len(words) > 1 or len(token.text) > 2)
        ):
            options += _digit_by_digit(token.text)
        forms.append(options)
    for at, options in enumerate(forms):
        for option in options[1:]:
            yield (*words[:at], *option, *words[at + 1 :])
    for other in (1, 2):  # all letters and digits at once: "romeo two one", "a oh two"
        if sum(len(options) > 1 for options in forms) > 1:
            yield tuple(word for options in forms for word in (options[min(other, len(options) - 1)]))


def _digit_by_digit(text: str) -> list[Words]:
    out = [tuple(text)]
    if "0" in text:
        out += [tuple(text.replace("0", letter)) for letter in "o"] + [tuple("oh" if c == "0" else c for c in text)]
    if len(text) == 3 and text[1] != "0":
        out.append((text[0], text[1:]))  # four twelve
    if len(text) == 4 and text[2] != "0":
        out.append((text[:2], text[2:]))
    return out


def shortened(name: Name, spelling: str) -> Iterable[Words]:
    """What remains of a name when its general words are left off: "bakery" for Bakery Bay, "station 1" for Packing Station 1."""
    words = key(spelling)
    if name.kind is MentionKind.AREA and is_verb_like(key(name.name)):
        yield key(name.name)
    if len(words) > 1 and words[0] in ARTICLES:
        words = words[1:]
        yield words
    if len(words) < 2 or any(not word.isascii() for word in words) or name.kind not in (MentionKind.PLACE, MentionKind.ITEM):
        return
    if name.kind is MentionKind.ITEM:
        head = words[0] if set(words) & _OF else words[-1]
        if len(head) > 2 and not is_number(head) and not is_adjective(head) and head not in FUNCTION_WORDS:
            yield (head,)
        return
    last = words[-1]
    if is_number(last) or len(last) == 1:
        for word in words[:-1] if len(words) > 2 else ():
            if len(word) > 2 and word not in FUNCTION_WORDS and not is_adjective(word) and not is_number(word):
                yield word, last
    elif known_noun((last,)) and not set(words) & _OF:
        rest = words[:-1]
        if len(rest) > 1 or (len(rest[0]) > 3 and not (is_adjective(rest[0]) or is_number(rest[0]) or rest[0] in PEOPLE)):
            yield rest


_OF = number_words("of de d du del with mit")


def short_meanings(name: Name, spelling: str) -> Iterable[Meaning]:
    """Of an item: what its container holds, and the container alone. Of a place: the noun without what tells it apart."""
    if name.kind is MentionKind.PLACE:
        for meaning, _ in meanings(key(spelling)):
            if spelling != name.name or is_container(key(spelling)[-1:]):
                continue
            marked = meaning.of >= 0 or meaning.like >= 0 or any(not is_number(word) for word in meaning.tail)
            if marked and _is_kind(key(spelling)[-1:]):
                yield Meaning(meaning.head)
    if name.kind is not MentionKind.ITEM:
        return
    for meaning, _ in meanings(key(spelling)):
        inside = contents(meaning)
        if inside is not None:
            yield inside
        if meaning.of >= 0 or meaning.like >= 0:
            yield Meaning(meaning.head)
    words = key(spelling)
    part = last_part(words[-1]) if words and not meanings(words[-1:]) else None
    if part is not None:
        yield part


def by_type(registry: Registry) -> Iterable[tuple[Name, Words]]:
    """Robots by their type and number: "forklift 21" for FL-21."""
    for robot in registry.robots:
        words = key(robot.name)
        if not words or not is_number(words[-1]) or not robot.type:
            continue
        for said in (robot.type, *registry.type_aliases.get(robot.type, ())):
            yield Name(MentionKind.ROBOT, robot.name), (*key(said), words[-1])


def kinds(registry: Registry) -> Iterable[tuple[Name, Words]]:
    """Words for a kind of place ("dock", "packing station"), for each place that they may mean."""
    for place in registry.places:
        name = Name(MentionKind.PLACE, place.name)
        said = {key(place.kind.replace("_", " "))}
        for spelling in (place.name, *place.aliases):
            words = key(spelling)
            if len(words) > 1 and (is_number(words[-1]) or len(words[-1]) == 1):
                base = words[:-1]
                said.add(base[:-1] if is_number(base[-1]) else base)
            elif len(words) > 2 and is_number(words[0]):  # 3号码头
                said.add(words[2:] if words[1] == "号" else words[1:])
        for words in said:
            if _is_kind(words):
                yield name, words
    for place in registry.places:
        words = key(place.area)
        if len(words) > 1 and (is_number(words[-1]) or len(words[-1]) == 1) and _is_kind(words[:-1]):
            yield Name(MentionKind.AREA, place.area), words[:-1]


def _is_kind(words: Words) -> bool:
    return (
        bool(words)
        and words[-1] not in VAGUE_PLACES
        and not all(is_number(word) or (len(word) < 3 and word.isascii()) for word in words)
    )
