"""Numbers that are not names: clock times, durations, repeats, speeds, priorities. Read by rule, never by the model.

Each finding is a `Fact`: the slot of the compact form it fills and its value as the form writes it. Findings cover the
tokens they came from, so that the coverage guard can tell which numbers nobody has used.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from llm_planner.core.tokens import Token


@dataclass(frozen=True, slots=True)
class Fact:
    """`slot`: by within at in until for every times prio speed. `start`, `end`: token indices."""

    slot: str
    value: str
    start: int
    end: int


_CLOCK = (
    r"(?P<clock>(?P<hh>[01]?\d|2[0-3]) (?:[:.h]|uhr) (?P<mm>[0-5]?\d)(?: (?P<ap1>am|pm|a \. m|p \. m))?(?: uhr)?"
    r"|(?P<hour>1?\d|2[0-3]) (?:(?P<ap2>am|pm|a \. m|p \. m)|uhr|o ' clock)"
    r"|(?P<rel>half past|quarter past|quarter to) (?P<relhour>1?\d)|(?P<word>noon|midday|midnight|mittag|mediodia|midi))"
)
_SPAN = (
    r"(?P<span>(?P<n>\d+)(?: \. (?P<frac>\d+))? "
    r"(?P<unit>minutes?|mins?|minuten|minutos?|分 钟|hours?|hrs?|h|stunden?|horas?|heures?|小 时)\b"
    r"|(?P<half>half an? hour|half hour|eine halbe stunde|halbe stunde|media hora|une demi heure|demi heure|半 小 时)"
    r"|(?P<quarter>(?:a )?quarter of an hour|quarter hour|viertelstunde|cuarto de hora|quart d ' heure)"
    r"|(?P<hourhalf>an hour and a half)|(?P<anhour>an hour|the hour|hour|eine stunde|una hora|une heure))"
)
_BY = r"by|before|no later than|latest by|not later than|there (?:at|by)|done by|bis|spatestens|vor|antes de(?: las)?|avant|pour"
_UNTIL = r"until|till|til|hasta(?: las)?|jusqu ' a"
_AT = r"at|from|after|not before|starting(?: at)?|um|ab|a las|a|vers"
_PRIO = {
    "urgent": r"urgent|urgently|stat|top priority|emergency delivery|dringend|urgente|urgentemente|d ' urgence|紧 急",
    "high": r"asap|a s a p|as soon as possible|hurry|rush|high priority|priority|quickly|schnell|rapido|vite|尽 快",
    "low": r"no rush|no need to (?:hurry|rush)|no hurry"
    r"|not urgent|whenever|low priority|when (?:you|it) (?:get|gets|have|has) (?:a chance|time)"
    r"|keine eile|sin prisa",
}


def find_facts(tokens: tuple[Token, ...]) -> tuple[Fact, ...]:
    """Every fact in reading order; where two rules match the same words the longer wins."""
    line, offsets = _joined(tokens)
    found: list[tuple[int, int, str, str]] = []
    for pattern, read in _RULES:
        for match in pattern.finditer(line):
            slot_value = read(match)
            if slot_value is not None:
                found.append((match.start(), match.end(), *slot_value))
    facts: list[Fact] = []
    taken: set[int] = set()
    for start, end, slot, value in sorted(found, key=lambda row: (row[0] - row[1], row[0])):
        first, last = offsets[start], offsets[end - 1]
        span = set(range(first, last + 1))
        if not span & taken:
            taken |= span
            facts.append(Fact(slot, value, first, last + 1))
    return tuple(sorted(facts, key=lambda fact: fact.start))


def _joined(tokens: tuple[Token, ...]) -> tuple[str, list[int]]:
    """Normalised tokens with single spaces, and for each character the index of its token."""
    parts: list[str] = []
    offsets: list[int] = []
    for index, token in enumerate(tokens):
        piece = token.norm + " "
        parts.append(piece)
        offsets.extend([index] * len(piece))
    return "".join(parts)[:-1], offsets


def _clock(match: re.Match[str]) -> str | None:
    if match["word"]:
        return "00:00" if match["word"] == "midnight" else "12:00"
    if match["rel"]:
        hour, minute = int(match["relhour"]), {"half past": 30, "quarter past": 15, "quarter to": -15}[match["rel"]]
        total = (hour * 60 + minute) % 1440
        return f"{total // 60:02d}:{total % 60:02d}"
    hour = int(match["hh"] or match["hour"])
    minute = int(match["mm"] or 0)
    half = (match["ap1"] or match["ap2"] or "").replace(" ", "").replace(".", "")
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return f"{hour:02d}:{minute:02d}" if hour < 24 else None


def _minutes(match: re.Match[str]) -> str:
    if match["half"]:
        return "30"
    if match["quarter"]:
        return "15"
    if match["hourhalf"]:
        return "90"
    if match["anhour"]:
        return "60"
    value = float(f"{match['n']}.{match['frac'] or 0}")
    unit = match["unit"]
    return number_text(value if unit.startswith(("min", "分")) else value * 60)


def number_text(value: float) -> str:
    """A number as the form writes it: no exponent, no trailing zeros."""
    return f"{value:.3f}".rstrip("0").rstrip(".")


def _fixed(slot: str, value: str) -> Callable[[re.Match[str]], tuple[str, str] | None]:
    return lambda match: (slot, value)


def _at_clock(slot: str) -> Callable[[re.Match[str]], tuple[str, str] | None]:
    def read(match: re.Match[str]) -> tuple[str, str] | None:
        clock = _clock(match)
        return (slot, clock) if clock else None

    return read


def _for_span(slot: str) -> Callable[[re.Match[str]], tuple[str, str] | None]:
    return lambda match: (slot, _minutes(match))


def _times(match: re.Match[str]) -> tuple[str, str]:
    return "times", "2" if match["twice"] else match["count"]


def _speed(match: re.Match[str]) -> tuple[str, str]:
    if match["halfspeed"]:
        return "speed", "50 percent"
    value = number_text(float(f"{match['value']}.{match['decimals'] or 0}"))
    return "speed", f"{value} {'percent' if match['unit'] in ('%', 'percent', 'prozent', 'pct', 'por ciento') else 'mps'}"


_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], tuple[str, str] | None]], ...] = (
    (re.compile(rf"\b(?:{_BY}) {_CLOCK}"), _at_clock("by")),
    (re.compile(rf"\b(?:{_UNTIL}) {_CLOCK}"), _at_clock("until")),
    (re.compile(rf"\b(?:{_AT}) {_CLOCK}"), _at_clock("at")),
    (
        re.compile(rf"\b(?:within|in under|in less than|innerhalb von|en menos de|d ' ici)(?: the next)? {_SPAN}"),
        _for_span("within"),
    ),
    (re.compile(rf"\bin the next {_SPAN}"), _for_span("within")),
    (re.compile(rf"\b(?:in|en|dans) {_SPAN}(?! ago)"), _for_span("in")),
    (re.compile(rf"\b(?:for|fur|durante|pendant|por)(?: the next)? {_SPAN}"), _for_span("for")),
    (re.compile(rf"\b(?:every|each|alle|jede|cada|toutes les|chaque) {_SPAN}"), _for_span("every")),
    (re.compile(r"(?:(?P<twice>\btwice\b|\bzweimal\b)|\b(?P<count>\d+) (?:times|mal|veces|fois|次))"), _times),
    (
        re.compile(
            r"(?:(?P<halfspeed>\bhalf speed\b)|\b(?P<value>\d+)(?: [.,] (?P<decimals>\d+))? "
            r"(?P<unit>%|percent|prozent|pct|por ciento|m / s|mps|meters? per second|metres? per second))"
        ),
        _speed,
    ),
    *((re.compile(rf"\b(?:{words})(?!\w)"), _fixed("prio", level)) for level, words in _PRIO.items()),
)
