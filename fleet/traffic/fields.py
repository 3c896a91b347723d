"""Cost-to-go fields: for one goal, what every node still has to travel. The compass of every robot that goes there.

`field` is Dijkstra with Dial's bucket queue (CACM 1969) over reversed edges: weights are whole numbers, so a ring of
buckets as wide as the largest weight replaces the heap. `bfs` counts edges only. A weight below 0 closes an edge.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from fleet.traffic.csr import Int32, RoadArrays
from fleet.traffic.jit import leaf, njit

#: Cost of a node that cannot reach the goal.
FAR: Final = 2**30
#: Edges from a node that cannot reach the goal, in `bfs`.
FAR_HOPS: Final = 65535
#: Heavier weights count as this, so that the ring of buckets stays small.
WEIGHT_MAX: Final = 2**16 - 1


@leaf
def ring_mask(weights: Int32) -> int:
    """Buckets of the ring, less one: a power of 2 above the largest weight."""
    heaviest = 1
    for e in range(weights.shape[0]):
        heaviest = max(heaviest, weights[e])
    mask = 1
    while mask < min(heaviest, WEIGHT_MAX) + 1:
        mask *= 2
    return mask - 1


@njit
def field(in_ptr: Int32, in_edge: Int32, in_tail: Int32, weights: Int32, goal: int, out: Int32) -> None:
    """Fills `out` (int32[V]) with the cost from each node to `goal`; FAR where there is no way."""
    first = np.empty(ring_mask(weights) + 1, np.int32)
    # every edge is relaxed at most once, after its head is settled, so the entries fit into this
    item = np.empty(in_edge.shape[0] + 1, np.int32)
    after = np.empty(in_edge.shape[0] + 1, np.int32)
    dial(in_ptr, in_edge, in_tail, weights, goal, out, first, item, after)


@leaf
def dial(
    in_ptr: Int32,
    in_edge: Int32,
    in_tail: Int32,
    weights: Int32,
    goal: int,
    out: Int32,
    first: Int32,
    item: Int32,
    after: Int32,
) -> int:
    """`field` in its caller's scratch: `first` of `ring_mask(weights) + 1`, the others of E + 1; answers the largest cost."""
    mask = first.shape[0] - 1
    first[:] = -1
    out[:] = FAR
    out[goal] = 0
    item[0] = goal
    after[0] = -1
    first[0] = 0
    made = 1
    waiting = 1
    now = 0
    while waiting > 0:
        entry = first[now & mask]
        if entry < 0:
            now += 1
            continue
        first[now & mask] = after[entry]
        waiting -= 1
        u = item[entry]
        if out[u] != now:
            continue  # settled earlier by a cheaper way
        for k in range(in_ptr[u], in_ptr[u + 1]):
            w = weights[in_edge[k]]
            if w < 0:
                continue
            v = in_tail[k]
            cost = now + max(1, min(w, WEIGHT_MAX))
            if cost < out[v]:
                out[v] = cost
                item[made] = v
                after[made] = first[cost & mask]
                first[cost & mask] = made
                made += 1
                waiting += 1
    return now


@njit
def bfs(in_ptr: Int32, in_edge: Int32, in_tail: Int32, weights: Int32, goal: int, out: NDArray[np.uint16]) -> None:
    """Fills `out` (uint16[V]) with the number of open edges from each node to `goal`; FAR_HOPS where there is no way."""
    n = out.shape[0]
    for v in range(n):
        out[v] = FAR_HOPS
    queue = np.empty(n, np.int32)
    queue[0] = goal
    out[goal] = 0
    read = 0
    write = 1
    while read < write:
        u = queue[read]
        read += 1
        hops = out[u] + 1
        for k in range(in_ptr[u], in_ptr[u + 1]):
            v = in_tail[k]
            if out[v] == FAR_HOPS and weights[in_edge[k]] >= 0:
                out[v] = hops
                queue[write] = v
                write += 1


def cost_to_go(roads: RoadArrays, weights: Int32, goal: int) -> Int32:
    """int32[V]: `field` into a new array."""
    out = np.empty(roads.n_nodes, dtype=np.int32)
    field(roads.in_ptr, roads.in_edge, roads.in_tail, weights, goal, out)
    return out


def hops_to_go(roads: RoadArrays, goal: int, weights: Int32 | None = None) -> NDArray[np.uint16]:
    """uint16[V]: `bfs` into a new array; every edge is open when no weights are given."""
    out = np.empty(roads.n_nodes, dtype=np.uint16)
    bfs(roads.in_ptr, roads.in_edge, roads.in_tail, roads.cost if weights is None else weights, goal, out)
    return out
