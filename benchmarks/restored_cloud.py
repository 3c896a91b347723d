"""The cloud's database is put back to a backup some minutes old while the site works on: do the edge nodes refill it?

    python benchmarks/restored_cloud.py --minutes 10 --seed 1

A whole fleet with virtual robots (`drover up`). The backup is made by the API, so that the edge node has dropped what is in it;
or (`--outside`) with SQLite's own online copy, so that the cloud does not know of it. Afterwards missions, tasks and events
are compared with what the cloud had before it was killed.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import json
import os
import random
import signal
import sqlite3
import sys
import time
from pathlib import Path
from typing import Any

import httpx

sys.path.insert(0, __file__.rsplit("/", 1)[0])
from kill_each import KINDS, all_ended, phases, world_counts
from running_fleet import Fleet, running, wait_until

#: Missions that are open at the same time.
OPEN_MAX = 6
ENDED = ("done", "failed", "cancelled")


def open_db(path: Path) -> contextlib.closing[sqlite3.Connection]:
    return contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10))


def known(data: Path) -> dict[str, dict[str, Any]]:
    """Kind/name -> {generation, phase} of missions and tasks, and ids of events, as the cloud's database holds them."""
    found: dict[str, dict[str, Any]] = {"work": {}, "events": {}}
    with open_db(data / "cloud" / "cloud.db") as db:
        sql = "SELECT kind, name, generation, status FROM resources WHERE kind IN ('Mission', 'Task') AND deleted_at IS NULL"
        for kind, name, generation, status in db.execute(sql):
            found["work"][f"{kind}/{name}"] = {"generation": generation, "phase": json.loads(status).get("phase", "pending")}
        found["events"] = {row[0]: None for row in db.execute("SELECT id FROM events")}
    return found


def made_at_edge(data: Path) -> set[str]:
    with open_db(data / "edge" / "edge.db") as db:
        return {row[0] for row in db.execute("SELECT id FROM events")}


def kept_at_edge(data: Path) -> set[int]:
    """Numbers of events and answers in the edge node's queue: not at the cloud yet, or in no backup of it."""
    with open_db(data / "edge" / "edge.db") as db:
        return {row[0] for row in db.execute("SELECT seq FROM outbox WHERE stream = 'ev' AND seq > 0")}


def work_for(fleet: Fleet, seconds: float, rng: random.Random, names: list[str]) -> None:
    places = [p["name"] for p in fleet.get("registry")["places"] if p.get("kind") in KINDS]
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with contextlib.suppress(httpx.HTTPError):
            if sum(p not in ENDED for p in phases(fleet, names).values()) < OPEN_MAX:
                a, b = rng.sample(places, 2)
                names.append(fleet.mission([{"ref": "t1", "action": "transport", "from": a, "to": b}]))
        time.sleep(1.0)


def put_back(fleet: Fleet, backup: Path) -> None:
    """kill -9 the cloud, and before `drover up` can start it again, the old file lies in its place."""
    pid = fleet.pids()["cloud"]
    os.kill(fleet.process.pid, signal.SIGSTOP)
    try:
        os.kill(pid, signal.SIGKILL)
        while Path(f"/proc/{pid}/stat").exists() and Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z":
            time.sleep(0.01)
        path = fleet.data / "cloud" / "cloud.db"
        for beside in path.parent.glob("cloud.db-*"):
            beside.unlink()
        backup.replace(path)
    finally:
        os.kill(fleet.process.pid, signal.SIGCONT)


def refilled(fleet: Fleet, before: dict[str, dict[str, Any]], since: float) -> bool:
    view = fleet.get("edgenodes/edge-1/link")["view"]
    now = known(fleet.data)
    events = set(before["events"]) & made_at_edge(fleet.data)
    whole = before["work"].keys() <= now["work"].keys() and events <= now["events"].keys()
    return whole and view["state"] == "online" and view["digest"] == "equal" and (view.get("converged_at") or 0) > since


def back_up(fleet: Fleet, *, outside: bool) -> Path:
    """The copy, on the disk. By the API: the edge node, too, has heard of it, and keeps nothing that is in it."""
    if not outside:
        time.sleep(2)  # what the edge node keeps is at the cloud, and only kept
        kept = kept_at_edge(fleet.data)
        answer = fleet.api.post("/api/v1/backup", json={"to": "before.db"})
        answer.raise_for_status()
        wait_until(lambda: not kept & kept_at_edge(fleet.data), "the edge node drops what is in the backup", 15)
        return Path(answer.json()["file"])
    backup = fleet.data / "backup.db"
    with open_db(fleet.data / "cloud" / "cloud.db") as source, contextlib.closing(sqlite3.connect(backup)) as target:
        source.backup(target)
    return backup


def run(minutes: float, seed: int, speed: float, outside: bool) -> dict[str, Any]:
    rng, names = random.Random(seed), list[str]()
    with running(speed=speed) as fleet:
        work_for(fleet, 30, rng, names)
        kept_before = kept_at_edge(fleet.data)
        backup = back_up(fleet, outside=outside)
        still_kept = kept_before & kept_at_edge(fleet.data)
        then = known(fleet.data)
        work_for(fleet, minutes * 60, rng, names)
        time.sleep(2)  # what the API has answered is at the edge node
        before, at_edge = known(fleet.data), made_at_edge(fleet.data)
        healed = time.time()
        put_back(fleet, backup)
        try:
            took: float | None = wait_until(lambda: refilled(fleet, before, healed), "refilled", 180)
        except TimeoutError:
            took = None
        after = known(fleet.data)
        view = fleet.get("edgenodes/edge-1/link")["view"]
        with contextlib.suppress(TimeoutError):
            wait_until(lambda: all_ended(fleet, names), "missions end", 240)
        ends, counts = phases(fleet, names), world_counts(fleet.data)
        after_all = known(fleet.data)
        traces = [p.name for p in (fleet.data / "logs").glob("*.log") if "Traceback" in p.read_text("utf-8", "replace")]
    lost = [k for k in before["work"] if k not in after["work"]]
    ended = {k: v for k, v in before["work"].items() if v["phase"] in ENDED}
    of_edge = set(before["events"]) & at_edge
    twice = {t: dict(c) for t, c in counts.items() if c["pick"] > 1 or c["drop"] > 1}
    return {
        "minutes_lost": minutes,
        "seed": seed,
        "speed": speed,
        "backup": "outside" if outside else "API",
        "rows_kept_at_the_edge": {"before_the_backup": len(kept_before), "of_these_after_it": len(still_kept)},
        "in_the_backup": {"missions_and_tasks": len(then["work"]), "events": len(then["events"])},
        "before": {"missions_and_tasks": len(before["work"]), "events": len(before["events"]), "of_the_edge": len(of_edge)},
        "refilled_after_s": took and round(took, 1),
        "missions_and_tasks_lost": lost,
        "ended_before_and_not_as_before": {k: after["work"].get(k) for k, v in ended.items()
                                           if after_all["work"].get(k, {}).get("phase") != v["phase"]},
        "edge_events_lost": len(of_edge - after_all["events"].keys()),
        "cloud_own_events_lost": len(set(before["events"]) - of_edge - after_all["events"].keys()),
        "hub_epoch": view.get("hub_epoch"),
        "generations_fell": [k for k, v in before["work"].items() if after["work"].get(k, v)["generation"] < v["generation"]],
        "missions_ended": dict(collections.Counter(ends.values())),
        "done_twice": twice,
        "not_once": {n: dict(counts.get(f"{n}-1", {})) for n, p in ends.items()
                     if p == "done" and dict(counts.get(f"{n}-1", {})) != {"pick": 1, "drop": 1}},
        "processes_with_a_traceback": traces,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0, help="between the backup and its return")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--speed", type=float, default=4.0)
    parser.add_argument("--outside", action="store_true", help="the cloud does not know of the backup")
    args = parser.parse_args()
    print(json.dumps(run(args.minutes, args.seed, args.speed, args.outside), indent=1))


if __name__ == "__main__":
    main()
