"""Regret insertion (compiled): a good plan for a few hundred requests to start from."""

from __future__ import annotations

import numpy as np

from fleet.planning.pooling_insert import allowed, best_place, put
from fleet.planning.pooling_model import Floats, Ints, Plan, Pool
from fleet.planning.pooling_timing import retime, retime_all
from fleet.traffic.jit import leaf, njit


@njit
def regret(pool: Pool, plan: Plan, order: Ints) -> float:
    """Regret-2 insertion (Potvin and Rousseau 1993) of what is left out: next is whoever would lose most by waiting; the cost.

    Keeps the best place of each request in each route, and renews only those of the route that changed.
    """
    n, m = pool.n, pool.m
    offer = np.full((n, m), np.inf)
    renewed = -1  # the only route whose offers are old; -1: all are
    while True:
        for v in range(m):
            if renewed < 0:
                retime(pool, plan, v)
            if renewed >= 0 and v != renewed:
                continue
            for r in order:
                if plan.veh[r] < 0 and (renewed < 0 or offer[r, v] < np.inf):
                    offer[r, v] = best_place(pool, plan, r, v, np.inf, 0.0)[0] if allowed(pool, plan, r, v) else np.inf
        chosen, v = most_regret(plan, offer, order)
        if chosen < 0:
            return retime_all(pool, plan)
        _, p, q = best_place(pool, plan, chosen, v, np.inf, 0.0)
        put(pool, plan, chosen, v, p, q)
        renewed = v


@leaf
def most_regret(plan: Plan, offer: Floats, order: Ints) -> tuple[int, int]:
    """The request whose second best route costs most above its best, and that best; (-1, -1) when no route takes any."""
    chosen, to, most = -1, -1, -np.inf
    for r in order:
        if plan.veh[r] >= 0:
            continue
        v = int(np.argmin(offer[r]))
        first, second = offer[r, v], np.inf
        for other in range(offer.shape[1]):
            if other != v and offer[r, other] < second:
                second = offer[r, other]
        if first < np.inf:
            # where there is only one, the cheaper goes first
            loss = second - first if second < np.inf else 1e15 - first
            if loss > most:
                chosen, to, most = r, v, loss
    return chosen, to
