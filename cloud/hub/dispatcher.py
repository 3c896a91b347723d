"""Keeps the waiting tasks assigned: wakes when something changed, plans beside the loop, writes what differs.

A task without a robot gets the floor at once, made in a worker thread; the next run improves it in a process of its own, since a
solver holds the interpreter. All that arrived since the last run is planned together, so a burst of missions costs a handful
of plans, not one each.
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
from fleet_io.plan_process import PlanProcess

V = TypeVar("V")

log = logging.getLogger("drover.cloud.dispatch")

#: Changes of the same moment are planned together, in seconds.
GATHER_S = 0.03
#: Budget of the improvement, in seconds.
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
        self._process = PlanProcess()
        self.runs = 0
        self.last_plan_s = 0.0
        store.watch(self._changed)

    async def run(self) -> None:
        """Until cancelled."""
        try:
            while True:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), AGAIN_S)
                await asyncio.sleep(GATHER_S)
                self._wake.clear()
                await self._try()
                await asyncio.sleep(PAUSE_S)
        finally:
            await self._process.end()

    async def _try(self) -> None:
        try:
            await self._once()
        except Conflict as error:
            log.info("the world moved while planning: %s", error)
            self._wake.set()
        except FleetError as error:
            log.warning("no dispatch: %s", error)
        except (OSError, EOFError) as error:  # the planning process is gone; the next run begins another
            log.warning("no better plan: %s", error or type(error).__name__)
            await self._process.end()
        except Exception:
            # one bad site must not end dispatching for good
            log.exception("dispatch run failed")

    async def _once(self) -> None:
        model = self._store.model
        if not any(t.status.phase in (Phase.PENDING, Phase.ASSIGNED) for t in model.open_tasks()):
            return
        resources = model.resources(site=self._site_name)
        started = time.perf_counter()
        taken, floor, fresh = await asyncio.to_thread(self._floor, resources, time.time())
        result = floor
        if not fresh and len(floor.assignments) > 1:
            better = await self._process.plan(taken.request, IMPROVE_BUDGET_S)
            result = better if better.cost < floor.cost else floor
        self.runs += 1
        self.last_plan_s = time.perf_counter() - started
        ops = apply_plan(self._store.model, taken, result)
        if ops:
            await self._store.commit(ops)
        # a plan made in haste is improved next; tasks that nobody can do must not keep us busy
        if fresh and len(floor.assignments) > 1:
            self._wake.set()

    def _floor(self, resources: tuple[AnyResource, ...], now: float) -> tuple[Snapshot, PlanResult, bool]:
        """In a worker thread, on values only. Also whether some task has found its first robot."""
        site = Site.build(self._site_name, resources, now, previous=self._last_site)
        self._last_site = site
        tasks = waiting_tasks(site)
        taken = snapshot(site, tasks, now=now, travel=self._travel_times(site))
        result = plan(taken.request, budget_s=0.0)
        placed = {a.task for a in result.assignments}
        return taken, result, any(t.spec.assignment is None and t.metadata.name in placed for t in tasks)

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
