"""Keeps the waiting tasks assigned: wakes when something changed, plans in a worker thread, writes what differs.

A task without a robot gets the first good plan at once (small budget); the next run, with a larger one, improves it. All
that arrived since the last run is planned together, so a burst of missions costs a handful of plans, not one each.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from typing import TypeVar

from cloud.core.changes import Applied
from cloud.core.dispatch import Snapshot, apply_plan, snapshot, waiting_tasks
from cloud.store.store import Store
from fleet.contracts.errors import Conflict, FleetError
from fleet.contracts.resources import AnyResource, Kind, Phase
from fleet.planning.problem import PlanResult
from fleet.planning.solve import plan
from fleet.planning.travel import TravelTimes
from fleet.tasks.site import Site

V = TypeVar("V")

log = logging.getLogger("drover.cloud.dispatch")

#: Changes of the same moment are planned together, in seconds.
GATHER_S = 0.03
#: Budgets of improvement, in seconds: for tasks that have no robot yet, and for those that have.
FIRST_BUDGET_S = 0.05
IMPROVE_BUDGET_S = 0.5
#: Pause between two runs, and the longest time without one, in seconds.
PAUSE_S = 0.2
AGAIN_S = 15.0


class Dispatcher:
    def __init__(self, store: Store, *, site: str) -> None:
        self._store = store
        self._site_name = site
        self._wake = asyncio.Event()
        self._availability: dict[str, tuple[object, ...]] = {}
        self._phases: dict[str, Phase] = {}
        self._last_site: Site | None = None
        self._travel: tuple[object, frozenset[str], TravelTimes] | None = None
        self.runs = 0
        self.last_plan_s = 0.0
        store.watch(self._changed)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), AGAIN_S)
            await asyncio.sleep(GATHER_S)
            self._wake.clear()
            try:
                await self._once()
            except Conflict as error:
                log.info("the world moved while planning: %s", error)
                self._wake.set()
            except FleetError as error:
                log.warning("no dispatch: %s", error)
            except Exception:
                # one bad site must not end dispatching for good
                log.exception("dispatch run failed")
            await asyncio.sleep(PAUSE_S)

    async def _once(self) -> None:
        model = self._store.model
        if not any(t.status.phase in (Phase.PENDING, Phase.ASSIGNED) for t in model.open_tasks()):
            return
        resources = model.resources(site=self._site_name)
        started = time.perf_counter()
        taken, result, improve = await asyncio.to_thread(self._plan, resources, time.time())
        self.runs += 1
        self.last_plan_s = time.perf_counter() - started
        ops = apply_plan(self._store.model, taken, result)
        if ops:
            await self._store.commit(ops)
        if improve:
            self._wake.set()

    def _plan(self, resources: tuple[AnyResource, ...], now: float) -> tuple[Snapshot, PlanResult, bool]:
        """In a worker thread, on values only."""
        site = Site.build(self._site_name, resources, now, previous=self._last_site)
        self._last_site = site
        tasks = waiting_tasks(site)
        taken = snapshot(site, tasks, now=now, travel=self._travel_times(site))
        fresh = any(t.spec.assignment is None for t in tasks)
        result = plan(taken.request, budget_s=FIRST_BUDGET_S if fresh else IMPROVE_BUDGET_S)
        # a plan made in haste is improved next; tasks that nobody can do must not keep us busy
        placed = {a.task for a in result.assignments}
        hasty = any(t.spec.assignment is None and t.metadata.name in placed for t in tasks)
        return taken, result, hasty and len(placed) > 1

    def _travel_times(self, site: Site) -> TravelTimes:
        """Kept as long as layout and closures stay."""
        if self._travel is None or self._travel[0] is not site.graph or self._travel[1] != site.closed_nodes:
            self._travel = (site.graph, site.closed_nodes, site.travel_times())
        return self._travel[2]

    def _changed(self, applied: Applied) -> None:
        if any(self._matters(r, applied) for r in applied.resources) or any(r.kind is Kind.CLOSURE for r in applied.removed):
            self._wake.set()

    def _matters(self, resource: AnyResource, applied: Applied) -> bool:
        """Work came, began or ended; a robot came or went; an area closed. Poses and progress do not matter."""
        name = resource.metadata.name
        match resource.kind:
            case Kind.TASK:
                return _remember(self._phases, name, resource.status.phase) or self._new_wish(resource, applied)
            case Kind.ROBOT:
                status = resource.status
                now = (status.connection, status.operating_mode, status.e_stop, status.paused, bool(status.errors), resource.spec)
                return _remember(self._availability, name, now)
            case Kind.MISSION | Kind.CLOSURE | Kind.LAYOUT | Kind.ROBOT_MODEL:
                return (resource.kind, name) in applied.spec_changed
            case Kind.EDGE_NODE | Kind.LANGUAGE_POLICY:
                return False

    def _new_wish(self, task: AnyResource, applied: Applied) -> bool:
        return (Kind.TASK, task.metadata.name) in applied.spec_changed and task.spec.assignment is None


def _remember(known: dict[str, V], name: str, value: V) -> bool:
    """Is this new for that name?"""
    if known.get(name) == value:
        return False
    known[name] = value
    return True
