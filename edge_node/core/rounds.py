"""After anything has changed: tasks begin, nodes are released, orders go out, statuses follow.

A message of one robot is followed by a look at that robot and at those that its message let go on; all robots are looked at with
each tick. So the cost of a message does not grow with the site (openTCS, OpenFMS and others scan the fleet with each).
"""

from __future__ import annotations

from collections.abc import Iterable

from edge_node.core.attempts import Attempts
from edge_node.core.context import Context
from edge_node.core.dispatch import Dispatch
from edge_node.core.idle import Idle
from edge_node.core.master import Master
from edge_node.core.missions import Missions
from edge_node.core.plans import Plans
from edge_node.core.twins import Twins
from edge_node.core.unit import Unit
from edge_node.core.work import Work

#: Rounds of "a leg ended, so another begins" within one call.
ROUNDS_MAX = 10
#: Without any change, traffic is asked this often, seconds.
STEP_AGAIN_S = 1.0
#: Tasks that wait, and robots that nobody wants anything of, are looked at this often, seconds.
LOOK_AGAIN_S = 0.5


class Rounds:
    """`go` after each change; `ctx.touched` names the robots that it was about."""

    def __init__(
        self,
        ctx: Context,
        master: Master,
        work: Work,
        dispatch: Dispatch,
        idle: Idle,
        plans: Plans,
        attempts: Attempts,
        twins: Twins,
        missions: Missions,
    ) -> None:
        self._ctx = ctx
        self._master = master
        self._work = work
        self._dispatch = dispatch
        self._idle = idle
        self._plans = plans
        self._attempts = attempts
        self._twins = twins
        self._missions = missions
        self._stepped_at = self._looked_at = float("-inf")
        self._stepped_version = -1

    def tick(self, now: float) -> list[str]:
        """All robots; and now and then what idle ones do. Answers as `go`."""
        due = now - self._looked_at >= LOOK_AGAIN_S
        if due:
            self._looked_at = now
            self._work.queues.stir_all()
            self._ctx.touch_all()
        else:
            for unit in self._ctx.units.values():
                if unit.task and unit.leg is None:
                    self._ctx.touched[unit.name] = None
        if self._ctx.traffic is not None:
            self._settle(now)
            if due:
                self._idle.look_after(now)
                self._release(now)
        return self._follow(self._ctx.units.values(), now)

    def go(self, now: float) -> list[str]:
        """For the robots and tasks that have been touched. Answers tasks that are to be deleted now."""
        if self._ctx.traffic is not None:
            self._settle(now)
        return self._follow([u for n in self._ctx.touched if (u := self._ctx.units.get(n)) is not None], now)

    def _settle(self, now: float) -> None:
        self._plans.look(now)
        looked: list[str] = list(self._ctx.touched)
        for _ in range(ROUNDS_MAX):
            for name in looked:
                unit = self._ctx.units.get(name)
                if unit is not None:
                    self._work.tick(unit, now)
                    self._master.flush(unit, now)  # what was released while it was paused, or could take no order
            self._dispatch.look(looked, now)
            looked = self._release(now)
            if not looked:
                return

    def _follow(self, units: Iterable[Unit], now: float) -> list[str]:
        gone = self._attempts.settle(now)
        self._twins.update(units, now)
        self._missions.update(now)
        self._ctx.touched.clear()
        return gone

    def _release(self, now: float) -> list[str]:
        """Traffic's turn. Names of the robots that were released something."""
        traffic = self._ctx.traffic
        assert traffic is not None
        for name in self._ctx.touched:
            unit = self._ctx.units.get(name)
            if unit is not None:
                self._idle.show_yields(unit, now)
        if traffic.version == self._stepped_version and now - self._stepped_at < STEP_AGAIN_S:
            return []  # nothing that was denied could be granted now
        releases = traffic.step(now)
        self._stepped_version, self._stepped_at = traffic.version, now
        for release in releases:
            unit = self._ctx.units[release.robot]
            self._ctx.touched[unit.name] = None
            if unit.leg is not None:
                self._master.released(unit, release, now)
            else:
                self._idle.step_aside(unit, now)
        return [release.robot for release in releases]
