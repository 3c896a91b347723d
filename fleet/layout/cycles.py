"""Where the core of a road graph can jam: bridges, roads on no cycle, and how many robots may be on it at once.

PIBT's promise (Okumura et al. 2019) is that the robot of highest priority gets its next node, because whoever stands there
can move on: along a cycle of three or more nodes that has room. So each road of the core should lie on such a cycle, and
behind each node that a robot may leave there must be a free one that can be reached without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from fleet.layout.branches import Bool, Branches, Int32, neighbours
from fleet.traffic.csr import RoadArrays
from fleet.traffic.jit import njit

#: Edges of the core up to which the number of robots is proven edge by edge; that takes time with the square.
PROVEN_EDGES_MAX: Final = 20_000


@dataclass(frozen=True, eq=False)
class Cycles:
    """V nodes, E edges; all arrays are read-only.

    `part`: int32[V], number of the node's strongly connected part. `bridge`: bool[E], a road of the core whose closing cuts
    it in two, directions apart. `on_cycle`: bool[E], on a directed cycle of three or more nodes. `cut_node`: bool[V], a node
    of the core whose closing cuts the core in two.
    """

    part: Int32
    bridge: Bool
    on_cycle: Bool
    cut_node: Bool


@dataclass(frozen=True, slots=True)
class Pocket:
    """Nodes out of which there is no way but over the last of them, so that they must never be all taken: at most `capacity`
    robots among them, one less than there are nodes. The last node is where the way in begins and the way out ends."""

    nodes: tuple[int, ...]

    @property
    def capacity(self) -> int:
        return len(self.nodes) - 1


@dataclass(frozen=True, slots=True)
class Admission:
    """How many robots may be on the lanes of one strongly connected part of the core (those in branches not counted).

    `cap`: with at most so many, and `pockets` never full, a free node can always be reached from the head of any edge without
    passing its tail, so that whoever stands at the head can be asked to move on. Edges on no cycle are left out (warnings name
    them). `nodes`: of the part. `proven` False: the part is too large to be looked at edge by edge, `cap` leaves one node free.
    """

    part: int
    nodes: int
    cap: int
    pockets: tuple[Pocket, ...] = ()
    proven: bool = True


def cycles(roads: RoadArrays, branches: Branches) -> Cycles:
    ptr, adjacent = neighbours(roads)
    core = branches.core
    upper, cut_node = _bridges(ptr, adjacent, core)
    bridge = _is_bridge(roads.tail, roads.head, core, upper)
    part = strong_parts(roads, core)
    on_cycle = _on_cycle(roads.out_ptr, roads.tail, roads.head, part, bridge, core)
    for array in (part, bridge, on_cycle, cut_node):
        array.setflags(write=False)
    return Cycles(part, bridge, on_cycle, cut_node)


def strong_parts(roads: RoadArrays, nodes: Bool | None = None) -> Int32:
    """int32[V]: the strongly connected part of each node, ways through `nodes` (bool[V]) only."""
    use = np.ones(roads.n_edges, np.bool_) if nodes is None else nodes[roads.tail] & nodes[roads.head]
    ones = np.ones(int(use.sum()), np.int8)
    matrix = coo_matrix((ones, (roads.tail[use], roads.head[use])), shape=(roads.n_nodes, roads.n_nodes))
    _, part = connected_components(matrix, directed=True, connection="strong")
    return np.asarray(part, dtype=np.int32)


def admissions(roads: RoadArrays, branches: Branches, found: Cycles) -> list[Admission]:
    """One for each strongly connected part of the core that has a cycle, largest first."""
    core = branches.core
    answers = []
    inside = found.on_cycle
    for part, nodes in zip(*np.unique(found.part[core], return_counts=True), strict=True):
        edges = np.flatnonzero(inside & (found.part[roads.tail] == part)).astype(np.int32)
        if not len(edges):
            continue
        if len(edges) > PROVEN_EDGES_MAX:
            answers.append(Admission(int(part), int(nodes), int(nodes) - 1, proven=False))
            continue
        room = _rooms(roads.out_ptr, roads.head, edges, roads.tail[edges], found.part, core)
        small = room * 2 < nodes
        pockets = {_pocket(roads, int(e), found.part, core) for e in edges[small]}
        cap = int(room[~small].min()) if not small.all() else int(nodes) - 1
        answers.append(Admission(int(part), int(nodes), cap, tuple(sorted(pockets, key=lambda p: (len(p.nodes), p.nodes)))))
    return sorted(answers, key=lambda a: (-a.nodes, a.part))


def _pocket(roads: RoadArrays, edge: int, part: Int32, core: Bool) -> Pocket:
    """What is reached from the edge's head without its tail, and the tail."""
    tail, first = int(roads.tail[edge]), int(roads.head[edge])
    found, stack = {first}, [first]
    while stack:
        u = stack.pop()
        for head in roads.head[roads.out_ptr[u] : roads.out_ptr[u + 1]].tolist():
            if head != tail and head not in found and core[head] and part[head] == part[tail]:
                found.add(head)
                stack.append(head)
    return Pocket((*sorted(found), tail))


def _is_bridge(tail: Int32, head: Int32, core: Bool, upper: Int32) -> Bool:
    """`upper[v]`: the node above v in the search tree if the road between them is a bridge, else -1."""
    found: Bool = core[tail] & core[head] & ((upper[head] == tail) | (upper[tail] == head))
    return found


@njit
def _bridges(ptr: Int32, adjacent: Int32, core: Bool) -> tuple[Int32, Bool]:
    """Hopcroft and Tarjan's low points over the core, without recursion: (upper end of the bridge above each node, cut nodes)."""
    n = len(core)
    seen = np.zeros(n, np.int32)
    low = np.zeros(n, np.int32)
    above = np.full(n, -1, np.int32)
    at = ptr[:-1].copy()
    upper = np.full(n, -1, np.int32)
    cut = np.zeros(n, np.bool_)
    stack = np.empty(n, np.int32)
    clock = 0
    for root in range(n):
        if not core[root] or seen[root]:
            continue
        clock += 1
        seen[root] = low[root] = clock
        stack[0] = root
        top = 1
        children = 0
        while top:
            u = stack[top - 1]
            if at[u] < ptr[u + 1]:
                v = adjacent[at[u]]
                at[u] += 1
                if not core[v] or v == above[u]:
                    continue
                if seen[v]:
                    low[u] = min(low[u], seen[v])
                    continue
                clock += 1
                seen[v] = low[v] = clock
                above[v] = u
                stack[top] = v
                top += 1
                children += u == root
                continue
            top -= 1
            p = above[u]
            if p < 0:
                continue
            low[p] = min(low[p], low[u])
            if low[u] > seen[p]:
                upper[u] = p
            if p != root and low[u] >= seen[p]:
                cut[p] = True
        cut[root] = children > 1
    return upper, cut


@njit
def _on_cycle(out_ptr: Int32, tail: Int32, head: Int32, part: Int32, bridge: Bool, core: Bool) -> Bool:
    """An edge is on a cycle of three or more if its tail can be reached from its head by two edges or more."""
    n, m = len(part), len(tail)
    found = np.zeros(m, np.bool_)
    mark = np.full(n, -1, np.int32)
    queue = np.empty(n, np.int32)
    for e in range(m):
        u, v = tail[e], head[e]
        if not (core[u] and core[v]) or part[u] != part[v] or bridge[e]:
            continue
        mark[v] = e
        queue[0] = v
        size = 1
        i = 0
        while i < size and not found[e]:
            w = queue[i]
            i += 1
            for k in range(out_ptr[w], out_ptr[w + 1]):
                x = head[k]
                if x == u:
                    if w != v:
                        found[e] = True
                        break
                elif mark[x] != e and core[x] and part[x] == part[u]:
                    mark[x] = e
                    queue[size] = x
                    size += 1
    return found


@njit
def _rooms(out_ptr: Int32, head: Int32, edges: Int32, tails: Int32, part: Int32, core: Bool) -> Int32:
    """How many nodes are reached from each edge's head without passing its tail."""
    n = len(part)
    mark = np.full(n, -1, np.int32)
    queue = np.empty(n, np.int32)
    rooms = np.empty(len(edges), np.int32)
    for j in range(len(edges)):
        e, u = edges[j], tails[j]
        v = head[e]
        mark[v] = e
        queue[0] = v
        size = 1
        i = 0
        while i < size:
            w = queue[i]
            i += 1
            for k in range(out_ptr[w], out_ptr[w + 1]):
                x = head[k]
                if x != u and mark[x] != e and core[x] and part[x] == part[u]:
                    mark[x] = e
                    queue[size] = x
                    size += 1
        rooms[j] = size
    return rooms
