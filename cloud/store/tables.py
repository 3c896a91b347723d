"""The tables. They stay inside cloud/store: everyone else sees contract values.

Bodies are JSON text (codec), since their types are the contracts' and change with them; columns are what SQL looks for.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, LargeBinary, Text
from sqlmodel import Field, SQLModel


class ResourceRow(SQLModel, table=True):
    """One resource, or its tombstone (`deleted_at`), which keeps the generation from falling."""

    __tablename__ = "resources"
    kind: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    site: str = Field(index=True)
    uid: str
    generation: int
    resource_version: int
    document: str = Field(sa_column=Column(Text, nullable=False))  # metadata, spec
    status: str = Field(sa_column=Column(Text, nullable=False))
    created_at: str
    deleted_at: str | None = None


class CommandRow(SQLModel, table=True):
    __tablename__ = "commands"
    id: str = Field(primary_key=True)
    site: str
    state: str = Field(index=True)
    created_at: float = Field(index=True)
    body: str = Field(sa_column=Column(Text, nullable=False))


class EventRow(SQLModel, table=True):
    """Bounded: the oldest go when there are more than EVENTS_MAX. `number` is the order of arrival."""

    __tablename__ = "events"
    number: int | None = Field(default=None, primary_key=True)
    id: str = Field(unique=True)
    body: str = Field(sa_column=Column(Text, nullable=False))


class AuditRow(SQLModel, table=True):
    """What was said and what became of it; rows are added, never changed. Bounded like events, by AUDIT_MAX."""

    __tablename__ = "audit"
    number: int | None = Field(default=None, primary_key=True)
    command: str = Field(index=True)
    body: str = Field(sa_column=Column(Text, nullable=False))


class OutboxRow(SQLModel, table=True):
    """What an edge node has not yet acked. `seq` 0: not yet in flight (fleet/sync/effects.Row)."""

    __tablename__ = "outbox"
    __table_args__ = (Index("outbox_seq", "edge", "stream", "seq"), Index("outbox_key", "edge", "stream", "key"))
    number: int | None = Field(default=None, primary_key=True)
    edge: str
    stream: str
    key: str
    seq: int
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    at: float
    gone: bool = False


class EntryRow(SQLModel, table=True):
    """Digest entries (fleet/sync/digest.py): what an edge node was last sent (cfg), or has last said (st)."""

    __tablename__ = "entries"
    edge: str = Field(primary_key=True)
    stream: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    hash: str


class SyncValueRow(SQLModel, table=True):
    """Cursors (the inbox) and counters of the sync machine for one edge node."""

    __tablename__ = "sync_values"
    edge: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    value: str


class DeadLetterRow(SQLModel, table=True):
    """Rows from an edge node that could not be understood, with the reason; bounded."""

    __tablename__ = "dead_letters"
    number: int | None = Field(default=None, primary_key=True)
    edge: str
    stream: str
    seq: int
    key: str = ""
    reason: str
    data: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    at: float


class ValueRow(SQLModel, table=True):
    """Facts about this database: schema, store id, hub_epoch, session."""

    __tablename__ = "kv"
    key: str = Field(primary_key=True)
    value: str
