"""Whatever a translator sends: it is refused with words, or it can be lowered, planned and shown."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

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
from fleet.contracts.errors import InvalidInput
from fleet.planning.solve import plan
from fleet.tasks.canonical import canonicalise
from fleet.tasks.effect import control_preview
from fleet.tasks.lower import lower
from fleet.tasks.planning_view import plan_request, preview
from fleet.tasks.readback import answer, title
from fleet.tasks.steps import node_of, steps_of
from fleet.tasks.trips import LOWERED_TASKS_MAX
from fleet.tasks.validate import find_problems, warnings
from tests.unit import sites

SITE = sites.site()
TRAVEL = SITE.travel_times()
PLACES = [*SITE.graph.places, "dock 3", "Packing", "Mars", ""]
ROBOTS = [*SITE.robots, "amr 1", "Bob"]
NUMBERS = st.sampled_from([-1, 0, 0.5, 1, 2, 30, 1e9, float("nan"), float("inf")])
CLOCKS = st.sampled_from(["09:00", "11:00", "23:59", "25:00", "soon", ""])

repeats = st.builds(
    Repeat,
    times=st.none() | st.sampled_from([0, 1, 3, 10**9]),
    every_minutes=st.none() | NUMBERS,
    until=st.none() | CLOCKS,
)
tasks = st.builds(
    TaskIr,
    ref=st.sampled_from(["t1", "t2", "t3", ""]),
    action=st.sampled_from(Action),
    source=st.none() | st.sampled_from(PLACES),
    target=st.none() | st.sampled_from(PLACES),
    stops=st.lists(st.sampled_from(PLACES), max_size=3).map(tuple),
    item=st.none() | st.sampled_from([*SITE.items, "totes", "piano", ""]),
    quantity=st.sampled_from([-1, 0, 1, 1, 2, 7, 200, 10**9]),
    robot=st.none() | st.sampled_from(ROBOTS) | st.lists(st.sampled_from(ROBOTS), max_size=3).map(tuple),
    robot_type=st.sampled_from([None, None, "AMR", "forklift", "cart bot", "drone"]),
    robots_needed=st.sampled_from([1, 1, 1, 2, 4, 0, 10**9]),
    repeat=st.none() | repeats,
    priority=st.sampled_from(Priority),
    not_before=st.none() | CLOCKS | st.builds(InMinutes, in_minutes=NUMBERS),
    deadline=st.none() | CLOCKS | st.builds(WithinMinutes, within_minutes=NUMBERS),
    after=st.lists(st.sampled_from(["t1", "t2", "t9"]), max_size=2).map(tuple),
    avoid=st.lists(st.sampled_from(PLACES), max_size=2).map(tuple),
    duration_minutes=st.none() | NUMBERS,
)


@st.composite
def fair_plans(draw: st.DrawFn) -> CommandIr:
    """Nearly always possible, so that the far side of validation is reached as well."""
    made: list[TaskIr] = []
    for n in range(draw(st.integers(1, 4))):
        action = draw(st.sampled_from([Action.TRANSPORT, Action.GOTO, Action.CHARGE, Action.PARK, Action.WAIT, Action.PATROL]))
        item = draw(st.sampled_from(["totes", "tote", "water", "piano", None])) if action is Action.TRANSPORT else None
        named = [None, "AMR-3" if action is Action.PATROL else "FL-1", ("AMR-1", "amr 2")]
        several = action is not Action.CHARGE and item != "water"
        made.append(
            TaskIr(
                ref=f"t{n}",
                action=action,
                source=draw(st.sampled_from(["Dock 1", "door 2"])) if action is Action.TRANSPORT else None,
                target=draw(st.sampled_from(["Charger 1", "charger-2"])) if action is not Action.PATROL else None,
                stops=("dock 3", "Packing") if action is Action.PATROL else (),
                item=item,
                quantity=draw(st.integers(1, 9)) if action is Action.TRANSPORT else 1,
                robot=draw(st.sampled_from(named)) if several else None,
                robots_needed=draw(st.sampled_from([1, 1, 2])) if several else 1,
                repeat=draw(st.sampled_from([None, None, Repeat(times=2), Repeat(every_minutes=60)])),
                priority=draw(st.sampled_from(Priority)),
                not_before=draw(st.sampled_from([None, "11:00", InMinutes(in_minutes=5)])),
                deadline=draw(st.sampled_from([None, "15:00"])),
                after=tuple(draw(st.sets(st.sampled_from([t.ref for t in made]), max_size=2))) if made else (),
                avoid=draw(st.sampled_from([(), ("Crossing",)])),
            )
        )
    return CommandIr(outcome=Outcome.PLAN, tasks=tuple(made))


TARGETS = st.lists(st.sampled_from([*ROBOTS, *PLACES, "AMR", "all", "forks", "Inbound"]), max_size=3).map(tuple)
controls = st.builds(
    ControlIr,
    action=st.sampled_from(ControlAction),
    targets=TARGETS,
    excluded=TARGETS,
    until=st.none() | CLOCKS | st.builds(WithinMinutes, within_minutes=NUMBERS),
    speed=st.none() | st.builds(Speed, percent=st.none() | NUMBERS, mps=st.none() | NUMBERS),
)
queries = st.builds(QueryIr, about=st.sampled_from(QueryAbout), targets=TARGETS)
commands = st.builds(
    CommandIr,
    outcome=st.sampled_from(Outcome),
    tasks=st.lists(tasks, max_size=3).map(tuple),
    control=st.none() | controls,
    query=st.none() | queries,
    why=st.just("why"),
)


def carry_out(ir: CommandIr) -> list[InvalidInput]:
    """What the cloud does with a command, from names to preview."""
    ir = canonicalise(ir, SITE)
    assert canonicalise(ir, SITE) == ir
    title(ir)
    warnings(ir, SITE)
    problems = find_problems(ir, SITE, sites.NOW)
    if problems:
        return problems
    if ir.control is not None:
        assert control_preview(ir.control, SITE).effect
    if ir.query is not None:
        assert answer(ir.query, SITE, sites.NOW)
    lowered = lower(ir, SITE, mission="M", now=sites.NOW)
    assert len(lowered) <= LOWERED_TASKS_MAX
    assert len({t.metadata.name for t in lowered}) == len(lowered)
    names = {t.metadata.name for t in lowered}
    for task in lowered:
        assert set(task.spec.after) <= names
        for robot in SITE.robots.values():
            for step in steps_of(task.spec, robot.spec, robot.model, SITE, at_node=robot.status.last_node):
                assert not step.place or node_of(step.place, SITE) in SITE.graph.nodes
    if len(lowered) <= 40:
        request = plan_request(SITE, lowered, now=sites.NOW, travel=TRAVEL)
        result = plan(request, budget_s=0)
        shown = preview(SITE, lowered, result)
        assert len(shown.tasks) == len(lowered)
        # a validated plan can be done by somebody, as long as all robots are there
        assert not result.unassigned
    return []


@settings(max_examples=300, deadline=None)
@given(commands)
def test_any_command_is_refused_with_field_and_fix_or_carried_out(ir: CommandIr) -> None:
    for problem in carry_out(ir):
        assert problem.field
        assert problem.fix
        assert problem.detail


@settings(max_examples=200, deadline=None)
@given(fair_plans())
def test_fair_plans_are_carried_out(ir: CommandIr) -> None:
    assert carry_out(ir) == []


@settings(max_examples=100, deadline=None)
@given(
    st.integers(1, 200),
    st.sampled_from([None, "AMR-1", "FL-1", ("AMR-1", "AMR-2")]),
    st.sampled_from(["tote", "pallet of water", None]),
)
def test_trips_carry_exactly_the_quantity_and_never_more_than_the_robot_can(quantity: int, robot: Any, item: str | None) -> None:
    task = TaskIr(ref="t", action=Action.TRANSPORT, source="Dock 1", target="Dock 2", item=item, quantity=quantity, robot=robot)
    ir = CommandIr(outcome=Outcome.PLAN, tasks=(task,))
    if find_problems(ir, SITE, sites.NOW):
        assert item == "pallet of water"
        assert robot != "FL-1"
        assert robot is not None
        return
    trips = lower(ir, SITE, mission="M", now=sites.NOW)
    shares = len(robot) if isinstance(robot, tuple) else 1
    assert sum(t.spec.quantity for t in trips) == max(quantity, shares)
    strongest = max(r.payload_kg for r in SITE.robots.values())
    for trip in trips:
        limit = SITE.robots[trip.spec.robot].payload_kg if trip.spec.robot else strongest
        assert (trip.spec.load_kg or 0) <= limit


def test_the_ir_of_the_benchmark_decodes() -> None:
    text = b'{"outcome":"plan","tasks":[{"ref":"t1","action":"transport","from":"Dock 1","to":"Dock 2","item":"tote"}]}'
    assert carry_out(msgspec.json.decode(text, type=CommandIr)) == []
