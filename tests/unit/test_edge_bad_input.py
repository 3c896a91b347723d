"""What robots send that is wrong: an event, a counter, and nothing else is disturbed."""

from __future__ import annotations

from typing import Any

import pytest

from fleet.contracts import codec
from fleet.contracts.errors import Conflict, InvalidInput, NotFound
from fleet.contracts.resources import Kind, Phase, RobotActivity, RobotModelStatus
from tests.unit import sites
from tests.unit.edge_world import World

STATE = "uagv/v2/Acme/AMR-1/state"


def captured(world: World, topic_name: str = "state") -> list[bytes]:
    """From now on, all that AMR-1 says on that topic."""
    found: list[bytes] = []

    def look(topic: str, payload: bytes) -> bool:
        if topic == f"uagv/v2/Acme/AMR-1/{topic_name}":
            found.append(payload)
        return True

    world.to_edge = look
    return found


def changed(payload: bytes, **fields: Any) -> bytes:
    return codec.encode({**codec.decode(payload, dict), **fields})


@pytest.mark.parametrize(
    ("topic", "payload", "reason"),
    [
        (STATE, b"not json", "BadMessage"),
        (STATE, b"", "BadMessage"),
        (STATE, b"[1, 2]", "BadMessage"),
        (STATE, b'{"nodeStates": {}}', "BadMessage"),
        (STATE, b"x" * (1024 * 1024), "BadMessage"),
        (STATE, b"[" * 100_000, "BadMessage"),
        ("uagv/v2/Acme/AMR-1/connection", b'{"connectionState": 7}', "BadMessage"),
        ("uagv/v2/Acme/nobody/state", b"{}", "UnknownRobot"),
        ("uagv/v2/Acme/AMR-1/gossip", b"{}", "UnknownTopic"),
        ("a/b", b"{}", "UnknownTopic"),
    ],
)
def test_a_bad_message_is_an_event_and_a_counter_and_disturbs_nothing(topic: str, payload: bytes, reason: str) -> None:
    world = World()
    world.transport(robot="AMR-1")
    world.run(5)
    before = world.robot("AMR-1")
    for _ in range(50):
        world.core.on_robot_message(topic, payload, world.now)
    world.settle()
    assert world.core.counters[reason] == 50
    assert world.reasons().count(reason) == 1
    assert world.robot("AMR-1") == before
    assert world.run(300, world.ended)
    assert world.task().phase is Phase.DONE


def test_what_is_in_use_cannot_be_deleted_under_the_robots() -> None:
    world = World()
    world.transport(robot="AMR-1")
    world.run(5)
    (layout,) = world.core.resources(Kind.LAYOUT)
    for kind, name in (
        (Kind.LAYOUT, layout.metadata.name),
        (Kind.ROBOT_MODEL, world.core.resource(Kind.ROBOT, "AMR-1").spec.model),
    ):
        with pytest.raises(Conflict) as refused:
            world.core.delete(kind, name, world.now, by="edge")
        assert refused.value.fix
    assert world.run(300, world.ended)
    assert world.task().phase is Phase.DONE


def test_noise_from_the_clouds_broker_is_one_event_not_one_for_each_frame() -> None:
    world = World()
    for _ in range(500):
        world.core.note("warning", "BadFrame", "from cloud on cfg: $: not JSON", world.now)
    world.settle()
    assert world.reasons().count("BadFrame") == 1


def test_the_event_names_the_field_and_the_fix() -> None:
    world = World()
    world.core.on_robot_message(STATE, b'{"lastNodeId": "n4_3", "nodeStates": {}}', world.now)
    world.settle()
    event = world.events[-1]
    assert "$.nodeStates" in event.message
    assert event.fix
    assert event.subject == "Robot/AMR-1"


def test_another_robots_serial_in_the_payload_is_refused() -> None:
    world = World()
    said = captured(world)
    world.run(40)
    node = world.robot("AMR-2").last_node
    world.core.on_robot_message("uagv/v2/Acme/AMR-2/state", said[-1], world.now)
    world.settle()
    assert world.reasons()[-1] == "IdentityMismatch"
    assert world.robot("AMR-2").last_node == node


def test_a_repeated_state_is_refused_and_a_restarted_counter_is_not() -> None:
    world = World()
    world.transport(robot="AMR-1")
    said = captured(world)
    world.run(12)
    old, node = said[1], world.robot("AMR-1").last_node
    assert codec.decode(old, dict)["lastNodeId"] != node
    for _ in range(5):
        world.core.on_robot_message(STATE, old, world.now)
    world.settle()
    assert world.core.counters["StateRepeated"] == 5
    assert world.robot("AMR-1").last_node == node
    world.kill_robot("AMR-1")  # its headerId starts from 0 again, with a later time
    assert world.core.counters["StateRepeated"] == 5
    assert world.run(300, world.ended)
    assert world.task().phase is Phase.DONE


def test_a_robot_whose_counter_and_clock_went_back_is_believed_after_a_few_states() -> None:
    world = World("AMR-1")
    said = captured(world)
    world.run(35)
    for number in range(4):
        back = changed(said[-1], headerId=number, timestamp=f"1970-01-01T00:00:0{number}.000Z")
        world.core.on_robot_message(STATE, back, world.now + number)
    assert world.core.counters["StateRepeated"] == 2


def test_a_robot_that_lies_about_its_position_gets_no_further_base_until_it_makes_sense() -> None:
    world = World("AMR-1")
    world.transport(robot="AMR-1")
    world.run(6)
    body = world.vehicles["AMR-1"].body
    body.lie_m = (60.0, 0.0)
    world.run(15)
    assert "PositionImplausible" in world.reasons()
    assert world.robot("AMR-1").activity is RobotActivity.ERROR
    assert any(c.reason == "PositionImplausible" for c in world.robot("AMR-1").conditions)
    orders = len(world.orders)
    world.run(60)
    assert len(world.orders) == orders
    body.lie_m = (0.0, 0.0)
    assert world.run(400, world.ended)
    assert world.task().phase is Phase.DONE


def test_one_wrong_position_does_not_hold_a_standing_robot_up_until_its_next_report() -> None:
    world = World("AMR-1")
    said = captured(world)
    world.run(35)
    position = codec.decode(said[-1], dict)["agvPosition"]
    wrong = changed(said[-1], agvPosition={**position, "x": position["x"] + 30.0}, headerId=10_000)
    world.core.on_robot_message(STATE, wrong, world.now)
    world.settle()
    assert world.robot("AMR-1").activity is RobotActivity.ERROR
    assert world.run(8, lambda: world.reasons()[-1] == "PositionPlausible")


def test_a_robot_that_claims_a_node_that_was_not_released_is_not_believed() -> None:
    world = World("AMR-1")
    world.transport(robot="AMR-1")
    said = captured(world)
    world.run(6)
    ahead = changed(said[-1], lastNodeSequenceId=40, lastNodeId="n0_0", headerId=10_000, timestamp="2030-01-01T00:00:00.000Z")
    world.core.on_robot_message(STATE, ahead, world.now)
    world.settle()
    assert "PositionImplausible" in world.reasons()


def test_retained_states_are_old_and_ignored_but_a_retained_connection_counts() -> None:
    world = World("AMR-1")
    said = captured(world)
    world.run(35)
    node = changed(said[-1], lastNodeId="n0_0", headerId=99, timestamp="2030-01-01T00:00:00.000Z")
    world.core.on_robot_message(STATE, node, world.now, retained=True)
    world.settle()
    assert world.robot("AMR-1").last_node == "n4_3"


def test_an_old_last_will_is_outranked_by_the_next_state() -> None:
    world = World("AMR-1")
    will = world.vehicles["AMR-1"].executor.last_will(world.now)
    world.core.on_robot_message("uagv/v2/Acme/AMR-1/connection", codec.encode(will.message), world.now, retained=True)
    world.settle()
    assert world.robot("AMR-1").connection == "CONNECTIONBROKEN"
    assert world.robot("AMR-1").activity is RobotActivity.OFFLINE
    assert world.run(60, lambda: world.robot("AMR-1").connection == "ONLINE")


def test_the_version_of_the_robot_is_mirrored_in_what_it_is_sent() -> None:
    world = World("AMR-1")
    said = captured(world)
    world.run(35)
    older = changed(said[-1], version="2.0.0", headerId=99, timestamp="2030-01-01T00:00:00.000Z")
    world.core.on_robot_message(STATE, older, world.now)
    world.to_edge = lambda topic, payload: False
    world.transport(robot="AMR-1")
    assert world.orders[-1][1]["version"] == "2.0.0"


def test_wishes_that_cannot_be_followed_change_nothing() -> None:
    world = World("AMR-1")
    broken = sites.layout(lif={"layouts": 3})
    with pytest.raises(InvalidInput):
        world.core.apply(broken, world.now)
    with pytest.raises(NotFound):
        world.core.delete(Kind.TASK, "nothing", world.now)
    slashed = type(sites.MODELS["carter-100"])(type="x", manufacturer="a/b")
    model = sites.resource(Kind.ROBOT_MODEL, "m", slashed, RobotModelStatus())
    with pytest.raises(InvalidInput):
        world.core.apply(model, world.now)
    world.transport(robot="AMR-1")
    world.run(5)
    with pytest.raises(Conflict):
        world.core.delete(Kind.TASK, "m1-1", world.now, by="edge")
    with pytest.raises(Conflict):
        world.core.delete(Kind.ROBOT, "AMR-1", world.now)
    assert world.run(300, world.ended)
