"""What an edge node says, as writes. Never raises: what is wrong becomes an event, and the rest of the batch goes on.

Rules: an edge node speaks only for resources that are its own; its status reports never change a spec; a spec that was
made or changed at the site is taken in, unless the cloud has changed the same one since (then the cloud's is sent again).
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from cloud.core import attempts
from cloud.core.apply import edges_for, spans
from cloud.core.changes import AddEvent, Op, PutSpec, PutStatus, Remove
from cloud.core.links import reported
from cloud.core.model import Model
from fleet.contracts import codec, manifest
from fleet.contracts.errors import FleetError, InvalidInput
from fleet.contracts.resources import STATUS_TYPES, AnyResource, Kind
from fleet.contracts.wire import ApplyResource, DeleteResource, Event, KnownSpec, RefillDone, Revoked, StatusGone, StatusReport
from fleet.sync.effects import Delivered

#: Kinds that a site may make or change by itself; layouts, models and edge nodes come from above.
MADE_AT_SITE = frozenset({Kind.MISSION, Kind.TASK, Kind.CLOSURE, Kind.ROBOT})
#: Statuses kept for resources that have not come yet.
ORPHANS_MAX = 10_000
#: An id is a column with an index.
ID_CHARS_MAX = 256
LEVELS = frozenset({"info", "warning", "alarm"})


def inbound_ops(items: Iterable[Delivered], *, edge: str, site: str, model: Model, now: float) -> list[Op]:
    """The writes for one delivered batch, in order."""
    ops: list[Op] = []
    for item in items:
        try:
            ops += _ops(item.message, edge, site, model, now)
        except FleetError as error:
            ops.append(_bad(item, edge, error, now))
    return ops


def _ops(message: object, edge: str, site: str, model: Model, now: float) -> list[Op]:
    match message:
        case StatusReport():
            return _status(message, edge, model, now)
        case Revoked():
            return attempts.answered(message, edge, model, now)
        case Event():
            if message.level not in LEVELS:
                raise InvalidInput(f"{message.level!r}", field="level", fix="use " + ", ".join(sorted(LEVELS)))
            if "\x00" in message.id or len(message.id) > ID_CHARS_MAX:
                raise InvalidInput("not an id", field="id", fix=f"at most {ID_CHARS_MAX} characters, no NUL")
            return [AddEvent(message)]
        case ApplyResource():
            return _made(manifest.typed(message.resource), edge, site, model)
        case StatusGone() | RefillDone():
            return []  # the last status stays as history; the hub goes on behind the refill
        case KnownSpec():
            return _known(message, edge, site, model)
        case DeleteResource():
            kind = _kind(message.kind)
            old = model.get(kind, message.name)
            if old is None:
                return []
            _check_own(old, edge, model)
            return [Remove(kind, message.name)]
    raise InvalidInput(
        f"{type(message).__name__} is not expected from an edge node", field="type", fix="see fleet/contracts/wire.py"
    )


def _status(report: StatusReport, edge: str, model: Model, now: float) -> list[Op]:
    kind = _kind(report.kind)
    old = model.get(kind, report.name)
    if old is None:
        if (kind, report.name) not in model.tombstones and len(model.orphans) < ORPHANS_MAX:
            # made at the site, or known there only: the resource itself is on its way in another stream
            model.orphans[(kind, report.name)] = codec.convert(report.status, STATUS_TYPES[kind])
        return []
    status = codec.convert(report.status, STATUS_TYPES[kind])
    if kind in (Kind.MISSION, Kind.TASK):
        status = msgspec.structs.replace(status, observed_generation=report.generation)
    was_its_own = kind is Kind.TASK and 0 < status.fence < old.spec.fence
    if not was_its_own:
        _check_own(old, edge, model)
    if kind is Kind.TASK:
        return attempts.report(old, status, edge, model, now)
    if kind is Kind.MISSION and spans(old, model.edges()):
        return []  # this edge node sees only its part of it; apply.py adds it up
    return [PutStatus(kind, report.name, reported(old.status, status) if kind is Kind.EDGE_NODE else status)]


def _made(resource: AnyResource, edge: str, site: str, model: Model) -> list[Op]:
    kind, name, generation = resource.kind, resource.metadata.name, resource.metadata.generation
    manifest.check_name(name)
    if kind not in MADE_AT_SITE:
        raise InvalidInput(f"a {kind} is not made at an edge node", field="kind", fix="apply it at the cloud")
    old = model.get(kind, name)
    if old is None and (kind, name) in model.tombstones and kind in (Kind.MISSION, Kind.TASK):
        return []
    if old is not None:
        _check_own(old, edge, model)
        if old.metadata.generation > generation:
            # the cloud changed it meanwhile, and that change is on its way to the edge node
            return []
    put = PutSpec(
        kind,
        name,
        resource.spec,
        site=site,
        labels=resource.metadata.labels if old is None else None,
        from_edge=edge,
        min_generation=generation,
    )
    if old is not None:
        return [put]
    return [put, *(_orphan(model, kind, name) or [PutStatus(kind, name, resource.status)])]


def _known(known: KnownSpec, edge: str, site: str, model: Model) -> list[Op]:
    """After a restore: what this database once knew. Taken where it is newer than what is here, also over a deletion that
    the backup has not: generations never fall, so the higher one is the later word.
    """
    kind = _kind(known.kind)
    manifest.check_name(known.name)
    old = model.get(kind, known.name)
    here = old.metadata.generation if old is not None else model.tombstones.get((kind, known.name), 0)
    if known.generation <= here:
        return []
    if known.deleted:
        return [Remove(kind, known.name)] if old is not None else []
    if known.resource is None:
        raise InvalidInput("no resource", field="resource", fix="say deleted, or send the resource")
    resource = manifest.typed(known.resource)
    if (resource.kind, resource.metadata.name) != (kind, known.name):
        raise InvalidInput(f"it is {resource.kind}/{resource.metadata.name}", field="resource", fix="send what name says")
    if old is not None:
        _check_own(old, edge, model)
    put = PutSpec(
        kind,
        known.name,
        resource.spec,
        site=site,
        labels=resource.metadata.labels,
        min_generation=known.generation,
        from_edge=edge,
    )
    return [put, *_orphan(model, kind, known.name)]


def _orphan(model: Model, kind: Kind, name: str) -> list[Op]:
    """A status that came before its resource."""
    status = model.orphans.pop((kind, name), None)
    return [PutStatus(kind, name, status)] if status is not None else []


def _check_own(resource: AnyResource, edge: str, model: Model) -> None:
    if edge not in edges_for(resource, model.edges()):
        raise InvalidInput(
            f"{resource.kind} {resource.metadata.name!r} is not this edge node's", field="name", fix="report only what it drives"
        )


def _kind(word: str) -> Kind:
    try:
        return Kind(word)
    except ValueError:
        raise InvalidInput(f"{word!r} is not a kind", field="kind", fix="use one of " + ", ".join(Kind)) from None


def _bad(item: Delivered, edge: str, error: FleetError, now: float) -> AddEvent:
    return AddEvent(
        Event(
            id=f"bad-{edge}-{item.seq}-{now:.3f}",
            at=now,
            level="warning",
            reason="BadMessage",
            subject=f"EdgeNode/{edge}",
            message=f"{item.key}: {error.detail} ({error.field})"[:500],
            fix=error.fix,
        )
    )
