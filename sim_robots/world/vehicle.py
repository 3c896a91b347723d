"""A whole virtual robot without loop or network: the agent's executor on a simulated body, on one clock.

The same two parts run in `sim_robots/app.py` on a real broker; here a simulation moves the clock and carries the mail.
"""

from __future__ import annotations

from robot_agent.core.config import AgentSettings, Identity
from robot_agent.core.executor import Executor
from robot_agent.core.port import Abort, AdapterEvent, DriveTo, Perform, Reported, Save, Send, StopDriving
from sim_robots.world.body import Body

#: Rounds of effects and answers within one moment; more would be a loop between executor and body.
ROUNDS_MAX = 1000


class Vehicle:
    """`receive` and `advance` move it; what it says collects in `outbox`. `now_s`: Unix seconds, also the body's clock."""

    def __init__(self, identity: Identity, settings: AgentSettings, body: Body) -> None:
        self.executor = Executor(identity, settings)
        self.body = body
        self.outbox: list[Send] = []
        self.executor.stand_on(body.drive.node_id)

    def connect(self, now_s: float) -> None:
        """The first words: ONLINE, factsheet, state."""
        self.executor.on_adapter(Reported(self.body.report()), now_s)
        self.executor.link_up(now_s)
        self._settle(now_s)

    def receive(self, topic_name: str, payload: bytes, now_s: float) -> None:
        """A message of master control arrives."""
        self.advance(now_s)
        self.executor.on_adapter(Reported(self.body.report()), now_s)
        self.executor.receive(topic_name, payload, now_s)
        self._settle(now_s)

    def next_event_s(self) -> float:
        """When `advance` has something to do."""
        return min(self.body.next_event_s(), self.executor.next_tick_at())

    def advance(self, to_s: float) -> None:
        """Live up to a time."""
        while (next_s := self.body.next_event_s()) <= to_s:
            self._deliver(self.body.advance(max(next_s, self.body.drive.now_s)), max(next_s, self.body.drive.now_s))
        self._deliver(self.body.advance(to_s), to_s)
        if self.executor.next_tick_at() <= to_s:
            self.executor.on_adapter(Reported(self.body.report()), to_s)
            self.executor.tick(to_s)
            self._settle(to_s)

    def inject(self, events: list[AdapterEvent], now_s: float) -> None:
        """After a fault was put on the body or taken off it: tell the executor."""
        self._deliver(events, now_s, always=True)

    def _deliver(self, events: list[AdapterEvent], now_s: float, *, always: bool = False) -> None:
        if not events and not always:
            return
        self.executor.on_adapter(Reported(self.body.report()), now_s)
        for event in events:
            self.executor.on_adapter(event, now_s)
        self._settle(now_s)

    def _settle(self, now_s: float) -> None:
        """Carry out effects and report back until nothing more follows at this moment."""
        for _ in range(ROUNDS_MAX):
            physical = False
            events: list[AdapterEvent] = []
            for effect in self.executor.take_effects():
                match effect:
                    case Send():
                        self.outbox.append(effect)
                        continue
                    case Save():
                        continue
                    case DriveTo(way):
                        events += self.body.go(way)
                    case StopDriving(at_node):
                        events += self.body.stop(at_node=at_node)
                    case Perform(action):
                        events += self.body.perform(action)
                    case Abort(action_id):
                        events += self.body.abort(action_id)
                physical = True
            if not physical:
                return
            self.executor.on_adapter(Reported(self.body.report()), now_s)
            for event in events:
                self.executor.on_adapter(event, now_s)
        raise AssertionError("executor and body never come to rest")
