"""Bad input on a whole running fleet, through every door, while missions run: told with field and fix, and nothing disturbed."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from tests.integration.live_fleet import LiveFleet, live_fleet

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

MIB = b"x" * (1024 * 1024)
AMR_1 = "uagv/v2/Drover/D600-0001"
AMR_2 = "uagv/v2/Drover/D600-0002"
AMR_3 = "uagv/v2/Drover/D600-0003"
EDGE = "fleet/v1/warehouse/edge-1"
#: An event is there within this time of what caused it, seconds.
TOLD_WITHIN_S = 10.0
ENDED_WITHIN_S = 120.0


@pytest.fixture(scope="module")
def live() -> Iterator[LiveFleet]:
    with live_fleet() as fleet:
        yield fleet


@pytest.fixture(scope="module")
def missions(live: LiveFleet) -> list[str]:
    """They run through all the attacks; the last test sees them done."""
    return [
        live.transport("AMR-1", "Dock 6", "Packing 1"),
        live.transport("AMR-2", "Dock 1", "Packing 4"),
        live.goto("AMR-3", "Rack F-06"),
        live.transport("AMR-4", "Dock 2", "Rack D-04"),
    ]


class Attacker:
    """An MQTT client that says what it likes, and remembers the last states it heard."""

    def __init__(self, port: int, listen: str = "") -> None:
        self.heard: dict[str, list[bytes]] = {}
        self.client = paho.Client(CallbackAPIVersion.VERSION2, client_id=f"attacker-{port}", protocol=paho.MQTTv311)
        self.client.on_message = self._hear
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()
        if listen:
            self.client.subscribe(listen, 1)

    def _hear(self, _client: paho.Client, _userdata: Any, message: paho.MQTTMessage) -> None:
        if b'"agvPosition"' in message.payload:  # what the robot says, not our own noise
            self.heard.setdefault(message.topic, []).append(bytes(message.payload))

    def say(self, topic: str, payload: bytes | dict[str, Any]) -> None:
        data = json.dumps(payload).encode() if isinstance(payload, dict) else payload
        self.client.publish(topic, data, qos=1).wait_for_publish(10)

    def state(self, topic: str) -> dict[str, Any]:
        return dict(json.loads(self.heard[topic][-1]))

    def stop(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


@pytest.fixture(scope="module")
def robots_side(live: LiveFleet) -> Iterator[Attacker]:
    attacker = Attacker(live.fleet.edge_broker_port, listen="uagv/v2/+/+/state")
    yield attacker
    attacker.stop()


@pytest.fixture(scope="module")
def cloud_side(live: LiveFleet) -> Iterator[Attacker]:
    attacker = Attacker(live.cloud_broker_port)
    yield attacker
    attacker.stop()


def told(live: LiveFleet, reason: str, subject: str, words: str) -> None:
    """Waits for an event that says this, and what to do."""

    def found() -> bool:
        return any(
            e["reason"] == reason and e["subject"] == subject and words in e["message"] and e.get("fix") for e in live.events()
        )

    live.until(found, f"event {reason} of {subject} with {words!r}", TOLD_WITHIN_S)


# ---- the robots' broker ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("topic", "payload", "reason", "subject", "words"),
    [
        (f"{AMR_1}/state", b"not json", "BadMessage", "Robot/AMR-1", "$: not JSON"),
        (f"{AMR_2}/state", b'{"nodeStates": {}}', "BadMessage", "Robot/AMR-2", "$.nodeStates"),
        (f"{AMR_3}/state", MIB, "BadMessage", "Robot/AMR-3", f"{len(MIB)} bytes"),
        (f"{AMR_1}/connection", b'{"connectionState": 7}', "BadMessage", "Robot/AMR-1", "$.connectionState"),
        (f"{AMR_1}/factsheet", b"[" * 100_000, "BadMessage", "Robot/AMR-1", "not JSON"),
        (f"{AMR_1}/gossip", b"{}", "UnknownTopic", "EdgeNode/edge-1", "unknown topic 'gossip'"),
        ("uagv/v2/Drover/nobody/state", b"{}", "UnknownRobot", "EdgeNode/edge-1", "no robot Drover/nobody"),
    ],
)
def test_a_robots_bad_message_is_an_event(
    live: LiveFleet,
    missions: list[str],
    robots_side: Attacker,
    topic: str,
    payload: bytes,
    reason: str,
    subject: str,
    words: str,
) -> None:
    assert "done" not in {live.phase(m) for m in missions[:2]}
    robots_side.say(topic, payload)
    told(live, reason, subject, words)


def test_a_robot_is_not_moved_by_what_another_one_says_in_its_name(live: LiveFleet, robots_side: Attacker) -> None:
    live.until(lambda: f"{AMR_2}/state" in robots_side.heard, "AMR-2 has said something", 20)
    robots_side.say(f"{AMR_1}/state", robots_side.state(f"{AMR_2}/state"))
    told(live, "IdentityMismatch", "Robot/AMR-1", "Drover/D600-0002")


def test_a_repeated_state_is_refused(live: LiveFleet, robots_side: Attacker) -> None:
    live.until(lambda: len(robots_side.heard.get(f"{AMR_1}/state", [])) > 3, "AMR-1 has said something", 20)
    for _ in range(5):
        robots_side.say(f"{AMR_1}/state", robots_side.heard[f"{AMR_1}/state"][0])
    told(live, "StateRepeated", "Robot/AMR-1", "headerId")


def test_a_lie_about_a_position_is_told_and_taken_back(live: LiveFleet, robots_side: Attacker) -> None:
    live.until(lambda: f"{AMR_3}/state" in robots_side.heard, "AMR-3 has said something", 20)
    lie = robots_side.state(f"{AMR_3}/state")
    lie["headerId"] += 1
    lie["agvPosition"]["x"] += 30.0
    robots_side.say(f"{AMR_3}/state", lie)
    told(live, "PositionImplausible", "Robot/AMR-3", "it moved")
    live.until(lambda: any(e["reason"] == "PositionPlausible" for e in live.events()), "it is believed again", 60)


def test_bad_orders_to_a_robot_are_its_own_errors(live: LiveFleet, robots_side: Attacker) -> None:
    for payload in (b"garbage", MIB, b'{"actions": [{"actionType": 7}]}'):
        robots_side.say(f"{AMR_1}/order", payload)
        robots_side.say(f"{AMR_1}/instantActions", payload)
    told(live, "RobotError", "Robot/AMR-1", "validationError")


# ---- the cloud's broker ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stream", ["ev", "st", "ctl", "ack", "tm"])
def test_noise_towards_the_cloud_is_an_event(live: LiveFleet, missions: list[str], cloud_side: Attacker, stream: str) -> None:
    for payload in (b"garbage", b"{}", b'[{"seq": "x"}]', MIB, b"\xff\xfe", b"[" * 100_000):
        cloud_side.say(f"{EDGE}/up/{stream}", payload)
    told(live, "BadTelemetry" if stream == "tm" else "BadFrame", "EdgeNode/edge-1", "$: ")


@pytest.mark.parametrize("stream", ["cfg", "cmd", "ctl", "ack"])
def test_noise_towards_the_edge_node_is_an_event(live: LiveFleet, cloud_side: Attacker, stream: str) -> None:
    for payload in (b"garbage", b"{}", MIB):
        cloud_side.say(f"{EDGE}/dn/{stream}", payload)
    told(live, "BadFrame", "EdgeNode/edge-1", f"from cloud on {stream}: $: ")


def test_a_bad_control_on_the_short_way_stops_nobody(live: LiveFleet, cloud_side: Attacker) -> None:
    cloud_side.say(f"{EDGE}/dn/now", b'{"type": "control", "id": 7, "action": "emergency_stop"}')
    live.until(lambda: any(e["reason"] == "NotApplied" and "$.id" in e["message"] for e in live.events()), "it is told", 10)
    assert live.fleet.get("edgenodes/edge-1")["status"].get("stopped", False) is False


def test_an_unknown_edge_node_is_told_and_gets_no_mission(live: LiveFleet, cloud_side: Attacker) -> None:
    for stream in ("ctl", "ev", "st"):
        cloud_side.say(f"fleet/v1/warehouse/AAA/up/{stream}", b"garbage")
    told(live, "BadFrame", "EdgeNode/AAA", "unknown edge node")
    assert [e["metadata"]["name"] for e in live.fleet.get("edgenodes")["items"]] == ["edge-1"]
    mission = live.goto("AMR-8", "Dock 3")
    assert live.fleet.get(f"missions/{mission}")["spec"]["edge"] == "edge-1"
    live.until(lambda: live.phase(mission) == "done", "a new mission is done", 60)


# ---- both APIs ------------------------------------------------------------------------------------------------------

TASK = {"ref": "a", "action": "transport", "item": "tote", "from": "Dock 1", "to": "Packing 1"}


def plan(*tasks: dict[str, Any]) -> dict[str, Any]:
    return {"ir": {"outcome": "plan", "tasks": list(tasks)}}


def document(kind: str, name: str, **spec: Any) -> dict[str, Any]:
    return {"kind": kind, "metadata": {"name": name}, "spec": spec}


def applied(**task: Any) -> dict[str, Any]:
    """A mission of one task, made as resources."""
    return {"documents": [document("Mission", "m-x", title="x", tasks=["t-x"]), document("Task", "t-x", mission="m-x", **task)]}


MISSIONS, CONTROLS, APPLY = "missions", "controls", "apply"
REFUSED: list[tuple[str, str, Any, int, str]] = [
    ("POST", MISSIONS, b"{not json", 422, "$"),
    ("POST", MISSIONS, b"", 422, "$"),
    ("POST", MISSIONS, b"[" * 100_000, 422, "$"),
    ("POST", MISSIONS, b'{"ir": {"outcome": "plan", "tasks": "x"}}', 422, "$.ir.tasks"),
    ("POST", MISSIONS, b" " * (5 * 1024 * 1024), 413, "body"),
    ("POST", MISSIONS, plan({**TASK, "quantity": -3}), 422, "tasks[0].quantity"),
    ("POST", MISSIONS, plan({**TASK, "quantity": 10**30}), 422, "tasks[0].quantity"),
    ("POST", MISSIONS, plan({**TASK, "to": "Nowhere"}), 422, "tasks[0].to"),
    ("POST", MISSIONS, plan({**TASK, "robot": "AMR-99"}), 422, "tasks[0].robot"),
    ("POST", MISSIONS, plan({**TASK, "bogus": 1}), 422, "$.ir.tasks[0]"),
    ("POST", MISSIONS, plan({**TASK, "after": ["b"]}, {**TASK, "ref": "b", "after": ["a"]}), 422, "tasks[0].after"),
    ("POST", MISSIONS, plan({**TASK, "deadline": {"within_minutes": 1e300}}), 422, "tasks[0].deadline"),
    ("POST", MISSIONS, {**plan(TASK), "site": "mars"}, 404, "site"),
    ("POST", MISSIONS, {**plan(TASK), "title": "x" * 10_000}, 422, "title"),
    ("POST", "missions/nobody/cancel", b"", 404, "name"),
    ("POST", "robots/AMR-99/pause", b"", 404, ""),
    ("POST", CONTROLS, {"action": "explode"}, 422, "$.action"),
    ("POST", CONTROLS, {"action": "pause", "targets": []}, 422, "control.targets"),
    ("POST", CONTROLS, {"action": "pause", "targets": ["AMR-99"]}, 404, "control.targets[0]"),
    ("POST", CONTROLS, {"action": "set_speed", "targets": ["AMR-1"], "speed": {"percent": -5}}, 422, "control.speed"),
    ("POST", CONTROLS, {"action": "set_speed", "targets": ["AMR-1"], "speed": {"mps": 1e300}}, 422, "control.speed"),
    ("POST", CONTROLS, {"action": "close_area", "targets": ["AMR-1"]}, 422, "control.targets"),
    ("GET", "gadgets", b"", 404, "kinds"),
    ("DELETE", "layouts/warehouse", b"", 409, "name"),
    ("DELETE", "robotmodels/drover-d600", b"", 409, "name"),
    ("PUT", "robots/X", document("Robot", "X", model="drover-d600", bogus=1), 422, "spec.bogus"),
    ("PUT", "robots/X", document("Robot", "X", model="drover-d600", serial_number="D600-0001"), 409, "spec.serial_number"),
    ("PUT", "robots/X", document("Robot", "X", model="none", serial_number="x"), 422, "spec.model"),
    ("PUT", "robots/X", document("Robot", "X", model="drover-d600", serial_number="x", home="Nowhere"), 422, "spec.home"),
    ("PUT", "robots/X", document("Robot", "X", model="drover-d600", serial_number="x", payload_kg=-1), 422, "spec.payload_kg"),
    (
        "PUT",
        "robotmodels/X",
        document("RobotModel", "X", type="AMR", manufacturer="x", dialect={"topic_prefix": "#"}),
        422,
        "spec.dialect.topic_prefix",
    ),
    ("PUT", "layouts/X", document("Layout", "X", lif={"metaInformation": {}, "layouts": "x"}), 422, ""),
    ("PUT", "closures/x", document("Closure", "x", targets=["Nowhere"]), 422, "spec.targets[0]"),
    ("POST", APPLY, {}, 422, "documents"),
    ("POST", APPLY, {"documents": [document("Gadget", "x")]}, 422, "documents[0].kind"),
    ("POST", APPLY, applied(action="goto", to="Dock 1", quantity=-3), 422, "documents[1].spec.quantity"),
    ("POST", APPLY, applied(action="goto", to="Nowhere"), 422, "spec.to"),
    ("POST", APPLY, applied(action="goto", to="Dock 1", after=["t-x"]), 422, "spec.after"),
    (
        "POST",
        APPLY,
        {"documents": applied(action="transport", to="Dock 1", load_kg=1e5, **{"from": "Dock 2"})["documents"]},
        422,
        "spec.load_kg",
    ),
]


@pytest.mark.parametrize("door", ["cloud", "edge"])
def test_a_bad_request_is_a_problem_with_field_and_fix_and_changes_nothing(live: LiveFleet, door: str) -> None:
    client = live.api if door == "cloud" else live.edge

    def names() -> list[str]:
        kinds = ("layouts", "robotmodels", "robots", "missions", "tasks", "closures")
        return [i["metadata"]["name"] for kind in kinds for i in client.get(f"/api/v1/{kind}").json()["items"]]

    before = names()
    for method, path, body, status, field in REFUSED:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        answer = client.request(method, f"/api/v1/{path}", content=content)
        seen = (door, method, path, content[-160:], answer.text[:400])
        assert answer.status_code == status, seen
        assert answer.headers["content-type"] == "application/problem+json", seen
        problem = answer.json()
        assert str(problem.get("field", "")).startswith(field), seen
        assert problem["code"], seen
        assert problem["fix"], seen
    assert names() == before


@pytest.mark.parametrize("header", [None, "Bearer wrong", "Basic eDp5", "Bearer \xfc"])
def test_nobody_comes_in_without_the_token(live: LiveFleet, header: str | None) -> None:
    for client in (live.api, live.edge):
        headers = [] if header is None else [(b"Authorization", header.encode("latin-1"))]
        answer = httpx.post(f"{client.base_url}/api/v1/stop", headers=headers, timeout=10, trust_env=False)
        assert (answer.status_code, answer.json()["field"]) == (401, "Authorization")
        assert answer.json()["fix"]


# ---- the command line -----------------------------------------------------------------------------------------------

BAD_FILES = {
    "broken.yaml": "kind: [unclosed",
    "robot.yaml": "kind: Robot\nmetadata: {name: X}\nspec: {model: drover-d600, bogus: 1}\n",
    "nan.yaml": "kind: RobotModel\nmetadata: {name: X}\nspec: {type: AMR, manufacturer: x, payload_kg: .nan}\n",
    "bad.lif.json": '{"metaInformation": {}, "layouts": [{"nodes": 7}]}',
    "home.yaml": "kind: Robot\nmetadata: {name: X}\nspec: {model: drover-d600, serial_number: x, home: Nowhere}\n",
}


@pytest.mark.parametrize(
    ("words", "field"),
    [
        *((("apply", "-f", name), "") for name in BAD_FILES),
        (("apply", "-f", "missing.yaml"), "-f"),
        (("command", ""), ""),
        (("pause", "nobody"), "NAME"),
        (("get", "gadgets"), "KIND"),
    ],
)
def test_the_command_line_says_one_line_and_exits_with_1(
    live: LiveFleet, tmp_path: Path, words: tuple[str, ...], field: str
) -> None:
    for name, text in BAD_FILES.items():
        (tmp_path / name).write_text(text)
    if words[0] == "apply":
        words = (*words[:2], str(tmp_path / words[2]))
    ended = live.cli(*words)
    assert (ended.returncode, ended.stdout) == (1, ""), ended
    assert ended.stderr.startswith(f"error: {field}"), ended
    assert ended.stderr.count("\n") == 1, ended
    assert ended.stderr.rstrip().endswith(")"), ended  # the fix


def test_the_command_line_without_the_token_is_refused(live: LiveFleet) -> None:
    ended = live.cli("stop", token="wrong")
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert "Authorization" in ended.stderr


# ---- and through all this -------------------------------------------------------------------------------------------


def test_the_missions_end_done_and_every_process_is_the_one_that_was_started(live: LiveFleet, missions: list[str]) -> None:
    for mission in missions:
        live.until(lambda name=mission: live.phase(name) == "done", f"{mission} is done", ENDED_WITHIN_S)  # type: ignore[misc]
        assert live.task(mission)["attempt"] == 1
    assert live.fleet.get("edgenodes/edge-1")["status"]["link"] == "online"
    live.until(lambda: all(s["connection"] == "ONLINE" for s in live.robots().values()), "all are online", 20)
    time.sleep(1)
    live.assert_undisturbed()
