"""One wanted task against one given task, slot by slot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from drover.language.form import DAY_MINUTES, UNREADABLE, Job, Minute, Repeat
from drover.language.jobs import stops_of
from drover.language.names import SiteNames

#: Times agree within this many minutes; the ends of waits and repeats within two.
TOLERANCE = 1
LOOSE_TOLERANCE = 2
#: A repeat said as a count agrees with one said as an end when they differ by one round.
ROUNDS_TOLERANCE = 1.01


@dataclass(frozen=True, slots=True)
class Slot:
    """`wanted`, `given`: the slot is not at its default; `ok`: what was given is accepted."""

    wanted: bool
    given: bool
    ok: bool


def compare(names: SiteNames, now: int, gold: Job, given: Job) -> dict[str, Slot]:
    """Every slot that is scored for this action. `now`: minute of the day."""
    said = given.action[0]
    action = said if said in gold.action else gold.action[0]
    slots = {"action": Slot(True, said is not None, said in gold.action)}
    if action in ("transport", "guide"):
        source = names.place(given.source[0])
        wanted = [names.place(place) for place in gold.source]
        slots["from"] = Slot(wanted != [None], source is not None, source in wanted)
        slots["to"] = _delivery(names, gold, given)
    else:
        slots["to"] = _places(names, action, gold, given)
    if action == "transport":
        slots |= _load(names, gold, given)
    slots |= _who(names, action, gold, given)
    slots |= _times(now, action, gold, given)
    slots["priority"] = Slot(gold.priority != ("normal",), given.priority[0] != "normal", given.priority[0] in gold.priority)
    avoided = [names.places(places) for places in gold.avoid]
    avoids = names.places(given.avoid[0])
    slots["avoid"] = Slot(any(avoided) and frozenset() not in avoided, bool(avoids), avoids in avoided)
    return slots


def near(left: Minute, right: Minute, tolerance: int = TOLERANCE) -> bool:
    """Whether two minutes of the day agree, over midnight too."""
    if left is None or right is None or UNREADABLE in (left, right):
        return left == right and left != UNREADABLE
    apart = abs(left - right) % DAY_MINUTES
    return min(apart, DAY_MINUTES - apart) <= tolerance


def _given_places(names: SiteNames, job: Job) -> list[str | None]:
    return [names.place(place[0]) for place in stops_of(job)]


def _wanted_places(names: SiteNames, job: Job) -> Iterator[list[str | None]]:
    for stops in job.stops:
        for target in job.target:
            yield [names.place(stop) for stop in stops] + ([names.place(target)] if target is not None else [])


def _delivery(names: SiteNames, gold: Job, given: Job) -> Slot:
    """The last place is where it ends; those before it may come in any order unless gold says otherwise."""
    there = _given_places(names, given)

    def agrees(wanted: list[str | None]) -> bool:
        if gold.unordered:
            return Counter(wanted) == Counter(there)
        if gold.ordered:
            return wanted == there
        return Counter(wanted[:-1]) == Counter(there[:-1]) and wanted[-1:] == there[-1:]

    return Slot(True, bool(there), any(agrees(wanted) for wanted in _wanted_places(names, gold)))


def _places(names: SiteNames, action: str | None, gold: Job, given: Job) -> Slot:
    there = _given_places(names, given)
    if action == "patrol" and given.source[0]:
        there = [names.place(given.source[0]), *there]

    def agrees(wanted: list[str | None]) -> bool:
        if not wanted:  # any charger will do for "go and charge"
            any_will_do = action in ("charge", "park") and len(there) == 1
            return not there or (any_will_do and names.kinds.get(there[0] or "") in ("charger", "parking"))
        if gold.ordered or action == "goto":
            return wanted == there
        return _bag(names, wanted) == _bag(names, there) or (action == "patrol" and set(wanted) == set(there))

    choices = list(_wanted_places(names, gold))
    return Slot(any(choices), bool(there), any(agrees(wanted) for wanted in choices))


def _bag(names: SiteNames, places: list[str | None]) -> Counter[str | None]:
    bag: Counter[str | None] = Counter()
    for place in places:
        bag.update(names.areas[place[5:]] if place and place.startswith("area:") else (place,))
    return bag


def _load(names: SiteNames, gold: Job, given: Job) -> dict[str, Slot]:
    item, quantity = given.item[0] or None, given.quantity[0]
    same = any(names.same_item(wanted, item) for wanted in gold.item)
    return {
        "item": Slot(gold.item != (None,), item is not None, same),
        "quantity": Slot(gold.quantity != (1,), quantity != 1, quantity in gold.quantity),
    }


def _who(names: SiteNames, action: str | None, gold: Job, given: Job) -> dict[str, Slot]:
    wanted = [names.robots(robots) for robots in gold.robot]
    robots = names.robots(given.robot[0])
    needed = given.robots_needed[0] or (len(robots) if robots else 1)
    counts = [count or 1 for count in gold.robots_needed]
    return {
        "robot": Slot(wanted != [None], robots is not None, robots in wanted),
        "robot_type": _type(names, action, gold, given),
        "robots_needed": Slot(counts != [1], needed != 1, needed in counts),
    }


def _type(names: SiteNames, action: str | None, gold: Job, given: Job) -> Slot:
    """A type that says nothing new (of the robot that is named, or the only one able) may be there or not."""
    wanted = [names.type(kind) for kind in gold.robot_type]
    kind = names.type(given.robot_type[0])
    if kind in wanted:
        return Slot(wanted != [None], kind is not None, True)
    robots = names.robots(given.robot[0])
    gold_robots = [names.robots(group) for group in gold.robot]
    if kind is not None and wanted == [None]:
        named = robots or next((group for group in gold_robots if group), None)
        if _all_of(names, named, kind) or names.only_type_for(action, kind):
            return Slot(False, False, True)
    elif kind is None:
        first = next(one for one in wanted if one)
        if names.only_type_for(action, first) or (robots and robots in gold_robots and _all_of(names, robots, first)):
            return Slot(False, False, True)
    return Slot(wanted != [None], kind is not None, False)


def _all_of(names: SiteNames, robots: frozenset[str] | None, kind: str | None) -> bool:
    return robots is not None and {names.types.get(robot) for robot in robots} == {kind}


def _times(now: int, action: str | None, gold: Job, given: Job) -> dict[str, Slot]:
    repeat = given.repeat[0] or Repeat()
    due = _end_of_wait(given, given.deadline[0], now) if action == "wait" else given.deadline[0]
    due, until = _due_and_until(repeat, due)
    slots = {"repeat": _repeat(now, gold, repeat, until)}
    wanted = [_end_of_wait(gold, minute, now) if action == "wait" else minute for minute in gold.deadline]
    tolerance = LOOSE_TOLERANCE if action == "wait" else TOLERANCE
    slots["deadline"] = Slot(any(m is not None for m in wanted), due is not None, any(near(m, due, tolerance) for m in wanted))
    start = given.not_before[0]
    if start is not None and near(start, now) and not any(near(m, start) for m in gold.not_before):
        start = None  # "now" is no wait
    slots["not_before"] = Slot(
        any(m is not None for m in gold.not_before), start is not None, any(near(m, start) for m in gold.not_before)
    )
    return slots


def _end_of_wait(job: Job, deadline: Minute, now: int) -> Minute:
    """A wait's duration says the same as its end."""
    if job.duration is None or deadline is not None:
        return deadline
    start = job.not_before[0] if len(job.not_before) == 1 else None
    return int((now if start is None or start == UNREADABLE else start) + job.duration) % DAY_MINUTES


def _due_and_until(repeat: Repeat, due: Minute) -> tuple[Minute, Minute]:
    """Where a repetition ends may stand in either slot."""
    until = repeat.until
    if repeat.every is None:
        return (until if due is None else due), None
    if until is None:
        return None, due
    return (None if near(until, due) else due), until


def _repeat(now: int, gold: Job, given: Repeat, until: Minute) -> Slot:
    def agrees(wanted: Repeat) -> bool:
        if wanted.every != given.every:
            return False
        if wanted.every is None or wanted.until is None:
            return wanted.times == given.times and (wanted.every is None or until is None)
        if near(wanted.until, until, LOOSE_TOLERANCE):
            return True
        rounds = (wanted.until - now) % DAY_MINUTES / wanted.every
        return until is None and given.times is not None and abs(given.times - rounds) <= ROUNDS_TOLERANCE

    choices = [repeat or Repeat() for repeat in gold.repeat]
    said = any((repeat.times, repeat.every) != (None, None) for repeat in choices)
    return Slot(said, (given.times, given.every) != (None, None), any(agrees(repeat) for repeat in choices))
