"""Durations in a person's words."""

from __future__ import annotations

#: Each unit is used from twice its own length on, so that two figures are always told ("90 min", not "1 h").
_UNITS = ((86400.0, "d"), (3600.0, "h"), (60.0, "min"))


def in_words(seconds: float) -> str:
    """Rounded down: 63 d, 47 h, 90 min, 12 s."""
    for length_s, word in _UNITS:
        if seconds >= 2 * length_s:
            return f"{int(seconds // length_s)} {word}"
    return f"{max(0, int(seconds))} s"
