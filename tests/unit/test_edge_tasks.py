"""Tasks through the edge core on simulated vehicles: done, cancelled and paused at any point, failed, re-planned."""

from __future__ import annotations

import pytest

from fleet.contracts.command_ir import Action, ControlAction
from fleet.contracts.resources import Desired, Kind, Phase, RobotActivity, TaskSpec, TaskStatus
from tests.unit.edge_world import World

DONE = [("pick", "m1-1"), ("drop", "m1-1")]


def test_a_transport_is_picked_dropped_and_the_mission_is_done() -> None:
    world = World()
    world.transport(robot="AMR-1")
    assert world.run(300, world.ended)
    assert world.task().phase is Phase.DONE
    assert world.task().robot == "AMR-1"
    assert world.moved_loads() == DONE
    assert (world.mission().phase, world.mission().tasks_done) == (Phase.DONE, 1)
    order_ids = {document["orderId"] for name, document in world.orders if name == "AMR-1"}
    assert {"m1-1.0.1", "m1-1.1.1"} <= order_ids
    actions = [a["actionId"] for robot, d in world.orders if robot == "AMR-1" for n in d["nodes"] for a in n["actions"]]
    assert sorted(set(actions)) == ["m1-1.0.1.pick", "m1-1.1.1.drop"]


@pytest.mark.parametrize("dies_s", [None, 45.0])
def test_a_load_goes_by_way_of_its_stops_also_when_the_edge_node_was_away(dies_s: float | None) -> None:
    world = World()
    world.transport(robot="AMR-1", stops=("Crossing", "Dock 3"))
    if dies_s is not None:
        world.run(dies_s)
        world.kill_edge()
    assert world.run(400, world.ended), world.task()
    assert world.task().phase is Phase.DONE
    assert world.moved_loads() == DONE
    assert [(step.place, step.action) for step in world.task().steps] == [
        ("Dock 1", "pick"),
        ("Crossing", ""),
        ("Dock 3", ""),
        ("Packing 1", "drop"),
    ]
    reached = [document["orderId"] for name, document in world.orders if name == "AMR-1"]
    assert {"m1-1.1.1", "m1-1.2.1"} <= set(reached)


def test_orders_release_a_base_with_a_horizon_and_stitch_at_the_last_base_node() -> None:
    world = World()
    world.transport(robot="AMR-1")
    world.run(300, world.ended)
    known: dict[str, list[tuple[str, int]]] = {}
    horizons = 0
    for _, document in world.orders:
        nodes = document["nodes"]
        released = [(n["nodeId"], n["sequenceId"]) for n in nodes if n["released"]]
        horizons += len(released) < len(nodes)
        base = known.setdefault(document["orderId"], [])
        if document["orderUpdateId"] == 0:
            assert not base
            assert released[0][1] == 0
        else:
            assert released[0] == base[-1]
        base += released[1:] if base else released
        assert all(not n["actions"] for n in nodes if not n["released"])
        assert len(document["edges"]) == len(nodes) - 1
    assert horizons > 0


def test_a_task_without_a_robot_gets_one_from_the_edges_own_plan() -> None:
    world = World()
    world.transport()
    assert world.run(300, world.ended)
    assert world.task().phase is Phase.DONE
    assert world.core.resource(Kind.TASK, "m1-1").spec.assignment.by == "edge"


def test_a_robot_does_its_tasks_in_the_order_of_their_rank_and_after_waits() -> None:
    world = World()
    world.transport("m1", robot="AMR-1", after=("m2-1",))
    world.transport("m2", "Dock 2", "Packing 2", robot="AMR-1")
    assert world.run(900, lambda: world.ended("m1-1") and world.ended("m2-1"))
    assert world.moved_loads() == [("pick", "m2-1"), ("drop", "m2-1"), *DONE]


def test_a_task_that_waits_for_a_cancelled_one_fails_with_the_reason() -> None:
    world = World()
    world.transport("m2", robot="AMR-1", not_before_at=world.now + 1000)
    world.transport("m1", robot="AMR-1", after=("m2-1",))
    world.control(ControlAction.CANCEL, "m2")
    assert world.run(5, world.ended)
    assert world.task().phase is Phase.FAILED
    assert "m2-1" in world.task().reason


@pytest.mark.parametrize("after_s", [0.0, 0.25, 1.0, 3.0, 8.0, 20.0, 30.0, 33.0, 36.0, 40.0, 50.0, 60.0, 62.0, 66.0, 70.0])
def test_cancel_at_any_point_ends_the_task_and_frees_the_robot(after_s: float) -> None:
    world = World()
    world.transport(robot="AMR-1")
    world.run(after_s)
    picked_before = len(world.facts)
    if world.ended():
        return
    world.control(ControlAction.CANCEL, "m1")
    assert world.run(60, world.ended), world.task()
    done = world.moved_loads() == DONE
    assert world.task().phase is (Phase.DONE if done else Phase.CANCELLED)
    assert world.mission().phase is world.task().phase
    assert len(world.facts) <= picked_before + 1  # at most what was under way came to its end
    loaded = world.moved_loads() == DONE[:1]
    assert ("CarriesLoad" in world.reasons()) == loaded
    # the robot can be used again: for anything but a transport when it still carries the load
    world.apply(Kind.TASK, "g1", TaskSpec(mission="", action=Action.GOTO, target="Dock 3", robot="AMR-1"), TaskStatus())
    assert world.run(120, lambda: world.ended("g1"))
    assert world.task("g1").phase is Phase.DONE


@pytest.mark.parametrize("after_s", [0.25, 3.0, 10.0, 31.0, 45.0])
def test_pause_of_a_mission_holds_its_robot_and_resume_goes_on(after_s: float) -> None:
    world = World()
    world.transport(robot="AMR-1")
    world.run(after_s)
    world.control(ControlAction.PAUSE, "m1")
    world.run(5)
    assert world.mission().phase is Phase.PAUSED
    assert world.robot("AMR-1").paused
    facts, node = list(world.facts), world.robot("AMR-1").pose
    world.run(60)
    assert (world.facts, world.robot("AMR-1").pose) == (facts, node)
    world.control(ControlAction.RESUME, "m1")
    assert world.run(300, world.ended)
    assert world.moved_loads() == DONE


def test_stop_is_a_latch_that_holds_all_robots_over_a_restart_until_all_are_resumed() -> None:
    world = World()
    world.transport("m1", robot="AMR-1")
    world.transport("m2", "Dock 2", "Packing 2", robot="AMR-2")
    world.run(5)
    world.control(ControlAction.EMERGENCY_STOP)
    world.run(4)
    assert world.core.resource(Kind.EDGE_NODE, "edge-1").status.stopped
    poses = {name: world.robot(name).pose for name in world.robots}
    assert all(world.robot(name).activity is RobotActivity.STOPPED for name in world.robots)
    world.kill_edge()
    world.control(ControlAction.RESUME, "AMR-1")
    world.run(30)
    assert {name: world.robot(name).pose for name in world.robots} == poses
    world.control(ControlAction.RESUME, "all")
    assert world.run(400, lambda: world.ended("m1-1") and world.ended("m2-1"))
    assert sorted(world.moved_loads()) == sorted([*DONE, ("pick", "m2-1"), ("drop", "m2-1")])


def test_a_paused_robot_stands_and_its_siblings_go_on() -> None:
    world = World()
    world.transport("m1", robot="AMR-1")
    world.transport("m2", "Dock 2", "Packing 2", robot="AMR-2")
    world.run(4)
    world.control(ControlAction.PAUSE, "AMR-1")
    assert world.run(400, lambda: world.ended("m2-1"))
    assert not world.ended("m1-1")
    world.control(ControlAction.RESUME, "AMR-1")
    assert world.run(400, lambda: world.ended("m1-1"))
    assert world.task("m1-1").phase is Phase.DONE


def test_tasks_not_begun_of_a_robot_that_falls_silent_go_to_another() -> None:
    world = World()
    world.transport("m1", robot="AMR-1", not_before_at=world.now + 100)
    world.to_edge = lambda topic, payload: "/AMR-1/" not in topic
    assert world.run(500, world.ended)
    assert (world.task().phase, world.task().robot) == (Phase.DONE, "AMR-2")
    assert "RobotSilent" in world.reasons()


def test_a_refused_order_is_tried_again_and_then_fails_with_the_robots_words() -> None:
    world = World("AMR-1")
    # the robot says that it can't pick
    world.vehicles["AMR-1"].executor.settings = type(world.vehicles["AMR-1"].executor.settings)(
        state_interval_driving_s=1.0, visualization_interval_s=0.0, action_types=frozenset({"drop"})
    )
    world.transport(robot="AMR-1")
    assert world.run(300, world.ended)
    assert world.task().phase is Phase.FAILED
    assert "can't pick" in world.task().reason
    assert world.mission().phase is Phase.FAILED
    assert world.facts == []


def test_recall_sends_an_idle_robot_home_and_gives_it_nothing_until_it_is_resumed() -> None:
    world = World("AMR-3")
    world.apply(Kind.TASK, "g1", TaskSpec(mission="", action=Action.GOTO, target="Dock 1"), TaskStatus())
    assert world.run(200, lambda: world.ended("g1"))
    world.control(ControlAction.RECALL, "AMR-3")
    assert world.run(100, lambda: world.robot("AMR-3").last_node == "n4_0")
    world.transport(robot="AMR-3")
    world.run(60)
    assert world.in_phase(Phase.ASSIGNED) or world.in_phase(Phase.PENDING)
    world.control(ControlAction.RESUME, "AMR-3")
    assert world.run(300, world.ended)


def test_an_idle_robot_goes_home_by_itself_and_charges_there() -> None:
    world = World("AMR-1")
    world.apply(Kind.TASK, "g1", TaskSpec(mission="", action=Action.GOTO, target="Dock 1"), TaskStatus())
    assert world.run(200, lambda: world.ended("g1"))
    assert world.run(200, lambda: world.robot("AMR-1").charging)
    assert world.robot("AMR-1").last_node == "n4_3"
    assert world.robot("AMR-1").activity is RobotActivity.CHARGING
    # and it comes when there is work
    world.transport()
    assert world.run(300, world.ended)
    assert world.task().phase is Phase.DONE


def test_a_robot_with_a_low_battery_charges_before_it_takes_a_task() -> None:
    world = World("AMR-1", battery_pct=20.0)
    world.transport(robot="AMR-1")
    world.run(30)
    assert not world.in_phase(Phase.RUNNING)
    assert world.robot("AMR-1").charging
    assert world.run(3600, world.ended)
    assert world.moved_loads() == DONE


def test_a_closed_area_is_not_entered_and_opens_again() -> None:
    world = World("AMR-1")
    world.control(ControlAction.CLOSE_AREA, "Packing 1")
    world.transport(robot="AMR-1")
    world.run(200)
    assert world.moved_loads() == DONE[:1]
    assert world.task().reason
    world.control(ControlAction.OPEN_AREA, "Packing 1")
    assert world.run(200, world.ended)
    assert world.moved_loads() == DONE


def test_speed_limits_go_into_the_orders_edges() -> None:
    from fleet.contracts.command_ir import Speed

    world = World("AMR-1")
    world.control(ControlAction.SET_SPEED, "AMR-1", speed=Speed(percent=50.0))
    world.transport(robot="AMR-1")
    world.run(10)
    speeds = {edge.get("maxSpeed") for _, d in world.orders for edge in d["edges"]}
    assert speeds == {0.75}


def test_a_cancel_cannot_be_taken_back_by_an_older_spec() -> None:
    world = World()
    world.transport(robot="AMR-1", not_before_at=world.now + 1000)
    world.control(ControlAction.CANCEL, "m1-1")
    world.transport(robot="AMR-1")
    assert world.core.resource(Kind.TASK, "m1-1").spec.desired is Desired.CANCEL
    world.run(20)
    assert world.task().phase is Phase.CANCELLED
