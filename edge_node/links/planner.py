"""Plans in a worker thread, so that the loop never waits for a solver; only the newest question is answered."""

from __future__ import annotations

import asyncio
import logging

from edge_node.core.effects import NeedPlan
from edge_node.store.keeper import Keeper
from fleet.contracts.errors import FleetError
from fleet.planning.solve import plan

log = logging.getLogger("drover.edge.planner")


class Planner:
    def __init__(self, keeper: Keeper, budget_s: float) -> None:
        self._keeper = keeper
        self._budget_s = budget_s
        self._need: NeedPlan | None = None
        self._wake = asyncio.Event()
        keeper.to_planner = self._asked

    def _asked(self, need: NeedPlan) -> None:
        self._need = need
        self._wake.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            need, self._need = self._need, None
            if need is None:
                continue
            try:
                result = await asyncio.to_thread(plan, need.request, budget_s=self._budget_s)
            except FleetError as error:
                log.warning("no plan: %s", error)  # the core asks again
                continue
            version = need.version
            self._keeper.change(lambda now, v=version, r=result: self._keeper.core.planned(v, r, now))  # type: ignore[misc]
