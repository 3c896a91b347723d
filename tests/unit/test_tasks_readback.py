"""Read-backs, effects and answers: plain English, always the same."""

from __future__ import annotations

from typing import Any

import pytest

from fleet.contracts.command_ir import (
    Action,
    CommandIr,
    ControlAction,
    ControlIr,
    InMinutes,
    Outcome,
    Priority,
    QueryAbout,
    QueryIr,
    Repeat,
    Speed,
    TaskIr,
    WithinMinutes,
)
from fleet.contracts.errors import NotFound
from fleet.contracts.resources import (
    ClosureSpec,
    ClosureStatus,
    Kind,
    MissionSpec,
    MissionStatus,
    Phase,
    RobotActivity,
    TaskSpec,
    TaskStatus,
)
from fleet.tasks.control import Targets, resolve_targets
from fleet.tasks.readback import answer, effect, task_title, title
from fleet.tasks.wording import plural
from tests.unit import sites


def title_of(*tasks: TaskIr, **kwargs: Any) -> str:
    return title(CommandIr(outcome=Outcome.PLAN, tasks=tasks, **kwargs))


BRING = TaskIr(ref="t1", action=Action.TRANSPORT, source="Dock 3", target="Packing 1", item="pallet", quantity=2)


def test_a_plan_reads_as_one_sentence_in_its_order() -> None:
    charge = TaskIr(ref="t2", action=Action.CHARGE, robot="AMR-4", after=("t1",))
    assert title_of(BRING, charge) == "Bring 2 pallets from Dock 3 to Packing 1, then send AMR-4 to charge"
    free = TaskIr(ref="t2", action=Action.GOTO, robots_needed=2, target="Dock 1")
    last = TaskIr(ref="t3", action=Action.PARK, robot="AMR-1", after=("t1",))
    assert title_of(BRING, free, last) == (
        "Bring 2 pallets from Dock 3 to Packing 1; send 2 robots to Dock 1; park AMR-1 (after t1)"
    )


@pytest.mark.parametrize(
    ("task", "text"),
    [
        (TaskIr(ref="a", action=Action.TRANSPORT, target="Dock 1"), "Bring a load to Dock 1"),
        (
            TaskIr(ref="a", action=Action.TRANSPORT, source="A", stops=("B", "C"), target="D"),
            "Bring a load from A via B and C to D",
        ),
        (
            TaskIr(ref="a", action=Action.TRANSPORT, item="tote", target="Dock 1", robot="AMR-1", priority=Priority.URGENT),
            "Bring tote to Dock 1 with AMR-1 (urgent)",
        ),
        (
            TaskIr(ref="a", action=Action.GOTO, target="Dock 1", robot_type="AMR", not_before="15:00", priority=Priority.LOW),
            "Send an AMR to Dock 1 at 15:00 (low priority)",
        ),
        (
            TaskIr(ref="a", action=Action.GOTO, target="Dock 1", robot=("A", "B"), deadline=WithinMinutes(within_minutes=15)),
            "Send A and B to Dock 1 within 15 min",
        ),
        (
            TaskIr(ref="a", action=Action.PATROL, stops=("X", "Y", "Z"), repeat=Repeat(times=3), avoid=("Q",)),
            "Patrol X, Y and Z 3 times avoiding Q",
        ),
        (
            TaskIr(ref="a", action=Action.CLEAN, target="X", repeat=Repeat(every_minutes=30, until="14:00")),
            "Clean X every 30 min until 14:00",
        ),
        (TaskIr(ref="a", action=Action.GUIDE, source="X", target="Y", robot="Max"), "Guide from X to Y with Max"),
        (
            TaskIr(ref="a", action=Action.WAIT, target="X", robot="Max", duration_minutes=10, not_before=InMinutes(in_minutes=5)),
            "Let Max wait at X for 10 min in 5 min",
        ),
        (TaskIr(ref="a", action=Action.CHARGE, target="C", deadline="16:00"), "Send a robot to charge at C by 16:00"),
    ],
)
def test_each_action_and_condition_has_its_words(task: TaskIr, text: str) -> None:
    assert title_of(task) == text


def test_long_commands_end_in_how_many_more() -> None:
    assert title_of(*[BRING] * 30).endswith("; and 25 more")


@pytest.mark.parametrize(
    ("control", "text"),
    [
        (ControlIr(action=ControlAction.PAUSE, targets=("AMR-1", "AMR-2")), "Pause AMR-1 and AMR-2"),
        (ControlIr(action=ControlAction.EMERGENCY_STOP), "Stop all robots now"),
        (ControlIr(action=ControlAction.RECALL, excluded=("FL-1",)), "Send all robots home except FL-1"),
        (ControlIr(action=ControlAction.SET_SPEED, speed=Speed(percent=50), targets=("FL-1",)), "Limit FL-1 to 50 %"),
        (ControlIr(action=ControlAction.SET_SPEED, speed=Speed(mps=0.8)), "Limit all robots to 0.8 m/s"),
        (
            ControlIr(action=ControlAction.CLOSE_AREA, targets=("X",), until=WithinMinutes(within_minutes=10)),
            "Close X for 10 min",
        ),
        (ControlIr(action=ControlAction.CLOSE_AREA, targets=("X",), until="14:00"), "Close X until 14:00"),
        (ControlIr(action=ControlAction.OPEN_AREA), "Open everything"),
        (ControlIr(action=ControlAction.CANCEL), "Cancel all missions"),
    ],
)
def test_controls_have_their_words(control: ControlIr, text: str) -> None:
    assert title(CommandIr(outcome=Outcome.CONTROL, control=control)) == text


def test_other_outcomes_say_what_they_are() -> None:
    assert title(CommandIr(outcome=Outcome.CLARIFY, why="Which dock?")) == "Which dock?"
    assert (
        title(CommandIr(outcome=Outcome.QUERY, query=QueryIr(about=QueryAbout.LOCATION, targets=("TUG-5",)))) == "Where is TUG-5?"
    )
    assert title_of(BRING, control=ControlIr(action=ControlAction.PAUSE, targets=("A",))).endswith("Packing 1; pause A")


def test_a_lowered_task_has_a_title_of_its_own() -> None:
    spec = TaskSpec(mission="M", action=Action.TRANSPORT, source="A", target="B", item="tray set", quantity=3, robot="Max")
    assert task_title(spec) == "Bring 3 tray sets from A to B with Max"


def test_plurals_are_of_the_thing_and_not_of_its_content() -> None:
    items = ["pallet of water", "box", "tray", "battery", "documents", "空餐盘"]
    assert [plural(i) for i in items] == ["pallets of water", "boxes", "trays", "batteries", "documents", "× 空餐盘"]


# ---- controls: what they touch ----


def task(name: str, phase: Phase, robot: str = "", **spec: Any) -> Any:
    fields: dict[str, Any] = {"mission": "M-1", "action": Action.TRANSPORT, "source": "Dock 1", "target": "Packing 1", **spec}
    status = TaskStatus(phase=phase, robot=robot, eta_at=sites.NOW + 180)
    return sites.resource(Kind.TASK, name, TaskSpec(**fields), status)


BUSY = sites.site(
    sites.resource(Kind.MISSION, "M-1", MissionSpec(title="one"), MissionStatus(phase=Phase.RUNNING)),
    sites.resource(Kind.MISSION, "M-0", MissionSpec(title="old"), MissionStatus(phase=Phase.DONE)),
    task("M-1-1", Phase.RUNNING, "AMR-1"),
    task("M-1-2", Phase.PENDING),
    task("M-0-1", Phase.DONE, "AMR-2"),
    sites.robot("AMR-1", status={"task": "M-1-1", "activity": RobotActivity.MOVING}),
    sites.robot("AMR-2", node="n0_0", status={"charging": True, "activity": RobotActivity.CHARGING, "battery_pct": 63.4}),
    sites.resource(Kind.CLOSURE, "c", ClosureSpec(targets=("Storage",)), ClosureStatus()),
)


def targets(action: ControlAction, *names: str, spared: tuple[str, ...] = ()) -> Targets:
    return resolve_targets(ControlIr(action=action, targets=names or ("all",), excluded=spared), BUSY)


def test_targets_are_robots_types_missions_tasks_places_and_areas() -> None:
    pause = ControlAction.PAUSE
    assert targets(pause).robots == ("AMR-1", "AMR-2", "AMR-3", "FL-1")
    assert targets(pause, "AMR", "FL-1", spared=("AMR-2",)).robots == ("AMR-1", "AMR-3", "FL-1")
    assert targets(pause, "Inbound") == Targets(robots=("AMR-2",))  # who stands there
    assert targets(ControlAction.CANCEL) == Targets(missions=("M-1",))
    assert targets(ControlAction.CANCEL, "M-1-2", "M-1") == Targets(missions=("M-1",), tasks=("M-1-2",))
    assert targets(ControlAction.CLOSE_AREA, "Packing", spared=("Packing 2",)).places == ("Packing 1",)
    assert targets(ControlAction.OPEN_AREA).places == ("Rack A-02",)  # what is closed, not the break room


def test_an_unknown_target_is_refused_with_suggestions() -> None:
    with pytest.raises(NotFound) as error:
        targets(ControlAction.PAUSE, "AMR-33")
    assert error.value.fix == "did you mean AMR-3, AMR-1, AMR-2?"


@pytest.mark.parametrize(
    ("control", "text"),
    [
        (ControlIr(action=ControlAction.PAUSE, targets=("AMR",)), "Pauses 3 robots: AMR-1, AMR-2 and AMR-3"),
        (ControlIr(action=ControlAction.RESUME, targets=("AMR-1",)), "Resumes 1 robot: AMR-1"),
        (ControlIr(action=ControlAction.CANCEL), "Cancels 1 mission: M-1; AMR-1 is at work on it"),
        (ControlIr(action=ControlAction.CANCEL, targets=("AMR-1",)), "Cancels 1 task: M-1-1; AMR-1 is at work on it"),
        (ControlIr(action=ControlAction.CANCEL, targets=("AMR-3",)), "Cancels nothing: nothing is open there"),
        (
            ControlIr(action=ControlAction.CLOSE_AREA, targets=("Dock 1",)),
            "Closes 1 place: Dock 1; no robot enters; AMR-2 is there now; 2 open tasks: M-1-1 and M-1-2 must wait",
        ),
        (ControlIr(action=ControlAction.OPEN_AREA), "Opens 1 place: Rack A-02"),
        (ControlIr(action=ControlAction.PAUSE, targets=("Crossing",)), "Touches nothing: no robot is meant"),
    ],
)
def test_an_effect_says_what_is_touched_just_now(control: ControlIr, text: str) -> None:
    assert effect(control, BUSY) == text


# ---- answers ----


@pytest.mark.parametrize(
    ("about", "names", "text"),
    [
        (QueryAbout.BATTERY, ("AMR-2",), "AMR-2: 63 %, charging (2 s ago)"),
        (QueryAbout.LOCATION, ("AMR-2",), "AMR-2 is at Dock 1 (2 s ago)"),
        (
            QueryAbout.LOCATION,
            ("AMR-1",),
            "AMR-1 is 5 m from Packing 1, on its way: bring a load from Dock 1 to Packing 1 (2 s ago)",
        ),
        (QueryAbout.LOCATION, ("Dock 1",), "Dock 1: AMR-2"),
        (QueryAbout.STATUS, ("FL-1",), "FL-1: idle (2 s ago)"),
        (QueryAbout.STATUS, ("AMR-1",), "AMR-1: moving, bring a load from Dock 1 to Packing 1 (2 s ago)"),
        (QueryAbout.STATUS, ("M-1",), "Bring a load from Dock 1 to Packing 1 (M-1-1): running by AMR-1, done in about 3 min\n"
         "Bring a load from Dock 1 to Packing 1 (M-1-2): pending, done in about 3 min"),
        (QueryAbout.STATUS, ("Dock 1",), "Dock 1: AMR-2; AMR-1 is on its way, done in about 3 min"),
        (QueryAbout.STATUS, ("Rack A-02",), "Rack A-02: no robot, closed"),
        (QueryAbout.COUNT, (), "4 robots: 1 moving, 1 charging and 2 idle"),
        (QueryAbout.COUNT, ("forklift",), "1 robot: 1 idle"),
        (QueryAbout.COUNT, ("Inbound",), "1 robot at Inbound: AMR-2"),
        (QueryAbout.ETA, ("AMR-1",), "Bring a load from Dock 1 to Packing 1 (M-1-1): running by AMR-1, done in about 3 min"),
        (QueryAbout.ETA, ("AMR-3",), "Nothing is on its way"),
        (QueryAbout.TASKS, ("FL-1",), "No open tasks"),
        (QueryAbout.TASKS, ("M-1-2",), "Bring a load from Dock 1 to Packing 1 (M-1-2): pending, done in about 3 min"),
    ],
)  # fmt: skip
def test_answers_come_from_live_state_with_their_age(about: QueryAbout, names: tuple[str, ...], text: str) -> None:
    assert answer(QueryIr(about=about, targets=names), BUSY, sites.NOW) == text


def test_a_robot_that_never_reported_and_old_news_say_so() -> None:
    site = sites.site(
        sites.robot("AMR-1", status={"reported_at": 0.0, "battery_pct": None}),
        sites.robot("AMR-2", status={"reported_at": sites.NOW - 7200}),
    )
    query = QueryIr(about=QueryAbout.BATTERY, targets=("AMR-1", "AMR-2"))
    assert answer(query, site, sites.NOW) == "AMR-1: unknown (never reported)\nAMR-2: 80 % (2 h ago)"


def test_a_question_about_an_unknown_robot_is_refused() -> None:
    with pytest.raises(NotFound):
        answer(QueryIr(about=QueryAbout.BATTERY, targets=("AMR-9",)), BUSY, sites.NOW)
