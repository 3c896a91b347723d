"""What the tests of a whole running fleet share: both APIs, the command line, and the signs that nothing was disturbed."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from benchmarks.running_fleet import Fleet, running, wait_until

ROOT = Path(__file__).resolve().parent.parent.parent
SPEED = 4.0
#: Two poses this close are one place, metres.
STILL_M = 0.02


class LiveFleet:
    """A running fleet; `edge` is a client of the edge node's own API."""

    def __init__(self, fleet: Fleet) -> None:
        self.fleet = fleet
        self.api = fleet.api
        self.cloud_broker_port = self._option("--cloud-broker-port")
        self.edge = httpx.Client(
            base_url=f"http://127.0.0.1:{self._option('--edge-port')}",
            headers={"Authorization": f"Bearer {fleet.token}"},
            timeout=30,
            trust_env=False,
        )
        self.pids = fleet.pids()

    def _option(self, name: str) -> int:
        args = self.fleet.process.args
        assert isinstance(args, list)
        return int(args[args.index(name) + 1])

    def status(self, kind: str, name: str) -> dict[str, Any]:
        return dict(self.fleet.get(f"{kind}/{name}").get("status", {}))

    def phase(self, mission: str) -> str:
        return str(self.status("missions", mission).get("phase", "pending"))

    def task(self, mission: str, number: int = 1) -> dict[str, Any]:
        return self.status("tasks", f"{mission}-{number}")

    def robot(self, name: str) -> dict[str, Any]:
        """As the edge node knows it at this moment."""
        answer = self.edge.get(f"/api/v1/robots/{name}")
        answer.raise_for_status()
        return dict(answer.json().get("status", {}))

    def robots(self) -> dict[str, dict[str, Any]]:
        answer = self.edge.get("/api/v1/robots")
        answer.raise_for_status()
        return {item["metadata"]["name"]: item.get("status", {}) for item in answer.json()["items"]}

    def poses(self) -> dict[str, tuple[float, float]]:
        return {name: (s["pose"]["x_m"], s["pose"]["y_m"]) for name, s in self.robots().items()}

    def way_m(self, seconds: float) -> dict[str, float]:
        """How far each robot gets in this time."""
        before = self.poses()
        time.sleep(seconds)
        return {name: math.dist(before[name], pose) for name, pose in self.poses().items()}

    def transport(self, robot: str, source: str, target: str, **more: Any) -> str:
        task = {"ref": "t", "action": "transport", "item": "tote", "from": source, "to": target, "robot": robot}
        return self.fleet.mission([{**task, **more}])

    def goto(self, robot: str, place: str) -> str:
        return self.fleet.mission([{"ref": "g", "action": "goto", "to": place, "robot": robot}])

    def events(self) -> list[dict[str, Any]]:
        return list(self.fleet.get("events?limit=1000")["items"])

    def until(self, condition: Callable[[], Any], what: str, limit_s: float) -> None:
        wait_until(condition, what, limit_s, every_s=0.1)

    def cli(self, *words: str, token: str | None = None) -> subprocess.CompletedProcess[str]:
        env = {**os.environ, "DROVER_API": str(self.api.base_url), "DROVER_TOKEN": self.fleet.token if token is None else token}
        command = [sys.executable, "-m", "drover", *words]
        return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)

    def assert_undisturbed(self) -> None:
        """Every process lives since the start, and none has met a bug."""
        assert self.fleet.pids() == self.pids
        for log in (self.fleet.data / "logs").glob("*.log"):
            assert "Traceback" not in log.read_text("utf-8", "replace"), log.name


@contextmanager
def live_fleet() -> Iterator[LiveFleet]:
    with running(site="warehouse", speed=SPEED) as fleet:
        live = LiveFleet(fleet)
        try:
            yield live
        finally:
            live.edge.close()
