"""Which robot begins which of the tasks that wait for it: looked at for the robots and tasks that something has happened to."""

from __future__ import annotations

from collections.abc import Iterable

from edge_node.core.authority import Authority
from edge_node.core.context import Context
from edge_node.core.master import Master
from edge_node.core.unit import Unit
from edge_node.core.work import Work
from fleet.contracts.resources import AnyResource, Desired, Kind, Phase, TaskSpec


class Dispatch:
    def __init__(self, ctx: Context, master: Master, work: Work, authority: Authority) -> None:
        self._ctx = ctx
        self._master = master
        self._work = work
        self._authority = authority

    def look(self, robots: Iterable[str], now: float) -> None:
        """Give each of these robots, if it is free, the next of its tasks that may begin; and look at tasks that have changed."""
        queues = self._work.queues
        names = dict.fromkeys(robots)
        for name in queues.take_stirred():
            task = self._work.task(name)
            if self._may_begin(task, now) and task.spec.assignment is not None:
                names[task.spec.assignment.robot] = None
        for robot in names:
            unit = self._ctx.units.get(robot)
            if unit is not None and not unit.task:
                self._one(unit, queues.of(robot), now)

    def _one(self, unit: Unit, names: list[str], now: float) -> None:
        if not names or not self._work.free(unit):
            return
        tasks = [t for n in names if self._may_begin(t := self._work.task(n), now) and self._may_do(unit, t)]
        if not tasks:
            return
        if unit.leg is not None:
            self._make_free(unit, now)
        if unit.leg is None:
            self._work.begin(unit, min(tasks, key=_turn), now)

    def _may_begin(self, task: AnyResource, now: float) -> bool:
        """Wished for, its time has come, and what it waits for is done. One that waits for what failed, fails."""
        name = task.metadata.name
        if self._work.desired(task) is not Desired.RUN or self._authority.over(task, now) is not None:
            return False
        for before in task.spec.after:
            other = self._ctx.resources[Kind.TASK].get(before)
            if other is None or not other.status.phase.ended:
                return False
            if other.status.phase is not Phase.DONE:
                self._work.finish(name, Phase.FAILED, f"it waits for {before}, which was {other.status.phase}", now)
                return False
        return task.spec.not_before_at is None or now >= task.spec.not_before_at

    def _may_do(self, unit: Unit, task: AnyResource) -> bool:
        action = task.spec.action
        if unit.wants_charge and action not in ("charge", "park"):
            return False
        return action != "transport" or not unit.load_ids

    def _make_free(self, unit: Unit, now: float) -> None:
        """It is on its way to park: let that end at the next node."""
        leg = unit.leg
        assert leg is not None
        if not leg.shortened and not leg.cancelling and not (leg.complete and leg.action is not None):
            self._master.shorten(unit, now)


def _turn(task: AnyResource) -> tuple[int, float, str]:
    spec: TaskSpec = task.spec
    assert spec.assignment is not None
    return spec.assignment.rank, spec.created_at, task.metadata.name
