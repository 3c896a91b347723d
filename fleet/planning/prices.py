"""What a plan pays for, in seconds of completion time: the judge's prices, and the head starts of list schedules."""

from __future__ import annotations

from fleet.planning.problem import PlanRequest, PlanTask

#: A second after the deadline costs so many times a second before it.
LATE_FACTOR = 5.0
#: Seconds of completion time that a change of robot must gain, else the task stays where it is.
SWITCH_S = 15.0
#: Weight of a second of empty driving: of plans that end alike, the one that drives less wins.
EMPTY_WEIGHT = 0.05
#: Cost of leaving a task out, in seconds of completion time: more than any plan's horizon.
LEFT_OUT_S = 1e6
#: Weight of a second of completion time by priority: low, normal, high, urgent.
PRIORITY_WEIGHTS = (0.5, 1.0, 3.0, 10.0)
#: A task's weight grows by its base each time it has waited this long ...
AGE_DOUBLES_S = 600.0
#: ... and beyond its longest wait so many times as fast, without bound: in the end it outweighs any stream of others.
OVERDUE_FACTOR = 10.0
#: Head start in seconds by priority, for list scheduling and matching: low, normal, high, urgent.
HEAD_START_S = (-600.0, 0.0, 600.0, 3600.0)
#: Seconds of head start for each second of age, up to the longest wait ...
AGE_RATE = 0.2
#: ... and beyond it: faster than the clock, so that it comes before everything sooner or later.
OVERDUE_RATE = 4.0
#: Tasks whose deadline, less their work, is nearer than this get the difference as a head start.
DEADLINE_SOON_S = 900.0


def weight(task: PlanTask, request: PlanRequest) -> float:
    """Of a second of the task's completion time."""
    base = PRIORITY_WEIGHTS[min(max(task.priority, 0), len(PRIORITY_WEIGHTS) - 1)]
    age_s = max(task.age_s, 0.0)
    overdue_s = max(0.0, age_s - (request.max_wait_s if task.max_wait_s is None else task.max_wait_s))
    return base * (1.0 + age_s / AGE_DOUBLES_S) + OVERDUE_FACTOR * overdue_s / AGE_DOUBLES_S


def head_start_s(task: PlanTask, request: PlanRequest) -> float:
    """How much farther than another its robot may be, and it still comes first, seconds."""
    age_s, max_wait_s = max(task.age_s, 0.0), request.max_wait_s if task.max_wait_s is None else task.max_wait_s
    base = HEAD_START_S[min(max(task.priority, 0), len(HEAD_START_S) - 1)]
    base += AGE_RATE * min(age_s, max_wait_s) + OVERDUE_RATE * max(0.0, age_s - max_wait_s)
    if task.deadline_s is not None:
        base += max(0.0, DEADLINE_SOON_S - task.deadline_s + sum(task.service_s))
    return base
