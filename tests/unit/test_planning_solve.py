"""The planner's one door: who gets what, in which order, and the words for what nobody can do."""

from __future__ import annotations

import subprocess
import sys
from math import inf

import pytest

from fleet.contracts.errors import InvalidInput
from fleet.planning.problem import PlanResult
from fleet.planning.solve import plan
from tests.unit.plans import a_request, a_robot, a_task


def who(result: PlanResult) -> dict[str, str]:
    return {a.task: a.robot for a in result.assignments}


def order(result: PlanResult, robot: str) -> list[str]:
    mine = [a for a in result.assignments if a.robot == robot]
    assert [a.rank for a in mine] == list(range(len(mine)))
    return [a.task for a in mine]


def test_the_nearest_robot_gets_the_task_and_the_reason_names_the_next_best() -> None:
    result = plan(a_request([a_robot("AMR-3", 12), a_robot("AMR-5", 21)], [a_task("t1", 0, 30)]), budget_s=0)
    assert who(result) == {"t1": "AMR-3"}
    assert result.assignments[0].why == "AMR-3 is 12 s away; next best AMR-5, +9 s"
    assert result.assignments[0].end_s == 12 + 5 + 30 + 5


def test_a_load_goes_to_a_robot_that_can_carry_it_though_it_is_farther() -> None:
    robots = [a_robot("AMR-1", 0), a_robot("FL-1", 50, payload_kg=500)]
    assert who(plan(a_request(robots, [a_task("t1", 0, 9, load_kg=200)]), budget_s=0)) == {"t1": "FL-1"}


def test_a_load_that_nobody_can_carry_is_refused_with_the_strongest_robot_named() -> None:
    robots = [a_robot("AMR-1"), a_robot("FL-3", payload_kg=500)]
    result = plan(a_request(robots, [a_task("t1", 0, 9, load_kg=900)]), budget_s=0)
    assert result.assignments == ()
    assert result.unassigned == {"t1": "no robot can carry 900 kg; the strongest, FL-3, carries 500 kg"}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"robot": "AMR-9"}, "there is no robot AMR-9"),
        ({"robot": "AMR-4"}, "AMR-4 is not available: offline"),
        ({"robot": "AMR-1", "action": "clean"}, "AMR-1 cannot clean"),
        ({"robot": "AMR-1", "load_kg": 300.0}, "AMR-1 carries 100 kg, the load is 300 kg"),
        ({"robot": "AMR-1", "robot_type": "forklift"}, "AMR-1 is a AMR, not a forklift"),
        ({"robot_type": "forklift"}, "no forklift is available (AMR-4: offline)"),
        ({"action": "disinfect"}, "no robot that is available can disinfect (AMR-4: offline)"),
        ({"visits": ("island", "n1")}, "there is no open way to its places for any robot that could do it"),
        ({"after": ("gone",)}, "it waits for gone, which will not happen"),
        ({"barred": frozenset({"AMR-1"}), "robot": "AMR-1"}, "AMR-1 already does its part of this job"),
    ],
)
def test_each_reason_for_leaving_a_task_out_is_said_in_words(changes: dict[str, object], reason: str) -> None:
    request = a_request([a_robot("AMR-1")], [a_task("t1", 0, 9, **changes)], absent={"AMR-4": "offline"})
    assert plan(request, budget_s=0).unassigned == {"t1": reason}


def test_tasks_that_wait_for_each_other_are_refused_and_the_rest_is_planned() -> None:
    tasks = [a_task("a", after=("b",)), a_task("b", after=("a",)), a_task("c", 0, 5)]
    result = plan(a_request([a_robot("AMR-1")], tasks), budget_s=0)
    assert who(result) == {"c": "AMR-1"}
    assert result.unassigned == {"a": "it and b wait for each other", "b": "it and a wait for each other"}


def test_what_waits_for_an_impossible_task_is_refused_with_it() -> None:
    tasks = [a_task("a", load_kg=900), a_task("b", after=("a",))]
    result = plan(a_request([a_robot("AMR-1")], tasks), budget_s=0)
    assert result.unassigned["b"] == "it waits for a, which will not happen"


@pytest.mark.parametrize("budget_s", [0.0, 0.3])
def test_a_task_begins_only_when_all_before_it_have_ended_also_on_other_robots(budget_s: float) -> None:
    tasks = [a_task("first", 0, 40), a_task("second", 90, 95, after=("first",))]
    result = plan(a_request([a_robot("A", 0), a_robot("B", 90)], tasks), budget_s=budget_s)
    times = {a.task: a for a in result.assignments}
    assert times["second"].robot == "B"
    assert times["second"].start_s >= times["first"].end_s


def test_a_task_in_hand_and_a_done_task_release_what_waits_for_them() -> None:
    tasks = [a_task("t1", 0, 9, after=("in-hand", "over"))]
    request = a_request([a_robot("A")], tasks, running={"in-hand": 33.0}, done=frozenset({"over"}))
    assert plan(request, budget_s=0).assignments[0].start_s == 33.0


def test_nothing_begins_before_its_time_and_the_robot_works_meanwhile() -> None:
    tasks = [a_task("later", 0, 5, not_before_s=300.0), a_task("now", 3, 9)]
    result = plan(a_request([a_robot("A")], tasks), budget_s=0)
    assert order(result, "A") == ["now", "later"]
    assert result.assignments[1].start_s == 300.0


def test_an_urgent_task_goes_first_though_it_is_farther() -> None:
    tasks = [a_task("near", 1, 2), a_task("far", 40, 41, priority=3)]
    assert order(plan(a_request([a_robot("A")], tasks), budget_s=0), "A") == ["far", "near"]


def test_a_task_that_has_waited_long_is_not_starved_by_nearer_ones() -> None:
    tasks = [a_task(f"near-{i}", 1, 2) for i in range(5)] + [a_task("old", 60, 61, age_s=3000.0)]
    assert order(plan(a_request([a_robot("A")], tasks), budget_s=0), "A")[0] == "old"


def test_a_near_deadline_goes_first() -> None:
    tasks = [a_task("easy", 1, 2), a_task("due", 20, 21, deadline_s=32.0)]
    assert order(plan(a_request([a_robot("A")], tasks), budget_s=0), "A")[0] == "due"


@pytest.mark.parametrize("budget_s", [0.0, 0.3])
def test_a_task_stays_with_its_robot_when_the_gain_is_small(budget_s: float) -> None:
    robots = [a_robot("A", 10), a_robot("B", 14)]
    stays = plan(a_request(robots, [a_task("t1", 0, 9, current_robot="B")]), budget_s=budget_s)
    moves = plan(a_request([a_robot("A", 10), a_robot("B", 60)], [a_task("t1", 0, 9, current_robot="B")]), budget_s=budget_s)
    assert (who(stays), who(moves)) == ({"t1": "B"}, {"t1": "A"})


@pytest.mark.parametrize("budget_s", [0.0, 0.3])
def test_tasks_of_one_group_go_to_different_robots(budget_s: float) -> None:
    tasks = [a_task(f"t{i}", 0, 0, visits=("n5",), service_s=(0.0,), action="goto", apart="g") for i in range(3)]
    result = plan(a_request([a_robot("A", 5), a_robot("B", 90)], tasks), budget_s=budget_s)
    assert sorted(who(result).values()) == ["A", "B"]
    assert list(result.unassigned.values()) == [
        "it needs another robot than the rest of this job, and there are not enough that can do it"
    ]


def test_one_more_robot_leaves_the_robot_that_was_asked_for_to_its_own_task() -> None:
    tasks = [
        a_task("anyone", visits=("n5",), service_s=(0.0,), apart="g"),
        a_task("named", visits=("n5",), service_s=(0.0,), apart="g", robot="A"),
    ]
    assert who(plan(a_request([a_robot("A", 5), a_robot("B", 90)], tasks), budget_s=0)) == {"anyone": "B", "named": "A"}


def test_a_task_without_places_is_done_where_the_robot_stands() -> None:
    tasks = [a_task("wait", visits=(), service_s=(60.0,), action="goto", robot="A")]
    result = plan(a_request([a_robot("A", 7)], tasks), budget_s=0)
    assert (result.assignments[0].start_s, result.assignments[0].end_s) == (0.0, 60.0)


def test_a_busy_robot_starts_from_where_and_when_it_will_be_free() -> None:
    result = plan(a_request([a_robot("A", 10, free_in_s=20.0)], [a_task("t1", 0, 9)]), budget_s=0)
    assert result.assignments[0].start_s == 20.0
    assert result.assignments[0].why.startswith("A sets out in 20 s and is then 10 s away")


def test_more_time_gives_a_better_plan_where_the_floor_is_short_sighted() -> None:
    tasks = [a_task(f"t{i}", at, 60 - at, priority=i % 4) for i, at in enumerate((3, 50, 28, 11, 33, 47, 20, 8))]
    request = a_request([a_robot("A", 10), a_robot("B", 30), a_robot("C", 55, speed_mps=0.5)], tasks)
    floor, better = (plan(request, budget_s=budget) for budget in (0.0, 1.0))
    assert better.cost < floor.cost == better.floor_cost
    assert better.solver in ("matching", "routing")


def test_naive_gives_the_oldest_task_to_the_nearest_idle_robot() -> None:
    robots = [a_robot("A", 0), a_robot("B", 50)]
    tasks = [a_task("young", 1, 2, age_s=1.0), a_task("old", 40, 41, age_s=100.0), a_task("mid", 3, 4, age_s=50.0)]
    result = plan(a_request(robots, tasks), budget_s=5.0, policy="naive")
    assert (who(result)["old"], who(result)["mid"], result.solver) == ("B", "A", "naive")


def test_an_empty_request_has_an_empty_plan() -> None:
    assert plan(a_request([], []), budget_s=1.0) == PlanResult(assignments=(), solver="greedy")


def test_without_robots_every_task_says_so() -> None:
    result = plan(a_request([], [a_task("t1")], absent={"AMR-1": "offline"}), budget_s=0.1)
    assert result.unassigned == {"t1": "no robot is available (AMR-1: offline)"}


def test_a_contradictory_request_is_refused_naming_the_field() -> None:
    with pytest.raises(InvalidInput) as error:
        plan(a_request([a_robot("A")], [a_task("t"), a_task("t")]), budget_s=0)
    assert error.value.field == "tasks"
    with pytest.raises(InvalidInput) as error:
        plan(a_request([], []), budget_s=0, policy="best")
    assert error.value.fix == "use one of drover, naive, nearest"
    with pytest.raises(InvalidInput) as error:
        plan(a_request([], [a_task("t", service_s=(1.0,))]), budget_s=0)
    assert error.value.field == "tasks[t].service_s"


def test_the_floor_does_not_load_ortools() -> None:
    script = (
        "import sys; from fleet.planning.solve import plan; from tests.unit.plans import *;"
        "plan(a_request([a_robot('A')], [a_task('t', 0, 3)]), budget_s=0);"
        "sys.exit(any(m.split('.')[0] == 'ortools' for m in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", script], timeout=60, check=False).returncode == 0


def test_a_robot_without_speed_reaches_nothing() -> None:
    from fleet.layout.graph import SiteGraph, SiteNode
    from fleet.planning.travel import TravelTimes

    travel = TravelTimes(SiteGraph.build([SiteNode("a", 0, 0), SiteNode("b", 1, 0)], []))
    assert (travel("a", "b", 0.0), travel("a", "a", 0.0), travel("?", "b", 1.0)) == (inf, 0.0, inf)


@pytest.mark.parametrize("not_before_s", [40_000.0, 90_000.0, 3e6, 1e9])
def test_a_task_that_begins_in_days_disturbs_no_plan(not_before_s: float) -> None:
    tasks = [a_task("later", 0, 9, not_before_s=not_before_s), a_task("behind", 9, 3, after=("later",)), a_task("t1", 0, 9)]
    result = plan(a_request([a_robot("AMR-1"), a_robot("AMR-2", 20)], [*tasks, a_task("t2", 5, 9)]), budget_s=0.2)
    assert sorted(who(result)) == ["behind", "later", "t1", "t2"]
    assert not result.unassigned


@pytest.mark.parametrize("changes", [{"service_s": (200_000.0, 5.0)}, {"service_s": (5.0, 1e8), "not_before_s": 10.0}])
def test_work_longer_than_a_day_is_planned_as_well(changes: dict[str, object]) -> None:
    tasks = [a_task("long", 0, 9, **changes), a_task("t1", 0, 9, after=("long",)), a_task("t2", 5, 9)]
    result = plan(a_request([a_robot("AMR-1"), a_robot("AMR-2", 20, free_in_s=100_000.0)], tasks), budget_s=0.2)
    assert sorted(who(result)) == ["long", "t1", "t2"]
