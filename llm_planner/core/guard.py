"""Checks around the model, whoever the model is: what no reading could mend before it, what it left out after it."""

from __future__ import annotations

import re
from itertools import pairwise

from fleet.contracts.command_ir import Action, CommandIr, ControlAction, Outcome
from fleet.tasks.people import is_people
from llm_planner.core.calibration import POINTS
from llm_planner.core.delex import Delexed
from llm_planner.core.hazards import hazard, people_inside
from llm_planner.core.lower import Lowered
from llm_planner.core.negation import forbids
from llm_planner.core.outcomes import Ask, Refuse
from llm_planner.core.skeleton import Step, is_mark
from llm_planner.core.strangers import stranger
from llm_planner.core.suspicion import sign_of
from llm_planner.core.values import Sites

_DASHED = re.compile(r"(?:^|\s)[-−–](?=\d)")
_MINUS = re.compile(r"\b(?:minus|moins|menos|negative?|negativ[eo])\s+(?=[NDS]\d)|负\s*(?=[NDS]\d)", re.IGNORECASE)
#: In the text without names; thanks a million are none.
_HUGE = re.compile(
    r"(?<!thanks a )\b(?:thousands?|millions?|billions?|trillions?|\w*tausend\w*|million(?:en)?|milliarden?|"
    r"mille|milliers?|milliards?|mil|miles|mill[oó]n(?:es)?)\b(?! (?:thanks?|dank|mercis?|gracias|fois merci))|"
    r"[一二三四五六七八九十百两][千万亿]|\d ?[万亿]|(?<![\w.:-])\d{6,}(?= [IJX]\d)"
)


def before_model(*texts: str) -> Ask | Refuse | None:
    """Text that is meant for the model, the program or the rules (`suspicion`) is refused; no operator says such a thing.

    `texts`: the sentence as it came, the answer to a question, and both worked together.
    """
    sign = next((sign for text in texts if (sign := sign_of(text) or hazard(text))), "")
    if not any(letter.isalnum() for letter in texts[-1]):  # emoji and dashes are no wish
        return Ask("unclear")
    return Refuse(sign) if sign else None


def impossible_number(read: Delexed) -> Ask | None:
    """A negative number, or one too big to be counted ("a million"), is asked back and never cut down to what fits."""
    named = [mark for mark in read.marks.values() if mark.names]
    dashes = (found.end() - 1 for found in _DASHED.finditer(read.said))
    if _MINUS.search(read.text) or any(not any(m.start <= dash < m.end for m in named) for dash in dashes):
        return Ask("unclear")
    huge = _HUGE.search(read.text)
    return Ask("many", words=huge.group().strip()) if huge else None


def only_said(steps: tuple[Step, ...], read: Delexed) -> None:
    """Raises Ask where a model (one without our grammar) has written a placeholder that the sentence does not have."""
    if any(is_mark(value) and value not in read.marks for step in steps for value in step.values()):
        raise Ask("unclear")


def after_model(lowered: Lowered, read: Delexed, site: Sites) -> None:
    """Raises Refuse for a no-robot zone, however it came in, and for UV light where somebody may be.

    Raises Ask where a "don't" would be done.
    """
    if forbids(read.said) and _sets_in_motion(lowered.ir):
        raise Ask("what")
    if lowered.ir.outcome is not Outcome.QUERY and (words := stranger(read, lowered.uses)):
        raise Ask("unknown", words=words)
    if any(mark.label[0] in "CD" and not lowered.uses.get(mark.label) for mark in read.marks.values()):
        raise Ask("when")
    for task in lowered.ir.tasks:
        if task.action is Action.DISINFECT and people_inside(read.text):  # UV light only where nobody is
            raise Refuse("harm")
        if task.item is not None and any(is_people(words) for words in (task.item, *_said_items(task.item, read))):
            raise Refuse("people")
        for place in (task.source, task.target, *task.stops):
            if place is not None and site.forbidden(place):
                raise Refuse("zone", words=place)


def _said_items(item: str, read: Delexed) -> list[str]:
    """What the sentence calls the item: a registry may call people by another name."""
    return [read.words_of(label) for label, mark in read.marks.items() if any(name.name == item for name in mark.names)]


def _sets_in_motion(ir: CommandIr) -> bool:
    """Jobs that avoid nothing, and controls that let robots go."""
    if ir.control is not None:
        return ir.control.action in (ControlAction.RESUME, ControlAction.OPEN_AREA, ControlAction.RECALL, ControlAction.SET_SPEED)
    return bool(ir.tasks) and not any(task.avoid for task in ir.tasks)


def calibrated(confidence: float) -> float:
    """The share of sentences with this raw confidence that were read exactly, by linear interpolation (`calibration`)."""
    for (left, low), (right, high) in pairwise(POINTS):
        if left <= confidence <= right:
            return round(low + (high - low) * (confidence - left) / (right - left), 3) if right > left else high
    return POINTS[-1][1]


__all__ = ["Ask", "after_model", "before_model", "calibrated"]
