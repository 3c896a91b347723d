"""A vehicle that is not ours (npm vda-5050-lib's virtual AGV) does a transport under our edge core, on a real broker."""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
import sysconfig
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from drover import manifests
from edge_node.core.edge import TICK_S, EdgeCore
from edge_node.core.effects import NeedPlan, Publish
from fleet.contracts import manifest
from fleet.contracts.command_ir import Action
from fleet.contracts.resources import (
    Desired,
    EdgeNodeSpec,
    EdgeNodeStatus,
    Kind,
    LayoutSpec,
    LayoutStatus,
    MissionSpec,
    MissionStatus,
    ObjectMeta,
    PlaceSpec,
    Resource,
    RobotModelSpec,
    RobotModelStatus,
    RobotSpec,
    RobotStatus,
    TaskSpec,
    TaskStatus,
)
from fleet.planning.solve import plan
from fleet_io.mqtt import MqttLink, MqttSettings

pytestmark = pytest.mark.e2e

HERE = Path(__file__).parent / "third_party"
NATS = Path(sysconfig.get_path("scripts")) / "nats-server"
NODES = {"h": (0.0, 0.0), "a": (4.0, 0.0), "b": (8.0, 0.0), "c": (8.0, 4.0)}
MANIFEST = HERE / "lib-1.yaml"
MODEL = next(r.spec for r in map(manifest.parse, manifests.read(MANIFEST)) if r.kind == Kind.ROBOT_MODEL)
assert isinstance(MODEL, RobotModelSpec)


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[int]:
    if not NATS.exists():
        pytest.skip("no nats-server beside this Python; install requirements/run.lock")
    port, conf = free_port(), tmp_path / "nats.conf"
    conf.write_text(
        f'server_name: t1\nlisten: "127.0.0.1:{free_port()}"\n'
        f'jetstream {{ store_dir: "{tmp_path}/js" }}\nmqtt {{ listen: "127.0.0.1:{port}" }}\n'
    )
    server = subprocess.Popen([NATS, "-c", conf], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.02)
    yield port
    server.terminate()
    server.wait(10)


@pytest.fixture
def agv(broker: int) -> Iterator[subprocess.Popen[str]]:
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node on the path; install Node.js 20 or later")
    if not (HERE / "node_modules" / "vda-5050-lib").is_dir():
        pytest.skip("vda-5050-lib is not installed; run `npm ci` in tests/integration/third_party")
    argv = [node, "agv.js", f"mqtt://127.0.0.1:{broker}", MODEL.manufacturer, "agv1", "map", "0", "0", "0", "h", "4"]
    process = subprocess.Popen(argv, cwd=HERE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "ready"
    yield process
    process.terminate()
    process.wait(10)


def lif() -> dict[str, Any]:
    kind = "siemens.agv"
    lanes = [("h", "a"), ("a", "b"), ("b", "c")]
    return {
        "metaInformation": {
            "projectIdentification": "third party",
            "creator": "test",
            "exportTimestamp": "2026-11-24T00:00:00Z",
            "lifVersion": "1.0.0",
        },
        "layouts": [
            {
                "layoutId": "l1",
                "layoutVersion": "1",
                "nodes": [
                    {
                        "nodeId": n,
                        "mapId": "map",
                        "nodePosition": {"x": x, "y": y},
                        "vehicleTypeNodeProperties": [{"vehicleTypeId": kind}],
                    }
                    for n, (x, y) in NODES.items()
                ],
                "edges": [
                    {
                        "edgeId": f"{s}-{e}",
                        "startNodeId": s,
                        "endNodeId": e,
                        "vehicleTypeEdgeProperties": [{"vehicleTypeId": kind, "rotationAllowed": True}],
                    }
                    for pair in lanes
                    for s, e in (pair, pair[::-1])
                ],
                "stations": [{"stationId": f"s-{n}", "interactionNodeIds": [n]} for n in ("h", "a", "c")],
            }
        ],
    }


def resource(kind: Kind, name: str, spec: Any, status: Any) -> Resource[Any, Any]:
    return Resource(kind=kind, metadata=ObjectMeta(name=name), spec=spec, status=status)


class Edge:
    """The least shell around the real edge core: one MQTT link, no store."""

    def __init__(self, port: int) -> None:
        self.core = EdgeCore(site="test", edge="edge-1", session=1)
        places = tuple(
            PlaceSpec(name=name, station=f"s-{n}", kind=kind)
            for name, n, kind in (("Home", "h", "parking"), ("Dock", "a", "dock"), ("Rack", "c", "rack"))
        )
        self.apply(Kind.LAYOUT, "layout", LayoutSpec(lif=lif(), places=places), LayoutStatus())
        self.apply(Kind.ROBOT_MODEL, "agv", MODEL, RobotModelStatus())
        self.apply(Kind.EDGE_NODE, "edge-1", EdgeNodeSpec(layout="layout"), EdgeNodeStatus())
        self.apply(Kind.ROBOT, "AGV 1", RobotSpec(model="agv", serial_number="agv1", edge="edge-1", home="Home"), RobotStatus())
        self.link = MqttLink(
            MqttSettings(port=port),
            client_id="edge-1",
            on_message=lambda m: self.core.on_robot_message(m.topic, m.payload, time.time(), retained=m.retained),
            subscriptions=self.core.topics(),
            on_connect=lambda: self.core.robots_link(True, time.time()),
        )
        self.orders: list[bytes] = []

    def apply(self, kind: Kind, name: str, spec: Any, status: Any) -> None:
        self.core.apply(resource(kind, name, spec, status), time.time())

    async def run_until(self, phase: str, task: str, timeout_s: float, ask: Callable[[], None] = lambda: None) -> TaskStatus:
        """Answers the task's status when its phase is `phase`; the last one when the time is over. `ask`: called each tick."""
        session = asyncio.create_task(self.link.run())
        deadline = time.monotonic() + timeout_s
        try:
            while True:
                ask()
                self.core.tick(time.time())
                self.carry_out()
                status = self.core.resource(Kind.TASK, task).status
                assert isinstance(status, TaskStatus)
                if status.phase == phase or time.monotonic() > deadline:
                    return status
                await asyncio.sleep(TICK_S)
        finally:
            await self.link.stop()
            session.cancel()
            await asyncio.gather(session, return_exceptions=True)

    def carry_out(self) -> None:
        for effect in self.core.take_effects():
            if isinstance(effect, Publish):
                self.link.publish(effect.topic, effect.payload, qos=effect.qos, retain=effect.retain)
                if effect.topic.endswith("/order"):
                    self.orders.append(effect.payload)
            elif isinstance(effect, NeedPlan):
                self.core.planned(effect.version, plan(effect.request, budget_s=0.0), time.time())


def test_another_makers_vehicle_carries_a_load_from_dock_to_rack(broker: int, agv: subprocess.Popen[str]) -> None:
    edge = Edge(broker)
    spec = TaskSpec(mission="m1", action=Action.TRANSPORT, edge="edge-1", source="Dock", target="Rack", created_at=time.time())
    edge.apply(Kind.MISSION, "m1", MissionSpec(title="Dock to Rack", edge="edge-1", tasks=("m1-1",)), MissionStatus())
    edge.apply(Kind.TASK, "m1-1", spec, TaskStatus())
    status = asyncio.run(edge.run_until("done", "m1-1", 60.0))
    assert status.phase == "done", f"{status} {edge.core.resource(Kind.ROBOT, 'AGV 1').status}"
    robot = edge.core.resource(Kind.ROBOT, "AGV 1").status
    assert robot.last_node == "c"
    assert robot.loads == ()
    assert edge.core.resource(Kind.MISSION, "m1").status.phase == "done"
    assert len(edge.orders) >= 2
    assert agv.poll() is None


def test_another_makers_vehicle_is_cancelled_on_the_way_and_takes_the_next_order(broker: int, agv: subprocess.Popen[str]) -> None:
    edge = Edge(broker)
    there = TaskSpec(mission="", action=Action.GOTO, edge="edge-1", target="Rack", created_at=time.time())
    edge.apply(Kind.TASK, "t1", there, TaskStatus())
    cancelled_at: list[str] = []

    def ask() -> None:
        node = edge.core.resource(Kind.ROBOT, "AGV 1").status.last_node
        if edge.core.resource(Kind.TASK, "t1").status.phase == "cancelled" and not cancelled_at:
            cancelled_at.append(node)
            edge.apply(Kind.TASK, "t2", msgspec.structs.replace(there, target="Home"), TaskStatus())
        elif node == "a" and not cancelled_at:
            edge.apply(Kind.TASK, "t1", msgspec.structs.replace(there, desired=Desired.CANCEL), TaskStatus())

    edge.apply(Kind.TASK, "t2", msgspec.structs.replace(there, target="Home", not_before_at=time.time() + 900), TaskStatus())
    status = asyncio.run(edge.run_until("done", "t2", 60.0, ask))
    robot = edge.core.resource(Kind.ROBOT, "AGV 1").status
    assert status.phase == "done", f"{status} {robot}"
    assert cancelled_at in (["a"], ["b"]), "it had left, and had not come to the rack"
    assert robot.last_node == "h"
    assert agv.poll() is None
