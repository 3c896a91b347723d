"""The executor: each rule of VDA 5050 figure 8, traversal, blocking types, instant actions, restart. No loop, no mocks."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fleet.contracts import codec
from fleet.contracts.vda5050.common import ActionStatus
from robot_agent import trial
from robot_agent.core.config import AgentSettings
from robot_agent.core.port import (
    Abort,
    ActionChanged,
    DriveFailed,
    Halted,
    Passed,
    Save,
    Send,
    StopDriving,
)
from tests.unit.agent_bench import ME, Bench, T, order, performed, statuses, ways


@pytest.fixture
def bench() -> Bench:
    return Bench()


# ---- Acceptance, figure 8 -------------------------------------------------------------------------------------------


def test_a_new_order_is_taken_and_its_base_driven(bench: Bench) -> None:
    effects = bench.send(order("o1", "abcd", released=3))
    assert ways(effects) == ["bc"]
    assert isinstance(effects[0], Save)
    state = bench.state
    assert (state.order_id, state.last_node_id) == ("o1", "a")
    assert [(n.node_id, n.released) for n in state.node_states] == [("b", True), ("c", True), ("d", False)]


@pytest.mark.parametrize(
    "payload",
    [b"", b"{", b"[]", b"null", b'{"orderId": 7}', b"\xff\xfe", b'{"a":' * 2000, b'"' + b"x" * 300_000 + b'"'],
    ids=["empty", "half", "list", "null", "wrong type", "not utf-8", "deep", "too large"],
)
def test_what_is_no_order_is_a_validation_error_and_changes_nothing(bench: Bench, payload: bytes) -> None:
    bench.send(order("o1", "ab"))
    bench.executor.receive("order", payload, bench.now)
    bench.executor.receive("instantActions", payload, bench.now)
    assert ways(bench.take()) == []
    assert bench.state.order_id == "o1"
    assert set(bench.errors) == {"validationError"}


def broken(change: Any) -> bytes:
    document = json.loads(codec.encode(order("o1", "abc")))
    change(document)
    return json.dumps(document).encode()


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.update(serialNumber="other"),
        lambda d: d.update(version="3.0.0"),
        lambda d: d.update(orderId=""),
        lambda d: d.update(nodes=[]),
        lambda d: d["edges"].pop(),
        lambda d: d["nodes"][0].update(released=False),
        lambda d: d["nodes"][1].update(sequenceId=7),
        lambda d: d["edges"][0].update(sequenceId=3),
        lambda d: d["edges"][0].update(startNodeId="z"),
        lambda d: d["edges"][0].update(released=False),
        lambda d: d["nodes"][1].update(released=False),
        lambda d: d["nodes"][2].pop("sequenceId"),
    ],
)
def test_an_order_that_contradicts_itself_is_a_validation_error(bench: Bench, change: Any) -> None:
    bench.executor.receive("order", broken(change), bench.now)
    assert ways(bench.take()) == []
    assert bench.errors == ["validationError"]
    assert bench.state.order_id == ""


def test_two_actions_of_one_id_are_a_validation_error(bench: Bench) -> None:
    twice = trial.action("pick", "p")
    bench.send(order("o1", "abc", node_actions={"b": (twice,), "c": (twice,)}))
    assert bench.errors == ["validationError"]


def test_an_action_that_the_robot_cannot_do_is_an_order_error_with_its_id() -> None:
    bench = Bench(AgentSettings(action_types=frozenset({"pick"})))
    bench.send(order("o1", "ab", node_actions={"b": (trial.action("fly", "f1"),)}))
    (error,) = bench.state.errors
    assert error.error_type == "orderError"
    assert {r.reference_key: r.reference_value for r in error.error_references}["actionId"] == "f1"


def test_another_order_while_one_is_driven_is_refused(bench: Bench) -> None:
    bench.send(order("o1", "ab"))
    assert ways(bench.send(order("o2", "ac"))) == []
    assert bench.state.order_id == "o1"
    assert bench.errors == ["orderError"]


def test_a_horizon_alone_counts_as_executing(bench: Bench) -> None:
    bench.send(order("o1", "abc", released=2))
    bench.on(Passed(2))
    bench.send(order("o2", "b"))
    assert bench.errors == ["orderError"]


def test_an_order_that_begins_far_away_has_no_route(bench: Bench) -> None:
    bench.send(order("o1", "cd"))
    assert bench.errors == ["noRouteError"]


def test_an_order_may_begin_at_the_last_node_or_within_its_deviation(bench: Bench) -> None:
    bench.report(x=0.9)
    assert ways(bench.send(order("o1", "ab", deviation_m=1.0))) == ["ab"]
    other = Bench()
    other.report(x=1.2)
    assert ways(other.send(order("o1", "ab", deviation_m=0.1))) == ["ab"], "a is its last node: it drives back onto it"


def test_an_older_update_is_refused_and_an_equal_one_ignored(bench: Bench) -> None:
    bench.send(order("o1", "ab", update=5))
    assert ways(bench.send(order("o1", "ab", update=5))) == []
    assert bench.errors == []
    bench.send(order("o1", "ab", update=4))
    assert bench.errors == ["orderUpdateError"]
    assert bench.state.order_update_id == 5


def test_an_update_is_stitched_on_at_the_end_of_the_base_and_replaces_the_horizon(bench: Bench) -> None:
    bench.send(order("o1", "abd", released=2, node_actions={"d": (trial.action("drop", "x"),)}))
    assert ways(bench.send(order("o1", "bcd", update=1, first_sequence=2))) == ["bcd"]
    state = bench.state
    assert [(n.node_id, n.sequence_id) for n in state.node_states] == [("b", 2), ("c", 4), ("d", 6)]
    assert state.action_states == (), "the action of the old horizon is gone"


def test_an_update_of_a_driven_order_begins_at_the_last_node(bench: Bench) -> None:
    bench.send(order("o1", "ab"))
    bench.on(Passed(2))
    assert ways(bench.send(order("o1", "bc", update=1, first_sequence=2))) == ["c"]


@pytest.mark.parametrize(("way", "first"), [("ab", 0), ("cd", 4), ("bc", 4)])
def test_an_update_that_begins_elsewhere_is_refused(bench: Bench, way: str, first: int) -> None:
    bench.send(order("o1", "abc", released=2))
    bench.send(order("o1", way, update=1, first_sequence=first))
    assert bench.errors == ["orderUpdateError"]
    assert [n.node_id for n in bench.state.node_states] == ["b", "c"]


def test_an_update_may_not_add_actions_to_the_base(bench: Bench) -> None:
    bench.send(order("o1", "ab"))
    bench.send(order("o1", "bc", update=1, first_sequence=2, node_actions={"b": (trial.action("pick", "p"),)}))
    assert bench.errors == ["orderUpdateError"]


def test_an_action_resent_with_the_stitching_node_is_done_once(bench: Bench) -> None:
    pick = {"b": (trial.action("pick", "p"),)}
    bench.send(order("o1", "ab", node_actions=pick))
    bench.send(order("o1", "bc", update=1, first_sequence=2, node_actions=pick))
    assert performed(bench.on(Passed(2))) == ["p"]
    assert [a.action_id for a in bench.state.action_states] == ["p"]


def test_warnings_stay_until_the_next_order_is_taken(bench: Bench) -> None:
    bench.send(order("o1", "cd"))
    assert bench.errors == ["noRouteError"]
    bench.send(order("o2", "ab"))
    assert bench.errors == []


@pytest.mark.parametrize("mode", ["MANUAL", "SERVICE", "TEACHIN"])
def test_no_orders_in_manual_modes_and_entering_one_clears_the_order(bench: Bench, mode: str) -> None:
    bench.send(order("o1", "ab", node_actions={"b": (trial.action("pick", "p"),)}))
    bench.report(operating_mode=mode, driving=True)
    assert StopDriving() in bench.take()
    state = bench.state
    assert state.node_states == ()
    assert [a.action_status for a in state.action_states] == [ActionStatus.FAILED]
    bench.send(order("o2", "ab"))
    assert bench.errors == ["orderError"]


# ---- Traversal and actions ------------------------------------------------------------------------------------------


def test_nodes_and_edges_vanish_as_they_are_passed_and_a_late_report_changes_nothing(bench: Bench) -> None:
    bench.send(order("o1", "abc"))
    bench.on(Passed(2))
    bench.on(Passed(2))
    state = bench.state
    assert (state.last_node_id, state.last_node_sequence_id) == ("b", 2)
    assert [n.node_id for n in state.node_states] == ["c"]
    assert [e.edge_id for e in state.edge_states] == ["b-c"]


def test_the_robot_never_gets_a_way_beyond_an_action_that_needs_standing(bench: Bench) -> None:
    assert ways(bench.send(order("o1", "abc", node_actions={"b": (trial.action("pick", "p"),)}))) == ["b"]
    effects = bench.on(Passed(2))
    assert performed(effects) == ["p"]
    assert ways(effects) == []
    assert ways(bench.done("p")) == ["c"]


def test_a_none_action_runs_while_the_robot_drives_on(bench: Bench) -> None:
    beep = {"b": (trial.action("beep", "n", "NONE"),)}
    assert ways(bench.send(order("o1", "abc", node_actions=beep))) == ["bc"]
    effects = bench.on(Passed(2))
    assert performed(effects) == ["n"]


@pytest.mark.parametrize(
    ("blocking", "at_once"),
    [
        (("HARD", "HARD"), ["1"]),
        (("HARD", "NONE"), ["1"]),
        (("SOFT", "SOFT"), ["1", "2"]),
        (("NONE", "SOFT"), ["1", "2"]),
        (("NONE", "HARD"), ["1"]),
        (("NONE", "NONE"), ["1", "2"]),
    ],
)
def test_blocking_types_decide_what_runs_side_by_side(bench: Bench, blocking: tuple[str, str], at_once: list[str]) -> None:
    actions = tuple(trial.action("do", str(i), b) for i, b in enumerate(blocking, start=1))
    bench.send(order("o1", "ab", node_actions={"b": actions}))
    assert performed(bench.on(Passed(2))) == at_once
    if len(at_once) == 1:
        assert performed(bench.done("1")) == ["2"]


def test_edge_actions_begin_and_end_with_their_edge(bench: Bench) -> None:
    light = {"b-c": (trial.action("blink", "e", "NONE"),)}
    bench.send(order("o1", "abcd", edge_actions=light))
    assert performed(bench.on(Passed(2))) == ["e"]
    assert Abort("e") in bench.on(Passed(4))


def test_a_hard_edge_action_is_done_standing_before_the_edge(bench: Bench) -> None:
    lift = {"b-c": (trial.action("liftUp", "e"),)}
    assert ways(bench.send(order("o1", "abc", edge_actions=lift))) == ["b"]
    effects = bench.on(Passed(2))
    assert (performed(effects), ways(effects)) == (["e"], [])
    assert ways(bench.done("e")) == ["c"]


def test_a_failed_action_is_told_with_its_id_and_the_order_goes_on(bench: Bench) -> None:
    bench.send(order("o1", "abc", node_actions={"b": (trial.action("pick", "p"),)}))
    bench.on(Passed(2))
    assert ways(bench.on(ActionChanged("p", ActionStatus.FAILED, "nothing there"))) == ["c"]
    assert bench.errors == ["actionFailed"]


def test_new_base_is_asked_for_when_the_base_runs_out(bench: Bench) -> None:
    bench.send(order("o1", "abcd", released=3))
    assert bench.state.new_base_request is False
    bench.on(Passed(2))
    assert bench.state.new_base_request is True


def test_a_failed_drive_waits_for_a_cancel(bench: Bench) -> None:
    bench.send(order("o1", "abc"))
    assert ways(bench.on(DriveFailed("wheel fell off"))) == []
    assert bench.errors == ["driveFailed"]
    bench.instant("cancelOrder", "x")
    state = bench.state
    assert (state.node_states, state.errors) == ((), ())
    assert ways(bench.send(order("o2", "ab"))) == ["b"]


# ---- Instant actions ------------------------------------------------------------------------------------------------


def test_cancel_stops_at_a_node_fails_what_waits_and_finishes_when_all_stands(bench: Bench) -> None:
    pick = {"c": (trial.action("pick", "p"),)}
    bench.send(order("o1", "abc", node_actions=pick))
    assert StopDriving(at_node=True) in bench.instant("cancelOrder", "x")
    assert statuses(bench.state) == {"p": "FAILED", "x": "RUNNING"}
    bench.on(Passed(2))
    bench.on(Halted())
    state = bench.state
    assert statuses(state) == {"p": "FAILED", "x": "FINISHED"}
    assert (state.order_id, state.last_node_id, state.node_states, state.edge_states) == ("o1", "b", (), ())
    bench.send(order("o1", "bc", update=1, first_sequence=2))
    assert bench.errors == ["orderUpdateError"], "a cancelled order is not continued"


def test_cancel_waits_for_an_action_that_cannot_be_interrupted(bench: Bench) -> None:
    bench.send(order("o1", "ab", node_actions={"b": (trial.action("pick", "p"),)}))
    bench.on(Passed(2))
    assert Abort("p") in bench.instant("cancelOrder", "x")
    assert statuses(bench.state) == {"p": "RUNNING", "x": "RUNNING"}
    bench.done("p")
    assert statuses(bench.state) == {"p": "FINISHED", "x": "FINISHED"}


def test_cancel_without_an_order_fails(bench: Bench) -> None:
    bench.instant("cancelOrder", "x")
    assert statuses(bench.state) == {"x": "FAILED"}
    assert bench.errors == ["noOrderToCancel"]


def test_pause_stops_driving_and_starts_nothing_until_resumed(bench: Bench) -> None:
    bench.send(order("o1", "abc"))
    bench.report(driving=True)
    assert StopDriving() in bench.instant("startPause", "p1")
    assert (bench.state.paused, statuses(bench.state)["p1"]) == (True, "RUNNING")
    bench.report(driving=False)
    assert statuses(bench.state)["p1"] == "FINISHED"
    assert ways(bench.send(order("o1", "cd", update=1, first_sequence=4))) == []
    assert ways(bench.instant("stopPause", "p2")) == ["bcd"]
    assert bench.state.paused is False


def test_an_order_taken_while_paused_is_driven_after_the_pause(bench: Bench) -> None:
    bench.instant("startPause", "p1")
    assert ways(bench.send(order("o1", "ab"))) == []
    assert ways(bench.instant("stopPause", "p2")) == ["b"]


def test_an_instant_action_sent_twice_happens_once(bench: Bench) -> None:
    assert performed(bench.instant("startCharging", "c1")) == ["c1"]
    assert performed(bench.instant("startCharging", "c1")) == []


def test_requests_are_answered(bench: Bench) -> None:
    sent = [e.topic_name for e in bench.instant("factsheetRequest", "f") if isinstance(e, Send)]
    assert sent == ["factsheet", "state"]
    assert [e.topic_name for e in bench.instant("stateRequest", "s") if isinstance(e, Send)] == ["state"]


def test_an_instant_action_that_the_robot_cannot_do_fails_with_an_error() -> None:
    bench = Bench(AgentSettings(action_types=frozenset({"pick"})))
    assert performed(bench.instant("sing", "s")) == []
    assert statuses(bench.state) == {"s": "FAILED"}
    assert bench.errors == ["instantActionError"]


def test_instant_actions_by_their_old_name_are_understood(bench: Bench) -> None:
    document = json.loads(codec.encode(trial.instant_actions(ME, trial.action("startPause", "p"))))
    document["instantActions"] = document.pop("actions")
    bench.executor.receive("instantActions", json.dumps(document).encode(), bench.now)
    assert bench.state.paused is True


# ---- Messages -------------------------------------------------------------------------------------------------------


def test_state_is_sent_on_change_and_as_a_heartbeat_and_visualization_while_moving(bench: Bench) -> None:
    sent: list[str] = []
    for step in range(400):
        bench.now = T + 0.1 * step
        bench.report()
        bench.executor.tick(bench.now)
        sent += [e.topic_name for e in bench.take() if isinstance(e, Send)]
    assert sent == ["state"], "one heartbeat in 40 s of standing"
    sent.clear()
    for step in range(100):
        bench.now = T + 50 + 0.1 * step
        bench.report(x=0.1 * step, driving=True)
        bench.executor.tick(bench.now)
        sent += [e.topic_name for e in bench.take() if isinstance(e, Send)]
    assert 10 <= sent.count("state") <= 12
    assert 30 <= sent.count("visualization") <= 41


def test_header_ids_count_each_topic_and_the_will_is_made_of_them(bench: Bench) -> None:
    will = bench.executor.last_will(bench.now)
    assert (will.qos, will.retain) == (1, True)
    bench.executor.link_up(bench.now)
    sends = [e for e in bench.take() if isinstance(e, Send)]
    assert [e.topic_name for e in sends] == ["connection", "factsheet", "state"]
    assert sends[0].message.header_id == will.message.header_id + 1
