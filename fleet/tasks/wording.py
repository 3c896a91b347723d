"""English for the parts of a command: one phrase for each task, plain and always the same. No model writes these."""

from __future__ import annotations

from fleet.contracts.command_ir import Action, InMinutes, Priority, TaskIr, WithinMinutes
from fleet.contracts.resources import TaskSpec
from fleet.tasks.clock import span
from fleet.tasks.names import listed


def amount(quantity: int, item: str | None) -> str:
    """ "2 pallets", "pallet", "3 loads", "a load"."""
    if not item:
        return "a load" if quantity == 1 else f"{quantity} loads"
    return item if quantity == 1 else f"{quantity} {plural(item)}"


def plural(item: str) -> str:
    """The plural of an item's first noun ("pallets of water"); other scripts get "× item"."""
    if not item.isascii():
        return f"× {item}"
    head, of, rest = item.partition(" of ")
    if head.endswith("s") and not head.endswith("ss"):
        return item
    if head.endswith(("x", "ch", "sh", "ss")):
        head += "es"
    elif head.endswith("y") and head[-2:-1] not in "aeiou":
        head = head[:-1] + "ies"
    else:
        head += "s"
    return head + of + rest


def phrase(task: TaskIr) -> str:
    """The task of a command, from its verb on, in lower case."""
    who = _who(task)
    text = _verb(
        task.action,
        who,
        quantity=task.quantity,
        item=task.item,
        source=task.source,
        target=task.target,
        stops=task.stops,
        duration_s=None if task.duration_minutes is None else task.duration_minutes * 60.0,
    )
    return text + _conditions(task)


def spec_phrase(task: TaskSpec) -> str:
    """The same for a lowered task, without its conditions."""
    who = task.robot or (f"a {task.robot_type}" if task.robot_type else "")
    return _verb(
        task.action,
        who,
        quantity=task.quantity,
        item=task.item,
        source=task.source,
        target=task.target,
        stops=task.stops,
        duration_s=task.duration_s,
    )


def capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def _who(task: TaskIr) -> str:
    if isinstance(task.robot, str):
        return task.robot
    if task.robot:
        return listed(task.robot)
    if task.robots_needed > 1:
        return f"{task.robots_needed} {plural(task.robot_type or 'robot')}"
    if task.robot_type:
        return f"{'an' if task.robot_type[:1] in 'aeiouAEIOU' else 'a'} {task.robot_type}"
    return ""


def _verb(
    action: Action,
    who: str,
    *,
    quantity: int,
    item: str | None,
    source: str | None,
    target: str | None,
    stops: tuple[str, ...],
    duration_s: float | None,
) -> str:
    by = f" with {who}" if who else ""
    someone = who or "a robot"
    places = listed([p for p in (source, *stops, target) if p])
    if action is Action.TRANSPORT:
        origin = f" from {source}" if source else ""
        via = f" via {listed(stops)}" if stops else ""
        return f"bring {amount(quantity, item)}{origin}{via} to {target or places}{by}"
    if action is Action.GOTO:
        return f"send {someone} to {places}"
    if action is Action.CHARGE:
        return f"send {someone} to charge" + (f" at {target}" if target else "")
    if action is Action.PARK:
        return f"park {someone}" + (f" at {target}" if target else "")
    if action is Action.WAIT:
        return f"let {someone} wait" + (f" at {target}" if target else "") + (f" for {span(duration_s)}" if duration_s else "")
    if action is Action.GUIDE:
        return "guide" + (f" from {source}" if source else "") + f" to {listed([*stops, *([target] if target else [])])}{by}"
    return f"{action} {places}{by}"


def _conditions(task: TaskIr) -> str:
    parts = []
    if task.repeat is not None:
        if task.repeat.every_minutes is not None:
            parts.append(f" every {span(task.repeat.every_minutes * 60)}")
            if task.repeat.until is not None:
                parts.append(f" until {task.repeat.until}")
        if task.repeat.times is not None:
            parts.append(f" {task.repeat.times} times")
    if isinstance(task.not_before, InMinutes):
        parts.append(f" in {span(task.not_before.in_minutes * 60)}")
    elif task.not_before is not None:
        parts.append(f" at {task.not_before}")
    if isinstance(task.deadline, WithinMinutes):
        parts.append(f" within {span(task.deadline.within_minutes * 60)}")
    elif task.deadline is not None:
        parts.append(f" by {task.deadline}")
    if task.avoid:
        parts.append(f" avoiding {listed(task.avoid)}")
    if task.priority is not Priority.NORMAL:
        parts.append(f" ({task.priority})" if task.priority is Priority.URGENT else f" ({task.priority} priority)")
    return "".join(parts)
