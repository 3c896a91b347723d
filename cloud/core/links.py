"""Is an edge node there? Judged by when it was last heard; a broker's last will is only a hint.

Authority is the heartbeat: 5 s beat, SUSPECT after 15 s, offline after 30 s (docs: sync layer). The status written to the
resource has two words, online and offline; "suspect" is told as a condition so that the page can warn early.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from fleet.contracts.resources import Condition, EdgeNodeStatus

SUSPECT_S = 15.0
OFFLINE_S = 30.0
#: `last_seen_at` is written at most this often, so that beats do not become a stream of commits.
SEEN_STEP_S = 10.0


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


def with_link(status: EdgeNodeStatus, link: Link, *, heard_at: float | None, backlog: int) -> EdgeNodeStatus:
    """The status with the cloud's own view of the link in it. Unchanged where nothing worth a write changed."""
    seen_at = heard_at or status.last_seen_at
    word = Link.ONLINE if link is Link.SUSPECT else link
    if (
        status.link == word
        and status.backlog == backlog
        and seen_at - status.last_seen_at < SEEN_STEP_S
        and _suspect(status) == (link is Link.SUSPECT)
    ):
        return status
    others = tuple(c for c in status.conditions if c.type != "Heard")
    heard = Condition(type="Heard", status="Unknown", reason="Silent", message=f"no beat for {SUSPECT_S:.0f} s")
    return msgspec.structs.replace(
        status,
        link=str(word),
        last_seen_at=seen_at,
        backlog=backlog,
        conditions=(*others, heard) if link is Link.SUSPECT else others,
    )


def reported(old: EdgeNodeStatus, report: EdgeNodeStatus) -> EdgeNodeStatus:
    """The edge node's own report, with the fields that only the cloud can judge kept."""
    kept = tuple(c for c in old.conditions if c.type == "Heard")
    others = tuple(c for c in report.conditions if c.type != "Heard")
    return msgspec.structs.replace(
        report, link=old.link, last_seen_at=old.last_seen_at, backlog=old.backlog, conditions=(*others, *kept)
    )


def _suspect(status: EdgeNodeStatus) -> bool:
    return any(c.type == "Heard" for c in status.conditions)
