"""Event-driven PIBT on any directed graph: who may take which edge now, decided from what robots really hold.

Priority inheritance with backtracking (Okumura, Machida, Defago, Tamura 2022, "Priority inheritance with backtracking for
iterative multi-agent path finding"), with these changes for robots that move at their own pace:
 1. A move is granted only into units that nobody else holds *now*; who is still leaving a unit is waited for, so that no delay
    can make two robots meet. No swaps and no rotations: both would need two robots to move as one.
 2. A robot that is pushed answers "I move", "I wait for one that is leaving" or "I can't"; only the last sends the search on.
 3. Dead-end branches and zones are capacities that are taken on entry (state.Net).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fleet.traffic.holds import enter
from fleet.traffic.jit import njit
from fleet.traffic.state import AVOIDED, DEGREE_MAX, I32, I64, UNREACHABLE, Crew, Net

#: What stands in the way of an edge, the worst of all that does.
FREE, CLEARING, ARRIVING, PUSH, BUSY, OBSTACLE, BARRED = 0, 1, 2, 3, 4, 5, 6
#: What became of a robot in a round.
NONE, MOVED, WAITS, STUCK, OPEN = 0, 1, 2, 3, 4
#: Extra cost of pulling into a branch that one has no business in: into a spur of one node, deeper; 1/8 s.
SPUR_COST = 24
BRANCH_COST = 400
#: How far off its pusher's way an idle robot looks for a place, 1/8 s.
ASIDE_COST = 160
#: Robots that one edge can be blocked by and all be pushed.
BLOCKERS_MAX = 8


class Round(NamedTuple):
    """`number` rises by one a round. `pen` int32[7]: what a kind of hindrance costs, 1/8 s. `salt`: breaks ties by seed.
    `depth`, `look`: a base gets no further edge when it has so many, or takes so long, 1/8 s."""

    number: int
    depth: int
    look: int
    pen: I32
    salt: int


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
def may_enter(net: Net, crew: Crew, i: int, e: int, planned: bool = False) -> bool:
    """Zones with room, gates open, not kept free for another; branches only by those who have business there.

    `planned`: somebody has thought of the dead ends, their rules do not apply.
    """
    v = net.head[e]
    if net.gate[e] or (crew.keep[v] >= 0 and crew.keep[v] != i) or (net.shut[v] and not net.shut[net.tail[e]]):
        return False
    for k in range(net.zone_ptr[v], net.zone_ptr[v + 1]):
        z = net.zone_idx[k]
        if crew.inside[i, z] == 0 and crew.zone_n[z] >= net.zone_cap[z] and not (planned and z >= net.trunks):
            return False
    b = net.branch[v]
    if b >= 0 and not planned and net.branch[net.tail[e]] != b and crew.goal[i] >= 0 and net.branch[crew.goal[i]] == b:
        j = crew.holder[crew.goal[i]]  # no use in going in while another stands there and has to come out
        return bool(j < 0 or j == i or crew.end[j] != crew.goal[i])
    return True


@njit
def in_trunk(net: Net, v: int) -> bool:
    found = False
    for k in range(net.zone_ptr[v], net.zone_ptr[v + 1]):
        found = found or net.zone_idx[k] >= net.trunks
    return found


@njit
def turns_back(net: Net, crew: Crew, i: int, e: int) -> bool:
    """It still drives to where edge e begins, and e leads back to where it comes from."""
    n = crew.base_n[i]
    return bool(n > 0 and net.head[e] == net.tail[crew.base[i, n - 1]])


@njit
def towards(net: Net, e: int) -> int:
    """Which end of the section that edge e enters it leads to, -1 when it enters none."""
    v, u = net.head[e], net.tail[e]
    s = net.section[v]
    if s < 0 or net.section[u] == s:
        return -1
    if u == net.ends[s, 0]:
        return 1
    return 0 if u == net.ends[s, 1] else -1


@njit
def against_others(net: Net, crew: Crew, i: int, e: int) -> bool:
    """Edge e enters a corridor through which others come, or which one who has waited longer is to enter from the other side."""
    end = towards(net, e)
    if end < 0 or crew.bold[i]:
        return False
    s = net.section[net.head[e]]
    if crew.coming[s, 1 - end] > 0 or crew.claim[s] == 2 - end:
        if crew.claim[s] == 0:
            crew.claim[s] = 1 + end
        return True
    return False


@njit
def count_coming(net: Net, crew: Crew, fields: I32, n: int) -> None:
    """For each end of each section how many robots inside are on their way to it."""
    crew.coming[:] = 0
    crew.claim[:] = 0
    for i in range(n):
        if crew.at[i] < 0 or crew.row[i] < 0 or not crew.movable[i] or net.section[crew.end[i]] < 0:
            continue
        u, s = crew.end[i], net.section[crew.end[i]]
        best, least = -1, UNREACHABLE
        for e in range(net.out_ptr[u], net.out_ptr[u + 1]):
            if net.weights[e] >= 0 and net.weights[e] + fields[crew.row[i], net.head[e]] < least:
                best, least = net.head[e], net.weights[e] + fields[crew.row[i], net.head[e]]
        if best < 0 or u == crew.goal[i]:
            continue
        if net.section[best] == s:
            crew.coming[s, 1 if net.place[best] > net.place[u] else 0] += 1
        elif best == net.ends[s, 0]:
            crew.coming[s, 0] += 1
        elif best == net.ends[s, 1]:
            crew.coming[s, 1] += 1


@njit
def grant(net: Net, crew: Crew, i: int, e: int, out: I32, count: I64) -> None:
    v = net.head[e]
    crew.holder[net.unit[e]] = i
    crew.holder[v] = i
    crew.base[i, crew.base_n[i]] = e
    crew.base_n[i] += 1
    crew.end[i] = v
    end = towards(net, e)
    if end >= 0:
        crew.coming[net.section[v], end] += 1
    enter(net, crew, i, v)
    out[count[0], 0], out[count[0], 1] = i, e
    count[0] += 1


class Stack(NamedTuple):
    """Robots being decided, the pusher below the pushed: their ways out, and whom each still has to push (numba can't cache
    functions that call themselves)."""

    robot: I32
    edges: I32  # [S, DEGREE_MAX], the best first
    kinds: I32
    n: I32
    k: I32  # the way that is being looked at
    found: I32  # [S, BLOCKERS_MAX] those to be pushed off it
    blockers: I32
    m: I32  # the one that is being pushed


def make_stack(deepest: int) -> Stack:
    """For chains of pushes of up to so many robots."""
    one = np.zeros((6, deepest), np.int32)
    wide = np.zeros((2, deepest, DEGREE_MAX), np.int32)
    return Stack(one[0], wide[0], wide[1], one[1], one[2], np.zeros((deepest, BLOCKERS_MAX), np.int32), one[3], one[4])


@njit
def _open(net: Net, crew: Crew, fields: I32, stack: Stack, sp: int, i: int, pusher: int, r: Round) -> None:
    """A new frame: the ways out of where robot i will be, best first. `pusher` -1: of its own will, only what brings it on."""
    crew.stamp[i] = r.number
    crew.outcome[i] = OPEN
    u, row = crew.end[i], crew.row[i]
    scores = np.empty(DEGREE_MAX, np.int64)
    best = fields[row, u] + crew.slack[i] if row >= 0 else 0
    n = 0
    for e in range(net.out_ptr[u], net.out_ptr[u + 1]):
        if net.weights[e] < 0 or n == DEGREE_MAX or turns_back(net, crew, i, e):
            continue
        cost = _cost(net, crew, fields, i, e, pusher)
        if cost >= UNREACHABLE or (pusher < 0 and cost > best):
            continue
        if cost >= AVOIDED and row >= 0 and fields[row, u] < AVOIDED:
            continue
        kind = way_is(net, crew, i, e, r.depth)
        if kind < OBSTACLE and not may_enter(net, crew, i, e):
            kind = BARRED
        if pusher < 0 and kind < OBSTACLE and against_others(net, crew, i, e):
            kind = BARRED
        if kind >= BUSY and pusher >= 0:
            continue
        score = (np.int64(cost) + r.pen[kind]) * 8 + ((i * 73856093) ^ (e * 19349663) ^ r.salt) % 8
        k = n
        while k > 0 and scores[k - 1] > score:
            scores[k], stack.edges[sp, k], stack.kinds[sp, k] = scores[k - 1], stack.edges[sp, k - 1], stack.kinds[sp, k - 1]
            k -= 1
        scores[k], stack.edges[sp, k], stack.kinds[sp, k] = score, e, kind
        n += 1
    stack.robot[sp], stack.n[sp], stack.k[sp], stack.blockers[sp], stack.m[sp] = i, n, 0, 0, 0


@njit
def decide(net: Net, crew: Crew, fields: I32, stack: Stack, first: int, r: Round, out: I32, count: I64) -> int:
    """The robot takes its best edge (MOVED), waits for one that leaves (WAITS) or finds none (STUCK); so do those it pushes."""
    sp = 0
    _open(net, crew, fields, stack, 0, first, -1, r)
    while sp >= 0:
        i, k = stack.robot[sp], stack.k[sp]
        if stack.m[sp] < stack.blockers[sp]:
            j = stack.found[sp, stack.m[sp]]
            if crew.stamp[j] != r.number:
                if sp + 1 < len(stack.robot):
                    sp += 1
                    _open(net, crew, fields, stack, sp, j, i, r)
                    continue
                crew.stamp[j], crew.outcome[j] = r.number, STUCK
            stack.m[sp] += 1
            if crew.outcome[j] == OPEN or crew.outcome[j] == STUCK:
                stack.blockers[sp], stack.m[sp] = 0, 0
                stack.k[sp] += 1
            elif stack.m[sp] == stack.blockers[sp]:
                crew.outcome[i] = WAITS
                sp -= 1
            continue
        if k == stack.n[sp]:
            crew.outcome[i] = STUCK
            sp -= 1
            continue
        e, kind = stack.edges[sp, k], stack.kinds[sp, k]
        if kind == FREE:
            # a push that was tried before may have taken it
            if way_is(net, crew, i, e, r.depth) == FREE and may_enter(net, crew, i, e):
                grant(net, crew, i, e, out, count)
                crew.outcome[i] = MOVED
                sp -= 1
            else:
                stack.k[sp] += 1
            continue
        if kind == PUSH:
            stack.m[sp] = 0
            stack.blockers[sp] = _in_the_way(net, crew, i, e, r, stack.found[sp])
            if stack.blockers[sp] < 0:
                stack.blockers[sp] = 0
                stack.k[sp] += 1
                continue
            if stack.blockers[sp] > 0:
                continue
        elif kind >= OBSTACLE and k + 1 < stack.n[sp]:
            stack.k[sp] += 1
            continue
        crew.outcome[i] = WAITS
        sp -= 1
    return int(crew.outcome[first])


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
        cost += BRANCH_COST if in_trunk(net, v) else SPUR_COST
    return int(cost)


@njit
def _in_the_way(net: Net, crew: Crew, i: int, e: int, r: Round, found: I32) -> int:
    """Fills `found` with the robots to be pushed off edge e; answers how many, -1 when one of them can't leave."""
    n = 0
    classes, n_edges = net.classes, len(net.head)
    for b in range(classes):
        k = (crew.cls[i] * classes + b) * n_edges + e
        for c in range(net.conf_ptr[k], net.conf_ptr[k + 1]):
            unit = net.conf_idx[c]
            j = crew.holder[unit]
            if j < 0 or j == i or crew.cls[j] != b or kind_of(net, crew, j, unit, r.depth) != PUSH:
                continue
            if crew.stamp[j] == r.number:
                if crew.outcome[j] == OPEN or crew.outcome[j] == STUCK:
                    return -1
                continue
            known = False
            for m in range(n):
                known = known or found[m] == j
            if not known:
                if n == BLOCKERS_MAX:
                    return -1
                found[n] = j
                n += 1
    return n


@njit
def decide_all(net: Net, crew: Crew, fields: I32, stack: Stack, order: I32, r: Round, out: I32) -> int:
    """One round over the robots that want to go on, by priority. Fills `out` int32[R * depth, 2] with (robot, edge) and
    answers how many moves it granted."""
    count = np.zeros(1, np.int64)
    for k in range(len(order)):
        i = order[k]
        if crew.stamp[i] == r.number:
            continue
        crew.blocker[i] = -1
        outcome = decide(net, crew, fields, stack, i, r, out, count)
        while outcome == MOVED and crew.base_n[i] < r.depth and crew.end[i] != crew.goal[i] and base_time(net, crew, i) < r.look:
            outcome = _further(net, crew, fields, i, r.depth, out, count)
        if crew.outcome[i] == STUCK:
            crew.outcome[i] = WAITS
    return int(count[0])


@njit
def base_time(net: Net, crew: Crew, i: int) -> int:
    """How long the base takes at least, 1/8 s."""
    total = 0
    for k in range(crew.base_n[i]):
        total += net.time[crew.base[i, k]]
    return total


@njit
def seekers(crew: Crew, n: int, out: I32) -> int:
    """Fills `out` with the robots that are to come to a goal and can, answers how many."""
    found = 0
    for i in range(n):
        if crew.goal[i] >= 0 and crew.at[i] >= 0 and crew.end[i] != crew.goal[i] and crew.movable[i]:
            out[found] = i
            found += 1
    return found


@njit
def want(net: Net, crew: Crew, n: int, depth: int, look: int, out: I32) -> int:
    """Fills `out` with the robots that are to get a further edge, answers how many."""
    found = 0
    for i in range(n):
        if crew.goal[i] < 0 or crew.at[i] < 0 or crew.end[i] == crew.goal[i] or not crew.ready[i] or not crew.movable[i]:
            continue
        if crew.base_n[i] == 0 or (crew.base_n[i] < depth and base_time(net, crew, i) < look):
            out[found] = i
            found += 1
    return found


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
    if (
        best < 0
        or against_others(net, crew, i, best)
        or way_is(net, crew, i, best, depth) != FREE
        or not may_enter(net, crew, i, best)
    ):
        return WAITS
    grant(net, crew, i, best, out, count)
    return MOVED
