"""Plans beyond what Python loops can look at: compiled offers, tail and local search keep the same rules and the same judge."""

from __future__ import annotations

import dataclasses
import random

import numpy as np
import pytest

from benchmarks.planning import instance
from fleet.planning.board import Board
from fleet.planning.eligible import may_take, screen
from fleet.planning.evaluate import evaluate
from fleet.planning.facts import facts_of, reach
from fleet.planning.kernels import route_total
from fleet.planning.matching import DENSE_MAX, match
from fleet.planning.problem import PlanRequest, PlanResult
from fleet.planning.solve import SMALL_TASKS_MAX, plan
from fleet.planning.tables import COMPILED_PAIRS_MIN, tables_of

ROBOTS, TASKS = 300, 600


def worn(request: PlanRequest, seed: int) -> PlanRequest:
    """With batteries, some of them nearly empty, and chargers."""
    dice = random.Random(seed)
    robots = (
        dataclasses.replace(r, range_s=dice.choice((100.0, 2e4)), full_range_s=2e4, charge_s=3600.0) for r in request.robots
    )
    return dataclasses.replace(request, robots=tuple(robots), chargers={f"{x}_70": 0.0 for x in range(0, 500, 50)})


@pytest.fixture(scope="module")
def request_() -> PlanRequest:
    assert TASKS > SMALL_TASKS_MAX
    assert ROBOTS * TASKS > COMPILED_PAIRS_MIN
    return worn(instance(ROBOTS, TASKS, 7), 7)


def routes(result: PlanResult) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for a in result.assignments:
        found.setdefault(a.robot, []).append(a.task)
    return found


def test_a_large_plan_places_every_task_by_the_rules_and_its_cost_is_the_judges(request_: PlanRequest) -> None:
    result = plan(request_, budget_s=0)
    assert not result.unassigned
    robots, tasks = {r.name: r for r in request_.robots}, {t.name: t for t in request_.tasks}
    assert all(may_take(robots[a.robot], tasks[a.task]) for a in result.assignments)
    judged = evaluate(request_, routes(result))
    assert judged is not None
    assert judged.cost == pytest.approx(result.cost)
    assert any(a.charge_at for a in result.assignments)


def test_the_search_makes_a_large_plan_better_and_the_same_seed_gives_the_same(request_: PlanRequest) -> None:
    one, two = (plan(request_, budget_s=0.2, seed=3) for _ in range(2))
    assert one.cost < one.floor_cost
    assert one == two
    assert len(one.assignments) == TASKS


def test_compiled_offers_are_those_of_numpy(request_: PlanRequest) -> None:
    t = tables_of(request_)
    assert (reach(t) == t.reach()).all()
    board = Board(t, screen(t))
    tasks = board.window()
    compiled = board.offers_s(tasks)
    slow = board.arrive_s(tasks) - t.head_start_s[tasks]
    able = np.isfinite(slow)
    assert (able == (compiled < 1e11)).all()
    assert np.allclose(compiled[able], slow[able], atol=0.01)


def test_the_compiled_cost_of_a_plain_route_is_the_judges() -> None:
    request = instance(1, 20, 3)
    plain = dataclasses.replace(request, tasks=tuple(dataclasses.replace(x, after=()) for x in request.tasks))
    t = tables_of(plain)
    order = np.random.default_rng(1).permutation(20).astype(np.int32)
    judged = evaluate(plain, {"R0": [t.tasks[j].name for j in order]}, t)
    assert judged is not None
    assert route_total(facts_of(t, t.able), 0, order) == pytest.approx(judged.cost)


def test_sparse_matching_is_within_a_percent_of_the_dense_one() -> None:
    dice = np.random.default_rng(5)
    size = DENSE_MAX + 100
    robots, tasks = dice.integers(0, 500, (size, 2)), dice.integers(0, 500, (size, 2))
    cost = np.abs(robots[:, None] - tasks[None]).sum(axis=2).astype(np.float64)
    from scipy.optimize import linear_sum_assignment

    rows, columns = match(cost)
    assert len(rows) >= 0.99 * size
    best = cost[linear_sum_assignment(cost)].sum()
    assert cost[rows, columns].sum() <= 1.01 * best
