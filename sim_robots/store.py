"""What a virtual robot remembers: {name}.a.json and {name}.b.json (body and order, written in turn) and {name}.log.jsonl.

The log is the physical truth: one line for each load that really changed hands, written before anyone is told. Where
file and log disagree after a crash, the log is right. Files are overwritten where they are, since to replace one by renaming
takes milliseconds on common file systems, several times a second for each robot; one that a kill has torn is no JSON, and then
the other one counts, which is the save before.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from fleet.contracts import codec
from fleet.contracts.errors import InvalidInput
from robot_agent.core.snapshot import SNAPSHOT_BYTES_MAX, Snapshot
from sim_robots.world.body import Body, BodyState
from sim_robots.world.work import Fact

#: How far back the log is compared with the file after a crash; far more than can happen between two saves.
FACTS_COMPARED = 50


class Remembered(msgspec.Struct, kw_only=True):
    """`saves`: how many there were, so that the newer of two files is known."""

    body: BodyState
    agent: Snapshot
    saves: int = 0


class RobotFile:
    """One robot's files. `file_name` is its name, made safe for a file system."""

    def __init__(self, data_dir: Path, name: str, body: Body) -> None:
        safe = "".join(c if c.isalnum() or c in "-_." else "_" for c in name)
        self._paths = [data_dir / f"{safe}.{slot}.json" for slot in "ab"]
        self._log_path = data_dir / f"{safe}.log.jsonl"
        self._body = body
        self._saves = 0

    def load(self) -> Snapshot | None:
        """Put the body back where it stood; answers the agent's part. None when nothing is remembered."""
        there = [path for path in self._paths if path.exists()]
        found: list[Remembered] = []
        for path in there:
            try:
                found.append(codec.decode(path.read_bytes(), Remembered, bytes_max=SNAPSHOT_BYTES_MAX))
            except InvalidInput as error:
                if len(there) == 1 or (path is there[-1] and not found):
                    raise InvalidInput(f"{path}: {error.detail}", field="data_dir", fix=f"delete {path}") from None
        if not found:
            return None
        remembered = max(found, key=lambda r: r.saves)
        self._saves = remembered.saves
        self._body.load(remembered.body)
        for fact in self.facts()[-FACTS_COMPARED:]:
            self._body.work.adopt(fact)
        return remembered.agent

    def save(self, snapshot: Snapshot) -> None:
        self._saves += 1
        data = codec.encode(Remembered(body=self._body.save(), agent=snapshot, saves=self._saves))
        handle = os.open(self._paths[self._saves % 2], os.O_WRONLY | os.O_CREAT, 0o644)
        try:
            os.write(handle, data)
            os.ftruncate(handle, len(data))
        finally:
            os.close(handle)

    def log_fact(self, fact: Fact) -> None:
        line = codec.encode(fact) + b"\n"
        handle = os.open(self._log_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            os.write(handle, line)  # one write: a line is there as a whole or not at all
        finally:
            os.close(handle)

    def facts(self) -> list[Fact]:
        """All that ever happened to this robot's loads, oldest first."""
        if not self._log_path.exists():
            return []
        return [codec.decode(line, Fact) for line in self._log_path.read_bytes().splitlines() if line]
