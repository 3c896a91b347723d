"""A command said back in a few words, for "Did you mean ...?". Made from the IR by template, never by the model."""

from __future__ import annotations

from fleet.contracts.command_ir import CommandIr, TaskIr

_ARROW = " → "


def said_back(ir: CommandIr, language: str) -> str:
    """Names and signs only, so that it reads in any language: "transport 2 × pallet: Dock 3 → Packing 1 (AMR-4)"."""
    if ir.query is not None:
        return f"{ir.query.about.value} {', '.join(ir.query.targets)}".strip() + "?"
    parts = [_task(task) for task in ir.tasks]
    if ir.control is not None:
        excluded = f" – {', '.join(ir.control.excluded)}" if ir.control.excluded else ""
        parts.append(f"{ir.control.action.value}: {', '.join(ir.control.targets)}{excluded}")
    return "; ".join(parts)


def _task(task: TaskIr) -> str:
    robots = (task.robot,) if isinstance(task.robot, str) else task.robot or ()
    who = ", ".join(robots) or task.robot_type or ""
    what = f" {task.quantity} × {task.item}" if task.item else ""
    way = _ARROW.join(filter(None, (task.source, *task.stops, task.target)))
    text = f"{task.action.value}{what}" + (f": {way}" if way else "")
    return f"{text} ({who})" if who else text
