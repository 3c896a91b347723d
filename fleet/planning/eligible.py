"""Which robot may take which task, and why nobody may, in words for the operator."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from math import isinf

from fleet.planning.problem import PlanRequest, PlanRobot, PlanTask, TravelTime

#: How many absent robots a reason names before it only counts them.
ABSENT_NAMED_MAX = 3


def may_take(robot: PlanRobot, task: PlanTask) -> bool:
    """Name, type, capability and payload; not whether there is a way."""
    return (
        (task.robot is None or task.robot == robot.name)
        and (task.robot_type is None or task.robot_type == robot.type)
        and task.action in robot.capabilities
        and task.load_kg <= robot.payload_kg
        and robot.name not in task.barred
    )


def can_reach(robot: PlanRobot, task: PlanTask, travel: TravelTime) -> bool:
    """Whether there is a way from where the robot will be through all visits."""
    stops = (robot.node, *task.visits)
    return not any(isinf(travel(a, b, robot.speed_mps)) for a, b in pairwise(stops))


def why_nobody(request: PlanRequest, task: PlanTask) -> str:
    """The first thing that rules out all robots, as a sentence without a full stop."""
    robots: list[PlanRobot] = [r for r in request.robots if r.name not in task.barred]
    if task.robot is not None:
        named = [r for r in robots if r.name == task.robot]
        if not named:
            return _named_absent(request, task)
        return _why_not(named[0], task)
    if task.robot_type is not None:
        robots = [r for r in robots if r.type == task.robot_type]
        if not robots:
            return f"no {task.robot_type} is available{_absent(request)}"
    if not robots:
        return f"no robot is available{_absent(request)}"
    able = [r for r in robots if task.action in r.capabilities]
    if not able:
        return f"no robot that is available can {task.action}{_absent(request)}"
    strongest = max(able, key=lambda r: (r.payload_kg, r.name))
    if strongest.payload_kg < task.load_kg:
        return (
            f"no robot can carry {task.load_kg:g} kg; the strongest, {strongest.name}, "
            f"carries {strongest.payload_kg:g} kg{_absent(request)}"
        )
    return "there is no open way to its places for any robot that could do it"


def _why_not(robot: PlanRobot, task: PlanTask) -> str:
    if task.robot_type is not None and robot.type != task.robot_type:
        return f"{robot.name} is a {robot.type}, not a {task.robot_type}"
    if task.action not in robot.capabilities:
        return f"{robot.name} cannot {task.action}"
    if task.load_kg > robot.payload_kg:
        return f"{robot.name} carries {robot.payload_kg:g} kg, the load is {task.load_kg:g} kg"
    return f"there is no open way to its places for {robot.name}"


def _named_absent(request: PlanRequest, task: PlanTask) -> str:
    if task.robot in task.barred:
        return f"{task.robot} already does its part of this job"
    reason = request.absent.get(task.robot or "")
    return f"{task.robot} is not available: {reason}" if reason else f"there is no robot {task.robot}"


def _absent(request: PlanRequest) -> str:
    if not request.absent:
        return ""
    named = [f"{name}: {reason}" for name, reason in sorted(request.absent.items())]
    more = len(named) - ABSENT_NAMED_MAX
    text = "; ".join(named[:ABSENT_NAMED_MAX]) + (f"; and {more} more" if more > 0 else "")
    return f" ({text})"


def screen(request: PlanRequest) -> tuple[list[PlanTask], dict[str, list[PlanRobot]], dict[str, str]]:
    """Splits the tasks: (tasks that can be planned, in an order that respects `after`; their robots; task -> reason)."""
    fits: dict[str, list[PlanRobot]] = {}
    refused: dict[str, str] = {}
    by_name = {t.name: t for t in request.tasks}
    asked_for = {(t.apart, t.robot) for t in by_name.values() if t.apart and t.robot is not None}
    for task in by_name.values():
        able = [r for r in request.robots if may_take(r, task) and can_reach(r, task, request.travel)]
        if task.apart and task.robot is None:
            # "FL-1 and one more": the one more must leave FL-1 to the task that asks for it
            able = [r for r in able if (task.apart, r.name) not in asked_for] or able
        if able:
            fits[task.name] = able
        else:
            refused[task.name] = why_nobody(request, task)
    settled = request.done | request.running.keys()
    ordered = _topological(by_name.values(), fits, refused, settled)
    return ordered, fits, refused


def _topological(
    tasks: Iterable[PlanTask],
    fits: dict[str, list[PlanRobot]],
    refused: dict[str, str],
    settled: frozenset[str],
) -> list[PlanTask]:
    """Kahn's algorithm; fills `refused` for tasks that wait for something that will not happen."""
    pending = [t for t in tasks if t.name in fits]
    names = {t.name for t in pending}
    ordered: list[PlanTask] = []
    placed = set(settled)
    while pending:
        ready = [t for t in pending if all(a in placed for a in t.after)]
        if not ready:
            break
        ordered.extend(ready)
        placed.update(t.name for t in ready)
        pending = [t for t in pending if t.name not in placed]
    for task in pending:
        missing = [a for a in task.after if a not in placed]
        outside = [a for a in missing if a not in names]
        if outside:
            refused[task.name] = f"it waits for {outside[0]}, which will not happen"
        else:
            refused[task.name] = f"it and {', '.join(missing)} wait for each other"
    return ordered
