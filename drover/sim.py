"""`drover sim run`: hours of a fleet in seconds, with the very cores that run in production, and judges that see bodies.

result = simulate("warehouse", robots=8, minutes=480, seed=1)
result.tasks_per_hour, result.collisions, result.deadlocks
"""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from drover.simulation import site as sites
from drover.simulation.run import BEGIN_S, Run
from fleet.contracts.errors import FleetError, InvalidInput
from fleet.planning.solve import POLICIES
from sim_robots import faults as faulty
from sim_robots.faults import Fault

log = logging.getLogger("drover.sim")

#: Open tasks for each robot: the next one is always waiting.
OPEN_TASKS_PER_ROBOT = 2
#: Longest simulation, in minutes.
MINUTES_MAX = 60 * 24 * 31.0
#: Simulated minutes between two lines of progress.
PROGRESS_EVERY_MIN = 30.0


class SimResult(msgspec.Struct, frozen=True, kw_only=True):
    """What one run came to. Lead times: creation to end of a task. `wall_s`: real seconds it took.

    `longest_wait_s`: longest time that a robot with an order stood without progress. `closest_m`: least gap ever seen
    between the circles around two robots (negative: circles met, boxes need not have).
    """

    layout: str
    robots: int
    minutes: float
    seed: int
    policy: str
    tasks_done: int
    tasks_failed: int
    tasks_per_hour: float
    lead_time_p50_s: float | None
    lead_time_p95_s: float | None
    collisions: int
    deadlocks: int
    plan_ms_p50: float | None
    plan_ms_p99: float | None
    picks: int
    drops: int
    messages: int
    longest_wait_s: float
    closest_m: float | None
    wall_s: float


def simulate(
    layout: str | Path,
    *,
    robots: int | None = None,
    minutes: float = 60.0,
    seed: int = 0,
    policy: str = "drover",
    open_tasks: int | None = None,
    plan_budget_s: float = 0.0,
    faults_per_robot_hour: float = 0.0,
    faults: Sequence[Fault] = (),
    progress: Callable[[float, Run], None] | None = None,
) -> SimResult:
    """One run. `plan_budget_s` 0: planning without a search that depends on real time, so that a seed always gives the
    same run. `progress` is called now and then with the simulated minutes. Raises InvalidInput, NotFound.
    """
    run = make_run(
        layout,
        robots=robots,
        minutes=minutes,
        seed=seed,
        policy=policy,
        open_tasks=open_tasks,
        plan_budget_s=plan_budget_s,
        faults_per_robot_hour=faults_per_robot_hour,
        faults=faults,
    )
    began = time.perf_counter()
    run.begin()
    done_min = 0.0
    while done_min < minutes:
        done_min = min(minutes, done_min + PROGRESS_EVERY_MIN)
        run.advance(BEGIN_S + done_min * 60)
        if progress is not None:
            progress(done_min, run)
    return result_of(run, minutes, seed, policy, time.perf_counter() - began)


def make_run(
    layout: str | Path,
    *,
    robots: int | None = None,
    minutes: float = 60.0,
    seed: int = 0,
    policy: str = "drover",
    open_tasks: int | None = None,
    plan_budget_s: float = 0.0,
    faults_per_robot_hour: float = 0.0,
    faults: Sequence[Fault] = (),
) -> Run:
    """A run that has not begun, for those who want to look inside. Raises InvalidInput, NotFound."""
    if not 0 < minutes <= MINUTES_MAX:
        raise InvalidInput(f"{minutes} minutes", field="--minutes", fix=f"use more than 0 and at most {MINUTES_MAX:g}")
    if policy not in POLICIES:
        raise InvalidInput(f"no policy {policy!r}", field="--policy", fix=f"one of {', '.join(POLICIES)}")
    site = sites.load(layout, robots)
    for warning in site.warnings:
        log.warning("%s", warning)
    names = [r.metadata.name for r in site.resources if r.kind == "Robot"]
    drawn = faulty.draw(names, minutes * 60, seed, per_robot_hour=faults_per_robot_hour)
    return Run(
        site,
        seed=seed,
        policy=policy,
        open_tasks=open_tasks or OPEN_TASKS_PER_ROBOT * len(names),
        plan_budget_s=plan_budget_s,
        faults=(*faults, *drawn),
    )


def result_of(run: Run, minutes: float, seed: int, policy: str, wall_s: float) -> SimResult:
    leads, plans = run.work.lead_times_s, run.plan_ms
    closest = run.collisions.closest_m
    return SimResult(
        layout=run.site.name,
        robots=len(run.vehicles),
        minutes=minutes,
        seed=seed,
        policy=policy,
        tasks_done=len(leads),
        tasks_failed=len(run.work.failed),
        tasks_per_hour=round(len(leads) / (minutes / 60), 2),
        lead_time_p50_s=percentile(leads, 0.50),
        lead_time_p95_s=percentile(leads, 0.95),
        collisions=len(run.collisions.collisions),
        deadlocks=len(run.progress.deadlocks),
        plan_ms_p50=percentile(plans, 0.50),
        plan_ms_p99=percentile(plans, 0.99),
        picks=sum(1 for _, fact in run.facts if fact.kind == "pick"),
        drops=sum(1 for _, fact in run.facts if fact.kind == "drop"),
        messages=run.network.sent,
        longest_wait_s=round(run.progress.longest_wait_s, 1),
        closest_m=round(closest, 3) if closest != float("inf") else None,
        wall_s=round(wall_s, 2),
    )


def percentile(values: Sequence[float], share: float) -> float | None:
    """Nearest rank; None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 3)


def run_cli(
    layout: str | Path, robots: int | None, minutes: float, seed: int, policy: str, output: str, plan_budget_s: float = 0.0
) -> int:
    """Print one run's result to stdout (`output`: json, yaml or table), progress to stderr. Exit code 1: bodies touched or
    the fleet got stuck; 2: bad arguments."""
    try:
        result = simulate(
            layout,
            robots=robots,
            minutes=minutes,
            seed=seed,
            policy="drover" if policy == "default" else policy,
            plan_budget_s=plan_budget_s,
            progress=_say,
        )
    except FleetError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(_printed(msgspec.to_builtins(result), output))
    return 1 if result.collisions or result.deadlocks else 0


def _say(minutes: float, run: Run) -> None:
    done, touched = len(run.work.lead_times_s), len(run.collisions.collisions)
    sys.stderr.write(f"{minutes:6.0f} min  {done:5d} tasks  {touched} collisions  {len(run.progress.deadlocks)} deadlocks\n")


def _printed(values: dict[str, Any], output: str) -> str:
    if output == "json":
        return json.dumps(values) + "\n"
    width = max(map(len, values))
    mark = ": " if output == "yaml" else "  "
    return "".join(f"{key + mark if output == 'yaml' else key.ljust(width) + mark}{_word(values[key])}\n" for key in values)


def _word(value: object) -> str:
    return "null" if value is None else str(value)
