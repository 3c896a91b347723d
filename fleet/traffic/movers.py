"""The robots as traffic sees them: where each stands, what it holds, where it wants to go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from fleet.contracts.errors import Conflict, NotFound
from fleet.layout.graph import SiteEdge
from fleet.traffic.roads import Roads


@dataclass(frozen=True, slots=True)
class Run:
    """The way not yet released. `masks[k]`: resources of way[k:] and of the way home after it. `rest`: where it ends."""

    way: tuple[SiteEdge, ...] = ()
    masks: tuple[int, ...] = (0,)
    rest: str = ""

    def rest_of_it(self) -> Run:
        """The run after its first edge has been released."""
        return Run(self.way[1:], self.masks[1:], self.rest)


@dataclass(slots=True)
class Mover:
    """`at`: last node passed, None when nobody knows. `base`: released edges still ahead. `goal` None: idle."""

    name: str
    home: str
    footprint: int
    speed_mps: float
    at: str | None = None
    base: list[SiteEdge] = field(default_factory=list)
    goal: str | None = None
    avoid: frozenset[str] = frozenset()
    run: Run = Run()
    stalled: bool = False
    retreating: bool = False
    #: resources held, and per footprint class all that this closes to others
    bits: int = 0
    closures: tuple[int, ...] = ()
    #: since when it stands denied; and since when it wants its goal, which is its age
    waiting_since: float | None = None
    asked_at: float = 0.0
    moved_at: float = 0.0
    detour_at: float = 0.0
    denied_at_version: int = -1
    blocked_by: str | None = None
    reason: str = ""

    @property
    def end(self) -> str:
        """Where its base ends. Only for robots that are placed."""
        assert self.at is not None, f"{self.name} is not placed"
        return self.base[-1].end if self.base else self.at

    @property
    def placed(self) -> bool:
        return self.at is not None

    @property
    def seeks_goal(self) -> bool:
        """On its way to a goal, or waiting to be."""
        return self.placed and self.goal is not None and self.end != self.goal

    @property
    def seeks_goal_at_last(self) -> bool:
        """The same, but also true when a retreat happens to pass over the goal."""
        return self.placed and self.goal is not None and (self.retreating or self.end != self.goal)

    @property
    def busy(self) -> bool:
        """At its goal, at work there: it leaves when its master gives it another goal, or clears this one."""
        return self.placed and self.goal is not None and self.end == self.goal

    @property
    def idle(self) -> bool:
        return self.placed and self.goal is None


class Fleet:
    """All robots with their footprint classes. `version` rises with each change of any holding."""

    def __init__(self, roads: Roads, clearance_m: float) -> None:
        self.roads = roads
        self.clearance_m = clearance_m
        self.version = 0
        self._radii_m: list[float] = []
        self._movers: dict[str, Mover] = {}

    def __iter__(self) -> Iterator[Mover]:
        return iter(self._movers.values())

    def __contains__(self, name: object) -> bool:
        return name in self._movers

    def get(self, name: str) -> Mover:
        """Raises NotFound."""
        mover = self._movers.get(name)
        if mover is None:
            raise NotFound(f"no robot {name!r} in traffic", field="robot", fix="add the robot first")
        return mover

    def add(self, mover_name: str, *, home: str, radius_m: float, speed_mps: float) -> Mover:
        """Raises Conflict when its home is too near to another robot's home: both could not stand there."""
        footprint = self._footprint(radius_m)
        for other in self:
            if other.name == mover_name:
                continue
            gap_m = self.roads.apart_m(home, other.home)
            if gap_m < self.apart_m(footprint, other.footprint) - 1e-6:
                raise Conflict(
                    f"home {home!r} is {gap_m:.2f} m from {other.home!r}, the home of {other.name}",
                    field="home",
                    fix=f"give each robot its own home, {self.apart_m(footprint, other.footprint):.2f} m apart",
                )
        mover = Mover(name=mover_name, home=home, footprint=footprint, speed_mps=speed_mps)
        self._movers[mover_name] = mover
        self._movers = dict(sorted(self._movers.items()))
        for each in self:
            self.hold(each)
        return mover

    def remove(self, name: str) -> None:
        del self._movers[name]
        self.version += 1

    def apart_m(self, footprint: int, other: int) -> float:
        """How far the centres of two robots of these classes must stay apart."""
        return self._radii_m[footprint] + self._radii_m[other] + self.clearance_m

    def closures(self, bits: int, footprint: int) -> tuple[int, ...]:
        """What these resources, held by a robot of this class, close to robots of each class."""
        return tuple(self.roads.closure(bits, self.apart_m(footprint, other)) for other in range(len(self._radii_m)))

    def radius_m(self, mover: Mover) -> float:
        return self._radii_m[mover.footprint]

    def node_closures(self, node: str, footprint: int) -> tuple[int, ...]:
        return self.closures(self.roads.node_bit[node], footprint)

    def hold(self, mover: Mover) -> None:
        """Set its holdings from where it stands and its base."""
        bits = 0
        if mover.at is not None:
            bits = self.roads.node_bit[mover.at] | self.roads.way_bits(mover.base)
        mover.bits = bits
        mover.closures = self.closures(bits, mover.footprint)
        self.version += 1

    def others(self, mover: Mover) -> int:
        """Resources closed to this robot by what all others hold."""
        found = 0
        for other in self:
            if other is not mover:
                found |= other.closures[mover.footprint]
        return found

    def obstacles(self, mover: Mover) -> int:
        """Resources closed to this robot by robots that cannot move."""
        found = 0
        for other in self:
            if other is not mover and other.stalled:
                found |= other.closures[mover.footprint]
        return found

    def holders(self, mover: Mover, bits: int) -> list[str]:
        """Other robots whose holdings close some of these resources to this robot."""
        return [other.name for other in self if other is not mover and other.closures[mover.footprint] & bits]

    def _footprint(self, radius_m: float) -> int:
        rounded_m = round(radius_m, 3)
        if rounded_m not in self._radii_m:
            self._radii_m.append(rounded_m)
        return self._radii_m.index(rounded_m)
