"""Is an edge node there? Judged by when it was last heard; a broker's last will is only a hint.

Authority is the heartbeat: 5 s beat, SUSPECT after 15 s, offline after 30 s (docs: sync layer). The status written to the
resource has two words, online and offline; "suspect" is told as a condition so that the page can warn early.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from fleet.contracts.resources import Condition, EdgeNodeStatus
from fleet.sync.view import View

SUSPECT_S = 15.0
OFFLINE_S = 30.0
#: `last_seen_at` is written at most this often, so that beats do not become a stream of commits.
SEEN_STEP_S = 10.0


#: Fields of the status that the cloud judges; of those, the ones whose change is worth a write at once.
OURS = (
    "link",
    "last_seen_at",
    "backlog",
    "sync_state",
    "digest",
    "converged_at",
    "edge_epoch",
    "clock_offset_s",
    "dead_letters",
    "backlog_bytes",
    "backlog_oldest_at",
)
NEWS = ("backlog", "sync_state", "digest", "edge_epoch", "dead_letters")


class Link(StrEnum):
    UNKNOWN = "unknown"
    ONLINE = "online"
    SUSPECT = "suspect"
    OFFLINE = "offline"


def judge(heard_at: float | None, now: float, *, said_goodbye: bool = False) -> Link:
    """`heard_at`: Unix seconds of the last sign of life, None: never in this run."""
    if heard_at is None:
        return Link.UNKNOWN
    silent_s = now - heard_at
    if silent_s >= OFFLINE_S or said_goodbye:
        return Link.OFFLINE
    return Link.SUSPECT if silent_s >= SUSPECT_S else Link.ONLINE


def with_link(status: EdgeNodeStatus, link: Link, *, heard_at: float | None, view: View | None) -> EdgeNodeStatus:
    """The status with the cloud's own view of the link in it. Unchanged where nothing worth a write changed."""
    seen_at = heard_at or status.last_seen_at
    word = Link.ONLINE if link is Link.SUSPECT else link
    seen = _seen(view)
    news = (word, *(seen[name] for name in NEWS)) != (status.link, *(getattr(status, name) for name in NEWS))
    stale = seen_at - status.last_seen_at >= SEEN_STEP_S
    if not news and not stale and _suspect(status) == (link is Link.SUSPECT):
        return status
    others = tuple(c for c in status.conditions if c.type != "Heard")
    heard = Condition(type="Heard", status="Unknown", reason="Silent", message=f"no beat for {SUSPECT_S:.0f} s")
    return msgspec.structs.replace(
        status,
        link=str(word),
        last_seen_at=seen_at,
        conditions=(*others, heard) if link is Link.SUSPECT else others,
        **seen,
    )


def _seen(view: View | None) -> dict[str, Any]:
    """What the cloud's side of the link says."""
    if view is None:
        return {name: getattr(EdgeNodeStatus(), name) for name in OURS if name not in ("link", "last_seen_at")}
    return {
        "backlog": view.backlog,
        "sync_state": str(view.state),
        "digest": view.digest,
        "converged_at": view.converged_at,
        "edge_epoch": view.edge_epoch,
        "clock_offset_s": None if view.clock_offset_s is None else round(view.clock_offset_s, 1),
        "dead_letters": view.dead,
        "backlog_bytes": view.backlog_bytes,
        "backlog_oldest_at": view.oldest_at,
    }


def reported(old: EdgeNodeStatus, report: EdgeNodeStatus) -> EdgeNodeStatus:
    """The edge node's own report, with the fields that only the cloud can judge kept."""
    kept = tuple(c for c in old.conditions if c.type in ("Heard", "Quarantined"))
    others = tuple(c for c in report.conditions if c.type not in ("Heard", "Quarantined"))
    ours: dict[str, Any] = {name: getattr(old, name) for name in OURS}
    return msgspec.structs.replace(report, conditions=(*others, *kept), **ours)


def _suspect(status: EdgeNodeStatus) -> bool:
    return any(c.type == "Heard" for c in status.conditions)
