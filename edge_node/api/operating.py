"""Missions, robots, stop and controls over the site's own API: the structured door, without language."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from edge_node.api.context import Context, utc_offset_s
from edge_node.api.resources import answer
from fleet.authority.inhibits import stops, where_to_clear
from fleet.contracts.command_ir import CommandIr, ControlAction, ControlIr, Outcome
from fleet.contracts.commands import NewMission, PlanPreview
from fleet.contracts.errors import Conflict, InvalidInput, NotFound
from fleet.contracts.resources import (
    NAME_CHARS_MAX,
    AnyResource,
    Desired,
    Inhibit,
    Kind,
    MissionSpec,
    MissionStatus,
    ObjectMeta,
    Phase,
    Resource,
)
from fleet.contracts.wire import ControlCommand
from fleet.planning.solve import plan
from fleet.tasks import readback
from fleet.tasks.canonical import canonicalise
from fleet.tasks.clock import moment_at
from fleet.tasks.lower import lower
from fleet.tasks.planning_view import plan_request, preview
from fleet.tasks.site import Site, TaskResource
from fleet.tasks.validate import validate, validate_control
from fleet_io.http import body, json_response

#: Budget of a dry run, seconds.
PREVIEW_BUDGET_S = 0.3
BY = "the site"
TITLE_CHARS_MAX = 3 * NAME_CHARS_MAX

Handler = Callable[[Request, Context], Awaitable[Response]]


async def post_mission(request: Request, context: Context) -> Response:
    new = await body(request, NewMission)
    if new.site not in ("", context.site_name):
        raise NotFound(f"no site {new.site!r} here", field="site", fix=f"use {context.site_name!r} or leave it out")
    if len(new.title) > TITLE_CHARS_MAX:
        raise InvalidInput(f"{len(new.title)} characters", field="title", fix=f"use at most {TITLE_CHARS_MAX}")
    if new.ir.outcome is not Outcome.PLAN:
        raise InvalidInput(f"outcome {new.ir.outcome}", field="ir.outcome", fix="send a plan; controls go to /api/v1/controls")
    site = context.site()
    ir = understood(new.ir, site)
    if new.dry_run:
        return json_response(await dry_run(ir, site))
    return answer(await make_mission(context, ir, title=new.title, site=site), 201)


def understood(ir: CommandIr, site: Site) -> CommandIr:
    """The IR with canonical names, fit for this site as it is now. Raises InvalidInput naming field and fix."""
    canonical = canonicalise(ir, site)
    validate(canonical, site, site.now, utc_offset_s=utc_offset_s())
    return canonical


async def make_mission(
    context: Context, ir: CommandIr, *, title: str = "", text: str = "", command: str = "", site: Site | None = None
) -> AnyResource:
    """An understood plan as a mission of this edge node. `text`, `command`: the sentence and its command that it comes from.

    `site`: the snapshot that it was understood with, if that is of now.
    """
    site, mission = site or context.site(), _mission_name()
    tasks = lower(ir, site, mission=mission, now=site.now, utc_offset_s=utc_offset_s())
    whole = MissionSpec(
        title=title or readback.title(ir),
        edge=context.edge,
        command=command,
        text=text,
        tasks=tuple(t.metadata.name for t in tasks),
        created_by=BY,
        created_at=site.now,
    )
    meta = ObjectMeta(name=mission, site=context.site_name)
    made: list[AnyResource] = [Resource(kind=Kind.MISSION, metadata=meta, spec=whole, status=MissionStatus()), *tasks]

    def deed(now: float) -> AnyResource:
        for resource in made:
            context.keeper.core.apply(resource, now, by="edge")
        return context.keeper.core.resource(Kind.MISSION, mission)

    return await context.keeper.commit(deed)


async def dry_run(ir: CommandIr, site: Site) -> PlanPreview:
    """What an understood plan would do now; nothing is changed."""
    tasks = lower(ir, site, mission=_mission_name(), now=site.now, utc_offset_s=utc_offset_s())
    return await asyncio.to_thread(_dry_run, site, tasks)


def _mission_name() -> str:
    return f"e-{uuid.uuid4().hex[:10]}"


def _dry_run(site: Site, tasks: tuple[TaskResource, ...]) -> PlanPreview:
    travel = site.travel_times()
    waiting = [t for t in site.tasks.values() if t.status.phase in (Phase.PENDING, Phase.ASSIGNED)]
    before = plan(plan_request(site, waiting, now=site.now, travel=travel), budget_s=0.0)
    after = plan(plan_request(site, [*waiting, *tasks], now=site.now, travel=travel), budget_s=PREVIEW_BUDGET_S)
    return preview(site, tasks, after, before=before)


def steer(kind: Kind, action: ControlAction) -> Handler:
    """Cancel, pause or resume one mission or task; or pause and resume one robot."""

    async def handler(request: Request, context: Context) -> Response:
        name = request.path_params["name"]
        resource = context.keeper.core.resource(kind, name)
        if kind is not Kind.ROBOT and resource.status.phase.ended:
            raise Conflict(f"{kind} {name!r} is {resource.status.phase} already", field="status.phase", fix="it has ended")
        if kind is not Kind.ROBOT and resource.spec.desired is Desired.CANCEL and action is not ControlAction.CANCEL:
            raise Conflict(f"{kind} {name!r} is being cancelled", field="spec.desired", fix="make a new mission instead")
        await carry_out(context, ControlIr(action=action, targets=(name,)))
        return answer(context.keeper.core.resource(kind, name))

    return handler


async def stop(request: Request, context: Context) -> Response:
    await carry_out(context, ControlIr(action=ControlAction.EMERGENCY_STOP))
    return _stopped(context)


async def resume(request: Request, context: Context) -> Response:
    await carry_out(context, ControlIr(action=ControlAction.RESUME))
    return _stopped(context)


async def control(request: Request, context: Context) -> Response:
    ir = await body(request, ControlIr)
    if ir.action is not ControlAction.EMERGENCY_STOP:  # a stop is taken as it comes
        site = context.site()
        ir = validate_control(ir, site, site.now, utc_offset_s=utc_offset_s())
    await carry_out(context, ir)
    return _stopped(context)


def _stopped(context: Context) -> Response:
    core = context.keeper.core
    robots = [r.metadata.name for r in core.resources(Kind.ROBOT)]
    return json_response({"stopped": core.stopped, "robots": robots, "held_by": _held_by(core.inhibits)})


def _held_by(entries: tuple[Inhibit, ...]) -> list[dict[str, Any]]:
    """The stops that hold, whoever pressed them, and where each is cleared: one side never lifts the other's."""
    return [
        {"owner": i.owner, "id": i.id, "by": i.by, "at": i.at, "reason": i.reason, "clear_at": where_to_clear(i.owner)}
        for i in stops(entries)
    ]


async def carry_out(context: Context, ir: ControlIr) -> None:
    """A control on this site, at once."""
    now = context.keeper.clock()
    until_at = None
    if ir.until is not None:
        until_at = moment_at(ir.until, now=now, utc_offset_s=utc_offset_s(), field="until")
    command = ControlCommand(
        id=uuid.uuid4().hex[:12],
        action=ir.action,
        targets=ir.targets,
        excluded=ir.excluded,
        until_at=until_at,
        speed=ir.speed,
        asked_by=BY,
        asked_at=now,
    )
    await context.keeper.commit(lambda at: context.keeper.core.control(command, at))
