"""Names that a sentence holds and no reading has used: a robot or place that does not exist must not be passed over.

"Have Romeo bring sandwiches to the Aurora" would otherwise send anybody, and "from Freezer 2" take the only freezer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from llm_planner.core.common import COMMON_WORDS
from llm_planner.core.delex import Delexed
from llm_planner.core.lexicon import FUNCTION_WORDS
from llm_planner.core.tokens import fold

#: A number right behind a name, as in "Sprite-8".
_NUMBER = re.compile(r"[ \-‐‑]?(\d{1,3})(?![\w:.,%/]|\s?(?:x|min|h|kg|uhr|am|pm|%))")
#: Who is told to do something, where a name would stand.
_AGENT = re.compile(
    r"\b(?i:have|let|tell|ask|make|use|demande(?:z|r)? à|dis à|dites à|fais|envoie|que|dile a|dígale a|pide a|manda a|usa a)\s+"
    r"([A-ZÀ-Þ][\w'-]+)\b"
)
_CALLED = re.compile(r"^\s*([A-ZÀ-Þ][\w'-]+)\s*[,:]")


def stranger(read: Delexed, uses: Mapping[str, tuple[str, ...]]) -> str:
    """The words of a name that nobody has, or "". `uses`: placeholders and quoted words to the slots that they filled."""
    spans = [span for mark in read.marks.values() for span in mark.spans()]
    return _numbered(read, uses) or _called(read, spans, uses)


def _numbered(read: Delexed, uses: Mapping[str, tuple[str, ...]]) -> str:
    counted = {span for label, mark in read.marks.items() if label[0] == "N" and uses.get(label) for span in mark.spans()}
    for label, mark in read.marks.items():
        if label[0] not in "PHGZART" or not uses.get(label):
            continue
        for start, end in mark.spans():
            match = _NUMBER.match(read.said, end)
            if match is None or read.said[start:end][-1:].isdigit() or _inside(match.span(1), read, counted):
                continue
            return read.said[start : match.end()]
    return ""


def _inside(span: tuple[int, int], read: Delexed, counted: set[tuple[int, int]]) -> bool:
    """Whether the number is a count that a slot has used, or part of a time or name."""
    others = (s for label, mark in read.marks.items() if label[0] != "N" for s in mark.spans())
    return any(left <= span[0] < right for left, right in (*counted, *others))


def _called(read: Delexed, spans: list[tuple[int, int]], uses: Mapping[str, tuple[str, ...]]) -> str:
    quoted = " ".join(use for use in uses if use.startswith('"'))
    for pattern in (_AGENT, _CALLED):
        for match in pattern.finditer(read.said):
            start, end = match.span(1)
            word = fold(match[1])
            marked = any(left < end and start < right for left, right in spans)
            if not marked and word not in COMMON_WORDS and word not in FUNCTION_WORDS and word not in quoted:
                return match[1]
    return ""
