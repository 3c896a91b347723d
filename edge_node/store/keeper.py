"""The core and the sync peer with their memory: what they decide is committed before anything of it leaves the process.

One Batch holds all that one call of the core (or of the peer) asked for. Batches that gather while a commit runs share
the next transaction (group commit) and leave in order. A commit that fails ends the process: the core would be ahead of
its memory, and a restart from the store is the one state that is certainly consistent.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from edge_node.core.edge import EdgeCore
from edge_node.core.effects import DeleteResource, Effect, Emit, NeedPlan, Publish, PutResource, Section
from edge_node.store import database
from edge_node.store.database import EVENTS_MAX, Database, Remembered, Statement
from fleet.contracts import manifest
from fleet.contracts.errors import FleetError, InvalidInput
from fleet.contracts.resources import AnyResource, Kind
from fleet.contracts.wire import ApplyResource, ControlCommand, Event, StatusReport, Up
from fleet.contracts.wire import DeleteResource as DeleteMessage
from fleet.sync.old import effects as fx
from fleet.sync.old.peer import Role, SyncPeer

log = logging.getLogger("drover.edge.keeper")

T = TypeVar("T")


@dataclass
class Batch:
    """`statements` are committed, then the rest happens in this order."""

    statements: list[Statement] = field(default_factory=list)
    publishes: list[Publish] = field(default_factory=list)
    frames: list[fx.Send] = field(default_factory=list)
    delivered: list[fx.Deliver] = field(default_factory=list)
    changed: list[AnyResource] = field(default_factory=list)
    removed: list[DeleteResource] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    done: asyncio.Future[None] | None = None

    @property
    def empty(self) -> bool:
        return not (self.statements or self.publishes or self.frames or self.delivered or self.changed or self.removed)


class Keeper:
    """`to_robots`, `to_cloud`: how a committed batch leaves. `watchers`: told of each batch after its commit."""

    def __init__(
        self, data: Database, core: EdgeCore, peer: SyncPeer, clock: Callable[[], float], events: Sequence[Event] = ()
    ) -> None:
        self.core = core
        self.peer = peer
        self.events: deque[Event] = deque(events, maxlen=EVENTS_MAX)
        self.to_robots: Callable[[Publish], None] = lambda publish: None
        self.to_cloud: Callable[[fx.Send], None] = lambda send: None
        self.to_planner: Callable[[NeedPlan], None] = lambda need: None
        self.watchers: list[Callable[[Batch], None]] = []
        self.clock = clock
        self._data = data
        self._queue: deque[Batch] = deque()
        self._wake = asyncio.Event()
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="edge-store")
        self.refused_rows = 0

    @classmethod
    def open(cls, data: Database, *, site: str, edge: str, clock: Callable[[], float]) -> Keeper:
        """Everything as the store remembers it."""
        found: Remembered = data.load()
        core = EdgeCore(site=site, edge=edge, session=found.session)
        peer = SyncPeer(
            Role.EDGE,
            me=edge,
            peer="cloud",
            store_id=found.store_id,
            session=found.session,
            rows=found.rows,
            values=found.sync_values,
        )
        keeper = cls(data, core, peer, clock, found.events)
        core.restore(found.resources, found.journal, clock(), found.values)
        keeper._take(Batch())
        return keeper

    # ---- changes ----

    def change(self, deed: Callable[[float], T]) -> T:
        """Let the core do something; what follows is stored and sent soon. Raises what the deed raises."""
        try:
            return deed(self.clock())
        finally:
            self._take(Batch())

    async def commit(self, deed: Callable[[float], T]) -> T:
        """The same, and wait until it is stored."""
        result = deed(self.clock())
        batch = Batch(done=asyncio.get_running_loop().create_future())
        self._take(batch)
        assert batch.done is not None
        await batch.done
        return result

    def sync(self, effects: Sequence[fx.Effect]) -> None:
        """What the peer asks for: rows to the store, then frames to the broker; deliveries to the core with their cursor."""
        batch = Batch()
        for effect in effects:
            match effect:
                case fx.Send():
                    batch.frames.append(effect)
                case fx.Deliver():
                    self._deliver(batch, effect)
                case fx.Resync():
                    self._resync(batch)
                case fx.Note(level, reason, message, fix):
                    self.core.note(level, reason, message, self.clock(), fix)
                case fx.DeadLetter(stream, seq, reason):
                    batch.statements += database.sync_statement(effect)
                    self.core.note("warning", "DeadLetter", f"{stream} {seq} of the cloud: {reason}", self.clock())
                case _:
                    batch.statements += database.sync_statement(effect)
        self._take(batch)

    def _deliver(self, batch: Batch, delivery: fx.Deliver) -> None:
        """The cloud's wishes; one that can't be followed becomes an event and holds nobody up."""
        for item in delivery.items:
            now = self.clock()
            try:
                self._follow(item.message, now)
            except FleetError as error:
                self.core.note("warning", "NotApplied", f"{item.key}: {error}", now, error.fix)
        batch.delivered.append(delivery)
        batch.statements += database.sync_statement(delivery.cursor)

    def _follow(self, message: object, now: float) -> None:
        match message:
            case ApplyResource(resource=document):
                self.core.apply(manifest.typed(document), now, by="cloud")
            case DeleteMessage(kind=kind, name=name):
                if name in {r.metadata.name for r in self.core.resources(_kind(kind))}:
                    self.core.delete(_kind(kind), name, now, by="cloud")
            case ControlCommand():
                self.core.control(message, now)

    def _resync(self, batch: Batch) -> None:
        """The cloud's store is new: all statuses again."""
        for kind in Kind:
            for resource in self.core.resources(kind):
                self._report(batch, resource)

    # ---- batches ----

    def _take(self, batch: Batch) -> None:
        """Turn the core's effects into statements and messages, and queue the batch."""
        for effect in self.core.take_effects():
            self._add(batch, effect)
        if batch.empty and batch.done is None and not batch.events:
            return
        self._queue.append(batch)
        self._wake.set()

    def _add(self, batch: Batch, effect: Effect) -> None:
        match effect:
            case Publish():
                batch.publishes.append(effect)
            case PutResource(resource, section, durable):
                batch.changed.append(resource)
                if durable:
                    batch.statements.append(database.put_resource(effect))
                    if section is Section.STATUS:
                        self._report(batch, resource)
                    elif section is Section.MADE:
                        key = f"{resource.kind}/{resource.metadata.name}"
                        self._enqueue(batch, "ev", key, ApplyResource(resource=manifest.to_document(resource)))
            case DeleteResource(kind, name, made):
                batch.removed.append(effect)
                batch.statements.append(database.core_statement(effect))
                if made:
                    self._enqueue(batch, "ev", f"{kind}/{name}", DeleteMessage(kind=str(kind), name=name))
            case Emit(event):
                self.events.append(event)
                batch.events.append(event)
                batch.statements += self._data.event(event)
                self._enqueue(batch, "ev", event.subject, event)
            case NeedPlan():
                self.to_planner(effect)
            case _:
                batch.statements.append(database.core_statement(effect))

    def _report(self, batch: Batch, resource: AnyResource) -> None:
        meta = resource.metadata
        report = StatusReport(
            kind=str(resource.kind),
            name=meta.name,
            status=manifest.to_document(resource).get("status", {}),
            at=self.clock(),
            generation=meta.generation,
        )
        self._enqueue(batch, "st", f"{resource.kind}/{meta.name}", report)

    def _enqueue(self, batch: Batch, stream: str, key: str, message: Up) -> None:
        try:
            for persist in self.peer.enqueue(stream, key, message, self.clock()):
                batch.statements += database.sync_statement(persist)
        except FleetError as error:
            # the cloud has been away for very long: the site goes on, the cloud will miss this row
            self.refused_rows += 1
            if self.refused_rows == 1 or self.refused_rows % 1000 == 0:
                log.error("%d rows for the cloud refused: %s", self.refused_rows, error)

    # ---- the writer ----

    async def run(self) -> None:
        """Commit what gathers, until cancelled. Raises sqlite3.Error when the store can't be written."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            await self.flush()

    async def flush(self) -> None:
        """Commit everything queued now and let it out."""
        while self._queue:
            batches = list(self._queue)
            self._queue.clear()
            statements = [s for batch in batches for s in batch.statements]
            if statements:
                await asyncio.get_running_loop().run_in_executor(self._writer, self._data.write, statements)
            for batch in batches:
                self._out(batch)

    def _out(self, batch: Batch) -> None:
        for publish in batch.publishes:
            self.to_robots(publish)
        for frame in batch.frames:
            self.to_cloud(frame)
        for delivery in batch.delivered:
            for answer in self.peer.committed(delivery.stream, delivery.seq, self.clock()):
                assert isinstance(answer, fx.Send)
                self.to_cloud(answer)
        if batch.done is not None and not batch.done.done():
            batch.done.set_result(None)
        for watcher in self.watchers:
            watcher(batch)

    async def close(self) -> None:
        """Store what is left, and close the file."""
        await self.flush()
        self._writer.shutdown()
        self._data.close()


def _kind(word: str) -> Kind:
    """Raises InvalidInput."""
    try:
        return Kind(word)
    except ValueError:
        raise InvalidInput(f"{word!r} is not a kind", field="kind", fix="use one of " + ", ".join(Kind)) from None
