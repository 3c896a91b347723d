"""Doors and lifts on a robot's way: asked to open, waited for, let go after; silent, held or refusing ones count as closed."""

from __future__ import annotations

from fleet.contracts import codec
from fleet.contracts.device import DeviceAction, DeviceAnswer, DeviceKind, DeviceState
from fleet.contracts.layout import DoorSpec
from fleet.contracts.resources import Phase
from tests.unit.edge_lanes import both_ways, goto, layout, world
from tests.unit.edge_world import World

NODES = {n: (float(i), 0.0) for i, n in enumerate("abcdef")}
DOOR = DoorSpec(name="Door-1", edges=("c>d", "d>c"))
HERE = "edge-1"


def corridor() -> World:
    """A door between c and d of the only way from a to f."""
    return world(layout(NODES, both_ways(*"abcdef"), doors=(DOOR,)), {"A": ("a", "a")})


def says(world: World, position: str, held_by: str = "", **fields: object) -> None:
    state = DeviceState(name="Door-1", kind=DeviceKind.DOOR, position=position, held_by=held_by, left_s=30.0, **fields)  # type: ignore[arg-type]
    topic = "drover/v1/riverside/device/Door-1/state"
    world.core.on_robot_message(topic, codec.encode(state), world.now, retained=True)
    world.settle()


def asked(world: World) -> list[str]:
    return [str(request["action"]) for _, request in world.requests]


def told(world: World) -> set[str]:
    return {n["nodeId"] for _, order in world.orders for n in order["nodes"] if n["released"]}


def test_a_robot_waits_before_a_closed_door_which_is_asked_to_open_and_let_go_when_it_is_through() -> None:
    found = corridor()
    says(found, "closed")
    goto(found, "f", "A")
    found.run(20)
    assert (asked(found)[0], "d" in told(found)) == (DeviceAction.OPEN, False)
    says(found, "open", HERE)
    assert found.run(30, until=found.ended)
    found.run(2)
    assert (found.in_phase(Phase.DONE), asked(found)[-1]) == (True, DeviceAction.RELEASE)


def test_a_door_that_nobody_wants_is_left_alone() -> None:
    found = corridor()
    says(found, "closed")
    goto(found, "c", "A")
    assert found.run(30, until=found.ended)
    assert found.requests == []


def test_a_silent_door_is_closed_and_an_event_says_so() -> None:
    found = corridor()
    goto(found, "f", "A")
    found.run(20)
    assert "d" not in told(found)
    assert "Door-1 says nothing; it counts as closed" in [e.message for e in found.events if e.reason == "GateClosed"]


def test_a_door_that_another_holds_is_not_passed_though_it_is_open() -> None:
    found = corridor()
    says(found, "open", "somebody")
    goto(found, "f", "A")
    found.run(20)
    assert "d" not in told(found)


def test_a_door_that_refuses_says_why() -> None:
    found = corridor()
    goto(found, "f", "A")
    found.run(5)
    says(found, "closed", answer=DeviceAnswer(id="x", accepted=False, reason="fire alarm"))
    found.run(15)
    assert any("fire alarm" in e.message for e in found.events if e.reason == "GateClosed")


def test_a_door_stays_wanted_and_is_renewed_while_a_robot_stands_in_it() -> None:
    found = corridor()
    says(found, "closed")
    goto(found, "f", "A")
    found.run(12)
    says(found, "open", HERE)
    assert found.run(20, until=lambda: found.robot("A").last_node == "c")
    found.run(0.5)
    found.vehicles["A"].body.stall()
    found.requests.clear()
    for _ in range(5):
        found.run(5)
        says(found, "open", HERE)
    assert set(asked(found)) == {DeviceAction.OPEN}
    assert len(asked(found)) >= 2


def test_a_bad_message_of_a_door_is_an_event_and_changes_nothing() -> None:
    found = corridor()
    found.core.on_robot_message("drover/v1/riverside/device/Door-1/state", b"{", found.now)
    found.settle()
    assert "BadMessage" in found.reasons()
