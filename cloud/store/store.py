"""The cloud's truth: a model in memory, written through to SQL before anybody is told.

Decisions are made on the event loop, one after the other, on the newest model (`apply`); the SQL runs in the writer
thread; `commit` returns, and watchers hear of it, only after the transaction is on the disk. Outbox rows for the edge
nodes are part of the same transaction (`outbox`, set by the hub).
"""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from cloud.core.apply import apply
from cloud.core.changes import Applied, Change, Op, Send
from cloud.core.model import Model
from cloud.store.database import Batch, Database, EdgePersist, Loaded, PeerRows
from cloud.store.writer import Writer
from fleet.contracts.audit import AuditEntry
from fleet.contracts.errors import FleetError
from fleet.contracts.resources import Kind
from fleet.sync.effects import DeadLetter, LoadRows, Persist, Row
from fleet.sync.machine import Identity

log = logging.getLogger("drover.cloud.store")

#: After a failed commit the store looks for its database again this often, in seconds.
RELOAD_S = 2.0


class Outbox(Protocol):
    """The hub's sync machines, as the store sees them."""

    def check(self, sends: Sequence[Send]) -> None:
        """Raises QueueFull or TooLarge if one of these could not be enqueued."""

    def enqueue(self, sends: Sequence[Send], now: float) -> list[EdgePersist]:
        """Take them in; what to store with the change."""

    def reload(self, peers: dict[str, PeerRows]) -> None:
        """The memory was ahead of the database: begin again from its rows."""


class _NoOutbox:
    """Before a hub is attached (unit tests, tools): nothing is sent."""

    def check(self, sends: Sequence[Send]) -> None:
        pass

    def enqueue(self, sends: Sequence[Send], now: float) -> list[EdgePersist]:
        return []

    def reload(self, peers: dict[str, PeerRows]) -> None:
        pass


class Store:
    """Open with `await Store.open(url)`, end with `await close()`. `model` is for reading only."""

    def __init__(self, database: Database, loaded: Loaded, *, clock: Callable[[], float]) -> None:
        self._database = database
        self._writer = Writer(database, asyncio.get_running_loop())
        self._clock = clock
        self._watchers: list[Callable[[Applied], None]] = []
        self._reload: asyncio.Task[None] | None = None
        self.model: Model = loaded.model
        self.peers: dict[str, PeerRows] = loaded.peers
        self.identity: Identity = loaded.identity
        self.outbox: Outbox = _NoOutbox()
        self._writer.start()

    @classmethod
    async def open(cls, url: str, *, clock: Callable[[], float] = time.time) -> Store:
        """`url`: SQLAlchemy URL. Raises InvalidInput, Transient."""
        database = Database(url)
        await asyncio.to_thread(database.open)
        return cls(database, await asyncio.to_thread(database.load), clock=clock)

    async def close(self) -> None:
        if self._reload is not None:
            self._reload.cancel()
        await asyncio.to_thread(self._writer.stop)
        await asyncio.to_thread(self._database.close)

    def watch(self, watcher: Callable[[Applied], None]) -> Callable[[], None]:
        """Call `watcher` after each commit, in order, on the event loop; the answer ends that."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    async def commit(self, ops: Sequence[Op] | Change, *, persist: Sequence[EdgePersist] = ()) -> Applied:
        """Decide and write; all or nothing. `persist`: the sync machine's rows that belong to this change.

        Raises Conflict, NotFound, QueueFull, TooLarge: nothing was changed. Transient: the database failed.
        """
        applied, done = self.submit(ops, persist=persist)
        await asyncio.shield(done)
        return applied

    def submit(self, ops: Sequence[Op] | Change, *, persist: Sequence[EdgePersist] = ()) -> tuple[Applied, asyncio.Future[None]]:
        """As `commit`, without waiting: the decision is made and its place in the order of writes is taken."""
        change = ops if isinstance(ops, Change) else Change(tuple(ops))
        self._writer.check_room()
        now = self._clock()
        applied = apply(self.model, change, now=now, new_uid=lambda: uuid.uuid4().hex, hub_epoch=self.hub_epoch)
        sends = tuple(s for s in applied.sends if not self._is_gone(s.edge, applied))
        self.outbox.check(sends)
        rows = (*persist, *self.outbox.enqueue(sends, now))
        if applied.empty and not rows:
            done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            done.set_result(None)
            return applied, done
        self.model.fold(applied)
        forget = tuple(r.metadata.name for r in applied.removed if r.kind is Kind.EDGE_NODE)
        written = self._writer.put(Batch(applied=applied, persist=tuple(rows), forget=forget, at=now))
        written.add_done_callback(lambda future: self._written(future, applied))
        return applied, written

    def persist(self, edge: str, effects: Sequence[Persist | DeadLetter]) -> asyncio.Future[None]:
        """Store what a sync machine asks for; the future ends after the commit (and after all earlier ones)."""
        rows = tuple(EdgePersist(edge, effect) for effect in effects)
        written = self._writer.put(Batch(persist=rows, at=self._clock()))
        written.add_done_callback(lambda future: self._written(future, None))
        return written

    @property
    def hub_epoch(self) -> int:
        """Rises when this database turns out to be an older copy; fences of a higher epoch are higher."""
        return self.identity.hub_epoch

    async def read_rows(self, edge: str, ask: LoadRows) -> list[Row]:
        """Outbox rows, behind all writes that were asked for before. Raises Transient."""
        await asyncio.shield(self._writer.put(Batch(at=self._clock())))
        return await asyncio.to_thread(self._database.read_rows, edge, ask)

    async def dead_letters(self, edge: str, limit: int = 100) -> list[dict[str, Any]]:
        return await asyncio.to_thread(self._database.dead_letters, edge, limit)

    async def audit(self, limit: int, *, before: int = 0, command: str = "") -> list[AuditEntry]:
        """As Database.audit, behind all writes that were asked for before. Raises Transient."""
        await asyncio.shield(self._writer.put(Batch(at=self._clock())))
        return await asyncio.to_thread(self._database.audit, limit, before, command)

    async def backup(self, path: Path) -> int:
        """All that is committed up to now (and perhaps a little more) in a new file; its bytes. Raises as copy_sqlite."""
        await asyncio.shield(self._writer.put(Batch(at=self._clock())))
        return await asyncio.to_thread(self._database.backup, path)

    async def raise_epoch(self, above: int = 0) -> None:
        """After HubRestored: become another store, of an epoch above `above`, and begin again from the database."""
        await asyncio.shield(self._writer.put(Batch(at=self._clock())))
        await asyncio.to_thread(self._database.raise_epoch, above)
        loaded = await asyncio.to_thread(self._database.load)
        self.identity, self.peers = loaded.identity, loaded.peers
        self.outbox.reload(loaded.peers)

    def _is_gone(self, edge: str, applied: Applied) -> bool:
        return any(r.kind is Kind.EDGE_NODE and r.metadata.name == edge for r in applied.removed)

    def _written(self, future: asyncio.Future[None], applied: Applied | None) -> None:
        if future.cancelled() or future.exception() is not None:
            if self._reload is None or self._reload.done():
                self._reload = asyncio.get_running_loop().create_task(self._begin_again())
            return
        if applied is None:
            return
        for watcher in list(self._watchers):
            try:
                watcher(applied)
            except Exception:
                log.exception("a watcher failed")

    async def _begin_again(self) -> None:
        """Memory is ahead of the database: wait for the database and take its word."""
        while True:
            await asyncio.sleep(RELOAD_S)
            try:
                loaded = await asyncio.to_thread(self._database.load)
            except FleetError as error:
                log.error("still no database: %s", error)
                continue
            self.model, self.peers, self.identity = loaded.model, loaded.peers, loaded.identity
            self.outbox.reload(loaded.peers)
            self._writer.resume()
            log.warning("the database is back; its state was loaded again")
            return


def sqlite_url(data_dir: Path) -> str:
    """The default database."""
    data_dir.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{data_dir / 'cloud.db'}"
