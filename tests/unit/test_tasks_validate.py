"""What a site cannot do is refused before anything is stored, with the field and the way out."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from fleet.contracts.command_ir import (
    Action,
    CommandIr,
    ControlAction,
    ControlIr,
    InMinutes,
    Outcome,
    QueryAbout,
    QueryIr,
    Repeat,
    Speed,
    TaskIr,
    WithinMinutes,
)
from fleet.contracts.errors import InvalidInput, NotFound
from fleet.contracts.resources import ClosureSpec, ClosureStatus, Kind
from fleet.tasks.validate import InvalidCommand, find_problems, validate, warnings
from tests.unit import sites

SITE = sites.site()
BRING = TaskIr(ref="t1", action=Action.TRANSPORT, source="Dock 3", target="Packing 1", item="tote", quantity=2)


def plan(*tasks: TaskIr) -> CommandIr:
    return CommandIr(outcome=Outcome.PLAN, tasks=tasks)


def but(task: TaskIr = BRING, **changes: Any) -> CommandIr:
    return plan(msgspec.structs.replace(task, **changes))


def problems(ir: CommandIr) -> list[tuple[str, str, str]]:
    return [(p.field, p.detail, p.fix) for p in find_problems(ir, SITE, sites.NOW)]


GOOD = [
    but(),
    but(item=None, quantity=1),
    but(stops=("Dock 1", "Rack A-02")),  # on the way, with the load
    but(item="piano"),  # items may be free text: their weight is unknown, and a warning says so
    but(item="pallet of water", source=None, quantity=3, robot="FL-1"),
    but(robot=("AMR-1", "AMR-2"), robots_needed=2),
    but(robot_type="forklift", not_before="11:00", deadline="12:00"),
    but(repeat=Repeat(every_minutes=30, until="14:00")),
    but(not_before=InMinutes(in_minutes=5), deadline=WithinMinutes(within_minutes=20)),
    but(avoid=("Crossing", "Break Room")),
    plan(BRING, TaskIr(ref="t2", action=Action.CHARGE, robot="AMR-1", after=("t1",))),
    plan(TaskIr(ref="a", action=Action.PATROL, stops=("Dock 1", "Dock 2", "Dock 1"), repeat=Repeat(times=3))),
    plan(TaskIr(ref="a", action=Action.WAIT, robot="AMR-1", duration_minutes=10)),
    plan(TaskIr(ref="a", action=Action.PARK)),
    plan(TaskIr(ref="a", action=Action.CLEAN, target="Dock 1")),
    CommandIr(outcome=Outcome.CONTROL, control=ControlIr(action=ControlAction.PAUSE)),
    CommandIr(outcome=Outcome.CONTROL, control=ControlIr(action=ControlAction.SET_SPEED, speed=Speed(percent=50))),
    CommandIr(outcome=Outcome.CONTROL, control=ControlIr(action=ControlAction.CLOSE_AREA, targets=("Storage", "Dock 1"))),
    CommandIr(outcome=Outcome.QUERY, query=QueryIr(about=QueryAbout.LOCATION, targets=("AMR-1",))),
    CommandIr(outcome=Outcome.CLARIFY, why="which dock?"),
]


@pytest.mark.parametrize("ir", GOOD)
def test_what_the_site_can_do_is_accepted(ir: CommandIr) -> None:
    assert problems(ir) == []
    validate(ir, SITE, sites.NOW)


BAD: list[tuple[CommandIr, str, str, str]] = [
    (but(source="Dok 3"), "tasks[0].from", "there is no place 'Dok 3' on this site", "did you mean Dock 3, Dock 1 or Dock 2?"),
    (but(target="dock 1"), "tasks[0].to", "there is no place 'dock 1' on this site", "did you mean Dock 1, Dock 2 or Dock 3?"),
    (but(target="Packing"), "tasks[0].to", "Packing is an area", "name one place: Packing 1 or Packing 2"),
    (but(target="Break Room"), "tasks[0].to", "no robot may enter Break Room", "name another place"),
    (but(avoid=("Mars",)), "tasks[0].avoid[0]", "there is no place 'Mars' on this site", "name a place of this site"),
    (but(target=None), "tasks[0].to", "where to?", "name the place to bring it to"),
    (
        but(source=None),
        "tasks[0].from",
        "where is tote to be fetched?",
        "name a place, or give the item a home in the layout",
    ),
    (but(target="Dock 3"), "tasks[0].to", "from Dock 3 to Dock 3", "name two places"),
    (but(stops=("Dock 1", "Break Room")), "tasks[0].stops[1]", "no robot may enter Break Room", "name another place"),
    (but(item="totes"), "tasks[0].item", "'totes' is not the item's own name", "write tote"),
    (but(item="x" * 65), "tasks[0].item", "65 characters", "use 1 to 64"),
    (but(robot="AMR-9"), "tasks[0].robot", "there is no robot 'AMR-9' on this site", "did you mean AMR-1, AMR-2 or AMR-3?"),
    (
        but(robot_type="drone"),
        "tasks[0].robot_type",
        "there is no robot type 'drone' on this site",
        "name a robot type of this site",
    ),
    (but(robot="AMR-1", robot_type="forklift"), "tasks[0].robot_type", "AMR-1 is a AMR, not a forklift", "leave the type out"),
    (
        plan(TaskIr(ref="a", action=Action.CLEAN, target="Dock 1", robot="AMR-1")),
        "tasks[0].robot",
        "AMR-1 cannot clean",
        "FL-1 can",
    ),
    (
        plan(TaskIr(ref="a", action=Action.DISINFECT, target="Dock 1")),
        "tasks[0].action",
        "no robot in service can disinfect",
        "no robot of this site has that capability",
    ),
    (
        but(item="engine block", quantity=1),
        "tasks[0].item",
        "no robot can carry 900 kg (engine block); the strongest, FL-1, carries 500 kg",
        "split the load, or bring it by other means",
    ),
    (
        but(item="pallet of water", robot="AMR-1"),
        "tasks[0].robot",
        "AMR-1 carries 100 kg, one pallet of water weighs 400 kg",
        "FL-1 can carry it",
    ),
    (but(robots_needed=4, robot_type="AMR"), "tasks[0].robots_needed", "only AMR-1, AMR-2 and AMR-3 can do it", "use at most 3"),
    (but(quantity=0), "tasks[0].quantity", "0", "use 1 to 200"),
    (but(quantity=201), "tasks[0].quantity", "201", "use 1 to 200"),
    (but(ref=""), "tasks[0].ref", "0 characters", "use 1 to 32"),
    (but(deadline="09:10"), "tasks[0].deadline", "09:10 is past", "give a time ahead"),
    (
        but(not_before="12:00", deadline="11:00"),
        "tasks[0].deadline",
        "it would have to end before it may begin",
        "give a deadline after not_before",
    ),
    (but(repeat=Repeat()), "tasks[0].repeat", "how often?", "give times or every_minutes"),
    (but(repeat=Repeat(every_minutes=0.1)), "tasks[0].repeat.every_minutes", "every 0.1 minutes", "use 1 or more"),
    (but(repeat=Repeat(every_minutes=5, until="08:00")), "tasks[0].repeat.until", "08:00 is past", "give a time ahead"),
    (but(quantity=200, item="tote", repeat=Repeat(times=11)), "tasks", "550 trips", "ask for at most 500 trips at once"),
    (but(after=("t1",)), "tasks[0].after", "t1 waits for itself through t1", "break the circle"),
    (but(after=("t7",)), "tasks[0].after", "there is no task 't7'", "name refs of this command: t1"),
    (plan(BRING, BRING), "tasks[1].ref", "'t1' is there twice", "give each task its own ref"),
    (
        plan(TaskIr(ref="a", action=Action.CHARGE, robot="AMR-1", target="Dock 1")),
        "tasks[0].to",
        "Dock 1 is no charger",
        "use Charger 1 or Charger 2, or leave it out",
    ),
    (plan(TaskIr(ref="a", action=Action.GOTO)), "tasks[0].to", "where to goto?", "name a place or stops"),
    (
        plan(TaskIr(ref="a", action=Action.WAIT, duration_minutes=-1)),
        "tasks[0].duration_minutes",
        "-1 minutes",
        "use up to 1440",
    ),
    (plan(), "tasks", "a plan without tasks", "give at least one task"),
    (CommandIr(outcome=Outcome.CONTROL), "control", "a control without what to do", "give control.action"),
    (CommandIr(outcome=Outcome.REJECT, tasks=(BRING,)), "outcome", "reject with something to do", "leave tasks and control out"),
]


@pytest.mark.parametrize(("ir", "field", "detail", "fix"), BAD)
def test_each_problem_names_the_field_and_the_way_out(ir: CommandIr, field: str, detail: str, fix: str) -> None:
    assert problems(ir) == [(field, detail, fix)]


@pytest.mark.parametrize(
    ("control", "field"),
    [
        (ControlIr(action=ControlAction.PAUSE, targets=("AMR-7",)), "control.targets[0]"),
        (ControlIr(action=ControlAction.PAUSE, excluded=("AMR-7",)), "control.except[0]"),
        (ControlIr(action=ControlAction.PAUSE, targets=()), "control.targets"),
        (ControlIr(action=ControlAction.SET_SPEED), "control.speed"),
        (ControlIr(action=ControlAction.SET_SPEED, speed=Speed(percent=0)), "control.speed"),
        (ControlIr(action=ControlAction.SET_SPEED, speed=Speed(percent=5, mps=1)), "control.speed"),
        (ControlIr(action=ControlAction.PAUSE, speed=Speed(percent=5)), "control.speed"),
        (ControlIr(action=ControlAction.CLOSE_AREA, targets=("AMR-1",)), "control.targets"),
        (ControlIr(action=ControlAction.CLOSE_AREA, targets=("Dock 1",), until="09:00"), "control.until"),
        (ControlIr(action=ControlAction.CLOSE_AREA, targets=("Dock 1",), until="soon"), "control.until"),
        (ControlIr(action=ControlAction.RECALL, targets=("Crossing",)), "control.targets"),
    ],
)
def test_a_control_must_act_on_something_that_is_there(control: ControlIr, field: str) -> None:
    assert [p[0] for p in problems(CommandIr(outcome=Outcome.CONTROL, control=control))] == [field]


def test_a_query_about_an_unknown_name_is_refused_with_suggestions() -> None:
    [(field, _, fix)] = problems(CommandIr(outcome=Outcome.QUERY, query=QueryIr(about=QueryAbout.ETA, targets=("AMR-11",))))
    assert (field, fix) == ("query.targets[0]", "did you mean AMR-1, AMR-2, AMR-3?")


def test_a_closed_place_and_a_robot_out_of_service_are_refused() -> None:
    closure = sites.resource(Kind.CLOSURE, "c", ClosureSpec(targets=("Packing",)), ClosureStatus())
    site = sites.site(closure, sites.robot("AMR-1", enabled=False))
    found = find_problems(but(robot="AMR-1"), site, sites.NOW)
    assert [str(p) for p in found] == [
        "tasks[0].to: Packing 1 is closed (open it first, or name another place)",
        "tasks[0].robot: AMR-1 is out of service (name another robot, or enable it)",
    ]


def test_the_error_is_the_first_problem_and_carries_all() -> None:
    with pytest.raises(InvalidCommand) as error:
        validate(but(source="Dok 3", robot="AMR-9"), SITE, sites.NOW)
    assert isinstance(error.value, InvalidInput)
    assert [type(p) for p in error.value.problems] == [NotFound, NotFound]
    assert error.value.field == error.value.problems[0].field == "tasks[0].from"


def test_more_than_a_hundred_tasks_are_refused_and_only_so_many_are_looked_at() -> None:
    tasks = [msgspec.structs.replace(BRING, ref=f"t{i}", source="nowhere") for i in range(150)]
    found = find_problems(plan(*tasks), SITE, sites.NOW)
    assert (found[0].field, len(found)) == ("tasks", 101)


def test_unknown_weights_and_endless_series_are_warned_of() -> None:
    assert warnings(but(item="piano"), SITE) == ("'piano' is not a known item of this site: its weight is not checked",)
    assert warnings(but(item="pallet"), SITE) == ("the weight of pallet is not known: payload is not checked",)
    assert warnings(but(repeat=Repeat(every_minutes=30)), SITE) == ("it repeats for 8 hours, since no end was given",)
    assert warnings(but(), SITE) == ()
