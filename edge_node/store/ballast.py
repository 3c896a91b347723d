"""A file of real bytes that is given up when the disk is full, so that what robots finish can still be written down."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import shutil
import sqlite3
from pathlib import Path

log = logging.getLogger("drover.edge.store")

BALLAST_BYTES = 8 * 1024 * 1024
#: Room on the disk before the ballast is made (again).
ROOM_BYTES = 64 * 1024 * 1024
#: The same reserve inside a file with a bound, in pages of 4 KiB.
BALLAST_PAGES = BALLAST_BYTES // 4096


class Ballast:
    def __init__(self, directory: Path) -> None:
        self._path = directory / "ballast"

    @property
    def there(self) -> bool:
        return self._path.exists()

    def make(self) -> bool:
        """True when it is there now. Zeros would be a hole on some file systems, so it is random bytes."""
        if self.there:
            return True
        try:
            if shutil.disk_usage(self._path.parent).free < ROOM_BYTES:
                return False
            partial = self._path.with_suffix(".part")
            with partial.open("wb") as file:
                file.write(os.urandom(BALLAST_BYTES))
                file.flush()
                os.fsync(file.fileno())
            partial.rename(self._path)
        except OSError as error:
            log.warning("no ballast: %s", error)
            with contextlib.suppress(OSError):
                self._path.with_suffix(".part").unlink(missing_ok=True)
            return False
        return True

    def free(self) -> bool:
        """Give it up. False when there was none."""
        try:
            self._path.unlink()
        except OSError:
            return False
        log.error("the disk is full; the ballast is given up: no new work until there is room again")
        return True


def is_full(error: sqlite3.Error) -> bool:
    """Whether a commit failed for want of room."""
    code = getattr(error, "sqlite_errorcode", None)
    return code == sqlite3.SQLITE_FULL or f"[Errno {errno.ENOSPC}]" in str(error)
