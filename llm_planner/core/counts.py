"""Which numbers of a sentence count things: those that no name and no time has, and that measure nothing."""

from __future__ import annotations

from collections.abc import Callable

from llm_planner.core.figures import Figure
from llm_planner.core.numbers import ORDINAL_ENDS, words
from llm_planner.core.tokens import Token, is_number

#: Longest number that counts, in digits; longer ones are order numbers.
DIGITS_MAX = 5
#: "2x", "x 3".
_TIMES = ("x", "×")
#: Before a lone "one" it is no count ("that one", "the north one").
_NO_COUNT_BEFORE = words(
    "that this the which no any each other every first another a same "
    "some der die das le la el cada ningun chaque jede jeder jedes "
    "north south east west left right big small next last new old"
)
#: After a lone "one" these make an idiom of it ("in one go", "one sec", "one by one").
_NO_COUNT_AFTER = words("go sec second moment another by of day more")
#: What is measured is not counted: "20 kg of flour", "3 m", "5 °C".
_UNITS = words(
    "kg kgs kilo kilos g gr gramm grams gram lb lbs pound pounds t ton "
    "tons tonne tonnes tonnen toneladas m cm mm km meter meters metre "
    "metres metern metros l liter litre liters litres litros ml ° degrees "
    "degree grad grados degres euro eur usd $ £ v volt bar psi "
    "公 千 克 吨 米 升 度 号"
)


def find_counts(tokens: tuple[Token, ...], owned: set[int], is_kind: Callable[[str], bool]) -> list[Figure]:
    """Numbers that nothing else has used, unless they look like part of an unknown name ("dock 99", "X-7") or measure.

    `is_kind`: whether a word is one for a kind of place ("dock"), which a number behind it makes a name.
    """
    out: list[Figure] = []
    owned = set(owned)
    for index, token in enumerate(tokens):
        if index in owned or not is_number(token.norm) or len(token.norm) > DIGITS_MAX:
            continue
        before = tokens[index - 1] if index else None
        after = tokens[index + 1] if index + 1 < len(tokens) else None
        times = after is not None and after.text in _TIMES and index + 1 not in owned
        free = before if index - 1 not in owned else None
        if free is not None and (_in_a_name(free, token, index) or is_kind(free.norm)):
            continue
        if _odd(before, token, after):
            continue
        if not times and after is not None and (_measures(after) or _glued(token, after) or _decimal(tokens, index)):
            continue
        first = index - 1 if before is not None and before.text in _TIMES and index - 1 not in owned else index
        out.append(Figure("N", token.norm, first, index + 2 if times else index + 1))
        owned |= set(range(first, index + 2 if times else index + 1))
    return out


def _in_a_name(before: Token, token: Token, index: int) -> bool:
    if before.text in _TIMES:
        return False
    glued = before.end == token.start and (before.is_word or before.norm in "-‐‑_") and before.text.isascii()
    spelled = not token.text.isdigit()
    return glued or (before.is_word and before.text[:1].isupper() and before.text.isascii() and not spelled and index > 1)


def _odd(before: Token | None, token: Token, after: Token | None) -> bool:
    """Whether this is a "one" that counts nothing."""
    if token.norm != "1" or token.text.isdigit():
        return False
    return (before is not None and before.norm in _NO_COUNT_BEFORE) or (after is not None and after.norm in _NO_COUNT_AFTER)


def _measures(after: Token) -> bool:
    return after.norm in _UNITS


def _glued(token: Token, after: Token) -> bool:
    return after.start == token.end and after.is_word and after.text.isascii() and after.norm not in ORDINAL_ENDS


def _decimal(tokens: tuple[Token, ...], index: int) -> bool:
    """Whether this is a half of "0,8" or "1.5"."""
    for first in (index - 2, index):
        if first >= 0 and first + 2 < len(tokens) and tokens[first + 1].norm in (".", ","):
            left, joint, right = tokens[first : first + 3]
            if left.end == joint.start and joint.end == right.start and is_number(left.norm) and is_number(right.norm):
                return True
    return False
