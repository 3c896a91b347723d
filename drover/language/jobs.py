"""The different ways to write the same jobs: one task over several places or one for each, and a way there apart from the work.

Gold and prediction are compared in every pair of their ways; one pair that agrees is enough.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from drover.language.form import Job
from drover.language.names import SiteNames, key

#: Work done at a place: at several places it is several jobs.
ON_SITE = frozenset(("clean", "disinfect", "inspect"))


def ways(jobs: tuple[Job, ...], names: SiteNames, *, gold: bool) -> list[tuple[Job, ...]]:
    """As written; split over places; split as a chain; and for a prediction each of them without mere ways to the work."""
    found = [jobs, _split(jobs, chain=False, gold=gold), _split(jobs, chain=True, gold=gold)]
    if not gold:
        found += [_absorb(way, names) for way in found]
    return list(dict.fromkeys(found))


def stops_of(job: Job) -> Iterator[tuple[str | None, ...]]:
    """Every place that a job names on its way, in order, the target last and once."""
    stops = job.stops[0]
    for stop in stops:
        yield (stop,)
    target = job.target[0]
    if len(job.target) > 1 or (target is not None and not (stops and key(stops[-1]) == key(target))):
        yield job.target


def closure(jobs: tuple[Job, ...]) -> dict[str, set[str]]:
    """By ref: every job that comes before, near or far."""
    before = {job.ref: set(job.after) for job in jobs}
    grown = True
    while grown:
        grown = False
        for ref, known in before.items():
            more = known.union(*(before.get(other, set()) for other in known))
            if more != known:
                before[ref], grown = more, True
    return before


def _split(jobs: tuple[Job, ...], *, chain: bool, gold: bool) -> tuple[Job, ...]:
    """One task a place. `chain`: the places one after the other, which also takes a route of `goto` apart."""
    found: list[Job] = []
    instead: dict[str, tuple[str, ...]] = {}
    for job in jobs:
        places = list(stops_of(job)) if len(job.stops) == 1 else []
        on_site = not ON_SITE.isdisjoint(job.action)
        if len(places) < 2 or not (on_site or ("goto" in job.action and (chain or job.ordered))):
            found.append(job)
            continue
        in_order = not on_site or (job.ordered if gold else chain)
        refs = tuple(f"{job.ref}.{number}" for number in range(len(places)))
        for number, place in enumerate(places):
            after = (refs[number - 1],) if in_order and number else job.after
            found.append(replace(job, ref=refs[number], target=place, stops=((),), after=after, ordered=False, unordered=False))
        instead[job.ref] = refs[-1:] if in_order else refs
    return tuple(replace(job, after=tuple(new for old in job.after for new in instead.get(old, (old,)))) for job in found)


def _absorb(jobs: tuple[Job, ...], names: SiteNames) -> tuple[Job, ...]:
    """Without each `goto` that only leads to the place where one later task of the same robot begins."""
    left = list(jobs)
    while (pair := _way_and_work(left, names)) is not None:
        way, work = pair
        merged = _merge(way, work)
        left = [merged if job is work else job for job in left if job is not way]
    return tuple(left)


def _way_and_work(jobs: list[Job], names: SiteNames) -> tuple[Job, Job] | None:
    for way in jobs:
        if way.action[0] != "goto" or way.stops[0] or way.deadline[0] is not None or way.repeat[0] is not None:
            continue
        later = [job for job in jobs if way.ref in job.after]
        if len(later) == 1 and _begins_at(later[0], way, names) and _same_robot(later[0], way, names):
            return way, later[0]
    return None


def _begins_at(work: Job, way: Job, names: SiteNames) -> bool:
    at = work.source[0] if work.action[0] in ("transport", "guide") else None if work.stops[0] else work.target[0]
    if at is None and work.action[0] == "wait":
        return True
    return names.place(at) == names.place(way.target[0])


def _same_robot(work: Job, way: Job, names: SiteNames) -> bool:
    return not work.robot[0] or not way.robot[0] or names.robots(work.robot[0]) == names.robots(way.robot[0])


def _merge(way: Job, work: Job) -> Job:
    after = tuple(ref for ref in work.after if ref != way.ref) + tuple(ref for ref in way.after if ref not in work.after)
    return replace(
        work,
        after=after,
        target=way.target if work.action[0] == "wait" and work.target[0] is None else work.target,
        robot=way.robot if work.robot[0] is None else work.robot,
        robot_type=way.robot_type if work.robot_type[0] is None else work.robot_type,
        not_before=way.not_before if work.not_before[0] is None else work.not_before,
    )
