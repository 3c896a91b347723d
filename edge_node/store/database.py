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

from edge_node.store.schema import MIGRATIONS, SCHEMA, VERSION
from edge_node.store.statements import EVENTS_MAX, Statement, set_value
from fleet.contracts import codec, manifest
from fleet.contracts.errors import FleetError, InvalidInput
from fleet.contracts.resources import AnyResource, Kind
from fleet.contracts.wire import Event
from fleet.sync.effects import LoadRows, Row, StoredStream
from fleet.sync.machine import Identity

log = logging.getLogger("drover.edge.store")

#: Under this key stands what the clock said last.
WALL_KEY = "last_wall"
#: A file that can't be opened for one of these is not damaged.
NOT_DAMAGE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_NOMEM,
}


@dataclass(frozen=True, slots=True)
class Tomb:
    """What the cloud has deleted here, so that a cloud that was restored can be told."""

    kind: str
    name: str
    generation: int


@dataclass
class Remembered:
    """All that is read at start. `identity.session` is this start's number, already written down."""

    identity: Identity
    resources: list[AnyResource] = field(default_factory=list)
    journal: dict[str, bytes] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)
    stored: dict[str, StoredStream] = field(default_factory=dict)
    entries: list[tuple[str, str, str]] = field(default_factory=list)
    sync_values: dict[str, str] = field(default_factory=dict)


class Damaged(InvalidInput):
    """The file is there, and is not a sound database."""


class Database:
    """`write` and `read_rows` run in the writer thread; everything else before that thread begins or after it has ended."""

    def __init__(self, path: Path, *, pages_max: int | None = None) -> None:
        """`pages_max`: bound of the file, in SQLite pages.

        Raises Damaged when it isn't a sound file of ours, sqlite3.Error when it can't be opened now (locked, disk full).
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.pages_max = pages_max
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5.0)
        try:
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            problem = self._db.execute("PRAGMA quick_check(1)").fetchone()[0]
            if problem == "ok":
                self._migrate()
        except sqlite3.DatabaseError as error:
            self._db.close()
            if _is_sound(error):
                raise
            raise Damaged(f"{path}: {error}", field="data", fix="move the file away, or give another --data") from None
        if problem != "ok":
            self._db.close()
            raise Damaged(f"{path} is damaged: {problem}", field="data", fix="move the file away; the cloud fills a new one")
        if pages_max is not None:
            self._db.execute(f"PRAGMA max_page_count = {int(pages_max)}")

    def _migrate(self) -> None:
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        if version > VERSION:
            raise Damaged(f"the file is of version {version}, this code knows {VERSION}", field="data", fix="update drover")
        if version:
            for step in MIGRATIONS[version - 1 :]:
                self._db.executescript(step)
        self._db.executescript(SCHEMA)

    def more_pages(self, pages: int) -> None:
        """Lift the bound: the reserve for a full disk is used."""
        if self.pages_max is not None:
            self.pages_max += pages
            self._db.execute(f"PRAGMA max_page_count = {self.pages_max}")

    def load(self) -> Remembered:
        """Read everything but the outbox's bodies, and count this start."""
        kv: dict[str, str] = dict(self._db.execute("SELECT key, value FROM kv"))
        store_id = kv.get("store_id") or uuid.uuid4().hex
        session = int(kv.get("session", "0")) + 1
        self.write([set_value("store_id", store_id), set_value("session", str(session))])
        found = Remembered(Identity(store_id, session, uuid.uuid4().hex[:8]))
        found.values = {k.removeprefix("core."): v for k, v in kv.items() if k.startswith("core.")}
        found.sync_values = {k.removeprefix("sync."): v for k, v in kv.items() if k.startswith("sync.")}
        found.journal = dict(self._db.execute("SELECT robot, body FROM journal"))
        found.entries = list(self._db.execute("SELECT stream, key, hash FROM entries ORDER BY rowid"))
        found.stored = self._stored()
        for kind, name, body in self._db.execute("SELECT kind, name, body FROM state ORDER BY rowid"):
            try:
                found.resources.append(manifest.typed(codec.decode(body, dict)))
            except FleetError as error:
                log.error("%s/%s in the store can't be read, it is left out: %s", kind, name, error)
        newest = "SELECT body FROM (SELECT n, body FROM events ORDER BY n DESC LIMIT ?) ORDER BY n"
        found.events = [codec.decode(body, Event) for (body,) in self._db.execute(newest, (EVENTS_MAX,))]
        return found

    def _stored(self) -> dict[str, StoredStream]:
        waiting: dict[str, list[str]] = {}
        for stream, key in self._db.execute("SELECT stream, key FROM outbox WHERE seq = 0 ORDER BY rowid"):
            waiting.setdefault(stream, []).append(key)
        sql = """SELECT stream, coalesce(min(nullif(seq, 0)), 0), max(seq), count(*), sum(length(body)), min(at)
                 FROM outbox GROUP BY stream"""
        return {
            stream: StoredStream(first, last, tuple(waiting.get(stream, ())), rows, size, at)
            for stream, first, last, rows, size, at in self._db.execute(sql)
        }

    def read_rows(self, ask: LoadRows) -> list[Row]:
        """Outbox rows with their bodies. Raises sqlite3.Error."""
        columns = "SELECT stream, key, seq, body, at, gone FROM outbox WHERE stream = ?"
        if ask.keys:
            marks = ",".join("?" * len(ask.keys))
            found = self._db.execute(f"{columns} AND seq = 0 AND key IN ({marks})", (ask.stream, *ask.keys))
        else:
            found = self._db.execute(f"{columns} AND seq > ? ORDER BY seq LIMIT ?", (ask.stream, ask.after_seq, ask.limit))
        return [Row(stream, key, seq, body, at, bool(gone)) for stream, key, seq, body, at, gone in found]

    def wall_floor(self) -> float:
        """Unix seconds that the clock has reached before; 0: never."""
        row = self._db.execute("SELECT value FROM kv WHERE key = ?", (WALL_KEY,)).fetchone()
        return float(row[0]) if row else 0.0

    def number(self, key: str) -> float | None:
        """A number that the shell has written down with `set_value`; None: never."""
        row = self._db.execute("SELECT value FROM kv WHERE key = ?", (key,)).fetchone()
        return float(row[0]) if row else None

    def tombs(self) -> list[Tomb]:
        return [Tomb(*row) for row in self._db.execute("SELECT kind, name, generation FROM tombs ORDER BY at")]

    def dead_letters(self) -> int:
        return int(self._db.execute("SELECT count(*) FROM dead").fetchone()[0])

    def write(self, statements: Iterable[Statement]) -> None:
        """One transaction: all or nothing. Raises sqlite3.Error."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            for sql, values in statements:
                self._db.execute(sql, values)
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    def close(self) -> None:
        self._db.close()


def _is_sound(error: sqlite3.Error) -> bool:
    """Whether it speaks of the moment and not of the file, which must then stay where it is."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in NOT_DAMAGE


def kind_of(word: str) -> Kind:
    """Raises InvalidInput."""
    try:
        return Kind(word)
    except ValueError:
        raise InvalidInput(f"{word!r} is not a kind", field="kind", fix="use one of " + ", ".join(Kind)) from None
