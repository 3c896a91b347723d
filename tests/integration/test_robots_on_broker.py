"""One virtual robot in its own process, on a real broker, driven by hand-made orders; killed and started again."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from fleet.contracts import codec
from fleet.contracts.vda5050.common import Message
from robot_agent import trial
from robot_agent.core.config import Identity

pytestmark = pytest.mark.e2e

ME = Identity("acme", "r1")
SITE = {"a": (0.0, 0.0), "b": (3.0, 0.0), "c": (6.0, 0.0), "d": (6.0, 3.0)}
NATS = Path(sysconfig.get_path("scripts")) / "nats-server"
PLAY = """
import sys
from pathlib import Path
from fleet.contracts.resources import RobotModelSpec
from fleet_io.mqtt import MqttSettings
from sim_robots.app import run
from sim_robots.config import RobotsConfig, VirtualRobot
robot = VirtualRobot(name="R 1", serial_number="r1", model=RobotModelSpec(type="AMR", manufacturer="acme"),
                     x_m=0.0, y_m=0.0, theta_rad=0.0, map_id="map", node_id="a")
sys.exit(run(RobotsConfig(data_dir=Path(sys.argv[1]), robots=(robot,), broker=MqttSettings(port=int(sys.argv[2])),
                          speed_factor=float(sys.argv[3]))))
"""


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
    yield port
    server.terminate()
    server.wait(10)


class Master:
    """The least master control that can be: sends what it is told, keeps the newest of each topic."""

    def __init__(self, port: int) -> None:
        self.seen: list[tuple[str, dict[str, Any]]] = []
        self._client = paho.Client(CallbackAPIVersion.VERSION2, client_id="master", protocol=paho.MQTTv311)
        self._client.on_message = lambda _c, _u, m: self.seen.append((m.topic.rsplit("/", 1)[1], json.loads(m.payload)))
        self._client.on_connect = lambda c, *_: c.subscribe("uagv/v2/acme/r1/+", 1)
        deadline = time.monotonic() + 10
        while True:
            try:
                self._client.connect("127.0.0.1", port)
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
        self._client.loop_start()

    def send(self, topic_name: str, message: Message) -> None:
        self._client.publish(f"uagv/v2/acme/r1/{topic_name}", codec.encode(message))

    def wait(self, topic_name: str, good: Callable[[dict[str, Any]], bool], what: str, timeout_s: float = 15.0) -> dict[str, Any]:
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            found = next((m for t, m in reversed(self.seen) if t == topic_name), None)
            if found is not None and good(found):
                return found
            time.sleep(0.01)
        raise AssertionError(f"no {topic_name} with {what}; last: {[m for t, m in self.seen if t == topic_name][-1:]}")

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@pytest.fixture
def master(broker: int) -> Iterator[Master]:
    made = Master(broker)
    yield made
    made.close()


def start_robot(data_dir: Path, port: int, speed_factor: float = 4.0) -> subprocess.Popen[bytes]:
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.Popen([sys.executable, "-c", PLAY, data_dir, str(port), str(speed_factor)], env=env)


def finished(state: dict[str, Any], order_id: str) -> bool:
    ended = all(a["actionStatus"] == "FINISHED" for a in state["actionStates"])
    return state["orderId"] == order_id and not state["nodeStates"] and bool(state["actionStates"]) and ended


def facts(data_dir: Path) -> list[tuple[str, str, str]]:
    path = data_dir / "R_1.log.jsonl"
    lines = path.read_text().splitlines() if path.exists() else []
    return [(f["kind"], f["load_id"], f["node_id"]) for f in map(json.loads, lines)]


def test_a_virtual_robot_drives_an_order_with_an_update_and_picks(tmp_path: Path, broker: int, master: Master) -> None:
    robot = start_robot(tmp_path, broker)
    try:
        master.wait("connection", lambda m: m["connectionState"] == "ONLINE", "ONLINE")
        master.wait("state", lambda m: m["lastNodeId"] == "a", "the home node")
        assert master.wait("factsheet", lambda m: True, "anything")["typeSpecification"]["seriesName"] == "AMR"
        pick = {"d": (trial.action("pick", "o1.pick", loadId="L1"),)}
        master.send("order", trial.order(ME, SITE, "o1", ["a", "b", "c", "d"], released=2, node_actions=pick))
        master.wait("state", lambda m: m["lastNodeId"] == "b" and not m["driving"], "standing at the end of the base")
        master.send("order", trial.order(ME, SITE, "o1", ["b", "c", "d"], update=1, first_sequence=2, node_actions=pick))
        state = master.wait("state", lambda m: finished(m, "o1"), "o1 finished")
        assert [load["loadId"] for load in state["loads"]] == ["L1"]
        assert any(t == "visualization" for t, _ in master.seen)
        assert facts(tmp_path) == [("pick", "L1", "d")]
    finally:
        robot.send_signal(signal.SIGTERM)
        assert robot.wait(10) == 0
    master.wait("connection", lambda m: m["connectionState"] == "OFFLINE", "OFFLINE")


@pytest.mark.parametrize("moment", ["driving", "picking"])
def test_a_killed_robot_resumes_and_does_everything_once(tmp_path: Path, broker: int, master: Master, moment: str) -> None:
    robot = start_robot(tmp_path, broker, speed_factor=2.0)
    try:
        master.wait("state", lambda m: True, "anything")
        pick = {"c": (trial.action("pick", "o1.pick", loadId="L1"),)}
        master.send("order", trial.order(ME, SITE, "o1", ["a", "b", "c"], node_actions=pick))
        if moment == "driving":
            master.wait("visualization", lambda m: m["agvPosition"]["x"] > 1.0, "a moving robot")
        else:
            master.wait("state", lambda m: any(a["actionStatus"] == "RUNNING" for a in m["actionStates"]), "a running pick")
        robot.kill()
        robot.wait(10)
        master.wait("connection", lambda m: m["connectionState"] == "CONNECTIONBROKEN", "the last will")
        robot = start_robot(tmp_path, broker, speed_factor=4.0)
        master.wait("connection", lambda m: m["connectionState"] == "ONLINE", "ONLINE again")
        master.wait("state", lambda m: finished(m, "o1"), "o1 finished")
        # sent again by a master that lost its memory: shown as done, not done again
        master.send("order", trial.order(ME, SITE, "o2", ["c", "d"], node_actions={"d": (trial.action("drop", "o2.drop"),)}))
        master.wait("state", lambda m: finished(m, "o2"), "o2 finished")
        master.send("order", trial.order(ME, SITE, "o1", ["d", "c"], node_actions=pick))
        master.wait("state", lambda m: finished(m, "o1"), "o1 finished again")
        assert facts(tmp_path) == [("pick", "L1", "c"), ("drop", "L1", "d")]
    finally:
        robot.terminate()
        robot.wait(10)
