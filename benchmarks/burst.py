"""A burst of tasks while a fleet drives: how long until each has a robot, and is any lost?

    python benchmarks/burst.py --robots 100 --tasks 100 --seed 1

Real processes (broker, edge node, virtual robots) at the site's own door. When every robot has work and drives, all tasks are
posted at once, each a request of its own. A decision is the moment at which the edge node's store names a robot for the task.
Tasks that end neither done nor still in hand are lost. Baseline of the same run: one task posted alone, before the burst.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx
import msgspec

sys.path.insert(0, __file__.rsplit("/", 1)[0])
from edge_300 import Load
from edge_house import EdgeHouse
from running_fleet import percentile
from tiers import HOST, TOKEN

from drover.floors import warehouse
from fleet.contracts import codec
from fleet.contracts.command_ir import CommandIr, Outcome
from fleet.contracts.commands import NewMission
from sim_robots.demand import Demand, transport, work_places

#: Posts at the same time, and how long a decision is waited for, seconds.
CONNECTIONS = 100
WAIT_S = 60.0


async def burst(house: EdgeHouse, count: int, demand: Demand, *, together: bool = False) -> dict[str, Any]:
    """`together`: one request with all tasks as one mission, else one request each."""
    posted: dict[str, float] = {}
    edge_before = house.used().cpu_s["edge"]
    accepted_s: list[float] = []
    limits = httpx.Limits(max_connections=CONNECTIONS)
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    address = f"http://{HOST}:{house.port}/api/v1"

    async def post(api: httpx.AsyncClient, tasks: int) -> None:
        each = [transport(*demand.next()).tasks[0] for _ in range(tasks)]
        ir = CommandIr(outcome=Outcome.PLAN, tasks=tuple(msgspec.structs.replace(t, ref=f"t{i}") for i, t in enumerate(each, 1)))
        body = codec.encode(NewMission(ir=ir))
        began = time.monotonic()
        answer = await api.post("/missions", content=body)
        answer.raise_for_status()
        accepted_s.append(time.monotonic() - began)
        posted.update(dict.fromkeys(answer.json()["spec"]["tasks"], began))

    async with httpx.AsyncClient(base_url=address, headers=headers, timeout=120, limits=limits, trust_env=False) as api:
        sending = asyncio.gather(*(post(api, count if together else 1) for _ in range(1 if together else count)))
        decided = await _decisions(house, posted, count, sending)
    return {
        "tasks": count,
        "accepted_p50_s": round(percentile(accepted_s, 0.5), 3),
        "accepted_p99_s": round(percentile(accepted_s, 0.99), 3),
        "edge_cpu_s": round(house.used().cpu_s["edge"] - edge_before, 2),
        "decided": len(decided),
        "decided_p50_s": round(percentile(list(decided.values()), 0.5), 3),
        "decided_p99_s": round(percentile(list(decided.values()), 0.99), 3),
        "lost": len(set(posted) - set(house.task_phases())) + count - len(posted),
    }


async def _decisions(house: EdgeHouse, posted: dict[str, float], count: int, sending: asyncio.Future[Any]) -> dict[str, float]:
    """Seconds from each task's request until the store names its robot."""
    decided: dict[str, float] = {}
    end = time.monotonic() + WAIT_S
    while time.monotonic() < end and (len(decided) < count or not sending.done()):
        rows = await asyncio.to_thread(house.rows, "SELECT name, body FROM state WHERE kind = 'Task'")
        now = time.monotonic()
        for name, body in rows:
            if name in posted and name not in decided and b'"assignment"' in _bytes(body):
                decided[name] = now - posted[name]
        await asyncio.sleep(0.02)
    await sending
    return decided


def _bytes(body: str | bytes) -> bytes:
    return body.encode() if isinstance(body, str) else body


def measure(house: EdgeHouse, count: int, warm_s: float, seed: int) -> dict[str, Any]:
    house.wait_online(600)
    load = Load(house, seed)
    load.start()
    time.sleep(warm_s)
    load.ending.set()
    load.join(30)
    driving = sum(
        json.loads(b)["status"].get("activity") == "moving" for (b,) in house.rows("SELECT body FROM state WHERE kind = 'Robot'")
    )
    places = work_places((p.name, p.kind) for p in house.site.layout.places)
    demand = Demand(places, seed + 1)
    alone = asyncio.run(burst(house, 1, demand))
    time.sleep(5)
    before = house.used()
    result = asyncio.run(burst(house, count, demand))
    time.sleep(20)
    together = asyncio.run(burst(house, count, demand, together=True))
    phases = house.task_phases().values()
    return {
        "robots": len(house.names),
        "robots_driving": driving,
        "seed": seed,
        "one_task_alone": alone,
        "burst": result,
        "burst_in_one_request": together,
        "failed": sum(p == "failed" for p in phases),
        "cores": house.used().since(before),
        "collisions": house.judge()["collisions"],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--robots", type=int, default=100)
    parser.add_argument("--tasks", type=int, default=100)
    parser.add_argument("--warm", type=float, default=60.0, help="seconds before the burst")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="drover-bench-") as temp:
        folder = Path(temp) / "site"
        warehouse.draw(args.robots).write(folder)
        with EdgeHouse(folder, Path(temp) / "house") as house:
            print(json.dumps(measure(house, args.tasks, args.warm, args.seed)))


if __name__ == "__main__":
    main()
