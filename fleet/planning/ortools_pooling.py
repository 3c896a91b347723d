"""OR-Tools routing on a pool: pick-up and delivery pairs, slots, time windows. Alone it finds nothing for hundreds of loads in
a minute; given our routes to start from it is one more improver, and a baseline of benchmarks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from fleet.planning.pooling_model import NEVER_S, Pool

#: Times are integers of this many to the second, weights of this many to 1.0.
TICKS_PER_S, WEIGHT_UNITS = 10, 20
#: No plan looks further ahead than this, and a way that there is not costs as much.
HORIZON_S = 200_000.0


def improved_stops(
    pool: Pool,
    start: Sequence[Sequence[int]] | None,
    *,
    budget_s: float,
    gone: Callable[[], bool] | None = None,
    ticks: int = TICKS_PER_S,
) -> list[list[int]] | None:
    """Routes of stops as OR-Tools leaves them after the budget, or None where it finds none. `gone`: asked whether to end.

    Leaves out what it has no words for: waiting for other tasks, groups apart, empty driving, what must be done alone.
    """
    if len(pool.pred) or (pool.req["group"] >= 0).any() or pool.req["alone"].any() or not pool.req["has_pick"].all():
        return None
    return _Model(pool, ticks).solve(start, budget_s, gone)


class _Model:
    def __init__(self, pool: Pool, ticks: int) -> None:
        self._pool, self._ticks_per_s = pool, ticks
        n, m = pool.n, pool.m
        # nodes: picks, drops, a start and an end per vehicle: the pool's own numbers of stops
        starts = list(range(2 * n, 2 * n + m))
        self._manager = pywrapcp.RoutingIndexManager(2 * n + 2 * m, m, starts, [s + m for s in starts])
        self._routing = pywrapcp.RoutingModel(self._manager)
        self._add_time()
        self._add_loads()
        self._add_pairs()

    def solve(
        self, start: Sequence[Sequence[int]] | None, budget_s: float, gone: Callable[[], bool] | None
    ) -> list[list[int]] | None:
        parameters = pywrapcp.DefaultRoutingSearchParameters()
        parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
        parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
        parameters.time_limit.FromMilliseconds(max(1, int(budget_s * 1000)))
        if gone is not None:
            self._routing.AddSearchMonitor(self._routing.solver().CustomLimit(gone))
        if start is None:
            solution = self._routing.SolveWithParameters(parameters)
        else:
            self._routing.CloseModelWithParameters(parameters)
            first = self._routing.ReadAssignmentFromRoutes([list(stops) for stops in start], True)
            solution = None if first is None else self._routing.SolveFromAssignmentWithParameters(first, parameters)
        return None if solution is None else [self._route(solution, v) for v in range(self._pool.m)]

    def _route(self, solution: pywrapcp.Assignment, v: int) -> list[int]:
        stops: list[int] = []
        index = solution.Value(self._routing.NextVar(self._routing.Start(v)))
        while not self._routing.IsEnd(index):
            stops.append(int(self._manager.IndexToNode(index)))
            index = solution.Value(self._routing.NextVar(index))
        return stops

    def _ticks(self, seconds: float) -> int:
        return round(min(seconds, HORIZON_S) * self._ticks_per_s)

    def _matrix(self, cls: int, work: bool) -> list[list[int]]:
        """Ticks from leaving a to being ready to leave b (or to arriving there)."""
        pool = self._pool
        into = np.maximum(pool.stop["into"], 0)
        way = np.minimum(pool.time[cls][np.ix_(pool.stop["out"], into)], HORIZON_S)
        way[:, pool.stop["into"] < 0] = 0.0
        if work:
            way = way + pool.work[cls][None, :]
        cells: list[list[int]] = np.rint(way * self._ticks_per_s).astype(np.int64).tolist()
        return cells

    def _add_time(self) -> None:
        """Cumul of a stop: when the vehicle is ready to leave it."""
        pool, routing, horizon = self._pool, self._routing, self._ticks(HORIZON_S)
        classes = sorted({int(c) for c in pool.vehicle["cls"]})
        transit = {c: routing.RegisterTransitMatrix(self._matrix(c, True)) for c in classes}
        routing.AddDimensionWithVehicleTransits([transit[int(c)] for c in pool.vehicle["cls"]], horizon, horizon, False, "time")
        self._times = routing.GetDimensionOrDie("time")
        cost = {c: routing.RegisterTransitMatrix(self._scaled(self._matrix(c, False))) for c in classes}
        for v in range(pool.m):
            routing.SetArcCostEvaluatorOfVehicle(cost[int(pool.vehicle["cls"][v])], v)
            routing.SetFixedCostOfVehicle(round(pool.vehicle_w * self._ticks_per_s * WEIGHT_UNITS), v)
            free = self._ticks(float(pool.vehicle["free"][v]))
            self._times.CumulVar(routing.Start(v)).SetRange(free, free)
            closes = float(pool.stop["closes"][2 * pool.n + pool.m + v])
            if closes < NEVER_S:
                self._times.CumulVar(routing.End(v)).SetMax(self._ticks(closes))
        fastest = pool.work.min(axis=0)
        for s in range(2 * pool.n):
            ready = self._times.CumulVar(self._manager.NodeToIndex(s))
            stop = pool.stop[s]
            ready.SetMin(self._ticks(float(max(stop["opens"], stop["release"]) + fastest[s])))
            if stop["closes"] < NEVER_S:
                ready.SetMax(self._ticks(float(stop["closes"] + fastest[s])))
            if stop["weight"] > 0 or stop["late"] > 0:
                bound = self._ticks(float(stop["due"])) if stop["late"] > 0 else 0
                unit = max(1, round(float(stop["weight"] + stop["late"]) * WEIGHT_UNITS))
                self._times.SetCumulVarSoftUpperBound(self._manager.NodeToIndex(s), bound, unit)
        if pool.span_w > 0:
            self._times.SetGlobalSpanCostCoefficient(100 * WEIGHT_UNITS)

    def _scaled(self, cells: list[list[int]]) -> list[list[int]]:
        factor = max(1, round(max(self._pool.drive_w, self._pool.empty_w / 2) * WEIGHT_UNITS))
        return [[factor * cell for cell in row] for row in cells]

    def _add_loads(self) -> None:
        pool, routing = self._pool, self._routing
        units = routing.RegisterUnaryTransitVector([int(u) for u in pool.stop["units"]])
        slots = [int(s) for s in pool.vehicle["slots"]]
        routing.AddDimensionWithVehicleCapacity(units, 0, slots, False, "units")
        for v in range(pool.m):
            on = int(pool.vehicle["aboard"][v])
            routing.GetDimensionOrDie("units").CumulVar(routing.Start(v)).SetRange(on, on)
        if pool.stop["kg"].any():
            grams = routing.RegisterUnaryTransitVector([round(float(kg) * 1000) for kg in pool.stop["kg"]])
            most = [round(min(float(kg), 1e9) * 1000) for kg in pool.vehicle["carries_kg"]]
            routing.AddDimensionWithVehicleCapacity(grams, 0, most, True, "kg")

    def _add_pairs(self) -> None:
        pool, routing, solver = self._pool, self._routing, self._routing.solver()
        for r in range(pool.n):
            pick, drop = self._manager.NodeToIndex(r), self._manager.NodeToIndex(pool.n + r)
            routing.AddPickupAndDelivery(pick, drop)
            solver.Add(routing.VehicleVar(pick) == routing.VehicleVar(drop))
            solver.Add(self._times.CumulVar(pick) <= self._times.CumulVar(drop))
            if not pool.may[r].all():
                able = [int(v) for v in np.flatnonzero(pool.may[r])]
                routing.VehicleVar(pick).SetValues(able)
                routing.VehicleVar(drop).SetValues(able)
