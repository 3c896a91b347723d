"""Which words of a sentence filled which slots of the command, checked against the command itself.

A translator says it for each word, and may say it loosely: "Dock 1 and Dock 2" made two jobs, and both words are noted at the
first. What the page lets an operator correct must be what the word really filled, so the command decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from fleet.contracts.command_ir import CommandIr
from fleet.contracts.translate import Understood
from fleet.tasks import slots
from fleet.tasks.slots import NAMED, Slot

#: Words told of in one sentence.
WORDS_MAX = 200


def plausible(words: Iterable[Understood], text: str) -> tuple[Understood, ...]:
    """Those that lie in the text one after the other; a translator's answer is a stranger's."""
    found: list[Understood] = []
    at = 0
    for word in sorted(words, key=lambda w: w.start)[:WORDS_MAX]:
        if at <= word.start < word.end <= len(text):
            found.append(word)
            at = word.end
    return tuple(found)


def settled(words: tuple[Understood, ...], ir: CommandIr, areas: Mapping[str, tuple[str, ...]]) -> tuple[Understood, ...]:
    """The words with the slots of the IR's tasks that hold what they mean. `areas`: area -> its places.

    A slot belongs to the words that claim it and mean what it holds; where none does, to those that claim the same slot of
    another task; else to those that claim any slot of its kind (two rooms to clean are stops, and may be noted as "to").
    Words of which no slot is found keep what was said of them (a charger may be left open in the IR).
    """
    meant = [{name for mean in word.means for name in (mean, *areas.get(mean, ()))} for word in words]
    claims = [{(slot.partition(".")[0], slot.partition(".")[2]) for slot in word.slots} for word in words]
    found: list[list[str]] = [[] for _ in words]
    for task in ir.tasks:
        for field, kind in NAMED.items():
            if kind == "target":
                continue
            slot = Slot(task.ref, field)
            for value in slots.held(ir, slot):
                able = [i for i in range(len(words)) if value in meant[i]]
                who = [i for i in able if (task.ref, field) in claims[i]]
                who = who or [i for i in able if any(f == field for _, f in claims[i])]
                who = who or [i for i in able if any(NAMED.get(f) == kind for _, f in claims[i])]
                for i in who:
                    found[i].append(str(slot))
    shared = _one_each(words, found)
    return tuple(msgspec.structs.replace(w, slots=_merged(w, new)) for w, new in zip(words, shared, strict=True))


def _one_each(words: tuple[Understood, ...], found: list[list[str]]) -> list[list[str]]:
    """A name that is said as often as it is used fills one slot each time, in the order of both."""
    alike: dict[tuple[tuple[str, ...], tuple[str, ...]], list[int]] = {}
    for i, word in enumerate(words):
        alike.setdefault((word.means, tuple(found[i])), []).append(i)
    out = [list(dict.fromkeys(new)) for new in found]
    for same in alike.values():
        if len(same) > 1 and len(out[same[0]]) == len(same):
            for at, i in enumerate(same):
                out[i] = [out[i][at]]
    return out


def _merged(word: Understood, new: list[str]) -> tuple[str, ...]:
    """Task slots of names from the command; numbers, times, controls and queries as the translator said."""
    other = [s for s in word.slots if s.partition(".")[2] not in NAMED or s.partition(".")[0] in ("control", "query")]
    return tuple(dict.fromkeys([*new, *other])) if new else word.slots
