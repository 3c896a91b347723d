"""The independent detector of deadlocks: it sees where bodies stand, where they want to go, and which roads are open.

Two findings, both among robots that have a goal, are not stopped, and have not moved for PATIENCE_S:
- a *cycle*: each one's next node on every shortest way is occupied by the next of them;
- a *standstill*: nobody at all moves although goals are open and nobody is stopped.
A robot that stands long behind one that is stopped, or behind one that moves, is slow, not locked.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from fleet.traffic.csr import RoadArrays
from fleet.traffic.fields import FAR, cost_to_go
from fleet.traffic.state import F64, I32, U8

PATIENCE_S = 60.0
KEPT_MAX = 20


@dataclass(slots=True)
class DeadlockDetector:
    """`weights` int32[E]: the roads as the layout has them (< 0: against a hard lane)."""

    roads: RoadArrays
    weights: I32
    cycles: int = 0
    standstills: int = 0
    kept: list[tuple[float, tuple[int, ...]]] = field(default_factory=list)

    @property
    def count(self) -> int:
        return self.cycles + self.standstills

    def look(self, now_s: float, at: I32, goal: I32, moved_s: F64, stopped: U8, closed: U8) -> None:
        """At most once a PATIENCE_S: `at` node, `goal` node or -1, `moved_s` time of the last arrival or departure, per robot."""
        wants = (goal >= 0) & (goal != at)
        stands = wants & (now_s - moved_s >= PATIENCE_S) & (stopped == 0)
        if wants.any() and not stopped.any() and not closed.any() and bool(np.all(now_s - moved_s >= PATIENCE_S)):
            self._found(now_s, tuple(np.flatnonzero(wants).tolist()))
            self.standstills += 1
            return
        cycle = self._cycle(np.flatnonzero(stands).astype(np.int32), at, goal, closed)
        if cycle:
            self._found(now_s, cycle)
            self.cycles += 1

    def _cycle(self, standing: I32, at: I32, goal: I32, closed: U8) -> tuple[int, ...]:
        """Of the standing robots, those left after all that could go on were taken away, again and again."""
        occupant = {int(at[i]): int(i) for i in standing}
        weights = np.where(closed == 1, -1, self.weights).astype(np.int32)
        waits: dict[int, set[int]] = {}
        for i in standing.tolist():
            nexts = self._nexts(int(at[i]), int(goal[i]), weights)
            blockers = {occupant.get(v, -1) for v in nexts}
            if nexts and -1 not in blockers:
                waits[i] = blockers
        while True:
            free = [i for i, blockers in waits.items() if not blockers <= waits.keys()]
            if not free:
                return tuple(waits)
            for i in free:
                del waits[i]

    def _nexts(self, u: int, goal: int, weights: I32) -> list[int]:
        """Heads of the edges that begin a shortest way."""
        way = cost_to_go(self.roads, weights, goal)
        edges = range(self.roads.out_ptr[u], self.roads.out_ptr[u + 1])
        return [
            int(self.roads.head[e]) for e in edges if weights[e] >= 0 and way[self.roads.head[e]] + weights[e] == way[u] < FAR
        ]

    def _found(self, now_s: float, robots: tuple[int, ...]) -> None:
        if len(self.kept) < KEPT_MAX:
            self.kept.append((now_s, robots[:KEPT_MAX]))
