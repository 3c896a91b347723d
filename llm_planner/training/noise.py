"""What keyboards, dictation and haste do to a sentence. Only the words between names are touched here."""

from __future__ import annotations

import re
from random import Random

_NEAR = {
    "a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj", "i": "uo", "j": "hk", "k": "jl", "l": "k",
    "m": "n", "n": "bm", "o": "ip", "p": "o", "q": "w", "r": "et", "s": "ad", "t": "ry", "u": "yi", "v": "cb", "w": "qe", "x": "zc", "y": "tu", "z": "x",
}  # fmt: skip
_FILLERS = {
    "en": ("uh", "um", "er", "you know", "like"),
    "de": ("äh", "ähm", "also", "halt"),
    "fr": ("euh", "ben", "voilà"),
    "es": ("eh", "este", "pues"),
    "zh": ("嗯", "呃", "那个"),
}
_PUNCTUATION = re.compile(r"[,.;:!?，。；：！？]")


def typo(rng: Random, word: str) -> str:
    """One slip in a word of four letters or more: a neighbour key, a letter lost, doubled or swapped."""
    if len(word) < 4 or not word.isascii():
        return word
    at = rng.randrange(1, len(word) - 1)
    kind = rng.randrange(4)
    if kind == 0 and word[at].lower() in _NEAR:
        return word[:at] + rng.choice(_NEAR[word[at].lower()]) + word[at + 1 :]
    if kind == 1:
        return word[:at] + word[at + 1 :]
    if kind == 2:
        return word[:at] + word[at] + word[at:]
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def spoil(rng: Random, pieces: list[str], language: str) -> list[str]:
    """The literal pieces of a sentence (its even places), spoilt a little; the names between them are left alone."""
    roll = rng.random()
    out = list(pieces)
    literal = range(0, len(out), 2)
    if roll < 0.22:  # dictated: no punctuation
        out = [_PUNCTUATION.sub(" ", piece) if i % 2 == 0 else piece for i, piece in enumerate(out)]
    elif roll < 0.42:  # typed in haste
        at = rng.choice(list(literal))
        words = out[at].split(" ")
        which = rng.randrange(len(words))
        words[which] = typo(rng, words[which])
        out[at] = " ".join(words)
        if language in ("de", "fr", "es") and rng.random() < 0.5:
            out = [_unaccented(piece) if i % 2 == 0 else piece for i, piece in enumerate(out)]
    elif roll < 0.48:
        at = rng.choice(list(literal))
        words = out[at].split(" ")
        words.insert(rng.randrange(len(words) + 1), rng.choice(_FILLERS[language]))
        out[at] = " ".join(words)
    return out


def _unaccented(text: str) -> str:
    for accented, plain in zip(
        "äöüßéèêàâçñáíóúîôûëï",
        ["a", "o", "u", "ss", "e", "e", "e", "a", "a", "c", "n", "a", "i", "o", "u", "i", "o", "u", "e", "i"],
        strict=True,
    ):
        text = text.replace(accented, plain)
    return text
