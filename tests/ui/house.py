"""A whole fleet for the page's tests: `drover up` in a folder of its own, on free ports."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parent.parent.parent
READY_WITHIN_S = 180.0
STOP_WITHIN_S = 60.0
#: The language model, read and compiled on a slow machine that does other things too.
MODEL_WITHIN_S = 240.0
PORT_OPTIONS = ("--port", "--edge-port", "--planner-port", "--cloud-broker-port", "--edge-broker-port")
#: Simulated seconds a second: a mission of two minutes should not take two minutes here.
SPEED = 4.0


class House:
    """One `drover up`; `api` is a client with its token."""

    def __init__(self, data: Path) -> None:
        self.log = data.parent / "up.log"
        ports = free_ports(len(PORT_OPTIONS))
        words = [word for name, port in zip(PORT_OPTIONS, ports, strict=True) for word in (name, str(port))]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "drover", "up", "--data", str(data), "--site", "warehouse", "--speed", str(SPEED), *words],
                cwd=ROOT,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.url = f"http://127.0.0.1:{ports[0]}"
        self._planner = f"http://127.0.0.1:{ports[PORT_OPTIONS.index('--planner-port')]}/healthz"
        self.token = self._wait_for_token(data / "token")
        self.api = httpx.Client(base_url=f"{self.url}/api/v1", headers={"Authorization": f"Bearer {self.token}"}, timeout=20.0)
        self.until(self._robots_online, READY_WITHIN_S, "robots online")

    @property
    def page(self) -> str:
        """The address as `drover up` prints it."""
        return f"{self.url}/#token={self.token}"

    def items(self, path: str) -> list[dict[str, Any]]:
        answer = self.api.get(path)
        answer.raise_for_status()
        return list(answer.json()["items"])

    def until(self, met: Any, within_s: float, what: str) -> None:
        end = time.monotonic() + within_s
        while not met():
            assert self.process.poll() is None, f"drover up ended:\n{self.said()}"
            assert time.monotonic() < end, f"not within {within_s:.0f} s: {what}\n{self.said()}"
            time.sleep(0.25)

    def until_language_is_ready(self) -> None:
        self.until(self._planner_ready, MODEL_WITHIN_S, "the language model is loaded")

    def _planner_ready(self) -> bool:
        try:
            return bool(httpx.get(self._planner, timeout=5.0, trust_env=False).json().get("status") == "ready")
        except (httpx.HTTPError, ValueError):
            return False

    def said(self) -> str:
        return self.log.read_text("utf-8", "replace")[-4000:]

    def stop(self) -> None:
        self.api.close()
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise

    def _wait_for_token(self, file: Path) -> str:
        self.until(file.is_file, 30.0, "the token")
        return file.read_text("ascii").strip()

    def _robots_online(self) -> bool:
        try:
            robots = self.items("/robots")
        except (httpx.HTTPError, KeyError):
            return False
        return bool(robots) and all(robot.get("status", {}).get("connection") == "ONLINE" for robot in robots)


def free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def find_chromium() -> str | None:
    """$CHROMIUM, or a browser of the system."""
    given = os.environ.get("CHROMIUM")
    names = [given] if given else ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
    return next((path for name in names if (path := shutil.which(name))), None)
