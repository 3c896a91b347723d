"""What a step of the search takes out of a plan (compiled): adjacent strings, random requests, whole routes.

Strings of stops near to each other in neighbouring routes are the ruin of SISR (Christiaens and Vanden Berghe, "Slack
Induction by String Removals", Transportation Science 2020), here with requests in the place of customers.
"""

from __future__ import annotations

from fleet.planning.pooling_insert import draw, take
from fleet.planning.pooling_model import Ints, Plan, Pool
from fleet.planning.pooling_timing import relink, request_of, retime, sequence
from fleet.traffic.jit import leaf

#: Requests that a step takes out on average, the longest string, and how often a string keeps its middle.
REMOVED_MEAN, STRING_MAX, SPLIT_SHARE, SPLIT_STOP = 10.0, 10, 0.5, 0.5
#: Shares of the ruins: random requests, short routes as a whole; the rest are strings.
RANDOM_SHARE, ROUTE_SHARE = 0.04, 0.06


@leaf
def keep_route(pool: Pool, plan: Plan, v: int, saved: Ints, held: Ints, at: Ints, round_: int) -> None:
    """Notes the route of v once a step, so that the step can be undone. `saved`: [S] stops; `held`: [m] round of noting;
    `at`: [2m + 2] counts of routes and stops, then pairs (vehicle, stops)."""
    if held[v] == round_:
        return
    held[v] = round_
    count = sequence(pool, plan, v, saved[at[1] :])
    at[2 + 2 * at[0]], at[3 + 2 * at[0]] = v, count
    at[0] += 1
    at[1] += count


@leaf
def undo(pool: Pool, plan: Plan, saved: Ints, at: Ints, again: bool) -> None:
    """Puts the noted routes back; `again`: retime them too."""
    for k in range(at[0]):
        s = plan.at[2 * pool.n + at[2 + 2 * k]].nxt
        while s < 2 * pool.n:
            plan.veh[request_of(pool, s)] = -1
            s = plan.at[s].nxt
    first = 0
    for k in range(at[0]):
        v, count = at[2 + 2 * k], at[3 + 2 * k]
        relink(pool, plan, v, saved[first : first + count], count)
        first += count
        if again:
            retime(pool, plan, v)


@leaf
def remove(pool: Pool, plan: Plan, r: int, out: Ints, count: int) -> int:
    """Takes r out and notes it; behind a load that was on board at the start all goes, as its slot is needed until then."""
    if pool.req[r].has_pick == 0 and pool.stop[pool.n + r].units != 0:
        s = plan.at[pool.n + r].nxt
        while s < 2 * pool.n:
            follow = plan.at[s].nxt
            if s >= pool.n:
                other = s - pool.n
                if follow == other:
                    follow = plan.at[other].nxt
                take(pool, plan, other)
                out[count] = other
                count += 1
            s = follow
    take(pool, plan, r)
    out[count] = r
    return count + 1


@leaf
def ruin(
    pool: Pool, plan: Plan, out: Ints, saved: Ints, held: Ints, at: Ints, round_: int, scratch: Ints, seen: Ints, ticket: int
) -> int:
    """Takes requests out into `out`; how many. Their routes are noted, and retimed. `scratch`: [3n], `seen`: [m]."""
    placed, used = 0, 0
    for v in range(pool.m):
        placed += plan.route[v].count
        used += 1 if plan.route[v].count > 0 else 0
    if placed == 0:
        return 0
    chosen = scratch[2 * pool.n :]
    kind = draw(plan)
    if kind < RANDOM_SHARE:
        wanted = random_requests(pool, plan, chosen, placed)
    elif kind < RANDOM_SHARE + ROUTE_SHARE:
        wanted = short_route(pool, plan, chosen)
    else:
        wanted = strings(pool, plan, chosen, scratch, placed / used, seen, ticket)
    count = 0
    for k in range(wanted):
        r = chosen[k]
        if plan.veh[r] >= 0:  # else it went with another one
            keep_route(pool, plan, plan.veh[r], saved, held, at, round_)
            count = remove(pool, plan, r, out, count)
    for k in range(at[0]):
        retime(pool, plan, at[2 + 2 * k])
    return count


@leaf
def some_request(pool: Pool, plan: Plan) -> int:
    """One that is in the plan, at random."""
    while True:
        r = int(draw(plan) * pool.n)
        if plan.veh[r] >= 0:
            return r


@leaf
def random_requests(pool: Pool, plan: Plan, chosen: Ints, placed: int) -> int:
    wanted = min(1 + int(draw(plan) * REMOVED_MEAN), placed)
    for k in range(wanted):
        chosen[k] = some_request(pool, plan)
    return wanted


@leaf
def short_route(pool: Pool, plan: Plan, chosen: Ints) -> int:
    """The shortest of three routes drawn by their requests: its end, up to twice the mean number of requests."""
    v = plan.veh[some_request(pool, plan)]
    for _ in range(2):
        other = plan.veh[some_request(pool, plan)]
        if plan.route[other].count < plan.route[v].count:
            v = other
    s = plan.at[2 * pool.n + pool.m + v].prv
    wanted = 0
    while s < 2 * pool.n and wanted < 2 * REMOVED_MEAN:
        if s >= pool.n:
            chosen[wanted] = s - pool.n
            wanted += 1
        s = plan.at[s].prv
    return wanted


@leaf
def strings(pool: Pool, plan: Plan, chosen: Ints, scratch: Ints, mean: float, seen: Ints, ticket: int) -> int:
    """SISR's ruin: one string from each of some routes around a random stop."""
    longest = min(float(STRING_MAX), mean)
    routes_max = 4.0 * REMOVED_MEAN / (1.0 + longest) - 1.0
    routes = int(1.0 + draw(plan) * routes_max)
    r = some_request(pool, plan)
    around = r if pool.req[r].has_pick and draw(plan) < 0.5 else pool.n + r
    wanted, done, k = 0, 0, -1
    while done < routes and k < pool.near.shape[1]:
        s = around if k < 0 else int(pool.near[around, k])
        k += 1
        v = plan.veh[request_of(pool, s)]
        if v < 0 or seen[v] == ticket:
            continue
        seen[v] = ticket
        if s < pool.n and pool.req[s].has_pick == 0:
            s += pool.n
        wanted = string(pool, plan, v, s, chosen, wanted, longest, scratch)
        done += 1
    return wanted


@leaf
def string(pool: Pool, plan: Plan, v: int, s: int, chosen: Ints, wanted: int, longest: float, scratch: Ints) -> int:
    """Chooses a string of stops around s in the route of v, now and then all but its middle."""
    stops = sequence(pool, plan, v, scratch)
    position = 0
    while scratch[position] != s:
        position += 1
    length = int(1.0 + draw(plan) * min(longest, float(plan.route[v].count)))
    length = min(length, plan.route[v].count)
    spared = 0
    if draw(plan) < SPLIT_SHARE:
        while length + spared < stops and draw(plan) < SPLIT_STOP:
            spared += 1
    window = min(stops, length + spared)
    first = max(0, position - int(draw(plan) * window))
    first = min(first, stops - window)
    gap = first + int(draw(plan) * (window - spared + 1)) if spared else stops
    for k in range(first, first + window):
        if k == position or not gap <= k < gap + spared:
            chosen[wanted] = request_of(pool, scratch[k])
            wanted += 1
    return wanted
