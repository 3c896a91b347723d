"""The book of tasks that wait: who waits for which robot, who waits for whom, and which of them must be looked at again.

A message of one robot must not cost a look at every task of the site; so each change of a task marks just what it touches.
"""

from __future__ import annotations

from edge_node.core.context import Context
from fleet.contracts.resources import AnyResource, Kind


class Queues:
    """`waiting`: names of tasks not begun and not ended; `seen_at`: since when. `follow` is told of each task that is put."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self.waiting: set[str] = set()
        self.seen_at: dict[str, float] = {}
        self._by_robot: dict[str, set[str]] = {}
        self._robot_of: dict[str, str] = {}
        self._after: dict[str, tuple[str, ...]] = {}
        self._followers: dict[str, set[str]] = {}
        self._stirred: dict[str, None] = {}
        ctx.task_put = self.follow

    def add(self, task: AnyResource, now: float) -> None:
        name = task.metadata.name
        self.waiting.add(name)
        self.seen_at.setdefault(name, now)
        self._unfollow(name)
        self._after[name] = task.spec.after
        for before in task.spec.after:
            self._followers.setdefault(before, set()).add(name)
        self.follow(name)

    def discard(self, name: str) -> None:
        """No longer waiting: begun, ended or gone."""
        self.waiting.discard(name)
        self.seen_at.pop(name, None)
        self._stirred.pop(name, None)
        self._leave(name)
        self._unfollow(name)

    def follow(self, name: str) -> None:
        """The task has changed: it stands in its robot's queue, and is looked at again; so is who waits for it."""
        for follower in sorted(self._followers.get(name, ())):
            self._stirred[follower] = None
        if name not in self.waiting:
            return
        task = self._ctx.resources[Kind.TASK].get(name)
        given = task.spec.assignment if task is not None else None
        robot = given.robot if given is not None else ""
        if robot != self._robot_of.get(name, ""):
            self._leave(name)
            if robot:
                self._robot_of[name] = robot
                self._by_robot.setdefault(robot, set()).add(name)
        self._stirred[name] = None

    def stir_all(self) -> None:
        """Time has passed: every task that waits is looked at."""
        self._stirred = dict.fromkeys(sorted(self.waiting))

    def take_stirred(self) -> list[str]:
        """Tasks to look at again, each once."""
        found, self._stirred = [n for n in self._stirred if n in self.waiting], {}
        return found

    def of(self, robot: str) -> list[str]:
        """Tasks that wait for this robot, by name."""
        return sorted(self._by_robot.get(robot, ()))

    def _leave(self, name: str) -> None:
        robot = self._robot_of.pop(name, "")
        queue = self._by_robot.get(robot)
        if queue is not None:
            queue.discard(name)
            if not queue:
                del self._by_robot[robot]

    def _unfollow(self, name: str) -> None:
        for before in self._after.pop(name, ()):
            followers = self._followers.get(before)
            if followers is not None:
                followers.discard(name)
                if not followers:
                    del self._followers[before]
