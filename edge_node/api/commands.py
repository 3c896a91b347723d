"""Sentences over the site's own API: send, read, confirm, discard (docs/api.md); the cloud's paths and contracts."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from edge_node.api.context import Context
from fleet.contracts.commands import NewCommand
from fleet_io.http import body, json_response


async def post_command(request: Request, context: Context) -> Response:
    """Answers when it is translated; `wait_s`, the cloud's parameter, is not needed."""
    return json_response(await context.desk.submit(context, await body(request, NewCommand)), 202)


async def list_commands(request: Request, context: Context) -> Response:
    return json_response({"items": context.desk.commands()})


async def get_command(request: Request, context: Context) -> Response:
    return json_response(context.desk.need(request.path_params["name"]))


async def confirm(request: Request, context: Context) -> Response:
    return json_response(await context.desk.confirm(context, request.path_params["name"]))


async def discard(request: Request, context: Context) -> Response:
    return json_response(context.desk.discard(request.path_params["name"]))
