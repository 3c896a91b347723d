"""What the hub finds out about edge nodes, as writes and events."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from typing import Any

import msgspec

from cloud.core.changes import AddEvent, Op, PutSpec, PutStatus
from cloud.core.model import Model
from fleet.contracts import codec
from fleet.contracts.resources import Condition, EdgeNodeSpec, Kind
from fleet.contracts.wire import Event
from fleet.sync.effects import StoreReplaced

QUARANTINED = "Quarantined"


def link_event(level: str, reason: str, edge: str, message: str, fix: str = "") -> AddEvent:
    subject = f"EdgeNode/{edge}" if edge else "EdgeNode"
    happened: dict[str, Any] = {"level": level, "reason": reason, "subject": subject, "message": message, "fix": fix}
    return AddEvent(Event(id=uuid.uuid4().hex, at=time.time(), **happened))


def presence(state: str) -> bytes:
    """The hub's own word on its presence topic; a hint, never a proof."""
    return codec.encode({"state": state, "at": time.time()})


def join_ops(edge: str, site: str) -> list[Op]:
    """An edge node that nobody has applied registers itself, as KubeEdge's do; the broker's rights say who may."""
    return [
        PutSpec(Kind.EDGE_NODE, edge, EdgeNodeSpec(), site=site, expect_generation=0),
        link_event("info", "EdgeJoined", edge, f"edge node {edge} registered itself"),
    ]


def store_replaced_event(edge: str, replaced: StoreReplaced) -> list[Op]:
    last = ", ".join(f"{stream} {seq}" for stream, seq in sorted(replaced.last.items()))
    text = f"edge node {edge} came back with an empty store; the last rows of the old one: {last}. It is filled again"
    return [link_event("alarm", "StoreReplaced", edge, text, "look at what its robots carry, then attest the tasks in question")]


def quarantine_ops(model: Model, edge: str, reason: str, candidates: Mapping[str, str]) -> list[Op]:
    told = "; ".join(f"{boot}: {what}" for boot, what in sorted(candidates.items()))
    fix = f"find the right one and pick it: drover edges accept {edge} BOOT"
    ops: list[Op] = [link_event("alarm", QUARANTINED, edge, f"{reason}. Copies: {told}", fix)]
    node = model.get(Kind.EDGE_NODE, edge)
    if node is not None:
        condition = Condition(type=QUARANTINED, status="True", reason="TwoCopies", message=told)
        ops.append(PutStatus(Kind.EDGE_NODE, edge, _with(node.status, condition)))
    return ops


def picked_ops(model: Model, edge: str, boot: str) -> list[Op]:
    ops: list[Op] = [link_event("warning", "CopyPicked", edge, f"copy {boot} of edge node {edge} was picked")]
    node = model.get(Kind.EDGE_NODE, edge)
    if node is not None:
        ops.append(PutStatus(Kind.EDGE_NODE, edge, _with(node.status, None)))
    return ops


def _with(status: Any, condition: Condition | None) -> Any:
    others = tuple(c for c in status.conditions if c.type != QUARANTINED)
    return msgspec.structs.replace(status, conditions=(*others, condition) if condition is not None else others)
