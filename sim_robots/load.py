"""Load generator: keeps a number of random transports open through the cloud's API, so that a demo fleet is busy."""

from __future__ import annotations

import asyncio
import logging
import signal

import httpx

from fleet.contracts import codec
from fleet.contracts.commands import NewMission
from fleet.contracts.translate import Registry
from sim_robots.demand import Demand, transport, work_places

log = logging.getLogger("drover.load")

#: How often open tasks are counted, in seconds.
LOOK_EVERY_S = 2.0
#: Most missions that are posted at one look, so that a slow cloud is not flooded.
POSTS_PER_LOOK_MAX = 8
#: Seconds that one request may take.
REQUEST_TIMEOUT_S = 10.0
#: Open tasks for each robot, where no number is given.
OPEN_TASKS_PER_ROBOT = 1.5
ENDED = frozenset({"done", "failed", "cancelled"})


def run_load(api_url: str, token: str, *, seed: int = 0, open_tasks: int | None = None, site: str = "") -> int:
    """Blocks until SIGINT or SIGTERM."""
    asyncio.run(_until_signal(api_url, token, seed, open_tasks, site))
    return 0


async def _until_signal(api_url: str, token: str, seed: int, open_tasks: int | None, site: str) -> None:
    work = asyncio.create_task(generate(api_url, token, seed=seed, open_tasks=open_tasks, site=site))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, work.cancel)
    try:
        await work
    except asyncio.CancelledError:
        log.info("no more load")


async def generate(api_url: str, token: str, *, seed: int, open_tasks: int | None = None, site: str = "") -> None:
    """Keep `open_tasks` tasks open (default: one and a half a robot) until cancelled. A cloud that is away is waited for."""
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=api_url, headers=headers, timeout=REQUEST_TIMEOUT_S, trust_env=False) as api:
        demand: Demand | None = None
        while True:
            try:
                if demand is None:
                    registry = await _registry(api)
                    demand = _demand(registry, seed)
                    open_tasks = open_tasks or max(2, int(len(registry.robots) * OPEN_TASKS_PER_ROBOT))
                if demand is not None:
                    missing = (open_tasks or 0) - await _open(api)
                    for _ in range(min(missing, POSTS_PER_LOOK_MAX)):
                        await _post(api, demand, site)
            except httpx.HTTPError as error:
                log.warning("the cloud does not take work just now: %s", error)
            await asyncio.sleep(LOOK_EVERY_S)


def _demand(registry: Registry, seed: int) -> Demand | None:
    """None while the site has not two places to work at: its layout has still to be applied."""
    places = work_places((p.name, p.kind) for p in registry.places)
    if len(places) < 2:
        log.warning("site %r has no two places to work at yet", registry.site)
        return None
    return Demand(places, seed)


async def _registry(api: httpx.AsyncClient) -> Registry:
    answer = await api.get("/api/v1/registry")
    answer.raise_for_status()
    return codec.decode(answer.content, Registry)


async def _open(api: httpx.AsyncClient) -> int:
    answer = await api.get("/api/v1/tasks")
    answer.raise_for_status()
    return sum(1 for item in answer.json()["items"] if (item.get("status") or {}).get("phase", "pending") not in ENDED)


async def _post(api: httpx.AsyncClient, demand: Demand, site: str) -> None:
    source, target = demand.next()
    mission = NewMission(ir=transport(source, target), site=site, title=f"{source} to {target}")
    answer = await api.post("/api/v1/missions", content=codec.encode(mission), headers={"Content-Type": "application/json"})
    if answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY:
        log.info("%s to %s is not possible: %s", source, target, answer.json().get("detail"))
        return
    answer.raise_for_status()
