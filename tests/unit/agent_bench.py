"""An executor on a bench, for its tests: no loop, no mocks."""

from __future__ import annotations

from typing import Any

from fleet.contracts import codec
from fleet.contracts.vda5050.common import ActionStatus
from fleet.contracts.vda5050.order import Order
from fleet.contracts.vda5050.state import State
from robot_agent import trial
from robot_agent.core.config import AgentSettings, Identity
from robot_agent.core.executor import Executor
from robot_agent.core.port import (
    ActionChanged,
    DriveFailed,
    DriveTo,
    Effect,
    Halted,
    Passed,
    Perform,
    Reported,
    RobotReport,
    Send,
)

ME = Identity("acme", "r1")
SITE = {"a": (0.0, 0.0), "b": (5.0, 0.0), "c": (10.0, 0.0), "d": (10.0, 5.0)}
T = 1_700_000_000.0


class Bench:
    """An executor on a bench: standing at node a, connected; what it emits is sorted into lists."""

    def __init__(self, settings: AgentSettings | None = None) -> None:
        self.executor = Executor(ME, settings)
        self.now = T
        self.effects: list[Effect] = []
        self.executor.stand_on("a")
        self.report()
        self.executor.link_up(self.now)
        self.take()

    def report(self, x: float = 0.0, y: float = 0.0, **more: Any) -> None:
        self.executor.on_adapter(Reported(RobotReport(x, y, 0.0, "map", 80.0, **more)), self.now)

    def take(self) -> list[Effect]:
        self.effects = self.executor.take_effects()
        return self.effects

    def send(self, order: Order) -> list[Effect]:
        self.executor.receive("order", codec.encode(order), self.now)
        return self.take()

    def instant(self, kind: str, action_id: str, **parameters: object) -> list[Effect]:
        message = trial.instant_actions(ME, trial.action(kind, action_id, **parameters))
        self.executor.receive("instantActions", codec.encode(message), self.now)
        return self.take()

    def on(self, event: Passed | Halted | ActionChanged | DriveFailed) -> list[Effect]:
        self.executor.on_adapter(event, self.now)
        return self.take()

    def done(self, action_id: str) -> list[Effect]:
        return self.on(ActionChanged(action_id, ActionStatus.FINISHED))

    @property
    def state(self) -> State:
        """What it would say now."""
        self.now += 100.0
        self.executor.tick(self.now)
        return next(e.message for e in reversed(self.executor.take_effects()) if isinstance(e, Send) and e.topic_name == "state")

    @property
    def errors(self) -> list[str]:
        return [e.error_type for e in self.state.errors]


def order(order_id: str, way: str, **more: Any) -> Order:
    return trial.order(ME, SITE, order_id, list(way), **more)


def ways(effects: list[Effect]) -> list[str]:
    return ["".join(w.node_id for w in e.way) for e in effects if isinstance(e, DriveTo)]


def performed(effects: list[Effect]) -> list[str]:
    return [e.action.action_id for e in effects if isinstance(e, Perform)]


def statuses(state: State) -> dict[str, str]:
    return {a.action_id: a.action_status.value for a in state.action_states}
