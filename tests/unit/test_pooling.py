"""Pooling: several loads on one robot, judged by rules that share no code with the search."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import numpy as np
import pytest

from drover.bench.assign import li_lim, ours
from drover.bench.assign.rivals import pool_of
from drover.bench.assign.world import Load, World, check, random_world, read_li_lim
from fleet.contracts.errors import InvalidInput
from fleet.planning.evaluate import evaluate
from fleet.planning.ortools_pooling import improved_stops
from fleet.planning.pooling_judge import DROP, PICK, Stop, judge_stops, stops_of_task
from fleet.planning.pooling_run import improved
from fleet.planning.problem import PlanRequest, PlanRobot, PlanTask
from fleet.planning.solve import plan

CAN = frozenset({"transport", "goto"})


def line(a: str, b: str, speed_mps: float) -> float:
    """Places are numbers of metres on a line."""
    return abs(float(a) - float(b)) / speed_mps


def robot(name: str, at: str, slots: int = 2, payload_kg: float = 100.0, **more: object) -> PlanRobot:
    return PlanRobot(name, at, "AMR", CAN, payload_kg, speed_mps=1.0, load_slots=slots, **more)  # type: ignore[arg-type]


def carry(name: str, a: str, b: str, **more: object) -> PlanTask:
    return PlanTask(name, (a, b), (1.0, 1.0), "transport", **more)  # type: ignore[arg-type]


def two_loads_the_same_way(**more: object) -> PlanRequest:
    return PlanRequest((robot("R", "0", **more),), (carry("a", "0", "100"), carry("b", "1", "101")), line)  # type: ignore[arg-type]


def test_two_loads_that_go_the_same_way_are_carried_together() -> None:
    result = plan(two_loads_the_same_way(), budget_s=0.2)
    assert [(s.task, s.what, s.units) for s in result.stops] == [("a", PICK, 1), ("b", PICK, 2), ("a", DROP, 1), ("b", DROP, 0)]


def test_a_pooled_plan_costs_less_than_the_floor_and_says_who_made_it() -> None:
    result = plan(two_loads_the_same_way(), budget_s=0.2)
    assert result.cost < result.floor_cost
    assert result.solver.startswith("pooling")


def test_ranks_are_the_order_of_first_stops() -> None:
    result = plan(two_loads_the_same_way(), budget_s=0.2)
    assert [(a.task, a.rank, a.end_s) for a in result.assignments] == [("a", 0, 103.0), ("b", 1, 105.0)]


def test_a_robot_with_one_slot_carries_one_load_after_the_other() -> None:
    assert plan(two_loads_the_same_way(slots=1), budget_s=0.2).stops == ()


def test_loads_that_are_too_heavy_together_are_not_carried_together() -> None:
    request = PlanRequest(
        (robot("R", "0", payload_kg=100.0),), (carry("a", "0", "100", load_kg=60.0), carry("b", "1", "101", load_kg=60.0)), line
    )
    assert max((s.units for s in plan(request, budget_s=0.2).stops), default=1) == 1


def test_a_load_of_two_units_fills_two_slots() -> None:
    request = PlanRequest((robot("R", "0"),), (carry("a", "0", "100", load_units=2), carry("b", "1", "101")), line)
    assert all(s.units in (0, 1, 2) and s.units <= 2 for s in plan(request, budget_s=0.2).stops)


def test_a_load_on_board_is_dropped_on_the_way_to_others() -> None:
    aboard = PlanTask("old", ("50",), (1.0,), "transport", robot="R", aboard="R")
    request = PlanRequest((robot("R", "0"), robot("S", "0")), (aboard, carry("a", "10", "100")), line)
    result = plan(request, budget_s=0.2)
    assert [(s.robot, s.task, s.what) for s in result.stops if s.task == "old"] == [("R", "old", DROP)]


def test_the_judge_of_stops_agrees_with_the_judge_of_tasks_on_one_load_after_the_other() -> None:
    world = random_world(4, 24, 1, 5)
    request = ours.request_of(world)
    request = replace(request, tasks=tuple(replace(t, priority=i % 4, age_s=10.0 * i) for i, t in enumerate(request.tasks)))
    routes = {f"R{v:05}": [f"t{r:05}" for r in range(24) if r % 4 == v] for v in range(4)}
    tasks = {t.name: t for t in request.tasks}
    stops = {robot: [stop for name in names for stop in stops_of_task(tasks[name])] for robot, names in routes.items()}
    one, other = evaluate(request, routes), judge_stops(request, stops)
    assert one is not None
    assert other is not None
    assert other.cost == pytest.approx(one.cost, rel=1e-6)


@pytest.mark.parametrize(
    "stops",
    [
        [Stop("a", DROP), Stop("a", PICK)],
        [Stop("a", PICK)],
        [Stop("a", PICK), Stop("a", DROP), Stop("a", DROP)],
        [Stop("nobody", PICK)],
    ],
)
def test_the_judge_refuses_tasks_that_are_not_whole_and_in_order(stops: list[Stop]) -> None:
    assert judge_stops(two_loads_the_same_way(), {"R": stops}) is None


def test_the_judge_refuses_more_than_there_is_room_for() -> None:
    both = [Stop("a", PICK), Stop("b", PICK), Stop("a", DROP), Stop("b", DROP)]
    assert judge_stops(two_loads_the_same_way(slots=1), {"R": both}) is None
    assert judge_stops(two_loads_the_same_way(slots=2), {"R": both}) is not None


def test_the_judge_refuses_robots_that_wait_for_each_other() -> None:
    request = PlanRequest((robot("R", "0"),), (carry("a", "0", "9", after=("b",)), carry("b", "0", "9", after=("a",))), line)
    stops = [stop for task in request.tasks for stop in stops_of_task(task)]
    assert judge_stops(request, {"R": stops}) is None


def test_an_errand_without_a_load_is_done_with_nothing_on_board() -> None:
    goto = PlanTask("g", ("40",), (1.0,), "goto")
    request = PlanRequest((robot("R", "0"),), (carry("a", "0", "100"), goto), line)
    mixed = [Stop("a", PICK), Stop("g", "visit"), Stop("a", DROP)]
    assert judge_stops(request, {"R": mixed}) is None


def test_the_same_seed_and_effort_give_the_same_routes() -> None:
    pool = pool_of(random_world(5, 30, 3, 2))
    assert improved(pool, None, effort=200_000, seed=7) == improved(pool, None, effort=200_000, seed=7)


def test_no_budget_still_gives_a_whole_answer() -> None:
    world = random_world(30, 90, 4, 2)
    assert check(world, improved(pool_of(world), None, effort=0)[0]).faults == ()


def test_what_the_search_says_a_plan_costs_is_what_the_checker_drives() -> None:
    world = random_world(4, 24, 3, 9)
    routes, cost = improved(pool_of(world), None, effort=300_000)
    verdict = check(world, routes)
    assert verdict.faults == ()
    assert verdict.distance_s == pytest.approx(cost)


@pytest.mark.parametrize("kind", ["c", "r", "rc"])
def test_windows_capacity_and_the_way_home_are_kept(kind: str) -> None:
    world = li_lim.generated(kind, True, 3, loads=24)
    routes, _ = improved(pool_of(world, vehicle_w=1000.0), None, effort=1_500_000)
    assert check(world, routes).faults == ()


def test_ortools_starts_from_our_routes_and_does_not_lose_them() -> None:
    world = random_world(4, 16, 3, 9)
    pool = pool_of(world)
    start, cost = improved(pool, None, effort=50_000)
    routes = improved_stops(pool, start, budget_s=0.3)
    assert routes is not None
    verdict = check(world, routes)
    assert verdict.faults == ()
    assert verdict.distance_s <= cost + 1e-6


def test_the_checker_names_what_is_wrong() -> None:
    time_s = np.abs(np.arange(5.0)[:, None] - np.arange(5.0)[None, :])
    world = World("w", time_s, (Load(1, 2, closes_s=(inf, 1.5)), Load(3, 4)), (0,), 1)
    assert "after 1.500" in check(world, [[0, 2, 1, 3]]).faults[0]
    assert "2 loads on board" in check(world, [[0, 1, 2, 3]]).faults[0]
    assert "does not have" in check(world, [[0, 2, 3, 1]]).faults[1]
    assert "missing" in check(world, [[0, 2]]).faults[0]


def test_an_instance_that_is_not_in_li_and_lims_form_is_refused_with_the_reason() -> None:
    with pytest.raises(InvalidInput, match="9 numbers a line"):
        read_li_lim("x", "25 200 1\n0 40 50\n")
