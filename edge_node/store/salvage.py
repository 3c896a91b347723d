"""A damaged store is set aside, never deleted, and what can be read of it goes into a new one.

Rows are read over the rowid, forwards and (behind each bad page) backwards, so that a bad page costs its own rows only.
The new store has a new name (store id): the hub is told, sends its whole state again, and treats work of the old store as of
unknown fate.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path

from edge_node.store.database import Damaged, Database

log = logging.getLogger("drover.edge.store")

TABLES = {
    "state": ("kind", "name", "body"),
    "journal": ("robot", "body"),
    "events": ("id", "body"),
    "outbox": ("stream", "key", "seq", "body", "at", "gone"),
    "entries": ("stream", "key", "hash"),
    "tombs": ("kind", "name", "generation", "at"),
    "kv": ("key", "value"),
}
#: Rows read at once while they are sound.
STEP_ROWS = 500
ROWID_MAX = 2**62


@dataclass(frozen=True)
class Salvaged:
    """`aside`: where the damaged file is now. `rows`: how many were taken over, by table."""

    aside: Path
    why: str
    rows: dict[str, int]

    def __str__(self) -> str:
        kept = ", ".join(f"{count} of {table}" for table, count in self.rows.items() if count) or "nothing"
        return f"the store was damaged ({self.why}); it is kept as {self.aside.name}; taken over: {kept}"


def open_or_salvage(path: Path, *, pages_max: int | None = None) -> tuple[Database, Salvaged | None]:
    """The store, made new from what is left where it is damaged. Raises Damaged only when even that fails."""
    try:
        return Database(path, pages_max=pages_max), None
    except Damaged as error:
        if "of version" in error.detail:
            raise
        why = error.detail.removeprefix(f"{path}: ").removeprefix(f"{path} is damaged: ")
    aside = path.with_name(f"{path.name}.damaged-{time.strftime('%Y%m%dT%H%M%S')}")
    for suffix in ("", "-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + suffix).rename(aside.with_name(aside.name + suffix))
    fresh = Database(path, pages_max=pages_max)
    rows = dict.fromkeys(TABLES, 0)
    with contextlib.suppress(sqlite3.Error):
        old = sqlite3.connect(f"file:{aside}?mode=ro", uri=True, timeout=5.0)
        try:
            for table, columns in TABLES.items():
                rows[table] = _copy(old, fresh, table, columns)
        finally:
            old.close()
    # another store: the hub must not take its numbers for those of the old one, and they begin anew (EdgeGreeting.at_start)
    unknown = "INSERT OR IGNORE INTO kv (key, value) VALUES ('sync.own_store', 'lost')"
    fresh.write([("DELETE FROM kv WHERE key = 'store_id'", ()), (unknown, ())])
    found = Salvaged(aside, why, rows)
    log.error("%s", found)
    return fresh, found


def _copy(old: sqlite3.Connection, fresh: Database, table: str, columns: tuple[str, ...]) -> int:
    names = ", ".join(columns)
    rows = _readable(old, table, names)
    insert = f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({', '.join('?' * len(columns))})"
    fresh.write([(insert, rows[rowid]) for rowid in sorted(rows)])
    return len(rows)


def _readable(old: sqlite3.Connection, table: str, names: str) -> dict[int, tuple[object, ...]]:
    """By rowid: forwards as far as it goes, then leap over what is bad, come back from behind, and on."""
    rows: dict[int, tuple[object, ...]] = {}
    up = f"SELECT rowid, {names} FROM {table} WHERE rowid > ? AND rowid < {ROWID_MAX} ORDER BY rowid LIMIT ?"
    back = f"SELECT rowid, {names} FROM {table} WHERE rowid < ? AND rowid > -1 ORDER BY rowid DESC LIMIT ?"
    at = -1
    while not _walk(old, up, at, rows):
        at = max(rows, default=at)
        leap = 1
        while (landed := _first(old, up, at + leap)) is None:
            leap *= 2
            if at + leap >= ROWID_MAX:
                _walk(old, back, ROWID_MAX, rows)
                return rows
        if not landed:
            _walk(old, back, ROWID_MAX, rows)
            break
        _walk(old, back, landed + 1, rows)
        at = landed
    return rows


def _first(old: sqlite3.Connection, sql: str, at: int) -> int | None:
    """The first rowid that can be read from there; 0: there are no more; None: can't be read."""
    try:
        found = old.execute(sql, (at, 1)).fetchone()
    except sqlite3.Error:
        return None
    return int(found[0]) if found else 0


def _walk(old: sqlite3.Connection, sql: str, at: int, rows: dict[int, tuple[object, ...]]) -> bool:
    """Take over rows from `at` on until one can't be read (False), is known, or there are no more (True)."""
    step = STEP_ROWS
    while True:
        try:
            found = old.execute(sql, (at, step)).fetchall()
        except sqlite3.Error:
            if step == 1:
                return False
            step = 1
            continue
        known = any(row[0] in rows for row in found)
        rows.update((row[0], row[1:]) for row in found)
        if not found or known:
            return True
        at = found[-1][0]
