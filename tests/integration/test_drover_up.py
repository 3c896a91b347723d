"""`drover up` as a person uses it: real processes on free ports, from the first line to the last one's end."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

ROOT = Path(__file__).resolve().parent.parent.parent
READY_WITHIN_S = 120.0
STOP_WITHIN_S = 60.0


def free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()


class Up:
    """One `drover up --no-planner` and what it prints."""

    def __init__(self, data: Path, ports: list[int], *options: str) -> None:
        self.data, self.ports, self.lines = data, ports, list[str]()
        names = ("--port", "--edge-port", "--cloud-broker-port", "--edge-broker-port")
        words = [word for name, port in zip(names, ports, strict=True) for word in (name, str(port))]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "drover", "up", "--data", str(data), "--no-planner", *words, *options],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.lines.extend(iter(self.process.stdout.readline, ""))

    def said(self) -> str:
        return "".join(self.lines)

    def until(self, pattern: str, within_s: float = READY_WITHIN_S) -> re.Match[str]:
        end = time.monotonic() + within_s
        while (found := re.search(pattern, self.said())) is None:
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < end, f"no {pattern!r} in:\n{self.said()}"
            time.sleep(0.05)
        return found

    def finish(self) -> int:
        code = self.process.wait(STOP_WITHIN_S)
        self._reader.join(5)
        return code

    def children(self) -> dict[str, psutil.Process]:
        return {p.stem: psutil.Process(int(p.read_text())) for p in (self.data / "run").glob("*.pid")}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """Up and ready once for the whole module; the last test stops it."""
    up = Up(tmp_path_factory.mktemp("up") / "data", free_ports(4))
    up.until(r"The page:")
    yield up
    if up.process.poll() is None:
        up.process.send_signal(signal.SIGINT)
        up.finish()


def ask(house: Up, path: str) -> httpx.Response:
    token = (house.data / "token").read_text().strip()
    url = f"http://127.0.0.1:{house.ports[0]}/api/v1/{path}"
    return httpx.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=10, trust_env=False)


def test_each_process_says_its_pid_its_time_and_its_log(house: Up) -> None:
    for name in ("broker-cloud", "broker-edge", "cloud", "edge", "robots"):
        pid = house.children()[name].pid
        assert re.search(rf"{name} +pid {pid} +ready after +\d+\.\d s +\S*{name}\.log", house.said()), house.said()


def test_the_page_and_api_ask_for_the_token_that_was_printed(house: Up) -> None:
    url = house.until(r"http://127\.0\.0\.1:\d+/#token=(\S+)")
    assert url.group(1) == (house.data / "token").read_text().strip()
    assert ask(house, "robots").status_code == 200
    bare = httpx.get(f"http://127.0.0.1:{house.ports[0]}/api/v1/robots", timeout=10, trust_env=False)
    assert bare.status_code == 401


def test_all_listens_on_loopback_only(house: Up) -> None:
    listening = [c for p in house.children().values() for c in p.net_connections(kind="tcp") if c.status == psutil.CONN_LISTEN]
    assert {c.laddr.ip for c in listening} == {"127.0.0.1"}
    assert {c.laddr.port for c in listening} >= set(house.ports)


def test_the_sites_robots_are_there_and_online(house: Up) -> None:
    end = time.monotonic() + 30
    while True:
        items = ask(house, "robots").json()["items"]
        online = [r["metadata"]["name"] for r in items if r.get("status", {}).get("connection") == "ONLINE"]
        if len(online) == 8:
            return
        assert time.monotonic() < end, items
        time.sleep(0.2)


def test_a_second_up_on_the_same_data_is_told_who_has_it(house: Up) -> None:
    second = Up(house.data, free_ports(4))
    assert second.finish() == 1
    assert re.search(rf"error: --data: .* is in use by `drover up`, pid {house.process.pid} ", second.said()), second.said()


def test_a_second_up_on_a_busy_port_is_told_which_process_holds_it(house: Up, tmp_path: Path) -> None:
    second = Up(tmp_path / "data", [house.ports[0], *free_ports(3)])
    assert second.finish() == 1
    cloud = house.children()["cloud"].pid
    assert f"error: --port: port {house.ports[0]} is held by drover cloud (pid {cloud})" in second.said()
    assert "Traceback" not in second.said()


@pytest.mark.parametrize("name", ["broker-cloud", "broker-edge", "cloud", "edge", "robots"])
def test_each_may_be_killed_and_comes_back_while_the_others_stay(house: Up, name: str) -> None:
    before = {key: child.pid for key, child in house.children().items()}
    os.kill(before[name], signal.SIGKILL)
    again = house.until(
        rf"\n  {name} was killed by SIGKILL; starting it again[^\n]*(?:\n.*?)*?\n  {name} +pid (\d+) +ready after", 60
    )
    after = {key: child.pid for key, child in house.children().items()}
    assert after.pop(name) == int(again.group(1))
    assert after == {key: pid for key, pid in before.items() if key != name}


def test_ctrl_c_stops_all_in_order_and_leaves_no_process(house: Up) -> None:
    children = list(house.children().values())
    assert len(children) == 5
    house.process.send_signal(signal.SIGINT)
    assert house.finish() == 0
    stopped = re.findall(r"stopped (\S+)", house.said())
    assert stopped[:3] == ["robots", "edge", "cloud"]
    assert sorted(stopped[3:]) == ["broker-cloud", "broker-edge"]
    assert psutil.wait_procs(children, timeout=2)[1] == []
    assert list((house.data / "run").glob("*.pid")) == []


def test_state_is_kept_for_the_next_run_and_kill_minus_nine_leaves_no_process(house: Up) -> None:
    """After the test above has stopped the house."""
    assert house.process.poll() is not None
    token = (house.data / "token").read_text()
    again = Up(house.data, house.ports)
    again.until(r"The page:")
    assert (house.data / "token").read_text() == token
    assert "applied" not in again.said()  # the manifests did not change
    assert len(ask(again, "robots").json()["items"]) == 8
    children = list(again.children().values())
    again.process.kill()
    again.finish()
    assert psutil.wait_procs(children, timeout=5)[1] == []


def test_a_site_that_cannot_be_read_starts_nothing(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text("kind: Robot\nmetadata: {name: a}\nspec: {model: m}\n")
    wrong = Up(tmp_path / "data", free_ports(4), "--site", str(tmp_path))
    assert wrong.finish() == 1
    assert wrong.said().startswith("error: spec: ")
    assert "site.yaml" in wrong.said()
