"""Attempts that the cloud takes back: revoked, moved to another edge node, or granted anew under a higher fence.

Whatever the order in which the words come (a Revoke on one stream, a delete or a new grant on another), first nothing of the
old attempt moves any more, then it is answered, and only then what came in its place begins.
"""

from __future__ import annotations

from msgspec.structs import asdict

from edge_node.core.authority import REVOKED_VALUE, Authority
from edge_node.core.context import Context
from edge_node.core.work import Work
from fleet.contracts.resources import AnyResource, Kind, TaskStatus
from fleet.contracts.wire import Revoke


class Attempts:
    def __init__(self, ctx: Context, work: Work, authority: Authority) -> None:
        self._ctx = ctx
        self._work = work
        self._authority = authority
        self._deleted: set[str] = set()

    def revoke(self, revoke: Revoke, now: float) -> None:
        """Close its fence, and bring it to an end."""
        if self._authority.revoke(revoke, now):
            self._work.wish_changed(revoke.task, now)

    def deleted(self, task: AnyResource, now: float) -> None:
        """The cloud deletes a task that is in hand (it was moved): the same as a Revoke, and then it goes."""
        name = task.metadata.name
        self._deleted.add(name)
        if name not in self._ctx.revoked:
            self.revoke(Revoke(task=name, fence=task.spec.fence, reason="deleted by the cloud"), now)

    def replaced(self, name: str, fence: int, now: float) -> None:
        """The cloud grants the task anew; `fence` was the attempt before."""
        status = self._ctx.get(Kind.TASK, name).status
        if status.phase.ended or not self._work.in_hand(name):
            self._ctx.put_status(Kind.TASK, name, **asdict(TaskStatus()))
        elif name not in self._ctx.revoked:
            self._ctx.revoked[name] = fence
            self._ctx.put_value(f"{REVOKED_VALUE}{name}", str(fence))
            self._work.wish_changed(name, now)

    def settle(self, now: float) -> list[str]:
        """Answer for attempts that have ended, begin what came in their place; names of tasks that are to be deleted now."""
        ended = [n for n in self._ctx.revoked if (t := self._ctx.resources[Kind.TASK].get(n)) is None or t.status.phase.ended]
        if not ended:
            return []
        fences = dict(self._ctx.revoked)
        self._authority.settle()
        gone: list[str] = []
        for name in ended:
            task = self._ctx.resources[Kind.TASK].get(name)
            if task is not None and task.spec.fence > fences[name]:
                self._ctx.put_status(Kind.TASK, name, **asdict(TaskStatus()))
                self._work.load(self._ctx.get(Kind.TASK, name), now)
            elif task is not None and name in self._deleted:
                self._deleted.discard(name)
                gone.append(name)
        return gone
