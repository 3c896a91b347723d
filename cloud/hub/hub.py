"""The cloud's end of the line to its edge nodes: one SyncPeer for each, over one MQTT connection.

This shell keeps Rule W: what a batch of effects wants stored is committed before the batch's frames go out; a delivered
batch and its cursor are one transaction. Telemetry passes by, unstored. A stop may take the short way (`send_now`).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
import uuid
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from cloud.core.changes import AddEvent, Applied, Op, PutSpec, PutStatus, Resend, Send
from cloud.core.inbound import inbound_ops
from cloud.core.links import OFFLINE_S, Link, judge, with_link
from cloud.store.database import EdgePersist, PeerRows
from cloud.store.store import Store
from fleet.contracts import codec, manifest, topics
from fleet.contracts.errors import FleetError, InvalidInput, QueueFull, TooLarge
from fleet.contracts.resources import NAME_CHARS_MAX, EdgeNodeSpec, Kind
from fleet.contracts.wire import ControlCommand, Event, Telemetry
from fleet.sync.old import effects as fx
from fleet.sync.old.envelope import Beat, Control, Hello
from fleet.sync.old.outbound import ROWS_MAX
from fleet.sync.old.peer import FRAME_BYTES_MAX, ROW_BYTES_MAX, Role, SyncPeer
from fleet_io.mqtt import Incoming, MqttLink, MqttSettings, Will

log = logging.getLogger("drover.cloud.hub")

POLL_S = 0.1
JUDGE_S = 1.0
#: Edge nodes of one site; one more is refused.
EDGES_MAX = 1_000
TELEMETRY_BYTES_MAX = 512 * 1024
#: The same complaint about an edge node becomes an event at most this often, in seconds.
COMPLAIN_S = 10.0
#: Stream (topic level) of what takes the short way: not numbered, not acked, the same id comes durably behind it.
STREAM_NOW = "now"


class Hub:
    """`run` keeps everything going. It is the store's `outbox`."""

    def __init__(
        self, store: Store, settings: MqttSettings, *, site: str, on_telemetry: Callable[[str, Telemetry], None]
    ) -> None:
        self._store = store
        self._site = site
        self._on_telemetry = on_telemetry
        self._peers: dict[str, SyncPeer] = {}
        self._goodbye: set[str] = set()
        self._complained: dict[tuple[str, str], float] = {}
        self._wake = asyncio.Event()
        self._started_at = time.time()
        self.bad_messages = 0
        self._link = MqttLink(
            settings,
            client_id=f"drover-hub-{site}",
            on_message=self._received,
            subscriptions=[(f"fleet/v1/{topics.level(site)}/+/{what}", 1) for what in ("up/+", "presence")],
            will=lambda: Will(topics.hub_presence(site), _presence("lost")),
            on_connect=self._connected,
            on_disconnect=self._disconnected,
        )
        self.reload(store.peers)
        store.outbox = self
        store.watch(self._changed)

    @property
    def connected(self) -> bool:
        """To the cloud's broker."""
        return self._link.connected

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._link.run())
            group.create_task(self._poll())
            group.create_task(self._judge())

    async def stop(self) -> None:
        """Say goodbye in order, so that edge nodes know at once."""

        def last_words() -> None:
            self._link.publish(topics.hub_presence(self._site), _presence("offline"), qos=1, retain=True)

        await self._link.stop(last_words=last_words)

    def send_now(self, control: ControlCommand) -> list[str]:
        """Straight to all edge nodes, past database and queues. The names of those that the broker took it for."""
        payload = codec.encode(control)
        return [e for e in self._peers if self._link.publish(topics.sync_down(self._site, e, STREAM_NOW), payload, qos=1)]

    # ---- the store's outbox ----

    def check(self, sends: Sequence[Send]) -> None:
        waiting: dict[str, int] = {}
        for send in sends:
            waiting[send.edge] = waiting.get(send.edge, 0) + 1
            size = len(codec.encode(send.message))
            if size > ROW_BYTES_MAX:
                raise TooLarge(f"{send.key}: {size} bytes", field="spec", fix=f"an edge node takes at most {ROW_BYTES_MAX} bytes")
        for edge, count in waiting.items():
            peer = self._peers.get(edge)
            if peer is not None and peer.backlog + count > ROWS_MAX:
                raise QueueFull(f"{peer.backlog} messages wait for edge node {edge!r}", fix="bring it back, or delete it")
            if peer is None and len(self._peers) >= EDGES_MAX:
                raise QueueFull(f"{EDGES_MAX} edge nodes", field="metadata.name", fix="delete one first")

    def enqueue(self, sends: Sequence[Send], now: float) -> list[EdgePersist]:
        return [
            EdgePersist(send.edge, effect)
            for send in sends
            for effect in self._peer(send.edge).enqueue(send.stream, send.key, send.message, now)
        ]

    def reload(self, peers: dict[str, PeerRows]) -> None:
        names = {*peers, *(e.metadata.name for e in self._store.model.edges(site=self._site))}
        self._peers = {}
        for name in sorted(names):
            self._peer(name, peers.get(name))
        if self._link.connected:
            self._connected()

    # ---- peers ----

    def _peer(self, edge: str, rows: PeerRows | None = None) -> SyncPeer:
        found = self._peers.get(edge)
        if found is None:
            found = SyncPeer(
                Role.HUB,
                me="cloud",
                peer=edge,
                store_id=self._store.store_id,
                session=self._store.session,
                rows=rows.rows if rows else (),
                values=rows.values if rows else None,
            )
            self._peers[edge] = found
            if self._link.connected:
                self._do(edge, found, found.link_up(time.time()))
        return found

    def _changed(self, applied: Applied) -> None:
        for resource in applied.removed:
            if resource.kind is Kind.EDGE_NODE:
                self._peers.pop(resource.metadata.name, None)
        if applied.sends:
            self._wake.set()

    def _do(self, edge: str, peer: SyncPeer, effects: Sequence[fx.Effect]) -> None:
        """Store, then send: Rule W for one batch."""
        stored: list[fx.Persist | fx.DeadLetter] = []
        frames: list[fx.Send] = []
        for effect in effects:
            match effect:
                case fx.Send():
                    frames.append(effect)
                case fx.Deliver():
                    self._deliver(edge, peer, effect)
                case fx.Resync():
                    self._submit([Resend(edge)])
                case fx.Note():
                    self._note(edge, effect.level, effect.reason, effect.message, effect.fix)
                case fx.DeadLetter():
                    stored.append(effect)
                    self._note(edge, "warning", "DeadLetter", f"{effect.stream} {effect.seq}: {effect.reason}")
                case _:
                    stored.append(effect)
        if not stored and all(f.stream in ("ctl", "ack") for f in frames):
            self._publish(edge, frames)
        elif stored or frames:
            self._store.persist(edge, stored).add_done_callback(lambda done: self._stored(done, edge, peer, frames))

    def _stored(self, done: asyncio.Future[None], edge: str, peer: SyncPeer, frames: Sequence[fx.Send]) -> None:
        if not done.cancelled() and done.exception() is None and self._peers.get(edge) is peer:
            self._publish(edge, frames)

    def _publish(self, edge: str, frames: Sequence[fx.Send]) -> None:
        for frame in frames:
            self._link.publish(topics.sync_down(self._site, edge, frame.stream), frame.payload, qos=1)

    def _deliver(self, edge: str, peer: SyncPeer, effect: fx.Deliver) -> None:
        ops: list[Op] = []
        if self._store.model.get(Kind.EDGE_NODE, edge) is None:
            ops += self._join(edge)
        now = time.time()
        ops += inbound_ops(effect.items, edge=edge, site=self._site, model=self._store.model, now=now)
        try:
            _, written = self._store.submit(ops, persist=[EdgePersist(edge, effect.cursor)])
        except FleetError as error:
            log.warning("%s: %s of %s not taken: %s", edge, effect.seq, effect.stream, error)
            self._do(edge, peer, peer.failed(effect.stream, now))
            return
        written.add_done_callback(lambda done: self._delivered(done, edge, peer, effect))

    def _delivered(self, done: asyncio.Future[None], edge: str, peer: SyncPeer, effect: fx.Deliver) -> None:
        if self._peers.get(edge) is not peer or done.cancelled():
            return
        now = time.time()
        answer = peer.committed(effect.stream, effect.seq, now) if done.exception() is None else peer.failed(effect.stream, now)
        self._do(edge, peer, answer)

    def _join(self, edge: str) -> list[Op]:
        """An edge node that nobody has applied registers itself, as KubeEdge's do; the broker's rights say who may."""
        log.info("edge node %s joins", edge)
        return [
            PutSpec(Kind.EDGE_NODE, edge, EdgeNodeSpec(), site=self._site, expect_generation=0),
            _event("info", "EdgeJoined", edge, f"edge node {edge} registered itself"),
        ]

    # ---- the link ----

    def _connected(self) -> None:
        self._link.publish(topics.hub_presence(self._site), _presence("online"), qos=1, retain=True)
        now = time.time()
        for edge, peer in list(self._peers.items()):
            self._do(edge, peer, peer.link_up(now))

    def _disconnected(self) -> None:
        for peer in self._peers.values():
            peer.link_down()

    def _received(self, message: Incoming) -> None:
        parts = message.topic.split("/")
        edge = parts[3] if len(parts) >= 5 else ""
        if edge == "_hub":
            return
        if len(parts) == 5 and parts[4] == "presence":
            self._presence(edge, message.payload)
        elif len(parts) == 6 and parts[4] == "up":
            if parts[5] == "tm":
                self._telemetry(edge, message.payload)
            else:
                self._frame(edge, parts[5], message.payload)

    def _frame(self, edge: str, stream: str, payload: bytes) -> None:
        if edge not in self._peers and len(self._peers) >= EDGES_MAX:
            self._note(edge, "alarm", "TooManyEdges", f"edge node {edge} is one too many")
            return
        if edge not in self._peers:
            if not self._introduces(edge, stream, payload):
                return
            self._submit(self._join(edge))
        peer = self._peer(edge)
        self._goodbye.discard(edge)
        self._do(edge, peer, peer.receive(stream, payload, time.time()))

    def _introduces(self, edge: str, stream: str, payload: bytes) -> bool:
        """Only a sound hello (or beat) makes an unknown sender an edge node: noise on a topic must not change the site."""
        if stream not in ("ctl", "ack"):
            return False  # an edge node that lost us says so on ctl
        try:
            manifest.check_name(edge, field="topic")
            message: Control = codec.decode(payload, Control, bytes_max=FRAME_BYTES_MAX)  # type: ignore[arg-type]
        except InvalidInput as error:
            self._note(edge, "warning", "BadFrame", f"unknown edge node, on {stream}: {error.field}: {error.detail}", error.fix)
            return False
        return isinstance(message, Hello | Beat)

    def _telemetry(self, edge: str, payload: bytes) -> None:
        if edge not in self._peers:
            return
        try:
            frame = _decode_telemetry(payload)
        except InvalidInput as error:
            self._note(edge, "warning", "BadTelemetry", f"{error.field}: {error.detail}", error.fix)
            return
        self._on_telemetry(edge, frame)

    def _presence(self, edge: str, payload: bytes) -> None:
        """A hint: an edge node that says hello is greeted at once, one that says goodbye is away at once."""
        if not payload:
            return
        try:
            state = str(codec.decode(payload, dict).get("state", ""))
        except InvalidInput as error:
            self._note(edge, "warning", "BadPresence", f"{error.field}: {error.detail}", error.fix)
            return
        if state == "offline":
            self._goodbye.add(edge)
        elif state == "online":
            self._goodbye.discard(edge)
            if edge in self._peers:
                self._do(edge, self._peers[edge], self._peers[edge].link_up(time.time()))

    # ---- time ----

    async def _poll(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), POLL_S)
            self._wake.clear()
            now = time.time()
            for edge, peer in list(self._peers.items()):
                self._do(edge, peer, peer.poll(now))

    async def _judge(self) -> None:
        """Each second: which edge nodes are there?"""
        while True:
            await asyncio.sleep(JUDGE_S)
            now = time.time()
            for node in self._store.model.edges(site=self._site):
                name = node.metadata.name
                peer = self._peers.get(name)
                heard_at = peer.heard_at if peer is not None else None
                link = judge(heard_at, now, said_goodbye=name in self._goodbye)
                if link is Link.UNKNOWN and now - self._started_at > OFFLINE_S:
                    link = Link.OFFLINE
                status = with_link(node.status, link, heard_at=heard_at, backlog=peer.backlog if peer is not None else 0)
                if status is node.status:
                    continue
                ops: list[Op] = [PutStatus(Kind.EDGE_NODE, name, status)]
                if status.link != node.status.link:
                    ops += self._link_event(name, status.link)
                self._submit(ops)

    def _link_event(self, edge: str, link: str) -> list[Op]:
        if link == Link.OFFLINE:
            robots = [r for r in self._store.model.of_kind(Kind.ROBOT) if r.spec.edge in ("", edge)]
            text = f"edge node {edge} is away; {len(robots)} robots are seen through it. They go on with what they have."
            return [_event("alarm", "EdgeOffline", edge, text, "see that it runs and reaches the cloud's broker")]
        return [_event("info", "EdgeOnline", edge, f"edge node {edge} is there")] if link == Link.ONLINE else []

    def _note(self, edge: str, level: str, reason: str, message: str, fix: str = "") -> None:
        """An event, but not the same complaint again and again."""
        self.bad_messages += level != "info"
        now = time.time()
        if now - self._complained.get((edge, reason), 0.0) < COMPLAIN_S:
            return
        if len(self._complained) > EDGES_MAX:
            self._complained.clear()
        self._complained[(edge, reason)] = now
        self._submit([_event(level, reason, edge[:NAME_CHARS_MAX], message[:500], fix)])

    def _submit(self, ops: Sequence[Op]) -> None:
        try:
            self._store.submit(ops)
        except FleetError as error:
            log.warning("not stored: %s", error)


def _event(level: str, reason: str, edge: str, message: str, fix: str = "") -> AddEvent:
    happened: dict[str, Any] = {"level": level, "reason": reason, "subject": f"EdgeNode/{edge}", "message": message, "fix": fix}
    return AddEvent(Event(id=uuid.uuid4().hex, at=time.time(), **happened))


def _presence(state: str) -> bytes:
    return codec.encode({"state": state, "at": time.time()})


def _decode_telemetry(payload: bytes) -> Telemetry:
    """JSON or msgpack; all columns of one length. Raises InvalidInput."""
    if payload[:1] == b"{":
        frame = codec.decode(payload, Telemetry, bytes_max=TELEMETRY_BYTES_MAX)
    elif len(payload) > TELEMETRY_BYTES_MAX:
        raise TooLarge(f"{len(payload)} bytes", fix=f"send at most {TELEMETRY_BYTES_MAX}")
    else:
        try:
            frame = msgspec.msgpack.decode(payload, type=Telemetry)
        except msgspec.ValidationError as error:
            raise codec.from_validation_error(error) from None
        except msgspec.DecodeError as error:
            raise InvalidInput(f"neither JSON nor msgpack: {error}", field="$", fix="send wire.Telemetry") from None
    rows = len(frame.robots)
    columns = (frame.x_m, frame.y_m, frame.theta_rad, frame.battery_pct, frame.activity, frame.loaded, frame.age_s)
    if any(len(column) != rows for column in columns):
        raise InvalidInput("columns differ in length", field="robots", fix="one value a robot in each column")
    return frame
