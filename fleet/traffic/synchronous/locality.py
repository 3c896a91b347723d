"""Renumbering of nodes so that neighbours lie close together in memory: a robot's candidates then share cache lines."""

from __future__ import annotations

from typing import Final

import numpy as np

from fleet.traffic.csr import Int32, RoadArrays

#: Cells of a tile, along x and y: with 2 bytes a node a tile fills one cache line of 64 bytes.
_TILE: Final = (8, 4)


def by_tiles(roads: RoadArrays) -> Int32:
    """The nodes in tile order: `order[new] = old`."""
    step_m = max(float(np.median(roads.length_m)) if roads.n_edges else 1.0, 1e-6)
    x = np.floor((roads.x_m - roads.x_m.min()) / step_m + 0.5).astype(np.int64)
    y = np.floor((roads.y_m - roads.y_m.min()) / step_m + 0.5).astype(np.int64)
    return np.lexsort((x, y, x // _TILE[0], y // _TILE[1], roads.level)).astype(np.int32)


def renumbered(roads: RoadArrays, order: Int32) -> tuple[RoadArrays, Int32, Int32]:
    """(the same roads with node `order[new]` called new, `new_of[old]`, `edge_of[new edge] = old edge`)."""
    new_of = np.empty(roads.n_nodes, np.int32)
    new_of[order] = np.arange(roads.n_nodes, dtype=np.int32)
    tail, head = new_of[roads.tail], new_of[roads.head]
    edges = np.lexsort((np.arange(roads.n_edges), head, tail)).astype(np.int32)
    names = roads.node_ids
    moved = RoadArrays.build(
        x_m=roads.x_m[order],
        y_m=roads.y_m[order],
        level=roads.level[order],
        tail=tail,
        head=head,
        length_m=roads.length_m,
        cost=roads.cost,
        node_ids=[names[v] for v in order.tolist()],
        edge_ids=roads.edge_ids,
    )
    return moved, new_of, edges
