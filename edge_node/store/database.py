"""The edge node's one SQLite file: WAL, synchronous FULL, one writer thread, many changes a transaction.

FULL means that a committed row survives a power cut; group commit keeps it fast (one fsync for all that has gathered).
"""

from __future__ import annotations

import logging
import sqlite3
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from edge_node.core.effects import DeleteJournal, DeleteResource, PutJournal, PutResource, PutValue
from fleet.contracts import codec, manifest
from fleet.contracts.errors import FleetError, InvalidInput
from fleet.contracts.resources import AnyResource
from fleet.contracts.wire import Event
from fleet.sync.old.effects import DeadLetter, DropRows, NumberRow, Persist, PutRow, Row, SetValue

log = logging.getLogger("drover.edge.store")

#: The newest events that are kept for the site's own list, and dead letters for whoever looks for a fault.
EVENTS_MAX = 5_000
DEAD_MAX = 500
#: Every so many events the oldest are thrown away.
TRIM_EVERY = 200

SCHEMA = """
CREATE TABLE IF NOT EXISTS state (kind TEXT NOT NULL, name TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (kind, name));
CREATE TABLE IF NOT EXISTS journal (robot TEXT PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS events (n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS outbox
    (stream TEXT NOT NULL, key TEXT NOT NULL, seq INTEGER NOT NULL, body BLOB NOT NULL, at REAL NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS outbox_waiting ON outbox (stream, key) WHERE seq = 0;
CREATE UNIQUE INDEX IF NOT EXISTS outbox_numbered ON outbox (stream, seq) WHERE seq > 0;
CREATE TABLE IF NOT EXISTS dead (n INTEGER PRIMARY KEY AUTOINCREMENT, stream TEXT, seq INTEGER, reason TEXT, body BLOB);
CREATE TABLE IF NOT EXISTS kv (key TEXT PRIMARY KEY, value TEXT NOT NULL);
PRAGMA user_version = 1;
"""

Statement = tuple[str, tuple[Any, ...]]


@dataclass
class Remembered:
    """All that is read at start. `session` is this start's number, already written down."""

    store_id: str
    session: int
    resources: list[AnyResource] = field(default_factory=list)
    journal: dict[str, bytes] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    sync_values: dict[str, str] = field(default_factory=dict)


class Database:
    """`write` runs in the writer thread; everything else before that thread begins or after it has ended."""

    def __init__(self, path: Path) -> None:
        """Raises InvalidInput when the file can't be opened as ours; it is never deleted or repaired by itself."""
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5.0)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.executescript(SCHEMA)
            problem = self._db.execute("PRAGMA quick_check(1)").fetchone()[0]
        except sqlite3.Error as error:
            raise InvalidInput(f"{path}: {error}", field="data", fix="move the file away, or give another --data") from None
        if problem != "ok":
            raise InvalidInput(f"{path} is damaged: {problem}", field="data", fix="move the file away; the cloud fills a new one")
        self._events = 0

    def load(self) -> Remembered:
        """Read everything, and count this start."""
        kv: dict[str, str] = dict(self._db.execute("SELECT key, value FROM kv"))
        store_id = kv.get("store_id") or uuid.uuid4().hex
        session = int(kv.get("session", "0")) + 1
        self.write([_set("store_id", store_id), _set("session", str(session))])
        found = Remembered(store_id, session)
        found.values = {k.removeprefix("core."): v for k, v in kv.items() if k.startswith("core.")}
        found.sync_values = {k.removeprefix("sync."): v for k, v in kv.items() if k.startswith("sync.")}
        found.journal = dict(self._db.execute("SELECT robot, body FROM journal"))
        found.rows = [Row(*row) for row in self._db.execute("SELECT stream, key, seq, body, at FROM outbox ORDER BY rowid")]
        for kind, name, body in self._db.execute("SELECT kind, name, body FROM state ORDER BY rowid"):
            try:
                found.resources.append(manifest.typed(codec.decode(body, dict)))
            except FleetError as error:
                log.error("%s/%s in the store can't be read, it is left out: %s", kind, name, error)
        newest = "SELECT body FROM (SELECT n, body FROM events ORDER BY n DESC LIMIT ?) ORDER BY n"
        found.events = [codec.decode(body, Event) for (body,) in self._db.execute(newest, (EVENTS_MAX,))]
        return found

    def write(self, statements: Iterable[Statement]) -> None:
        """One transaction: all or nothing. Raises sqlite3.Error."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            for sql, values in statements:
                self._db.execute(sql, values)
            self._db.execute("COMMIT")
        except BaseException:
            self._db.execute("ROLLBACK")
            raise

    def close(self) -> None:
        self._db.close()

    def event(self, event: Event) -> list[Statement]:
        self._events += 1
        statements: list[Statement] = [("INSERT INTO events (id, body) VALUES (?, ?)", (event.id, codec.encode(event)))]
        if self._events % TRIM_EVERY == 0:
            statements.append(("DELETE FROM events WHERE n <= (SELECT max(n) FROM events) - ?", (EVENTS_MAX,)))
        return statements


def put_resource(effect: PutResource) -> Statement:
    resource = effect.resource
    body = codec.encode(manifest.to_document(resource))
    sql = "INSERT INTO state (kind, name, body) VALUES (?, ?, ?) ON CONFLICT (kind, name) DO UPDATE SET body = excluded.body"
    return sql, (str(resource.kind), resource.metadata.name, body)


def core_statement(effect: DeleteResource | PutJournal | DeleteJournal | PutValue) -> Statement:
    match effect:
        case DeleteResource(kind, name):
            return "DELETE FROM state WHERE kind = ? AND name = ?", (str(kind), name)
        case PutJournal(robot, body):
            sql = "INSERT INTO journal (robot, body) VALUES (?, ?) ON CONFLICT (robot) DO UPDATE SET body = excluded.body"
            return sql, (robot, body)
        case DeleteJournal(robot):
            return "DELETE FROM journal WHERE robot = ?", (robot,)
        case PutValue(key, value):
            return _set(f"core.{key}", value) if value else ("DELETE FROM kv WHERE key = ?", (f"core.{key}",))


def sync_statement(effect: Persist | DeadLetter) -> list[Statement]:
    match effect:
        case PutRow(row) if row.seq == 0:
            drop = ("DELETE FROM outbox WHERE stream = ? AND key = ? AND seq = 0", (row.stream, row.key))
            return [drop, _row(row)]
        case PutRow(row):
            return [_row(row)]
        case NumberRow(stream, key, seq):
            return [("UPDATE outbox SET seq = ? WHERE stream = ? AND key = ? AND seq = 0", (seq, stream, key))]
        case DropRows(stream, upto):
            return [("DELETE FROM outbox WHERE stream = ? AND seq BETWEEN 1 AND ?", (stream, upto))]
        case SetValue(key, value):
            return [_set(f"sync.{key}", value)]
        case DeadLetter(stream, seq, reason, data):
            keep = ("DELETE FROM dead WHERE n <= (SELECT max(n) FROM dead) - ?", (DEAD_MAX,))
            return [("INSERT INTO dead (stream, seq, reason, body) VALUES (?, ?, ?, ?)", (stream, seq, reason, data)), keep]


def _row(row: Row) -> Statement:
    values = (row.stream, row.key, row.seq, row.body, row.at)
    return "INSERT INTO outbox (stream, key, seq, body, at) VALUES (?, ?, ?, ?, ?)", values


def _set(key: str, value: str) -> Statement:
    return "INSERT INTO kv (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", (key, value)
