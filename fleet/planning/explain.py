"""Why this robot, in words: each assignment says how far its robot is and what the next best would have cost."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence

from fleet.planning.evaluate import Schedule, Timed
from fleet.planning.problem import PlannedAssignment, PlanRequest, PlanRobot, PlanTask


def explained(request: PlanRequest, schedule: Schedule, fits: Mapping[str, Sequence[PlanRobot]]) -> tuple[PlannedAssignment, ...]:
    """The schedule as assignments, by robot and rank, each with its reason."""
    routes: dict[str, list[Timed]] = defaultdict(list)
    for leg in schedule.timed:
        routes[leg.robot.name].append(leg)
    starts = {name: [leg.start_s for leg in legs] for name, legs in routes.items()}
    assignments = [
        PlannedAssignment(
            task=leg.task.name,
            robot=leg.robot.name,
            rank=leg.rank,
            start_s=leg.start_s,
            end_s=leg.end_s,
            why=_why(request, leg, fits[leg.task.name], routes, starts),
        )
        for leg in schedule.timed
    ]
    return tuple(sorted(assignments, key=lambda a: (a.robot, a.rank)))


def _why(
    request: PlanRequest,
    leg: Timed,
    able: Sequence[PlanRobot],
    routes: Mapping[str, Sequence[Timed]],
    starts: Mapping[str, Sequence[float]],
) -> str:
    away = _away(leg)
    if leg.task.robot is not None:
        return f"{away}; asked for by name"
    others = [(_arrival_s(request, r, leg, routes, starts), r.name) for r in able if r.name != leg.robot.name]
    if not others:
        return f"{away}; the only robot that can do it"
    arrival_s, name = min(others)
    gap_s = arrival_s - leg.arrive_s
    if gap_s == float("inf"):
        return f"{away}; no other robot can reach it"
    if gap_s < -0.5:
        return f"{away}; {name} could come {-gap_s:.0f} s sooner, but is of more use elsewhere"
    return f"{away}; next best {name}, +{max(0.0, gap_s):.0f} s"


def _away(leg: Timed) -> str:
    drive_s = leg.arrive_s - leg.start_s
    if leg.start_s < 0.5:
        return f"{leg.robot.name} is {drive_s:.0f} s away"
    return f"{leg.robot.name} sets out in {leg.start_s:.0f} s and is then {drive_s:.0f} s away"


def _arrival_s(
    request: PlanRequest,
    robot: PlanRobot,
    leg: Timed,
    routes: Mapping[str, Sequence[Timed]],
    starts: Mapping[str, Sequence[float]],
) -> float:
    """When this other robot would be there if it took the task after what it has begun by then."""
    begun = bisect_left(starts.get(robot.name, ()), leg.start_s)
    before = routes[robot.name][begun - 1] if begun else None
    free_s, node = (before.end_s, before.end_node) if before else (robot.free_in_s, robot.node)
    drive_s = request.travel(node, first_visit(leg.task, node), robot.speed_mps)
    return max(free_s, leg.start_s if leg.task.after else 0.0, leg.task.not_before_s) + drive_s


def first_visit(task: PlanTask, node: str) -> str:
    return task.visits[0] if task.visits else node
