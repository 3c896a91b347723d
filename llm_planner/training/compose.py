"""Bank entries joined, modified and dressed up: from some thousand hand-written lines to an endless stream of commands."""

from __future__ import annotations

import re
from dataclasses import replace
from random import Random

from llm_planner.core.skeleton import CONTROLS, TASK_SLOTS, TASKS, Step
from llm_planner.training.bank import Bank, Entry
from llm_planner.training.terse import terse

#: How often each topic is drawn, in parts; topics that a language lacks are left out.
WEIGHTS = {
    "transport": 22, "moves": 16, "tasks": 36, "multi": 18, "control": 13, "query": 10, "clarify": 12, "reject": 13,
    "neighbours": 12, "indirect": 9, "again": 3, "extra": 26,
}  # fmt: skip
#: Share of commands that are made by grammar instead of drawn from a bank.
TERSE_SHARE = 0.2
_JOINABLE = ("transport", "moves", "tasks", "indirect")
_MARK = re.compile(r"^([A-Z])(\d+)$")


def draw(bank: Bank, rng: Random) -> Entry:
    """One command: an entry, or several joined, with phrases about time or haste and chatter around it."""
    if rng.random() < TERSE_SHARE:
        made = terse(bank.language, rng)
        return _dressed(made, bank, rng) if bank.fluff and rng.random() < 0.2 else made
    topics = [topic for topic in WEIGHTS if topic in bank.entries]
    topic = rng.choices(topics, [WEIGHTS[topic] for topic in topics])[0]
    entry = rng.choice(bank.entries[topic])
    if topic in _JOINABLE:
        entry = _modified(entry, bank, rng)
        parts = rng.choices((1, 2, 3, 4), (60, 29, 9, 2))[0]
        for _ in range(parts - 1):
            entry = _joined(entry, bank, rng)
    if bank.fluff and rng.random() < 0.3:
        entry = _dressed(entry, bank, rng)
    return entry


def _modified(entry: Entry, bank: Bank, rng: Random) -> Entry:
    if not bank.mods or len(entry.steps) != 1 or rng.random() > 0.3 or entry.steps[0].verb not in TASKS:
        return entry
    prefix, mod = rng.choice(bank.mods)
    step = entry.steps[0]
    slots = mod.steps[0].slots
    who = {"type", "need", "robot", "joint", "each"}
    if set(slots) & set(step.slots) or (set(slots) & who and set(step.slots) & who):
        return entry
    if ("for" in slots and step.verb != "wait") or ({"every", "times"} & set(slots) and {"every", "times"} & set(step.slots)):
        return entry
    mod = _shifted(mod, entry) if not prefix else mod
    base = entry if not prefix else _shifted(entry, mod)
    slots = {**base.steps[0].slots, **mod.steps[0].slots}
    ordered = {slot: slots[slot] for slot in TASK_SLOTS if slot in slots}
    steps = (replace(base.steps[0], slots=ordered),)
    return _glued(mod, base, " ", steps) if prefix else _glued(base, mod, " ", steps)


def _joined(first: Entry, bank: Bank, rng: Random) -> Entry:
    topics = [topic for topic in _JOINABLE if topic in bank.entries]
    second = _modified(rng.choice(bank.entries[rng.choice(topics)]), bank, rng)
    said, kind = rng.choice(bank.joins)
    if len(first.steps) + len(second.steps) > 5 or first.steps[0].verb not in TASKS or second.steps[0].verb not in TASKS:
        return first
    if any(step.verb in CONTROLS for step in (*first.steps, *second.steps)):
        return first
    before, middle, after = re.split(r"\{a\}|\{b\}", said)
    if said.index("{b}") < said.index("{a}"):
        return first
    named = first.steps[-1].all("robot")
    second = _shifted(second, first)
    free = not any(set(step.slots) & {"robot", "joint", "each", "type", "need"} for step in second.steps)
    later = second.steps
    if free and named:
        if kind != "then" or len(named) != 1 or second.topic == "indirect":
            return first  # who would do the second part is anybody's guess
        later = tuple(_by(step, named) for step in later)
    lead = "and" if kind == "and" else "then"
    if kind == "before":
        steps = (*later, replace(first.steps[0], lead="then"), *first.steps[1:])
    else:
        steps = (*first.steps, replace(later[0], lead=lead), *later[1:])
    joined = _glued(first, second, middle, steps)
    pieces = list(joined.pieces)
    pieces[0], pieces[-1] = before + pieces[0], pieces[-1] + after
    return replace(joined, pieces=tuple(pieces))


def _by(step: Step, robots: tuple[str, ...]) -> Step:
    slots = {**step.slots, "robot": robots}
    return replace(step, slots={slot: slots[slot] for slot in TASK_SLOTS if slot in slots})


def _dressed(entry: Entry, bank: Bank, rng: Random) -> Entry:
    pieces = list(entry.pieces)
    for _ in range(rng.choice((1, 1, 2))):
        prefix, said = rng.choice(bank.fluff)
        space = "" if entry.language == "zh" else " "
        if prefix:
            pieces[0] = said + space + pieces[0]
        else:
            comma = "" if said[:1] in ",.;!?，。；！？ " else space
            pieces[-1] = pieces[-1].rstrip() + comma + said
    return replace(entry, pieces=tuple(pieces))


def _shifted(entry: Entry, by: Entry) -> Entry:
    """The entry with its placeholders numbered on from those of `by`."""
    last: dict[str, int] = {}
    for label in by.labels:
        match = _MARK.match(label)
        assert match
        last[match[1]] = max(last.get(match[1], 0), int(match[2]))
    names = {label: f"{label[0]}{int(label[1:]) + last.get(label[0], 0)}" for label in entry.labels}

    def rename(value: str) -> str:
        return f'"{names[value[1:-1]]}"' if value[:1] == '"' else names.get(value, value)

    steps = tuple(
        replace(
            step,
            head=tuple(map(rename, step.head)),
            slots={slot: tuple(map(rename, values)) for slot, values in step.slots.items()},
        )
        for step in entry.steps
    )
    pieces = tuple(names[piece] if i % 2 else piece for i, piece in enumerate(entry.pieces))
    notes = tuple((names.get(label, label), job) for label, job in entry.notes)
    return replace(entry, pieces=pieces, steps=steps, notes=notes)


def _glued(first: Entry, second: Entry, between: str, steps: tuple[Step, ...]) -> Entry:
    left = list(first.pieces)
    left[-1] = left[-1].rstrip(" .!。！") + between + second.pieces[0].lstrip()
    offset = len(left) - 1
    plurals = first.plurals | {at + offset for at in second.plurals}
    return replace(
        first, pieces=(*left, *second.pieces[1:]), plurals=frozenset(plurals), notes=first.notes + second.notes, steps=steps
    )
