"""A random fleet: types of robots, how they are called, and what each of them can do."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass
from typing import Any

from llm_planner.training.sites.labels import spoken_number
from llm_planner.training.sites.lexicon import Entry, Lexicon
from llm_planner.training.sites.naming import Names, alikes, pick_aliases, plural

_EVERY = ("goto", "wait", "park", "charge")


@dataclass(frozen=True, slots=True)
class _Archetype:
    """`extra`: special equipment of which a robot has one now and then."""

    can: tuple[str, ...]
    payloads: tuple[int, ...]
    extra: tuple[str, ...] = ()


_ARCHETYPES = {
    "carrier": _Archetype(("transport",), (60, 100, 120, 150, 250, 300, 500, 600)),
    "tugger": _Archetype(("transport", "tow"), (400, 800, 1000, 1200, 1500, 2000)),
    "forklift": _Archetype(("transport", "forks", "lift_pallet"), (1000, 1200, 1500, 2000, 2500)),
    "pallet": _Archetype(("transport", "lift_pallet"), (800, 1000, 1200, 1500)),
    "courier": _Archetype(("transport",), (20, 30, 35, 40, 50, 80), ("cool_box", "locked_drawer")),
    "cooler": _Archetype(("transport", "cool_box"), (40, 60, 90, 150)),
    "cleaner": _Archetype(("clean",), (0,)),
    "uv": _Archetype(("disinfect",), (0,)),
    "inspector": _Archetype(("inspect",), (0, 0, 5), ("patrol",)),
    "guard": _Archetype(("patrol",), (0,), ("inspect",)),
    "guide": _Archetype(("guide",), (0, 0, 10)),
    "allround": _Archetype(("transport",), (15, 25, 40, 80), ("guide", "patrol", "clean", "inspect", "locked_drawer")),
}
_INDUSTRY = ("carrier",) * 5 + ("tugger",) * 3 + ("forklift",) * 4 + ("pallet",) * 3 + ("cleaner", "inspector", "guard", "cooler")
_HOUSE = (
    ("courier",) * 5 + ("carrier",) * 2 + ("allround",) * 2 + ("guide",) * 2 + ("cleaner",) * 3 + ("guard", "cooler", "tugger")
)
_CARE = ("courier",) * 5 + ("uv",) * 4 + ("cooler",) * 2 + ("carrier", "tugger", "cleaner", "guide", "allround", "inspector")
_BY_TRADE = {
    **dict.fromkeys(("hospital", "clinic", "lab"), _CARE),
    **dict.fromkeys(("hotel", "library", "museum", "school", "cinema", "office", "airport"), _HOUSE),
}
_MOVERS = frozenset(name for name, archetype in _ARCHETYPES.items() if "transport" in archetype.can)


@dataclass(frozen=True, slots=True)
class Fleet:
    robots: list[dict[str, Any]]
    type_aliases: dict[str, list[str]]
    notes: list[str]


def make_fleet(rng: random.Random, lexicon: Lexicon, spoken_lexicon: Lexicon, trade: str, names: Names, density: float) -> Fleet:
    """4 to 30 robots of 1 to 5 types, at least one of which carries things; `spoken_lexicon` is the operators' language."""
    total = int(rng.triangular(4, 30, 9))
    kinds = _kinds(rng, lexicon, trade, names, min(rng.choices(range(1, 6), (2, 5, 5, 3, 2))[0], total // 2))
    counts = _shares(rng, total, len(kinds))
    fleet = Fleet([], {}, [])
    # one scheme for the whole fleet, or one for each type
    whole = len(kinds) > 1 and rng.random() < 0.35
    scheme, first = _scheme(rng, lexicon, kinds[0], whole), 1
    for entry, count in zip(kinds, counts, strict=True):
        if not whole:
            scheme, first = _scheme(rng, lexicon, entry, whole), 1
        fleet.robots.extend(_robots(rng, lexicon, entry, count, scheme, first, names, density, fleet.notes))
        first += count
        spoken = [*entry.aliases, *([rng.choice(lexicon.words("typenicks"))] if rng.random() < 0.08 else [])]
        if spoken_lexicon is not lexicon:
            spoken += [text for e in spoken_lexicon.types[entry.group][:2] for text in (e.name, *e.aliases[:1])]
        if rng.random() < 0.3:
            spoken.append(plural(lexicon, entry.name))
        fleet.type_aliases[entry.name] = pick_aliases(rng, spoken, names, max(density, 0.4), entry.name)
    _nicknames(rng, lexicon, fleet.robots, names, density)
    return fleet


def _kinds(rng: random.Random, lexicon: Lexicon, trade: str, names: Names, count: int) -> list[Entry]:
    pool = list(_BY_TRADE.get(trade, _INDUSTRY))
    archetypes = [rng.choice([name for name in pool if name in _MOVERS])]
    while len(archetypes) < count:
        archetype = rng.choice(pool) if rng.random() < 0.85 else rng.choice(list(_ARCHETYPES))
        if archetype not in archetypes or rng.random() < 0.15:
            archetypes.append(archetype)
    kinds: list[Entry] = []
    for archetype in archetypes:
        entry = rng.choice(lexicon.types[archetype])
        if names.take(entry.name) or not kinds:
            kinds.append(entry)
    return kinds


def _shares(rng: random.Random, total: int, parts: int) -> list[int]:
    counts = [1] * parts
    weights = [rng.random() + 0.1 for _ in counts]
    for index in rng.choices(range(parts), weights, k=max(0, total - parts)):
        counts[index] += 1
    return counts


@dataclass(frozen=True, slots=True)
class _Scheme:
    """`words`: given names, one for each robot; else `stem` and a number in `form` ("{stem}-{n}")."""

    words: tuple[str, ...] = ()
    stem: str = ""
    form: str = "{stem}-{n}"


def _scheme(rng: random.Random, lexicon: Lexicon, entry: Entry, whole: bool) -> _Scheme:
    """How robots of a type are named, or those of the `whole` fleet."""
    weights = (0, 0, 4, 6, 2, 2) if whole else (9, 4, 2, 4, 4, 2)
    style = rng.choices(("prefix", "type", "word", "given", "brand", "letter"), weights)[0]
    joined = ("{stem}-{n}", "{stem}-{n}", "{stem} {n}", "{stem}{n}", "{stem}-{n:02d}", "{stem}{n:02d}")
    if style == "given":
        words = list(lexicon.words(rng.choice(("people", "people", "pets", "stars"))))
        rng.shuffle(words)
        return _Scheme(words=tuple(words), stem=entry.prefixes[0])
    if style == "prefix":
        return _Scheme(stem=rng.choice(entry.prefixes), form=rng.choice(joined))
    if style == "letter":
        return _Scheme(stem=rng.choice("ABCDEFGHKLMNPQRSTUVWXYZ"), form=rng.choice(("{stem}-{n}", "{stem}{n}", "{stem}-{n:02d}")))
    stem = entry.name if style == "type" else rng.choice(lexicon.words("brands" if style == "brand" else "robotwords"))
    if lexicon.spaced and " " in stem:
        words = stem.split() if lexicon.language == "en" else [stem]
        return _Scheme(stem=" ".join(word[0].upper() + word[1:] for word in words), form="{stem} {n}")
    if lexicon.spaced or stem.isascii():
        return _Scheme(
            stem=stem[0].upper() + stem[1:],
            form="{stem} {n}" if stem[-1] == "." else rng.choice(("{stem} {n}", "{stem} {n}", "{stem}-{n}")),
        )
    return _Scheme(stem=stem, form=rng.choice(("{stem}{n}号", "{stem}{n}", "{n}号{stem}", "{stem}-{n}")))


def _robots(
    rng: random.Random,
    lexicon: Lexicon,
    entry: Entry,
    count: int,
    scheme: _Scheme,
    first: int,
    names: Names,
    density: float,
    notes: list[str],
) -> list[dict[str, Any]]:
    archetype = _ARCHETYPES[entry.group]
    extra = rng.choice(archetype.extra) if archetype.extra and rng.random() < 0.6 else None
    payload = rng.choice(archetype.payloads)
    heavier = [p for p in archetype.payloads if p > payload]
    heavy_from = count - rng.randint(1, 3) if heavier and count > 2 and rng.random() < 0.35 else count
    heavy = rng.choice(heavier) if heavier else payload
    if first == 1 and rng.random() < 0.15:
        first = rng.choice((4, 7, 10, 11, 20, 21, 100, 101))
    numbers = itertools.count(first, 2 if rng.random() < 0.05 else 1)
    robots: list[dict[str, Any]] = []
    given = [word for word in scheme.words if names.is_free(word)]
    for number, alike in alikes(rng, numbers):
        if len(robots) == count:
            break
        word = given[len(robots)] if len(robots) < len(given) else None
        name = word or scheme.form.format(stem=scheme.stem, n=number)
        if not names.take(name):
            continue
        spoken = _spoken(alike, lexicon, entry, scheme, number, name) if word is None else []
        can = [*archetype.can]
        if extra and rng.random() < 0.5:
            can.append(extra)
        if len(robots) == heavy_from:
            note = [text for text in lexicon.words("notes") if "{heavy}" in text]
            notes.append(rng.choice(note).format(heavy=name, kg=heavy))
        robots.append(
            {
                "name": name,
                "type": entry.name,
                "capabilities": [*can, *_EVERY],
                "payload_kg": payload if len(robots) < heavy_from else heavy,
                "aliases": pick_aliases(alike, spoken, names, density, name),
            }
        )
    return robots


def _spoken(rng: random.Random, lexicon: Lexicon, entry: Entry, scheme: _Scheme, number: int, name: str) -> list[str]:
    """How a robot with a number is called for short: T3, tugger three, number 3."""
    prefix = entry.prefixes[0]
    short = next((alias for alias in entry.aliases[::-1] if " " not in alias and alias[-1] != "s"), entry.name)
    out = [f"{prefix}{number}", f"{scheme.stem}{number}"]
    if lexicon.spaced:
        called = rng.choice((entry.name, entry.name, scheme.stem)).lower()
        out += [f"{called} {number}", f"{scheme.stem} {number}", name.replace("-", " "), name.replace("-", "").replace(" ", "")]
        if word := spoken_number(lexicon, str(number)):
            out += [f"{called} {word}", f"{lexicon.words('articles')[0]} {word}"]
        if lexicon.language == "en":
            out.append(f"{short} {number}")
    else:
        out += [f"{entry.name}{number}号", f"{number}号{entry.name}", f"{short}{number}"]
    return out + [text.replace("#", str(number)) for text in lexicon.words("number")]


def _nicknames(rng: random.Random, lexicon: Lexicon, robots: list[dict[str, Any]], names: Names, density: float) -> None:
    nicks = list(lexicon.words("robotnicks"))
    rng.shuffle(nicks)
    for nick in nicks[: rng.choice((0, 0, 1, 1, 2, 3)) if density > 0 else 0]:
        robot = rng.choice(robots)
        if nick not in robot["aliases"] and names.free_alias(rng, nick, robot["name"]):
            robot["aliases"].append(nick)
