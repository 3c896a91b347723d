"""Whatever master control sends, and whenever the agent dies: no action twice, no metre beyond the base."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from fleet.contracts import codec
from fleet.contracts.resources import RobotModelSpec
from fleet.contracts.vda5050.common import ActionStatus
from fleet.contracts.vda5050.state import State
from robot_agent import trial
from robot_agent.core import snapshot as snapshots
from robot_agent.core.config import AgentSettings, Identity
from robot_agent.core.port import Perform, Reported
from sim_robots.world.body import Body
from sim_robots.world.vehicle import Vehicle

ME = Identity("acme", "r1")
NODES = "abcdef"
SITE = {n: (4.0 * (i % 3), 4.0 * (i // 3)) for i, n in enumerate(NODES)}
MODEL = RobotModelSpec(type="AMR", manufacturer="acme", load_units_max=50)
BLOCKING = st.sampled_from(["NONE", "SOFT", "HARD"])


class AgentMachine(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.now = 1e9
        self.body = Body.standing(MODEL, 0.0, 0.0, 0.0, "map", node_id="a", now_s=self.now)
        self.begun: Counter[str] = Counter()
        self.released: set[str] = {"a"}
        self.orders = 0
        self.saved: bytes | None = None
        self.start(None)

    def start(self, saved: bytes | None) -> None:
        self.vehicle = Vehicle(ME, AgentSettings(), self.body)
        take = self.vehicle.executor.take_effects

        def watched() -> list[Any]:
            effects = take()
            for effect in effects:
                if isinstance(effect, Perform) and not effect.again:
                    self.begun[effect.action.action_id] += 1
            # as a shell does: what was decided is on disk before any of it happens
            self.saved = snapshots.to_bytes(self.vehicle.executor.snapshot())
            return effects

        self.vehicle.executor.take_effects = watched  # type: ignore[method-assign]
        if saved is not None:
            self.vehicle.executor.restore(snapshots.from_bytes(saved), self.now)
            self.vehicle.executor.on_adapter(Reported(self.body.report()), self.now)
        self.vehicle.connect(self.now)

    @property
    def state(self) -> State:
        return next(s.message for s in reversed(self.vehicle.outbox) if isinstance(s.message, State))

    @rule(data=st.data(), length=st.integers(1, 5), base=st.integers(2, 5), repeat=st.booleans())
    def new_order(self, data: st.DataObject, length: int, base: int, repeat: bool) -> None:
        way = [self.state.last_node_id, *data.draw(st.lists(st.sampled_from(NODES), min_size=length - 1, max_size=length - 1))]
        self.orders += not repeat
        self.send(f"o{self.orders}", way, data, update=0, first=0, base=min(base, length))

    @rule(data=st.data(), length=st.integers(1, 4), base=st.integers(1, 4), honest=st.booleans())
    def update(self, data: st.DataObject, length: int, base: int, honest: bool) -> None:
        state = self.state
        ahead = [n for n in state.node_states if n.released]
        end = ahead[-1] if ahead else None
        node = end.node_id if end else state.last_node_id
        sequence = end.sequence_id if end else state.last_node_sequence_id
        if not honest:
            sequence += 2
        rest = data.draw(st.lists(st.sampled_from(NODES), min_size=length - 1, max_size=length - 1))
        self.send(
            state.order_id or "none",
            [node, *rest],
            data,
            update=state.order_update_id + 1,
            first=sequence,
            base=min(base, length),
        )

    def send(self, order_id: str, way: list[str], data: st.DataObject, *, update: int, first: int, base: int) -> None:
        actions = {
            node: (trial.action("pick", f"{order_id}.{first}.{node}", data.draw(BLOCKING)),)
            for node in set(way[1:])
            if data.draw(st.booleans()) and way.count(node) == 1
        }
        order = trial.order(
            ME, SITE, order_id, way, update=update, first_sequence=first, released=base, node_actions=actions, deviation_m=50.0
        )
        before = (self.state.order_id, self.state.order_update_id)
        self.vehicle.receive("order", codec.encode(order), self.now)
        after = (self.state.order_id, self.state.order_update_id)
        if after != before or (after == (order_id, update) and update == 0):
            self.released |= set(way[:base])
        self.live(data.draw(st.sampled_from([60.0, 20.0, 2.0, 0.0])))

    @rule(seconds=st.sampled_from([1.0, 3.0, 10.0, 60.0]))
    def time_passes(self, seconds: float) -> None:
        self.live(seconds)

    def live(self, seconds: float) -> None:
        self.now += seconds
        self.vehicle.advance(self.now)

    @rule(
        kind=st.sampled_from(["cancelOrder", "startPause", "stopPause", "stopPause", "stateRequest", "nonsense"]),
        number=st.integers(0, 30),
    )
    def instant(self, kind: str, number: int) -> None:
        message = trial.instant_actions(ME, trial.action(kind, f"{kind}{number}"))
        self.vehicle.receive("instantActions", codec.encode(message), self.now)

    @rule(payload=st.binary(max_size=40), topic=st.sampled_from(["order", "instantActions", "state"]))
    def garbage(self, payload: bytes, topic: str) -> None:
        before = self.state.order_id
        self.vehicle.receive(topic, payload, self.now)
        assert self.state.order_id == before

    @rule()
    def die_and_come_back(self) -> None:
        self.body.drive.stop(at_node=False)
        self.start(self.saved)

    @invariant()
    def no_action_is_begun_twice(self) -> None:
        if hasattr(self, "begun"):
            assert all(count == 1 for count in self.begun.values()), self.begun

    @invariant()
    def the_robot_is_only_where_it_was_allowed(self) -> None:
        if hasattr(self, "released"):
            way = [w.sequence_id for w in self.vehicle.executor.way]
            base = [n.sequence_id for n in self.state.node_states if n.released]
            assert way == base[: len(way)], "the way driven is the beginning of the base"
            assert {w.node_id for w in self.vehicle.executor.way} <= self.released
            assert self.body.drive.node_id in self.released

    @invariant()
    def states_are_consistent(self) -> None:
        if not hasattr(self, "vehicle"):
            return
        state = self.state
        sequences = [n.sequence_id for n in state.node_states]
        assert sequences == sorted(set(sequences))
        released = [n.released for n in state.node_states]
        assert released == sorted(released, reverse=True), "base comes before horizon"
        ids = [a.action_id for a in state.action_states]
        assert len(ids) == len(set(ids))
        running = [r for r in self.vehicle.executor.snapshot().book.running if r.action.blocking_type == "HARD"]
        assert sum(1 for r in running if r.scope == "node") <= 1
        assert not (running and self.vehicle.executor.way and running[0].scope == "node")
        assert all(a.action_status in ActionStatus for a in state.action_states)


TestAgentMachine = AgentMachine.TestCase
TestAgentMachine.settings = settings(
    max_examples=60, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
