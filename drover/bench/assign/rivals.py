"""What the planner is compared with: dispatchers of one load at a time, OR-Tools' routing, PyVRP; each answers with routes.

PyVRP (pyvrp.org, MIT) is an optional dependency of benchmarks. Solvers are stopped by processor time, not by the clock on the
wall, so that a loaded machine favours nobody.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np

from drover.bench.assign.world import Answer, World
from fleet.planning.ortools_pooling import improved_stops
from fleet.planning.pooling_model import NEVER_S, Pool, build

#: Price of a used vehicle where vehicles come first (Li and Lim), in seconds of driving.
VEHICLE_S = 1000.0
#: OR-Tools' own clock runs so many times as long as its processor time may be, before it is stopped in any case.
WALL_FACTOR = 60.0
_PYVRP_UNITS = 1000


def pool_of(world: World, **weights: float) -> Pool:
    """The instance as arrays of fleet.planning.pooling. `weights`: of WEIGHTS, and `weight`: of a second of completion time."""
    loads = world.loads
    weight = weights.pop("weight", 0.0)
    end = None if world.end is None else np.full(len(world.starts), world.end)

    def column(values: Any) -> np.ndarray:
        return np.minimum(np.array(list(values), np.float64), NEVER_S)

    due = column(x.due_s for x in loads)
    return build(
        time=world.time_s[None],
        pick=np.array([x.pick for x in loads]),
        drop=np.array([x.drop for x in loads]),
        start=np.array(world.starts),
        end=end,
        units=np.array([x.units for x in loads]),
        slots=world.slots,
        pick_opens=column(x.opens_s[0] for x in loads),
        drop_opens=column(x.opens_s[1] for x in loads),
        pick_closes=column(x.closes_s[0] for x in loads),
        drop_closes=column(x.closes_s[1] for x in loads),
        pick_work=column(x.work_s[0] for x in loads),
        drop_work=column(x.work_s[1] for x in loads),
        end_closes=min(world.closes_s, NEVER_S),
        kind=np.unique(np.array(world.starts), return_inverse=True)[1],
        drop_weight=weight,
        drop_due=due,
        drop_late=np.where(due < NEVER_S, 5.0 * weight, 0.0),
        **dict[str, Any](weights),
    )


def fifo(world: World) -> Answer:
    """Oldest load to the robot that is with it first; then the next."""
    free, at, routes = np.zeros(len(world.starts)), np.array(world.starts), _empty(world)
    for r in range(len(world.loads)):
        # the robot that is idle first, of those the nearest: what simple dispatchers do
        idle = np.flatnonzero(free <= free.min())
        robot = int(idle[np.argmin(world.time_s[at[idle], world.loads[r].pick])])
        _carry(world, routes, free, at, robot, r)
    return routes


def nearest(world: World) -> Answer:
    """The robot that is idle first takes the nearest load."""
    free, at, routes = np.zeros(len(world.starts)), np.array(world.starts), _empty(world)
    left = np.arange(len(world.loads))
    picks = np.array([x.pick for x in world.loads])
    while len(left):
        robot = int(np.argmin(free))
        k = int(np.argmin(world.time_s[at[robot], picks[left]]))
        _carry(world, routes, free, at, robot, int(left[k]))
        left = np.delete(left, k)
    return routes


def hungarian(world: World) -> Answer:
    """Rounds of optimal matching with ready times (Kuhn 1955, by scipy): each robot at most one more load a round."""
    from scipy.optimize import linear_sum_assignment

    free, at, routes = np.zeros(len(world.starts)), np.array(world.starts), _empty(world)
    left = np.arange(len(world.loads))
    picks = np.array([x.pick for x in world.loads])
    while len(left):
        robots, columns = linear_sum_assignment(free[:, None] + world.time_s[at][:, picks[left]])
        for robot, k in zip(robots.tolist(), columns.tolist(), strict=True):
            _carry(world, routes, free, at, robot, int(left[k]))
        left = np.delete(left, columns)
    return routes


def _empty(world: World) -> list[list[int]]:
    return [[] for _ in world.starts]


def _carry(world: World, routes: list[list[int]], free: np.ndarray, at: np.ndarray, robot: int, r: int) -> None:
    load = world.loads[r]
    free[robot] += world.time_s[at[robot], load.pick] + world.time_s[load.pick, load.drop] + sum(load.work_s)
    at[robot] = load.drop
    routes[robot] += [r, len(world.loads) + r]


def cpu_gone(budget_s: float) -> Callable[[], float]:
    """Share of the budget of processor time that is gone, counted from the first question: models are built before."""
    begun: list[float] = []

    def gone() -> float:
        now = time.process_time()
        begun.append(now)
        del begun[1:]
        return (now - begun[0]) / budget_s if budget_s > 0 else 1.0

    return gone


def cpu_limit(budget_s: float) -> Callable[[], bool]:
    gone = cpu_gone(budget_s)
    return lambda: gone() >= 1.0


def ortools(world: World, budget_s: float, *, start: Answer | None = None, ticks: int = 10, **weights: float) -> Answer | None:
    """OR-Tools' guided local search, alone or from `start`. `ticks`: its integers to the second."""
    pool = pool_of(world, **weights)
    return improved_stops(pool, start, budget_s=WALL_FACTOR * budget_s, gone=cpu_limit(budget_s), ticks=ticks)


def has_pyvrp() -> bool:
    return find_spec("pyvrp") is not None


def pyvrp(world: World, budget_s: float, seed: int, *, vehicle_s: float = 0.0, units: int = _PYVRP_UNITS) -> Answer | None:
    """PyVRP's shipments; None where it ends without a feasible plan. `units`: integers to the second."""
    from pyvrp import Depot, Location, ProblemData, Shipment, VehicleType, solve

    if world.slots == 1 and world.end is None:
        return _pyvrp_single(world, budget_s, seed, units)
    whole = np.rint(world.time_s * units).astype(np.int64)
    places = len(whole)
    if world.end is None:  # ends are anywhere: a place that is no way from everywhere
        whole = np.pad(whole, ((0, 1), (0, 1)))
    depots = list(dict.fromkeys([*world.starts, places if world.end is None else world.end]))
    end = depots.index(places if world.end is None else world.end)

    def ticks(seconds: float) -> int:
        return min(round(seconds * units) if seconds < 1e15 else 2**62, 2**62)

    shipments = [
        Shipment(
            x.pick, x.drop, ticks(x.opens_s[0]), ticks(x.closes_s[0]), ticks(x.work_s[0]), ticks(x.opens_s[1]),
            ticks(x.closes_s[1]), ticks(x.work_s[1]), [x.units],
        )
        for x in world.loads
    ]  # fmt: skip
    kinds = list(dict.fromkeys(world.starts))
    types = [
        VehicleType(
            world.starts.count(place), [world.slots], depots.index(place), end, fixed_cost=round(vehicle_s * units),
            tw_late=ticks(world.closes_s),
        )
        for place in kinds
    ]  # fmt: skip
    data = ProblemData(
        [Location(0, 0)] * len(whole), [], [Depot(place) for place in depots], types, [whole], [whole], [], shipments
    )
    gone = cpu_limit(budget_s)
    result = solve(data, lambda _: gone(), seed=seed, collect_stats=False, display=False)
    return _of_pyvrp(world, result, kinds) if result.is_feasible() else None


def _pyvrp_single(world: World, budget_s: float, seed: int, units: int) -> Answer | None:
    """One load at a time: a load is a client that is entered at its pick and left at its drop. (Its shipments find nothing.)"""
    from pyvrp import Client, Depot, Location, ProblemData, VehicleType, solve

    picks, drops = np.array([x.pick for x in world.loads]), np.array([x.drop for x in world.loads])
    n, m = len(picks), len(world.starts)
    whole = np.zeros((n + m + 1, n + m + 1))
    whole[: n + m, :n] = world.time_s[np.concatenate([drops, world.starts])][:, picks] + world.time_s[picks, drops][None, :]
    np.fill_diagonal(whole, 0.0)
    ticks = np.rint(whole * units).astype(np.int64)
    data = ProblemData(
        [Location(0, 0)] * (n + m + 1), [Client(r) for r in range(n)], [Depot(n + v) for v in range(m + 1)],
        [VehicleType(1, [], v, m) for v in range(m)], [ticks], [ticks],
    )  # fmt: skip
    gone = cpu_limit(budget_s)
    result = solve(data, lambda _: gone(), seed=seed, collect_stats=False, display=False)
    if not result.is_feasible():
        return None
    routes = _empty(world)
    for route in result.best.routes():
        for activity in route.schedule():
            if activity.is_client():
                routes[route.vehicle_type()] += [activity.idx, n + activity.idx]
    return routes


def _of_pyvrp(world: World, result: Any, kinds: list[int]) -> Answer:
    routes = _empty(world)
    robots: dict[int, list[int]] = {}
    for robot, place in enumerate(world.starts):
        robots.setdefault(place, []).append(robot)
    for route in result.best.routes():
        robot = robots[kinds[route.vehicle_type()]].pop(0)
        for activity in route.schedule():
            if activity.is_pickup():
                routes[robot].append(activity.idx)
            elif activity.is_delivery():
                routes[robot].append(len(world.loads) + activity.idx)
    return routes
