"""A door's agent in its own process on a real broker: fences, grants that end, kill -9, and the last will."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from fleet.contracts.topics import device_topic
from tests.integration.test_robots_on_broker import broker  # noqa: F401  (a fixture)

pytestmark = pytest.mark.e2e

REQUEST, STATE = device_topic("demo", "Door-1", "request"), device_topic("demo", "Door-1", "state")


class Asker:
    """Sends requests, and keeps every state."""

    def __init__(self, port: int) -> None:
        self.states: list[dict[str, Any]] = []
        self._count = 0
        self._client = paho.Client(CallbackAPIVersion.VERSION2, client_id="asker", protocol=paho.MQTTv311)
        self._client.on_message = lambda _c, _u, m: self.states.append(json.loads(m.payload))
        self._client.on_connect = lambda c, *_: c.subscribe(STATE, 1)
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

    def ask(self, action: str, **fields: Any) -> dict[str, Any]:
        """The answer."""
        self._count += 1
        request_id = f"r{self._count}-{time.monotonic_ns()}"
        request = {"id": request_id, "action": action, "holder": "AMR-1", **fields}
        self._client.publish(REQUEST, json.dumps(request), qos=1)
        state = self.until(lambda s: s.get("answer", {}).get("id") == request_id, f"an answer to {request}")
        return dict(state["answer"])

    def until(self, good: Callable[[dict[str, Any]], bool], what: str, limit_s: float = 10.0) -> dict[str, Any]:
        deadline = time.monotonic() + limit_s
        while time.monotonic() < deadline:
            if self.states and good(self.states[-1]):
                return self.states[-1]
            time.sleep(0.01)
        raise AssertionError(f"no {what}; last: {self.states[-1:]}")

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@pytest.fixture
def asker(broker: int) -> Iterator[Asker]:  # noqa: F811
    made = Asker(broker)
    yield made
    made.close()


@contextmanager
def door(tmp_path: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    config = {
        "site": "demo",
        "name": "Door-1",
        "kind": "door",
        "adapter": "sim_robots.devices:SimDoor",
        "options": {"travel_s": 0.2},
        "broker": f"mqtt://127.0.0.1:{port}",
        "data_dir": str(tmp_path / "door"),
    }
    path = tmp_path / "door.json"
    path.write_text(json.dumps(config))
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    process = subprocess.Popen([sys.executable, "-m", "robot_agent.devices", str(path)], env=env)
    try:
        yield process
    finally:
        process.kill()
        process.wait(10)


def test_a_door_on_a_broker_keeps_its_fences_over_kill_9_and_lets_go_by_itself(tmp_path: Path, broker: int, asker: Asker) -> None:  # noqa: F811
    with door(tmp_path, broker) as process:
        asker.until(lambda s: bool(s.get("online", True)), "a door")
        assert asker.ask("open", task="T-7", fence="41", valid_for_s=60)["accepted"]
        asker.until(lambda s: s["position"] == "open" and s.get("held_by") == "AMR-1", "an open door")
        process.kill()
        asker.until(lambda s: s.get("online") is False, "the last will", limit_s=30)
    with door(tmp_path, broker) as process:
        asker.until(lambda s: s.get("online", True) and "held it before" in s.get("note", ""), "a door that let go at its start")
        refused = asker.ask("open", holder="AMR-2", task="T-7", fence="40")
        assert not refused["accepted"]
        assert "was replaced" in refused["reason"]
        assert asker.ask("open", holder="AMR-2", task="T-7", fence="42", valid_for_s=1.0)["accepted"]
        asker.until(lambda s: s["position"] == "open", "an open door")
        asker.until(lambda s: "did not renew" in s.get("note", "") and s["position"] == "closed", "a door that closed by itself")
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    asker.until(lambda s: s.get("online") is False, "its last words")
