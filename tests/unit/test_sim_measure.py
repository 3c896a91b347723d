"""Figures of a simulated run: who still waits counts, the first third does not, and the baseline's dispatcher keeps no plan."""

from __future__ import annotations

import pytest

from drover.simulation import measure
from drover.simulation.dispatch import answer
from drover.simulation.judge import STUCK_AFTER_S, ProgressJudge
from drover.simulation.work import Order
from fleet.contracts.errors import InvalidInput
from fleet.planning.problem import PlanRequest, PlanRobot, PlanTask
from sim_robots.demand import SHIFT_EVERY_S, Orders
from sim_robots.faults import DELAY_S, STOP_S, Delays

PLACES = [f"p{i:02}" for i in range(40)]


def test_open_tasks_count_with_the_age_that_they_have_reached() -> None:
    orders = [Order(2000.0, None, 2100.0), Order(2000.0, None)]
    found = measure.service(orders, 0.0, 3000.0)
    assert (found.tasks, found.max_s) == (2, 1000.0)
    assert found.per_hour == 1.8, "one done in the last 2000 s"


def test_what_ended_in_the_first_third_is_left_out() -> None:
    found = measure.service([Order(0.0, None, 900.0), Order(0.0, None, 1100.0)], 0.0, 3000.0)
    assert (found.tasks, found.p50_s) == (1, 1100.0)


def test_a_promise_is_missed_by_a_late_end_and_by_none_at_all_but_not_before_its_time() -> None:
    orders = [
        Order(1500.0, 2000.0, 1900.0),  # kept
        Order(1500.0, 2000.0, 2500.0),  # late
        Order(1500.0, 2000.0),  # open, and late
        Order(1500.0, 4000.0),  # open, its time has not come
    ]
    found = measure.service(orders, 0.0, 3000.0)
    assert (found.promised, found.late) == (3, 2)


def test_a_task_is_starved_when_it_is_old_and_later_ones_were_done_first() -> None:
    old, later = Order(0.0, None), Order(100.0, None, 200.0)
    assert measure.service([old, later], 0.0, 3000.0).starved == 1
    assert measure.service([old], 0.0, 3000.0).starved == 0, "nobody was served instead of it"
    assert measure.service([Order(2000.0, None), Order(2100.0, None, 2200.0)], 0.0, 3000.0).starved == 0, "not old yet"


def test_a_robot_that_goes_to_and_fro_with_the_same_order_is_stuck_once() -> None:
    judge = ProgressJudge(1, 0.0)
    for step in range(200):
        judge.look_for_stuck(0, "o1", has_work=True, now_s=10.0 * step)
    assert [robot for _, robot in judge.stuck] == [0]
    for step in range(int(STUCK_AFTER_S / 10)):
        judge.look_for_stuck(0, f"o{step // 20}", has_work=True, now_s=2000.0 + 10.0 * step)
    assert len(judge.stuck) == 1


def test_the_naive_dispatcher_gives_the_oldest_tasks_to_idle_robots_only() -> None:
    robots = (robot("near", "a"), robot("far", "d"), robot("busy", "b", free_in_s=5.0))
    tasks = (task("young", "a", age_s=1.0), task("old", "d", age_s=50.0), task("older", "b", age_s=60.0))
    found = answer(PlanRequest(robots, tasks, travel=line), policy="naive", budget_s=0.0, seed=0)
    assert {(a.task, a.robot) for a in found.assignments} == {("older", "near"), ("old", "far")}
    assert set(found.unassigned) == {"young"}


def test_the_naive_dispatcher_leaves_a_robot_alone_that_was_given_a_task_already() -> None:
    given = PlanTask("given", ("a",), (0.0,), "transport", robot="near", current_robot="near")
    found = answer(
        PlanRequest((robot("near", "a"),), (given, task("new", "a")), travel=line), policy="naive", budget_s=0.0, seed=0
    )
    assert found.assignments == ()


def robot(name: str, node: str, free_in_s: float = 0.0) -> PlanRobot:
    return PlanRobot(name, node, "AMR", frozenset({"transport"}), 100.0, free_in_s=free_in_s)


def task(name: str, node: str, age_s: float = 0.0) -> PlanTask:
    return PlanTask(name, (node,), (10.0,), "transport", age_s=age_s)


def line(start: str, goal: str, speed_mps: float) -> float:
    return 10.0 * abs(ord(start) - ord(goal)) / speed_mps


# ---- Demand and delays ----------------------------------------------------------------------------------------------


def test_busy_orders_are_the_same_for_a_seed_have_hot_places_and_never_start_where_they_end() -> None:
    jobs = [[Orders(PLACES, 7, "busy")] for _ in range(2)]
    one, two = ([orders[0].job(10.0) for _ in range(2000)] for orders in jobs)
    assert one == two
    assert all(job.source != job.target for job in one)
    counts = sorted((sum(job.target == place for job in one) for place in PLACES), reverse=True)
    assert counts[0] > 4 * counts[len(counts) // 2], "the hottest place sees several times what a usual one does"
    assert 0.3 < sum(job.deadline_s is not None for job in one) / len(one) < 0.7
    assert len({job.priority for job in one}) == 4


def test_hot_places_change_over_the_day() -> None:
    orders = Orders(PLACES, 3, "busy")

    def hottest(at_s: float) -> str:
        targets = [orders.job(at_s).target for _ in range(1000)]
        return max(sorted(set(targets)), key=targets.count)

    assert hottest(0.0) != hottest(SHIFT_EVERY_S + 1.0)


@pytest.mark.parametrize("pattern", ["uniform", "busy"])
def test_orders_arrive_at_the_rate_that_was_asked_for(pattern: str) -> None:
    hours = 20
    times = Orders(PLACES, 5, pattern).arrivals(300.0)
    count = sum(1 for _ in iter(lambda: next(times) < hours * 3600.0, False))
    assert count == pytest.approx(300 * hours, rel=0.08)


def test_delays_are_drawn_by_seed_and_about_as_often_as_asked_for() -> None:
    delays = Delays(0.05, 1)
    fates = [delays.stands_s("A", n) for n in range(20_000)]
    assert fates[:100] == [delays.stands_s("A", n) for n in range(100)]
    assert fates != [delays.stands_s("B", n) for n in range(20_000)]
    short = [s for s in fates if 0 < s <= DELAY_S[1]]
    stops = [s for s in fates if s > DELAY_S[1]]
    assert len(short) / len(fates) == pytest.approx(0.05, rel=0.15)
    assert 0 < len(stops) < 40
    assert all(STOP_S[0] <= s <= STOP_S[1] for s in stops)
    assert min(short) >= DELAY_S[0]


def test_odd_words_are_refused_with_a_fix() -> None:
    for wrong in (lambda: Orders(PLACES, 1, "odd"), lambda: Delays(1.5, 1), lambda: next(Orders(PLACES, 1).arrivals(0.0))):
        with pytest.raises(InvalidInput) as caught:
            wrong()
        assert caught.value.fix
