"""Where a request fits best: all pairs of positions of a route, then the routes that come near it (compiled).

A position of the pick is followed through the route with the load on board until the drop is worse, too late, or the robot
is full. Blinks (Christiaens and Vanden Berghe 2020) pass a position over now and then, so that greedy insertion varies.
"""

from __future__ import annotations

import numpy as np

from fleet.planning.pooling_model import Ints, Plan, Pool
from fleet.planning.pooling_timing import begin_s, delay_cost, drive_cost, leg_s, retime, stop_cost
from fleet.traffic.jit import leaf

#: With so many vehicles or fewer every route is tried.
ALL_ROUTES_MAX = 24
#: Vehicles with the nearest starts that are tried whatever they do, and empty ones of different kinds.
NEAREST_STARTS, EMPTY_TRIED = 3, 3
KG_DUST = 1e-6


@leaf
def draw(plan: Plan) -> float:
    """Uniform in [0, 1): xorshift64* (Vigna 2016), the plan's own state."""
    x = plan.dice[0].state
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    plan.dice[0].state = x
    return float((x * np.uint64(2685821657736338717)) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@leaf
def allowed(pool: Pool, plan: Plan, r: int, v: int) -> bool:
    """Whether v may take r, whatever the positions."""
    if pool.may[r, v] == 0 or plan.route[v].shut != 0:
        return False
    if pool.req[r].group >= 0:
        s = plan.at[2 * pool.n + v].nxt
        while s < 2 * pool.n:
            if s >= pool.n and pool.req[s - pool.n].group == pool.req[r].group:
                return False
            s = plan.at[s].nxt
    return True


@leaf
def best_place(pool: Pool, plan: Plan, r: int, v: int, bound: float, blink: float) -> tuple[float, int, int]:
    """Least extra cost of r in the route of v, and the stops behind which its pick and drop go; (bound, -1, -1) if none.

    The stop for the drop is the pick itself where they follow each other. Only offers below `bound` count.
    """
    first, last = 2 * pool.n + v, 2 * pool.n + pool.m + v
    extra = 0.0
    if pool.req[r].home >= 0 and pool.req[r].home != v:
        extra += pool.req[r].switch
    if plan.at[first].nxt == last:
        extra += pool.vehicle_w + pool.span_w * pool.vehicle[v].free * pool.vehicle[v].free
    if pool.req[r].has_pick == 0:
        return best_single(pool, plan, r, v, bound, blink, extra)
    n = pool.n
    pick, drop = r, n + r
    cls, slots, carries = pool.vehicle[v].cls, pool.vehicle[v].slots, pool.vehicle[v].carries_kg + KG_DUST
    units, kg = pool.stop[pick].units, pool.stop[pick].kg
    best, best_p, best_q = bound, -1, -1
    base = plan.at[last].cum
    a = first
    while a != last:
        b = plan.at[a].nxt
        load = plan.at[a].load + units
        if load > slots or plan.at[a].load_kg + kg > carries or (blink > 0.0 and draw(plan) < blink):
            a = b
            continue
        plan.dice[0].tried += 1
        t = begin_s(pool, plan, v, a, plan.at[a].tend, pick)
        if not t <= pool.stop[pick].closes:
            break  # later positions are later still
        t += pool.work[cls, pick]
        cost = plan.at[a].cum + drive_cost(pool, v, a, pick, plan.at[a].load)
        # what the detour to the pick alone costs those behind it
        detour = leg_s(pool, v, a, pick) + leg_s(pool, v, pick, b) - leg_s(pool, v, a, b)
        least = detour * pool.drive_w + extra + pool.stop[drop].weight * (t + leg_s(pool, v, pick, drop))
        if b != last and plan.at[a].wait <= 0.0:
            least += (plan.at[b].wsum + plan.at[b].lsum) * detour
        if least >= best:
            a = b
            continue
        cur, x = pick, b
        load_kg = plan.at[a].load_kg + kg
        while True:
            plan.dice[0].tried += 1
            tq = begin_s(pool, plan, v, cur, t, drop)
            if not tq <= pool.stop[drop].closes:
                break
            tq += pool.work[cls, drop]
            total = cost + drive_cost(pool, v, cur, drop, load) + stop_cost(pool, drop, tq)
            tx = begin_s(pool, plan, v, drop, tq, x)
            if tx <= plan.at[x].latest:
                total += extra - base + drive_cost(pool, v, drop, x, load - units) + plan.at[x].tail
                if total < best:
                    tx += pool.work[cls, x]
                    total += delay_cost(pool, plan, v, x, tx)
                    if total < best:
                        best, best_p, best_q = total, a, cur
            if x == last or (x >= n and pool.req[x - n].alone != 0):
                break
            cost += drive_cost(pool, v, cur, x, load)
            t = begin_s(pool, plan, v, cur, t, x)
            if not t <= plan.at[x].latest:
                break
            t += pool.work[cls, x]
            cost += stop_cost(pool, x, t)
            load, load_kg = plan.at[x].load + units, plan.at[x].load_kg + kg
            if load > slots or load_kg > carries:
                break
            cur = x
            x = plan.at[x].nxt
        a = b
    return best, best_p, best_q


@leaf
def best_single(pool: Pool, plan: Plan, r: int, v: int, bound: float, blink: float, extra: float) -> tuple[float, int, int]:
    """As `best_place`, for a request of one stop."""
    first, last = 2 * pool.n + v, 2 * pool.n + pool.m + v
    drop = pool.n + r
    cls = pool.vehicle[v].cls
    best, best_q = bound, -1
    base = plan.at[last].cum
    a = first
    while a != last:
        b = plan.at[a].nxt
        if (pool.req[r].alone != 0 and plan.at[a].load != 0) or (blink > 0.0 and draw(plan) < blink):
            a = b
            continue
        plan.dice[0].tried += 1
        t = begin_s(pool, plan, v, a, plan.at[a].tend, drop)
        if not t <= pool.stop[drop].closes:
            break
        t += pool.work[cls, drop]
        total = plan.at[a].cum + drive_cost(pool, v, a, drop, plan.at[a].load) + stop_cost(pool, drop, t)
        tx = begin_s(pool, plan, v, drop, t, b)
        if tx <= plan.at[b].latest:
            total += extra - base + drive_cost(pool, v, drop, b, plan.at[a].load) + plan.at[b].tail
            if total < best:
                total += delay_cost(pool, plan, v, b, tx + pool.work[cls, b])
                if total < best:
                    best, best_q = total, a
        a = b
    return best, -1 if best_q < 0 else best_q, best_q


@leaf
def put(pool: Pool, plan: Plan, r: int, v: int, behind_p: int, behind_q: int) -> None:
    """Links the request in behind these stops, and retimes the route."""
    drop = pool.n + r
    if pool.req[r].has_pick:
        link(plan, behind_p, r)
    link(plan, behind_q, drop)
    plan.veh[r] = v
    plan.route[v].count += 1
    retime(pool, plan, v)


@leaf
def link(plan: Plan, a: int, s: int) -> None:
    b = plan.at[a].nxt
    plan.at[a].nxt, plan.at[s].prv, plan.at[s].nxt, plan.at[b].prv = s, a, b, s


@leaf
def unlink(plan: Plan, s: int) -> None:
    a, b = plan.at[s].prv, plan.at[s].nxt
    plan.at[a].nxt, plan.at[b].prv = b, a


@leaf
def take(pool: Pool, plan: Plan, r: int) -> None:
    """Unlinks the request; its route is to be retimed by the caller."""
    unlink(plan, pool.n + r)
    if pool.req[r].has_pick:
        unlink(plan, r)
    plan.route[plan.veh[r]].count -= 1
    plan.veh[r] = -1


@leaf
def near_routes(pool: Pool, plan: Plan, r: int, found: Ints, seen: Ints, ticket: int) -> int:
    """Vehicles to try for r, into `found`: those of near stops, those that start near, a few empty ones; how many.

    `seen`: [m] scratch, `ticket`: a number that it does not hold yet.
    """
    count = 0
    for stop in range(2):
        for k in range(pool.near.shape[1]):
            s = int(pool.near[r + stop * pool.n, k])
            v = plan.veh[s if s < pool.n else s - pool.n]
            if v >= 0 and seen[v] != ticket:
                seen[v] = ticket
                found[count] = v
                count += 1
    empties, last_kind = 0, -1
    for k in range(pool.m):
        v = int(pool.near_start[r, k])
        empty = plan.route[v].count == 0
        if seen[v] == ticket or (k >= NEAREST_STARTS and not empty) or (empty and pool.vehicle[v].kind == last_kind):
            continue
        if empty:
            if plan.route[v].shut != 0 or pool.may[r, v] == 0:
                continue
            last_kind = pool.vehicle[v].kind
            empties += 1
        seen[v] = ticket
        found[count] = v
        count += 1
        if empties >= EMPTY_TRIED:
            break
    return count


@leaf
def all_routes(pool: Pool, plan: Plan, found: Ints) -> int:
    """Every vehicle, of empty ones that follow each other and are alike the first."""
    count, last_kind = 0, -1
    for v in range(pool.m):
        kind = pool.vehicle[v].kind if plan.route[v].count == 0 and plan.route[v].shut == 0 else -1
        if kind < 0 or kind != last_kind:
            found[count] = v
            count += 1
        if kind >= 0:
            last_kind = kind
    return count


@leaf
def best_route(pool: Pool, plan: Plan, r: int, blink: float, found: Ints, seen: Ints, ticket: int) -> tuple[float, int, int, int]:
    """(extra cost, vehicle, behind for pick, behind for drop) over the routes near to the request; vehicle -1 if none.

    Where no near route can take it, all are tried. `found`, `seen`: [m] scratch, `ticket`: see `near_routes`.
    """
    best, best_v, best_p, best_q = np.inf, -1, -1, -1
    near = pool.m > ALL_ROUTES_MAX
    while True:
        count = near_routes(pool, plan, r, found, seen, ticket) if near else all_routes(pool, plan, found)
        for k in range(count):
            if allowed(pool, plan, r, found[k]):
                cost, p, q = best_place(pool, plan, r, found[k], best, blink)
                if q >= 0:
                    best, best_v, best_p, best_q = cost, found[k], p, q
        if best_v >= 0 or not near:
            return best, best_v, best_p, best_q
        near = False
