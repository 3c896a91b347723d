"""How one job of the Command IR becomes trips: how much at a time, how often, with which robots. Shared by
validation (is it possible?), lowering (make the tasks) and the read-back, so that all three say the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fleet.contracts.command_ir import Action, Repeat, TaskIr
from fleet.tasks.clock import moment_at
from fleet.tasks.site import Site, SiteRobot

#: A command may become at most this many tasks.
LOWERED_TASKS_MAX = 500
#: "every 30 minutes" without an end goes on for one shift, in seconds.
SERIES_S_DEFAULT = 8 * 3600.0
#: Shortest interval of a series, in minutes.
EVERY_MINUTES_MIN = 1.0


@dataclass(frozen=True, slots=True)
class Trip:
    """One task to be: `robot` is who was asked for, `not_before_at` set in a series.

    `apart`: other robots do the other trips of the same `round` (repeat) of the job.
    """

    robot: str | None
    quantity: int
    not_before_at: float | None = None
    apart: bool = False
    round: int = 0


def named_robots(task: TaskIr) -> tuple[str, ...]:
    if task.robot is None:
        return ()
    return (task.robot,) if isinstance(task.robot, str) else task.robot


def robots_wanted(task: TaskIr) -> int:
    return max(task.robots_needed, len(named_robots(task)), 1)


def candidates(task: TaskIr, site: Site) -> list[SiteRobot]:
    """Enabled robots that may do it by name, type and capability; payload is not looked at.

    Names bind only when they are all that is wanted: "FL-1 and one more" may take any other as well.
    """
    named = named_robots(task) if len(named_robots(task)) >= robots_wanted(task) else ()
    return [
        robot
        for robot in site.robots.values()
        if robot.spec.enabled
        and (not named or robot.name in named)
        and (task.robot_type is None or robot.type == task.robot_type)
        and robot.can(task.action)
    ]


def unit_kg(task: TaskIr, site: Site) -> float | None:
    item = site.items.get(task.item) if task.item is not None else None
    return None if item is None else item.unit_kg


def units_per_trip(robots: Sequence[SiteRobot], unit_kg: float | None) -> int:
    """What at least half of the robots that can carry one unit carry at once; 0 when none can carry one.

    Half, and not the strongest: trips that fit only the one big forklift would all wait for it.
    """
    able = sorted((n for r in robots if (n := r.units_max(unit_kg)) > 0), reverse=True)
    return able[(len(able) - 1) // 2] if able else 0


def trips_of(task: TaskIr, site: Site, *, now: float, utc_offset_s: int = 0) -> list[Trip]:
    """The trips of one (valid, canonical) job: shares of robots x trips by payload x repeats."""
    starts = series_at(task, now=now, utc_offset_s=utc_offset_s)
    once = _once(task, site)
    return [Trip(t.robot, t.quantity, at, t.apart, n) for n, at in enumerate(starts) for t in once]


def trips_bound(task: TaskIr, *, now: float, utc_offset_s: int = 0) -> int:
    """An upper bound of `len(trips_of(...))` that is cheap for any input."""
    starts = len(series_at(task, now=now, utc_offset_s=utc_offset_s))
    return starts * max(robots_wanted(task), task.quantity if task.action is Action.TRANSPORT else 1)


def series_at(task: TaskIr, *, now: float, utc_offset_s: int = 0) -> list[float | None]:
    """When each repeat may begin; [None] without times. At most LOWERED_TASKS_MAX + 1 long. Raises InvalidInput."""
    first = None if task.not_before is None else moment_at(task.not_before, now=now, utc_offset_s=utc_offset_s)
    repeat = task.repeat or Repeat()
    if repeat.every_minutes is None:
        return [first] * max(1, min(repeat.times or 1, LOWERED_TASKS_MAX + 1))
    begin = now if first is None else max(first, now)
    step_s = max(EVERY_MINUTES_MIN, repeat.every_minutes) * 60.0
    if repeat.until is not None:
        last = moment_at(repeat.until, now=now, utc_offset_s=utc_offset_s)
    elif repeat.times is not None:
        last = begin + (repeat.times - 1) * step_s
    else:
        last = begin + SERIES_S_DEFAULT
    count = int((last - begin) // step_s) + 1
    count = min(count, repeat.times or count, LOWERED_TASKS_MAX + 1)
    return [begin + i * step_s for i in range(max(1, count))]


def _once(task: TaskIr, site: Site) -> list[Trip]:
    named, wanted = named_robots(task), robots_wanted(task)
    robots: list[str | None] = [*named, *([None] * (wanted - len(named)))]
    apart = wanted > 1
    if task.action is not Action.TRANSPORT:
        return [Trip(robot, 1, apart=apart) for robot in robots]
    # robots that share a transport share its quantity; "two robots bring the meds" still is one load each
    shares = _shares(max(task.quantity, wanted), wanted)
    trips: list[Trip] = []
    for robot, share in zip(robots, shares, strict=True):
        able = [r for r in candidates(task, site) if robot is None or r.name == robot]
        per_trip = max(1, units_per_trip(able, unit_kg(task, site)))
        full, rest = divmod(share, per_trip)
        loads = [per_trip] * full + ([rest] if rest else [])
        # only single loads can be kept apart: with more trips than robots, robots must come twice
        trips.extend(Trip(robot, load, apart=apart and len(loads) == 1) for load in loads)
    return trips


def _shares(quantity: int, parts: int) -> list[int]:
    each, more = divmod(quantity, parts)
    return [each + (1 if i < more else 0) for i in range(parts)]
