"""One prediction against one accepted reading: exactly the same, or how many slots of its tasks agree."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from drover.language.form import Control, Expected, Job, Query, read_control, read_jobs, read_query
from drover.language.jobs import closure, ways
from drover.language.names import SiteNames
from drover.language.slots import compare, near

#: Up to this many tasks every alignment is tried; beyond it the best pairs are taken one by one.
ALIGN_ALL_MAX = 6
#: Two speeds are the same within this.
SPEED_TOLERANCE = 1e-6

#: Slots that agree, that were given wrongly, that were wanted and not given so.
Counts = tuple[int, int, int]


def matches(names: SiteNames, now: int, wanted: Expected, given: dict[str, Any]) -> bool:
    """Whether the prediction is this reading. Raises Malformed when it has to look at something that cannot be read."""
    outcome = given.get("outcome")
    if outcome not in wanted.outcomes:
        return False
    tasks, control, query = given.get("tasks"), given.get("control"), given.get("query")
    if outcome in ("clarify", "reject"):
        return not tasks and not control
    if bool(tasks) != bool(wanted.jobs) or bool(control) != (wanted.control is not None):
        return False
    if wanted.jobs and not _same_tasks(names, now, wanted, read_jobs(tasks, now)):
        return False
    if wanted.control is not None and not _same_control(names, wanted.control, read_control(control, now)):
        return False
    return wanted.query is None or (isinstance(query, dict) and _same_query(names, wanted.query, read_query(query)))


def best_counts(names: SiteNames, now: int, wanted: Sequence[Expected], given: tuple[Job, ...]) -> Counts:
    """The slot counts of the reading, and way of writing it, that the tasks come closest to."""
    best: Counts | None = None
    for one in wanted or (Expected(()),):
        for gold in ways(one.jobs, names, gold=True):
            for said in ways(given, names, gold=False):
                counts = count_slots(names, now, gold, said, order_free=one.order_free)
                if best is None or f1(*counts) > f1(*best):
                    best = counts
    assert best is not None
    return best


def f1(agree: int, wrong: int, missed: int) -> float:
    """Harmonic mean of precision and recall; 1 where nothing was wanted and nothing said."""
    return 1.0 if agree + wrong + missed == 0 else 2 * agree / (2 * agree + wrong + missed)


def count_slots(names: SiteNames, now: int, gold: tuple[Job, ...], given: tuple[Job, ...], *, order_free: bool) -> Counts:
    """Over the alignment of tasks that scores best; tasks without a partner count whole; the order of jobs counts as slots."""
    cells = {(i, j): _cell(names, now, g, p) for i, g in enumerate(gold) for j, p in enumerate(given)}
    pairs = _align(cells, len(gold), len(given))
    agree, wrong, missed = (sum(cells[pair][k] for pair in pairs) for k in range(3))
    alone_given = set(range(len(given))) - {j for _, j in pairs}
    alone_gold = set(range(len(gold))) - {i for i, _ in pairs}
    for j in alone_given:
        slots = compare(names, now, Job(action=given[j].action), given[j])
        wrong += sum(slot.given for slot in slots.values())
    for i in alone_gold:
        missed += sum(slot.wanted for slot in compare(names, now, gold[i], Job()).values())
    if not order_free:
        partner = dict(pairs)
        wanted_edges = {(partner.get(a, -1 - a), partner.get(b, -1 - b)) for a, b in _edges(gold)}
        given_edges = _edges(given)
        agree += len(wanted_edges & given_edges)
        wrong += len(given_edges - wanted_edges)
        missed += len(wanted_edges - given_edges)
    return agree, wrong, missed


def _cell(names: SiteNames, now: int, gold: Job, given: Job) -> Counts:
    slots = compare(names, now, gold, given).values()
    agree = sum(slot.ok and slot.given for slot in slots)
    return agree, sum(not slot.ok and slot.given for slot in slots), sum(not slot.ok and slot.wanted for slot in slots)


def _value(counts: Counts) -> int:
    return 2 * counts[0] - counts[1] - counts[2]


def _align(cells: dict[tuple[int, int], Counts], golds: int, givens: int) -> list[tuple[int, int]]:
    if max(golds, givens) <= ALIGN_ALL_MAX:
        if golds <= givens:
            options = [list(zip(range(golds), chosen, strict=True)) for chosen in itertools.permutations(range(givens), golds)]
        else:
            options = [list(zip(chosen, range(givens), strict=True)) for chosen in itertools.permutations(range(golds), givens)]
        return max(options, key=lambda pairs: sum(_value(cells[pair]) for pair in pairs))
    pairs: list[tuple[int, int]] = []
    for i, j in sorted(cells, key=lambda pair: (-_value(cells[pair]), pair)):
        if all(i != a and j != b for a, b in pairs):
            pairs.append((i, j))
    return pairs


def _edges(jobs: tuple[Job, ...]) -> set[tuple[int, int]]:
    """(later, earlier) by index, near and far."""
    at = {job.ref: number for number, job in enumerate(jobs)}
    before = closure(jobs)
    return {(number, at[ref]) for number, job in enumerate(jobs) for ref in before[job.ref] if ref in at}


def _same_tasks(names: SiteNames, now: int, wanted: Expected, given: tuple[Job, ...]) -> bool:
    golds, saids = ways(wanted.jobs, names, gold=True), ways(given, names, gold=False)
    return any(_equal(names, now, g, s, order_free=wanted.order_free) for g in golds for s in saids)


def _equal(names: SiteNames, now: int, gold: tuple[Job, ...], given: tuple[Job, ...], *, order_free: bool) -> bool:
    """Whether the tasks can be paired off, all slots right, with the same tasks before each."""
    if len(gold) != len(given):
        return False
    same = [[all(slot.ok for slot in compare(names, now, g, p).values()) for p in given] for g in gold]
    wanted_before, given_before = _edges(gold), _edges(given)
    partner: list[int] = []

    def fits(i: int, j: int) -> bool:
        if j in partner or not same[i][j]:
            return False
        return order_free or all(
            ((i, k) in wanted_before) == ((j, partner[k]) in given_before)
            and ((k, i) in wanted_before) == ((partner[k], j) in given_before)
            for k in range(i)
        )

    def pair_off(i: int) -> bool:
        if i == len(gold):
            return True
        for j in range(len(given)):
            if fits(i, j):
                partner.append(j)
                if pair_off(i + 1):
                    return True
                partner.pop()
        return False

    return pair_off(0)


def _same_control(names: SiteNames, wanted: Control, given: Control) -> bool:
    if given.action[0] not in wanted.action:
        return False
    meant = names.targets(given.targets[0]) - names.targets(given.excluded)
    if not any(names.targets(targets) - names.targets(wanted.excluded) == meant for targets in wanted.targets):
        return False
    if not any(near(minute, given.until[0]) for minute in wanted.until):
        return False
    return wanted.speed is None or any(_same_speed(speed, given.speed) for speed in wanted.speed)


def _same_speed(wanted: dict[str, float] | None, given: tuple[dict[str, float] | None, ...] | None) -> bool:
    speed = given[0] if given else None
    if wanted is None or speed is None:
        return wanted is speed
    return all(abs(speed[unit] - value) < SPEED_TOLERANCE if unit in speed else False for unit, value in wanted.items())


def _same_query(names: SiteNames, wanted: Query, given: Query) -> bool:
    return given.about[0] in wanted.about and names.targets(given.targets[0]) in map(names.targets, wanted.targets)
