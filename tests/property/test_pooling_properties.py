"""Whatever robots and tasks there are: a pooled plan keeps every rule of the judge, and costs no more than its start."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fleet.planning.eligible import screen
from fleet.planning.pooling import pooled_routes
from fleet.planning.pooling_judge import Stop, judge_stops
from fleet.planning.problem import PlanRequest, PlanRobot, PlanTask
from fleet.planning.solve import _floor
from fleet.planning.tables import tables_of

PLACES = [str(n) for n in range(0, 60, 7)]
CAN = frozenset({"transport", "goto"})


def line(a: str, b: str, speed_mps: float) -> float:
    return abs(float(a) - float(b)) / speed_mps


@st.composite
def requests(draw: st.DrawFn) -> PlanRequest:
    robots = tuple(
        PlanRobot(
            f"R{i}", draw(st.sampled_from(PLACES)), "AMR", CAN, draw(st.sampled_from([20.0, 100.0])),
            speed_mps=draw(st.sampled_from([1.0, 2.0])), free_in_s=draw(st.sampled_from([0.0, 15.0])),
            load_slots=draw(st.integers(1, 4)),
        )
        for i in range(draw(st.integers(1, 4)))
    )  # fmt: skip
    tasks = []
    for i in range(draw(st.integers(2, 12))):
        errand = draw(st.integers(0, 5)) == 0
        places = draw(st.lists(st.sampled_from(PLACES), min_size=1 if errand else 2, max_size=3))
        tasks.append(
            PlanTask(
                f"t{i}", tuple(places), tuple(2.0 for _ in places), "goto" if errand else "transport",
                load_kg=0.0 if errand else draw(st.sampled_from([5.0, 15.0, 60.0])), load_units=draw(st.integers(1, 2)),
                priority=draw(st.integers(0, 3)), after=(f"t{i - 1}",) if i and draw(st.integers(0, 4)) == 0 else (),
                deadline_s=draw(st.one_of(st.none(), st.floats(10.0, 200.0))),
                not_before_s=draw(st.sampled_from([0.0, 0.0, 40.0])),
                apart="g" if draw(st.integers(0, 5)) == 0 else "", current_robot=draw(st.sampled_from([None, "R0"])),
            )
        )  # fmt: skip
    return PlanRequest(robots, tuple(tasks), line)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(request=requests(), seed=st.integers(0, 3))
def test_a_pooled_plan_is_drivable_and_never_worse_than_its_start(request: PlanRequest, seed: int) -> None:
    t = tables_of(request)
    screened = screen(t)
    floor, _ = _floor(t, screened)
    pooled = pooled_routes(request, screened.fits, floor, budget_s=0.01, seed=seed)
    if pooled is None:
        return
    routes: dict[str, list[Stop]] = {}
    for stop in pooled.stops:
        routes.setdefault(stop.robot, []).append(Stop(stop.task, stop.what))
    judged = judge_stops(request, routes)
    assert judged is not None
    assert judged.cost <= floor.cost
    assert {s.task for s in pooled.stops} == {leg.task.name for leg in floor.timed}
