"""Random sites for training data: `make_site` gives one in the form of a registry file (see fleet.contracts.translate)."""

from __future__ import annotations

import random
from typing import Any

from llm_planner.training.sites.labels import initials, labels, render, short_forms
from llm_planner.training.sites.lexicon import Entry, Lexicon, lexicon
from llm_planner.training.sites.naming import Names, alikes, pick_aliases, plural, singular
from llm_planner.training.sites.robots import make_fleet
from llm_planner.training.sites.translation import counterparts

#: This share of the sites of other languages has English names.
_ENGLISH_SHARE = 1 / 3
_NO_HOME_KINDS = frozenset({"charger", "parking", "no_robot_zone", "elevator", "corridor", "intersection", "door"})
_HOME_KINDS = frozenset(
    {"store", "storage", "rack", "shelf", "kitchen", "pharmacy", "production", "desk", "lab", "workshop", "dock"}
)
_INFRASTRUCTURE = ("elevator", "corridor", "intersection", "door", "washroom", "meeting point")
#: How often the names of a language stand as in the word lists, in small letters, or in capitals; others (80, 15, 5).
_CASES = {"de": (94, 3, 3), "fr": (70, 27, 3), "es": (65, 32, 3), "zh": (100, 0, 0)}
#: How densely a site gives aliases.
_DENSITIES = (0.0, 0.25, 0.5, 0.7, 0.85, 0.95)


def make_site(rng: random.Random, language: str) -> dict[str, Any]:
    """A site whose names are in `language` (one of lexicon.LANGUAGES) or, for a third of the calls, English."""
    spoken = lexicon(language)
    named = lexicon("en") if rng.random() < _ENGLISH_SHARE else spoken
    trade_name = rng.choice(sorted(named.trades))
    return _Maker(rng, named, spoken, trade_name).make()


class _Maker:
    def __init__(self, rng: random.Random, named: Lexicon, spoken: Lexicon, trade_name: str) -> None:
        self._rng = rng
        self._lexicon = named
        self._spoken = spoken
        self._trade_name = trade_name
        self._trade = named.trades[trade_name]
        self._names = Names()
        self._density = rng.choice(_DENSITIES)
        self._case = rng.choices(("as is", "lower", "upper"), _CASES.get(named.language, (80, 15, 5)))[0]
        self._coded = rng.random() < 0.08

    def make(self) -> dict[str, Any]:
        rng, trade = self._rng, self._trade
        brand, title = rng.choice(self._lexicon.words("brandnames")), rng.choice(trade.titles)
        areas = self._areas()
        places = self._places(areas)
        fleet = make_fleet(rng, self._lexicon, self._spoken, self._trade_name, self._names, self._density)
        items = self._items(places)
        self._nicknames(places)
        notes = [note for note in self._lexicon.words("notes") if "{" not in note]
        return {
            "site": f"{self._trade_name}-{rng.randrange(10_000)}",
            "title": f"{brand}{' ' if self._lexicon.spaced else ''}{title}",
            "places": places,
            "robots": fleet.robots,
            "items": items,
            "type_aliases": fleet.type_aliases,
            "notes": [*fleet.notes, *rng.sample(notes, rng.randint(0, 3))],
        }

    def _areas(self) -> list[str]:
        """The names of areas, each reserved; none on a few sites."""
        rng = self._rng
        style = rng.choices(("trade", "floors", "mixed", "none"), (60, 15, 19, 6))[0]
        pool = list(self._trade.areas) if style in ("trade", "mixed") else []
        if style in ("floors", "mixed"):
            form = rng.choice(self._lexicon.words("floors"))
            letters = rng.random() < 0.3
            pool += [form.replace("#", "ABCDEF"[n] if letters else str(n + 1)) for n in range(rng.randint(2, 5))]
        pool = [self._cased(area) for area in pool]
        return [area for area in rng.sample(pool, min(len(pool), rng.randint(3, 6))) if self._names.take(area)]

    def _places(self, areas: list[str]) -> list[dict[str, Any]]:
        rng, common = self._rng, self._lexicon.common
        target = int(rng.triangular(15, 45, 26))
        groups = [self._surely(kind) for kind in ("charger", "parking", "no_robot_zone")]
        chances = {"charger": 0.3, "parking": 0.3, "no_robot_zone": 0.4, **dict.fromkeys(_INFRASTRUCTURE, 0.25)}
        for kind, chance in chances.items():
            if rng.random() < chance:
                groups.append(self._group(rng.choice(common.of(kind)), rng.randint(1, 3)))
        others = [entry for trade in self._lexicon.trades.values() for entry in rng.sample(trade.places, 1)]
        local = rng.sample(self._trade.places, len(self._trade.places))
        more = rng.sample(others, len(others))
        pool = [(more.pop() if more and rng.random() < 0.07 else entry) for entry in local]
        long = rng.choice((2, 3, 4, 6, 8, 11))
        count = sum(map(len, groups))
        for entry in (*pool, *more):
            if count >= target:
                break
            groups.append(self._group(entry, min(rng.randint(1, long), target - count)))
            count += len(groups[-1])
        rng.shuffle(groups)
        return [place for group in groups for place in self._in_areas(group, areas)][:45]

    def _surely(self, kind: str) -> list[dict[str, Any]]:
        """One to four places of a kind that no site is without."""
        while True:
            if group := self._group(self._rng.choice(self._lexicon.common.of(kind)), self._rng.randint(1, 4)):
                return group

    def _in_areas(self, group: list[dict[str, Any]], areas: list[str]) -> list[dict[str, Any]]:
        rng = self._rng
        area = rng.choice(areas) if areas and rng.random() < 0.96 else ""
        split = rng.randrange(1, len(group)) if areas and len(group) > 2 and rng.random() < 0.25 else len(group)
        other = rng.choice(areas) if areas else ""
        return [{**place, "area": area if index < split else other} for index, place in enumerate(group)]

    def _group(self, entry: Entry, count: int) -> list[dict[str, Any]]:
        """The places of one entry: a series, or a single place."""
        rng = self._rng
        if not entry.is_series:
            name, spoken = self._single(entry)
            return self._place(entry, name, spoken, rng)
        templates = [entry.name, *(a for a in entry.aliases if "#" in a)]
        if self._coded and rng.random() < 0.5 and self._lexicon.spaced:
            short = initials(self._lexicon, entry.name.replace("#", ""))[:3]
            templates = [rng.choice((f"{short}-#", f"{short}#", f"{short} #")), *templates]
        out: list[dict[str, Any]] = []
        foreign = self._foreign(entry)
        made = labels(rng, self._lexicon, entry.group, count)
        if made[0].text.isdecimal() and rng.random() < 0.08:  # Dock-3, Dock3
            templates = [entry.name.replace(" #", rng.choice(("-#", "-#", "#", "_#"))), *templates]
        for label, alike in alikes(rng, made):
            spoken = [render(self._lexicon, alias, label) for alias in templates[1:]]
            spoken += short_forms(alike, self._lexicon, entry.name, label)
            if count == 1:
                spoken += [alias for alias in entry.aliases if "#" not in alias]
            if foreign and label.style not in ("compass", "side", "colour"):
                spoken.append(foreign.replace("#", label.text if foreign.isascii() or label.text.isascii() else "1"))
            out += self._place(entry, render(self._lexicon, templates[0], label), spoken, alike)
        return out

    def _single(self, entry: Entry) -> tuple[str, list[str]]:
        rng = self._rng
        spoken = list(entry.aliases)
        name = entry.name
        if rng.random() < 0.12:  # there is another one elsewhere, so this one says where it is
            template = f"{name} #" if self._lexicon.spaced else f"{name}#"
            label = labels(rng, self._lexicon, entry.group, 1)[0]
            name = render(self._lexicon, template, label)
            spoken += [entry.name, *short_forms(rng, self._lexicon, template, label)]
        elif self._lexicon.spaced and " " in name and rng.random() < 0.4:
            initial = initials(self._lexicon, name)
            spoken += [initial] if len(initial) > 1 else []
        if foreign := self._foreign(entry):
            spoken.append(foreign)
        return name, spoken

    def _foreign(self, entry: Entry) -> str | None:
        """What speakers of the site's other language call this thing, if the site has two."""
        named, other = self._lexicon.language, self._spoken.language
        if other == named and named != "en" and self._rng.random() < 0.12:
            other = "en"
        if other == named or self._rng.random() < 0.5:
            return None
        found = counterparts(self._trade_name, named, other).get(entry)
        return found.name if found else None

    def _place(self, entry: Entry, name: str, spoken: list[str], rng: random.Random) -> list[dict[str, Any]]:
        """The place, or nothing when its name is taken."""
        name = self._cased(name)
        if not self._names.take(name):
            return []
        aliases = pick_aliases(rng, spoken, self._names, self._density, name)
        return [{"name": name, "kind": entry.group, "aliases": aliases, "area": ""}]

    def _items(self, places: list[dict[str, Any]]) -> list[dict[str, Any]]:
        rng, lexicon_ = self._rng, self._lexicon
        target = rng.randint(8, 25)
        local = [*self._trade.items, *rng.sample(lexicon_.common.items, 3)]
        pool = rng.sample(local, len(local))
        pool = [(rng.choice(rng.choice(list(lexicon_.trades.values())).items) if rng.random() < 0.06 else e) for e in pool]
        pool = [self._contained() if rng.random() < 0.15 else entry for entry in pool]
        pool += [self._contained() for _ in range(30)]
        homes = [p["name"] for p in places if p["kind"] not in _NO_HOME_KINDS]
        stores = [p["name"] for p in places if p["kind"] in _HOME_KINDS] or homes
        out: list[dict[str, Any]] = []
        for entry in pool:
            if len(out) >= target:
                break
            if not self._names.take(entry.name):
                continue
            spoken = [*entry.aliases, plural(lexicon_, entry.name), *filter(None, [self._foreign(entry)])]
            kg = None if entry.kg is None or rng.random() < 0.12 else entry.kg * rng.choice((1, 1, 1, 0.8, 1.2, 1.5, 2))
            home = rng.choice(stores if rng.random() < 0.85 else homes) if homes and rng.random() < 0.5 else None
            aliases = pick_aliases(rng, spoken, self._names, max(self._density, 0.25), entry.name)
            weight = None if kg is None else max(1, round(kg))
            out.append({"name": entry.name, "unit_kg": weight, "home": home, "aliases": aliases})
        return out

    def _contained(self) -> Entry:
        """A container with something inside: "crate of bolts", "Kiste Schrauben", 螺丝箱."""
        rng = self._rng
        form, _, kg = rng.choice(self._lexicon.words("containers")).rpartition(" ")
        content = rng.choice(self._lexicon.words("contents"))
        if self._lexicon.language == "fr" and content[0] in "aeéêhiouyœ":
            form = form.replace("de #", "d'#")
        inside = singular(content) if self._lexicon.language == "en" and form.startswith("#") else content
        return Entry("items", form.replace("#", inside), (content,) if rng.random() < 0.6 else (), float(kg))

    def _nicknames(self, places: list[dict[str, Any]]) -> None:
        """A few places have a nickname, often an ordinary word ("base")."""
        rng, words = self._rng, self._lexicon.words
        if self._density == 0.0:
            return
        for kind, name, chance in (("charger", "chargenicks", 0.3), ("parking", "parknicks", 0.3), ("", "anynicks", 0.5)):
            pool = [p for p in places if kind in (p["kind"], "") and p["kind"] != "no_robot_zone"]
            if pool and rng.random() < chance:
                place, nick = rng.choice(pool), rng.choice(words(name))
                if nick not in place["aliases"] and self._names.free_alias(rng, nick, place["name"]):
                    place["aliases"].append(nick)

    def _cased(self, name: str) -> str:
        if self._case == "upper" and len(name) <= 12:
            return name.upper()
        if self._case == "lower":
            return " ".join(word.lower() if word[1:].islower() else word for word in name.split(" "))
        return name
