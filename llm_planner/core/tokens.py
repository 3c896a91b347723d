"""Words of a sentence as the linker compares them, in any script, with their place in the text.

Letters and digits are split ("AMR4", "AMR-4" and "amr four" read alike), Han and Kana run one character a token (those
languages write no spaces), and number words become digits, so that every later rule sees one spelling.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache

from llm_planner.core.numbers import HAN_A_BIT, HAN_DIGITS, HAN_MEASURES, SPELLED, STARTS, is_number, words

_WORD = re.compile(r"[぀-ヿ㐀-䶿一-鿿豈-﫿]|\d+|[^\W\d_぀-ヿ㐀-䶿一-鿿豈-﫿]+|[^\s\w]|_")
#: Punctuation that may stand inside a name; names are compared without it.
JOINERS = frozenset("°-‐‑'’`_/.&()#\"")


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
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text)
    return unicodedata.normalize("NFKC", "".join(c for c in decomposed if not unicodedata.combining(c))).casefold()


def tokenize(text: str) -> tuple[Token, ...]:
    """The sentence's tokens in order; number words already as digits ("twenty four" is one token "24")."""
    raw = [Token(m.group(), _norm(m.group()), m.start(), m.end()) for m in _WORD.finditer(text)]
    return tuple(_join_numbers(raw))


@lru_cache(maxsize=20_000)
def key(text: str) -> tuple[str, ...]:
    """A registry name as the tuple of tokens it is looked up by (punctuation dropped)."""
    return tuple(token.norm for token in tokenize(text) if token.is_word)


def stem(word: str) -> str:
    """Plural off, as far as a rule without a dictionary can ("pallets" -> "pallet", "boxes" -> "box")."""
    if len(word) > 4 and word.endswith(("xes", "ches", "shes", "sses")):
        return word[:-2]
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


@lru_cache(maxsize=50_000)
def loose(word: str) -> str:
    """Further than `stem`: the plural and case endings of German, French and Spanish too; never digits.

    "Paletten", "palettes" -> "palett"; "contenedores" -> "contenedor"; "batteries", "battery" -> "batteri".
    """
    if not (word.isascii() and word.isalpha()):
        return word
    bare = stem(word)
    if bare.endswith(("eaux", "eux")):
        bare = bare[:-1]
    if len(bare) > 6 and bare.endswith(("ern", "eln")):
        return bare[:-1]
    if len(bare) > 5 and bare.endswith("en"):
        return bare[:-2]
    if len(bare) > 4 and bare.endswith("e"):
        return bare[:-1]
    return bare[:-1] + "i" if len(bare) > 3 and bare.endswith("y") else bare


def loosely(words: tuple[str, ...]) -> tuple[str, ...]:
    """`loose` of each word."""
    return tuple(map(loose, words))


def _norm(text: str) -> str:
    folded = fold(text)
    if folded.isdigit() and folded.isascii():
        return str(int(folded[:18]))
    return folded


def _join_numbers(raw: list[Token]) -> list[Token]:
    """Number words to digits; "twenty four", "vingt-quatre", "treinta y dos" and "two hundred" become one token."""
    out: list[Token] = []
    index = 0
    spanish = _counts_in_spanish(raw)
    while index < len(raw):
        token = raw[index]
        value, used = 0, 0
        if token.norm in HAN_DIGITS or token.norm in "十百":
            value, used = _han_number(raw, index)
        elif token.norm in STARTS:
            value, used = _spelled(raw, index)
        elif token.norm == "once" and spanish:
            value, used = 11, 1
        out.append(replace(token, norm=str(value), end=raw[index + used - 1].end) if used else token)
        index += used or 1
    return out


def _counts_in_spanish(raw: list[Token]) -> bool:
    """Whether "once" is eleven here."""
    said = {token.norm for token in raw}
    return bool(said & _SPANISH) and not said & _ENGLISH


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
    before = raw[index - 1].norm if index else ""
    if run == ["百"] or (run == ["一"] and (after not in HAN_MEASURES or (after == "点" and before in HAN_A_BIT))):
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


def _spelled(raw: list[Token], index: int) -> tuple[int, int]:
    """(value, tokens) of the longest number that the words from `index` spell; hyphens inside are free."""
    best: tuple[int, int] = (0, 0)
    said: list[str] = []
    longest = STARTS[raw[index].norm]
    for at in range(index, len(raw)):
        norm = raw[at].norm
        if norm in _HYPHENS and said and raw[at].start == raw[at - 1].end:
            continue
        said.append(norm)
        if len(said) > longest:
            break
        value = SPELLED.get(tuple(said))
        if value is not None:
            best = value, at + 1 - index
    return best


_HYPHENS = frozenset("-‐‑")
_SPANISH = words("el la los las lleva llevar manda cajas palets antes hasta desde hora horas lleve traigan")
_ENGLISH = words("the to and is it that at from please you")

__all__ = ["JOINERS", "Token", "fold", "is_number", "key", "loose", "loosely", "stem", "tokenize"]
