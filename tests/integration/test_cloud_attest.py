"""A task whose edge node has lost its store: over HTTP, on a real database, across restarts of the cloud."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from cloud.core.changes import PutStatus
from cloud.core.placement import store_replaced_ops
from cloud.store.store import Store, sqlite_url
from fleet.contracts.resources import Kind, Phase, TaskStatus
from tests.integration.cloud_world import TRANSPORT, CloudWorld, cloud, problem
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
