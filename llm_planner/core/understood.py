"""Word by word: what the placeholders of a sentence stood for and where each went, for the page and the audit."""

from __future__ import annotations

from collections.abc import Mapping

from fleet.contracts.translate import Understood
from llm_planner.core.delex import Delexed

_KINDS = {"R": "robot", "T": "type", "I": "item", "A": "area", "N": "number", "D": "duration", "C": "clock", "S": "speed"}


def understood(read: Delexed, uses: Mapping[str, tuple[str, ...]]) -> tuple[Understood, ...]:
    """`uses`: placeholder or quoted words to slots. In reading order."""
    out = [
        Understood(
            start=start,
            end=end,
            kind=_kind(mark.label, uses.get(mark.label, ())),
            means=tuple(dict.fromkeys(name.name for name in mark.names)) or (mark.value,),
            slots=uses.get(mark.label, ()),
            fuzzy=mark.fuzzy,
        )
        for mark in read.marks.values()
        for start, end in mark.spans()
    ]
    for quoted, slots in uses.items():
        words = quoted.strip('"')
        start = read.said.lower().find(words) if quoted.startswith('"') else -1
        if start >= 0:
            out.append(Understood(start=start, end=start + len(words), kind="unknown", means=(words,), slots=slots))
    return tuple(sorted(out, key=lambda word: word.start))


def _kind(label: str, slots: tuple[str, ...]) -> str:
    if label[0] == "X":
        return "item" if any(slot.endswith(".item") for slot in slots) else "place"
    return _KINDS.get(label[0], "place")
