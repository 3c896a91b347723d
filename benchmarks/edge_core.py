"""CPU of the edge node's core and store for each message, with N robots on a virtual clock: no sockets, nothing else counted.

    python benchmarks/edge_core.py --robots 300 --minutes 2 --seed 1 [--site FOLDER] [--profile FILE]

The same core, keeper and SQLite file as in the process (edge_node/app.py); messages are carried by hand, so that only what the
edge node itself does is measured, whatever else runs on the machine. Plans are made in turn and not counted.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from drover import site as sites
from drover.floors import warehouse
from edge_node.core.effects import NeedPlan, Publish
from edge_node.store.database import Database
from edge_node.store.keeper import Keeper
from fleet.contracts.resources import Kind
from fleet.contracts.topics import robot_topic
from fleet.contracts.vda5050 import codec as vda
from fleet.planning.solve import plan
from fleet.tasks.canonical import canonicalise
from fleet.tasks.lower import lower
from fleet.tasks.site import Site
from sim_robots.app import identity_of, make_body, settings_of
from sim_robots.config import RobotsConfig
from sim_robots.demand import Demand, transport, work_places
from sim_robots.judge import Judge
from sim_robots.world.vehicle import Vehicle

#: Step of the virtual clock, and how often the core is ticked and the store is flushed, seconds.
STEP_S = 0.05
TICK_S = 0.1
BEGIN_S = 1_790_000_000.0
OPEN_PER_ROBOT = 1.2


class Bench:
    """One edge node and its robots on one clock."""

    def __init__(self, folder: Path, data: Path, robots: int, seed: int, profile: cProfile.Profile | None) -> None:
        self.now = BEGIN_S
        self.site = sites.load(str(folder))
        played, chargers = sites.virtual_robots(self.site)
        self.played = played[:robots]
        self.keeper = Keeper.open(Database(data / "edge.db"), site=self.site.name, edge=self.site.edge, clock=lambda: self.now)
        self.keeper.to_robots = self._deliver
        self.keeper.to_planner = self._plan
        self.cpu_s: dict[str, float] = {}
        self.counts: dict[str, int] = {}
        self.plan_cpu_s = 0.0
        self._profile = profile
        self._needs: list[NeedPlan] = []
        config = RobotsConfig(data_dir=data, robots=self.played, chargers=chargers, seed=seed)
        self.vehicles: dict[str, Vehicle] = {}
        for robot in self.played:
            identity = identity_of(robot)
            key = robot_topic(identity.prefix, identity.manufacturer, identity.serial_number, "")
            self.vehicles[key] = Vehicle(identity, settings_of(robot), make_body(robot, config, self.now))
        bodies = {key: v.body for key, v in self.vehicles.items()}
        self.judge = Judge(bodies, lambda: None, data)
        places = work_places((p.name, p.kind) for p in self.site.layout.places)
        self.demand, self.missions = Demand(places, seed), 0
        self.wanted = int(len(self.played) * OPEN_PER_ROBOT)
        self.measuring = False

    # ---- what is measured ----

    def counted(self, what: str, deed: Callable[[], Any]) -> None:
        self.counts[what] = self.counts.get(what, 0) + self.measuring
        began = time.process_time()
        if self._profile is not None and self.measuring:
            self._profile.enable()
        try:
            deed()
        finally:
            if self._profile is not None:
                self._profile.disable()
            if self.measuring:
                self.cpu_s[what] = self.cpu_s.get(what, 0.0) + time.process_time() - began

    def hear(self, topic: str, payload: bytes) -> None:
        what = topic.rpartition("/")[2]
        self.counted(what, lambda: self.keeper.change(lambda now: self.keeper.core.on_robot_message(topic, payload, now)))

    # ---- the world ----

    def _deliver(self, publish: Publish) -> None:
        folder, _, topic = publish.topic.rpartition("/")
        vehicle = self.vehicles.get(folder + "/")
        if vehicle is not None:
            self.counts[f"out.{topic}"] = self.counts.get(f"out.{topic}", 0) + self.measuring
            self._mail.append((vehicle, topic, publish.payload))

    def _plan(self, need: NeedPlan) -> None:
        self._needs.append(need)

    async def begin(self) -> None:
        self._mail: list[tuple[Vehicle, str, bytes]] = []
        wanted = {r.name for r in self.played}
        for resource in self.site.resources:
            if resource.kind is not Kind.ROBOT or resource.metadata.name in wanted:
                self.keeper.change(lambda now, r=resource: self.keeper.core.apply(r, now, by="edge"))  # type: ignore[misc]
        self.keeper.change(lambda now: self.keeper.core.robots_link(True, now))
        await self.keeper.flush()
        for vehicle in self.vehicles.values():
            vehicle.connect(self.now)

    async def run(self, seconds: float) -> None:
        end, ticked, topped = self.now + seconds, self.now, float("-inf")
        while self.now < end:
            self.now += STEP_S
            for key, vehicle in self.vehicles.items():
                vehicle.advance(self.now)
                sends, vehicle.outbox[:] = list(vehicle.outbox), []
                for send in sends:
                    self.hear(key + send.topic_name, vda.write(send.message))
            if self.now - ticked >= TICK_S - 1e-6:
                ticked = self.now
                self.counted("tick", lambda: self.keeper.change(self.keeper.core.tick))
            await self._flush()
            if self.now - topped >= 2.0:
                topped = self.now
                self.top_up()
                self.judge.look()

    async def _flush(self) -> None:
        began = time.process_time()
        if self._profile is not None and self.measuring:
            self._profile.enable()
        await self.keeper.flush()
        if self._profile is not None:
            self._profile.disable()
        if self.measuring:
            self.cpu_s["store"] = self.cpu_s.get("store", 0.0) + time.process_time() - began
        mail, self._mail = self._mail, []
        for vehicle, topic, payload in mail:
            vehicle.receive(topic, payload, self.now)
        needs, self._needs = self._needs[-1:], []
        for need in needs:
            began = time.process_time()
            result = plan(need.request, budget_s=0.0)
            self.plan_cpu_s += time.process_time() - began
            version = need.version
            self.counted("planned", lambda v=version, r=result: self.keeper.change(  # type: ignore[misc]
                lambda now: self.keeper.core.planned(v, r, now)))  # fmt: skip

    def top_up(self) -> None:
        """Random transports, so that every robot has one and a few wait."""
        core = self.keeper.core
        missing = self.wanted - sum(not t.status.phase.ended for t in core.resources(Kind.TASK))
        if missing <= 0:
            return
        site = Site.build(self.site.name, [r for kind in Kind for r in core.resources(kind)], self.now)
        for _ in range(min(missing, 40)):
            self.missions += 1
            ir = canonicalise(transport(*self.demand.next()), site)
            for task in lower(ir, site, mission=f"m{self.missions}", now=self.now, utc_offset_s=0):
                self.counted("apply", lambda t=task: self.keeper.change(  # type: ignore[misc]
                    lambda now: core.apply(t, now, by="edge")))  # fmt: skip


async def bench(args: argparse.Namespace, folder: Path, data: Path) -> dict[str, Any]:
    profile = cProfile.Profile() if args.profile else None
    bench = Bench(folder, data, args.robots, args.seed, profile)
    began = time.process_time()
    await bench.begin()
    start_cpu_s = time.process_time() - began
    await bench.run(args.warm)
    bench.measuring = True
    before = bench.keeper.core.counters.copy() if isinstance(bench.keeper.core.counters, dict) else {}
    done = sum(e.reason == "TaskDone" for e in bench.keeper.events)
    await bench.run(60 * args.minutes)
    if profile is not None:
        profile.dump_stats(args.profile)
    seconds = 60 * args.minutes
    total_s = sum(bench.cpu_s.values())
    counters = {k: v - before.get(k, 0) for k, v in bench.keeper.core.counters.items()}
    return {
        "robots": args.robots,
        "seed": args.seed,
        "cores": round(total_s / seconds, 3),
        "cpu_s": {k: round(v, 3) for k, v in sorted(bench.cpu_s.items())},
        "counts": bench.counts,
        "us_each": {k: round(1e6 * v / bench.counts[k], 1) for k, v in bench.cpu_s.items() if bench.counts.get(k)},
        "tasks_done": sum(e.reason == "TaskDone" for e in bench.keeper.events) - done,
        "collisions": bench.judge.verdict.collisions,
        "plan_cpu_s": round(bench.plan_cpu_s, 2),
        "start_cpu_s": round(start_cpu_s, 2),
        "counters": {k: v for k, v in counters.items() if v},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--robots", type=int, default=300)
    parser.add_argument("--minutes", type=float, default=2.0)
    parser.add_argument("--warm", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--site", type=Path, help="folder with site.yaml; default: the warehouse, drawn for so many robots")
    parser.add_argument("--profile", type=Path, help="write cProfile's figures of the measured part here")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="drover-bench-") as temp:
        folder = args.site or Path(temp) / "site"
        if args.site is None:
            warehouse.draw(args.robots).write(folder)
        print(json.dumps(asyncio.run(bench(args, folder, Path(temp)))))


if __name__ == "__main__":
    main()
