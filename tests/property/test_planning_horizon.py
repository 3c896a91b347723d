"""What holds for every plan that is made again and again."""

from __future__ import annotations

import dataclasses

import numpy as np
from hypothesis import assume, given, settings

from fleet.planning.evaluate import evaluate
from fleet.planning.problem import PlanRequest, PlanResult
from fleet.planning.solve import plan
from fleet.planning.tables import tables_of
from tests.property.test_planning_properties import requests


def taken(request: PlanRequest, result: PlanResult) -> PlanRequest:
    now = {a.task: a for a in result.assignments}
    tasks = [
        dataclasses.replace(t, current_robot=now[t.name].robot, current_rank=now[t.name].rank)
        if t.name in now
        else dataclasses.replace(t, current_robot=None)
        for t in request.tasks
    ]
    return dataclasses.replace(request, tasks=tuple(tasks))


def placed(result: PlanResult) -> dict[str, tuple[str, int]]:
    return {a.task: (a.robot, a.rank) for a in result.assignments}


@settings(max_examples=30, deadline=None)
@given(requests())
def test_a_plan_made_again_settles_and_never_goes_back_to_what_it_left(request: PlanRequest) -> None:
    seen: list[dict[str, tuple[str, int]]] = []
    result = plan(request, budget_s=0)
    for _ in range(6):
        if seen and placed(result) == seen[-1]:
            break
        assert placed(result) not in seen, "flip-flop"
        seen.append(placed(result))
        result = plan(taken(request, result), budget_s=0)
    else:
        raise AssertionError(f"not settled after {len(seen)} plans")


@settings(max_examples=30, deadline=None)
@given(requests())
def test_routes_timed_all_at_once_are_timed_as_one_after_the_other(request: PlanRequest) -> None:
    plain = dataclasses.replace(request, tasks=tuple(dataclasses.replace(t, after=(), apart="") for t in request.tasks))
    result = plan(plain, budget_s=0)
    assume(result.assignments)
    routes: dict[str, list[str]] = {}
    for a in result.assignments:
        routes.setdefault(a.robot, []).append(a.task)
    t = tables_of(plain)
    at_once = evaluate(plain, routes, t)
    in_turn = evaluate(plain, routes, dataclasses.replace(t, tied=np.ones(len(t.tasks), dtype=bool)))
    assert at_once == in_turn
