"""Event-driven PIBT on any directed graph: who may take which edge now, decided from what robots really hold.

Priority inheritance with backtracking (Okumura, Machida, Defago, Tamura 2022, "Priority inheritance with backtracking for
iterative multi-agent path finding"), with these changes for robots that move at their own pace:
 1. A move is granted only into units that nobody else holds *now*; who is still leaving a unit is waited for, so that no delay
    can make two robots meet. No swaps and no rotations: both would need two robots to move as one.
 2. A robot that is pushed answers "I move", "I wait for one that is leaving" or "I can't"; only the last sends the search on.
 3. Dead-end branches and zones are capacities that are taken on entry (state.Net).
"""

from __future__ import annotations

import numpy as np

from fleet.traffic.jit import njit
from fleet.traffic.state import DEGREE_MAX, I32, I64, UNREACHABLE, Crew, Net

#: What stands in the way of an edge, the worst of all that does.
FREE, CLEARING, ARRIVING, PUSH, BUSY, OBSTACLE, BARRED = 0, 1, 2, 3, 4, 5, 6
#: What became of a robot in a round.
NONE, MOVED, WAITS, STUCK, OPEN = 0, 1, 2, 3, 4
#: Extra cost of pulling into a branch that one has no business in, 1/8 s.
BRANCH_COST = 400
#: How far off its pusher's way an idle robot looks for a place, 1/8 s.
ASIDE_COST = 160
#: Robots that one edge can be blocked by and all be pushed.
BLOCKERS_MAX = 8


@njit
def kind_of(net: Net, crew: Crew, j: int, unit: int, depth: int) -> int:
    """How robot j, which holds this unit, stands in the way."""
    if unit != crew.end[j] and crew.base_n[j] > 0:
        return CLEARING if crew.movable[j] else OBSTACLE
    if not crew.movable[j]:
        return OBSTACLE
    if crew.goal[j] >= 0 and crew.end[j] == crew.goal[j]:
        return BUSY
    if crew.goal[j] < 0 and not crew.yields[j]:
        return BUSY
    if crew.ready[j] and crew.base_n[j] < depth:
        return PUSH
    return ARRIVING


@njit
def way_is(net: Net, crew: Crew, i: int, e: int, depth: int) -> int:
    """The worst kind of all that stands in the way of robot i on edge e; `blocker[i]` is one who does."""
    worst = FREE
    classes, n_edges = net.classes, len(net.head)
    for b in range(classes):
        k = (crew.cls[i] * classes + b) * n_edges + e
        for c in range(net.conf_ptr[k], net.conf_ptr[k + 1]):
            unit = net.conf_idx[c]
            j = crew.holder[unit]
            if j < 0 or j == i or crew.cls[j] != b:
                continue
            kind = kind_of(net, crew, j, unit, depth)
            if kind > worst:
                worst = kind
                crew.blocker[i] = j
    return worst


@njit
def may_enter(net: Net, crew: Crew, i: int, e: int) -> bool:
    """Zones with room, gates open, not kept free for another; branches only by those who have business there."""
    v = net.head[e]
    if net.gate[e] or (crew.keep[v] >= 0 and crew.keep[v] != i):
        return False
    for k in range(net.zone_ptr[v], net.zone_ptr[v + 1]):
        z = net.zone_idx[k]
        if crew.inside[i, z] == 0 and crew.zone_n[z] >= net.zone_cap[z]:
            return False
    b = net.branch[v]
    if b >= 0 and net.branch[net.tail[e]] != b and crew.goal[i] >= 0 and net.branch[crew.goal[i]] == b:
        j = crew.holder[crew.goal[i]]  # no use in going in while another stands there and has to come out
        return bool(j < 0 or j == i or crew.end[j] != crew.goal[i])
    return True


@njit
def grant(net: Net, crew: Crew, i: int, e: int, out: I32, count: I64) -> None:
    v = net.head[e]
    crew.holder[net.unit[e]] = i
    crew.holder[v] = i
    crew.base[i, crew.base_n[i]] = e
    crew.base_n[i] += 1
    crew.end[i] = v
    _enter(net, crew, i, v)
    out[count[0], 0], out[count[0], 1] = i, e
    count[0] += 1


@njit
def _enter(net: Net, crew: Crew, i: int, v: int) -> None:
    for k in range(net.zone_ptr[v], net.zone_ptr[v + 1]):
        z = net.zone_idx[k]
        if crew.inside[i, z] == 0:
            crew.zone_n[z] += 1
        crew.inside[i, z] += 1


@njit
def _leave(net: Net, crew: Crew, i: int, v: int) -> None:
    for k in range(net.zone_ptr[v], net.zone_ptr[v + 1]):
        z = net.zone_idx[k]
        crew.inside[i, z] -= 1
        if crew.inside[i, z] == 0:
            crew.zone_n[z] -= 1


@njit
def hold(net: Net, crew: Crew, i: int, v: int) -> None:
    """Robot i stands at v, with nothing released."""
    crew.at[i] = crew.end[i] = v
    crew.base_n[i] = 0
    if crew.holder[v] < 0:
        crew.holder[v] = i
    _enter(net, crew, i, v)


@njit
def hold_edge(net: Net, crew: Crew, i: int, e: int) -> None:
    """Edge e is the next of its base, whoever else may be there: reality is believed."""
    v = net.head[e]
    if crew.holder[net.unit[e]] < 0:
        crew.holder[net.unit[e]] = i
    if crew.holder[v] < 0:
        crew.holder[v] = i
    crew.base[i, crew.base_n[i]] = e
    crew.base_n[i] += 1
    crew.end[i] = v
    _enter(net, crew, i, v)


@njit
def drop_all(net: Net, crew: Crew, i: int) -> None:
    """Robot i holds nothing any more."""
    if crew.at[i] < 0:
        return
    _free(crew, i, crew.at[i])
    _leave(net, crew, i, crew.at[i])
    for k in range(crew.base_n[i]):
        e = crew.base[i, k]
        _free(crew, i, net.unit[e])
        _free(crew, i, net.head[e])
        _leave(net, crew, i, net.head[e])
    crew.at[i] = crew.end[i] = -1
    crew.base_n[i] = 0


@njit
def _free(crew: Crew, i: int, unit: int) -> None:
    if crew.holder[unit] == i:
        crew.holder[unit] = -1


@njit
def passed(net: Net, crew: Crew, i: int) -> None:
    """The rear of robot i has left the node it was at: that node and the lane are free, unless it comes back to them."""
    left, e = crew.at[i], crew.base[i, 0]
    n = crew.base_n[i] - 1
    for k in range(n):
        crew.base[i, k] = crew.base[i, k + 1]
    crew.base_n[i] = n
    crew.at[i] = net.head[e]
    _free(crew, i, left)
    _free(crew, i, net.unit[e])
    _leave(net, crew, i, left)
    for k in range(n):
        ahead = crew.base[i, k]
        if net.unit[ahead] == net.unit[e]:
            crew.holder[net.unit[e]] = i
        if net.head[ahead] == left:
            crew.holder[left] = i


@njit
def passed_many(net: Net, crew: Crew, robots: I32) -> None:
    for k in range(len(robots)):
        passed(net, crew, robots[k])


@njit
def decide(
    net: Net, crew: Crew, fields: I32, i: int, pusher: int, rnd: int, depth: int, pen: I32, salt: int, out: I32, count: I64
) -> int:
    """Robot i takes its best next edge, waits, or is stuck. `pusher` -1: of its own will, then only edges that bring it on.

    `pen` int32[7]: what a kind of hindrance costs, 1/8 s. Returns MOVED, WAITS or STUCK.
    """
    crew.stamp[i] = rnd
    crew.outcome[i] = OPEN
    u, row = crew.end[i], crew.row[i]
    edges = np.empty(DEGREE_MAX, np.int32)
    kinds = np.empty(DEGREE_MAX, np.int32)
    scores = np.empty(DEGREE_MAX, np.int64)
    best = fields[row, u] + crew.slack[i] if row >= 0 else 0
    n = 0
    for e in range(net.out_ptr[u], net.out_ptr[u + 1]):
        if net.weights[e] < 0 or n == DEGREE_MAX:
            continue
        cost = _cost(net, crew, fields, i, e, pusher)
        if cost >= UNREACHABLE or (pusher < 0 and cost > best):
            continue
        kind = way_is(net, crew, i, e, depth)
        if kind < OBSTACLE and not may_enter(net, crew, i, e):
            kind = BARRED
        if kind >= BUSY and pusher >= 0:
            continue
        score = (np.int64(cost) + pen[kind]) * 8 + ((i * 73856093) ^ (e * 19349663) ^ salt) % 8
        k = n
        while k > 0 and scores[k - 1] > score:
            scores[k], edges[k], kinds[k] = scores[k - 1], edges[k - 1], kinds[k - 1]
            k -= 1
        scores[k], edges[k], kinds[k] = score, e, kind
        n += 1
    for k in range(n):
        if kinds[k] == FREE:
            # a push that was tried before may have taken it
            if way_is(net, crew, i, edges[k], depth) != FREE or not may_enter(net, crew, i, edges[k]):
                continue
            grant(net, crew, i, edges[k], out, count)
            crew.outcome[i] = MOVED
            return MOVED
        if kinds[k] == PUSH:
            if not _push(net, crew, fields, i, edges[k], rnd, depth, pen, salt, out, count):
                continue
        elif kinds[k] >= OBSTACLE and k + 1 < n:
            continue
        crew.outcome[i] = WAITS
        return WAITS
    crew.outcome[i] = STUCK
    return STUCK


@njit
def _cost(net: Net, crew: Crew, fields: I32, i: int, e: int, pusher: int) -> int:
    """Of the edge and what comes after it, 1/8 s. An idle robot that is pushed gets off its pusher's way."""
    v, row = net.head[e], crew.row[i]
    cost = net.weights[e]
    if row >= 0:
        cost += fields[row, v]
    elif pusher >= 0 and crew.row[pusher] >= 0:
        ahead = fields[crew.row[pusher], crew.end[pusher]] - fields[crew.row[pusher], v]
        cost += ASIDE_COST + max(-ASIDE_COST, min(ASIDE_COST, ahead))
    b = net.branch[v]
    if b >= 0 and net.branch[net.tail[e]] != b and (crew.goal[i] < 0 or net.branch[crew.goal[i]] != b):
        if pusher < 0 or (crew.goal[pusher] >= 0 and net.branch[crew.goal[pusher]] == b):
            return UNREACHABLE
        cost += BRANCH_COST
    return int(cost)


@njit
def _push(
    net: Net, crew: Crew, fields: I32, i: int, e: int, rnd: int, depth: int, pen: I32, salt: int, out: I32, count: I64
) -> bool:
    """All robots in the way of edge e that can be pushed are; False when one of them can't leave."""
    found = np.empty(BLOCKERS_MAX, np.int32)
    n = 0
    classes, n_edges = net.classes, len(net.head)
    for b in range(classes):
        k = (crew.cls[i] * classes + b) * n_edges + e
        for c in range(net.conf_ptr[k], net.conf_ptr[k + 1]):
            unit = net.conf_idx[c]
            j = crew.holder[unit]
            if j < 0 or j == i or crew.cls[j] != b or kind_of(net, crew, j, unit, depth) != PUSH:
                continue
            if crew.stamp[j] == rnd:
                if crew.outcome[j] == OPEN or crew.outcome[j] == STUCK:
                    return False
                continue
            known = False
            for m in range(n):
                known = known or found[m] == j
            if not known:
                if n == BLOCKERS_MAX:
                    return False
                found[n] = j
                n += 1
    for m in range(n):
        if crew.stamp[found[m]] == rnd:
            if crew.outcome[found[m]] == OPEN or crew.outcome[found[m]] == STUCK:
                return False
        elif decide(net, crew, fields, found[m], i, rnd, depth, pen, salt, out, count) == STUCK:
            return False
    return True


@njit
def decide_all(net: Net, crew: Crew, fields: I32, order: I32, rnd: int, depth: int, pen: I32, salt: int, out: I32) -> int:
    """One round over the robots that want to go on, by priority. Fills `out` int32[R * depth, 2] with (robot, edge) and
    answers how many moves it granted."""
    count = np.zeros(1, np.int64)
    for k in range(len(order)):
        i = order[k]
        if crew.stamp[i] == rnd:
            continue
        crew.blocker[i] = -1
        outcome = decide(net, crew, fields, i, -1, rnd, depth, pen, salt, out, count)
        while outcome == MOVED and crew.base_n[i] < depth and crew.end[i] != crew.goal[i]:
            outcome = _further(net, crew, fields, i, depth, out, count)
        if crew.outcome[i] == STUCK:
            crew.outcome[i] = WAITS
    return int(count[0])


@njit
def _further(net: Net, crew: Crew, fields: I32, i: int, depth: int, out: I32, count: I64) -> int:
    """One more edge along the best way, if nobody holds it: a robot that drives should not have to stop, nor make others wait."""
    u, row = crew.end[i], crew.row[i]
    best, least = -1, fields[row, u]
    for e in range(net.out_ptr[u], net.out_ptr[u + 1]):
        if net.weights[e] >= 0:
            cost = net.weights[e] + fields[row, net.head[e]]
            if cost <= least:
                best, least = e, cost
    if best < 0 or way_is(net, crew, i, best, depth) != FREE or not may_enter(net, crew, i, best):
        return WAITS
    grant(net, crew, i, best, out, count)
    return MOVED
