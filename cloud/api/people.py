"""Who sends a request: the holder of the site's one token, or a person with a token of their own (LanguagePolicy `users`).

A second person is only one if nobody can be two: people are told apart by their tokens, never by what a request says of itself.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable

from starlette.requests import Request

from cloud.core.approvals import site_policy
from cloud.core.model import Model
from fleet.contracts.errors import Forbidden, Unauthorized
from fleet.contracts.policy import OPERATOR
from fleet.tasks.policy import may_use_direct_doors
from fleet_io.http import same_token


class People:
    """`model`: the cloud's newest; `token`: the site's own, whose holder is "operator"."""

    def __init__(self, model: Callable[[], Model], token: str) -> None:
        self._model = model
        self._token = token

    def name_of(self, token: str) -> str | None:
        """Whose token this is, or None."""
        if same_token(token, self._token):
            return OPERATOR
        digest = hashlib.sha256(token.encode()).hexdigest()
        users = site_policy(self._model()).users
        return next((name for name, user in users.items() if hmac.compare_digest(user.token_sha256, digest)), None)

    def identify(self, request: Request, *, spoken: bool) -> None:
        """Notes who it is in `request.state.by`. `spoken`: a door for everybody. Raises Unauthorized, Forbidden."""
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        name = self.name_of(given.strip()) if scheme.lower() == "bearer" else None
        if name is None:
            fix = "send Authorization: Bearer TOKEN; `drover up` prints the token"
            raise Unauthorized("no valid token", field="Authorization", fix=fix)
        if not spoken and not may_use_direct_doors(site_policy(self._model()), name):
            raise Forbidden(
                f"{name} may send, confirm and stop only",
                field="Authorization",
                fix="use the site's own token, or give the role `direct: true` in the LanguagePolicy",
            )
        request.state.by = name


def sender(request: Request) -> str:
    """Who sent the request, as `identify` noted."""
    name: str = request.state.by
    return name
