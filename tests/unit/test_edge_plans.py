"""The rolling horizon: what nobody has begun is weighed again, moves where that pays, and is written only when it changes."""

from __future__ import annotations

import pytest

from edge_node.core.effects import NeedPlan, PutResource, Section
from edge_node.core.plans import ROLL_EVERY_S
from fleet.contracts.resources import Kind
from fleet.planning.problem import PlannedAssignment, PlanRequest, PlanResult
from tests.unit.edge_world import World


class Asked(World):
    """Answers plans as the test says (`answers`: task -> robot), and keeps what was asked and what was assigned."""

    def __init__(self, *robots: str) -> None:
        self.requests: list[PlanRequest] = []
        self.asked_at: list[float] = []
        self.answers: dict[str, str] = {}
        self.written: list[tuple[str, str]] = []
        super().__init__(*robots)
        self.plan_on = False

    def _effects(self) -> bool:
        effects = self.core.take_effects()
        self.core._ctx.effects[:0] = effects
        moved = super()._effects()
        for effect in effects:
            if isinstance(effect, PutResource) and effect.section is Section.LOCAL and effect.resource.kind is Kind.TASK:
                self.written.append((effect.resource.metadata.name, effect.resource.spec.assignment.robot))
            if isinstance(effect, NeedPlan):
                self.requests.append(effect.request)
                self.asked_at.append(self.now)
                self.core.planned(effect.version, self._result(effect.request), self.now)
        return moved

    def _result(self, request: PlanRequest) -> PlanResult:
        given = {t.name: self.answers[t.name] for t in request.tasks if t.name in self.answers}
        ranks = {robot: iter(range(len(given))) for robot in given.values()}
        assignments = tuple(PlannedAssignment(t, r, next(ranks[r]), 0.0, 100.0) for t, r in given.items())
        return PlanResult(assignments, {t.name: "nobody" for t in request.tasks if t.name not in given})


@pytest.fixture
def world() -> Asked:
    """AMR-1 is at work, t2-1 waits for it; AMR-2 is idle."""
    found = Asked("AMR-1", "AMR-2")
    found.answers = {"t1-1": "AMR-1", "t2-1": "AMR-1"}
    found.transport("t1")
    found.transport("t2", source="Packing 1", target="Dock 1")
    found.run(1.0)
    assert found.task("t1-1").phase == "running"
    assert found.task("t2-1").robot == "AMR-1"
    return found


def test_a_task_that_nobody_has_begun_moves_to_another_robot_when_a_later_plan_says_so(world: Asked) -> None:
    world.answers["t2-1"] = "AMR-2"
    world.run(ROLL_EVERY_S + 1.0)
    assert {t.name: (t.robot, t.current_robot) for t in world.requests[-1].tasks} == {"t2-1": (None, "AMR-1")}
    assert (world.task("t2-1").robot, world.task("t2-1").phase) == ("AMR-2", "running")
    assert world.run(400, lambda: world.ended("t1-1") and world.ended("t2-1"))


def test_a_plan_that_changes_nothing_writes_nothing(world: Asked) -> None:
    before = list(world.written)
    asked = len(world.requests)
    world.run(3 * ROLL_EVERY_S)
    assert len(world.requests) >= asked + 2
    assert world.written == before


def test_what_the_cloud_assigned_or_an_operator_asked_for_by_name_stays() -> None:
    world = Asked("AMR-1", "AMR-2")
    world.answers = {"t1-1": "AMR-1", "t3-1": "AMR-1"}
    world.transport("t1")
    world.transport("t2", robot="AMR-1")  # by the cloud
    world.transport("t3", robot="")
    world.answers["t2-1"] = "AMR-2"
    world.run(3 * ROLL_EVERY_S)
    pinned = {t.name: t.robot for request in world.requests for t in request.tasks}
    assert pinned["t2-1"] == "AMR-1"
    assert world.task("t2-1").robot == "AMR-1"


def test_tasks_that_found_nobody_are_planned_as_soon_as_a_robot_has_become_free() -> None:
    world = Asked("AMR-1")
    world.answers = {"t1-1": "AMR-1"}
    world.transport("t1")
    world.transport("t2")  # found nobody: the baseline's dispatcher keeps no plan
    assert world.run(400, lambda: world.ended("t1-1"))
    assert world.asked_at[-1] == world.now
    assert [t.name for t in world.requests[-1].tasks] == ["t2-1"]
    assert world.requests[-1].robots[0].free_in_s == 0.0
