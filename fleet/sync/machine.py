"""SyncMachine: one side of FSP/1, the conversation between cloud and edge node. The same class plays both roles.

Sans-I/O: time, stored rows and ids come in, effects (effects.py) come out. The broker is a dumb pipe that may lose,
repeat, reorder or delay anything: delivery is proven only by an Ack that the peer sends after its own commit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from fleet.contracts import wire
from fleet.sync.effects import Effect, Persist, Row, StoredStream


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
    """Bounds of one machine. `quota_bytes`: of this side's outbox; at 80 % `pressure` asks callers to take no new work, at
    95 % only vital rows are taken, at 100 % none.
    """

    quota_bytes: int = 256 * 1024 * 1024
    credit_rows: int = 64
    credit_bytes: int = 256 * 1024
    keep_rows: int = 200_000
    keep_bytes: int = 100 * 1024 * 1024
    keep_s: float = 7 * 86400.0


class LinkState(StrEnum):
    """For people. away: no link, or nothing heard; greeting: hello sent; later: the hub asked to wait its turn."""

    AWAY = "away"
    GREETING = "greeting"
    LATER = "later"
    REFILLING = "refilling"
    SNAPSHOT = "snapshot"
    ONLINE = "online"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True)
class View:
    """What people see of one side of the link. Times are this side's `now`."""

    state: LinkState
    heard_at: float | None
    converged_at: float | None  # both digests last known equal with nothing waiting
    digest: str  # equal | differs | unknown
    backlog: int  # rows not committed by the peer
    backlog_bytes: int
    oldest_at: float | None
    kept: int  # committed, not yet in a backup of the peer
    edge_epoch: int
    hub_epoch: int
    clock_offset_s: float | None  # peer's clock minus ours
    clock_error_s: float | None
    detail: str = ""  # why quarantined or refused
    rows_sent: int = 0
    rows_resent: int = 0
    bytes_sent: int = 0
    bytes_received: int = 0
    dead: int = 0


class Admission:
    """Shared by all machines of a hub: at most `concurrent` of them resynchronise (snapshot, refill) at once."""

    def __init__(self, concurrent: int = 8) -> None: ...


class SyncMachine:
    def __init__(
        self,
        role: Role,
        *,
        me: str,
        peer: str,
        identity: Identity,
        now: float,
        stored: Mapping[str, StoredStream] | None = None,
        values: Mapping[str, str] | None = None,
        entries: Iterable[tuple[str, str, str]] = (),
        limits: Limits | None = None,
        admission: Admission | None = None,
    ) -> None:
        """`entries`: (stream, key, hash) as stored by PutEntry. `values`: as stored by SetValue."""

    # ---- local side ----

    def enqueue(
        self,
        stream: str,
        key: str,
        message: wire.Up | wire.Down,
        now: float,
        *,
        gone: bool = False,
        force: bool = False,
        vital: bool = False,
    ) -> list[Persist]:
        """Put a message into a stream; the caller stores the answer in the transaction of the change itself.

        On a state stream (st, cfg) the same content as last time is no change: the answer is empty (unless `force`).
        Raises TooLarge and QueueFull (quota; `vital` rows are taken up to 100 % of it): the change must then be refused.
        """
        raise NotImplementedError

    def room(self, rows: int = 1, bytes_: int = 0, *, vital: bool = False) -> bool:
        raise NotImplementedError

    def link_up(self, now: float) -> list[Effect]: ...  # type: ignore[empty-body]
    def link_down(self, now: float) -> None: ...
    def receive(self, stream: str, payload: bytes, now: float) -> list[Effect]: ...  # type: ignore[empty-body]
    def poll(self, now: float) -> list[Effect]: ...  # type: ignore[empty-body]
    def committed(self, stream: str, seq: int, now: float) -> list[Effect]: ...  # type: ignore[empty-body]
    def failed(self, stream: str, seq: int, now: float) -> list[Effect]: ...  # type: ignore[empty-body]
    def loaded(self, stream: str, rows: Iterable[Row], now: float) -> list[Effect]: ...  # type: ignore[empty-body]
    def snapshot(self, stream: str, items: Iterable[tuple[str, wire.Up | wire.Down]], now: float) -> list[Effect]: ...  # type: ignore[empty-body]
    def refilled(self, now: float) -> list[Effect]:  # hub, when it has applied the edge node's RefillDone
        raise NotImplementedError

    def checkpoint(self, seqs: Mapping[str, int], now: float) -> list[Effect]:  # hub: these are in a backup
        raise NotImplementedError

    def accept(self, boot: str, store_id: str, now: float) -> list[Effect]:  # hub: the operator picks this copy
        raise NotImplementedError

    def online(self, now: float) -> bool:
        raise NotImplementedError

    def view(self, now: float) -> View:
        raise NotImplementedError

    @property
    def pressure(self) -> float:
        """0 to 1: bytes in this side's outbox against the quota."""
        raise NotImplementedError

    #: Edge: own clock at which the last Beat that the hub has answered was sent: all leases count from it (fleet/authority).
    renewed_at: float | None
    #: Hub: own clock at which the last Beat of the welcomed session was answered.
    renewal_heard_at: float | None
