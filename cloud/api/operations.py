"""What the API and the command desk both do: stop, steer, make missions, try plans. Decisions are core's; this is the hand.

Planning runs in one worker thread at a time: two plans at once would only slow each other on a small machine.
"""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from cloud.core import controls, missions, placement
from cloud.core.changes import AddEvent, Op, Remove
from cloud.core.dispatch import waiting_tasks
from cloud.core.missions import Origin
from cloud.store.store import Store
from fleet.contracts.command_ir import CommandIr, ControlAction, ControlIr
from fleet.contracts.commands import Attested, PlanPreview
from fleet.contracts.errors import FleetError, QueueFull, Transient
from fleet.contracts.resources import AnyResource, Desired, Kind
from fleet.contracts.wire import ControlCommand, Event
from fleet.planning.problem import PlanResult
from fleet.planning.solve import plan
from fleet.tasks.planning_view import plan_request
from fleet.tasks.preview import preview
from fleet.tasks.site import Site, TaskResource
from fleet.tasks.validate import validate_control

log = logging.getLogger("drover.cloud.api")

#: Seconds of improvement for a plan that an operator waits for.
PREVIEW_BUDGET_S = 0.3
BEFORE_BUDGET_S = 0.1
#: Plans that may wait for the planning thread.
PLANS_WAITING_MAX = 32
#: A stop is answered after this long even if the database is stuck, in seconds.
STOP_STORE_S = 2.0
#: A closure that is over stays listed this long, in seconds.
CLOSURE_KEPT_S = 30.0


def new_id(prefix: str) -> str:
    return f"{prefix}-{uuid.uuid4().hex[:8]}"


def site_offset_s() -> int:
    """The site's clock is this machine's."""
    return time.localtime().tm_gmtoff


class Operations:
    """`send_now`: the hub's short way for a stop, past database and queues; answers the edge nodes that it was sent to."""

    def __init__(self, store: Store, *, site: str, send_now: Callable[[ControlCommand], Sequence[str]]) -> None:
        self.store = store
        self.site_name = site
        self._send_now = send_now
        self._planning = asyncio.Lock()
        self._plans_waiting = 0
        self._last_site: Site | None = None

    def site(self) -> Site:
        """The site as it is now. Raises NotFound where there is no layout yet."""
        resources = self.store.model.resources(site=self.site_name)
        self._last_site = Site.build(self.site_name, resources, time.time(), previous=self._last_site)
        return self._last_site

    # ---- stop and resume ----

    async def stop(self, *, by: str, also: Sequence[Op] = ()) -> dict[str, Any]:
        """Every robot of the site stops. `also`: stored with it. Raises Transient only if nobody could be told at all."""
        control = controls.stop_all(new_id("stop"), by=by, now=time.time())
        sent = self._send_now(control)
        ops = [
            *controls.stop_ops(self.store.model, control, site=self.site_name),
            event("warning", "StopAll", f"Site/{self.site_name}", f"all robots stopped by {by}"),
            *also,
        ]
        stored = True
        try:
            _, written = self.store.submit(ops)
            await asyncio.wait_for(asyncio.shield(written), STOP_STORE_S)
        except (FleetError, TimeoutError) as error:
            stored = False
            log.error("stop: not stored: %s", error)
            if not sent:
                raise Transient(
                    "neither an edge node nor the database can be reached",
                    fix="use the edge node's own page, or the robots' buttons",
                ) from None
        return {"stopped": True, "id": control.id, "sent_to": list(sent), "stored": stored}

    async def resume(self, *, by: str) -> dict[str, Any]:
        """Clears the cloud's stop. Robots that were paused one by one stay paused; a stop pressed at a site holds (`held`)."""
        control = controls.resume_all(new_id("resume"), by=by, now=time.time())
        held = controls.held_stops(self.store.model, site=self.site_name)
        text, fix = f"stop cleared by {by}", ""
        if held:
            text += "; still stopped: " + ", ".join(f"{h['edge']} (by {h['by'] or 'someone'} at the site)" for h in held[:5])
            fix = "clear it at " + ", ".join(dict.fromkeys(str(h["clear_at"]) for h in held[:5]))
        ops = controls.resume_ops(self.store.model, control, site=self.site_name)
        level = "warning" if held else "info"
        await self.store.commit([*ops, event(level, "ResumeAll", f"Site/{self.site_name}", text, fix)])
        return {"stopped": bool(held), "id": control.id, "held": held}

    async def control(self, control: ControlIr, *, by: str) -> dict[str, Any]:
        """Raises InvalidInput, NotFound, Conflict."""
        if controls.is_stop_all(control):
            return await self.stop(by=by)
        site = self.site()
        control = validate_control(control, site, site.now, utc_offset_s=site_offset_s())
        control_id, ops = self.control_ops(control, by=by)
        applied = await self.store.commit(ops)
        return {"id": control_id, "changed": [f"{r.kind}/{r.metadata.name}" for r in (*applied.resources, *applied.removed)]}

    def control_ops(self, control: ControlIr, *, by: str) -> tuple[str, list[Op]]:
        control_id, now = new_id("ctl"), time.time()
        ops = controls.control_ops(
            control, self.site(), self.store.model, control_id=control_id, by=by, now=now, utc_offset_s=site_offset_s()
        )
        subject = f"Site/{self.site_name}"
        told = event("info", "ControlSent", subject, f"{control.action} {', '.join(control.targets)} by {by or 'an operator'}")
        return control_id, [*ops, told]

    async def remove_old_closures(self) -> None:
        """They have no effect since their `until_at`; here they leave the list."""
        over = [
            c for c in self.store.model.of_kind(Kind.CLOSURE) if (c.spec.until_at or time.time()) < time.time() - CLOSURE_KEPT_S
        ]
        if over:
            try:
                await self.store.commit([Remove(Kind.CLOSURE, c.metadata.name) for c in over])
            except FleetError as error:
                log.warning("old closures stay: %s", error)

    # ---- missions ----

    def understood(self, ir: CommandIr, site: Site) -> CommandIr:
        return missions.understood(ir, site, site.now, utc_offset_s=site_offset_s())

    def tasks_of(self, ir: CommandIr, site: Site, mission: str) -> tuple[TaskResource, ...]:
        return missions.tasks_of_plan(ir, site, mission=mission, now=site.now, utc_offset_s=site_offset_s())

    async def create_mission(self, ir: CommandIr, origin: Origin) -> AnyResource:
        """Stored at once and without a plan: the dispatcher assigns it with all that came in the same moment."""
        site, mission = self.site(), new_id("m")
        tasks = self.tasks_of(self.understood(ir, site), site, mission)
        ops = missions.creation(tasks, site, mission=mission, origin=origin, now=site.now)
        await self.store.commit([*ops, mission_event(mission, origin)])
        return self.store.model.need(Kind.MISSION, mission)

    async def steer_mission(self, name: str, desired: Desired) -> AnyResource:
        await self.store.commit(missions.steer_mission(self.store.model, name, desired))
        return self.store.model.need(Kind.MISSION, name)

    async def steer_task(self, name: str, desired: Desired) -> AnyResource:
        await self.store.commit(missions.steer_task(self.store.model, name, desired))
        return self.store.model.need(Kind.TASK, name)

    async def attest(self, name: str, outcome: Attested, *, note: str, by: str) -> AnyResource:
        """An operator says what became of a task whose fate nobody knows. Raises NotFound, Conflict."""
        model = self.store.model
        ops = placement.attested(
            model,
            name,
            outcome,
            by=by,
            note=note,
            now=time.time(),
            new_id=lambda: new_id("ev"),
            away=placement.away_of(model),
        )
        await self.store.commit(ops)
        return self.store.model.need(Kind.TASK, name)

    async def pause_robot(self, name: str, *, paused: bool, by: str) -> AnyResource:
        self.store.model.need(Kind.ROBOT, name)
        await self.control(ControlIr(action=ControlAction.PAUSE if paused else ControlAction.RESUME, targets=(name,)), by=by)
        return self.store.model.need(Kind.ROBOT, name)

    # ---- plans ----

    async def try_plan(
        self, site: Site, tasks: Sequence[TaskResource], *, warnings: Sequence[str] = ()
    ) -> tuple[PlanPreview, PlanResult]:
        """A dry run on the live state: what these tasks would do, and what they would delay. Changes nothing.

        Raises QueueFull when too many wait for the planning thread.
        """
        if self._plans_waiting >= PLANS_WAITING_MAX:
            raise QueueFull(f"{self._plans_waiting} plans wait", fix="try again in a few seconds")
        self._plans_waiting += 1
        try:
            async with self._planning:
                return await asyncio.to_thread(_try_plan, site, tuple(tasks), tuple(warnings))
        finally:
            self._plans_waiting -= 1


def _try_plan(site: Site, tasks: tuple[TaskResource, ...], warnings: tuple[str, ...]) -> tuple[PlanPreview, PlanResult]:
    travel = site.travel_times()
    waiting = waiting_tasks(site)
    before = plan(plan_request(site, waiting, now=site.now, travel=travel), budget_s=BEFORE_BUDGET_S)
    after = plan(plan_request(site, [*waiting, *tasks], now=site.now, travel=travel), budget_s=PREVIEW_BUDGET_S)
    return preview(site, tasks, after, before=before, warnings=warnings), after


def event(level: str, reason: str, subject: str, message: str, fix: str = "") -> AddEvent:
    return AddEvent(
        Event(id=uuid.uuid4().hex, at=time.time(), level=level, reason=reason, subject=subject, message=message, fix=fix)
    )


def mission_event(mission: str, origin: Origin) -> AddEvent:
    return event("info", "MissionCreated", f"Mission/{mission}", origin.title or mission)
