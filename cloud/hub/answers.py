"""What an edge node should hold, as messages: the answers to what a SyncMachine asks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cloud.core.apply import ORDER, apply_message, edges_for
from cloud.core.fates import is_withheld
from cloud.core.model import Model
from fleet.contracts.resources import AnyResource, Kind
from fleet.contracts.wire import ApplyResource, DeleteResource

#: Of ended missions an edge node keeps so many; older ones are deleted there (not here: history is the cloud's).
ENDED_MISSIONS_MAX = 200


def should_hold(model: Model, edge: str, site: str) -> Iterator[AnyResource]:
    """All that this edge node needs, what others refer to first. What has ended is left out: it would be done a second time
    by a store that does not know so; so is work whose fate is open, until somebody has looked.
    """
    edges = model.edges(site=site)
    for kind in ORDER:
        for resource in model.of_kind(kind, site=site):
            if edge in edges_for(resource, edges) and not is_withheld(resource):
                yield resource


def snapshot_items(model: Model, edge: str, site: str) -> Iterator[tuple[str, ApplyResource]]:
    for resource in should_hold(model, edge, site):
        yield f"{resource.kind}/{resource.metadata.name}", apply_message(resource)


def current(
    model: Model, edge: str, site: str, keys: Iterable[str] | None
) -> Iterator[tuple[str, ApplyResource | DeleteResource]]:
    """The current state of these keys (None: of all), a delete for what is not there."""
    if keys is None:
        yield from snapshot_items(model, edge, site)
        return
    edges = model.edges(site=site)
    for key in keys:
        word, _, name = key.partition("/")
        found = model.get(Kind(word), name) if word in set(Kind) else None
        if found is None or edge not in edges_for(found, edges):
            yield key, DeleteResource(kind=word, name=name)
        elif not is_withheld(found) or found.status.phase.ended:
            yield key, apply_message(found)


def outlived(model: Model, edge: str, site: str, held: Iterable[str]) -> list[tuple[str, DeleteResource]]:
    """Deletes for the oldest ended missions (with their tasks) that the edge node still holds, beyond ENDED_MISSIONS_MAX."""
    held = set(held)
    missions = [
        m for m in model.of_kind(Kind.MISSION, site=site) if m.status.phase.ended and f"{Kind.MISSION}/{m.metadata.name}" in held
    ]
    if len(missions) <= ENDED_MISSIONS_MAX * 1.1:
        return []
    missions.sort(key=lambda m: m.status.finished_at or 0.0)
    found: list[tuple[str, DeleteResource]] = []
    for mission in missions[: len(missions) - ENDED_MISSIONS_MAX]:
        for name in mission.spec.tasks:
            if f"{Kind.TASK}/{name}" in held:
                found.append((f"{Kind.TASK}/{name}", DeleteResource(kind=Kind.TASK, name=name)))
        name = mission.metadata.name
        found.append((f"{Kind.MISSION}/{name}", DeleteResource(kind=Kind.MISSION, name=name)))
    return found
