"""The one judge of plans: timing of routes and their cost, for every heuristic and solver alike.

A route is a robot's list of tasks in order. A robot sets out for a task when it is free, when all tasks in `after`
have ended, and not before `not_before_s`: this is what the edge node does too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf, isinf

from fleet.planning.eligible import may_take
from fleet.planning.problem import PlanRequest, PlanRobot, PlanTask

#: Weight of a second of completion time by priority: low, normal, high, urgent.
PRIORITY_WEIGHTS = (0.5, 1.0, 3.0, 10.0)
#: A task's weight doubles each time it has waited this long, so that nothing starves ...
AGE_DOUBLES_S = 600.0
#: ... up to this age.
AGE_S_MAX = 3600.0
#: A second after the deadline costs so many times a second before it.
LATE_FACTOR = 5.0
#: Seconds of completion time that a change of robot must gain, else the task stays where it is.
SWITCH_S = 15.0
#: Weight of a second of empty driving: of plans that end alike, the one that drives less wins.
EMPTY_WEIGHT = 0.05
#: Cost of leaving a task out, in seconds of completion time: more than any plan's horizon.
LEFT_OUT_S = 1e6

Routes = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Timed:
    """A task with its times: sets out at `start_s`, is at the first visit at `arrive_s`, has finished at `end_s`."""

    task: PlanTask
    robot: PlanRobot
    rank: int
    start_s: float
    arrive_s: float
    end_s: float
    end_node: str


@dataclass(frozen=True, slots=True)
class Schedule:
    timed: tuple[Timed, ...]
    cost: float


def weight(task: PlanTask) -> float:
    base = PRIORITY_WEIGHTS[min(max(task.priority, 0), len(PRIORITY_WEIGHTS) - 1)]
    return base * (1.0 + min(max(task.age_s, 0.0), AGE_S_MAX) / AGE_DOUBLES_S)


def work_s(task: PlanTask, speed_mps: float, request: PlanRequest) -> float:
    """Seconds from arrival at the first visit to the end."""
    inner = sum(request.travel(a, b, speed_mps) for a, b in pairwise(task.visits))
    return inner + sum(task.service_s)


def evaluate(request: PlanRequest, routes: Routes) -> Schedule | None:
    """Times and cost of the routes; None when they cannot be driven.

    Not drivable: a robot that may not take a task, no way, a task twice, a group that is not kept apart, or robots
    that wait for each other in a circle. Tasks that no route holds cost LEFT_OUT_S.
    """
    tasks = {t.name: t for t in request.tasks}
    robots = {r.name: r for r in request.robots}
    if not _is_legal(tasks, robots, routes):
        return None
    ends: dict[str, float] = dict.fromkeys(request.done, 0.0) | dict(request.running)
    at = {name: (robots[name].free_in_s, robots[name].node) for name in routes}
    next_rank = dict.fromkeys(routes, 0)
    timed: list[Timed] = []
    cost = 0.0
    progress = True
    while progress:
        progress = False
        for name, route in routes.items():
            robot = robots[name]
            while next_rank[name] < len(route):
                task = tasks[route[next_rank[name]]]
                if any(a not in ends for a in task.after):
                    break
                leg = time_leg(request, robot, task, *at[name], ends, next_rank[name])
                if leg is None:
                    return None
                timed.append(leg)
                cost += task_cost(leg)
                ends[task.name] = leg.end_s
                at[name] = (leg.end_s, leg.end_node)
                next_rank[name] += 1
                progress = True
    if any(next_rank[name] < len(route) for name, route in routes.items()):
        return None
    planned = {t.task.name for t in timed}
    cost += sum(LEFT_OUT_S * weight(t) for t in request.tasks if t.name not in planned)
    return Schedule(tuple(timed), cost)


def time_leg(
    request: PlanRequest,
    robot: PlanRobot,
    task: PlanTask,
    free_s: float,
    node: str,
    ends: Mapping[str, float],
    rank: int,
) -> Timed | None:
    """The task as the robot's next one; None when there is no way. All of `task.after` must be in `ends`."""
    start_s = max(free_s, task.not_before_s, *(ends[a] for a in task.after)) if task.after else max(free_s, task.not_before_s)
    arrive_s = start_s + (request.travel(node, task.visits[0], robot.speed_mps) if task.visits else 0.0)
    end_s = arrive_s + work_s(task, robot.speed_mps, request)
    if isinf(end_s):
        return None
    return Timed(task, robot, rank, start_s, arrive_s, end_s, task.visits[-1] if task.visits else node)


def task_cost(leg: Timed) -> float:
    task = leg.task
    late_s = max(0.0, leg.end_s - (inf if task.deadline_s is None else task.deadline_s))
    switch_s = SWITCH_S if task.current_robot not in (None, leg.robot.name) else 0.0
    return weight(task) * (leg.end_s + LATE_FACTOR * late_s + switch_s) + EMPTY_WEIGHT * (leg.arrive_s - leg.start_s)


def _is_legal(tasks: Mapping[str, PlanTask], robots: Mapping[str, PlanRobot], routes: Routes) -> bool:
    seen: set[str] = set()
    groups: set[tuple[str, str]] = set()
    for name, route in routes.items():
        for task_name in route:
            task, robot = tasks.get(task_name), robots.get(name)
            if task is None or robot is None or task_name in seen or not may_take(robot, task):
                return False
            seen.add(task_name)
            if task.apart:
                if (task.apart, name) in groups:
                    return False
                groups.add((task.apart, name))
    return True
