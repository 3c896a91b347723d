"""Command IR to tasks: trips by payload, shares of robots, repeats, order, times."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from fleet.contracts.command_ir import Action, CommandIr, InMinutes, Outcome, Priority, Repeat, TaskIr, WithinMinutes
from fleet.contracts.errors import TooLarge
from fleet.contracts.resources import Phase, TaskSpec
from fleet.tasks.lower import lower
from fleet.tasks.site import TaskResource
from tests.unit import sites

SITE = sites.site()
BRING = TaskIr(ref="t1", action=Action.TRANSPORT, source="Dock 3", target="Packing 1", item="tote")


def lowered(*tasks: TaskIr, **kwargs: Any) -> tuple[TaskResource, ...]:
    return lower(CommandIr(outcome=Outcome.PLAN, tasks=tasks), SITE, mission="M-7", now=sites.NOW, **kwargs)


def specs(task: TaskIr = BRING, **changes: Any) -> list[TaskSpec]:
    return [t.spec for t in lowered(msgspec.structs.replace(task, **changes))]


def test_one_job_becomes_a_named_task_with_its_ref_site_and_edge() -> None:
    [task] = lowered(BRING)
    assert (task.metadata.name, task.metadata.site, task.metadata.labels) == ("M-7-1", "riverside", {"ref": "t1"})
    assert (task.spec.mission, task.spec.edge, task.spec.created_at) == ("M-7", "edge-1", sites.NOW)
    assert (task.spec.source, task.spec.target, task.spec.item, task.spec.load_kg) == ("Dock 3", "Packing 1", "tote", 15)
    assert task.status.phase is Phase.PENDING


@pytest.mark.parametrize(
    ("changes", "loads"),
    [
        ({"quantity": 6}, [(4, 60), (2, 30)]),  # an AMR has room for four, half of the robots carry that many
        ({"quantity": 6, "robot": "FL-1"}, [(2, 30), (2, 30), (2, 30)]),  # a forklift has room for two
        ({"quantity": 3, "item": "pallet of water", "source": None}, [(1, 400), (1, 400), (1, 400)]),  # 500 kg carry one
        ({"quantity": 3, "item": "pallet"}, [(3, None)]),  # weight unknown: as many as there is room for
        ({"quantity": 3, "item": None}, [(3, None)]),
    ],
)
def test_a_quantity_is_split_into_trips_by_room_and_payload(changes: dict[str, Any], loads: list[object]) -> None:
    assert [(s.quantity, s.load_kg) for s in specs(**changes)] == loads


def test_the_source_falls_back_to_the_items_home() -> None:
    assert specs(item="pallet of water", source=None)[0].source == "Rack A-02"


def test_robots_that_share_a_transport_share_its_quantity() -> None:
    got = specs(quantity=5, robot=("AMR-1", "AMR-2"))
    assert [(s.robot, s.quantity) for s in got] == [("AMR-1", 3), ("AMR-2", 2)]
    assert [(s.robot, s.quantity) for s in specs(quantity=1, robot=("AMR-1", "AMR-2"))] == [("AMR-1", 1), ("AMR-2", 1)]


def test_robots_needed_become_tasks_of_one_group_that_is_kept_apart() -> None:
    tasks = lowered(TaskIr(ref="t1", action=Action.GOTO, target="Dock 1", robots_needed=2, robot="AMR-3"))
    assert [t.spec.robot for t in tasks] == ["AMR-3", None]
    assert {t.metadata.labels["apart"] for t in tasks} == {"M-7/t1"}


def test_each_repeat_is_a_group_of_its_own() -> None:
    tasks = lowered(TaskIr(ref="t1", action=Action.GOTO, target="Dock 1", robots_needed=2, repeat=Repeat(times=2)))
    assert [t.metadata.labels["apart"] for t in tasks] == ["M-7/t1", "M-7/t1", "M-7/t1/1", "M-7/t1/1"]


def test_what_comes_after_waits_for_all_trips() -> None:
    tasks = lowered(
        msgspec.structs.replace(BRING, quantity=8), TaskIr(ref="t2", action=Action.CHARGE, robot="AMR-1", after=("t1",))
    )
    assert [t.metadata.name for t in tasks] == ["M-7-1", "M-7-2", "M-7-3"]
    assert tasks[2].spec.after == ("M-7-1", "M-7-2")
    assert (tasks[2].spec.target, tasks[2].spec.robot) == (None, "AMR-1")


def test_repeats_become_tasks_and_a_series_gets_its_times() -> None:
    assert len(specs(repeat=Repeat(times=3))) == 3
    half_hours = specs(repeat=Repeat(every_minutes=30, until="12:00"))
    assert [(s.not_before_at or 0) - sites.NOW for s in half_hours] == [0, 1800, 3600, 5400, 7200]
    later = specs(repeat=Repeat(every_minutes=60, times=2), not_before="15:00")
    assert [(s.not_before_at or 0) - sites.NOW for s in later] == [18000, 21600]
    assert len(specs(repeat=Repeat(every_minutes=60))) == 9  # a shift of 8 hours, both ends


def test_times_become_unix_seconds_on_the_sites_clock() -> None:
    [spec] = specs(not_before=InMinutes(in_minutes=10), deadline=WithinMinutes(within_minutes=30), priority=Priority.URGENT)
    assert (spec.not_before_at, spec.deadline_at, spec.priority) == (sites.NOW + 600, sites.NOW + 1800, Priority.URGENT)
    [task] = lowered(msgspec.structs.replace(BRING, deadline="13:00"), utc_offset_s=7200)
    assert task.spec.deadline_at == sites.NOW + 3600


def test_stops_avoid_type_and_duration_are_carried_over() -> None:
    [patrol] = specs(TaskIr(ref="p", action=Action.PATROL, stops=("Dock 1", "Dock 2"), avoid=("Crossing",), robot_type="AMR"))
    assert (patrol.stops, patrol.avoid, patrol.robot_type) == (("Dock 1", "Dock 2"), ("Crossing",), "AMR")
    [wait] = specs(TaskIr(ref="w", action=Action.WAIT, target="Dock 1", duration_minutes=10))
    [default] = specs(TaskIr(ref="w", action=Action.WAIT))
    assert (wait.duration_s, default.duration_s) == (600, 300)


def test_too_many_trips_are_refused() -> None:
    with pytest.raises(TooLarge):
        lowered(*[msgspec.structs.replace(BRING, ref=f"t{i}", quantity=200, repeat=Repeat(times=3)) for i in range(4)])
