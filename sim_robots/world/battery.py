"""A battery as a robot model describes it: so many metres a charge, so much an hour for standing, so much a minute back."""

from __future__ import annotations

from dataclasses import dataclass

from fleet.contracts.resources import RobotModelSpec


@dataclass(slots=True)
class Battery:
    """`pct` in 0..100. `advance` is exact for any length of time."""

    model: RobotModelSpec
    pct: float = 100.0
    charging: bool = False

    def advance(self, seconds: float, driven_m: float) -> None:
        change = -100.0 * driven_m / self.model.battery_capacity_m - self.model.battery_idle_pct_per_h * seconds / 3600.0
        if self.charging:
            change = self.model.charge_pct_per_min * seconds / 60.0
        self.pct = min(100.0, max(0.0, self.pct + change))

    @property
    def empty(self) -> bool:
        return self.pct <= 0.0

    @property
    def reach_m(self) -> float:
        return self.pct / 100.0 * self.model.battery_capacity_m
