"""Dispatch: who does which waiting task next. Snapshot -> plan -> apply; the solver never touches the store.

A run is a list of named phases:
  1. waiting_tasks   what has not begun and is wanted
  2. snapshot        site, travel times and the tasks' generations, as values that a worker thread may hold
  3. plan            fleet.planning (in a worker thread; the world goes on meanwhile)
  4. apply_plan      only what still is as it was planned, and only what differs, becomes a write
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import msgspec

from cloud.core.changes import Op, PutSpec
from cloud.core.fates import is_lost
from cloud.core.missions import assigned
from cloud.core.model import Model
from fleet.contracts.resources import Desired, Kind, Phase
from fleet.planning.prices import HEAD_START_S
from fleet.planning.problem import PlannedAssignment, PlanRequest, PlanResult
from fleet.planning.travel import TravelTimes
from fleet.tasks.planning_view import PRIORITIES, plan_request
from fleet.tasks.site import Site, TaskResource

#: Tasks planned in one run; the oldest and most urgent first. The others wait for the next run.
TASKS_MAX = 2000


@dataclass(frozen=True)
class Snapshot:
    """What a plan is made of. `generations`: of the tasks, to notice that one changed while we planned."""

    request: PlanRequest
    generations: Mapping[str, int]
    at: float


def waiting_tasks(site: Site) -> list[TaskResource]:
    """Tasks that no robot has begun, of missions that shall run."""
    found = [t for t in site.tasks.values() if _waits(t) and _wanted(t, site) and not is_lost(t)]
    # older before newer, with a head start by priority: what can't go into one plan still comes in the end
    found.sort(key=lambda t: (t.spec.created_at - HEAD_START_S[PRIORITIES[t.spec.priority]], t.metadata.name))
    return found[:TASKS_MAX]


def snapshot(site: Site, tasks: Iterable[TaskResource], *, now: float, travel: TravelTimes) -> Snapshot:
    tasks = list(tasks)
    return Snapshot(
        request=plan_request(site, tasks, now=now, travel=travel),
        generations={t.metadata.name: t.metadata.generation for t in tasks},
        at=now,
    )


def apply_plan(model: Model, taken: Snapshot, result: PlanResult) -> list[Op]:
    """The writes of a plan. A task that began, changed or went while we planned is left alone."""
    ops: list[Op] = []
    for planned in _by_robot(result.assignments).values():
        last_rank = -1
        for one in planned:
            task = model.get(Kind.TASK, one.task)
            if task is None or not _waits(task) or task.metadata.generation != taken.generations.get(one.task):
                continue
            old = task.spec.assignment
            # ranks only say an order: one that still holds is not written again
            if old is not None and old.robot == one.robot and old.rank > last_rank:
                last_rank = old.rank
                continue
            last_rank += 1
            spec = msgspec.structs.replace(task.spec, assignment=assigned(one, taken.at, rank=last_rank))
            meta = task.metadata
            ops.append(PutSpec(Kind.TASK, one.task, spec, site=meta.site, expect_generation=meta.generation))
    return ops


def _by_robot(assignments: Iterable[PlannedAssignment]) -> dict[str, list[PlannedAssignment]]:
    found: dict[str, list[PlannedAssignment]] = {}
    for one in sorted(assignments, key=lambda a: a.rank):
        found.setdefault(one.robot, []).append(one)
    return found


def _waits(task: TaskResource) -> bool:
    return task.status.phase in (Phase.PENDING, Phase.ASSIGNED) and task.spec.desired is Desired.RUN


def _wanted(task: TaskResource, site: Site) -> bool:
    mission = site.missions.get(task.spec.mission)
    return mission is None or mission.spec.desired is Desired.RUN
