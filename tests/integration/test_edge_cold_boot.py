"""An edge node that comes up with nothing around it: no broker of the cloud, none of the robots, only its own disk."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from drover import site as sites
from edge_node.app import DATABASE
from tests.integration.test_robots_on_broker import free_port

pytestmark = pytest.mark.e2e

TOKEN = "t0ken"
#: On a quiet machine it is under 5 s (sync design, 7); this one may be busy.
LIMIT_S = 10.0
#: Memory of an edge node that has planned nothing yet, MiB. It was 80 before traffic was compiled: numba alone takes 100
#: (decision 0012).
RSS_MIB_MAX = 240.0


def start(folder: Path, port: int) -> subprocess.Popen[bytes]:
    nobody = f"mqtt://127.0.0.1:{free_port()}"
    command = [sys.executable, "-m", "edge_node", "--data", str(folder), "--site", "warehouse", "--name", "edge-1"]
    command += ["--port", str(port), "--cloud-broker", nobody, "--robot-broker", nobody]
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "DROVER_TOKEN": TOKEN}
    return subprocess.Popen(command, env=env)


def wait(http: httpx.Client, until: float) -> None:
    while True:
        try:
            if http.get("/healthz").status_code == 200:
                return
        except httpx.TransportError:
            assert time.monotonic() < until, "the API does not answer"
        time.sleep(0.05)


def rss_mib(pid: int) -> float:
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    return int(found[1]) / 1024


def end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0


def test_with_no_broker_at_all_it_takes_a_mission_from_what_its_disk_knows(tmp_path: Path) -> None:
    port = free_port()
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=10.0) as http:
        process = start(tmp_path, port)
        wait(http, time.monotonic() + 60.0)
        answer = http.post("/api/v1/apply", json={"documents": sites.load("warehouse").documents})
        assert answer.status_code == 200, answer.text
        process.kill()  # as a power cut
        process.wait()

        began = time.monotonic()
        process = start(tmp_path, port)
        try:
            wait(http, began + 60.0)
            answered_s = time.monotonic() - began
            idle_mib = rss_mib(process.pid)
            registry = http.get("/api/v1/registry").json()
            names = [p["name"] for p in registry["places"] if p["kind"] in ("dock", "rack", "packing")]
            ir = {"outcome": "plan", "tasks": [{"ref": "t0", "action": "transport", "from": names[0], "to": names[5]}]}
            answer = http.post("/api/v1/missions", json={"ir": ir})
            accepted_s = time.monotonic() - began
            print(f"cold boot: API after {answered_s:.2f} s, mission accepted after {accepted_s:.2f} s, {idle_mib:.1f} MiB idle")
            assert answer.status_code in (200, 201), answer.text
            health = http.get("/healthz").json()
            assert not health["cloud_broker"]
            assert not health["robot_broker"]
            assert accepted_s < LIMIT_S
            assert idle_mib < RSS_MIB_MAX
        finally:
            end(process)
    with sqlite3.connect(tmp_path / DATABASE) as store:
        assert store.execute("SELECT count(*) FROM state WHERE kind = 'Mission'").fetchone() == (1,)
    store.close()
