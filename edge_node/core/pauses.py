"""startPause and stopPause: what is wanted of each robot against what it shows, until both agree."""

from __future__ import annotations

from edge_node.core.authority import Authority
from edge_node.core.context import Context
from edge_node.core.instants import Instants
from edge_node.core.unit import Unit
from edge_node.core.work import Work
from fleet.contracts.resources import Desired, Kind, OnDisconnect

#: A robot that does not show the pause is told again after so long, seconds.
TELL_AGAIN_S = 3.0


class Pauses:
    """A pause that the robot's own button set is never undone by itself, only by `resume` of that robot."""

    def __init__(self, ctx: Context, instants: Instants, work: Work, authority: Authority) -> None:
        self._ctx = ctx
        self._authority = authority
        self._instants = instants
        self._work = work

    def wanted(self, unit: Unit, now: float) -> bool:
        if self._ctx.stopped or unit.spec.paused:
            return True
        task = self._ctx.resources[Kind.TASK].get(unit.task) if unit.task else None
        if task is None:
            return False
        over = self._authority.over(task, now) is OnDisconnect.STOP_NOW
        return over or self._work.desired(task) is Desired.PAUSE

    def reconcile(self, unit: Unit, now: float) -> None:
        if unit.state is None or not self._ctx.link:
            return
        if self.wanted(unit, now):
            self._pause(unit, now)
        elif unit.pause_ours:
            self._go_on(unit, now)

    def _pause(self, unit: Unit, now: float) -> None:
        shown = unit.state is not None and unit.state.paused is not False
        if unit.pause_ours and not unit.resume_sent and (shown or now - unit.pause_sent_at < TELL_AGAIN_S):
            return
        self._drop(unit, "stopPause")
        self._ours(unit, True)
        unit.pause_sent_at, unit.resume_sent = now, False
        self._instants.send(unit, "startPause", now)

    def _go_on(self, unit: Unit, now: float) -> None:
        """Ours until the robot has answered stopPause and shows no pause."""
        assert unit.state is not None
        if not unit.resume_sent or (unit.state.paused and now - unit.pause_sent_at >= TELL_AGAIN_S):
            self._drop(unit, "startPause")
            unit.pause_sent_at, unit.resume_sent = now, True
            self._instants.send(unit, "stopPause", now)
            return
        pending = any(i.action.action_type == "stopPause" for i in unit.instants.values())
        if not pending and not unit.state.paused:
            unit.resume_sent = False
            self._ours(unit, False)

    def _drop(self, unit: Unit, action_type: str) -> None:
        """The opposite wish must not be sent again behind this one."""
        for action_id, instant in list(unit.instants.items()):
            if instant.action.action_type == action_type:
                del unit.instants[action_id]

    def _ours(self, unit: Unit, ours: bool) -> None:
        if unit.pause_ours != ours:
            unit.pause_ours, unit.status_dirty = ours, True
        self._ctx.put_value(f"paused.{unit.name}", "1" if ours else "")
