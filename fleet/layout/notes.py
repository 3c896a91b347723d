"""What a reader could not carry over: one warning per kind of trouble, with a count and the first place."""

from __future__ import annotations

import math
from typing import Any

#: Most kinds of trouble that one report lists, and longest piece of the file that one quotes, in characters.
WARNINGS_MAX = 50
_QUOTE_CHARS_MAX = 40


class Notes:
    """Collects warnings, and reads optional values leniently, noting what was wrong with them."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], tuple[str, int]] = {}

    def warn(self, path: str, trouble: str) -> None:
        """`path` with indexes (layouts[0].nodes[3].theta); the same trouble with other indexes is counted, not repeated."""
        key = (_pattern(path), trouble)
        first, count = self._found.get(key, (path, 0))
        self._found[key] = (first, count + 1)

    def warnings(self) -> tuple[str, ...]:
        lines = [
            f"{first}: {trouble}" + (f" (and {count - 1} more like this)" if count > 1 else "")
            for (_, trouble), (first, count) in self._found.items()
        ]
        if len(lines) > WARNINGS_MAX:
            lines = [*lines[: WARNINGS_MAX - 1], f"and {len(lines) - WARNINGS_MAX + 1} more kinds of warning"]
        return tuple(lines)

    def number(self, value: Any, path: str, *, quiet_none: bool = True) -> float | None:
        """A finite number, also from a string; None with a warning for anything else."""
        if value is None and quiet_none:
            return None
        found = as_number(value)
        if found is None:
            self.warn(path, f"{quote(value)} is not a number, ignored")
        elif isinstance(value, str):
            self.warn(path, "a number written as a string")
        return found

    def text(self, value: Any, path: str) -> str:
        """A string; "" with a warning for anything but a string or nothing."""
        if value is None:
            return ""
        if isinstance(value, str):
            return value.strip()
        self.warn(path, f"{quote(value)} is not a string, ignored")
        return ""

    def items(self, value: Any, path: str) -> list[Any]:
        """A list; empty with a warning for anything else."""
        if isinstance(value, list):
            return value
        self.warn(path, "missing" if value is None else "not a list, ignored")
        return []

    def mapping(self, value: Any, path: str) -> dict[Any, Any]:
        """A mapping; empty with a warning for anything else."""
        if isinstance(value, dict):
            return value
        self.warn(path, "missing" if value is None else "not an object, ignored")
        return {}

    def unknown_keys(self, value: dict[Any, Any], known: frozenset[str], path: str) -> None:
        for key in value:
            if key not in known:
                self.warn(f"{path}.{quote(key)}", "unknown key, ignored")


def as_number(value: Any) -> float | None:
    """The finite number that the value is or spells, else None."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def quote(value: Any) -> str:
    """The value for a message, cut short. Containers are named, not printed."""
    if isinstance(value, (dict, list)):
        return "an object" if isinstance(value, dict) else "a list"
    if isinstance(value, int) and abs(value) >= 10**_QUOTE_CHARS_MAX:
        return "a huge number"
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= _QUOTE_CHARS_MAX else text[: _QUOTE_CHARS_MAX - 1] + "…"


def _pattern(path: str) -> str:
    parts = path.split("[")
    return parts[0] + "".join("[*]" + part.partition("]")[2] for part in parts[1:])
