"""What travels between cloud and edge node, inside the sync layer's envelopes (see fleet/sync).

Streams, down: `cfg` (resources by key: Layout, RobotModel, Robot, Closure, EdgeNode, Mission, Task), `cmd` (controls).
Streams, up: `st` (status by key), `ev` (events, resources made, changed or deleted at the edge). Beside them,
unacked and newest-wins: telemetry for the live map.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec
from msgspec import field

from fleet.contracts.command_ir import ControlAction, Speed
from fleet.contracts.counts import Generation, Grant


class _Message(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type"):
    pass


class ApplyResource(_Message, frozen=True, kw_only=True, tag="resource.apply"):
    """Cloud -> edge (stream cfg, key Kind/name), or edge -> cloud for what was made at the site (stream ev)."""

    resource: dict[str, Any]  # manifest.to_document


class DeleteResource(_Message, frozen=True, kw_only=True, tag="resource.delete"):
    kind: str
    name: str


class ControlCommand(_Message, frozen=True, kw_only=True, tag="control"):
    """Cloud -> edge (stream cmd). `targets`: robots, missions, tasks, or "all"; ids make it idempotent.

    A stop of all is also an Inhibit with this `id` in EdgeNodeSpec.inhibits (cfg), written in the same change: the control is
    the quick way, the spec the lasting truth. See fleet/authority/inhibits.py for how the two come together.
    """

    id: str
    action: ControlAction
    targets: tuple[str, ...] = ("all",)
    excluded: tuple[str, ...] = field(default=(), name="except")
    until_at: float | None = None
    speed: Speed | None = None
    asked_by: str = ""
    asked_at: float = 0.0


class Revoke(_Message, frozen=True, kw_only=True, tag="revoke"):
    """Cloud -> edge (stream cmd): give up the attempt at `task` up to and including `fence`, and answer Revoked.

    The edge node first stores that these fences are closed (FenceGate.close), then brings the robot to a safe point, then
    answers. When the task was moved, a DeleteResource of it travels on cfg in the same change: either may come first, and a
    delete of a task in hand means the same. Idempotent by (task, fence); one for an unknown task is answered, too.
    """

    task: str
    fence: Grant
    reason: str = ""


class RevokeOutcome(StrEnum):
    """What became of the attempt. Only UNKNOWN leaves its fate open."""

    NEVER_BEGUN = "never_begun"  # no robot had begun
    STOPPED = "stopped"  # it had begun; its robot stands, and nothing will move under this fence any more
    DONE = "done"  # it was done before the word came
    UNKNOWN = "unknown"  # this store never knew the task, or its robot does not answer


class Revoked(_Message, frozen=True, kw_only=True, tag="revoked"):
    """Edge -> cloud (stream ev): the answer to a Revoke, only after the robot stands. `detail`: where, and what it carries."""

    task: str
    fence: Grant
    outcome: RevokeOutcome
    detail: str = ""


class StatusReport(_Message, frozen=True, kw_only=True, tag="status"):
    """Edge -> cloud (stream st, key Kind/name): the newest status of one resource."""

    kind: str
    name: str
    status: dict[str, Any]
    at: float = 0.0  # left out: the row's own time says it, and equal content stays equal
    generation: Generation = 0  # the spec generation that this status answers


class Event(_Message, frozen=True, kw_only=True, tag="event"):
    """Something that happened, for people and for the audit (stream ev). `subject`: Kind/name. `level`: info|warning|alarm."""

    id: str
    at: float
    level: str
    reason: str  # CamelCase word, stable: OrderRejected, RobotSilent, BadMessage, ...
    subject: str
    message: str
    fix: str = ""


class StatusGone(_Message, frozen=True, kw_only=True, tag="status.gone"):
    """Edge -> cloud (stream st): no more reports of this one. The cloud keeps the last as history."""

    kind: str
    name: str


class KnownSpec(_Message, frozen=True, kw_only=True, tag="known"):
    """Edge -> cloud (stream ev), after the hub was restored: this is what it once sent. `deleted`: it deleted it.

    Taken where the cloud's own generation is older (or there is none), dropped otherwise.
    """

    kind: str
    name: str
    generation: Generation
    resource: dict[str, Any] | None = None
    deleted: bool = False


class RefillDone(_Message, frozen=True, kw_only=True, tag="refill.done"):
    """Edge -> cloud (stream ev): all that was known has been said. `hub`: word of the Refill that this answers."""

    hub: str


Down = ApplyResource | DeleteResource | ControlCommand | Revoke
Up = StatusReport | Event | ApplyResource | DeleteResource | StatusGone | KnownSpec | RefillDone | Revoked


class Telemetry(msgspec.Struct, frozen=True, kw_only=True):
    """Edge -> cloud -> page, 4 Hz, never stored: the live map as columns. Row order is fixed within an `epoch`."""

    epoch: int
    at: float
    robots: list[str]
    x_m: list[float]
    y_m: list[float]
    theta_rad: list[float]
    battery_pct: list[float]
    activity: list[str]
    loaded: list[bool]
    age_s: list[float]
