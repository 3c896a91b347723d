"""What a virtual robot remembers: {name}.json (body and order in one file, replaced atomically) and {name}.log.jsonl.

The log is the physical truth: one line for each load that really changed hands, written before anyone is told. Where
file and log disagree after a crash, the log is right.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from fleet.contracts import codec
from fleet.contracts.errors import InvalidInput
from robot_agent.core.snapshot import SNAPSHOT_BYTES_MAX, Snapshot
from robot_agent.store import replace_file
from sim_robots.world.body import Body, BodyState
from sim_robots.world.work import Fact

#: How far back the log is compared with the file after a crash; far more than can happen between two saves.
FACTS_COMPARED = 50


class Remembered(msgspec.Struct, kw_only=True):
    body: BodyState
    agent: Snapshot


class RobotFile:
    """One robot's files. `file_name` is its name, made safe for a file system."""

    def __init__(self, data_dir: Path, name: str, body: Body) -> None:
        safe = "".join(c if c.isalnum() or c in "-_." else "_" for c in name)
        self._path = data_dir / f"{safe}.json"
        self._log_path = data_dir / f"{safe}.log.jsonl"
        self._body = body

    def load(self) -> Snapshot | None:
        """Put the body back where it stood; answers the agent's part. None when nothing is remembered."""
        if not self._path.exists():
            return None
        try:
            remembered = codec.decode(self._path.read_bytes(), Remembered, bytes_max=SNAPSHOT_BYTES_MAX)
        except InvalidInput as error:
            raise InvalidInput(f"{self._path}: {error.detail}", field="data_dir", fix=f"delete {self._path}") from None
        self._body.load(remembered.body)
        for fact in self.facts()[-FACTS_COMPARED:]:
            self._body.work.adopt(fact)
        return remembered.agent

    def save(self, snapshot: Snapshot) -> None:
        data = codec.encode(Remembered(body=self._body.save(), agent=snapshot))
        replace_file(self._path, data, durable=False)  # a simulated body dies with the machine anyway

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
