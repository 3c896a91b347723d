"""Tables of the edge node's store, and how a file of an older version becomes one of this."""

from __future__ import annotations

VERSION = 2

#: Step n - 1 makes a file of version n one of version n + 1, whole or (when the power goes) not at all.
MIGRATIONS = (
    """
    BEGIN IMMEDIATE;
    ALTER TABLE outbox ADD COLUMN gone INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE dead ADD COLUMN key TEXT NOT NULL DEFAULT '';
    PRAGMA user_version = 2;
    COMMIT;
    """,
)

SCHEMA = f"""
CREATE TABLE IF NOT EXISTS state (kind TEXT NOT NULL, name TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (kind, name));
CREATE TABLE IF NOT EXISTS journal (robot TEXT PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS events (n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS outbox
    (stream TEXT NOT NULL, key TEXT NOT NULL, seq INTEGER NOT NULL, body BLOB NOT NULL, at REAL NOT NULL,
     gone INTEGER NOT NULL DEFAULT 0);
CREATE UNIQUE INDEX IF NOT EXISTS outbox_waiting ON outbox (stream, key) WHERE seq = 0;
CREATE UNIQUE INDEX IF NOT EXISTS outbox_numbered ON outbox (stream, seq) WHERE seq > 0;
CREATE TABLE IF NOT EXISTS entries (stream TEXT NOT NULL, key TEXT NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (stream, key));
CREATE TABLE IF NOT EXISTS tombs
    (kind TEXT NOT NULL, name TEXT NOT NULL, generation INTEGER NOT NULL, at REAL NOT NULL, PRIMARY KEY (kind, name));
CREATE TABLE IF NOT EXISTS dead
    (n INTEGER PRIMARY KEY AUTOINCREMENT, stream TEXT, seq INTEGER, key TEXT NOT NULL DEFAULT '', reason TEXT, body BLOB);
CREATE TABLE IF NOT EXISTS kv (key TEXT PRIMARY KEY, value TEXT NOT NULL);
PRAGMA user_version = {VERSION};
"""
