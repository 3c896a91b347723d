"""SQL: open, load, write one batch. Blocking; only the writer thread (and the start) calls it.

SQLite by default (WAL, synchronous FULL: a commit survives a power cut), PostgreSQL by URL through psycopg 3.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import msgspec
from sqlalchemy import (
    Connection,
    Engine,
    Table,
    bindparam,
    case,
    create_engine,
    delete,
    event,
    func,
    insert,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlmodel import SQLModel

from cloud.core.changes import Applied
from cloud.core.model import COMMANDS_KEPT, EVENTS_KEPT, Model
from cloud.store import tables as t
from cloud.store.copy import copy_sqlite
from cloud.store.guard import OneWriter
from fleet.contracts import codec, manifest
from fleet.contracts.audit import AuditEntry
from fleet.contracts.commands import Command
from fleet.contracts.errors import InvalidInput, Transient
from fleet.contracts.resources import AnyResource, Kind
from fleet.contracts.wire import Event
from fleet.sync.effects import (
    DeadLetter,
    DropRows,
    LoadRows,
    NumberRow,
    Persist,
    PutEntry,
    PutRow,
    Renumber,
    Row,
    SetValue,
    StoredStream,
    TakeIdentity,
)
from fleet.sync.machine import Identity

log = logging.getLogger("drover.cloud.store")

#: Rows kept; older ones go, a few at a time.
EVENTS_MAX = 20_000
COMMANDS_MAX = 20_000
#: Entries of the audit, about 1 kB each: years of sentences, at most some 60 MB of the disk.
AUDIT_MAX = 50_000
DEAD_LETTERS_MAX = 1_000
DEAD_LETTER_BYTES_MAX = 64 * 1024
SQLITE_BUSY_MS = 5_000


def _table(row: type[SQLModel]) -> Table:
    """The SQLAlchemy table behind a SQLModel class."""
    return cast(Table, row.__table__)  # type: ignore[attr-defined]


_ROWS = (
    t.ResourceRow,
    t.CommandRow,
    t.EventRow,
    t.AuditRow,
    t.OutboxRow,
    t.EntryRow,
    t.SyncValueRow,
    t.DeadLetterRow,
    t.ValueRow,
)
RESOURCES, COMMANDS, EVENTS, AUDIT, OUTBOX, ENTRIES, SYNC_VALUES, DEAD_LETTERS, VALUES = _TABLES = [_table(row) for row in _ROWS]
#: Columns that databases of earlier versions lack: table, column, type and default.
_ADDED = ((OUTBOX, "gone", "BOOLEAN NOT NULL DEFAULT FALSE"), (DEAD_LETTERS, "key", "VARCHAR NOT NULL DEFAULT ''"))


_DELETE_ENTRY = delete(ENTRIES).where(
    ENTRIES.c.edge == bindparam("b_edge"), ENTRIES.c.stream == bindparam("b_stream"), ENTRIES.c.key == bindparam("b_key")
)


@dataclass(frozen=True, slots=True)
class EdgePersist:
    """What the sync machine of one edge node asks to have stored."""

    edge: str
    effect: Persist | DeadLetter


@dataclass(frozen=True, slots=True)
class Batch:
    """Written in one transaction. `forget`: edge nodes that are gone; what waits for them goes, numbers and cursors stay."""

    applied: Applied | None = None
    persist: tuple[EdgePersist, ...] = ()
    forget: tuple[str, ...] = ()
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class PeerRows:
    """What a SyncMachine needs back at start."""

    stored: dict[str, StoredStream] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    entries: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Loaded:
    model: Model
    peers: dict[str, PeerRows]
    identity: Identity


class Database:
    """Raises Transient where the server or the disk fails, InvalidInput for a URL that names no database."""

    def __init__(self, url: str) -> None:
        self._engine = _engine(url)
        self._insert: Any = postgresql.insert if self._engine.dialect.name == "postgresql" else sqlite.insert
        self._writer = OneWriter(self._engine)
        self._boot = uuid.uuid4().hex[:8]

    def open(self) -> None:
        """Create what is missing, take the one-writer lock."""
        try:
            self._writer.take()
            SQLModel.metadata.create_all(self._engine, tables=_TABLES)
            self._add_columns()
            with self._writer.writing() as connection:
                values: dict[str, str] = _values(connection)
                values.setdefault("store_id", uuid.uuid4().hex)
                values.setdefault("hub_epoch", "1")
                values["session"] = str(int(values.get("session", "0")) + 1)
                values["boot"] = self._boot
                values["schema"] = "2"
                self._upsert(connection, VALUES, [{"key": k, "value": v} for k, v in values.items()])
            self._writer.boot = self._boot
        except SQLAlchemyError as error:
            raise _transient(error) from error

    def _add_columns(self) -> None:
        """What a database of an earlier version lacks."""
        known = inspect(self._engine)
        with self._engine.begin() as connection:
            for table, column, declared in _ADDED:
                if column not in {c["name"] for c in known.get_columns(table.name)}:
                    connection.execute(text(f'ALTER TABLE {table.name} ADD COLUMN "{column}" {declared}'))

    def raise_epoch(self, above: int = 0) -> None:
        """This database has turned out to be an older copy: from now on it is another store, of an epoch above `above`."""
        try:
            with self._writer.writing() as connection:
                epoch = max(int(_values(connection).get("hub_epoch", "1")), above) + 1
                # a backup may be restored twice: the word tells the two histories apart
                self._boot = uuid.uuid4().hex[:8]
                values = {"hub_epoch": str(epoch), "hub_word": uuid.uuid4().hex[:8], "boot": self._boot}
                self._upsert(connection, VALUES, [{"key": k, "value": v} for k, v in values.items()])
            self._writer.boot = self._boot
        except SQLAlchemyError as error:
            raise _transient(error) from error

    def backup(self, path: Path) -> int:
        """As copy_sqlite."""
        return copy_sqlite(self._engine, path)

    def read_rows(self, edge: str, ask: LoadRows) -> list[Row]:
        """Outbox rows with their bodies."""
        where = [OUTBOX.c.edge == edge, OUTBOX.c.stream == ask.stream]
        if ask.keys:
            query = select(OUTBOX).where(*where, OUTBOX.c.seq == 0, OUTBOX.c.key.in_(ask.keys))
        else:
            query = select(OUTBOX).where(*where, OUTBOX.c.seq > ask.after_seq).order_by(OUTBOX.c.seq).limit(ask.limit)
        try:
            with self._engine.connect() as connection:
                rows = connection.execute(query).mappings().all()
        except SQLAlchemyError as error:
            raise _transient(error) from error
        return [Row(r["stream"], r["key"], r["seq"], bytes(r["body"]), r["at"], bool(r["gone"])) for r in rows]

    def dead_letters(self, edge: str, limit: int) -> list[dict[str, Any]]:
        """The newest rows of an edge node that were set aside."""
        query = select(DEAD_LETTERS).where(DEAD_LETTERS.c.edge == edge).order_by(DEAD_LETTERS.c.number.desc()).limit(limit)
        with self._engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
        keys = ("stream", "seq", "key", "reason", "at")
        return [{**{k: r[k] for k in keys}, "data": bytes(r["data"]).decode(errors="replace")} for r in rows]

    def audit(self, limit: int, before: int, command: str) -> list[AuditEntry]:
        """The newest `limit` entries whose number is below `before` (0: all), of one command or of all, newest last."""
        query = select(AUDIT.c.number, AUDIT.c.body).order_by(AUDIT.c.number.desc()).limit(limit)
        if before:
            query = query.where(AUDIT.c.number < before)
        if command:
            query = query.where(AUDIT.c.command == command)
        try:
            with self._engine.connect() as connection:
                rows = connection.execute(query).all()
        except SQLAlchemyError as error:
            raise _transient(error) from error
        return [msgspec.structs.replace(codec.decode(body, AuditEntry), number=number) for number, body in reversed(rows)]

    def close(self) -> None:
        self._writer.close()
        self._engine.dispose()

    def load(self) -> Loaded:
        """Everything that the process keeps in memory."""
        try:
            self._writer.take()  # what another process has written since must not be taken for our own
            with self._engine.connect() as connection:
                values: dict[str, str] = _values(connection)
                return Loaded(
                    model=_load_model(connection),
                    peers=_load_peers(connection),
                    identity=_identity(values),
                )
        except SQLAlchemyError as error:
            raise _transient(error) from error

    def write(self, batches: Sequence[Batch]) -> None:
        """All batches in one transaction (group commit): later values of a key win."""
        try:
            with self._writer.writing() as connection:
                self._write_values([b.applied for b in batches if b.applied is not None], connection)
                for batch in batches:
                    self._persist(connection, batch)
        except SQLAlchemyError as error:
            raise _transient(error) from error

    def _write_values(self, changes: list[Applied], connection: Connection) -> None:
        resources: dict[tuple[str, str], dict[str, Any]] = {}
        commands: dict[str, dict[str, Any]] = {}
        events: dict[str, dict[str, Any]] = {}
        for change in changes:
            for resource in (*change.removed, *change.resources):
                resources[(resource.kind, resource.metadata.name)] = _resource_row(resource)
            for command in change.commands:
                commands[command.id] = _command_row(command)
            for happened in change.events:
                events.setdefault(happened.id, {"id": happened.id, "body": codec.encode(happened).decode()})
        self._upsert(connection, RESOURCES, list(resources.values()))
        self._upsert(connection, COMMANDS, list(commands.values()))
        if commands:
            oldest = select(COMMANDS.c.created_at).order_by(COMMANDS.c.created_at.desc()).offset(COMMANDS_MAX).limit(1)
            connection.execute(delete(COMMANDS).where(COMMANDS.c.created_at <= oldest.scalar_subquery()))
        entries = [entry for change in changes for entry in change.audit]
        if entries:
            connection.execute(insert(AUDIT), [{"command": e.command, "body": codec.encode(e).decode()} for e in entries])
            _trim(connection, AUDIT, AUDIT_MAX)
        if events:
            connection.execute(self._insert(EVENTS).on_conflict_do_nothing(), list(events.values()))
            _trim(connection, EVENTS, EVENTS_MAX)

    def _persist(self, connection: Connection, batch: Batch) -> None:
        values: dict[tuple[str, str], str] = {}
        puts: list[dict[str, Any]] = []
        entries: dict[tuple[str, str, str], str | None] = {}
        for edge in batch.forget:
            connection.execute(delete(OUTBOX).where(OUTBOX.c.edge == edge))
        for item in batch.persist:
            effect = item.effect
            if isinstance(effect, PutRow):
                if effect.row.seq == 0:
                    connection.execute(delete(OUTBOX).where(*_waiting(item.edge, effect.row.stream, effect.row.key)))
                    puts = [p for p in puts if p["seq"] or (p["edge"], p["stream"], p["key"]) != _key(item.edge, effect.row)]
                row = effect.row
                puts.append(
                    {
                        "edge": item.edge,
                        "stream": row.stream,
                        "key": row.key,
                        "seq": row.seq,
                        "body": row.body,
                        "at": row.at,
                        "gone": row.gone,
                    }
                )
                continue
            if isinstance(effect, SetValue):
                values[(item.edge, effect.key)] = effect.value
                continue
            if isinstance(effect, PutEntry):
                entries[(item.edge, effect.stream, effect.key)] = effect.hash
                continue
            puts = _flush(connection, puts)
            _persist_one(connection, item.edge, effect, batch.at)
        _flush(connection, puts)
        self._upsert(connection, SYNC_VALUES, [{"edge": e, "key": k, "value": v} for (e, k), v in values.items()])
        gone = [{"b_edge": e, "b_stream": s, "b_key": k} for (e, s, k), h in entries.items() if h is None]
        if gone:
            connection.execute(_DELETE_ENTRY, gone)
        kept = [{"edge": e, "stream": s, "key": k, "hash": h} for (e, s, k), h in entries.items() if h is not None]
        self._upsert(connection, ENTRIES, kept)

    def _upsert(self, connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
        if not rows:
            return
        keys = [c.name for c in table.primary_key]
        statement = self._insert(table)
        changes = {name: statement.excluded[name] for name in rows[0] if name not in keys}
        connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changes), rows)


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    if parsed is None or parsed.drivername not in ("sqlite", "postgresql", "postgresql+psycopg"):
        raise InvalidInput(
            "not a database that is served",
            field="database_url",
            fix="write sqlite:///FILE or postgresql+psycopg://user@host/name",
        )
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername.startswith("postgresql"):
        return create_engine(parsed, pool_pre_ping=True, pool_size=2, connect_args={"connect_timeout": 5})
    engine = create_engine(parsed, connect_args={"check_same_thread": False, "timeout": SQLITE_BUSY_MS / 1000})
    event.listen(engine, "connect", _sqlite_pragmas)
    return engine


def _sqlite_pragmas(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={SQLITE_BUSY_MS}", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _transient(error: SQLAlchemyError) -> Transient:
    log.error("database: %s", error)
    cause = str(getattr(error, "orig", None) or error).splitlines()[0]
    return Transient(
        f"the database does not answer: {cause}", fix="see that its disk has room and its server runs; nothing was changed"
    )


def _key(edge: str, row: Row) -> tuple[str, str, str]:
    return edge, row.stream, row.key


def _waiting(edge: str, stream: str, key: str) -> tuple[Any, ...]:
    return (OUTBOX.c.edge == edge, OUTBOX.c.stream == stream, OUTBOX.c.key == key, OUTBOX.c.seq == 0)


def _flush(connection: Connection, puts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if puts:
        connection.execute(insert(OUTBOX), puts)
    return []


def _persist_one(
    connection: Connection, edge: str, effect: NumberRow | DropRows | DeadLetter | Renumber | TakeIdentity, at: float
) -> None:
    match effect:
        case Renumber() | TakeIdentity():
            raise AssertionError(f"{type(effect).__name__} is an edge node's")
        case NumberRow():
            where = _waiting(edge, effect.stream, effect.key)
            connection.execute(update(OUTBOX).where(*where).values(seq=effect.seq))
        case DropRows():
            connection.execute(
                delete(OUTBOX).where(
                    OUTBOX.c.edge == edge, OUTBOX.c.stream == effect.stream, OUTBOX.c.seq.between(1, effect.upto)
                )
            )
        case DeadLetter():
            values = {"edge": edge, "stream": effect.stream, "seq": effect.seq, "key": effect.key}
            values |= {"reason": effect.reason, "at": at}
            connection.execute(insert(DEAD_LETTERS).values(**values, data=effect.data[:DEAD_LETTER_BYTES_MAX]))
            _trim(connection, DEAD_LETTERS, DEAD_LETTERS_MAX)


def _trim(connection: Connection, table: Table, rows_max: int) -> None:
    """Drop the oldest rows; `number` rises by one a row, so the newest says which ones are too many."""
    newest = connection.execute(select(func.max(table.c.number))).scalar() or 0
    if newest > rows_max:
        connection.execute(delete(table).where(table.c.number <= newest - rows_max))


def _resource_row(resource: AnyResource) -> dict[str, Any]:
    document = manifest.to_document(resource)
    status = document.pop("status", {})
    meta = resource.metadata
    return {
        "kind": str(resource.kind),
        "name": meta.name,
        "site": meta.site,
        "uid": meta.uid,
        "generation": meta.generation,
        "resource_version": meta.resource_version,
        "document": codec.encode(document).decode(),
        "status": codec.encode(status).decode(),
        "created_at": meta.creation_timestamp,
        "deleted_at": meta.deletion_timestamp,
    }


def _command_row(command: Command) -> dict[str, Any]:
    return {
        "id": command.id,
        "site": command.site,
        "state": str(command.state),
        "created_at": command.created_at,
        "body": codec.encode(command).decode(),
    }


def _values(connection: Connection) -> dict[str, str]:
    return {row.key: row.value for row in connection.execute(select(VALUES))}


def _load_model(connection: Connection) -> Model:
    rows = connection.execute(select(RESOURCES)).mappings().all()
    version = max((row["resource_version"] for row in rows), default=0)
    model = Model((_resource(row) for row in rows if row["deleted_at"] is None), version=version)
    for row in rows:
        if row["deleted_at"] is not None:
            model.tombstones[(Kind(row["kind"]), row["name"])] = row["generation"]
    newest = select(COMMANDS.c.body).order_by(COMMANDS.c.created_at.desc()).limit(COMMANDS_KEPT)
    for body in reversed(connection.execute(newest).scalars().all()):
        command = codec.decode(body, Command)
        model.commands[command.id] = command
    last = select(EVENTS.c.body).order_by(EVENTS.c.number.desc()).limit(EVENTS_KEPT)
    model.events.extend(codec.decode(body, Event) for body in reversed(connection.execute(last).scalars().all()))
    return model


def _resource(row: Any) -> AnyResource:
    return manifest.typed({**codec.decode(row["document"], dict), "status": codec.decode(row["status"], dict)})


def _identity(values: dict[str, str]) -> Identity:
    epoch = int(values.get("hub_epoch", "1"))
    word = f".{values['hub_word']}" if values.get("hub_word") else ""
    return Identity(f"{values['store_id']}.{epoch}{word}", int(values["session"]), values["boot"], epoch)


def _load_peers(connection: Connection) -> dict[str, PeerRows]:
    """Without bodies: they are read when they go into flight."""
    peers: dict[str, PeerRows] = {}
    waiting: dict[tuple[str, str], list[str]] = {}
    unnumbered = select(OUTBOX.c.edge, OUTBOX.c.stream, OUTBOX.c.key).where(OUTBOX.c.seq == 0).order_by(OUTBOX.c.number)
    for edge, stream, key in connection.execute(unnumbered):
        waiting.setdefault((edge, stream), []).append(key)
    lowest = func.min(case((OUTBOX.c.seq > 0, OUTBOX.c.seq)))
    size = func.sum(func.length(OUTBOX.c.body))
    sums = select(
        OUTBOX.c.edge, OUTBOX.c.stream, lowest, func.max(OUTBOX.c.seq), func.count(), size, func.min(OUTBOX.c.at)
    ).group_by(OUTBOX.c.edge, OUTBOX.c.stream)
    for edge, stream, first, last, rows, bytes_, oldest_at in connection.execute(sums):
        keys = tuple(waiting.get((edge, stream), ()))
        found = StoredStream(first or 0, last, keys, rows, int(bytes_ or 0), oldest_at)
        peers.setdefault(edge, PeerRows()).stored[stream] = found
    for edge, stream, key, hash_ in connection.execute(select(ENTRIES.c.edge, ENTRIES.c.stream, ENTRIES.c.key, ENTRIES.c.hash)):
        peers.setdefault(edge, PeerRows()).entries.append((stream, key, hash_))
    values: Iterable[Any] = connection.execute(select(SYNC_VALUES)).mappings()
    for row in values:
        peers.setdefault(row["edge"], PeerRows()).values[row["key"]] = row["value"]
    return peers
