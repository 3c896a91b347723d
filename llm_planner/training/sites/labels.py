"""What tells the members of a series apart (Dock 3, Bay Alpha, Aisle B2, 3号码头), and how such names are spoken for short."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from llm_planner.training.sites.lexicon import Lexicon

_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"

_PLAIN = {
    "num": 12,
    "zero": 2,
    "letter": 4,
    "pair": 2,
    "compass": 3,
    "side": 1,
    "colour": 1,
    "theme": 2,
    "roman": 1,
    "tens": 1,
    "wing": 1,
}
_CODES = {"code": 6, "pair": 4, "zero": 3, "letter": 2, "num": 3, "tens": 1}
_ROOMS = {"num": 4, "room": 6, "floor": 3, "theme": 2, "letter": 2, "pair": 1, "compass": 1, "colour": 1, "wing": 1}
#: Kinds of places whose members are mostly told apart by codes, or by room numbers.
_CODE_KINDS = frozenset({"rack", "shelf", "aisle", "storage", "bench"})
_ROOM_KINDS = frozenset({"room", "lab", "ward", "hall", "gallery", "office", "nurses station"})
#: Styles whose label may stand before the noun.
_ADJECTIVES = frozenset({"compass", "side", "colour"})


@dataclass(frozen=True, slots=True)
class Label:
    """`front`: it stands before the noun."""

    text: str
    style: str
    front: bool = False


def labels(rng: random.Random, lexicon: Lexicon, kind: str, count: int) -> list[Label]:
    """At most `count` labels of one style."""
    weights = _CODES if kind in _CODE_KINDS else _ROOMS if kind in _ROOM_KINDS else _PLAIN
    style = rng.choices(list(weights), list(weights.values()))[0]
    texts = _texts(rng, lexicon, style, count)
    if style in _ADJECTIVES:
        front = lexicon.language == "zh" or (lexicon.language == "en" and rng.random() < 0.6)
    else:
        front = lexicon.language == "zh" and rng.random() < (0.8 if style in ("num", "room", "floor", "theme", "tens") else 0.5)
    made = [Label(text, style, front) for text in texts]
    if lexicon.language == "zh" and style == "num" and rng.random() < 0.25:
        made = [replace(label, text=_spoken_number(lexicon, label.text) or label.text) for label in made]
    return made


def _texts(rng: random.Random, lexicon: Lexicon, style: str, count: int) -> list[str]:
    start = 1 if rng.random() < 0.8 else rng.choice((3, 5, 7, 10, 11, 21, 30, 40))
    numbers = range(start, start + count)
    match style:
        case "zero":
            return [f"{n:02d}" for n in numbers]
        case "tens":
            return [str(n * 10) for n in numbers]
        case "letter":
            first = rng.choice((0, 0, 0, 4, 10))
            return list(_LETTERS[first : first + count])
        case "pair":
            row = rng.choice(_LETTERS)
            second = _LETTERS[(_LETTERS.index(row) + 1) % len(_LETTERS)]
            half = (count + 1) // 2 if rng.random() < 0.5 else count
            joined = [f"{row}{n}" for n in range(1, half + 1)] + [f"{second}{n}" for n in range(1, count - half + 1)]
            return joined if rng.random() < 0.8 else [f"{n}{row}" for n in range(1, count + 1)]
        case "code":
            form = rng.choice(("{}-{:02d}", "{}-{}", "{}{:02d}", "{}.{}", "{}-{:03d}"))
            rows = rng.sample(_LETTERS, 3)
            return sorted({form.format(rng.choice(rows), rng.randint(1, 36)) for _ in range(count)})
        case "room":
            floor = rng.randint(1, 6) * 100
            return [str(floor + n) for n in sorted(rng.sample(range(1, 40), count))]
        case "floor":
            form = rng.choice(("{}.{:02d}", "{}.{}", "E{}-{}", "{}-{:02d}"))
            return sorted({form.format(rng.randint(0, 4), rng.randint(1, 20)) for _ in range(count)})
        case "roman":
            return list(_ROMAN[:count])
        case "compass" | "side" | "colour":
            words = list(lexicon.words(style))
            if style == "side":
                pair = 2 * rng.randrange(len(words) // 2)
                words = words[pair : pair + 2]
            return rng.sample(words, min(count, len(words)))
        case "wing":  # two of the compass for each number: 2 North, 2 South
            words = rng.sample(lexicon.words("compass"), 2)
            form = "{0}{1}" if lexicon.language == "zh" else "{0} {1}"
            return [form.format(start + n // 2, words[n % 2]) for n in range(count)]
        case "theme":
            group = rng.choices((None, "people", "brandnames"), (8, 1, 1))[0]
            words = list(lexicon.words(group) if group else rng.choice(lexicon.themes))
            return rng.sample(words, min(count, len(words)))
        case _:
            return [str(n) for n in numbers]


def render(lexicon: Lexicon, template: str, label: Label) -> str:
    """The template's name with the label at its place."""
    if "#" not in template:
        return template
    bare = noun(template)
    if lexicon.language == "zh":
        if not label.front:
            return bare + label.text
        counted = label.style in ("num", "tens", "zero")
        return f"{label.text}{'号' if counted else ''}{bare}"
    if label.front and template.endswith(" #"):
        return f"{label.text} {bare}"
    if template[0] != "#" and "#" in template and template[template.index("#") - 1] not in " -" and label.style in _ADJECTIVES:
        return template.replace("#", f" {label.text}")
    return template.replace("#", label.text)


def noun(template: str) -> str:
    """The template without its label."""
    return " ".join(template.replace("#", " ").split()).rstrip("-")


def short_forms(rng: random.Random, lexicon: Lexicon, template: str, label: Label) -> list[str]:
    """What people make of a labelled name: PS3, dock three, B07, 412."""
    bare, text = noun(template), label.text
    out: list[str] = []
    if label.style in ("code", "floor"):
        out += [text, text.replace("-", "").replace(".", "")]
    elif label.style in ("room", "pair", "theme", "wing") and len(text) > 1:
        out.append(text)
    if label.style == "wing" and lexicon.spaced:
        out.append(initials(lexicon, text))
    spoken = _spoken_number(lexicon, text)
    if lexicon.language == "zh":
        if label.style in ("num", "tens"):
            out += [f"{text}号", f"{bare}{text}", f"{spoken or text}号{bare}"]
        return out
    if len(text) <= 4 and label.style not in {*_ADJECTIVES, "theme"}:
        initial = initials(lexicon, bare)
        out += [rng.choice((f"{initial}{text}", f"{initial}-{text}", f"{initial} {text}"))]
        if " " in bare:
            out.append(f"{(bare.split() if lexicon.language == 'en' else bare.split()[:1])[-1].lower()} {text}")
    if spoken:
        out.append(f"{bare.lower()} {spoken}")
    if label.style in _ADJECTIVES and lexicon.language == "en":
        out.append(f"{bare.lower()} {text.lower()}" if label.front else f"{text.lower()} {bare.lower()}")
    return out


def initials(lexicon: Lexicon, name: str) -> str:
    small = lexicon.words("small")
    words = [w for w in name.replace("-", " ").split() if w.lower() not in small and w[0].isalnum()]
    return "".join(word[0] for word in words).upper()


def _spoken_number(lexicon: Lexicon, text: str) -> str | None:
    words = lexicon.words("numbers")
    return words[int(text) - 1] if text.isdecimal() and 0 < int(text) <= len(words) else None


spoken_number = _spoken_number
