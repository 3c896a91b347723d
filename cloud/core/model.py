"""The cloud's read model: every live resource, the recent commands and events, as one in-memory value store.

It is derived from the database (loaded at start, folded after each commit), so reads never wait for SQL.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

from cloud.core.changes import Applied
from fleet.contracts.commands import Command
from fleet.contracts.errors import NotFound
from fleet.contracts.manifest import plural
from fleet.contracts.resources import AnyResource, EdgeNodeSpec, EdgeNodeStatus, Kind, Phase, Resource
from fleet.contracts.wire import Event

#: Commands and events kept in memory (and listed by the API); the database keeps more.
COMMANDS_KEPT = 500
EVENTS_KEPT = 1000


class Model:
    """Resources by kind and name. Values are frozen, so `resources()` is a snapshot that a worker thread may hold."""

    def __init__(self, resources: Iterable[AnyResource] = (), *, version: int = 0) -> None:
        self._by_kind: dict[Kind, dict[str, AnyResource]] = {kind: {} for kind in Kind}
        self.tombstones: dict[tuple[Kind, str], int] = {}
        #: Statuses that came before their resource (two streams have no common order).
        self.orphans: dict[tuple[Kind, str], Any] = {}
        self.commands: dict[str, Command] = {}
        self.events: deque[Event] = deque(maxlen=EVENTS_KEPT)
        self.version = version
        for resource in resources:
            self._by_kind[resource.kind][resource.metadata.name] = resource

    def get(self, kind: Kind, name: str) -> AnyResource | None:
        return self._by_kind[kind].get(name)

    def need(self, kind: Kind, name: str, *, field: str = "name") -> AnyResource:
        """Raises NotFound."""
        found = self.get(kind, name)
        if found is None:
            raise NotFound(f"no {kind} {name!r}", field=field, fix=f"see GET /api/v1/{plural(kind)} for the names")
        return found

    def need_command(self, command_id: str, *, field: str = "id") -> Command:
        """Raises NotFound."""
        found = self.commands.get(command_id)
        if found is None:
            raise NotFound(f"no command {command_id!r}", field=field, fix="see GET /api/v1/commands")
        return found

    def of_kind(self, kind: Kind, *, site: str = "") -> tuple[AnyResource, ...]:
        return tuple(r for r in self._by_kind[kind].values() if not site or r.metadata.site == site)

    def resources(self, *, site: str = "") -> tuple[AnyResource, ...]:
        return tuple(r for kind in Kind for r in self.of_kind(kind, site=site))

    def edges(self, *, site: str = "") -> tuple[Resource[EdgeNodeSpec, EdgeNodeStatus], ...]:
        return self.of_kind(Kind.EDGE_NODE, site=site)

    def tasks_of(self, mission: str) -> tuple[AnyResource, ...]:
        owner = self.get(Kind.MISSION, mission)
        names = owner.spec.tasks if owner else ()
        return tuple(task for name in names if (task := self.get(Kind.TASK, name)) is not None)

    def open_tasks(self) -> Iterator[AnyResource]:
        return (t for t in self._by_kind[Kind.TASK].values() if not phase_of(t).ended)

    def fold(self, applied: Applied) -> None:
        """Take in what was committed."""
        for resource in applied.resources:
            self._by_kind[resource.kind][resource.metadata.name] = resource
            self.tombstones.pop((resource.kind, resource.metadata.name), None)
        for resource in applied.removed:
            self._by_kind[resource.kind].pop(resource.metadata.name, None)
            self.tombstones[(resource.kind, resource.metadata.name)] = resource.metadata.generation
        for command in applied.commands:
            self.commands[command.id] = command
        while len(self.commands) > COMMANDS_KEPT:
            self.commands.pop(next(iter(self.commands)))
        self.events.extend(applied.events)
        self.version = max(self.version, applied.version)

    def events_after(self, after: str, limit: int) -> list[Event]:
        """The newest `limit` events that are later than the event of this id (all, where it is unknown), newest last."""
        events = list(self.events)
        at = next((i for i in range(len(events) - 1, -1, -1) if events[i].id == after), -1)
        return events[at + 1 :][-limit:]


def phase_of(resource: AnyResource) -> Phase:
    status: Any = resource.status
    phase: Phase = status.phase
    return phase
