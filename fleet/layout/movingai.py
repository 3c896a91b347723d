"""MovingAI's grid maps (`.map`) and scenarios (`.scen`), the format of the public benchmarks, from text; pure.

Formats: movingai.com/benchmarks/formats.html. Rows count from the top, x is the column, y the row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fleet.contracts.errors import InvalidInput

#: Free: . G S (swamp) E (stations of the robot-runner maps); walls: @ O T W.
_CELLS: Final = frozenset(".GSE@OTW")
_COLUMNS: Final = 9


@dataclass(frozen=True, slots=True)
class Trip:
    """One line of a scenario: from cell to cell, each (x, y)."""

    start: tuple[int, int]
    goal: tuple[int, int]


def read_map(text: str) -> tuple[str, ...]:
    """The rows of a `.map`, top row first. Raises InvalidInput naming the line."""
    lines = text.splitlines()
    size: dict[str, int] = {}
    first = 0
    for first, line in enumerate(lines, start=1):
        word, _, value = line.strip().partition(" ")
        if word == "map":
            break
        if word in ("height", "width"):
            size[word] = _positive(value, f"line {first}")
        elif word not in ("type", ""):
            raise InvalidInput(f"unknown header {word[:40]!r}", field=f"line {first}", fix="known: type, height, width, map")
    else:
        raise InvalidInput("no line 'map'", field=f"line {len(lines)}", fix="put 'map' before the rows")
    for word in ("height", "width"):
        if word not in size:
            raise InvalidInput(f"no line '{word} N' before 'map'", field=f"line {first}", fix=f"state the {word}")
    rows = tuple(line.rstrip("\r") for line in lines[first:] if line.strip())
    if len(rows) != size["height"]:
        raise InvalidInput(
            f"{len(rows)} rows, height says {size['height']}", field=f"line {first + len(rows)}", fix="correct height or rows"
        )
    for number, row in enumerate(rows, start=first + 1):
        if len(row) != size["width"]:
            raise InvalidInput(
                f"{len(row)} cells, width says {size['width']}", field=f"line {number}", fix="correct width or the row"
            )
        if not _CELLS.issuperset(row):
            bad = next(cell for cell in row if cell not in _CELLS)
            raise InvalidInput(f"unknown cell {bad!r}", field=f"line {number}", fix="free: . G S E; walls: @ O T W")
    return rows


def read_scen(text: str, rows: tuple[str, ...] | None = None) -> tuple[Trip, ...]:
    """The trips of a `.scen` in the file's order; with `rows`, each end is checked to be a free cell of that map.

    Raises InvalidInput naming the line.
    """
    trips = []
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split()
        if not words or words[0] == "version":
            continue
        if len(words) != _COLUMNS:
            raise InvalidInput(
                f"{len(words)} columns instead of {_COLUMNS}",
                field=f"line {number}",
                fix="bucket map width height start-x start-y goal-x goal-y distance",
            )
        try:
            sx, sy, gx, gy = (int(word) for word in words[4:8])
        except ValueError:
            raise InvalidInput(
                "a cell that is no whole number", field=f"line {number}", fix="columns 5 to 8 are x, y, x, y"
            ) from None
        for name, x, y in (("start", sx, sy), ("goal", gx, gy)):
            if rows is not None and not (0 <= y < len(rows) and 0 <= x < len(rows[0]) and rows[y][x] in ".GSE"):
                raise InvalidInput(
                    f"{name} ({x}, {y}) is no free cell of the map",
                    field=f"line {number}",
                    fix="use the map of this scenario",
                )
        trips.append(Trip((sx, sy), (gx, gy)))
    if not trips:
        raise InvalidInput("no trip in the file", field="line 1", fix="a scenario needs at least one line of 9 columns")
    return tuple(trips)


def _positive(value: str, where: str) -> int:
    if not value.strip().isdigit() or int(value) < 1:
        raise InvalidInput(f"{value[:40]!r} is no size", field=where, fix="give a whole number above 0")
    return int(value)
