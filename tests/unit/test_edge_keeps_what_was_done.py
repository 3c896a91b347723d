"""What the cloud sends about a task that the site has re-placed, begun, done or ended meanwhile never undoes it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from fleet.contracts.command_ir import ControlAction
from fleet.contracts.errors import Conflict, FleetError
from fleet.contracts.resources import (
    AnyResource,
    Assignment,
    ClosureSpec,
    ClosureStatus,
    Inhibit,
    InhibitKind,
    Kind,
    OnDisconnect,
    Phase,
)
from fleet.contracts.wire import Revoke, RevokeOutcome
from tests.unit.edge_world import World

FENCE = (1 << 40) + 7
DONE = [("pick", "m1-1"), ("drop", "m1-1")]


def said_again(world: World, by: str = "cloud", **changes: Any) -> None:
    old: AnyResource = world.core.resource(Kind.TASK, "m1-1")
    meta = msgspec.structs.replace(old.metadata, generation=old.metadata.generation + 1)
    world.core.apply(
        msgspec.structs.replace(old, metadata=meta, spec=msgspec.structs.replace(old.spec, **changes)), world.now, by
    )
    world.settle()


def known(world: World, name: str = "m1-1") -> bool:
    return name in [r.metadata.name for r in world.core.resources(Kind.TASK)]


@pytest.mark.parametrize("after_s", [2.0, 20.0, 33.0, 45.0, 60.0])
def test_a_spec_that_comes_late_does_not_disturb_a_task_in_hand(after_s: float) -> None:
    world = World()
    world.transport(robot="AMR-1", fence=FENCE)
    world.run(after_s)
    said_again(world, assignment=Assignment(robot="AMR-2", by="cloud"))
    assert world.task().robot == "AMR-1"
    assert world.run(300, world.ended)
    assert world.task().phase is Phase.DONE
    assert world.moved_loads() == DONE


def test_a_spec_or_a_new_grant_that_comes_after_the_end_does_not_do_the_work_again() -> None:
    world = World("AMR-1")
    world.transport(robot="AMR-1", fence=FENCE)
    assert world.run(300, world.ended)
    said_again(world)
    said_again(world, fence=FENCE + 1)  # the cloud had not heard of the end when it granted anew
    world.run(200)
    assert world.task().phase is Phase.DONE
    assert world.task().fence == FENCE, "the cloud must see that the original attempt did it"
    assert world.moved_loads() == DONE


def test_a_task_that_was_cancelled_at_the_site_stays_cancelled_whatever_the_cloud_repeats() -> None:
    world = World("AMR-1")
    world.transport(robot="AMR-1", fence=FENCE)
    world.run(5)
    task = world.core.resource(Kind.TASK, "m1-1").spec
    world.control(ControlAction.CANCEL, "m1-1")
    said_again(world, desired=task.desired)
    assert world.run(100, world.ended)
    said_again(world, desired=task.desired)
    world.run(60)
    assert world.task().phase is Phase.CANCELLED
    assert world.facts == []


def test_a_task_that_lost_its_robot_is_placed_anew_and_a_late_assignment_does_not_take_it_back() -> None:
    world = World("AMR-1", "AMR-2")
    world.to_edge = lambda topic, payload: "/AMR-1/" not in topic
    world.run(60)
    world.transport(robot="AMR-1", fence=FENCE, not_before_at=world.now + 100)
    assert world.run(60, lambda: world.task().robot == "AMR-2")
    said_again(world, assignment=Assignment(robot="AMR-1", by="cloud"))
    assert world.run(400, world.ended)
    assert world.task().robot == "AMR-2"
    assert world.moved_loads() == DONE


@pytest.mark.parametrize("after_s", [0.0, 12.0])
def test_a_delete_by_the_cloud_that_comes_before_its_revoke_means_the_same_and_outlives_a_restart(after_s: float) -> None:
    world = World("AMR-1")
    kwargs: dict[str, Any] = {} if after_s else {"not_before_at": world.now + 1000}
    world.transport(robot="AMR-1", fence=FENCE, **kwargs)
    world.run(after_s)
    assert world.task().phase in (Phase.ASSIGNED, Phase.RUNNING)
    world.core.delete(Kind.TASK, "m1-1", world.now)
    world.settle()
    world.kill_edge()
    assert world.run(60, lambda: not known(world))
    world.core.revoke(Revoke(task="m1-1", fence=FENCE), world.now)
    world.settle()
    began = RevokeOutcome.STOPPED if after_s else RevokeOutcome.NEVER_BEGUN
    assert began in [t.outcome for t in world.told]
    assert RevokeOutcome.UNKNOWN not in [t.outcome for t in world.told]
    orders = len(world.orders)
    world.run(10)
    assert not [d for _, d in world.orders[orders:] if d["orderId"].startswith("m1-1.")]


def test_a_revoke_of_a_robot_that_does_not_answer_is_answered_as_unknown_and_then_truly() -> None:
    world = World("AMR-1")
    world.transport(robot="AMR-1", fence=FENCE)
    world.run(8)
    world.to_edge = lambda topic, payload: False
    world.to_robot = lambda publish: False
    world.core.revoke(Revoke(task="m1-1", fence=FENCE), world.now)
    assert world.run(400, lambda: bool(world.told))
    assert [t.outcome for t in world.told] == [RevokeOutcome.UNKNOWN]
    world.to_edge = lambda topic, payload: True
    world.to_robot = lambda publish: True
    assert world.run(200, lambda: len(world.told) > 1)
    assert [t.outcome for t in world.told] == [RevokeOutcome.UNKNOWN, RevokeOutcome.STOPPED]


def test_the_sites_api_moves_no_fence_and_lifts_no_stop_of_the_cloud() -> None:
    world = World("AMR-1")
    world.transport(robot="AMR-1", fence=FENCE, not_before_at=world.now + 1000)
    said_again(world, by="edge", fence=FENCE + 5, quantity=2)
    said_again(world, by="edge", fence=0, quantity=3)
    assert world.core.resource(Kind.TASK, "m1-1").spec.fence == FENCE
    node = world.core.resource(Kind.EDGE_NODE, "edge-1")
    entry = Inhibit(id="s1", kind=InhibitKind.STOP, owner="cloud", by="ann", at=world.now)
    world.core.apply(
        msgspec.structs.replace(node, spec=msgspec.structs.replace(node.spec, inhibits=(entry,))), world.now, "cloud"
    )
    assert world.core.stopped
    world.core.apply(msgspec.structs.replace(node, spec=msgspec.structs.replace(node.spec, inhibits=())), world.now, "edge")
    assert world.core.stopped


def close(world: World, name: str, by: str) -> None:
    world.apply(Kind.CLOSURE, name, ClosureSpec(targets=("Packing 1",)), ClosureStatus(), by=by)


def test_a_closure_that_the_cloud_made_is_neither_opened_nor_deleted_nor_changed_at_the_site() -> None:
    world = World("AMR-1")
    close(world, "c1", "cloud")
    with pytest.raises(Conflict, match="cloud"):
        world.core.delete(Kind.CLOSURE, "c1", world.now, by="edge")
    closure = world.core.resource(Kind.CLOSURE, "c1")
    changed = msgspec.structs.replace(closure, spec=ClosureSpec(targets=("Packing 2",)))
    with pytest.raises(Conflict, match="cloud"):
        world.core.apply(changed, world.now, by="edge")
    with pytest.raises(FleetError, match="cloud"):
        world.control(ControlAction.OPEN_AREA, "Packing 1", by="edge")
    assert [c.spec.targets for c in world.core.resources(Kind.CLOSURE)] == [("Packing 1",)]
    world.core.delete(Kind.CLOSURE, "c1", world.now, by="cloud")
    assert not world.core.resources(Kind.CLOSURE)


def test_a_closure_made_through_the_sites_api_holds_when_the_cloud_deletes_it_and_is_told_again() -> None:
    world = World("AMR-1")
    close(world, "c1", "edge")
    before = world.core.resource(Kind.CLOSURE, "c1").metadata.generation
    world.core.delete(Kind.CLOSURE, "c1", world.now, by="cloud")
    world.settle()
    assert world.core.resource(Kind.CLOSURE, "c1").metadata.generation > before
    assert world.core.resource(Kind.CLOSURE, "c1").status.active
    assert "StillClosed" in world.reasons()
    world.core.delete(Kind.CLOSURE, "c1", world.now, by="edge")
    assert not world.core.resources(Kind.CLOSURE)


def test_a_link_that_comes_and_goes_does_not_use_up_the_tries_of_a_task() -> None:
    world = World("AMR-1")
    world.core.lease_renewed(world.now, world.now, settled=True)
    world.transport(robot="AMR-1", fence=FENCE, lease_s=20.0, on_disconnect=OnDisconnect.FINISH_TO_SAFE_POINT)
    for _ in range(40):
        world.core.lease_renewed(world.now, world.now, settled=True)
        if world.run(23, world.ended):
            break
    assert world.task().phase is Phase.DONE, world.task()
    assert world.moved_loads() == DONE


def test_a_resume_of_all_lifts_the_sites_stop_also_without_a_layout() -> None:
    world = World("AMR-1")
    world.core._ctx.site = None
    world.control(ControlAction.EMERGENCY_STOP, by="edge")
    assert world.core.stopped
    world.control(ControlAction.RESUME, "all", by="edge")
    assert not world.core.stopped


def test_with_hardly_any_room_only_endings_alarms_and_warnings_make_events() -> None:
    world = World("AMR-1")
    world.core.pressure(0.97, world.now)
    world.transport(robot="AMR-1", fence=FENCE)
    world.core.note("info", "Chat", "nothing to see", world.now)
    assert world.run(300, world.ended)
    assert "Chat" not in world.reasons()
    assert world.core.counters["EventsDropped"] >= 1
    assert {"TaskDone", "MissionDone"} <= set(world.reasons())


def test_twenty_outages_within_one_step_are_no_failed_tries() -> None:
    world = World("AMR-1")
    world.core.lease_renewed(world.now, world.now, settled=True)
    world.transport(robot="AMR-1", fence=FENCE, lease_s=20.0, on_disconnect=OnDisconnect.FINISH_TO_SAFE_POINT)
    for _ in range(25):  # the cloud is heard just long enough for another order to begin
        world.core.lease_renewed(world.now - 18.0, world.now, settled=True)
        world.run(40)
    assert not world.task().phase.ended or world.task().phase is Phase.DONE, world.task()
    for _ in range(40):
        world.core.lease_renewed(world.now, world.now, settled=True)
        if world.run(10, world.ended):
            break
    assert world.task().phase is Phase.DONE, world.task()
    assert world.moved_loads() == DONE


def test_a_robot_out_of_service_takes_no_work_and_is_not_sent_home() -> None:
    world = World("AMR-1", "AMR-2")
    node = world.core.resource(Kind.EDGE_NODE, "edge-1")
    entry = Inhibit(id="r1", kind=InhibitKind.ROBOT, owner="cloud", target="AMR-1", at=world.now)
    spec = msgspec.structs.replace(node.spec, inhibits=(entry,))
    world.core.apply(msgspec.structs.replace(node, spec=spec), world.now, "cloud")
    world.transport(robot="AMR-1", fence=FENCE)
    assert world.run(300, world.ended)
    assert world.task().robot == "AMR-2"
    assert not [name for name, _ in world.orders if name == "AMR-1"]
