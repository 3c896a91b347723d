"""What a skeleton's values stand for on one site: placeholders and quoted words to canonical names and numbers."""

from __future__ import annotations

from dataclasses import dataclass

from fleet.contracts.command_ir import Action, TaskIr
from fleet.contracts.translate import Registry
from llm_planner.core import skeleton
from llm_planner.core.delex import Delexed, Mark
from llm_planner.core.outcomes import Ask, Refuse
from llm_planner.core.vocabulary import MentionKind, Name, Vocabulary

#: Choices offered in one question.
CHOICES_MAX = 8
_PLACES = (MentionKind.PLACE, MentionKind.AREA)


class Sites:
    """What the registry says about its own names."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.kinds = {place.name: place.kind.lower() for place in registry.places}
        self.areas: dict[str, list[str]] = {}
        for place in registry.places:
            self.areas.setdefault(place.area, []).append(place.name)
        self.robots = {robot.name: robot for robot in registry.robots}
        self.items = {item.name: item for item in registry.items}

    def forbidden(self, place: str) -> bool:
        return "no_robot" in self.kinds.get(place, "")


@dataclass(frozen=True, slots=True)
class ResolvedPlaces:
    """`names`: the places; `open`: one of them is meant and it is not said which; `area`: its name, for an area."""

    names: tuple[str, ...]
    site: Sites
    words: str
    open: bool = False
    area: str = ""

    def each(self, role: str) -> tuple[str, ...]:
        """Places to go to one by one. Raises Ask where one must be chosen, Refuse for a no-robot zone."""
        if self.open or (self.area and len(self.names) > 1):
            raise Ask("which", words=self.words, choices=self.names[:CHOICES_MAX])
        return self.all()

    def all(self, *, forbidden: bool = False) -> tuple[str, ...]:
        """Every place; no-robot zones are refused where they are named, and left out of an area."""
        if self.open:
            raise Ask("which", words=self.words, choices=self.names[:CHOICES_MAX])
        allowed = tuple(name for name in self.names if forbidden or not self.site.forbidden(name))
        if not allowed or (len(allowed) < len(self.names) and not self.area and len(self.names) == 1):
            raise Refuse("zone", words=self.names[0] if self.names else self.words)
        return allowed


class Values:
    """Resolves the values of one sentence's skeleton."""

    def __init__(self, site: Sites, vocabulary: Vocabulary, read: Delexed) -> None:
        self._site, self._vocabulary, self._read = site, vocabulary, read
        #: What is left of a total after other steps took their part, by the total's placeholder.
        self.left: dict[str, int] = {}

    def value(self, label: str) -> str:
        return self._read.marks[label].value

    def number(self, label: str, default: int) -> int:
        return int(self._read.marks[label].value) if label else default

    def minutes(self, label: str) -> float:
        return float(self._read.marks[label].value)

    def has_home(self, item: str) -> bool:
        known = self._site.items.get(item)
        return known is not None and bool(known.home)

    def is_charger(self, place: str) -> bool:
        return "charg" in self._site.kinds.get(place, "")

    def is_forbidden(self, name: str) -> bool:
        return self._site.forbidden(name)

    def is_robot(self, name: str) -> bool:
        return name in self._site.robots

    def places(self, value: str) -> ResolvedPlaces:
        """Raises Ask for a name that nobody knows."""
        if skeleton.is_quote(value):
            name = self._guess(value, _PLACES)
            return self._places((name,), False, value)
        mark = self._read.marks[value]
        names = tuple(name for name in mark.names if name.kind in _PLACES)
        return self._places(names, mark.group, self._read.words_of(value))

    def _places(self, names: tuple[Name, ...], group: bool, words: str) -> ResolvedPlaces:
        if len(names) == 1 and names[0].kind is MentionKind.AREA:
            return ResolvedPlaces(tuple(self._site.areas[names[0].name]), self._site, words, area=names[0].name)
        listed = tuple(name.name for name in names if name.kind is MentionKind.PLACE)
        return ResolvedPlaces(listed, self._site, words, open=len(listed) > 1 and not group)

    def item(self, value: str) -> str:
        """The registry's item, or the operator's own words for one that it does not hold."""
        if skeleton.is_quote(value):
            words = value.strip('"')
            choices, certain = self._vocabulary.guess(words, (MentionKind.ITEM,))
            return choices[0].name if certain else words
        mark = self._read.marks[value]
        names = tuple(name.name for name in mark.names if name.kind is MentionKind.ITEM)
        if len(names) > 1:  # "bag tags are low, two rolls": the one that the sentence has named already
            told = {n.name for other in self._read.marks.values() if len(other.names) == 1 for n in other.names}
            names = tuple(name for name in names if name in told) if len(told & set(names)) == 1 else names
        if len(names) > 1:
            raise Ask("which", words=self._read.words_of(value), choices=names[:CHOICES_MAX])
        return names[0]

    def robots(self, value: str) -> tuple[str, ...]:
        if skeleton.is_quote(value):
            return (self._guess(value, (MentionKind.ROBOT,)).name,)
        mark = self._read.marks[value]
        names = tuple(name.name for name in mark.names if name.kind is MentionKind.ROBOT)
        if len(names) > 1 and not mark.group:
            raise Ask("which", words=self._read.words_of(value), choices=names[:CHOICES_MAX])
        return names

    def kind(self, value: str) -> str:
        names = tuple(name.name for name in self._read.marks[value].names if name.kind is MentionKind.TYPE)
        if len(names) != 1:
            raise Ask("which", words=self._read.words_of(value), choices=names[:CHOICES_MAX])
        return names[0]

    def every(self, value: str) -> tuple[str, ...]:
        """Every robot, or every robot of a type."""
        if value == "all":
            return tuple(self._site.robots)
        kind = self.kind(value)
        return tuple(robot.name for robot in self._site.registry.robots if robot.type == kind)

    def type_of(self, robot: str) -> str:
        return self._site.robots[robot].type

    def targets(self, value: str) -> tuple[str, ...]:
        """Targets of a control or a query: robots, types, places, areas, items, "all"."""
        if value == "all":
            return ("all",)
        if skeleton.is_quote(value):
            return (self._guess(value, (MentionKind.ROBOT, *_PLACES, MentionKind.ITEM)).name,)
        mark = self._read.marks[value]
        names = _preferred(mark)
        if len(names) > 1 and not mark.group:
            raise Ask("which", words=self._read.words_of(value), choices=tuple(n.name for n in names)[:CHOICES_MAX])
        return tuple(name.name for name in names)

    def check(self, task: TaskIr, *, named: bool) -> None:
        """Capabilities and payload. Raises Ask naming who cannot do what."""
        robots = [task.robot] if isinstance(task.robot, str) else list(task.robot or ())
        may = [self._site.robots[name] for name in robots] or [
            robot for robot in self._site.registry.robots if task.robot_type in (None, robot.type)
        ]
        who = ", ".join(robots) or task.robot_type or ""
        able = [robot for robot in may if not robot.capabilities or task.action.value in robot.capabilities]
        if not able or (robots and len(able) < len(robots)):
            raise Ask("unable", words=f"{who}: {task.action.value}" if who else task.action.value)
        item = self._site.items.get(task.item or "")
        limits = [robot.payload_kg for robot in able if robot.payload_kg is not None]
        if task.action is Action.TRANSPORT and item is not None and item.unit_kg and limits and len(limits) == len(able):
            together = sum(limits) if robots and len(robots) > 1 else max(limits) * max(1, task.robots_needed)
            load = item.unit_kg * (task.quantity if named else 1)  # a load that no one is named for goes in several trips
            if load > together:
                raise Ask(
                    "heavy",
                    words=f"{item.name} ({item.unit_kg:g} kg), {who} ({together:g} kg)"
                    if who
                    else f"{item.name} ({item.unit_kg:g} kg)",
                )

    def _guess(self, value: str, kinds: tuple[MentionKind, ...]) -> Name:
        words = value.strip('"')
        choices, certain = self._vocabulary.guess(words, kinds)
        if certain:
            return choices[0]
        raise Ask("unknown", words=words, choices=tuple(name.name for name in choices))


def _preferred(mark: Mark) -> tuple[Name, ...]:
    """Of a word with several kinds of meaning, those of the first kind: a place before an item."""
    for kind in (MentionKind.ROBOT, MentionKind.TYPE, MentionKind.PLACE, MentionKind.AREA, MentionKind.ITEM):
        names = tuple(name for name in mark.names if name.kind is kind)
        if names:
            return names
    return ()
