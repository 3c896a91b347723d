"""The pooled search from outside its compiled loops: a start, a budget, the best plan found.

The budget is effort (positions weighed), not time: the answer depends on pool, start, effort and seed alone. Whoever has a
clock may say instead how far the budget is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from fleet.planning.pooling_model import Pool, blank, build
from fleet.planning.pooling_regret import regret
from fleet.planning.pooling_search import anneal, go_back

#: Positions that a second of one slow core weighs.
EFFORT_PER_S = 8_000_000
#: Temperatures at the beginning and at the end, in costs of a mean trip.
HOT, COLD = 0.5, 0.01
#: Positions between two looks at the budget, about.
SLICE_EFFORT = 100_000
#: Regret insertion builds the start up to so many (request, vehicle, request) triples; greedy insertion beyond.
REGRET_MAX = 40_000_000

Sequences = Sequence[Sequence[int]]


def improved(
    pool: Pool,
    start: Sequences | None,
    *,
    effort: int,
    seed: int = 0,
    gone: Callable[[], float] | None = None,
    hot: float = HOT,
    cold: float = COLD,
) -> tuple[list[list[int]], float]:
    """(Stops of each vehicle in order, cost): never worse than `start`, which may be None or leave requests out.

    `effort`: positions to weigh, about. `gone`: the share of the budget that is gone (0 .. 1), asked often, in place of
    `effort`. A start that cannot be driven is taken for none.
    """
    plan = blank(pool, seed)
    if pool.n == 0 or pool.m == 0:
        return [[] for _ in range(pool.m)], float(pool.req["left_out"].sum())
    best_nxt, best_veh = plan.at["nxt"].copy(), plan.veh.copy()
    costs = np.full(2, go_back(pool, plan, best_nxt, best_veh))
    starts = [made for made in (linked(pool, start) if start is not None else None, _constructed(pool, seed)) if made is not None]
    for nxt, veh in starts:
        cost = go_back(pool, plan, nxt, veh)
        if cost < costs[1]:
            best_nxt, best_veh, costs[:] = nxt, veh, cost
    costs[:] = go_back(pool, plan, best_nxt, best_veh)
    scale = _trip_cost(pool)
    steps = 1
    while True:
        done = min(1.0, float(plan.dice["tried"][0]) / max(1, effort)) if gone is None else gone()
        if done >= 1.0:
            break
        heat = scale * hot * (cold / hot) ** done
        before = int(plan.dice["tried"][0])
        anneal(pool, plan, best_nxt, best_veh, costs, steps, heat, heat)
        spent = max(1, int(plan.dice["tried"][0]) - before)
        steps = max(1, min(2000, steps * 2, round(steps * SLICE_EFFORT / spent)))
    cost = go_back(pool, plan, best_nxt, best_veh)
    return routes_of_plan(pool, best_nxt), float(cost)


def _constructed(pool: Pool, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """A plan from nothing."""
    plan = blank(pool, seed)
    nxt, veh = plan.at["nxt"].copy(), plan.veh.copy()
    costs = np.full(2, go_back(pool, plan, nxt, veh))
    if pool.n * pool.m * (pool.n + pool.m) <= REGRET_MAX and len(pool.pred) == 0:
        regret(pool, plan, np.arange(pool.n))
        return plan.at["nxt"].copy(), plan.veh.copy()
    anneal(pool, plan, nxt, veh, costs, 0, 1.0, 1.0)
    return nxt, veh


def linked(pool: Pool, routes: Sequences) -> tuple[np.ndarray, np.ndarray]:
    """Routes as (next stop of each stop, vehicle of each request)."""
    plan = blank(pool, 0)
    nxt, veh = plan.at["nxt"].copy(), plan.veh.copy()
    for v, stops in enumerate(routes):
        a = 2 * pool.n + v
        for s in stops:
            nxt[a], a = s, s
            if s >= pool.n:
                veh[s - pool.n] = v
        nxt[a] = 2 * pool.n + pool.m + v
    return nxt, veh


def routes_of_plan(pool: Pool, nxt: np.ndarray) -> list[list[int]]:
    routes: list[list[int]] = []
    for v in range(pool.m):
        own: list[int] = []
        s = int(nxt[2 * pool.n + v])
        while s < 2 * pool.n:
            own.append(s)
            s = int(nxt[s])
        routes.append(own)
    return routes


def _trip_cost(pool: Pool) -> float:
    """What a mean trip of the pool costs where it delays a mean share of those behind it."""
    n, m = pool.n, pool.m
    ways = pool.time[0][np.ix_(pool.stop["out"][: 2 * n][:512], pool.stop["into"][n : 2 * n][:512])]
    ways = ways[np.isfinite(ways) & (ways > 0.0)]
    mean_s = float(ways.mean()) if len(ways) else 1.0
    behind = max(1.0, n / m / 2.0) * float(pool.stop["weight"][n : 2 * n].mean())
    return mean_s * (pool.drive_w + pool.empty_w + behind) + pool.span_w * mean_s**2


def warm() -> None:
    """Calls each compiled loop once."""
    time_s = np.array([[[0.0, 1.0, 2.0], [1.0, 0.0, 1.0], [2.0, 1.0, 0.0]]])
    place = np.array([1])
    improved(build(time=time_s, pick=place, drop=place + 1, start=place - 1), None, effort=10)
