"""The rolling horizon: batteries and chargers, gangs, nobody starves, work stays where it is, policies as they are named."""

from __future__ import annotations

import dataclasses
from math import inf
from typing import Any

import pytest

from fleet.planning.problem import PlanRequest, PlanResult, PlanRobot, PlanTask
from fleet.planning.solve import plan
from tests.unit.plans import a_request, a_robot, a_task


def who(result: PlanResult) -> dict[str, str]:
    return {a.task: a.robot for a in result.assignments}


# ---- batteries ------------------------------------------------------------------------------------------------------


def worn(name: str, at: int, range_s: float, **changes: Any) -> PlanRobot:
    return a_robot(name, at, range_s=range_s, full_range_s=1000.0, charge_s=600.0, **changes)


def test_a_robot_whose_charge_will_not_last_charges_before() -> None:
    request = a_request([worn("A", 0, 20.0)], [a_task("t1", 30, 60)], chargers={"n5": 0.0})
    (one,) = plan(request, budget_s=0).assignments
    # 5 s there, from 15 s to 900 s of driving at 0.6 s of charging each, 25 s on
    assert one.charge_at == "n5"
    assert one.start_s == pytest.approx(5 + 600 * (900 - 15) / 1000)
    assert one.arrive_s == pytest.approx(one.start_s + 25)
    assert "after charging" in one.why


def test_another_robot_takes_the_task_when_charging_takes_longer_than_its_way() -> None:
    request = a_request([worn("A", 0, 20.0), worn("B", 200, 900.0)], [a_task("t1", 30, 60)], chargers={"n5": 0.0})
    (one,) = plan(request, budget_s=0).assignments
    assert (one.robot, one.charge_at) == ("B", "")


def test_the_way_to_a_charger_afterwards_is_kept_in_the_battery() -> None:
    task = a_task("t1", 10, 60)  # 60 s of driving, then 55 s back to the charger
    enough = a_request([worn("A", 0, 115.0)], [task], chargers={"n5": 0.0})
    short = a_request([worn("A", 0, 114.0)], [task], chargers={"n5": 0.0})
    assert [plan(r, budget_s=0).assignments[0].charge_at for r in (enough, short)] == ["", "n5"]


def test_one_charger_charges_one_robot_at_a_time() -> None:
    robots = [worn("A", 0, 1.0), worn("B", 0, 1.0)]
    tasks = [a_task("t1", 30, 60, robot="A"), a_task("t2", 30, 60, robot="B")]
    one = plan(a_request(robots, tasks, chargers={"n5": 0.0}), budget_s=0)
    two = plan(a_request(robots, tasks, chargers={"n5": 0.0, "n6": 0.0}), budget_s=0)
    first, second = sorted(a.start_s for a in one.assignments)
    assert second - first > 500
    assert max(a.start_s for a in two.assignments) < 600


def test_a_robot_with_its_own_charger_uses_no_other() -> None:
    robots = [worn("A", 0, 1.0, charger="n40")]
    (one,) = plan(a_request(robots, [a_task("t1", 30, 60)], chargers={"n5": 0.0, "n40": 0.0}), budget_s=0).assignments
    assert one.charge_at == "n40"


def test_a_task_beyond_any_battery_is_refused_and_one_without_known_chargers_is_not() -> None:
    far = a_task("t1", 0, 2000)
    assert plan(a_request([worn("A", 0, 900.0)], [far], chargers={"n5": 0.0}), budget_s=0).unassigned == {
        "t1": "its way is longer than a full battery of any robot that could do it lasts"
    }
    assert who(plan(a_request([worn("A", 0, 900.0)], [far]), budget_s=0)) == {"t1": "A"}


# ---- gangs ----------------------------------------------------------------------------------------------------------


def gang(name: str, size: int, at: int = 50, **changes: Any) -> list[PlanTask]:
    fields: dict[str, Any] = {
        "visits": (f"n{at}",),
        "service_s": (5.0,),
        "action": "goto",
        "apart": name,
        "gang": True,
        **changes,
    }
    return [a_task(f"{name}-{i}", **fields) for i in range(size)]


@pytest.mark.parametrize("budget_s", [0.0, 0.2])
def test_a_gang_gets_all_its_robots_or_none(budget_s: float) -> None:
    robots = [a_robot("A", 5), a_robot("B", 90)]
    assert sorted(who(plan(a_request(robots, gang("g", 2)), budget_s=budget_s)).values()) == ["A", "B"]
    three = plan(a_request(robots, [*gang("g", 3), a_task("t1", 0, 9)]), budget_s=budget_s)
    assert who(three) == {"t1": "A"}
    assert three.unassigned["g-0"] == "it needs 3 robots at once, and only 2 can do it"


def test_two_gangs_that_need_the_same_robots_do_not_hold_one_each_and_wait() -> None:
    robots = [a_robot("A", 0), a_robot("B", 100)]
    result = plan(a_request(robots, [*gang("g", 2, at=0), *gang("h", 2, at=100)]), budget_s=0)
    assert not result.unassigned
    assert {who(result)[f"g-{i}"] for i in (0, 1)} == {who(result)[f"h-{i}"] for i in (0, 1)} == {"A", "B"}


def test_a_gang_waits_for_what_it_comes_after_as_a_whole_and_falls_with_it() -> None:
    tasks = [a_task("first", load_kg=900), *gang("g", 2, after=("first",)), a_task("last", 0, 5, after=("g-0",))]
    result = plan(a_request([a_robot("A"), a_robot("B")], tasks), budget_s=0)
    assert result.assignments == ()
    assert result.unassigned["last"] == "it waits for g-0, which will not happen"


# ---- nobody starves, nothing flips ----------------------------------------------------------------------------------


def waited_s(policy: str, priority: int, other: int, horizon_s: float) -> float:
    """How long a far task waits while a nearer one comes, always, whenever the robot is free."""
    far = a_task("far", 400, 401, priority=priority)
    robot, now, count = a_robot("A", 0), 0.0, 0
    while now < horizon_s:
        count += 1
        tasks = [dataclasses.replace(far, age_s=now), a_task(f"near{count}", 1, 0, priority=other)]
        result = plan(a_request([robot], tasks), budget_s=0, policy=policy)
        first = next(a for a in result.assignments if a.rank == 0)
        if first.task == "far":
            return now
        now += first.end_s
    return inf


@pytest.mark.parametrize(("priority", "other"), [(1, 1), (0, 1), (0, 3)])
def test_no_stream_of_nearer_or_more_urgent_tasks_keeps_a_task_waiting_for_ever(priority: int, other: int) -> None:
    assert waited_s("drover", priority, other, 8 * 3600) < (3600 if other == 1 else 3 * 3600)


def test_nearest_first_does_starve_a_far_task_which_is_why_it_is_only_a_baseline() -> None:
    assert waited_s("nearest", 1, 1, 3600) == inf


def given(request: PlanRequest, result: PlanResult) -> PlanRequest:
    """The request again, with everybody as the result has it."""
    now = {a.task: a for a in result.assignments}
    tasks = [
        dataclasses.replace(t, current_robot=now[t.name].robot, current_rank=now[t.name].rank) if t.name in now else t
        for t in request.tasks
    ]
    return dataclasses.replace(request, tasks=tuple(tasks))


def test_a_robot_nearer_by_less_than_the_price_of_a_change_does_not_get_the_task() -> None:
    request = a_request([a_robot("A", 20), a_robot("B", 30)], [a_task("t1", 0, 9)])
    first = plan(request, budget_s=0)
    moved = dataclasses.replace(given(request, first), robots=(a_robot("A", 30), a_robot("B", 20)))
    assert (who(first), who(plan(moved, budget_s=0))) == ({"t1": "A"}, {"t1": "A"})
    near = dataclasses.replace(given(request, first), robots=(a_robot("A", 50), a_robot("B", 20)))
    assert who(plan(near, budget_s=0)) == {"t1": "B"}


def test_every_next_task_says_what_the_second_best_robot_would_have_cost() -> None:
    result = plan(a_request([a_robot("A", 12), a_robot("B", 21)], [a_task("t1", 0, 30)]), budget_s=0)
    assert (result.assignments[0].second, result.assignments[0].second_s) == ("B", 9.0)
