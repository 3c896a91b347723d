"""Plans beside the loop, which never waits for a solver; only the newest question is answered.

Small ones in a thread; large ones in a process of their own (plan_worker.py), since a thread that plans holds the interpreter.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys

from edge_node.core.effects import NeedPlan
from edge_node.links.plan_worker import LENGTH, Packer, unpack
from edge_node.store.keeper import Keeper
from fleet.contracts.errors import FleetError
from fleet.planning.problem import PlanRequest, PlanResult
from fleet.planning.solve import plan

log = logging.getLogger("drover.edge.planner")

#: From so many robots times tasks on, the plan is made in its own process.
LARGE = 2_500
#: A process that has not answered so long after the budget is killed, and another begun, seconds.
LATE_S = 60.0
#: Largest answer that is read, in bytes.
ANSWER_BYTES_MAX = 64 * 1024 * 1024


class Planner:
    def __init__(self, keeper: Keeper, budget_s: float) -> None:
        self._keeper = keeper
        self._budget_s = budget_s
        self._need: NeedPlan | None = None
        self._wake = asyncio.Event()
        self._process = PlanProcess(budget_s)
        keeper.to_planner = self._asked

    def _asked(self, need: NeedPlan) -> None:
        self._need = need
        self._wake.set()

    async def run(self) -> None:
        """Until cancelled."""
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                need, self._need = self._need, None
                if need is not None:
                    await self._answer(need)
        finally:
            await self._process.end()

    async def _answer(self, need: NeedPlan) -> None:
        request = need.request
        try:
            if len(request.robots) * len(request.tasks) >= LARGE:
                result = await self._process.plan(request)
            else:
                result = await asyncio.to_thread(plan, request, budget_s=self._budget_s)
        except (FleetError, OSError, EOFError, TimeoutError) as error:
            log.warning("no plan: %s", error or type(error).__name__)  # the core asks again
            await self._process.end()
            return
        self._keeper.change(lambda now: self._keeper.core.planned(need.version, result, now))


class PlanProcess:
    """The child, begun when it is needed first."""

    def __init__(self, budget_s: float) -> None:
        self._budget_s = budget_s
        self._child: asyncio.subprocess.Process | None = None
        self._packer = Packer()

    async def plan(self, request: PlanRequest) -> PlanResult:
        """Raises InvalidInput (no plan), OSError, EOFError or TimeoutError when the child is of no use any more: `end` it."""
        child = self._child
        if child is None or child.returncode is not None:
            child = self._child = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "edge_node.links.plan_worker",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=ANSWER_BYTES_MAX,
            )
            self._packer = Packer()
        assert child.stdin is not None
        assert child.stdout is not None
        message = self._packer.pack(request, self._budget_s)
        child.stdin.write(LENGTH.pack(len(message)) + message)
        await child.stdin.drain()
        async with asyncio.timeout(self._budget_s + LATE_S):
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
