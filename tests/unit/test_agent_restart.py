"""A killed agent goes on where it was: what runs is asked after, what is done is never begun again."""

from __future__ import annotations

import pytest

from robot_agent import trial
from robot_agent.core import snapshot as snapshots
from robot_agent.core.executor import Executor
from robot_agent.core.port import (
    Passed,
    Perform,
)
from tests.unit.agent_bench import ME, Bench, order, performed, statuses, ways


@pytest.fixture
def bench() -> Bench:
    return Bench()


# ---- Restart --------------------------------------------------------------------------------------------------------


def restarted(bench: Bench) -> Bench:
    data = snapshots.to_bytes(bench.executor.snapshot())
    after = Bench.__new__(Bench)
    after.executor, after.now, after.effects = Executor(ME), bench.now, []
    after.executor.restore(snapshots.from_bytes(data), after.now)
    after.report(x=2.0)
    after.executor.link_up(after.now)
    after.take()
    return after


def test_a_restarted_agent_drives_on(bench: Bench) -> None:
    bench.send(order("o1", "abc", released=2))
    after = restarted(bench)
    assert ways(after.effects) == ["b"]
    assert after.state.order_id == "o1"
    assert ways(after.send(order("o1", "bc", update=1, first_sequence=2))) == ["bc"]


def test_a_restarted_agent_asks_after_a_running_action_and_does_not_begin_it_again(bench: Bench) -> None:
    bench.send(order("o1", "ab", node_actions={"b": (trial.action("pick", "p"), trial.action("beep", "q"))}))
    bench.on(Passed(2))
    after = restarted(bench)
    assert [(e.action.action_id, e.again) for e in after.effects if isinstance(e, Perform)] == [("p", True)]
    assert performed(after.done("p")) == ["q"]


def test_an_action_done_in_an_earlier_life_is_shown_as_done_when_its_order_comes_again(bench: Bench) -> None:
    pick = {"b": (trial.action("pick", "p"),)}
    bench.send(order("o1", "ab", node_actions=pick))
    bench.on(Passed(2))
    bench.done("p")
    after = restarted(bench)
    after.report(x=5.0)
    after.send(order("o2", "b"))
    after.send(order("o1", "b", node_actions=pick))
    assert performed(after.take()) == []
    assert statuses(after.state) == {"p": "FINISHED"}


def test_a_paused_robot_is_paused_after_a_restart(bench: Bench) -> None:
    bench.send(order("o1", "abc"))
    bench.instant("startPause", "p1")
    after = restarted(bench)
    assert ways(after.effects) == []
    assert after.state.paused is True
    assert ways(after.instant("stopPause", "p2")) == ["bc"]


def test_a_cancel_under_way_is_finished_after_a_restart(bench: Bench) -> None:
    bench.send(order("o1", "abc"))
    bench.instant("cancelOrder", "x")
    after = restarted(bench)
    assert statuses(after.state) == {"x": "FINISHED"}
    assert after.state.node_states == ()


def test_memory_of_action_ids_is_bounded_and_never_forgets_what_runs(bench: Bench) -> None:
    bench.send(order("o1", "ab", node_actions={"b": (trial.action("pick", "p"),)}))
    bench.on(Passed(2))
    for i in range(1200):
        bench.instant("stateRequest", f"s{i}")
    memory = bench.executor.snapshot().book.memory
    assert len(memory) == 1000
    assert "p" in memory
    assert len(bench.state.action_states) <= 40
