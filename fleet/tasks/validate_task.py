"""Whether one task of a command can be done: its numbers, times, places, robots and weight."""

from __future__ import annotations

from fleet.contracts.command_ir import QUANTITY_MAX, STOPS_MAX, Action, TaskIr
from fleet.tasks.check import Check
from fleet.tasks.clock import clock
from fleet.tasks.lower import source_of
from fleet.tasks.names import listed
from fleet.tasks.site import CHARGER, NO_ROBOT_ZONE, Site
from fleet.tasks.trips import EVERY_MINUTES_MIN, LOWERED_TASKS_MAX, candidates, named_robots, robots_wanted, unit_kg

#: Longest ref and item text, in characters.
REF_CHARS_MAX, ITEM_CHARS_MAX = 32, 64
#: Longest stay, in minutes.
DURATION_MINUTES_MAX = 24 * 60.0

#: Actions that need somewhere to go.
_NEEDS_PLACE = frozenset({Action.GOTO, Action.PATROL, Action.CLEAN, Action.DISINFECT, Action.INSPECT, Action.GUIDE})


def check_task(check: Check, task: TaskIr, at: str) -> None:
    if not 0 < len(task.ref) <= REF_CHARS_MAX:
        check.add(f"{len(task.ref)} characters", f"{at}.ref", f"use 1 to {REF_CHARS_MAX}")
    _numbers(check, task, at)
    _times(check, task, at)
    places_known = _places(check, task, at)
    robots_known = _robots(check, task, at)
    if task.item is not None and not 0 < len(task.item) <= ITEM_CHARS_MAX:
        check.add(f"{len(task.item)} characters", f"{at}.item", f"use 1 to {ITEM_CHARS_MAX}")
    elif task.item is not None and (item := check.site.find_item(task.item)) is not None and item.name != task.item:
        check.add(f"{task.item!r} is not the item's own name", f"{at}.item", f"write {item.name}")
    if places_known:
        _where(check, task, at)
    if robots_known:
        _who(check, task, at)


def _numbers(check: Check, task: TaskIr, at: str) -> None:
    check.within(task.quantity, 1, QUANTITY_MAX, f"{at}.quantity")
    if task.action is not Action.TRANSPORT and task.quantity > 1:
        check.add("only a transport has a quantity", f"{at}.quantity", "use repeat for doing it several times")
    check.within(task.robots_needed, 1, max(1, len(check.site.robots)), f"{at}.robots_needed")
    for name, places in (("stops", task.stops), ("avoid", task.avoid)):
        if len(places) > STOPS_MAX:
            check.add(f"{len(places)} places", f"{at}.{name}", f"give at most {STOPS_MAX}")
    if task.duration_minutes is not None and not 0 < task.duration_minutes <= DURATION_MINUTES_MAX:
        check.add(f"{task.duration_minutes:g} minutes", f"{at}.duration_minutes", f"use up to {DURATION_MINUTES_MAX:g}")
    if task.repeat is not None:
        if task.repeat.times is not None:
            check.within(task.repeat.times, 1, LOWERED_TASKS_MAX, f"{at}.repeat.times")
        every = task.repeat.every_minutes
        if every is not None and not EVERY_MINUTES_MIN <= every < float("inf"):
            check.add(f"every {every:g} minutes", f"{at}.repeat.every_minutes", f"use {EVERY_MINUTES_MIN:g} or more")
        if task.repeat.every_minutes is None and task.repeat.times is None:
            check.add("how often?", f"{at}.repeat", "give times or every_minutes")


def _times(check: Check, task: TaskIr, at: str) -> None:
    begin = check.moment(task.not_before, f"{at}.not_before")
    end = check.moment(task.deadline, f"{at}.deadline")
    if end is not None and end < check.now:
        check.add(f"{clock(end, check.utc_offset_s)} is past", f"{at}.deadline", "give a time ahead")
    elif begin is not None and end is not None and end < begin:
        check.add("it would have to end before it may begin", f"{at}.deadline", "give a deadline after not_before")
    if task.repeat is not None and task.repeat.until is not None:
        until = check.moment(task.repeat.until, f"{at}.repeat.until")
        if until is not None and until < check.now:
            check.add(f"{task.repeat.until} is past", f"{at}.repeat.until", "give a time ahead")


def _places(check: Check, task: TaskIr, at: str) -> bool:
    """Whether all names are places where robots may go now."""
    before = len(check.problems)
    for place, field in _visited(task, at):
        if _known_place(check, place, field):
            _open_place(check, place, field, task)
    for i, place in enumerate(task.avoid[:STOPS_MAX]):
        _known_place(check, place, f"{at}.avoid[{i}]")
    return len(check.problems) == before


def _known_place(check: Check, place: str, field: str) -> bool:
    if place in check.site.graph.places:
        return True
    if place in check.site.areas:
        several = listed(check.site.areas[place], last="or")
        check.add(f"{place} is an area", field, f"name one place: {several}")
    else:
        check.unknown("place", place, check.site.place_names, field)
    return False


def _open_place(check: Check, place: str, field: str, task: TaskIr) -> None:
    known = check.site.graph.places[place]
    if known.kind == NO_ROBOT_ZONE:
        check.add(f"no robot may enter {place}", field, "name another place")
    elif not known.nodes:
        check.add(f"{place} has no node that a robot can stand on", field, "add an interactionNodeId to its station")
    elif check.site.is_closed(place) and task.not_before is None:
        check.add(f"{place} is closed", field, "open it first, or name another place")


def _where(check: Check, task: TaskIr, at: str) -> None:
    """The places that this action needs."""
    if task.action is Action.TRANSPORT:
        _transport(check, task, at)
    elif task.action in _NEEDS_PLACE and task.target is None and not task.stops:
        check.add(f"where to {task.action}?", f"{at}.to", "name a place or stops")
    elif task.action is Action.CHARGE and task.target is not None:
        _charger(check, task.target, f"{at}.to")
    if task.stops and task.action in (Action.CHARGE, Action.PARK, Action.WAIT):
        check.add(f"{task.action} has one place", f"{at}.stops", "use to")


def _charger(check: Check, place: str, field: str) -> None:
    if check.site.graph.places[place].kind == CHARGER:
        return
    chargers = listed((p.name for p in check.site.places_of_kind(CHARGER)), last="or")
    check.add(f"{place} is no charger", field, f"use {chargers or 'a place of kind charger'}, or leave it out")


def _transport(check: Check, task: TaskIr, at: str) -> None:
    source = source_of(task, check.site)
    if task.target is None:
        check.add("where to?", f"{at}.to", "name the place to bring it to")
    if source is None:
        what = task.item or "it"
        check.add(f"where is {what} to be fetched?", f"{at}.from", "name a place, or give the item a home in the layout")
    elif source == task.target:
        check.add(f"from {source} to {source}", f"{at}.to", "name two places")


def _robots(check: Check, task: TaskIr, at: str) -> bool:
    before = len(check.problems)
    for name in named_robots(task):
        robot = check.site.robots.get(name)
        if robot is None:
            check.unknown("robot", name, check.site.robot_names, f"{at}.robot")
        elif not robot.spec.enabled:
            check.add(f"{name} is out of service", f"{at}.robot", "name another robot, or enable it")
        elif task.robot_type is not None and robot.type != task.robot_type:
            check.add(f"{name} is a {robot.type}, not a {task.robot_type}", f"{at}.robot_type", "leave the type out")
    if task.robot_type is not None and task.robot_type not in check.site.type_names:
        check.unknown("robot type", task.robot_type, check.site.type_names, f"{at}.robot_type")
    return len(check.problems) == before


def _who(check: Check, task: TaskIr, at: str) -> None:
    """Enough robots that can do it, and one that can carry a unit."""
    able = candidates(task, check.site)
    named = named_robots(task)
    unable = [name for name in named if name not in {r.name for r in able}]
    if unable:
        check.add(f"{listed(unable)} cannot {task.action}", f"{at}.robot", _can_do(task.action, check.site))
    elif not able:
        what = task.robot_type or "robot"
        check.add(f"no {what} in service can {task.action}", f"{at}.action", _can_do(task.action, check.site))
    elif len(able) < robots_wanted(task):
        check.add(f"only {listed(r.name for r in able)} can do it", f"{at}.robots_needed", f"use at most {len(able)}")
    elif task.action is Action.TRANSPORT:
        _payload(check, task, at)


def _payload(check: Check, task: TaskIr, at: str) -> None:
    weight = unit_kg(task, check.site)
    if weight is None:
        return
    able = candidates(task, check.site)
    carriers = [r for r in able if r.units_max(weight) > 0]
    named = named_robots(task)
    too_weak = [r for r in able if r.name in named and r not in carriers]
    if too_weak:
        weak = too_weak[0]
        detail = f"{weak.name} carries {weak.payload_kg:g} kg, one {task.item} weighs {weight:g} kg"
        check.add(detail, f"{at}.robot", _can_carry(weight, check.site))
    elif not carriers:
        strongest = max(able, key=lambda r: (r.payload_kg, r.name))
        detail = (
            f"no robot can carry {weight:g} kg ({task.item}); the strongest, {strongest.name}, "
            f"carries {strongest.payload_kg:g} kg"
        )
        check.add(detail, f"{at}.item", _can_carry(weight, check.site))


def _visited(task: TaskIr, at: str) -> list[tuple[str, str]]:
    places = [(task.source, f"{at}.from"), (task.target, f"{at}.to")]
    places += [(stop, f"{at}.stops[{i}]") for i, stop in enumerate(task.stops[:STOPS_MAX])]
    return [(place, field) for place, field in places if place is not None]


def _can_do(action: Action, site: Site) -> str:
    able = [r.name for r in site.robots.values() if r.spec.enabled and r.can(action)]
    return f"{listed(able)} can" if able else "no robot of this site has that capability"


def _can_carry(weight_kg: float, site: Site) -> str:
    able = [r.name for r in site.robots.values() if r.spec.enabled and r.can(Action.TRANSPORT) and r.units_max(weight_kg) > 0]
    return f"{listed(able)} can carry it" if able else "split the load, or bring it by other means"
