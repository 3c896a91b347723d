"""One error tree, split by who must act. Each error has a stable `code`, names the field and says the fix.

    FleetError
     +- InvalidInput        the caller must change the request          422
     |   +- Unauthorized    bring a valid bearer token                  401
     |   +- Forbidden       allowed to nobody, or not to this caller    403
     |   +- NotFound        the name is not in the registry             404
     |   +- Conflict        the object is in a state that forbids this  409
     |   +- TooLarge        send less                                   413
     +- RemoteFault         a peer (robot, edge, broker) misbehaved     502
     +- Transient           try again later, nothing was changed        503
         +- QueueFull       a bounded queue is full                     429
         +- DeadlineMissed  the answer did not come in time             504

HTTP shells turn these into RFC 9457 problems with `to_problem`, MQTT shells into an event and a counter.
"""

from __future__ import annotations

from typing import Any, ClassVar


class FleetError(Exception):
    """Base of all errors that a person or a peer can act on; a bug is an assertion instead."""

    code: ClassVar[str] = "fleet_error"
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Something went wrong"

    def __init__(self, detail: str, *, field: str = "", fix: str = "") -> None:
        super().__init__(detail)
        self.detail = detail
        self.field = field
        self.fix = fix

    def __str__(self) -> str:
        where = f"{self.field}: " if self.field else ""
        fix = f" ({self.fix})" if self.fix else ""
        return f"{where}{self.detail}{fix}"


class InvalidInput(FleetError):
    code, status, title = "invalid_input", 422, "The request is not valid"


class Unauthorized(InvalidInput):
    code, status, title = "unauthorized", 401, "A bearer token is needed"


class Forbidden(InvalidInput):
    code, status, title = "forbidden", 403, "This is not allowed"


class NotFound(InvalidInput):
    code, status, title = "not_found", 404, "No such object"


class Conflict(InvalidInput):
    code, status, title = "conflict", 409, "The object's state forbids this"


class TooLarge(InvalidInput):
    code, status, title = "too_large", 413, "The message is too large"


class RemoteFault(FleetError):
    code, status, title = "remote_fault", 502, "A peer misbehaved"


class Transient(FleetError):
    code, status, title = "transient", 503, "Not available just now"


class QueueFull(Transient):
    code, status, title = "queue_full", 429, "The queue is full"


class DeadlineMissed(Transient):
    code, status, title = "deadline_missed", 504, "The answer did not come in time"


def to_problem(error: FleetError, *, instance: str = "") -> dict[str, Any]:
    """The error as an RFC 9457 problem (`application/problem+json`), with `code`, `field` and `fix` as extensions."""
    problem: dict[str, Any] = {
        "type": f"https://drover.dev/problems/{error.code}",
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "code": error.code,
    }
    extras = {"field": error.field, "fix": error.fix, "instance": instance}
    problem.update({key: value for key, value in extras.items() if value})
    return problem
