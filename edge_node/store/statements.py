"""Effects as SQL: what the core and the sync machine ask to have stored."""

from __future__ import annotations

from typing import Any

from edge_node.core.effects import DeleteJournal, DeleteResource, PutJournal, PutResource, PutValue
from fleet.contracts import codec, manifest
from fleet.contracts.wire import Event
from fleet.sync.effects import (
    DeadLetter,
    DropRows,
    NumberRow,
    Persist,
    PutEntry,
    PutRow,
    Renumber,
    Row,
    SetValue,
    TakeIdentity,
)

#: The newest events that are kept for the site's own list, and dead letters for whoever looks for a fault.
EVENTS_MAX = 5_000
DEAD_MAX = 500
#: What the cloud deleted here is remembered for so many things, and so many seconds (30 d).
TOMBS_MAX = 10_000
TOMBS_S = 30 * 86400.0
#: Every so many events the oldest are thrown away.
TRIM_EVERY = 200

Statement = tuple[str, tuple[Any, ...]]


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
            return set_value(f"core.{key}", value)


def sync_statements(effect: Persist | DeadLetter) -> list[Statement]:
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
        case Renumber(stream, by):
            # in two steps, since (stream, seq) is unique row by row
            away = ("UPDATE outbox SET seq = -seq WHERE stream = ? AND seq > 0", (stream,))
            return [away, ("UPDATE outbox SET seq = -seq - ? WHERE stream = ? AND seq < 0", (by, stream))]
        case SetValue(key, value):
            return [set_value(f"sync.{key}", value)]
        case PutEntry(stream, key, None):
            return [("DELETE FROM entries WHERE stream = ? AND key = ?", (stream, key))]
        case PutEntry(stream, key, hash_):
            sql = "INSERT INTO entries VALUES (?, ?, ?) ON CONFLICT (stream, key) DO UPDATE SET hash = excluded.hash"
            return [(sql, (stream, key, hash_))]
        case TakeIdentity(store_id, session):
            return [set_value("store_id", store_id), set_value("session", str(session))]
        case DeadLetter(stream, seq, key, reason, data):
            keep = ("DELETE FROM dead WHERE n <= (SELECT max(n) FROM dead) - ?", (DEAD_MAX,))
            return [
                ("INSERT INTO dead (stream, seq, key, reason, body) VALUES (?, ?, ?, ?, ?)", (stream, seq, key, reason, data)),
                keep,
            ]


def tomb(kind: str, name: str, generation: int, now: float) -> list[Statement]:
    """The cloud deleted this."""
    sql = """INSERT INTO tombs VALUES (?, ?, ?, ?)
             ON CONFLICT (kind, name) DO UPDATE SET generation = excluded.generation, at = excluded.at"""
    old = ("DELETE FROM tombs WHERE at < ?", (now - TOMBS_S,))
    many = ("DELETE FROM tombs WHERE rowid <= (SELECT max(rowid) FROM tombs) - ?", (TOMBS_MAX,))
    return [(sql, (kind, name, generation, now)), old, many]


def add_event(event: Event, *, trim: bool) -> list[Statement]:
    statements: list[Statement] = [("INSERT INTO events (id, body) VALUES (?, ?)", (event.id, codec.encode(event)))]
    if trim:
        statements.append(("DELETE FROM events WHERE n <= (SELECT max(n) FROM events) - ?", (EVENTS_MAX,)))
    return statements


def set_value(key: str, value: str) -> Statement:
    if not value:
        return "DELETE FROM kv WHERE key = ?", (key,)
    return "INSERT INTO kv (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", (key, value)


def _row(row: Row) -> Statement:
    values = (row.stream, row.key, row.seq, row.body, row.at, int(row.gone))
    return "INSERT INTO outbox (stream, key, seq, body, at, gone) VALUES (?, ?, ?, ?, ?, ?)", values
