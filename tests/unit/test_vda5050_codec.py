"""VDA 5050 reading is lenient where a guess is safe and names the field where it is not; writing passes the official schemas."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fleet.contracts.errors import InvalidInput, TooLarge
from fleet.contracts.vda5050 import codec
from fleet.contracts.vda5050.common import Action, ActionParameter, ActionStatus, BlockingType, NodePosition
from fleet.contracts.vda5050.order import Edge, InstantActions, Node, Order
from fleet.contracts.vda5050.state import ConnectionState

SCHEMAS = Path(__file__).parents[2].parent / "shared" / "vda5050-schemas" / "2.1.0"

STATE: dict[str, Any] = {
    "headerId": 7,
    "timestamp": "2026-01-01T00:00:00.00Z",
    "version": "2.1.0",
    "manufacturer": "acme",
    "serialNumber": "r1",
    "orderId": "o",
    "orderUpdateId": 1,
    "lastNodeId": "a",
    "lastNodeSequenceId": 0,
    "nodeStates": [{"nodeId": "b", "sequenceId": 2, "released": True}],
    "edgeStates": [],
    "driving": False,
    "actionStates": [],
    "batteryState": {"batteryCharge": 50, "charging": False},
    "operatingMode": "AUTOMATIC",
    "errors": [],
    "safetyState": {"eStop": "NONE", "fieldViolation": False},
}


def state(**changes: Any) -> bytes:
    document = {**STATE, **changes}
    return json.dumps({k: v for k, v in document.items() if v != "MISSING"}).encode()


def test_a_proper_state_is_read_as_it_is() -> None:
    read = codec.read_state(state())
    assert read.order_id == "o"
    assert read.loads is None
    assert read.node_states[0].node_id == "b"


def test_nulls_string_numbers_and_missing_arrays_are_repaired() -> None:
    read = codec.read_state(
        state(
            headerId="8",
            nodeStates="MISSING",
            actionStates=None,
            agvPosition={"x": "1.5", "y": 2, "theta": None, "mapId": "m", "positionInitialized": "true"},
            batteryState={"batteryCharge": "44"},
        )
    )
    assert (read.header_id, read.node_states, read.battery_state.battery_charge) == (8, (), 44.0)
    assert read.agv_position is not None
    assert (read.agv_position.x, read.agv_position.theta) == (1.5, 0.0)


def test_one_odd_error_never_costs_the_whole_state() -> None:
    read = codec.read_state(state(errors=[3, {"errorType": "x", "errorLevel": "CRITICAL", "errorReferences": [1]}]))
    assert [(e.error_type, e.error_level) for e in read.errors] == [("x", "CRITICAL")]


def test_an_action_status_of_another_version_is_not_ended() -> None:
    read = codec.read_state(state(actionStates=[{"actionId": "q", "actionStatus": "RETRIABLE"}]))
    assert read.action_states[0].action_status is ActionStatus.RUNNING


def test_loads_that_make_no_sense_are_unknown_and_not_empty() -> None:
    assert codec.read_state(state(loads=[4])).loads is None
    assert codec.read_state(state(loads=[])).loads == ()


def test_missing_battery_is_unknown_and_missing_mode_takes_no_orders() -> None:
    read = codec.read_state(state(batteryState=None, operatingMode="MISSING"))
    assert read.battery_state.battery_charge == codec.BATTERY_UNKNOWN_PCT
    assert read.operating_mode == "MANUAL"


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (b"{", "$"),
        (b"[]", "$"),
        (b"{}", "$"),
        (b"\xff\xfe", "$"),
        (state(nodeStates={}), "$.nodeStates"),
        (state(nodeStates=[{"sequenceId": 1}]), "$.nodeStates[0]"),
        (state(actionStates=[5]), "$.actionStates[0]"),
        (state(nodeStates=[{"nodeId": "b", "sequenceId": 2, "released": "maybe"}]), "$.nodeStates[0].released"),
    ],
)
def test_what_cannot_be_guessed_safely_is_an_error_that_names_the_field(data: bytes, field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        codec.read_state(data)
    assert caught.value.field == field


def test_a_payload_of_one_mebibyte_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(TooLarge):
        codec.read_state(b" " * (1024 * 1024))


def test_words_of_version_3_are_understood_and_unknown_ones_named() -> None:
    header = {k: STATE[k] for k in ("headerId", "timestamp", "version", "manufacturer", "serialNumber")}
    read = codec.read_connection(json.dumps({**header, "connectionState": "CONNECTION_BROKEN"}).encode())
    assert read.connection_state is ConnectionState.CONNECTIONBROKEN
    with pytest.raises(InvalidInput) as caught:
        codec.read_connection(json.dumps({**header, "connectionState": "HELLO"}).encode())
    assert caught.value.field == "$.connectionState"


def test_instant_actions_are_read_by_their_old_name_too() -> None:
    data = b'{"headerId": 1, "instantActions": [{"actionType": "cancelOrder", "actionId": "1", "blockingType": "HARD"}]}'
    assert codec.read_instant_actions(data).actions[0].action_type == "cancelOrder"


def test_nvidia_says_position_for_node_position() -> None:
    nodes = [{"nodeId": "b", "sequenceId": "2", "released": True, "position": {"x": 1, "y": 2, "mapId": "m"}}]
    position = codec.read_state(state(nodeStates=nodes)).node_states[0].node_position
    assert position is not None
    assert position.x == 1.0


def test_timestamps_go_both_ways_with_and_without_zone() -> None:
    assert codec.timestamp(0.25) == "1970-01-01T00:00:00.250Z"
    assert codec.unix_of(codec.timestamp(1_700_000_000.5)) == 1_700_000_000.5
    assert codec.unix_of("1970-01-01T00:00:01") == 1.0
    assert codec.unix_of("yesterday") is None


@pytest.mark.skipif(not SCHEMAS.is_dir(), reason="the official VDA 5050 schemas (../shared) are not on this machine")
def test_what_we_write_passes_the_official_schemas() -> None:
    import jsonschema

    header: dict[str, Any] = {
        "header_id": 1,
        "timestamp": codec.timestamp(1.0),
        "version": "2.1.0",
        "manufacturer": "acme",
        "serial_number": "r1",
    }
    pick = Action(
        action_type="pick",
        action_id="t.0.1.pick",
        blocking_type=BlockingType.HARD,
        action_parameters=(ActionParameter(key="loadId", value="t"),),
    )
    here = NodePosition(x=1.0, y=2.0, map_id="m", allowed_deviation_xy=0.5)
    order = Order(
        order_id="t.0.1",
        order_update_id=0,
        nodes=(
            Node(node_id="a", sequence_id=0, released=True, actions=(), node_position=here),
            Node(node_id="b", sequence_id=2, released=True, actions=(pick,), node_position=here),
        ),
        edges=(Edge(edge_id="e", sequence_id=1, released=True, start_node_id="a", end_node_id="b", actions=(), max_speed=1.0),),
        **header,
    )
    instant = InstantActions(actions=(pick,), **header)
    for name, message in (("order", order), ("instantActions", instant)):
        schema = json.loads((SCHEMAS / f"{name}.schema").read_text())
        jsonschema.validate(json.loads(codec.write(message)), schema)
