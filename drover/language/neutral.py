"""A Command IR as the benchmark's neutral form writes it, one JSON line a sentence."""

from __future__ import annotations

import json
from typing import Any, TextIO

from fleet.contracts import codec
from fleet.contracts.command_ir import CommandIr, Outcome


def neutral(ident: Any, ir: CommandIr) -> dict[str, Any]:
    """`{id, outcome, tasks, control, query, why}`, all keys. Targets are written out, also where they are the default."""
    made: dict[str, Any] = json.loads(codec.encode(ir))  # lists, not tuples: what a reader of the line gets
    return {
        "id": ident,
        "outcome": ir.outcome.value,
        "tasks": made.get("tasks", []),
        "control": None if ir.control is None else {**made["control"], "targets": list(ir.control.targets)},
        "query": None if ir.query is None else {**made["query"], "targets": list(ir.query.targets)},
        "why": ir.why,
    }


def not_understood(ident: Any, why: str) -> dict[str, Any]:
    """The line for a sentence that could not be translated at all: nothing moves, and it says why."""
    return neutral(ident, CommandIr(outcome=Outcome.CLARIFY, why=why))


def write_line(line: dict[str, Any], file: TextIO) -> None:
    """The line, and out with it. Escaped where the file's encoding lacks a character (or it is half a surrogate pair)."""
    text = json.dumps(line, ensure_ascii=False)
    try:
        text.encode(file.encoding or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(line)
    file.write(text + "\n")
    file.flush()
