"""What the parts of one SyncMachine share: who speaks with whom, the streams, the digests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from fleet.contracts import codec
from fleet.sync.digest import Section
from fleet.sync.effects import Send
from fleet.sync.frames import Ack, Control, Root
from fleet.sync.inbound import Inbound
from fleet.sync.outbound import Outbound
from fleet.sync.snapshots import Incoming, Outgoing
from fleet.sync.view import Counters, Identity, Limits, Role

#: stream -> does it coalesce? Status and resources do (newest wins by key), events and controls are all kept.
UP: Mapping[str, bool] = {"ev": False, "st": True}
DOWN: Mapping[str, bool] = {"cmd": False, "cfg": True}
#: Streams that are a state by key, with a digest. The sender owns it, the receiver holds a replica.
STATE_STREAMS = ("st", "cfg")


@dataclass
class State:
    """`greeted`: this run and the peer's (`peer_boot`) have agreed on cursors; only then anything else is believed."""

    role: Role
    me: str
    peer: str
    identity: Identity
    limits: Limits
    out: dict[str, Outbound] = field(default_factory=dict)
    into: dict[str, Inbound] = field(default_factory=dict)
    sections: dict[str, Section] = field(default_factory=dict)
    pending: dict[str, list[tuple[str, str | None]]] = field(default_factory=dict)
    counters: Counters = field(default_factory=Counters)
    link: bool = False
    greeted: bool = False
    peer_store: str = ""
    peer_boot: str = ""
    peer_epoch: int = 0  # hub_epoch, as an edge node knows it
    heard_at: float | None = None
    renewed_at: float | None = None
    renewal_settled: bool = False
    renewal_heard_at: float | None = None
    wants_snapshot: bool = False  # hub: the edge node is to get the whole state, as soon as its history is here
    snap_in: Incoming | None = None
    snap_out: Outgoing | None = None
    #: A snapshot that is with the shell: its stream, seq, id and digest entries.
    snap_commit: tuple[str, int, str, Section] | None = None

    @property
    def owned(self) -> str:
        """The state stream that this side owns."""
        return "st" if self.role is Role.EDGE else "cfg"

    @property
    def replicated(self) -> str:
        """The state stream that the peer owns."""
        return "cfg" if self.role is Role.EDGE else "st"

    @property
    def backlog(self) -> int:
        return sum(out.backlog for out in self.out.values())

    @property
    def backlog_bytes(self) -> int:
        return sum(out.backlog_bytes for out in self.out.values())

    def meant(self, boot: str, to: str) -> bool:
        return self.greeted and boot == self.peer_boot and to == self.identity.boot

    def close(self) -> None:
        """The conversation is over; what was not committed comes again in the next."""
        self.greeted = False
        for out in self.out.values():
            out.close()
        for into in self.into.values():
            into.forget()
        self.snap_in = self.snap_out = None
        self.wants_snapshot = False

    def settle(self, stream: str) -> None:
        """The batch of this stream is committed: its digest entries count."""
        for key, entry in self.pending.pop(stream, ()):
            self.sections[stream].put(key, entry)

    def replica_root(self) -> list[Root]:
        """The digest of the peer's state as it is held here, when it is at rest."""
        into = self.into[self.replicated]
        if into.busy or self.snap_in is not None or self.snap_commit is not None or not self.peer_store:
            return []
        return [Root(self.replicated, self.peer_store, into.committed, self.sections[self.replicated].root)]

    def ack(self, stream: str, *, again: bool = False) -> Send:
        cursors = {stream: self.into[stream].committed}
        message = Ack(self.identity.boot, self.peer_boot, self.peer_store, cursors, again)
        return self.send("ack", codec.encode(message))

    def control(self, message: Control, *, stream: str = "ctl", qos: int = 1) -> Send:
        return self.send(stream, codec.encode(message), qos=qos)

    def send(self, stream: str, payload: bytes, *, qos: int = 1) -> Send:
        self.counters.bytes_sent += len(payload)
        return Send(stream, payload, qos)
