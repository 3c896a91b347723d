"""Ageing: the robot that has waited longest gets the way cleared, so that every robot is served in bounded time.

While one robot has precedence, nobody who is not already in its way may take what it needs; those in its way
(and those in the way of these) drain: they go on to their goals if they can, else they retreat towards home. All of
them can, since the state is safe. When they are out of the way the robot runs, and the next in age follows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

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
#: How many of the longest-waiting are looked at in one step.
CANDIDATES_MAX = 3


@dataclass(frozen=True, slots=True)
class Drain:
    """Who must move before the holder can run, in the order in which they can, and each one's way home."""

    ways: Mapping[str, int]
    reserved: int


class Precedence:
    """Who has precedence, and what that keeps others from."""

    def __init__(self, fleet: Fleet, runs: Runs) -> None:
        self._fleet = fleet
        self._runs = runs
        self.holder: str | None = None
        self.since = 0.0
        self.drain = Drain({}, 0)
        #: in the strict phase the only one that may move among those who drain
        self._leader: str | None = None
        self._drains: dict[str, tuple[int, Drain]] = {}

    def update(self, now: float, version: int, claims: Callable[[], dict[str, Claim]]) -> list[Mover]:
        """Choose the holder and who retreats. Answers the robots that turn back to their goals."""
        holder = self._keep_or_choose(now, version, claims)
        if holder is None:
            return self._turn_back(frozenset())
        self.drain = self._drain_for(holder, version, claims)
        strict = now - self.since >= DRAIN_STRICT_S
        self._lead(strict)
        for name, way in self.drain.ways.items():
            mover = self._fleet.get(name)
            stuck = not mover.base and now - mover.moved_at >= RETREAT_AFTER_S
            if mover.seeks_goal_at_last and (stuck or name == self._leader):
                self._send_home(mover, way, now)
        return self._turn_back(frozenset(self.drain.ways))

    def keeps_out(self, mover: Mover, bits: int) -> bool:
        """Whether these resources are kept free from this robot."""
        if self.holder is None:
            return False
        if self._leader is not None and mover.name != self._leader:
            leader = self._fleet.get(self._leader)
            if self._fleet.closures(bits, mover.footprint)[leader.footprint] & leader.run.masks[0]:
                return True
        if mover.name == self.holder or mover.name in self.drain.ways:
            return False
        return any(closure & self.drain.reserved for closure in self._fleet.closures(bits, mover.footprint))

    def forget(self, name: str) -> None:
        """The robot is gone, or has another goal."""
        self._drains.clear()
        if self._leader == name:
            self._leader = None
        if self.holder == name:
            self._release()

    def _release(self) -> None:
        self.holder = self._leader = None
        self.drain = Drain({}, 0)

    def _keep_or_choose(self, now: float, version: int, claims: Callable[[], dict[str, Claim]]) -> Mover | None:
        if self.holder is not None:
            holder = self._fleet.get(self.holder)
            if self._may_hold(holder) and now - self.since < PRECEDENCE_S_MAX:
                return holder
            if now - self.since >= PRECEDENCE_S_MAX:
                holder.asked_at = now
            self._release()
        waiting = [m for m in self._fleet if m.waiting_since is not None and now - m.waiting_since >= PRECEDENCE_AFTER_S]
        for mover in sorted(waiting, key=lambda m: (m.asked_at, m.name))[:CANDIDATES_MAX]:
            if self._may_hold(mover) and self._in_turn(mover, now, version, claims):
                self.holder, self.since = mover.name, now
                return mover
        return None

    def _may_hold(self, mover: Mover) -> bool:
        """It wants to move, and no stalled robot, closure or robot's own home stands in its way."""
        if not mover.seeks_goal_at_last or mover.stalled or not mover.run.way:
            return False
        for_ever = self._fleet.obstacles(mover)
        for other in self._fleet:
            if other is not mover:
                for_ever |= self._fleet.node_closures(other.home, other.footprint)[mover.footprint]
        return not self._need(mover) & for_ever

    def _in_turn(self, mover: Mover, now: float, version: int, claims: Callable[[], dict[str, Claim]]) -> bool:
        if now - mover.asked_at >= PRECEDENCE_DESPITE_WORK_AFTER_S:
            return True
        drain = self._drain_for(mover, version, claims)
        return not any(self._fleet.get(name).busy for name in drain.ways)

    def _drain_for(self, holder: Mover, version: int, claims: Callable[[], dict[str, Claim]]) -> Drain:
        """Those that hold what the holder needs, and those that hold what these need to go home, from the Banker's
        order of all going home: with the holder standing still if that is possible, else with it going home as well."""
        cached = self._drains.get(holder.name)
        if cached is not None and cached[0] == version:
            return cached[1]
        homeward = {name: self._homeward(claim) for name, claim in claims().items()}
        need = self._need(holder)
        pinned = judge(self._fleet.roads, homeward | {holder.name: replace(homeward[holder.name], stays=True)}, self._runs.closed)
        drain = self._closed_set(holder, need, pinned.ways)
        if drain is None:
            drain = self._closed_set(holder, need, judge(self._fleet.roads, homeward, self._runs.closed).ways)
        found = drain if drain is not None else Drain({}, need)
        self._drains[holder.name] = (version, found)
        return found

    def _closed_set(self, holder: Mover, need: int, ways: Mapping[str, int]) -> Drain | None:
        """None when someone in the way has no way home in this order."""
        members: set[str] = set()
        reserved = need
        needs = [(holder, need)]
        while needs:
            mover, need = needs.pop()
            for name in self._fleet.holders(mover, need):
                if name in members or self._fleet.get(name).stalled or (name == holder.name and mover is holder):
                    continue
                if name not in ways:
                    return None
                members.add(name)
                reserved |= ways[name]
                needs.append((self._fleet.get(name), ways[name]))
        return Drain({name: way for name, way in ways.items() if name in members}, reserved)

    def _homeward(self, claim: Claim) -> Claim:
        mover = self._fleet.get(claim.name)
        run = claim.run if mover.retreating else self._runs.home_bits(mover, claim.end)
        return replace(claim, seeks_goal=False, run=run or 0, rest=claim.rest)

    def _need(self, mover: Mover) -> int:
        """What it needs to its goal and then home: with that free, it is released all the way."""
        if not mover.retreating or mover.goal is None:
            return mover.run.masks[0]
        way = self._runs.way(mover, mover.goal, self._fleet.obstacles(mover)) or ()
        return self._runs.run_of(mover, way).masks[0]

    def _lead(self, strict: bool) -> None:
        """In the strict phase the first in the order goes home, alone, until it is there or out of the way."""
        if not strict or self._leader not in self.drain.ways:
            self._leader = None
        if strict and self._leader is None:
            movable = [name for name in self.drain.ways if self._fleet.get(name).seeks_goal_at_last]
            self._leader = movable[0] if movable else None

    def _send_home(self, mover: Mover, way: int, now: float) -> None:
        if mover.retreating and (mover.base or now - mover.moved_at < RETREAT_AFTER_S):
            return
        run = self._runs.retreat(mover, way)
        if run is not None and (not mover.retreating or run != mover.run):
            mover.retreating, mover.run = True, run
            mover.denied_at_version = -1

    def _turn_back(self, draining: frozenset[str]) -> list[Mover]:
        """Who retreats goes on until it is out of the way: else it would turn back at once."""
        turned = [mover for mover in self._fleet if mover.retreating and mover.name not in draining]
        for mover in turned:
            mover.retreating = False
        return turned
