"""Sentences over HTTP: send, read, correct, confirm, discard; and the corrections, as examples for training."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from cloud.api.context import Context, Route, number
from cloud.api.desk import WAIT_S_MAX
from cloud.api.people import sender
from fleet.contracts.commands import Command, NewCommand
from fleet.contracts.corrections import Correction, NewCorrection
from fleet.contracts.translate import Registry
from fleet_io.http import body, json_response

LIMIT = 50
LIMIT_MAX = 500
JSONL = "application/jsonl"


async def post_command(request: Request, context: Context) -> Response:
    wait_s = number(request, "wait_s", 0.0, WAIT_S_MAX)
    command = await context.desk.submit(await body(request, NewCommand), by=sender(request))
    if wait_s > 0:
        command = await context.desk.settled(command.id, wait_s)
    return json_response(command, 202)


async def list_commands(request: Request, context: Context) -> Response:
    limit = int(number(request, "limit", LIMIT, LIMIT_MAX))
    commands = list(context.store.model.commands.values())
    return json_response({"items": commands[-limit:] if limit else []})


async def get_command(request: Request, context: Context) -> Response:
    wait_s = number(request, "wait_s", 0.0, WAIT_S_MAX)
    return json_response(await context.desk.settled(request.path_params["id"], wait_s))


async def confirm(request: Request, context: Context) -> Response:
    return json_response(await context.desk.confirm(request.path_params["id"], by=sender(request)))


async def discard(request: Request, context: Context) -> Response:
    return json_response(await context.desk.discard(request.path_params["id"], by=sender(request)))


async def correct(request: Request, context: Context) -> Response:
    wanted = await body(request, NewCorrection)
    return json_response(await context.desk.correct(request.path_params["id"], wanted, by=sender(request)))


async def list_corrections(request: Request, context: Context) -> Response:
    return Response(await context.corrections.read(), media_type=JSONL)


async def corrections_registry(request: Request, context: Context) -> Response:
    return Response(await context.corrections.registry(request.path_params["registry"]), media_type="application/json")


_WAIT = (("wait_s", "number"),)
_LIMIT = (("limit", "integer"),)
ROUTES = (
    Route("POST", "/api/v1/commands", post_command, "Send a sentence", NewCommand, Command, status=202, query=_WAIT),
    Route("GET", "/api/v1/commands", list_commands, "Commands, newest last", gives=Command, many=True, query=_LIMIT),
    Route("GET", "/api/v1/commands/{id}", get_command, "One command", gives=Command, query=_WAIT),
    Route("POST", "/api/v1/commands/{id}/correct", correct, "Another value in a slot of the plan", NewCorrection, Command),
    Route("POST", "/api/v1/commands/{id}/confirm", confirm, "Do what was shown", gives=Command),
    Route("POST", "/api/v1/commands/{id}/discard", discard, "Drop the plan", gives=Command),
    Route("GET", "/api/v1/corrections", list_corrections, "Corrections, one JSON a line", gives=Correction, media=JSONL),
    Route("GET", "/api/v1/corrections/registries/{registry}", corrections_registry, "The names one was made on", gives=Registry),
)
