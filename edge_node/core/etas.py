"""When tasks in hand will be done, from where the robot is, at the speed that traffic is expected to allow (forecasts.py)."""

from __future__ import annotations

from math import ceil, isinf

from edge_node.core.context import Context
from edge_node.core.messages import horizon_edges
from edge_node.core.unit import Unit
from fleet.contracts.errors import FleetError
from fleet.contracts.resources import Kind
from fleet.layout.graph import edge_time_s
from fleet.tasks.planning_view import step_s
from fleet.tasks.site import SiteRobot
from fleet.tasks.steps import node_of

EVERY_S = 5.0
#: A change smaller than this is not worth a status, seconds.
STEP_S = 5.0


class Etas:
    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._at = float("-inf")
        self._next = 0

    def update(self, now: float) -> None:
        if self._ctx.site is None:
            return
        for unit in self._due(now):
            task = self._ctx.resources[Kind.TASK].get(unit.task) if unit.task else None
            if task is None or task.status.phase.ended:
                continue
            eta_at = self._eta_at(unit, now)
            old = task.status.eta_at
            if eta_at is not None and (old is None or abs(eta_at - old) >= STEP_S):
                self._ctx.put_status(Kind.TASK, unit.task, eta_at=round(eta_at, 1))
                self._ctx.dirty_missions.add(task.spec.mission)

    def _due(self, now: float) -> list[Unit]:
        """Each robot in its turn, so that every one comes once in EVERY_S and no call takes long."""
        units = list(self._ctx.units.values())
        share = min(1.0, (now - self._at) / EVERY_S)
        count = min(len(units), ceil(len(units) * share))
        self._at = now
        first, self._next = self._next, (self._next + count) % max(1, len(units))
        return (units + units)[first : first + count] if first < len(units) else units[:count]

    def _eta_at(self, unit: Unit, now: float) -> float | None:
        assert self._ctx.site is not None
        assert self._ctx.travel is not None
        task = self._ctx.get(Kind.TASK, unit.task)
        robot = SiteRobot(unit.name, unit.spec, unit.model, unit.status)
        speed_mps = min(unit.model.speed_mps_max, unit.speed_limit_mps or unit.model.speed_mps_max)
        node, total_s = unit.node, 0.0
        if unit.leg is not None and unit.placed and self._ctx.traffic is not None:
            nodes = self._ctx.traffic.route(unit.name).nodes
            edges = horizon_edges(nodes[0], nodes[1:], self._ctx.graph)
            forecast = self._ctx.forecast if self._ctx.forecast and self._ctx.forecast.graph is self._ctx.graph else None
            total_s = forecast.way_s(edges, now, speed_mps) if forecast else sum(edge_time_s(e, speed_mps) for e in edges)
            node = unit.leg.goal
        for step in task.status.steps[task.status.step :]:
            try:
                goal = node_of(step.place, self._ctx.site) if step.place else node
            except FleetError:
                return None
            total_s += self._ctx.travel(node, goal, speed_mps) + step_s(step, task.spec, [robot])
            node = goal
        return None if isinf(total_s) else now + total_s
