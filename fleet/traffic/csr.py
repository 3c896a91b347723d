"""The roads as flat arrays: what every compiled loop of traffic and planning runs on.

Compressed sparse rows (CSR): edges are sorted by their tail, so that the edges out of node u are
`out_ptr[u] .. out_ptr[u + 1] - 1`; `in_ptr`, `in_edge` list the edges into a node the same way. A one-way lane simply has
no reverse. Free-flow times are whole numbers of 1/8 s, because bucket queues (fields.py) need whole numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fleet.contracts.errors import InvalidInput
from fleet.layout.graph import SiteGraph, edge_time_s

Int32 = NDArray[np.int32]
Float64 = NDArray[np.float64]

#: Units of `cost` in a second.
TICKS_PER_S: Final = 8
#: A cell of a grid is 1 m, driven at 1 m/s.
GRID_CELL_COST: Final = TICKS_PER_S
#: Cells of a MovingAI map that a robot may stand on; all others are walls.
PASSABLE: Final = frozenset(".GSE")


@dataclass(frozen=True, eq=False)
class RoadArrays:
    """A directed graph of n_nodes nodes (V) and n_edges edges (E); all arrays are read-only.

    `x_m`, `y_m`: float64[V], metres, right-handed. `level`: int32[V], the number of the node's map.
    `tail`, `head`: int32[E]; `length_m`: float64[E]; `cost`: int32[E] >= 1, free-flow time in 1/8 s at nominal speed;
    `reverse`: int32[E], the edge from head to tail, or -1. `in_tail[k]` is the tail of `in_edge[k]`.
    """

    n_nodes: int
    n_edges: int
    x_m: Float64
    y_m: Float64
    level: Int32
    out_ptr: Int32
    tail: Int32
    head: Int32
    length_m: Float64
    cost: Int32
    reverse: Int32
    in_ptr: Int32
    in_edge: Int32
    in_tail: Int32
    node_ids: tuple[str, ...] = field(repr=False)
    edge_ids: tuple[str, ...] = field(repr=False)

    @cached_property
    def node_index(self) -> Mapping[str, int]:
        """Number of each node id."""
        return {name: i for i, name in enumerate(self.node_ids)}

    @cached_property
    def edge_index(self) -> Mapping[str, int]:
        """Number of each edge id."""
        return {name: i for i, name in enumerate(self.edge_ids)}

    @classmethod
    def build(
        cls,
        *,
        x_m: Sequence[float] | Float64,
        y_m: Sequence[float] | Float64,
        level: Sequence[int] | Int32,
        tail: Sequence[int] | Int32,
        head: Sequence[int] | Int32,
        length_m: Sequence[float] | Float64,
        cost: Sequence[int] | Int32,
        node_ids: Sequence[str],
        edge_ids: Sequence[str],
    ) -> RoadArrays:
        """From unsorted edges; those of one tail by head, then as given. Raises InvalidInput for an end that is no node."""
        tails, heads = np.asarray(tail, dtype=np.int32), np.asarray(head, dtype=np.int32)
        n, m = len(node_ids), len(tails)
        for name, ends in (("tail", tails), ("head", heads)):
            if m and (int(ends.min()) < 0 or int(ends.max()) >= n):
                raise InvalidInput(f"an edge ends at a node outside 0..{n - 1}", field=name, fix="number the nodes from 0")
        order = np.lexsort((np.arange(m), heads, tails))
        tails, heads = tails[order], heads[order]
        into = np.lexsort((tails, heads)).astype(np.int32)
        arrays: dict[str, NDArray[Any]] = {
            "x_m": np.array(x_m, dtype=np.float64),
            "y_m": np.array(y_m, dtype=np.float64),
            "level": np.array(level, dtype=np.int32),
            "out_ptr": _pointers(tails, n),
            "tail": tails,
            "head": heads,
            "length_m": np.asarray(length_m, dtype=np.float64)[order],
            "cost": np.maximum(1, np.asarray(cost, dtype=np.int32)[order]).astype(np.int32),
            "reverse": _reverses(tails, heads, n),
            "in_ptr": _pointers(heads[into], n),
            "in_edge": into,
            "in_tail": tails[into],
        }
        for array in arrays.values():
            array.setflags(write=False)
        names = tuple(edge_ids[i] for i in order)
        return cls(n_nodes=n, n_edges=m, node_ids=tuple(node_ids), edge_ids=names, **arrays)


def from_grid(rows: Sequence[str]) -> RoadArrays:
    """A MovingAI map, 4-connected, both ways: cells of 1 m at 1 m/s; nodes row by row, ids `x-y` (column, row from the top)."""
    cells = grid_nodes(rows)
    ys, xs = np.nonzero(cells >= 0)
    pairs = []
    for one, two in ((cells[:, :-1], cells[:, 1:]), (cells[:-1, :], cells[1:, :])):
        both = (one >= 0) & (two >= 0)
        pairs += [(one[both], two[both]), (two[both], one[both])]
    tail = np.concatenate([p[0] for p in pairs])
    head = np.concatenate([p[1] for p in pairs])
    ids = [f"{x}-{y}" for x, y in zip(xs.tolist(), ys.tolist(), strict=True)]
    return RoadArrays.build(
        x_m=xs.astype(np.float64),
        y_m=(len(rows) - 1 - ys).astype(np.float64),
        level=np.zeros(len(xs), dtype=np.int32),
        tail=tail,
        head=head,
        length_m=np.ones(len(tail)),
        cost=np.full(len(tail), GRID_CELL_COST, dtype=np.int32),
        node_ids=ids,
        edge_ids=[f"{ids[a]}>{ids[b]}" for a, b in zip(tail.tolist(), head.tolist(), strict=True)],
    )


def grid_nodes(rows: Sequence[str]) -> Int32:
    """int32[height, width]: number of the cell's node, -1 for a wall. Raises InvalidInput for ragged rows or no free cell."""
    if len({len(row) for row in rows}) != 1:
        raise InvalidInput("rows of different lengths, or none", field="map", fix="every row needs as many cells as the first")
    free = np.array([[cell in PASSABLE for cell in row] for row in rows])
    if not free.any():
        raise InvalidInput("no free cell", field="map", fix="mark free cells with '.'")
    cells = np.where(free, np.cumsum(free).reshape(free.shape) - 1, -1)
    return cells.astype(np.int32)


def from_site(site: SiteGraph, speed_mps: float) -> RoadArrays:
    """The site's nodes and edges in the order of their ids' mappings. Raises InvalidInput for a speed that is not above 0."""
    if not speed_mps > 0:
        raise InvalidInput(f"a speed of {speed_mps}", field="speed_mps", fix="give a speed above 0")
    nodes, edges = list(site.nodes.values()), list(site.edges.values())
    number = {node.node_id: i for i, node in enumerate(nodes)}
    levels = {name: i for i, name in enumerate(sorted({node.map_id for node in nodes}))}
    return RoadArrays.build(
        x_m=[node.x_m for node in nodes],
        y_m=[node.y_m for node in nodes],
        level=[levels[node.map_id] for node in nodes],
        tail=[number[edge.start] for edge in edges],
        head=[number[edge.end] for edge in edges],
        length_m=[edge.length_m for edge in edges],
        cost=[max(1, round(edge_time_s(edge, speed_mps) * TICKS_PER_S)) for edge in edges],
        node_ids=[node.node_id for node in nodes],
        edge_ids=[edge.edge_id for edge in edges],
    )


def _pointers(ends: Int32, n: int) -> Int32:
    """Row pointers of sorted `ends`."""
    counts = np.bincount(ends, minlength=n)
    return np.concatenate(([0], np.cumsum(counts))).astype(np.int32)


def _reverses(tail: Int32, head: Int32, n: int) -> Int32:
    """For each edge the first one from its head to its tail, or -1. Both sorted by (tail, head)."""
    if not len(tail):
        return np.zeros(0, dtype=np.int32)
    keys = tail.astype(np.int64) * n + head
    wanted = head.astype(np.int64) * n + tail
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[at] == wanted, at, -1).astype(np.int32)
