"""SyncPeer: one side of the conversation between cloud and edge node. The same class plays both roles.

Sans-I/O: time, rows and ids come in, effects (effects.py) come out. The broker is a dumb pipe that may lose, repeat,
reorder or delay anything: delivery is proven only by an Ack that the peer sends after its own commit.

    rows = store.load()                     # at start
    peer = SyncPeer(Role.EDGE, me="edge-1", peer="cloud", store_id=..., session=..., rows=..., values=...)
    with transaction: change(); persist(peer.enqueue("st", "Robot/AMR-1", StatusReport(...), now))
    link up -> do(peer.link_up(now));  frame -> do(peer.receive(stream, payload, now));  every 0.1 s -> do(peer.poll(now))
    Deliver -> with transaction: apply(items); persist(cursor)   then   do(peer.committed(stream, seq, now))

Rules kept here (design: FSP/1, the parts that the main path needs):
 1. Sequence numbers are gapless from 1 within (store, stream) and given when a row goes into flight; only rows without
    one are coalesced. 2. A receiver applies seq == cursor + 1, drops and re-acks what is older, and asks again for what
    is missing. 3. Acks are sent after commit; a sender deletes only what is acked. 4. Data flows only after both sides
    have exchanged Hellos, which carry cursors: whatever either side forgot to send or to ack is repaired there.
 5. A row that cannot be understood goes to the dead letters and the stream goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

import msgspec

from fleet.contracts import codec, wire
from fleet.contracts.errors import InvalidInput, TooLarge
from fleet.sync.old.effects import DeadLetter, Deliver, Delivered, Effect, Note, Persist, Resync, Row, Send, SetValue
from fleet.sync.old.envelope import Ack, Beat, Control, Envelope, Hello
from fleet.sync.old.outbound import Outbound

#: Frames are filled up to this many bytes; a larger row travels alone, up to ROW_BYTES_MAX.
FRAME_BYTES = 64 * 1024
ROW_BYTES_MAX = 900 * 1024
FRAME_BYTES_MAX = 1024 * 1024
BEAT_S = 5.0
HELLO_AGAIN_S = 3.0
#: Without a sign of the peer for this long it counts as away.
AWAY_S = 15.0
#: An "again" is asked for at most this often, so that one gap does not cause a storm of resends.
AGAIN_S = 0.5


class Role(StrEnum):
    EDGE = "edge"
    HUB = "hub"


#: stream -> does it coalesce? Status and resources do (newest wins by key), events and controls are all kept.
UP: Mapping[str, bool] = {"ev": False, "st": True}
DOWN: Mapping[str, bool] = {"cfg": True, "cmd": False}


class SyncPeer:
    """See the module's docstring. `backlog`, `oldest_at`, `online(now)` are for people."""

    def __init__(
        self,
        role: Role,
        *,
        me: str,
        peer: str,
        store_id: str,
        session: int,
        rows: Iterable[Row] = (),
        values: Mapping[str, str] | None = None,
    ) -> None:
        self.role, self.me, self.peer = role, me, peer
        self.store_id, self.session = store_id, session
        values = values or {}
        outgoing, incoming = (UP, DOWN) if role is Role.EDGE else (DOWN, UP)
        self._incoming_type: Any = wire.Down if role is Role.EDGE else wire.Up
        self._peer_store = values.get("peer_store", "")
        self._committed = {s: int(values.get(f"cursor.{s}", "0")) for s in incoming}
        self._received = dict(self._committed)
        rows = list(rows)
        self._out = {s: Outbound(s, coalesce) for s, coalesce in outgoing.items()}
        for stream, out in self._out.items():
            out.load((r for r in rows if r.stream == stream), int(values.get(f"next.{stream}", "1")))
        self._link = False
        self._greeted = False
        self._hello_at = self._beat_at = self._again_at = float("-inf")
        self.heard_at: float | None = None

    # ---- for people ------------------------------------------------------------------------------------------------

    @property
    def backlog(self) -> int:
        """Rows that the peer has not acked."""
        return sum(out.backlog for out in self._out.values())

    @property
    def oldest_at(self) -> float | None:
        """Unix seconds at which the oldest row without ack was made."""
        return min((t for t in (out.oldest_at for out in self._out.values()) if t is not None), default=None)

    def online(self, now: float) -> bool:
        """The link is up and the peer was heard within AWAY_S."""
        return self._link and self.heard_at is not None and now - self.heard_at < AWAY_S

    # ---- local side ------------------------------------------------------------------------------------------------

    def enqueue(self, stream: str, key: str, message: wire.Up | wire.Down, now: float) -> list[Persist]:
        """Put a message into a stream. The caller stores the effects in the transaction of the change itself.

        Raises TooLarge (ROW_BYTES_MAX) and QueueFull (outbound.ROWS_MAX); the change must then be refused.
        """
        body = codec.encode(message)
        if len(body) > ROW_BYTES_MAX:
            raise TooLarge(f"{len(body)} bytes for {key}", field=key, fix=f"at most {ROW_BYTES_MAX} bytes")
        return list(self._out[stream].put(key, body, now))

    def link_up(self, now: float) -> list[Effect]:
        """The MQTT link is connected and subscribed."""
        self._link, self._greeted = True, False
        return [self._hello(now, reply=False)]

    def link_down(self) -> None:
        self._link = self._greeted = False

    def committed(self, stream: str, seq: int, now: float) -> list[Effect]:
        """The shell has committed a Deliver of `stream` up to `seq`."""
        self._committed[stream] = max(self._committed[stream], seq)
        return [self._ack({stream: self._committed[stream]})]

    def failed(self, stream: str, now: float) -> list[Effect]:
        """The shell could not commit a Deliver: forget that it came, and ask for it again."""
        self._received[stream] = self._committed[stream]
        return [self._ack({stream: self._committed[stream]}, again=True)]

    def poll(self, now: float) -> list[Effect]:
        """What is due: hellos, beats, rows (again). Call it after each change and every 0.1 s or so."""
        if not self._link:
            return []
        effects: list[Effect] = []
        if not self._greeted:
            if now - self._hello_at >= HELLO_AGAIN_S:
                effects.append(self._hello(now, reply=False))
            return effects
        if now - self._beat_at >= BEAT_S:
            self._beat_at = now
            effects.append(self._send_control(Beat(store_id=self.store_id, session=self.session, backlog=self.backlog)))
        for out in self._out.values():
            stored, rows = out.due(now)
            effects += stored
            effects += self._frames(out.stream, rows)
        return effects

    # ---- the peer's side -------------------------------------------------------------------------------------------

    def receive(self, stream: str, payload: bytes, now: float) -> list[Effect]:
        """A frame from the peer. Never raises: what cannot be understood is noted and counted, nothing else changes."""
        try:
            if stream in ("ctl", "ack"):
                return self._control(codec.decode(payload, Control, bytes_max=FRAME_BYTES_MAX), now)  # type: ignore[arg-type]
            if stream not in self._received:
                raise InvalidInput(f"no stream {stream!r}", field="topic", fix="use " + ", ".join(self._received))
            return self._data(stream, codec.decode(payload, list[Envelope], bytes_max=FRAME_BYTES_MAX), now)
        except InvalidInput as error:
            return [Note("warning", "BadFrame", f"from {self.peer} on {stream}: {error.field}: {error.detail}", error.fix)]

    def _control(self, message: Control, now: float) -> list[Effect]:
        match message:
            case Hello():
                return self._on_hello(message, now)
            case Beat():
                if message.store_id != self._peer_store or not self._greeted:
                    return [self._hello(now, reply=False)]
                self.heard_at = now
                return []
            case Ack():
                return self._on_ack(message, now)

    def _on_hello(self, hello: Hello, now: float) -> list[Effect]:
        effects: list[Effect] = []
        if hello.store_id != self._peer_store:
            effects += self._new_peer_store(hello.store_id)
        effects += self._skip_lost(hello.first)
        mine = hello.cursors if hello.knows == self.store_id else {}
        for stream, out in self._out.items():
            committed = mine.get(stream, 0)
            if committed < out.first - 1:
                # the peer lacks rows that are gone here: state can be made anew, history cannot
                effects.append(
                    Resync(stream) if out.coalesce else Note("warning", "HistoryLost", _lost(self.peer, stream, committed, out))
                )
            effects += out.rewind(committed, now)
        self._greeted, self.heard_at = True, now
        if not hello.reply:
            effects.append(self._hello(now, reply=True))
        return effects

    def _new_peer_store(self, store_id: str) -> list[Effect]:
        effects: list[Effect] = [SetValue("peer_store", store_id)]
        if self._peer_store:
            effects.append(Note("warning", "PeerStoreReplaced", f"{self.peer} came back with another store"))
        self._peer_store = store_id
        for stream in self._received:
            self._received[stream] = self._committed[stream] = 0
            effects.append(SetValue(f"cursor.{stream}", "0"))
        return effects

    def _skip_lost(self, first: Mapping[str, int]) -> list[Effect]:
        """Rows before `first` no longer exist anywhere: go on behind them rather than wait for ever."""
        effects: list[Effect] = []
        for stream, seq in first.items():
            if seq - 1 > self._received.get(stream, seq):
                self._received[stream] = self._committed[stream] = seq - 1
                effects.append(SetValue(f"cursor.{stream}", str(seq - 1)))
        return effects

    def _on_ack(self, ack: Ack, now: float) -> list[Effect]:
        if ack.of != self.store_id:
            return []
        self.heard_at = now
        effects: list[Effect] = []
        for stream, seq in ack.cursors.items():
            out = self._out.get(stream)
            if out is not None and seq < out.next_seq:
                effects += out.rewind(seq, now) if ack.again else out.ack(seq, now)
        return effects

    def _data(self, stream: str, frame: list[Envelope], now: float) -> list[Effect]:
        if not self._greeted or any(e.epoch != self._peer_store for e in frame):
            return [self._hello(now, reply=False)] if now - self._hello_at >= AGAIN_S else []
        self.heard_at = now
        effects: list[Effect] = []
        items: list[Delivered] = []
        start = self._received[stream]
        for envelope in frame:
            if envelope.seq != self._received[stream] + 1:
                continue
            self._received[stream] = envelope.seq
            item = self._decode(stream, envelope)
            if isinstance(item, DeadLetter):
                effects.append(item)
            else:
                items.append(item)
        seq = self._received[stream]
        if seq > start:
            effects.append(Deliver(stream, tuple(items), SetValue(f"cursor.{stream}", str(seq)), seq))
        if frame and frame[-1].seq != seq:
            effects += self._ask_again(stream, frame[-1].seq > seq, now)
        return effects

    def _ask_again(self, stream: str, missing: bool, now: float) -> list[Effect]:
        """Old rows came: ack them (again). Rows are missing: say from where, but not more often than AGAIN_S."""
        if missing and now - self._again_at < AGAIN_S:
            return []
        if missing:
            self._again_at = now
            if self._committed[stream] < self._received[stream]:
                return []
        return [self._ack({stream: self._committed[stream]}, again=missing)]

    def _decode(self, stream: str, envelope: Envelope) -> Delivered | DeadLetter:
        data = bytes(envelope.data)
        try:
            return Delivered(envelope.seq, envelope.subject, codec.decode(data, self._incoming_type))
        except InvalidInput as error:
            return DeadLetter(stream, envelope.seq, str(error), data)

    # ---- frames ----------------------------------------------------------------------------------------------------

    def _hello(self, now: float, *, reply: bool) -> Send:
        self._hello_at = now
        return self._send_control(
            Hello(
                store_id=self.store_id,
                session=self.session,
                knows=self._peer_store,
                cursors=dict(self._committed),
                first={s: out.first for s, out in self._out.items()},
                reply=reply,
            )
        )

    def _ack(self, cursors: dict[str, int], *, again: bool = False) -> Send:
        return Send("ack", codec.encode(Ack(of=self._peer_store, cursors=cursors, again=again)))

    def _send_control(self, message: Hello | Beat) -> Send:
        return Send("ctl", codec.encode(message))

    def _frames(self, stream: str, rows: Iterable[Row]) -> list[Send]:
        frames: list[Send] = []
        batch: list[Envelope] = []
        size = 0
        for row in rows:
            if batch and size + len(row.body) > FRAME_BYTES:
                frames.append(Send(stream, codec.encode(batch)))
                batch, size = [], 0
            batch.append(self._envelope(row))
            size += len(row.body) + 250
        if batch:
            frames.append(Send(stream, codec.encode(batch)))
        return frames

    def _envelope(self, row: Row) -> Envelope:
        return Envelope(
            id=f"{self.me}:{self.store_id}:{row.stream}:{row.seq}",
            source=self.me,
            type=f"drover.{row.stream}.v1",
            subject=row.key,
            time=row.at,
            epoch=self.store_id,
            stream=row.stream,
            seq=row.seq,
            data=msgspec.Raw(row.body),
        )


def _lost(peer: str, stream: str, committed: int, out: Outbound) -> str:
    return f"{peer} lacks rows {committed + 1} to {out.first - 1} of {stream}, which it had acked before its store was replaced"
