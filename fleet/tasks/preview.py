"""The planner's answer before it is confirmed: who, which way, when, and what gets pushed back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from fleet.contracts.commands import Delay, PlannedTask, PlanPreview
from fleet.contracts.errors import InvalidInput
from fleet.contracts.resources import Phase
from fleet.layout.graph import SiteEdge
from fleet.planning.problem import PlannedAssignment, PlanResult
from fleet.tasks.lower import LABEL_REF
from fleet.tasks.readback import task_title
from fleet.tasks.risk import plan_risk
from fleet.tasks.robot_state import standing_node, tasks_in_hand
from fleet.tasks.site import Site, TaskResource
from fleet.tasks.steps import node_of, steps_of

#: Delays shorter than this are not worth showing, in seconds.
DELAY_S_MIN = 5.0
#: At most so many delays are listed, the longest first.
DELAYS_MAX = 20


def preview(
    site: Site,
    tasks: Sequence[TaskResource],
    result: PlanResult,
    *,
    before: PlanResult | None = None,
    warnings: Sequence[str] = (),
) -> PlanPreview:
    """What the new `tasks` would do. `result`: the plan of all open tasks with them, `before`: without them.

    Paths are free-flow shortest ways that keep out of closed nodes; traffic may choose others when the time comes.
    Tasks that nobody can do have no robot, and their reason in `why` and among the warnings.
    """
    tour = _Tour(site, tasks, result)
    planned = tuple(tour.planned(task) for task in tasks)
    lost = [f"{p.title}: {p.why}" for p in planned if not p.robot]
    return PlanPreview(
        tasks=planned,
        delays=delays(site, tasks, result, before) if before is not None else (),
        end_in_s=max((p.end_in_s for p in planned), default=0.0),
        risk=plan_risk(t.spec.action for t in tasks),
        warnings=(*warnings, *_late(tour, tasks), *lost),
    )


def delays(site: Site, tasks: Sequence[TaskResource], result: PlanResult, before: PlanResult) -> tuple[Delay, ...]:
    """Tasks of `before` that end later in `result`, longest delay first; new tasks and small delays left out."""
    new = {t.metadata.name for t in tasks}
    ends = {a.task: a.end_s for a in result.assignments}
    found = []
    for earlier in before.assignments:
        delay_s = ends.get(earlier.task, earlier.end_s) - earlier.end_s
        if earlier.task not in new and delay_s >= DELAY_S_MIN:
            mission = site.tasks[earlier.task].spec.mission if earlier.task in site.tasks else ""
            found.append(Delay(task=earlier.task, mission=mission, delay_s=delay_s))
    return tuple(sorted(found, key=lambda d: (-d.delay_s, d.task))[:DELAYS_MAX])


class _Tour:
    """Where each robot comes from at each of its assignments."""

    def __init__(self, site: Site, tasks: Sequence[TaskResource], result: PlanResult) -> None:
        self._site, self._result = site, result
        known = {**site.tasks, **{t.metadata.name: t for t in tasks}}
        self.by_task: dict[str, PlannedAssignment] = {a.task: a for a in result.assignments}
        self._ways: dict[str, tuple[str, ...]] = {}
        at: dict[str, str] = {}
        for robot in site.robots.values():
            at[robot.name] = _end_of_hand(site, robot.name) or standing_node(robot, site)
        for assignment in sorted(result.assignments, key=lambda a: (a.robot, a.rank)):
            task = known.get(assignment.task)
            if task is None or assignment.robot not in site.robots:
                continue
            stops = self._stops(task, assignment.robot, at)
            self._ways[assignment.task] = (at[assignment.robot], *stops)
            if stops:
                at[assignment.robot] = stops[-1]

    def planned(self, task: TaskResource) -> PlannedTask:
        name = task.metadata.name
        ref = task.metadata.labels.get(LABEL_REF, name)
        title = task_title(task.spec)
        assignment = self.by_task.get(name)
        if assignment is None:
            reason = self._result.unassigned.get(name, "not planned")
            return _nobody(ref, title, reason)
        nodes, length_m = self._path(name, assignment.robot)
        return PlannedTask(
            ref=ref,
            title=title,
            robot=assignment.robot,
            path=nodes,
            points=tuple((self._site.graph.nodes[n].x_m, self._site.graph.nodes[n].y_m) for n in nodes),
            start_in_s=assignment.start_s,
            end_in_s=assignment.end_s,
            distance_m=length_m,
            why=assignment.why,
        )

    def _stops(self, task: TaskResource, robot: str, at: Mapping[str, str]) -> tuple[str, ...]:
        known = self._site.robots[robot]
        try:
            steps = steps_of(task.spec, known.spec, known.model, self._site, at_node=at[robot])
            return tuple(node_of(s.place, self._site) for s in steps if s.place)
        except InvalidInput:  # the planner has refused it too; it has no way to draw
            return ()

    def _path(self, task: str, robot: str) -> tuple[tuple[str, ...], float]:
        way = self._ways.get(task, ())
        speed_mps = self._site.robots[robot].model.speed_mps_max if robot in self._site.robots else 1.0
        nodes: list[str] = list(way[:1])
        edges: list[SiteEdge] = []
        for start, goal in pairwise(way):
            path = self._site.graph.shortest_path(start, goal, blocked=self._site.closed_nodes, speed_mps=speed_mps)
            if path is None:
                break
            nodes.extend(path.nodes[1:])
            edges.extend(path.edges)
        return tuple(n for n in nodes if n in self._site.graph.nodes), sum(e.length_m for e in edges)


def _nobody(ref: str, title: str, reason: str) -> PlannedTask:
    return PlannedTask(
        ref=ref, title=title, robot="", path=(), points=(), start_in_s=0.0, end_in_s=0.0, distance_m=0.0, why=reason
    )


def _end_of_hand(site: Site, robot: str) -> str:
    """The last node of the robot's task in hand, or ""."""
    task = tasks_in_hand(site).get(robot)
    if task is None or task.status.phase is Phase.CANCELLING:
        return ""
    places = [s.place for s in task.status.steps[task.status.step :] if s.place in site.graph.places]
    return node_of(places[-1], site) if places else ""


def _late(tour: _Tour, tasks: Sequence[TaskResource]) -> list[str]:
    """A warning for each task that the plan ends after its deadline."""
    found = []
    for task in tasks:
        assignment, deadline_at = tour.by_task.get(task.metadata.name), task.spec.deadline_at
        if assignment is None or deadline_at is None or not task.spec.created_at:
            continue
        late_s = task.spec.created_at + assignment.end_s - deadline_at
        if late_s > 0:
            found.append(f"{task_title(task.spec)}: {late_s:.0f} s after its deadline")
    return found
