"""Cost-to-go of the goals that robots have, one row a goal, bounded; rows know under which weights they were made."""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

import numpy as np

from fleet.traffic import fields
from fleet.traffic.csr import RoadArrays
from fleet.traffic.state import AVOIDED, I32, UNREACHABLE

NOWHERE: frozenset[int] = frozenset()


class Aim(NamedTuple):
    """A goal node, and nodes not to be entered on the way there."""

    goal: int
    avoid: frozenset[int] = NOWHERE


#: Rows beyond those that robots use now.
SPARE_ROWS = 64


class FieldCache:
    """`rows` int32[n, V]. A row in use is never dropped; of the others the one that was let go first makes room."""

    def __init__(self, roads: RoadArrays) -> None:
        self._roads = roads
        self.rows: I32 = np.zeros((SPARE_ROWS, max(1, roads.n_nodes)), np.int32)
        self._row_of: dict[Aim, int] = {}
        self._users: dict[Aim, int] = {}
        self._idle: OrderedDict[Aim, None] = OrderedDict()  # goals nobody has now, the oldest first
        self._free = list(range(SPARE_ROWS))[::-1]
        self._epoch_of: dict[Aim, int] = {}
        self.epoch = 0
        self.made = 0

    def use(self, goal: Aim, weights: I32) -> int:
        """The goal's row, up to date; one more robot uses it."""
        row = self._row_of.get(goal)
        if row is None:
            row = self._take()
            self._row_of[goal] = row
            self._epoch_of[goal] = -1
        self._idle.pop(goal, None)
        self._users[goal] = self._users.get(goal, 0) + 1
        self.refresh(goal, weights)
        return row

    def release(self, goal: Aim) -> None:
        """One robot less uses it."""
        left = self._users[goal] - 1
        self._users[goal] = left
        if left == 0:
            del self._users[goal]
            self._idle[goal] = None

    def refresh(self, goal: Aim, weights: I32) -> bool:
        """Makes the row anew if the weights have changed since; whether it did."""
        if self._epoch_of[goal] == self.epoch:
            return False
        roads, row = self._roads, self.rows[self._row_of[goal]]
        if goal.avoid:
            avoided = np.fromiter(goal.avoid, np.int64)
            entering = np.isin(roads.head, avoided) & ~np.isin(roads.tail, avoided)
            weights = np.where(entering, np.int32(-1), weights)
            fields.field(roads.in_ptr, roads.in_edge, roads.in_tail, weights, goal.goal, row)
            row[avoided[row[avoided] < UNREACHABLE]] += AVOIDED  # it may be inside and has to get out
        else:
            fields.field(roads.in_ptr, roads.in_edge, roads.in_tail, weights, goal.goal, row)
        self._epoch_of[goal] = self.epoch
        self.made += 1
        return True

    def age(self, goal: Aim) -> int:
        """How many changes of the weights the row has missed."""
        return self.epoch - self._epoch_of[goal]

    def _take(self) -> int:
        if self._free:
            return self._free.pop()
        if len(self._idle) > SPARE_ROWS // 2:
            goal, _ = self._idle.popitem(last=False)
            self._epoch_of.pop(goal)
            return self._row_of.pop(goal)
        n = len(self.rows)
        grown = np.zeros((2 * n, self.rows.shape[1]), np.int32)
        grown[:n] = self.rows
        self.rows = grown
        self._free = list(range(n, 2 * n))[::-1]
        return self._free.pop()
