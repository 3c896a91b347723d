"""Cost-to-go of the goals that robots have, one row a goal, bounded; rows know under which weights they were made."""

from __future__ import annotations

from collections import OrderedDict

import numpy as np

from fleet.traffic import fields
from fleet.traffic.csr import RoadArrays
from fleet.traffic.state import I32

#: Rows beyond those that robots use now.
SPARE_ROWS = 64


class FieldCache:
    """`rows` int32[n, V]. A row in use is never dropped; of the others the one that was let go first makes room."""

    def __init__(self, roads: RoadArrays) -> None:
        self._roads = roads
        self.rows: I32 = np.zeros((SPARE_ROWS, max(1, roads.n_nodes)), np.int32)
        self._row_of: dict[int, int] = {}
        self._users: dict[int, int] = {}
        self._idle: OrderedDict[int, None] = OrderedDict()  # goals nobody has now, the oldest first
        self._free = list(range(SPARE_ROWS))[::-1]
        self._epoch_of: dict[int, int] = {}
        self.epoch = 0
        self.made = 0

    def use(self, goal: int, weights: I32) -> int:
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

    def release(self, goal: int) -> None:
        """One robot less uses it."""
        left = self._users[goal] - 1
        self._users[goal] = left
        if left == 0:
            del self._users[goal]
            self._idle[goal] = None

    def refresh(self, goal: int, weights: I32) -> bool:
        """Makes the row anew if the weights have changed since; whether it did."""
        if self._epoch_of[goal] == self.epoch:
            return False
        roads = self._roads
        fields.field(roads.in_ptr, roads.in_edge, roads.in_tail, weights, goal, self.rows[self._row_of[goal]])
        self._epoch_of[goal] = self.epoch
        self.made += 1
        return True

    def age(self, goal: int) -> int:
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
