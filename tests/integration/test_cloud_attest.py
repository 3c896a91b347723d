"""Tasks of edge nodes that are silent or have lost their store: over HTTP, on a real database, across restarts of the cloud."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import msgspec

from cloud.core.changes import PutSpec, PutStatus
from cloud.core.placement import store_replaced_ops
from cloud.hub.keeper import Keeper
from cloud.store.store import Store, sqlite_url
from fleet.contracts.command_ir import Action
from fleet.contracts.resources import EdgeNodeSpec, EdgeNodeStatus, Kind, OnDisconnect, Phase, TaskSpec, TaskStatus
from tests.integration.cloud_world import TRANSPORT, CloudWorld, cloud, problem
from tests.unit import sites
from tests.unit.sites import NOW


async def lose_the_store(data_dir: Path) -> None:
    """As the hub does when edge-1 comes back empty while it had the task in hand."""
    store = await Store.open(sqlite_url(data_dir))
    (task,) = store.model.of_kind(Kind.TASK)
    status = TaskStatus(phase=Phase.RUNNING, robot="AMR-1", fence=task.spec.fence)
    await store.commit([PutStatus(Kind.TASK, task.metadata.name, status)])
    await store.commit(store_replaced_ops(store.model, "edge-1", NOW))
    await store.close()


async def only_task(world: CloudWorld) -> Any:
    (task,) = (await world.get("/api/v1/tasks"))["items"]
    return task


def test_a_lost_task_waits_for_an_operators_word_and_is_then_done_anew_under_a_higher_fence(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with cloud(tmp_path) as world:
            await world.apply_site()
            await world.post("/api/v1/missions", {"ir": TRANSPORT}, expect=201)
            task = await only_task(world)
            path = f"/api/v1/tasks/{task['metadata']['name']}/attest"
            assert (task["spec"]["edge"], task["spec"]["fence"] >> 40) == ("edge-1", 1)
            refused = await world.http.post(path, json={"outcome": "done"})
            assert (refused.status_code, problem(refused)["field"]) == (409, "name")
            refused = await world.http.post(path, json={"outcome": "perhaps"})
            assert refused.status_code == 422
        await lose_the_store(tmp_path)
        async with cloud(tmp_path) as world:
            lost = await only_task(world)
            (fate,) = lost["status"]["conditions"]
            assert (fate["type"], fate["status"], fate["reason"]) == ("Fate", "Unknown", "StoreLost")
            await world.post(path, {"outcome": "stopped", "note": "stands at dock 1, empty"})
            anew = await only_task(world)
            assert anew["spec"]["fence"] > task["spec"]["fence"]
            assert "conditions" not in anew["status"]
            events = (await world.get("/api/v1/events"))["items"]
            (told,) = [e for e in events if e["reason"] == "Attested"]
            assert "operator attests: stopped (stands at dock 1, empty)" in told["message"]
        async with cloud(tmp_path) as world:
            assert (await only_task(world))["spec"]["fence"] == anew["spec"]["fence"]

    asyncio.run(asyncio.wait_for(scenario(), 60))


def test_the_keeper_moves_a_task_of_a_silent_edge_node_only_when_its_lease_is_over_on_the_boot_clock(tmp_path: Path) -> None:
    async def scenario() -> None:
        store = await Store.open(sqlite_url(tmp_path), clock=lambda: NOW)
        resources = [r for r in sites.resources() if r.kind is not Kind.ROBOT]
        robots = [r for r in sites.resources() if r.kind is Kind.ROBOT]
        await store.commit([PutSpec(r.kind, r.metadata.name, r.spec, site=sites.SITE) for r in resources])
        await store.commit([PutSpec(Kind.EDGE_NODE, "edge-2", EdgeNodeSpec(), site=sites.SITE)])
        for robot in robots:
            spec = msgspec.structs.replace(robot.spec, edge="edge-2")
            await store.commit([PutSpec(Kind.ROBOT, robot.metadata.name, spec, site=sites.SITE)])
            await store.commit([PutStatus(Kind.ROBOT, robot.metadata.name, robot.status)])
        spec = TaskSpec(
            mission="",
            action=Action.GOTO,
            target="Dock 1",
            edge="edge-1",
            on_disconnect=OnDisconnect.STOP_NOW,
            replace_after_s=5.0,
        )
        await store.commit([PutSpec(Kind.TASK, "t", spec, site=sites.SITE)])
        for edge, link in (("edge-1", "offline"), ("edge-2", "online")):
            await store.commit([PutStatus(Kind.EDGE_NODE, edge, EdgeNodeStatus(link=link))])
        boot, renewals = [1000.0], {"edge-1": 1.0}
        keeper = Keeper(store, lambda: renewals, clock=lambda: NOW, boot_clock=lambda: boot[0])
        await keeper.look()
        boot[0] += 70.0
        renewals["edge-1"] = 2.0  # a beat was answered after all
        await keeper.look()
        boot[0] += 74.0
        await keeper.look()
        assert store.model.need(Kind.TASK, "t").spec.edge == "edge-1"
        boot[0] += 5.0
        await keeper.look()
        moved = store.model.need(Kind.TASK, "t")
        assert moved.spec.edge == "edge-2"
        await store.close()
        store = await Store.open(sqlite_url(tmp_path))
        assert store.model.need(Kind.TASK, "t").spec == moved.spec, "committed"
        await store.close()

    asyncio.run(asyncio.wait_for(scenario(), 60))
