"""Fate: what the cloud knows, or does not know, about an attempt that it cannot see. Conditions of a Task's status.

These conditions are the cloud's own section of a status that is otherwise the edge node's; reports of the edge node keep them
(`merged`). Fate "Unknown" says why, and from when the task may be placed anew; Fate "True" that a person has attested it.
"""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from fleet.authority.reassign import Why
from fleet.contracts.resources import AnyResource, Condition, Kind, TaskStatus

FATE = "Fate"
DUPLICATE = "DuplicateEffect"
#: Conditions of a Task that only the cloud writes.
CLOUD_CONDITIONS = frozenset({FATE, DUPLICATE})
#: Reason of Fate "True": a person has said what became of it.
ATTESTED = "Attested"


def timestamp(at: float) -> str:
    """Unix seconds as RFC 3339."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def condition(status: TaskStatus, type_: str) -> Condition | None:
    return next((c for c in status.conditions if c.type == type_), None)


def with_condition(status: TaskStatus, new: Condition) -> TaskStatus:
    """The status with `new` in place of the one of its type; unchanged where type, status and reason are the same."""
    old = condition(status, new.type)
    if old is not None and (old.status, old.reason) == (new.status, new.reason):
        return status
    return msgspec.structs.replace(status, conditions=(*(c for c in status.conditions if c.type != new.type), new))


def without_condition(status: TaskStatus, type_: str) -> TaskStatus:
    if condition(status, type_) is None:
        return status
    return msgspec.structs.replace(status, conditions=tuple(c for c in status.conditions if c.type != type_))


def unknown(reason: Why | str, message: str, now: float) -> Condition:
    return Condition(type=FATE, status="Unknown", reason=str(reason), message=message[:500], last_transition_time=timestamp(now))


def merged(old: TaskStatus, report: TaskStatus) -> TaskStatus:
    """The edge node's report, with the cloud's own conditions kept."""
    kept = tuple(c for c in old.conditions if c.type in CLOUD_CONDITIONS)
    others = tuple(c for c in report.conditions if c.type not in CLOUD_CONDITIONS)
    return msgspec.structs.replace(report, conditions=(*others, *kept))


def is_unknown(task: AnyResource) -> bool:
    found = condition(task.status, FATE)
    return found is not None and found.status == "Unknown"


def is_lost(resource: AnyResource) -> bool:
    """A task that a lost store of an edge node had in hand: nobody is sent it until an operator has attested its fate."""
    if resource.kind is not Kind.TASK:
        return False
    found = condition(resource.status, FATE)
    return found is not None and found.status == "Unknown" and found.reason == Why.STORE_LOST


def is_withheld(resource: AnyResource) -> bool:
    """An edge node whose store is new must not be sent this one.

    A mission or task that has ended would be done a second time by a store that does not know so; so would a lost one.
    """
    ended = resource.kind in (Kind.MISSION, Kind.TASK) and bool(resource.status.phase.ended)
    return ended or is_lost(resource)
