"""Real children, quick ones: started again when they die, stopped in order, never left behind."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import psutil
import pytest

from drover import supervisor
from drover.datadir import DataDir
from drover.supervisor import RESTART_DELAY_S_MAX, RESTARTS_MAX, ProcessSpec, RestartPolicy, Supervisor
from fleet.contracts.errors import Transient

SLEEPER = (sys.executable, "-c", "import time; time.sleep(60)")
STUBBORN = (
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(60)",
)
ROOT = Path(__file__).resolve().parent.parent.parent


async def at_once(_pid: int) -> None:
    return


async def never(_pid: int) -> None:
    await asyncio.Event().wait()


class Scene:
    def __init__(self, folder: Path) -> None:
        self.said: list[str] = []
        self.data = DataDir(folder)
        self.data.prepare()
        self.supervisor = Supervisor(self.data, self.said.append)

    def pid(self, name: str) -> int:
        return int(self.data.pid_file(name).read_text())

    async def until(self, condition: Callable[[], bool], within_s: float = 10.0) -> None:
        end = time.monotonic() + within_s
        while not condition():
            assert time.monotonic() < end, self.said
            await asyncio.sleep(0.02)


def play(folder: Path, scene: Callable[[Scene], Awaitable[None]]) -> Scene:
    async def whole() -> Scene:
        made = Scene(folder)
        try:
            await scene(made)
        finally:
            await made.supervisor.stop_all()
        return made

    return asyncio.run(whole())


def test_each_death_waits_longer_up_to_a_bound_and_then_it_is_given_up() -> None:
    policy = RestartPolicy()
    delays = [policy.delay_s(now) for now in range(RESTARTS_MAX + 1)]
    assert delays[:4] == [0.5, 1.0, 2.0, 4.0]
    assert max(d for d in delays if d is not None) == RESTART_DELAY_S_MAX
    assert delays[-1] is None


def test_one_that_was_never_ready_gets_fewer_tries() -> None:
    policy = RestartPolicy()
    assert [policy.delay_s(now, was_ready=False) for now in range(3)] == [0.5, 1.0, None]


def test_deaths_long_ago_are_forgotten() -> None:
    policy = RestartPolicy()
    assert {policy.delay_s(hour * 3600.0) for hour in range(50)} == {0.5}


def test_a_killed_child_is_started_again_and_the_other_one_left_alone(tmp_path: Path) -> None:
    async def scene(s: Scene) -> None:
        await s.supervisor.start([ProcessSpec("a", SLEEPER, at_once, stage=0), ProcessSpec("b", SLEEPER, at_once, stage=0)])
        killed, other = s.pid("a"), s.pid("b")
        os.kill(killed, signal.SIGKILL)
        await s.until(lambda: s.data.pid_file("a").exists() and s.pid("a") != killed)
        assert s.pid("b") == other
        assert any("a was killed by SIGKILL; starting it again in 0.5 s" in line for line in s.said)

    play(tmp_path, scene)


def test_children_stop_stage_by_stage_and_no_pid_file_stays(tmp_path: Path) -> None:
    async def scene(s: Scene) -> None:
        for stage, name in enumerate(("broker", "cloud", "edge")):
            await s.supervisor.start([ProcessSpec(name, SLEEPER, at_once, stage=stage)])

    s = play(tmp_path, scene)
    assert [line.split()[1] for line in s.said if "stopped" in line] == ["edge", "cloud", "broker"]
    assert list((tmp_path / "run").glob("*.pid")) == []


def test_a_child_that_ignores_sigterm_is_killed_after_a_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "STOP_WITHIN_S", 0.3)

    async def scene(s: Scene) -> None:
        await s.supervisor.start([ProcessSpec("mule", STUBBORN, at_once, stage=0)])
        await s.until(lambda: s.data.log_tail("mule") == "1")

    s = play(tmp_path, scene)
    assert any("mule did not stop" in line and "killed" in line for line in s.said)


def test_one_that_always_dies_is_given_up_and_says_where_its_log_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "RESTART_DELAY_S_MIN", 0.001)
    monkeypatch.setattr(supervisor, "RESTART_DELAY_S_MAX", 0.001)

    async def scene(s: Scene) -> None:
        broken = ProcessSpec("broken", (sys.executable, "-c", "raise SystemExit('no such table')"), never, stage=0)
        with pytest.raises(Transient, match="no such table"):
            await s.supervisor.start([broken])
        assert s.supervisor.failed == ["broken"]

    s = play(tmp_path, scene)
    assert any("given up" in line and "broken.log" in line for line in s.said)


def test_one_that_is_never_ready_fails_the_start_after_its_time(tmp_path: Path) -> None:
    async def scene(s: Scene) -> None:
        with pytest.raises(Transient, match="did not become ready"):
            await s.supervisor.start([ProcessSpec("slow", SLEEPER, never, stage=0, ready_within_s=0.3)])

    play(tmp_path, scene)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux ties a child to its parent's life")
def test_no_child_outlives_a_parent_that_was_killed(tmp_path: Path) -> None:
    program = f"""
import asyncio, sys
from pathlib import Path
from drover.datadir import DataDir
from drover.supervisor import ProcessSpec, Supervisor
async def ready(pid): pass
async def main():
    data = DataDir(Path({str(tmp_path)!r})); data.prepare()
    await Supervisor(data, print).start([ProcessSpec("child", {SLEEPER!r}, ready, stage=0)])
    print("up", flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=ROOT) as parent:
        assert parent.stdout is not None
        while parent.stdout.readline().strip() != "up":
            assert parent.poll() is None
        child = psutil.Process(int((tmp_path / "run" / "child.pid").read_text()))
        parent.kill()
    _, alive = psutil.wait_procs([child], timeout=5)
    assert alive == []
