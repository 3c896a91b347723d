"""The robots of a site by name: their numbers in the engine, footprints, homes, and since when they wait."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fleet.contracts.errors import NotFound

#: Radii are told apart by the millimetre.
_MM = 1000


@dataclass(slots=True)
class Member:
    name: str
    number: int
    home: str
    radius_m: float
    speed_mps: float
    goal: str | None = None
    avoid: frozenset[str] = frozenset()
    waiting_since: float | None = None


class Members:
    """Numbers of robots that left are given to those who come."""

    def __init__(self) -> None:
        self._by_name: dict[str, Member] = {}
        self._by_number: list[Member | None] = []
        self._radii: list[int] = []

    def __iter__(self) -> Iterator[Member]:
        return iter(self._by_name.values())

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def get(self, name: str) -> Member:
        """Raises NotFound."""
        member = self._by_name.get(name)
        if member is None:
            raise NotFound(f"no robot {name!r} in traffic", field="robot", fix="add the robot first")
        return member

    def name(self, number: int) -> str:
        member = self._by_number[number]
        assert member is not None, f"nobody has the number {number}"
        return member.name

    def by_number(self) -> list[Member]:
        return [member for member in self._by_number if member is not None]

    def put(self, name: str, *, home: str, radius_m: float, speed_mps: float) -> bool:
        """Adds or replaces it; whether its footprint is a new one."""
        old = self._by_name.get(name)
        number = old.number if old is not None else self._number()
        member = Member(name, number, home, radius_m, speed_mps)
        self._by_name[name] = self._by_number[number] = member
        mm = round(radius_m * _MM)
        if mm in self._radii:
            return False
        self._radii.append(mm)
        return True

    def remove(self, name: str) -> None:
        member = self._by_name.pop(name)
        self._by_number[member.number] = None

    def class_of(self, radius_m: float) -> int:
        return self._radii.index(round(radius_m * _MM))

    def radii_m(self) -> list[float]:
        return [mm / _MM for mm in self._radii]

    def _number(self) -> int:
        for number, member in enumerate(self._by_number):
            if member is None:
                return number
        self._by_number.append(None)
        return len(self._by_number) - 1
