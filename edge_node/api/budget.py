"""How long this site can run without the cloud, and what ends first (fleet/autonomy)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from edge_node.api.context import Context
from edge_node.store.budget import budget_of, document
from fleet_io.http import json_response


async def show(_request: Request, context: Context) -> Response:
    return json_response(document(budget_of(context.keeper)))
