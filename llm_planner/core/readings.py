"""Every reading a clause allows: type-correct, complete, each mention and number used exactly once.

This is what the grammar is made of. It decides nothing: where the words leave a choice (which operation, which place is
the source), all choices are readings, and the model takes one or none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import msgspec

from fleet.contracts.command_ir import (
    QUANTITY_MAX,
    Action,
    ControlAction,
    ControlIr,
    InMinutes,
    Priority,
    QueryAbout,
    QueryIr,
    Repeat,
    Speed,
    TaskIr,
    WithinMinutes,
)
from fleet.contracts.translate import Registry
from llm_planner.core import form
from llm_planner.core.clauses import Clause, Part
from llm_planner.core.facts import Fact
from llm_planner.core.grammar import READINGS_MAX
from llm_planner.core.linking import MentionKind, Name

_ON_SITE = frozenset({Action.PATROL, Action.CLEAN, Action.DISINFECT, Action.INSPECT})
_NEEDS_ROBOT = frozenset({Action.CHARGE, Action.PARK})
_AREA_CONTROLS = frozenset({ControlAction.CLOSE_AREA, ControlAction.OPEN_AREA})
_TASK_FACTS = frozenset({"by", "within", "at", "in", "every", "times", "until", "prio", "for"})


@dataclass(frozen=True, slots=True)
class Context:
    """What an earlier clause left to refer to: "it", "there", or an unsaid subject."""

    robots: tuple[str, ...] = ()
    robot_type: str | None = None
    item: str | None = None
    place: str | None = None
    ops: frozenset[str] = frozenset()
    subject: bool = False


@dataclass(slots=True)
class Readings:
    """`lines`: the clause's readings as the form writes them. `missing`: slots that kept a reading from being complete."""

    lines: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    context: Context = Context()


@dataclass(slots=True)
class _Draft:
    """Slots being filled for one operation."""

    places: dict[str, list[str]] = field(default_factory=lambda: {"from": [], "to": [], "via": [], "avoid": []})
    robots: list[str] = field(default_factory=list)
    types: list[tuple[str, int]] = field(default_factory=list)
    items: list[tuple[str, int]] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)
    scattered: bool = False  # several ends that are not one list


class Reader:
    """Makes readings for one registry."""

    def __init__(self, registry: Registry, labels: form.Labels) -> None:
        self._labels = labels
        self._kind = {place.name: place.kind for place in registry.places}
        self._home = {item.name: item.home for item in registry.items}
        known = {capability for robot in registry.robots for capability in robot.capabilities}
        self._able = {action for action in Action if not known or action.value in known}

    def read(self, clause: Clause, context: Context) -> Readings:
        """All readings of the clause, at most READINGS_MAX (more are reported as missing "choice")."""
        out = Readings()
        ops = clause.ops or context.ops or frozenset(action.value for action in Action)
        for op in sorted(ops):
            for draft in _assign(clause.parts, op):
                self._complete(op, draft, clause, context, out)
        if len(out.lines) > READINGS_MAX:
            out.lines, out.missing = [], ["choice"]
        out.lines = list(dict.fromkeys(out.lines))
        out.context = _context_after(clause, context, ops)
        return out

    def _complete(self, op: str, draft: _Draft, clause: Clause, context: Context, out: Readings) -> None:
        facts = {fact.slot: fact for fact in clause.facts}
        if len(facts) < len(clause.facts):
            out.missing.append("times")
            return
        if op.startswith("ask "):
            self._query(op, draft, facts, out)
        elif op in set(ControlAction):
            self._control(ControlAction(op), draft, facts, out)
        elif Action(op) not in self._able:
            out.missing.append(f"able {op}")
        else:
            self._tasks(Action(op), draft, clause, context, facts, out)

    def _query(self, op: str, draft: _Draft, facts: dict[str, Fact], out: Readings) -> None:
        about = QueryAbout(op.removeprefix("ask "))
        if facts.keys() - {"prio"}:
            out.missing.append("times")
        elif not draft.targets and about not in (QueryAbout.TASKS, QueryAbout.STATUS):
            out.missing.append("target")
        else:
            out.lines.append(form.query_line(QueryIr(about=about, targets=tuple(draft.targets)), self._labels))

    def _control(self, action: ControlAction, draft: _Draft, facts: dict[str, Fact], out: Readings) -> None:
        takes = {"prio", "until", "for"} | ({"speed"} if action is ControlAction.SET_SPEED else set())
        targets = tuple(draft.targets)
        if not targets and (draft.excluded or action is ControlAction.EMERGENCY_STOP):
            targets = (form.ALL,)
        if facts.keys() - takes or {"until", "for"} <= facts.keys():
            out.missing.append("times")
        elif not targets:
            out.missing.append("area" if action in _AREA_CONTROLS else "target")
        elif action is ControlAction.SET_SPEED and "speed" not in facts:
            out.missing.append("speed")
        else:
            until = facts["until"].value if "until" in facts else None
            span = WithinMinutes(within_minutes=float(facts["for"].value)) if "for" in facts else None
            speed = None
            if "speed" in facts:
                value, _, unit = facts["speed"].value.partition(" ")
                speed = Speed(percent=float(value)) if unit == "percent" else Speed(mps=float(value))
            ir = ControlIr(action=action, targets=targets, excluded=tuple(draft.excluded), until=until or span, speed=speed)
            out.lines.append(form.control_line(ir, self._labels))

    def _tasks(
        self, action: Action, draft: _Draft, clause: Clause, context: Context, facts: dict[str, Fact], out: Readings
    ) -> None:
        if facts.keys() - _TASK_FACTS or ("for" in facts and action is not Action.WAIT):
            out.missing.append("times")
            return
        items, robots, types = draft.items, draft.robots, draft.types
        if action is Action.TRANSPORT and not items and clause.pronoun and context.item:
            items = [(context.item, 1)]
        elif not robots and not types and (clause.pronoun or context.subject or clause.elliptic or action in _NEEDS_ROBOT):
            robots = list(context.robots)
            types = [(context.robot_type, 1)] if context.robot_type and not robots else []
        if clause.there and context.place and not draft.places["to"]:
            draft = replace(draft, places={**draft.places, "to": [context.place]})
        missing = self._missing(action, draft, items, clause, bool(robots or types))
        if missing:
            out.missing.append(missing)
            return
        task = _timed(TaskIr(ref="t", action=action), facts)
        to = draft.places["to"]
        task = replace_ir(
            task,
            source=next(iter(draft.places["from"]), None),
            target=to[-1] if to else None,
            stops=(*draft.places["via"], *to[:-1]),
            avoid=tuple(draft.places["avoid"]),
            robot_type=types[0][0] if types else None,
            robots_needed=types[0][1] if types else 1,
        )
        whats: list[tuple[str, int] | None] = [*items] or [None]
        whos: list[str | None] = [*robots] or [None]
        lines = [form.task_line(_loaded(replace_ir(task, robot=who), what), self._labels) for what in whats for who in whos]
        out.lines.append("\nand ".join(lines))

    def _missing(self, action: Action, draft: _Draft, items: list[tuple[str, int]], clause: Clause, has_robot: bool) -> str:
        """The slot without which the reading is incomplete or of the wrong kind, or ""."""
        places = draft.places
        if bool(items) != (action is Action.TRANSPORT):
            return "item" if action is Action.TRANSPORT else "action"
        if draft.scattered or len(places["from"]) > 1 or len(draft.types) > 1 or any(count > QUANTITY_MAX for _, count in items):
            return "choice"
        if places["from"] and action not in (Action.TRANSPORT, Action.GUIDE):
            return "action"
        if not places["to"] and not clause.ops:
            return "action"  # no verb and no place: nothing was asked for
        if not places["to"] and action not in (Action.CHARGE, Action.PARK, Action.WAIT):
            return "to"
        if action is Action.TRANSPORT and not places["from"] and any(self._home.get(item) is None for item, _ in items):
            return "from"
        if action in _NEEDS_ROBOT and not has_robot:
            return "robot"
        if action is Action.WAIT and not has_robot and not places["to"]:
            return "robot"
        if len(places["to"]) > 1 and action in (Action.CHARGE, Action.PARK, Action.WAIT):
            return "choice"
        if action is Action.CHARGE and any(self._kind.get(place) != "charger" for place in places["to"]):
            return "charger"
        if any(place not in self._kind for place in (*places["from"], *(places["to"] if action not in _ON_SITE else ()))):
            return "place"
        return "action" if places["via"] and action in (Action.CHARGE, Action.PARK, Action.WAIT) else ""


def _assign(parts: tuple[Part, ...], op: str) -> Iterator[_Draft]:
    """Every way to put each mention into a slot of the operation; ambiguous names are tried in turn."""
    if not parts:
        yield _Draft()
        return
    for draft in _assign(parts[:-1], op):
        last = parts[-1]
        for name in last.mention.names:
            for slot in _slots(name, last, op):
                yield _put(draft, slot, name, last)


def _slots(name: Name, part: Part, op: str) -> tuple[str, ...]:
    place = name.kind in (MentionKind.PLACE, MentionKind.AREA)
    if op.startswith("ask "):
        return ("on",) if name.kind is not MentionKind.ITEM or op == "ask count" else ()
    if op in set(ControlAction):
        if part.role == "except":
            return ("except",) if not place else ()
        wanted = (
            place if ControlAction(op) in _AREA_CONTROLS else name.kind in (MentionKind.ROBOT, MentionKind.TYPE, MentionKind.ALL)
        )
        return ("on",) if wanted else ()
    if part.role == "except" or name.kind is MentionKind.ALL:
        return ()
    if not place:
        return {MentionKind.ROBOT: ("robot",), MentionKind.TYPE: ("type",), MentionKind.ITEM: ("item",)}.get(name.kind, ())
    if part.role:
        return (part.role,)
    return ("from", "to") if Action(op) in (Action.TRANSPORT, Action.GUIDE) else ("to",)


def _put(draft: _Draft, slot: str, name: Name, part: Part) -> _Draft:
    count = part.count
    if slot in draft.places:
        scattered = draft.scattered or (bool(draft.places[slot]) and not part.listed)
        return replace(draft, places={**draft.places, slot: [*draft.places[slot], name.name]}, scattered=scattered)
    if slot == "robot":
        return replace(draft, robots=[*draft.robots, name.name])
    if slot == "type":
        return replace(draft, types=[*draft.types, (name.name, count or 1)])
    if slot == "item":
        return replace(draft, items=[*draft.items, (name.name, count or 1)])
    if slot == "except":
        return replace(draft, excluded=[*draft.excluded, name.name])
    return replace(draft, targets=[*draft.targets, name.name])


def _timed(task: TaskIr, facts: dict[str, Fact]) -> TaskIr:
    value = {slot: fact.value for slot, fact in facts.items()}
    repeat = None
    if "times" in value or "every" in value:
        repeat = Repeat(
            times=int(value["times"]) if "times" in value else None,
            every_minutes=float(value["every"]) if "every" in value else None,
            until=value.get("until"),
        )
    deadline: str | WithinMinutes | None = value.get("by") or (value.get("until") if repeat is None else None)
    if deadline is None and "within" in value:
        deadline = WithinMinutes(within_minutes=float(value["within"]))
    return replace_ir(
        task,
        repeat=repeat,
        deadline=deadline,
        not_before=value.get("at") or (InMinutes(in_minutes=float(value["in"])) if "in" in value else None),
        duration_minutes=float(value["for"]) if "for" in value else None,
        priority=Priority(value.get("prio", "normal")),
    )


def _loaded(task: TaskIr, what: tuple[str, int] | None) -> TaskIr:
    return task if what is None else replace_ir(task, item=what[0], quantity=what[1])


def _context_after(clause: Clause, before: Context, ops: frozenset[str]) -> Context:
    robots = tuple(n.name for part in clause.parts for n in part.mention.of(MentionKind.ROBOT)[:1])
    types = [n.name for part in clause.parts for n in part.mention.of(MentionKind.TYPE)[:1]]
    items = [n.name for part in clause.parts for n in part.mention.of(MentionKind.ITEM)[:1]]
    places = [n.name for part in clause.parts for n in part.mention.of(MentionKind.PLACE)[:1] if part.role in ("to", "")]
    named = bool(robots or types)
    return Context(
        robots=robots or before.robots,
        robot_type=types[0] if types else (None if robots else before.robot_type),
        item=items[0] if items else before.item,
        place=places[-1] if places else before.place,
        ops=ops,
        subject=clause.subject_first if named else before.subject,
    )


def replace_ir(task: TaskIr, **changes: object) -> TaskIr:
    """The task with some fields changed (msgspec's replace, typed)."""
    return msgspec.structs.replace(task, **changes)
