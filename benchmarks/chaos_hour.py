"""A random fault every few seconds, for an hour, on a whole fleet of real processes: what was lost, what was done twice?

    python benchmarks/chaos_hour.py --minutes 60 --robots 20 --every 20 --seed 1 --out chaos.json

Faults: kill -9 of the cloud, the edge node, either broker, one robot's agent; or the link between cloud and edge node cut for
5 to 15 s. Missions are posted all the while, at the cloud and at the site. Truth is not the fleet's books but the simulated
world's own log of picks and drops, the poses that the robots say, and both databases read from outside.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import json
import math
import os
import random
import signal
import sqlite3
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import paho.mqtt.client as mqtt

from drover.floors import warehouse

sys.path.insert(0, __file__.rsplit("/", 1)[0])
from kill_each import KINDS, world_counts
from running_fleet import Fleet, percentile, running

FAULTS = ("cloud", "edge", "broker-cloud", "broker-edge", "robot", "partition", "partition")
#: Missions that are open at the same time, as a share of the robots.
OPEN_SHARE = 1.0
#: Two robots of 1.0 m x 0.7 m whose centres are nearer than this have touched, metres.
TOUCH_M = 0.7
#: Poses of two robots are compared when they are of the same moment, give or take, seconds.
SAME_MOMENT_S = 0.25
END_LIMIT_S = 900.0


@dataclass
class Poses:
    """Listens to what the robots say of themselves and finds the nearest that two of them have been."""

    nearest_m: float = math.inf
    pairs: int = 0
    touched: list[str] = field(default_factory=list)
    _last: dict[str, tuple[float, float, float]] = field(default_factory=dict)

    def start(self, port: int) -> mqtt.Client:
        client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
        client.on_connect = lambda c, *_: c.subscribe([("uagv/v2/+/+/visualization", 0), ("uagv/v2/+/+/state", 0)])
        client.on_message = lambda _c, _u, message: self.take(message)
        client.connect_async("127.0.0.1", port)
        client.reconnect_delay_set(1, 2)
        client.loop_start()
        return client

    def take(self, message: mqtt.MQTTMessage) -> None:
        with contextlib.suppress(ValueError, KeyError, TypeError):
            document = json.loads(message.payload)
            pose = document.get("agvPosition")
            if not pose:
                return
            me, now = document["serialNumber"], time.monotonic()
            self._last[me] = (now, pose["x"], pose["y"])
            for other, (at, x, y) in self._last.items():
                if other == me or now - at > SAME_MOMENT_S:
                    continue
                self.pairs += 1
                apart_m = math.hypot(pose["x"] - x, pose["y"] - y)
                self.nearest_m = min(self.nearest_m, apart_m)
                if apart_m < TOUCH_M:
                    self.touched.append(f"{me} and {other}: {apart_m:.2f} m at {pose['x']:.1f}, {pose['y']:.1f}")


@dataclass
class Books:
    """What the two databases have said over time, by id (their tables are bounded, so they are read again and again)."""

    edge: set[str] = field(default_factory=set)
    cloud: set[str] = field(default_factory=set)

    def read(self, data: Path) -> None:
        self.edge |= _ids(next(data.rglob("edge.db")))
        self.cloud |= _ids(next(data.rglob("cloud.db")))


def _ids(path: Path) -> set[str]:
    with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        return {row[0] for row in db.execute("SELECT id FROM events")}
    return set()


class Work(threading.Thread):
    """Keeps missions coming, whatever is down. `made`: names that an API has answered with."""

    def __init__(self, fleet: Fleet, places: list[str], robots: int, seed: int) -> None:
        super().__init__(daemon=True)
        self.fleet, self.places, self.robots = fleet, places, robots
        self.rng = random.Random(seed)
        self.made: dict[str, str] = {}
        self.refused: collections.Counter[str] = collections.Counter()
        self.stop = threading.Event()
        head = {"Authorization": f"Bearer {fleet.token}"}
        self.doors = {
            "cloud": httpx.Client(base_url=f"http://127.0.0.1:{fleet.port}/api/v1", headers=head, timeout=5),
            "edge": httpx.Client(base_url=f"http://127.0.0.1:{fleet.edge_port}/api/v1", headers=head, timeout=5),
        }

    def run(self) -> None:
        while not self.stop.wait(2.0):
            try:
                if self._open() < self.robots * OPEN_SHARE:
                    self._post("edge" if self.rng.random() < 0.3 else "cloud")
            except (httpx.HTTPError, KeyError, ValueError) as error:
                self.refused[f"look {type(error).__name__}"] += 1

    def _open(self) -> int:
        items = self.doors["edge"].get("/missions").json()["items"]
        return sum(i["status"].get("phase", "pending") not in ("done", "failed", "cancelled") for i in items)

    def _post(self, door: str) -> None:
        a, b = self.rng.sample(self.places, 2)
        task = {"ref": "t1", "action": "transport", "from": a, "to": b}
        try:
            answer = self.doors[door].post("/missions", json={"ir": {"outcome": "plan", "tasks": [task]}})
            if answer.status_code == 201:
                self.made[str(answer.json()["metadata"]["name"])] = door
            else:
                self.refused[f"{door} {answer.status_code}"] += 1
        except httpx.HTTPError as error:
            self.refused[f"{door} {type(error).__name__}"] += 1


def one_fault(fleet: Fleet, kind: str, rng: random.Random) -> dict[str, Any]:
    """Answers when the fault is over (a kill: at once, `drover up` starts it again)."""
    if kind == "partition":
        for_s = rng.uniform(5, 15)
        head = {"Authorization": f"Bearer {fleet.token}"}
        url = f"http://127.0.0.1:{fleet.edge_port}/api/v1/drill/partition"
        httpx.post(url, json={"for_s": for_s}, headers=head, timeout=5).raise_for_status()
        time.sleep(for_s)
        return {"kind": kind, "for_s": round(for_s, 1)}
    pids = fleet.pids()
    name = kind
    if kind == "robot":
        name = rng.choice(sorted(n for n in pids if "robot" in n))
    os.kill(pids[name], signal.SIGKILL)
    return {"kind": kind, "process": name}


def converge(fleet: Fleet, since: float, limit_s: float) -> tuple[float | None, float | None]:
    """(seconds until both sides talk again, until both agree with nothing waiting); None: not within the limit."""
    talks: float | None = None
    begin = time.monotonic()
    while time.monotonic() - begin < limit_s:
        with contextlib.suppress(httpx.HTTPError, KeyError, ValueError, TypeError):
            view = fleet.get("edgenodes/edge-1/link")["view"]
            if view["state"] == "online" and (view.get("heard_at") or 0) > since:
                talks = talks if talks is not None else time.time() - since
                if (view.get("converged_at") or 0) > since:
                    return talks, time.time() - since
        time.sleep(0.25)
    return talks, None


def missions(work: Work) -> dict[str, tuple[str, str]]:
    """name -> (phase, reason) at the cloud, of those that were accepted."""
    items = work.doors["cloud"].get("/missions").json()["items"]
    found = {i["metadata"]["name"]: (i["status"].get("phase", "pending"), i["status"].get("reason", "")) for i in items}
    return {name: found.get(name, ("lost", "")) for name in work.made}


def wait_for_end(work: Work) -> dict[str, tuple[str, str]]:
    begin, ends = time.monotonic(), {}
    while time.monotonic() - begin < END_LIMIT_S:
        with contextlib.suppress(httpx.HTTPError, KeyError, ValueError):
            ends = missions(work)
            open_ones = [n for n, (phase, reason) in ends.items() if phase not in ("done", "failed", "cancelled", "lost")]
            if not [n for n in open_ones if "NEEDS_CHECK" not in ends[n][1]]:
                return ends
        time.sleep(2)
    return ends


def report(fleet: Fleet, work: Work, poses: Poses, books: Books, faults: list[dict[str, Any]], begun: float) -> dict[str, Any]:
    ends = missions(work)
    counts = world_counts(fleet.data)
    phases = collections.Counter(phase for phase, _ in ends.values())
    twice = {t: dict(c) for t, c in counts.items() if c["pick"] > 1 or c["drop"] > 1}
    done = [n for n, (phase, _) in ends.items() if phase == "done"]
    odd = {n: dict(counts.get(f"{n}-1", {})) for n in done if dict(counts.get(f"{n}-1", {})) != {"pick": 1, "drop": 1}}
    talks = [f["talks_s"] for f in faults if f.get("talks_s") is not None]
    agrees = [f["agrees_s"] for f in faults if f.get("agrees_s") is not None]
    kinds = collections.Counter(f["kind"] for f in faults)
    missing = sorted(books.edge - books.cloud)
    return {
        "wall_min": round((time.monotonic() - begun) / 60, 1),
        "robots": work.robots,
        "faults": dict(kinds),
        "missions_accepted": len(work.made),
        "accepted_at": dict(collections.Counter(work.made.values())),
        "not_accepted": dict(work.refused),
        "ended": dict(phases),
        "not_done": {n: e for n, e in ends.items() if e[0] != "done"},
        "tasks_lost": phases.get("lost", 0),
        "tasks_done_twice": len(twice),
        "twice": twice,
        "done_but_not_once": odd,
        "events_made": len(books.edge),
        "events_lost": len(missing),
        "lost": missing[:20],
        "unsafe_motions": len(poses.touched),
        "touched": poses.touched[:20],
        "nearest_m": round(poses.nearest_m, 2) if poses.pairs else None,
        "pairs_compared": poses.pairs,
        "talks_again_s": {"p50": percentile(talks, 0.5), "p99": percentile(talks, 0.99), "max": max(talks, default=None)},
        "converged_s": {"p50": percentile(agrees, 0.5), "p99": percentile(agrees, 0.99), "max": max(agrees, default=None)},
        "not_converged_before_the_next_fault": sum(f.get("agrees_s") is None for f in faults),
    }


def play(fleet: Fleet, args: argparse.Namespace) -> dict[str, Any]:
    rng = random.Random(args.seed)
    places = [p["name"] for p in fleet.get("registry")["places"] if p.get("kind") in KINDS]
    work = Work(fleet, places, args.robots, args.seed + 1)
    poses, books = Poses(), Books()
    listener = poses.start(fleet.edge_broker_port)
    work.start()
    begun, faults = time.monotonic(), []
    try:
        while time.monotonic() - begun < args.minutes * 60:
            due = time.monotonic() + args.every
            with contextlib.suppress(httpx.HTTPError, KeyError, IndexError, ProcessLookupError):
                fault = one_fault(fleet, rng.choice(FAULTS), rng)
                healed = time.time()
                fault["talks_s"], fault["agrees_s"] = converge(fleet, healed, max(1.0, due - time.monotonic()))
                faults.append(fault)
            books.read(fleet.data)
            time.sleep(max(0.0, due - time.monotonic()))
            with contextlib.suppress(httpx.HTTPError, KeyError, ValueError):
                now = report(fleet, work, poses, books, faults, begun)
                args.out.write_text(json.dumps({**now, "so_far": True}, indent=1))
                if len(faults) % 3 == 0:
                    line = {k: now[k] for k in ("wall_min", "missions_accepted", "ended", "tasks_done_twice", "unsafe_motions")}
                    print(json.dumps(line), file=sys.stderr, flush=True)
    finally:
        work.stop.set()
    wait_for_end(work)
    converge(fleet, time.time(), 60)
    for _ in range(10):
        books.read(fleet.data)
        if not books.edge - books.cloud:
            break
        time.sleep(2)
    listener.loop_stop()
    return {"seed": args.seed, "speed": args.speed, **report(fleet, work, poses, books, faults, begun), "each": faults}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--robots", type=int, default=20)
    parser.add_argument("--every", type=float, default=20.0, help="seconds between faults")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--speed", type=float, default=1.0)
    parser.add_argument("--out", type=Path, default=Path("chaos_hour.json"))
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="drover-site-") as folder:
        warehouse.draw(args.robots).write(Path(folder))
        extra = ("--no-planner", "--robot-processes", "each")
        with running(site=folder, speed=args.speed, extra=extra) as fleet:
            result = play(fleet, args)
    args.out.write_text(json.dumps(result, indent=1))
    print(json.dumps({k: v for k, v in result.items() if k != "each"}, indent=1))


if __name__ == "__main__":
    main()
