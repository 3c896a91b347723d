"""One cloud process writes to a database, and only as long as it is the one.

SQLite: the file's own lock, one transaction after the other. PostgreSQL: an advisory lock of the session that writes. If that
session ends (the server starts again, a firewall forgets it), the lock is free, and another cloud may have taken it: before
this one writes again it takes the lock anew and sees whether the database still names it as the last that started.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

from sqlalchemy import Connection, Engine, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from fleet.contracts.errors import Transient

#: The key of the advisory lock ("drover" in ASCII).
ADVISORY_LOCK = 0x64726F766572


class OneWriter:
    """Raises Transient where another process writes; SQLAlchemyError where the server fails."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._shared = engine.dialect.name == "postgresql"
        self._turn = threading.Lock()
        self._session: Connection | None = None
        #: What this process has written into kv as "boot"; "" before that.
        self.boot = ""

    def take(self) -> None:
        """Become the writer."""
        if self._shared:
            with self._turn:
                self._locked()

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction of the one writer."""
        if not self._shared:
            with self._engine.begin() as connection:
                yield connection
            return
        with self._turn:
            session = self._locked()
            with session.begin():
                yield session

    def close(self) -> None:
        if self._session is not None:
            with contextlib.suppress(SQLAlchemyError):
                self._session.close()

    def _locked(self) -> Connection:
        """The session that holds the lock. An invalidated one would connect again by itself, without it."""
        if self._session is not None and not (self._session.invalidated or self._session.closed):
            return self._session
        self.close()
        self._session = None
        session = self._engine.connect()
        try:
            if not session.execute(select(func.pg_try_advisory_lock(ADVISORY_LOCK))).scalar():
                raise Transient("another cloud process writes to this database", fix="stop it, or give this one its own")
            if self.boot and session.execute(text("SELECT value FROM kv WHERE key = 'boot'")).scalar() != self.boot:
                session.execute(select(func.pg_advisory_unlock(ADVISORY_LOCK)))
                raise Transient("another cloud process has written to this database since", fix="stop one, start the other again")
            session.commit()
        except BaseException:
            session.close()
            raise
        self._session = session
        return session
