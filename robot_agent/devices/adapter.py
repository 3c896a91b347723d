"""What an integrator implements so that a door, a lift or a charger can be asked for."""

from __future__ import annotations

from typing import Protocol

from fleet.contracts.device import DeviceAction
from robot_agent.core.device import DeviceReport


class DeviceError(Exception):
    """The device cannot be reached or refuses. The text goes into its state, for the operator."""


class DeviceAdapter(Protocol):
    """One device. `do` and `release` are called one at a time; both begin something and return."""

    async def do(self, action: DeviceAction, target: str) -> None:
        """open | close | start | stop. Being told the same again does no harm. Raises DeviceError."""

    async def release(self) -> None:
        """To its state of rest, safely: a door does not close on a robot, a charger gives no power. Raises DeviceError."""

    async def report(self) -> DeviceReport:
        """How it stands now, without delay. Raises DeviceError."""
