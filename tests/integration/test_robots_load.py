"""The load generator on a real cloud: it keeps its number of tasks open, waits for a site, and outlives refusals."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

import pytest

from sim_robots import load
from tests.integration.cloud_world import TOKEN, CloudWorld, cloud

pytestmark = pytest.mark.e2e


async def open_tasks(world: CloudWorld) -> int:
    items = (await world.get("/api/v1/tasks"))["items"]
    return sum(1 for item in items if (item.get("status") or {}).get("phase", "pending") not in load.ENDED)


async def until(world: CloudWorld, count: int) -> int:
    for _ in range(100):
        found = await open_tasks(world)
        if found >= count:
            return found
        await asyncio.sleep(0.1)
    return await open_tasks(world)


def test_it_waits_for_a_site_and_then_keeps_its_number_of_tasks_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "LOOK_EVERY_S", 0.1)

    async def play() -> None:
        async with cloud(tmp_path) as world:
            url = f"http://127.0.0.1:{world.port}"
            work = asyncio.create_task(load.generate(url, TOKEN, seed=1, open_tasks=3))
            await asyncio.sleep(0.5)
            assert not work.done(), "an empty cloud is waited for"
            await world.apply_site()
            assert await until(world, 3) == 3
            await asyncio.sleep(0.5)
            assert await open_tasks(world) == 3, "no more than that"
            mission = (await world.get("/api/v1/missions"))["items"][0]["metadata"]["name"]
            await world.post(f"/api/v1/missions/{mission}/cancel")
            work.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await work

    asyncio.run(play())


def test_a_cloud_that_is_away_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "LOOK_EVERY_S", 0.05)

    async def play() -> None:
        work = asyncio.create_task(load.generate("http://127.0.0.1:9", TOKEN, seed=1))
        await asyncio.sleep(0.5)
        assert not work.done()
        work.cancel()

    asyncio.run(play())
