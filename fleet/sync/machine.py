"""SyncMachine: one side of FSP/1, the conversation between cloud and edge node. The same class plays both roles.

Sans-I/O: time, stored rows and ids come in, effects (effects.py) come out. The broker is a dumb pipe that may lose,
repeat, reorder or delay anything: delivery is proven only by an Ack that the peer sends after its own commit.

    machine = SyncMachine(Role.EDGE, me="edge-1", peer="cloud", identity=..., stored=..., values=..., entries=..., now=...)
    with transaction: change(); persist(machine.enqueue("st", "Robot/AMR-1", StatusReport(...), now))
    link up -> do(machine.link_up(now));  frame -> do(machine.receive(stream, payload, now));  timers -> do(machine.poll(now))
    Deliver -> with transaction: apply(items); persist(...)   then   do(machine.committed(stream, seq, now))
    LoadRows -> do(machine.loaded(ask, rows, now))

Rules kept here (the sync design's numbers):
 1. Sequence numbers are gapless from 1 within (store id, stream) and given when a row goes into flight; only rows without
    one are coalesced (2). 2. A receiver applies seq == last + 1, drops and re-acks what is older, asks again for what is
    missing (5.4). 3. Acks follow the commit; a sender deletes only what is acked, and of a kept stream only what is in a
    backup too, within bounds (5.5). 4. Data flows only between runs that have greeted each other: every frame names both
    (`boot`, `to`). 5. State streams compare digests at equal `as_of` and repair what differs (5.6); a whole state is taken only
    when its root matches (5.7). 6. A row that cannot be understood or applied goes to the dead letters (5.4, 5.10).
 7. Two copies of one edge node get nothing until an operator picks one (2). 8. A hub that knows less than a peer remembers of it
    is a restored one: new epoch, refill, then its state (5.5).

The parts: outbound.py and inbound.py (one stream each), packing.py, digest.py, snapshots.py, identity.py, admission.py;
agreement.py with greeting_edge.py and greeting_hub.py, and upkeep.py, are what the two say beside the data.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fleet.contracts import codec, wire
from fleet.contracts.errors import InvalidInput, QueueFull, TooLarge
from fleet.sync.admission import Admission
from fleet.sync.digest import Section, hash_of
from fleet.sync.effects import (
    DeadLetter,
    Deliver,
    Delivered,
    Effect,
    LoadRows,
    Note,
    Persist,
    PutEntry,
    Row,
    SetValue,
    StoredStream,
)
from fleet.sync.frames import Ack, Control, Envelope, Talk
from fleet.sync.greeting_edge import EdgeGreeting
from fleet.sync.greeting_hub import HubGreeting
from fleet.sync.inbound import BODY_BYTES_MAX, Inbound
from fleet.sync.outbound import NEVER, Outbound
from fleet.sync.packing import frames
from fleet.sync.state import DOWN, STATE_STREAMS, UP, State
from fleet.sync.upkeep import Upkeep
from fleet.sync.view import Identity, Limits, LinkState, Role, View

__all__ = ["Admission", "Identity", "Limits", "LinkState", "Role", "SyncMachine", "View"]

FRAME_BYTES_MAX = 1024 * 1024
ROW_BYTES_MAX = BODY_BYTES_MAX
#: Rows missing behind a gap are asked for at most this often, seconds.
AGAIN_S = 0.5
#: Without a sign of the peer for this long it counts as away.
AWAY_S = 25.0
PRESSURE_VITAL_ONLY = 0.95


class SyncMachine:
    """See the module's docstring."""

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
        """`entries`: (stream, key, hash) as stored by PutEntry. `values`: as stored by SetValue. `admission`: hub only."""
        values = dict(values or {})
        limits = limits or Limits()
        incoming = DOWN if role is Role.EDGE else UP
        outgoing = UP if role is Role.EDGE else DOWN
        self._state = state = State(role, me, peer, identity, limits)
        state.out = {s: Outbound(s, coalesce=c, keep=s == "ev", limits=limits) for s, c in outgoing.items()}
        for stream, out in state.out.items():
            found = (stored or {}).get(stream, StoredStream())
            out.load(found, int(values.get(f"next.{stream}") or 0), int(values.get(f"acked.{stream}") or 0), now)
        state.into = {s: Inbound(s, int(values.get(f"cursor.{s}") or 0), values.get(f"tail.{s}", "")) for s in incoming}
        state.sections = {s: Section() for s in STATE_STREAMS}
        for stream, key, value in entries:
            state.sections[stream].put(key, value)
        state.peer_store = values.get("peer_store", "")
        self._upkeep = Upkeep(state)
        self._greeting: EdgeGreeting | HubGreeting = (
            EdgeGreeting(state, self._upkeep, values)
            if role is Role.EDGE
            else HubGreeting(state, self._upkeep, values, admission or Admission())
        )
        self._at_start = self._greeting.at_start()
        self._types: Any = wire.Down if role is Role.EDGE else wire.Up
        self._trim_at = now + 60.0

    # ---- for people ------------------------------------------------------------------------------------------------

    @property
    def renewed_at(self) -> float | None:
        """Edge: own clock at which the last Beat that the hub has answered was sent: all leases count from it."""
        return self._state.renewed_at

    @property
    def renewal_settled(self) -> bool:
        """Edge: when the hub answered that Beat, everything that it had decided was committed here (fleet/authority/leases)."""
        return self._state.renewal_settled

    @property
    def renewal_heard_at(self) -> float | None:
        """Hub: own clock at which it last answered a Beat: all leases that it has granted count from it."""
        return self._state.renewal_heard_at

    @property
    def heard_at(self) -> float | None:
        return self._state.heard_at

    @property
    def identity(self) -> Identity:
        return self._state.identity

    @property
    def peer_store(self) -> str:
        """The store id that the peer's rows are numbered in; "" before the first greeting."""
        return self._state.peer_store

    @property
    def backlog(self) -> int:
        """Rows that the peer has not committed."""
        return self._state.backlog

    @property
    def pressure(self) -> float:
        """0 to 1: bytes that the peer has not committed, against the quota."""
        return self._state.backlog_bytes / self._state.limits.quota_bytes

    def online(self, now: float) -> bool:
        """Greeted, and the peer was heard within AWAY_S."""
        state = self._state
        return state.greeted and state.heard_at is not None and now - state.heard_at < AWAY_S

    def view(self, now: float) -> View:
        greeting = self._greeting
        return self._upkeep.view(now, self.online(now), greeting.edge_epoch, greeting.kind(now), greeting.detail)

    # ---- local side ------------------------------------------------------------------------------------------------

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
        `gone`: the key has ended. Raises TooLarge and QueueFull (quota; `vital` rows are taken up to 100 % of it, one that takes
        the place of a waiting row always): the change must then be refused.
        """
        state, out = self._state, self._state.out[stream]
        body = codec.encode(message)
        section = state.sections.get(stream)
        entry = None if gone else hash_of(body)
        if section is not None and not force and section.get(key) == entry:
            return []
        if len(body) > ROW_BYTES_MAX:
            raise TooLarge(f"{len(body)} bytes for {key}", field=key, fix=f"at most {ROW_BYTES_MAX} bytes")
        if not out.replaces(key) and not self.room(len(body), vital=vital):
            raise QueueFull(f"the queue to {state.peer} is full", field=key, fix=f"see that {state.peer} is reached again")
        # a new numbering must be on the disk before rows of it are
        persist = [e for e in self._at_start if isinstance(e, Persist)]
        self._at_start = [e for e in self._at_start if not isinstance(e, Persist)]
        persist += out.put(key, body, now, gone=gone)
        if section is not None:
            section.put(key, entry)
            persist.append(PutEntry(stream, key, entry))
        return persist

    def room(self, bytes_: int = 0, *, vital: bool = False) -> bool:
        """Would a row of so many bytes be taken?"""
        quota = self._state.limits.quota_bytes
        return self._state.backlog_bytes + bytes_ <= quota * (1.0 if vital else PRESSURE_VITAL_ONLY)

    def snapshot(self, stream: str, items: Iterable[tuple[str, wire.Up | wire.Down]], now: float) -> list[Effect]:
        """The answer to NeedSnapshot: (key, message) of everything that the peer should hold."""
        return self._upkeep.snapshot(stream, [(key, codec.encode(message)) for key, message in items], now)

    def refilled(self, hub: str, now: float) -> list[Effect]:
        """Hub: the edge node's RefillDone (of this `hub`) has been applied."""
        return self._greeting.refilled(hub, now)

    def checkpoint(self, seqs: Mapping[str, int], now: float) -> list[Effect]:
        """Hub: rows of the edge node up to these are in a backup (`cursors` as they were when it was made)."""
        return self._greeting.checkpoint(seqs, now)

    @property
    def cursors(self) -> dict[str, int]:
        """By incoming stream, the last seq that is committed here."""
        return {s: into.committed for s, into in self._state.into.items()}

    def held(self, stream: str) -> tuple[str, ...]:
        """Keys of a state stream, as this side holds (or sent) them."""
        return tuple(self._state.sections[stream].entries)

    def retire(self, now: float) -> list[Persist]:
        """Hub: this edge node was deleted. What waits for it goes; what is known of it stays, so that it may come back."""
        self._state.close()
        return self._greeting.retire(now)

    def accept(self, boot: str, store_id: str, now: float) -> list[Effect]:
        """Hub: the operator picks this copy of a quarantined edge node; `store_id`: a new name for its store.

        Raises Conflict when it is not quarantined, NotFound when no copy of this boot speaks.
        """
        return self._greeting.accept(boot, store_id, now)

    # ---- the link --------------------------------------------------------------------------------------------------

    def link_up(self, now: float) -> list[Effect]:
        """The MQTT link is connected and subscribed."""
        self._state.link = True
        self._state.close()
        return [*self._start(), *self._greeting.link_up(now)]

    def link_down(self, now: float) -> None:
        self._state.link = False
        self._state.close()
        self._greeting.closed()

    def _start(self) -> list[Effect]:
        effects, self._at_start = self._at_start, []
        return effects

    def due_at(self) -> float:
        """`poll` need not be called before (unless something was enqueued or received)."""
        state = self._state
        if self._at_start:
            return 0.0
        if not state.link:
            return NEVER
        streams = (out.due_at() for out in state.out.values()) if state.greeted else ()
        return min(self._greeting.due_at(), self._upkeep.due_at(), *streams, self._trim_at)

    def poll(self, now: float) -> list[Effect]:
        """What is due: hellos, beats, rows (again). Call it after each change and every 0.1 s or so (or see `due_at`)."""
        state = self._state
        effects = self._start()
        if now >= self._trim_at:
            self._trim_at = now + 60.0
            for out in state.out.values():
                effects += out.trim(now)
        if not state.link:
            return effects
        effects += self._greeting.poll(now)
        if not state.greeted:
            return effects
        effects += self._upkeep.poll(now)
        for out in state.out.values():
            turn = out.turn(now)
            effects += turn.stored
            effects += turn.load
            effects += frames(state, out.stream, turn.rows)
            state.counters.rows_resent += turn.resent
        return effects

    def loaded(self, ask: LoadRows, rows: Iterable[Row], now: float) -> list[Effect]:
        """The answer to LoadRows."""
        self._state.out[ask.stream].loaded(ask, rows)
        return self.poll(now)

    # ---- the peer's side -------------------------------------------------------------------------------------------

    def receive(self, stream: str, payload: bytes, now: float) -> list[Effect]:
        """A frame from the peer. Never raises: what cannot be understood is noted, nothing else changes."""
        state = self._state
        state.counters.bytes_received += len(payload)
        try:
            if stream in ("ctl", "ack", "snap"):
                message: Control = codec.decode(payload, Control, bytes_max=FRAME_BYTES_MAX)  # type: ignore[arg-type]
                return self._start() + self._control(message, now)
            if stream not in state.into:
                raise InvalidInput(f"no stream {stream!r}", field="topic", fix="use " + ", ".join(state.into))
            return self._start() + self._data(stream, codec.decode(payload, list[Envelope], bytes_max=FRAME_BYTES_MAX), now)
        except InvalidInput as error:
            return [Note("warning", "BadFrame", f"from {state.peer} on {stream}: {error.field}: {error.detail}", error.fix)]

    def _control(self, message: Control, now: float) -> list[Effect]:
        state = self._state
        if not isinstance(message, Talk):
            return self._greeting.receive(message, now)
        if not state.meant(message.boot, message.to):
            return self._greeting.stranger(message.boot, message.to, now)
        state.heard_at = now
        if isinstance(message, Ack):
            return self._on_ack(message, now)
        return self._upkeep.receive(message, now)

    def _on_ack(self, ack: Ack, now: float) -> list[Effect]:
        state = self._state
        if ack.of != state.identity.store_id:
            return []
        effects: list[Effect] = []
        for stream, seq in ack.cursors.items():
            if (out := state.out.get(stream)) is not None and 0 <= seq <= out.last:
                effects += out.rewind(seq, now) if ack.again and seq >= out.acked else out.ack(seq, now)
        for stream, seq in ack.checkpointed.items():
            if stream in state.out:
                effects += state.out[stream].checkpoint(seq)
        return effects + self.poll(now)

    def _data(self, stream: str, frame: list[Envelope], now: float) -> list[Effect]:
        state = self._state
        if not frame:
            return []
        if not all(state.meant(e.boot, e.to) and e.epoch == state.peer_store and e.stream == stream for e in frame):
            return self._greeting.stranger(frame[0].boot, frame[0].to, now)
        state.heard_at = now
        into = state.into[stream]
        if stream in UP and into.contradicts(frame):
            return self._greeting.contradicted(stream, into.committed, now)
        into.hold(frame)
        effects = self._deliver(into)
        if effects or into.busy or self._upkeep.replacing(stream):
            return effects
        if frame[-1].seq <= into.committed:
            return [state.ack(stream)]
        if into.gap and now - into.again_at >= AGAIN_S:
            into.again_at = now
            return [state.ack(stream, again=True)]
        return []

    def _deliver(self, into: Inbound) -> list[Effect]:
        """What has come to be next, as one Deliver."""
        state = self._state
        if self._upkeep.replacing(into.stream):
            return []
        before = into.received
        taken = into.take()
        if taken.seq == before:
            return []
        effects: list[Effect] = []
        items: list[Delivered] = []
        persist: list[Persist] = []
        section = state.sections.get(into.stream)
        for envelope, body in taken.rows:
            try:
                message = codec.decode(body, self._types, bytes_max=BODY_BYTES_MAX)
            except InvalidInput as error:
                taken.bad.append((envelope, str(error), body))
                continue
            items.append(Delivered(envelope.seq, envelope.subject, message, envelope.gone, envelope.time))
            if section is not None:
                entry = None if envelope.gone else hash_of(body)
                state.pending.setdefault(into.stream, []).append((envelope.subject, entry))
                persist.append(PutEntry(into.stream, envelope.subject, entry))
        effects += self._set_aside(into, taken.bad, persist)
        if taken.lost:
            text = f"{state.peer} has lost rows {taken.lost[0]} to {taken.lost[-1]} of {into.stream}"
            effects.append(Note("alarm", "HistoryLost", text, "look at its disk"))
        persist.append(SetValue(f"cursor.{into.stream}", str(taken.seq)))
        if into.stream in UP:
            persist.append(SetValue(f"tail.{into.stream}", into.next_tail))
        effects.append(Deliver(into.stream, tuple(items), tuple(persist), taken.seq))
        return effects

    def _set_aside(self, into: Inbound, bad: list[tuple[Envelope, str, bytes]], persist: list[Persist]) -> list[Effect]:
        """Dead letters count as taken: their hashes enter the digest, else the owner would send them again for ever."""
        state = self._state
        section = state.sections.get(into.stream)
        effects: list[Effect] = []
        for envelope, reason, body in bad:
            state.counters.dead += 1
            effects.append(DeadLetter(into.stream, envelope.seq, envelope.subject, reason, body))
            if section is not None:
                entry = None if envelope.gone else hash_of(body)
                state.pending.setdefault(into.stream, []).append((envelope.subject, entry))
                persist.append(PutEntry(into.stream, envelope.subject, entry))
        return effects

    def committed(self, stream: str, seq: int, now: float) -> list[Effect]:
        """The shell has committed a Deliver of `stream` up to `seq`."""
        state, into = self._state, self._state.into[stream]
        if self._upkeep.snapshot_committed(stream, seq):
            return [*self._upkeep.snapshot_done(), *([state.ack(stream)] if state.greeted else [])]
        into.done(seq)
        state.settle(stream)
        if not state.greeted:
            return []
        more = self._deliver(into) + self._upkeep.resume(stream)
        again = not more and into.gap and now - into.again_at >= AGAIN_S
        if again:
            into.again_at = now
        return [state.ack(stream, again=again), *more]

    def failed(self, stream: str, seq: int, now: float, *, poison: bool = False) -> list[Effect]:
        """The shell could not commit a Deliver; it will come again.

        `poison`: because of one of its rows (it would fail again), not because the store does not answer.
        """
        state, into = self._state, self._state.into[stream]
        state.pending.pop(stream, None)
        if self._upkeep.snapshot_failed(stream):
            return []
        into.failed(seq, poison=poison)
        into.again_at = now
        return [state.ack(stream, again=True)] if state.greeted else []
