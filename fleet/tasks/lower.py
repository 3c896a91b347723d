"""Command IR to Task resources: one task is one robot's trip. Pure; the caller has canonicalised and validated."""

from __future__ import annotations

from collections.abc import Mapping

from fleet.contracts.command_ir import Action, CommandIr, TaskIr
from fleet.contracts.errors import TooLarge
from fleet.contracts.resources import Effects, Kind, ObjectMeta, Resource, TaskSpec, TaskStatus
from fleet.tasks.clock import moment_at
from fleet.tasks.site import Site, TaskResource
from fleet.tasks.trips import LOWERED_TASKS_MAX, Trip, trips_of, unit_kg

#: Labels of a task: the IR's ref; and the group whose tasks go to different robots.
LABEL_REF, LABEL_APART = "ref", "apart"
#: A wait without a length, in seconds.
WAIT_S_DEFAULT = 300.0


def lower(ir: CommandIr, site: Site, *, mission: str, now: float, utc_offset_s: int = 0) -> tuple[TaskResource, ...]:
    """The tasks of a plan, named `{mission}-{n}` (n from 1, in the order of the IR), with the label `ref`.

    `after` names all trips of the tasks referred to. Charge and park without a target stay without one: the robot's
    home or the nearest charger is chosen by `steps_of` when the robot is known. Raises TooLarge.
    """
    trips = [(task, trip) for task in ir.tasks for trip in trips_of(task, site, now=now, utc_offset_s=utc_offset_s)]
    if len(trips) > LOWERED_TASKS_MAX:
        raise TooLarge(f"{len(trips)} tasks", field="tasks", fix=f"ask for at most {LOWERED_TASKS_MAX} trips at once")
    names: dict[str, list[str]] = {}
    for n, (task, _) in enumerate(trips, start=1):
        names.setdefault(task.ref, []).append(f"{mission}-{n}")
    return tuple(
        _resource(task, trip, site, f"{mission}-{n}", mission, names, now, utc_offset_s)
        for n, (task, trip) in enumerate(trips, start=1)
    )


def _resource(
    task: TaskIr,
    trip: Trip,
    site: Site,
    name: str,
    mission: str,
    names: Mapping[str, list[str]],
    now: float,
    utc_offset_s: int,
) -> TaskResource:
    labels = {LABEL_REF: task.ref}
    if trip.apart:
        labels[LABEL_APART] = f"{mission}/{task.ref}" + (f"/{trip.round}" if trip.round else "")
    return Resource(
        kind=Kind.TASK,
        metadata=ObjectMeta(name=name, site=site.site, labels=labels),
        spec=_spec(task, trip, site, mission, names, now, utc_offset_s),
        status=TaskStatus(),
    )


def _spec(
    task: TaskIr, trip: Trip, site: Site, mission: str, names: Mapping[str, list[str]], now: float, utc_offset_s: int
) -> TaskSpec:
    carries = task.action is Action.TRANSPORT
    weight = unit_kg(task, site) if carries else None
    deadline = task.deadline
    return TaskSpec(
        mission=mission,
        edge=site.edge,
        action=task.action,
        source=source_of(task, site),
        target=task.target,
        stops=task.stops,
        item=task.item,
        quantity=trip.quantity,
        load_kg=None if weight is None else weight * trip.quantity,
        robot=trip.robot,
        robot_type=task.robot_type,
        priority=task.priority,
        not_before_at=trip.not_before_at,
        deadline_at=None if deadline is None else moment_at(deadline, now=now, utc_offset_s=utc_offset_s),
        after=tuple(name for ref in task.after for name in names.get(ref, ())),
        avoid=task.avoid,
        duration_s=_duration_s(task),
        created_at=now,
        # what is moved twice stands in the wrong place; a second patrol costs only time
        effects=Effects.EXCLUSIVE if carries else Effects.IDEMPOTENT,
    )


def source_of(task: TaskIr, site: Site) -> str | None:
    """Where a transport begins: `from`, else the item's home."""
    if task.source is not None or task.action is not Action.TRANSPORT or task.item is None:
        return task.source
    item = site.items.get(task.item)
    home = site.find_place(item.home) if item is not None and item.home else None
    return home.name if home is not None else None


def _duration_s(task: TaskIr) -> float | None:
    if task.duration_minutes is not None:
        return task.duration_minutes * 60.0
    return WAIT_S_DEFAULT if task.action is Action.WAIT else None
