"""Slots of a Command IR by address ("t1.to", "control.targets"): what they hold, and how an operator's word goes in.

A value is checked here against the registry by the slot's kind; whether the whole command is still possible is `validate`'s.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from fleet.contracts.command_ir import CommandIr, InMinutes, Priority, Repeat, Speed, TaskIr, WithinMinutes
from fleet.contracts.errors import Conflict, InvalidInput, NotFound
from fleet.tasks.canonical import ALL
from fleet.tasks.names import NameIndex, fold, listed
from fleet.tasks.site import Site

#: Slots that hold names, by what they name; `target` is anything that a control or a query may be about.
NAMED = {
    "from": "place",
    "to": "place",
    "stops": "place",
    "avoid": "place",
    "item": "item",
    "robot": "robot",
    "robot_type": "robot type",
    "targets": "target",
    "except": "target",
}
#: Slots that hold numbers, times and words of their own.
VALUED = ("quantity", "robots_needed", "not_before", "deadline", "repeat", "until", "duration_minutes", "priority", "speed")
#: As the IR's structs call what is another word on the wire.
_ATTRIBUTES = {"from": "source", "to": "target", "except": "excluded"}
_OF_TASK = frozenset(NAMED) - {"targets", "except"} | set(VALUED) - {"speed"}
_OF_CONTROL = frozenset({"targets", "except", "until", "speed"})


@dataclass(frozen=True, slots=True)
class Slot:
    """`part`: a task's ref, "control" or "query"; `field`: its key on the wire."""

    part: str
    field: str

    def __str__(self) -> str:
        return f"{self.part}.{self.field}"


def find(ir: CommandIr, address: str, *, field: str = "slot") -> Slot:
    """Raises NotFound naming the slots that this command has."""
    part, _, name = address.partition(".")
    parts = {task.ref: _OF_TASK for task in ir.tasks}
    if ir.control is not None:
        parts["control"] = _OF_CONTROL
    if part not in parts:
        raise NotFound(f"this command has no {part!r}", field=field, fix=f"use one of {listed(parts, last='or')}")
    if name not in parts[part]:
        raise NotFound(
            f"{part} has no slot {name!r}", field=field, fix=f"use one of {listed(sorted(parts[part]), last='or', most=20)}"
        )
    return Slot(part, name)


def held(ir: CommandIr, slot: Slot) -> tuple[str, ...]:
    """What the slot holds, as text; () where it is empty."""
    owner = _owner(ir, slot)
    if slot.field == "until" and isinstance(owner, TaskIr) and owner.repeat is not None:
        return _told(owner.repeat.until)
    return _told(getattr(owner, _ATTRIBUTES.get(slot.field, _home(owner, slot.field))))


def put(ir: CommandIr, slot: Slot, value: str, site: Site, *, was: str = "") -> CommandIr:
    """The command with another value in that slot. `was`: which of several. Raises InvalidInput, NotFound, Conflict."""
    value = value.strip()
    if not value:
        raise InvalidInput("empty", field="value", fix="give a name, a number or a time")
    owner = _owner(ir, slot)
    if slot.field in NAMED:
        attribute = _ATTRIBUTES.get(slot.field, slot.field)
        new = _named(owner, slot, getattr(owner, attribute), value, was, site)
    else:
        if was and not _same(was, held(ir, slot)):
            raise _other(slot, held(ir, slot), was)
        attribute, new = _valued(owner, slot.field, value)
    return _with(ir, slot, msgspec.structs.replace(owner, **{attribute: new}))


# ---- names ----


def _named(owner: Any, slot: Slot, current: Any, value: str, was: str, site: Site) -> Any:
    name = _known(owner, slot, value, site)
    if not isinstance(current, tuple):
        single = slot.field not in ("stops", "avoid", "targets", "except")
        if was and fold(was) not in {fold(one) for one in _told(current)}:
            raise _other(slot, _told(current), was)
        return name if single else (name,)
    if not was and len(current) > 1:
        raise InvalidInput(f"{slot} holds several", field="was", fix=f"say which is wrong: {listed(current, last='or')}")
    # an area stands in the IR as its places
    meant = {fold(name) for name in ((site.areas.get(site.find_area(was) or "") or (was,)) if was else current)}
    wrong = [i for i, held_name in enumerate(current) if fold(held_name) in meant]
    if not wrong and current:
        raise _other(slot, current, was)
    kept = [held_name for i, held_name in enumerate(current) if i not in wrong]
    at = wrong[0] if wrong else 0
    return tuple(dict.fromkeys([*kept[:at], name, *kept[at:]]))


def _known(owner: Any, slot: Slot, value: str, site: Site) -> str:
    """The canonical name of the slot's kind. Raises NotFound with the names that are near, or some that there are."""
    kind = NAMED[slot.field]
    if kind == "target" and fold(value) == ALL:
        return ALL
    indices = _indices(kind, slot.field, site)
    for index in indices:
        if (name := index.find(value)) is not None:
            return name
    if kind == "item" and owner.source is not None:
        return value  # said in the operator's own words; fetched where they say, its weight is not checked
    near = list(dict.fromkeys(name for index in indices for name in index.near(value)))[:5]
    names = near or [name for index in indices for name in index]
    raise NotFound(f"there is no {kind} {value!r} on this site", field="value", fix=f"use {listed(names, last='or')}")


def _indices(kind: str, field: str, site: Site) -> tuple[NameIndex, ...]:
    if kind == "place":
        return (site.place_names, site.area_names) if field in ("stops", "avoid") else (site.place_names,)
    if kind == "target":
        return (site.robot_names, site.type_names, site.place_names, site.area_names)
    return ({"item": site.item_names, "robot": site.robot_names, "robot type": site.type_names}[kind],)


# ---- numbers and times ----


def _valued(owner: Any, field: str, value: str) -> tuple[str, Any]:
    """The attribute to change and its new value. Bounds are `validate`'s."""
    match field:
        case "quantity" | "robots_needed":
            return field, _whole(value)
        case "priority":
            if value not in list(Priority):
                raise InvalidInput(f"{value!r} is no priority", field="value", fix=f"use {listed(Priority, last='or')}")
            return field, Priority(value)
        case "not_before":
            return field, value if ":" in value else InMinutes(in_minutes=_number(value))
        case "deadline":
            return field, value if ":" in value else WithinMinutes(within_minutes=_number(value))
        case "speed":
            number, _, unit = value.partition(" ")
            if unit not in ("percent", "mps", "m/s"):
                raise InvalidInput(f"{value!r} is no speed", field="value", fix='use "50 percent" or "0.8 mps"')
            return field, Speed(percent=_number(number)) if unit == "percent" else Speed(mps=_number(number))
    if field == "until" and isinstance(owner, TaskIr) and owner.repeat is not None:
        return "repeat", msgspec.structs.replace(owner.repeat, until=value)
    if field == "repeat":
        return field, _repeated(owner.repeat or Repeat(), value)
    if _home(owner, field) == "duration_minutes":
        return "duration_minutes", _number(value)
    return _home(owner, field), value if ":" in value else WithinMinutes(within_minutes=_number(value))


def _home(owner: Any, field: str) -> str:
    """Where an "until" or a "for" has gone: a wait lasts, a control ends, anything else has a deadline."""
    if not isinstance(owner, TaskIr) or field not in ("until", "duration_minutes"):
        return field
    if field == "duration_minutes" and (owner.duration_minutes is not None or owner.deadline is None):
        return field
    return "deadline"


def _repeated(current: Repeat, value: str) -> Repeat:
    if current.every_minutes is not None:
        return msgspec.structs.replace(current, every_minutes=_number(value))
    return msgspec.structs.replace(current, times=_whole(value))


def _whole(value: str) -> int:
    if not value.isascii() or not value.isdigit() or len(value) > 6:
        raise InvalidInput(f"{value!r} is no whole number", field="value", fix="use digits, such as 3")
    return int(value)


def _number(value: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise InvalidInput(f"{value!r} is no number", field="value", fix='use a number, such as 30, or a time "HH:MM"') from None


# ---- the pieces of a command ----


def _owner(ir: CommandIr, slot: Slot) -> Any:
    if slot.part == "control":
        return ir.control
    return next(task for task in ir.tasks if task.ref == slot.part)


def _with(ir: CommandIr, slot: Slot, owner: Any) -> CommandIr:
    if slot.part == "control":
        return msgspec.structs.replace(ir, control=owner)
    tasks = tuple(owner if task.ref == slot.part else task for task in ir.tasks)
    return msgspec.structs.replace(ir, tasks=tasks)


def _told(value: Any) -> tuple[str, ...]:
    match value:
        case None:
            return ()
        case tuple():
            return value
        case InMinutes():
            return (f"{value.in_minutes:g}",)
        case WithinMinutes():
            return (f"{value.within_minutes:g}",)
        case Speed():
            return (f"{value.percent:g} percent" if value.percent is not None else f"{value.mps or 0:g} mps",)
        case Repeat():
            often = value.times if value.every_minutes is None else value.every_minutes
            return () if often is None else (f"{often:g}",)
        case int() | float():
            return (f"{value:g}",)
    return (str(value),)


def _same(said: str, there: Iterable[str]) -> bool:
    """Numbers by their value: "30 minutes" is 30."""
    return any(_figure(said) == _figure(one) for one in there)


def _figure(text: str) -> object:
    try:
        return float(text.partition(" ")[0])
    except ValueError:
        return fold(text)


def _other(slot: Slot, there: Iterable[str], was: str) -> Conflict:
    return Conflict(
        f"{slot} is {listed(there) or 'empty'}, not {was}", field="was", fix="look at the command again, or say the sentence anew"
    )
