"""The core and the sync machine with their memory: what they decide is committed before anything of it leaves the process.

One Batch holds all that one call of the core (or of the machine) asked for. Batches that gather while a commit runs share
the next transaction (group commit) and leave in order. A commit that fails ends the process (after the ballast is used up,
where the disk is full): the core would be ahead of its memory, and a restart from the store is the one state that is certainly
consistent.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from edge_node.core.edge import EdgeCore
from edge_node.core.effects import DeleteResource, Effect, Emit, NeedPlan, Publish, PutResource, Section, Tell
from edge_node.store import statements as sql
from edge_node.store.ballast import BALLAST_PAGES, Ballast, is_full
from edge_node.store.database import Database, Remembered, Tomb, kind_of
from edge_node.store.quota import limits_for
from edge_node.store.refill import refill_messages
from edge_node.store.statements import EVENTS_MAX, TRIM_EVERY, Statement
from fleet.autonomy.rate import RateMeter
from fleet.contracts import manifest
from fleet.contracts.errors import FleetError
from fleet.contracts.resources import AnyResource, Kind
from fleet.contracts.wire import ApplyResource, ControlCommand, Event, Revoke, StatusGone, StatusReport, Up
from fleet.contracts.wire import DeleteResource as DeleteMessage
from fleet.sync import effects as fx
from fleet.sync.machine import Limits, Role, SyncMachine

log = logging.getLogger("drover.edge.keeper")

T = TypeVar("T")

#: A commit waits so long for more rows to share its fsync, unless so many statements are there already.
GROUP_S = 0.005
GROUP_STATEMENTS = 50
#: Under this key stands how fast the queue to the cloud was filled, in bytes per second, for the next start.
RATE_KEY = "queue_bytes_per_s"
#: What a row takes in the store beside its body, in bytes.
ROW_BYTES = 80


@dataclass
class Batch:
    """`statements` are committed, then the rest happens in this order. `cause`: what the shell says it follows from."""

    statements: list[Statement] = field(default_factory=list)
    publishes: list[Publish] = field(default_factory=list)
    frames: list[fx.Send] = field(default_factory=list)
    delivered: list[fx.Deliver] = field(default_factory=list)
    loads: list[fx.LoadRows] = field(default_factory=list)
    changed: list[AnyResource] = field(default_factory=list)
    removed: list[DeleteResource] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    done: asyncio.Future[None] | None = None
    cause: object = None

    @property
    def empty(self) -> bool:
        return not (
            self.statements
            or self.publishes
            or self.frames
            or self.delivered
            or self.loads
            or self.changed
            or self.removed
            or self.events
        )


class Keeper:
    """`to_robots`, `to_cloud`: how a committed batch leaves. `watchers`: told of each batch after its commit."""

    def __init__(
        self,
        data: Database,
        core: EdgeCore,
        machine: SyncMachine,
        clock: Callable[[], float],
        events: Sequence[Event] = (),
        tombs: Sequence[Tomb] = (),
        limits: Limits | None = None,
    ) -> None:
        self.core = core
        self.machine = machine
        self.events: deque[Event] = deque(events, maxlen=EVENTS_MAX)
        self.to_robots: Callable[[Publish], None] = lambda publish: None
        self.to_cloud: Callable[[fx.Send], None] = lambda send: None
        self.to_planner: Callable[[NeedPlan], None] = lambda need: None
        self.watchers: list[Callable[[Batch], None]] = []
        self.clock = clock
        self.refused_rows = 0
        self.disk_full = False
        self._tombs = {(t.kind, t.name): t for t in tombs}
        self._data = data
        self._ballast = Ballast(data.path.parent)
        self._queue: deque[Batch] = deque()
        self._wake = asyncio.Event()
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="edge-store")
        self._events_made = 0
        self.rate_stored = data.number(RATE_KEY)
        self.meter = RateMeter(clock(), self.rate_stored)
        self.directory = data.path.parent
        self.limits = limits or Limits()

    @classmethod
    def open(
        cls,
        data: Database,
        *,
        site: str,
        edge: str,
        clock: Callable[[], float],
        note: str = "",
        limits: Limits | None = None,
    ) -> Keeper:
        """Everything as the store remembers it. `note`: what happened to the store, for the event list.

        `limits`: how much may wait for the cloud; by default a share of the disk (quota.py).
        """
        limits = limits or limits_for(data.path.parent)
        found: Remembered = data.load()
        core = EdgeCore(site=site, edge=edge, session=f"{found.identity.session}-{found.identity.boot}")
        machine = SyncMachine(
            Role.EDGE,
            me=edge,
            peer="cloud",
            identity=found.identity,
            stored=found.stored,
            values=found.sync_values,
            entries=found.entries,
            now=clock(),
            limits=limits,
        )
        keeper = cls(data, core, machine, clock, found.events, data.tombs(), limits)
        core.restore(found.resources, found.journal, clock(), found.values)
        if note:
            core.note("alarm", "StoreSalvaged", note, clock(), "see that the disk is sound; look at what the robots carry")
        keeper._take(Batch())
        return keeper

    # ---- changes ----

    def change(self, deed: Callable[[float], T], cause: object = None) -> T:
        """Let the core do something; what follows is stored and sent soon. Raises what the deed raises."""
        try:
            return deed(self.clock())
        finally:
            self._take(Batch(cause=cause))

    async def commit(self, deed: Callable[[float], T]) -> T:
        """The same, and wait until it is stored."""
        result = deed(self.clock())
        batch = Batch(done=asyncio.get_running_loop().create_future())
        self._take(batch)
        assert batch.done is not None
        await batch.done
        return result

    def set_value(self, key: str, value: str) -> None:
        """A small durable value of the shell itself."""
        self._queue.append(Batch(statements=[sql.set_value(key, value)]))
        self._wake.set()

    def sync(self, effects: Sequence[fx.Effect]) -> None:
        """What the machine asks for: rows to the store, then frames to the broker; deliveries to the core with their cursor."""
        batch = Batch()
        for effect in effects:
            match effect:
                case fx.Send():
                    batch.frames.append(effect)
                case fx.Deliver():
                    self._deliver(batch, effect)
                case fx.LoadRows():
                    batch.loads.append(effect)
                case fx.Resync(stream, keys):
                    self._resync(batch, stream, keys)
                case fx.Refill(hub):
                    for key, message in refill_messages(self.core, self._tombs.values(), hub):
                        self._enqueue(batch, "ev", key, message, vital=True)
                case fx.Note(level, reason, message, fix):
                    self.core.note(level, reason, message, self.clock(), fix)
                case fx.DeadLetter(stream, seq, key, reason):
                    batch.statements += sql.sync_statements(effect)
                    self.core.note("warning", "DeadLetter", f"{stream} {seq} ({key}) of the cloud: {reason}", self.clock())
                case fx.NeedSnapshot() | fx.HubRestored() | fx.StoreReplaced() | fx.Quarantined():
                    raise AssertionError(f"{type(effect).__name__} is the hub's")
                case _:
                    batch.statements += sql.sync_statements(effect)
        self._take(batch)

    # ---- the cloud's wishes ----

    def _deliver(self, batch: Batch, delivery: fx.Deliver) -> None:
        """One that can't be followed becomes an event and holds nobody up."""
        for item in delivery.items:
            now = self.clock()
            try:
                self._follow(batch, item, now)
            except FleetError as error:
                self.core.note("warning", "NotApplied", f"{item.key}: {error}", now, error.fix)
        batch.delivered.append(delivery)
        for persist in delivery.persist:
            batch.statements += sql.sync_statements(persist)

    def _follow(self, batch: Batch, item: fx.Delivered, now: float) -> None:
        match item.message:
            case ApplyResource(resource=document):
                resource = manifest.typed(document)
                self._tombs.pop((str(resource.kind), resource.metadata.name), None)
                self.core.apply(resource, now, by="cloud")
            case DeleteMessage(kind=kind, name=name):
                self._delete(batch, kind, name, now)
            case None:
                kind, _, name = item.key.partition("/")
                self._delete(batch, kind, name, now)
            case ControlCommand():
                self.core.control(item.message, now, by="cloud")
            case Revoke():
                self.core.revoke(item.message, now)

    def _delete(self, batch: Batch, word: str, name: str, now: float) -> None:
        kind = kind_of(word)
        here = {r.metadata.name: r for r in self.core.resources(kind)}.get(name)
        if here is None:
            return
        self.core.delete(kind, name, now, by="cloud")
        tomb = Tomb(word, name, here.metadata.generation + 1)
        self._tombs[(word, name)] = tomb
        batch.statements += sql.tomb(word, name, tomb.generation, now)

    # ---- the site's state for the cloud ----

    def _resync(self, batch: Batch, stream: str, keys: tuple[str, ...] | None) -> None:
        """The cloud's copy of our statuses differs, or is empty."""
        if keys is None:
            for kind in Kind:
                for resource in self.core.resources(kind):
                    self._report(batch, resource, force=True)
            return
        for key in keys:
            word, _, name = key.partition("/")
            found = {r.metadata.name: r for r in self.core.resources(Kind(word))}.get(name) if word in set(Kind) else None
            if found is not None:
                self._report(batch, found, force=True)
            else:
                self._enqueue(batch, stream, key, StatusGone(kind=word, name=name), gone=True, force=True)

    def _report(self, batch: Batch, resource: AnyResource, *, force: bool = False) -> None:
        self._enqueue(batch, "st", f"{resource.kind}/{resource.metadata.name}", _status_report(resource), force=force)

    def _enqueue(
        self, batch: Batch, stream: str, key: str, message: Up, *, gone: bool = False, force: bool = False, vital: bool = False
    ) -> None:
        try:
            found = self.machine.enqueue(stream, key, message, self.clock(), gone=gone, force=force, vital=vital)
        except FleetError as error:
            # the cloud has been away for very long: the site goes on, the cloud will miss this row
            self.refused_rows += 1
            if self.refused_rows == 1 or self.refused_rows % 1000 == 0:
                log.error("%d rows for the cloud refused: %s", self.refused_rows, error)
            return
        for persist in found:
            batch.statements += sql.sync_statements(persist)
            if isinstance(persist, fx.PutRow) and persist.row.seq:
                self.meter.add(len(persist.row.body) + ROW_BYTES, self.clock())

    # ---- batches ----

    def _take(self, batch: Batch) -> None:
        """Turn the core's effects into statements and messages, and queue the batch."""
        for effect in self.core.take_effects():
            self._add(batch, effect)
        if batch.empty and batch.done is None:
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
                    batch.statements.append(sql.put_resource(effect))
                    granted = section is Section.SPEC and resource.kind in (Kind.MISSION, Kind.TASK)
                    if section is Section.STATUS or granted:
                        # of work, also that a spec was taken is said (observed_generation)
                        self._report(batch, resource)
                    elif section is Section.MADE:
                        key = f"{resource.kind}/{resource.metadata.name}"
                        self._enqueue(batch, "ev", key, ApplyResource(resource=manifest.to_document(resource)), vital=True)
            case DeleteResource(kind, name, made):
                batch.removed.append(effect)
                batch.statements.append(sql.core_statement(effect))
                if made:
                    self._enqueue(batch, "ev", f"{kind}/{name}", DeleteMessage(kind=str(kind), name=name), vital=True)
                if effect.last is not None and self.machine.backlog:
                    # the cloud may not have its ending yet, and the row that would tell it gives way to the one below
                    self._enqueue(batch, "ev", f"{kind}/{name}", _status_report(effect.last), vital=True)
                self._enqueue(batch, "st", f"{kind}/{name}", StatusGone(kind=str(kind), name=name), gone=True)
            case Emit(event):
                self._emit(batch, event)
            case Tell(stream, key, message):
                self._enqueue(batch, stream, key, message, vital=True)
            case NeedPlan():
                self.to_planner(effect)
            case _:
                batch.statements.append(sql.core_statement(effect))

    def _emit(self, batch: Batch, event: Event) -> None:
        self.events.append(event)
        batch.events.append(event)
        self._events_made += 1
        batch.statements += sql.add_event(event, trim=self._events_made % TRIM_EVERY == 0)
        vital = event.level == "alarm" or event.subject.startswith(("Task/", "Mission/"))
        self._enqueue(batch, "ev", event.subject, event, vital=vital)

    # ---- the writer ----

    async def run(self) -> None:
        """Commit what gathers, until cancelled. Raises sqlite3.Error when the store can't be written."""
        self._ballast.make()
        while True:
            await self._wake.wait()
            self._wake.clear()
            if sum(len(b.statements) for b in self._queue) < GROUP_STATEMENTS:
                await asyncio.sleep(GROUP_S)
            await self.flush()

    async def flush(self) -> None:
        """Commit everything queued now and let it out."""
        while self._queue:
            batches = list(self._queue)
            self._queue.clear()
            statements = [s for batch in batches for s in batch.statements]
            if statements:
                await self._write(statements)
            for batch in batches:
                self._out(batch)
            for ask in [ask for batch in batches for ask in batch.loads]:
                await self._load(ask)

    async def _write(self, statements: Sequence[Statement]) -> None:
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._writer, self._data.write, statements)
        except sqlite3.Error as error:
            if not is_full(error) or not self._ballast.free():
                raise
            self.disk_full = True
            await loop.run_in_executor(self._writer, self._data.more_pages, BALLAST_PAGES)
            await loop.run_in_executor(self._writer, self._data.write, statements)
            text = "the disk is full; the reserve is in use: robots finish what they have, no new work is taken"
            self.change(lambda now: self.core.pressure(self.pressure, now))
            self.change(lambda now: self.core.note("alarm", "DiskFull", text, now, "make room on the edge node's disk"))

    def look_after_disk(self) -> None:
        """Now and then: make the ballast again when there is room."""
        if self.disk_full and self._ballast.make():
            self.disk_full = False
            self.change(lambda now: self.core.note("info", "DiskHasRoom", "the disk has room again", now))

    @property
    def pressure(self) -> float:
        """0 to 1: how full the queue to the cloud, or the disk, is."""
        return 1.0 if self.disk_full else self.machine.pressure

    async def _load(self, ask: fx.LoadRows) -> None:
        rows = await asyncio.get_running_loop().run_in_executor(self._writer, self._data.read_rows, ask)
        self.sync(self.machine.loaded(ask, rows, self.clock()))

    def _out(self, batch: Batch) -> None:
        for publish in batch.publishes:
            self.to_robots(publish)
        for frame in batch.frames:
            self.to_cloud(frame)
        for delivery in batch.delivered:
            self.sync(self.machine.committed(delivery.stream, delivery.seq, self.clock()))
        if batch.done is not None and not batch.done.done():
            batch.done.set_result(None)
        for watcher in self.watchers:
            watcher(batch)

    async def close(self) -> None:
        """Store what is left, and close the file."""
        await self.flush()
        self._writer.shutdown()
        self._data.close()


def _status_report(resource: AnyResource) -> StatusReport:
    meta = resource.metadata
    status = manifest.to_document(resource).get("status", {})
    return StatusReport(kind=str(resource.kind), name=meta.name, status=status, generation=meta.generation)
