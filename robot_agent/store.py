"""Where an agent keeps its snapshot: one file, replaced atomically, so that a crash leaves the old or the new one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol

from fleet.contracts.errors import InvalidInput
from robot_agent.core import snapshot as snapshots
from robot_agent.core.snapshot import Snapshot


class Store(Protocol):
    def load(self) -> Snapshot | None:
        """None when nothing was ever saved. Raises InvalidInput when what is there can't be read."""

    def save(self, snapshot: Snapshot) -> None:
        """Durable when it returns."""


class SnapshotFile:
    """One JSON file. `durable`: also against power loss (fsync), not only against a crash of the process."""

    def __init__(self, path: Path, *, durable: bool = True) -> None:
        self._path = path
        self._durable = durable

    def load(self) -> Snapshot | None:
        if not self._path.exists():
            return None
        try:
            return snapshots.from_bytes(self._path.read_bytes())
        except InvalidInput as error:
            fix = f"make sure that the robot is idle and empty, then delete {self._path}"
            raise InvalidInput(f"{self._path}: {error.detail}", field="snapshot", fix=fix) from None

    def save(self, snapshot: Snapshot) -> None:
        replace_file(self._path, snapshots.to_bytes(snapshot), durable=self._durable)


def replace_file(path: Path, data: bytes, *, durable: bool) -> None:
    """Write beside, then rename: readers see the old content or the new, never half of it."""
    beside = path.with_name(path.name + ".new")
    with beside.open("wb") as file:
        file.write(data)
        file.flush()
        if durable:
            os.fsync(file.fileno())
    beside.replace(path)
