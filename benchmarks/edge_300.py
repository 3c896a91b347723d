"""One edge node drives hundreds of VDA 5050 robots over MQTT: what each process uses, and how long robots wait for it.

    python benchmarks/edge_300.py --robots 300 --minutes 5 --seed 1 [--site FOLDER]

Real processes on this machine: broker, edge node, virtual robots (one process); no cloud. Random transports keep every robot
busy. CPU is what each process used in the measured window, as a number of cores. `wait_ms` is from a `state` at the edge node's
socket to the order that follows from it, committed and sent; `age_ms` from the robot's own timestamp, so that time in queues of
broker and sockets counts. Collisions are those that the virtual world's own judge saw, four times a second.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import httpx

sys.path.insert(0, __file__.rsplit("/", 1)[0])
from edge_house import EdgeHouse

from drover.floors import warehouse
from fleet.contracts import codec
from fleet.contracts.commands import NewMission
from sim_robots.demand import Demand, transport, work_places

#: Open tasks for each robot, and how often missing ones are posted.
OPEN_PER_ROBOT = 1.2
TOP_UP_S = 2.0
#: Posts at one look, so that the door is not what is measured.
POSTS_MAX = 20


class Load(threading.Thread):
    """Keeps every robot busy with random transports, through the site's own API."""

    def __init__(self, house: EdgeHouse, seed: int) -> None:
        super().__init__(daemon=True)
        places = work_places((p.name, p.kind) for p in house.site.layout.places)
        self._house, self._demand = house, Demand(places, seed)
        self._wanted = int(len(house.names) * OPEN_PER_ROBOT)
        self.posted = 0
        self.refused = 0
        self.post_ms: list[float] = []
        self.ending = threading.Event()

    def run(self) -> None:
        while not self.ending.wait(TOP_UP_S):
            phases = self._house.task_phases().values()
            missing = self._wanted - sum(p not in ("done", "failed", "cancelled") for p in phases)
            for _ in range(min(missing, POSTS_MAX)):
                self._post()

    def _post(self) -> None:
        body = codec.encode(NewMission(ir=transport(*self._demand.next())))
        began = time.monotonic()
        try:
            answer = self._house.api.post("/missions", content=body, headers={"Content-Type": "application/json"})
        except httpx.HTTPError:
            self.refused += 1
            return
        self.post_ms.append(1000 * (time.monotonic() - began))
        self.posted += answer.is_success
        self.refused += answer.is_error


def measure(house: EdgeHouse, minutes: float, warm_s: float, seed: int) -> dict[str, Any]:
    started_s = house.wait_online(600)
    print(f"{len(house.names)} robots online after {started_s:.0f} s", file=sys.stderr, flush=True)
    load = Load(house, seed)
    load.start()
    time.sleep(warm_s)
    before, done_before, health = house.used(), _done(house), house.health()
    messages_before = health["pace"]["messages"]
    end = time.monotonic() + 60 * minutes
    while time.monotonic() < end:
        time.sleep(min(30.0, max(0.0, end - time.monotonic())))
        now = house.health()["pace"]
        print(f"  done {_done(house)}  wait {now['wait_ms']}  age {now['age_ms']}", file=sys.stderr, flush=True)
    after, health = house.used(), house.health()
    wall_s = after.wall_s - before.wall_s
    load.ending.set()
    load.join(30)
    done = _done(house) - done_before
    judge = house.judge()
    phases = list(house.task_phases().values())
    return {
        "robots": len(house.names),
        "seed": seed,
        "minutes": round(wall_s / 60, 2),
        "cores": after.since(before),
        "cores_all": round(sum(after.since(before).values()), 3),
        "rss_mb": house.rss_mb(),
        "messages_per_s": round((health["pace"]["messages"] - messages_before) / wall_s, 1),
        "orders": health["pace"]["orders"],
        "wait_ms": health["pace"]["wait_ms"],
        "age_ms": health["pace"]["age_ms"],
        "collisions": judge["collisions"],
        "judge_looks": judge["looks"],
        "tasks_done": done,
        "tasks_per_hour": round(done / wall_s * 3600),
        "tasks_failed": phases.count("failed"),
        "posted": load.posted,
        "refused": load.refused,
        "post_ms_p50": round(sorted(load.post_ms)[len(load.post_ms) // 2], 1) if load.post_ms else None,
        "waits": health["waits"][:10],
        "counters": health["counters"],
        "all_online_after_s": round(started_s, 1),
    }


def _done(house: EdgeHouse) -> int:
    """The edge node forgets old missions; their tasks' endings are in its event list."""
    return int(house.rows("SELECT count(*) FROM events WHERE CAST(body AS TEXT) LIKE '%\"TaskDone\"%'")[0][0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--robots", type=int, default=300)
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--warm", type=float, default=60.0, help="seconds before the measured window")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--speed", type=float, default=1.0, help="simulated seconds per second")
    parser.add_argument("--site", type=Path, help="folder with site.yaml; default: the warehouse, drawn for so many robots")
    parser.add_argument("--edge-script", default="", help="a program that runs the edge node instead of `python -m drover`")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="drover-bench-") as temp:
        folder = args.site or Path(temp) / "site"
        if args.site is None:
            warehouse.draw(args.robots).write(folder)
        data = Path(temp) / "house"
        with EdgeHouse(folder, data, speed=args.speed, robots=args.robots, edge_script=args.edge_script) as house:
            print(json.dumps(measure(house, args.minutes, args.warm, args.seed)))


if __name__ == "__main__":
    main()
