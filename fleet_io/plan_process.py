"""Plans in a process of their own, for event loops that must never wait for a solver."""

from __future__ import annotations

import asyncio
import contextlib
import sys

from fleet.planning.problem import PlanRequest, PlanResult
from fleet_io.plan_worker import LENGTH, Packer, unpack

#: A process that has not answered so long after the budget is given up, seconds.
LATE_S = 60.0
#: Largest answer that is read, in bytes.
ANSWER_BYTES_MAX = 64 * 1024 * 1024


class PlanProcess:
    """The child, begun when it is needed first."""

    def __init__(self) -> None:
        self._child: asyncio.subprocess.Process | None = None
        self._packer = Packer()

    async def plan(self, request: PlanRequest, budget_s: float) -> PlanResult:
        """As `fleet.planning.solve.plan`. One at a time.

        Raises InvalidInput (no plan); OSError, EOFError or TimeoutError when the child is of no use any more: `end` it.
        """
        child = self._child
        if child is None or child.returncode is not None:
            child = self._child = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "fleet_io.plan_worker",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=ANSWER_BYTES_MAX,
            )
            self._packer = Packer()
        assert child.stdin is not None
        assert child.stdout is not None
        message = self._packer.pack(request, budget_s)
        child.stdin.write(LENGTH.pack(len(message)) + message)
        await child.stdin.drain()
        async with asyncio.timeout(budget_s + LATE_S):
            (size,) = LENGTH.unpack(await child.stdout.readexactly(LENGTH.size))
            answer = await child.stdout.readexactly(size)
        return unpack(answer)

    async def end(self) -> None:
        """Kill it; the next plan begins another."""
        child, self._child = self._child, None
        if child is not None and child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()
