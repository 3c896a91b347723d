"""How things are shown: a table for people, JSON or YAML for programs. What is printed goes to stdout, errors to stderr."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console

#: Wide enough that a pipe or a log file gets whole rows.
PIPE_COLUMNS = 240


class Output(StrEnum):
    TABLE = "table"
    JSON = "json"
    YAML = "yaml"


OutputOption = Annotated[Output, typer.Option("-o", "--output", help="table, json or yaml.", show_default=True)]


def console() -> Console:
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else PIPE_COLUMNS, highlight=False, soft_wrap=False)


def dump(value: Any, output: Output) -> None:
    """JSON or YAML, keys in the order they have."""
    if output is Output.JSON:
        print(json.dumps(value, indent=2, ensure_ascii=False))
    else:
        import yaml

        print(yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=120), end="")


def show_rows(rows: Sequence[Mapping[str, Any]], output: Output, *, empty: str) -> None:
    """`rows` all have the same keys, which become the columns' heads."""
    if output is not Output.TABLE:
        dump([dict(row) for row in rows], output)
        return
    if not rows:
        print(empty, file=sys.stderr)
        return
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 3, 0, 0))
    for key in rows[0]:
        table.add_column(key.upper().replace("_", " "), overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell(value)) for value in row.values()))
    console().print(table)


def cell(value: Any) -> str:
    """One value in one table cell; `-` for nothing."""
    if value is None or value == "":
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ", ".join(str(v) for v in value) or "-"
    return str(value)


def ago(at: float | None) -> str:
    """A Unix time as its age: 5s, 3m, 2h, 4d."""
    return "-" if not at else duration(max(0.0, time.time() - at))


def until(at: float | None) -> str:
    """A Unix time to come as "in 40s"; one that has passed as "now"."""
    return "-" if not at else f"in {duration(at - time.time())}" if at > time.time() else "now"


def duration(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.0f}s"
    if seconds < 3600:
        return f"{int(seconds // 60)}m{int(seconds % 60):02d}s"
    if seconds < 48 * 3600:
        return f"{int(seconds // 3600)}h{int(seconds % 3600 // 60):02d}m"
    return f"{seconds / 86400:.0f}d"
