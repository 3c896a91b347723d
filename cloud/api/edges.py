"""Links to edge nodes over HTTP: the cloud's side of one as it is now, and the pick between two copies of an edge node."""

from __future__ import annotations

import time
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from cloud.api.context import Context, Route
from cloud.api.resources import answer
from fleet.contracts.errors import InvalidInput
from fleet.contracts.resources import Kind
from fleet_io.http import body, json_response

BOOT_CHARS_MAX = 64


class AcceptCopy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`boot`: the copy's random word, as the alarm and the condition Quarantined name it."""

    boot: str


async def link(request: Request, context: Context) -> Response:
    """Fresher than the status, which is written only when something worth a write has changed."""
    name = request.path_params["name"]
    context.store.model.need(Kind.EDGE_NODE, name)
    view = context.links.view(name)
    seen: dict[str, Any] | None = msgspec.to_builtins(view) if view is not None else None
    return json_response({"edge": name, "at": time.time(), "view": seen})


async def accept(request: Request, context: Context) -> Response:
    name = request.path_params["name"]
    node = context.store.model.need(Kind.EDGE_NODE, name)
    boot = (await body(request, AcceptCopy)).boot.strip()
    if not boot or len(boot) > BOOT_CHARS_MAX or not boot.isprintable():
        raise InvalidInput(f"{boot!r}"[:BOOT_CHARS_MAX], field="boot", fix="send one of the words that the alarm names")
    context.links.accept(name, boot)
    return answer(context.store.model.get(Kind.EDGE_NODE, name) or node)


ROUTES = (
    Route("GET", "/api/v1/edgenodes/{name}/link", link, "The cloud's side of the link to an edge node, as it is now"),
    Route("POST", "/api/v1/edgenodes/{name}/accept", accept, "Pick one copy of a quarantined edge node", AcceptCopy),
)
