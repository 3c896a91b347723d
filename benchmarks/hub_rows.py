"""How many rows a second the cloud takes from its edge nodes, each on the disk before it is acked.

    python benchmarks/hub_rows.py --rows 20000 --seed 1

The hub as it runs (sync machines, decisions, store, outbox) on SQLite (synchronous FULL) and PostgreSQL (fsync on), in this one
process with edge nodes that hold their rows in memory; frames are handed over without a broker. Baseline in the same run: the
same rows, the same decisions, one transaction for each. Prints one JSON document; rows/s from the first frame to the last ack,
links greeted before.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from cloud.core.inbound import inbound_ops
from cloud.hub.hub import Hub
from cloud.store.database import EVENTS_MAX, EdgePersist
from cloud.store.store import Store, sqlite_url
from fleet.contracts import codec, topics, wire
from fleet.sync import effects as fx
from fleet.sync.machine import Identity, Role, SyncMachine
from fleet_io.mqtt import Incoming, MqttSettings
from tests.postgres_server import NoPostgres, postgres

SITE = "bench"
#: The baseline is slow: it gets this share of the rows, at least BASELINE_ROWS_MIN.
BASELINE_SHARE = 0.1
BASELINE_ROWS_MIN = 200
LIMIT_S = 300.0
#: Events that the cloud adds about these edge nodes.
OWN_EVENTS_MAX = 100


class Wire:
    """Stands where the hub's MQTT link stands; frames in both directions wait their turn on the event loop."""

    def __init__(self) -> None:
        self.connected = True
        self.hub: Hub | None = None
        self.edges: dict[str, EdgeSide] = {}
        self.bytes_up = 0

    def publish(self, topic: str, payload: bytes, *, qos: int = 0, retain: bool = False) -> bool:
        parts = topic.split("/")
        edge = self.edges.get(parts[3])
        if edge is not None:
            asyncio.get_running_loop().call_soon(edge.receive, parts[5], payload)
        return True

    def up(self, edge: str, frame: fx.Send) -> None:
        assert self.hub is not None
        self.bytes_up += len(frame.payload)
        incoming = Incoming(topics.sync_up(SITE, edge, frame.stream), frame.payload, False)
        asyncio.get_running_loop().call_soon(self.hub._received, incoming)


class EdgeSide:
    """An edge node's machine; its rows are in memory, so that only the hub's disk is measured."""

    def __init__(self, name: str, wire_: Wire) -> None:
        self.name, self._wire = name, wire_
        self._waiting: dict[str, fx.Row] = {}
        self._rows: dict[int, fx.Row] = {}
        identity = Identity(f"store-{name}", 1, f"{name}-boot")
        self.machine = SyncMachine(Role.EDGE, me=name, peer="cloud", identity=identity, now=time.time())

    def say(self, event: wire.Event) -> None:
        for effect in self.machine.enqueue("ev", event.id, event, time.time()):
            self._persist(effect)

    def receive(self, stream: str, payload: bytes) -> None:
        self.do(self.machine.receive(stream, payload, time.time()))

    def do(self, effects: list[fx.Effect]) -> None:
        now = time.time()
        for effect in effects:
            self._persist(effect)
        for effect in effects:
            match effect:
                case fx.Send():
                    self._wire.up(self.name, effect)
                case fx.Deliver():
                    self.do(self.machine.committed(effect.stream, effect.seq, now))
                case fx.LoadRows():
                    self.do(self.machine.loaded(effect, self._load(effect), now))

    def _persist(self, effect: fx.Effect) -> None:
        match effect:
            case fx.PutRow(row) if row.seq:
                self._rows[row.seq] = row
            case fx.PutRow(row):
                self._waiting[row.key] = row
            case fx.NumberRow(stream, key, seq):
                row = self._waiting.pop(key)
                self._rows[seq] = fx.Row(stream, key, seq, row.body, row.at)

    def _load(self, ask: fx.LoadRows) -> list[fx.Row]:
        if ask.keys:
            return [self._waiting[k] for k in ask.keys if k in self._waiting]
        seqs = range(ask.after_seq + 1, ask.after_seq + 1 + ask.limit)
        return [self._rows[s] for s in seqs if s in self._rows]


def events(count: int, seed: int) -> list[wire.Event]:
    dice = random.Random(seed)
    reasons = ("TaskStarted", "TaskDone", "Blocked", "ActionFailed", "BatteryLow")
    return [
        wire.Event(
            id=f"{dice.randrange(1 << 64):016x}-{i}",
            at=1.7e9 + i,
            level=dice.choice(("info", "info", "info", "warning")),
            reason=dice.choice(reasons),
            subject=f"Robot/AMR-{dice.randrange(10)}",
            message=f"robot at {dice.uniform(0, 50):.2f}, {dice.uniform(0, 30):.2f} m has gone on with its order",
        )
        for i in range(count)
    ]


async def through_hub(url: str, told: list[wire.Event], edges: int) -> dict[str, Any]:
    wire_ = Wire()
    async with opened(url) as store:
        hub = Hub(store, MqttSettings(port=9), site=SITE, on_telemetry=lambda _edge, _frame: None)
        hub._link = wire_  # type: ignore[assignment]
        wire_.hub = hub
        wire_.edges = {f"edge-{i}": EdgeSide(f"edge-{i}", wire_) for i in range(edges)}
        sides = list(wire_.edges.values())
        timer = asyncio.create_task(hub._poll())
        for side in sides:
            side.do(side.machine.link_up(time.time()))
        await drive(sides, lambda: all(s.machine.online(time.time()) and not s.machine.backlog for s in sides))
        for i, event in enumerate(told):
            sides[i % edges].say(event)
        commits = store._writer.commits
        started, cpu = time.perf_counter(), time.process_time()
        await drive(sides, lambda: not any(s.machine.backlog for s in sides))
        took = time.perf_counter() - started
        timer.cancel()
        taken = sum(seqs.seqs["ev"] for seqs in hub.cursors().of.values())
        assert taken == len(told), f"{taken} of {len(told)}"
        kept = stored(url, told)
        assert kept >= min(len(told), EVENTS_MAX - OWN_EVENTS_MAX), f"{kept} of {len(told)} are in the database"
        return {
            "rows_per_s": round(len(told) / took),
            "seconds": round(took, 2),
            "cpu_s": round(time.process_time() - cpu, 2),
            "rows_per_transaction": round(len(told) / (store._writer.commits - commits), 1),
            "frame_bytes_per_row": round(wire_.bytes_up / len(told)),
        }


async def drive(sides: list[EdgeSide], done: Callable[[], bool]) -> None:
    """Let time pass for the edge nodes' machines until it is done."""
    until = time.perf_counter() + LIMIT_S
    while not done():
        if time.perf_counter() > until:
            raise TimeoutError(f"{sum(s.machine.backlog for s in sides)} rows left after {LIMIT_S:g} s")
        for side in sides:
            side.do(side.machine.poll(time.time()))
        await asyncio.sleep(0.005)


def stored(url: str, told: list[wire.Event]) -> int:
    """How many of them are in the database (it keeps the newest EVENTS_MAX)."""
    engine = create_engine(url)
    with engine.connect() as connection:
        there = set(connection.execute(text("SELECT id FROM events")).scalars())
    engine.dispose()
    return len(there & {event.id for event in told})


async def one_by_one(url: str, told: list[wire.Event]) -> dict[str, Any]:
    async with opened(url) as store:
        bodies = [codec.encode(event) for event in told]
        started = time.perf_counter()
        for seq, body in enumerate(bodies, 1):
            message: wire.Event = codec.decode(body, wire.Event)
            item = fx.Delivered(seq, message.id, message, False, message.at)
            ops = inbound_ops([item], edge="edge-0", site=SITE, model=store.model, now=time.time())
            await store.commit(ops, persist=[EdgePersist("edge-0", fx.SetValue("cursor.ev", str(seq)))])
        took = time.perf_counter() - started
        return {"rows_per_s": round(len(told) / took), "rows": len(told), "seconds": round(took, 2)}


@contextlib.asynccontextmanager
async def opened(url: str) -> AsyncIterator[Store]:
    store = await Store.open(url)
    try:
        yield store
    finally:
        await store.close()


def measure(fresh: Any, rows: int, seed: int) -> dict[str, Any]:
    """`fresh()`: the URL of an empty database."""
    told = events(rows, seed)
    few = told[: max(BASELINE_ROWS_MIN, round(rows * BASELINE_SHARE))]
    found: dict[str, Any] = {}
    found["one_transaction_per_row"] = asyncio.run(one_by_one(fresh(), few))
    for edges in (1, 10):
        found[f"hub_{edges}_edge{'s' if edges > 1 else ''}"] = asyncio.run(through_hub(fresh(), told, edges))
    base = found["one_transaction_per_row"]["rows_per_s"]
    found["ratio_1_edge"] = round(found["hub_1_edge"]["rows_per_s"] / base, 1)
    found["ratio_10_edges"] = round(found["hub_10_edges"]["rows_per_s"] / base, 1)
    return found


def on_sqlite(rows: int, seed: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="drover-bench-") as temp:
        return measure(lambda: sqlite_url(Path(tempfile.mkdtemp(dir=temp))), rows, seed)


def on_postgres(rows: int, seed: int) -> dict[str, Any]:
    try:
        with postgres() as url:
            made = iter(range(100))

            def fresh() -> str:
                name = f"bench_{next(made)}"
                engine = create_engine(url, isolation_level="AUTOCOMMIT")
                with engine.connect() as connection:
                    connection.execute(text(f"CREATE DATABASE {name}"))
                engine.dispose()
                return url.replace("/postgres?", f"/{name}?")

            return measure(fresh, rows, seed)
    except NoPostgres as error:
        return {"skipped": str(error)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    found = {"rows": args.rows, "seed": args.seed, "sqlite": on_sqlite(args.rows, args.seed)}
    found["postgresql"] = on_postgres(args.rows, args.seed)
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
