"""Tasks without a robot get one: those made at the site, those the cloud left open, those whose robot is lost.

The cloud's assignments stand as long as their robot can be used; they enter the plan as given.
"""

from __future__ import annotations

import dataclasses

import msgspec

from edge_node.core.context import Context
from edge_node.core.effects import NeedPlan, Section
from edge_node.core.unit import Unit
from edge_node.core.work import Work
from fleet.contracts.resources import AnyResource, Assignment, Desired, Kind, Phase
from fleet.planning.problem import PlanResult
from fleet.tasks.planning_view import plan_request
from fleet.tasks.site import Site

#: A robot that can't take orders for so long loses the tasks that it has not begun, seconds.
LOST_AFTER_S = 30.0
#: Tasks that found no robot are planned again this often, seconds.
AGAIN_S = 5.0
#: While the cloud is heard, it may assign a new task itself within this time, seconds.
CLOUD_FIRST_S = 1.5
#: At most so many tasks go into one plan; the rest waits for the next one.
PLAN_TASKS_MAX = 500


class Plans:
    def __init__(self, ctx: Context, work: Work) -> None:
        self._ctx = ctx
        self._work = work
        self._version = 0
        self._open: frozenset[str] = frozenset()  # asked for, not yet answered
        self._asked_at = float("-inf")
        self._unassigned: frozenset[str] = frozenset()

    def usable(self, unit: Unit | None, now: float) -> bool:
        """Can do what it has not begun, soon enough."""
        if unit is None or not unit.spec.enabled or unit.recalled:
            return False
        if self._ctx.site is not None and self._ctx.site.inhibited(unit.name) is not None:
            return False
        return unit.unusable_since is None or now - unit.unusable_since < LOST_AFTER_S

    def look(self, now: float) -> None:
        """Ask for a plan when some task needs a robot and no answer is awaited."""
        if self._ctx.site is None or (self._open and now - self._asked_at < AGAIN_S):
            return
        orphans = frozenset(n for n in self._work.waiting if self._needs_robot(self._work.task(n), now))
        if not orphans:
            self._open = self._unassigned = frozenset()
            return
        if orphans == self._unassigned and now - self._asked_at < AGAIN_S:
            return
        self._ask(orphans, now)

    def _needs_robot(self, task: AnyResource, now: float) -> bool:
        if self._work.desired(task) is not Desired.RUN:
            return False
        assignment = task.spec.assignment
        if assignment is None:
            seen_at = self._work.seen_at.get(task.metadata.name, now)
            return not self._ctx.cloud or now - seen_at >= CLOUD_FIRST_S
        if self.usable(self._ctx.units.get(assignment.robot), now):
            return False
        return bool(task.spec.robot != assignment.robot)  # asked for by name: wait for it

    def _ask(self, orphans: frozenset[str], now: float) -> None:
        assert self._ctx.site is not None
        assert self._ctx.travel is not None
        site = Site.build(self._ctx.site_name, self._ctx.all_resources(), now, previous=self._ctx.site)
        wanted = sorted(orphans)[:PLAN_TASKS_MAX]
        given = sorted(self._work.waiting - orphans)[: PLAN_TASKS_MAX - len(wanted)]
        request = plan_request(site, [site.tasks[n] for n in (*wanted, *given)], now=now, travel=self._ctx.travel)
        pinned = {n: site.tasks[n].spec.assignment for n in given}
        tasks = tuple(
            dataclasses.replace(t, robot=a.robot) if (a := pinned.get(t.name)) is not None else t for t in request.tasks
        )
        robots = tuple(r for r in request.robots if self.usable(self._ctx.units.get(r.name), now))
        self._version += 1
        self._open, self._asked_at = orphans, now
        self._ctx.effects.append(NeedPlan(self._version, dataclasses.replace(request, robots=robots, tasks=tasks)))

    def planned(self, version: int, result: PlanResult, now: float) -> None:
        """Take what still fits: the task has not begun, and still needs a robot."""
        if version != self._version or not self._open:
            return
        asked, self._open = self._open, frozenset()
        self._unassigned = frozenset(n for n in result.unassigned if n in asked)
        for planned in result.assignments:
            task = self._ctx.resources[Kind.TASK].get(planned.task)
            if planned.task not in asked or task is None or planned.task not in self._work.waiting:
                continue
            if not self._needs_robot(task, now):
                continue
            assignment = Assignment(
                robot=planned.robot,
                rank=planned.rank,
                by="edge",
                planned_start_at=now + planned.start_s,
                planned_end_at=now + planned.end_s,
            )
            self.assigned(planned.task, assignment, now)
        for name in self._unassigned & self._work.waiting:
            self._ctx.put_status(Kind.TASK, name, reason=result.unassigned[name])

    def assigned(self, name: str, assignment: Assignment, now: float) -> None:
        self._ctx.put_spec(Kind.TASK, name, Section.LOCAL, assignment=assignment)
        self.show(name, now)

    def show(self, name: str, now: float) -> None:
        """The status of a task that waits follows its assignment."""
        task = self._work.task(name)
        given: Assignment | None = task.spec.assignment
        if given is None or name not in self._work.waiting:
            return
        self._ctx.put_status(
            Kind.TASK,
            name,
            phase=Phase.ASSIGNED,
            robot=given.robot,
            eta_at=given.planned_end_at,
            assigned_at=task.status.assigned_at if task.status.robot == given.robot else now,
            reason="",
        )
        self._ctx.dirty_missions.add(task.spec.mission)


def keep_assignment(new: AnyResource, old: AnyResource) -> AnyResource:
    """A spec that comes without an assignment does not take away the one that the edge has given."""
    if new.spec.assignment is None and old.spec.assignment is not None and old.spec.assignment.by == "edge":
        return msgspec.structs.replace(new, spec=msgspec.structs.replace(new.spec, assignment=old.spec.assignment))
    return new
