"""One edge node with its broker and virtual robots, each a process of its own, on a site's folder: no cloud, no planner."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
from running_fleet import START_S_MAX, wait_until
from tiers import HOST, TOKEN, quiet_ports

from drover import broker
from drover import site as sites
from drover.supervisor import die_with_parent

TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Used:
    """What processes have used so far: CPU seconds by name, and the wall clock at that moment."""

    cpu_s: dict[str, float]
    wall_s: float

    def since(self, before: Used) -> dict[str, float]:
        """Cores used by each process between the two moments."""
        wall_s = self.wall_s - before.wall_s
        return {name: round((cpu_s - before.cpu_s[name]) / wall_s, 3) for name, cpu_s in self.cpu_s.items()}


class EdgeHouse:
    """`folder`: with site.yaml. `edge_script`: runs the edge node instead of `-m drover` (a profiler, another traffic).

    `with` starts broker, edge node and robots, applies the site, and ends all.
    """

    def __init__(self, folder: Path, data: Path, *, speed: float = 1.0, robots: int | None = None, edge_script: str = "") -> None:
        self.edge_script = edge_script
        self.folder, self.data, self.speed, self.robots = folder, data, speed, robots
        self.site = sites.load(str(folder))
        self.broker_port, self.port = quiet_ports(2)
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        data.mkdir(parents=True, exist_ok=True)
        (data / "token").write_text(TOKEN)
        self.api = httpx.Client(
            base_url=f"http://{HOST}:{self.port}/api/v1",
            headers={"Authorization": f"Bearer {TOKEN}"},
            timeout=300,
            trust_env=False,
        )

    def __enter__(self) -> Self:
        import asyncio

        config = broker.BrokerConfig("broker", self.data / "broker", port=self.broker_port)
        started = self._spawn("broker", broker.command(config))
        asyncio.run(asyncio.wait_for(broker.wait_ready(config, started.pid), START_S_MAX))
        self.start_edge()
        self.apply()
        self.start_robots()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for process in self.processes.values():
            process.send_signal(signal.SIGKILL)
        for process in self.processes.values():
            process.wait()
        self.api.close()

    def start_edge(self) -> None:
        url = f"mqtt://{HOST}:{self.broker_port}"
        self._drover("edge", "edge", "--site", self.site.name, "--name", self.site.edge, "--port", self.port,
                     "--data", self.data / "edge", "--cloud-broker", url, "--robot-broker", url,
                     "--token-file", self.data / "token")  # fmt: skip
        wait_until(lambda: self.health()["robot_broker"], "the edge node answers", START_S_MAX)

    def apply(self) -> None:
        """The site's manifests, through the site's own API."""
        documents = [sites.in_real_time(d, self.speed) for d in self.site.documents]
        if self.robots is not None:
            names = {f["metadata"]["name"] for f in [d for d in documents if d["kind"] == "Robot"][: self.robots]}
            documents = [d for d in documents if d["kind"] != "Robot" or d["metadata"]["name"] in names]
        self.names = [d["metadata"]["name"] for d in documents if d["kind"] == "Robot"]
        answer = self.api.post("/apply", json={"documents": documents})
        if answer.is_error:
            raise RuntimeError(f"apply: {answer.status_code} {answer.text[:500]}")

    def start_robots(self) -> None:
        only = [word for name in self.names for word in ("--robot", name)] if self.robots is not None else []
        self._drover("robots", "robots", "--site", self.folder, "--data", self.data / "robots",
                     "--broker", f"mqtt://{HOST}:{self.broker_port}", "--speed", self.speed, *only)  # fmt: skip

    def wait_online(self, limit_s: float = START_S_MAX) -> float:
        """Seconds until the edge node has heard and placed all robots."""

        def online() -> bool:
            rows = self.rows("SELECT body FROM state WHERE kind = 'Robot'")
            return sum(_stands(json.loads(body)) for (body,) in rows) == len(self.names)

        return wait_until(online, "all robots online", limit_s, every_s=0.5)

    # ---- what is asked of them ----

    def health(self) -> dict[str, Any]:
        return dict(httpx.get(f"http://{HOST}:{self.port}/healthz", trust_env=False, timeout=30).json())

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """From the edge node's store, read from outside: costs the process nothing."""
        with contextlib.closing(sqlite3.connect(f"file:{self.data}/edge/edge.db?mode=ro", uri=True, timeout=10)) as db:
            return db.execute(sql).fetchall()

    def task_phases(self) -> dict[str, str]:
        found = (json.loads(body) for (body,) in self.rows("SELECT body FROM state WHERE kind = 'Task'"))
        return {d["metadata"]["name"]: d.get("status", {}).get("phase", "pending") for d in found}

    def judge(self) -> dict[str, Any]:
        """What the virtual world's own judge has seen (sim_robots/judge.py)."""
        return dict(json.loads((self.data / "robots" / "judge.json").read_text()))

    def used(self) -> Used:
        return Used({name: _cpu_s(p.pid) for name, p in self.processes.items()}, time.monotonic())

    def rss_mb(self) -> dict[str, float]:
        found = {}
        for name, process in self.processes.items():
            status = Path(f"/proc/{process.pid}/status").read_text()
            found[name] = round(int(status.split("VmRSS:")[1].split()[0]) / 1024)
        return found

    def _drover(self, name: str, *words: Any) -> None:
        module = ("-m", "drover") if name != "edge" or not self.edge_script else (self.edge_script,)
        self._spawn(name, [sys.executable, *module, *(str(w) for w in words)])

    def _spawn(self, name: str, argv: list[str]) -> subprocess.Popen[bytes]:
        with (self.data / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, preexec_fn=die_with_parent()
            )
        self.processes[name] = process
        return process


def _cpu_s(pid: int) -> float:
    """User and system time of all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S


def _stands(document: dict[str, Any]) -> bool:
    status = document.get("status", {})
    return status.get("connection") == "ONLINE" and bool(status.get("last_node"))
