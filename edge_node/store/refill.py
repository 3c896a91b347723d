"""What a cloud that was restored (or is new) is told: all that it once sent and this site still knows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from edge_node.core.edge import EdgeCore
from edge_node.store.database import Tomb
from fleet.contracts import manifest
from fleet.contracts.resources import Kind
from fleet.contracts.wire import KnownSpec, RefillDone

#: What others refer to comes first.
ORDER = (Kind.EDGE_NODE, Kind.LAYOUT, Kind.ROBOT_MODEL, Kind.ROBOT, Kind.CLOSURE, Kind.MISSION, Kind.TASK)


def refill_messages(core: EdgeCore, tombs: Iterable[Tomb], hub: str) -> Iterator[tuple[str, KnownSpec | RefillDone]]:
    """(key, message) in order; the last one is RefillDone."""
    for kind in ORDER:
        for resource in core.resources(kind):
            meta = resource.metadata
            if not meta.generation:
                continue
            document = manifest.to_document(resource)
            document.pop("status", None)
            known = KnownSpec(kind=str(kind), name=meta.name, generation=meta.generation, resource=document)
            yield f"{kind}/{meta.name}", known
    for tomb in tombs:
        yield f"{tomb.kind}/{tomb.name}", KnownSpec(kind=tomb.kind, name=tomb.name, generation=tomb.generation, deleted=True)
    yield "refill", RefillDone(hub=hub)
