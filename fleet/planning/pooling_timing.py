"""Times, loads and costs along a pooled route, and what a delay would cost from any of its stops on (compiled).

The forward and backward passes leave behind, for every stop, what makes the test of an insertion O(1) where nobody waits
and no deadline is crossed: the latest beginning that keeps the rest in time (Savelsbergh 1992), sums of weights, least slack.
"""

from __future__ import annotations

import numpy as np

from fleet.planning.pooling_model import NEVER_S, Ints, Plan, Pool
from fleet.traffic.jit import inner, leaf

#: Floating-point dust, in seconds.
DUST_S = 1e-9


@leaf
def leg_s(pool: Pool, v: int, a: int, b: int) -> float:
    """Seconds from leaving a to arriving at b; nothing to an end that is anywhere."""
    place = pool.stop[b].into
    return 0.0 if place < 0 else float(pool.time[pool.vehicle[v].cls, pool.stop[a].out, place])


@leaf
def begin_s(pool: Pool, plan: Plan, v: int, a: int, leave_s: float, b: int) -> float:
    """When work at b begins for a vehicle that is ready to leave a at `leave_s`."""
    set_out = max(leave_s, plan.at[b].rel)
    return float(max(set_out + leg_s(pool, v, a, b), pool.stop[b].opens))


@leaf
def drive_cost(pool: Pool, v: int, a: int, b: int, load: int) -> float:
    return leg_s(pool, v, a, b) * (pool.drive_w + (pool.empty_w if load == 0 else 0.0))


@leaf
def stop_cost(pool: Pool, b: int, end_s: float) -> float:
    """Cost of completing b at this time; for the end of a route, of its length."""
    if b >= 2 * pool.n + pool.m:
        return pool.span_w * end_s * end_s
    return float(pool.stop[b].weight * end_s + pool.stop[b].late * max(0.0, end_s - pool.stop[b].due))


@leaf
def request_of(pool: Pool, s: int) -> int:
    return s if s < pool.n else s - pool.n


@leaf
def retime(pool: Pool, plan: Plan, v: int) -> float:
    """Recomputes all that the plan knows of this route; its cost, or inf when a stop closes before the vehicle comes."""
    first, last = 2 * pool.n + v, 2 * pool.n + pool.m + v
    cls = pool.vehicle[v].cls
    t, load, kg, cost = pool.vehicle[v].free, pool.vehicle[v].aboard, pool.vehicle[v].aboard_kg, 0.0
    plan.at[first].tend, plan.at[first].cum, plan.at[first].load, plan.at[first].load_kg = t, 0.0, load, kg
    plan.at[first].rel = 0.0
    used = plan.at[first].nxt != last
    a = first
    while a != last:
        b = plan.at[a].nxt
        if b == last and not used:
            plan.at[b].tend, plan.at[b].cum, plan.at[b].load, plan.at[b].load_kg, plan.at[a].wait = t, 0.0, load, kg, 0.0
            break
        ready = t
        t = begin_s(pool, plan, v, a, t, b)
        way = leg_s(pool, v, a, b)
        plan.at[a].wait = t - ready - way  # behind a, before b
        if not t <= pool.stop[b].closes:
            plan.route[v].cost = np.inf
            return np.inf
        cost += way * (pool.drive_w + (pool.empty_w if load == 0 else 0.0))
        t += pool.work[cls, b]
        cost += stop_cost(pool, b, t)
        if b < 2 * pool.n:
            load += pool.stop[b].units
            kg += pool.stop[b].kg
            if b >= pool.n:
                r = b - pool.n
                if pool.req[r].home >= 0 and pool.req[r].home != v:
                    cost += pool.req[r].switch
        plan.at[b].tend, plan.at[b].cum, plan.at[b].load, plan.at[b].load_kg = t, cost, load, kg
        a = b
    if used:
        cost += pool.vehicle_w
    plan.route[v].cost = cost
    look_back(pool, plan, v, first, last)
    return cost


@leaf
def look_back(pool: Pool, plan: Plan, v: int, first: int, last: int) -> None:
    """The backward pass of `retime`."""
    cls = pool.vehicle[v].cls
    total = plan.at[last].cum
    plan.at[last].latest = pool.stop[last].closes
    plan.at[last].wsum, plan.at[last].lsum, plan.at[last].slack, plan.at[last].wait = 0.0, 0.0, NEVER_S, 0.0
    plan.at[last].tail = stop_cost(pool, last, plan.at[last].tend)
    b = last
    while b != first:
        a = plan.at[b].prv
        leave_by = plan.at[b].latest - leg_s(pool, v, a, b)
        plan.at[a].wait = max(0.0, plan.at[a].wait) + plan.at[b].wait
        wsum, lsum, slack = plan.at[b].wsum, plan.at[b].lsum, plan.at[b].slack
        own = 0.0
        if a != first:
            own = stop_cost(pool, a, plan.at[a].tend)
            wsum += pool.stop[a].weight
            if pool.stop[a].late > 0.0:
                spare = pool.stop[a].due - plan.at[a].tend
                if spare <= 0.0:
                    lsum += pool.stop[a].late
                elif spare < slack:
                    slack = spare
            plan.at[a].latest = min(pool.stop[a].closes, leave_by - pool.work[cls, a])
        else:
            plan.at[a].latest = leave_by
        plan.at[a].wsum, plan.at[a].lsum, plan.at[a].slack = wsum, lsum, slack
        plan.at[a].tail = total - plan.at[a].cum + own
        b = a


@leaf
def delay_cost(pool: Pool, plan: Plan, v: int, x: int, end_s: float) -> float:
    """What it costs more when x ends at `end_s` instead of `plan.at[x].tend`: x itself and all behind it."""
    later = end_s - plan.at[x].tend
    if -DUST_S < later < DUST_S:
        return 0.0
    if pool.span_w == 0.0:
        if plan.at[x].wsum + plan.at[x].lsum == 0.0 and (plan.at[x].slack >= NEVER_S or later < 0.0):
            return 0.0
        if later > 0.0 and plan.at[x].wait <= DUST_S and later <= plan.at[x].slack:
            return float((plan.at[x].wsum + plan.at[x].lsum) * later)
    more = stop_cost(pool, x, end_s) - stop_cost(pool, x, plan.at[x].tend)
    t = end_s
    last = 2 * pool.n + pool.m + v
    cls = pool.vehicle[v].cls
    while x != last:
        b = plan.at[x].nxt
        t = begin_s(pool, plan, v, x, t, b) + pool.work[cls, b]
        was = plan.at[b].tend
        if -DUST_S < t - was < DUST_S:
            break
        more += stop_cost(pool, b, t) - stop_cost(pool, b, was)
        x = b
    return more


@inner
def retime_all(pool: Pool, plan: Plan) -> float:
    """Cost of the whole plan with `after` kept across routes; inf when routes wait for each other in a circle.

    A stop that waits for other requests sets out when the last of them has ended: routes are advanced in turn as far as
    what they wait for is known.
    """
    n, m = pool.n, pool.m
    total = left_out_cost(pool, plan)
    if len(pool.pred) == 0:
        for v in range(m):
            total += retime(pool, plan, v)
        return total
    at = np.empty(m, np.int64)
    leave = np.empty(m, np.float64)
    ended = np.full(n, -1.0)
    for v in range(m):
        at[v], leave[v] = 2 * n + v, pool.vehicle[v].free
    progress = True
    while progress:
        progress = False
        for v in range(m):
            while at[v] < 2 * n + m:
                b = plan.at[at[v]].nxt
                if b < 2 * n and not release_of(pool, plan, ended, b):
                    break
                leave[v] = begin_s(pool, plan, v, at[v], leave[v], b) + pool.work[pool.vehicle[v].cls, b]
                if n <= b < 2 * n:
                    ended[b - n] = leave[v]
                at[v] = b
                progress = True
    for v in range(m):
        if at[v] < 2 * n + m:
            return np.inf
        total += retime(pool, plan, v)
    return total


@leaf
def release_of(pool: Pool, plan: Plan, ended: np.ndarray, b: int) -> bool:
    """Sets `plan.at[b].rel` from the ends of what it waits for; False while one of them is not known."""
    r = request_of(pool, b)
    if b >= pool.n and pool.req[r].has_pick:
        return True
    release = pool.stop[b].release
    for k in range(pool.req[r].pred_from, pool.req[r].pred_to):
        before = ended[pool.pred[k]]
        if before < 0.0:
            return False
        release = max(release, before)
    plan.at[b].rel = release
    return True


@leaf
def left_out_cost(pool: Pool, plan: Plan) -> float:
    total = 0.0
    for r in range(pool.n):
        if plan.veh[r] < 0:
            total += pool.req[r].left_out
    return total


@leaf
def sequence(pool: Pool, plan: Plan, v: int, into: Ints) -> int:
    """The stops of a route, in order, into `into`; how many."""
    last = 2 * pool.n + pool.m + v
    s = plan.at[2 * pool.n + v].nxt
    count = 0
    while s != last:
        into[count] = s
        count += 1
        s = plan.at[s].nxt
    return count


@leaf
def relink(pool: Pool, plan: Plan, v: int, stops: Ints, count: int) -> None:
    """Makes these stops the route of v (linking only: `retime` comes after)."""
    a = 2 * pool.n + v
    plan.route[v].count = 0
    for k in range(count):
        s = stops[k]
        plan.at[a].nxt = s
        plan.at[s].prv = a
        if s >= pool.n:
            plan.veh[s - pool.n] = v
            plan.route[v].count += 1
        a = s
    last = 2 * pool.n + pool.m + v
    plan.at[a].nxt = last
    plan.at[last].prv = a
