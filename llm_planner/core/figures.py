"""What the rules for times and speeds are made of: a pattern over the sentence's tokens and what it amounts to."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

Reader = Callable[[re.Match[str], str], str | None]


@dataclass(frozen=True, slots=True)
class Figure:
    """`letter`: C clock ("HH:MM"), D duration (minutes), S speed ("50 percent", "0.8 mps"), N count. Token indices.

    `before`, `word`: what stays beside the placeholder ("times" of "twice"), so that the sentence still reads as one.
    """

    letter: str
    value: str
    start: int
    end: int
    before: str = ""
    word: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """`read` gets the match and the site's clock, and returns the value, or None where the words mean something else.

    A group `it` in the pattern is the figure; what stands around it in the pattern must only be there.
    """

    letter: str
    pattern: re.Pattern[str]
    read: Reader
    before: str = ""
    word: str = ""


def rule(letter: str, pattern: str, read: Reader, *, before: str = "", word: str = "") -> Rule:
    """In `pattern` a space stands for any way in which two tokens may stand together, "_" for touching ones.

    No match ends within a word.
    """
    return Rule(letter, re.compile(rf"(?:^|(?<=[ _]))(?:{loose(pattern)})(?![a-z])"), read, before, word)


def loose(pattern: str) -> str:
    """Spaces of a pattern match any way in which two tokens may stand together."""
    freed = pattern.replace("[ _]", "\0").replace(" ", "[ _]").replace("\0", "[ _]")
    return freed.replace(r"(?!\w)", r"(?![^\W_])")


def fixed(value: str) -> Reader:
    """A reader of words that always amount to the same."""
    return lambda match, now: value


def before(match: re.Match[str]) -> str:
    """What stands before the match, tokens apart by one space, with a space at the end."""
    return match.string[: match.start()].replace("_", " ")


def clock_text(minutes: float) -> str:
    """Minutes of the day as "HH:MM"."""
    whole = round(minutes) % 1440
    return f"{whole // 60:02d}:{whole % 60:02d}"


def clock_minutes(clock: str) -> int:
    """Minutes of the day of "HH:MM"."""
    hour, _, minute = clock.partition(":")
    return int(hour) * 60 + int(minute)


def number_text(value: float) -> str:
    """A number as the Command IR's text forms write it: no exponent, no trailing zeros."""
    return f"{value:.3f}".rstrip("0").rstrip(".")
