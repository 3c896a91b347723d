"""Pick-up and delivery out of a pool that never runs dry: assignment and routing together, in the executed model.

1.5 N tasks are open or under way at any time (League of Robot Runners 2024). Who takes which:
- `fifo`: the oldest open task goes to the nearest idle robot (openTCS, Open-RMF);
- `nearest`: each idle robot takes the open task whose pick-up is nearest (B2);
- `lsap`: the exact assignment of all robots that carry nothing to the open tasks, again every REMATCH_S until the pick-up; an
  older task counts as nearer, so that none starves.
Distances are cost-to-go on the lanes, the same for every policy that moves the robots.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from drover.bench.traffic.bodies import unit_draw
from drover.bench.traffic.cases import Case
from drover.bench.traffic.drive import Run
from fleet.contracts.errors import InvalidInput
from fleet.traffic.csr import TICKS_PER_S
from fleet.traffic.fields import field
from fleet.traffic.state import I32

RULES: Final = ("fifo", "nearest", "lsap")
POOL_SHARE: Final = 1.5
REMATCH_S: Final = 5
#: A second of age makes a task so much nearer, seconds of way.
AGE_SHARE: Final = 0.1
#: A robot keeps its task unless another saves more than this, seconds of way.
SWITCH_S: Final = 5.0


class PoolErrands:
    """Slots hold the open tasks; a finished one is replaced by a new one in its slot."""

    def __init__(self, case: Case, rule: str) -> None:
        if rule not in RULES:
            raise InvalidInput(f"no rule {rule!r}", field="rule", fix=f"use {', '.join(RULES)}")
        self._case, self._rule = case, rule
        n, slots = len(case.starts), int(POOL_SHARE * len(case.starts)) + 1
        self._pickup: I32 = np.zeros(slots, np.int32)
        self._delivery: I32 = np.zeros(slots, np.int32)
        self._created_s = np.zeros(slots)
        self._robot: I32 = np.full(slots, -1, np.int32)
        self._way: I32 = np.empty((slots, case.roads.n_nodes), np.int32)
        self._task: I32 = np.full(n, -1, np.int32)
        self._loaded = np.zeros(n, np.bool_)
        self._drawn = 0

    def begin(self, run: Run) -> None:
        for slot in range(len(self._pickup)):
            self._renew(slot, 0.0)
        self._assign(run, rematch=True)

    def arrived(self, run: Run, robots: I32) -> None:
        for robot in robots.tolist():
            slot = int(self._task[robot])
            if slot < 0:
                continue
            if not self._loaded[robot]:
                self._loaded[robot] = True
                run.send([robot], [int(self._delivery[slot])])
                continue
            run.done(1, [run.now_s - float(self._created_s[slot])])
            self._renew(slot, run.now_s)
            self._task[robot], self._loaded[robot] = -1, False
            run.send([robot], [-1])

    def second(self, run: Run) -> None:
        self._assign(run, rematch=int(run.now_s) % REMATCH_S == 0)

    def ages_s(self, run: Run) -> list[float]:
        """Of all tasks that are not finished."""
        return [float(age) for age in run.now_s - self._created_s]

    # ---- private ----

    def _renew(self, slot: int, now_s: float) -> None:
        case, targets = self._case, self._case.targets
        first = int(unit_draw(case.seed, 0, self._drawn, 6) * len(targets))
        second = int(unit_draw(case.seed, 0, self._drawn, 7) * (len(targets) - 1))
        self._drawn += 1
        self._pickup[slot], self._delivery[slot] = targets[first], targets[(first + 1 + second) % len(targets)]
        self._created_s[slot], self._robot[slot] = now_s, -1
        roads = case.roads
        field(roads.in_ptr, roads.in_edge, roads.in_tail, case.lanes, int(self._pickup[slot]), self._way[slot])

    def _assign(self, run: Run, *, rematch: bool) -> None:
        idle = np.flatnonzero(self._task < 0)
        if self._rule == "lsap":
            taking = np.flatnonzero(~self._loaded) if rematch else idle
            pairs = self._matched(run, taking)
        else:
            pairs = self._oldest_first(run, idle) if self._rule == "fifo" else self._nearest(run, idle)
        if pairs:
            run.send([robot for robot, _ in pairs], [int(self._pickup[slot]) for _, slot in pairs])
            here = [robot for robot, slot in pairs if run.bodies.edge[robot] < 0 and run.bodies.at[robot] == self._pickup[slot]]
            self.arrived(run, np.array(here, np.int32))

    def _take(self, robot: int, slot: int) -> tuple[int, int]:
        self._task[robot], self._robot[slot] = slot, robot
        return robot, slot

    def _oldest_first(self, run: Run, idle: NDArray[np.int64]) -> list[tuple[int, int]]:
        pairs, left = [], idle.tolist()
        for slot in np.argsort(self._created_s, kind="stable").tolist():
            if not left:
                break
            if self._robot[slot] < 0:
                robot = min(left, key=lambda i: (int(self._way[slot, run.bodies.at[i]]), i))
                left.remove(robot)
                pairs.append(self._take(robot, slot))
        return pairs

    def _nearest(self, run: Run, idle: NDArray[np.int64]) -> list[tuple[int, int]]:
        pairs = []
        for robot in idle.tolist():
            free = np.flatnonzero(self._robot < 0)
            slot = int(free[np.argmin(self._way[free, run.bodies.at[robot]])])
            pairs.append(self._take(robot, slot))
        return pairs

    def _matched(self, run: Run, taking: NDArray[np.int64]) -> list[tuple[int, int]]:
        """Those whose task is another one now."""
        if not len(taking):
            return []
        slots = np.flatnonzero((self._robot < 0) | np.isin(self._robot, taking))
        cost = self._way[np.ix_(slots, run.bodies.at[taking])].T.astype(np.float64)
        cost -= AGE_SHARE * TICKS_PER_S * (run.now_s - self._created_s[slots])
        before = self._task[taking]
        cost[before[:, None] == slots[None, :]] -= SWITCH_S * TICKS_PER_S
        rows, columns = linear_sum_assignment(cost)
        self._robot[slots] = -1
        self._task[taking] = -1
        changed = []
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
            robot, slot = self._take(int(taking[row]), int(slots[column]))
            if before[row] != slot:
                changed.append((robot, slot))
        return changed
