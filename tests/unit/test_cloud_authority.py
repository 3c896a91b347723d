"""The cloud's authority: fences, work of silent edge nodes, lost stores, what was done twice, attests, stops by owner."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from cloud.core import missions
from cloud.core.admission import admit
from cloud.core.apply import apply
from cloud.core.changes import Change, PutSpec, Remove
from cloud.core.controls import control_ops, held_stops, resume_all, resume_ops, stop_all, stop_ops
from cloud.core.dispatch import apply_plan, snapshot, waiting_tasks
from cloud.core.fates import DUPLICATE, FATE, condition
from cloud.core.grants import fence_of
from cloud.core.model import Model
from cloud.core.placement import store_replaced_ops
from cloud.hub.answers import snapshot_items
from fleet.authority.inhibits import CLOSED_BY
from fleet.authority.reassign import (
    STOP_BOUND_S,
    Allowed,
    Attempt,
    Basis,
    Holder,
    Kept,
    Unknown,
    Why,
    may_start,
    reconcile,
)
from fleet.contracts import codec, manifest
from fleet.contracts.command_ir import Action, ControlAction, ControlIr
from fleet.contracts.commands import Attested
from fleet.contracts.errors import Conflict
from fleet.contracts.resources import (
    ClosureSpec,
    Desired,
    EdgeNodeSpec,
    EdgeNodeStatus,
    Effects,
    Inhibit,
    InhibitKind,
    Kind,
    MissionStatus,
    OnDisconnect,
    Phase,
    Reconcile,
    TaskSpec,
    TaskStatus,
)
from fleet.contracts.wire import ApplyResource, DeleteResource, Revoked, RevokeOutcome, StatusReport
from fleet.planning.solve import plan
from fleet.tasks.robot_state import why_absent
from tests.unit import sites
from tests.unit.authority_world import Cloud, reasons, revokes
from tests.unit.sites import NOW, SITE

# ---- the contract stays readable ------------------------------------------------------------------------------------


def test_documents_of_yesterday_are_read_with_the_defaults() -> None:
    spec = codec.convert({"mission": "m", "action": "goto", "to": "Dock 1"}, TaskSpec)
    assert (spec.fence, spec.on_disconnect, spec.replace_after_s, spec.effects) == (0, None, None, Effects.EXCLUSIVE)
    assert codec.convert({"phase": "done"}, TaskStatus).fence == 0
    assert codec.convert({"layout": "l"}, EdgeNodeSpec).inhibits == ()


# ---- the rule -------------------------------------------------------------------------------------------------------


def holder(**more: Any) -> Holder:
    known: dict[str, Any] = {"effects": Effects.EXCLUSIVE, "on_disconnect": OnDisconnect.STOP_NOW, "lease_over_at": 100.0}
    return Holder(**{**known, **more})


@pytest.mark.parametrize(
    ("old", "verdict"),
    [
        (holder(), Unknown(Why.LEASE_RUNS, 100.0 + STOP_BOUND_S[OnDisconnect.STOP_NOW] * 1.03 + 2.0)),
        (holder(lease_over_at=60.0), Allowed(Basis.LEASE_OVER)),
        (holder(on_disconnect=OnDisconnect.CONTINUE, lease_over_at=0.0), Unknown(Why.NO_SELF_STOP, None)),
        (holder(effects=Effects.IDEMPOTENT, on_disconnect=OnDisconnect.CONTINUE, lease_over_at=99.0), Allowed(Basis.LEASE_OVER)),
        (holder(answered=RevokeOutcome.STOPPED), Allowed(Basis.ANSWERED)),
        (holder(answered=RevokeOutcome.NEVER_BEGUN), Allowed(Basis.ANSWERED)),
        (holder(answered=RevokeOutcome.UNKNOWN, lease_over_at=0.0), Unknown(Why.UNCLEAR, None)),
        (holder(store_lost=True, lease_over_at=0.0), Unknown(Why.STORE_LOST, None)),
        (holder(store_lost=True, attested=Attested.NOT_DONE), Allowed(Basis.ATTESTED)),
        (holder(attested=Attested.DONE, on_disconnect=OnDisconnect.CONTINUE), Unknown(Why.NO_SELF_STOP, None)),
    ],
)
def test_a_new_attempt_may_start_only_when_the_old_one_is_over_for_certain(old: Holder, verdict: object) -> None:
    assert may_start(old, 100.0) == verdict


DONE, OPEN, OVER = Attempt(done=True, over=True), Attempt(), Attempt(over=True)


@pytest.mark.parametrize(
    ("policy", "original", "replacement", "kept"),
    [
        (Reconcile.KEEP_ORIGINAL, OPEN, OPEN, Kept.ORIGINAL),
        (Reconcile.KEEP_REPLACEMENT, OPEN, OPEN, Kept.REPLACEMENT),
        (Reconcile.KEEP_ORIGINAL, OVER, OPEN, Kept.REPLACEMENT),
        (Reconcile.KEEP_REPLACEMENT, DONE, OPEN, Kept.ORIGINAL),
        (Reconcile.KEEP_ORIGINAL, OPEN, DONE, Kept.REPLACEMENT),
        (Reconcile.KEEP_REPLACEMENT, DONE, DONE, Kept.REPLACEMENT),
        (Reconcile.MOST_PROGRESS, Attempt(steps_done=2), Attempt(steps_done=1), Kept.ORIGINAL),
        (Reconcile.MOST_PROGRESS, Attempt(steps_done=1), Attempt(steps_done=2), Kept.REPLACEMENT),
    ],
)
def test_what_is_done_stands_and_else_the_policy_says(
    policy: Reconcile, original: Attempt, replacement: Attempt, kept: Kept
) -> None:
    assert reconcile(policy, original, replacement) is kept


# ---- grants ---------------------------------------------------------------------------------------------------------


def test_a_task_is_granted_to_one_edge_node_under_a_fence_with_its_policy_fixed() -> None:
    cloud = Cloud()
    spec = cloud.task.spec
    assert spec.fence == fence_of(1, cloud.task.metadata.resource_version)
    assert (spec.edge, spec.on_disconnect) == ("edge-1", OnDisconnect.CONTINUE)
    granted = [s for s in cloud.sent if s.key == f"Task/{cloud.name}"]
    assert {s.edge for s in granted} == {"edge-1"}
    assert manifest.typed(granted[-1].message.resource).spec.fence == spec.fence


def test_a_change_within_an_attempt_keeps_its_fence_and_may_not_move_it_or_soften_its_policy() -> None:
    cloud = Cloud()
    old = cloud.task.spec
    cloud.do(PutSpec(Kind.TASK, cloud.name, msgspec.structs.replace(old, desired=Desired.PAUSE, fence=0)))
    assert (cloud.task.spec.fence, cloud.task.spec.desired) == (old.fence, Desired.PAUSE)
    for field, value in (("edge", "edge-2"), ("on_disconnect", OnDisconnect.STOP_NOW), ("lease_s", 20.0)):
        with pytest.raises(Conflict, match="was granted with") as refused:
            cloud.do(PutSpec(Kind.TASK, cloud.name, msgspec.structs.replace(old, **{field: value})))
        assert refused.value.field == f"spec.{field}"


def test_a_restored_hub_and_every_later_change_hand_out_higher_fences() -> None:
    cloud = Cloud()
    before = cloud.task.spec.fence
    applied = apply(
        Model(sites.resources(), version=1),
        Change((PutSpec(Kind.TASK, "t", cloud.task.spec, site=SITE),)),
        now=NOW,
        new_uid=str,
        hub_epoch=2,
    )
    (made,) = applied.resources
    assert made.spec.fence > before


def test_two_tasks_of_one_change_have_different_fences() -> None:
    model = Model(sites.resources(), version=5)
    spec = TaskSpec(mission="m", action=Action.GOTO, target="Dock 1")
    applied = apply(model, Change(tuple(PutSpec(Kind.TASK, n, spec, site=SITE) for n in "abc")), now=NOW, new_uid=str)
    assert len({r.spec.fence for r in applied.resources}) == 3
    assert {s.edge for s in applied.sends} == {"edge-1"}


def test_a_task_of_the_site_is_not_fenced_and_belongs_to_the_edge_node_that_made_it() -> None:
    cloud = Cloud()
    spec = TaskSpec(mission="", action=Action.GOTO, target="Dock 1")
    cloud.do(PutSpec(Kind.TASK, "local", spec, site=SITE, from_edge="edge-2", min_generation=1))
    assert (cloud.model.need(Kind.TASK, "local").spec.fence, cloud.model.need(Kind.TASK, "local").spec.edge) == (0, "edge-2")


def test_the_planner_gives_a_task_only_to_robots_of_its_edge_node() -> None:
    cloud = Cloud()
    site = sites.Site.build(SITE, cloud.model.resources(), NOW)
    taken = snapshot(site, waiting_tasks(site), now=NOW, travel=site.travel_times())
    (put,) = apply_plan(cloud.model, taken, plan(taken.request, budget_s=0.05))
    assert isinstance(put, PutSpec)
    assert put.spec.assignment.robot in ("AMR-1", "AMR-2")


# ---- silent edge nodes ----------------------------------------------------------------------------------------------


def test_a_self_stopping_task_is_moved_when_its_lease_and_stop_are_over_and_not_before() -> None:
    cloud = Cloud(on_disconnect=OnDisconnect.STOP_NOW, replace_after_s=30.0)
    old = cloud.task.spec.fence
    cloud.reports("edge-1", Phase.RUNNING, old, 1)
    cloud.leases.heard("edge-1", 10.0)
    cloud.link("edge-1", "offline")
    cloud.look(70.0)
    assert cloud.fate() == "LeaseRuns"
    over_at = cloud.leases.expires_at("edge-1", 60.0) + STOP_BOUND_S[OnDisconnect.STOP_NOW] * 1.03 + 2.0
    assert cloud.look(over_at - 0.1).empty
    moved = cloud.look(over_at + 0.1)
    spec = cloud.task.spec
    assert (spec.edge, cloud.fate(), cloud.task.status.phase) == ("edge-2", "", Phase.PENDING)
    assert spec.fence > old
    assert revokes(moved) == [("edge-1", old)], "in the same change"
    kinds = {(s.edge, s.key, type(s.message)) for s in moved.sends}
    assert ("edge-1", f"Task/{cloud.name}", DeleteResource) in kinds
    assert ("edge-2", f"Task/{cloud.name}", ApplyResource) in kinds
    assert {e for e, k, t in kinds if k == "Mission/m-1" and t is ApplyResource} == {"edge-1", "edge-2"}
    assert reasons(moved) == ["TaskMoved"]


def test_a_task_that_goes_on_by_itself_is_never_moved_and_says_why() -> None:
    cloud = Cloud(replace_after_s=30.0)
    cloud.link("edge-1", "offline")
    cloud.look(100_000.0)
    assert (cloud.task.spec.edge, cloud.fate()) == ("edge-1", "NoSelfStop")
    found = condition(cloud.task.status, FATE)
    assert found is not None
    assert "drover task attest" in found.message
    assert cloud.look(100_001.0).empty, "said once"
    cloud.link("edge-1", "online")
    cloud.look(100_002.0)
    assert cloud.fate() == "", "its edge node knows"


def test_without_replace_after_a_task_stays_and_with_no_other_robot_it_says_so() -> None:
    stays = Cloud(on_disconnect=OnDisconnect.STOP_NOW)
    stays.link("edge-1", "offline")
    stays.look(100_000.0)
    assert stays.task.spec.edge == "edge-1"
    alone = Cloud(on_disconnect=OnDisconnect.STOP_NOW, replace_after_s=30.0)
    alone.link("edge-1", "offline")
    alone.link("edge-2", "offline")
    alone.look(100_000.0)
    assert (alone.task.spec.edge, alone.fate()) == ("edge-1", "NoOtherEdge")


def test_an_idempotent_task_is_moved_as_soon_as_its_lease_is_over() -> None:
    cloud = Cloud(effects=Effects.IDEMPOTENT, replace_after_s=0.0)
    cloud.link("edge-1", "offline")
    cloud.look(cloud.leases.expires_at("edge-1", 60.0) - 0.1)
    assert cloud.task.spec.edge == "edge-1"
    cloud.look(cloud.leases.expires_at("edge-1", 60.0) + 0.1)
    assert cloud.task.spec.edge == "edge-2"


def moved_task(**policy: Any) -> tuple[Cloud, int]:
    cloud = Cloud(on_disconnect=OnDisconnect.STOP_NOW, replace_after_s=30.0, **policy)
    old = cloud.task.spec.fence
    cloud.link("edge-1", "offline")
    cloud.look(10_000.0)
    cloud.link("edge-1", "online")
    assert cloud.task.spec.edge == "edge-2"
    return cloud, old


# ---- what was done twice --------------------------------------------------------------------------------------------


def test_work_that_the_old_holder_had_done_stands_and_the_replacement_that_had_not_begun_is_revoked() -> None:
    cloud, old = moved_task()
    new = cloud.task.spec.fence
    applied = cloud.reports("edge-1", Phase.DONE, old, 2, robot="AMR-1")
    assert (cloud.task.status.phase, cloud.task.status.fence) == (Phase.DONE, old)
    assert (revokes(applied), reasons(applied)) == ([("edge-2", new)], ["DoneBefore"])
    assert condition(cloud.task.status, DUPLICATE) is None, "it was done once"
    assert cloud.model.need(Kind.MISSION, "m-1").status.phase is Phase.DONE, "a mission of two edge nodes is added up here"
    assert cloud.reports("edge-1", Phase.DONE, old, 2, robot="AMR-1").empty, "told once"
    cloud.reports("edge-2", Phase.CANCELLED, new)
    assert cloud.task.status.phase is Phase.DONE


@pytest.mark.parametrize("policy", list(Reconcile))
def test_what_two_attempts_have_done_is_an_alarm_and_a_condition_and_never_dropped(policy: Reconcile) -> None:
    cloud, old = moved_task(reconcile=policy)
    new = cloud.task.spec.fence
    cloud.reports("edge-2", Phase.RUNNING, new, 1, robot="AMR-3")
    applied = cloud.reports("edge-1", Phase.DONE, old, 2, robot="AMR-1")
    (told,) = applied.events
    assert (told.level, told.reason) == ("alarm", DUPLICATE)
    assert str(old) in told.message
    assert "AMR-1" in told.message
    assert condition(cloud.task.status, DUPLICATE) is not None
    assert cloud.task.status.phase is Phase.DONE, "done is done"
    both = cloud.reports("edge-2", Phase.DONE, new, 2, robot="AMR-3")
    assert reasons(both) == [DUPLICATE]
    assert cloud.task.status.phase is Phase.DONE


def test_an_old_attempt_that_did_not_finish_leaves_the_replacement_alone() -> None:
    cloud, old = moved_task()
    new = cloud.task.spec.fence
    cloud.reports("edge-2", Phase.RUNNING, new, 1)
    assert cloud.reports("edge-1", Phase.RUNNING, old, 1).empty
    assert reasons(cloud.reports("edge-1", Phase.CANCELLED, old, 1)) == ["OldAttemptEnded"]
    assert (cloud.task.status.phase, cloud.task.status.fence) == (Phase.RUNNING, new)


def test_the_answer_to_a_revoke_is_kept_and_done_counts_as_a_result() -> None:
    cloud, old = moved_task()
    stopped = Revoked(task=cloud.name, fence=old, outcome=RevokeOutcome.STOPPED, detail="AMR-1 stands at n2_0, carries tote")
    (told,) = cloud.says("edge-1", stopped).events
    assert (told.reason, told.level) == ("RevokeAnswered", "info")
    assert "carries tote" in told.message
    assert cloud.says("edge-1", stopped).empty
    cloud.says("edge-1", Revoked(task=cloud.name, fence=old, outcome=RevokeOutcome.DONE))
    assert cloud.task.status.phase is Phase.DONE
    (told,) = cloud.says("edge-2", Revoked(task="gone", fence=7, outcome=RevokeOutcome.UNKNOWN)).events
    assert told.level == "info"


def test_an_edge_node_that_never_had_the_task_cannot_end_it() -> None:
    cloud = Cloud()
    for fence in (0, cloud.task.spec.fence, cloud.task.spec.fence + 1):
        assert reasons(cloud.reports("edge-2", Phase.DONE, fence)) == ["BadMessage"]
    assert cloud.task.status.phase is Phase.PENDING


def test_a_report_of_the_granted_attempt_keeps_the_clouds_conditions() -> None:
    cloud = Cloud(replace_after_s=30.0)
    cloud.link("edge-1", "offline")
    cloud.look(100_000.0)
    cloud.reports("edge-1", Phase.RUNNING, cloud.task.spec.fence, 1)
    assert (cloud.fate(), cloud.task.status.phase) == ("NoSelfStop", Phase.RUNNING)


# ---- lost stores ----------------------------------------------------------------------------------------------------


def test_what_a_lost_store_had_in_hand_is_of_unknown_fate_and_sent_to_nobody() -> None:
    cloud = Cloud()
    cloud.reports("edge-1", Phase.RUNNING, cloud.task.spec.fence, 1, robot="AMR-1")
    applied = cloud.do(*store_replaced_ops(cloud.model, "edge-1", NOW))
    assert cloud.fate() == "StoreLost"
    (told,) = applied.events
    assert (told.level, told.reason) == ("alarm", "FateUnknown")
    assert cloud.name in told.message
    keys = [key for key, _ in snapshot_items(cloud.model, "edge-1", SITE)]
    assert "Mission/m-1" in keys
    assert f"Task/{cloud.name}" not in keys
    steered = cloud.do(*missions.steer_task(cloud.model, cloud.name, Desired.CANCEL))
    assert not [s for s in steered.sends if s.key == f"Task/{cloud.name}"]
    cloud.link("edge-1", "offline")
    cloud.look(1e6)
    cloud.link("edge-1", "online")
    cloud.look(1e6 + 1)
    assert cloud.fate() == "StoreLost", "only a person can tell"


def test_what_no_robot_had_is_sent_again_under_a_higher_fence() -> None:
    cloud = Cloud()
    old = cloud.task.spec.fence
    applied = cloud.do(*store_replaced_ops(cloud.model, "edge-1", NOW))
    assert (cloud.fate(), cloud.task.spec.edge) == ("", "edge-1")
    assert cloud.task.spec.fence > old
    assert (revokes(applied), reasons(applied)) == ([], [])


# ---- attests --------------------------------------------------------------------------------------------------------


def lost() -> tuple[Cloud, int]:
    cloud = Cloud()
    fence = cloud.task.spec.fence
    cloud.reports("edge-1", Phase.RUNNING, fence, 1, robot="AMR-1")
    cloud.do(*store_replaced_ops(cloud.model, "edge-1", NOW))
    return cloud, fence


@pytest.mark.parametrize("outcome", [Attested.STOPPED, Attested.NOT_DONE])
def test_a_task_attested_as_not_done_is_done_anew_under_a_higher_fence(outcome: Attested) -> None:
    cloud, old = lost()
    applied = cloud.attest(outcome)
    assert cloud.task.spec.fence > old
    assert (cloud.task.status, cloud.task.spec.edge) == (TaskStatus(fence=cloud.task.spec.fence), "edge-1")
    assert revokes(applied) == [("edge-1", old)]
    assert [s.edge for s in applied.sends if s.key == f"Task/{cloud.name}"] == ["edge-1"]
    (told,) = applied.events
    assert told.reason == "Attested"
    assert "anna" in told.message
    assert "saw it" in told.message


def test_a_task_attested_as_done_ends_and_whatever_is_left_of_it_is_revoked() -> None:
    cloud, fence = lost()
    applied = cloud.attest(Attested.DONE)
    assert (cloud.task.status.phase, cloud.fate()) == (Phase.DONE, "Attested")
    assert revokes(applied) == [("edge-1", fence)]
    assert reasons(cloud.reports("edge-1", Phase.CANCELLED, fence, 1)) == ["AttestContradicted"]
    assert cloud.task.status.phase is Phase.DONE


def test_an_attest_for_a_silent_edge_node_moves_the_task_to_one_that_is_there() -> None:
    cloud = Cloud()
    cloud.link("edge-1", "offline")
    cloud.look(1000.0)
    applied = cloud.attest(Attested.STOPPED)
    assert cloud.task.spec.edge == "edge-2"
    assert revokes(applied)[0][0] == "edge-1"


def test_only_what_nobody_can_know_is_attested() -> None:
    cloud = Cloud()
    with pytest.raises(Conflict, match="is there and knows"):
        cloud.attest(Attested.DONE)
    cloud.reports("edge-1", Phase.DONE, cloud.task.spec.fence, 2)
    with pytest.raises(Conflict, match="done already"):
        cloud.attest(Attested.DONE)


# ---- inhibits -------------------------------------------------------------------------------------------------------


def pressed(cloud: Cloud) -> None:
    entry = Inhibit(id="s-1", kind=InhibitKind.STOP, owner="edge:edge-1", by="gate 3", at=NOW)
    status = msgspec.to_builtins(EdgeNodeStatus(stopped=True, inhibits=(entry,)))
    cloud.says("edge-1", StatusReport(kind="EdgeNode", name="edge-1", status=status, at=NOW))


def test_a_stop_of_the_cloud_is_its_own_entry_at_every_edge_node_and_its_resume_takes_only_that_back() -> None:
    cloud = Cloud()
    pressed(cloud)
    cloud.do(*stop_ops(cloud.model, stop_all("stop-1", by="x", now=NOW), site=SITE))
    for edge in cloud.model.edges():
        assert [(i.id, i.kind, i.owner) for i in edge.spec.inhibits] == [("stop-1", InhibitKind.STOP, "cloud")]
    applied = cloud.do(*resume_ops(cloud.model, resume_all("r-1", by="x", now=NOW), site=SITE))
    assert all(not e.spec.inhibits for e in cloud.model.edges())
    assert {s.key for s in applied.sends} == {"EdgeNode/edge-1", "EdgeNode/edge-2", "r-1"}
    (held,) = held_stops(cloud.model, site=SITE)
    assert (held["edge"], held["by"]) == ("edge-1", "gate 3")
    assert "edge-1" in held["clear_at"]


def test_an_edge_node_that_joins_a_stopped_site_is_stopped_and_a_manifest_does_not_lift_a_stop() -> None:
    cloud = Cloud()
    cloud.do(*stop_ops(cloud.model, stop_all("stop-1", by="x", now=NOW), site=SITE))
    cloud.do(PutSpec(Kind.EDGE_NODE, "edge-3", EdgeNodeSpec(), site=SITE, expect_generation=0))
    assert [i.id for i in cloud.model.need(Kind.EDGE_NODE, "edge-3").spec.inhibits] == ["stop-1"]
    document = {
        "kind": "EdgeNode",
        "apiVersion": "drover.dev/v1",
        "metadata": {"name": "edge-3"},
        "spec": {"api_url": "http://e"},
    }
    cloud.do(*admit(cloud.model, [manifest.typed(document)], site=SITE))
    spec = cloud.model.need(Kind.EDGE_NODE, "edge-3").spec
    assert (spec.api_url, [i.id for i in spec.inhibits]) == ("http://e", ["stop-1"])


def test_a_mission_of_one_edge_node_is_still_its_own_word() -> None:
    cloud = Cloud()
    status = msgspec.to_builtins(MissionStatus(phase=Phase.RUNNING, tasks_total=1))
    cloud.says("edge-1", StatusReport(kind="Mission", name="m-1", status=status, at=NOW))
    assert cloud.model.need(Kind.MISSION, "m-1").status.phase is Phase.RUNNING


def test_zones_and_robots_that_a_site_has_inhibited_are_planned_around_by_the_cloud() -> None:
    cloud = Cloud()
    zone = Inhibit(id="z-1", kind=InhibitKind.ZONE, owner="edge:edge-1", target="Crossing")
    robot = Inhibit(id="r-1", kind=InhibitKind.ROBOT, owner="edge:edge-1", target="AMR-1", reason="leaks oil")
    status = msgspec.to_builtins(EdgeNodeStatus(inhibits=(zone, robot)))
    cloud.says("edge-1", StatusReport(kind="EdgeNode", name="edge-1", status=status, at=NOW))
    site = sites.Site.build(SITE, cloud.model.resources(), NOW)
    assert set(site.nodes_of("Crossing")) <= site.closed_nodes
    assert why_absent(site.robots["AMR-1"], site) == "out of service: leaks oil"
    assert why_absent(site.robots["AMR-2"], site) == ""


def test_an_area_that_was_closed_at_the_site_is_opened_there_only() -> None:
    cloud = Cloud()
    spec = ClosureSpec(targets=("Dock 1",))
    labels = {CLOSED_BY: "edge:edge-1"}
    cloud.do(PutSpec(Kind.CLOSURE, "spill", spec, site=SITE, labels=labels, from_edge="edge-1", min_generation=1))
    ir = ControlIr(action=ControlAction.OPEN_AREA, targets=("Dock 1",))
    site = sites.Site.build(SITE, cloud.model.resources(), NOW)
    with pytest.raises(Conflict, match="closed at the site") as refused:
        control_ops(ir, site, cloud.model, control_id="c-1", by="x", now=NOW)
    assert "edge-1" in refused.value.fix
    cloud.do(PutSpec(Kind.CLOSURE, "ours", spec, site=SITE))
    site = sites.Site.build(SITE, cloud.model.resources(), NOW)
    assert control_ops(ir, site, cloud.model, control_id="c-2", by="x", now=NOW) == [Remove(Kind.CLOSURE, "ours")]
