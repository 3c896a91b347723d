"""Grants: the one edge node that a task is bound to, and the fence under which it may be done.

The fence is `(hub_epoch << 40) + n`, where n is the resource version that the granting change has taken: a sequence
that is durable already, rises with every change, and commits in the change's own transaction. A hub that was
restored from a backup has a higher epoch, so that it never hands out a number that it has forgotten. Within JSON's 2^53 up to
epoch 8191. Site-made tasks keep the fence that they came with (0: the cloud does not fence them).

What an edge node decides by when it is alone (`on_disconnect`, `lease_s`) is fixed for an attempt: a change could not reach it
in time, and the cloud would reckon with a stop that never comes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping

import msgspec

from cloud.core.changes import PutSpec
from fleet.contracts.errors import Conflict
from fleet.contracts.resources import AnyResource, Kind, OnDisconnect, TaskSpec

EPOCH_BITS = 40

Find = Callable[[Kind, str], AnyResource | None]


def fence_of(hub_epoch: int, version: int) -> int:
    return (hub_epoch << EPOCH_BITS) + version


def granted(
    op: PutSpec,
    old: AnyResource | None,
    *,
    fence: int,
    edges: Collection[str],
    drivers: Callable[[], Mapping[str, str]],
    find: Find,
) -> TaskSpec:
    """The spec of a Task as it is to be stored. `fence`: the one for a new attempt; `edges`: those of the site;
    `drivers`: robot -> its edge node.

    Raises Conflict for a change of what is fixed for an attempt.
    """
    spec: TaskSpec = op.spec
    if op.from_edge:
        known = old.spec.fence if old is not None else 0
        return msgspec.structs.replace(spec, fence=max(spec.fence, known), edge=spec.edge or op.from_edge)
    if old is not None and not op.new_attempt:
        return _continued(op.name, spec, old.spec)
    edge = spec.edge if op.new_attempt and spec.edge in edges else bound_edge(spec, edges, drivers(), find)
    node = find(Kind.EDGE_NODE, edge) if edge else None
    policy = spec.on_disconnect or (node.spec.on_disconnect if node is not None else OnDisconnect.CONTINUE)
    return msgspec.structs.replace(spec, fence=fence, edge=edge, on_disconnect=policy)


def _continued(name: str, spec: TaskSpec, old: TaskSpec) -> TaskSpec:
    """A change within an attempt: what the caller left out stays."""
    kept = msgspec.structs.replace(
        spec, fence=old.fence, edge=spec.edge or old.edge, on_disconnect=spec.on_disconnect or old.on_disconnect
    )
    for field in ("edge", "on_disconnect", "lease_s"):
        if getattr(kept, field) != getattr(old, field) and getattr(old, field) != "":
            raise Conflict(
                f"Task {name!r} was granted with {field} {getattr(old, field)}",
                field=f"spec.{field}",
                fix="it is fixed for an attempt: cancel it and make a new task, or see `drover task attest`",
            )
    return kept


def bound_edge(spec: TaskSpec, edges: Collection[str], driven: Mapping[str, str], find: Find) -> str:
    """The edge node that shall do it: that of the robot asked for, the one named, that of the plan, of the mission, the busiest.

    "": there is none.
    """
    mission = find(Kind.MISSION, spec.mission) if spec.mission else None
    planned = spec.assignment.robot if spec.assignment is not None else ""
    wanted = (
        driven.get(spec.robot or ""),
        spec.edge,
        driven.get(planned),
        mission.spec.edge if mission is not None else "",
    )
    found = next((name for name in wanted if name in edges), None)
    if found is not None:
        return found
    count = Counter(driven.values())
    return min(edges, key=lambda name: (-count[name], name), default="")
