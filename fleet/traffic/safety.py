"""The Banker's question: in which order could every robot still run to its goal and then home, one after the other?

A state is safe when such an order exists with what the others hold excluded (Reveliotis 2000, "Conflict resolution in
AGV systems"; Kalinovcic et al. 2011, "A modified Banker's algorithm for scheduling in multi-AGV systems"). Homes are
private and off the ways of others (the well-formed infrastructures of Cap et al. 2015), so that a robot at home
gives back all that others need, and greedy search for the order is exact: who can run now can also run later.

With faults (a stalled robot, a closure) not all can finish; then the sets of those who can must not shrink.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from fleet.traffic.roads import Roads


@dataclass(frozen=True, slots=True)
class Claim:
    """One robot as the Banker sees it; closures are per footprint class (index), for that class's robots to avoid.

    `end`: the last node of its base. `run`: resources of the way it intends, to its goal and home.
    `home_run`: those of a way straight home. `seeks_goal`: the goal is not reached and it may go there.
    `stays`: cannot move (stalled, silent). `rest_closures`: what it takes up for ever when it has finished.
    """

    name: str
    footprint: int
    end: str
    goal: str
    rest: str
    closures: tuple[int, ...]
    rest_closures: tuple[int, ...]
    run: int
    home_run: Callable[[], int | None]
    seeks_goal: bool
    stays: bool
    avoid: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Who could finish with the goal, who at least home, in the order found: robot -> the resources of its way."""

    goals: frozenset[str]
    homes: frozenset[str]
    ways: Mapping[str, int]

    def covers(self, before: Verdict) -> bool:
        """Nobody who could finish before is lost."""
        return self.goals >= before.goals and (self.goals | self.homes) >= (before.goals | before.homes)


class _Bank:
    """What is taken at each moment of the imagined order, per footprint class: by anyone, and by two or more."""

    def __init__(self, claims: Mapping[str, Claim]) -> None:
        self._taken = {name: claim.closures for name, claim in claims.items()}
        self._sums: dict[int, tuple[int, int]] = {}

    def others(self, claim: Claim) -> int:
        """All that is closed to this robot by the others' places."""
        if claim.footprint not in self._sums:
            once = twice = 0
            for closures in self._taken.values():
                taken = closures[claim.footprint]
                twice |= once & taken
                once |= taken
            self._sums[claim.footprint] = (once, twice)
        once, twice = self._sums[claim.footprint]
        return twice | (once & ~self._taken[claim.name][claim.footprint])

    def settle(self, claim: Claim) -> None:
        """The robot has run home."""
        self._taken[claim.name] = claim.rest_closures
        self._sums.clear()


def judge(roads: Roads, claims: Mapping[str, Claim], closed: frozenset[str]) -> Verdict:
    """The greedy order: to the goal as intended, else by any way (a search), else straight home, else home by any way."""
    bank = _Bank(claims)
    pending = [claim for claim in claims.values() if not claim.stays]
    goals: set[str] = set()
    homes: set[str] = set()
    ways: dict[str, int] = {}
    while pending:
        finished = (
            _as_intended(pending, bank)
            or _another_way(roads, pending, bank, closed)
            or _straight_home(pending, bank)
            or _home_somehow(roads, pending, bank, closed)
        )
        if finished is None:
            break
        claim, with_goal, way = finished
        (goals if with_goal else homes).add(claim.name)
        ways[claim.name] = way
        bank.settle(claim)
        pending.remove(claim)
    return Verdict(frozenset(goals), frozenset(homes), ways)


def _as_intended(pending: Sequence[Claim], bank: _Bank) -> tuple[Claim, bool, int] | None:
    for claim in pending:
        if not claim.run & bank.others(claim):
            return claim, claim.seeks_goal, claim.run
    return None


def _another_way(roads: Roads, pending: Sequence[Claim], bank: _Bank, closed: frozenset[str]) -> tuple[Claim, bool, int] | None:
    for claim in pending:
        if not claim.seeks_goal:
            continue
        blocked = bank.others(claim)
        there = roads.reach(claim.end, claim.goal, blocked, closed, claim.avoid)
        if there is None:
            continue
        back = roads.reach(claim.goal, claim.rest, blocked, closed, frozenset())
        if back is not None:
            return claim, True, there | back
    return None


def _straight_home(pending: Sequence[Claim], bank: _Bank) -> tuple[Claim, bool, int] | None:
    for claim in pending:
        straight = claim.home_run()
        if straight is not None and not straight & bank.others(claim):
            return claim, False, straight
    return None


def _home_somehow(roads: Roads, pending: Sequence[Claim], bank: _Bank, closed: frozenset[str]) -> tuple[Claim, bool, int] | None:
    for claim in pending:
        way = roads.reach(claim.end, claim.rest, bank.others(claim), closed, frozenset())
        if way is not None:
            return claim, False, way
    return None
