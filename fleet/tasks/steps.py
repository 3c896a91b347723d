"""A task as a list of steps for one robot: drive to a place, do an action there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from math import inf

from fleet.contracts.command_ir import Action
from fleet.contracts.errors import InvalidInput, NotFound
from fleet.contracts.resources import RobotModelSpec, RobotSpec, StepStatus, TaskSpec
from fleet.layout.graph import Place
from fleet.layout.passages import is_only_way
from fleet.tasks.site import CHARGER, PARKING, Site

#: Step actions, in VDA 5050's spelling where the standard has one (6.8.2); a model's `actions` map them to a maker's.
PICK, DROP, START_CHARGING, WAIT = "pick", "drop", "startCharging", "wait"
#: What a robot does at each stop of an action; "" only goes there.
STOP_ACTIONS = {
    Action.GOTO: "",
    Action.PATROL: "",
    Action.GUIDE: "",
    Action.CLEAN: "clean",
    Action.DISINFECT: "disinfect",
    Action.INSPECT: "inspect",
}


def steps_of(
    task: TaskSpec, robot: RobotSpec, model: RobotModelSpec, site: Site, *, at_node: str = "", taken: Collection[str] = ()
) -> tuple[StepStatus, ...]:
    """The steps of the task when this robot does it.

    `at_node`: where the robot stands, for "the nearest charger"; `taken`: places that others hold or head for, which
    are chosen last. `wait` without a target is one step without a place. Raises InvalidInput when there is no place
    to go to (a park for a robot without home on a site without parking).
    """
    del model
    if task.action is Action.TRANSPORT:
        return (
            StepStatus(place=_needed(task.source, "from"), action=PICK),
            *(StepStatus(place=stop) for stop in task.stops),  # on the way, with the load
            StepStatus(place=_needed(task.target, "to"), action=DROP),
        )
    if task.action is Action.CHARGE:
        return (StepStatus(place=task.target or charger_of(robot, site, at_node=at_node, taken=taken), action=START_CHARGING),)
    if task.action is Action.PARK:
        return (StepStatus(place=task.target or parking_of(robot, site, at_node=at_node, taken=taken)),)
    if task.action is Action.WAIT:
        return (StepStatus(place=task.target or "", action=WAIT),)
    action = STOP_ACTIONS[task.action]
    return tuple(StepStatus(place=place, action=action) for place in _needed_stops(task))


def node_of(place: str, site: Site, *, taken: Collection[str] = ()) -> str:
    """The graph node of a place: its first interaction node that is not in `taken` (node ids), else the first.

    A node id stands for itself. Raises NotFound for other names, InvalidInput for a place without nodes.
    """
    known = site.graph.places.get(place)
    if known is None:
        if place in site.graph.nodes:
            return place
        raise NotFound(f"no place {place!r} on this site", field="place", fix="name a place of the layout")
    if not known.nodes:
        raise InvalidInput(f"{place} has no node", field="place", fix="give its station an interactionNodeId in the layout")
    return next((node for node in known.nodes if node not in taken), known.nodes[0])


def stops_of(task: TaskSpec) -> tuple[str, ...]:
    """The places of an errand in order: source, stops, target, whichever there are."""
    names = [task.source, *task.stops, task.target]
    return tuple(name for name in names if name)


def charger_of(robot: RobotSpec, site: Site, *, at_node: str = "", taken: Collection[str] = ()) -> str:
    """The robot's own charger where it can get there, else the nearest that nobody holds.

    Raises InvalidInput on a site without.
    """
    home = site.graph.places.get(robot.home)
    if home is not None and home.kind == CHARGER and _can_reach(home, site, at_node):
        return home.name
    found = nearest(site, site.places_of_kind(CHARGER), at_node=at_node, taken=taken)
    if found is None:
        raise InvalidInput("no open charger on this site", field="to", fix="give a place of the layout the kind charger")
    return found


def parking_of(robot: RobotSpec, site: Site, *, at_node: str = "", taken: Collection[str] = ()) -> str:
    """The robot's home, else the nearest parking, else the nearest charger, as far as it can get there.

    A place on the only way between others is taken last: whoever stood there would be in everybody's way.
    Raises InvalidInput on a site without.
    """
    home = site.graph.places.get(robot.home)
    if home is not None and _can_reach(home, site, at_node):
        return robot.home
    kinds = (sorted(site.places_of_kind(k), key=_ranked(site, at_node, taken)) for k in (PARKING, CHARGER))
    places = [p for kind in kinds for p in kind if p.nodes and not site.is_closed(p.name)]
    times = site.graph.times_from(at_node, blocked=site.closed_nodes) if at_node in site.graph.nodes else None
    near = [p for p in places if p.name not in taken and (times is None or not times.keys().isdisjoint(p.nodes))]
    aside = (p for p in near if not is_only_way(site.graph, p.nodes[0], blocked=site.closed_nodes))
    found = next(aside, None) or next(iter(near), None) or next(iter(places), None)
    if found is not None:
        return found.name
    raise InvalidInput("the robot has no home and the site no parking", field="home", fix="set the robot's spec.home")


def nearest(site: Site, places: Iterable[Place], *, at_node: str, taken: Collection[str] = ()) -> str | None:
    """The open place that is soonest reached, free ones before `taken` ones; by name where nothing is known."""
    open_places = [p for p in places if p.nodes and not site.is_closed(p.name)]
    if not open_places:
        return None
    return min(open_places, key=_ranked(site, at_node, taken)).name


def _ranked(site: Site, at_node: str, taken: Collection[str]) -> Callable[[Place], tuple[bool, float, str]]:
    """Free ones before `taken` ones, then the soonest reached, then by name."""
    times = site.graph.times_from(at_node, blocked=site.closed_nodes) if at_node in site.graph.nodes else {}

    def rank(place: Place) -> tuple[bool, float, str]:
        return place.name in taken, min((times.get(node, inf) for node in place.nodes), default=inf), place.name

    return rank


def _can_reach(place: Place, site: Site, at_node: str) -> bool:
    """Open, and there is a way to it from where the robot stands, where that is known."""
    if site.is_closed(place.name):
        return False
    if at_node not in site.graph.nodes or not place.nodes:
        return True
    times = site.graph.times_from(at_node, blocked=site.closed_nodes)
    return any(node in times for node in place.nodes)


def _needed(place: str | None, field: str) -> str:
    if place is None:
        raise InvalidInput("missing", field=field, fix="name a place")
    return place


def _needed_stops(task: TaskSpec) -> tuple[str, ...]:
    stops = stops_of(task)
    if not stops:
        raise InvalidInput("no place to go to", field="to", fix="name a place, or stops")
    return stops
