"""How many rows a second an edge node puts on its disk for the cloud, each durable before anything follows from it.

    python benchmarks/edge_outbox.py --rows 20000 --seed 1

The Keeper as it runs (core, sync machine, SQLite with synchronous FULL), nobody at the other end of the link. `writers` callers
each make an event, wait for its commit, and make the next, so that group commit has what a busy site gives it. Baseline in the
same run: the same events by one caller, one commit a row. Prints one JSON document; latency is from the call to the commit.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from edge_node.store.database import Database
from edge_node.store.keeper import Keeper

#: The baseline is slow: it gets this share of the rows, at least BASELINE_ROWS_MIN.
BASELINE_SHARE = 0.05
BASELINE_ROWS_MIN = 200
LIMIT_S = 120.0


async def grouped(folder: Path, texts: list[str], writers: int) -> dict[str, Any]:
    keeper = Keeper.open(Database(folder / "edge.db"), site="bench", edge="edge-1", clock=time.time)
    running = asyncio.create_task(keeper.run())
    took_s: list[float] = []
    left = iter(texts)

    async def caller() -> None:
        for text in left:
            began = time.perf_counter()
            await keeper.commit(lambda now, text=text: keeper.core.note("info", "Bench", text, now))  # type: ignore[misc]
            took_s.append(time.perf_counter() - began)

    began = time.perf_counter()
    async with asyncio.timeout(LIMIT_S), asyncio.TaskGroup() as group:
        for _ in range(writers):
            group.create_task(caller())
    return await _result(keeper, running, folder, took_s, time.perf_counter() - began)


async def one_by_one(folder: Path, texts: list[str]) -> dict[str, Any]:
    keeper = Keeper.open(Database(folder / "edge.db"), site="bench", edge="edge-1", clock=time.time)
    took_s: list[float] = []
    begun = time.perf_counter()
    for text in texts:
        began = time.perf_counter()
        keeper.change(lambda now, text=text: keeper.core.note("info", "Bench", text, now))  # type: ignore[misc]
        await keeper.flush()
        took_s.append(time.perf_counter() - began)
    return await _result(keeper, None, folder, took_s, time.perf_counter() - begun)


async def _result(
    keeper: Keeper, running: asyncio.Task[None] | None, folder: Path, took_s: list[float], wall_s: float
) -> dict[str, Any]:
    if running is not None:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    await keeper.close()
    again = Database(folder / "edge.db")
    stored = again.load().stored["ev"].rows
    again.close()
    if stored < len(took_s):
        raise SystemExit(f"{stored} rows on the disk of {len(took_s)}")
    cuts = statistics.quantiles(took_s, n=100)
    return {
        "rows": len(took_s),
        "on_disk": stored,
        "rows_per_s": round(len(took_s) / wall_s, 1),
        "commit_ms_p50": round(cuts[49] * 1000, 2),
        "commit_ms_p99": round(cuts[98] * 1000, 2),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--writers", type=int, default=100, help="callers at the same time")
    parser.add_argument("--dir", type=Path, default=None, help="a folder on the disk to be measured")
    args = parser.parse_args()
    rng = random.Random(args.seed)
    texts = ["".join(rng.choices("abcdefghij ", k=rng.randrange(40, 240))) for _ in range(args.rows)]
    few = texts[: min(len(texts), max(BASELINE_ROWS_MIN, int(len(texts) * BASELINE_SHARE)))]
    with tempfile.TemporaryDirectory(dir=args.dir) as one, tempfile.TemporaryDirectory(dir=args.dir) as two:
        group = asyncio.run(grouped(Path(one), texts, args.writers))
        base = asyncio.run(one_by_one(Path(two), few))
    result = {
        "benchmark": "edge_outbox",
        "seed": args.seed,
        "writers": args.writers,
        "group_commit": group,
        "one_commit_a_row": base,
        "times_faster": round(group["rows_per_s"] / base["rows_per_s"], 1),
    }
    print(json.dumps(result, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
