"""Plans in hand, propagated: where every robot will probably be in the next minutes.

Robots follow the descent of their goal's cost-to-go. Where several ways are equally good each is taken with the same
probability: flow over all equal-cost paths forecasts better than over one (probabilistic traffic flow, Guided-PIBT's successor).
The mass of each robot is pushed through that DAG from far to near, with the mean time at which it gets there.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fleet.planning.prediction.history import F32, F64, I32
from fleet.traffic.jit import leaf, njit

#: A share of a robot smaller than this is dropped.
MASS_MIN = 0.002
#: Cost-to-go of this or more: no way.
NO_WAY = 1 << 29


@njit
def propagate(
    out_ptr: I32,
    head: I32,
    cost: I32,
    edge_s: F64,
    fields: NDArray[np.int32],
    at: I32,
    start_s: F64,
    leg_ptr: I32,
    leg_row: I32,
    leg_goal: I32,
    leg_service_s: F64,
    bin_s: float,
    flow: F32,
    queue_s: F32,
    waited_s: F64,
) -> None:
    """Adds to `flow` (float32[B, E]) the expected entries of each edge in bin b (from now), and to `queue_s` (float32[E]) how
    long robots have waited for the edge by now, both by probability.

    `edge_s` float64[E]: seconds that an edge takes; `cost` int32[E], < 0 closed; `fields` int32[G, V]. Robot i is at node at[i]
    in start_s[i] seconds and runs the legs leg_ptr[i] .. leg_ptr[i + 1] - 1: along fields[leg_row] to leg_goal, then service.
    """
    n_nodes = out_ptr.shape[0] - 1
    n_bins = flow.shape[0]
    end_s = n_bins * bin_s
    mass = np.zeros(n_nodes, np.float64)
    when = np.zeros(n_nodes, np.float64)
    heap_c = np.empty(n_nodes + 1, np.int32)
    heap_v = np.empty(n_nodes + 1, np.int32)
    for i in range(at.shape[0]):
        node = at[i]
        clock = start_s[i]
        for leg in range(leg_ptr[i], leg_ptr[i + 1]):
            row = leg_row[leg]
            goal = leg_goal[leg]
            if row < 0 or clock >= end_s or fields[row, node] >= NO_WAY:
                break
            size = 1
            heap_c[0] = -fields[row, node]
            heap_v[0] = node
            mass[node] = 1.0
            when[node] = clock
            first = leg == leg_ptr[i]
            arrived = -1.0
            while size > 0:
                u = heap_v[0]
                size -= 1
                _down(heap_c, heap_v, size)
                m = mass[u]
                mass[u] = 0.0
                t = when[u] / m
                when[u] = 0.0
                if u == goal:
                    arrived = t
                    continue
                if m < MASS_MIN or t >= end_s:
                    continue
                mine = fields[row, u]
                best = np.int64(1) << 60
                ways = 0
                for e in range(out_ptr[u], out_ptr[u + 1]):
                    if cost[e] < 0 or fields[row, head[e]] >= mine:
                        continue
                    value = np.int64(fields[row, head[e]]) + cost[e]
                    if value < best:
                        best = value
                        ways = 1
                    elif value == best:
                        ways += 1
                if ways == 0:
                    continue
                share = m / ways
                b = int(t / bin_s)
                for e in range(out_ptr[u], out_ptr[u + 1]):
                    v = head[e]
                    if cost[e] < 0 or fields[row, v] >= mine or np.int64(fields[row, v]) + cost[e] != best:
                        continue
                    flow[b, e] += share
                    if first and u == node:
                        queue_s[e] += share * waited_s[i]
                    if mass[v] == 0.0:
                        _up(heap_c, heap_v, size, -fields[row, v], v)
                        size += 1
                    mass[v] += share
                    when[v] += share * (t + edge_s[e])
            if arrived < 0:
                break
            node = goal
            clock = arrived + leg_service_s[leg]


@njit
def descent(out_ptr: I32, head: I32, cost: I32, field: I32, start: int, goal: int, out: I32) -> int:
    """Fills `out` with the edges of one best way along a cost-to-go (int32[V]); how many, -1: no way, or longer than `out`."""
    u = start
    n = 0
    while u != goal:
        best = np.int64(1) << 60
        chosen = -1
        for e in range(out_ptr[u], out_ptr[u + 1]):
            value = np.int64(field[head[e]]) + cost[e]
            if cost[e] >= 0 and field[head[e]] < field[u] and value < best:
                best = value
                chosen = e
        if chosen < 0 or n == out.shape[0]:
            return -1
        out[n] = chosen
        n += 1
        u = head[chosen]
    return n


@leaf
def _up(heap_c: I32, heap_v: I32, size: int, c: int, v: int) -> None:
    """Puts (c, v) into a binary heap of `size` entries, least c first."""
    k = size
    while k > 0:
        parent = (k - 1) // 2
        if heap_c[parent] <= c:
            break
        heap_c[k] = heap_c[parent]
        heap_v[k] = heap_v[parent]
        k = parent
    heap_c[k] = c
    heap_v[k] = v


@leaf
def _down(heap_c: I32, heap_v: I32, size: int) -> None:
    """Takes the root out: the entry at `size` (the old last one) finds its place."""
    if size == 0:
        return
    c = heap_c[size]
    v = heap_v[size]
    k = 0
    while True:
        child = 2 * k + 1
        if child >= size:
            break
        if child + 1 < size and heap_c[child + 1] < heap_c[child]:
            child += 1
        if heap_c[child] >= c:
            break
        heap_c[k] = heap_c[child]
        heap_v[k] = heap_v[child]
        k = child
    heap_c[k] = c
    heap_v[k] = v
