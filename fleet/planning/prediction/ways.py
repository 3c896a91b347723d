"""Travel times through delays that change: Dijkstra in which an edge costs what it will cost when the robot gets there.

Delays are given at knots (lead times) and interpolated. They change slowly against the time an edge takes, so that leaving later
never means arriving earlier but by a hair, and Dijkstra stays right (the FIFO property; Dreyfus 1969).
"""

from __future__ import annotations

import numpy as np

from fleet.planning.prediction.history import F32, F64, I32
from fleet.traffic.jit import njit


@njit
def delay_at(knots_s: F64, table: F32, edge: int, lead_s: float) -> float:
    """Seconds; `table` float32[K, E] at lead times knots_s[K] (rising); outside them the nearest knot's."""
    last = knots_s.shape[0] - 1
    if lead_s <= knots_s[0]:
        return float(table[0, edge])
    for k in range(last):
        if lead_s < knots_s[k + 1]:
            share = (lead_s - knots_s[k]) / (knots_s[k + 1] - knots_s[k])
            return float(table[k, edge] * (1.0 - share) + table[k + 1, edge] * share)
    return float(table[last, edge])


@njit
def times_from(
    out_ptr: I32, head: I32, free_s: F64, closed: I32, knots_s: F64, table: F32, start: int, depart_s: float, out: F64
) -> None:
    """Fills `out` (float64[V]) with seconds from `start` to each node, leaving in `depart_s` seconds; inf: no way.

    `free_s` float64[E]: free-flow seconds; edges with closed[e] < 0 are not used.
    """
    n = out.shape[0]
    out[:] = np.inf
    heap_t = np.empty(head.shape[0] + 1, np.float64)
    heap_v = np.empty(head.shape[0] + 1, np.int32)
    heap_t[0] = 0.0
    heap_v[0] = start
    size = 1
    out[start] = 0.0
    done = np.zeros(n, np.uint8)
    while size > 0:
        t = heap_t[0]
        u = heap_v[0]
        size -= 1
        last_t = heap_t[size]
        last_v = heap_v[size]
        k = 0
        while True:
            child = 2 * k + 1
            if child >= size:
                break
            if child + 1 < size and heap_t[child + 1] < heap_t[child]:
                child += 1
            if heap_t[child] >= last_t:
                break
            heap_t[k] = heap_t[child]
            heap_v[k] = heap_v[child]
            k = child
        heap_t[k] = last_t
        heap_v[k] = last_v
        if done[u]:
            continue
        done[u] = 1
        for e in range(out_ptr[u], out_ptr[u + 1]):
            if closed[e] < 0:
                continue
            v = head[e]
            arrive = t + free_s[e] + delay_at(knots_s, table, e, depart_s + t)
            if arrive < out[v]:
                out[v] = arrive
                k = size
                size += 1
                while k > 0 and heap_t[(k - 1) // 2] > arrive:
                    heap_t[k] = heap_t[(k - 1) // 2]
                    heap_v[k] = heap_v[(k - 1) // 2]
                    k = (k - 1) // 2
                heap_t[k] = arrive
                heap_v[k] = v


@njit
def along(free_s: F64, knots_s: F64, table: F32, edges: I32, depart_s: float) -> float:
    """Seconds for these edges one after the other, leaving in `depart_s` seconds."""
    t = 0.0
    for k in range(edges.shape[0]):
        t += free_s[edges[k]] + delay_at(knots_s, table, edges[k], depart_s + t)
    return t
