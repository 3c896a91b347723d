"""OR-Tools routing as the improver for small and middle-sized instances.

One routing node per task; an arc costs the drive from the last visit of one to the first visit of the next plus the
work of the first; a time dimension carries `after`, `not_before` and deadlines; the objective is the same weighted
completion time that `evaluate` judges by. The search starts from the best plan known so far and only has to improve
it, so that it can be stopped at any time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import isinf

from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from fleet.planning.evaluate import Routes
from fleet.planning.prices import LATE_FACTOR, LEFT_OUT_S, SWITCH_S, weight
from fleet.planning.problem import PlanRequest, PlanRobot, PlanTask

#: Times are integers of this many to the second.
TICKS_PER_S = 10
#: Weights are integers of this many to 1.0.
WEIGHT_UNITS = 4
#: Exact waiting costs one condition for each pair of tasks: beyond this many it is only bounded from below.
CONDITIONS_MAX = 4000
#: No plan looks further ahead than this.
HORIZON_S = 86_400.0


def improved_routes(
    request: PlanRequest,
    ordered: Sequence[PlanTask],
    fits: Mapping[str, Sequence[PlanRobot]],
    start: Routes,
    *,
    budget_s: float,
) -> dict[str, list[str]] | None:
    """Better routes than `start`, or None when none were found in the budget. `start` must hold all of `ordered`.

    None too for what does not fit into HORIZON_S at all: a wait of two days, a robot that is not free before.
    """
    try:
        model = _Model(request, ordered, fits)
        return model.solve(start, budget_s)
    except Exception as error:
        if str(error) != "CP Solver fail":  # all that OR-Tools says of rules that contradict each other
            raise
        return None


class _Model:
    def __init__(self, request: PlanRequest, ordered: Sequence[PlanTask], fits: Mapping[str, Sequence[PlanRobot]]) -> None:
        self._request, self._tasks, self._fits = request, ordered, fits
        self._robots = request.robots
        n, m = len(ordered), len(self._robots)
        # nodes: tasks 0 .. n-1, a start per robot n .. n+m-1, one common end n+m
        self._manager = pywrapcp.RoutingIndexManager(n + m + 1, m, list(range(n, n + m)), [n + m] * m)
        self._routing = pywrapcp.RoutingModel(self._manager)
        self._conditions_left = CONDITIONS_MAX
        self._add_time()
        self._add_costs()
        self._add_rules()

    def solve(self, start: Routes, budget_s: float) -> dict[str, list[str]] | None:
        parameters = pywrapcp.DefaultRoutingSearchParameters()
        parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
        parameters.time_limit.FromMilliseconds(max(1, int(budget_s * 1000)))
        index = {t.name: i for i, t in enumerate(self._tasks)}
        routes = [[index[name] for name in start.get(r.name, ())] for r in self._robots]
        self._routing.CloseModelWithParameters(parameters)
        first = self._routing.ReadAssignmentFromRoutes(routes, True)
        if first is None:
            return None
        solution = self._routing.SolveFromAssignmentWithParameters(first, parameters)
        if solution is None:
            return None
        return {r.name: self._route(solution, vehicle) for vehicle, r in enumerate(self._robots)}

    def _route(self, solution: pywrapcp.Assignment, vehicle: int) -> list[str]:
        route: list[str] = []
        index = solution.Value(self._routing.NextVar(self._routing.Start(vehicle)))
        while not self._routing.IsEnd(index):
            route.append(self._tasks[self._manager.IndexToNode(index)].name)
            index = solution.Value(self._routing.NextVar(index))
        return route

    def _add_time(self) -> None:
        """Cumul of a task: when its robot sets out for it; transit: drive there, work, and nothing more."""
        horizon = _ticks(HORIZON_S)
        by_speed: dict[float, int] = {}
        evaluators = []
        for robot in self._robots:
            # robots of one speed differ only in their first arc, and that row is their own start node
            if robot.speed_mps not in by_speed:
                by_speed[robot.speed_mps] = self._routing.RegisterTransitMatrix(self._matrix(robot.speed_mps))
            evaluators.append(by_speed[robot.speed_mps])
        self._routing.AddDimensionWithVehicleTransits(evaluators, horizon, horizon, False, "end")
        self._ends = self._routing.GetDimensionOrDie("end")
        for vehicle, robot in enumerate(self._robots):
            free = _ticks(max(0.0, robot.free_in_s))
            self._ends.CumulVar(self._routing.Start(vehicle)).SetRange(free, free)

    def _matrix(self, speed_mps: float) -> list[list[int]]:
        """Seconds from the end of one task to the end of the next: drive plus work of the next."""
        travel, horizon = self._request.travel, _ticks(HORIZON_S)
        work = [work_s(t, speed_mps, self._request) for t in self._tasks]
        stays = [not t.visits for t in self._tasks]

        def row(node: str | None) -> list[int]:
            cells = []
            for j, task in enumerate(self._tasks):
                # a task without places leaves the robot where it is; as a start it is taken as no drive (approximate)
                drive_s = 0.0 if stays[j] or node is None else travel(node, task.visits[0], speed_mps)
                total_s = drive_s + work[j]
                cells.append(horizon if isinf(total_s) else _ticks(total_s))
            return [*cells, *([0] * (len(self._robots) + 1))]

        rows = [row(t.visits[-1] if t.visits else None) for t in self._tasks]
        rows.extend(row(r.node) for r in self._robots)
        rows.append([0] * (len(self._tasks) + len(self._robots) + 1))
        return rows

    def _add_costs(self) -> None:
        for vehicle, robot in enumerate(self._robots):
            # a change of robot is paid when the task is left; empty driving alone is too cheap to steer the search
            pays = [
                round(weight(t, self._request) * WEIGHT_UNITS * SWITCH_S * TICKS_PER_S)
                if t.current_robot not in (None, robot.name)
                else 0
                for t in self._tasks
            ]
            pays.extend([0] * (len(self._robots) + 1))
            self._routing.SetArcCostEvaluatorOfVehicle(self._routing.RegisterUnaryTransitVector(pays), vehicle)
        for i, task in enumerate(self._tasks):
            index = self._manager.NodeToIndex(i)
            unit = max(1, round(weight(task, self._request) * WEIGHT_UNITS))
            late = 0 if task.deadline_s is None else round(unit * LATE_FACTOR)
            # one soft bound a variable: the deadline's where there is one (its weight covers the completion term)
            bound = 0 if task.deadline_s is None else _ticks(max(0.0, task.deadline_s))
            self._ends.SetCumulVarSoftUpperBound(index, bound, unit + late)
            self._routing.AddDisjunction([index], _ticks(LEFT_OUT_S))

    def _add_rules(self) -> None:
        solver = self._routing.solver()
        vehicle_of = {r.name: v for v, r in enumerate(self._robots)}
        position = {t.name: i for i, t in enumerate(self._tasks)}
        groups: dict[str, list[int]] = {}
        for i, task in enumerate(self._tasks):
            index = self._manager.NodeToIndex(i)
            able = [vehicle_of[r.name] for r in self._fits[task.name]]
            self._routing.VehicleVar(index).SetValues([-1, *able])
            if task.apart:
                groups.setdefault(task.apart, []).append(index)
            self._hold_back(i, task, position)
        for indices in groups.values():
            for a, first in enumerate(indices):
                for second in indices[a + 1 :]:
                    solver.Add(self._routing.VehicleVar(first) != self._routing.VehicleVar(second))

    def _hold_back(self, i: int, task: PlanTask, position: Mapping[str, int]) -> None:
        """Nobody sets out for the task before its time, and before all in `after` have ended."""
        begin_s = max([task.not_before_s, *(self._request.running.get(name, 0.0) for name in task.after)])
        waits_for = [self._ends.CumulVar(self._manager.NodeToIndex(position[a])) for a in task.after if a in position]
        if begin_s <= 0 and not waits_for:
            return
        fastest_mps = max(r.speed_mps for r in self._robots)
        work = _ticks(work_s(task, fastest_mps, self._request))
        end = self._ends.CumulVar(self._manager.NodeToIndex(i))
        end.SetMin(_ticks(begin_s) + work)
        solver = self._routing.solver()
        for earlier in waits_for:
            solver.Add(end >= earlier + work)
        if self._conditions_left < len(self._tasks):
            return  # the bounds above leave out the drive there: good enough, since `evaluate` judges
        for before in range(len(self._tasks) + len(self._robots)):
            if before == i:
                continue
            index = self._index(before)
            comes_next = solver.IsEqualCstVar(self._routing.NextVar(index), self._manager.NodeToIndex(i))
            sets_out = self._ends.CumulVar(index) + self._ends.SlackVar(index)
            for earliest in [*waits_for, *([_ticks(begin_s)] if begin_s > 0 else [])]:
                solver.Add(sets_out >= earliest - (1 - comes_next) * _ticks(HORIZON_S))
                self._conditions_left -= 1

    def _index(self, node: int) -> int:
        """The routing index of a task's node, or of a robot's start."""
        tasks = len(self._tasks)
        return int(self._manager.NodeToIndex(node) if node < tasks else self._routing.Start(node - tasks))


def work_s(task: PlanTask, speed_mps: float, request: PlanRequest) -> float:
    """Seconds from arrival at the first visit to the end."""
    inner = sum(request.travel(a, b, speed_mps) for a, b in pairwise(task.visits))
    return inner + sum(task.service_s)


def _ticks(seconds: float) -> int:
    return round(min(seconds, LEFT_OUT_S) * TICKS_PER_S)
