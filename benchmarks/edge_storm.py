"""Many real edge node processes at one cloud and one broker: reconnect storm, a long backlog beside idle ones, RSS, traffic.

    python benchmarks/edge_storm.py --edges 50 --backlog 100000

No robots: what is measured is the line. The backlog is written into a stopped edge node's outbox, numbered as it would be.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sqlite3
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, __file__.rsplit("/", 1)[0])
from fault_proxy import FaultProxy
from running_fleet import percentile
from tiers import SITE, Tap, Tiers, agrees, soon

from fleet.contracts import codec, wire

#: So many edge nodes start at the same time.
STARTING_MAX = 4


class Beats:
    """Pairs each beat that asks for an answer with its answer, as a third client of the broker sees them."""

    def __init__(self) -> None:
        self.asked: dict[tuple[str, float], float] = {}
        self.latencies: dict[str, list[float]] = {}

    def heard(self, topic: str, payload: bytes) -> None:
        now = time.monotonic()
        with contextlib.suppress(ValueError, IndexError, TypeError):
            frame, edge = json.loads(payload), topic.split("/")[3]
            if frame[0] == "b" and frame[5]:
                self.asked[(edge, frame[3])] = now
            elif frame[0] == "r" and (at := self.asked.pop((edge, frame[3]), None)) is not None:
                self.latencies.setdefault(edge, []).append(now - at)

    def take(self, without: str = "") -> dict[str, Any]:
        """Milliseconds since the last call, of all edge nodes but one."""
        values = [1000 * s for edge, found in self.latencies.items() if edge != without for s in found]
        old = sum(time.monotonic() - at > 10 for at in self.asked.values())
        self.latencies, self.asked = {}, {}
        parts = {"p50": percentile(values, 0.5), "p99": percentile(values, 0.99), "max": max(values)} if values else {}
        return {"beats": len(values), "unanswered": old, **{k: round(v, 1) for k, v in parts.items()}}


def all_converged(tiers: Tiers, since: float) -> bool:
    return all(agrees(tiers.view(edge), since) for edge in tiers.edges)


def fill_outbox(path: Path, rows: int) -> int:
    """The last seq. As edge_node/store/statements.py would write them."""
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        stored = db.execute("SELECT value FROM kv WHERE key = 'sync.next.ev'").fetchone()
        last = db.execute("SELECT coalesce(max(seq), 0) FROM outbox WHERE stream = 'ev'").fetchone()[0]
        first = max(int(stored[0]) if stored else 1, last + 1)
        now = time.time()

        def row(seq: int) -> tuple[str, str, int, bytes, float]:
            event = wire.Event(
                id=f"bench-{seq}", at=now, level="info", reason="Bench", subject="EdgeNode/x", message=f"row {seq}"
            )
            return "ev", f"bench-{seq}", seq, codec.encode(event), now

        sql = "INSERT INTO outbox (stream, key, seq, body, at) VALUES (?, ?, ?, ?, ?)"
        db.executemany(sql, (row(seq) for seq in range(first, first + rows)))
        return first + rows - 1


def run(edges: int, backlog: int, idle_s: float, data: Path) -> dict[str, Any]:
    tiers = Tiers(data, [f"edge-{n}" for n in range(1, edges + 1)])
    busy, idle = tiers.edges[0], tiers.edges[-1]
    beats = Beats()
    result: dict[str, Any] = {"edges": edges}
    load = os.getloadavg()[0]  # what else this machine does
    with FaultProxy(tiers.broker_port) as meter, tiers:
        tiers.broker_for[idle] = meter.port
        tiers.start_broker()
        tiers.start_cloud()
        tiers.declare_edges()
        began = time.time()
        for at in range(0, edges, STARTING_MAX):
            group = tiers.edges[at : at + STARTING_MAX]
            for name in group:
                tiers.start_edge(name, wait=False)
            for name in group:
                soon(lambda name=name: tiers.edge_health(name)["cloud"], f"{name} is linked", 120)
        soon(lambda: all_converged(tiers, began), "all converged at first", 180)
        result["started_and_converged_s"] = round(time.time() - began, 1)

        tap = Tap(tiers.broker_port, [f"fleet/v1/{SITE}/+/up/ctl", f"fleet/v1/{SITE}/+/dn/ctl"], beats.heard)
        sent = meter.counts.up_bytes + meter.counts.down_bytes
        view = tiers.edge_health(idle)["sync"]
        time.sleep(idle_s)
        now = tiers.edge_health(idle)["sync"]
        payload = sum(now[k] - view[k] for k in ("bytes_sent", "bytes_received"))
        rss = [tiers.rss_mb(name) for name in tiers.edges]
        result["idle"] = {
            "over_s": idle_s,
            "tcp_bytes_per_min": round((meter.counts.up_bytes + meter.counts.down_bytes - sent) * 60 / idle_s),
            "sync_bytes_per_min": round(payload * 60 / idle_s),
            "edge_rss_mb": {"p50": round(percentile(rss, 0.5), 1), "max": round(max(rss), 1)},
            "cloud_rss_mb": round(tiers.rss_mb("cloud"), 1),
            "beat_answered_ms": beats.take(),
        }
        print(json.dumps(result), file=sys.stderr, flush=True)

        tiers.kill("broker")
        time.sleep(5)
        back = time.time()
        tiers.start_broker()
        soon(lambda: all_converged(tiers, back), "all converged after the storm", 300)
        result["storm_all_converged_s"] = round(time.time() - back, 1)
        tap.close()
        print(json.dumps(result), file=sys.stderr, flush=True)

        tiers.kill(busy)
        last = fill_outbox(data / busy / "edge.db", backlog)
        tap = Tap(tiers.broker_port, [f"fleet/v1/{SITE}/+/up/ctl", f"fleet/v1/{SITE}/+/dn/ctl"], beats.heard)
        beats.take()
        cpu = time.monotonic()
        tiers.start_edge(busy)
        ages: list[float] = []

        def at_the_cloud() -> bool:
            ages.append(time.time() - tiers.view(idle)["heard_at"])
            return _cursor(tiers, busy) >= last

        drained = soon(at_the_cloud, "the backlog is at the cloud", 900)
        result["backlog"] = {
            "rows": backlog,
            "drained_s": round(time.monotonic() - cpu, 1),
            "rows_per_s": round(backlog / drained) if drained else None,
            "idle_edges_beat_answered_ms": beats.take(without=busy),
            "idle_edge_last_heard_s_ago": {"p99": round(percentile(ages, 0.99), 2), "samples": len(ages)},
            "busy_edge_rss_mb": round(tiers.rss_mb(busy), 1),
            "taken_up_to": _cursor(tiers, busy),
            "last_seq": last,
        }
        soon(lambda: all_converged(tiers, back), "all converged at the end", 120)
        tap.close()
        result["processes_with_a_traceback"] = tiers.tracebacks()
    result["cores"] = os.cpu_count()
    result["load_before"], result["load_after"] = round(load, 1), round(os.getloadavg()[0], 1)
    return result


def _cursor(tiers: Tiers, edge: str) -> int:
    found = tiers.rows("cloud", f"SELECT value FROM sync_values WHERE edge = '{edge}' AND key = 'cursor.ev'")
    return int(found[0][0]) if found else 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--edges", type=int, default=50)
    parser.add_argument("--backlog", type=int, default=100_000)
    parser.add_argument("--idle-s", type=float, default=60.0)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="drover-storm-") as folder:
        result = run(args.edges, args.backlog, args.idle_s, Path(folder))
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
