"""Times as the Command IR says them ("15:00", in 10 minutes) to Unix seconds, and seconds to words."""

from __future__ import annotations

import re
from math import isfinite

from fleet.contracts.command_ir import InMinutes, WithinMinutes
from fleet.contracts.errors import InvalidInput

DAY_S = 86_400.0
#: "15:00" said at 16:00 means an hour ago; said at 22:00 it means tomorrow: a clock time lies at most this far back.
CLOCK_BACK_S = 6 * 3600.0
#: Longest time ahead that a command may name, in minutes.
AHEAD_MINUTES_MAX = 7 * 24 * 60.0

_CLOCK = re.compile(r"^([01]?\d|2[0-3]):([0-5]\d)$")

When = str | InMinutes | WithinMinutes


def moment_at(when: When, *, now: float, utc_offset_s: int = 0, field: str = "") -> float:
    """Unix seconds of a site clock time "HH:MM" (the one nearest ahead, or up to 6 h back) or of minutes from now.

    Raises InvalidInput for anything else, for negative minutes and for more than a week.
    """
    if isinstance(when, str):
        return _clock_at(when, now, utc_offset_s, field)
    minutes = when.in_minutes if isinstance(when, InMinutes) else when.within_minutes
    if not 0 <= minutes <= AHEAD_MINUTES_MAX:  # also refuses NaN
        raise InvalidInput(f"{minutes:g} minutes", field=field, fix=f"use 0 to {AHEAD_MINUTES_MAX:.0f} minutes")
    return now + minutes * 60.0


def _clock_at(text: str, now: float, utc_offset_s: int, field: str) -> float:
    match = _CLOCK.match(text.strip())
    if match is None:
        raise InvalidInput(f"{text!r} is not a time", field=field, fix='use "HH:MM" on the 24 hour clock, such as "15:00"')
    of_day_s = int(match[1]) * 3600.0 + int(match[2]) * 60.0
    midnight_at = now - (now + utc_offset_s) % DAY_S
    moment = midnight_at + of_day_s
    while moment < now - CLOCK_BACK_S:
        moment += DAY_S
    while moment >= now - CLOCK_BACK_S + DAY_S:
        moment -= DAY_S
    return moment


def clock(moment: float, utc_offset_s: int = 0) -> str:
    """ "HH:MM" of the site clock."""
    of_day_s = int(moment + utc_offset_s) % int(DAY_S)
    return f"{of_day_s // 3600:02d}:{of_day_s % 3600 // 60:02d}"


def span(seconds: float) -> str:
    """ "40 s", "5 min", "2 h 10 min"; "?" for what is no number (a command may hold anything before it is checked)."""
    if not isfinite(seconds):
        return "?"
    whole = max(0, round(seconds))
    if whole < 100:
        return f"{whole} s"
    minutes = round(whole / 60)
    if minutes < 100:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min" if minutes % 60 else f"{minutes // 60} h"
