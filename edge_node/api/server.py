"""The site's own API: the cloud's paths on the cloud's contracts, for when the cloud is away (docs/api.md)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastapi import Depends, FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket

from edge_node.api import budget, commands, drill, operating, resources
from edge_node.api.context import Context
from edge_node.api.live import LiveFeed
from edge_node.api.operating import Handler, steer
from fleet.contracts.command_ir import ControlAction
from fleet.contracts.resources import Kind
from fleet_io.http import bearer, install_page, install_problem_handlers, json_response

API = "/api/v1"
#: In order: fixed paths before those with a kind in them.
ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("POST", "/apply", resources.apply),
    ("GET", "/registry", resources.registry),
    ("GET", "/events", resources.events),
    ("GET", "/offline-budget", budget.show),
    ("POST", "/commands", commands.post_command),
    ("GET", "/commands", commands.list_commands),
    ("GET", "/commands/{name}", commands.get_command),
    ("POST", "/commands/{name}/confirm", commands.confirm),
    ("POST", "/commands/{name}/discard", commands.discard),
    ("POST", "/missions", operating.post_mission),
    ("POST", "/missions/{name}/cancel", steer(Kind.MISSION, ControlAction.CANCEL)),
    ("POST", "/missions/{name}/pause", steer(Kind.MISSION, ControlAction.PAUSE)),
    ("POST", "/missions/{name}/resume", steer(Kind.MISSION, ControlAction.RESUME)),
    ("POST", "/tasks/{name}/cancel", steer(Kind.TASK, ControlAction.CANCEL)),
    ("POST", "/tasks/{name}/pause", steer(Kind.TASK, ControlAction.PAUSE)),
    ("POST", "/tasks/{name}/resume", steer(Kind.TASK, ControlAction.RESUME)),
    ("POST", "/robots/{name}/pause", steer(Kind.ROBOT, ControlAction.PAUSE)),
    ("POST", "/robots/{name}/resume", steer(Kind.ROBOT, ControlAction.RESUME)),
    ("POST", "/stop", operating.stop),
    ("POST", "/resume", operating.resume),
    ("POST", "/controls", operating.control),
    ("GET", "/drill/partition", drill.show),
    ("POST", "/drill/partition", drill.cut),
    ("DELETE", "/drill/partition", drill.heal),
    ("GET", "/{kinds}", resources.list_resources),
    ("GET", "/{kinds}/{name}", resources.get_resource),
    ("PUT", "/{kinds}/{name}", resources.put_resource),
    ("DELETE", "/{kinds}/{name}", resources.delete_resource),
)


def make_app(
    context: Context, feed: LiveFeed, *, token: str, health: Callable[[], dict[str, Any]], web_dir: Path | None
) -> FastAPI:
    app = FastAPI(title="Drover edge node", docs_url=None, redoc_url=None, openapi_url=None)
    install_problem_handlers(app)
    guard = [Depends(bearer(token))]
    for method, path, handler in ROUTES:
        app.add_api_route(API + path, _endpoint(handler, context), methods=[method], dependencies=guard)

    @app.get("/healthz")
    async def healthz() -> Response:
        return json_response({"status": "ok", **health()})

    @app.websocket(API + "/live")
    async def live(websocket: WebSocket) -> None:
        await feed.serve(websocket)

    install_page(app, web_dir)
    return app


def _endpoint(handler: Handler, context: Context) -> Callable[..., Any]:
    async def endpoint(request: Request) -> Response:
        return await handler(request, context)

    return endpoint
