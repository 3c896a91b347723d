"""The site as the planner's problem, and the plan as a preview."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from fleet.contracts.command_ir import Action, CommandIr, ControlAction, ControlIr, Outcome, TaskIr
from fleet.contracts.commands import Risk
from fleet.contracts.resources import (
    AnyResource,
    Assignment,
    ClosureSpec,
    ClosureStatus,
    Desired,
    Kind,
    MissionSpec,
    MissionStatus,
    Phase,
    Pose,
    RobotError,
    StepStatus,
    TaskSpec,
    TaskStatus,
)
from fleet.planning.problem import PlanRequest, PlanResult, PlanRobot
from fleet.planning.solve import plan
from fleet.tasks.lower import lower
from fleet.tasks.planning_view import plan_request, preview
from fleet.tasks.risk import control_risk, needs_confirmation, plan_risk
from fleet.tasks.site import Site, TaskResource
from tests.unit import sites

BRING = TaskIr(ref="t1", action=Action.TRANSPORT, source="Dock 1", target="Packing 1", item="tote", quantity=1)


def a_task(name: str, status: TaskStatus | None = None, labels: dict[str, str] | None = None, **spec: Any) -> TaskResource:
    fields: dict[str, Any] = {"mission": "M-1", "action": Action.TRANSPORT, "source": "Dock 1", "target": "Packing 1", **spec}
    return sites.resource(Kind.TASK, name, TaskSpec(**fields), status or TaskStatus(), labels=labels or {})


def in_hand(name: str, robot: str, step: int = 0, phase: Phase = Phase.RUNNING, **kwargs: Any) -> TaskResource:
    steps = (StepStatus(place="Dock 1", action="pick"), StepStatus(place="Packing 1", action="drop"))
    return a_task(name, TaskStatus(phase=phase, robot=robot, step=step, steps=steps), **kwargs)


def request(site: Site, tasks: Sequence[TaskResource] = ()) -> PlanRequest:
    return plan_request(site, tasks, now=sites.NOW, travel=site.travel_times())


def the_robot(site: Site, name: str) -> PlanRobot:
    return next(r for r in request(site).robots if r.name == name)


def test_idle_robots_enter_where_they_stand_with_what_they_can_do() -> None:
    robot = the_robot(sites.site(), "FL-1")
    assert (robot.node, robot.type, robot.payload_kg, robot.speed_mps, robot.free_in_s) == ("n5_0", "forklift", 500, 1.0, 0.0)
    assert "transport" in robot.capabilities


@pytest.mark.parametrize(
    ("status", "spec", "reason"),
    [
        ({"connection": "OFFLINE"}, {}, "offline"),
        ({"operating_mode": "MANUAL"}, {}, "in manual mode"),
        ({"e_stop": "MANUAL"}, {}, "emergency stop is pressed"),
        ({"errors": (RobotError(error_type="motor", level="FATAL"),)}, {}, "in error: motor"),
        ({"last_node": ""}, {}, "its position is not known"),
        ({}, {"enabled": False}, "out of service"),
        ({"battery_pct": 20.0}, {}, "battery at 20 %, it must charge first"),
    ],
)
def test_a_robot_that_can_take_nothing_is_absent_and_says_why(status: dict[str, Any], spec: dict[str, Any], reason: str) -> None:
    site = sites.site(sites.robot("AMR-1", status=status, **spec))
    assert request(site).absent == {"AMR-1": reason}


def test_a_warning_does_not_stop_a_robot_and_a_pose_is_enough_to_know_where_it_is() -> None:
    status = {"errors": (RobotError(error_type="dust", level="WARNING"),), "last_node": "", "pose": Pose(x_m=10.2, y_m=4.8)}
    assert the_robot(sites.site(sites.robot("AMR-1", status=status)), "AMR-1").node == "n2_1"


def test_a_low_battery_leaves_only_charging_and_parking_until_it_has_charged_some() -> None:
    def can(**status: Any) -> frozenset[str]:
        return the_robot(sites.site(sites.robot("AMR-1", status=status)), "AMR-1").capabilities

    assert can(battery_pct=20.0) == {"charge", "park"}
    assert can(battery_pct=30.0, charging=True) == {"charge", "park"}
    assert "transport" in can(battery_pct=30.0)
    assert "transport" in can(battery_pct=41.0, charging=True)


def test_a_robot_with_a_task_in_hand_is_free_where_and_when_its_last_step_ends() -> None:
    # AMR-1 at n0_2: 10 m to Dock 1, 6 s pick, 15 m to Packing 1, 6 s drop, at 1.5 m/s
    fetching = the_robot(sites.site(in_hand("M-1-1", "AMR-1")), "AMR-1")
    assert (fetching.node, fetching.free_in_s) == ("n0_3", pytest.approx(10 / 1.5 + 6 + 10 + 6))
    bringing = the_robot(sites.site(in_hand("M-1-1", "AMR-1", step=1)), "AMR-1")
    assert bringing.free_in_s == pytest.approx(5 / 1.5 + 6)


def test_a_paused_robot_enters_late_so_that_others_are_chosen() -> None:
    assert the_robot(sites.site(sites.robot("AMR-1", paused=True)), "AMR-1").free_in_s == 600


def test_only_open_wanted_tasks_enter() -> None:
    tasks = [
        a_task("open"),
        a_task("running", TaskStatus(phase=Phase.RUNNING)),
        a_task("over", TaskStatus(phase=Phase.DONE)),
        a_task("cancelled", desired=Desired.CANCEL),
        a_task("of-paused-mission", mission="M-2"),
    ]
    mission = sites.resource(Kind.MISSION, "M-2", MissionSpec(title="x", desired=Desired.PAUSE), MissionStatus())
    assert [t.name for t in request(sites.site(mission), tasks).tasks] == ["open"]


def test_a_task_enters_with_its_nodes_times_and_robot() -> None:
    task = a_task(
        "t",
        load_kg=15.0,
        robot_type="AMR",
        created_at=sites.NOW - 60,
        not_before_at=sites.NOW + 30,
        deadline_at=sites.NOW + 90,
        assignment=Assignment(robot="AMR-2"),
        after=("x",),
    )
    [got] = request(sites.site(), [task]).tasks
    assert (got.visits, got.service_s, got.action) == (("n0_0", "n0_3"), (6.0, 6.0), "transport")
    assert (got.load_kg, got.robot_type, got.current_robot, got.after) == (15.0, "AMR", "AMR-2", ("x",))
    assert (got.not_before_s, got.deadline_s, got.age_s) == (30.0, 90.0, 0.0)


def test_done_and_running_tasks_release_what_waits_for_them() -> None:
    site = sites.site(a_task("over", TaskStatus(phase=Phase.DONE)), in_hand("M-1-1", "AMR-1", step=1))
    got = request(site, [a_task("next", after=("over", "M-1-1"))])
    assert got.done == {"over"}
    assert got.running == {"M-1-1": pytest.approx(5 / 1.5 + 6)}
    assert plan(got, budget_s=0).assignments[0].start_s == pytest.approx(5 / 1.5 + 6)


def test_a_robot_that_did_its_part_of_a_group_is_barred_from_the_rest() -> None:
    site = sites.site(in_hand("M-1-1", "AMR-1", labels={"apart": "M-1/t1"}))
    [got] = request(site, [a_task("M-1-2", labels={"apart": "M-1/t1"})]).tasks
    assert (got.apart, got.barred) == ("M-1/t1", {"AMR-1"})


def test_charging_and_waiting_without_a_place() -> None:
    tasks = [
        a_task("named", action=Action.CHARGE, source=None, target=None, robot="AMR-2"),
        a_task("any", action=Action.CHARGE, source=None, target=None),
        a_task("wait", action=Action.WAIT, source=None, target=None, duration_s=90.0),
        a_task("lost", action=Action.GOTO, source=None, target="Mars"),
    ]
    named, anyone, wait, lost = request(sites.site(), tasks).tasks
    assert (named.visits, named.service_s) == (("n5_3",), (5.0,))
    assert (anyone.visits, anyone.service_s) == ((), (5.0,))
    assert (wait.visits, wait.service_s) == ((), (90.0,))
    assert lost.visits == ("",)


def planned(site: Site, *tasks: TaskIr) -> tuple[tuple[TaskResource, ...], PlanResult]:
    new = lower(CommandIr(outcome=Outcome.PLAN, tasks=tasks), site, mission="M-9", now=sites.NOW)
    return new, plan(request(site, new), budget_s=0)


def test_a_preview_shows_who_which_way_and_when() -> None:
    site = sites.site()
    got = preview(site, *planned(site, BRING))
    [task] = got.tasks
    assert (task.ref, task.title, task.robot) == ("t1", "Bring tote from Dock 1 to Packing 1", "AMR-1")
    assert task.path == ("n0_2", "n0_1", "n0_0", "n0_1", "n0_2", "n0_3")
    assert task.points[0] == (0.0, 10.0)
    assert task.distance_m == 25.0
    assert got.end_in_s == task.end_in_s == pytest.approx(25 / 1.5 + 12)
    assert got.risk is Risk.MEDIUM


def test_the_second_task_of_a_robot_starts_where_the_first_one_ends() -> None:
    site = sites.site()
    got = preview(site, *planned(site, BRING, TaskIr(ref="t2", action=Action.CHARGE, robot="AMR-1", after=("t1",))))
    assert got.tasks[1].path[0] == "n0_3"
    assert got.tasks[1].path[-1] == "n4_3"
    assert "n3_3" not in got.tasks[1].path  # not through the break room


def test_a_task_that_nobody_can_do_is_shown_without_robot_and_warned_of() -> None:
    site = sites.site(*(sites.robot(name, status={"connection": "OFFLINE"}) for name in sites.ROBOTS))
    got = preview(site, *planned(site, BRING))
    assert (got.tasks[0].robot, got.tasks[0].path) == ("", ())
    assert got.warnings[0].startswith("Bring tote from Dock 1 to Packing 1: no robot is available (AMR-1: offline")


def test_what_a_plan_pushes_back_is_listed_longest_first() -> None:
    waiting = a_task("M-1-1", robot="AMR-1", created_at=sites.NOW)
    site = sites.site(waiting)
    urgent = TaskIr(ref="t1", action=Action.TRANSPORT, source="Dock 2", target="Packing 2", robot="AMR-1", priority="urgent")  # type: ignore[arg-type]
    new = lower(CommandIr(outcome=Outcome.PLAN, tasks=(urgent,)), site, mission="M-9", now=sites.NOW)
    before = plan(request(site, [waiting]), budget_s=0)
    result = plan(request(site, [waiting, *new]), budget_s=0)
    [delay] = preview(site, new, result, before=before).delays
    assert (delay.task, delay.mission) == ("M-1-1", "M-1")
    assert delay.delay_s == pytest.approx(result.assignments[1].end_s - before.assignments[0].end_s)


def test_a_missed_deadline_is_a_warning() -> None:
    from fleet.contracts.command_ir import WithinMinutes

    site = sites.site()
    task = TaskIr(ref="t1", action=Action.GOTO, target="Packing 1", robot="FL-1", deadline=WithinMinutes(within_minutes=0.5))
    assert preview(site, *planned(site, task)).warnings == ("Send FL-1 to Packing 1: 10 s after its deadline",)


def test_a_path_keeps_out_of_closed_areas() -> None:
    closure: AnyResource = sites.resource(Kind.CLOSURE, "c", ClosureSpec(targets=("n0_1",)), ClosureStatus())
    site = sites.site(closure)
    assert "n0_1" not in preview(site, *planned(site, BRING)).tasks[0].path


def test_risk_grows_with_what_is_touched() -> None:
    assert plan_risk([Action.GOTO, Action.CHARGE, Action.PARK]) is Risk.LOW
    assert plan_risk([Action.GOTO, Action.TRANSPORT]) is Risk.MEDIUM
    assert plan_risk([Action.GOTO] * 6) is Risk.HIGH
    site = sites.site()
    assert control_risk(ControlIr(action=ControlAction.RESUME), site) is Risk.HIGH
    assert control_risk(ControlIr(action=ControlAction.RESUME, targets=("AMR",)), site) is Risk.HIGH
    assert control_risk(ControlIr(action=ControlAction.RESUME, targets=("AMR-1",)), site) is Risk.MEDIUM
    assert not needs_confirmation(ControlIr(action=ControlAction.EMERGENCY_STOP))
    assert needs_confirmation(ControlIr(action=ControlAction.RESUME))
