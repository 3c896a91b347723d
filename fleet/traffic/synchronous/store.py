"""Cost-to-go rows of many goals in one bounded block of memory, least recently used out first.

A row belongs to (goal, epoch of the weights). Robots with the same goal share a row. A row a few epochs old is still handed
out (`stale_max`): it only knows less about the jam of the last seconds.
"""

from __future__ import annotations

from collections import OrderedDict

import numpy as np

from fleet.contracts.errors import InvalidInput
from fleet.traffic.csr import Int32, RoadArrays
from fleet.traffic.fields import FAR, dial, ring_mask
from fleet.traffic.jit import njit
from fleet.traffic.synchronous.state import FAR16, I32, U16


@njit
def fill(in_ptr: I32, in_edge: I32, in_tail: I32, weights: I32, goals: I32, rows: I32, out: U16, shift: I32) -> None:
    """`field` for each goal into `out[row]`, uint16, halved until the farthest node fits."""
    n = in_ptr.shape[0] - 1
    first = np.empty(ring_mask(weights) + 1, np.int32)
    item = np.empty(in_edge.shape[0] + 1, np.int32)
    after = np.empty(in_edge.shape[0] + 1, np.int32)
    cost = np.empty(n, np.int32)
    for g in range(goals.shape[0]):
        farthest = dial(in_ptr, in_edge, in_tail, weights, goals[g], cost, first, item, after)
        s = 0
        while (farthest >> s) >= FAR16:
            s += 1
        shift[rows[g]] = s
        for v in range(n):
            out[rows[g], v] = FAR16 if cost[v] == FAR else cost[v] >> s


class FieldStore:
    """`fields` uint16[capacity, V], `shift` int32[capacity]. Raises InvalidInput for a capacity below one row."""

    def __init__(self, roads: RoadArrays, capacity: int, *, stale_max: int = 3) -> None:
        if capacity < 1:
            raise InvalidInput(f"room for {capacity} rows", field="capacity", fix="give each robot's goal a row")
        self._roads = roads
        self._stale_max = stale_max
        self.fields: U16 = np.empty((capacity, roads.n_nodes), np.uint16)
        self.shift: I32 = np.zeros(capacity, np.int32)
        self._row: dict[int, int] = {}
        self._epoch: dict[int, int] = {}
        self._users: dict[int, int] = {}
        self._idle: OrderedDict[int, None] = OrderedDict()
        self._free = list(range(capacity))[::-1]
        self.made = 0

    def take(self, goals: list[int], weights: Int32, epoch: int) -> I32:
        """One robot more for each of `goals`: their rows, made now where there is none fresh enough."""
        missing: dict[int, None] = {}
        for goal in goals:
            self._idle.pop(goal, None)
            users = self._users.get(goal, 0)
            self._users[goal] = users + 1
            if goal not in self._row:
                self._row[goal] = self._room()
                missing[goal] = None
            elif goal not in missing and epoch - self._epoch[goal] > self._stale_max:
                missing[goal] = None
        self._make(list(missing), weights, epoch)
        return np.array([self._row[goal] for goal in goals], np.int32)

    def give_back(self, goals: list[int]) -> None:
        """One robot less for each of `goals`; the row stays until room is needed."""
        for goal in goals:
            self._users[goal] -= 1
            if self._users[goal] == 0:
                del self._users[goal]
                self._idle[goal] = None

    def refresh(self, goals: list[int], weights: Int32, epoch: int, *, age_min: int, most: int) -> int:
        """Makes the rows of those `goals` anew that are at least `age_min` epochs old, `most` at a time; answers how many."""
        old = [g for g in dict.fromkeys(goals) if epoch - self._epoch[g] >= age_min][:most]
        self._make(old, weights, epoch)
        return len(old)

    def _make(self, goals: list[int], weights: Int32, epoch: int) -> None:
        if not goals:
            return
        r = self._roads
        rows = np.array([self._row[goal] for goal in goals], np.int32)
        at = np.array(goals, np.int32)
        fill(r.in_ptr, r.in_edge, r.in_tail, weights, at, rows, self.fields, self.shift)
        self.made += len(goals)
        for goal in goals:
            self._epoch[goal] = epoch

    def _room(self) -> int:
        if self._free:
            return self._free.pop()
        if not self._idle:
            raise InvalidInput("every row is in use", field="capacity", fix="as many rows as robots are needed")
        goal, _ = self._idle.popitem(last=False)
        del self._epoch[goal]
        return self._row.pop(goal)
