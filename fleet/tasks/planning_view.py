"""The site and its open tasks as the planner's problem, and the planner's answer as a preview for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import inf, isinf

from fleet.contracts.command_ir import Action, Priority
from fleet.contracts.errors import InvalidInput
from fleet.contracts.resources import Desired, Phase, StepStatus, TaskSpec
from fleet.planning.problem import PlanRequest, PlanRobot, PlanTask, TravelTime
from fleet.tasks.lower import LABEL_APART, WAIT_S_DEFAULT
from fleet.tasks.preview import preview as preview
from fleet.tasks.robot_state import CHARGED_ENOUGH_PCT, IN_HAND, is_low, standing_node, tasks_in_hand, why_absent
from fleet.tasks.site import CHARGER, Site, SiteRobot, TaskResource
from fleet.tasks.steps import DROP, PICK, START_CHARGING, STOP_ACTIONS, WAIT, charger_of, node_of, parking_of, stops_of

PRIORITIES = {Priority.LOW: 0, Priority.NORMAL: 1, Priority.HIGH: 2, Priority.URGENT: 3}
#: Seconds that an action takes where the model does not say: at a stop (clean, inspect, ...), and to begin charging.
ON_SITE_S, DOCKING_S = 30.0, 5.0
#: A paused robot is planned for as if it went on after this long, so that others take the work where they can.
PAUSED_S = 600.0
#: A task in hand whose way is closed is taken to last this long.
STUCK_S = 1800.0
#: What a robot with a low battery may still do.
_LOW_BATTERY_ACTIONS = frozenset({str(Action.CHARGE), str(Action.PARK)})


def plan_request(site: Site, tasks: Sequence[TaskResource], *, now: float, travel: TravelTime) -> PlanRequest:
    """The problem of giving `tasks` (open, not begun) to the robots of the site.

    Tasks in hand of the site (`site.tasks`) keep their robots busy; tasks whose `desired` is not run, or that have
    begun or ended, are left out. `travel`: keep one `site.travel_times()` while closures stay the same.
    """
    view = _View(site, now, travel)
    robots, absent = view.robots()
    return PlanRequest(
        robots=tuple(robots),
        tasks=tuple(view.task(t) for t in tasks if _is_open(t, site)),
        travel=travel,
        done=frozenset(name for name, t in site.tasks.items() if t.status.phase is Phase.DONE),
        running={t.metadata.name: view.free_in_s(site.robots[t.status.robot]) for t in view.in_hand.values()},
        absent=absent,
        chargers=view.chargers(),
    )


def _is_open(task: TaskResource, site: Site) -> bool:
    mission = site.missions.get(task.spec.mission)
    wanted = task.spec.desired is Desired.RUN and (mission is None or mission.spec.desired is Desired.RUN)
    return wanted and not task.status.phase.ended and task.status.phase not in IN_HAND


class _View:
    def __init__(self, site: Site, now: float, travel: TravelTime) -> None:
        self._site, self._now, self._travel = site, now, travel
        self.in_hand = tasks_in_hand(site)

    # ---- robots ----

    def robots(self) -> tuple[list[PlanRobot], dict[str, str]]:
        """Robots that can take tasks, and the others with the reason."""
        robots: list[PlanRobot] = []
        absent: dict[str, str] = {}
        for robot in self._site.robots.values():
            reason = why_absent(robot, self._site)
            if reason:
                absent[robot.name] = reason
                continue
            robots.append(self._robot(robot))
            if is_low(robot):
                absent[robot.name] = f"battery at {robot.status.battery_pct:.0f} %, it must charge first"
        return robots, absent

    def _robot(self, robot: SiteRobot) -> PlanRobot:
        capabilities = frozenset(str(c) for c in robot.model.capabilities)
        return PlanRobot(
            name=robot.name,
            node=self._end_node(robot),
            type=robot.type,
            capabilities=capabilities & _LOW_BATTERY_ACTIONS if is_low(robot) else capabilities,
            payload_kg=robot.payload_kg,
            speed_mps=robot.model.speed_mps_max,
            free_in_s=self.free_in_s(robot) + (PAUSED_S if robot.spec.paused or robot.status.paused else 0.0),
            battery_pct=100.0 if robot.status.battery_pct is None else robot.status.battery_pct,
            range_s=self._range_s(robot),
            full_range_s=_drives_s(robot, 100.0 - robot.model.battery_low_pct),
            charge_s=(100.0 - robot.model.battery_low_pct) / robot.model.charge_pct_per_min * 60.0,
            charger=self._own_charger(robot),
        )

    def _range_s(self, robot: SiteRobot) -> float:
        """Seconds of driving above the low mark, after the task in hand; inf: nobody knows the battery."""
        if robot.status.battery_pct is None:
            return inf
        return max(0.0, _drives_s(robot, robot.status.battery_pct - robot.model.battery_low_pct) - self.free_in_s(robot))

    def _own_charger(self, robot: SiteRobot) -> str:
        home = self._site.graph.places.get(robot.spec.home)
        own = home is not None and home.kind == CHARGER and home.nodes and not self._site.is_closed(home.name)
        return home.nodes[0] if home is not None and own else ""

    def chargers(self) -> dict[str, float]:
        """Open chargers, with the seconds until they are free: a robot that charges goes on until it is charged enough."""
        found = {p.nodes[0]: 0.0 for p in self._site.places_of_kind(CHARGER) if p.nodes and not self._site.is_closed(p.name)}
        for robot in self._site.robots.values():
            node = standing_node(robot, self._site)
            if node in found and robot.status.charging and robot.status.battery_pct is not None:
                missing_pct = robot.model.battery_low_pct + CHARGED_ENOUGH_PCT - robot.status.battery_pct
                found[node] = max(0.0, missing_pct) / robot.model.charge_pct_per_min * 60.0
        return found

    def free_in_s(self, robot: SiteRobot) -> float:
        """Seconds until the task in hand is done: its remaining steps at free-flow speed."""
        task = self.in_hand.get(robot.name)
        if task is None or task.status.phase is Phase.CANCELLING:
            return 0.0
        node, total_s = standing_node(robot, self._site), 0.0
        for step in _remaining(task):
            goal = self._step_node(step, node)
            total_s += self._travel(node, goal, robot.model.speed_mps_max)
            total_s += step_s(step, task.spec, [robot])
            node = goal
        return STUCK_S if isinf(total_s) else total_s

    def _end_node(self, robot: SiteRobot) -> str:
        """Where the robot will stand after the task in hand."""
        node = standing_node(robot, self._site)
        task = self.in_hand.get(robot.name)
        if task is None or task.status.phase is Phase.CANCELLING:
            return node
        for step in _remaining(task):
            node = self._step_node(step, node)
        return node

    def _step_node(self, step: StepStatus, node: str) -> str:
        try:
            return node_of(step.place, self._site) if step.place else node
        except InvalidInput:  # the place left the layout while the robot was on its way
            return node

    # ---- tasks ----

    def task(self, task: TaskResource) -> PlanTask:
        spec = task.spec
        visits, service_s = self._visits(spec)
        begin_at = spec.not_before_at
        group = task.metadata.labels.get(LABEL_APART, "")
        return PlanTask(
            name=task.metadata.name,
            visits=visits,
            service_s=service_s,
            action=str(spec.action),
            load_kg=spec.load_kg or 0.0,
            robot=spec.robot,
            robot_type=spec.robot_type,
            priority=PRIORITIES[spec.priority],
            after=spec.after,
            not_before_s=max(0.0, begin_at - self._now) if begin_at is not None else 0.0,
            deadline_s=None if spec.deadline_at is None else spec.deadline_at - self._now,
            age_s=max(0.0, self._now - max(spec.created_at or self._now, begin_at or 0.0)),
            current_robot=spec.assignment.robot if spec.assignment is not None else None,
            current_rank=spec.assignment.rank if spec.assignment is not None else 0,
            apart=group,
            gang=bool(group),
            barred=self._barred(group) | self._elsewhere(spec.edge),
        )

    def _visits(self, spec: TaskSpec) -> tuple[tuple[str, ...], tuple[float, ...]]:
        """Nodes and seconds; ("",) where a place is unknown, which no robot can reach."""
        robots = [r for r in self._site.robots.values() if r.can(spec.action)]
        legs = self._legs(spec)
        try:
            nodes = tuple(node_of(leg.place, self._site) for leg in legs if leg.place or spec.action is Action.TRANSPORT)
        except InvalidInput:
            return ("",), (0.0,)
        return nodes, tuple(step_s(leg, spec, robots) for leg in legs)

    def _legs(self, spec: TaskSpec) -> tuple[StepStatus, ...]:
        """The steps as far as they are known before a robot is chosen; one without a place where it stays."""
        if spec.action is Action.TRANSPORT:
            via = (StepStatus(place=stop) for stop in spec.stops)
            return StepStatus(place=spec.source or "", action=PICK), *via, StepStatus(place=spec.target or "", action=DROP)
        action = {Action.CHARGE: START_CHARGING, Action.WAIT: WAIT}.get(spec.action, STOP_ACTIONS.get(spec.action, ""))
        return tuple(StepStatus(place=place, action=action) for place in self._places(spec) or ("",))

    def _places(self, spec: TaskSpec) -> tuple[str, ...]:
        """The task's places; for charge and park without one, those of the robot that was asked for."""
        places = stops_of(spec)
        robot = self._site.robots.get(spec.robot or "")
        if places or robot is None or spec.action not in (Action.CHARGE, Action.PARK):
            return places
        choose = charger_of if spec.action is Action.CHARGE else parking_of
        try:
            return (choose(robot.spec, self._site, at_node=standing_node(robot, self._site)),)
        except InvalidInput:
            return ()

    def _elsewhere(self, edge: str) -> frozenset[str]:
        """Robots of other edge nodes than the one that the task is bound to: it could not tell them anything."""
        if not edge:
            return frozenset()
        return frozenset(r.name for r in self._site.robots.values() if r.spec.edge not in ("", edge))

    def _barred(self, group: str) -> frozenset[str]:
        """Robots that have begun or done another task of the same group."""
        if not group:
            return frozenset()
        others = (t for t in self._site.tasks.values() if t.metadata.labels.get(LABEL_APART) == group)
        return frozenset(t.status.robot for t in others if t.status.phase in IN_HAND or t.status.phase is Phase.DONE)


def step_s(step: StepStatus, spec: TaskSpec, robots: Iterable[SiteRobot]) -> float:
    """Seconds of the step's action, by the slowest model that may do it."""
    models = [r.model for r in robots]
    if step.action == PICK:
        return max((m.pick_s for m in models), default=ON_SITE_S)
    if step.action == DROP:
        return max((m.drop_s for m in models), default=ON_SITE_S)
    if step.action == START_CHARGING:
        return DOCKING_S
    if step.action == WAIT:
        return WAIT_S_DEFAULT if spec.duration_s is None else spec.duration_s
    if not step.action:
        return 0.0
    return ON_SITE_S if spec.duration_s is None else spec.duration_s


def _drives_s(robot: SiteRobot, pct: float) -> float:
    """Seconds that so many per cent of the battery drive."""
    return pct / 100.0 * robot.model.battery_capacity_m / robot.model.speed_mps_max


def _remaining(task: TaskResource) -> tuple[StepStatus, ...]:
    return task.status.steps[task.status.step :]
