"""The IR's names in their canonical spelling: aliases, case, spaces; areas among stops become their places.

Nothing is guessed: what cannot be resolved stays as it was, for `validate` to refuse with suggestions.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from fleet.contracts.command_ir import CommandIr, ControlIr, QueryIr, TaskIr
from fleet.tasks.names import fold
from fleet.tasks.site import NO_ROBOT_ZONE, Site

#: Words for "everything" in targets.
ALL = "all"
_ALL_WORDS = frozenset({"all", "everything", "everyone", "allrobots", "fleet", "thefleet", "*"})


def canonicalise(ir: CommandIr, site: Site) -> CommandIr:
    """The same command with canonical names. Never raises for a name."""
    return msgspec.structs.replace(
        ir,
        tasks=tuple(_task(task, site) for task in ir.tasks),
        control=None if ir.control is None else _control(ir.control, site),
        query=None if ir.query is None else _query(ir.query, site),
    )


def _task(task: TaskIr, site: Site) -> TaskIr:
    robot_type = None if task.robot_type is None else (site.find_type(task.robot_type) or task.robot_type)
    robot = _robots(task.robot, site)
    return msgspec.structs.replace(
        task,
        source=_place(task.source, site),
        target=_place(task.target, site),
        stops=_places(task.stops, site),
        item=_item(task.item, site),
        robot=robot,
        robot_type=robot_type,
        avoid=_places(task.avoid, site, closed=True),
    )


def _control(control: ControlIr, site: Site) -> ControlIr:
    return msgspec.structs.replace(control, targets=_targets(control.targets, site), excluded=_targets(control.excluded, site))


def _query(query: QueryIr, site: Site) -> QueryIr:
    return msgspec.structs.replace(query, targets=_targets(query.targets, site))


def _place(text: str | None, site: Site) -> str | None:
    """A place; an area that holds one place is that place."""
    if text is None:
        return None
    place = site.find_place(text)
    if place is not None:
        return place.name
    area = site.find_area(text)
    if area is None:
        return text
    return site.areas[area][0] if len(site.areas[area]) == 1 else area


def _places(texts: Iterable[str], site: Site, *, closed: bool = False) -> tuple[str, ...]:
    """Places in their order, areas as their places (without the forbidden ones unless `closed`), each once in a row."""
    names: list[str] = []
    for text in texts:
        place, area = site.find_place(text), site.find_area(text)
        if place is not None:
            names.append(place.name)
        elif area is not None:
            names.extend(p for p in site.areas[area] if closed or site.graph.places[p].kind != NO_ROBOT_ZONE)
        else:
            names.append(text)
    return tuple(name for i, name in enumerate(names) if i == 0 or names[i - 1] != name)


def _item(text: str | None, site: Site) -> str | None:
    if text is None:
        return None
    item = site.find_item(text)
    return item.name if item is not None else text


def _robots(robot: str | tuple[str, ...] | None, site: Site) -> str | tuple[str, ...] | None:
    if robot is None:
        return None
    if isinstance(robot, str):
        found = site.find_robot(robot)
        return found.name if found is not None else robot
    names = tuple(dict.fromkeys((found.name if (found := site.find_robot(r)) else r) for r in robot))
    return names[0] if len(names) == 1 else names or None


def _targets(texts: Iterable[str], site: Site) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_target(text, site) for text in texts))


def _target(text: str, site: Site) -> str:
    """Robots before types before places before areas; missions and tasks by their id."""
    if fold(text) in _ALL_WORDS:
        return ALL
    robot = site.find_robot(text)
    if robot is not None:
        return robot.name
    place = site.find_place(text)
    found = site.find_type(text) or (place.name if place is not None else None) or site.find_area(text)
    return found if found is not None else text
