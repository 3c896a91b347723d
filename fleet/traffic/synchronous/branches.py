"""Dead-end branches: trees that hang off the part of the graph where every road lies on a cycle (its 2-core)."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from fleet.traffic.csr import Int32, RoadArrays


def dead_ends(roads: RoadArrays) -> tuple[Int32, int]:
    """(branch[V], number of branches): -1 in the core. A graph without a cycle has no core and no branch.

    Each branch is a connected set of nodes outside the core; roads count in both directions.
    """
    neighbours: list[set[int]] = [set() for _ in range(roads.n_nodes)]
    for a, b in zip(roads.tail.tolist(), roads.head.tolist(), strict=True):
        if a != b:
            neighbours[a].add(b)
            neighbours[b].add(a)
    left = [len(n) for n in neighbours]
    outside = np.zeros(roads.n_nodes, dtype=np.bool_)
    queue = [v for v in range(roads.n_nodes) if left[v] <= 1]
    while queue:
        v = queue.pop()
        if outside[v]:
            continue
        outside[v] = True
        for w in neighbours[v]:
            left[w] -= 1
            if left[w] == 1 and not outside[w]:
                queue.append(w)
    if outside.all() or not outside.any():
        return np.full(roads.n_nodes, -1, dtype=np.int32), 0
    inner = outside[roads.tail] & outside[roads.head]
    matrix = coo_matrix((np.ones(int(inner.sum()), np.int8), (roads.tail[inner], roads.head[inner])), shape=(roads.n_nodes,) * 2)
    _, part = connected_components(matrix, directed=False)
    names, compact = np.unique(np.asarray(part)[outside], return_inverse=True)
    branch = np.full(roads.n_nodes, -1, dtype=np.int32)
    branch[outside] = compact.astype(np.int32)
    return branch, len(names)
