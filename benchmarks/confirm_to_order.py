"""How long from "confirm" to the order at the robot, and does a burst of tasks lose any?

    python benchmarks/confirm_to_order.py --tasks 100 --seed 1

Real processes, broker and databases. Two parts: (1) one goto after another to an idle robot: time from the request to the
VDA 5050 order on the robot's topic (it leaves when traffic has released the first node); (2) all tasks in one burst:
acceptance, dispatch decision (a robot is named), done.
The baseline of the same run is the bare round trip of an API read, so that ratios can be compared between machines.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import time
from typing import Any

import httpx

sys.path.insert(0, __file__.rsplit("/", 1)[0])
from running_fleet import Fleet, percentile, running, wait_until

from fleet.authority.order_ids import read_order_id
from fleet_io.mqtt import Incoming, MqttLink, MqttSettings


class OrderWatch:
    """Listens on the edge's broker as a robot would; `seen[task]` = monotonic time of the first order for it."""

    def __init__(self, port: int) -> None:
        self.seen: dict[str, float] = {}
        self._link = MqttLink(
            MqttSettings(port=port), client_id="bench-watch", on_message=self._on_message, subscriptions=[("+/+/+/+/order", 0)]
        )

    async def __aenter__(self) -> OrderWatch:
        self._task = asyncio.create_task(self._link.run())
        while not self._link.connected:
            await asyncio.sleep(0.05)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._link.stop()
        await self._task

    def _on_message(self, message: Incoming) -> None:
        order_id = json.loads(message.payload)["orderId"]
        self.seen.setdefault(read_order_id(order_id).task, time.monotonic())


async def one_by_one(fleet: Fleet, watch: OrderWatch, count: int, rng: random.Random) -> dict[str, Any]:
    places = goto_places(fleet)
    to_order: list[float] = []
    to_begin: list[float] = []
    reads: list[float] = []
    async with client(fleet) as api:
        for _ in range(count):
            robot, here = await idle_robot(api, rng)
            start = time.monotonic()
            await api.get("/api/v1/events?limit=1")
            reads.append(time.monotonic() - start)
            elsewhere = [place for place in places if place.replace(" ", "-") != here]
            task = {"ref": "t1", "action": "goto", "to": rng.choice(elsewhere), "robot": robot}
            start, asked_at = time.monotonic(), time.time()
            answer = await api.post("/api/v1/missions", json={"ir": {"outcome": "plan", "tasks": [task]}})
            answer.raise_for_status()
            name = f"{answer.json()['metadata']['name']}-1"
            while name not in watch.seen and time.monotonic() - start < 30:
                await asyncio.sleep(0.002)
            to_order.append(watch.seen.get(name, float("inf")) - start)
            begun = (await api.get(f"/api/v1/tasks/{name}")).json()["status"].get("started_at")
            if begun:
                to_begin.append(begun - asked_at)
            print(f"{len(to_order):4d} of {count}  {to_order[-1]:.3f} s", file=sys.stderr, flush=True)
    return {
        "tasks": count,
        "confirm_to_order_p50_s": round(percentile(to_order, 0.5), 4),
        "confirm_to_order_p99_s": round(percentile(to_order, 0.99), 4),
        "confirm_to_task_begun_at_edge_p50_s": round(percentile(to_begin, 0.5), 4),
        "confirm_to_task_begun_at_edge_p99_s": round(percentile(to_begin, 0.99), 4),
        "api_read_p50_s": round(percentile(reads, 0.5), 4),
    }


async def burst(fleet: Fleet, count: int, rng: random.Random) -> dict[str, Any]:
    places = goto_places(fleet)
    accepted: list[float] = []
    names: dict[str, float] = {}
    async with client(fleet) as api:

        async def post() -> None:
            a, b = rng.sample(places, 2)
            start = time.monotonic()
            task = {"ref": "t1", "action": "transport", "from": a, "to": b}
            answer = await api.post("/api/v1/missions", json={"ir": {"outcome": "plan", "tasks": [task]}})
            answer.raise_for_status()
            accepted.append(time.monotonic() - start)
            names[f"{answer.json()['metadata']['name']}-1"] = start

        await asyncio.gather(*(post() for _ in range(count)))
        decided: dict[str, float] = {}
        while len(decided) < count and time.monotonic() - min(names.values()) < 120:
            for item in (await api.get("/api/v1/tasks")).json()["items"]:
                name = item["metadata"]["name"]
                has_robot = item["spec"].get("assignment") or item["status"].get("robot")
                if name in names and name not in decided and has_robot:
                    decided[name] = time.monotonic() - names[name]
            await asyncio.sleep(0.05)

    def all_done() -> bool:
        items = [i for i in fleet.get("tasks")["items"] if i["metadata"]["name"] in names]
        return sum(i["status"].get("phase") == "done" for i in items) == count

    took = wait_until(all_done, "all tasks done", 3600, every_s=2.0)
    return {
        "tasks": count,
        "accepted_p50_s": round(percentile(accepted, 0.5), 3),
        "accepted_p99_s": round(percentile(accepted, 0.99), 3),
        "decided_p50_s": round(percentile(list(decided.values()), 0.5), 3),
        "decided_p99_s": round(percentile(list(decided.values()), 0.99), 3),
        "lost": count - len(decided),
        "all_done_after_s": round(took, 1),
    }


def client(fleet: Fleet) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {fleet.token}"}
    return httpx.AsyncClient(base_url=f"http://127.0.0.1:{fleet.port}", headers=headers, timeout=60)


def goto_places(fleet: Fleet) -> list[str]:
    kinds = {"dock", "rack", "packing", "staging"}
    return [p["name"] for p in fleet.get("registry")["places"] if p.get("kind") in kinds]


async def idle_robot(api: httpx.AsyncClient, rng: random.Random) -> tuple[str, str]:
    """(name, last node) of a robot that is idle by its status and named by no open task (statuses lag a moment behind)."""
    while True:
        robots = (await api.get("/api/v1/robots")).json()["items"]
        tasks = (await api.get("/api/v1/tasks")).json()["items"]
        wanted = {t["spec"].get("robot") for t in tasks if t["status"].get("phase") not in ("done", "failed", "cancelled")}
        still = [r for r in robots if r["status"].get("activity") in ("idle", "charging")]
        idle = [(r["metadata"]["name"], r["status"]["last_node"]) for r in still if r["metadata"]["name"] not in wanted]
        if idle:
            return rng.choice(idle)
        await asyncio.sleep(0.2)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--speed", type=float, default=8.0, help="simulated seconds per second of the robots")
    args = parser.parse_args()
    rng = random.Random(args.seed)
    with running(speed=args.speed) as fleet:
        async with OrderWatch(fleet.edge_broker_port) as watch:
            result = {"seed": args.seed, "speed": args.speed, "one_by_one": await one_by_one(fleet, watch, args.tasks, rng)}
            print(json.dumps(result), file=sys.stderr, flush=True)
            result["burst"] = await burst(fleet, args.tasks, rng)
    print(json.dumps(result))


if __name__ == "__main__":
    asyncio.run(main())
