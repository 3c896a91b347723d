"""The cloud's end of the line to its edge nodes: one SyncMachine for each, over one MQTT connection.

This shell keeps Rule W: what a batch of effects wants stored is committed before the batch's frames go out; a delivered
batch and its cursor are one transaction. Telemetry passes by, unstored. A stop may take the short way (`send_now`).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import uuid
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from cloud.core.changes import Applied, Op, PutStatus, Send
from cloud.core.inbound import inbound_ops
from cloud.core.links import OFFLINE_S, Link, judge, with_link
from cloud.core.placement import store_replaced_ops
from cloud.hub.answers import current, outlived, snapshot_items
from cloud.hub.reports import join_ops, link_event, picked_ops, presence, quarantine_ops, store_replaced_event
from cloud.hub.telemetry import decode_telemetry
from cloud.store.backups import Cursors, EdgeCursors
from cloud.store.database import EdgePersist, PeerRows
from cloud.store.store import Store
from fleet.contracts import codec, manifest, topics
from fleet.contracts.errors import Conflict, FleetError, InvalidInput, NotFound, QueueFull, TooLarge, Transient
from fleet.contracts.resources import NAME_CHARS_MAX, Kind
from fleet.contracts.wire import ControlCommand, DeleteResource, RefillDone, Telemetry
from fleet.sync import effects as fx
from fleet.sync.frames import Control, Hello
from fleet.sync.machine import FRAME_BYTES_MAX, ROW_BYTES_MAX, Admission, Role, SyncMachine, View
from fleet_io.clock import BootClock
from fleet_io.mqtt import Incoming, MqttLink, MqttSettings, Will

log = logging.getLogger("drover.cloud.hub")

POLL_S = 0.1
JUDGE_S = 1.0
#: The whole view of a link is taken, and written where it changed, every so many JUDGE_S; old history is looked for less often.
LOOK_ROUNDS = 5
TIDY_ROUNDS = 60
#: Edge nodes of one site; one more is refused.
EDGES_MAX = 1_000
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
        self._clock = BootClock()  # a wall clock that is set must not upset timers and leases
        self._site = site
        self._on_telemetry = on_telemetry
        self._peers: dict[str, SyncMachine] = {}
        self._due: dict[str, float] = {}
        self._retired: dict[str, SyncMachine] = {}  # of edge nodes that were deleted, should they come back
        self._admission = Admission()
        self._restoring = False
        self._goodbye: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._complained: dict[tuple[str, str], float] = {}
        self._wake = asyncio.Event()
        self._started_at = self._clock()
        self.bad_messages = 0
        self._link = MqttLink(
            settings,
            client_id=f"drover-hub-{site}",
            on_message=self._received,
            subscriptions=[(f"fleet/v1/{topics.level(site)}/+/{what}", 1) for what in ("up/+", "presence")],
            will=lambda: Will(topics.hub_presence(site), presence("lost")),
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
            self._link.publish(topics.hub_presence(self._site), presence("offline"), qos=1, retain=True)

        await self._link.stop(last_words=last_words)

    def send_now(self, control: ControlCommand) -> list[str]:
        """Straight to all edge nodes, past database and queues. The names of those that the broker took it for."""
        payload = codec.encode(control)
        return [e for e in self._peers if self._link.publish(topics.sync_down(self._site, e, STREAM_NOW), payload, qos=1)]

    # ---- the store's outbox ----

    def check(self, sends: Sequence[Send]) -> None:
        waiting: dict[str, int] = {}
        for send in sends:
            size = len(codec.encode(send.message))
            waiting[send.edge] = waiting.get(send.edge, 0) + size
            if size > ROW_BYTES_MAX:
                raise TooLarge(f"{send.key}: {size} bytes", field="spec", fix=f"an edge node takes at most {ROW_BYTES_MAX} bytes")
        for edge, bytes_ in waiting.items():
            peer = self._peers.get(edge)
            if peer is not None and not peer.room(bytes_):
                raise QueueFull(f"{peer.backlog} messages wait for edge node {edge!r}", fix="bring it back, or delete it")
            if peer is None and len(self._peers) >= EDGES_MAX:
                raise QueueFull(f"{EDGES_MAX} edge nodes", field="metadata.name", fix="delete one first")

    def enqueue(self, sends: Sequence[Send], now: float) -> list[EdgePersist]:
        return [
            EdgePersist(send.edge, effect)
            for send in sends
            for effect in self._peer(send.edge).enqueue(
                send.stream, send.key, send.message, now, gone=isinstance(send.message, DeleteResource)
            )
        ]

    def reload(self, peers: dict[str, PeerRows]) -> None:
        here = {e.metadata.name for e in self._store.model.edges(site=self._site)}
        self._peers, self._due = {}, {}
        self._retired = {name: self._machine(name, rows) for name, rows in peers.items() if name not in here}
        for name in sorted(here):
            self._peer(name, peers.get(name))
        if self._link.connected:
            self._connected()

    # ---- peers ----

    def _peer(self, edge: str, rows: PeerRows | None = None) -> SyncMachine:
        found = self._peers.get(edge)
        if found is None:
            found = self._retired.pop(edge, None) or self._machine(edge, rows)
            self._peers[edge] = found
            if self._link.connected:
                self._do(edge, found, found.link_up(self._clock()))
        return found

    def _machine(self, edge: str, rows: PeerRows | None) -> SyncMachine:
        return SyncMachine(
            Role.HUB,
            me="cloud",
            peer=edge,
            identity=self._store.identity,
            stored=rows.stored if rows else None,
            values=rows.values if rows else None,
            entries=rows.entries if rows else (),
            admission=self._admission,
            now=self._clock(),
        )

    def _changed(self, applied: Applied) -> None:
        for resource in applied.removed:
            name = resource.metadata.name
            if resource.kind is Kind.EDGE_NODE and (peer := self._peers.pop(name, None)) is not None:
                self._store.persist(name, peer.retire(self._clock()))
                self._retired[name] = peer
        for edge in {send.edge for send in applied.sends}:
            self._wake_up(edge)

    def _do(self, edge: str, peer: SyncMachine, effects: Sequence[fx.Effect]) -> None:
        """Store, then send: Rule W for one batch."""
        stored: list[fx.Persist | fx.DeadLetter] = []
        frames: list[fx.Send] = []
        asked: list[fx.Effect] = []
        for effect in effects:
            match effect:
                case fx.Send():
                    frames.append(effect)
                case fx.Note():
                    self._note(edge, effect.level, effect.reason, effect.message, effect.fix)
                case fx.DeadLetter():
                    stored.append(effect)
                    self._note(edge, "warning", "DeadLetter", f"{effect.stream} {effect.seq} ({effect.key}): {effect.reason}")
                case (
                    fx.Deliver()
                    | fx.LoadRows()
                    | fx.NeedSnapshot()
                    | fx.Resync()
                    | fx.StoreReplaced()
                    | fx.Quarantined()
                    | fx.HubRestored()
                    | fx.Refill()
                ):
                    asked.append(effect)
                case _:
                    stored.append(effect)
        replaced = next((e for e in asked if isinstance(e, fx.StoreReplaced)), None)
        if replaced is not None:
            # said once only: what follows from it is stored with it, or neither is
            written = self._replaced(edge, replaced, stored)
            asked.remove(replaced)
        elif stored:
            written = self._store.persist(edge, stored)
        else:
            written = None
            self._publish(edge, frames)
        if written is not None:
            written.add_done_callback(lambda done: self._stored(done, edge, peer, frames))
        for effect in asked:
            self._answer(edge, peer, effect)
        self._due[edge] = peer.due_at()

    def _answer(self, edge: str, peer: SyncMachine, effect: fx.Effect) -> None:
        model, now = self._store.model, self._clock()
        match effect:
            case fx.Deliver():
                self._deliver(edge, peer, effect)
            case fx.LoadRows():
                self._spawn(self._load(edge, peer, effect))
            case fx.NeedSnapshot(stream):
                self._do(edge, peer, peer.snapshot(stream, list(snapshot_items(model, edge, self._site)), now))
            case fx.Resync(stream, keys):
                for key, message in current(model, edge, self._site, keys):
                    gone = isinstance(message, DeleteResource)
                    self._store.persist(edge, peer.enqueue(stream, key, message, now, gone=gone, force=True))
                self._wake_up(edge)
            case fx.Quarantined(reason, candidates):
                self._submit(quarantine_ops(model, edge, reason, candidates))
            case fx.HubRestored(evidence, epoch):
                self._spawn(self._restored(evidence, epoch))

    def _replaced(
        self, edge: str, effect: fx.StoreReplaced, stored: Sequence[fx.Persist | fx.DeadLetter]
    ) -> asyncio.Future[None]:
        """The edge node's store is a new one: what it had in hand is of unknown fate."""
        ops = [*store_replaced_ops(self._store.model, edge, self._clock()), *store_replaced_event(edge, effect)]
        persist = [EdgePersist(edge, each) for each in stored]
        try:
            return self._store.submit(ops, persist=persist)[1]
        except FleetError as error:
            log.error("%s: what follows from its new store is not stored: %s", edge, error)
            return self._store.persist(edge, stored)

    async def _load(self, edge: str, peer: SyncMachine, ask: fx.LoadRows) -> None:
        try:
            rows = await self._store.read_rows(edge, ask)
        except FleetError as error:
            log.warning("%s: rows not read: %s", edge, error)
            return
        if self._peers.get(edge) is peer:
            self._do(edge, peer, peer.loaded(ask, rows, self._clock()))

    async def _restored(self, evidence: str, epoch: int) -> None:
        """This database is an older copy: become another store, and let the edge nodes tell what they know."""
        if self._restoring:
            return
        self._restoring = True
        try:
            await self._store.raise_epoch(epoch)
            text = f"this database is an older copy: {evidence}. The edge nodes are asked for what they know"
            fix = "look at what was done since the backup: users' commands of that time are not kept at edge nodes"
            self._submit([link_event("alarm", "HubRestored", "", text, fix)])
        except FleetError as error:
            log.error("no new epoch yet (it is tried again with the next greeting): %s", error)
        finally:
            self._restoring = False

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _wake_up(self, edge: str) -> None:
        self._due[edge] = 0.0
        self._wake.set()

    def _stored(self, done: asyncio.Future[None], edge: str, peer: SyncMachine, frames: Sequence[fx.Send]) -> None:
        if not done.cancelled() and done.exception() is None and self._peers.get(edge) is peer:
            self._publish(edge, frames)

    def _publish(self, edge: str, frames: Sequence[fx.Send]) -> None:
        for frame in frames:
            self._link.publish(topics.sync_down(self._site, edge, frame.stream), frame.payload, qos=frame.qos)

    def _deliver(self, edge: str, peer: SyncMachine, effect: fx.Deliver) -> None:
        ops: list[Op] = []
        if self._store.model.get(Kind.EDGE_NODE, edge) is None:
            ops += join_ops(edge, self._site)
        now = self._clock()
        ops += inbound_ops(effect.items, edge=edge, site=self._site, model=self._store.model, now=now)
        try:
            _, written = self._store.submit(ops, persist=[EdgePersist(edge, each) for each in effect.persist])
        except FleetError as error:
            log.warning("%s: %s of %s not taken: %s", edge, effect.seq, effect.stream, error)
            self._do(edge, peer, peer.failed(effect.stream, effect.seq, now, poison=not isinstance(error, Transient)))
            return
        written.add_done_callback(lambda done: self._delivered(done, edge, peer, effect))

    def _delivered(self, done: asyncio.Future[None], edge: str, peer: SyncMachine, effect: fx.Deliver) -> None:
        if peer not in (self._peers.get(edge), self._retired.get(edge)) or done.cancelled():
            return
        now = self._clock()
        if done.exception() is not None:
            self._do(edge, peer, peer.failed(effect.stream, effect.seq, now))
            return
        self._do(edge, peer, peer.committed(effect.stream, effect.seq, now))
        for item in effect.items:
            if isinstance(item.message, RefillDone):
                self._do(edge, peer, peer.refilled(item.message.hub, now))

    # ---- the link ----

    def _connected(self) -> None:
        self._link.publish(topics.hub_presence(self._site), presence("online"), qos=1, retain=True)
        now = self._clock()
        for edge, peer in list(self._peers.items()):
            self._do(edge, peer, peer.link_up(now))

    def _disconnected(self) -> None:
        now = self._clock()
        for peer in self._peers.values():
            peer.link_down(now)

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
            self._submit(join_ops(edge, self._site))
        peer = self._peer(edge)
        self._goodbye.discard(edge)
        self._do(edge, peer, peer.receive(stream, payload, self._clock()))

    def _introduces(self, edge: str, stream: str, payload: bytes) -> bool:
        """Only a sound hello makes an unknown sender an edge node: noise on a topic must not change the site."""
        if stream != "ctl":
            return False
        try:
            manifest.check_name(edge, field="topic")
            message: Control = codec.decode(payload, Control, bytes_max=FRAME_BYTES_MAX)  # type: ignore[arg-type]
        except InvalidInput as error:
            self._note(edge, "warning", "BadFrame", f"unknown edge node, on {stream}: {error.field}: {error.detail}", error.fix)
            return False
        return isinstance(message, Hello) and message.edge == edge

    def _telemetry(self, edge: str, payload: bytes) -> None:
        if edge not in self._peers:
            return
        try:
            frame = decode_telemetry(payload)
        except InvalidInput as error:
            self._note(edge, "warning", "BadTelemetry", f"{error.field}: {error.detail}", error.fix)
            return
        self._on_telemetry(edge, frame)

    def _presence(self, edge: str, payload: bytes) -> None:
        """A hint: an edge node that says goodbye is away at once."""
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
            self._goodbye.discard(edge)  # it says hello by itself

    # ---- time ----

    async def _poll(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), POLL_S)
            self._wake.clear()
            now = self._clock()
            for edge in [e for e, at in self._due.items() if at <= now]:
                peer = self._peers.get(edge)
                if peer is None:
                    del self._due[edge]
                else:
                    self._do(edge, peer, peer.poll(now))

    async def _judge(self) -> None:
        """Each second: which edge nodes are there? Each one is looked at closely every LOOK_ROUNDS, in turn."""
        rounds = 0
        while True:
            await asyncio.sleep(JUDGE_S)
            now, rounds = self._clock(), rounds + 1
            for place, node in enumerate(self._store.model.edges(site=self._site)):
                name = node.metadata.name
                peer = self._peers.get(name)
                if peer is not None and (place + rounds) % TIDY_ROUNDS == 0:
                    self._tidy(name, peer)
                heard_at = peer.heard_at if peer is not None else None
                link = judge(heard_at, now, said_goodbye=name in self._goodbye)
                if link is Link.UNKNOWN and now - self._started_at > OFFLINE_S:
                    link = Link.OFFLINE
                word = Link.ONLINE if link is Link.SUSPECT else link
                if word == node.status.link and (place + rounds) % LOOK_ROUNDS:
                    continue
                status = with_link(node.status, link, heard_at=heard_at, view=peer.view(now) if peer is not None else None)
                if status is node.status:
                    continue
                ops: list[Op] = [PutStatus(Kind.EDGE_NODE, name, status)]
                if status.link != node.status.link:
                    ops += self._link_event(name, status.link)
                self._submit(ops)

    # ---- for people and for the core ----

    def view(self, edge: str) -> View | None:
        """The cloud's side of this link."""
        peer = self._peers.get(edge)
        return peer.view(self._clock()) if peer is not None else None

    def renewals(self) -> dict[str, float]:
        """Edge node -> when its last lease renewal was answered (Unix seconds of this process)."""
        return {e: at for e, p in self._peers.items() if (at := p.renewal_heard_at) is not None}

    def accept(self, edge: str, boot: str) -> None:
        """An operator picks one copy of a quarantined edge node. Raises NotFound, Conflict."""
        peer = self._peers.get(edge)
        if peer is None:
            raise NotFound(f"no edge node {edge!r}", field="name", fix="see drover edges")
        self._do(edge, peer, peer.accept(boot, uuid.uuid4().hex, self._clock()))
        self._submit(picked_ops(self._store.model, edge, boot))

    def cursors(self) -> Cursors:
        """What is committed here. Taken before a backup is made, it is in that backup."""
        of = {edge: EdgeCursors(peer.peer_store, peer.cursors) for edge, peer in self._peers.items()}
        return Cursors(self._store.identity.store_id, of)

    def checkpointed(self, cursors: Cursors) -> None:
        """Up to here it is in a backup: edge nodes need not keep it any longer. Raises Conflict: it is of another database."""
        if cursors.hub != self._store.identity.store_id:
            raise Conflict("the database has been restored since", fix="make a new backup")
        now = self._clock()
        for edge, theirs in cursors.of.items():
            peer = self._peers.get(edge)
            if peer is not None and peer.peer_store == theirs.store_id:  # a new store counts from 1
                self._do(edge, peer, peer.checkpoint(theirs.seqs, now))

    def _tidy(self, edge: str, peer: SyncMachine) -> None:
        """Missions that ended long ago are history, and history is kept here only."""
        now = self._clock()
        for key, message in outlived(self._store.model, edge, self._site, peer.held("cfg")):
            self._store.persist(edge, peer.enqueue("cfg", key, message, now, gone=True))
            self._wake_up(edge)

    def _link_event(self, edge: str, link: str) -> list[Op]:
        if link == Link.OFFLINE:
            robots = [r for r in self._store.model.of_kind(Kind.ROBOT) if r.spec.edge in ("", edge)]
            text = f"edge node {edge} is away; {len(robots)} robots are seen through it. They go on with what they have."
            return [link_event("alarm", "EdgeOffline", edge, text, "see that it runs and reaches the cloud's broker")]
        return [link_event("info", "EdgeOnline", edge, f"edge node {edge} is there")] if link == Link.ONLINE else []

    def _note(self, edge: str, level: str, reason: str, message: str, fix: str = "") -> None:
        """An event, but not the same complaint again and again."""
        self.bad_messages += level != "info"
        now = self._clock()
        if now - self._complained.get((edge, reason), 0.0) < COMPLAIN_S:
            return
        if len(self._complained) > EDGES_MAX:
            self._complained.clear()
        self._complained[(edge, reason)] = now
        self._submit([link_event(level, reason, edge[:NAME_CHARS_MAX], message[:500], fix)])

    def _submit(self, ops: Sequence[Op]) -> None:
        try:
            self._store.submit(ops)
        except FleetError as error:
            log.warning("not stored: %s", error)
