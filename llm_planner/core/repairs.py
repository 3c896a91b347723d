"""What a sentence says in so many words and the model, being small, may have left out: shares and plain words of haste.

Only where nothing else can be meant: a count for several places beside a word like "evenly" is shared out, and the one job
of a sentence that says "asap" is in a hurry. Everything else stays as the model wrote it.
"""

from __future__ import annotations

import re
from dataclasses import replace

from llm_planner.core.delex import Delexed
from llm_planner.core.skeleton import TASK_SLOTS, TASKS, Step
from llm_planner.core.tokens import fold

_EVENLY = re.compile(
    r"\b(?:evenly|equally|equal (?:shares?|parts?)|split|divide[ds]?|halves|half(?! (?:the|of|speed|way|full|empty))|half to|fifty-fifty|50/50"
    r"|gleichmassig|gleich viele?|zu gleichen teilen|aufteilen|aufgeteilt|verteil\w*|halfte|halbe-halbe"
    r"|repart\w*|partag\w*|moitie|a parts egales|equitablement|partes iguales|a medias|mitad|equitativamente)\b"
    r"|平均|平分|均分|各一半|一半"
)
_PRIORITY = (
    ("low", r"\b(?:no (?:rush|hurry)|not urgent|whenever you|low priority|when you get a (?:chance|minute|sec|second|moment)|keine eile|eilt nicht|hat zeit"
            r"|pas presse\w*|rien ne presse|quand tu peux|quand vous pouvez|sin prisa\w*|no corre prisa|sin apuro|cuando puedas)\b|不急|不着急|有空再"),
    ("urgent", r"\b(?:urgent\w*|stat|emergency|life or death|dringend\w*|notfall|urgence|urgente\w*)\b|紧急|加急|十万火急"),
    ("high", r"\b(?:asap|a\.s\.a\.p|as soon as (?:possible|you can)|chop chop|(?<!in a )hurry(?: up)?|jaldi|pronto please|top priority|high priority|schnellstmoglich|so schnell wie moglich|dalli"
             r"|eilt|au plus vite|des que possible|le plus vite possible|lo antes posible|cuanto antes|ya mismo|corre prisa)\b|尽快|快点|赶快"),
)  # fmt: skip
_LEVELS = tuple((level, re.compile(pattern)) for level, pattern in _PRIORITY)


def repaired(steps: tuple[Step, ...], read: Delexed) -> tuple[Step, ...]:
    """The steps with counts shared out and haste added, where the sentence leaves no doubt."""
    text = fold(read.text)
    if _EVENLY.search(text):
        steps = _shared(steps)
    if len(steps) == 1 and steps[0].verb in TASKS and "prio" not in steps[0].slots:
        level = next((level for level, pattern in _LEVELS if pattern.search(text)), "")
        if level:
            steps = (_with(steps[0], {**steps[0].slots, "prio": (level,)}),)
    return steps


def _shared(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """`move I1 x N1 to P1 P2`, or the same N1 once for each place, as `move I1 split N1 to P1 P2`."""
    moves = [step for step in steps if step.verb == "move"]
    if len(moves) != len(steps) or not moves:
        return steps
    first = moves[0]
    counts = {step.one("x") for step in moves}
    alike = all(step.head == first.head and step.all("from") == first.all("from") for step in moves)
    targets = tuple(dict.fromkeys(place for step in moves for place in step.all("to")))
    robots = {step.all("robot") for step in moves}
    if counts == {None} or len(counts) != 1 or not alike or len(targets) < 2 or len(robots) != 1:
        return steps
    slots = {slot: values for slot, values in first.slots.items() if slot != "x"}
    return (_with(first, {**slots, "split": (first.one("x") or "",), "to": targets}),)


def _with(step: Step, slots: dict[str, tuple[str, ...]]) -> Step:
    return replace(step, slots={slot: slots[slot] for slot in TASK_SLOTS if slot in slots})
