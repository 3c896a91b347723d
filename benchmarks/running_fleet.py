"""Start a whole fleet (`drover up`) on free ports in a temporary directory, for the end-to-end benchmarks."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

START_S_MAX = 120.0


@dataclass(frozen=True)
class Fleet:
    """A running fleet. `api` is an HTTP client with the token set; `pids()` reads DATA/run."""

    data: Path
    port: int
    edge_port: int
    edge_broker_port: int
    token: str
    api: httpx.Client
    process: subprocess.Popen[bytes]

    def pids(self) -> dict[str, int]:
        return {p.stem: int(p.read_text()) for p in (self.data / "run").glob("*.pid")}

    def get(self, path: str) -> Any:
        answer = self.api.get(f"/api/v1/{path}")
        answer.raise_for_status()
        return answer.json()

    def mission(self, tasks: list[dict[str, Any]]) -> str:
        """Post a plan through the structured door; answers the mission's name."""
        answer = self.api.post("/api/v1/missions", json={"ir": {"outcome": "plan", "tasks": tasks}})
        answer.raise_for_status()
        return str(answer.json()["metadata"]["name"])


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for s in sockets:
        s.bind(("127.0.0.1", 0))
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


@contextlib.contextmanager
def running(*, site: str = "warehouse", speed: float = 1.0, extra: tuple[str, ...] = ("--no-planner",)) -> Iterator[Fleet]:
    """A fleet that is ready (all robots online), stopped at the end."""
    with tempfile.TemporaryDirectory(prefix="drover-bench-") as temp:
        data = Path(temp)
        port, edge, planner, cloud_broker, edge_broker = free_ports(5)
        command = [sys.executable, "-m", "drover", "up", "--site", site, "--data", str(data), "--port", str(port)]
        command += ["--edge-port", str(edge), "--planner-port", str(planner), "--cloud-broker-port", str(cloud_broker)]
        command += ["--edge-broker-port", str(edge_broker), "--speed", str(speed), *extra]
        log = (data / "up.log").open("wb")
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            token = _wait_ready(process, data, port)
            with httpx.Client(
                base_url=f"http://127.0.0.1:{port}", headers={"Authorization": f"Bearer {token}"}, timeout=30
            ) as api:
                fleet = Fleet(data, port, edge, edge_broker, token, api, process)
                wait_until(lambda: all_online(fleet), "all robots online", START_S_MAX)
                yield fleet
        finally:
            process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(30)
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            log.close()


def all_online(fleet: Fleet) -> bool:
    robots = fleet.get("robots")["items"]
    return bool(robots) and all(r["status"].get("connection") == "ONLINE" and r["status"].get("last_node") for r in robots)


def wait_until(condition: Any, what: str, limit_s: float, every_s: float = 0.2) -> float:
    """Seconds that it took. Raises TimeoutError naming `what`."""
    start = time.monotonic()
    while time.monotonic() - start < limit_s:
        with contextlib.suppress(httpx.HTTPError, KeyError, ValueError):
            if condition():
                return time.monotonic() - start
        time.sleep(every_s)
    raise TimeoutError(f"{what}: not within {limit_s:.0f} s")


def percentile(values: list[float], q: float) -> float:
    """The q-quantile (0..1), nearest rank; nan when there is none."""
    if not values:
        return float("nan")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(q * (len(ordered) - 1)))]


def _wait_ready(process: subprocess.Popen[bytes], data: Path, port: int) -> str:
    def ready() -> bool:
        if process.poll() is not None:
            raise RuntimeError(f"drover up ended with {process.returncode}: {(data / 'up.log').read_text()[-2000:]}")
        return httpx.get(f"http://127.0.0.1:{port}/healthz").is_success and (data / "token").exists()

    wait_until(ready, "the cloud answers", START_S_MAX)
    return (data / "token").read_text().strip()
