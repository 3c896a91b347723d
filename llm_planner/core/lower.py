"""A skeleton and the names behind its placeholders, lowered to the Command IR: arithmetic, areas, ranges, homes, payloads.

Everything here is exact and none of it is the model's: where the registry leaves something open, one question with choices
is the outcome (`Ask`), and what the registry forbids is refused (`Refuse`), whatever the model wrote.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from fleet.contracts.command_ir import (
    QUANTITY_MAX,
    TASKS_PER_COMMAND_MAX,
    Action,
    CommandIr,
    ControlAction,
    ControlIr,
    InMinutes,
    Outcome,
    Priority,
    QueryAbout,
    QueryIr,
    Repeat,
    Speed,
    TaskIr,
    WithinMinutes,
)
from llm_planner.core import skeleton
from llm_planner.core.outcomes import Ask, Refuse
from llm_planner.core.skeleton import Step
from llm_planner.core.times import clock_minutes, clock_text
from llm_planner.core.values import ResolvedPlaces, Values

ACTIONS = {
    "move": Action.TRANSPORT,
    "guide": Action.GUIDE,
    "go": Action.GOTO,
    "patrol": Action.PATROL,
    "clean": Action.CLEAN,
    "disinfect": Action.DISINFECT,
    "inspect": Action.INSPECT,
    "charge": Action.CHARGE,
    "park": Action.PARK,
    "wait": Action.WAIT,
}
CONTROLS = {
    "pause": ControlAction.PAUSE,
    "resume": ControlAction.RESUME,
    "cancel": ControlAction.CANCEL,
    "stop": ControlAction.EMERGENCY_STOP,
    "close": ControlAction.CLOSE_AREA,
    "open": ControlAction.OPEN_AREA,
    "recall": ControlAction.RECALL,
    "speed": ControlAction.SET_SPEED,
}
QUERIES = {
    "where": QueryAbout.LOCATION,
    "battery": QueryAbout.BATTERY,
    "status": QueryAbout.STATUS,
    "count": QueryAbout.COUNT,
    "eta": QueryAbout.ETA,
    "tasks": QueryAbout.TASKS,
}
#: No site drives faster than this with people about, in m/s: more is asked back.
SPEED_MAX_MPS = 3.0


#: A skeleton's slots to the IR's, where their names differ.
_SLOTS = {
    "via": "stops",
    "x": "quantity",
    "split": "quantity",
    "rest": "quantity",
    "type": "robot_type",
    "each": "robot",
    "joint": "robot",
    "need": "robots_needed",
    "at": "not_before",
    "due": "deadline",
    "every": "repeat",
    "times": "repeat",
    "for": "duration_minutes",
}


@dataclass(slots=True)
class _Draft:
    tasks: list[TaskIr] = field(default_factory=list)
    controls: list[ControlIr] = field(default_factory=list)
    queries: list[QueryIr] = field(default_factory=list)
    #: Placeholder to the slots that it filled, "t1.to".
    uses: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Lowered:
    """`uses`: placeholder (or quoted words) to the slots that it filled, as "t1.to", "control.targets"."""

    ir: CommandIr
    uses: dict[str, tuple[str, ...]]


def lower(steps: tuple[Step, ...], values: Values, now: str) -> Lowered:
    """Raises Ask (a question is needed) or Refuse (nothing may move)."""
    _no_way(steps)
    _count_rests(steps, values)
    draft = _Draft()
    before: tuple[str, ...] = ()
    group: list[str] = []
    for step in steps:
        if step.verb in ACTIONS:
            if step.lead == "then":
                before, group = tuple(group) or before, []
            made = _tasks(step, before, len(draft.tasks), values, now)
            group += [task.ref for task in made]
            draft.tasks += made
            _note(draft, step, made[0].ref if made else "")
        elif step.verb in CONTROLS:
            draft.controls.append(_control(step, values, now))
            _note(draft, step, "control")
        else:
            draft.queries.append(_query(step, values))
            _note(draft, step, "query")
    if len(draft.tasks) > TASKS_PER_COMMAND_MAX:
        raise Ask("split")
    return Lowered(_assembled(draft), {label: tuple(slots) for label, slots in draft.uses.items()})


def noted(steps: tuple[Step, ...]) -> dict[str, tuple[str, ...]]:
    """`Lowered.uses` of steps that end in a question: each step counts as one task, for no task was made."""
    draft = _Draft()
    tasks = 0
    for step in steps:
        if step.verb in ACTIONS:
            tasks += 1
        ref = f"t{tasks}" if step.verb in ACTIONS else "control" if step.verb in CONTROLS else "query"
        if step.verb in ACTIONS or step.verb in CONTROLS or step.verb in QUERIES:
            _note(draft, step, ref)
    return {label: tuple(slots) for label, slots in draft.uses.items()}


def _no_way(steps: tuple[Step, ...]) -> None:
    for step in steps:
        if step.verb == "reject":
            raise Refuse(step.head[0])
    for step in steps:
        if step.verb == "clarify":
            raise Ask(step.head[0])
        if step.verb == "again" or step.head[:1] == ("last",):
            raise Ask("again")


def _count_rests(steps: tuple[Step, ...], values: Values) -> None:
    """Read "ten pallets, four to dock 1 and the rest to dock 2": `rest N1` is N1 less what the other steps take of the item."""
    for step in steps:
        total = step.one("rest")
        if total is not None:
            others = [other for other in steps if other is not step and other.head == step.head and other.one("rest") is None]
            taken = sum(values.number(other.one("x") or "", 1) * max(1, len(other.all("to"))) for other in others)
            values.left[total] = values.number(total, 1) - taken
            if values.left[total] < 1:
                raise Ask("conflict")


def _note(draft: _Draft, step: Step, ref: str) -> None:
    head = {"move": "item"}.get(step.verb, "to" if step.verb in ACTIONS else "targets")
    for value in step.head:
        draft.uses.setdefault(value, []).append(f"{ref}.{head}")
    for slot, values in step.slots.items():
        for value in values:
            draft.uses.setdefault(value, []).append(f"{ref}.{_SLOTS.get(slot, slot)}")


def _assembled(draft: _Draft) -> CommandIr:
    if draft.queries:
        if draft.tasks or draft.controls:
            raise Ask("mixed")
        about = {query.about for query in draft.queries}
        if len(about) > 1:
            raise Ask("mixed")
        targets = tuple(dict.fromkeys(target for query in draft.queries for target in query.targets))
        return CommandIr(outcome=Outcome.QUERY, query=QueryIr(about=draft.queries[0].about, targets=targets))
    if draft.controls:
        first = draft.controls[0]
        if any(
            (c.action, c.until, c.speed, c.excluded) != (first.action, first.until, first.speed, first.excluded)
            for c in draft.controls
        ):
            raise Ask("mixed")
        targets = tuple(dict.fromkeys(target for control in draft.controls for target in control.targets))
        control = ControlIr(action=first.action, targets=targets, excluded=first.excluded, until=first.until, speed=first.speed)
        return CommandIr(outcome=Outcome.CONTROL, tasks=tuple(draft.tasks), control=control)
    return CommandIr(outcome=Outcome.PLAN, tasks=tuple(draft.tasks))


def _tasks(step: Step, after: tuple[str, ...], made: int, values: Values, now: str) -> list[TaskIr]:
    """The jobs of one step: one for each destination, source, robot and item that it lists."""
    shapes = {"move": _moves, "guide": _guides, "go": _goes, "patrol": _patrols, "charge": _rests, "park": _rests, "wait": _waits}
    bodies = shapes.get(step.verb, _onsite)(step, values)
    common = _tail(step, values, now)
    out: list[TaskIr] = []
    for body in bodies:
        for who in _crews(step, values):
            merged = {**common, **body, **who}
            merged["avoid"] = tuple(place for place in merged.get("avoid", ()) if place != merged.get("target"))
            task = TaskIr(ref=f"t{made + len(out) + 1}", action=ACTIONS[step.verb], after=after, **merged)
            values.check(task, named=bool(step.all("robot") or step.all("joint")))
            out.append(task)
    return out


def _moves(step: Step, values: Values) -> list[dict[str, Any]]:
    items = [values.item(value) for value in step.head]
    sources = [place for value in step.all("from") for place in values.places(value).each("from")]
    targets = [place for value in step.all("to") for place in values.places(value).each("to")]
    if not targets:
        raise Ask("where")
    stops = tuple(place for value in step.all("via") for place in values.places(value).each("via"))
    for item in items:
        if not sources and not values.has_home(item):
            raise Ask("source", words=item)
    starts: list[str | None] = [*sources] or [None]
    ways = [(source, target) for source in starts for target in targets]
    counts = _quantities(step, len(ways), values)
    bodies: list[dict[str, Any]] = []
    for (source, target), quantity in zip(ways, counts, strict=True):
        if source == target:
            raise Ask("conflict")
        for item in items:
            bodies.append({"source": source, "target": target, "stops": stops, "item": item, "quantity": quantity})
    return bodies


def _quantities(step: Step, ways: int, values: Values) -> list[int]:
    total = step.one("split")
    rest = step.one("rest")
    count = values.left[rest] if rest else values.number(total or step.one("x") or "", 1)
    if not 1 <= count <= QUANTITY_MAX:
        raise Ask("many", words=str(count))
    if total is None:
        return [count] * ways
    if count < ways:
        raise Ask("conflict")
    share, odd = divmod(count, ways)
    return [share + (1 if index < odd else 0) for index in range(ways)]


def _guides(step: Step, values: Values) -> list[dict[str, Any]]:
    sources = [place for value in step.all("from") for place in values.places(value).each("from")]
    targets = [place for value in step.all("to") for place in values.places(value).each("to")]
    if not targets:
        raise Ask("where")
    stops = tuple(place for value in step.all("via") for place in values.places(value).each("via"))
    return [{"source": sources[0] if sources else None, "target": targets[-1], "stops": (*stops, *targets[:-1])}]


def _goes(step: Step, values: Values) -> list[dict[str, Any]]:
    targets = [place for value in (*step.head, *step.all("to")) for place in values.places(value).each("to")]
    if not targets:
        raise Ask("where")
    stops = tuple(place for value in step.all("via") for place in values.places(value).each("via"))
    return [{"target": targets[-1], "stops": (*stops, *targets[:-1])}]


def _patrols(step: Step, values: Values) -> list[dict[str, Any]]:
    places = _everywhere(step, values)
    return [{"target": places[0]}] if len(places) == 1 else [{"stops": tuple(places)}]


def _onsite(step: Step, values: Values) -> list[dict[str, Any]]:
    avoided = {place for value in step.all("avoid") for place in values.places(value).all(forbidden=True)}
    places = _everywhere(step, values)
    kept = [place for place in places if place not in avoided]  # "the whole hall, but not the saw"
    if not kept:
        raise Ask("conflict")
    # one job for one robot, place after place: the listed order holds, and nobody else is kept waiting for it
    return [{"target": kept[0]}] if len(kept) == 1 else [{"stops": tuple(kept)}]


def _everywhere(step: Step, values: Values) -> list[str]:
    places = [place for value in (*step.head, *step.all("to")) for place in values.places(value).all()]
    if not places:
        raise Ask("where")
    return list(dict.fromkeys(places))


def _rests(step: Step, values: Values) -> list[dict[str, Any]]:
    """Charge and park: a place is welcome and not needed; a robot is."""
    if not (step.all("robot") or step.all("joint") or step.all("each") or step.all("type") or step.all("need")):
        raise Ask("robot")
    found: list[ResolvedPlaces] = [values.places(value) for value in (*step.head, *step.all("to"))]
    if not found or found[0].open:
        return [{}]
    target = found[0].each("to")[0]
    if step.verb == "charge" and not values.is_charger(target):
        raise Ask("charger", words=target)
    return [{"target": target}]


def _waits(step: Step, values: Values) -> list[dict[str, Any]]:
    targets = [place for value in (*step.head, *step.all("to")) for place in values.places(value).each("to")]
    return [{"target": targets[0] if targets else None, "stops": ()}]


def _crews(step: Step, values: Values) -> list[dict[str, Any]]:
    """Who does it: one entry for each job."""
    alone = step.verb in ("go", "park", "charge", "wait")  # "both together to dock 1": each goes there by itself
    if step.all("joint") and alone:
        return [{"robot": robot} for value in step.all("joint") for robot in values.robots(value)]
    if step.all("joint"):
        together = tuple(robot for value in step.all("joint") for robot in values.robots(value))
        return [{"robot": together if len(together) > 1 else together[0], "robots_needed": max(1, len(together))}]
    if step.all("robot"):
        return [{"robot": robot} for value in step.all("robot") for robot in values.robots(value)]
    each = step.one("each")
    if each is not None:
        spared = {name for value in step.all("except") for name in values.targets(value)}
        crew = [robot for robot in values.every(each) if robot not in spared and values.type_of(robot) not in spared]
        if not crew:
            raise Ask("conflict")
        return [{"robot": robot} for robot in crew]
    kind, need = step.one("type"), step.one("need")
    anyone: dict[str, Any] = {}
    if kind is not None:
        anyone["robot_type"] = values.kind(kind)
    if need is not None:
        anyone["robots_needed"] = values.number(need, 1)
    return [anyone]


def _tail(step: Step, values: Values, now: str) -> dict[str, Any]:
    out: dict[str, Any] = {}
    avoid = [place for value in step.all("avoid") for place in values.places(value).all(forbidden=True)]
    if avoid:
        out["avoid"] = tuple(dict.fromkeys(avoid))
    every, times, until, span = step.one("every"), step.one("times"), step.one("until"), step.one("for")
    stop_at = _clock(until, values, now) if until else None
    if every or times:
        count = values.number(times, 1) if times else None
        out["repeat"] = Repeat(
            times=count, every_minutes=values.minutes(every) if every else None, until=stop_at if every else None
        )
    elif stop_at is not None:
        out["deadline"] = stop_at
    if span is not None:
        if step.verb == "wait":
            out["duration_minutes"] = values.minutes(span)
        else:
            out["deadline"] = WithinMinutes(within_minutes=values.minutes(span))
    at, due, prio = step.one("at"), step.one("due"), step.one("prio")
    if at is not None:
        out["not_before"] = values.value(at) if at[0] == "C" else InMinutes(in_minutes=values.minutes(at))
    if due is not None:
        out["deadline"] = values.value(due) if due[0] == "C" else WithinMinutes(within_minutes=values.minutes(due))
    if prio is not None:
        out["priority"] = Priority(prio)
    return out


def _clock(value: str, values: Values, now: str) -> str:
    return values.value(value) if value[0] == "C" else clock_text(clock_minutes(now) + values.minutes(value))


def _control(step: Step, values: Values, now: str) -> ControlIr:
    targets = tuple(target for value in step.head if value[0] != "S" for target in values.targets(value))
    excluded = tuple(target for value in step.all("except") for target in values.targets(value))
    until = step.one("until")
    figures = [value for value in step.head if value[0] == "S" and skeleton.is_mark(value)]
    speed = None
    if step.verb == "speed":
        if not figures:
            raise Ask("speed")
        number, _, unit = values.value(figures[0]).partition(" ")
        speed = Speed(percent=float(number)) if unit == "percent" else Speed(mps=float(number))
        if (speed.percent or 0) > 100 or (speed.mps or 0) > SPEED_MAX_MPS:
            raise Refuse("safety")
    if step.verb in ("open", "recall") and any(values.is_forbidden(target) for target in targets):
        raise Refuse("zone")
    if step.verb in ("close", "open") and any(values.is_robot(target) for target in targets):
        raise Ask("what")
    when = None
    if until is not None:
        when = values.value(until) if until[0] == "C" else WithinMinutes(within_minutes=values.minutes(until))
    return ControlIr(action=CONTROLS[step.verb], targets=targets or ("all",), excluded=excluded, until=when, speed=speed)


def _query(step: Step, values: Values) -> QueryIr:
    targets = tuple(target for value in step.head for target in values.targets(value))
    return QueryIr(about=QUERIES[step.verb], targets=tuple(dict.fromkeys(targets)))
