"""EdgeCore: everything that an edge node decides, without a clock, a socket or a disk.

Messages, resources, controls and the time come in; effects (effects.py) go out. The production shell (edge_node/app.py)
and the simulator drive the very same object:

    core = EdgeCore(site="demo", edge="edge-1", session=1)
    core.restore(resources, journal, now)              # both may be empty
    core.apply(resource, now)                          # Layout, RobotModel, Robot, EdgeNode, Closure, Mission, Task
    core.robots_link(True, now)                        # the edge broker is connected: subscribe to `core.topics()`
    core.on_robot_message(topic, payload, now)         # state, connection, visualization, factsheet
    core.tick(now)                                     # every TICK_S or so
    for effect in core.take_effects(): ...             # after each call (or each batch of calls)
    core.planned(version, result, now)                 # the answer to a NeedPlan; the simulator answers at once

`now` is Unix seconds and never goes back. No method raises for what a robot sends; `apply`, `delete` and `control`
raise FleetError for what a caller must change, and then nothing has changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from edge_node.core.effects import Effect
from fleet.contracts.resources import AnyResource, Kind
from fleet.contracts.wire import ControlCommand, Telemetry
from fleet.planning.problem import PlanResult

#: How often a shell calls `tick`, seconds.
TICK_S = 0.1


class EdgeCore:
    """See the module's docstring. `session`: rises with each start of the process, so that event ids never repeat."""

    def __init__(self, *, site: str, edge: str, session: int = 0) -> None:
        raise NotImplementedError

    # ---- start ----
    def restore(
        self, resources: Iterable[AnyResource], journal: Mapping[str, bytes], now: float, values: Mapping[str, str] | None = None
    ) -> None:
        """What the store remembers. Robots hold their journalled base as obstacles until they are heard."""
        raise NotImplementedError

    # ---- wishes (cloud, local API) ----
    def apply(self, resource: AnyResource, now: float, by: str = "cloud") -> AnyResource:
        """Create or change a resource's spec (`by`: cloud | edge). Answers the resource as it is now. Raises InvalidInput, Conflict."""
        raise NotImplementedError

    def delete(self, kind: Kind, name: str, now: float, by: str = "cloud") -> AnyResource:
        """Raises NotFound, Conflict (a running Mission or Task must be cancelled first)."""
        raise NotImplementedError

    def control(self, command: ControlCommand, now: float) -> None:
        """Pause, resume, cancel, stop, ... The same id twice does it once. Raises NotFound, InvalidInput."""
        raise NotImplementedError

    # ---- robots ----
    def topics(self) -> list[tuple[str, int]]:
        """(topic filter, QoS) that the shell subscribes at the edge broker; may grow with new RobotModels."""
        raise NotImplementedError

    def robots_link(self, up: bool, now: float) -> None:
        raise NotImplementedError

    def on_robot_message(self, topic: str, payload: bytes, now: float, *, retained: bool = False) -> None:
        raise NotImplementedError

    # ---- time and answers ----
    def tick(self, now: float) -> None:
        raise NotImplementedError

    def planned(self, version: int, result: PlanResult, now: float) -> None:
        raise NotImplementedError

    def take_effects(self) -> list[Effect]:
        """All effects since the last call, in order."""
        raise NotImplementedError

    # ---- views ----
    def telemetry(self, now: float) -> Telemetry:
        """The live map as columns, one row a robot."""
        raise NotImplementedError

    def resources(self, kind: Kind) -> list[AnyResource]:
        """By name."""
        raise NotImplementedError

    def resource(self, kind: Kind, name: str) -> AnyResource:
        """Raises NotFound."""
        raise NotImplementedError
