"""The audit of language over HTTP: who said what, what came of it, who confirmed it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from cloud.api.context import Context, Route, number
from fleet.contracts.audit import AuditEntry
from fleet_io.http import json_response

LIMIT = 100
LIMIT_MAX = 1000
NUMBER_MAX = 2.0**53


async def read(request: Request, context: Context) -> Response:
    """`before`: only entries of a lower number, to read on backwards; `command`: of one command."""
    limit = int(number(request, "limit", LIMIT, LIMIT_MAX))
    before = int(number(request, "before", 0, NUMBER_MAX))
    command = request.query_params.get("command", "")
    return json_response({"items": await context.store.audit(limit, before=before, command=command) if limit else []})


ROUTES = (
    Route(
        "GET",
        "/api/v1/audit",
        read,
        "What was said, understood and confirmed, newest last",
        gives=AuditEntry,
        many=True,
        query=(("limit", "integer"), ("before", "integer"), ("command", "string")),
    ),
)
