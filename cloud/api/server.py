"""The ASGI app: routes, token, problems, security headers, the page."""

from __future__ import annotations

import functools
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, WebSocket
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cloud.api import audit, backup, commands, edges, openapi, operating, resources
from cloud.api.context import Context, Route
from cloud.api.live import LiveFeed
from cloud.api.people import People
from fleet_io.http import install_page, install_problem_handlers, json_response

#: docs/api.md; those with a variable kind come last.
ROUTES: tuple[Route, ...] = (*commands.ROUTES, *audit.ROUTES, *operating.ROUTES, *edges.ROUTES, *backup.ROUTES, *resources.ROUTES)

#: Open to everybody with a token of their own, beside reading and the commands.
SPOKEN = frozenset({"/api/v1/stop"})

#: The page loads nothing from elsewhere and talks to this server only.
CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self' ws: wss:; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def make_app(
    context: Context, feed: LiveFeed, *, token: str, health: Callable[[], dict[str, Any]], web_dir: Path | None = None
) -> FastAPI:
    app = FastAPI(title="Drover", docs_url=None, redoc_url=None, openapi_url=None)
    install_problem_handlers(app)
    people = People(lambda: context.store.model, token)
    for route in ROUTES:
        app.add_route(route.path, _endpoint(route, context, people), methods=[route.method])
    app.add_route("/healthz", _plain(lambda: {"status": "ok", **health(), "now_at": time.time()}), methods=["GET"])
    app.add_route("/openapi.json", _plain(_openapi), methods=["GET"])

    @app.websocket("/api/v1/live")
    async def live(websocket: WebSocket) -> None:
        await feed.serve(websocket)

    install_page(app, web_dir)
    app.add_middleware(SecurityHeaders)
    return app


class SecurityHeaders:
    """Adds HEADERS to every HTTP answer; API answers are never cached."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._headers = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        extra = list(self._headers)
        if scope["path"].startswith("/api/"):
            extra.append((b"cache-control", b"no-store"))

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *extra]
            await send(message)

        await self._app(scope, receive, with_headers)


def _endpoint(route: Route, context: Context, people: People) -> Callable[[Request], Awaitable[Response]]:
    spoken = route.method == "GET" or route.path in SPOKEN or route.path.startswith("/api/v1/commands")

    async def endpoint(request: Request) -> Response:
        people.identify(request, spoken=spoken)
        return await route.handler(request, context)

    return endpoint


def _plain(make: Callable[[], Any]) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(_request: Request) -> Response:
        return json_response(make())

    return endpoint


@functools.lru_cache(maxsize=1)
def _openapi() -> dict[str, Any]:
    return openapi.document(ROUTES)
