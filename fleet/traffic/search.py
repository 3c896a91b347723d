"""Which single moves, of whom, bring a stuck robot nearer to its goal than it ever was: a search over the floor around it.

To the stuck robot all others are alike, so a state is where it stands and which nodes are taken (by which class of footprint):
motion planning with movable obstacles on a graph (Papadimitriou, Raghavan, Sudan, Tamaki 1994, "Motion planning on a graph").
Weighted A*; complete on floors small enough for the bound on states.
"""

from __future__ import annotations

import heapq
from collections import deque
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fleet.traffic import pibt

if TYPE_CHECKING:
    from fleet.traffic.engine import Engine

#: The floor that is looked at: so many nodes around the robot.
NODES_MAX = 60
#: Weight of the estimate against the moves made: above 1, an answer is found sooner than the shortest one.
GREED = 3


class Move(NamedTuple):
    """Whoever stands at node `start` drives along `edge`."""

    start: int
    edge: int


State = tuple[int, frozenset[tuple[int, int]]]  # the robot's node; (node, class) of the others


def solve(engine: Engine, i: int, *, states_max: int) -> list[Move] | None:
    """Moves after which robot i has less to go than ever before; None when none were found among so many states."""
    floor = _Floor(engine, i)
    start: State = (int(engine.crew.end[i]), floor.taken)
    tie = count()
    came: dict[State, tuple[State, Move] | None] = {start: None}
    cost = {start: 0}
    heap = [(0, next(tie), start)]
    looked = 0
    while heap and looked < states_max:
        _, _, state = heapq.heappop(heap)
        looked += 1
        if floor.solved(state):
            return _trace(came, state)
        for move, after in floor.moves(state):
            g = cost[state] + 1
            if g < cost.get(after, 1 << 60):
                cost[after] = g
                came[after] = (state, move)
                heapq.heappush(heap, (g + GREED * floor.estimate(after), next(tie), after))
    return None


class _Floor:
    """The nodes around the robot, and who stands on them; those who drive, work or stalled there are walls."""

    def __init__(self, engine: Engine, i: int) -> None:
        self._net, self._crew = engine.net, engine.crew
        self._i, self._cls = i, int(engine.crew.cls[i])
        self._row = engine.cache.rows[int(engine.crew.row[i])]
        self._least = int(engine.least_togo[i])
        self._branch, self._goal = engine.net.branch, int(engine.crew.goal[i])
        self._edges = engine.roads.n_edges
        self._in = engine.roads
        self.nodes = self._around(int(engine.crew.end[i]))
        crew, net = engine.crew, engine.net
        ends = crew.end[: engine.count]
        inside = np.isin(ends, np.fromiter(self.nodes, np.int64)) & (crew.base_n[: engine.count] == 0)
        near = (int(j) for j in np.flatnonzero(inside) if j != i)
        self._movers = {j for j in near if pibt.kind_of(net, crew, j, int(ends[j]), engine.depth) == pibt.PUSH}
        self.taken = frozenset((int(ends[j]), int(crew.cls[j])) for j in self._movers)
        self._ahead_cache: dict[int, list[int]] = {}
        self._near_cache: dict[tuple[int, int, int], frozenset[int]] = {}
        self._out_cache: dict[int, list[tuple[int, int]]] = {}
        self._wall_cache: dict[tuple[int, int], bool] = {}

    def _around(self, start: int) -> dict[int, int]:
        """Nodes by steps from the start, whichever way the lanes run."""
        net, roads = self._net, self._in
        found = {start: 0}
        queue = deque((start,))
        while queue and len(found) < NODES_MAX:
            u = queue.popleft()
            ends = [int(net.head[e]) for e in range(net.out_ptr[u], net.out_ptr[u + 1])]
            ends += [int(roads.in_tail[k]) for k in range(roads.in_ptr[u], roads.in_ptr[u + 1])]
            for v in ends:
                if v not in found:
                    found[v] = found[u] + 1
                    queue.append(v)
        return found

    def solved(self, state: State) -> bool:
        u = state[0]
        if self._branch[u] >= 0 and self._branch[u] == self._branch[self._goal]:
            return u == self._goal  # nearer, but in a dead end where another has to get out, is not nearer
        return int(self._row[u]) < self._least

    def estimate(self, state: State) -> int:
        """What is left to go beyond the least ever, in steps of the robot's, and those who stand on its next nodes."""
        u, taken = state
        ahead = self._ahead(u)
        nodes = {node for node, _ in taken}
        return len(ahead) + 2 * sum(node in nodes for node in ahead)

    def _ahead(self, u: int) -> list[int]:
        """The nodes on its way from u until it is nearer than ever."""
        if u not in self._ahead_cache:
            net, row, start = self._net, self._row, u
            inside = self._branch[self._goal] >= 0
            found: list[int] = []
            while (int(row[u]) >= self._least or (inside and u != self._goal)) and len(found) < 64:
                best, least = -1, 1 << 60
                for e in range(net.out_ptr[u], net.out_ptr[u + 1]):
                    if net.weights[e] >= 0 and int(net.weights[e]) + int(row[net.head[e]]) < least:
                        best, least = int(net.head[e]), int(net.weights[e]) + int(row[net.head[e]])
                if best < 0:
                    break
                u = best
                found.append(u)
            self._ahead_cache[start] = found
            return found
        return self._ahead_cache[u]

    def moves(self, state: State) -> list[tuple[Move, State]]:
        u, taken = state
        by_class: dict[int, set[int]] = {}
        for node, cls in taken:
            by_class.setdefault(cls, set()).add(node)
        found = []
        for e, v in self._out(u):
            if self._free(e, self._cls, by_class, None):
                found.append((Move(u, e), (v, taken)))
        for node, cls in taken:
            for e, v in self._out(node):
                if v != u and self._free(e, cls, by_class, node) and u not in self._near(e, cls, self._cls):
                    found.append((Move(node, e), (u, taken - {(node, cls)} | {(v, cls)})))
        return found

    def _out(self, u: int) -> list[tuple[int, int]]:
        """(edge, head) of the open edges out of u that stay on this floor."""
        if u not in self._out_cache:
            net = self._net
            edges = [e for e in range(net.out_ptr[u], net.out_ptr[u + 1]) if net.weights[e] >= 0 and not net.gate[e]]
            self._out_cache[u] = [(e, int(net.head[e])) for e in edges if int(net.head[e]) in self.nodes and self._has_room(e)]
        return self._out_cache[u]

    def _has_room(self, e: int) -> bool:
        """No zone begins on this edge that is full now."""
        net, crew = self._net, self._crew
        here = set(net.zone_idx[net.zone_ptr[net.tail[e]] : net.zone_ptr[net.tail[e] + 1]].tolist())
        there = net.zone_idx[net.zone_ptr[net.head[e]] : net.zone_ptr[net.head[e] + 1]].tolist()
        return all(z in here or z >= net.trunks or crew.zone_n[z] < net.zone_cap[z] for z in there)

    def _free(self, e: int, cls: int, by_class: dict[int, set[int]], own: int | None) -> bool:
        if self._is_walled(e, cls):
            return False
        for other, nodes in by_class.items():
            near = self._near(e, cls, other)
            if not near.isdisjoint(nodes) and any(node != own for node in near & nodes):
                return False
        return True

    def _near(self, e: int, a: int, b: int) -> frozenset[int]:
        """Nodes where one of class b would be too near to one of class a on this edge."""
        key = (e, a, b)
        if key not in self._near_cache:
            net = self._net
            k = (a * net.classes + b) * self._edges + e
            units = net.conf_idx[net.conf_ptr[k] : net.conf_ptr[k + 1]].tolist()
            self._near_cache[key] = frozenset(units) & self.nodes.keys()
        return self._near_cache[key]

    def _is_walled(self, e: int, cls: int) -> bool:
        key = (e, cls)
        if key not in self._wall_cache:
            net, crew = self._net, self._crew
            walled = False
            for b in range(net.classes):
                k = (cls * net.classes + b) * self._edges + e
                for unit in net.conf_idx[net.conf_ptr[k] : net.conf_ptr[k + 1]].tolist():
                    j = int(crew.holder[unit])
                    walled = walled or (j >= 0 and j != self._i and j not in self._movers and crew.cls[j] == b)
            self._wall_cache[key] = walled
        return self._wall_cache[key]


def _trace(came: dict[State, tuple[State, Move] | None], state: State) -> list[Move]:
    moves = []
    while (step := came[state]) is not None:
        state, move = step
        moves.append(move)
    return moves[::-1]
