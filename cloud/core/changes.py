"""A change of the cloud's truth, as values: what a caller wants written, and what came of it.

Whoever decides (API, hub, dispatcher) builds a `Change`; `apply` turns it into an `Applied` or refuses it as a whole;
the store writes an `Applied` in one transaction, outbox rows included. Nothing else changes resources or commands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fleet.contracts.audit import AuditEntry
from fleet.contracts.commands import Command, CommandState
from fleet.contracts.resources import AnyResource, Kind
from fleet.contracts.wire import ApplyResource, ControlCommand, DeleteResource, Event, Revoke

#: Stream names of fleet/sync, downwards.
STREAM_CONFIG = "cfg"
STREAM_COMMAND = "cmd"


@dataclass(frozen=True, slots=True)
class PutSpec:
    """Create a resource or change its spec. `expect_generation` 0 means: must not exist yet.

    `from_edge`: it was made there, so that edge gets no copy;
    `min_generation`: what that edge calls it, which ours must not fall behind.
    `new_attempt`: of a Task: why it is to be done anew, under a higher fence and from its first step (see grants.py).
    The edge node of the old one is told to give it up, unless `revoke` is False: there is nobody who could.
    """

    kind: Kind
    name: str
    spec: Any
    site: str = ""
    labels: Mapping[str, str] | None = None
    annotations: Mapping[str, str] | None = None
    expect_generation: int | None = None
    from_edge: str = ""
    min_generation: int = 0
    new_attempt: str = ""
    revoke: bool = True


@dataclass(frozen=True, slots=True)
class PutStatus:
    """Replace a resource's status; dropped without a word when the resource is gone (it was deleted meanwhile)."""

    kind: Kind
    name: str
    status: Any


@dataclass(frozen=True, slots=True)
class Remove:
    kind: Kind
    name: str


@dataclass(frozen=True, slots=True)
class PutCommand:
    """`expect_state`: refuse (Conflict) unless the stored command is in this state; None: it is new or any state will do.

    `by`: who did this to the command, for the audit; "": the cloud itself.
    """

    command: Command
    expect_state: CommandState | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class AddEvent:
    event: Event


@dataclass(frozen=True, slots=True)
class SendControl:
    """`edges` empty: every edge node of the site."""

    control: ControlCommand
    edges: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SendRevoke:
    """To the edge node that holds (or held) an attempt."""

    edge: str
    revoke: Revoke


Op = PutSpec | PutStatus | Remove | PutCommand | AddEvent | SendControl | SendRevoke


@dataclass(frozen=True, slots=True)
class Change:
    """All or nothing."""

    ops: tuple[Op, ...]


@dataclass(frozen=True, slots=True)
class Send:
    """One row of an edge node's outbox."""

    edge: str
    stream: str
    key: str
    message: ApplyResource | DeleteResource | ControlCommand | Revoke


@dataclass(frozen=True, slots=True)
class Applied:
    """What a Change came to, in full, ready to be written and folded into the model."""

    resources: tuple[AnyResource, ...] = ()
    removed: tuple[AnyResource, ...] = ()
    commands: tuple[Command, ...] = ()
    events: tuple[Event, ...] = ()
    audit: tuple[AuditEntry, ...] = ()
    sends: tuple[Send, ...] = ()
    version: int = 0
    #: names whose spec changed (not only their status), so that watchers can tell work from news
    spec_changed: frozenset[tuple[Kind, str]] = field(default_factory=frozenset)

    @property
    def empty(self) -> bool:
        return not (self.resources or self.removed or self.commands or self.events or self.sends)
