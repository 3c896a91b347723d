"""Compiled loops of planning: the tail of a large plan in milliseconds, and local search over routes.

Both work on plain tasks only (those that wait for nothing and belong to no group): what is tied to others stays where the
caller has put it. Neither decides anything: `evaluate` judges what they return.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fleet.traffic.jit import leaf, njit

Int32 = NDArray[np.int32]
Flags = NDArray[np.uint8]
F32 = NDArray[np.float32]
F64 = NDArray[np.float64]


class Facts(NamedTuple):
    """What does not change while routes do; as in `Tables`. `current`: -1 nobody has it now, -2 somebody who is gone.

    `limit_s`: [T], a task must not end later: others wait for it. `free_s`, `at`, `range_s`: [R], when, where and with how
    much driving left each robot begins. `late`, `switch_s`, `empty`: the judge's prices.
    """

    free_s: F64
    at: Int32
    range_s: F64
    speed: Int32
    travel: F32
    first: Int32
    last: Int32
    work_s: F64
    drive_s: F64
    ready_s: F64
    deadline_s: F64
    limit_s: F64
    weight: F64
    head_start_s: F64
    current: Int32
    able: Flags
    to_charger_s: F32
    late: float
    switch_s: float
    empty: float


class Routes(NamedTuple):
    """`tasks`: int32[R, L]; `length`, `fixed`: int32[R], how many there are, and how many of them, from the first, stay.

    `cost`: float64[R]; `robot_of`, `place_of`: int32[T].
    """

    tasks: Int32
    length: Int32
    fixed: Int32
    cost: F64
    robot_of: Int32
    place_of: Int32


@leaf
def drive_to(f: Facts, robot: int, here: int, task: int) -> float:
    return float(f.travel[f.speed[robot], here, f.first[task]]) if f.first[task] >= 0 else 0.0


@njit
def reach(f: Facts, out: Flags) -> None:
    """Fills `out` (uint8[R, T]): able, and there is a way from where the robot is through all visits."""
    robots, tasks = out.shape
    for r in range(robots):
        row, work_s, able = f.travel[f.speed[r], f.at[r]], f.work_s[f.speed[r]], f.able[r]
        for j in range(tasks):
            out[r, j] = able[j] and work_s[j] < np.inf and (f.first[j] < 0 or row[f.first[j]] < np.inf)


@njit
def offers(
    f: Facts, free_s: F64, at: Int32, left_s: F64, detour_s: F64, ready_s: F64, tasks: Int32, forbidden: float, out: F64
) -> None:
    """Fills `out` (float64[R, n]): when each robot would be at the first visits (see `Clock.arrive_s`), less the tasks'
    head starts, plus what a change of robot must gain; `forbidden` where there is no way or it must not."""
    robots, n = out.shape
    for r in range(robots):
        row, able, drive_s = f.travel[f.speed[r], at[r]], f.able[r], f.drive_s[f.speed[r]]
        home_s, free, left = f.to_charger_s[f.speed[r]], free_s[r], left_s[r]
        for k in range(n):
            j = tasks[k]
            first = f.first[j]
            cost = max(free, ready_s[j]) - f.head_start_s[j]
            if first >= 0:
                drive = row[first]
                cost += drive
                if left < np.inf and drive + drive_s[j] + home_s[f.last[j]] > left:
                    cost += detour_s[r]
            if f.current[j] >= 0 and f.current[j] != r:
                cost += f.switch_s
            out[r, k] = cost if able[j] and cost < forbidden else forbidden


@njit
def fill_nearest(f: Facts, free_s: F64, at: Int32, is_open: Flags, placed: Int32) -> int:
    """The robot that is idle first takes its soonest open task, less the task's head start; until no task is left.

    `free_s`, `at`, `is_open` (uint8[T]) move on; `placed`: int32[2, T], filled with (robot, task). Returns how many.
    """
    robots = f.able.shape[0]
    left = np.flatnonzero(is_open).astype(np.int32)
    n = left.shape[0]
    active = np.ones(robots, np.uint8)
    count = 0
    while n > 0:
        r = -1
        for i in range(robots):
            if active[i] and (r < 0 or free_s[i] < free_s[r]):
                r = i
        if r < 0:
            break
        row, able, now = f.travel[f.speed[r], at[r]], f.able[r], free_s[r]
        best, best_k = np.inf, -1
        for k in range(n):
            j = left[k]
            cost = max(now, f.ready_s[j]) - f.head_start_s[j]
            if f.first[j] >= 0:
                cost += row[f.first[j]]
            if cost < best and able[j] and f.work_s[f.speed[r], j] < np.inf:
                best, best_k = cost, k
        if best_k < 0:
            active[r] = 0
            continue
        j = left[best_k]
        free_s[r] = max(now, f.ready_s[j]) + drive_to(f, r, at[r], j) + f.work_s[f.speed[r], j]
        if f.last[j] >= 0:
            at[r] = f.last[j]
        is_open[j] = 0
        placed[0, count], placed[1, count] = r, j
        count += 1
        for k in range(best_k, n - 1):  # in the order of the request: ties go to the first one
            left[k] = left[k + 1]
        n -= 1
    return count


@njit
def nearest_before(f: Facts, movable: Flags, near: Int32) -> None:
    """Fills `near` (int32[T, K]): the tasks whose last visit is nearest to the task's first; -1 where there are fewer."""
    tasks, most = near.shape
    cost = np.empty(most, np.float32)
    near[:] = -1
    for j in range(tasks):
        if not movable[j] or f.first[j] < 0:
            continue
        n = 0
        for u in range(tasks):
            if u == j or not movable[u] or f.last[u] < 0:
                continue
            c = f.travel[0, f.last[u], f.first[j]]
            if n == most and c >= cost[n - 1]:
                continue
            k = n if n < most else most - 1
            while k > 0 and cost[k - 1] > c:
                cost[k], near[j, k] = cost[k - 1], near[j, k - 1]
                k -= 1
            cost[k], near[j, k] = c, u
            n = min(n + 1, most)


@leaf
def route_cost(f: Facts, robot: int, tasks: Int32, n: int) -> float:
    """The judge's cost of tasks[:n] in this order; inf when the robot must not, cannot, or would have to charge."""
    now, here, speed = f.free_s[robot], f.at[robot], f.speed[robot]
    left_s = f.range_s[robot]
    total = 0.0
    for k in range(n):
        j = tasks[k]
        if not f.able[robot, j]:
            return np.inf
        drive = drive_to(f, robot, here, j)
        now = max(now, f.ready_s[j]) + drive + f.work_s[speed, j]
        if f.last[j] >= 0:
            here = f.last[j]
        left_s -= drive + f.drive_s[speed, j]
        if left_s < f.to_charger_s[speed, here] or now > f.limit_s[j]:
            return np.inf
        cost = now + f.late * max(0.0, now - f.deadline_s[j])
        if f.current[j] != -1 and f.current[j] != robot:
            cost += f.switch_s
        total += f.weight[j] * cost + f.empty * drive
    return total


@njit
def route_total(f: Facts, robot: int, tasks: Int32) -> float:
    """`route_cost`, for Python."""
    return route_cost(f, robot, tasks, tasks.shape[0])


@leaf
def settle(f: Facts, x: Routes, robot: int) -> None:
    """Cost and index of one route, after a change."""
    x.cost[robot] = route_cost(f, robot, x.tasks[robot], x.length[robot])
    for k in range(x.length[robot]):
        x.robot_of[x.tasks[robot, k]] = robot
        x.place_of[x.tasks[robot, k]] = k


@njit
def settle_all(f: Facts, x: Routes) -> None:
    for robot in range(x.length.shape[0]):
        settle(f, x, robot)


@leaf
def part(x: Routes, robot: int, begin: int, end: int, out: Int32, at: int) -> None:
    """Copies places begin .. end - 1 of a route to `out`, from `at` on (a slice would count references)."""
    for k in range(begin, end):
        out[at + k - begin] = x.tasks[robot, k]


@leaf
def adopt(f: Facts, x: Routes, robot: int, tasks: Int32, n: int) -> None:
    """The route becomes tasks[:n]."""
    x.length[robot] = n
    for k in range(n):
        x.tasks[robot, k] = tasks[k]
    settle(f, x, robot)


@leaf
def relocated(x: Routes, j: int, q: int, k: int, one: Int32, two: Int32) -> tuple[int, int]:
    """Task j to place k of route q. Fills the new routes of its robot and of q; (their lengths), (-1, 0): no change."""
    r, i = x.robot_of[j], x.place_of[j]
    n1, n2 = x.length[r], x.length[q]
    if q == r:
        if k == i or k == i + 1:
            return -1, 0
        n = 0
        for y in range(n1 + 1):
            if y == k:
                one[n] = j
                n += 1
            if y < n1 and y != i:
                one[n] = x.tasks[r, y]
                n += 1
        return n1, 0
    if n2 + 1 > two.shape[0]:
        return -1, 0
    part(x, r, 0, i, one, 0)
    part(x, r, i + 1, n1, one, i)
    part(x, q, 0, k, two, 0)
    two[k] = j
    part(x, q, k, n2, two, k + 1)
    return n1 - 1, n2 + 1


@leaf
def swapped(x: Routes, j: int, q: int, k: int, one: Int32, two: Int32) -> tuple[int, int]:
    """Task j and the one at place k of route q change places."""
    r, i = x.robot_of[j], x.place_of[j]
    n1, n2 = x.length[r], x.length[q]
    if k >= n2 or (q == r and i == k):
        return -1, 0
    part(x, r, 0, n1, one, 0)
    if q == r:
        one[i], one[k] = x.tasks[r, k], j
        return n1, 0
    part(x, q, 0, n2, two, 0)
    one[i], two[k] = x.tasks[q, k], j
    return n1, n2


@leaf
def tails(x: Routes, j: int, q: int, k: int, one: Int32, two: Int32) -> tuple[int, int]:
    """Task j and all behind it change places with all from place k of route q on."""
    r, i = x.robot_of[j], x.place_of[j]
    n1, n2 = x.length[r], x.length[q]
    m1, m2 = i + n2 - k, k + n1 - i
    if q == r or m1 > one.shape[0] or m2 > two.shape[0]:
        return -1, 0
    part(x, r, 0, i, one, 0)
    part(x, q, k, n2, one, i)
    part(x, q, 0, k, two, 0)
    part(x, r, i, n1, two, k)
    return m1, m2


@leaf
def random_bits(state: int) -> int:
    """The next of a sequence (xorshift32, Marsaglia 2003), 1 .. 2**32 - 1."""
    state ^= (state << 13) & 0xFFFFFFFF
    state ^= state >> 17
    return state ^ ((state << 5) & 0xFFFFFFFF)


@njit
def anneal(f: Facts, x: Routes, movable: Int32, near: Int32, tries: int, hot: float, cold: float, seed: int) -> float:
    """Simulated annealing (Kirkpatrick 1983) over routes: relocate, swap, exchange of tails. Returns the cost reached.

    `movable`: int32[m], the tasks that may be moved; `near`: see `nearest_before`. `hot`, `cold`: rises of the cost that are
    accepted in one of e tries, at the beginning and at the end.
    """
    m, options = movable.shape[0], near.shape[1]
    if m == 0:
        return float(x.cost.sum())
    one, two = np.empty(x.tasks.shape[1], np.int32), np.empty(x.tasks.shape[1], np.int32)
    bits = (seed * 2654435761 + 88172645) & 0xFFFFFFFF | 1
    heat, cooling = hot, (cold / hot) ** (1.0 / max(1, tries))
    for _ in range(tries):
        heat *= cooling
        bits = random_bits(bits)
        kind, head = bits % 8, (bits >> 3) % 16 == 0
        bits = random_bits(bits)
        j = movable[bits % m]
        bits = random_bits(bits)
        u = near[j, bits % options] if bits % 64 else -1
        if u < 0:
            bits = random_bits(bits)
            u = movable[bits % m]
        if u == j:
            continue
        r, q = x.robot_of[j], x.robot_of[u]
        k = x.fixed[q] if head else x.place_of[u] + 1
        if kind < 4:
            m1, m2 = relocated(x, j, q, k, one, two)
        elif kind < 6:
            m1, m2 = swapped(x, j, q, k, one, two)
        else:
            m1, m2 = tails(x, j, q, k, one, two)
        if m1 < 0:
            continue
        change = route_cost(f, r, one, m1) - x.cost[r]
        if q != r and change < np.inf:
            change += route_cost(f, q, two, m2) - x.cost[q]
        bits = random_bits(bits)
        if not change < np.inf or (change > 0 and bits / 4294967296.0 >= np.exp(-change / heat)):
            continue
        adopt(f, x, r, one, m1)
        if q != r:
            adopt(f, x, q, two, m2)
    return float(x.cost.sum())
