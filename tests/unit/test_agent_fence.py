"""The fence at the robot: an attempt that was replaced gets no wheel to turn, and its robot stops at the end of its base."""

from __future__ import annotations

import pytest

from fleet.authority.fences import Fence, FenceGate
from fleet.authority.order_ids import OrderFence, order_id, read_order_id
from fleet.contracts.vda5050.state import State
from robot_agent.core import fence, snapshot
from robot_agent.core.executor import Executor
from robot_agent.core.fence import OrderGate
from robot_agent.core.port import DriveTo, Passed, Reported, RobotReport, Save, StopDriving
from tests.unit.agent_bench import ME, SITE, Bench, order, performed, ways


def bench() -> Bench:
    return Bench()


def refusals(state: State) -> list[tuple[str, str, str]]:
    """(errorType, level, the orderId that it names)."""
    found = []
    for error in state.errors:
        keys = {r.reference_key: r.reference_value for r in error.error_references}
        found.append((error.error_type, error.error_level, keys.get("orderId", "")))
    return found


def drive(b: Bench, order_id_: str, way: str = "ab") -> None:
    """There and done."""
    b.report(*SITE[way[0]])
    assert ways(b.send(order(order_id_, way))) == [way[1:]]
    b.on(Passed(2))
    assert not b.executor.busy


def test_a_lower_fence_of_a_task_is_refused_by_name_and_moves_nothing() -> None:
    b = bench()
    drive(b, "T-7.0.1.f41")
    effects = b.send(order("T-7.0.1.f40", "bc"))
    assert not ways(effects)
    assert not performed(effects)
    state = b.state
    assert refusals(state) == [("orderError", "WARNING", "T-7.0.1.f40")]
    assert "fence 40.0 was replaced (highest seen: 41.0)" in str(state.errors[0].error_description)
    assert state.order_id == "T-7.0.1.f41"


def test_the_same_attempt_goes_on_with_its_updates_and_its_next_steps() -> None:
    b = bench()
    b.send(order("T-7.0.1.f41", "abc", released=2))
    assert ways(b.send(order("T-7.0.1.f41", "bc", update=1, first_sequence=2))) == ["bc"]
    b.on(Passed(2))
    b.on(Passed(4))
    drive(b, "T-7.1.1.f41", "cd")
    assert not refusals(b.state)


def test_a_lower_fence_of_another_task_was_queued_earlier_and_is_taken() -> None:
    b = bench()
    drive(b, "T-7.0.1.f41")
    drive(b, "T-3.0.1.f12", "bc")
    assert not refusals(b.state)


def test_a_newer_attempt_ends_the_older_ones_way_at_the_end_of_its_base() -> None:
    """The newer one can't be taken while the robot is busy, but from then on the older one gets no further base."""
    b = bench()
    b.send(order("T-7.0.1.f41", "abcd", released=2))
    assert not ways(b.send(order("T-7.0.1.f42", "abc")))
    assert "not finished" in str(b.state.errors[0].error_description)
    assert not ways(b.send(order("T-7.0.1.f41", "bcd", update=1, first_sequence=2)))
    assert b.executor.way[-1].node_id == "b"
    b.on(Passed(2))
    assert b.executor.way == ()
    assert b.executor.last_node_id == "b"


def test_cancelling_needs_no_fence_since_it_only_makes_the_robot_stand() -> None:
    b = bench()
    b.send(order("T-7.0.1.f41", "abc"))
    b.send(order("T-7.0.1.f42", "abc"))
    assert any(isinstance(e, StopDriving) for e in b.instant("cancelOrder", "c1"))


def test_the_highest_fence_is_saved_before_the_robot_drives_and_outlives_a_restart() -> None:
    b = bench()
    effects = b.send(order("T-7.0.1.f41", "ab"))
    assert isinstance(effects[0], Save)
    assert any(isinstance(e, DriveTo) for e in effects[1:])
    saved = snapshot.to_bytes(b.executor.snapshot())
    again = Executor(ME)
    again.restore(snapshot.from_bytes(saved), b.now)
    again.on_adapter(Reported(RobotReport(0.0, 0.0, 0.0, "map", 80.0)), b.now)
    b.executor = again
    b.on(Passed(2))
    assert not ways(b.send(order("T-7.0.1.f40", "bc")))
    assert [r[2] for r in refusals_of(again)] == ["T-7.0.1.f40"]


def refusals_of(executor: Executor) -> list[tuple[str, str, str]]:
    executor.link_up(1e6)
    sends = [e.message for e in executor.take_effects() if type(e).__name__ == "Send" and e.topic_name == "state"]  # type: ignore[union-attr]
    assert isinstance(sends[-1], State)
    return refusals(sends[-1])


def test_a_refused_order_changes_nothing_that_is_stored() -> None:
    b = bench()
    drive(b, "T-7.0.1.f41")
    before = dict(b.executor.snapshot().fences)
    effects = b.send(order("T-7.0.1.f40", "bc"))
    assert not any(isinstance(e, Save) for e in effects)
    assert b.executor.snapshot().fences == before == {"task/T-7": "41.0"}


def test_orders_without_a_fence_are_taken_until_their_task_has_one() -> None:
    b = bench()
    drive(b, "charge.AMR-1.3")
    drive(b, "T-7.0.1", "bc")
    drive(b, "T-7.0.1.f41", "cd")
    assert not ways(b.send(order("T-7.1.1", "dc")))
    assert refusals(b.state)[-1][2] == "T-7.1.1"


def test_a_robot_that_was_handed_over_hears_its_former_holder_no_more() -> None:
    """The new holder's number came once; neither a lower one nor a sender without one is heard after it."""
    b = bench()
    drive(b, "T-7.0.1.f41.h5")
    for stale in ("T-1.0.1.f12.h4", "T-2.0.1.f90"):
        assert not ways(b.send(order(stale, "bc")))
        assert refusals(b.state)[-1][2] == stale
    drive(b, "park.AMR-1.8.h5", "bc")
    drive(b, "T-1.0.1.f12.h6", "cd")


def test_a_malformed_order_never_raises_a_fence() -> None:
    b = bench()
    twice = order("T-7.0.1.f99", "ab")
    wrong = type(twice)(**{f: getattr(twice, f) for f in twice.__struct_fields__} | {"serial_number": "another"})
    b.send(wrong)
    drive(b, "T-7.0.1.f41")


def test_the_oldest_tasks_share_a_floor_and_are_refused_rather_than_done_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fence, "TASKS_MAX", 20)
    gate = OrderGate()
    for n in range(1, 41):
        assert gate.admit(f"T-{n}.0.1.f{n}")
    assert len(gate.to_store) <= 21
    again = OrderGate(gate.to_store)
    with pytest.raises(fence.StaleFence):
        again.admit("T-1.0.1.f1")
    assert not again.admit("T-40.1.1.f40")
    assert FenceGate(gate.to_store).highest("task/T-40") == Fence(40)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("T-7.0.1.f41", OrderFence("T-7", Fence(41), Fence(0))),
        ("T-7.0.1.f41.2.h9", OrderFence("T-7", Fence(41, 2), Fence(9))),
        ("a.b.c.3.12.f1", OrderFence("a.b.c", Fence(1), Fence(0))),
        ("T-7.0.1", OrderFence("T-7", Fence(0), Fence(0))),
        ("order 17", OrderFence("", Fence(0), Fence(0))),
        ("park.AMR-1.8.h2", OrderFence("", Fence(0), Fence(2))),
        ("T-7.0.1.f" + "9" * 30, OrderFence("", Fence(0), Fence(0))),
        ("T-7.0.1.f9999999999999999999", OrderFence("", Fence(0), Fence(0))),
        ("T-7.0.1.f٤١", OrderFence("", Fence(0), Fence(0))),
        ("", OrderFence("", Fence(0), Fence(0))),
    ],
)
def test_an_order_id_is_read_for_its_fence_and_is_otherwise_free_text(text: str, found: OrderFence) -> None:
    assert read_order_id(text) == found


def test_what_is_written_is_read_back() -> None:
    for fence_ in (Fence(0), Fence(41), Fence(41, 3), Fence(2**63 - 1, 2**31 - 2)):
        assert read_order_id(order_id("Mission 1-2", 3, 1, fence_)) == OrderFence("Mission 1-2", fence_, Fence(0))
