"""What a request handler may use, and how a path is declared."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import Response

from cloud.api.desk import CommandDesk
from cloud.api.operations import Operations
from cloud.store.backups import Backups
from cloud.store.corrections import Corrections
from cloud.store.store import Store
from fleet.contracts.errors import InvalidInput, NotFound
from fleet.contracts.manifest import plural
from fleet.contracts.resources import Kind
from fleet.sync.view import View

KINDS: dict[str, Kind] = {plural(kind): kind for kind in Kind}


class EdgeLinks(Protocol):
    """The hub, as the API uses it."""

    def view(self, edge: str) -> View | None:
        """The cloud's side of this link; None where the edge node has never been heard."""

    def accept(self, edge: str, boot: str) -> None:
        """Pick one copy of a quarantined edge node. Raises NotFound, Conflict."""


@dataclass(frozen=True)
class Context:
    store: Store
    operations: Operations
    desk: CommandDesk
    site: str
    links: EdgeLinks
    backups: Backups
    corrections: Corrections


Handler = Callable[[Request, Context], Awaitable[Response]]


@dataclass(frozen=True)
class Route:
    """One method of one path. `takes`, `gives`: contract types for the OpenAPI document ("items" of `gives` if `many`).

    `media`: of the answer.
    """

    method: str
    path: str
    handler: Handler
    summary: str
    takes: Any = None
    gives: Any = None
    many: bool = False
    status: int = 200
    query: tuple[tuple[str, str], ...] = ()
    media: str = "application/json"


def kind_of(request: Request) -> Kind:
    """The kind in the path. Raises NotFound."""
    word = request.path_params["kinds"]
    if word not in KINDS:
        raise NotFound(f"no kind {word!r}", field="kinds", fix="use one of " + ", ".join(KINDS))
    return KINDS[word]


def number(request: Request, name: str, default: float, most: float) -> float:
    """A query parameter between 0 and `most`. Raises InvalidInput."""
    text = request.query_params.get(name)
    if text is None:
        return default
    try:
        value = float(text)
    except ValueError:
        raise InvalidInput(f"{text!r} is not a number", field=name, fix=f"use a number from 0 to {most:g}") from None
    if not 0 <= value <= most:
        raise InvalidInput(f"{text}", field=name, fix=f"use a number from 0 to {most:g}")
    return value
