"""The event loop of a simulated run: the earliest of mail, robots, edge ticks, faults and judges comes next."""

from __future__ import annotations

import heapq
import logging
import time
import zlib
from collections.abc import Sequence

from drover.simulation.dispatch import answer
from drover.simulation.judge import CollisionJudge, ProgressJudge
from drover.simulation.measure import TimeSheet
from drover.simulation.network import EDGE, Network
from drover.simulation.site import SimSite
from drover.simulation.work import WorkLoad
from edge_node.core.edge import EdgeCore
from edge_node.core.effects import NeedPlan, Publish, PutResource
from fleet.contracts import topics
from fleet.contracts.resources import Kind
from fleet.contracts.vda5050 import codec
from fleet.traffic.control import TrafficControl
from fleet.traffic.face import TrafficFactory
from robot_agent.core.config import AgentSettings, Identity
from sim_robots import faults as faulty
from sim_robots.demand import Orders
from sim_robots.faults import Delays, Fault, FaultKind
from sim_robots.world.body import Body
from sim_robots.world.vehicle import Vehicle
from sim_robots.world.work import ACTION_TYPES, Fact

log = logging.getLogger("drover.sim")

#: Unix time at which every simulation begins (2026-01-01), so that runs are alike to the byte.
BEGIN_S = 1_767_225_600.0
#: The edge core ticks this often when nothing else happens, in seconds.
TICK_S = 0.5
#: How often progress is judged, in seconds.
PROGRESS_EVERY_S = 10.0
#: A driving robot says where it is this often, in seconds (visualization is left out: nobody looks).
STATE_EVERY_S = 5.0


class Run:
    """One simulated run. `advance` moves the clock; results are read from the parts."""

    def __init__(
        self,
        site: SimSite,
        *,
        seed: int,
        policy: str,
        open_tasks: int,
        plan_budget_s: float,
        faults: Sequence[Fault] = (),
        traffic: TrafficFactory = TrafficControl,
        orders: Orders | None = None,
        per_hour: float | None = None,
        delays: Delays | None = None,
    ) -> None:
        self.site = site
        self.now_s = BEGIN_S
        self.core = EdgeCore(site=site.name, edge=site.edge, session=1, traffic=traffic)
        self.network = Network(seed)
        self.names = [r.metadata.name for r in site.of(Kind.ROBOT)]
        self.vehicles, self._by_topic = _make_vehicles(site, seed, self.now_s)
        self.work = WorkLoad(site, orders or Orders(site.work, seed), open_tasks, self.now_s, per_hour)
        self.collisions = CollisionJudge([v.body for v in self.vehicles])
        self.progress = ProgressJudge(len(self.vehicles), self.now_s)
        self.time = TimeSheet()
        self.plan_ms: list[float] = []
        self.tick_ms: list[float] = []
        self.orders_sent = 0
        self.facts: list[tuple[str, Fact]] = []
        self._policy, self._seed, self._plan_budget_s = policy, seed, plan_budget_s
        self._offline: set[int] = set()
        self._faults = _fault_moments(faults, self.names)
        self._moments = 2 * len(self._faults)
        self._delays = delays if delays is not None and delays.share > 0 else None
        self._passed = [(vehicle.body.drive.node_id, 0) for vehicle in self.vehicles]
        self._tick_s = self._progress_s = self.now_s
        self._wakes: list[tuple[float, int]] = []
        self._wake_s = [float("inf")] * len(self.vehicles)

    # ---- Life -------------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Apply the site, connect everybody."""
        for resource in self.site.resources:
            self.core.apply(resource, self.now_s)
        self.core.robots_link(True, self.now_s)
        for i, vehicle in enumerate(self.vehicles):
            vehicle.connect(self.now_s)
            self._after(i)
        self.work.fill(self.core, self.now_s)
        self._carry_out()

    def advance(self, to_s: float) -> None:
        """Let time pass up to `to_s`, event by event."""
        while True:
            next_s = min(
                self.network.next_s(),
                self._wakes[0][0] if self._wakes else float("inf"),
                self._tick_s,
                self.collisions.next_look_s,
                self._progress_s,
                self._faults[0][0] if self._faults else float("inf"),
                self.work.next_s,
            )
            if next_s > to_s:
                self.now_s = to_s
                return
            self.now_s = max(self.now_s, next_s)
            self._happen()

    def _happen(self) -> None:
        """Everything that is due at this very moment, in a fixed order."""
        now_s = self.now_s
        touched = False
        while self._faults and self._faults[0][0] <= now_s:
            self._fault(heapq.heappop(self._faults))
        while self._wakes and self._wakes[0][0] <= now_s:
            due_s, i = heapq.heappop(self._wakes)
            if due_s == self._wake_s[i]:
                self.vehicles[i].advance(now_s)
                self._after(i)
        while self.network.next_s() <= now_s:
            mail = self.network.pop()
            if mail.to == EDGE:
                self.core.on_robot_message(mail.topic, mail.payload, now_s)
                touched = True
            elif mail.to not in self._offline:
                self.vehicles[mail.to].receive(mail.topic.rsplit("/", 1)[1], mail.payload, now_s)
                self._after(mail.to)
        if now_s >= self._tick_s:
            began = time.perf_counter()
            self.core.tick(now_s)
            self.tick_ms.append((time.perf_counter() - began) * 1000)
            self._tick_s = now_s + TICK_S
            touched = True
        touched |= now_s >= self.work.next_s
        if touched:
            self._carry_out()
        if now_s >= self.collisions.next_look_s:
            self.collisions.look(now_s)
        if now_s >= self._progress_s:
            self._judge_progress()
            self._progress_s = now_s + PROGRESS_EVERY_S

    # ---- Robots -----------------------------------------------------------------------------------------------------

    def _after(self, i: int) -> None:
        """A vehicle has lived: carry its mail, remember when it wants to live again."""
        vehicle = self.vehicles[i]
        if self._delays is not None:
            self._delay(i, vehicle, self._delays)
        for send in vehicle.outbox:
            if i not in self._offline:
                topic = topics.robot_topic(
                    vehicle.executor.identity.prefix,
                    vehicle.executor.identity.manufacturer,
                    vehicle.executor.identity.serial_number,
                    send.topic_name,
                )
                self.network.send(EDGE, topic, codec.write(send.message), self.now_s)
        vehicle.outbox.clear()
        self.facts += [(self.names[i], fact) for fact in vehicle.body.take_facts()]
        wake_s = vehicle.next_event_s()
        if wake_s != self._wake_s[i]:
            self._wake_s[i] = wake_s
            if wake_s != float("inf"):
                heapq.heappush(self._wakes, (wake_s, i))

    def _delay(self, i: int, vehicle: Vehicle, delays: Delays) -> None:
        """It may have passed a node: its fate there."""
        node, count = self._passed[i]
        if vehicle.body.drive.node_id == node:
            return
        self._passed[i] = vehicle.body.drive.node_id, count + 1
        stands_s = delays.stands_s(self.names[i], count + 1)
        if stands_s and not vehicle.body.drive.held:
            fault = Fault(self.names[i], FaultKind.STALL, self.now_s - BEGIN_S, stands_s)
            vehicle.inject(faulty.begin(fault, vehicle.body), self.now_s)
            self._moments += 1
            heapq.heappush(self._faults, (self.now_s + stands_s, self._moments, False, i, fault))

    def _fault(self, moment: tuple[float, int, bool, int, Fault]) -> None:
        _, _, begins, i, fault = moment
        vehicle = self.vehicles[i]
        vehicle.advance(self.now_s)
        if fault.kind is FaultKind.OFFLINE:
            self._set_offline(i, begins)
        elif begins:
            vehicle.inject(faulty.begin(fault, vehicle.body), self.now_s)
        else:
            vehicle.inject(faulty.end(fault, vehicle.body), self.now_s)
        self._after(i)

    def _set_offline(self, i: int, offline: bool) -> None:
        vehicle = self.vehicles[i]
        if offline:
            vehicle.executor.link_down()
            will = vehicle.executor.last_will(self.now_s)
            vehicle.outbox.append(will)
            self._after(i)
            self._offline.add(i)
        else:
            self._offline.discard(i)
            vehicle.connect(self.now_s)

    # ---- Edge -------------------------------------------------------------------------------------------------------

    def _carry_out(self) -> None:
        """Effects of the edge core; planning answers at once, so the loop ends when nothing more follows."""
        while True:
            for effect in self.core.take_effects():
                if isinstance(effect, Publish):
                    i = self._by_topic.get(effect.topic.rsplit("/", 1)[0])
                    if i is not None:
                        self.orders_sent += effect.topic.endswith("/order")
                        self.network.send(i, effect.topic, effect.payload, self.now_s)
                elif isinstance(effect, NeedPlan):
                    self._plan(effect)
                elif isinstance(effect, PutResource) and effect.resource.kind == Kind.TASK:
                    self.work.see(effect.resource.metadata.name, effect.resource.status, self.now_s)
            before = self.work.made
            self.work.fill(self.core, self.now_s)
            if self.work.made == before:
                return

    def _plan(self, need: NeedPlan) -> None:
        began = time.perf_counter()
        result = answer(need.request, budget_s=self._plan_budget_s, seed=self._seed, policy=self._policy)
        self.plan_ms.append((time.perf_counter() - began) * 1000)
        self.core.planned(need.version, result, self.now_s)

    # ---- Judges -----------------------------------------------------------------------------------------------------

    def _judge_progress(self) -> None:
        working = []
        for i, vehicle in enumerate(self.vehicles):
            executor = vehicle.executor
            has_work = executor.busy
            held = vehicle.body.drive.held
            mark = (executor.order_id, executor.last_node_id, len(vehicle.body.work.ended), vehicle.body.drive.odometer_m)
            self.progress.look(i, mark, has_work=has_work and not held, now_s=self.now_s)
            self.progress.look_for_stuck(i, executor.order_id, has_work=has_work and not held, now_s=self.now_s)
            self.time.note(vehicle)
            if has_work:
                working.append(i)
        if not working and self.work.open:
            working = list(range(len(self.vehicles)))  # work is there and nobody was given any: that is no progress either
        if self.progress.decide(working, self.now_s):
            log.warning("deadlock at %.0f s: %s", self.now_s - BEGIN_S, self.explain())

    def explain(self) -> list[str]:
        """Where everybody is, for whoever must find out why nothing moves."""
        return [
            f"{name} at {v.executor.last_node_id} order {v.executor.order_id} way {[w.node_id for w in v.executor.way]}"
            for name, v in zip(self.names, self.vehicles, strict=True)
        ]


def _make_vehicles(site: SimSite, seed: int, now_s: float) -> tuple[list[Vehicle], dict[str, int]]:
    models = {r.metadata.name: r.spec for r in site.of(Kind.ROBOT_MODEL)}
    vehicles: list[Vehicle] = []
    by_topic: dict[str, int] = {}
    for i, robot in enumerate(site.of(Kind.ROBOT)):
        model = models[robot.spec.model]
        node = site.graph.nodes[site.graph.place(robot.spec.home).nodes[0]]
        identity = Identity(model.manufacturer, robot.spec.serial_number, model.dialect.version, model.dialect.topic_prefix)
        own = frozenset(t.action_type for t in model.actions.values())
        settings = AgentSettings(
            state_interval_driving_s=STATE_EVERY_S,
            visualization_interval_s=0.0,
            action_types=ACTION_TYPES | own,
            model=model,
        )
        body = Body.standing(
            model,
            node.x_m,
            node.y_m,
            node.theta_rad or 0.0,
            node.map_id,
            node_id=node.node_id,
            seed=seed ^ zlib.crc32(robot.metadata.name.encode()),
            now_s=now_s,
            chargers=site.chargers,
        )
        vehicles.append(Vehicle(identity, settings, body))
        topic = topics.robot_topic(identity.prefix, identity.manufacturer, identity.serial_number, "x")
        by_topic[topic.rsplit("/", 1)[0]] = i
    return vehicles, by_topic


def _fault_moments(faults: Sequence[Fault], names: Sequence[str]) -> list[tuple[float, int, bool, int, Fault]]:
    moments: list[tuple[float, int, bool, int, Fault]] = []
    for number, fault in enumerate(f for f in faults if f.robot in names):
        i = names.index(fault.robot)
        moments.append((BEGIN_S + fault.at_s, 2 * number, True, i, fault))
        moments.append((BEGIN_S + fault.at_s + fault.duration_s, 2 * number + 1, False, i, fault))
    heapq.heapify(moments)
    return moments
