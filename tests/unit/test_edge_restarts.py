"""kill -9 of edge node or robot at any moment, messages lost or repeated: what was done once is never done twice."""

from __future__ import annotations

import random

import pytest

from edge_node.core.effects import Publish
from fleet.contracts.command_ir import ControlAction
from fleet.contracts.resources import Phase
from tests.unit.edge_world import World

DONE = [("pick", "m1-1"), ("drop", "m1-1")]
MOMENTS = [0.0, 0.5, 2.0, 10.0, 27.0, 29.0, 31.0, 33.0, 35.0, 36.0, 37.0, 38.0, 40.0, 50.0, 58.0, 60.0, 62.0, 64.0, 66.0]


@pytest.mark.parametrize("after_s", MOMENTS)
def test_the_edge_node_dies_at_any_moment_and_the_mission_ends_done_exactly_once(after_s: float) -> None:
    world = World()
    world.transport(robot="AMR-1")
    world.run(after_s)
    world.kill_edge(away_s=1.0)
    assert world.run(300, world.ended), (world.task(), world.robot("AMR-1"))
    assert world.task().phase is Phase.DONE
    assert world.mission().phase is Phase.DONE
    assert world.moved_loads() == DONE


@pytest.mark.parametrize("after_s", MOMENTS)
@pytest.mark.parametrize("forget", [False, True])
def test_the_robot_dies_at_any_moment_and_the_mission_ends_done_exactly_once(after_s: float, forget: bool) -> None:
    world = World()
    world.transport(robot="AMR-1")
    world.run(after_s)
    world.kill_robot("AMR-1", forget=forget)
    assert world.run(400, world.ended), (world.task(), world.robot("AMR-1"))
    assert world.task().phase is Phase.DONE
    assert world.moved_loads() == DONE


@pytest.mark.parametrize("after_s", [2.0, 31.0, 36.0, 40.0, 62.0])
def test_both_die_together(after_s: float) -> None:
    world = World()
    world.transport(robot="AMR-1")
    world.run(after_s)
    world.kill_robot("AMR-1", forget=True)
    world.kill_edge(away_s=30.0)
    assert world.run(400, world.ended), (world.task(), world.robot("AMR-1"))
    assert world.moved_loads() == DONE


@pytest.mark.parametrize("kind", ["pick", "drop"])
def test_an_action_that_ended_unseen_before_the_robot_forgot_its_order_is_known_by_the_load(kind: str) -> None:
    world = World("AMR-1")
    world.transport(robot="AMR-1")
    sent = f".{kind}"
    assert world.run(
        300, lambda: any(a["actionId"].endswith(sent) for _, d in world.orders for n in d["nodes"] for a in n["actions"])
    )
    world.edge_up = False
    assert world.run(60, lambda: bool(world.facts) and world.facts[-1][1].kind == kind)
    world.kill_robot("AMR-1", forget=True)
    world.kill_edge()
    assert world.run(300, world.ended)
    assert world.task().phase is Phase.DONE
    assert world.moved_loads() == DONE


@pytest.mark.parametrize("after_s", [31.0, 33.0, 35.0])
def test_a_robot_that_cannot_tell_its_loads_and_lost_its_order_needs_a_persons_look(after_s: float) -> None:
    world = World("AMR-1", loads_told=False)
    world.transport(robot="AMR-1")
    world.run(300, lambda: any(n["actions"] for _, d in world.orders for n in d["nodes"]))
    world.run(8)
    picked = len(world.facts)
    world.kill_robot("AMR-1", forget=True)
    world.run(60)
    if not world.task().reason.startswith("NEEDS_CHECK"):
        assert world.moved_loads() == DONE[:1]  # it had finished the pick, and said so before it died
        return
    assert "NeedsCheck" in world.reasons()
    assert len(world.facts) == picked
    world.control(ControlAction.RESUME, "m1-1")
    assert world.run(300, world.ended)
    assert world.task().phase is Phase.DONE


@pytest.mark.parametrize("seed", range(12))
def test_messages_are_lost_and_repeated_and_everybody_dies_now_and_then(seed: int) -> None:
    chance = random.Random(seed)
    world = World("AMR-1", "AMR-2", "AMR-3")
    world.to_robot = lambda publish: chance.random() > 0.15
    world.to_edge = lambda topic, payload: topic.endswith("connection") or chance.random() > 0.15
    pairs = [("Dock 1", "Packing 1"), ("Dock 2", "Packing 2"), ("Rack A-02", "Dock 3"), ("Dock 3", "Packing 1")]
    for number, (source, target) in enumerate(pairs, start=1):
        world.transport(f"m{number}", source, target)
    tasks = [f"m{number}-1" for number in range(1, 5)]
    for _ in range(8):
        world.run(chance.uniform(1, 40))
        if chance.random() < 0.5:
            world.kill_edge(away_s=chance.uniform(0, 10))
        else:
            world.kill_robot(chance.choice(world.robots), forget=chance.random() < 0.5)
    world.to_robot = lambda publish: True
    world.to_edge = lambda topic, payload: True
    assert world.run(2000, lambda: all(world.ended(t) for t in tasks)), [world.task(t) for t in tasks]
    assert [world.task(t).phase for t in tasks] == [Phase.DONE] * 4
    assert sorted(world.moved_loads()) == sorted((kind, t) for t in tasks for kind in ("pick", "drop"))
    for task in tasks:
        assert [kind for kind, load in world.moved_loads() if load == task] == ["pick", "drop"]


def test_the_journal_is_written_with_or_before_the_batch_that_sends_the_order() -> None:
    world = World("AMR-1")
    seen: list[bool] = []

    def look(publish: Publish) -> bool:
        if publish.topic.endswith("/order"):
            seen.append("AMR-1" in world.journal)
        return True

    world.to_robot = look
    world.transport(robot="AMR-1")
    world.run(300, world.ended)
    assert seen
    assert all(seen)


def test_a_cancel_asked_before_the_death_of_the_edge_node_still_happens() -> None:
    world = World("AMR-1")
    world.transport(robot="AMR-1")
    world.run(5)
    world.to_robot = lambda publish: False
    world.control(ControlAction.CANCEL, "m1")
    world.kill_edge()
    world.to_robot = lambda publish: True
    assert world.run(60, world.ended)
    assert world.task().phase is Phase.CANCELLED
    assert world.facts == []


def test_a_robot_never_heard_again_keeps_its_base_as_an_obstacle() -> None:
    world = World()
    world.transport(robot="AMR-1")
    world.run(8)
    assert world.robot("AMR-1").base_nodes > 1
    world.to_edge = lambda topic, payload: "/AMR-1/" not in topic
    del world.vehicles["AMR-1"]
    world.kill_edge()
    world.run(5)
    status = world.robot("AMR-1")
    assert status.base_nodes >= 1
    assert status.activity == "offline"
    assert world.core._ctx.units["AMR-1"].obstacle
