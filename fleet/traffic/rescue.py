"""For the robot that has got no nearer to its goal for longest: its way is cleared, step by step, whatever that costs others.

PIBT decides from moment to moment and gives no promise on a floor with dead ends or few free nodes. This does, with two means:
 1. *Chain.* The robots in its way shift towards the nearest free node, one place each (a hole travels to it); what the chain
    needs is kept free for it, so the chain is shorter by one with each move.
 2. *Plan.* Where no free node can be reached without passing the robot itself, a search over single moves of all robots around it
    (they are alike to it) finds moves after which it is nearer than ever; they are carried out strictly in that order.
Either way the least cost-to-go that the robot ever had falls, so it arrives after finitely many of them: docs/decisions/0012.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from fleet.traffic import pibt
from fleet.traffic.search import Move, solve

if TYPE_CHECKING:
    from fleet.traffic.engine import Engine

#: Robots that a chain may look at before it gives up.
CHAIN_LOOK_MAX = 400
#: Robots helped in one step at most, the one without progress for longest first.
HELPED_MAX = 16
#: Seconds after a search without an answer until the same robot is searched for again.
SEARCH_AGAIN_S = 5.0
#: Seconds between two searches on the site.
SEARCHES_APART_S = 1.0
#: States that a search may look at; doubled with each failure up to the second number.
SEARCH_STATES = 500
SEARCH_STATES_MAX = 8_000
#: A robot that was granted a move so long ago and is still at it is not held up by others: nothing is kept free for it, seconds.
STALLED_S = 45.0
#: A node that is part of a plan is kept for it.
PLANNED = 1 << 30


@dataclass
class Plan:
    """Moves from node to node in their order, for the sake of robot `of`; the next one is moves[done]."""

    of: int
    moves: Sequence[Move]
    robots: frozenset[int]
    nodes: frozenset[int]
    began_at: float
    done: int = 0


@dataclass
class Rescue:
    """Owned by Engine, which calls `step` before PIBT. `stuck_s`: no nearer for so long makes a robot a candidate."""

    engine: Engine
    stuck_s: float
    plan: Plan | None = None
    now: float = 0.0
    #: how often chains moved a robot, plans were found and searches failed, for benchmarks and `explain`
    chains: int = 0
    plans: int = 0
    failures: int = 0
    _again_at: dict[int, float] = field(default_factory=dict)
    _search_at: float = float("-inf")
    _states: dict[int, int] = field(default_factory=dict)
    _kept: list[int] = field(default_factory=list)
    _engaged: set[int] = field(default_factory=set)  # in this round, for the sake of one that is stuck for longer

    def step(self, who: np.ndarray[tuple[int, ...], np.dtype[np.int64]], now: float, out: list[tuple[int, int]]) -> None:
        """Grants moves into `out`; robots that are not to be decided otherwise in this round are stamped."""
        self.now = now
        keep = self.engine.crew.keep
        for node in self._kept:
            keep[node] = -1
        self._kept.clear()
        self._engaged = set()
        self._go_on_with_plan(now, out)
        since = self.engine.progress_at[who]
        engine = self.engine
        stalled = (engine.crew.base_n[who] > 0) & (now - engine.moved_at[who] >= STALLED_S)
        stuck = who[(now - since >= self.stuck_s) & ~stalled]
        if not len(stuck):
            return
        by_age = stuck[np.lexsort((stuck, self.engine.progress_at[stuck]))]
        for i in by_age[:HELPED_MAX].tolist():
            if i not in self._engaged:
                self._help(i, now, out)
                self._engaged.add(i)

    def reset(self) -> None:
        """All is forgotten: robots were put elsewhere."""
        self.plan, self._search_at = None, float("-inf")
        self._again_at.clear()
        self._states.clear()

    # ---- chains ----

    def _help(self, i: int, now: float, out: list[tuple[int, int]]) -> None:
        e = self._best_edge(i)
        if e < 0:
            return
        net, crew = self.engine.net, self.engine.crew
        v = int(net.head[e])
        if crew.keep[v] >= 0:
            return
        self._engaged.add(i)
        kind = pibt.way_is(net, crew, i, e, self.engine.depth)
        if kind < pibt.OBSTACLE and not pibt.may_enter(net, crew, i, e):
            kind = pibt.BARRED
        if kind in (pibt.FREE, pibt.CLEARING, pibt.ARRIVING) or (kind == pibt.PUSH and self._chain(i, e, out)):
            self._keep(v, i)
        elif kind != pibt.OBSTACLE and self.plan is None and now >= max(self._again_at.get(i, now), self._search_at):
            self._search(i, now, out)

    def _best_edge(self, i: int) -> int:
        net, crew, rows = self.engine.net, self.engine.crew, self.engine.cache.rows
        u, row = int(crew.end[i]), int(crew.row[i])
        best, least = -1, int(rows[row, u])
        for e in range(net.out_ptr[u], net.out_ptr[u + 1]):
            if net.weights[e] >= 0:
                cost = int(net.weights[e]) + int(rows[row, net.head[e]])
                if cost <= least:
                    best, least = e, cost
        return best

    def _chain(self, i: int, e: int, out: list[tuple[int, int]]) -> bool:
        """Every robot that stands in the way of edge e begins to shift towards a free node, or waits for one that leaves."""
        return all(j not in self._engaged and self._shift(i, j, e, out) for j in self._blockers(i, e))

    def _shift(self, i: int, first: int, e: int, out: list[tuple[int, int]]) -> bool:
        """Breadth first over robots: j could go on along an edge on which only k stands in its way, and so on to a free node."""
        net, crew, engine = self.engine.net, self.engine.crew, self.engine
        came: dict[int, tuple[int, int]] = {first: (-1, -1)}  # robot -> (who needs it gone, along which edge)
        queue = deque((first,))
        avoid = int(net.head[e])
        while queue and len(came) < CHAIN_LOOK_MAX:
            j = queue.popleft()
            u = int(crew.end[j])
            for edge in range(net.out_ptr[u], net.out_ptr[u + 1]):
                v = int(net.head[edge])
                if net.weights[edge] < 0 or v == avoid or (crew.keep[v] >= 0 and crew.keep[v] != j):
                    continue
                if pibt.turns_back(net, crew, j, edge):
                    continue
                if not pibt.may_enter(net, crew, j, edge) or self._enters_goal_branch(i, edge):
                    continue
                kind = pibt.way_is(net, crew, j, edge, engine.depth)
                if kind in (pibt.FREE, pibt.CLEARING):
                    self._move_along(j, edge, kind, came, out)
                    return True
                if kind != pibt.PUSH:
                    continue
                others = self._blockers(j, edge)
                if len(others) == 1 and others[0] not in came and others[0] != i and others[0] not in self._engaged:
                    came[others[0]] = (j, edge)
                    queue.append(others[0])
        return False

    def _move_along(self, j: int, edge: int, kind: int, came: dict[int, tuple[int, int]], out: list[tuple[int, int]]) -> None:
        """The last robot of the chain moves if its node is free now; the nodes of the chain are kept for those who come next."""
        net = self.engine.net
        self._keep(int(net.head[edge]), j)
        self._stamp(j)
        if kind == pibt.FREE:
            self._grant(j, edge, out)
            self.chains += 1
        before, along = came[j]
        while before >= 0:
            self._keep(int(net.head[along]), before)
            self._stamp(before)
            before, along = came[before]

    def _enters_goal_branch(self, i: int, edge: int) -> bool:
        """Nobody is pushed into the dead end that the robot itself wants to go into."""
        net, crew = self.engine.net, self.engine.crew
        b = net.branch[net.head[edge]]
        return bool(b >= 0 and net.branch[net.tail[edge]] != b and net.branch[crew.goal[i]] == b)

    def _blockers(self, i: int, e: int) -> list[int]:
        net, crew = self.engine.net, self.engine.crew
        found: dict[int, None] = {}
        for b in range(net.classes):
            k = (int(crew.cls[i]) * net.classes + b) * self.engine.roads.n_edges + e
            for unit in net.conf_idx[net.conf_ptr[k] : net.conf_ptr[k + 1]].tolist():
                j = int(crew.holder[unit])
                if j >= 0 and j != i and crew.cls[j] == b:
                    found[j] = None
        return list(found)

    # ---- plans ----

    def _search(self, i: int, now: float, out: list[tuple[int, int]]) -> None:
        self._search_at = now + SEARCHES_APART_S
        states = self._states.get(i, SEARCH_STATES)
        moves = solve(self.engine, i, states_max=states)
        if moves is None:
            self.failures += 1
            self._states[i] = min(2 * states, SEARCH_STATES_MAX)
            self._again_at[i] = now + SEARCH_AGAIN_S
            return
        self._states.pop(i, None)
        self.plans += 1
        crew = self.engine.crew
        nodes = frozenset(move.start for move in moves) | frozenset(int(self.engine.net.head[move.edge]) for move in moves)
        robots = frozenset(int(crew.holder[node]) for node in nodes if crew.holder[node] >= 0)
        self.plan = Plan(i, moves, robots, nodes, now)
        self._go_on_with_plan(now, out)

    def _go_on_with_plan(self, now: float, out: list[tuple[int, int]]) -> None:
        """The next moves in their order, each when what it needs is free: all before it were granted, so that comes to pass."""
        plan = self.plan
        if plan is None:
            return
        net, crew, engine = self.engine.net, self.engine.crew, self.engine
        for node in plan.nodes:
            self._keep(node, PLANNED)
        for j in plan.robots:
            self._stamp(j)
        while plan.done < len(plan.moves):
            move = plan.moves[plan.done]
            j = int(crew.holder[move.start])
            if j < 0 or j not in plan.robots or crew.end[j] != move.start or not crew.movable[j] or net.weights[move.edge] < 0:
                arriving = j in plan.robots and crew.movable[j] and crew.end[j] == move.start
                if not arriving and not any(crew.base_n[k] > 0 for k in plan.robots):
                    self.plan = None  # somebody was moved by other hands
                return
            v = int(net.head[move.edge])
            crew.keep[v] = j
            free = (
                crew.ready[j]
                and crew.base_n[j] < engine.depth
                and pibt.way_is(net, crew, j, move.edge, engine.depth) == pibt.FREE
                and pibt.may_enter(net, crew, j, move.edge, True)
            )
            crew.keep[v] = PLANNED
            if not free:
                if now - plan.began_at > 60.0 + 30.0 * len(plan.moves) or any(not crew.movable[k] for k in plan.robots):
                    self.plan = None
                return
            self._grant(j, move.edge, out)
            plan.done += 1
        self.plan = None

    # ---- private ----

    def _grant(self, j: int, edge: int, out: list[tuple[int, int]]) -> None:
        pair = np.empty((1, 2), np.int32)
        pibt.grant(self.engine.net, self.engine.crew, j, edge, pair, np.zeros(1, np.int64))
        self.engine.crew.outcome[j] = pibt.MOVED
        out.append((j, edge))

    def _stamp(self, j: int) -> None:
        """Not to be decided again in this round: whoever wants its place waits."""
        self._engaged.add(j)
        self.engine.crew.stamp[j] = self.engine.round
        self.engine.crew.outcome[j] = pibt.WAITS

    def _keep(self, node: int, robot: int) -> None:
        self.engine.crew.keep[node] = robot
        self._kept.append(node)
