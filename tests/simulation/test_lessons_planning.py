"""What users of other fleet managers reported as bugs, as scenarios of this one (docs/planning.md names where each comes from).

An edge core with virtual robots on one clock; the site is tests/unit/sites.py, six by four nodes.
"""

from __future__ import annotations

import pytest

from fleet.contracts.command_ir import Action
from fleet.contracts.resources import (
    ClosureSpec,
    ClosureStatus,
    Desired,
    Kind,
    MissionSpec,
    MissionStatus,
    Phase,
    TaskSpec,
    TaskStatus,
)
from sim_robots import faults
from sim_robots.faults import Fault, FaultKind
from tests.unit.edge_world import World


def errand(
    world: World, name: str, action: Action, *, robot: str | None = None, desired: Desired = Desired.RUN, **spec: object
) -> str:
    """A mission of one task without a robot, made at the site; answers the task's name. Again: its wish changes."""
    task = f"{name}-1"
    mission = MissionSpec(title=name, edge="edge-1", tasks=(task,), created_at=world.now, desired=desired)
    known = world.core.resource(Kind.TASK, task) if (Kind.TASK, task) in world.stored else None
    body = TaskSpec(mission=name, edge="edge-1", action=action, robot=robot, created_at=world.now, **spec)  # type: ignore[arg-type]
    world.apply(Kind.MISSION, name, mission, MissionStatus())
    if known is None:
        world.apply(Kind.TASK, task, body, TaskStatus())
    return task


def close(world: World, *nodes: str) -> None:
    world.apply(Kind.CLOSURE, "closed", ClosureSpec(targets=nodes), ClosureStatus())


def phases(world: World, names: list[str]) -> set[Phase]:
    return {world.task(name).phase for name in names}


def test_3_an_idle_robot_on_the_only_corridor_makes_way() -> None:
    world = World("AMR-1", "AMR-2")
    there = errand(world, "there", Action.GOTO, robot="AMR-2", target="Crossing")
    assert world.run(120, lambda: world.ended(there))
    close(world, "n3_0", "n3_2")  # the Crossing is now the only way between the two halves
    task = errand(world, "m", Action.TRANSPORT, robot="AMR-1", source="Dock 1", target="Packing 1")
    assert world.run(240, lambda: world.ended(task))
    assert world.in_phase(Phase.DONE, task)


def test_4_three_robots_are_sent_to_one_place_at_once_and_all_get_there() -> None:
    world = World("AMR-1", "AMR-2", "AMR-3")
    tasks = [errand(world, f"m{i}", Action.GOTO, robot=f"AMR-{i}", target="Crossing") for i in (1, 2, 3)]
    assert world.run(400, lambda: all(world.ended(t) for t in tasks))
    assert phases(world, tasks) == {Phase.DONE}


@pytest.mark.parametrize("size", [7, 100])
def test_6_a_burst_of_tasks_is_given_out_within_seconds_and_none_is_lost(size: int) -> None:
    world = World("AMR-1", "AMR-2", "AMR-3")
    world.core.cloud_link(False, world.now)
    places = ("Dock 1", "Dock 2", "Dock 3", "Packing 1", "Packing 2", "Crossing")
    tasks = [errand(world, f"m{i}", Action.GOTO, target=places[i % len(places)]) for i in range(size)]
    assert world.run(6, lambda: Phase.PENDING not in phases(world, tasks))
    assert {world.task(t).robot for t in tasks} == {"AMR-1", "AMR-2", "AMR-3"}
    if size < 10:
        assert world.run(900, lambda: all(world.ended(t) for t in tasks))
        assert phases(world, tasks) == {Phase.DONE}


def test_15_an_order_that_is_cancelled_while_the_robot_parks_leaves_it_free_for_the_next() -> None:
    world = World("AMR-1")
    away = errand(world, "away", Action.GOTO, robot="AMR-1", target="Dock 1")
    assert world.run(120, lambda: world.ended(away))
    park = errand(world, "park", Action.PARK, robot="AMR-1")
    assert world.run(30, lambda: world.in_phase(Phase.RUNNING, park) and world.robot("AMR-1").speed_mps > 0)
    errand(world, "park", Action.PARK, robot="AMR-1", desired=Desired.CANCEL)
    assert world.run(60, lambda: world.ended(park))
    assert world.in_phase(Phase.CANCELLED, park)
    again = errand(world, "again", Action.GOTO, robot="AMR-1", target="Packing 1")
    assert world.run(120, lambda: world.ended(again))
    assert world.in_phase(Phase.DONE, again)


def test_15_a_robot_on_its_way_home_takes_work_that_is_cancelled_at_once_and_still_gets_home() -> None:
    world = World("AMR-1")
    away = errand(world, "away", Action.GOTO, robot="AMR-1", target="Dock 1")
    assert world.run(120, lambda: world.ended(away))
    assert world.run(60, lambda: world.robot("AMR-1").speed_mps > 0), "it goes home by itself"
    work = errand(world, "work", Action.GOTO, robot="AMR-1", target="Packing 1")
    errand(world, "work", Action.GOTO, robot="AMR-1", target="Packing 1", desired=Desired.CANCEL)
    assert world.run(60, lambda: world.ended(work))
    assert world.run(180, lambda: world.robot("AMR-1").last_node == "n4_3")


def test_16_with_its_own_parking_out_of_reach_a_robot_parks_at_the_next_best() -> None:
    world = World("AMR-3")
    away = errand(world, "away", Action.GOTO, robot="AMR-3", target="Dock 1")
    assert world.run(120, lambda: world.ended(away))
    close(world, "n3_0", "n5_0", "n4_1")  # all around Parking 1
    park = errand(world, "park", Action.PARK, robot="AMR-3")
    assert world.run(180, lambda: world.ended(park))
    assert world.in_phase(Phase.DONE, park)
    assert world.robot("AMR-3").last_node in ("n4_3", "n5_3")


def test_19_what_a_robot_that_breaks_down_has_not_begun_goes_to_another_and_the_operator_reads_why() -> None:
    world = World("AMR-1", "AMR-2")
    world.core.cloud_link(False, world.now)
    places = ("Dock 1", "Parking 2", "Dock 2", "Parking 1", "Packing 1", "Crossing")
    tasks = [errand(world, f"m{i}", Action.GOTO, target=place) for i, place in enumerate(places)]
    assert world.run(20, lambda: sum(world.in_phase(Phase.RUNNING, t) for t in tasks) == 2)
    broken = world.task(next(t for t in tasks if world.in_phase(Phase.RUNNING, t))).robot
    vehicle = world.vehicles[broken]
    vehicle.inject(faults.begin(Fault(broken, FaultKind.ERROR, 0.0, 1e6), vehicle.body), world.now)
    other = "AMR-2" if broken == "AMR-1" else "AMR-1"
    left = [t for t in tasks if world.in_phase(Phase.ASSIGNED, t)]
    assert world.run(600, lambda: all(world.ended(t) for t in left))
    assert {world.task(t).robot for t in left} == {other}
    assert any(e.reason == "RobotError" and broken in e.message and "a simulated fault" in e.message for e in world.events)


def test_19_a_task_for_the_broken_robot_alone_says_so() -> None:
    world = World("AMR-1")
    world.core.cloud_link(False, world.now)
    vehicle = world.vehicles["AMR-1"]
    vehicle.inject(faults.begin(Fault("AMR-1", FaultKind.ERROR, 0.0, 1e6), vehicle.body), world.now)
    world.run(40)
    task = errand(world, "m", Action.GOTO, target="Dock 1")
    world.run(15)
    assert world.task(task).reason == "no robot is available (AMR-1: in error: a simulated fault)"
