"""Words of a sentence as the linker compares them, in any script, with their place in the text.

Letters and digits are split ("AMR4", "AMR-4" and "amr four" read alike), Han and Kana run one character a token (those
languages write no spaces), and number words become digits, so that every later rule sees one spelling.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

from llm_planner.core.numbers import HAN_DIGITS, HAN_MEASURES, HUNDREDS, TENS, UNITS, is_number

_WORD = re.compile(r"[぀-ヿ㐀-䶿一-鿿豈-﫿]|\d+|[^\W\d_぀-ヿ㐀-䶿一-鿿豈-﫿]+|[^\s\w]|_")
#: Punctuation that may stand inside a name; names are compared without it.
JOINERS = frozenset("-‐‑'’`_/.&()#\"")


@dataclass(frozen=True, slots=True)
class Token:
    """`norm` is what rules compare; `start` and `end` are character offsets in the sentence."""

    text: str
    norm: str
    start: int
    end: int

    @property
    def is_word(self) -> bool:
        return self.norm[:1].isalnum()


def fold(text: str) -> str:
    """Case, width and accents folded away: "Café" and "cafe" compare equal."""
    decomposed = unicodedata.normalize("NFKD", text)
    return unicodedata.normalize("NFKC", "".join(c for c in decomposed if not unicodedata.combining(c))).casefold()


def tokenize(text: str) -> tuple[Token, ...]:
    """The sentence's tokens in order; number words already as digits ("twenty four" is one token "24")."""
    raw = [Token(m.group(), _norm(m.group()), m.start(), m.end()) for m in _WORD.finditer(text)]
    return tuple(_join_numbers(raw))


def key(text: str) -> tuple[str, ...]:
    """A registry name as the tuple of tokens it is looked up by (punctuation dropped)."""
    return tuple(token.norm for token in tokenize(text) if token.is_word)


def stem(word: str) -> str:
    """Plural off, as far as a rule without a dictionary can ("pallets" -> "pallet", "boxes" -> "box")."""
    if len(word) > 4 and word.endswith(("xes", "ches", "shes", "sses")):
        return word[:-2]
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _norm(text: str) -> str:
    folded = fold(text)
    if folded.isdigit() and folded.isascii():
        return str(int(folded[:18]))
    return folded


def _join_numbers(raw: list[Token]) -> list[Token]:
    """Number words to digits; "twenty four", "twenty-four" and "two hundred" become one token."""
    out: list[Token] = []
    index = 0
    while index < len(raw):
        token = raw[index]
        if token.norm in HAN_DIGITS or token.norm in "十百":
            value, used = _han_number(raw, index)
            if used:
                out.append(replace(token, norm=str(value), end=raw[index + used - 1].end))
            out.extend([] if used else [token])
            index += used or 1
            continue
        if token.norm not in UNITS and token.norm not in TENS:
            out.append(token)
            index += 1
            continue
        value, used = _number_from(raw, index)
        out.append(replace(token, norm=str(value), end=raw[index + used - 1].end, text=token.text))
        index += used
    return out


def _han_number(raw: list[Token], index: int) -> tuple[int, int]:
    """(value, tokens) of a run of Han digits; (0, 0) where a lone 一 is no number, and for runs over 999."""
    end = index
    while (
        end < len(raw)
        and (raw[end].norm in HAN_DIGITS or raw[end].norm in "十百")
        and raw[end].start == raw[index].start + end - index
    ):
        end += 1
    run = [token.norm for token in raw[index:end]]
    after = raw[end].norm if end < len(raw) else ""
    if (run == ["一"] and after not in HAN_MEASURES) or run == ["百"]:
        return 0, 0
    if not any(c in "十百" for c in run):
        return int("".join(str(HAN_DIGITS[c]) for c in run)), len(run)
    total, digit = 0, None
    for c in run:
        if c in "十百":
            total += (1 if digit is None else digit) * (10 if c == "十" else 100)
            digit = None
        else:
            digit = HAN_DIGITS[c]
    return total + (digit or 0), len(run)


def _number_from(raw: list[Token], index: int) -> tuple[int, int]:
    word = raw[index].norm
    following = raw[index + 1].norm if index + 1 < len(raw) else ""
    if word in UNITS:
        if following in HUNDREDS:
            return UNITS[word] * 100, 2
        return UNITS[word], 1
    hyphen = 1 if following in ("-", "‐", "‑") else 0
    unit = raw[index + 1 + hyphen].norm if index + 1 + hyphen < len(raw) else ""
    if unit in UNITS and 0 < UNITS[unit] < 10:
        return TENS[word] + UNITS[unit], 2 + hyphen
    return TENS[word], 1


__all__ = ["JOINERS", "Token", "fold", "is_number", "key", "stem", "tokenize"]
