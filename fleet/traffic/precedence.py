"""Ageing: the robot that has waited longest gets the way cleared, so that every robot is served in bounded time.

While one robot has precedence, nobody who is not already in its way may take what it needs; those in its way
(and those in the way of these) drain: they go on to their goals if they can, else they retreat towards home. All of
them can, since the state is safe. When they are out of the way the robot runs, and the next in age follows.
"""

from __future__ import annotations

from dataclasses import replace

from fleet.traffic.movers import Fleet, Mover
from fleet.traffic.runs import Runs
from fleet.traffic.safety import Claim, judge

#: Seconds that a robot waits before it may get precedence when nobody in its way is at work; and before it may in any case.
PRECEDENCE_AFTER_S = 40.0
PRECEDENCE_DESPITE_WORK_AFTER_S = 240.0
#: Longest time that one robot keeps precedence, seconds; then the next in age has its turn.
PRECEDENCE_S_MAX = 300.0
#: A robot in the way retreats when it has not moved for so long; after DRAIN_STRICT_S all in the way retreat, seconds.
RETREAT_AFTER_S = 10.0
DRAIN_STRICT_S = 90.0


class Precedence:
    """Who has precedence, and what that keeps others from."""

    def __init__(self, fleet: Fleet, runs: Runs) -> None:
        self._fleet = fleet
        self._runs = runs
        self.holder: str | None = None
        self.since = 0.0
        #: robots in the holder's way, which may go on
        self.draining: frozenset[str] = frozenset()
        #: resources kept free for the holder and for those who drain
        self._reserved = 0

    def update(self, now: float, claims: dict[str, Claim]) -> list[Mover]:
        """Choose the holder and who drains. Answers the robots that change between goal and retreat."""
        before = {mover.name for mover in self._fleet if mover.retreating}
        holder = self._keep_or_choose(now)
        wanted = self._drain(holder, now, claims) if holder is not None else set()
        changed = []
        for mover in self._fleet:
            if (mover.name in wanted) != (mover.name in before):
                mover.retreating = mover.name in wanted
                changed.append(mover)
        return changed

    def keeps_out(self, mover: Mover, bits: int) -> bool:
        """Whether these resources are kept free from this robot."""
        if self.holder is None or mover.name == self.holder or mover.name in self.draining:
            return False
        return any(closure & self._reserved for closure in self._fleet.closures(bits, mover.footprint))

    def forget(self, name: str) -> None:
        """The robot is gone, or has another goal."""
        if self.holder == name:
            self._release()

    def _release(self) -> None:
        self.holder = None
        self.draining = frozenset()
        self._reserved = 0

    def _keep_or_choose(self, now: float) -> Mover | None:
        if self.holder is not None:
            holder = self._fleet.get(self.holder)
            if self._may_hold(holder) and now - self.since < PRECEDENCE_S_MAX:
                return holder
            if now - self.since >= PRECEDENCE_S_MAX:
                holder.asked_at = now
            self._release()
        waiting = [m for m in self._fleet if m.waiting_since is not None and now - m.waiting_since >= PRECEDENCE_AFTER_S]
        for mover in sorted(waiting, key=lambda m: (m.asked_at, m.name)):
            if self._may_hold(mover) and self._in_turn(mover, now):
                self.holder, self.since = mover.name, now
                return mover
        return None

    def _may_hold(self, mover: Mover) -> bool:
        """It wants to move, and no stalled robot, closure or robot's own home stands in its way."""
        if not mover.seeks_goal or mover.stalled or not mover.run.way:
            return False
        for_ever = self._fleet.obstacles(mover)
        for other in self._fleet:
            if other is not mover:
                for_ever |= self._fleet.node_closures(other.home, other.footprint)[mover.footprint]
        return not self._roads_bits(mover) & for_ever

    def _in_turn(self, mover: Mover, now: float) -> bool:
        if now - mover.asked_at >= PRECEDENCE_DESPITE_WORK_AFTER_S:
            return True
        in_way, _, _ = self._in_the_way(mover)
        return not any(self._fleet.get(name).busy for name in in_way)

    def _drain(self, holder: Mover, now: float, claims: dict[str, Claim]) -> set[str]:
        """Who must retreat."""
        in_way, self._reserved, blocks_them = self._in_the_way(holder)
        self.draining = frozenset(in_way)
        strict = now - self.since >= DRAIN_STRICT_S
        retreating = set()
        for name in in_way:
            mover = self._fleet.get(name)
            stuck = not mover.base and (strict or now - mover.moved_at >= RETREAT_AFTER_S)
            # who retreats goes on retreating until it is out of the way: else it would turn back at once
            if mover.seeks_goal_at_last and (mover.retreating or stuck):
                retreating.add(name)
        if blocks_them and (holder.retreating or not holder.base) and not self._drains_around(holder, in_way, claims):
            retreating.add(holder.name)
        return retreating

    def _in_the_way(self, holder: Mover) -> tuple[list[str], int, bool]:
        """Robots that hold what the holder needs, or what these need to go home; all that they need; and whether
        the holder itself stands in their way."""
        reserved = need = self._roads_bits(holder)
        found: list[str] = []
        blocks_them = False
        needs = [(holder, need)]
        while needs:
            mover, need = needs.pop()
            blocks_them = blocks_them or (mover is not holder and bool(holder.closures[mover.footprint] & need))
            for name in self._fleet.holders(mover, need):
                other = self._fleet.get(name)
                if name in found or other is holder or other.stalled:
                    continue
                found.append(name)
                way_home = self._runs.home_bits(other, other.end) or 0
                reserved |= way_home
                needs.append((other, way_home))
        return found, reserved, blocks_them

    def _drains_around(self, holder: Mover, in_way: list[str], claims: dict[str, Claim]) -> bool:
        """Whether all of them can go home while the holder stands where it is."""
        homeward = {
            name: replace(claim, seeks_goal=False, run=(self._runs.home_bits(self._fleet.get(name), claim.end) or 0))
            for name, claim in claims.items()
        }
        homeward[holder.name] = replace(homeward[holder.name], stays=True)
        verdict = judge(self._fleet.roads, homeward, self._runs.closed)
        return verdict.homes >= set(in_way)

    def _roads_bits(self, mover: Mover) -> int:
        """What it needs to its goal and then home: with that free, it is released all the way."""
        if not mover.retreating or mover.goal is None:
            return mover.run.masks[0]
        way = self._runs.way(mover, mover.goal, self._fleet.obstacles(mover)) or ()
        return self._runs.run_of(mover, way).masks[0]
