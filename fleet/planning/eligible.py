"""Which robot may take which task, and why nobody may, in words for the operator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from fleet.planning.problem import PlanRequest, PlanRobot, PlanTask
from fleet.planning.tables import COMPILED_PAIRS_MIN, Bools, Ints, Tables

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


@dataclass(frozen=True, eq=False)
class Screened:
    """`order`: the tasks that can be planned, those in `after` first; `fits`: bool[R, T], who can; `refused`: task -> reason."""

    order: Ints
    fits: Bools
    refused: dict[str, str]


def screen(t: Tables) -> Screened:
    """What can be planned at all, and why the rest can't."""
    fits, refused = _reach(t), {}
    groups = _groups(t)
    for members in groups.values():
        # "FL-1 and one more": the one more must leave FL-1 to the task that asks for it
        asked_for = [t.robot_index[r] for j in members if (r := t.tasks[j].robot) is not None and r in t.robot_index]
        for j in members:
            if t.tasks[j].robot is None and np.delete(fits[:, j], asked_for).any():
                fits[asked_for, j] = False
    for j in np.flatnonzero(~fits.any(axis=0)).tolist():
        refused[t.tasks[j].name] = _battery_short(t, j) or why_nobody(t.request, t.tasks[j])
    for members in groups.values():
        if t.tasks[members[0]].gang:
            refused |= _why_no_gang(t, fits, members, refused)
    return Screened(_topological(t, refused), fits, refused)


def _reach(t: Tables) -> Bools:
    if t.able.size < COMPILED_PAIRS_MIN:
        return t.reach()
    from fleet.planning.facts import reach

    return reach(t)


def _battery_short(t: Tables, j: int) -> str:
    """The reason, where there is a way for somebody who may take it, and only the battery forbids it."""
    way = np.isfinite(t.drives_s(t.start, np.array([j]))[:, 0]) & np.isfinite(t.work_s[t.speed, j])
    if not any(may_take(robot, t.tasks[j]) and open_ for robot, open_ in zip(t.robots, way.tolist(), strict=True)):
        return ""
    return f"its way is longer than a full battery of any robot that could do it lasts{_absent(t.request)}"


def _groups(t: Tables) -> dict[str, list[int]]:
    groups: dict[str, list[int]] = {}
    for j in np.flatnonzero(t.tied).tolist():
        if t.tasks[j].apart:
            groups.setdefault(t.tasks[j].apart, []).append(j)
    return groups


def _why_no_gang(t: Tables, fits: Bools, members: list[int], refused: Mapping[str, str]) -> dict[str, str]:
    """All or none: without a robot for each member, all have the reason."""
    lost = [t.tasks[j].name for j in members if t.tasks[j].name in refused]
    if lost:
        others = (t.tasks[j].name for j in members if t.tasks[j].name not in refused)
        return dict.fromkeys(others, f"all robots of this job go together, and {lost[0]} finds none: {refused[lost[0]]}")
    if len(members) <= 1 or _matched(fits[:, members]) == len(members):
        return {}
    able = int(fits[:, members].any(axis=1).sum())
    reason = f"it needs {len(members)} robots at once, and only {able} can do it{_absent(t.request)}"
    return {t.tasks[j].name: reason for j in members}


def _matched(fits: Bools) -> int:
    """Size of the largest matching of robots and tasks (Kuhn)."""
    owner: dict[int, int] = {}

    def seek(task: int, seen: set[int]) -> bool:
        for robot in np.flatnonzero(fits[:, task]).tolist():
            if robot not in seen:
                seen.add(robot)
                if robot not in owner or seek(owner[robot], seen):
                    owner[robot] = task
                    return True
        return False

    return sum(seek(task, set()) for task in range(fits.shape[1]))


def _topological(t: Tables, refused: dict[str, str]) -> Ints:
    """Kahn's algorithm; fills `refused` for tasks that wait for something that will not happen, and for their gangs."""
    settled = t.request.done | t.request.running.keys()
    pending = [j for j, task in enumerate(t.tasks) if task.name not in refused]
    ordered: list[int] = []
    placed = set(settled)
    while pending:
        ready = [j for j in pending if not t.tasks[j].after or all(a in placed for a in t.tasks[j].after)]
        if not ready:
            break
        ordered.extend(ready)
        placed.update(t.tasks[j].name for j in ready)
        pending = [j for j in pending if t.tasks[j].name not in placed]
    _say_why(t, pending, placed, refused)
    lost = {t.tasks[j].apart: t.tasks[j].name for j in pending if t.tasks[j].gang}
    for j in [j for j in ordered if t.tasks[j].gang and t.tasks[j].apart in lost]:
        other = lost[t.tasks[j].apart]
        refused[t.tasks[j].name] = f"all robots of this job go together, and {other} can't: {refused[other]}"
    if lost:
        return _topological(t, refused) if any(t.tasks[j].name in refused for j in ordered) else np.array(ordered, dtype=np.int64)
    return np.array(ordered, dtype=np.int64)


def _say_why(t: Tables, pending: list[int], placed: set[str], refused: dict[str, str]) -> None:
    """Fills `refused` for tasks that wait for what is refused or unknown, and then for those that wait for each other."""
    names = {t.tasks[j].name for j in pending}
    while True:
        behind = [j for j in pending if t.tasks[j].name in names and any(a not in placed | names for a in t.tasks[j].after)]
        for j in behind:
            outside = next(a for a in t.tasks[j].after if a not in placed | names)
            refused[t.tasks[j].name] = f"it waits for {outside}, which will not happen"
        if not behind:
            break
        names -= {t.tasks[j].name for j in behind}
    for j in pending:
        if t.tasks[j].name in names:
            missing = [a for a in t.tasks[j].after if a not in placed]
            refused[t.tasks[j].name] = f"it and {', '.join(missing)} wait for each other"
