"""The command line's side of the HTTP API: bearer token, problems as typed errors, nothing retried behind one's back."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from drover.datadir import DEFAULT_ROOT
from fleet.contracts import errors
from fleet.contracts.errors import FleetError, InvalidInput, RemoteFault, Transient
from fleet.contracts.manifest import plural
from fleet.contracts.resources import Kind

if TYPE_CHECKING:
    import httpx

DEFAULT_API = "http://127.0.0.1:8080"
TIMEOUT_S = 40.0

_BY_CODE: dict[str, type[FleetError]] = {
    kind.code: kind
    for kind in (
        errors.InvalidInput,
        errors.Unauthorized,
        errors.Forbidden,
        errors.NotFound,
        errors.Conflict,
        errors.TooLarge,
        errors.RemoteFault,
        errors.Transient,
        errors.QueueFull,
        errors.DeadlineMissed,
    )
}


class Unreachable(Transient):
    """Nobody answers at the address (exit code 3)."""

    code, title = "unreachable", "Nobody answers"


def api_url() -> str:
    return os.environ.get("DROVER_API", DEFAULT_API).rstrip("/")


def find_token() -> str:
    """$DROVER_TOKEN, else the token file of $DROVER_DATA or ./.drover; "" when there is none."""
    if token := os.environ.get("DROVER_TOKEN"):
        return token
    path = Path(os.environ.get("DROVER_DATA", DEFAULT_ROOT)) / "token"
    return path.read_text("ascii").strip() if path.is_file() else ""


def kind_path(kind: Kind) -> str:
    """/api/v1's word for a kind: `Robot` -> `robots`."""
    return plural(kind)


class Client:
    """Blocking. Every call raises FleetError: what the server's problem says, or Unreachable."""

    def __init__(self, api: str | None = None, token: str | None = None, *, timeout_s: float = TIMEOUT_S) -> None:
        import httpx

        self.api = api if api is not None else api_url()
        bearer = token if token is not None else find_token()
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        try:
            self._http = httpx.Client(base_url=f"{self.api}/api/v1/", headers=headers, timeout=timeout_s, trust_env=False)
        except (httpx.InvalidURL, ValueError) as error:
            raise InvalidInput(f"{self.api!r}: {error}", field="DROVER_API", fix=f"a URL like {DEFAULT_API}") from None

    def call(self, method: str, path: str, body: Any = None, **params: Any) -> Any:
        """The answer's JSON. `path` under /api/v1/, already quoted."""
        import httpx

        try:
            answer = self._http.request(method, path, json=body, params={k: v for k, v in params.items() if v is not None})
        except httpx.UnsupportedProtocol:
            raise InvalidInput(f"{self.api!r} is not a URL", field="DROVER_API", fix=f"write it like {DEFAULT_API}") from None
        except httpx.TimeoutException:
            raise Unreachable(
                f"{self.api} did not answer in time", field="DROVER_API", fix="try again, or see the cloud's log"
            ) from None
        except httpx.HTTPError as error:
            why = str(error) or type(error).__name__
            raise Unreachable(
                f"nobody answers at {self.api}: {why}", field="DROVER_API", fix="start it with `drover up`, or set DROVER_API"
            ) from None
        if answer.status_code >= 400:
            raise problem_of(answer)
        try:
            return answer.json()
        except ValueError:
            raise RemoteFault(f"{self.api} answers no JSON", field="DROVER_API", fix="is this Drover's API?") from None

    def list(self, kind: Kind, *, site: str | None = None) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.call("GET", kind_path(kind), site=site)["items"]
        return items

    def get(self, kind: Kind, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.call("GET", named(kind, name))
        return found


def named(kind: Kind, name: str, verb: str = "") -> str:
    """The path of one resource, its name quoted so that any name is one path segment."""
    return f"{kind_path(kind)}/{quote(name, safe='')}" + (f"/{verb}" if verb else "")


def problem_of(answer: httpx.Response) -> FleetError:
    """An RFC 9457 problem as the error that the server raised; any other failure as RemoteFault."""
    try:
        problem = answer.json()
        kind = _BY_CODE.get(problem["code"], RemoteFault)
        detail = str(problem.get("detail") or problem["title"])
    except (ValueError, KeyError, TypeError):
        return RemoteFault(f"HTTP {answer.status_code} without a problem: {answer.text[:200]!r}", fix="see the server's log")
    error = kind(detail, field=str(problem.get("field", "")), fix=str(problem.get("fix", "")))
    if answer.status_code == 401 and not error.fix:
        error.fix = "set DROVER_TOKEN, or DROVER_DATA to the folder of `drover up --data`"
    return error
