"""Plans beside the loop, which never waits for a solver; only the newest question is answered.

The floor is there in milliseconds and taken at once: small ones are made in a thread, large ones in a process of their own, since
a thread that plans holds the interpreter. A better plan for the same question comes from that process when the budget has
ended, and is taken as far as it still fits what has happened meanwhile.
"""

from __future__ import annotations

import asyncio
import logging

from edge_node.core.effects import NeedPlan
from edge_node.store.keeper import Keeper
from fleet.contracts.errors import FleetError
from fleet.planning.problem import PlanRequest, PlanResult
from fleet.planning.solve import plan
from fleet_io.plan_process import PlanProcess

log = logging.getLogger("drover.edge.planner")

#: From so many robots times tasks on, the floor too is made in the other process.
LARGE = 2_500


class Planner:
    def __init__(self, keeper: Keeper, budget_s: float) -> None:
        self._keeper = keeper
        self._budget_s = budget_s
        self._need: NeedPlan | None = None
        self._wake = asyncio.Event()
        self._process = PlanProcess()
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
        try:
            floor = await self._floor(need.request)
            self._tell(need, floor)
            if self._budget_s > 0 and len(floor.assignments) > 1 and self._need is None:
                better = await self._process.plan(need.request, self._budget_s)
                if better.cost < floor.cost:
                    self._tell(need, better)
        except (FleetError, OSError, EOFError, TimeoutError) as error:
            log.warning("no plan: %s", error or type(error).__name__)  # the core asks again
            await self._process.end()

    async def _floor(self, request: PlanRequest) -> PlanResult:
        if len(request.robots) * len(request.tasks) >= LARGE:
            return await self._process.plan(request, 0.0)
        return await asyncio.to_thread(plan, request, budget_s=0.0)

    def _tell(self, need: NeedPlan, result: PlanResult) -> None:
        self._keeper.change(lambda now: self._keeper.core.planned(need.version, result, now))
