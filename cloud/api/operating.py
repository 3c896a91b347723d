"""Missions, robots, stop and controls over HTTP: the structured door, without language."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from cloud.api.context import Context, Handler, Route
from cloud.api.people import sender
from cloud.api.resources import answer
from cloud.core.missions import Origin
from fleet.contracts.command_ir import ControlIr, Outcome
from fleet.contracts.commands import Attest, NewMission, PlanPreview
from fleet.contracts.errors import InvalidInput, NotFound
from fleet.contracts.resources import NAME_CHARS_MAX, Desired
from fleet.tasks import readback
from fleet_io.http import body, json_response

TITLE_CHARS_MAX = 3 * NAME_CHARS_MAX
NOTE_CHARS_MAX = 300


async def post_mission(request: Request, context: Context) -> Response:
    new = await body(request, NewMission)
    if new.site not in ("", context.site):
        raise NotFound(f"no site {new.site!r} here", field="site", fix=f"use {context.site!r} or leave it out")
    if len(new.title) > TITLE_CHARS_MAX:
        raise InvalidInput(f"{len(new.title)} characters", field="title", fix=f"use at most {TITLE_CHARS_MAX}")
    if new.ir.outcome is not Outcome.PLAN:
        raise InvalidInput(f"outcome {new.ir.outcome}", field="ir.outcome", fix="send a plan; controls go to /api/v1/controls")
    if new.dry_run:
        site = context.operations.site()
        tasks = context.operations.tasks_of(context.operations.understood(new.ir, site), site, "dry-run")
        preview, _ = await context.operations.try_plan(site, tasks)
        return json_response(preview)
    title = new.title or readback.title(new.ir)
    return answer(await context.operations.create_mission(new.ir, Origin(title=title, by=sender(request))), 201)


def steer_mission(desired: Desired) -> Handler:
    async def handler(request: Request, context: Context) -> Response:
        return answer(await context.operations.steer_mission(request.path_params["name"], desired))

    return handler


def steer_task(desired: Desired) -> Handler:
    async def handler(request: Request, context: Context) -> Response:
        return answer(await context.operations.steer_task(request.path_params["name"], desired))

    return handler


async def attest(request: Request, context: Context) -> Response:
    said = await body(request, Attest)
    if len(said.note) > NOTE_CHARS_MAX or not said.note.isprintable():
        raise InvalidInput(f"{len(said.note)} characters", field="note", fix=f"plain text, at most {NOTE_CHARS_MAX} characters")
    name = request.path_params["name"]
    return answer(await context.operations.attest(name, said.outcome, note=said.note, by=sender(request)))


def pause_robot(paused: bool) -> Handler:
    async def handler(request: Request, context: Context) -> Response:
        return answer(await context.operations.pause_robot(request.path_params["name"], paused=paused, by=sender(request)))

    return handler


async def stop(request: Request, context: Context) -> Response:
    return json_response(await context.operations.stop(by=sender(request)))


async def resume(request: Request, context: Context) -> Response:
    return json_response(await context.operations.resume(by=sender(request)))


async def control(request: Request, context: Context) -> Response:
    return json_response(await context.operations.control(await body(request, ControlIr), by=sender(request)))


ROUTES = (
    Route("POST", "/api/v1/missions", post_mission, "Make a mission, or try one (dry_run)", NewMission, PlanPreview, status=201),
    Route("POST", "/api/v1/missions/{name}/cancel", steer_mission(Desired.CANCEL), "Cancel a mission"),
    Route("POST", "/api/v1/missions/{name}/pause", steer_mission(Desired.PAUSE), "Pause a mission"),
    Route("POST", "/api/v1/missions/{name}/resume", steer_mission(Desired.RUN), "Go on with a mission"),
    Route("POST", "/api/v1/tasks/{name}/cancel", steer_task(Desired.CANCEL), "Cancel one task"),
    Route("POST", "/api/v1/tasks/{name}/attest", attest, "Say what became of a task whose fate is unknown", Attest),
    Route("POST", "/api/v1/robots/{name}/pause", pause_robot(True), "Pause a robot"),
    Route("POST", "/api/v1/robots/{name}/resume", pause_robot(False), "Let a robot go on"),
    Route("POST", "/api/v1/stop", stop, "Every robot of the site stops (a fleet command, not a safety stop)"),
    Route("POST", "/api/v1/resume", resume, "Clears the stop"),
    Route("POST", "/api/v1/controls", control, "A control as the Command IR spells it", ControlIr),
)
