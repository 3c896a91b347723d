"""The cloud's pure decisions: changes, commands, controls, dispatch, links, stop words, what an edge node may say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.core import missions
from cloud.core.admission import admit, removal
from cloud.core.apply import apply
from cloud.core.changes import Applied, Change, Op, PutCommand, PutSpec, PutStatus, Remove, SendControl
from cloud.core.commands import TRANSITIONS, answered, check_sentence, expired, interrupted, move
from cloud.core.controls import control_ops, stop_all
from cloud.core.dispatch import apply_plan, snapshot, waiting_tasks
from cloud.core.inbound import inbound_ops
from cloud.core.links import OFFLINE_S, SUSPECT_S, Link, judge, reported, with_link
from cloud.core.missions import Origin
from cloud.core.model import Model
from cloud.hub.answers import snapshot_items
from fleet.contracts import manifest
from fleet.contracts.command_ir import Action, CommandIr, ControlAction, ControlIr, Outcome, TaskIr
from fleet.contracts.commands import Command, CommandState
from fleet.contracts.errors import Conflict, FleetError, InvalidInput, NotFound
from fleet.contracts.resources import (
    AnyResource,
    ClosureSpec,
    Desired,
    EdgeNodeSpec,
    EdgeNodeStatus,
    Kind,
    MissionStatus,
    Phase,
    RobotStatus,
    TaskStatus,
)
from fleet.contracts.wire import ApplyResource, ControlCommand, DeleteResource, Event, StatusReport
from fleet.planning.solve import plan
from fleet.sync.effects import Delivered
from fleet.sync.view import LinkState, View
from tests.unit import sites
from tests.unit.sites import NOW, SITE

IR = CommandIr(
    outcome=Outcome.PLAN,
    tasks=(TaskIr(ref="t1", action=Action.TRANSPORT, item="tote", source="Dock 1", target="Packing 1"),),
)


def model(*more: AnyResource) -> Model:
    return Model(sites.resources(*more), version=100)


def do(on: Model, *ops: Op) -> Applied:
    applied = apply(on, Change(tuple(ops)), now=NOW, new_uid=lambda: "uid")
    on.fold(applied)
    return applied


def with_mission(count: int = 1) -> Model:
    on = model()
    for number in range(count):
        site = sites.Site.build(SITE, on.resources(), NOW)
        tasks = missions.tasks_of_plan(missions.understood(IR, site, NOW), site, mission=f"m-{number}", now=NOW)
        do(on, *missions.creation(tasks, site, mission=f"m-{number}", origin=Origin("Bring it"), now=NOW))
    return on


# ---- changes --------------------------------------------------------------------------------------------------------


def test_a_spec_change_raises_the_generation_and_is_sent_to_the_edge_that_drives_it() -> None:
    on = model()
    robot = on.need(Kind.ROBOT, "AMR-1")
    applied = do(on, PutSpec(Kind.ROBOT, "AMR-1", msgspec.structs.replace(robot.spec, paused=True)))
    assert on.need(Kind.ROBOT, "AMR-1").metadata.generation == robot.metadata.generation + 1
    assert on.need(Kind.ROBOT, "AMR-1").status == robot.status
    (send,) = applied.sends
    assert (send.edge, send.stream, send.key) == ("edge-1", "cfg", "Robot/AMR-1")


def test_a_change_that_changes_nothing_is_no_change() -> None:
    on = model()
    robot = on.need(Kind.ROBOT, "AMR-1")
    assert do(on, PutSpec(Kind.ROBOT, "AMR-1", robot.spec), PutStatus(Kind.ROBOT, "AMR-1", robot.status)).empty


def test_a_status_is_never_sent_down_and_never_raises_the_generation() -> None:
    on = model()
    before = on.need(Kind.ROBOT, "AMR-1").metadata
    applied = do(on, PutStatus(Kind.ROBOT, "AMR-1", RobotStatus(battery_pct=1.0)))
    after = on.need(Kind.ROBOT, "AMR-1").metadata
    assert (applied.sends, after.generation) == ((), before.generation)
    assert after.resource_version > before.resource_version


def test_a_conflict_anywhere_refuses_the_whole_change() -> None:
    on = model()
    spec = on.need(Kind.ROBOT, "AMR-1").spec
    before = on.resources()
    with pytest.raises(Conflict, match="changed meanwhile"):
        do(on, Remove(Kind.ROBOT, "FL-1"), PutSpec(Kind.ROBOT, "AMR-1", spec, expect_generation=99))
    assert on.resources() == before


@given(st.lists(st.sampled_from(["put", "change", "remove"]), max_size=30))
def test_generations_of_a_name_never_fall_whatever_is_done_to_it(verbs: list[str]) -> None:
    on, highest, count = model(), 0, 0
    for verb in verbs:
        count += 1
        spec = ClosureSpec(targets=("Dock 1",), reason=str(count) if verb == "change" else "")
        try:
            do(on, Remove(Kind.CLOSURE, "c") if verb == "remove" else PutSpec(Kind.CLOSURE, "c", spec, site=SITE))
        except NotFound:
            continue
        found = on.get(Kind.CLOSURE, "c")
        generation = found.metadata.generation if found else on.tombstones[(Kind.CLOSURE, "c")]
        assert generation >= highest
        highest = generation


def test_a_new_edge_node_is_told_everything_of_its_site_once_in_the_order_that_it_needs() -> None:
    on = Model(r for r in sites.resources() if r.kind is not Kind.EDGE_NODE)
    do(on, PutSpec(Kind.EDGE_NODE, "edge-1", EdgeNodeSpec(layout="ground"), site=SITE))
    keys = [key for key, _ in snapshot_items(on, "edge-1", SITE)]
    assert len(keys) == len(set(keys)) == len(on.resources())
    assert [k.split("/")[0] for k in keys] == sorted(
        (k.split("/")[0] for k in keys), key=["EdgeNode", "Layout", "RobotModel", "Robot"].index
    )


def test_an_edge_node_that_comes_back_with_a_new_store_is_not_told_of_what_has_ended() -> None:
    """Its old store held the proof that these were done: told again without it, it would do them a second time."""
    on = with_mission(3)
    for number, phase in enumerate((Phase.DONE, Phase.CANCELLED)):
        do(on, PutStatus(Kind.TASK, f"m-{number}-1", TaskStatus(phase=phase)))
        do(on, PutStatus(Kind.MISSION, f"m-{number}", MissionStatus(phase=phase)))
    told = [key for key, _ in snapshot_items(on, "edge-1", SITE)]
    assert [key for key in told if key.startswith(("Mission/", "Task/"))] == ["Mission/m-2", "Task/m-2-1"]
    assert {"Layout/ground", "Robot/AMR-1", "EdgeNode/edge-1"} <= set(told)


def test_missions_go_to_the_edge_node_that_drives_the_robots_not_to_the_first_by_name() -> None:
    on = model()
    do(on, PutSpec(Kind.EDGE_NODE, "aaa", EdgeNodeSpec(), site=SITE))
    assert sites.Site.build(SITE, on.resources(), NOW).edge == "edge-1"


def test_a_robot_that_moves_to_another_edge_node_leaves_the_first() -> None:
    on = model()
    do(on, PutSpec(Kind.EDGE_NODE, "edge-2", EdgeNodeSpec(), site=SITE))
    spec = msgspec.structs.replace(on.need(Kind.ROBOT, "AMR-1").spec, edge="edge-2")
    sends = do(on, PutSpec(Kind.ROBOT, "AMR-1", spec)).sends
    assert {(s.edge, type(s.message)) for s in sends} == {("edge-2", ApplyResource), ("edge-1", DeleteResource)}


def test_a_control_goes_to_every_edge_node_unless_some_are_named() -> None:
    on = model()
    do(on, PutSpec(Kind.EDGE_NODE, "edge-2", EdgeNodeSpec(), site=SITE))
    stop = stop_all("s-1", by="x", now=NOW)
    assert {s.edge for s in do(on, SendControl(stop)).sends} == {"edge-1", "edge-2"}
    assert [s.edge for s in do(on, SendControl(stop, edges=("edge-2",))).sends] == ["edge-2"]


# ---- admission ------------------------------------------------------------------------------------------------------


def parsed(kind: str, name: str, **spec: Any) -> AnyResource:
    return manifest.typed({"kind": kind, "metadata": {"name": name}, "spec": spec})


def test_documents_may_refer_to_each_other_in_any_order() -> None:
    mission = parsed("Mission", "m", title="M", tasks=["m-1"])
    task = parsed("Task", "m-1", mission="m", action="goto", to="Dock 1")
    assert len(admit(model(), [task, mission], site=SITE)) == 2


@pytest.mark.parametrize(
    ("documents", "field"),
    [
        ([parsed("Mission", "m", title="M", tasks=["none"])], "spec.tasks"),
        ([parsed("Task", "t", mission="none", action="goto", to="Dock 1")], "spec.mission"),
        ([parsed("Mission", "m", title="M"), parsed("Task", "t", mission="m", action="goto", to="Nowhere")], "spec.to"),
        (
            [parsed("Mission", "m", title="M"), parsed("Task", "t", mission="m", action="goto", to="Dock 1", after=["t"])],
            "spec.after",
        ),
        (
            [parsed("Mission", "m", title="M"), parsed("Task", "t", mission="m", action="goto", to="Dock 1", quantity=-1)],
            "spec.quantity",
        ),
        (
            [parsed("Mission", "m", title="M"), parsed("Task", "t", mission="m", action="goto", to="Dock 1", load_kg=1e5)],
            "spec.load_kg",
        ),
        ([parsed("Closure", "c", targets=["Nowhere"])], "spec.targets[0]"),
        ([parsed("Closure", "c", targets=["Dock 1"], until_at=1e300)], "spec.until_at"),
        ([parsed("RobotModel", "x", type="AMR", manufacturer="A", dialect={"topic_prefix": "#"})], "spec.dialect.topic_prefix"),
        ([parsed("Robot", "R", model="none", serial_number="1")], "spec.model"),
        ([parsed("EdgeNode", "e", layout="none")], "spec.layout"),
        ([parsed("Closure", "c", targets=[])], "spec.targets"),
        ([parsed("RobotModel", "x", type="AMR", manufacturer="A", speed_mps_max=0)], "spec.speed_mps_max"),
        ([parsed("Closure", "c", targets=["a"]), parsed("Closure", "c", targets=["b"])], "documents"),
    ],
)
def test_what_refers_to_nothing_is_refused_with_its_field(documents: list[AnyResource], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        admit(model(), documents, site=SITE)
    assert refused.value.field == field
    assert refused.value.fix


def test_a_running_mission_must_be_cancelled_before_it_is_deleted_and_takes_its_tasks_along() -> None:
    on = with_mission()
    with pytest.raises(Conflict):
        removal(on, Kind.MISSION, "m-0")
    do(on, PutStatus(Kind.TASK, "m-0-1", TaskStatus(phase=Phase.CANCELLED)))
    do(on, *removal(on, Kind.MISSION, "m-0"))
    assert not on.of_kind(Kind.MISSION)
    assert not on.of_kind(Kind.TASK)


# ---- commands -------------------------------------------------------------------------------------------------------


def command(state: CommandState, **fields: Any) -> Command:
    return Command(id="c-1", site=SITE, text="bring a tote", state=state, created_at=NOW, **fields)


@pytest.mark.parametrize("state", list(CommandState))
@pytest.mark.parametrize("to", list(CommandState))
def test_a_command_moves_only_along_the_table(state: CommandState, to: CommandState) -> None:
    if to in TRANSITIONS[state]:
        assert move(command(state), to).state is to
    else:
        with pytest.raises(Conflict):
            move(command(state), to)


def test_two_confirmations_at_once_are_one() -> None:
    on = model()
    do(on, PutCommand(command(CommandState.PLANNED)))
    confirmed = PutCommand(command(CommandState.CONFIRMED), expect_state=CommandState.PLANNED)
    do(on, confirmed)
    with pytest.raises(Conflict):
        do(on, confirmed)


def test_plans_and_questions_expire_and_interrupted_translations_fail() -> None:
    late = command(CommandState.PLANNED, confirm_by_at=NOW - 1)
    assert [c.state for c in expired([late, command(CommandState.PLANNED, confirm_by_at=NOW + 1)], NOW)] == [CommandState.EXPIRED]
    assert [c.state for c in interrupted([command(CommandState.TRANSLATING), late])] == [CommandState.FAILED]


def test_an_answer_is_joined_with_the_question() -> None:
    again = answered(command(CommandState.CLARIFY, question="Where to?"), "to Packing 1")
    assert (again.text, again.state, again.question) == ("bring a tote. to Packing 1", CommandState.TRANSLATING, "")
    with pytest.raises(InvalidInput):
        check_sentence("x" * 501)


# ---- controls -------------------------------------------------------------------------------------------------------


def ops_of(on: Model, action: ControlAction, *targets: str, excluded: Sequence[str] = ()) -> list[Op]:
    site = sites.Site.build(SITE, on.resources(), NOW)
    control = ControlIr(action=action, targets=targets or ("all",), excluded=tuple(excluded))
    return control_ops(control, site, on, control_id="x", by="op", now=NOW)


def test_pause_is_a_wish_in_the_spec_and_resume_also_clears_the_latch() -> None:
    on = model()
    do(on, *ops_of(on, ControlAction.PAUSE, "all", excluded=["FL-1"]))
    assert [r.metadata.name for r in on.of_kind(Kind.ROBOT) if r.spec.paused] == ["AMR-1", "AMR-2", "AMR-3"]
    ops = ops_of(on, ControlAction.RESUME)
    do(on, *ops)
    assert not [r for r in on.of_kind(Kind.ROBOT) if r.spec.paused]
    assert [op.control.targets for op in ops if isinstance(op, SendControl)] == [("all",)]


def test_cancelling_a_robot_cancels_what_it_does_and_what_waits_for_it() -> None:
    on = with_mission(2)
    do(on, PutStatus(Kind.TASK, "m-0-1", TaskStatus(phase=Phase.RUNNING, robot="AMR-1")))
    do(on, *ops_of(on, ControlAction.CANCEL, "AMR-1"))
    assert {t.metadata.name: t.spec.desired for t in on.of_kind(Kind.TASK)} == {"m-0-1": Desired.CANCEL, "m-1-1": Desired.RUN}


def test_an_area_is_closed_as_a_resource_and_opened_place_by_place() -> None:
    on = model()
    do(on, *ops_of(on, ControlAction.CLOSE_AREA, "Inbound"))
    do(on, *ops_of(on, ControlAction.OPEN_AREA, "Dock 2"))
    assert [c.spec.targets for c in on.of_kind(Kind.CLOSURE)] == [("Dock 1", "Dock 3")]
    do(on, *ops_of(on, ControlAction.OPEN_AREA, "Inbound"))
    assert not on.of_kind(Kind.CLOSURE)
    with pytest.raises(FleetError):
        ops_of(on, ControlAction.OPEN_AREA, "Dock 1")


def test_what_is_being_cancelled_is_not_resumed() -> None:
    on = with_mission()
    do(on, *missions.steer_mission(on, "m-0", Desired.CANCEL))
    with pytest.raises(Conflict, match="cancelled"):
        missions.steer_mission(on, "m-0", Desired.RUN)


# ---- dispatch -------------------------------------------------------------------------------------------------------


def dispatch(on: Model, *, meanwhile: Sequence[Op] = ()) -> list[Op]:
    site = sites.Site.build(SITE, on.resources(), NOW)
    taken = snapshot(site, waiting_tasks(site), now=NOW, travel=site.travel_times())
    result = plan(taken.request, budget_s=0)
    if meanwhile:
        do(on, *meanwhile)
    return apply_plan(on, taken, result)


def test_every_waiting_task_gets_a_robot_and_each_robot_an_order() -> None:
    on = with_mission(10)
    do(on, *dispatch(on))
    given_to: dict[str, list[int]] = {}
    for task in on.of_kind(Kind.TASK):
        given_to.setdefault(task.spec.assignment.robot, []).append(task.spec.assignment.rank)
    assert sum(map(len, given_to.values())) == 10
    assert all(len(set(ranks)) == len(ranks) for ranks in given_to.values())


def test_a_second_run_on_an_unchanged_world_writes_nothing() -> None:
    on = with_mission(10)
    do(on, *dispatch(on))
    assert dispatch(on) == []


def test_a_task_that_began_or_changed_while_we_planned_is_left_alone() -> None:
    on = with_mission(3)
    began = PutStatus(Kind.TASK, "m-0-1", TaskStatus(phase=Phase.RUNNING, robot="AMR-1"))
    ops = dispatch(on, meanwhile=[began, *missions.steer_task(on, "m-1-1", Desired.PAUSE)])
    assert [op.name for op in ops if isinstance(op, PutSpec)] == ["m-2-1"]


def test_tasks_of_a_paused_mission_wait() -> None:
    on = with_mission(1)
    do(on, *missions.steer_mission(on, "m-0", Desired.PAUSE))
    assert dispatch(on) == []


# ---- edge nodes -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("silent_s", "link"),
    [
        (0, Link.ONLINE),
        (SUSPECT_S - 0.1, Link.ONLINE),
        (SUSPECT_S, Link.SUSPECT),
        (OFFLINE_S - 0.1, Link.SUSPECT),
        (OFFLINE_S, Link.OFFLINE),
    ],
)
def test_an_edge_node_is_judged_by_its_silence(silent_s: float, link: Link) -> None:
    assert judge(NOW - silent_s, NOW) is link
    assert judge(NOW - silent_s, NOW, said_goodbye=True) is Link.OFFLINE
    assert judge(None, NOW) is Link.UNKNOWN


def test_the_link_is_the_clouds_word_and_the_rest_the_edges() -> None:
    seen = with_link(EdgeNodeStatus(), Link.ONLINE, heard_at=NOW, view=_view(3))
    assert (seen.link, seen.backlog, seen.last_seen_at) == ("online", 3, NOW)
    assert with_link(seen, Link.ONLINE, heard_at=NOW + 5, view=_view(3)) is seen, "beats are not written one by one"
    merged = reported(seen, EdgeNodeStatus(link="lies", robots=8, stopped=True))
    assert (merged.link, merged.robots, merged.stopped) == ("online", 8, True)
    suspect = with_link(seen, Link.SUSPECT, heard_at=NOW, view=_view(3))
    assert [c.type for c in suspect.conditions] == ["Heard"]
    assert with_link(suspect, Link.ONLINE, heard_at=NOW + 16, view=_view(3)).conditions == ()


def _view(backlog: int) -> View:
    return View(LinkState.ONLINE, NOW, NOW, "equal", backlog, 0, None, 0, 1, 1, 0.0, None)


def said(on: Model, *messages: Any, edge: str = "edge-1") -> list[Op]:
    items = [Delivered(i + 1, "key", message) for i, message in enumerate(messages)]
    return inbound_ops(items, edge=edge, site=SITE, model=on, now=NOW)


def reasons(ops: Sequence[Op]) -> list[str]:
    return [op.event.reason for op in ops if hasattr(op, "event")]


def test_a_status_of_anothers_robot_an_unknown_kind_and_a_control_become_events() -> None:
    on = model()
    do(on, PutSpec(Kind.EDGE_NODE, "edge-2", EdgeNodeSpec(), site=SITE))
    wrong = [
        StatusReport(kind="Robot", name="AMR-1", status={}, at=NOW),
        StatusReport(kind="Spaceship", name="x", status={}, at=NOW),
        Event(id="1", at=NOW, level="panic", reason="X", subject="a/b", message=""),
        Event(id="a\x00b", at=NOW, level="info", reason="X", subject="a/b", message=""),
        Event(id="x" * 10_000, at=NOW, level="info", reason="X", subject="a/b", message=""),
        ControlCommand(id="c", action=ControlAction.PAUSE),
    ]
    assert reasons(said(on, *wrong, edge="edge-2")) == ["BadMessage"] * 6


def test_a_late_status_of_a_deleted_resource_is_dropped() -> None:
    assert said(model(), StatusReport(kind="Task", name="gone", status={}, at=NOW)) == []


def made(on: Model, generation: int, **spec: Any) -> list[Op]:
    robot = manifest.to_document(on.need(Kind.ROBOT, "AMR-1"))
    robot["metadata"]["generation"] = generation
    robot["spec"].update(spec)
    return said(on, ApplyResource(resource=robot))


@pytest.mark.parametrize("generation", [-1, 2**31, 2**63, 10**30])
def test_a_generation_that_no_database_holds_is_not_taken_in(generation: int) -> None:
    on = model()
    assert reasons(made(on, generation, paused=True)) == ["BadMessage"]
    assert not on.need(Kind.ROBOT, "AMR-1").spec.paused


def test_a_pause_at_the_site_is_taken_in_and_not_echoed() -> None:
    on = model()
    applied = do(on, *made(on, 7, paused=True))
    assert on.need(Kind.ROBOT, "AMR-1").spec.paused
    assert on.need(Kind.ROBOT, "AMR-1").metadata.generation == 7
    assert applied.sends == ()
    spec = msgspec.structs.replace(on.need(Kind.ROBOT, "AMR-1").spec, paused=False)
    do(on, PutSpec(Kind.ROBOT, "AMR-1", spec))
    assert on.need(Kind.ROBOT, "AMR-1").metadata.generation == 8, "the edge must see the cloud's answer as newer"


def test_an_older_change_of_the_site_does_not_undo_a_newer_one_of_the_cloud() -> None:
    on = model()
    for paused in (True, False, True):
        spec = msgspec.structs.replace(on.need(Kind.ROBOT, "AMR-1").spec, paused=paused)
        do(on, PutSpec(Kind.ROBOT, "AMR-1", spec))
    assert made(on, 1, paused=False) == []


def test_a_deleted_mission_does_not_come_back_from_the_site() -> None:
    on = with_mission()
    document = manifest.to_document(on.need(Kind.MISSION, "m-0"))
    do(on, PutStatus(Kind.TASK, "m-0-1", TaskStatus(phase=Phase.DONE)))
    do(on, *removal(on, Kind.MISSION, "m-0"))
    assert said(on, ApplyResource(resource=document)) == []
