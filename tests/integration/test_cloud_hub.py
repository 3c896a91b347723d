"""The cloud's hub against a real broker, with a SyncMachine in the edge's role on the other side."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from drover import broker
from fleet.contracts import codec, topics, wire
from fleet.contracts.resources import Kind, Phase
from fleet.sync import effects as fx
from fleet.sync.machine import Identity, Role, SyncMachine
from fleet_io.mqtt import Incoming, MqttLink, MqttSettings
from tests.integration.cloud_world import TRANSPORT, CloudWorld, cloud, free_port
from tests.unit import sites
from tests.unit.sync_disk import Disk

pytestmark = pytest.mark.e2e
EDGE = "edge-1"


def run(scenario: Any) -> None:
    asyncio.run(asyncio.wait_for(scenario, 100))


@asynccontextmanager
async def nats(data_dir: Path, port: int) -> AsyncIterator[None]:
    config = broker.BrokerConfig(name="test", data_dir=data_dir, port=port)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = await asyncio.create_subprocess_exec(*broker.command(config), **quiet)
    try:
        async with asyncio.timeout(20):
            await broker.wait_ready(config, process.pid)
        yield
    finally:
        process.terminate()
        await process.wait()
        shutil.rmtree(data_dir, ignore_errors=True)


class Edge:
    """The edge's end of the line: a real SyncMachine over real MQTT; what it is told is kept in dicts."""

    def __init__(self, port: int, name: str = EDGE, store_id: str = "edge-store", session: int = 1) -> None:
        self.name = name
        self.disk = Disk(store_id)
        identity = Identity(store_id, session, f"{store_id}{session}"[-8:])
        self.machine = SyncMachine(Role.EDGE, me=name, peer="cloud", identity=identity, now=time.time())
        self.resources: dict[str, dict[str, Any]] = {}
        self.applied: list[str] = []
        self.deleted: list[str] = []
        self.tombs: dict[str, int] = {}
        self.told: dict[str, wire.StatusReport] = {}
        self.controls: list[wire.ControlCommand] = []
        self.at_once: list[wire.ControlCommand] = []
        self.link = MqttLink(
            MqttSettings(port=port),
            client_id=name,
            on_message=self._received,
            subscriptions=[(f"fleet/v1/{sites.SITE}/{name}/dn/+", 1)],
            on_connect=lambda: self._do(self.machine.link_up(time.time())),
            on_disconnect=lambda: self.machine.link_down(time.time()),
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Edge]:
        tasks = [asyncio.create_task(self.link.run()), asyncio.create_task(self._poll())]
        try:
            yield self
        finally:
            await self.link.stop()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def say(self, stream: str, key: str, message: Any) -> None:
        for effect in self.machine.enqueue(stream, key, message, time.time()):
            self.disk.persist(effect)

    def status(self, kind: Kind, name: str, **status: Any) -> None:
        report = wire.StatusReport(kind=kind, name=name, status=status)
        self.told[f"{kind}/{name}"] = report
        self.say("st", f"{kind}/{name}", report)

    async def _poll(self) -> None:
        while True:
            self._do(self.machine.poll(time.time()))
            await asyncio.sleep(0.02)

    def _received(self, message: Incoming) -> None:
        stream = message.topic.rsplit("/", 1)[1]
        if stream == "now":
            self.at_once.append(codec.decode(message.payload, wire.ControlCommand))
        else:
            self._do(self.machine.receive(stream, message.payload, time.time()))

    def _do(self, effects: list[fx.Effect]) -> None:
        now = time.time()
        for effect in effects:
            self.disk.persist(effect)
        for effect in effects:
            match effect:
                case fx.Send():
                    self.link.publish(topics.sync_up(sites.SITE, self.name, effect.stream), effect.payload, qos=effect.qos)
                case fx.Deliver():
                    for item in effect.items:
                        self._take(item)
                    for persist in effect.persist:
                        self.disk.persist(persist)
                    self._do(self.machine.committed(effect.stream, effect.seq, now))
                case fx.LoadRows():
                    self._do(self.machine.loaded(effect, self.disk.load(effect), now))
                case fx.NeedSnapshot(stream):
                    self._do(self.machine.snapshot(stream, self.told.items(), now))
                case fx.Resync(stream, keys):
                    for key in self.told if keys is None else [k for k in keys if k in self.told]:
                        for persist in self.machine.enqueue(stream, key, self.told[key], now, force=True):
                            self.disk.persist(persist)
                case fx.Refill(hub):
                    self._refill(hub)

    def _refill(self, hub: str) -> None:
        """As edge_node/store/refill.py: all that this node was once sent."""
        for key, resource in self.resources.items():
            kind, _, name = key.partition("/")
            generation = resource["metadata"]["generation"]
            self.say("ev", key, wire.KnownSpec(kind=kind, name=name, generation=generation, resource=resource))
        for key, generation in self.tombs.items():
            kind, _, name = key.partition("/")
            self.say("ev", key, wire.KnownSpec(kind=kind, name=name, generation=generation, deleted=True))
        self.say("ev", "refill", wire.RefillDone(hub=hub))

    def _take(self, item: fx.Delivered) -> None:
        match item.message:
            case wire.ApplyResource():
                self.resources[item.key] = item.message.resource
                self.applied.append(item.key)
            case wire.DeleteResource() | None:
                old = self.resources.pop(item.key, None)
                self.deleted.append(item.key)
                if old is not None:
                    self.tombs[item.key] = old["metadata"]["generation"] + 1
            case wire.ControlCommand():
                self.controls.append(item.message)


async def eventually(check: Any, timeout_s: float = 15.0) -> Any:
    """Until `check` (maybe async) is true; its value."""
    async with asyncio.timeout(timeout_s):
        while True:
            value = check()
            if asyncio.iscoroutine(value):
                value = await value
            if value:
                return value
            await asyncio.sleep(0.02)


async def online(world: CloudWorld, edge: Edge) -> None:
    """All robots of the small site stand where they usually stand."""
    for resource in sites.resources():
        if resource.kind is Kind.ROBOT:
            edge.status(Kind.ROBOT, resource.metadata.name, **codec.to_builtins(resource.status))

    async def seen() -> bool:
        robots = (await world.get("/api/v1/robots"))["items"]
        return all(r["status"].get("connection") == "ONLINE" for r in robots)

    await eventually(seen)


def test_resources_go_down_status_and_events_come_up_and_a_mission_is_assigned(tmp_path: Path) -> None:
    async def scenario() -> None:
        port = free_port()
        async with nats(tmp_path / "nats", port), cloud(tmp_path / "cloud", broker_port=port) as world:
            await world.apply_site()
            async with Edge(port).running() as edge:
                await eventually(lambda: len(edge.resources) == len(sites.resources()))
                assert edge.applied.index("RobotModel/carter-100") < edge.applied.index("Robot/AMR-1")
                assert "status" not in edge.resources["Robot/AMR-1"]
                await online(world, edge)
                await eventually(lambda: _is(world, "edgenodes", EDGE, "link", "online"))

                posted_at = time.time()
                mission = (await world.post("/api/v1/missions", {"ir": TRANSPORT}, expect=201))["metadata"]["name"]
                task = await eventually(lambda: next((r for r in edge.resources.values() if _assigned(r)), None))
                print("posted to assigned at the edge:", time.time() - posted_at)
                assert task["spec"]["assignment"]["robot"] in sites.ROBOTS
                assert task["spec"]["assignment"]["by"] == "cloud"

                name = task["metadata"]["name"]
                edge.status(Kind.TASK, name, phase="running", robot="AMR-1")
                edge.status(Kind.MISSION, mission, phase="running")
                happened = wire.Event(id="e-1", at=time.time(), level="info", reason="Test", subject=f"Task/{name}", message="hi")
                edge.say("ev", "e-1", happened)
                await eventually(lambda: _phase(world, "tasks", name, Phase.RUNNING))
                await eventually(lambda: _phase(world, "missions", mission, Phase.RUNNING))
                events = (await world.get("/api/v1/events", limit=1000))["items"]
                assert [e["id"] for e in events].count("e-1") == 1

                await world.post(f"/api/v1/missions/{mission}/cancel")
                await eventually(lambda: edge.resources[f"Mission/{mission}"]["spec"].get("desired") == "cancel")

    run(scenario())


def test_a_burst_of_a_hundred_missions_reaches_the_edge_whole_and_assigned(tmp_path: Path) -> None:
    async def scenario() -> None:
        port = free_port()
        async with nats(tmp_path / "nats", port), cloud(tmp_path / "cloud", broker_port=port) as world:
            await world.apply_site()
            async with Edge(port).running() as edge:
                await online(world, edge)
                took: list[float] = []

                async def post() -> None:
                    asked_at = time.perf_counter()
                    await world.post("/api/v1/missions", {"ir": TRANSPORT}, expect=201)
                    took.append(time.perf_counter() - asked_at)

                started = time.perf_counter()
                await asyncio.gather(*(post() for _ in range(100)))
                await eventually(lambda: sum(map(_assigned, edge.resources.values())) == 100, 30)
                took.sort()
                whole_s = time.perf_counter() - started
                print(f"accept p50 {took[50]:.3f} p99 {took[98]:.3f} s, all assigned at the edge {whole_s:.2f} s")
                ranks: dict[str, list[int]] = {}
                for resource in edge.resources.values():
                    if _assigned(resource):
                        given = resource["spec"]["assignment"]
                        ranks.setdefault(given["robot"], []).append(given.get("rank", 0))
                assert all(len(set(r)) == len(r) for r in ranks.values()), "each robot has one order"

    run(scenario())


def test_a_stop_reaches_the_edge_on_the_short_way_even_while_the_database_is_locked(tmp_path: Path) -> None:
    async def scenario() -> None:
        port = free_port()
        async with nats(tmp_path / "nats", port), cloud(tmp_path / "cloud", broker_port=port) as world:
            await world.apply_site()
            async with Edge(port).running() as edge:
                await online(world, edge)
                lock = sqlite3.connect(tmp_path / "cloud" / "cloud.db", isolation_level=None)
                lock.execute("BEGIN IMMEDIATE")
                try:
                    asked_at = time.perf_counter()
                    stopping = asyncio.create_task(world.post("/api/v1/stop"))
                    await eventually(lambda: edge.at_once, 2)
                    assert time.perf_counter() - asked_at < 1.0
                    answer = await stopping
                    assert answer["stopped"] is True
                    assert answer["sent_to"] == [EDGE]
                finally:
                    lock.execute("ROLLBACK")
                    lock.close()
                control = await eventually(lambda: edge.controls and edge.controls[0], 20)
                assert control.id == edge.at_once[0].id, "the durable copy has the same id"

    run(scenario())


def test_what_was_changed_while_the_edge_or_the_broker_was_away_arrives_later_also_after_a_restart(tmp_path: Path) -> None:
    async def scenario() -> None:
        port = free_port()
        edge = Edge(port)
        async with cloud(tmp_path / "cloud", broker_port=port) as world:
            await world.apply_site()
            async with nats(tmp_path / "nats", port), edge.running():
                await eventually(lambda: len(edge.resources) == len(sites.resources()), 30)
            await world.post("/api/v1/robots/AMR-1/pause")
            await world.http.delete("/api/v1/robots/FL-1")
        again = Edge(port, session=2)
        again.machine, again.disk = _reloaded(edge), edge.disk
        again.resources = edge.resources
        async with nats(tmp_path / "nats2", port), cloud(tmp_path / "cloud", broker_port=port) as world, again.running():
            await eventually(lambda: again.resources["Robot/AMR-1"]["spec"].get("paused") is True, 30)
            await eventually(lambda: again.deleted == ["Robot/FL-1"])
            assert set(again.applied) <= {"Robot/AMR-1", "EdgeNode/edge-1"}, "what it had is not sent again"

    run(scenario())


def test_an_edge_with_a_new_store_gets_everything_again(tmp_path: Path) -> None:
    async def scenario() -> None:
        port = free_port()
        async with nats(tmp_path / "nats", port), cloud(tmp_path / "cloud", broker_port=port) as world:
            await world.apply_site()
            async with Edge(port).running() as edge:
                await eventually(lambda: len(edge.resources) == len(sites.resources()))
            async with Edge(port, store_id="new-disk").running() as fresh:
                await eventually(lambda: len(fresh.resources) == len(sites.resources()))

    run(scenario())


def test_an_edge_node_that_was_deleted_may_come_back_and_nothing_else_is_upset(tmp_path: Path) -> None:
    async def scenario() -> None:
        port = free_port()
        async with nats(tmp_path / "nats", port), cloud(tmp_path / "cloud", broker_port=port) as world:
            await world.apply_site()
            async with Edge(port, "edge-9").running() as edge:
                await eventually(lambda: "Layout/ground" in edge.resources)
                await world.post("/api/v1/stop")
                await eventually(lambda: edge.controls)
                (await world.http.delete("/api/v1/edgenodes/edge-9")).raise_for_status()
                edge.resources.clear()
                edge._do(edge.machine.link_up(time.time()))
                await eventually(lambda: "Layout/ground" in edge.resources)
                reasons = [e["reason"] for e in (await world.get("/api/v1/events", limit=1000))["items"]]
                assert "EdgeJoined" in reasons
                assert not {"HubRestored", "StoreReplaced"} & set(reasons)

    run(scenario())


def test_what_is_made_at_the_site_comes_up_and_bad_messages_become_events(tmp_path: Path) -> None:
    async def scenario() -> None:
        port = free_port()
        async with nats(tmp_path / "nats", port), cloud(tmp_path / "cloud", broker_port=port) as world:
            await world.apply_site()
            async with Edge(port).running() as edge:
                await online(world, edge)
                document = {
                    "apiVersion": "drover.dev/v1",
                    "kind": "Closure",
                    "metadata": {"name": "spill", "generation": 1},
                    "spec": {"targets": ["Dock 1"]},
                    "status": {"active": True},
                }
                edge.say("ev", "Closure/spill", wire.ApplyResource(resource=document))
                closure = await eventually(lambda: _first(world, "closures"))
                assert closure["status"]["active"] is True
                robots = await world.get("/api/v1/robots")
                edge.status(Kind.ROBOT, "AMR-1", battery_pct="full")
                edge.say("ev", "Layout/ground", wire.ApplyResource(resource={**document, "kind": "Layout", "spec": {"lif": {}}}))
                edge.link.publish(topics.sync_up(sites.SITE, EDGE, "ev"), b"\xff not json", qos=1)
                edge.link.publish(topics.telemetry(sites.SITE, EDGE), b"{}", qos=0)
                edge.link.publish(f"fleet/v1/{sites.SITE}/{EDGE}/up/nonsense", b"[]", qos=1)

                async def told() -> bool:
                    reasons = [e["reason"] for e in (await world.get("/api/v1/events", limit=1000))["items"]]
                    return {"BadMessage", "BadFrame", "BadTelemetry"} <= set(reasons) and reasons.count("BadMessage") == 2

                await eventually(told)
                assert await world.get("/api/v1/robots") == robots
                edge.status(Kind.ROBOT, "AMR-1", connection="OFFLINE")
                await eventually(lambda: _is(world, "robots", "AMR-1", "connection", "OFFLINE"))

    run(scenario())


def test_an_unknown_edge_node_registers_itself_and_gets_the_layout(tmp_path: Path) -> None:
    async def scenario() -> None:
        port = free_port()
        async with nats(tmp_path / "nats", port), cloud(tmp_path / "cloud", broker_port=port) as world:
            await world.apply_site()
            async with Edge(port, "edge-9").running() as edge:
                await eventually(lambda: "Layout/ground" in edge.resources)
                assert "Robot/AMR-1" not in edge.resources, "that robot is edge-1's"
                assert (await world.get("/api/v1/edgenodes/edge-9"))["spec"] == {}

    run(scenario())


def _assigned(resource: dict[str, Any]) -> bool:
    return resource["kind"] == "Task" and bool(resource["spec"].get("assignment"))


async def _phase(world: CloudWorld, kinds: str, name: str, phase: Phase) -> bool:
    return await _is(world, kinds, name, "phase", phase)


async def _is(world: CloudWorld, kinds: str, name: str, field: str, value: str) -> bool:
    return bool((await world.get(f"/api/v1/{kinds}/{name}"))["status"].get(field) == value)


async def _first(world: CloudWorld, kinds: str) -> Any:
    items = (await world.get(f"/api/v1/{kinds}"))["items"]
    return items[0] if items else None


def _reloaded(edge: Edge) -> SyncMachine:
    """The same store after a restart."""
    disk = edge.disk
    return SyncMachine(
        Role.EDGE,
        me=edge.name,
        peer="cloud",
        identity=Identity(disk.store, 2, "boot-two"),
        stored=disk.stored(),
        values=disk.values,
        entries=[(s, k, h) for (s, k), h in disk.entries.items()],
        now=time.time(),
    )
