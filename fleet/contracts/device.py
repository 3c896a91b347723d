"""What an edge node and a door, a lift or a charger say to each other, on the edge broker (docs/devices.md).

A request is a grant for a time: it bears the fence of the task it is for, and is over after `valid_for_s` unless it is renewed.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from fleet.contracts.errors import InvalidInput

#: Longest text of a name, an id or a target, in characters.
TEXT_CHARS_MAX = 128
#: A grant may last so long, in seconds; whoever needs more renews it.
VALID_S_MIN = 0.5
VALID_S_MAX = 600.0


class DeviceKind(StrEnum):
    DOOR = "door"
    LIFT = "lift"
    CHARGER = "charger"


class DeviceAction(StrEnum):
    OPEN = "open"  # door, lift: open, and stay open
    CLOSE = "close"
    HOLD = "hold"  # nobody else may have it; it stays as it is
    START = "start"  # charger: give power; lift: go to `target`
    STOP = "stop"  # stand still, give no power: from anybody, at any time, with any fence
    RELEASE = "release"  # the holder needs it no longer


#: What each kind can do beside hold, stop and release.
ACTIONS: dict[DeviceKind, frozenset[DeviceAction]] = {
    DeviceKind.DOOR: frozenset({DeviceAction.OPEN, DeviceAction.CLOSE}),
    DeviceKind.LIFT: frozenset({DeviceAction.OPEN, DeviceAction.CLOSE, DeviceAction.START}),
    DeviceKind.CHARGER: frozenset({DeviceAction.START}),
}


class DeviceRequest(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`holder`: the robot it is for. `fence` of `task`, as text "41" or "41.2"; "0": not fenced. Ids are never used twice.

    `target`: where a lift goes. Renewing is the same request with a new id.
    """

    id: str
    action: DeviceAction
    holder: str = ""
    task: str = ""
    fence: str = "0"
    target: str = ""
    valid_for_s: float = 30.0


class DeviceAnswer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """To the request `id`. `reason`: why it was refused, and what to do."""

    id: str
    accepted: bool
    reason: str = ""


class DeviceState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Retained, after each change. `position`: open | closed | a floor | on | off | unknown. `left_s`: rest of the grant.

    `online` False: the last will. `answer`: to the newest request. `note`: what the device did by itself.
    """

    name: str
    kind: DeviceKind
    online: bool = True
    position: str = "unknown"
    moving: bool = False
    held_by: str = ""
    task: str = ""
    fence: str = ""
    action: DeviceAction | None = None
    left_s: float = 0.0
    answer: DeviceAnswer | None = None
    note: str = ""
    error: str = ""


def check(request: DeviceRequest, kind: DeviceKind) -> None:
    """Raises InvalidInput naming the field."""
    for name in ("id", "holder", "task", "fence", "target"):
        if len(getattr(request, name)) > TEXT_CHARS_MAX:
            raise InvalidInput("too long", field=name, fix=f"at most {TEXT_CHARS_MAX} characters")
    if not request.id:
        raise InvalidInput("empty", field="id", fix="give each request an id of its own")
    action = request.action
    if action is DeviceAction.STOP:
        return
    if not request.holder:
        raise InvalidInput("empty", field="holder", fix="name the robot it is for")
    if action not in ACTIONS[kind] and action not in (DeviceAction.HOLD, DeviceAction.RELEASE):
        can = ", ".join(sorted(ACTIONS[kind]))
        raise InvalidInput(f"a {kind} can't {action}", field="action", fix=f"use {can}, hold, release or stop")
    if kind is DeviceKind.LIFT and action is DeviceAction.START and not request.target:
        raise InvalidInput("empty", field="target", fix="say where the lift shall go")
    if not VALID_S_MIN <= request.valid_for_s <= VALID_S_MAX:
        raise InvalidInput(
            f"{request.valid_for_s} s", field="valid_for_s", fix=f"use {VALID_S_MIN:g} to {VALID_S_MAX:g}, and renew"
        )
