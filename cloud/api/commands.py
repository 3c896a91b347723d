"""Sentences over HTTP: send, read, confirm, discard."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from cloud.api.context import OPERATOR, Context, Route, number
from cloud.api.desk import WAIT_S_MAX
from fleet.contracts.commands import Command, NewCommand
from fleet_io.http import body, json_response

LIMIT = 50
LIMIT_MAX = 500


async def post_command(request: Request, context: Context) -> Response:
    wait_s = number(request, "wait_s", 0.0, WAIT_S_MAX)
    command = await context.desk.submit(await body(request, NewCommand), by=OPERATOR)
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
    return json_response(await context.desk.confirm(request.path_params["id"], by=OPERATOR))


async def discard(request: Request, context: Context) -> Response:
    return json_response(await context.desk.discard(request.path_params["id"]))


_WAIT = (("wait_s", "number"),)
_LIMIT = (("limit", "integer"),)
ROUTES = (
    Route("POST", "/api/v1/commands", post_command, "Send a sentence", NewCommand, Command, status=202, query=_WAIT),
    Route("GET", "/api/v1/commands", list_commands, "Commands, newest last", gives=Command, many=True, query=_LIMIT),
    Route("GET", "/api/v1/commands/{id}", get_command, "One command", gives=Command, query=_WAIT),
    Route("POST", "/api/v1/commands/{id}/confirm", confirm, "Do what was shown", gives=Command),
    Route("POST", "/api/v1/commands/{id}/discard", discard, "Drop the plan", gives=Command),
)
