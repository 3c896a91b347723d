"""Backups of the cloud's database, and the word to the edge nodes of what is in them.

An edge node keeps the events that it has told until they are in a backup of the cloud (within bounds), so that a cloud that
is put back to an old backup gets them again. The order is what counts: first the cursors are noted, then the copy is made,
then the edge nodes hear of the cursors; so nothing is called safe that is not in the copy.
"""

from __future__ import annotations

import asyncio
import re
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cloud.store.store import Store
from fleet.contracts.errors import InvalidInput, NotFound, QueueFull

#: Files in the folder; one more is refused, so that nobody fills the disk from afar.
BACKUPS_MAX = 100
#: Marks that wait for their pg_dump; the oldest is forgotten.
MARKS_MAX = 16
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True, slots=True)
class EdgeCursors:
    """`seqs`: by stream, the last row of the edge node's store `store_id` that is committed."""

    store_id: str
    seqs: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Cursors:
    """Of all edge nodes, in the hub's database `hub` (its name holds the epoch)."""

    hub: str
    of: Mapping[str, EdgeCursors]


@dataclass(frozen=True, slots=True)
class Backup:
    """`file`: on the cloud's machine; "" for one that somebody else made. `edges`: those that may drop what is in it."""

    file: str
    bytes: int
    at: float
    hub_epoch: int
    edges: tuple[str, ...]


class Marking(Protocol):
    """The hub."""

    def cursors(self) -> Cursors: ...

    def checkpointed(self, cursors: Cursors) -> None: ...


class Backups:
    """`folder`: where all of them lie; who holds the token may not write elsewhere on this machine."""

    def __init__(self, store: Store, hub: Marking, folder: Path) -> None:
        self._store = store
        self._hub = hub
        self._folder = folder
        self._one_at_a_time = asyncio.Lock()
        self._marks: dict[str, tuple[Cursors, float]] = {}

    async def make(self, name: str = "") -> Backup:
        """`name`: of the file, "" for one from the time. Raises InvalidInput, Conflict, QueueFull, Transient."""
        now = time.time()
        name = name or time.strftime("cloud-%Y%m%dT%H%M%SZ.db", time.gmtime(now))
        if not _FILE_NAME.fullmatch(name):
            raise InvalidInput(f"{name[:100]!r}", field="to", fix=f"a name without folders; it comes to lie in {self._folder}")
        async with self._one_at_a_time:
            there = await asyncio.to_thread(lambda: len(list(self._folder.glob("*"))))
            if there >= BACKUPS_MAX:
                raise QueueFull(f"{there} backups", field="to", fix=f"move some out of {self._folder}")
            cursors = self._hub.cursors()
            path = self._folder / name
            size = await self._store.backup(path)
            return self._told(cursors, now, str(path.absolute()), size)

    def begin(self) -> str:
        """Before somebody's own pg_dump; the word that `done` wants."""
        token = uuid.uuid4().hex
        while len(self._marks) >= MARKS_MAX:
            del self._marks[next(iter(self._marks))]
        self._marks[token] = (self._hub.cursors(), time.time())
        return token

    def done(self, token: str) -> Backup:
        """The dump that began after `begin` is safe. Raises NotFound (forgotten, or of before a restart), Conflict."""
        found = self._marks.pop(token, None)
        if found is None:
            raise NotFound("no such mark", field="token", fix="begin again: a mark first, then the dump, then this")
        return self._told(*found, "", 0)

    def _told(self, cursors: Cursors, at: float, file: str, size: int) -> Backup:
        self._hub.checkpointed(cursors)
        return Backup(file, size, at, self._store.hub_epoch, tuple(sorted(cursors.of)))
