"""Whether a command can be done at all: every name, capability, weight, place, time and bound, before anything is stored.

What any translator or program sends is checked the same way. All problems are collected; the error raised is the
first, and carries all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from fleet.contracts.command_ir import (
    QUANTITY_MAX,
    STOPS_MAX,
    TASKS_PER_COMMAND_MAX,
    Action,
    CommandIr,
    ControlAction,
    ControlIr,
    Outcome,
    QueryIr,
    TaskIr,
)
from fleet.contracts.errors import InvalidInput, NotFound
from fleet.tasks.canonical import ALL
from fleet.tasks.clock import When, clock, moment_at
from fleet.tasks.control import AREA_ACTIONS, resolve_targets, unknown_target
from fleet.tasks.lower import source_of
from fleet.tasks.names import NameIndex, listed
from fleet.tasks.site import CHARGER, NO_ROBOT_ZONE, Site
from fleet.tasks.trips import (
    EVERY_MINUTES_MIN,
    LOWERED_TASKS_MAX,
    candidates,
    named_robots,
    robots_wanted,
    trips_bound,
    trips_of,
    unit_kg,
)

#: Longest ref and item text, in characters.
REF_CHARS_MAX, ITEM_CHARS_MAX = 32, 64
#: Longest stay, in minutes.
DURATION_MINUTES_MAX = 24 * 60.0
#: Most targets of one control or query.
TARGETS_MAX = 100

#: Actions that need somewhere to go.
_NEEDS_PLACE = frozenset({Action.GOTO, Action.PATROL, Action.CLEAN, Action.DISINFECT, Action.INSPECT, Action.GUIDE})


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


def find_problems(ir: CommandIr, site: Site, now: float, *, utc_offset_s: int = 0) -> list[InvalidInput]:
    """All problems, in the order of the command."""
    check = _Check(site, now, utc_offset_s)
    check.outcome(ir)
    for i, task in enumerate(ir.tasks[:TASKS_PER_COMMAND_MAX]):
        check.task(task, f"tasks[{i}]")
    check.order(ir.tasks)
    if not check.problems:
        check.amount(ir.tasks)
    if ir.control is not None:
        check.control(ir.control)
    if ir.query is not None:
        check.query(ir.query)
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


class _Check:
    """Collects problems; each method looks at one part of the command."""

    def __init__(self, site: Site, now: float, utc_offset_s: int) -> None:
        self.site, self.now, self.utc_offset_s = site, now, utc_offset_s
        self.problems: list[InvalidInput] = []

    def add(self, detail: str, field: str, fix: str, kind: type[InvalidInput] = InvalidInput) -> None:
        self.problems.append(kind(detail, field=field, fix=fix))

    # ---- the command ----

    def outcome(self, ir: CommandIr) -> None:
        if ir.outcome is Outcome.PLAN and not ir.tasks:
            self.add("a plan without tasks", "tasks", "give at least one task")
        if ir.outcome is Outcome.CONTROL and ir.control is None:
            self.add("a control without what to do", "control", "give control.action")
        if ir.outcome is Outcome.QUERY and ir.query is None:
            self.add("a query without a question", "query", "give query.about")
        if ir.outcome in (Outcome.CLARIFY, Outcome.REJECT) and (ir.tasks or ir.control):
            self.add(f"{ir.outcome} with something to do", "outcome", "leave tasks and control out")
        if len(ir.tasks) > TASKS_PER_COMMAND_MAX:
            self.add(f"{len(ir.tasks)} tasks", "tasks", f"give at most {TASKS_PER_COMMAND_MAX} in one command")

    def order(self, tasks: Sequence[TaskIr]) -> None:
        """refs are unique, `after` names refs, and nothing waits for itself."""
        refs = [t.ref for t in tasks]
        for i, ref in enumerate(refs):
            if ref in refs[:i]:
                self.add(f"{ref!r} is there twice", f"tasks[{i}].ref", "give each task its own ref")
        waits = {t.ref: [a for a in t.after if a in refs] for t in tasks}
        for i, task in enumerate(tasks):
            for ref in task.after:
                if ref not in waits:
                    self.add(f"there is no task {ref!r}", f"tasks[{i}].after", "name refs of this command: " + listed(refs))
        for ref in _in_cycle(waits):
            i = refs.index(ref)
            self.add(f"{ref} waits for itself through {listed(waits[ref])}", f"tasks[{i}].after", "break the circle")
            break

    def amount(self, tasks: Sequence[TaskIr]) -> None:
        """The number of trips, looked at only when all else is right."""
        now, offset_s = self.now, self.utc_offset_s
        if sum(trips_bound(t, now=now, utc_offset_s=offset_s) for t in tasks) <= LOWERED_TASKS_MAX:
            return
        total = sum(len(trips_of(t, self.site, now=now, utc_offset_s=offset_s)) for t in tasks)
        if total > LOWERED_TASKS_MAX:
            self.add(f"{total} trips", "tasks", f"ask for at most {LOWERED_TASKS_MAX} trips at once")

    # ---- one task ----

    def task(self, task: TaskIr, at: str) -> None:
        if not 0 < len(task.ref) <= REF_CHARS_MAX:
            self.add(f"{len(task.ref)} characters", f"{at}.ref", f"use 1 to {REF_CHARS_MAX}")
        self._numbers(task, at)
        self._times(task, at)
        places_known = self._places(task, at)
        robots_known = self._robots(task, at)
        if task.item is not None and not 0 < len(task.item) <= ITEM_CHARS_MAX:
            self.add(f"{len(task.item)} characters", f"{at}.item", f"use 1 to {ITEM_CHARS_MAX}")
        elif task.item is not None and (item := self.site.find_item(task.item)) is not None and item.name != task.item:
            self.add(f"{task.item!r} is not the item's own name", f"{at}.item", f"write {item.name}")
        if places_known:
            self._where(task, at)
        if robots_known:
            self._who(task, at)

    def _numbers(self, task: TaskIr, at: str) -> None:
        self._within(task.quantity, 1, QUANTITY_MAX, f"{at}.quantity")
        if task.action is not Action.TRANSPORT and task.quantity > 1:
            self.add("only a transport has a quantity", f"{at}.quantity", "use repeat for doing it several times")
        self._within(task.robots_needed, 1, max(1, len(self.site.robots)), f"{at}.robots_needed")
        for name, places in (("stops", task.stops), ("avoid", task.avoid)):
            if len(places) > STOPS_MAX:
                self.add(f"{len(places)} places", f"{at}.{name}", f"give at most {STOPS_MAX}")
        if task.duration_minutes is not None and not 0 < task.duration_minutes <= DURATION_MINUTES_MAX:
            self.add(f"{task.duration_minutes:g} minutes", f"{at}.duration_minutes", f"use up to {DURATION_MINUTES_MAX:g}")
        if task.repeat is not None:
            if task.repeat.times is not None:
                self._within(task.repeat.times, 1, LOWERED_TASKS_MAX, f"{at}.repeat.times")
            every = task.repeat.every_minutes
            if every is not None and not EVERY_MINUTES_MIN <= every < float("inf"):
                self.add(f"every {every:g} minutes", f"{at}.repeat.every_minutes", f"use {EVERY_MINUTES_MIN:g} or more")
            if task.repeat.every_minutes is None and task.repeat.times is None:
                self.add("how often?", f"{at}.repeat", "give times or every_minutes")

    def _times(self, task: TaskIr, at: str) -> None:
        begin = self._moment(task.not_before, f"{at}.not_before")
        end = self._moment(task.deadline, f"{at}.deadline")
        if end is not None and end < self.now:
            self.add(f"{clock(end, self.utc_offset_s)} is past", f"{at}.deadline", "give a time ahead")
        elif begin is not None and end is not None and end < begin:
            self.add("it would have to end before it may begin", f"{at}.deadline", "give a deadline after not_before")
        if task.repeat is not None and task.repeat.until is not None:
            until = self._moment(task.repeat.until, f"{at}.repeat.until")
            if until is not None and until < self.now:
                self.add(f"{task.repeat.until} is past", f"{at}.repeat.until", "give a time ahead")

    def _moment(self, when: When | None, field: str) -> float | None:
        if when is None:
            return None
        try:
            return moment_at(when, now=self.now, utc_offset_s=self.utc_offset_s, field=field)
        except InvalidInput as problem:
            self.problems.append(problem)
            return None

    def _places(self, task: TaskIr, at: str) -> bool:
        """Whether all names are places where robots may go now."""
        before = len(self.problems)
        for place, field in _visited(task, at):
            if self._known_place(place, field):
                self._open_place(place, field, task)
        for i, place in enumerate(task.avoid[:STOPS_MAX]):
            self._known_place(place, f"{at}.avoid[{i}]")
        return len(self.problems) == before

    def _known_place(self, place: str, field: str) -> bool:
        if place in self.site.graph.places:
            return True
        if place in self.site.areas:
            several = listed(self.site.areas[place], last="or")
            self.add(f"{place} is an area", field, f"name one place: {several}")
        else:
            self._unknown("place", place, self.site.place_names, field)
        return False

    def _open_place(self, place: str, field: str, task: TaskIr) -> None:
        known = self.site.graph.places[place]
        if known.kind == NO_ROBOT_ZONE:
            self.add(f"no robot may enter {place}", field, "name another place")
        elif not known.nodes:
            self.add(f"{place} has no node that a robot can stand on", field, "add an interactionNodeId to its station")
        elif self.site.is_closed(place) and task.not_before is None:
            self.add(f"{place} is closed", field, "open it first, or name another place")

    def _where(self, task: TaskIr, at: str) -> None:
        """The places that this action needs."""
        if task.action is Action.TRANSPORT:
            self._transport(task, at)
        elif task.action in _NEEDS_PLACE and task.target is None and not task.stops:
            self.add(f"where to {task.action}?", f"{at}.to", "name a place or stops")
        elif task.action is Action.CHARGE and task.target is not None:
            self._charger(task.target, f"{at}.to")
        if task.stops and task.action in (Action.CHARGE, Action.PARK, Action.WAIT):
            self.add(f"{task.action} has one place", f"{at}.stops", "use to")

    def _charger(self, place: str, field: str) -> None:
        if self.site.graph.places[place].kind == CHARGER:
            return
        chargers = listed((p.name for p in self.site.places_of_kind(CHARGER)), last="or")
        self.add(f"{place} is no charger", field, f"use {chargers or 'a place of kind charger'}, or leave it out")

    def _transport(self, task: TaskIr, at: str) -> None:
        source = source_of(task, self.site)
        if task.stops:
            self.add("a transport goes from one place to one place", f"{at}.stops", "make one task for each place")
        if task.target is None:
            self.add("where to?", f"{at}.to", "name the place to bring it to")
        if source is None:
            what = task.item or "it"
            self.add(f"where is {what} to be fetched?", f"{at}.from", "name a place, or give the item a home in the layout")
        elif source == task.target:
            self.add(f"from {source} to {source}", f"{at}.to", "name two places")

    def _robots(self, task: TaskIr, at: str) -> bool:
        before = len(self.problems)
        for name in named_robots(task):
            robot = self.site.robots.get(name)
            if robot is None:
                self._unknown("robot", name, self.site.robot_names, f"{at}.robot")
            elif not robot.spec.enabled:
                self.add(f"{name} is out of service", f"{at}.robot", "name another robot, or enable it")
            elif task.robot_type is not None and robot.type != task.robot_type:
                self.add(f"{name} is a {robot.type}, not a {task.robot_type}", f"{at}.robot_type", "leave the type out")
        if task.robot_type is not None and task.robot_type not in self.site.type_names:
            self._unknown("robot type", task.robot_type, self.site.type_names, f"{at}.robot_type")
        return len(self.problems) == before

    def _who(self, task: TaskIr, at: str) -> None:
        """Enough robots that can do it, and one that can carry a unit."""
        able = candidates(task, self.site)
        named = named_robots(task)
        unable = [name for name in named if name not in {r.name for r in able}]
        if unable:
            self.add(f"{listed(unable)} cannot {task.action}", f"{at}.robot", _can_do(task.action, self.site))
        elif not able:
            what = task.robot_type or "robot"
            self.add(f"no {what} in service can {task.action}", f"{at}.action", _can_do(task.action, self.site))
        elif len(able) < robots_wanted(task):
            self.add(f"only {listed(r.name for r in able)} can do it", f"{at}.robots_needed", f"use at most {len(able)}")
        elif task.action is Action.TRANSPORT:
            self._payload(task, at)

    def _payload(self, task: TaskIr, at: str) -> None:
        weight = unit_kg(task, self.site)
        if weight is None:
            return
        able = candidates(task, self.site)
        carriers = [r for r in able if r.units_max(weight) > 0]
        named = named_robots(task)
        too_weak = [r for r in able if r.name in named and r not in carriers]
        if too_weak:
            weak = too_weak[0]
            detail = f"{weak.name} carries {weak.payload_kg:g} kg, one {task.item} weighs {weight:g} kg"
            self.add(detail, f"{at}.robot", _can_carry(weight, self.site))
        elif not carriers:
            strongest = max(able, key=lambda r: (r.payload_kg, r.name))
            detail = (
                f"no robot can carry {weight:g} kg ({task.item}); the strongest, {strongest.name}, "
                f"carries {strongest.payload_kg:g} kg"
            )
            self.add(detail, f"{at}.item", _can_carry(weight, self.site))

    # ---- controls and queries ----

    def control(self, control: ControlIr) -> None:
        if not control.targets or len(control.targets) + len(control.excluded) > TARGETS_MAX:
            self.add(f"{len(control.targets)} targets", "control.targets", f'give 1 to {TARGETS_MAX}, or "all"')
            return
        self._targets(control.targets, "control.targets")
        self._targets(control.excluded, "control.except")
        speed = control.speed
        if control.action is ControlAction.SET_SPEED:
            given = [] if speed is None else [v for v in (speed.percent, speed.mps) if v is not None]
            if len(given) != 1:
                self.add("how fast?", "control.speed", "give percent or mps")
            elif not 0 < given[0] <= (100 if speed is not None and speed.percent is not None else 10):
                self.add(f"{given[0]:g}", "control.speed", "use up to 100 percent, or up to 10 mps")
        elif speed is not None:
            self.add(f"{control.action} has no speed", "control.speed", "leave it out")
        if control.until is not None:
            end = self._moment(control.until, "control.until")
            if end is not None and end <= self.now:
                self.add(f"{clock(end, self.utc_offset_s)} is past", "control.until", "give a time ahead")
        if not self.problems:
            self._touches(control)

    def _touches(self, control: ControlIr) -> None:
        """A control must act on something of the right sort."""
        targets = resolve_targets(control, self.site)
        if control.action in AREA_ACTIONS and not targets.places and control.targets != (ALL,):
            self.add(f"{listed(control.targets)} is no place", "control.targets", "name places or areas")
        elif control.action in AREA_ACTIONS and targets.robots:
            self.add(f"{listed(targets.robots)} is no place", "control.targets", "name places or areas")
        elif control.action in (ControlAction.RECALL, ControlAction.SET_SPEED) and not targets.robots:
            self.add("no robot is meant", "control.targets", "name robots, a type or all")

    def query(self, query: QueryIr) -> None:
        if len(query.targets) > TARGETS_MAX:
            self.add(f"{len(query.targets)} targets", "query.targets", f"give at most {TARGETS_MAX}")
        else:
            self._targets(query.targets, "query.targets")

    def _targets(self, targets: Iterable[str], field: str) -> None:
        site = self.site
        for i, target in enumerate(targets):
            known = (site.robots, site.missions, site.tasks, site.type_names, site.graph.places, site.areas)
            if target != ALL and not any(target in names for names in known):
                self.problems.append(unknown_target(target, site, f"{field}[{i}]"))

    # ---- helpers ----

    def _within(self, value: int, low: int, high: int, field: str) -> None:
        if not low <= value <= high:
            self.add(f"{value}", field, f"use {low} to {high}")

    def _unknown(self, what: str, name: str, index: NameIndex, field: str) -> None:
        near = index.near(name)
        fix = f"did you mean {listed(near, last='or')}?" if near else f"name a {what} of this site"
        self.add(f"there is no {what} {name!r} on this site", field, fix, NotFound)


def _visited(task: TaskIr, at: str) -> list[tuple[str, str]]:
    places = [(task.source, f"{at}.from"), (task.target, f"{at}.to")]
    places += [(stop, f"{at}.stops[{i}]") for i, stop in enumerate(task.stops[:STOPS_MAX])]
    return [(place, field) for place, field in places if place is not None]


def _in_cycle(waits: dict[str, list[str]]) -> list[str]:
    """Refs left when all that can begin has begun (Kahn)."""
    open_refs = dict(waits)
    while True:
        ready = [ref for ref, after in open_refs.items() if not any(a in open_refs for a in after)]
        if not ready:
            return list(open_refs)
        for ref in ready:
            del open_refs[ref]


def _can_do(action: Action, site: Site) -> str:
    able = [r.name for r in site.robots.values() if r.spec.enabled and r.can(action)]
    return f"{listed(able)} can" if able else "no robot of this site has that capability"


def _can_carry(weight_kg: float, site: Site) -> str:
    able = [r.name for r in site.robots.values() if r.spec.enabled and r.can(Action.TRANSPORT) and r.units_max(weight_kg) > 0]
    return f"{listed(able)} can carry it" if able else "split the load, or bring it by other means"
