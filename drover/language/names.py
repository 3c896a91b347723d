"""A site's names as the scorer matches them: by name or alias, without case, accents of width, articles and punctuation.

A place answers to its canonical name, an area to its places, a robot type to everything it is called. What the site does
not know is kept as "?word", which equals only itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable

from fleet.contracts.translate import Registry

#: Words that say nothing about which item is meant.
_EMPTY = frozenset(
    "the a an of some any my your our their that those this these two please full fresh clean".split()  # noqa: SIM905
)
#: Words for every robot, as `key` writes them.
_ALL = frozenset(("", "all", "everything", "everyone", "robots", "allrobots", "fleet"))
#: Share of words that two names of an item must have in common to be the same item.
_ITEM_OVERLAP = 0.5


def key(text: object) -> str:
    """The text without case, article, spaces and punctuation: what two spellings of one name have in common."""
    folded = unicodedata.normalize("NFKC", str(text)).lower().strip()
    return re.sub(r"[\W_]+", "", re.sub(r"^(the|all the|all)\s+", "", folded))


def words(text: object) -> frozenset[str]:
    """The words that say which item it is, singular."""
    found = re.findall(r"\w+", unicodedata.normalize("NFKC", str(text)).lower())
    kept = (word for word in found if word not in _EMPTY and not word.isdigit())
    return frozenset(word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word for word in kept)


class SiteNames:
    """Names of one registry, read once."""

    def __init__(self, registry: Registry) -> None:
        self.site = registry.site
        self.kinds = {place.name: place.kind for place in registry.places}
        self.areas: dict[str, list[str]] = defaultdict(list)
        self._places: dict[str, str] = {}
        for place in registry.places:
            self.areas[place.area].append(place.name)
            for name in (place.name, *place.aliases):
                self._places.setdefault(key(name), place.name)
        self._places |= {key(place.name): place.name for place in registry.places}
        self._areas = {key(area): area for area in self.areas}
        self._robots = {key(name): robot.name for robot in registry.robots for name in (robot.name, *robot.aliases)}
        self.types = {robot.name: robot.type for robot in registry.robots}
        self._capabilities = {robot.name: frozenset(robot.capabilities) for robot in registry.robots}
        self._type_names: dict[str, str] = {}
        for kind in sorted(set(self.types.values())):
            for name in (kind, f"{kind}s", f"{kind} robot", f"{kind} robots", *registry.type_aliases.get(kind, ())):
                self._type_names[key(name)] = kind
        self._items = [(item.name, words(name)) for item in registry.items for name in (item.name, *item.aliases)]

    def place(self, name: str | None) -> str | None:
        """Canonical name, "area:NAME" for an area, "?word" for what is unknown, None for nothing."""
        if not name:
            return None
        folded = key(name)
        if folded in self._places:
            return self._places[folded]
        return f"area:{self._areas[folded]}" if folded in self._areas else f"?{folded}"

    def spread(self, name: str | None) -> list[str]:
        """The place, or every place of the area."""
        place = self.place(name)
        if place is None:
            return []
        return list(self.areas[place[5:]]) if place.startswith("area:") else [place]

    def places(self, names: Iterable[str]) -> frozenset[str]:
        """Places, areas spread; a robot among them (to keep away from) as "robot:NAME"."""
        found = [place for name in names for place in self.spread(name)]
        return frozenset(
            f"robot:{self._robots[place[1:]]}" if place[0] == "?" and place[1:] in self._robots else place for place in found
        )

    def robots(self, names: tuple[str, ...] | None) -> frozenset[str] | None:
        if names is None:
            return None
        return frozenset(self._robots.get(key(name), f"?{key(name)}") for name in names)

    def type(self, name: str | None) -> str | None:
        return self._type_names.get(key(name), f"?{key(name)}") if name else None

    def only_type_for(self, action: str | None, kind: str | None) -> bool:
        """Whether robots of this type and no other can do it, so that naming the type says nothing."""
        return {self.types[robot] for robot, can in self._capabilities.items() if action in can} == {kind}

    def targets(self, names: Iterable[str]) -> frozenset[str]:
        """What a control or a question is about: robots (types and "all" spread), places (areas spread), items."""
        return frozenset(target for name in names for target in self._target(name))

    def _target(self, name: str) -> Iterable[str]:
        folded = key(name)
        if folded in _ALL:
            return (f"robot:{robot}" for robot in self.types)
        if folded in self._robots:
            return (f"robot:{self._robots[folded]}",)
        if folded in self._type_names:
            return (f"robot:{robot}" for robot, kind in self.types.items() if kind == self._type_names[folded])
        if folded in self._places or folded in self._areas:
            return (f"place:{place}" for place in self.spread(name))
        item = self._item(name)
        return (f"item:{item}" if item else f"?{folded}",)

    def same_item(self, gold: str | None, given: str | None) -> bool:
        """Whether two wordings mean one item: one holds the other, the site calls both the same, or half the words agree."""
        if gold is None or given is None:
            return gold is None and given is None
        ours, theirs = words(gold), words(given)
        if ours and theirs and (ours <= theirs or theirs <= ours):
            return True
        if gold.lower() in given.lower() or given.lower() in gold.lower():
            return True
        item = self._item(gold)
        if item and item == self._item(given):
            return True
        return bool(ours and theirs) and len(ours & theirs) / len(ours | theirs) >= _ITEM_OVERLAP

    def _item(self, name: str) -> str | None:
        """The registry's item with exactly these words, else the one with most of its words in them."""
        said = words(name)
        best: tuple[int, str] | None = None
        for item, form in self._items:
            if form and form == said:
                return item
            if form and form <= said and (best is None or len(form) > best[0]):
                best = (len(form), item)
        return best[1] if best else None
