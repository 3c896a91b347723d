"""The edge node's own authority: fences, leases and what a task does without one, revoked attempts, whose stop it is."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from fleet.authority.fences import StaleFence
from fleet.contracts.command_ir import ControlAction
from fleet.contracts.errors import QueueFull
from fleet.contracts.resources import EdgeNodeStatus, Inhibit, InhibitKind, Kind, OnDisconnect, Phase
from fleet.contracts.wire import Revoke, Revoked, RevokeOutcome
from tests.unit.edge_world import World

FENCE = (1 << 40) + 7
DONE = [("pick", "m1-1"), ("drop", "m1-1")]


def confirmed(world: World) -> None:
    """The cloud answers a beat of now, with nothing undecided."""
    world.core.lease_renewed(world.now, world.now, settled=True)
    world.settle()


def grant(world: World, fence: int = FENCE, **spec: Any) -> None:
    world.transport(robot="AMR-1", fence=fence, lease_s=30.0, **spec)


def again(world: World, fence: int, **changes: Any) -> None:
    """The cloud sends the task anew."""
    old = world.core.resource(Kind.TASK, "m1-1")
    spec = msgspec.structs.replace(old.spec, fence=fence, **changes)
    world.core.apply(msgspec.structs.replace(old, spec=spec), world.now, "cloud")
    world.settle()


def test_an_order_carries_the_fence_and_the_status_says_under_which_it_is_done() -> None:
    world = World("AMR-1")
    confirmed(world)
    grant(world)
    assert world.run(300, world.ended)
    assert {o["orderId"] for _, o in world.orders} == {f"m1-1.0.1.f{FENCE}", f"m1-1.1.1.f{FENCE}"}
    assert world.task().fence == FENCE
    assert world.moved_loads() == DONE


def test_a_lower_fence_is_refused_also_after_a_restart_and_nothing_changes() -> None:
    world = World("AMR-1")
    confirmed(world)
    grant(world)
    for _ in range(2):
        before = world.core.resource(Kind.TASK, "m1-1")
        with pytest.raises(StaleFence):
            again(world, FENCE - 1)
        assert world.core.resource(Kind.TASK, "m1-1").spec == before.spec
        assert world.core.counters["StaleFence"] == 1
        world.kill_edge()


@pytest.mark.parametrize("after_s", [0.0, 4.0, 20.0, 34.0, 50.0])
def test_without_the_cloud_a_task_that_continues_ends_as_if_it_were_there(after_s: float) -> None:
    world = World("AMR-1")
    confirmed(world)
    grant(world, on_disconnect=OnDisconnect.CONTINUE)
    world.run(after_s)
    assert world.run(400, world.ended)
    assert world.moved_loads() == DONE


@pytest.mark.parametrize("policy", [OnDisconnect.FINISH_TO_SAFE_POINT, OnDisconnect.STOP_NOW])
@pytest.mark.parametrize("restart", [False, True])
def test_when_its_lease_is_over_a_task_stands_and_goes_on_when_the_cloud_is_heard(policy: OnDisconnect, restart: bool) -> None:
    world = World("AMR-1")
    confirmed(world)
    grant(world, on_disconnect=policy)
    world.run(12)
    assert world.vehicles["AMR-1"].body.drive.odometer_m > 1.0
    if restart:
        world.kill_edge()
    world.run(120)
    stood = world.vehicles["AMR-1"].body.drive.odometer_m
    world.run(300)
    assert world.vehicles["AMR-1"].body.drive.odometer_m == stood, "it stands until the cloud is heard"
    assert not world.task().phase.ended
    for _ in range(60):
        confirmed(world)
        if world.run(10, world.ended):
            break
    assert world.task().phase is Phase.DONE
    assert world.moved_loads() == DONE


def test_an_answer_that_is_not_settled_does_not_bring_a_lost_lease_back() -> None:
    world = World("AMR-1")
    confirmed(world)
    grant(world, on_disconnect=OnDisconnect.STOP_NOW)
    world.run(120)
    stood = world.vehicles["AMR-1"].body.drive.odometer_m
    for _ in range(6):
        world.core.lease_renewed(world.now, world.now, settled=False)
        world.run(10)
    assert world.vehicles["AMR-1"].body.drive.odometer_m == pytest.approx(stood, abs=0.01)


@pytest.mark.parametrize("after_s", [0.0, 4.0, 20.0, 34.0, 45.0])
def test_a_revoked_attempt_stands_before_it_is_answered_and_never_begins_again(after_s: float) -> None:
    world = World("AMR-1")
    confirmed(world)
    grant(world)
    world.run(after_s)
    world.core.revoke(Revoke(task="m1-1", fence=FENCE, reason="moved"), world.now)
    world.settle()
    assert world.run(200, lambda: bool(world.told))
    moved = world.vehicles["AMR-1"].body.drive.odometer_m
    answer = world.told[0]
    assert isinstance(answer, Revoked)
    assert (answer.task, answer.fence) == ("m1-1", FENCE)
    assert answer.outcome in (RevokeOutcome.NEVER_BEGUN, RevokeOutcome.STOPPED, RevokeOutcome.DONE)
    assert world.robot("AMR-1").speed_mps == 0.0
    with pytest.raises(StaleFence):
        again(world, FENCE)
    world.run(60)
    assert len(world.told) == 1
    assert len(world.moved_loads()) <= 2
    assert moved <= world.vehicles["AMR-1"].body.drive.odometer_m


def test_a_revoke_of_an_unknown_task_closes_its_fence_so_that_a_late_grant_is_refused() -> None:
    world = World("AMR-1")
    world.core.revoke(Revoke(task="m1-1", fence=FENCE), world.now)
    world.settle()
    assert [t.outcome for t in world.told] == [RevokeOutcome.UNKNOWN]
    with pytest.raises(StaleFence):
        grant(world)


def test_a_new_attempt_begins_after_the_old_one_has_ended() -> None:
    world = World("AMR-1")
    confirmed(world)
    grant(world)
    world.run(8)
    again(world, FENCE + 1)
    assert world.run(400, lambda: world.task().phase is Phase.DONE)
    assert world.task().fence == FENCE + 1
    assert world.moved_loads() == DONE


def test_a_task_in_hand_that_the_cloud_deletes_is_brought_to_an_end_and_goes() -> None:
    world = World("AMR-1")
    confirmed(world)
    grant(world)
    world.run(8)
    world.core.delete(Kind.TASK, "m1-1", world.now)
    world.settle()
    assert world.run(200, lambda: not [r for r in world.core.resources(Kind.TASK) if r.metadata.name == "m1-1"])
    assert [t.outcome for t in world.told] == [RevokeOutcome.STOPPED]


def test_each_side_takes_back_only_its_own_stop() -> None:
    world = World("AMR-1")
    world.control(ControlAction.EMERGENCY_STOP, by="cloud")
    world.control(ControlAction.EMERGENCY_STOP, by="edge")
    world.control(ControlAction.RESUME, "all", by="cloud")
    assert world.core.stopped
    assert "StillStopped" in world.reasons()
    world.kill_edge()
    assert world.core.stopped
    status: EdgeNodeStatus = world.core.resource(Kind.EDGE_NODE, "edge-1").status
    assert [i.owner for i in status.inhibits] == ["edge:edge-1"]
    world.control(ControlAction.RESUME, "all", by="edge")
    assert not world.core.stopped


def test_the_clouds_spec_stops_the_site_and_lifts_only_what_it_named() -> None:
    world = World("AMR-1")
    entry = Inhibit(id="s1", kind=InhibitKind.STOP, owner="cloud", by="ann", at=world.now)
    node = world.core.resource(Kind.EDGE_NODE, "edge-1")
    stopped = msgspec.structs.replace(node.spec, inhibits=(entry,))
    world.core.apply(msgspec.structs.replace(node, spec=stopped), world.now, "cloud")
    assert world.core.stopped
    world.control(ControlAction.RESUME, "all", by="edge")
    assert world.core.stopped
    world.core.apply(msgspec.structs.replace(node, spec=node.spec), world.now, "cloud")
    assert not world.core.stopped


def test_a_closure_is_opened_only_by_the_side_that_made_it() -> None:
    world = World("AMR-1")
    world.control(ControlAction.CLOSE_AREA, "Packing 1", by="edge")
    world.control(ControlAction.OPEN_AREA, "Packing 1", by="cloud")
    assert [c.status.active for c in world.core.resources(Kind.CLOSURE)] == [True]
    assert "StillClosed" in world.reasons()
    world.control(ControlAction.OPEN_AREA, "Packing 1", by="edge")
    assert not world.core.resources(Kind.CLOSURE)


def test_a_full_queue_takes_no_new_work_but_every_stop_and_cancel() -> None:
    world = World("AMR-1")
    grant(world, fence=0)
    world.core.pressure(0.85, world.now)
    with pytest.raises(QueueFull):
        world.apply(Kind.MISSION, "m9", world.core.resource(Kind.MISSION, "m1").spec, world.mission(), by="edge")
    world.control(ControlAction.EMERGENCY_STOP)
    assert world.core.stopped
    world.control(ControlAction.CANCEL, "m1")
    world.core.pressure(0.5, world.now)
    world.settle()
    assert {"OutboxFull", "OutboxHasRoom"} <= set(world.reasons())
