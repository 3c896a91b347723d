"""Operators' corrections as lines of JSON in the cloud's data folder: examples to train the language model with.

They are a by-product: a disk that is full or a folder that is gone is logged, and never fails the correction itself. The
folder is bounded: two files of corrections, and the registries of the last few changes of the site.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import re
from pathlib import Path

from fleet.contracts import codec
from fleet.contracts.corrections import Correction
from fleet.contracts.errors import NotFound
from fleet.contracts.translate import Registry

log = logging.getLogger("drover.cloud.corrections")

#: A file of this size is put aside for a new one; one such is kept.
FILE_BYTES_MAX = 10 * 1024 * 1024
#: Registries kept, the last used ones.
REGISTRIES_MAX = 20
_HASH = re.compile(r"[0-9a-f]{64}")


class Corrections:
    """`folder`: the cloud's data folder. Files: `corrections.jsonl`, `corrections.1.jsonl`, `corrections-registries/`."""

    def __init__(self, folder: Path, *, file_bytes_max: int = FILE_BYTES_MAX) -> None:
        self._file = folder / "corrections.jsonl"
        self._old = folder / "corrections.1.jsonl"
        self._registries = folder / "corrections-registries"
        self._file_bytes_max = file_bytes_max
        self._one_at_a_time = asyncio.Lock()

    async def add(self, correction: Correction, registry: Registry) -> bool:
        """Whether it is on the disk; never raises for a disk that does not take it."""
        async with self._one_at_a_time:
            try:
                await asyncio.to_thread(self._add, correction, registry)
            except OSError as error:
                log.warning("a correction of command %s is not kept: %s", correction.command, error)
                return False
        return True

    async def read(self) -> bytes:
        """All that are kept, oldest first, as JSONL."""
        async with self._one_at_a_time:
            return await asyncio.to_thread(lambda: b"".join(f.read_bytes() for f in (self._old, self._file) if f.is_file()))

    async def registry(self, digest: str) -> bytes:
        """The registry of this sha256, as JSON. Raises NotFound."""
        path = self._registries / f"{digest}.json"
        if _HASH.fullmatch(digest) is None or not path.is_file():
            raise NotFound(
                "no such registry", field="registry", fix="give the `registry` of a correction; only the last few are kept"
            )
        return await asyncio.to_thread(path.read_bytes)

    def _add(self, correction: Correction, registry: Registry) -> None:
        self._keep_registry(correction.registry, registry)
        line = codec.encode(correction) + b"\n"
        if self._file.is_file() and self._file.stat().st_size + len(line) > self._file_bytes_max:
            self._file.replace(self._old)
        with self._file.open("ab", buffering=0) as file:
            size = file.tell()
            try:
                if file.write(line) != len(line):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._file))
                os.fsync(file.fileno())
            except OSError:
                file.truncate(size)  # no half line before the next one
                raise

    def _keep_registry(self, digest: str, registry: Registry) -> None:
        path = self._registries / f"{digest}.json"
        self._registries.mkdir(exist_ok=True)
        if path.is_file():
            path.touch()
            return
        part = path.with_suffix(".part")
        part.write_bytes(codec.encode(registry))
        part.replace(path)
        for old in sorted(self._registries.glob("*.json"), key=lambda p: p.stat().st_mtime)[:-REGISTRIES_MAX]:
            old.unlink()
