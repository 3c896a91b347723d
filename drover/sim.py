"""`drover sim run`: hours of a fleet in seconds, with the very cores that run in production, and judges that see bodies.

result = simulate("warehouse", robots=8, minutes=480, seed=1)
result.tasks_per_hour, result.service.p95_s, result.collisions, result.deadlocks

`policy` "naive" is the baseline B1 for the whole dispatch: oldest task to the nearest idle robot (simulation/dispatch.py), static
shortest path with side-steps (fleet/traffic/naive_control.py), on the same safe rules, bodies, orders, delays and seeds.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from drover.simulation import site as sites
from drover.simulation.measure import Service, Time, percentile, service
from drover.simulation.run import BEGIN_S, Run
from fleet.contracts.errors import FleetError, InvalidInput
from fleet.planning.solve import POLICIES
from fleet.traffic.control import TrafficControl
from fleet.traffic.face import TrafficFactory
from fleet.traffic.naive_control import NaiveControl
from sim_robots import faults as faulty
from sim_robots.demand import Orders
from sim_robots.faults import Delays, Fault

log = logging.getLogger("drover.sim")

#: Open tasks for each robot: the next one is always waiting.
OPEN_TASKS_PER_ROBOT = 2
#: Longest simulation, in minutes.
MINUTES_MAX = 60 * 24 * 31.0
#: Simulated minutes between two lines of progress.
PROGRESS_EVERY_MIN = 30.0
#: Who keeps the traffic, by policy.
TRAFFIC: Mapping[str, TrafficFactory] = {"drover": TrafficControl, "naive": NaiveControl}


class SimResult(msgspec.Struct, frozen=True, kw_only=True):
    """What one run came to. Lead times: creation to end of a task that was done; `tasks_per_hour`: of the whole run; `service`:
    the fair figures, steady and with unserved tasks (simulation/measure.py).

    `deadlocks`: times that the whole fleet stood with work for five minutes; `stuck`: times that one robot had the same order for
    ten. `longest_wait_s`: longest time that a robot with an order stood without progress. `closest_m`: least gap ever seen
    between the circles around two robots (negative: circles met, boxes need not have). `wall_s`, `cpu_s`: real seconds it took.
    """

    layout: str
    robots: int
    minutes: float
    seed: int
    policy: str
    traffic: str
    demand: str
    arrivals_per_hour: float | None
    open_tasks: int | None
    delays: float
    tasks_done: int
    tasks_failed: int
    tasks_turned_away: int
    tasks_per_hour: float
    lead_time_p50_s: float | None
    lead_time_p95_s: float | None
    service: Service
    time: Time
    metres_per_task: float | None
    collisions: int
    deadlocks: int
    stuck: int
    plan_ms_p50: float | None
    plan_ms_p99: float | None
    plan_ms_max: float | None
    tick_ms_p99: float | None
    orders_per_robot_min: float
    picks: int
    drops: int
    messages: int
    longest_wait_s: float
    closest_m: float | None
    wall_s: float
    cpu_s: float


class Setup(msgspec.Struct, frozen=True, kw_only=True):
    """What is simulated. `robots` None: the site's own. `traffic` None: as `policy`.

    Demand: `open_tasks` at any time (None: two a robot), or `arrivals_per_hour`. `delays`: chance of a stall at each node passed
    (sim_robots/faults.py). `plan_budget_s` 0: planning without a search that depends on real time, so that a seed always gives
    the same run.
    """

    layout: str | Path
    robots: int | None = None
    minutes: float = 60.0
    seed: int = 0
    policy: str = "drover"
    traffic: str | None = None
    demand: str = "uniform"
    open_tasks: int | None = None
    arrivals_per_hour: float | None = None
    delays: float = 0.0
    plan_budget_s: float = 0.0
    faults_per_robot_hour: float = 0.0
    faults: Sequence[Fault] = ()


def simulate(layout: str | Path, *, progress: Callable[[float, Run], None] | None = None, **setup: Any) -> SimResult:
    """One run of `Setup(layout=layout, **setup)`. `progress` is called now and then with the simulated minutes. Raises
    InvalidInput, NotFound.
    """
    asked = Setup(layout=layout, **setup)
    run = run_of(asked)
    began_s, began_cpu_s = time.perf_counter(), time.process_time()
    run.begin()
    done_min = 0.0
    while done_min < asked.minutes:
        done_min = min(asked.minutes, done_min + PROGRESS_EVERY_MIN)
        run.advance(BEGIN_S + done_min * 60)
        if progress is not None:
            progress(done_min, run)
    return result_of(run, asked, wall_s=time.perf_counter() - began_s, cpu_s=time.process_time() - began_cpu_s)


def make_run(layout: str | Path, **setup: Any) -> Run:
    """A run that has not begun, for those who want to look inside. Raises InvalidInput, NotFound."""
    return run_of(Setup(layout=layout, **setup))


def run_of(asked: Setup) -> Run:
    """Raises InvalidInput, NotFound."""
    if not 0 < asked.minutes <= MINUTES_MAX:
        raise InvalidInput(f"{asked.minutes} minutes", field="--minutes", fix=f"use more than 0 and at most {MINUTES_MAX:g}")
    for field, word, known in (("--policy", asked.policy, POLICIES), ("--traffic", asked.traffic or asked.policy, TRAFFIC)):
        if word not in known:
            raise InvalidInput(f"no policy {word!r}", field=field, fix=f"one of {', '.join(known)}")
    site = sites.load(asked.layout, asked.robots)
    for warning in site.warnings:
        log.warning("%s", warning)
    names = [r.metadata.name for r in site.resources if r.kind == "Robot"]
    drawn = faulty.draw(names, asked.minutes * 60, asked.seed, per_robot_hour=asked.faults_per_robot_hour)
    return Run(
        site,
        seed=asked.seed,
        policy=asked.policy,
        open_tasks=asked.open_tasks or OPEN_TASKS_PER_ROBOT * len(names),
        plan_budget_s=asked.plan_budget_s,
        faults=(*asked.faults, *drawn),
        traffic=TRAFFIC[asked.traffic or asked.policy],
        orders=Orders(site.work, asked.seed, asked.demand),
        per_hour=asked.arrivals_per_hour,
        delays=Delays(asked.delays, asked.seed),
    )


def result_of(run: Run, asked: Setup, *, wall_s: float, cpu_s: float) -> SimResult:
    leads, plans = run.work.lead_times_s, run.plan_ms
    closest, robots = run.collisions.closest_m, len(run.vehicles)
    driven_m = sum(v.body.drive.odometer_m for v in run.vehicles)
    return SimResult(
        layout=run.site.name,
        robots=robots,
        minutes=asked.minutes,
        seed=asked.seed,
        policy=asked.policy,
        traffic=asked.traffic or asked.policy,
        demand=asked.demand,
        arrivals_per_hour=asked.arrivals_per_hour,
        open_tasks=run.work.open_max if asked.arrivals_per_hour is None else None,
        delays=asked.delays,
        tasks_done=len(leads),
        tasks_failed=len(run.work.failed),
        tasks_turned_away=run.work.turned_away,
        tasks_per_hour=round(len(leads) / (asked.minutes / 60), 2),
        lead_time_p50_s=percentile(leads, 0.50),
        lead_time_p95_s=percentile(leads, 0.95),
        service=service(run.work.all, BEGIN_S, BEGIN_S + asked.minutes * 60),
        time=run.time.shares(),
        metres_per_task=round(driven_m / len(leads), 1) if leads else None,
        collisions=len(run.collisions.collisions),
        deadlocks=len(run.progress.deadlocks),
        stuck=len(run.progress.stuck),
        plan_ms_p50=percentile(plans, 0.50),
        plan_ms_p99=percentile(plans, 0.99),
        plan_ms_max=percentile(plans, 1.0),
        tick_ms_p99=percentile(run.tick_ms, 0.99),
        orders_per_robot_min=round(run.orders_sent / robots / asked.minutes, 2),
        picks=sum(1 for _, fact in run.facts if fact.kind == "pick"),
        drops=sum(1 for _, fact in run.facts if fact.kind == "drop"),
        messages=run.network.sent,
        longest_wait_s=round(run.progress.longest_wait_s, 1),
        closest_m=round(closest, 3) if closest != float("inf") else None,
        wall_s=round(wall_s, 2),
        cpu_s=round(cpu_s, 2),
    )


def run_cli(layout: str | Path, output: str, **setup: Any) -> int:
    """Print one run's result to stdout (`output`: json, yaml or table), progress to stderr. Exit code 1: bodies touched or
    the fleet got stuck; 2: bad arguments."""
    try:
        result = simulate(layout, progress=_say, **setup)
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
    flat = {
        f"{name}_{key}" if key else name: value
        for name, whole in values.items()
        for key, value in (whole.items() if isinstance(whole, dict) else (("", whole),))
    }
    width = max(map(len, flat))
    mark = ": " if output == "yaml" else "  "
    return "".join(f"{key + mark if output == 'yaml' else key.ljust(width) + mark}{_word(flat[key])}\n" for key in flat)


def _word(value: object) -> str:
    return "null" if value is None else str(value)
