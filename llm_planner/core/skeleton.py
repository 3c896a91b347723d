"""The skeleton: what the language model writes. Steps over placeholders, without a single name.

Code finds the names and numbers of a sentence and puts placeholders in their place (`delex`); the model says what is to be
done with them; code lowers that to the Command IR (`lower`). So the model learns language and never a site.

    N1 I1+ from P1 over to P2, then R1 can charge   ->   move I1 x N1 from P1 to P2 ; then charge robot R1

The idea of taking the names out first is from neural semantic parsing by anonymisation (Walker et al. 2019, arXiv 1907.01115).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from fleet.contracts.errors import InvalidInput

#: Steps of one sentence; a longer one is asked to be split.
STEPS_MAX = 12
#: Values that one slot may list.
VALUES_MAX = 12

TASKS = ("move", "guide", "go", "patrol", "clean", "disinfect", "inspect", "charge", "park", "wait")
CONTROLS = ("pause", "resume", "cancel", "stop", "close", "open", "recall", "speed")
QUERIES = ("where", "battery", "status", "count", "eta", "tasks")
CLARIFY_REASONS = ("which", "what", "where", "source", "item", "robot", "when", "conflict")
REJECT_REASONS = ("people", "harm", "safety", "zone", "scope", "capability", "inject")
PRIORITIES = ("low", "high", "urgent")

#: Placeholder letters that a slot takes. X is a word that may be a place or an item; a quoted value is a name nobody knows.
PLACE_LETTERS = "PHGZAX"
ITEM_LETTERS = "IX"
LETTERS = {
    "x": "N",
    "split": "N",
    "rest": "N",
    "from": PLACE_LETTERS,
    "via": PLACE_LETTERS,
    "to": PLACE_LETTERS,
    "robot": "R",
    "joint": "R",
    "each": "T",
    "except": "RT" + PLACE_LETTERS,
    "type": "T",
    "need": "N",
    "avoid": PLACE_LETTERS,
    "times": "N",
    "every": "D",
    "until": "CD",
    "for": "D",
    "at": "CD",
    "due": "CD",
    "prio": "",
}
#: Slots that may list several values.
LISTS = frozenset(("from", "via", "to", "robot", "joint", "avoid", "except"))
#: Slots whose value may be a name that the registry does not know, as a quoted piece of the sentence.
QUOTABLE = frozenset(("from", "via", "to", "robot", "avoid", "except"))
#: The order of slots in a line, which makes every meaning one text.
TASK_SLOTS = tuple(LETTERS)
CONTROL_SLOTS = ("except", "until")
_SPLIT = re.compile(r'"[^"]*"|\S+')
_MARK = re.compile(r"^[A-Z]\d{1,2}$")


@dataclass(frozen=True, slots=True)
class Step:
    """`lead`: "", "then", "and". `head`: values right after the verb. `slots`: values by slot, in writing order."""

    verb: str
    lead: str = ""
    head: tuple[str, ...] = ()
    slots: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def one(self, slot: str) -> str | None:
        """The slot's single value."""
        values = self.slots.get(slot, ())
        return values[0] if values else None

    def all(self, slot: str) -> tuple[str, ...]:
        return self.slots.get(slot, ())

    def values(self) -> Iterator[str]:
        yield from self.head
        for values in self.slots.values():
            yield from values


def parse(text: str) -> tuple[Step, ...]:
    """The steps of a skeleton. Raises InvalidInput naming the step and what is wrong with it."""
    pieces = [piece.strip() for piece in re.split(r"""\s;\s(?=(?:[^"]*"[^"]*")*[^"]*$)""", text.strip())]
    if len(pieces) > STEPS_MAX:
        raise InvalidInput(f"{len(pieces)} steps", field="steps", fix=f"write at most {STEPS_MAX}")
    steps: list[Step] = []
    for number, piece in enumerate(pieces):
        words = _SPLIT.findall(piece)
        lead = ""
        if number:
            if not words or words[0] not in ("then", "and"):
                raise _wrong(number, piece, "begin a later step with then or and")
            lead, words = words[0], words[1:]
        steps.append(_step(number, lead, words))
    return tuple(steps)


def render(steps: tuple[Step, ...]) -> str:
    """The text of the steps: what `parse` reads back."""
    return " ; ".join(_line(step) for step in steps)


def is_mark(value: str) -> bool:
    """Whether a value is a placeholder, as P1."""
    return bool(_MARK.match(value))


def is_quote(value: str) -> bool:
    return value.startswith('"')


def _line(step: Step) -> str:
    words = [step.lead] if step.lead else []
    verb = f"ask {step.verb}" if step.verb in QUERIES else step.verb
    words += [verb, *step.head]
    for slot in CONTROL_SLOTS if step.verb in CONTROLS else TASK_SLOTS:
        if slot in step.slots:
            words += [slot, *step.slots[slot]]
    return " ".join(words)


def _step(number: int, lead: str, words: list[str]) -> Step:
    if not words:
        raise _wrong(number, "", "write a verb")
    verb, rest = words[0], words[1:]
    if verb == "ask" and rest and rest[0] in QUERIES:
        step = Step(rest[0], lead, tuple(rest[1:]))
        _heads(number, step, "PHGZARTIX", 0)
    elif verb in ("clarify", "reject"):
        reasons = CLARIFY_REASONS if verb == "clarify" else REJECT_REASONS
        if len(rest) != 1 or rest[0] not in reasons:
            raise _wrong(number, " ".join(words), "give one of " + " ".join(reasons))
        step = Step(verb, lead, tuple(rest))
    elif verb in CONTROLS:
        head, slots = _slots(number, rest, CONTROL_SLOTS)
        step = Step(verb, lead, head, slots)
        _heads(number, step, "PHGZARTIXS", 1)
    elif verb in TASKS or verb == "again":
        head, slots = _slots(number, rest, TASK_SLOTS)
        step = Step(verb, lead, head, slots)
        letters, least = {"move": (ITEM_LETTERS, 1), "guide": ("", 0), "charge": (PLACE_LETTERS, 0)}.get(verb, (PLACE_LETTERS, 0))
        _heads(number, step, letters, least)
    else:
        raise _wrong(number, " ".join(words), f"{verb!r} is no verb of the form")
    return step


def _slots(number: int, words: list[str], allowed: tuple[str, ...]) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    head: list[str] = []
    slots: dict[str, list[str]] = {}
    current = head
    order = -1
    for word in words:
        if word in LETTERS:
            if word not in allowed or word in slots or allowed.index(word) < order:
                raise _wrong(number, " ".join(words), f"{word!r} does not belong there")
            order = allowed.index(word)
            current = slots[word] = []
        else:
            current.append(word)
    for slot, values in slots.items():
        if not values or (len(values) > 1 and slot not in LISTS) or len(values) > VALUES_MAX:
            raise _wrong(number, " ".join(words), f"{slot!r} has {len(values)} values")
        for value in values:
            _value(number, slot, value, LETTERS[slot])
    return tuple(head), {slot: tuple(values) for slot, values in slots.items()}


def _value(number: int, slot: str, value: str, letters: str) -> None:
    if slot == "prio" and value in PRIORITIES:
        return
    if slot == "each" and value == "all":
        return
    if is_quote(value) and slot in QUOTABLE:
        return
    if is_mark(value) and value[0] in letters:
        return
    raise _wrong(number, f"{slot} {value}", f"{slot!r} takes " + " ".join(letters))


def _heads(number: int, step: Step, letters: str, least: int) -> None:
    if len(step.head) < least:
        raise _wrong(number, step.verb, "name what it is about")
    for value in step.head:
        special = (value == "all" and step.verb in CONTROLS + QUERIES) or (value == "last" and step.verb == "cancel")
        if not (special or is_quote(value) or (is_mark(value) and value[0] in letters)):
            raise _wrong(number, f"{step.verb} {value}", f"{step.verb!r} takes " + " ".join(letters))


def _wrong(number: int, piece: str, fix: str) -> InvalidInput:
    return InvalidInput(f"{piece!r}", field=f"steps[{number}]", fix=fix)
