"""Ruin and recreate under simulated annealing (compiled): the search of pooled routes.

Schrimpf et al. 2000; Ropke and Pisinger 2006; the ruin and the blinking greedy recreate of Christiaens and Vanden Berghe
2020. The best plan is kept apart, so the search can be ended at any step.
"""

from __future__ import annotations

import math

import numpy as np

from fleet.planning.pooling_insert import best_route, draw, put
from fleet.planning.pooling_model import Floats, Ints, Plan, Pool
from fleet.planning.pooling_ruin import keep_route, ruin, undo
from fleet.planning.pooling_timing import left_out_cost, retime_all
from fleet.traffic.jit import inner, leaf, njit

#: Share of positions that greedy insertion passes over.
BLINK = 0.01


@leaf
def total_cost(pool: Pool, plan: Plan) -> float:
    """Sum over the routes as last timed, and what is left out."""
    total = left_out_cost(pool, plan)
    for v in range(pool.m):
        total += plan.route[v].cost
    return total


@inner
def in_order(pool: Pool, plan: Plan, out: Ints, count: int) -> Ints:
    """The requests of `out[:count]` in an order drawn: random, large first, far, near, narrow, early, late, heavy first."""
    keys = np.empty(count)
    kind = int(draw(plan) * 11.0)
    for k in range(count):
        r = out[k]
        first = r if pool.req[r].has_pick else pool.n + r
        if kind < 4:
            keys[k] = draw(plan)
        elif kind == 4:
            keys[k] = -float(pool.stop[r].units) + 1e-3 * draw(plan)
        elif kind == 5 or kind == 6:
            start = 2 * pool.n + int(pool.near_start[r, 0])
            keys[k] = pool.time[0, pool.stop[start].out, pool.stop[first].into] * (-1.0 if kind == 5 else 1.0)
        elif kind == 7:
            keys[k] = min(pool.stop[first].closes - pool.stop[first].opens, pool.stop[pool.n + r].due)
        elif kind == 8:
            keys[k] = max(pool.stop[first].opens, pool.stop[first].release)
        elif kind == 9:
            keys[k] = -min(pool.stop[pool.n + r].closes, pool.stop[pool.n + r].due)
        else:
            keys[k] = -pool.stop[pool.n + r].weight + 1e-6 * draw(plan)
    return out[:count][np.argsort(keys)]


@inner
def recreate(
    pool: Pool,
    plan: Plan,
    out: Ints,
    count: int,
    blink: float,
    saved: Ints,
    held: Ints,
    at: Ints,
    round_: int,
    found: Ints,
    seen: Ints,
    ticket: int,
) -> int:
    """Puts each where it costs least, one after the other; how many found no place (moved to the front of `out`)."""
    missing = 0
    for r in in_order(pool, plan, out, count):
        ticket += 1
        cost, v, p, q = best_route(pool, plan, r, blink, found, seen, ticket)
        if v < 0 or cost >= pool.req[r].left_out:
            out[missing] = r
            missing += 1
            continue
        keep_route(pool, plan, v, saved, held, at, round_)
        put(pool, plan, r, v, p, q)
    return missing


@leaf
def keep_best(plan: Plan, best_nxt: Ints, best_veh: Ints) -> None:
    for s in range(len(best_nxt)):
        best_nxt[s] = plan.at[s].nxt
    for r in range(len(best_veh)):
        best_veh[r] = plan.veh[r]


@njit
def go_back(pool: Pool, plan: Plan, best_nxt: Ints, best_veh: Ints) -> float:
    """Makes the kept plan the present one; its cost."""
    plan.at["nxt"][:] = best_nxt
    plan.veh[:] = best_veh
    for v in range(pool.m):
        a = 2 * pool.n + v
        plan.route[v].count = 0
        while a < 2 * pool.n + pool.m + v or a < 2 * pool.n:
            b = plan.at[a].nxt
            plan.at[b].prv = a
            if pool.n <= b < 2 * pool.n:
                plan.route[v].count += 1
            a = b
            if b >= 2 * pool.n:
                break
    return retime_all(pool, plan)


@njit
def anneal(pool: Pool, plan: Plan, best_nxt: Ints, best_veh: Ints, costs: Floats, steps: int, hot: float, cold: float) -> None:
    """`steps` steps from temperature `hot` to `cold`. `costs`: [2] of the present and of the best plan, kept up to date.

    What the plan leaves out is put in first, and that is taken where it costs less. `plan` must be timed.
    """
    n, m = pool.n, pool.m
    out, lost, saved, scratch = np.empty(n, np.int64), np.empty(n, np.int64), np.empty(2 * n, np.int64), np.empty(4 * n, np.int64)
    held, seen, found, at = np.zeros(m, np.int64), np.zeros(m, np.int64), np.zeros(m, np.int64), np.zeros(2 * m + 2, np.int64)
    linked = len(pool.pred) > 0
    cooling = (cold / hot) ** (1.0 / max(1, steps))
    heat = hot
    missing = 0
    for r in range(n):
        if plan.veh[r] < 0:
            lost[missing] = r
            missing += 1
    ticket = 0
    for step in range(steps + 1):
        at[0], at[1] = 0, 0
        count = 0
        ticket += 1
        if step > 0:
            heat *= cooling
            count = ruin(pool, plan, out, saved, held, at, step + 1, scratch, seen, ticket)
        for k in range(missing):
            out[count + k] = lost[k]
        left = recreate(pool, plan, out, count + missing, BLINK, saved, held, at, step + 1, found, seen, ticket)
        ticket += count + missing
        cost = retime_all(pool, plan) if linked else total_cost(pool, plan)
        if cost < costs[0] - heat * math.log(1.0 - draw(plan)):
            costs[0] = cost
            missing = left
            lost[:left] = out[:left]
            if cost < costs[1] - 1e-9:
                costs[1] = cost
                keep_best(plan, best_nxt, best_veh)
        else:
            undo(pool, plan, saved, at, not linked)
            if linked:
                retime_all(pool, plan)
