"""kill -9 each process in turn in the middle of missions; every mission must end done, every pick and drop happen once.

    python benchmarks/kill_each.py --missions 6 --seed 1

Truth is the simulated world's own log of picks and drops (DATA/robots/*.log.jsonl), not the fleet's books.
`drover up` restarts what dies; nothing else is touched.
"""

from __future__ import annotations

import argparse
import collections
import json
import os
import random
import signal
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, __file__.rsplit("/", 1)[0])
from running_fleet import Fleet, running, wait_until

KINDS = {"dock", "rack", "packing", "staging"}


def post_missions(fleet: Fleet, count: int, rng: random.Random) -> list[str]:
    places = [p["name"] for p in fleet.get("registry")["places"] if p.get("kind") in KINDS]
    names = []
    for _ in range(count):
        a, b = rng.sample(places, 2)
        names.append(fleet.mission([{"ref": "t1", "action": "transport", "from": a, "to": b}]))
    return names


def phases(fleet: Fleet, names: list[str]) -> dict[str, str]:
    items = fleet.get("missions")["items"]
    return {i["metadata"]["name"]: i["status"].get("phase", "pending") for i in items if i["metadata"]["name"] in names}


def all_ended(fleet: Fleet, names: list[str]) -> bool:
    now = phases(fleet, names)
    return len(now) == len(names) and set(now.values()) <= {"done", "failed", "cancelled"}


def world_counts(data: Path) -> dict[str, collections.Counter[str]]:
    """load id -> how often it was picked and dropped, as the world saw it."""
    counts: dict[str, collections.Counter[str]] = {}
    for log in (data / "robots").glob("*.log.jsonl"):
        for line in log.read_text().splitlines():
            record = json.loads(line)
            counts.setdefault(record["load_id"], collections.Counter())[record["kind"]] += 1
    return counts


def busy_robot(fleet: Fleet) -> str | None:
    for robot in fleet.get("robots")["items"]:
        if robot["status"].get("task") and robot["status"].get("activity") in ("moving", "working"):
            return str(robot["metadata"]["name"])
    return None


def one_round(fleet: Fleet, victim: str, count: int, rng: random.Random, limit_s: float) -> dict[str, Any]:
    names = post_missions(fleet, count, rng)
    wait_until(lambda: "running" in phases(fleet, names).values(), "a mission runs", 60)
    time.sleep(2 + 4 * rng.random())
    process = victim
    if victim == "robot":
        robot = busy_robot(fleet)
        process = next((n for n in fleet.pids() if robot and n.endswith(robot)), "robots")
    os.kill(fleet.pids()[process], signal.SIGKILL)
    killed_at = time.monotonic()
    wait_until(lambda: all_ended(fleet, names), f"missions end after kill of {process}", limit_s)
    ends = phases(fleet, names)
    counts = world_counts(fleet.data)
    tasks = [f"{n}-1" for n in names]
    wrong = {t: dict(counts.get(t, {})) for t in tasks if dict(counts.get(t, {})) != {"pick": 1, "drop": 1}}
    return {
        "killed": process,
        "missions": count,
        "done": sum(p == "done" for p in ends.values()),
        "not_done": {n: p for n, p in ends.items() if p != "done"},
        "picked_and_dropped_once": count - len(wrong),
        "wrong": wrong,
        "ended_after_s": round(time.monotonic() - killed_at, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--missions", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--speed", type=float, default=4.0)
    parser.add_argument("--limit-s", type=float, default=300.0)
    args = parser.parse_args()
    rng = random.Random(args.seed)
    victims = ["broker-cloud", "broker-edge", "cloud", "edge", "robot"]
    with running(speed=args.speed, extra=("--no-planner", "--robot-processes", "each")) as fleet:
        rounds = [one_round(fleet, victim, args.missions, rng, args.limit_s) for victim in victims]
    print(json.dumps({"seed": args.seed, "rounds": rounds}, indent=1))


if __name__ == "__main__":
    main()
