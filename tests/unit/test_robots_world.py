"""The simulated world: motion in closed form, battery, work, faults, remembered facts, footprints."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from fleet.contracts.resources import RobotModelSpec
from fleet.contracts.vda5050.common import ActionStatus
from fleet.contracts.vda5050.state import Error
from robot_agent import trial
from robot_agent.core.port import ActionChanged, AdapterEvent, DriveFailed, Halted, Passed, Waypoint
from robot_agent.core.snapshot import Snapshot
from sim_robots import faults
from sim_robots.demand import Demand, work_places
from sim_robots.faults import FaultKind
from sim_robots.store import RobotFile
from sim_robots.world.body import Body
from sim_robots.world.collisions import Box, overlap, overlapping_pairs
from sim_robots.world.kinematics import plan_run

MODEL = RobotModelSpec(type="AMR", manufacturer="acme", speed_mps_max=2.0, acceleration_mps2=1.0, turn_speed_radps=1.0)


def body(**more: object) -> Body:
    return Body.standing(MODEL, 0.0, 0.0, 0.0, "map", node_id="home", **more)  # type: ignore[arg-type]


def way(*points: tuple[float, float], speed: float | None = None) -> tuple[Waypoint, ...]:
    return tuple(Waypoint(2 * i, f"n{i}", x, y, "map", None, speed) for i, (x, y) in enumerate(points, start=1))


def live(robot: Body, seconds: float, step: float = 0.05) -> list[AdapterEvent]:
    events: list[AdapterEvent] = []
    end = robot.drive.now_s + seconds
    while robot.drive.now_s < end - 1e-9:
        events += robot.advance(min(end, robot.drive.now_s + step))
    return events


# ---- Kinematics -----------------------------------------------------------------------------------------------------


def test_a_long_run_is_a_trapezoid_and_a_short_one_a_triangle() -> None:
    assert plan_run(0.0, 0.0, [(10.0, 2.0)], 1.0).end_s == pytest.approx(2.0 + 3.0 + 2.0)
    assert plan_run(0.0, 0.0, [(1.0, 2.0)], 1.0).end_s == pytest.approx(2.0)


def test_a_speed_limit_is_kept_all_along_its_segment() -> None:
    profile = plan_run(0.0, 0.0, [(10.0, 2.0), (5.0, 0.5), (10.0, 2.0)], 1.0)
    begin, end = profile.mark_times_s[0], profile.mark_times_s[1]
    speeds = [profile.at(begin + (end - begin) * i / 50)[1] for i in range(51)]
    assert max(speeds) <= 0.5 + 1e-9
    assert max(profile.at(t / 10)[1] for t in range(300)) == pytest.approx(2.0)


def test_who_comes_too_fast_brakes_harder_and_never_overruns() -> None:
    profile = plan_run(0.0, 2.0, [(0.5, 2.0)], 1.0)
    assert profile.at(profile.end_s) == (0.5, 0.0)
    assert all(profile.at(t / 100)[0] <= 0.5 for t in range(500))


def test_positions_and_mark_times_agree() -> None:
    profile = plan_run(3.0, 0.5, [(4.0, 1.0), (7.0, 2.0), (2.0, 1.5)], 0.8)
    for time_s, metres in zip(profile.mark_times_s, (4.0, 11.0, 13.0), strict=True):
        assert profile.at(time_s)[0] == pytest.approx(metres)


def test_driving_is_the_same_whatever_the_step() -> None:
    fine, coarse = body(), body()
    points = ((4.0, 0.0), (8.0, 0.0), (8.0, 5.0), (0.0, 5.0))
    for robot in (fine, coarse):
        robot.go(way(*points))
    a = live(fine, 40, step=0.013)
    b = live(coarse, 40, step=7.0)
    assert a == b == [Passed(2), Passed(4), Passed(6), Passed(8)]
    assert fine.drive.pose() == pytest.approx(coarse.drive.pose())
    assert fine.drive.pose()[:2] == pytest.approx((0.0, 5.0))
    assert fine.drive.odometer_m == pytest.approx(21.0, abs=0.01)


def test_nodes_on_one_line_are_passed_without_stopping_and_corners_by_turning_on_the_spot() -> None:
    robot = body()
    robot.go(way((5.0, 0.0), (10.0, 0.0), (10.0, 5.0)))
    slowest, events = 9.0, []
    while Passed(2) not in events:
        events += live(robot, 0.05)
    slowest = robot.drive.speed_mps
    assert slowest > 1.5
    assert Passed(6) in live(robot, 30)
    assert robot.drive.theta_rad == pytest.approx(math.pi / 2)


def test_an_extended_way_is_driven_on_without_braking() -> None:
    robot = body()
    robot.go(way((5.0, 0.0)))
    live(robot, 1.5)
    robot.go(way((5.0, 0.0), (20.0, 0.0)))
    events = live(robot, 2.5)
    assert events == [Passed(2)]
    assert robot.drive.speed_mps == pytest.approx(2.0)


def test_the_robot_stops_at_its_last_waypoint_exactly() -> None:
    robot = body()
    robot.go(way((5.0, 0.0)))
    live(robot, 60)
    assert robot.drive.pose() == (5.0, 0.0, 0.0)
    assert robot.report().driving is False


def test_stopping_at_a_node_passes_only_what_cannot_be_avoided() -> None:
    robot = body()
    robot.go(way((3.0, 0.0), (6.0, 0.0), (9.0, 0.0)))
    live(robot, 2.2)  # 2 m/s at 2.4 m: braking takes 2 m, so the first node is too near
    robot.stop(at_node=True)
    assert live(robot, 20) == [Passed(2), Passed(4), Halted()]
    assert robot.drive.pose()[0] == pytest.approx(6.0)


def test_stopping_at_once_takes_the_braking_distance() -> None:
    robot = body()
    robot.go(way((20.0, 0.0)))
    live(robot, 4.0)
    x = robot.drive.pose()[0]
    robot.stop(at_node=False)
    live(robot, 10)
    assert robot.drive.pose()[0] == pytest.approx(x + 2.0)
    robot.go(way((20.0, 0.0)))
    assert live(robot, 30) == [Passed(2)]


def test_a_way_that_begins_elsewhere_is_begun_only_after_standing() -> None:
    robot = body()
    robot.go(way((10.0, 0.0)))
    live(robot, 2.0)
    robot.go(way((0.0, 0.0)))
    events = live(robot, 30)
    assert events == [Passed(2)]
    assert robot.drive.pose()[:2] == pytest.approx((0.0, 0.0))


# ---- Battery --------------------------------------------------------------------------------------------------------


def test_driving_uses_as_much_battery_as_the_model_says() -> None:
    robot = body(battery_pct=50.0)
    robot.go(way((120.0, 0.0)))
    live(robot, 3600, step=600)
    assert robot.battery.pct == pytest.approx(50.0 - 100 * 120 / 12000 - 2.0)


def test_charging_works_only_at_a_charger_and_ends_by_driving_off() -> None:
    robot = body(battery_pct=50.0, chargers=frozenset({"n1"}))
    answer = robot.perform(trial.action("startCharging", "c0"))
    assert answer == [ActionChanged("c0", ActionStatus.FAILED, "no charger at home")]
    robot.go(way((1.0, 0.0)))
    live(robot, 10)
    robot.perform(trial.action("startCharging", "c1"))
    live(robot, 601, step=60)
    assert robot.report().charging is True
    assert robot.battery.pct == pytest.approx(70.0, abs=0.2)
    robot.go(way((0.0, 0.0)))
    assert robot.report().charging is False


def test_an_empty_battery_stops_the_robot_with_a_fatal_error() -> None:
    robot = body(battery_pct=0.5)
    robot.go(way((300.0, 0.0)))
    events = live(robot, 300, step=1.0)
    assert DriveFailed("the battery is empty") in events
    assert 55 < robot.drive.pose()[0] < 65
    assert [e.error_level for e in robot.report().errors] == ["FATAL"]


# ---- Work -----------------------------------------------------------------------------------------------------------


def test_picking_and_dropping_move_one_real_load() -> None:
    robot = body(seed=3)
    robot.perform(trial.action("pick", "p1", loadId="L1"))
    (event,) = live(robot, 10)
    assert event == ActionChanged("p1", ActionStatus.FINISHED, "L1")
    assert [load.load_id for load in robot.report().loads or ()] == ["L1"]
    assert robot.perform(trial.action("pick", "p2"))[0] == ActionChanged("p2", ActionStatus.FAILED, "no room: carries L1")
    robot.perform(trial.action("drop", "d1"))
    live(robot, 10)
    assert [(f.kind, f.load_id) for f in robot.take_facts()] == [("pick", "L1"), ("drop", "L1")]
    assert robot.perform(trial.action("drop", "d2"))[0] == ActionChanged("d2", ActionStatus.FAILED, "nothing on board")


def test_an_action_asked_for_again_is_not_done_again() -> None:
    robot = body()
    pick = trial.action("pick", "p1", loadId="L1")
    robot.perform(pick)
    assert robot.perform(pick) == [ActionChanged("p1", ActionStatus.RUNNING)]
    live(robot, 10)
    assert robot.perform(pick) == [ActionChanged("p1", ActionStatus.FINISHED, "L1")]
    assert len(robot.take_facts()) == 1


def test_durations_vary_by_seed_and_id_only() -> None:
    def took(seed: int, action_id: str) -> float:
        robot = body(seed=seed)
        robot.perform(trial.action("pick", action_id))
        return robot.work.next_end_s()

    assert took(1, "a") == took(1, "a")
    assert took(1, "a") != took(2, "a")
    assert all(MODEL.pick_s * 0.8 <= took(s, "x") <= MODEL.pick_s * 1.2 for s in range(50))


def test_waiting_takes_as_long_as_asked_and_can_be_given_up() -> None:
    robot = body()
    robot.perform(trial.action("wait", "w1", duration=90))
    assert live(robot, 89) == []
    assert robot.abort("w1") == [ActionChanged("w1", ActionStatus.FAILED, "given up")]
    robot.perform(trial.action("pick", "p1"))
    assert robot.abort("p1") == [], "handling a load ends by itself"


def test_an_unknown_action_fails() -> None:
    (event,) = body().perform(trial.action("fly", "f"))
    assert isinstance(event, ActionChanged)
    assert event.status is ActionStatus.FAILED


# ---- Faults ---------------------------------------------------------------------------------------------------------


def test_a_stalled_robot_stands_and_then_finishes_its_way() -> None:
    robot = body()
    robot.go(way((10.0, 0.0)))
    live(robot, 2.0)
    robot.stall(Error(error_type="stuck", error_level="FATAL"))
    assert live(robot, 60) == []
    assert robot.drive.speed_mps == 0.0
    assert robot.report().errors
    robot.recover()
    assert live(robot, 30) == [Passed(2)]
    assert robot.report().errors == ()


def test_faults_are_drawn_by_seed() -> None:
    drawn = faults.draw(["a", "b"], 8 * 3600, 7, per_robot_hour=2.0)
    assert drawn == faults.draw(["a", "b"], 8 * 3600, 7, per_robot_hour=2.0)
    assert drawn != faults.draw(["a", "b"], 8 * 3600, 8, per_robot_hour=2.0)
    assert 15 < len(drawn) < 50
    assert {f.kind for f in drawn} == {FaultKind.STALL, FaultKind.ERROR, FaultKind.OFFLINE}
    assert faults.draw(["a"], 3600, 7, per_robot_hour=0.0) == []


def test_a_lie_changes_the_report_and_not_the_body() -> None:
    robot = body()
    fault = faults.Fault("r", FaultKind.LIE, 0, 1, (2.0, -1.0))
    faults.begin(fault, robot)
    assert (robot.report().x_m, robot.report().y_m) == (2.0, -1.0)
    assert robot.drive.pose()[:2] == (0.0, 0.0)
    faults.end(fault, robot)
    assert robot.report().x_m == 0.0


# ---- Remembering ----------------------------------------------------------------------------------------------------


def test_a_robot_stands_where_it_stood_and_goes_on_with_its_work(tmp_path: Path) -> None:
    robot = body()
    robot.go(way((4.0, 0.0)))
    live(robot, 1.0)
    robot.perform(trial.action("wait", "w", duration=10))
    live(robot, 0.5)
    RobotFile(tmp_path, "R 1", robot).save(Snapshot())
    again = body(now_s=1000.0)
    assert RobotFile(tmp_path, "R 1", again).load() == Snapshot()
    assert again.drive.pose() == pytest.approx(robot.drive.pose())
    assert again.battery.pct == pytest.approx(robot.battery.pct)
    assert live(again, 9.4) == []
    assert live(again, 0.2) == [ActionChanged("w", ActionStatus.FINISHED, "")]


def test_a_file_that_a_kill_has_torn_gives_way_to_the_save_before(tmp_path: Path) -> None:
    robot = body()
    file = RobotFile(tmp_path, "R 1", robot)
    file.save(Snapshot())
    robot.go(way((4.0, 0.0)))
    live(robot, 1.0)
    file.save(Snapshot(paused=True))
    torn = max(tmp_path.glob("*.json"), key=lambda path: path.read_bytes().count(b'"saves":2'))
    torn.write_bytes(torn.read_bytes()[:-9])
    again = body()
    assert RobotFile(tmp_path, "R 1", again).load() == Snapshot()
    assert again.drive.pose() == pytest.approx((0.0, 0.0, 0.0))


def test_a_fact_in_the_log_is_never_repeated_though_the_file_is_older(tmp_path: Path) -> None:
    robot = body()
    file = RobotFile(tmp_path, "R 1", robot)
    pick = trial.action("pick", "p", loadId="L1")
    robot.perform(pick)
    file.save(Snapshot())
    live(robot, 10)
    for fact in robot.take_facts():
        file.log_fact(fact)
    # killed here: the file still says that the pick runs
    again = body()
    after = RobotFile(tmp_path, "R 1", again)
    after.load()
    assert again.perform(pick) == [ActionChanged("p", ActionStatus.FINISHED, "L1")]
    live(again, 20)
    assert again.take_facts() == []
    assert again.work.loads == ["L1"]


# ---- Footprints -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "y", "turn", "meet"),
    [
        (0.0, 0.0, 0.0, True),
        (0.99, 0.0, 0.0, True),
        (1.01, 0.0, 0.0, False),
        (0.0, 0.51, 0.0, False),
        (0.9, 0.6, 0.0, False),
        (0.7, 0.0, math.pi / 2, True),
        (0.8, 0.0, math.pi / 2, False),
        (0.7, 0.45, math.pi / 4, True),
        (0.8, 0.65, -math.pi / 4, False),
    ],
)
def test_boxes_of_one_by_half_a_metre(x: float, y: float, turn: float, meet: bool) -> None:
    a, b = Box(0, 0, 0, 1.0, 0.5), Box(x, y, turn, 1.0, 0.5)
    assert overlap(a, b) is overlap(b, a) is meet


def test_boxes_on_different_floors_never_meet_and_pairs_are_found() -> None:
    boxes = [Box(0, 0, 0, 1, 1, "g"), Box(0, 0, 0, 1, 1, "h"), Box(0.5, 0.5, 1, 1, 1, "g"), Box(5, 0, 0, 1, 1, "g")]
    assert overlapping_pairs(boxes) == [(0, 2)]


def test_demand_is_drawn_by_seed_between_places_where_work_is_done() -> None:
    places = work_places([("D", "dock"), ("R", "rack"), ("C", "charger"), ("P", "parking"), ("Q", "")])
    assert places == ["D", "Q", "R"]
    pairs = [Demand(places, 1).next() for _ in range(2)]
    assert pairs[0] == pairs[1]
    assert pairs[0][0] != pairs[0][1]
