"""A schedule under construction: where each robot will be, which tasks may come next, what is already placed."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from fleet.planning.clock import Clock, Leg
from fleet.planning.eligible import Screened
from fleet.planning.prices import SWITCH_S
from fleet.planning.tables import COMPILED_PAIRS_MIN, Bools, Floats, Ints, Tables

if TYPE_CHECKING:
    from fleet.planning.kernels import Facts

#: Seconds for a pair that must not be: dearer than any real one, so that as many pairs as possible are matched.
FORBIDDEN_S = 1e12


def switch_s(t: Tables, tasks: Ints) -> Floats:
    """[R, n]: what a change of robot must gain."""
    current = t.current[tasks]
    moved = (current[None, :] >= 0) & (current[None, :] != np.arange(len(t.robots))[:, None])
    found: Floats = np.where(moved, SWITCH_S, 0.0)
    return found


class Board:
    """`routes`: robot -> its tasks so far, by number. `pressing`: [T], which of the ready tasks come first; None: head starts."""

    def __init__(self, tables: Tables, screened: Screened, pressing: Floats | None = None) -> None:
        t = self.tables = tables
        self.fits = screened.fits
        self._facts: Facts | None = None
        self.clock = Clock(tables)
        self.routes: dict[int, list[int]] = {i: [] for i in range(len(t.robots))}
        self.robot_of: Ints = np.full(len(t.tasks), -1, dtype=np.int64)
        self.ready: Bools = np.zeros(len(t.tasks), dtype=bool)
        self.ready_s: Floats = t.not_before_s.copy()
        order = screened.order
        most_pressing = np.argsort(-(t.head_start_s if pressing is None else pressing)[order], kind="stable")
        self.urgency: Ints = np.full(len(t.tasks), len(t.tasks), dtype=np.int64)
        self.urgency[order[most_pressing]] = np.arange(len(order))
        self.ready[order] = True
        self._members: dict[str, set[int]] = defaultdict(set)  # group -> robots that have a task of it
        self._open: dict[int, int] = {}
        self._followers: dict[int, list[int]] = defaultdict(list)
        for j in order[t.tied[order]].tolist():
            self._hold_back(j)

    def _hold_back(self, j: int) -> None:
        request = self.tables.request
        for name in self.tables.tasks[j].after:
            if name in request.running or name in request.done:
                self.ready_s[j] = max(self.ready_s[j], request.running.get(name, 0.0))
            else:
                self._followers[self.tables.task_index[name]].append(j)
                self._open[j] = self._open.get(j, 0) + 1
                self.ready[j] = False

    def window(self) -> Ints:
        """The tasks that may be placed next, most pressing first."""
        found = np.flatnonzero(self.ready)
        return found[np.argsort(self.urgency[found], kind="stable")]

    def arrive_s(self, tasks: Ints) -> Floats:
        """[R, n]: when each robot would be at the first visit of each task; inf where it must not or cannot."""
        found = self.clock.arrive_s(tasks, self.ready_s[tasks])
        found[~self.fits[:, tasks]] = np.inf
        if self._members:
            for column in np.flatnonzero(self.tables.tied[tasks]).tolist():
                found[list(self._members.get(self.tables.tasks[tasks[column]].apart, ())), column] = np.inf
        return found

    def offers_s(self, tasks: Ints) -> Floats:
        """[R, n]: `arrive_s` less the tasks' head starts, plus what a change of robot must gain; FORBIDDEN_S for inf."""
        if len(self.fits) * len(tasks) < COMPILED_PAIRS_MIN:
            found = self.arrive_s(tasks) - self.tables.head_start_s[tasks][None, :] + switch_s(self.tables, tasks)
            return np.where(np.isinf(found), FORBIDDEN_S, found)
        from fleet.planning.facts import facts_of, offers_s

        if self._facts is None:
            self._facts = facts_of(self.tables, self.fits)
        found = offers_s(self._facts, self.clock, tasks, self.ready_s, FORBIDDEN_S)
        for column in np.flatnonzero(self.tables.tied[tasks]).tolist() if self._members else ():
            found[list(self._members.get(self.tables.tasks[tasks[column]].apart, ())), column] = FORBIDDEN_S
        return found

    def arrive_of(self, robot: int, tasks: Ints) -> Floats:
        """[n]: the same for one robot."""
        found = self.clock.arrive_of(robot, tasks, self.ready_s[tasks])
        found[~self.fits[robot, tasks]] = np.inf
        if self._members:
            for column in np.flatnonzero(self.tables.tied[tasks]).tolist():
                if robot in self._members.get(self.tables.tasks[tasks[column]].apart, ()):
                    found[column] = np.inf
        return found

    def leg(self, robot: int, task: int) -> Leg | None:
        """The task as this robot's next one, or None."""
        group = self.tables.tasks[task].apart
        if not self.fits[robot, task] or (group and robot in self._members.get(group, ())):
            return None
        return self.clock.leg(robot, task, float(self.ready_s[task]))

    def place(self, robot: int, task: int, leg: Leg) -> None:
        self.clock.take(robot, task, leg)
        self.routes[robot].append(task)
        self.robot_of[task] = robot
        self.ready[task] = False
        if not self.tables.tied[task]:
            return
        group = self.tables.tasks[task].apart
        if group:
            self._members[group].add(robot)
        for follower in self._followers[task]:
            self._open[follower] -= 1
            self.ready_s[follower] = max(self.ready_s[follower], leg.end_s)
            self.ready[follower] = self._open[follower] == 0

    def place_many(self, robots: Ints, tasks: Ints) -> int:
        """One task for each of different robots; those that don't fit after all are passed over. How many were placed."""
        simple = ~self.tables.tied[tasks] & ~self.clock.watched[robots]
        self.clock.take_many(robots[simple], tasks[simple], self.ready_s[tasks[simple]])
        for robot, task in zip(robots[simple].tolist(), tasks[simple].tolist(), strict=True):
            self.routes[robot].append(task)
        self.robot_of[tasks[simple]] = robots[simple]
        self.ready[tasks[simple]] = False
        placed = int(simple.sum())
        for robot, task in zip(robots[~simple].tolist(), tasks[~simple].tolist(), strict=True):
            # checked again: two tasks of one group may come in the same call
            leg = self.leg(robot, task)
            if leg is not None:
                self.place(robot, task, leg)
                placed += 1
        return placed

    def drop(self, tasks: Ints) -> None:
        """Leaves the tasks (and so what waits for them) out."""
        self.ready[tasks] = False
