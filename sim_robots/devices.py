"""A simulated door, lift and charger: they take their time, and a door does not close while something stands in it."""

from __future__ import annotations

import time
from collections.abc import Callable

from fleet.contracts.device import DeviceAction
from robot_agent.core.device import DeviceReport
from robot_agent.devices.adapter import DeviceError


class _Moving:
    """Something that goes from one position to another in `travel_s` seconds."""

    def __init__(self, at_rest: str, travel_s: float, clock: Callable[[], float]) -> None:
        self._clock, self._travel_s, self._rest = clock, travel_s, at_rest
        self._here, self._there, self._arrives_at = at_rest, at_rest, 0.0
        self.broken = ""

    def _go(self, where: str) -> None:
        self._settle()
        if self.broken:
            raise DeviceError(self.broken)
        if where != self._there:
            self._there, self._arrives_at = where, self._clock() + self._travel_s

    def _stop(self) -> None:
        self._settle()
        if self._here != self._there:
            self._here = self._there = "between"

    def _settle(self) -> None:
        if self._clock() >= self._arrives_at:
            self._here = self._there

    async def release(self) -> None:
        self._go(self._rest)

    async def report(self) -> DeviceReport:
        self._settle()
        moving = self._here != self._there
        return DeviceReport(f"to {self._there}" if moving else self._here, moving, self.broken)


class SimDoor(_Moving):
    """Closed at rest."""

    def __init__(self, travel_s: float = 2.0, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__("closed", travel_s, clock)
        self.blocked = False

    async def do(self, action: DeviceAction, target: str) -> None:
        if action is DeviceAction.STOP:
            self._stop()
        elif action is DeviceAction.OPEN:
            self._go("open")
        else:
            await self.release()

    async def release(self) -> None:
        if self.blocked:
            raise DeviceError("something stands in the door")
        await super().release()


class SimLift(_Moving):
    """At rest it stays where it is, doors closed."""

    def __init__(self, floor: str = "0", travel_s: float = 4.0, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(floor, travel_s, clock)
        self._floor = floor

    async def do(self, action: DeviceAction, target: str) -> None:
        self._settle()
        if action is DeviceAction.STOP:
            self._stop()
        elif action is DeviceAction.START:
            if self._here.endswith(" open"):
                raise DeviceError("the doors are open")
            self._go(target)
            self._floor = target
        elif self._here != self._there:
            raise DeviceError("it is moving")
        else:
            self._go(f"{self._floor} open" if action is DeviceAction.OPEN else self._floor)

    async def release(self) -> None:
        self._rest = self._floor
        await super().release()


class SimCharger(_Moving):
    """Gives power at once, or none."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__("off", 0.0, clock)

    async def do(self, action: DeviceAction, target: str) -> None:
        self._go("on" if action is DeviceAction.START else "off")
