"""The dead ends of a road graph: everything that hangs off its 2-core as a tree, with one way in and the same way out.

Two robots in a tree cannot pass each other, so traffic takes a branch as a resource of its own: one robot at a time has
business there. Strip nodes that have one neighbour until none is left: what remains is the 2-core, what went are branches.
Most are spurs of one node, a station or a parking place beside a lane. Directions don't matter here: a one-way spur is
no better (cycles.py looks at directions).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from fleet.traffic.jit import njit

Int32 = NDArray[np.int32]
Bool = NDArray[np.bool_]

CORE: Final = -1


class Arrays(Protocol):
    """What is needed of fleet.traffic.csr.RoadArrays: V nodes, and E directed edges from `tail` to `head` (int32[E])."""

    @property
    def n_nodes(self) -> int: ...
    @property
    def tail(self) -> Int32: ...
    @property
    def head(self) -> Int32: ...


@dataclass(frozen=True, eq=False)
class Branches:
    """V nodes, B branches; all arrays are read-only.

    `branch_of_node`: int32[V], -1 in the core. `mouth_node`: int32[B], the core's node that it hangs on, -1 where the whole
    component is a tree and there is no core. `entry_node`: int32[B], its first node. `mouth_in`, `mouth_out`: int32[B], the
    edge into it and the one out, -1 where there is none. `size`: int32[B], its nodes. `depth`: int32[V], how many edges of
    the branch lie between the mouth and the node, 0 in the core. `leaf`, `trunk`: bool[V]; a leaf has one neighbour.
    """

    branch_of_node: Int32
    mouth_node: Int32
    entry_node: Int32
    mouth_in: Int32
    mouth_out: Int32
    size: Int32
    depth: Int32
    leaf: Bool
    trunk: Bool

    @property
    def count(self) -> int:
        """B."""
        return len(self.size)

    @property
    def core(self) -> Bool:
        """bool[V]."""
        core: Bool = self.branch_of_node == CORE
        return core


def branches(roads: Arrays) -> Branches:
    """All branches of `roads` (a RoadArrays), numbered by their lowest node. O(V + E log E)."""
    ptr, adjacent = neighbours(roads)
    degree = np.diff(ptr).astype(np.int32)
    in_core = _peel(ptr, adjacent, degree)
    found, mouth, entry, depth = _label(ptr, adjacent, in_core)
    count = len(mouth)
    leaf = (found >= 0) & (degree <= 1)
    mouth_in, mouth_out = _mouth_edges(roads, found, count)
    sizes = np.bincount(found[found >= 0], minlength=count).astype(np.int32)
    arrays = (found, mouth, entry, mouth_in, mouth_out, sizes, depth, leaf, (found >= 0) & ~leaf)
    for array in arrays:
        array.setflags(write=False)
    return Branches(*arrays)


def neighbours(roads: Arrays) -> tuple[Int32, Int32]:
    """The graph without directions, as CSR: neighbours of u, each once, are adjacent[ptr[u] .. ptr[u + 1] - 1]."""
    n = roads.n_nodes
    tail, head = roads.tail.astype(np.int64), roads.head.astype(np.int64)
    apart = tail != head
    keys = np.unique(np.concatenate((tail[apart] * n + head[apart], head[apart] * n + tail[apart])))
    ptr = np.zeros(n + 1, np.int32)
    np.cumsum(np.bincount(keys // max(1, n), minlength=n), out=ptr[1:])
    return ptr, (keys % max(1, n)).astype(np.int32)


def _mouth_edges(roads: Arrays, branch: Int32, count: int) -> tuple[Int32, Int32]:
    into, out = np.full(count, -1, np.int32), np.full(count, -1, np.int32)
    inside, outside = branch[roads.head], branch[roads.tail]
    # the last one written counts: backwards, so that of parallel edges the first is kept
    for e in np.flatnonzero((inside >= 0) & (outside == CORE))[::-1]:
        into[inside[e]] = e
    for e in np.flatnonzero((outside >= 0) & (inside == CORE))[::-1]:
        out[outside[e]] = e
    return into, out


@njit
def _peel(ptr: Int32, adjacent: Int32, degree: Int32) -> Bool:
    """The 2-core: bool[V]."""
    n = len(degree)
    left = degree.copy()
    core = np.ones(n, np.bool_)
    stack = np.empty(n, np.int32)
    top = 0
    for u in range(n):
        if left[u] <= 1:
            core[u] = False
            stack[top] = u
            top += 1
    while top:
        top -= 1
        u = stack[top]
        for k in range(ptr[u], ptr[u + 1]):
            v = adjacent[k]
            left[v] -= 1
            if core[v] and left[v] <= 1:
                core[v] = False
                stack[top] = v
                top += 1
    return core


@njit
def _label(ptr: Int32, adjacent: Int32, core: Bool) -> tuple[Int32, Int32, Int32, Int32]:
    """(branch of each node, mouth node, entry node of each branch, depth of each node)."""
    n = len(core)
    branch = np.full(n, -1, np.int32)
    mouth = np.empty(n, np.int32)
    entry = np.empty(n, np.int32)
    depth = np.zeros(n, np.int32)
    stack = np.empty(n, np.int32)
    count = 0
    for u in range(n):
        if core[u] or branch[u] >= 0:
            continue
        # the whole tree, to find where it hangs
        mouth[count] = -1
        entry[count] = u
        branch[u] = count
        stack[0] = u
        top = 1
        while top:
            top -= 1
            w = stack[top]
            for k in range(ptr[w], ptr[w + 1]):
                v = adjacent[k]
                if core[v]:
                    mouth[count] = v
                    entry[count] = w
                elif branch[v] < 0:
                    branch[v] = count
                    stack[top] = v
                    top += 1
        # then from there inwards, for the depths
        first = entry[count]
        depth[first] = 1
        stack[0] = first
        top = 1
        while top:
            top -= 1
            w = stack[top]
            for k in range(ptr[w], ptr[w + 1]):
                v = adjacent[k]
                if not core[v] and depth[v] == 0:
                    depth[v] = depth[w] + 1
                    stack[top] = v
                    top += 1
        count += 1
    return branch, mouth[:count].copy(), entry[:count].copy(), depth
