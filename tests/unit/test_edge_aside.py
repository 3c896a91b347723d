"""An idle robot in somebody's way is pushed aside by traffic: it gets an order of its own, and is idle again afterwards."""

from __future__ import annotations

import pytest

from fleet.contracts.command_ir import ControlAction
from fleet.contracts.resources import Phase, RobotActivity
from tests.unit.edge_lanes import both_ways, goto, layout, world
from tests.unit.edge_world import World

#: a - b - c - d - e with a pocket p at d. B lives at c, in the middle of the only way, so that it is not sent home instead.
NODES = {n: (float(i), 0.0) for i, n in enumerate("abcde")} | {"p": (3.0, 1.0), "Ha": (0.0, 1.0)}
LANES = [*both_ways(*"abcde"), *both_ways("d", "p"), *both_ways("a", "Ha")]


def corridor() -> World:
    """B stands idle in the middle; A will be asked to go from one end to the other."""
    found = world(layout(NODES, LANES), {"A": ("a", "Ha"), "B": ("c", "c")})
    assert found.robot("B").activity is RobotActivity.IDLE
    return found


def asides(world: World) -> list[dict[str, object]]:
    return [order for name, order in world.orders if name == "B" and str(order["orderId"]).startswith("aside.")]


def test_an_idle_robot_on_the_only_way_steps_aside_and_lets_the_other_pass() -> None:
    world = corridor()
    goto(world, "e", "A")
    assert world.run(60, until=world.ended)
    assert world.in_phase(Phase.DONE)
    assert asides(world)


def test_the_order_aside_ends_at_what_was_released_and_carries_no_action() -> None:
    world = corridor()
    goto(world, "e", "A")
    world.run(60, until=world.ended)
    nodes = asides(world)[0]["nodes"]
    assert isinstance(nodes, list)
    assert [node["actions"] for node in nodes] == [[] for _ in nodes]
    assert all(node["released"] for node in nodes)


def test_after_stepping_aside_a_robot_is_idle_and_goes_home_after_its_usual_time() -> None:
    world = corridor()
    goto(world, "e", "A")
    world.run(60, until=world.ended)
    assert world.run(60, until=lambda: world.robot("B").last_node == "c" and world.robot("B").order_id == "")


def test_a_paused_robot_is_not_pushed_and_the_other_waits() -> None:
    world = corridor()
    world.control(ControlAction.PAUSE, "B")
    world.run(2)
    goto(world, "e", "A")
    world.run(30)
    assert asides(world) == []
    assert world.robot("A").last_node in ("a", "b", "Ha")


@pytest.mark.parametrize("after_s", [0.5, 1.5, 3.0, 5.0])
def test_the_edge_node_dies_while_a_robot_steps_aside_and_the_way_is_free_in_the_end(after_s: float) -> None:
    world = corridor()
    goto(world, "e", "A")
    world.run(after_s)
    world.kill_edge()
    assert world.run(90, until=world.ended)
    assert world.in_phase(Phase.DONE)


@pytest.mark.parametrize("after_s", [1.0, 3.0])
def test_a_stop_while_a_robot_steps_aside_holds_it_and_a_resume_lets_it_go_on(after_s: float) -> None:
    world = corridor()
    goto(world, "e", "A")
    world.run(after_s)
    world.control(ControlAction.EMERGENCY_STOP)
    world.run(4)
    stood = world.vehicles["B"].body.drive.pose()
    world.run(10)
    assert world.vehicles["B"].body.drive.pose() == stood
    world.control(ControlAction.RESUME)
    assert world.run(90, until=world.ended)


def test_a_task_for_a_robot_that_steps_aside_begins_when_it_has() -> None:
    world = corridor()
    goto(world, "e", "A")
    assert world.run(20, until=lambda: bool(asides(world)))
    goto(world, "p", "B", name="m2")
    assert world.run(90, until=lambda: world.ended("m2-1") and world.ended())
    assert (world.in_phase(Phase.DONE), world.in_phase(Phase.DONE, "m2-1")) == (True, True)


def test_a_robot_that_loses_its_order_aside_is_pushed_again() -> None:
    world = corridor()
    goto(world, "e", "A")
    assert world.run(20, until=lambda: bool(asides(world)))
    world.kill_robot("B", forget=True)
    assert world.run(120, until=world.ended)
    assert world.in_phase(Phase.DONE)
