"""Single-file corridors: chains of two-way nodes between two junctions, where robots that meet have to back out.

As on a single-track railway, a robot does not enter a section against those who are coming through; who has waited longest to
enter comes next. This only orders whom PIBT lets in of its own will: pushes, exits from spurs and rescues are free to enter.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fleet.traffic.csr import RoadArrays
from fleet.traffic.state import I32


@dataclass(frozen=True, eq=False)
class Sections:
    """`of_node` int32[V], -1 outside; `place` int32[V]: how far along the chain; `ends` int32[S, 2]: the junctions before the
    first and after the last node of the chain."""

    of_node: I32
    place: I32
    ends: I32

    @classmethod
    def none(cls, n_nodes: int) -> Sections:
        return cls(np.full(n_nodes, -1, np.int32), np.zeros(n_nodes, np.int32), np.zeros((0, 2), np.int32))


def sections(roads: RoadArrays, branch: I32) -> Sections:
    """All chains of core nodes with just two neighbours in the core, both reached both ways, between two different junctions."""
    around: list[set[int]] = [set() for _ in range(roads.n_nodes)]
    one_way = np.zeros(roads.n_nodes, bool)
    for e in range(roads.n_edges):
        a, b = int(roads.tail[e]), int(roads.head[e])
        if branch[a] < 0 and branch[b] < 0 and a != b:
            around[a].add(b)
            around[b].add(a)
            if roads.reverse[e] < 0:
                one_way[[a, b]] = True
    inner = {v for v in range(roads.n_nodes) if branch[v] < 0 and len(around[v]) == 2 and not one_way[v]}
    of_node = np.full(roads.n_nodes, -1, np.int32)
    place = np.zeros(roads.n_nodes, np.int32)
    ends: list[tuple[int, int]] = []
    for v in sorted(inner):
        if of_node[v] >= 0:
            continue
        chain, before, after = _chain(v, around, inner)
        if before == after or before < 0:
            continue
        of_node[chain] = len(ends)
        place[chain] = np.arange(len(chain))
        ends.append((before, after))
    return Sections(of_node, place, np.array(ends, np.int32).reshape(-1, 2))


def _chain(v: int, around: list[set[int]], inner: set[int]) -> tuple[list[int], int, int]:
    """(the inner nodes in a row, the junction before them, the one after); junctions -1 for a circle without any."""
    sides = []
    for first in sorted(around[v]):
        walked, came, here = [], v, first
        while here in inner and here != v:
            walked.append(here)
            came, here = here, next(iter(around[here] - {came}))
        if here == v:
            return [v], -1, -1
        sides.append((walked, here))
    (left, before), (right, after) = sides
    return [*left[::-1], v, *right], before, after
