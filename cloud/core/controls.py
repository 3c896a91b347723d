"""Controls (pause, cancel, stop, close, ...) as writes.

What is a wish that must outlive any outage becomes spec (`paused`, `desired`, Closure); what is a deed of the moment
(stop, recall, set speed) becomes a ControlCommand in the edge nodes' command stream, made idempotent by its id.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from cloud.core.changes import Op, PutSpec, Remove, SendControl
from cloud.core.missions import steer_mission, steer_task
from cloud.core.model import Model
from fleet.authority import inhibits
from fleet.contracts.command_ir import ControlAction, ControlIr
from fleet.contracts.errors import Conflict, InvalidInput, NotFound
from fleet.contracts.resources import ClosureSpec, Desired, Inhibit, InhibitKind, Kind
from fleet.contracts.wire import ControlCommand
from fleet.tasks.canonical import ALL
from fleet.tasks.clock import moment_at
from fleet.tasks.control import Targets, resolve_targets
from fleet.tasks.site import Site

A = ControlAction

_DESIRED = {A.PAUSE: Desired.PAUSE, A.RESUME: Desired.RUN, A.CANCEL: Desired.CANCEL}


def stop_all(control_id: str, *, by: str, now: float) -> ControlCommand:
    """The latch: every robot of the site stands until an explicit resume of "all"."""
    return ControlCommand(id=control_id, action=A.EMERGENCY_STOP, asked_by=by, asked_at=now)


def resume_all(control_id: str, *, by: str, now: float) -> ControlCommand:
    return ControlCommand(id=control_id, action=A.RESUME, asked_by=by, asked_at=now)


def stop_ops(model: Model, control: ControlCommand, *, site: str) -> list[Op]:
    """The stop as the cloud's own Inhibit at every edge node of the site, and as the control that takes effect at once."""
    entry = Inhibit(
        id=control.id, kind=InhibitKind.STOP, owner=inhibits.CLOUD, by=control.asked_by, at=control.asked_at, reason="stop all"
    )
    return [SendControl(control), *_inhibit(model, site, lambda held: inhibits.added(held, entry))]


def resume_ops(model: Model, control: ControlCommand, *, site: str) -> list[Op]:
    """Takes back the cloud's stops; those that were pressed at a site hold until they are cleared there."""
    return [SendControl(control), *_inhibit(model, site, lambda held: tuple(i for i in held if i not in inhibits.stops(held)))]


def held_stops(model: Model, *, site: str) -> list[dict[str, Any]]:
    """Stops that hold after a resume by the cloud: who pressed them, where they are cleared."""
    return [
        {
            "edge": edge.metadata.name,
            "id": entry.id,
            "by": entry.by,
            "at": entry.at,
            "reason": entry.reason,
            "clear_at": inhibits.where_to_clear(entry.owner, edge.spec.api_url),
        }
        for edge in model.edges(site=site)
        for entry in inhibits.stops(edge.status.inhibits)
    ]


def _inhibit(model: Model, site: str, change: Callable[[tuple[Inhibit, ...]], tuple[Inhibit, ...]]) -> list[Op]:
    """`change` on the cloud's entries at each edge node of the site."""
    ops: list[Op] = []
    for edge in model.edges(site=site):
        held = change(edge.spec.inhibits)
        if held != edge.spec.inhibits:
            spec = msgspec.structs.replace(edge.spec, inhibits=held)
            ops.append(PutSpec(Kind.EDGE_NODE, edge.metadata.name, spec, site=edge.metadata.site))
    return ops


def is_stop_all(control: ControlIr) -> bool:
    return control.action is A.EMERGENCY_STOP and ALL in control.targets and not control.excluded


def control_ops(
    control: ControlIr, site: Site, model: Model, *, control_id: str, by: str, now: float, utc_offset_s: int = 0
) -> list[Op]:
    """Raises NotFound for unknown targets, Conflict for ended ones, InvalidInput when it would touch nothing."""
    if is_stop_all(control):
        return stop_ops(model, stop_all(control_id, by=by, now=now), site=site.site)
    targets = resolve_targets(control, site)
    until_at = None
    if control.until is not None:
        until_at = moment_at(control.until, now=now, utc_offset_s=utc_offset_s, field="control.until")
    if not any(targets):
        raise InvalidInput("touches nothing", field="control.targets", fix="name robots, missions, tasks or places")
    match control.action:
        case A.CLOSE_AREA:
            spec = ClosureSpec(targets=targets.places, until_at=until_at, reason=f"closed by {by or 'an operator'}")
            return [PutSpec(Kind.CLOSURE, f"closed-{control_id}", spec, site=site.site, expect_generation=0)]
        case A.OPEN_AREA:
            return _open(targets.places, site)
        case A.PAUSE | A.RESUME | A.CANCEL if until_at is None:
            ops = [*_steer_robots(control, targets, model), *_steer_work(control, targets, site, model)]
            if control.action is A.RESUME:
                # also ends what no spec says: the stop latch, a recall, a task that waits to be looked at
                if ALL in control.targets and not control.excluded:
                    ops += resume_ops(model, resume_all(control_id, by=by, now=now), site=site.site)
                else:
                    command = _command(control, targets, control_id, by, now, None)
                    ops.append(SendControl(command, edges=_edges(targets, model)))
            return ops
        case _:
            return [SendControl(_command(control, targets, control_id, by, now, until_at), edges=_edges(targets, model))]


def _steer_robots(control: ControlIr, targets: Targets, model: Model) -> list[Op]:
    if control.action is A.CANCEL:
        return []
    return [op for name in targets.robots for op in pause_robot(model, name, paused=control.action is A.PAUSE)]


def pause_robot(model: Model, name: str, *, paused: bool) -> list[Op]:
    """Raises NotFound."""
    robot = model.need(Kind.ROBOT, name)
    if robot.spec.paused == paused:
        return []
    spec = msgspec.structs.replace(robot.spec, paused=paused)
    meta = robot.metadata
    return [PutSpec(Kind.ROBOT, name, spec, site=meta.site, expect_generation=meta.generation)]


def _steer_work(control: ControlIr, targets: Targets, site: Site, model: Model) -> list[Op]:
    desired = _DESIRED[control.action]
    missions, tasks = list(targets.missions), list(targets.tasks)
    if control.action is A.CANCEL:
        # cancelling a robot means what it does now and what waits for it
        tasks += [name for robot in targets.robots for name in _tasks_of_robot(robot, site)]
    ops = [op for name in missions for op in steer_mission(model, name, desired)]
    return ops + [op for name in dict.fromkeys(tasks) for op in steer_task(model, name, desired)]


def _tasks_of_robot(robot: str, site: Site) -> Iterable[str]:
    for name, task in site.tasks.items():
        planned = task.spec.assignment.robot if task.spec.assignment else ""
        if not task.status.phase.ended and (task.status.robot or planned) == robot:
            yield name


def _open(places: tuple[str, ...], site: Site) -> list[Op]:
    opened = set(places)
    ops: list[Op] = []
    held: dict[str, str] = {}
    for closure in site.closures:
        names = [p for target in closure.spec.targets for p in site.areas.get(target, (target,))]
        left = tuple(p for p in names if p not in opened)
        if len(left) == len(names):
            continue
        if owner := closure.metadata.labels.get(inhibits.CLOSED_BY, ""):
            held[closure.metadata.name] = inhibits.where_to_clear(owner)
            continue
        spec: Any = msgspec.structs.replace(closure.spec, targets=left)
        meta = closure.metadata
        ops.append(PutSpec(Kind.CLOSURE, meta.name, spec, site=meta.site) if left else Remove(Kind.CLOSURE, meta.name))
    if held and not ops:
        name, where = next(iter(held.items()))
        raise Conflict(f"{name} was closed at the site", field="control.targets", fix=f"open it at {where}")
    if not ops:
        raise NotFound("none of these is closed", field="control.targets", fix="see GET /api/v1/closures")
    return ops


def _command(
    control: ControlIr, targets: Targets, control_id: str, by: str, now: float, until_at: float | None
) -> ControlCommand:
    return ControlCommand(
        id=control_id,
        action=control.action,
        targets=(*targets.robots, *targets.missions, *targets.tasks, *targets.places),
        until_at=until_at,
        speed=control.speed,
        asked_by=by,
        asked_at=now,
    )


def _edges(targets: Targets, model: Model) -> tuple[str, ...]:
    """The edge nodes of the robots; () means all, as for anything else."""
    if targets.missions or targets.tasks or targets.places:
        return ()
    edges = {r.spec.edge for name in targets.robots if (r := model.get(Kind.ROBOT, name)) is not None}
    return () if "" in edges else tuple(sorted(edges))
