"""Tasks without a robot get one: those made at the site, those the cloud left open, those whose robot is lost.

A rolling horizon: what this site has assigned itself, and nobody has begun, is planned again every few seconds with all that
is known by then; a task changes its robot only where that pays (`current_robot`, SWITCH_S of the planner). The cloud's
assignments stand as long as their robot can be used; they enter the plan as given.
"""

from __future__ import annotations

import dataclasses

import msgspec

from edge_node.core.context import Context
from edge_node.core.effects import NeedPlan, Section
from edge_node.core.unit import Unit
from edge_node.core.work import Work
from fleet.contracts.resources import AnyResource, Assignment, Desired, Kind, Phase
from fleet.planning.prices import HEAD_START_S
from fleet.planning.problem import PlannedAssignment, PlanResult
from fleet.tasks.planning_view import PRIORITIES, plan_request
from fleet.tasks.site import Site

#: A robot that can't take orders for so long loses the tasks that it has not begun, seconds.
LOST_AFTER_S = 30.0
#: Tasks that found no robot are planned again this often, seconds.
AGAIN_S = 5.0
#: While the cloud is heard, it may assign a new task itself within this time, seconds.
CLOUD_FIRST_S = 1.5
#: At most so many tasks go into one plan, most pressing first; the rest waits for the next one.
PLAN_TASKS_MAX = 500
#: What is assigned but not begun is planned again this often, seconds.
ROLL_EVERY_S = 5.0
#: Between two plans at least so many seconds for each task in them: a large site is not planned with every message.
GAP_S_PER_TASK = 0.005
#: ... unless so many new ones have come meanwhile; then after this, seconds.
BURST_TASKS = 50
BURST_GAP_S = 0.2
#: While the same tasks wait, they are looked at this often, seconds.
LOOK_EVERY_S = 0.5
#: An assignment is written anew when its robot or rank changes, or its end by more than this, seconds.
END_MOVES_S = 30.0


class Plans:
    def __init__(self, ctx: Context, work: Work) -> None:
        self._ctx = ctx
        self._work = work
        self._version = 0
        self._open: frozenset[str] = frozenset()  # asked for, not yet answered
        self._asked_of: frozenset[str] = frozenset()  # what the newest question was about
        self._asked_at = float("-inf")
        self._unassigned: frozenset[str] = frozenset()
        self._idle: frozenset[str] = frozenset()  # robots without work when the last plan was asked for
        self._looked_at = float("-inf")
        self._looked: set[str] = set()
        self._asked_for = 0

    def usable(self, unit: Unit | None, now: float) -> bool:
        """Can do what it has not begun, soon enough."""
        if unit is None or not unit.spec.enabled or unit.recalled:
            return False
        if self._ctx.site is not None and self._ctx.site.inhibited(unit.name) is not None:
            return False
        return unit.unusable_since is None or now - unit.unusable_since < LOST_AFTER_S

    def look(self, now: float) -> None:
        """Ask for a plan when some task needs a robot, or has waited with its robot for so long, and no answer is awaited."""
        if self._ctx.site is None or (self._open and now - self._asked_at < AGAIN_S):
            return
        if now - self._asked_at < self._asked_for * GAP_S_PER_TASK and not self._burst(now):
            return
        if now - self._looked_at < LOOK_EVERY_S and self._looked == self._work.waiting and not self._freed():
            return
        self._looked_at, self._looked = now, set(self._work.waiting)
        orphans = frozenset(n for n in self._work.waiting if self._needs_robot(self._work.task(n), now))
        if self._is_due(orphans, now):
            self._ask(orphans, now)
        elif not orphans:
            self._open = self._unassigned = frozenset()

    def _burst(self, now: float) -> bool:
        """Many tasks have come at once: they are not made to wait for the gap."""
        return now - self._asked_at >= BURST_GAP_S and len(self._work.waiting - self._looked) >= BURST_TASKS

    def _is_due(self, orphans: frozenset[str], now: float) -> bool:
        asked_s = now - self._asked_at
        if orphans and (orphans != self._unassigned or asked_s >= AGAIN_S or self._freed()):
            return True
        return asked_s >= ROLL_EVERY_S and any(self._movable(self._work.task(n)) for n in self._work.waiting)

    def _idle_now(self) -> frozenset[str]:
        return frozenset(u.name for u in self._ctx.units.values() if not u.task and u.takes_orders)

    def _freed(self) -> bool:
        """A robot has become free, and there are tasks that nobody could take."""
        return bool(self._unassigned) and not self._idle_now() <= self._idle

    def _movable(self, task: AnyResource) -> bool:
        """Assigned by this site itself, and not asked for by name."""
        assignment = task.spec.assignment
        return assignment is not None and assignment.by == "edge" and task.spec.robot is None

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
        movable = {n for n in self._work.waiting if n not in orphans and self._movable(self._work.task(n))}
        wanted = [*sorted(orphans, key=self._press), *sorted(movable, key=self._press)][:PLAN_TASKS_MAX]
        given = sorted(self._work.waiting.difference(orphans, movable))[: PLAN_TASKS_MAX - len(wanted)]
        request = plan_request(site, [site.tasks[n] for n in (*wanted, *given)], now=now, travel=self._ctx.travel)
        pinned = {n: site.tasks[n].spec.assignment for n in given}
        tasks = tuple(
            dataclasses.replace(t, robot=a.robot) if (a := pinned.get(t.name)) is not None else t for t in request.tasks
        )
        robots = tuple(r for r in request.robots if self.usable(self._ctx.units.get(r.name), now))
        self._version += 1
        self._open = self._asked_of = frozenset(wanted)
        self._asked_at, self._asked_for = now, len(request.tasks)
        self._idle = self._idle_now()
        self._ctx.effects.append(NeedPlan(self._version, dataclasses.replace(request, robots=robots, tasks=tasks)))

    def _press(self, name: str) -> tuple[float, str]:
        """Older before newer, with a head start by priority: what can't go into one plan still comes in the end."""
        spec = self._work.task(name).spec
        return (spec.created_at or 0.0) - HEAD_START_S[PRIORITIES[spec.priority]], name

    def planned(self, version: int, result: PlanResult, now: float) -> None:
        """Take what still fits: the task has not begun, and is still ours to give. A better plan may follow the first one."""
        if version != self._version:
            return
        asked, self._open = self._asked_of, frozenset()
        orphans = {n for n in asked if n in self._work.waiting and self._needs_robot(self._work.task(n), now)}
        self._unassigned = frozenset(n for n in result.unassigned if n in orphans)
        for planned in result.assignments:
            task = self._ctx.resources[Kind.TASK].get(planned.task)
            if planned.task not in asked or task is None or planned.task not in self._work.waiting:
                continue
            if not self._needs_robot(task, now) and not self._movable(task):
                continue
            assignment = Assignment(
                robot=planned.robot,
                rank=planned.rank,
                by="edge",
                planned_start_at=now + planned.start_s,
                planned_end_at=now + planned.end_s,
            )
            if _differs(task.spec.assignment, assignment):
                self.assigned(planned.task, assignment, now)
            self._charge_first(planned)
        for name in self._unassigned & self._work.waiting:
            self._ctx.put_status(Kind.TASK, name, reason=result.unassigned[name])

    def _charge_first(self, planned: PlannedAssignment) -> None:
        """The battery would not last for the robot's next task: it charges now, while it is free."""
        unit = self._ctx.units.get(planned.robot)
        if planned.charge_at and planned.rank == 0 and unit is not None and not unit.task:
            unit.wants_charge = True

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


def _differs(old: Assignment | None, new: Assignment) -> bool:
    """Whether it is worth writing down: every write is stored and told to the cloud."""
    if old is None or (old.robot, old.rank) != (new.robot, new.rank):
        return True
    return abs((old.planned_end_at or 0.0) - (new.planned_end_at or 0.0)) > END_MOVES_S


def keep_assignment(new: AnyResource, old: AnyResource) -> AnyResource:
    """A spec that comes without an assignment does not take away the one that the edge has given."""
    if new.spec.assignment is None and old.spec.assignment is not None and old.spec.assignment.by == "edge":
        return msgspec.structs.replace(new, spec=msgspec.structs.replace(new.spec, assignment=old.spec.assignment))
    return new
