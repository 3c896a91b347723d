"""The edge node without its cloud for 400 days: local calls, tasks and queue (drover/simulation/offline_days.py).

python benchmarks/offline_days.py --days 400 --seed 1 --reboots 200

Prints one JSON line; exit code 1 when a local call failed, an accepted task did not end, or a row of the queue is missing.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path

from drover.simulation.offline_days import Year
from fleet.sync.machine import Limits


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=float, default=400.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--reboots", type=int, default=200)
    parser.add_argument("--per-day", type=float, default=12.0, help="missions a day")
    parser.add_argument("--robots", type=int, default=3)
    parser.add_argument("--granted", type=int, default=50, help="tasks that the cloud gave before it went away")
    parser.add_argument("--quota-mib", type=float, default=0.0, help="bound of the queue; 0: a share of the disk")
    args = parser.parse_args()
    limits = Limits(quota_bytes=int(args.quota_mib * 2**20)) if args.quota_mib else None
    # a disk in memory, where there is one: every commit waits for its fsync
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None
    began = time.monotonic()
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        year = Year(
            Path(folder),
            days=args.days,
            seed=args.seed,
            reboots=args.reboots,
            per_day=args.per_day,
            robots=args.robots,
            granted=args.granted,
            limits=limits,
        )
        outcome = asyncio.run(year.run())
    result = outcome.document() | {"wall_s": round(time.monotonic() - began, 1)}
    print(json.dumps(result))
    return 0 if outcome.good else 1


if __name__ == "__main__":
    sys.exit(main())
