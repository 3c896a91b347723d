"""What the edge node asks of its traffic control, whoever keeps it: our own (control.py) or the baseline (naive_control.py)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from fleet.layout.graph import SiteGraph
from fleet.traffic.control import Release, RouteView


class Traffic(Protocol):
    """See TrafficControl for what each verb promises and raises. `now`: seconds, never backwards."""

    @property
    def version(self) -> int:
        """Changes whenever a denied request might now be granted."""

    def add_robot(self, robot: str, *, home: str, length_m: float, width_m: float, speed_mps: float) -> None: ...

    def remove_robot(self, robot: str) -> None: ...

    def spare_home(self, *, length_m: float, width_m: float) -> str | None: ...

    def place(self, robot: str, node: str, *, released: Sequence[str] = (), now: float) -> None: ...

    def unplace(self, robot: str) -> None: ...

    def set_goal(self, robot: str, goal: str, *, now: float, avoid: frozenset[str] = frozenset()) -> None: ...

    def clear_goal(self, robot: str, now: float) -> None: ...

    def passed(self, robot: str, node: str, now: float) -> None: ...

    def set_obstacle(self, robot: str, standing: bool, now: float) -> None: ...

    def set_yields(self, robot: str, yields: bool, now: float) -> None:
        """Whether an idle robot may be pushed out of somebody's way: `step` may then release it nodes though it has no goal."""

    def close_nodes(self, nodes: frozenset[str], now: float) -> None: ...

    def gates_wanted(self) -> Mapping[str, tuple[str, ...]]:
        """Device -> targets ("" for a door, the level for a lift) that robots need open now, the most pressing first."""

    def gate(self, device: str, target: str, is_open: bool) -> None:
        """What the device says: until it is open, nobody is released through it."""

    def hold_all(self, held: bool) -> None: ...

    def step(self, now: float) -> list[Release]: ...

    def route(self, robot: str) -> RouteView: ...

    def shut_in(self) -> frozenset[str]: ...

    def to_evict(self, now: float) -> list[str]: ...

    def check(self) -> None: ...

    def explain(self) -> list[str]: ...


#: Makes the traffic control of a layout.
TrafficFactory = Callable[[SiteGraph], Traffic]
