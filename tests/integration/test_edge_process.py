"""The edge node as a process: real brokers, real virtual robots, its own API; killed in the middle of missions."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from drover import site as sites
from tests.integration.test_robots_on_broker import broker, free_port

pytestmark = pytest.mark.e2e
__all__ = ["broker"]

TOKEN = "t0ken"
SPEED = 8.0
PLAY = """
import sys
from pathlib import Path
from drover import site
from fleet_io.mqtt import MqttSettings
from sim_robots.app import run
from sim_robots.config import RobotsConfig
robots, chargers = site.virtual_robots(site.load("warehouse"))
sys.exit(run(RobotsConfig(data_dir=Path(sys.argv[1]), robots=robots[:4], chargers=chargers,
                          broker=MqttSettings(port=int(sys.argv[2])), speed_factor=float(sys.argv[3]))))
"""


class Edge:
    """The processes, and a client of the edge's API."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.broker, self.port = folder, port, free_port()
        self.env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "DROVER_TOKEN": TOKEN}
        self.http = httpx.Client(
            base_url=f"http://127.0.0.1:{self.port}", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=10.0
        )
        self.edge = self.start_edge()
        self.robots = self.start_robots()

    def start_edge(self) -> subprocess.Popen[bytes]:
        url = f"mqtt://127.0.0.1:{self.broker}"
        command = [
            sys.executable,
            "-m",
            "edge_node",
            "--data",
            str(self.folder / "edge"),
            "--site",
            "warehouse",
            "--name",
            "edge-1",
        ]
        command += ["--port", str(self.port), "--cloud-broker", url, "--robot-broker", url]
        return subprocess.Popen(command, env=self.env)

    def start_robots(self) -> subprocess.Popen[bytes]:
        data = self.folder / "robots"
        data.mkdir(exist_ok=True)
        return subprocess.Popen([sys.executable, "-c", PLAY, str(data), str(self.broker), str(SPEED)], env=self.env)

    def wait(self, good: Callable[[], bool], what: str, timeout_s: float = 60.0) -> None:
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            try:
                if good():
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.1)
        raise AssertionError(f"not in time: {what}; {[(t['metadata']['name'], t['status']) for t in self.items('tasks')]}")

    def items(self, kinds: str) -> list[dict[str, Any]]:
        return list(self.http.get(f"/api/v1/{kinds}").json()["items"])

    def online(self) -> bool:
        return sum(r["status"].get("connection") == "ONLINE" for r in self.items("robots")) == 4

    def facts(self) -> list[tuple[str, str]]:
        lines = [line for path in (self.folder / "robots").glob("*.log.jsonl") for line in path.read_text().splitlines()]
        return sorted((f["load_id"], f["kind"]) for f in map(json.loads, lines))

    def close(self) -> None:
        self.http.close()
        for process in (self.robots, self.edge):
            process.send_signal(signal.SIGTERM)
        for process in (self.robots, self.edge):
            assert process.wait(20) == 0


@pytest.fixture
def edge(tmp_path: Path, broker: int) -> Iterator[Edge]:
    made = Edge(tmp_path, broker)
    made.wait(lambda: made.http.get("/healthz").json()["robot_broker"], "the edge node is up")
    site = sites.load("warehouse")
    robots = [d["metadata"]["name"] for d in site.documents if d["kind"] == "Robot"][:4]
    documents = [d for d in site.documents if d["kind"] != "Robot" or d["metadata"]["name"] in robots]
    answer = made.http.post("/api/v1/apply", json={"documents": documents})
    assert answer.status_code == 200, answer.text
    made.wait(made.online, "four robots online")
    yield made
    made.close()


def mission(edge: Edge, *tasks: dict[str, Any], **fields: Any) -> dict[str, Any]:
    ir = {"outcome": "plan", "tasks": [{"ref": f"t{i}", **task} for i, task in enumerate(tasks)]}
    answer = edge.http.post("/api/v1/missions", json={"ir": ir, **fields})
    assert answer.status_code in (200, 201), answer.text
    return dict(answer.json())


def places(edge: Edge) -> list[str]:
    registry = edge.http.get("/api/v1/registry").json()
    return [p["name"] for p in registry["places"] if p["kind"] in ("dock", "rack", "packing")]


def test_missions_from_the_edges_own_api_end_done_exactly_once_over_kill_9(edge: Edge) -> None:
    names = places(edge)
    move = {"action": "transport"}
    preview = mission(edge, {**move, "from": names[0], "to": names[5]}, dry_run=True)
    assert preview["tasks"][0]["robot"]
    assert edge.items("missions") == []
    for i in range(6):
        mission(edge, {**move, "from": names[i], "to": names[-1 - i]})
    for deed in ("edge", "robots", "edge"):
        time.sleep(4)
        process = getattr(edge, deed)
        process.kill()
        process.wait()
        time.sleep(1)
        setattr(edge, deed, getattr(edge, f"start_{deed}")())
    edge.wait(lambda: all(m["status"].get("phase") == "done" for m in edge.items("missions")), "six missions done", 100)
    tasks = [t["metadata"]["name"] for t in edge.items("tasks")]
    assert edge.facts() == sorted((t, kind) for t in tasks for kind in ("pick", "drop"))


def test_stop_cancel_and_problems_over_the_edges_own_api(edge: Edge) -> None:
    names = places(edge)
    made = mission(edge, {"action": "transport", "from": names[0], "to": names[-1]})
    name = made["metadata"]["name"]
    edge.wait(lambda: any(r["status"].get("task") for r in edge.items("robots")), "a robot has the task")
    stopped = edge.http.post("/api/v1/stop").json()
    assert stopped["stopped"] is True
    assert [(held["owner"].partition(":")[0], held["by"]) for held in stopped["held_by"]] == [("edge", "the site")]
    edge.wait(lambda: all(r["status"]["activity"] == "stopped" for r in edge.items("robots")), "all robots are stopped", 10)
    resumed = edge.http.post("/api/v1/resume").json()
    assert (resumed["stopped"], resumed["held_by"]) == (False, [])
    assert edge.http.post(f"/api/v1/missions/{name}/cancel").status_code == 200
    edge.wait(lambda: edge.http.get(f"/api/v1/missions/{name}").json()["status"]["phase"] == "cancelled", "cancelled", 30)
    assert edge.http.post(f"/api/v1/missions/{name}/resume").json()["code"] == "conflict"
    assert edge.http.get("/api/v1/robots/nobody").json()["code"] == "not_found"
    assert edge.http.get("/api/v1/robots", headers={"Authorization": "Bearer x"}).status_code == 401
    wrong = edge.http.post(
        "/api/v1/apply", json={"documents": [{"kind": "Robot", "metadata": {"name": "x"}, "spec": {"modle": 1}}]}
    )
    assert (wrong.status_code, wrong.json()["field"]) == (422, "documents[0].spec.modle")
    reasons = [e["reason"] for e in edge.http.get("/api/v1/events?limit=1000").json()["items"]]
    assert {"Stopped", "Resumed", "MissionCancelled"} <= set(reasons)


def test_a_second_edge_node_on_the_same_port_says_who_holds_it(edge: Edge, tmp_path: Path) -> None:
    url = f"mqtt://127.0.0.1:{edge.broker}"
    command = [sys.executable, "-m", "edge_node", "--data", str(tmp_path / "second"), "--site", "warehouse", "--name", "edge-2"]
    command += ["--port", str(edge.port), "--cloud-broker", url, "--robot-broker", url]
    second = subprocess.run(command, env=edge.env, capture_output=True, text=True, timeout=30)
    assert second.returncode == 1
    assert f"port {edge.port} is held by process" in second.stderr
    assert f"({edge.edge.pid})" in second.stderr
