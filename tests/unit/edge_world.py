"""An edge core with simulated vehicles on one virtual clock: messages arrive at once, processes die and come back.

The store is what the core's effects said, taken batch by batch, so that a restart sees exactly what was committed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from edge_node.core.edge import EdgeCore
from edge_node.core.effects import (
    DeleteJournal,
    DeleteResource,
    Emit,
    NeedPlan,
    Publish,
    PutJournal,
    PutResource,
    PutValue,
    Tell,
)
from fleet.contracts import codec, manifest
from fleet.contracts.command_ir import Action, ControlAction
from fleet.contracts.resources import (
    AnyResource,
    Assignment,
    Kind,
    MissionSpec,
    MissionStatus,
    ObjectMeta,
    Phase,
    Resource,
    RobotStatus,
    TaskSpec,
    TaskStatus,
)
from fleet.contracts.vda5050 import codec as vda
from fleet.contracts.wire import ControlCommand, Event
from fleet.layout.site import site_graph
from fleet.planning.solve import plan
from robot_agent.core import snapshot
from robot_agent.core.config import AgentSettings, Identity
from sim_robots.world.body import Body
from sim_robots.world.vehicle import Vehicle
from sim_robots.world.work import ACTION_TYPES, Fact
from tests.unit import sites

STEP_S = 0.25
HOMES = {"AMR-1": "n4_3", "AMR-2": "n5_3", "AMR-3": "n4_0"}


class World:
    """`say` and `hear` can be put in the way of messages: answer False to lose one."""

    def __init__(
        self,
        *robots: str,
        loads_told: bool = True,
        battery_pct: float = 80.0,
        resources: Sequence[AnyResource] | None = None,
        stands: Mapping[str, str] = HOMES,
        off: Sequence[str] = (),
    ) -> None:
        self.now = sites.NOW
        self.session = 0
        self.stored: dict[tuple[Kind, str], AnyResource] = {}
        self.journal: dict[str, bytes] = {}
        self.values: dict[str, str] = {}
        self.events: list[Event] = []
        self.told: list[Any] = []
        self.facts: list[tuple[str, Fact]] = []
        self.orders: list[tuple[str, dict[str, Any]]] = []
        self.instants: list[tuple[str, str]] = []
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.to_robot: Callable[[Publish], bool] = lambda publish: True
        self.to_edge: Callable[[str, bytes], bool] = lambda topic, payload: True
        self.batches: list[list[Publish]] = []
        self.plan_on = True
        self.loads_told = loads_told
        self.edge_up = True
        self.robots = robots or ("AMR-1", "AMR-2")
        self.vehicles: dict[str, Vehicle] = {}
        given = sites.resources() if resources is None else resources
        self.graph = site_graph(next(r.spec for r in given if r.kind is Kind.LAYOUT)).graph
        self.models = {r.metadata.name: r.spec for r in given if r.kind is Kind.ROBOT_MODEL}
        self.specs = {r.metadata.name: r.spec for r in given if r.kind is Kind.ROBOT}
        self.stands = stands
        for name in self.robots:
            self._make_vehicle(name, battery_pct)
        self.core = EdgeCore(site=sites.SITE, edge="edge-1", session=0)
        for resource in given:
            if resource.kind is Kind.ROBOT:
                if resource.metadata.name not in self.robots:
                    continue
                resource = Resource(kind=Kind.ROBOT, metadata=resource.metadata, spec=resource.spec, status=RobotStatus())
            self.core.apply(resource, self.now)
        self.core.robots_link(True, self.now)
        for name, vehicle in self.vehicles.items():
            if name not in off:
                vehicle.connect(self.now)
        self.settle()

    def _make_vehicle(self, name: str, battery_pct: float) -> None:
        model = self.models[self.specs[name].model]
        node = self.graph.nodes[self.stands[name]]
        chargers = frozenset(n for p in self.graph.places.values() if p.kind == "charger" for n in p.nodes)
        body = Body.standing(
            model,
            node.x_m,
            node.y_m,
            0.0,
            node.map_id,
            node_id=node.node_id,
            now_s=self.now,
            battery_pct=battery_pct,
            chargers=chargers,
        )
        settings = AgentSettings(
            state_interval_driving_s=1.0, visualization_interval_s=0.0, action_types=ACTION_TYPES, model=model
        )
        self.vehicles[name] = Vehicle(Identity(model.manufacturer, self.specs[name].serial_number), settings, body)

    # ---- time ----

    def run(self, seconds: float, until: Callable[[], bool] | None = None) -> bool:
        """Let time pass, at most `seconds`. True when `until` came true."""
        end = self.now + seconds
        while self.now < end:
            if until is not None and until():
                return True
            self.now += STEP_S
            for vehicle in self.vehicles.values():
                vehicle.advance(self.now)
            self.settle()
            if self.edge_up:
                self.core.tick(self.now)
                self.settle()
        return until is not None and until()

    def settle(self) -> None:
        """Carry mail both ways until nobody has anything to say."""
        for _ in range(200):
            moved = self._from_robots()
            moved |= self._effects()
            if not moved:
                return
        raise AssertionError("edge and robots never come to rest")

    def _from_robots(self) -> bool:
        moved = False
        for name, vehicle in self.vehicles.items():
            self.facts += [(name, fact) for fact in vehicle.body.take_facts()]
            sends, vehicle.outbox[:] = list(vehicle.outbox), []
            for send in sends:
                identity = vehicle.executor.identity
                topic = f"uagv/v2/{identity.manufacturer}/{identity.serial_number}/{send.topic_name}"
                payload = vda.write(send.message)
                if not self.loads_told and send.topic_name == "state":
                    document = codec.decode(payload, dict)
                    document.pop("loads", None)
                    payload = codec.encode(document)
                moved = True
                if self.edge_up and self.to_edge(topic, payload):
                    self.core.on_robot_message(topic, payload, self.now)
                    self._effects()
        return moved

    def _effects(self) -> bool:
        """One batch: stored first, then sent."""
        effects = self.core.take_effects() if self.edge_up else []
        publishes: list[Publish] = []
        needs: list[NeedPlan] = []
        for effect in effects:
            match effect:
                case PutResource(resource, _, durable):
                    if durable:
                        self.stored[resource.kind, resource.metadata.name] = resource
                case DeleteResource(kind, name):
                    self.stored.pop((kind, name), None)
                case PutJournal(robot, body):
                    self.journal[robot] = body
                case DeleteJournal(robot):
                    self.journal.pop(robot, None)
                case PutValue(key, value):
                    self.values[key] = value
                case Emit(event):
                    self.events.append(event)
                case Tell(_, _, message):
                    self.told.append(message)
                case Publish():
                    publishes.append(effect)
                case NeedPlan():
                    needs.append(effect)
        if publishes:
            self.batches.append(publishes)
        for publish in publishes:
            self._deliver(publish)
        for need in needs:
            if self.plan_on:
                self.core.planned(need.version, plan(need.request, budget_s=0.0), self.now)
        return bool(effects)

    def _deliver(self, publish: Publish) -> None:
        if publish.topic.startswith("drover/"):
            self.requests.append((publish.topic.split("/")[4], codec.decode(publish.payload, dict)))
            return
        serial, topic = publish.topic.split("/")[3:]
        name = next((n for n, spec in self.specs.items() if spec.serial_number == serial), serial)
        document = codec.decode(publish.payload, dict)
        if topic == "order":
            self.orders.append((name, document))
        else:
            self.instants += [(name, action["actionType"]) for action in document["actions"]]
        if self.to_robot(publish) and name in self.vehicles:
            self.vehicles[name].receive(topic, publish.payload, self.now)

    # ---- deaths ----

    def kill_edge(self, away_s: float = 2.0) -> None:
        """kill -9 and start again: only what was committed is left; resources go through their stored form."""
        self.edge_up = False
        self.core.take_effects()
        self.run(away_s)
        self.session += 1
        self.core = EdgeCore(site=sites.SITE, edge="edge-1", session=self.session)
        resources = [manifest.typed(codec.decode(codec.encode(manifest.to_document(r)), dict)) for r in self.stored.values()]
        self.edge_up = True
        self.core.restore(resources, dict(self.journal), self.now, dict(self.values))
        self.core.robots_link(True, self.now)
        self.settle()

    def kill_robot(self, name: str, *, forget: bool = False) -> None:
        """kill -9 of the agent and start again, with its snapshot or (`forget`) without any memory of orders."""
        old = self.vehicles[name]
        saved = snapshot.to_bytes(old.executor.snapshot())
        fresh = Vehicle(old.executor.identity, old.executor.settings, old.body)
        self.vehicles[name] = fresh
        if forget:
            fresh.body.stop(at_node=False)
            fresh.body.work.running.clear()
        else:
            fresh.executor.restore(snapshot.from_bytes(saved), self.now)
        fresh.connect(self.now)
        self.settle()

    # ---- work ----

    def transport(self, name: str = "m1", source: str = "Dock 1", target: str = "Packing 1", robot: str = "", **spec: Any) -> str:
        """A mission of one task, as the cloud sends it; answers the task's name."""
        task = f"{name}-1"
        assignment = Assignment(robot=robot, by="cloud") if robot else None
        whole = MissionSpec(title=f"{source} to {target}", edge="edge-1", tasks=(task,), created_at=self.now)
        body = {"action": Action.TRANSPORT, "source": source, "target": target, **spec}
        one = TaskSpec(mission=name, edge="edge-1", assignment=assignment, created_at=self.now, **body)
        self.apply(Kind.MISSION, name, whole, MissionStatus())
        self.apply(Kind.TASK, task, one, TaskStatus())
        return task

    def apply(self, kind: Kind, name: str, spec: Any, status: Any, by: str = "cloud") -> None:
        resource: AnyResource = Resource(kind=kind, metadata=ObjectMeta(name=name, site=sites.SITE), spec=spec, status=status)
        self.core.apply(resource, self.now, by)
        self.settle()

    def control(self, action: ControlAction, *targets: str, by: str = "edge", **fields: Any) -> None:
        command = ControlCommand(
            id=f"c{len(self.events)}-{self.now}-{action}", action=action, targets=targets or ("all",), **fields
        )
        self.core.control(command, self.now, by)
        self.settle()

    def task(self, name: str = "m1-1") -> TaskStatus:
        status: TaskStatus = self.core.resource(Kind.TASK, name).status
        return status

    def mission(self, name: str = "m1") -> MissionStatus:
        status: MissionStatus = self.core.resource(Kind.MISSION, name).status
        return status

    def robot(self, name: str) -> RobotStatus:
        status: RobotStatus = self.core.resource(Kind.ROBOT, name).status
        return status

    def ended(self, name: str = "m1-1") -> bool:
        return self.task(name).phase.ended

    def in_phase(self, phase: Phase, name: str = "m1-1") -> bool:
        return self.task(name).phase is phase

    def moved_loads(self) -> list[tuple[str, str]]:
        """What physically happened: (pick | drop, load id)."""
        return [(fact.kind, fact.load_id) for _, fact in self.facts]

    def reasons(self) -> list[str]:
        return [event.reason for event in self.events]
