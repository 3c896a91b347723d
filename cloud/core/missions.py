"""Missions: made from a validated Command IR, and steered by their one knob, `desired`.

The cloud writes spec only: what is wanted. Phases and progress are the edge node's to report.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from cloud.core.changes import Op, PutSpec
from cloud.core.model import Model, phase_of
from fleet.contracts.command_ir import CommandIr, Outcome
from fleet.contracts.errors import Conflict, InvalidInput
from fleet.contracts.resources import AnyResource, Assignment, Desired, Kind, MissionSpec
from fleet.planning.problem import PlannedAssignment
from fleet.tasks.canonical import canonicalise
from fleet.tasks.lower import lower
from fleet.tasks.site import Site, TaskResource
from fleet.tasks.validate import validate

BY = "cloud"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a mission comes from."""

    title: str
    by: str = ""
    command: str = ""
    text: str = ""


def understood(ir: CommandIr, site: Site, now: float, *, utc_offset_s: int = 0) -> CommandIr:
    """The IR with canonical names, fit for this site as it is now. Raises InvalidInput naming field and fix."""
    canonical = canonicalise(ir, site)
    validate(canonical, site, now, utc_offset_s=utc_offset_s)
    return canonical


def tasks_of_plan(ir: CommandIr, site: Site, *, mission: str, now: float, utc_offset_s: int = 0) -> tuple[TaskResource, ...]:
    """The tasks that a plan means. Raises InvalidInput when it is no plan, Conflict when the site has no edge node."""
    if ir.outcome is not Outcome.PLAN or not ir.tasks:
        raise InvalidInput(f"outcome {ir.outcome}", field="ir.outcome", fix='send {"outcome": "plan", "tasks": [...]}')
    if not site.edge:
        raise Conflict(f"site {site.site!r} has no edge node", field="site", fix="apply an EdgeNode first")
    return lower(ir, site, mission=mission, now=now, utc_offset_s=utc_offset_s)


def creation(
    tasks: Sequence[TaskResource],
    site: Site,
    *,
    mission: str,
    origin: Origin,
    now: float,
    planned: Mapping[str, PlannedAssignment] | None = None,
) -> list[Op]:
    """Mission and tasks as new resources, with the assignments that were planned (and shown) for them."""
    spec = MissionSpec(
        title=origin.title or mission,
        edge=site.edge,
        command=origin.command,
        text=origin.text,
        tasks=tuple(t.metadata.name for t in tasks),
        created_by=origin.by,
        created_at=now,
    )
    ops: list[Op] = [PutSpec(Kind.MISSION, mission, spec, site=site.site, expect_generation=0)]
    for task in tasks:
        found = (planned or {}).get(task.metadata.name)
        assignment = assigned(found, now) if found is not None and found.robot in site.robots else None
        ops.append(
            PutSpec(
                Kind.TASK,
                task.metadata.name,
                msgspec.structs.replace(task.spec, assignment=assignment),
                site=site.site,
                labels=task.metadata.labels,
                expect_generation=0,
            )
        )
    return ops


def assigned(planned: PlannedAssignment, now: float, *, rank: int | None = None) -> Assignment:
    return Assignment(
        robot=planned.robot,
        rank=planned.rank if rank is None else rank,
        by=BY,
        planned_start_at=now + planned.start_s,
        planned_end_at=now + planned.end_s,
    )


def steer_mission(model: Model, name: str, desired: Desired) -> list[Op]:
    """Cancel, pause or resume a mission; its tasks follow it (a task runs only if both wish it). Raises NotFound, Conflict."""
    return [_steer(model.need(Kind.MISSION, name), desired)]


def steer_task(model: Model, name: str, desired: Desired) -> list[Op]:
    """The same for one task. Raises NotFound, Conflict."""
    return [_steer(model.need(Kind.TASK, name), desired)]


def _steer(resource: AnyResource, desired: Desired) -> Op:
    name, phase = resource.metadata.name, phase_of(resource)
    if phase.ended:
        raise Conflict(f"{resource.kind} {name!r} is {phase} already", field="status.phase", fix="it has ended; nothing to do")
    if resource.spec.desired is Desired.CANCEL and desired is not Desired.CANCEL:
        raise Conflict(f"{resource.kind} {name!r} is being cancelled", field="spec.desired", fix="make a new mission instead")
    spec = msgspec.structs.replace(resource.spec, desired=desired)
    return PutSpec(resource.kind, name, spec, site=resource.metadata.site, expect_generation=resource.metadata.generation)
