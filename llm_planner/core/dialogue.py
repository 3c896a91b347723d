"""Conversation: an answer that continues its command, and a follow-up that changes the last one."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import msgspec

from fleet.contracts.command_ir import CommandIr, ControlAction, ControlIr, Outcome, Repeat, TaskIr
from fleet.contracts.translate import TranslateRequest
from llm_planner.core.languages import language_of
from llm_planner.core.lower import Lowered, lower
from llm_planner.core.outcomes import Ask
from llm_planner.core.skeleton import Step
from llm_planner.core.values import Values

_YES = re.compile(
    r"^(?:yes|yep|yeah|correct|right|ok|okay|ja|genau|stimmt|si|sí|claro|oui|exact|是|是的|对|对的|好)[.!。！]?$", re.IGNORECASE
)
#: Where an answer goes that fills a hole: the words that lead it, in en de fr es zh.
_LEADS = {
    "source": {"en": "from", "de": "von", "fr": "depuis", "es": "desde", "zh": "从"},
    "where": {"en": "to", "de": "nach", "fr": "à", "es": "a", "zh": "到"},
    "robot": {"en": "with", "de": "mit", "fr": "avec", "es": "con", "zh": "用"},
    "unable": {"en": "with", "de": "mit", "fr": "avec", "es": "con", "zh": "用"},
    "heavy": {"en": "with", "de": "mit", "fr": "avec", "es": "con", "zh": "用"},
    "charger": {"en": "at", "de": "an", "fr": "à", "es": "en", "zh": "在"},
    "when": {"en": "at", "de": "um", "fr": "à", "es": "a", "zh": "在"},
}
_LEADING = re.compile(
    r"^(?:from|to|with|at|in|on|von|vom|nach|zu|zum|zur|mit|an|um|de|depuis|du|à|au|avec|desde|a|al|con|en|从|到|用|在)\s*",
    re.IGNORECASE,
)


def is_yes(answer: str) -> bool:
    """Whether an answer says yes to "Did you mean ...?"."""
    return bool(_YES.match(answer.strip()))


def continued(request: TranslateRequest, clean: Callable[[str], str]) -> str:
    """The sentence with the operator's answer worked in. Raises InvalidInput (the two together are too long, or empty)."""
    assert request.answers is not None
    answer = clean(request.answer)
    asked, text = request.answers, request.text
    if asked.reason == "doubt":
        return text if is_yes(answer) else answer
    if asked.end > asked.start and asked.end <= len(text):
        return clean(f"{text[: asked.start]}{answer}{text[asked.end :]}")
    leads = _LEADS.get(asked.reason)
    if leads is None:
        return clean(f"{text.rstrip(' .。')}. {answer}")
    bare = _LEADING.sub("", answer) or answer
    return clean(f"{text.rstrip(' .?!。！？')} {leads[language_of(text)]} {bare}")


def again(steps: tuple[Step, ...], last: CommandIr | None, values: Values, now: str) -> Lowered:
    """The last command once more with some slots changed, or cancelled. Raises Ask where there is none."""
    step = steps[0]
    if last is None or len(steps) != 1:
        raise Ask("again")
    if step.verb == "cancel":
        robots = _robots(last)
        if not robots:
            raise Ask("robot")
        return Lowered(CommandIr(outcome=Outcome.CONTROL, control=ControlIr(action=ControlAction.CANCEL, targets=robots)), {})
    if last.outcome is not Outcome.PLAN or len(last.tasks) != 1:
        raise Ask("again")
    return Lowered(CommandIr(outcome=Outcome.PLAN, tasks=(_changed(last.tasks[0], step, values, now),)), _uses(step))


def _changed(task: TaskIr, step: Step, values: Values, now: str) -> TaskIr:
    """`task` with the slots that the step names. They are read by lowering a stand-in step of the same shape."""
    slots = {slot: found for slot, found in step.slots.items() if slot not in ("x", "from", "to", "via", "split")}
    changes: dict[str, object] = {"ref": "t1", "after": ()}
    if slots:
        stand_in = lower((replace(step, verb="wait", lead="", head=(), slots=slots),), values, now).ir.tasks[0]
        for name in ("robot", "robot_type", "robots_needed", "avoid", "repeat", "not_before", "deadline", "priority"):
            value = getattr(stand_in, name)
            if value not in (None, (), 1) and not (name == "priority" and "prio" not in slots):
                changes[name] = value
    if count := step.one("x"):
        changes["quantity"] = values.number(count, 1)
    places = {"from": "source", "to": "target"}
    for slot, name in places.items():
        for value in step.all(slot):
            changes[name] = values.places(value).each(slot)[0]
    for value in step.head:
        changes["target"] = values.places(value).each("to")[0]
    if step.one("times"):
        changes["repeat"] = Repeat(times=values.number(step.one("times") or "", 1))
    changed = msgspec.structs.replace(task, **changes)
    values.check(changed, named=True)
    return changed


def _uses(step: Step) -> dict[str, tuple[str, ...]]:
    return {value: (f"t1.{slot}",) for slot, found in step.slots.items() for value in found}


def _robots(last: CommandIr) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for task in last.tasks:
        for robot in (task.robot,) if isinstance(task.robot, str) else task.robot or ():
            found[robot] = None
    return tuple(found)
