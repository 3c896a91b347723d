"""What a SyncMachine is told at start, and what people see of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    EDGE = "edge"
    HUB = "hub"


@dataclass(frozen=True, slots=True)
class Identity:
    """`store_id`: of this side's database (hub: "{database id}.{hub_epoch}", so that a restore is a new one).

    `session`: durable, one more at each start of the process. `boot`: random word of this run. `hub_epoch`: hub only.
    """

    store_id: str
    session: int
    boot: str
    hub_epoch: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one machine.

    `quota_bytes`: of rows that the peer has not committed; at 80 % of it `pressure` asks callers to take no new work, at 95 %
    only vital rows are taken, at 100 % none. `keep_*`: of the tail that is committed but in no backup of the peer's.
    """

    quota_bytes: int = 256 * 1024 * 1024
    credit_rows: int = 64
    credit_bytes: int = 256 * 1024
    keep_rows: int = 200_000
    keep_bytes: int = 100 * 1024 * 1024
    keep_s: float = 7 * 86400.0


class LinkState(StrEnum):
    """away: no link, or nothing heard; greeting: hello said; later: the hub asked to wait for its turn."""

    AWAY = "away"
    GREETING = "greeting"
    LATER = "later"
    REFILLING = "refilling"
    SNAPSHOT = "snapshot"
    ONLINE = "online"
    QUARANTINED = "quarantined"


@dataclass(slots=True)
class Counters:
    rows_sent: int = 0
    rows_resent: int = 0
    bytes_sent: int = 0
    bytes_received: int = 0
    dead: int = 0


@dataclass(frozen=True, slots=True)
class View:
    """What people see of one side of the link. Times are this side's `now`."""

    state: LinkState
    heard_at: float | None
    converged_at: float | None  # when both sides last agreed, with nothing waiting
    digest: str  # equal | differs | unknown
    backlog: int  # rows not committed by the peer
    backlog_bytes: int
    oldest_at: float | None
    kept: int  # rows committed, but in no backup of the peer's yet
    edge_epoch: int
    hub_epoch: int
    clock_offset_s: float | None  # peer's clock minus ours
    clock_error_s: float | None
    detail: str = ""  # why it was refused
    rows_sent: int = 0
    rows_resent: int = 0
    bytes_sent: int = 0
    bytes_received: int = 0
    dead: int = 0
