"""The fence at the robot: an attempt that was replaced moves nothing here, whoever still believes in it (sync design, 6).

Two rules, each with its own key in one FenceGate:
- per task: the highest fence of each task that this robot was ever given. Fences of different tasks say nothing about each other:
  a lower one of *another* task is a task that was queued earlier. This is the rule that keeps a task from being done twice.
- per robot (key "robot", the `.h` part of the orderId): whose robot it is. When a robot is moved to another edge node, the old
  one may hold tasks that nobody replaced, so no task's fence would stop it. Once an order with `.h` was taken, a lower one, or
  one without, is refused. Fleets that never move robots between edge nodes on one broker need not send it.

The highest is raised by every well-formed order that is meant for this robot, also when it can't be taken now (the robot is
busy): that a newer attempt exists is true all the same, so the older one gets no further base. What was released to it is
driven to its end and no farther. Cancelling, pausing and stopping need no fence: they only ever make a robot stand.
"""

from __future__ import annotations

from collections.abc import Mapping

from fleet.authority.fences import NO_FENCE, FenceGate, StaleFence, task_key
from fleet.authority.order_ids import read_order_id

#: Tasks whose fence this robot remembers; beyond, the oldest share one floor (fleet/authority/fences.py).
TASKS_MAX = 4000
ROBOT_KEY = "robot"


class OrderGate:
    """`stored` is what `to_store` gave, part of the snapshot that is saved before the robot does anything."""

    def __init__(self, stored: Mapping[str, str] | None = None) -> None:
        """Raises InvalidInput for a damaged store."""
        self.to_store = dict(stored or {})
        self._gate = FenceGate(self.to_store, keys_max=TASKS_MAX)

    def admit(self, order_id: str) -> bool:
        """True when something new must be stored before this order has any effect. Raises StaleFence; then nothing changes."""
        found = read_order_id(order_id)
        keys = [(ROBOT_KEY, found.holder)]
        if found.task:
            keys.append((task_key(found.task), found.fence))
        for key, fence in keys:
            self._gate.check(key, fence)
        raised = [r for key, fence in keys if fence != NO_FENCE for r in self._gate.admit(key, fence)]
        for each in raised:
            if each.fence is None:
                self.to_store.pop(each.key, None)
            else:
                self.to_store[each.key] = str(each.fence)
        return bool(raised)


__all__ = ["ROBOT_KEY", "OrderGate", "StaleFence"]
