"""1,000 resources are edited at the cloud while an edge node is away and is killed twice: does each edit arrive, in order, once?

    python benchmarks/offline_edits.py --resources 1000 --rounds 3 --away-s 600

Real processes. The edge node's line to the broker is a black hole for `--away-s` (TCP stays up, nothing goes). What went over
the broker is read by a third client; what is held at the end is read from the edge node's database.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
import zlib
from pathlib import Path
from typing import Any

sys.path.insert(0, __file__.rsplit("/", 1)[0])
from fault_proxy import FaultProxy, Mode
from tiers import SITE, Tap, Tiers, document, size_of, soon

EDGE = "edge-1"
BATCH = 50


def model(number: int, round_: int) -> dict[str, Any]:
    spec = {"type": "AMR", "manufacturer": "Bench", "series": f"S{number}", "payload_kg": 100.0 + round_}
    return document("RobotModel", f"model-{number:04}", spec)


def edit(tiers: Tiers, resources: int, rounds: int, away_s: float) -> list[str]:
    """Edits spread over the time away, two kills in between. The keys, in the order of their last edit."""
    order: dict[str, None] = {}
    batches = [(r, at) for r in range(1, rounds + 1) for at in range(0, resources, BATCH)]
    kills = {len(batches) // 3, 2 * len(batches) // 3}
    began = time.monotonic()
    for done, (round_, at) in enumerate(batches):
        documents = [model(n, round_) for n in range(at, min(at + BATCH, resources))]
        tiers.apply(documents)
        for d in documents:
            key = f"RobotModel/{d['metadata']['name']}"
            order.pop(key, None)
            order[key] = None
        if done in kills:
            tiers.kill(EDGE)
            tiers.start_edge(EDGE)
        time.sleep(max(0.0, began + away_s * (done + 1) / len(batches) - time.monotonic()))
    return list(order)


def held(tiers: Tiers) -> dict[str, tuple[int, float]]:
    """name -> (generation, payload_kg) in the edge node's database."""
    found = {}
    for (body,) in tiers.rows(EDGE, "SELECT body FROM state WHERE kind = 'RobotModel'"):
        d = json.loads(body)
        found[d["metadata"]["name"]] = (d["metadata"]["generation"], d["spec"].get("payload_kg", 100.0))
    return found


def wanted(tiers: Tiers) -> dict[str, tuple[int, float]]:
    items = tiers.api.get("/robotmodels").raise_for_status().json()["items"]
    return {i["metadata"]["name"]: (i["metadata"]["generation"], i["spec"].get("payload_kg", 100.0)) for i in items}


def run(resources: int, rounds: int, away_s: float, data: Path) -> dict[str, Any]:
    frames: list[tuple[str, int, int]] = []  # key, sequence number, generation
    wire = {"cfg": 0}

    def heard(_topic: str, payload: bytes) -> None:
        wire["cfg"] += len(payload)
        for e in json.loads(payload):
            meta = (e.get("data") or {}).get("resource", {}).get("metadata", {})
            frames.append((e["subject"], e["seq"], meta.get("generation", 0)))

    tiers = Tiers(data, [EDGE])
    with FaultProxy(tiers.broker_port) as proxy, tiers:
        tiers.broker_for[EDGE] = proxy.port
        tiers.start_broker()
        tiers.start_cloud()
        tiers.declare_edges()
        tiers.start_edge(EDGE)
        for at in range(0, resources, BATCH):
            tiers.apply([model(n, 0) for n in range(at, min(at + BATCH, resources))])
        soon(lambda: tiers.converged(EDGE) and len(held(tiers)) == resources, "the beginning", 120)
        tap = Tap(tiers.broker_port, [f"fleet/v1/{SITE}/{EDGE}/dn/cfg"], heard)
        began = time.monotonic()
        proxy.set(Mode.BLACKHOLE)
        time.sleep(1)
        frames.clear()
        wire["cfg"] = 0
        order = edit(tiers, resources, rounds, away_s)
        away = time.monotonic() - began
        early = list(frames)
        frames.clear()
        wire_early, wire["cfg"] = wire["cfg"], 0
        before = proxy.counts.down_bytes + proxy.counts.up_bytes
        healed = time.time()
        proxy.set(Mode.PASS)
        converge_s = soon(lambda: tiers.converged(EDGE, healed), "converged", 180)
        on_the_wire = proxy.counts.down_bytes + proxy.counts.up_bytes - before
        here, there = wanted(tiers), held(tiers)
        tap.close()
        rows = sorted({f for f in frames if f[0].startswith("RobotModel/")}, key=lambda f: f[1])
        generations: dict[str, list[int]] = {}
        for key, _, generation in rows:
            generations.setdefault(key, []).append(generation)
        sent = max((seq for _, seq, _ in [*frames, *early]), default=0)
        cursor = int(tiers.rows(EDGE, "SELECT value FROM kv WHERE key = 'sync.cursor.cfg'")[0][0])
        documents = [model(n, rounds) for n in range(resources)]
        tracebacks = tiers.tracebacks()
    difference = size_of(documents)
    return {
        "resources": resources,
        "edits": resources * rounds,
        "away_s": round(away, 1),
        "edge_killed": 2,
        "delivered_at_their_last_generation": sum(there.get(k) == v for k, v in here.items()),
        "missing_or_old": [k for k, v in here.items() if there.get(k) != v][:10],
        "rows_after_the_healing": len(rows),
        "keys_with_a_row_that_was_in_flight_already": sum(len(g) > 1 for g in generations.values()),
        "sequence_numbers_sent_again": len(frames) - len(set(frames)),
        "taken_up_to": cursor,
        "sent_up_to": sent,
        "each_key_in_order": all(g == sorted(set(g)) for g in generations.values()),
        "each_key_ends_with_its_last_edit": set(order) == set(generations)
        and all(generations[k][-1] == here[k.partition("/")[2]][0] for k in order),
        "sent_into_the_hole_rows": len(early),
        "sent_into_the_hole_bytes": wire_early,
        "converged_after_s": round(converge_s, 2),
        "difference_bytes": difference,
        "difference_compressed_bytes": len(zlib.compress(json.dumps(documents).encode())),
        "cfg_payload_bytes": wire["cfg"],
        "bytes_on_the_wire": on_the_wire,
        "wire_to_difference": round(on_the_wire / difference, 2),
        "processes_with_a_traceback": tracebacks,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--resources", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3, help="edits of each resource")
    parser.add_argument("--away-s", type=float, default=600.0)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="drover-edits-") as folder:
        result = run(args.resources, args.rounds, args.away_s, Path(folder))
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
