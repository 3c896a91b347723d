"""What a control touches: its targets as robots, missions, tasks and places."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from fleet.contracts.command_ir import ControlAction, ControlIr
from fleet.contracts.errors import NotFound
from fleet.tasks.canonical import ALL
from fleet.tasks.site import NO_ROBOT_ZONE, Site

#: Controls whose targets are places and areas; all others act on robots, missions and tasks.
AREA_ACTIONS = frozenset({ControlAction.CLOSE_AREA, ControlAction.OPEN_AREA})


class Targets(NamedTuple):
    """Names, each sorted as the site lists them. A type counts as its robots, an area as its places."""

    robots: tuple[str, ...] = ()
    missions: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    places: tuple[str, ...] = ()


def resolve_targets(control: ControlIr, site: Site) -> Targets:
    """The control's targets without its exceptions. Raises NotFound for a name that is none of these.

    A place or an area in a control of robots means the robots that stand there. "all" means all robots, for
    cancel all open missions, and for area controls all closed places.
    """
    wanted = [_resolve(target, control.action, site, f"control.targets[{i}]") for i, target in enumerate(control.targets)]
    spared = [_resolve(target, control.action, site, f"control.except[{i}]") for i, target in enumerate(control.excluded)]
    return Targets(
        robots=_minus((t.robots for t in wanted), (t.robots for t in spared)),
        missions=_minus((t.missions for t in wanted), (t.missions for t in spared)),
        tasks=_minus((t.tasks for t in wanted), (t.tasks for t in spared)),
        places=_minus((t.places for t in wanted), (t.places for t in spared)),
    )


def open_missions(site: Site) -> tuple[str, ...]:
    return tuple(name for name, m in site.missions.items() if not m.status.phase.ended)


def robots_at(places: Iterable[str], site: Site) -> tuple[str, ...]:
    """Robots whose last node belongs to one of the places."""
    nodes = {node for place in places for node in site.graph.places[place].nodes}
    return tuple(r.name for r in site.robots.values() if r.status.last_node in nodes)


def _resolve(target: str, action: ControlAction, site: Site, field: str) -> Targets:
    if target == ALL:
        return _everything(action, site)
    if target in site.robots:
        return Targets(robots=(target,))
    if target in site.missions:
        return Targets(missions=(target,))
    if target in site.tasks:
        return Targets(tasks=(target,))
    of_type = site.robots_of_type(target)
    if of_type:
        return Targets(robots=tuple(r.name for r in of_type))
    places = (target,) if target in site.graph.places else site.areas.get(target, ())
    if places:
        return Targets(places=places) if action in AREA_ACTIONS else Targets(robots=robots_at(places, site))
    raise unknown_target(target, site, field)


def _everything(action: ControlAction, site: Site) -> Targets:
    if action is ControlAction.OPEN_AREA:
        forbidden = {p.name for p in site.places_of_kind(NO_ROBOT_ZONE)}
        return Targets(places=tuple(p for p in site.graph.places if p not in forbidden and site.is_closed(p)))
    if action is ControlAction.CLOSE_AREA:
        return Targets(places=tuple(site.graph.places))
    if action is ControlAction.CANCEL:
        return Targets(missions=open_missions(site))
    return Targets(robots=tuple(site.robots))


def unknown_target(target: str, site: Site, field: str) -> NotFound:
    indices = (site.robot_names, site.type_names, site.place_names, site.area_names)
    near = list(dict.fromkeys(name for index in indices for name in index.near(target)))[:3]
    fix = "did you mean " + ", ".join(near) + "?" if near else "name robots, a type, places, an area or all"
    return NotFound(f"there is no {target!r} on this site", field=field, fix=fix)


def _minus(groups: Iterable[tuple[str, ...]], spared: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    out = {name for group in spared for name in group}
    return tuple(dict.fromkeys(name for group in groups for name in group if name not in out))
