"""Places that can be entered and not left again while robots stand still on the way out of them: a one-way aisle behind a stalled
robot. Traffic lets nobody in, and planning sends nobody there, until the way is free."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from fleet.traffic.csr import RoadArrays
from fleet.traffic.state import U8

Bools = NDArray[np.bool_]


def main_part(roads: RoadArrays, driven: Bools) -> Bools:
    """bool[V]: nodes from which the largest strongly connected part can be reached over the edges `driven` bool[E]."""
    tail, head = roads.tail[driven], roads.head[driven]
    graph = coo_matrix((np.ones(len(tail), np.int8), (tail, head)), shape=(roads.n_nodes, roads.n_nodes))
    _, label = connected_components(graph, directed=True, connection="strong")
    can: Bools = label == np.bincount(label).argmax()
    while True:
        more = can.copy()
        more[tail[can[head]]] = True
        if np.array_equal(more, can):
            return can
        can = more


def shut_in(roads: RoadArrays, driven: Bools, held: Bools) -> U8:
    """uint8[V]: 1 for nodes that could be left for the main part, and cannot while the nodes `held` bool[V] are taken."""
    if not held.any():
        return np.zeros(roads.n_nodes, np.uint8)
    free = driven & ~held[roads.tail] & ~held[roads.head]
    return (main_part(roads, driven) & ~main_part(roads, free) & ~held).astype(np.uint8)
