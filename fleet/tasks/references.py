"""Whether the names in a manifest (robot's home, closure's targets, a task's places, robot and order) are the site's.

A sentence's names are checked by validate.py; this is the same care for whoever applies resources directly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from fleet.contracts.errors import Conflict, InvalidInput
from fleet.contracts.resources import AnyResource, Kind, TaskSpec
from fleet.tasks.names import NameIndex, listed
from fleet.tasks.site import Site

#: Tasks behind one another that are looked at when a circle is sought.
CHAIN_MAX = 10_000


def check_references(resource: AnyResource, site: Site, tasks: Mapping[str, AnyResource], *, robots: Iterable[str] = ()) -> None:
    """`tasks`, `robots`: with those that come in the same call. Raises InvalidInput or Conflict naming the field."""
    spec = resource.spec
    match resource.kind:
        case Kind.ROBOT:
            _robot(resource.metadata.name, site)
            if spec.home and spec.home not in site.graph.nodes:
                _place(spec.home, site, "spec.home")
        case Kind.MISSION:
            for i, name in enumerate(spec.tasks):
                _is_task(name, tasks, f"spec.tasks[{i}]")
        case Kind.CLOSURE:
            for i, target in enumerate(spec.targets):
                if target not in site.areas and target not in site.graph.nodes:
                    _place(target, site, f"spec.targets[{i}]")
        case Kind.LANGUAGE_POLICY:
            for i, zone in enumerate(spec.forbidden_zones):
                if site.find_area(zone) is None and site.find_place(zone) is None:
                    _place(zone, site, f"spec.forbidden_zones[{i}]")
        case Kind.TASK:
            _task(resource.metadata.name, spec, site, tasks, {*robots, *site.robots})


def _robot(name: str, site: Site) -> None:
    """Its model is there (only then the site has it), and its topics are its own."""
    robot = site.robots.get(name)
    if robot is None:
        raise InvalidInput("no such RobotModel", field="spec.model", fix="apply the RobotModel first, or in the same call")
    for other in site.robots.values():
        theirs = (other.model.manufacturer, other.spec.serial_number)
        if other.name != name and theirs == (robot.model.manufacturer, robot.spec.serial_number):
            raise Conflict(
                f"serial number {theirs[1]!r} of {theirs[0]} is {other.name}'s",
                field="spec.serial_number",
                fix="two robots can't share a topic; correct the serial number",
            )


def _is_task(name: str, tasks: Mapping[str, AnyResource], field: str) -> None:
    if name not in tasks:
        raise InvalidInput(f"no task {name!r}", field=field, fix="apply it first, or in the same call")


def _task(name: str, spec: TaskSpec, site: Site, tasks: Mapping[str, AnyResource], robots: set[str]) -> None:
    for place, field in ((spec.source, "from"), (spec.target, "to"), *((p, f"stops[{i}]") for i, p in enumerate(spec.stops))):
        if place:
            _place(place, site, f"spec.{field}")
    for robot, field in ((spec.robot, "robot"), (spec.assignment.robot if spec.assignment else "", "assignment.robot")):
        if robot and robot not in robots:
            raise InvalidInput(f"no robot {robot!r}", field=f"spec.{field}", fix=f"known: {listed(sorted(robots)[:8])}")
    for i, other in enumerate(spec.after):
        _is_task(other, tasks, f"spec.after[{i}]")
    _circle(name, spec, tasks)
    if spec.load_kg is not None and robots == set(site.robots):
        strongest = max((r.payload_kg for r in site.robots.values() if spec.robot in (None, r.name)), default=0.0)
        if spec.load_kg > strongest:
            raise InvalidInput(f"{spec.load_kg:g} kg", field="spec.load_kg", fix=f"at most {strongest:g} kg can be carried")


def _circle(name: str, spec: TaskSpec, tasks: Mapping[str, AnyResource]) -> None:
    left, seen = list(spec.after), set[str]()
    while left and len(seen) < CHAIN_MAX:
        other = left.pop()
        if other == name:
            raise InvalidInput(f"{name} waits for itself", field="spec.after", fix="break the circle")
        if other not in seen and other in tasks:
            seen.add(other)
            left += tasks[other].spec.after


def _place(name: str, site: Site, field: str) -> None:
    if name not in site.graph.places:
        names: NameIndex = site.place_names
        near = names.near(name)
        fix = f"did you mean {listed(near, last='or')}?" if near else "name a place of this site"
        raise InvalidInput(f"there is no place {name!r}", field=field, fix=fix)
