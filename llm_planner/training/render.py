"""A bank entry on a site as a training pair: the sentence through the planner's own linker, and the skeleton it should become.

The linker that runs in production makes the model's input here too, mistakes and all, so that the model learns to live with
them: a name that it missed must be written out in quotes, a word that it took for a name must be passed over.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from llm_planner.core import skeleton
from llm_planner.core.delex import Delexed, Delexer
from llm_planner.core.skeleton import TASKS, Step
from llm_planner.training import noise
from llm_planner.training.bank import Entry
from llm_planner.training.surface import Filled, Filler

_CAPABILITY = {
    "move": "transport",
    "clean": "clean",
    "disinfect": "disinfect",
    "inspect": "inspect",
    "patrol": "patrol",
    "guide": "guide",
}


@dataclass(frozen=True, slots=True)
class Pair:
    """What the model reads and what it should write. `said`: the sentence as an operator would have said it."""

    prompt: str
    target: str
    said: str
    language: str
    topic: str


def render(entry: Entry, filler: Filler, delexer: Delexer, rng: Random) -> Pair | None:
    """None where the site lacks something, or where the linker lost a number that the skeleton needs."""
    fillings = _fillings(entry, filler, rng)
    if fillings is None:
        return None
    pieces, spans = list(entry.pieces), []
    pieces = noise.spoil(rng, pieces, entry.language)
    said = ""
    for index, piece in enumerate(pieces):
        if index % 2 == 0:
            said += piece
            continue
        filled = fillings[entry.pieces[index]]
        words = filled.words
        if filled.names and rng.random() < 0.03:
            words = noise.typo(rng, words)
        spans.append((entry.pieces[index], len(said), len(said) + len(words)))
        said += words
    now = f"{rng.randrange(6, 22):02d}:{rng.choice((0, 5, 10, 15, 20, 30, 40, 50)):02d}"
    read = delexer.read(said, now)
    names = _labels(entry, fillings, spans, read)
    if names is None:
        return None
    steps = tuple(_renamed(step, names) for step in entry.steps)
    target = skeleton.render(tuple(step for step in _ordered(steps)))
    return Pair(read.prompt, target, said, entry.language, entry.topic)


def _fillings(entry: Entry, filler: Filler, rng: Random) -> dict[str, Filled] | None:
    jobs: dict[str, str] = {}
    lone: dict[str, int] = {}
    robots: set[str] = set()
    for step in entry.steps:
        for value in step.values():
            label = value.strip('"')
            lone[label] = lone.get(label, 0) + 1
            if step.verb in _CAPABILITY:
                jobs.setdefault(label, _CAPABILITY[step.verb])
        robots.update(value.strip('"') for slot in ("robot", "joint", "except") for value in step.all(slot))
        if step.verb not in TASKS:
            robots.update(value.strip('"') for value in step.head)
    notes = dict(entry.notes)
    fillings: dict[str, Filled] = {}
    for index, label in enumerate(entry.pieces):
        if index % 2 == 0 or label in fillings:
            continue
        filled: Filled | None = None
        if label[0] == "R" and lone.get(label) == 1 and not notes.get(label) and rng.random() < 0.06:
            filled = filler.robots_range()
        if label[0] == "U" and label in robots:
            filled = filler.unknown_robot()
        filled = filled or filler.fill(label, index in entry.plurals, jobs.get(label, ""), notes.get(label, ""))
        if filled is None:
            return None
        fillings[label] = filled
    return fillings


def _labels(entry: Entry, fillings: dict[str, Filled], spans: list[tuple[str, int, int]], read: Delexed) -> dict[str, str] | None:
    """For each of the entry's placeholders the linker's own, or the quoted words where it has none."""
    needed = {value.strip('"') for step in entry.steps for value in step.values()}
    names: dict[str, str] = {}
    for label, start, end in spans:
        if label in names:
            continue
        found = [mark for mark in read.marks.values() if any(left < end and start < right for left, right in mark.spans())]
        filled = fillings[label]
        right = next((m for m in found if (set(m.names) & filled.names if filled.names else not m.names)), None)
        whole = right is None or label[0] not in "RP" or len(filled.names) < 2 or set(right.names) == filled.names
        if not whole:
            return None  # the linker read only part of a range
        if right is not None and right.label[0] in _ACCEPTS.get(label[0], label[0]):
            names[label] = right.label
        elif label not in needed:
            continue
        elif label[0] in "PHGZRIJU" and not found:
            quoted = " ".join(read.said[start:end].lower().split())
            if quoted not in read.text or '"' in quoted:
                return None
            names[label] = f'"{quoted}"'
        else:
            return None
    return names if needed - {"all", "last"} <= {*names, *_WORDS} else None


_ACCEPTS = {"P": "PHGZAX", "H": "PHX", "G": "PGX", "Z": "ZPX", "A": "APHGZX", "I": "IX", "N": "N"}
_WORDS = frozenset((*skeleton.CLARIFY_REASONS, *skeleton.REJECT_REASONS, *skeleton.PRIORITIES))


def _renamed(step: Step, names: dict[str, str]) -> Step:
    def of(value: str) -> str:
        return names.get(value.strip('"'), value)

    return replace(
        step,
        head=tuple(map(of, step.head)),
        slots={slot: tuple(map(of, values)) for slot, values in step.slots.items()},
    )


def _ordered(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    first = replace(steps[0], lead="")
    return (first, *steps[1:])
