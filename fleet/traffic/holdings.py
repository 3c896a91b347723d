"""Who holds which node and lane, and what that closes to whom, counted: a question costs the same for 8 robots and for 300.

The geometry is that of roads.py: two resources conflict when two bodies in them could come closer than the clearance, for
the footprints of both. Used by the baseline (naive_control.py).
"""

from __future__ import annotations

from collections.abc import Iterable

from fleet.layout.graph import SiteEdge
from fleet.traffic.roads import Roads

#: Footprint classes: radii are told apart by the millimetre.
_MM = 1000.0


class Holdings:
    """Resources are numbers (bits of `roads`). `freed` collects resources that were closed and are open to some class now."""

    def __init__(self, roads: Roads, clearance_m: float) -> None:
        self._roads = roads
        self._clearance_m = clearance_m
        self._radii_mm: list[int] = []
        self._near: dict[tuple[int, int, int], frozenset[int]] = {}
        self._closed: list[dict[int, int]] = []  # class -> resource -> how many holdings close it to that class
        self._held: dict[str, tuple[int, ...]] = {}
        self._class: dict[str, int] = {}
        self._holders: dict[int, set[str]] = {}
        self.freed: set[int] = set()

    def add(self, robot: str, radius_m: float) -> None:
        """Known, holding nothing. Again: with its new size."""
        self.set(robot, ())
        mm = round(radius_m * _MM)
        if mm not in self._radii_mm:
            self._radii_mm.append(mm)
            self._closed.append({})
            self._recount()
        self._class[robot] = self._radii_mm.index(mm)

    def remove(self, robot: str) -> None:
        self.set(robot, ())
        self._class.pop(robot, None)
        self._held.pop(robot, None)

    def radius_m(self, robot: str) -> float:
        return self._radii_mm[self._class[robot]] / _MM

    def node(self, node: str) -> int:
        return self._roads.node_bit[node].bit_length() - 1

    def edge(self, edge: SiteEdge) -> tuple[int, ...]:
        """Its lane and its end."""
        return _numbers(self._roads.edge_bits[edge.edge_id])

    def set(self, robot: str, resources: Iterable[int]) -> None:
        """All that the robot holds from now on."""
        new, old = tuple(dict.fromkeys(resources)), self._held.get(robot, ())
        self._held[robot] = new
        for number in old:
            if number not in new:
                self._holders[number].discard(robot)
                self._count(robot, number, -1)
        for number in new:
            if number not in old:
                self._holders.setdefault(number, set()).add(robot)
                self._count(robot, number, 1)

    def held(self, robot: str) -> tuple[int, ...]:
        return self._held.get(robot, ())

    def blocked(self, robot: str, resources: Iterable[int]) -> int | None:
        """The first of these that others close to this robot, or None."""
        mine = self._class[robot]
        for number in resources:
            count = self._closed[mine].get(number, 0)
            if count and count > sum(number in self.near(mine, mine, own) for own in self._held[robot]):
                return number
        return None

    def blockers(self, robot: str, number: int) -> list[str]:
        """The other robots that close this resource to this robot, by name."""
        mine = self._class[robot]
        found: set[str] = set()
        for other in range(len(self._radii_mm)):
            for near in self.near(mine, other, number):
                found |= {name for name in self._holders.get(near, ()) if self._class[name] == other}
        return sorted(found - {robot})

    def near(self, footprint: int, other: int, number: int) -> frozenset[int]:
        """What a robot of the one class closes to the other class by holding this resource."""
        key = (footprint, other, number)
        found = self._near.get(key)
        if found is None:
            apart_m = (self._radii_mm[footprint] + self._radii_mm[other]) / _MM + self._clearance_m
            found = self._near[key] = frozenset(_numbers(self._roads.closure(1 << number, apart_m)))
        return found

    def _count(self, robot: str, number: int, by: int) -> None:
        mine = self._class[robot]
        for other, closed in enumerate(self._closed):
            for near in self.near(mine, other, number):
                closed[near] = closed.get(near, 0) + by
            if by < 0:
                self.freed |= self.near(mine, other, number)

    def _recount(self) -> None:
        """A class has come: what is held closes resources to it, too."""
        for closed in self._closed:
            closed.clear()
        for robot, held in self._held.items():
            for number in held:
                self._count(robot, number, 1)


def _numbers(bits: int) -> tuple[int, ...]:
    found = []
    while bits:
        low = bits & -bits
        found.append(low.bit_length() - 1)
        bits ^= low
    return tuple(found)
