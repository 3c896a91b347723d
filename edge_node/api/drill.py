"""Cuts of the link to the cloud, for drills: as if the cable were out (docs/operating.md)."""

from __future__ import annotations

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from edge_node.api.context import Context
from fleet_io.http import body, json_response


class Partition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`for_s`: seconds; the link heals by itself afterwards."""

    for_s: float


async def cut(request: Request, context: Context) -> Response:
    context.cloud.cut((await body(request, Partition)).for_s)
    return _answer(context)


async def heal(_request: Request, context: Context) -> Response:
    context.cloud.heal()
    return _answer(context)


async def show(_request: Request, context: Context) -> Response:
    return _answer(context)


def _answer(context: Context) -> Response:
    now = context.keeper.clock()
    left_s = max(0.0, context.cloud.cut_until - now) if context.cloud.cut_until else 0.0
    view = context.keeper.machine.view(now)
    cut_now = bool(context.cloud.cut_until)
    return json_response({"cut": cut_now, "left_s": left_s, "backlog": view.backlog, "at": now, "link": view})
