"""The edge node's rolling horizon: a better plan that comes late is taken where it fits, and a planned charge begins."""

from __future__ import annotations

import dataclasses

from edge_node.core.effects import NeedPlan
from fleet.contracts.command_ir import Action
from fleet.contracts.resources import Kind, MissionSpec, MissionStatus, Phase, TaskSpec, TaskStatus
from fleet.planning.problem import PlannedAssignment, PlanResult
from fleet.planning.solve import plan
from tests.unit.edge_world import World


def with_tasks(world: World, *targets: str) -> NeedPlan:
    """Goto tasks m0-1, m1-1, ... of the site itself; the question that the edge core asks of the planner."""
    world.core.cloud_link(False, world.now)
    world.plan_on = False
    needs: list[NeedPlan] = []
    take = world.core.take_effects

    def watched() -> list[object]:
        effects = take()
        needs.extend(e for e in effects if isinstance(e, NeedPlan))
        return list(effects)

    world.core.take_effects = watched  # type: ignore[method-assign, assignment]
    for i, target in enumerate(targets):
        mission = MissionSpec(title=target, edge="edge-1", tasks=(f"m{i}-1",), created_at=world.now)
        task = TaskSpec(mission=f"m{i}", edge="edge-1", action=Action.GOTO, target=target, created_at=world.now)
        world.apply(Kind.MISSION, f"m{i}", mission, MissionStatus())
        world.apply(Kind.TASK, f"m{i}-1", task, TaskStatus())
    world.run(6.0, lambda: bool(needs) and len(needs[-1].request.tasks) == len(targets))
    return needs[-1]


def to(robot: str, *tasks: str, charge_at: str = "") -> tuple[PlannedAssignment, ...]:
    return tuple(
        PlannedAssignment(task, robot, rank, 0.0, 60.0 * (rank + 1), charge_at=charge_at) for rank, task in enumerate(tasks)
    )


def test_a_better_plan_for_the_same_question_moves_only_what_nobody_has_begun() -> None:
    world = World("AMR-1", "AMR-2")
    need = with_tasks(world, "Dock 1", "Dock 2", "Packing 1")
    world.core.planned(need.version, PlanResult(to("AMR-1", "m0-1", "m1-1", "m2-1")), world.now)
    world.settle()
    assert world.in_phase(Phase.RUNNING, "m0-1")
    world.core.planned(need.version, PlanResult((*to("AMR-2", "m0-1", "m1-1"), *to("AMR-1", "m2-1"))), world.now)
    world.settle()
    assert [world.task(f"m{i}-1").robot for i in range(3)] == ["AMR-1", "AMR-2", "AMR-1"]


def test_an_answer_to_an_older_question_is_not_taken() -> None:
    world = World("AMR-1", "AMR-2")
    need = with_tasks(world, "Dock 1", "Dock 2")
    world.core.planned(need.version - 1, PlanResult(to("AMR-1", "m0-1", "m1-1")), world.now)
    world.settle()
    assert {world.task(f"m{i}-1").phase for i in range(2)} == {Phase.PENDING}


def test_a_charge_that_the_plan_puts_before_a_robots_next_task_begins_at_once() -> None:
    world = World("AMR-1")
    need = with_tasks(world, "Dock 1")
    world.core.planned(need.version, PlanResult(to("AMR-1", "m0-1", charge_at="n4_3")), world.now)
    world.settle()
    assert world.in_phase(Phase.ASSIGNED, "m0-1"), "the task waits for the charge"


def test_the_planner_is_told_what_the_battery_still_drives_and_plans_a_charge_where_that_is_too_little() -> None:
    need = with_tasks(World("AMR-1"), "Dock 1", "Packing 1")
    (robot,) = need.request.robots
    assert 0 < robot.range_s < robot.full_range_s
    assert robot.charger == "n4_3"
    for range_s, charges in ((robot.range_s, False), (10.0, True)):
        request = dataclasses.replace(need.request, robots=(dataclasses.replace(robot, range_s=range_s),))
        assert any(a.charge_at == "n4_3" for a in plan(request, budget_s=0).assignments) is charges
