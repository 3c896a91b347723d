"""Answers to questions, from live state, in words, each number with its age: old news must look old."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from fleet.contracts.command_ir import QueryAbout, QueryIr
from fleet.contracts.resources import RobotActivity
from fleet.tasks.canonical import ALL
from fleet.tasks.clock import span
from fleet.tasks.control import robots_at, unknown_target
from fleet.tasks.names import listed
from fleet.tasks.site import Site, SiteRobot, TaskResource
from fleet.tasks.steps import stops_of
from fleet.tasks.wording import capitalised, spec_phrase

#: A pose this near to a place is "at" it, in metres.
AT_M = 1.5
#: At most so many lines in an answer; the rest is counted.
LINES_MAX = 12


def answer(query: QueryIr, site: Site, now: float) -> str:
    """One line a robot, task or place. Raises NotFound for an unknown target."""
    robots, places, tasks = _meant(query, site)
    if query.about is QueryAbout.LOCATION:
        lines = [_location(r, site, now) for r in robots] or [_who_is_at(p, site) for p in places]
        return _text(lines, "there is no robot on this site")
    if query.about is QueryAbout.BATTERY:
        return _text([_battery(r, now) for r in robots], "there is no robot on this site")
    if query.about is QueryAbout.COUNT:
        return _count(query, robots, places, site)
    if query.about is QueryAbout.STATUS:
        lines = [_status(r, site, now) for r in robots] + [_heading(p, site, now) for p in places]
        return _text(lines or [_task(t, now) for t in tasks], "nothing of that is open")
    if query.about is QueryAbout.ETA:
        found = [t for t in tasks if t.status.eta_at is not None] or tasks
        return _text([_task(t, now) for t in found], "nothing is on its way")
    return _text([_task(t, now) for t in tasks], "no open tasks")


def _meant(query: QueryIr, site: Site) -> tuple[list[SiteRobot], list[str], list[TaskResource]]:
    """The robots, places and open tasks that the targets stand for; all robots and tasks without targets."""
    open_tasks = [t for _, t in sorted(site.tasks.items()) if not t.status.phase.ended]
    if not query.targets or ALL in query.targets:
        return list(site.robots.values()), [], open_tasks
    robots: dict[str, SiteRobot] = {}
    places: dict[str, None] = {}
    missions: set[str] = set()
    for i, target in enumerate(query.targets):
        if target in site.robots:
            robots[target] = site.robots[target]
        elif site.robots_of_type(target):
            robots.update({r.name: r for r in site.robots_of_type(target)})
        elif target in site.graph.places or target in site.areas:
            places.update(dict.fromkeys(site.areas.get(target, (target,))))
        elif target in site.missions or target in site.tasks:
            missions.add(target)
        else:
            raise unknown_target(target, site, f"query.targets[{i}]")
    tasks = [
        t
        for t in open_tasks
        if _robot_of(t) in robots
        or t.spec.mission in missions
        or t.metadata.name in missions
        or any(p in places for p in stops_of(t.spec))
    ]
    return list(robots.values()), list(places), tasks


def place_of(robot: SiteRobot, site: Site) -> str:
    """ "at Dock 3", "near Dock 3", "at node N12" or "at an unknown place"."""
    node = site.graph.nodes.get(robot.status.last_node)
    for place in site.graph.places.values():
        if robot.status.last_node in place.nodes and not robot.status.speed_mps:
            return f"at {place.name}"
    pose = robot.status.pose
    x_m, y_m = (pose.x_m, pose.y_m) if pose is not None else (node.x_m, node.y_m) if node is not None else (None, None)
    if x_m is None or y_m is None:
        return "at an unknown place"
    nearby = [
        (((site.graph.nodes[n].x_m - x_m) ** 2 + (site.graph.nodes[n].y_m - y_m) ** 2) ** 0.5, place.name)
        for place in site.graph.places.values()
        for n in place.nodes[:1]
    ]
    if not nearby:
        return f"at x {x_m:.1f} m, y {y_m:.1f} m"
    distance_m, name = min(nearby)
    return f"at {name}" if distance_m <= AT_M else f"{distance_m:.0f} m from {name}"


def _location(robot: SiteRobot, site: Site, now: float) -> str:
    task = site.tasks.get(robot.status.task)
    bound = f", on its way: {spec_phrase(task.spec)}" if task is not None else ""
    return f"{robot.name} is {place_of(robot, site)}{bound} {_age(robot, now)}"


def _battery(robot: SiteRobot, now: float) -> str:
    level = robot.status.battery_pct
    charging = ", charging" if robot.status.charging else ""
    return f"{robot.name}: {'unknown' if level is None else f'{level:.0f} %'}{charging} {_age(robot, now)}"


def _status(robot: SiteRobot, site: Site, now: float) -> str:
    task = site.tasks.get(robot.status.task)
    what = f", {spec_phrase(task.spec)}" if task is not None else ""
    error = f", {robot.status.errors[0].description or robot.status.errors[0].error_type}" if robot.status.errors else ""
    return f"{robot.name}: {robot.status.activity}{what}{error} {_age(robot, now)}"


def _task(task: TaskResource, now: float) -> str:
    who = _robot_of(task)
    text = f"{capitalised(spec_phrase(task.spec))} ({task.metadata.name}): {task.status.phase}"
    if who:
        text += f" by {who}"
    if task.status.eta_at is not None:
        text += f", done in about {span(task.status.eta_at - now)}"
    return text


def _who_is_at(place: str, site: Site) -> str:
    robots = robots_at([place], site)
    return f"{place}: {listed(robots)}" if robots else f"{place}: no robot"


def _heading(place: str, site: Site, now: float) -> str:
    closed = ", closed" if site.is_closed(place) else ""
    coming = [
        f"{_robot_of(t)} is on its way{_in(t, now)}"
        for t in site.tasks.values()
        if not t.status.phase.ended and _robot_of(t) and place in stops_of(t.spec)
    ]
    return f"{_who_is_at(place, site)}{closed}" + (f"; {listed(coming)}" if coming else "")


def _count(query: QueryIr, robots: Sequence[SiteRobot], places: Sequence[str], site: Site) -> str:
    if places:
        there = robots_at(places, site)
        noun = "robot" if len(there) == 1 else "robots"
        return f"{len(there)} {noun} at {listed(query.targets)}" + (f": {listed(there)}" if there else "")
    tally = Counter(r.status.activity for r in robots)
    parts = [f"{tally[activity]} {activity}" for activity in RobotActivity if tally[activity]]
    noun = "robot" if len(robots) == 1 else "robots"
    return f"{len(robots)} {noun}" + (f": {listed(parts)}" if parts else "")


def _robot_of(task: TaskResource) -> str:
    return task.status.robot or (task.spec.assignment.robot if task.spec.assignment is not None else "")


def _in(task: TaskResource, now: float) -> str:
    return "" if task.status.eta_at is None else f", done in about {span(task.status.eta_at - now)}"


def _age(robot: SiteRobot, now: float) -> str:
    if robot.status.reported_at <= 0:
        return "(never reported)"
    return f"({span(now - robot.status.reported_at)} ago)"


def _text(lines: Sequence[str], nothing: str) -> str:
    if not lines:
        return capitalised(nothing)
    shown = list(lines[:LINES_MAX])
    if len(lines) > LINES_MAX:
        shown.append(f"and {len(lines) - LINES_MAX} more")
    return "\n".join(shown)
