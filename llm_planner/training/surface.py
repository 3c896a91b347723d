"""Placeholders of a phrase bank's entry filled with things of a site, as people would say them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from random import Random
from typing import Any

from llm_planner.core.tokens import is_number, key
from llm_planner.core.vocabulary import MentionKind, Name
from llm_planner.training import spoken

#: Jobs that not every robot can do.
JOBS = {"disinfect", "clean", "inspect", "patrol", "guide"}


@dataclass(frozen=True, slots=True)
class Filled:
    """What a placeholder became: its words, and the names it means (none for figures and unknown things)."""

    words: str
    names: frozenset[Name] = frozenset()


class Filler:
    """Draws fillings for one site. `site`: a registry in the operators' benchmark's JSON form."""

    def __init__(self, site: dict[str, Any], language: str, rng: Random) -> None:
        self._site, self._language, self._rng = site, language, rng
        self._places: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for place in site["places"]:
            self._places[_letter(place["kind"])].append(place)
        self._areas: dict[str, list[str]] = defaultdict(list)
        for place in site["places"]:
            self._areas[place["area"]].append(place["name"])
        self._used: set[str] = set()

    def fill(self, label: str, plural: bool, job: str, special: str) -> Filled | None:
        """None where the site holds nothing fitting. `job`: the verb of its step; `special`: the note's job."""
        letter = label[0]
        if letter in "PHGZ":
            return self._place(letter)
        if letter == "A":
            return self._area()
        if letter == "R":
            return self._robot(job, special)
        if letter == "T":
            return self._type(job, special, plural)
        if letter == "I":
            return self._item(plural)
        figure = {
            "N": spoken.count,
            "D": spoken.duration,
            "C": spoken.clock,
            "S": spoken.speed,
            "J": spoken.thing,
        }.get(letter)
        if figure is not None:
            return Filled(figure(self._rng, self._language))
        return Filled(spoken.nowhere(self._rng, self._language))

    def unknown_robot(self) -> Filled:
        return Filled(spoken.nobody(self._rng))

    def places_range(self) -> Filled | None:
        """Several places of a series in one breath: "docks 1 to 3"."""
        series: dict[tuple[str, ...], list[tuple[int, str]]] = defaultdict(list)
        for place in self._places["P"]:
            words = key(place["name"])
            if len(words) > 1 and is_number(words[-1]) and place["name"].split()[-1].isdigit():
                series[words[:-1]].append((int(words[-1]), place["name"]))
        runs = [sorted(found) for found in series.values() if len(found) > 2]
        if not runs:
            return None
        run = self._rng.choice(runs)
        low, high = run[0], run[self._rng.randrange(1, len(run))]
        base = low[1].rsplit(" ", 1)[0]
        to = {"en": "to", "de": "bis", "fr": "à", "es": "a", "zh": "到"}[self._language]
        plural = "s" if self._language == "en" and self._rng.random() < 0.6 else ""
        names = frozenset(Name(MentionKind.PLACE, name) for number, name in run if low[0] <= number <= high[0])
        return Filled(f"{base}{plural} {low[0]} {to} {high[0]}", names)

    def robots_range(self) -> Filled | None:
        """Several robots of a series: "AMR-3 to 6"."""
        series: dict[tuple[str, ...], list[tuple[int, str]]] = defaultdict(list)
        for robot in self._site["robots"]:
            words = key(robot["name"])
            if len(words) > 1 and is_number(words[-1]):
                series[words[:-1]].append((int(words[-1]), robot["name"]))
        runs = [sorted(found) for found in series.values() if len(found) > 2]
        if not runs:
            return None
        run = self._rng.choice(runs)
        start = self._rng.randrange(len(run) - 2)
        low, high = run[start], run[self._rng.randrange(start + 1, len(run))]
        to = self._rng.choice(
            {"en": ("to", "through", "-"), "de": ("bis",), "fr": ("à",), "es": ("a",), "zh": ("到", "至")}[self._language]
        )
        names = frozenset(Name(MentionKind.ROBOT, name) for number, name in run if low[0] <= number <= high[0])
        gap = "" if to == "-" else " "
        return Filled(f"{low[1]}{gap}{to}{gap}{high[0]}", names)

    def _fresh(self, options: list[dict[str, Any]]) -> dict[str, Any] | None:
        left = [option for option in options if option["name"] not in self._used]
        if not left:
            return None
        chosen = self._rng.choice(left)
        self._used.add(chosen["name"])
        return chosen

    def _say(self, entry: dict[str, Any]) -> str:
        aliases = entry.get("aliases", [])
        said = str(self._rng.choice(aliases) if aliases and self._rng.random() < 0.55 else entry["name"])
        roll = self._rng.random()
        return said.lower() if roll < 0.25 else said

    def _place(self, letter: str) -> Filled | None:
        if letter == "P" and self._rng.random() < 0.05:
            group = self.places_range()
            if group is not None:
                return group
        place = self._fresh(self._places[letter] if letter != "P" or self._rng.random() > 0.04 else self._site["places"])
        return None if place is None else Filled(self._say(place), frozenset((Name(MentionKind.PLACE, place["name"]),)))

    def _area(self) -> Filled | None:
        areas = [{"name": area} for area in self._areas if area]
        area = self._fresh(areas)
        if area is None:
            return None
        names = {Name(MentionKind.AREA, area["name"])} | {Name(MentionKind.PLACE, name) for name in self._areas[area["name"]]}
        return Filled(self._say(area), frozenset(names))

    def _robot(self, job: str, special: str) -> Filled | None:
        robots = self._site["robots"]
        if special:
            robots = [r for r in robots if special in r["capabilities"] and "transport" not in r["capabilities"]]
        elif job == "transport":
            robots = [r for r in robots if "transport" in r["capabilities"]] or robots
        elif job in JOBS:
            able = [r for r in robots if job in r["capabilities"]]
            robots = able if able and self._rng.random() < 0.85 else robots
        robot = self._fresh(robots)
        return None if robot is None else Filled(self._say(robot), frozenset((Name(MentionKind.ROBOT, robot["name"]),)))

    def _type(self, job: str, special: str, plural: bool) -> Filled | None:
        kinds = {r["type"]: r["capabilities"] for r in self._site["robots"]}
        fitting = [k for k, caps in kinds.items() if not special or (special in caps and "transport" not in caps)]
        if job in {"transport", *JOBS} and not special:
            fitting = [k for k in fitting if job in kinds[k]] or fitting
        if not fitting:
            return None
        kind = self._rng.choice(fitting)
        aliases = self._site.get("type_aliases", {}).get(kind, [])
        said = self._rng.choice([kind, *aliases])
        return Filled(self._plural(said) if plural else said, frozenset((Name(MentionKind.TYPE, kind),)))

    def _item(self, plural: bool) -> Filled | None:
        item = self._fresh(self._site["items"])
        if item is None:
            return None
        said = self._say(item)
        return Filled(self._plural(said) if plural else said, frozenset((Name(MentionKind.ITEM, item["name"]),)))

    def _plural(self, said: str) -> str:
        if self._language not in ("en", "fr", "es") or not said[-1:].isalpha() or said.endswith("s"):
            return said
        return said + ("es" if said.endswith(("x", "ch", "sh")) else "s")


def _letter(kind: str) -> str:
    return "Z" if "no_robot" in kind else "H" if "charg" in kind else "G" if "park" in kind else "P"
