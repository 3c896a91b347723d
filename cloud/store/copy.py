"""A copy of a SQLite database while it is written to, whole or not there at all."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from fleet.contracts.errors import Conflict, InvalidInput, Transient


def copy_sqlite(engine: Engine, path: Path) -> int:
    """Everything that is committed, in the new file `path`; its size in bytes. On the disk when this returns.

    Raises InvalidInput (another database), Conflict (the file is there; never overwritten), Transient (no room, no right).
    """
    if engine.dialect.name != "sqlite":
        raise InvalidInput("this database is not SQLite", field="to", fix="use pg_dump between two calls of /api/v1/backup/mark")
    partial = path.with_name(f".{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        partial.unlink(missing_ok=True)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM INTO :path"), {"path": str(partial)})
        partial.chmod(0o600)
        _sync(partial)
        try:
            os.link(partial, path)  # unlike a rename, it refuses a name that is taken
        except FileExistsError:
            raise Conflict(f"{path} is there already", field="to", fix="name a new file") from None
        _sync(path.parent)
        return path.stat().st_size
    except (SQLAlchemyError, OSError) as error:
        cause = getattr(error, "orig", None) or error
        raise Transient(f"{path}: {cause}", field="to", fix="see that the disk has room and the folder can be written") from None
    finally:
        with contextlib.suppress(OSError):
            partial.unlink()


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
