"""Starts processes in stages, waits until each is ready, starts again what dies, and stops all in order.

`RestartPolicy` decides (pure); `Supervisor` is the asyncio shell around it. Children get a session of their own, so
that Ctrl-C reaches only us and we stop them in order, and die with us even when we are killed (Linux: PDEATHSIG).
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from drover.datadir import DataDir
from fleet.contracts.errors import Transient

RESTART_DELAY_S_MIN = 0.5
RESTART_DELAY_S_MAX = 10.0
#: A child that dies this often within the window is given up; all others run on.
RESTARTS_MAX = 6
RESTART_WINDOW_S = 120.0
#: One that has never been ready gets fewer tries: it will not get better by itself.
FIRST_STARTS_MAX = 3
STOP_WITHIN_S = 10.0
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class ProcessSpec:
    """One child. `ready(pid)` returns when it can be used. `stage`: stopped from the highest to the lowest."""

    name: str
    argv: tuple[str, ...]
    ready: Callable[[int], Awaitable[None]]
    stage: int
    ready_within_s: float = 60.0
    environment: dict[str, str] = field(default_factory=dict)


class RestartPolicy:
    """How long to wait before the next start, or None: it died too often."""

    def __init__(self) -> None:
        self._deaths: deque[float] = deque()

    def delay_s(self, now: float, *, was_ready: bool = True) -> float | None:
        """Call at each death; `now` in seconds of any steady clock. `was_ready`: it has been, at least once."""
        self._deaths.append(now)
        while self._deaths[0] < now - RESTART_WINDOW_S:
            self._deaths.popleft()
        if len(self._deaths) > RESTARTS_MAX or (not was_ready and len(self._deaths) >= FIRST_STARTS_MAX):
            return None
        return min(RESTART_DELAY_S_MAX, RESTART_DELAY_S_MIN * 2.0 ** (len(self._deaths) - 1))


class Child:
    """One process through its restarts."""

    def __init__(self, spec: ProcessSpec, data: DataDir, say: Callable[[str], None]) -> None:
        self.spec = spec
        self.data = data
        self.say = say
        self.process: asyncio.subprocess.Process | None = None
        self.was_ready = asyncio.Event()
        self.given_up = asyncio.Event()
        self.stopping = False
        self._policy = RestartPolicy()

    async def keep(self) -> None:
        """Until `stop`, or until it died too often."""
        while True:
            await self._life()
            if self._stop_asked():
                return
            delay_s = self._policy.delay_s(time.monotonic(), was_ready=self.was_ready.is_set())
            code = self.process.returncode if self.process else None
            log = self.data.log_file(self.spec.name)
            if delay_s is None:
                self.say(f"  {self.spec.name} {how_it_ended(code)}, again and again: given up, see {log}")
                self.given_up.set()
                return
            self.say(f"  {self.spec.name} {how_it_ended(code)}; starting it again in {delay_s:g} s, see {log}")
            await asyncio.sleep(delay_s)
            if self._stop_asked():
                return

    def _stop_asked(self) -> bool:
        return self.stopping

    async def stop(self) -> None:
        """SIGTERM, and SIGKILL after a bound. Safe to call twice and at any time."""
        self.stopping = True
        process = self.process
        if process is None or process.returncode is not None:
            return
        began = time.monotonic()
        _signal(process, signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), STOP_WITHIN_S)
            self.say(f"  stopped {self.spec.name} ({time.monotonic() - began:.1f} s)")
        except TimeoutError:
            _signal(process, signal.SIGKILL)
            await process.wait()
            self.say(f"  {self.spec.name} did not stop within {STOP_WITHIN_S:.0f} s: killed")

    def kill(self) -> None:
        if self.process is not None and self.process.returncode is None:
            _signal(self.process, signal.SIGKILL)

    async def _life(self) -> None:
        """One start to its end."""
        began = time.monotonic()
        process = await self._spawn()
        readiness = asyncio.create_task(self._announce(process.pid, began))
        try:
            await process.wait()
        finally:
            readiness.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await readiness
            self.data.pid_file(self.spec.name).unlink(missing_ok=True)

    async def _spawn(self) -> asyncio.subprocess.Process:
        log_fd = self.data.open_log(self.spec.name)
        try:
            self.process = await asyncio.create_subprocess_exec(
                *self.spec.argv,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log_fd,
                stderr=log_fd,
                start_new_session=True,
                preexec_fn=die_with_parent(),
                env={**os.environ, **self.spec.environment},
            )
        finally:
            os.close(log_fd)
        self.data.pid_file(self.spec.name).write_text(f"{self.process.pid}\n")
        return self.process

    async def _announce(self, pid: int, began: float) -> None:
        label, log = f"  {self.spec.name:<14} pid {pid:<7}", self.data.log_file(self.spec.name)
        try:
            await asyncio.wait_for(self.spec.ready(pid), self.spec.ready_within_s)
        except TimeoutError:
            self.say(f"{label} not ready after {self.spec.ready_within_s:.0f} s, see {log}")
        except Transient as error:
            self.say(f"{label} {error}")
        else:
            self.say(f"{label} ready after {time.monotonic() - began:4.1f} s   {log}")
            self.was_ready.set()


class Supervisor:
    """The children of one `drover up`. Every method is for the event loop's thread."""

    def __init__(self, data: DataDir, say: Callable[[str], None]) -> None:
        self._data = data
        self._say = say
        self._children: list[Child] = []
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def failed(self) -> list[str]:
        """Children that were given up."""
        return [c.spec.name for c in self._children if c.given_up.is_set()]

    def begin(self, spec: ProcessSpec) -> Child:
        """Start without waiting."""
        child = Child(spec, self._data, self._say)
        self._children.append(child)
        self._tasks.append(asyncio.create_task(child.keep(), name=spec.name))
        return child

    async def start(self, specs: Sequence[ProcessSpec]) -> None:
        """Start these at once and wait until each is ready. Raises Transient when one is not in its time."""
        children = [self.begin(spec) for spec in specs]
        await asyncio.gather(*(self.until_ready(child) for child in children))

    async def until_ready(self, child: Child) -> None:
        waits = [asyncio.create_task(child.was_ready.wait()), asyncio.create_task(child.given_up.wait())]
        try:
            await asyncio.wait(waits, timeout=child.spec.ready_within_s, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        if not child.was_ready.is_set():
            name = child.spec.name
            raise Transient(
                f"{name} did not become ready; its log ends with:\n{self._data.log_tail(name)}\n",
                field=name,
                fix=f"see {self._data.log_file(name)}",
            )

    async def stop_all(self) -> None:
        """Highest stage first, within a stage all at once."""
        for child in self._children:
            child.stopping = True  # nothing is started again from here on
        for stage in sorted({c.spec.stage for c in self._children}, reverse=True):
            await asyncio.gather(*(c.stop() for c in self._children if c.spec.stage == stage))
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.kill_all()  # one that was just being started when the stop came

    def kill_all(self) -> None:
        for child in self._children:
            child.stopping = True
            child.kill()


def how_it_ended(code: int | None) -> str:
    if code is None:
        return "could not be started"
    if code < 0:
        return f"was killed by {signal.Signals(-code).name}"
    return f"ended by itself with exit code {code}"


def _signal(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(number)


def die_with_parent() -> Callable[[], None] | None:
    """A preexec_fn: the child is killed when we are. It runs between fork and exec, so it may call nothing that takes a lock."""
    parent = os.getpid()
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl

    def arm() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # it was gone before we asked
            os._exit(1)

    return arm
