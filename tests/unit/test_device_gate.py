"""The gate of a door, a lift or a charger: fences, one holder at a time, and grants that end by themselves."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.contracts import codec
from fleet.contracts.device import DeviceAction, DeviceKind, DeviceState
from robot_agent.core.device import RELEASE_AGAIN_S, DeviceGate, DeviceMemory, DeviceReport, Do, ReleaseNow, SaveMemory, Say


class Door:
    """A gate under test, with what it asked for."""

    def __init__(self, kind: DeviceKind = DeviceKind.DOOR, memory: DeviceMemory | None = None, now: float = 0.0) -> None:
        self.now, self.count = now, 0
        self.gate = DeviceGate("Door 1", kind, memory, now=now)

    def ask(self, action: str, holder: str = "AMR-1", **fields: Any) -> list[Any]:
        self.count += 1
        request = {"id": f"r{self.count}", "action": action, "holder": holder, **fields}
        self.gate.receive(codec.encode(request), self.now)
        return self.take()

    def take(self) -> list[Any]:
        self.effects = self.gate.take_effects()
        return [
            (e.action.value, e.target) if isinstance(e, Do) else "release" for e in self.effects if isinstance(e, Do | ReleaseNow)
        ]

    def later(self, seconds: float) -> list[Any]:
        self.now += seconds
        self.gate.tick(self.now)
        return self.take()

    @property
    def state(self) -> DeviceState:
        return self.gate.state(self.now)

    @property
    def refused(self) -> str:
        answer = self.state.answer
        assert answer is not None
        return "" if answer.accepted else answer.reason

    def restart(self) -> Door:
        """Only what was saved is left."""
        return Door(self.gate.kind, codec.decode(codec.encode(self.gate.memory), DeviceMemory), self.now)


def test_a_door_opens_for_its_holder_and_rests_when_it_is_released() -> None:
    door = Door()
    assert door.ask("open", task="T-7", fence="41") == [("open", "")]
    assert (door.state.held_by, door.state.task, door.state.fence, door.state.left_s) == ("AMR-1", "T-7", "41.0", 30.0)
    assert door.ask("release", task="T-7", fence="41") == ["release"]
    assert door.state.held_by == ""


def test_a_lower_fence_of_the_task_is_refused_with_the_reason_and_opens_nothing() -> None:
    door = Door()
    door.ask("open", task="T-7", fence="41")
    door.ask("release", task="T-7", fence="41")
    assert door.ask("open", holder="AMR-2", task="T-7", fence="40") == []
    assert "fence 40.0 was replaced (highest seen: 41.0)" in door.refused
    assert door.ask("open", holder="AMR-2", task="T-3", fence="12") == [("open", "")]


def test_the_fence_is_saved_before_the_door_moves_and_outlives_a_restart() -> None:
    door = Door()
    door.ask("open", task="T-7", fence="41")
    kinds = [type(e) for e in door.effects]
    assert kinds == [SaveMemory, Do, Say]
    again = door.restart()
    assert again.take() == ["release"]
    assert again.state.note == "released at the start; AMR-1 held it before"
    assert again.ask("open", holder="AMR-2", task="T-7", fence="40") == []


def test_it_releases_itself_when_the_grant_is_not_renewed() -> None:
    door = Door()
    door.ask("open", valid_for_s=10)
    assert door.later(9.9) == []
    assert door.ask("open", valid_for_s=10) == []  # renewed: it is open already, nothing moves
    assert door.later(9.9) == []
    assert door.later(0.1) == ["release"]
    assert door.state.note == "released: AMR-1 did not renew"
    assert door.later(100.0) == []


def test_one_holder_at_a_time_and_only_a_newer_attempt_at_the_same_task_takes_over() -> None:
    door = Door()
    door.ask("open", task="T-7", fence="41", valid_for_s=20)
    assert door.ask("close", holder="AMR-2", task="T-8", fence="90") == []
    assert door.refused == "holder: AMR-1 holds it for another 20 s (ask again when it is free)"
    assert door.ask("release", holder="AMR-2") == []
    assert door.state.held_by == "AMR-1"
    assert door.ask("open", holder="AMR-2", task="T-7", fence="42") == []  # open already
    assert door.state.held_by == "AMR-2"
    assert door.ask("open", holder="AMR-1", task="T-7", fence="41") == []
    assert "was replaced" in door.refused


def test_a_refused_request_raises_no_fence() -> None:
    door = Door()
    door.ask("open", task="T-7", fence="41")
    door.ask("open", holder="AMR-2", task="T-8", fence="90")
    assert door.gate.memory.fences == {"task/T-7": "41.0"}


def test_stop_is_obeyed_from_anybody_with_any_fence() -> None:
    door = Door()
    door.ask("open", task="T-7", fence="41")
    assert door.ask("stop", holder="", task="T-7", fence="1") == [("stop", "")]
    assert door.state.held_by == ""
    assert door.later(60.0) == []  # it stands where it was stopped


def test_the_same_request_twice_is_done_once_and_answered_twice() -> None:
    door = Door()
    assert door.ask("open", id="x") == [("open", "")]
    door.ask("release")
    assert door.ask("open", id="x") == []
    assert not door.refused
    assert door.state.held_by == ""
    again = door.restart()
    assert again.ask("open", id="x") == []


def test_a_device_that_can_not_release_itself_is_told_again() -> None:
    door = Door()
    door.ask("open", valid_for_s=5)
    assert door.later(5.0) == ["release"]
    door.gate.on_failure(ReleaseNow(), "something stands in the door", door.now)
    assert door.state.error == "something stands in the door"
    assert door.later(RELEASE_AGAIN_S - 0.1) == []
    assert door.later(0.1) == ["release"]


@pytest.mark.parametrize(
    ("kind", "fields", "field"),
    [
        (DeviceKind.DOOR, {"action": "start"}, "action"),
        (DeviceKind.CHARGER, {"action": "open"}, "action"),
        (DeviceKind.LIFT, {"action": "start"}, "target"),
        (DeviceKind.DOOR, {"action": "open", "holder": ""}, "holder"),
        (DeviceKind.DOOR, {"action": "open", "valid_for_s": 0.0}, "valid_for_s"),
        (DeviceKind.DOOR, {"action": "open", "valid_for_s": 1e9}, "valid_for_s"),
        (DeviceKind.DOOR, {"action": "open", "fence": "soon"}, "fence"),
        (DeviceKind.DOOR, {"action": "explode"}, "action"),
        (DeviceKind.DOOR, {"action": "open", "id": ""}, "id"),
        (DeviceKind.DOOR, {"action": "open", "id": "x" * 500}, "id"),
    ],
)
def test_bad_requests_are_told_the_field_and_move_nothing(kind: DeviceKind, fields: dict[str, Any], field: str) -> None:
    door = Door(kind)
    assert door.ask(**fields) == []
    assert field in door.refused.partition(":")[0]
    assert door.state.held_by == ""


@given(st.binary(max_size=200))
def test_no_bytes_whatever_make_it_raise(payload: bytes) -> None:
    door = Door()
    door.gate.receive(payload, 1.0)
    assert door.take() == []
    assert door.refused


def test_a_lift_goes_to_a_floor_and_a_charger_gives_power() -> None:
    assert Door(DeviceKind.LIFT).ask("start", target="3") == [("start", "3")]
    charger = Door(DeviceKind.CHARGER)
    assert charger.ask("start", task="T-7", fence="41") == [("start", "")]
    charger.gate.on_report(DeviceReport("on"), charger.now)
    assert charger.state.position == "on"
    assert charger.state.action is DeviceAction.START


def test_the_ids_and_fences_that_it_remembers_are_bounded() -> None:
    door = Door()
    for n in range(6000):
        door.ask("open", task=f"T-{n}", fence=str(n + 1))
    assert len(door.gate.memory.ids) <= 200
    assert len(door.gate.memory.fences) <= 4001
    assert door.ask("open", task="T-0", fence="1") == []
    assert "was replaced" in door.refused
