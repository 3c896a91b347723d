"""Whether a command can be done at all: every name, capability, weight, place, time and bound, before anything is stored.

What any translator or program sends is checked the same way. All problems are collected; the error raised is the
first, and carries all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from fleet.contracts.command_ir import (
    TASKS_PER_COMMAND_MAX,
    Action,
    CommandIr,
    ControlAction,
    ControlIr,
    Outcome,
    QueryIr,
    TaskIr,
)
from fleet.contracts.errors import InvalidInput
from fleet.tasks.canonical import ALL, canonicalise
from fleet.tasks.check import Check
from fleet.tasks.clock import clock
from fleet.tasks.control import AREA_ACTIONS, resolve_targets, unknown_target
from fleet.tasks.names import listed
from fleet.tasks.site import Site
from fleet.tasks.trips import LOWERED_TASKS_MAX, trips_bound, trips_of, unit_kg
from fleet.tasks.validate_task import check_task

#: Most targets of one control or query.
TARGETS_MAX = 100


class InvalidCommand(InvalidInput):
    """The first problem of a command; `problems` holds all of them."""

    def __init__(self, problems: Sequence[InvalidInput]) -> None:
        first = problems[0]
        super().__init__(first.detail, field=first.field, fix=first.fix)
        self.problems = list(problems)


def validate(ir: CommandIr, site: Site, now: float, *, utc_offset_s: int = 0) -> None:
    """Accepts a command whose names are canonical and that the site could carry out. Raises InvalidCommand."""
    problems = find_problems(ir, site, now, utc_offset_s=utc_offset_s)
    if problems:
        raise InvalidCommand(problems)


def validate_control(control: ControlIr, site: Site, now: float, *, utc_offset_s: int = 0) -> ControlIr:
    """The control with canonical names, if the site could carry it out. Raises NotFound for a target, else InvalidCommand."""
    ir = canonicalise(CommandIr(outcome=Outcome.CONTROL, control=control), site)
    assert ir.control is not None
    resolve_targets(ir.control, site)
    validate(ir, site, now, utc_offset_s=utc_offset_s)
    return ir.control


def find_problems(ir: CommandIr, site: Site, now: float, *, utc_offset_s: int = 0) -> list[InvalidInput]:
    """All problems, in the order of the command."""
    check = Check(site, now, utc_offset_s)
    _outcome(check, ir)
    for i, task in enumerate(ir.tasks[:TASKS_PER_COMMAND_MAX]):
        check_task(check, task, f"tasks[{i}]")
    _order(check, ir.tasks)
    if not check.problems:
        _amount(check, ir.tasks)
    if ir.control is not None:
        _control(check, ir.control)
    if ir.query is not None:
        _query(check, ir.query)
    return check.problems


def warnings(ir: CommandIr, site: Site) -> tuple[str, ...]:
    """What is no obstacle but should be seen before confirming."""
    found = []
    for task in ir.tasks:
        if task.item is not None and task.item not in site.items:
            found.append(f"{task.item!r} is not a known item of this site: its weight is not checked")
        elif task.item is not None and task.action is Action.TRANSPORT and unit_kg(task, site) is None:
            found.append(f"the weight of {task.item} is not known: payload is not checked")
        if task.repeat is not None and task.repeat.every_minutes and not (task.repeat.until or task.repeat.times):
            found.append("it repeats for 8 hours, since no end was given")
    return tuple(dict.fromkeys(found))


def _outcome(check: Check, ir: CommandIr) -> None:
    if ir.outcome is Outcome.PLAN and not ir.tasks:
        check.add("a plan without tasks", "tasks", "give at least one task")
    if ir.outcome is Outcome.CONTROL and ir.control is None:
        check.add("a control without what to do", "control", "give control.action")
    if ir.outcome is Outcome.QUERY and ir.query is None:
        check.add("a query without a question", "query", "give query.about")
    if ir.outcome in (Outcome.CLARIFY, Outcome.REJECT) and (ir.tasks or ir.control):
        check.add(f"{ir.outcome} with something to do", "outcome", "leave tasks and control out")
    if len(ir.tasks) > TASKS_PER_COMMAND_MAX:
        check.add(f"{len(ir.tasks)} tasks", "tasks", f"give at most {TASKS_PER_COMMAND_MAX} in one command")


def _order(check: Check, tasks: Sequence[TaskIr]) -> None:
    """refs are unique, `after` names refs, and nothing waits for itself."""
    refs = [t.ref for t in tasks]
    for i, ref in enumerate(refs):
        if ref in refs[:i]:
            check.add(f"{ref!r} is there twice", f"tasks[{i}].ref", "give each task its own ref")
    waits = {t.ref: [a for a in t.after if a in refs] for t in tasks}
    for i, task in enumerate(tasks):
        for ref in task.after:
            if ref not in waits:
                check.add(f"there is no task {ref!r}", f"tasks[{i}].after", "name refs of this command: " + listed(refs))
    circle = _circle(waits)
    if circle:
        at = f"tasks[{refs.index(circle[0])}].after"
        check.add(f"{circle[0]} waits for itself through {listed(circle[1:] or circle)}", at, "break the circle")


def _amount(check: Check, tasks: Sequence[TaskIr]) -> None:
    """The number of trips, looked at only when all else is right."""
    now, offset_s = check.now, check.utc_offset_s
    if sum(trips_bound(t, now=now, utc_offset_s=offset_s) for t in tasks) <= LOWERED_TASKS_MAX:
        return
    total = sum(len(trips_of(t, check.site, now=now, utc_offset_s=offset_s)) for t in tasks)
    if total > LOWERED_TASKS_MAX:
        check.add(f"{total} trips", "tasks", f"ask for at most {LOWERED_TASKS_MAX} trips at once")


def _control(check: Check, control: ControlIr) -> None:
    if not control.targets or len(control.targets) + len(control.excluded) > TARGETS_MAX:
        check.add(f"{len(control.targets)} targets", "control.targets", f'give 1 to {TARGETS_MAX}, or "all"')
        return
    _targets(check, control.targets, "control.targets")
    _targets(check, control.excluded, "control.except")
    speed = control.speed
    if control.action is ControlAction.SET_SPEED:
        given = [] if speed is None else [v for v in (speed.percent, speed.mps) if v is not None]
        if len(given) != 1:
            check.add("how fast?", "control.speed", "give percent or mps")
        elif not 0 < given[0] <= (100 if speed is not None and speed.percent is not None else 10):
            check.add(f"{given[0]:g}", "control.speed", "use up to 100 percent, or up to 10 mps")
    elif speed is not None:
        check.add(f"{control.action} has no speed", "control.speed", "leave it out")
    if control.until is not None:
        end = check.moment(control.until, "control.until")
        if end is not None and end <= check.now:
            check.add(f"{clock(end, check.utc_offset_s)} is past", "control.until", "give a time ahead")
    if not check.problems:
        _touches(check, control)


def _touches(check: Check, control: ControlIr) -> None:
    """A control must act on something of the right sort."""
    targets = resolve_targets(control, check.site)
    if control.action in AREA_ACTIONS and not targets.places and control.targets != (ALL,):
        check.add(f"{listed(control.targets)} is no place", "control.targets", "name places or areas")
    elif control.action in AREA_ACTIONS and targets.robots:
        check.add(f"{listed(targets.robots)} is no place", "control.targets", "name places or areas")
    elif control.action in (ControlAction.RECALL, ControlAction.SET_SPEED) and not targets.robots:
        check.add("no robot is meant", "control.targets", "name robots, a type or all")


def _query(check: Check, query: QueryIr) -> None:
    if len(query.targets) > TARGETS_MAX:
        check.add(f"{len(query.targets)} targets", "query.targets", f"give at most {TARGETS_MAX}")
    else:
        _targets(check, query.targets, "query.targets")


def _targets(check: Check, targets: Iterable[str], field: str) -> None:
    site = check.site
    for i, target in enumerate(targets):
        known = (site.robots, site.missions, site.tasks, site.type_names, site.graph.places, site.areas)
        if target != ALL and not any(target in names for names in known):
            check.problems.append(unknown_target(target, site, f"{field}[{i}]"))


def _circle(waits: Mapping[str, Sequence[str]]) -> list[str]:
    """Refs that wait for each other in a circle, or []: what is left when all that can begin has begun (Kahn)."""
    left = dict(waits)
    while ready := [ref for ref, after in left.items() if not any(a in left for a in after)]:
        for ref in ready:
            del left[ref]
    walk = list(left)[:1]
    while walk:
        # each ref that is left waits for another one that is left, so that the walk must come back
        ref = next(a for a in left[walk[-1]] if a in left)
        if ref in walk:
            return walk[walk.index(ref) :]
        walk.append(ref)
    return []
