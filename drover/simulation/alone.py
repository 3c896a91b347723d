"""A site whose cloud is away for hundreds of days: the edge node as it runs (core, sync machine, SQLite, HTTP API).

Only what would need a wire is left out: the robots are agents and bodies on the same clock (sim_robots.world.vehicle), calls go
to the HTTP application in this process, and the link to the cloud never comes up. All in between is the product's own code.
Nobody looks at idle hours: robots say how they are each half hour, and the edge node's timers run each ten minutes while nothing
is to be done. Power cuts leave only what was committed; the wall clock may say anything, as a dead or mis-set one does.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
import msgspec

from drover import site as sites
from edge_node.api.context import Context
from edge_node.api.live import LiveFeed
from edge_node.api.server import make_app
from edge_node.core.effects import NeedPlan, Publish
from edge_node.links.cloud import CloudLink
from edge_node.store.database import WALL_KEY
from edge_node.store.keeper import Batch, Keeper
from edge_node.store.salvage import open_or_salvage
from fleet.contracts import codec as contracts
from fleet.contracts import topics
from fleet.contracts.command_ir import Action
from fleet.contracts.resources import (
    AnyResource,
    Kind,
    MissionSpec,
    MissionStatus,
    ObjectMeta,
    OnDisconnect,
    Phase,
    Resource,
    RobotModelSpec,
    TaskSpec,
    TaskStatus,
)
from fleet.contracts.vda5050 import codec
from fleet.contracts.wire import StatusReport, Up
from fleet.planning.solve import plan
from fleet.sync.effects import LoadRows
from fleet.sync.machine import Limits
from fleet_io.clock import BootClock
from fleet_io.mqtt import MqttSettings
from robot_agent.core.config import AgentSettings, Identity
from sim_robots.app import identity_of, settings_of
from sim_robots.world.body import Body
from sim_robots.world.vehicle import Vehicle

#: Unix time at which it begins (2026-01-01).
BEGIN_S = 1_767_225_600.0
#: The edge node's timers while there is work, and while there is none, seconds.
TICK_BUSY_S = 1.0
TICK_IDLE_S = 600.0
#: There is work until so long after the last task has ended: robots go home, seconds.
BUSY_AFTER_S = 60.0
#: A robot's heartbeat, and when it counts as silent, seconds.
STATE_EVERY_S = 1800.0
SILENT_AFTER_S = 7200.0
#: Rounds of mail within one moment.
ROUNDS_MAX = 500
TOKEN = "alone"
#: Tasks of the cloud are told apart by their names.
CLOUDS = "cloud-"


class Alone:
    """`t`: true time. `skew_s`: what the wall clock shows beyond it; looked at when the edge node starts."""

    def __init__(self, folder: Path, *, site: str = "warehouse", robots: int = 3, limits: Limits | None = None) -> None:
        self._limits = limits
        self.folder, self.site = folder, sites.load(site)
        self.t, self.skew_s = BEGIN_S, 0.0
        self.powered = False
        self.open: set[str] = set()  # tasks of the site's own that have not ended
        self.ended: dict[str, Phase] = {}
        self.clock_at = 0.0
        self.clock_went_back = 0
        virtual, chargers = sites.virtual_robots(self.site)
        self._virtual = virtual[:robots]
        self.vehicles = [self._vehicle(each, chargers) for each in self._virtual]
        self._by_topic = {f"{v.executor.identity.prefix}/{_path(v)}": v for v in self.vehicles}
        self._plans: list[NeedPlan] = []
        self._tick_at = self._busy_until = self.t
        self.keeper: Keeper
        self.http: httpx.AsyncClient
        self._cloud: CloudLink

    def _vehicle(self, robot: Any, chargers: frozenset[str]) -> Vehicle:
        model = robot.model
        body = Body.standing(
            model, robot.x_m, robot.y_m, robot.theta_rad, robot.map_id, node_id=robot.node_id, now_s=self.t, chargers=chargers
        )
        usual = settings_of(robot)
        settings = AgentSettings(
            state_interval_s=STATE_EVERY_S,
            state_interval_driving_s=10.0,
            visualization_interval_s=0.0,
            action_types=usual.action_types,
            model=model,
        )
        identity: Identity = identity_of(robot)
        return Vehicle(identity, settings, body)

    # ---- power ----

    async def power_on(self) -> None:
        """A start of the edge node's process, from its store."""
        began = self.t
        data, salvaged = open_or_salvage(self.folder / "edge.db")
        self._data = data
        assert salvaged is None, f"the store was damaged: {salvaged}"
        wall_at = max(0.0, self.t + self.skew_s)
        clock = BootClock(data.wall_floor(), wall=lambda: wall_at, boot=lambda: self.t - began)
        self.keeper = keeper = Keeper.open(data, site=self.site.name, edge=self.site.edge, clock=clock, limits=self._limits)
        keeper.to_robots = self._to_robot
        keeper.to_planner = self._plans.append
        keeper.watchers.append(self._saw)
        self._cloud = CloudLink(keeper, MqttSettings(), site=self.site.name, edge=self.site.edge)  # never run: no cloud
        context = Context(keeper=keeper, site_name=self.site.name, edge=self.site.edge, cloud=self._cloud)
        feed = LiveFeed(keeper, site=self.site.name, token=TOKEN)
        app = make_app(context, feed, token=TOKEN, health=dict, web_dir=None)
        transport = httpx.ASGITransport(app=app)
        headers = {"Authorization": f"Bearer {TOKEN}"}
        self.http = httpx.AsyncClient(transport=transport, base_url="http://edge", headers=headers, trust_env=False)
        self.powered = True
        self._look_at_clock()
        keeper.change(lambda now: keeper.core.robots_link(True, now))
        self._tick_at, self._busy_until = self.t, self.t + BUSY_AFTER_S
        for vehicle in self.vehicles:
            vehicle.connect(self.t)
        await self._settle()

    async def power_cut(self) -> None:
        """Only what was committed is left; batches that wait are lost."""
        self.powered = False
        self._plans.clear()
        await self.http.aclose()
        self._data.close()

    # ---- time ----

    async def live(self, seconds: float) -> None:
        end = self.t + seconds
        while self.t < end:
            next_s = min(end, self._tick_at if self.powered else end, *(v.next_event_s() for v in self.vehicles))
            self.t = max(self.t, next_s)
            for vehicle in self.vehicles:
                vehicle.advance(self.t)
            if not self.powered:
                for vehicle in self.vehicles:
                    vehicle.outbox.clear()
                continue
            await self._settle()
            if self.t >= self._tick_at:
                await self._tick()

    def suspend(self, seconds: float) -> None:
        """The edge node's machine sleeps; robots go on to the end of what they were released. What they say is lost."""
        self.t += seconds
        for vehicle in self.vehicles:
            vehicle.advance(self.t)
            vehicle.outbox.clear()

    async def until_quiet(self, limit_s: float) -> bool:
        """Until every task has ended."""
        end = self.t + limit_s
        while self.open and self.t < end:
            await self.live(5.0)
        return not self.open

    async def _tick(self) -> None:
        keeper = self.keeper
        keeper.change(keeper.core.tick)
        self._cloud._look(keeper.clock())
        if keeper.machine.due_at() <= keeper.clock():
            keeper.sync(keeper.machine.poll(keeper.clock()))
        keeper.set_value(WALL_KEY, f"{keeper.clock():.0f}")
        await self._settle()
        self._look_at_clock()
        if self.open or any(v.executor.busy for v in self.vehicles):
            self._busy_until = self.t + BUSY_AFTER_S
        self._tick_at = self.t + (TICK_BUSY_S if self.t < self._busy_until else TICK_IDLE_S)

    def _look_at_clock(self) -> None:
        now = self.keeper.clock()
        # the floor is written down as a whole number of seconds, once a tick
        self.clock_went_back += now < self.clock_at - TICK_IDLE_S - 1.0
        self.clock_at = max(self.clock_at, now)

    # ---- calls ----

    async def call(self, method: str, path: str, document: Any = None) -> httpx.Response:
        """One call at the site's own API, waited for as a person would."""
        asked = asyncio.create_task(self.http.request(method, f"/api/v1{path}", json=document))
        while not asked.done():
            await asyncio.sleep(0)
            await self.keeper.flush()
        self._tick_at = min(self._tick_at, self.t + TICK_BUSY_S)
        await self._settle()
        return await asked

    async def apply_site(self) -> None:
        """The layout, the models (with a longer silence), and the robots that are played."""
        names = {robot.name for robot in self._virtual}
        documents = []
        for resource, document in zip(self.site.resources, self.site.documents, strict=True):
            if resource.kind is Kind.ROBOT and resource.metadata.name not in names:
                continue
            if resource.kind is Kind.ROBOT_MODEL:
                spec: RobotModelSpec = resource.spec
                slow = msgspec.structs.replace(spec.dialect, silent_after_s=SILENT_AFTER_S)
                document = {**document, "spec": msgspec.to_builtins(msgspec.structs.replace(spec, dialect=slow))}
            documents.append(document)
        answer = await self.call("POST", "/apply", {"documents": documents})
        assert answer.status_code == 200, answer.text
        for vehicle in self.vehicles:
            vehicle.connect(self.t)
        await self.live(30.0)

    def missing_rows(self) -> int:
        """Of the stream whose rows are never merged or dropped: numbers between the first and the last that have no row."""
        stored = self._data.load().stored.get("ev")
        return 0 if stored is None else stored.last - stored.first + 1 - stored.rows

    def endings_for_the_cloud(self) -> set[str]:
        """Tasks whose ending is in the queue: what the cloud will know of them when it is back."""
        ended: set[str] = set()
        for stream in ("ev", "st"):
            for row in self._data.read_rows(LoadRows(stream, after_seq=-1, limit=-1)):
                message: object = contracts.decode(row.body, Up)  # type: ignore[arg-type]
                if isinstance(message, StatusReport) and message.kind == Kind.TASK:
                    phase = Phase(message.status.get("phase", Phase.PENDING))
                    (ended.add if phase.ended else ended.discard)(message.name)
        return ended

    def grant(self, number: int, source: str, target: str, not_before_at: float) -> str:
        """A mission that the cloud gives before it goes away; it is to begin at this time of the edge node's clock."""
        mission = f"{CLOUDS}{number}"
        task = f"{mission}-1"
        now = self.keeper.clock()
        whole = MissionSpec(title=mission, edge=self.site.edge, tasks=(task,), created_at=now)
        one = TaskSpec(
            mission=mission,
            action=Action.TRANSPORT,
            edge=self.site.edge,
            source=source,
            target=target,
            not_before_at=not_before_at,
            created_at=now,
            fence=number + 1,
            on_disconnect=OnDisconnect.CONTINUE,
        )
        for kind, name, spec, status in ((Kind.MISSION, mission, whole, MissionStatus()), (Kind.TASK, task, one, TaskStatus())):
            meta = ObjectMeta(name=name, site=self.site.name, generation=1)
            resource: AnyResource = Resource(kind=kind, metadata=meta, spec=spec, status=status)
            self.keeper.change(lambda at, r=resource: self.keeper.core.apply(r, at, by="cloud"))  # type: ignore[misc]
        return task

    # ---- mail ----

    async def _settle(self) -> None:
        keeper = self.keeper
        for _ in range(ROUNDS_MAX):
            moved = False
            for vehicle in self.vehicles:
                sends, vehicle.outbox[:] = list(vehicle.outbox), []
                for send in sends:
                    moved = True
                    topic, payload = (
                        f"{vehicle.executor.identity.prefix}/{_path(vehicle)}/{send.topic_name}",
                        codec.write(send.message),
                    )
                    keeper.change(lambda now, t=topic, p=payload: keeper.core.on_robot_message(t, p, now))  # type: ignore[misc]
            needs, self._plans[:] = list(self._plans), []
            for need in needs:
                moved = True
                result = plan(need.request, budget_s=0.0)
                keeper.change(lambda now, n=need, r=result: keeper.core.planned(n.version, r, now))  # type: ignore[misc]
            await keeper.flush()
            if not moved and not any(v.outbox for v in self.vehicles) and not self._plans:
                return
        raise AssertionError("edge node and robots never come to rest")

    def _to_robot(self, publish: Publish) -> None:
        prefix, _, name = publish.topic.rpartition("/")
        vehicle = self._by_topic.get(prefix)
        if vehicle is not None:
            vehicle.receive(name, publish.payload, self.t)

    def _saw(self, batch: Batch) -> None:
        """Committed: which tasks there are, and how they ended."""
        for resource in batch.changed:
            if resource.kind is not Kind.TASK:
                continue
            name, phase = resource.metadata.name, resource.status.phase
            if phase.ended:
                self.open.discard(name)
                self.ended[name] = phase
            elif not name.startswith(CLOUDS):
                self.open.add(name)


def _path(vehicle: Vehicle) -> str:
    identity = vehicle.executor.identity
    return f"{topics.level(identity.manufacturer)}/{topics.level(identity.serial_number)}"
