"""Change -> Applied: versions, generations, conflicts and who must hear of it. Pure; the store only writes the outcome.

Rules: a spec has one writer (the cloud), a status has one writer (the edge node); equal content is no change at all;
generations never fall, not even over a delete and a new resource of the same name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import msgspec

from cloud.core.changes import (
    STREAM_COMMAND,
    STREAM_CONFIG,
    AddEvent,
    Applied,
    Change,
    PutCommand,
    PutSpec,
    PutStatus,
    Remove,
    Send,
    SendControl,
    SendRevoke,
)
from cloud.core.fates import DUPLICATE, is_lost, timestamp
from cloud.core.grants import fence_of, granted
from cloud.core.model import Model
from fleet.authority import inhibits
from fleet.contracts import manifest
from fleet.contracts.audit import AuditEntry, entry_of
from fleet.contracts.commands import CommandState
from fleet.contracts.errors import Conflict
from fleet.contracts.resources import STATUS_TYPES, AnyResource, Kind, ObjectMeta, Resource, TaskStatus
from fleet.contracts.wire import ApplyResource, DeleteResource, Revoke
from fleet.tasks.mission_status import added_up

#: Kinds in the order in which an edge node needs them: what others refer to first.
ORDER = (Kind.EDGE_NODE, Kind.LAYOUT, Kind.ROBOT_MODEL, Kind.ROBOT, Kind.CLOSURE, Kind.LANGUAGE_POLICY, Kind.MISSION, Kind.TASK)


def apply(model: Model, change: Change, *, now: float, new_uid: Callable[[], str], hub_epoch: int = 1) -> Applied:
    """What the change comes to on this model, which stays as it is. Raises Conflict, NotFound."""
    draft = _Draft(model, now, new_uid, hub_epoch)
    for op in change.ops:
        match op:
            case PutSpec():
                draft.put_spec(op)
            case PutStatus():
                draft.put_status(op)
            case Remove():
                draft.remove(op)
            case PutCommand():
                draft.put_command(op)
            case AddEvent():
                draft.events.append(op.event)
            case SendControl():
                draft.send_control(op)
            case SendRevoke():
                draft.revokes.append((op.edge, op.revoke))
    return draft.applied()


def edges_for(resource: AnyResource, edges: Iterable[AnyResource]) -> tuple[str, ...]:
    """Names of the edge nodes that must know this resource."""
    edges = [e for e in edges if e.metadata.site == resource.metadata.site]
    if resource.kind is Kind.EDGE_NODE:
        return (resource.metadata.name,)
    wanted: str = getattr(resource.spec, "edge", "")
    if wanted:
        return tuple(e.metadata.name for e in edges if e.metadata.name == wanted)
    if resource.kind is Kind.TASK:
        # of an older version, bound to none: never to two, or both would do it
        return tuple(sorted(e.metadata.name for e in edges)[:1])
    return tuple(e.metadata.name for e in edges)


class _Draft:
    def __init__(self, model: Model, now: float, new_uid: Callable[[], str], hub_epoch: int) -> None:
        self.model = model
        self.now = now
        self.new_uid = new_uid
        self.hub_epoch = hub_epoch
        self.version = model.version
        self.changed: dict[tuple[Kind, str], AnyResource] = {}
        self.removed: dict[tuple[Kind, str], AnyResource] = {}
        self.spec_changed: set[tuple[Kind, str]] = set()
        self.commands: dict[str, Any] = {}
        self.events: list[Any] = []
        self.audit: list[AuditEntry] = []
        self.controls: list[SendControl] = []
        self.skip_edge: dict[tuple[Kind, str], str] = {}
        self.moved_from: list[tuple[Kind, str, str]] = []
        self.revokes: list[tuple[str, Revoke]] = []
        self.drivers: dict[str, str] | None = None

    def put_spec(self, op: PutSpec) -> None:
        key = (op.kind, op.name)
        old = self._get(key)
        _check_generation(op, old)
        if op.kind is Kind.TASK:
            op = self._granted(op, old)
        elif op.kind is Kind.EDGE_NODE and old is None:
            op = self._stopped_as_others(op)
        if old is not None and old.metadata.generation >= op.min_generation and _same(op, old):
            return
        self.changed[key] = self._next(op, old)
        if op.kind is Kind.ROBOT:
            self.drivers = None
        self.removed.pop(key, None)
        self.spec_changed.add(key)
        self.skip_edge[key] = op.from_edge
        if op.kind is Kind.EDGE_NODE and old is None:
            self._bind_tasks(op)
        old_edge = getattr(old.spec, "edge", "") if old is not None else ""
        if old_edge and old_edge != getattr(op.spec, "edge", ""):
            self.moved_from.append((op.kind, op.name, old_edge))

    def _granted(self, op: PutSpec, old: AnyResource | None) -> PutSpec:
        """With the edge node and the fence that it is granted to; a new attempt revokes the old one, in this same change."""
        site = op.site or (old.metadata.site if old is not None else "")
        spec = granted(
            op,
            old,
            fence=fence_of(self.hub_epoch, self.version + 1),
            edges=[e.metadata.name for e in self._live(Kind.EDGE_NODE) if e.metadata.site == site],
            drivers=self._drivers,
            find=lambda kind, name: self._get((kind, name)),
        )
        if op.new_attempt and op.revoke and old is not None and old.spec.edge:
            self.revokes.append((old.spec.edge, Revoke(task=op.name, fence=old.spec.fence, reason=op.new_attempt)))
        return replace(op, spec=spec)

    def _drivers(self) -> Mapping[str, str]:
        """Robot -> its edge node; kept, because a change may bring hundreds of tasks."""
        if self.drivers is None:
            self.drivers = {r.metadata.name: r.spec.edge for r in self._live(Kind.ROBOT)}
        return self.drivers

    def _bind_tasks(self, node: PutSpec) -> None:
        """The first edge node of a site gets the tasks that waited for one."""
        for task in self._live(Kind.TASK):
            if not task.spec.edge and task.metadata.site == node.site and not task.status.phase.ended:
                spec = msgspec.structs.replace(task.spec, edge=node.name)
                self.put_spec(PutSpec(Kind.TASK, task.metadata.name, spec, site=node.site))

    def _stopped_as_others(self, op: PutSpec) -> PutSpec:
        """An edge node that joins a site which the cloud has stopped is stopped, too."""
        others = (e for e in self._live(Kind.EDGE_NODE) if e.metadata.site == op.site)
        held = inhibits.effective(*(inhibits.stops(e.spec.inhibits) for e in others))
        return replace(op, spec=msgspec.structs.replace(op.spec, inhibits=held)) if held else op

    def put_status(self, op: PutStatus) -> None:
        old = self._get((op.kind, op.name))
        if old is None or old.status == op.status:
            return
        meta = msgspec.structs.replace(old.metadata, resource_version=self._tick())
        self.changed[(op.kind, op.name)] = msgspec.structs.replace(old, status=op.status, metadata=meta)

    def remove(self, op: Remove) -> None:
        key = (op.kind, op.name)
        old = self._get(key) or self.model.need(op.kind, op.name)
        stamp = timestamp(self.now)
        meta = msgspec.structs.replace(
            old.metadata,
            resource_version=self._tick(),
            generation=old.metadata.generation + 1,
            deletion_timestamp=stamp,
        )
        self.changed.pop(key, None)
        self.removed[key] = msgspec.structs.replace(old, metadata=meta)

    def put_command(self, op: PutCommand) -> None:
        stored = self.commands.get(op.command.id) or self.model.commands.get(op.command.id)
        if op.expect_state is not None and (stored is None or stored.state is not op.expect_state):
            state = stored.state.value if stored else "gone"
            raise Conflict(
                f"command {op.command.id} is {state}, not {op.expect_state.value}", field="state", fix="read it again and decide"
            )
        self.commands[op.command.id] = op.command
        if op.command.state is not CommandState.TRANSLATING:
            self.audit.append(entry_of(op.command, at=self.now, by=op.by))

    def send_control(self, op: SendControl) -> None:
        self.controls.append(op)

    def applied(self) -> Applied:
        self._add_up_missions()
        return Applied(
            resources=tuple(self.changed.values()),
            removed=tuple(self.removed.values()),
            commands=tuple(self.commands.values()),
            events=tuple(self.events),
            audit=tuple(self.audit),
            sends=tuple(self._sends()),
            version=self.version,
            spec_changed=frozenset(self.spec_changed),
        )

    def _add_up_missions(self) -> None:
        """A mission that spans edge nodes (`edge` is empty) has no one else who could say how far it is."""
        names = {r.spec.mission for (kind, _), r in self.changed.items() if kind is Kind.TASK}
        for name in sorted(names):
            mission = self._get((Kind.MISSION, name))
            if mission is not None and spans(mission, self._live(Kind.EDGE_NODE)):
                tasks = [t for n in mission.spec.tasks if (t := self._get((Kind.TASK, n))) is not None]
                status = added_up(mission, tasks, self.now)
                taken = mission.status.observed_generation
                self.put_status(PutStatus(Kind.MISSION, name, msgspec.structs.replace(status, observed_generation=taken)))

    def _sends(self) -> Iterable[Send]:
        edges = self._live(Kind.EDGE_NODE)
        changed = {k: r for k in self.spec_changed if (r := self.changed.get(k)) is not None and not is_lost(r)}
        told: set[tuple[str, Kind, str]] = set()
        for resource in sorted(changed.values(), key=_order):
            key = (resource.kind, resource.metadata.name)
            for edge in edges_for(resource, edges):
                if edge != self.skip_edge.get(key):
                    told.add((edge, *key))
                    yield _send(edge, resource)
        for kind, name, old_edge in self.moved_from:
            if (old_edge, kind, name) not in told:
                yield _delete(old_edge, kind, name)
        for resource in self.removed.values():
            for edge in edges_for(resource, edges):
                yield _delete(edge, resource.kind, resource.metadata.name)
        for edge, revoke in self.revokes:
            if any(e.metadata.name == edge for e in edges):
                yield Send(edge, STREAM_COMMAND, f"revoke/{revoke.task}/{revoke.fence}", revoke)
        for op in self.controls:
            for edge in op.edges or tuple(e.metadata.name for e in edges):
                yield Send(edge, STREAM_COMMAND, op.control.id, op.control)

    def _live(self, kind: Kind) -> list[AnyResource]:
        found = {r.metadata.name: r for r in self.model.of_kind(kind)}
        found.update({name: r for (k, name), r in self.changed.items() if k is kind})
        return [r for name, r in found.items() if (kind, name) not in self.removed]

    def _get(self, key: tuple[Kind, str]) -> AnyResource | None:
        if key in self.removed:
            return None
        return self.changed.get(key) or self.model.get(*key)

    def _tick(self) -> int:
        self.version += 1
        return self.version

    def _next(self, op: PutSpec, old: AnyResource | None) -> AnyResource:
        key = (op.kind, op.name)
        if old is None:
            removed = self.removed.get(key)
            before = removed.metadata.generation if removed else self.model.tombstones.get(key, 0)
            meta = ObjectMeta(
                name=op.name,
                site=op.site,
                uid=self.new_uid(),
                generation=max(before + 1, op.min_generation),
                resource_version=self._tick(),
                creation_timestamp=timestamp(self.now),
                labels=dict(op.labels or {}),
                annotations=dict(op.annotations or {}),
            )
            return Resource(kind=op.kind, metadata=meta, spec=op.spec, status=STATUS_TYPES[op.kind]())
        meta = msgspec.structs.replace(
            old.metadata,
            generation=max(old.metadata.generation + 1, op.min_generation),
            resource_version=self._tick(),
            labels=dict(op.labels) if op.labels is not None else old.metadata.labels,
            annotations=dict(op.annotations) if op.annotations is not None else old.metadata.annotations,
        )
        if op.new_attempt:
            status = TaskStatus(fence=op.spec.fence, conditions=tuple(c for c in old.status.conditions if c.type == DUPLICATE))
            return msgspec.structs.replace(old, spec=op.spec, metadata=meta, status=status)
        return msgspec.structs.replace(old, spec=op.spec, metadata=meta)


def spans(mission: AnyResource, edges: Iterable[AnyResource]) -> bool:
    """Whether several edge nodes work on the mission, so that none of them sees all of it."""
    return not mission.spec.edge and sum(e.metadata.site == mission.metadata.site for e in edges) > 1


def _same(op: PutSpec, old: AnyResource) -> bool:
    return bool(old.spec == op.spec) and op.labels is None and op.annotations is None


def _check_generation(op: PutSpec, old: AnyResource | None) -> None:
    generation = old.metadata.generation if old else 0
    if op.expect_generation is not None and op.expect_generation != generation:
        told = "exists already" if not op.expect_generation else "changed meanwhile" if old else "is gone"
        fix = "choose another name" if not op.expect_generation else "read it again and repeat the change"
        raise Conflict(f"{op.kind} {op.name!r} {told}", field="metadata.generation", fix=fix)


def apply_message(resource: AnyResource) -> ApplyResource:
    """The resource as an edge node gets it."""
    document = manifest.to_document(resource)
    # an edge owns status: the cloud's copy of it would only be an old one
    document.pop("status", None)
    # versions of the cloud's own copy (its status included) would make equal specs look different
    document["metadata"].pop("resourceVersion", None)
    return ApplyResource(resource=document)


def _send(edge: str, resource: AnyResource) -> Send:
    return Send(edge, STREAM_CONFIG, f"{resource.kind}/{resource.metadata.name}", apply_message(resource))


def _delete(edge: str, kind: Kind, name: str) -> Send:
    return Send(edge, STREAM_CONFIG, f"{kind}/{name}", DeleteResource(kind=kind, name=name))


def _order(resource: AnyResource) -> tuple[int, str]:
    return ORDER.index(resource.kind), resource.metadata.name
