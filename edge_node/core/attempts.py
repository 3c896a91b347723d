"""Attempts that the cloud takes back: revoked, moved to another edge node, or granted anew under a higher fence.

Whatever the order in which the words come (a Revoke on one stream, a delete or a new grant on another), first nothing of the
old attempt moves any more, then it is answered, and only then what came in its place begins.
"""

from __future__ import annotations

from msgspec.structs import asdict

from edge_node.core.authority import REVOKED_VALUE, Authority
from edge_node.core.context import Context
from edge_node.core.work import Work
from fleet.contracts.resources import AnyResource, Kind, Phase, TaskStatus
from fleet.contracts.wire import Revoke

#: Name of the durable mark of a task that goes when its robot stands.
DELETED_VALUE = "deleted."
#: When a robot does not stand so long after a Revoke, the cloud is told that nobody knows; the true answer follows, seconds.
UNANSWERED_S = 180.0


class Attempts:
    def __init__(self, ctx: Context, work: Work, authority: Authority) -> None:
        self._ctx = ctx
        self._work = work
        self._authority = authority
        self._deleted: set[str] = set()
        self._since: dict[str, float] = {}  # since when an attempt is being given up
        self._unclear: set[str] = set()  # of these the cloud was told that nobody knows

    def restore(self) -> None:
        self._deleted = {k.removeprefix(DELETED_VALUE) for k in self._ctx.values if k.startswith(DELETED_VALUE)}

    def revoke(self, revoke: Revoke, now: float) -> None:
        """Close its fence, and bring it to an end."""
        if self._authority.revoke(revoke, now):
            self._work.wish_changed(revoke.task, now)

    def deleted(self, task: AnyResource, now: float) -> None:
        """The cloud deletes a task that is in hand (it was moved): the same as a Revoke, and then it goes."""
        name = task.metadata.name
        self._deleted.add(name)
        self._ctx.put_value(f"{DELETED_VALUE}{name}", "1")
        if name not in self._ctx.revoked:
            self.revoke(Revoke(task=name, fence=task.spec.fence, reason="deleted by the cloud"), now)

    def forget(self, task: AnyResource) -> None:
        """A task is deleted: what became of it is remembered, for a Revoke that comes behind."""
        self._keep(task.metadata.name)
        if task.spec.fence:
            self._authority.remember(task)

    def _keep(self, name: str) -> None:
        self._deleted.discard(name)
        self._ctx.put_value(f"{DELETED_VALUE}{name}", "")

    def replaced(self, name: str, fence: int, now: float) -> None:
        """The cloud grants the task anew; `fence` was the attempt before."""
        self._keep(name)
        status = self._ctx.get(Kind.TASK, name).status
        if status.phase is Phase.DONE:
            return  # the cloud did not know yet: what was done is never done again, and its report says under which fence
        if status.phase.ended or not self._work.in_hand(name):
            self._ctx.put_status(Kind.TASK, name, **asdict(TaskStatus()))
        elif name not in self._ctx.revoked:
            self._ctx.revoked[name] = fence
            self._ctx.put_value(f"{REVOKED_VALUE}{name}", str(fence))
            self._work.wish_changed(name, now)

    def settle(self, now: float) -> list[str]:
        """Answer for attempts that have ended, begin what came in their place; names of tasks that are to be deleted now."""
        for name in self._ctx.revoked:
            since = self._since.setdefault(name, now)
            if now - since >= UNANSWERED_S and name not in self._unclear:
                self._unclear.add(name)
                self._authority.unclear(name)
        ended = [n for n in self._ctx.revoked if (t := self._ctx.resources[Kind.TASK].get(n)) is None or t.status.phase.ended]
        if not ended:
            return []
        fences = dict(self._ctx.revoked)
        self._authority.settle()
        gone: list[str] = []
        for name in ended:
            self._since.pop(name, None)
            self._unclear.discard(name)
            task = self._ctx.resources[Kind.TASK].get(name)
            if task is not None and task.spec.fence > fences[name] and task.status.phase is not Phase.DONE:
                self._ctx.put_status(Kind.TASK, name, **asdict(TaskStatus()))
                self._work.load(self._ctx.get(Kind.TASK, name), now)
            elif task is not None and name in self._deleted:
                gone.append(name)
        return gone
