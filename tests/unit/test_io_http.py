"""fleet_io.http on a real socket: problems, tokens, bodies, a held port, a graceful stop."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import httpx
import msgspec
import pytest
from fastapi import Depends, FastAPI, Request
from fastapi.responses import Response

from fleet.contracts.errors import Conflict, NotFound
from fleet_io import http


class Point(msgspec.Struct):
    x: int


def make_app(web_dir: Path | None = None) -> FastAPI:
    app = FastAPI()
    http.install_problem_handlers(app)
    guard = Depends(http.bearer("s3cret"))

    @app.get("/api/v1/things/{name}", dependencies=[guard])
    async def thing(name: str) -> Response:
        raise NotFound(f"no {name!r}", field="name", fix="see the list")

    @app.post("/api/v1/points", dependencies=[guard])
    async def points(request: Request) -> Response:
        return http.json_response(await http.body(request, Point, bytes_max=50), 201)

    @app.get("/api/v1/bug", dependencies=[guard])
    async def bug(n: int = 0) -> Response:
        raise RuntimeError("a secret detail")

    http.install_page(app, web_dir)
    return app


async def ask(method: str, path: str, *, token: str = "s3cret", web_dir: Path | None = None, **kwargs: object) -> httpx.Response:
    stop = asyncio.Event()
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(http.serve(make_app(web_dir), "127.0.0.1", 0, stop=stop, ready=port.set_result))
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{await port}") as client:
        answer = await client.request(method, path, headers={"Authorization": f"Bearer {token}"}, **kwargs)  # type: ignore[arg-type]
    stop.set()
    await asyncio.wait_for(serving, 5)
    return answer


def test_an_error_leaves_as_a_problem_that_names_field_and_fix() -> None:
    answer = asyncio.run(ask("GET", "/api/v1/things/x"))
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "not_found"
    assert answer.json()["field"] == "name"
    assert answer.json()["instance"] == "/api/v1/things/x"


@pytest.mark.parametrize("token", ["x", "wrong", "s3cre", "s3cret2"])
def test_a_wrong_token_is_refused(token: str) -> None:
    answer = asyncio.run(ask("GET", "/api/v1/things/x", token=token))
    assert answer.status_code == 401
    assert answer.json()["code"] == "unauthorized"


def test_an_empty_server_token_lets_nobody_in() -> None:
    assert not http.same_token("", "")


@pytest.mark.parametrize(
    ("content", "status", "field"),
    [(b'{"x": 1}', 201, None), (b'{"x": "1"}', 422, "$.x"), (b"{", 422, "$"), (b"[" * 60, 413, "body")],
)
def test_a_body_is_validated_at_the_border(content: bytes, status: int, field: str | None) -> None:
    answer = asyncio.run(ask("POST", "/api/v1/points", content=content))
    assert answer.status_code == status
    assert answer.json().get("field") == field


def test_a_bug_answers_500_without_telling_its_secrets() -> None:
    answer = asyncio.run(ask("GET", "/api/v1/bug"))
    assert answer.status_code == 500
    assert "secret" not in answer.text


def test_a_wrong_query_parameter_and_an_unknown_path_are_problems() -> None:
    wrong = asyncio.run(ask("GET", "/api/v1/bug?n=x"))
    assert (wrong.status_code, wrong.json()["field"]) == (422, "query.n")
    assert asyncio.run(ask("GET", "/nowhere")).headers["content-type"] == "application/problem+json"


def test_the_page_is_served_but_nothing_beside_it(tmp_path: Path) -> None:
    web = tmp_path / "web"
    web.mkdir()
    (web / "index.html").write_text("the page")
    (tmp_path / "secret.txt").write_text("secret")
    assert asyncio.run(ask("GET", "/missions", web_dir=web)).text == "the page"
    assert asyncio.run(ask("GET", "/%2e%2e/secret.txt", web_dir=web)).text == "the page"
    assert asyncio.run(ask("GET", "/api/v1/nothing", web_dir=web)).status_code == 404


def test_a_held_port_says_who_holds_it() -> None:
    first = http.bind("127.0.0.1", 0)
    try:
        with pytest.raises(Conflict, match=rf"port {first.getsockname()[1]} is held by process .* \({os.getpid()}\)"):
            http.bind("127.0.0.1", first.getsockname()[1])
    finally:
        first.close()
