"""Broker, cloud and edge nodes as single processes that a benchmark kills and starts as it likes; no robots, no supervisor."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
import paho.mqtt.client as mqtt
from running_fleet import START_S_MAX, wait_until

from drover import broker
from drover.supervisor import die_with_parent

SITE = "bench"
TOKEN = "bench-token-of-a-temporary-fleet"
HOST = "127.0.0.1"


def quiet_ports(count: int) -> list[int]:
    """Free ones below those that the system gives to outgoing connections, which would take them before they are used."""
    found: list[int] = []
    for port in random.sample(range(20_000, 32_000), 4 * count + 50):
        with contextlib.suppress(OSError), contextlib.closing(socket.socket()) as probe:
            probe.bind((HOST, port))
            found.append(port)
        if len(found) == count:
            break
    return found


class Tiers:
    """`edges`: names. Everything lives in `data`; `with` ends all processes."""

    def __init__(self, data: Path, edges: list[str]) -> None:
        self.data, self.edges = data, edges
        self.broker_port, self.port, *edge_ports = quiet_ports(2 + len(edges))
        self.edge_ports = dict(zip(edges, edge_ports, strict=True))
        #: Where each edge node and the cloud find the broker: a proxy's port may be put here before the start.
        self.broker_for = dict.fromkeys([*edges, "cloud"], self.broker_port)
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        (data / "token").write_text(TOKEN)
        self.api = httpx.Client(
            base_url=f"http://{HOST}:{self.port}/api/v1",
            headers={"Authorization": f"Bearer {TOKEN}"},
            timeout=60,
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for process in self.processes.values():
            process.send_signal(signal.SIGKILL)
        for process in self.processes.values():
            process.wait()
        self.api.close()

    # ---- processes ----

    def start_broker(self) -> None:
        config = broker.BrokerConfig("broker", self.data / "broker", port=self.broker_port)
        process = self._spawn("broker", broker.command(config))
        import asyncio

        asyncio.run(asyncio.wait_for(broker.wait_ready(config, process.pid), START_S_MAX))

    def start_cloud(self) -> None:
        words = ["cloud", "--site", SITE, "--port", self.port, "--data", self.data / "cloud"]
        self._drover("cloud", [*words, "--broker", self._url("cloud")])
        wait_until(lambda: self._healthy(self.port), "the cloud answers", START_S_MAX)

    def start_edge(self, name: str, *, wait: bool = True) -> None:
        words = ["edge", "--site", SITE, "--name", name, "--port", self.edge_ports[name], "--data", self.data / name]
        robots = f"mqtt://{HOST}:{self.broker_port}"
        self._drover(name, [*words, "--cloud-broker", self._url(name), "--robot-broker", robots])
        if wait:
            wait_until(lambda: self._healthy(self.edge_ports[name]), f"{name} answers", START_S_MAX)

    def kill(self, name: str) -> None:
        """kill -9, and gone."""
        self.processes[name].send_signal(signal.SIGKILL)
        self.processes[name].wait()

    def _url(self, who: str) -> str:
        return f"mqtt://{HOST}:{self.broker_for[who]}"

    def _healthy(self, port: int) -> bool:
        return httpx.get(f"http://{HOST}:{port}/healthz", trust_env=False, timeout=5).is_success

    def _drover(self, name: str, words: list[Any]) -> None:
        self._spawn(name, [sys.executable, "-m", "drover", *(str(w) for w in words), "--token-file", str(self.data / "token")])

    def _spawn(self, name: str, argv: list[str]) -> subprocess.Popen[bytes]:
        with (self.data / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, preexec_fn=die_with_parent()
            )
        self.processes[name] = process
        return process

    # ---- what is asked of them ----

    def apply(self, documents: list[dict[str, Any]]) -> None:
        answer = self.api.post("/apply", json={"documents": documents})
        if answer.is_error:
            raise RuntimeError(f"apply: {answer.status_code} {answer.text[:500]}")

    def declare_edges(self) -> None:
        self.apply([document("EdgeNode", name, {}) for name in self.edges])

    def view(self, edge: str) -> dict[str, Any]:
        """The cloud's side of the link (fleet.sync.view.View)."""
        answer = self.api.get(f"/edgenodes/{edge}/link").raise_for_status()
        return dict(answer.json()["view"] or {})

    def edge_health(self, edge: str) -> dict[str, Any]:
        return dict(httpx.get(f"http://{HOST}:{self.edge_ports[edge]}/healthz", trust_env=False, timeout=10).json())

    def converged(self, edge: str, since: float = 0.0) -> bool:
        """Both sides, at a moment after `since` (Unix seconds; one machine, one clock)."""
        here, there = self.view(edge), self.edge_health(edge)["sync"]
        return all(agrees(view, since) for view in (here, there))

    def rows(self, name: str, sql: str) -> list[tuple[Any, ...]]:
        """From `cloud`'s or an edge node's database, read from outside."""
        path = self.data / name / ("cloud.db" if name == "cloud" else "edge.db")
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as db:
            return db.execute(sql).fetchall()

    def rss_mb(self, name: str) -> float:
        status = Path(f"/proc/{self.processes[name].pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024

    def tracebacks(self) -> list[str]:
        return [p.name for p in self.data.glob("*.log") if "Traceback" in p.read_text("utf-8", "replace")]


def agrees(view: dict[str, Any], since: float) -> bool:
    """One side of the link says that both hold the same and nothing waits, at a moment after `since`."""
    whole = view.get("state") == "online" and view.get("digest") == "equal" and view.get("backlog") == 0
    return whole and (view.get("converged_at") or 0) > since


class Tap:
    """Listens on a broker: every message of `topics` goes to `heard(topic, payload)`, in a thread of its own."""

    def __init__(self, port: int, topics: list[str], heard: Callable[[str, bytes], None]) -> None:
        self.client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=f"tap-{os.getpid()}-{id(self)}")
        self.client.on_connect = lambda c, *_: c.subscribe([(t, 0) for t in topics])
        self.client.on_message = lambda _c, _u, m: heard(m.topic, m.payload)
        self.client.reconnect_delay_set(1, 2)
        self.client.connect_async(HOST, port)
        self.client.loop_start()
        wait_until(self.client.is_connected, "the tap is connected", 20)

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


def document(kind: str, name: str, spec: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": "drover.dev/v1", "kind": kind, "metadata": {"name": name, "site": SITE}, "spec": spec}


def size_of(value: Any) -> int:
    return len(json.dumps(value, separators=(",", ":")).encode())


def soon(condition: Callable[[], Any], what: str, limit_s: float) -> float:
    """Seconds until so; as `wait_until`, but a process that is just being started is no error."""
    began = time.monotonic()
    while time.monotonic() - began < limit_s:
        with contextlib.suppress(httpx.HTTPError, KeyError, ValueError, sqlite3.Error):
            if condition():
                return time.monotonic() - began
        time.sleep(0.2)
    raise TimeoutError(f"{what}: not within {limit_s:.0f} s")
