"""What travels in a simulated conversation: real wire messages, a few that no receiver knows, and some that cannot be applied."""

from __future__ import annotations

from typing import Any

import msgspec

from fleet.contracts import wire
from fleet.contracts.command_ir import ControlAction

KIND = "Robot"
#: Rows of these keys cannot be applied: the receiver's store refuses them each time.
POISON = "poison"
#: Rows of these keys are of a type that only a newer peer knows.
FUTURE = "future"


class Later(msgspec.Struct, frozen=True, tag_field="type", tag="from.the.future"):
    """A message of a later version."""

    id: str


def key_of(name: str) -> str:
    return f"{KIND}/{name}"


def state(stream: str, key: str, revision: int, value: str) -> Any:
    name = key.partition("/")[2]
    if name.startswith(FUTURE):
        return Later(id=value)
    if stream == "st":
        return wire.StatusReport(kind=KIND, name=name, status={"v": value, "rev": revision}, at=0.0)
    return wire.ApplyResource(resource={"metadata": {"name": name, "generation": revision}, "v": value})


def gone(stream: str, key: str) -> Any:
    name = key.partition("/")[2]
    return wire.StatusGone(kind=KIND, name=name) if stream == "st" else wire.DeleteResource(kind=KIND, name=name)


def single(stream: str, key: str, id_: str, wall_at: float) -> Any:
    """An event or a command; `wall_at`: what its node takes for the time of day, Unix seconds."""
    if key.startswith(FUTURE):
        return Later(id=id_)
    if stream == "ev":
        return wire.Event(id=id_, at=wall_at, level="info", reason="Simulated", subject=key, message="")
    return wire.ControlCommand(id=id_, action=ControlAction.PAUSE, asked_by="sim")


def content(message: Any) -> tuple[int, str]:
    """(revision, value) of a state message."""
    if isinstance(message, wire.StatusReport):
        return message.status["rev"], message.status["v"]
    return message.resource["metadata"]["generation"], message.resource["v"]
