"""The neutral form of the benchmark, read into types: what a case wants, and what a system said.

In gold any slot may list what is accepted, `{"any": [...]}`, so every slot of a `Job` is a tuple of alternatives; a prediction
has one. Times become minutes of the day at once. Predictions come from strangers: what cannot be read is `Malformed`, which the
scorer counts as wrong, and never an error of the run.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from fleet.contracts.errors import InvalidInput

#: A minute of the day, UNREADABLE, or nothing.
Minute = int | None
UNREADABLE = -1
DAY_MINUTES = 1440

T = TypeVar("T")
_CLOCK = re.compile(r"^\D*(\d{1,2})[:.h](\d{2})")
_INSTANT = re.compile(r"^.*T(\d\d):(\d\d)")


class Malformed(InvalidInput):
    """A value that is not of the neutral form."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """`times`, or `every` minutes until a minute of the day."""

    times: int | None = None
    every: float | None = None
    until: Minute = None


@dataclass(frozen=True, slots=True)
class Job:
    """One task. Each slot: the accepted values. `duration`: minutes of a wait; `robots_needed` None: not said."""

    ref: str = ""
    action: tuple[str | None, ...] = (None,)
    source: tuple[str | None, ...] = (None,)
    target: tuple[str | None, ...] = (None,)
    stops: tuple[tuple[str, ...], ...] = ((),)
    item: tuple[str | None, ...] = (None,)
    quantity: tuple[int, ...] = (1,)
    robot: tuple[tuple[str, ...] | None, ...] = (None,)
    robot_type: tuple[str | None, ...] = (None,)
    robots_needed: tuple[int | None, ...] = (None,)
    repeat: tuple[Repeat | None, ...] = (None,)
    priority: tuple[str, ...] = ("normal",)
    not_before: tuple[Minute, ...] = (None,)
    deadline: tuple[Minute, ...] = (None,)
    avoid: tuple[tuple[str, ...], ...] = ((),)
    duration: float | None = None
    after: tuple[str, ...] = ()
    ordered: bool = False
    unordered: bool = False


@dataclass(frozen=True, slots=True)
class Control:
    """`speed`: accepted speeds by unit (percent, mps), None where any will do."""

    action: tuple[str | None, ...]
    targets: tuple[tuple[str, ...], ...] = ((),)
    excluded: tuple[str, ...] = ()
    until: tuple[Minute, ...] = (None,)
    speed: tuple[dict[str, float] | None, ...] | None = None


@dataclass(frozen=True, slots=True)
class Query:
    about: tuple[str | None, ...]
    targets: tuple[tuple[str, ...], ...] = ((),)


@dataclass(frozen=True, slots=True)
class Expected:
    """One accepted reading of a sentence. `order_free`: the order of the tasks is not scored."""

    outcomes: tuple[str, ...]
    jobs: tuple[Job, ...] = ()
    control: Control | None = None
    query: Query | None = None
    order_free: bool = False


@dataclass(frozen=True)
class Case:
    """A sentence and what it means. `now`: the site clock as "HH:MM"; `gold`: the readings as they were written."""

    id: str
    site: str
    lang: str
    now: str
    text: str
    tags: tuple[str, ...]
    expected: tuple[Expected, ...]
    gold: tuple[dict[str, Any], ...] = field(default=(), compare=False)

    @property
    def minute(self) -> int:
        return clock(self.now)

    @property
    def outcome(self) -> str:
        """The outcome that the case is counted under."""
        return self.expected[0].outcomes[0]


def read_case(raw: dict[str, Any]) -> Case:
    """One line of a benchmark file. Raises InvalidInput naming the field."""
    for name in ("id", "site", "lang", "now", "text", "expect"):
        if name not in raw:
            raise InvalidInput("missing", field=name, fix="write {id, site, lang, now, text, tags, expect}")
    now = clock(raw["now"])
    gold = (raw["expect"], *(raw.get("expect_any") or ()))
    expected = tuple(_expected(one, now) for one in gold)
    return Case(
        id=str(raw["id"]),
        site=str(raw["site"]),
        lang=str(raw["lang"]),
        now=str(raw["now"]),
        text=str(raw["text"]),
        tags=tuple(raw.get("tags") or ()),
        expected=expected,
        gold=gold,
    )


def clock(text: object) -> int:
    """ "HH:MM" as a minute of the day. Raises InvalidInput."""
    found = minute(text, 0)
    if found is None or found == UNREADABLE:
        raise InvalidInput(f"{text!r}", field="now", fix='write the site clock as "HH:MM"')
    return found


def minute(raw: Any, now: int) -> Minute:
    """A clock time, `{"in_minutes": n}` or `{"within_minutes": n}` as a minute of the day."""
    if raw in (None, "", {}):
        return None
    if isinstance(raw, dict):
        for name in ("within_minutes", "in_minutes", "minutes"):
            if name in raw:
                return None if raw[name] is None else round(now + _number(name, raw[name])) % DAY_MINUTES
        return UNREADABLE
    found = _CLOCK.match(str(raw)) or _INSTANT.match(str(raw))
    return (int(found.group(1)) % 24) * 60 + int(found.group(2)) if found else UNREADABLE


def read_jobs(raw: Any, now: int) -> tuple[Job, ...]:
    """Tasks with a ref each, and `after` cut to refs that exist. Raises Malformed."""
    if not raw:
        return ()
    if not isinstance(raw, list) or not all(isinstance(task, dict) for task in raw):
        raise Malformed("not a list of objects", field="tasks", fix="write one object for each task")
    refs = [str(task.get("ref") or f"_{number}") for number, task in enumerate(raw)]
    known = set(refs)
    return tuple(_job(ref, known, task, now) for ref, task in zip(refs, raw, strict=True))


def read_control(raw: Any, now: int) -> Control:
    """Raises Malformed."""
    if not isinstance(raw, dict):
        raise Malformed("not an object", field="control", fix="write {action, targets}")
    speed = None if "speed" not in raw else _each(raw["speed"], _speed)
    until = _each(raw.get("until"), lambda value: minute(value, now))
    return Control(_texts(raw, "action"), _each(raw.get("targets"), names), names(raw.get("except")), until, speed)


def read_query(raw: Any) -> Query:
    """Raises Malformed."""
    if not isinstance(raw, dict):
        raise Malformed("not an object", field="query", fix="write {about, targets}")
    return Query(_texts(raw, "about"), _each(raw.get("targets"), names))


def names(raw: Any) -> tuple[str, ...]:
    """A list of names; one name alone is a list of it. Raises Malformed."""
    if raw is None or raw == "":
        return ()
    if isinstance(raw, str):
        return (raw,)
    if not isinstance(raw, list) or any(name is None for name in raw):
        raise Malformed(f"{raw!r}", field="names", fix="write a list of names")
    return tuple(str(name) for name in raw)


def _expected(raw: dict[str, Any], now: int) -> Expected:
    return Expected(
        tuple(str(outcome) for outcome in _alternatives(raw["outcome"])),
        read_jobs(raw.get("tasks"), now),
        read_control(raw["control"], now) if raw.get("control") else None,
        read_query(raw["query"]) if raw.get("query") else None,
        bool(raw.get("order_free")),
    )


def _job(ref: str, known: set[str], raw: dict[str, Any], now: int) -> Job:
    def at(value: Any) -> Minute:
        return minute(value, now)

    return Job(
        ref=ref,
        action=_each(raw.get("action"), _action),
        source=_texts(raw, "from"),
        target=_texts(raw, "to"),
        stops=_each(raw.get("stops"), names),
        item=_texts(raw, "item"),
        quantity=_each(raw.get("quantity"), lambda value: 1 if value is None else _count(value)),
        robot=_each(raw.get("robot"), _robots),
        robot_type=_texts(raw, "robot_type"),
        robots_needed=_each(raw.get("robots_needed"), lambda value: _count(value) if value else None),
        repeat=_each(raw.get("repeat"), lambda value: _repeat(value, now)),
        priority=_each(raw.get("priority"), lambda value: str(value or "normal").lower()),
        not_before=_each(raw.get("not_before"), at),
        deadline=_each(raw.get("deadline"), at),
        avoid=_each(raw.get("avoid"), names),
        duration=_duration(raw.get("duration_minutes"), strict=raw.get("action") == "wait"),
        after=tuple(name for name in names(raw.get("after")) if name in known and name != ref),
        ordered=bool(raw.get("ordered")),
        unordered=bool(raw.get("unordered")),
    )


def _alternatives(raw: Any) -> list[Any]:
    return list(raw["any"]) if isinstance(raw, dict) and set(raw) == {"any"} else [raw]


def _each(raw: Any, read: Callable[[Any], T]) -> tuple[T, ...]:
    return tuple(read(value) for value in _alternatives(raw))


def _texts(raw: dict[str, Any], name: str) -> tuple[str | None, ...]:
    return _each(raw.get(name), lambda value: None if value is None else str(value))


def _action(raw: Any) -> str | None:
    if isinstance(raw, (list, dict)):
        raise Malformed(f"{raw!r}", field="action", fix="write one action")
    return None if raw is None else str(raw)


def _robots(raw: Any) -> tuple[str, ...] | None:
    """A list, or names in one text as "T1, T2 and T3"."""
    if raw in (None, "", [], {}):
        return None
    found = raw if isinstance(raw, list) else re.split(r"\s*(?:,|\+|&| and )\s*", str(raw))
    return tuple(str(name) for name in found if name)


def _repeat(raw: Any, now: int) -> Repeat | None:
    if not raw:
        return None
    if not isinstance(raw, dict):
        return Repeat()
    times, every = raw.get("times"), raw.get("every_minutes")
    return Repeat(
        None if times in (None, 1) else int(_number("times", times)),
        None if every is None else _number("every_minutes", every),
        minute(raw.get("until"), now),
    )


def _speed(raw: Any) -> dict[str, float] | None:
    """By unit; a bare number is in m/s. What is not a number is left out, so that it agrees with nothing."""
    if raw is None:
        return None
    if isinstance(raw, (int, float)):
        return {"mps": float(raw)}
    speeds: dict[str, float] = {}
    for unit, value in raw.items() if isinstance(raw, dict) else ():
        with contextlib.suppress(Malformed):
            speeds[str(unit)] = _number(str(unit), value)
    return speeds


def _duration(raw: Any, *, strict: bool) -> float | None:
    if raw is None or isinstance(raw, dict):
        return None
    try:
        return _number("duration_minutes", raw)
    except Malformed:
        if strict:  # only a wait's is scored
            raise
        return None


def _count(raw: Any) -> int:
    """A whole number; -1, which equals no count, for what is none."""
    try:
        return int(raw)
    except (TypeError, ValueError):
        return -1
    except OverflowError:
        raise Malformed(f"{raw!r}", field="quantity", fix="write a whole number") from None


def _number(name: str, raw: Any) -> float:
    try:
        number = float(raw)
    except (TypeError, ValueError):
        raise Malformed(f"{raw!r}", field=name, fix="write a number") from None
    if number != number or abs(number) > 1e9:
        raise Malformed(f"{raw!r}", field=name, fix="write a finite number")
    return number
