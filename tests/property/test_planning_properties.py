"""What holds for every plan, whatever the robots and tasks."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.planning.eligible import may_take
from fleet.planning.evaluate import evaluate
from fleet.planning.problem import PlanRequest, PlanResult
from fleet.planning.solve import plan
from tests.unit.plans import a_request, a_robot, a_task

ACTIONS = ("transport", "goto", "clean")
NAMES = [f"R{i}" for i in range(5)]


@st.composite
def requests(draw: st.DrawFn) -> PlanRequest:
    robots = [
        a_robot(
            name,
            draw(st.integers(0, 60)),
            type=draw(st.sampled_from(["AMR", "forklift"])),
            capabilities=frozenset(draw(st.sets(st.sampled_from(ACTIONS)))),
            payload_kg=draw(st.sampled_from([0.0, 50.0, 500.0])),
            speed_mps=draw(st.sampled_from([0.5, 1.0, 2.0])),
            free_in_s=draw(st.sampled_from([0.0, 25.0])),
        )
        for name in draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=5))
    ]
    count = draw(st.integers(0, 9))
    tasks = []
    for i in range(count):
        visits = draw(st.lists(st.integers(0, 60).map(lambda n: f"n{n}"), max_size=3))
        tasks.append(
            a_task(
                f"t{i}",
                visits=tuple(visits),
                service_s=tuple(draw(st.sampled_from([0.0, 5.0])) for _ in visits) or (7.0,),
                action=draw(st.sampled_from(ACTIONS)),
                load_kg=draw(st.sampled_from([0.0, 0.0, 40.0, 200.0])),
                robot=draw(st.none() | st.sampled_from(NAMES)),
                robot_type=draw(st.sampled_from([None, None, "AMR"])),
                priority=draw(st.integers(0, 3)),
                # any reference, circles and unknown names included
                after=tuple(draw(st.lists(st.integers(0, count).map(lambda n: f"t{n}"), max_size=2, unique=True))),
                not_before_s=draw(st.sampled_from([0.0, 0.0, 100.0])),
                deadline_s=draw(st.sampled_from([None, -10.0, 60.0])),
                age_s=draw(st.sampled_from([0.0, 500.0])),
                current_robot=draw(st.none() | st.sampled_from(NAMES)),
                apart=draw(st.sampled_from(["", "", "g"])),
            )
        )
    return a_request(robots, tasks, running={"t0x": 5.0})


def check(request: PlanRequest, result: PlanResult) -> None:
    robots = {r.name: r for r in request.robots}
    tasks = {t.name: t for t in request.tasks}
    placed = [a.task for a in result.assignments]
    assert len(set(placed)) == len(placed)
    assert set(placed) | result.unassigned.keys() == tasks.keys()
    assert not set(placed) & result.unassigned.keys()
    assert all(result.unassigned.values())
    ends = {a.task: a.end_s for a in result.assignments}
    free = {r.name: r.free_in_s for r in request.robots}
    groups: set[tuple[str, str]] = set()
    for a in sorted(result.assignments, key=lambda a: (a.robot, a.rank)):
        task = tasks[a.task]
        assert may_take(robots[a.robot], task)
        assert all(name in ends and ends[name] <= a.start_s + 1e-6 for name in task.after)
        assert a.start_s >= max(task.not_before_s, free[a.robot]) - 1e-6
        assert a.end_s >= a.start_s + sum(task.service_s) - 1e-6
        assert a.why
        free[a.robot] = a.end_s
        if task.apart:
            assert (task.apart, a.robot) not in groups
            groups.add((task.apart, a.robot))


@settings(max_examples=150, deadline=None)
@given(requests())
def test_the_floor_and_the_naive_plan_keep_all_rules_and_are_deterministic(request: PlanRequest) -> None:
    for policy in ("drover", "naive"):
        result = plan(request, budget_s=0, policy=policy)
        check(request, result)
        assert plan(request, budget_s=0, policy=policy) == result


@settings(max_examples=25, deadline=None)
@given(requests())
def test_a_plan_with_time_keeps_all_rules_and_is_never_worse_than_the_floor(request: PlanRequest) -> None:
    result = plan(request, budget_s=0.05)
    check(request, result)
    assert result.cost <= result.floor_cost
    routes: dict[str, list[str]] = {}
    for a in result.assignments:
        routes.setdefault(a.robot, []).append(a.task)
    judged = evaluate(request, routes)
    assert judged is not None
    assert abs(judged.cost - result.cost) < 1e-6
