"""HTTP manners that every tier shares: problems, bearer tokens, msgspec bodies, the page's files, one server per process.

Errors leave as RFC 9457 problems (fleet.contracts.errors names code, field and fix). Bodies are msgspec contracts, so that
the API speaks exactly what the wire speaks. uvicorn runs inside the loop of the caller, who owns the signals.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import socket
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import uvicorn
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, Response
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection

from fleet.contracts import codec
from fleet.contracts.errors import Conflict, FleetError, InvalidInput, NotFound, TooLarge, Unauthorized, to_problem

T = TypeVar("T")

PROBLEM_TYPE = "application/problem+json"
#: Requests still running when the server stops get this long, in seconds.
STOP_GRACE_S = 3.0
#: Subprotocol that carries the token of a browser's WebSocket, which can send no Authorization header.
WS_BEARER = "bearer."


# ---- answers --------------------------------------------------------------------------------------------------------


def json_response(value: Any, status: int = 200) -> Response:
    """Any contract (or dict, list) as JSON."""
    return Response(codec.encode(value), status_code=status, media_type="application/json")


def problem_response(error: FleetError, *, instance: str = "") -> Response:
    """The error as an RFC 9457 problem."""
    headers = {"WWW-Authenticate": "Bearer"} if isinstance(error, Unauthorized) else None
    body = codec.encode(to_problem(error, instance=instance))
    return Response(body, status_code=error.status, media_type=PROBLEM_TYPE, headers=headers)


def install_problem_handlers(app: FastAPI) -> None:
    """Every error of this app leaves as a problem, also routing's 404 and 405, and a bug's 500 (logged, not told)."""

    async def fleet_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, FleetError)
        return problem_response(error, instance=request.url.path)

    async def http_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        problem = {
            "type": "about:blank",
            "title": error.detail,
            "status": error.status_code,
            "detail": f"{request.method} {request.url.path}: {error.detail}",
            "code": "not_found" if error.status_code == 404 else "http_error",
            "fix": "see docs/api.md for the paths",
        }
        return Response(codec.encode(problem), status_code=error.status_code, media_type=PROBLEM_TYPE, headers=error.headers)

    async def parameter_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        first = error.errors()[0]
        field = ".".join(str(part) for part in first.get("loc", ()))
        wrong = InvalidInput(str(first.get("msg", "not valid")), field=field, fix="see docs/api.md for the parameters")
        return problem_response(wrong, instance=request.url.path)

    async def bug(request: Request, error: Exception) -> Response:
        # starlette raises it again for the server to log
        return problem_response(FleetError("an internal error; the log has it"), instance=request.url.path)

    app.add_exception_handler(FleetError, fleet_error)
    app.add_exception_handler(HTTPException, http_error)
    app.add_exception_handler(RequestValidationError, parameter_error)
    app.add_exception_handler(Exception, bug)


# ---- requests -------------------------------------------------------------------------------------------------------


async def body(request: Request, kind: type[T], *, bytes_max: int = codec.REQUEST_BYTES_MAX) -> T:
    """The request's JSON body as a validated `kind`. Raises InvalidInput, TooLarge (without reading it all)."""
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > bytes_max:
            raise TooLarge(f"more than {bytes_max} bytes", field="body", fix=f"send at most {bytes_max} bytes")
    return codec.decode(bytes(data), kind, bytes_max=bytes_max)


def bearer(token: str) -> Callable[[Request], Awaitable[None]]:
    """A FastAPI dependency: `Depends(bearer(token))` lets only `Authorization: Bearer TOKEN` through.

    A coroutine, since FastAPI sends plain functions to a thread and back with each request.
    """

    async def check(request: Request) -> None:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not same_token(given.strip(), token):
            raise Unauthorized(
                "no valid token", field="Authorization", fix="send Authorization: Bearer TOKEN; `drover up` prints the token"
            )

    return check


def same_token(given: str, wanted: str) -> bool:
    """In constant time; an empty wanted token lets nobody in."""
    return bool(wanted) and hmac.compare_digest(given.encode(), wanted.encode())


def websocket_token(connection: HTTPConnection) -> str:
    """The token that a WebSocket brought: in the Authorization header, or as subprotocol `bearer.TOKEN`."""
    scheme, _, given = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return given.strip()
    for protocol in connection.headers.get("sec-websocket-protocol", "").split(","):
        if protocol.strip().startswith(WS_BEARER):
            return protocol.strip().removeprefix(WS_BEARER)
    return ""


def install_page(app: FastAPI, web_dir: Path | None) -> None:
    """Serve the built page. Call it last: every path that no route took is a file of the page, or its index.html."""
    if web_dir is None or not (web_dir / "index.html").is_file():
        return
    root = web_dir.resolve()

    @app.get("/{path:path}", include_in_schema=False)
    async def page(path: str) -> Response:
        if path.startswith("api/"):
            raise NotFound(f"no such path /{path}", field="path", fix="see docs/api.md for the paths")
        file = (root / path).resolve()
        if path and file.is_file() and file.is_relative_to(root):
            hashed = path.startswith("assets/")
            return FileResponse(file, headers={"Cache-Control": "public, max-age=31536000, immutable" if hashed else "no-cache"})
        return FileResponse(root / "index.html", headers={"Cache-Control": "no-cache"})


# ---- the server -----------------------------------------------------------------------------------------------------


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers: the process's `run` owns SIGINT and SIGTERM."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()


async def serve(app: FastAPI, host: str, port: int, *, stop: asyncio.Event, ready: Callable[[int], None] | None = None) -> None:
    """Serve until `stop` is set, then finish open requests (at most STOP_GRACE_S). `ready` is told the port (0 picks one).

    Raises Conflict, naming the process that holds the port. Cancelling the task also stops the server.
    """
    listener = bind(host, port)
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="on",
        timeout_graceful_shutdown=int(STOP_GRACE_S),
        ws="websockets-sansio",
        ws_max_size=codec.REQUEST_BYTES_MAX,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    waits = [asyncio.create_task(server.up.wait()), asyncio.create_task(stop.wait())]
    try:
        await asyncio.wait({serving, waits[0]}, return_when=asyncio.FIRST_COMPLETED)
        if ready is not None and server.started:
            ready(int(listener.getsockname()[1]))
        await asyncio.wait({serving, waits[1]}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        server.should_exit = True
        for wait in waits:
            wait.cancel()
        await serving


def bind(host: str, port: int) -> socket.socket:
    """A listening socket. Raises Conflict naming the process that holds the port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(100)
    except OSError as error:
        listener.close()
        raise Conflict(port_trouble(host, port, error), field="port", fix="stop that process or choose another port") from None
    listener.setblocking(False)
    return listener


def port_trouble(host: str, port: int, error: OSError) -> str:
    """Why a port can't be had, in words: "port 8080 is held by process python (1234)"."""
    holder = port_holder(port)
    if holder is not None:
        return f"port {port} is held by process {holder[1]} ({holder[0]})"
    return f"can't listen on {host}:{port}: {error.strerror or error}"


def port_holder(port: int) -> tuple[int, str] | None:
    """(pid, name) of the process that listens on a TCP port, if this user may know."""
    import psutil  # only here: 2.5 MiB that a server in order never needs

    try:
        for connection in psutil.net_connections(kind="tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.laddr and connection.laddr.port == port and connection.pid:
                return connection.pid, psutil.Process(connection.pid).name()
    except psutil.Error:
        return None
    return None
