"""Read-backs: what a command was understood as, in English, by template.

The operator confirms this, and never the model's own text.
"""

from __future__ import annotations

from fleet.contracts.command_ir import (
    CommandIr,
    ControlAction,
    ControlIr,
    Outcome,
    QueryAbout,
    QueryIr,
    Speed,
    TaskIr,
    WithinMinutes,
)
from fleet.contracts.resources import TaskSpec
from fleet.tasks.answers import answer as answer
from fleet.tasks.canonical import ALL
from fleet.tasks.clock import span
from fleet.tasks.effect import effect as effect
from fleet.tasks.names import listed
from fleet.tasks.wording import capitalised, phrase, spec_phrase

#: Longest title, in characters; longer ones end in how many tasks there are more.
TITLE_CHARS_MAX = 240


def title(ir: CommandIr) -> str:
    """One line: "Bring 2 pallets from Dock 3 to Packing 1, then send AMR-4 to charge"."""
    if ir.outcome in (Outcome.CLARIFY, Outcome.REJECT):
        return ir.why
    if ir.outcome is Outcome.QUERY and ir.query is not None:
        return _query(ir.query)
    parts = [_tasks(ir.tasks)] if ir.tasks else []
    if ir.control is not None:
        parts.append(_control(ir.control))
    return capitalised("; ".join(parts))


def task_title(task: TaskSpec) -> str:
    """One line for a lowered task, without its times."""
    return capitalised(spec_phrase(task))


def _tasks(tasks: tuple[TaskIr, ...]) -> str:
    text = ""
    for i, task in enumerate(tasks):
        joint = ""
        if i:
            previous = tasks[i - 1].ref
            joint = ", then " if previous in task.after else "; "
            elsewhere = [ref for ref in task.after if ref != previous]
        else:
            elsewhere = list(task.after)
        part = joint + phrase(task) + (f" (after {listed(elsewhere)})" if elsewhere else "")
        if len(text) + len(part) > TITLE_CHARS_MAX:
            return f"{text}; and {len(tasks) - i} more"
        text += part
    return text


def _control(control: ControlIr) -> str:
    whom = "all robots" if control.targets == (ALL,) else listed(control.targets)
    spared = f" except {listed(control.excluded)}" if control.excluded else ""
    return _control_verb(control, whom) + spared + _until(control)


def _control_verb(control: ControlIr, whom: str) -> str:
    action = control.action
    if action is ControlAction.EMERGENCY_STOP:
        return f"stop {whom} now"
    if action is ControlAction.RECALL:
        return f"send {whom} home"
    if action is ControlAction.SET_SPEED:
        return f"limit {whom} to {_speed(control.speed)}"
    if action is ControlAction.CLOSE_AREA:
        return f"close {'everything' if control.targets == (ALL,) else whom}"
    if action is ControlAction.OPEN_AREA:
        return f"open {'everything' if control.targets == (ALL,) else whom}"
    if action is ControlAction.CANCEL and control.targets == (ALL,):
        return "cancel all missions"
    return f"{action} {whom}"


def _speed(speed: Speed | None) -> str:
    if speed is None:
        return "no speed"
    return f"{speed.percent:g} %" if speed.percent is not None else f"{speed.mps or 0:g} m/s"


def _until(control: ControlIr) -> str:
    if control.until is None:
        return ""
    if isinstance(control.until, WithinMinutes):
        return f" for {span(control.until.within_minutes * 60)}"
    return f" until {control.until}"


def _query(query: QueryIr) -> str:
    whom = listed(query.targets) if query.targets and query.targets != (ALL,) else "all robots"
    return {
        QueryAbout.LOCATION: f"Where is {whom}?",
        QueryAbout.BATTERY: f"Battery of {whom}?",
        QueryAbout.STATUS: f"What does {whom} do?",
        QueryAbout.COUNT: f"How many: {whom}?",
        QueryAbout.ETA: f"When is {whom} there?",
        QueryAbout.TASKS: f"What is to be done: {whom}?",
    }[query.about]
