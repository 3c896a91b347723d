"""Broken frames into both ends of FSP/1: nothing raises, nobody else's rows change, bad rows are set aside, the stream goes on.

    python benchmarks/sync_fuzz.py --frames 10000 --seed 1
    python benchmarks/sync_fuzz.py --frames 10000 --seed 1 --real

Without --real: SyncMachine in both roles, thousands of frames a second. With it: a real broker, cloud and two edge nodes;
a third client publishes the frames on the topics of edge-1 and of nodes that do not exist, and edge-2 must not notice.
"""

from __future__ import annotations

import argparse
import collections
import json
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parent.parent)]

from fleet.sync import effects as fx  # noqa: E402
from fleet.sync.view import LinkState  # noqa: E402
from tests.simulation.test_sync_machine import Node, World  # noqa: E402

#: Frames for one pair of machines, then a fresh pair begins.
FRAMES_PER_WORLD = 250
#: Frames between two steps of a world's time.
FRAMES_PER_STEP = 10
STREAMS = ("ctl", "ack", "snap", "ev", "st", "cfg", "cmd", "no-such-stream", "")
ODD: tuple[Any, ...] = (None, -1, 0, 2**63, 1e308, "", "edge-2", "../../x", "\x00", [], {}, True, [[[[]]]], {"a": []}, "9" * 400)
KINDS = ("bytes", "cut", "random", "typed", "swapped", "replay", "foreign", "huge", "deep")


def mutate(rng: random.Random, payload: bytes, foreign: bytes) -> tuple[str, bytes]:
    """(kind of fuzz, frame)."""
    kind = rng.choice(KINDS)
    match kind:
        case "bytes":
            data = bytearray(payload)
            for _ in range(rng.randint(1, 8)):
                data[rng.randrange(len(data))] = rng.randrange(256)
            return kind, bytes(data)
        case "cut":
            return kind, payload[: rng.randrange(len(payload) + 1)]
        case "random":
            return kind, rng.randbytes(rng.randint(0, 2000))
        case "typed":
            return kind, json.dumps(odd(rng, json.loads(payload))).encode()
        case "foreign":
            return kind, foreign
        case "huge":
            return kind, b'["hello","' + b"x" * rng.choice((70_000, 1_100_000)) + b'"]'
        case "deep":
            return kind, b"[" * rng.choice((50, 5000)) + b"]" * 5000
    return kind, payload  # swapped (onto another stream), replay


def odd(rng: random.Random, value: Any) -> Any:
    """One odd value somewhere inside."""
    if isinstance(value, list) and value and rng.random() < 0.8:
        at = rng.randrange(len(value))
        return [odd(rng, v) if i == at else v for i, v in enumerate(value)]
    if isinstance(value, dict) and value and rng.random() < 0.8:
        key = rng.choice(list(value))
        if rng.random() < 0.1:
            return {k: v for k, v in value.items() if k != key}
        return {k: odd(rng, v) if k == key else v for k, v in value.items()}
    return rng.choice(ODD)


class Watched(World):
    """A world that remembers the newest frames of its two nodes."""

    def __init__(self, seed: int) -> None:
        self.frames: collections.deque[fx.Send] = collections.deque(maxlen=400)
        super().__init__(seed)

    def fly(self, other: Node, send: fx.Send) -> None:
        self.frames.append(send)
        super().fly(other, send)


def one_pair(seed: int, frames: int, counts: collections.Counter[str], problems: list[str]) -> None:
    """`frames` broken ones into one pair, another pair beside it that gets none; then both must agree and go on."""
    rng = random.Random(seed)
    world, other = Watched(seed), Watched(seed + 1)
    for each in (world, other):
        each.run(60, work=0.5)
    for number in range(frames):
        if number % FRAMES_PER_STEP == 0:
            world.step(work=0.5)
            other.step(work=0.5)
        send = world.frames[-1 - int(rng.random() ** 3 * len(world.frames))]  # newer ones more often: some are not there yet
        kind, payload = mutate(rng, send.payload, rng.choice(other.frames).payload)
        stream = rng.choice(STREAMS) if kind in ("swapped", "random") else send.stream
        counts[kind] += 1
        node = rng.choice(world.nodes)
        before = len(node.notes)
        try:
            node.do(node.machine.receive(stream, payload, world.now), world.now)
        except Exception as error:  # noqa: BLE001 (any is a finding)
            problems.append(f"seed {seed} frame {number} ({kind} on {stream!r}): {type(error).__name__}: {error}")
        counts["noted"] += len(node.notes) > before
    _settle(world)
    other.calm(200)
    for each, name in ((world, "fuzzed"), (other, "beside")):
        try:
            each.edge.put("ev", "ev/after", f"after-{seed}", each.now)
            each.hub.put("cmd", "cmd/after", f"after-{seed}", each.now)
            each.run(120)
            for node in each.nodes:
                assert f"after-{seed}" in node.disk.applied, "the stream stands"
            each.assert_converged()
        except AssertionError as error:
            problems.append(f"seed {seed}, the pair {name}: {error}")
    if other.hub.disk.applied != other.edge.disk.made or other.edge.disk.applied != other.hub.disk.made:
        problems.append(f"seed {seed}: the pair beside was disturbed")
    counts["dead_letters"] += len(world.hub.disk.dead) + len(world.edge.disk.dead)


def _settle(world: World) -> None:
    world.calm(300)
    if world.hub.machine.view(world.now).state is LinkState.QUARANTINED:
        # a forged hello looks like a second copy: an operator picks the right one
        world.hub.do(world.hub.machine.accept(world.edge.boot, f"picked-{world.now}", world.now), world.now)
        world.calm(300)


def poison(seed: int, rows: int, counts: collections.Counter[str], problems: list[str]) -> None:
    """Rows whose bodies are broken in the sender's own store: each ends as a dead letter, the ones around it arrive."""
    rng = random.Random(seed)
    world = Watched(seed)
    world.run(40)
    good, bad = [], 0
    for number in range(rows):
        node, stream = rng.choice([(world.edge, "ev"), (world.hub, "cmd")])
        word = f"row-{number}"
        node.put(stream, f"{stream}/{number}", word, world.now)
        if rng.random() < 0.5:
            good.append((node, word))
            continue
        node.disk.made.remove(word)
        _, row = max(((k, r) for k, r in node.disk.rows.items() if k[0] == stream), key=lambda found: found[0][1])
        body = json.dumps(odd(rng, json.loads(row.body))).encode()
        broken = fx.Row(row.stream, row.key, row.seq, rng.choice([body, b'"x"', b"[1,2]", b"{}", b"null"]), row.at)
        node.disk.rows[(row.stream, row.seq, "")] = broken
        bad += 1
    for node in world.nodes:  # they read their stores again
        node.start(world.now)
        node.do(node.machine.link_up(world.now), world.now)
    world.calm()
    arrived = {world.edge: set(world.hub.disk.applied), world.hub: set(world.edge.disk.applied)}
    dead = [*world.hub.disk.dead, *world.edge.disk.dead]
    counts["poison_rows"] += bad
    counts["poison_dead_letters"] += len(dead)
    counts["poison_harmless"] += bad - len(dead)  # an odd value in a free text still is a sound row
    if missing := [word for node, word in good if word not in arrived[node]]:
        problems.append(f"seed {seed}: sound rows missing behind bad ones: {missing[:5]}")
    if unsaid := [d.seq for d in dead if not d.reason]:
        problems.append(f"seed {seed}: dead letters without a reason: {unsaid[:5]}")
    try:
        world.assert_converged()
    except AssertionError as error:
        problems.append(f"seed {seed}, after bad rows: {error}")


def fuzz(frames: int, seed: int) -> dict[str, Any]:
    began = time.monotonic()
    counts: collections.Counter[str] = collections.Counter()
    problems: list[str] = []
    for at in range(0, frames, FRAMES_PER_WORLD):
        one_pair(seed * 100_000 + at, min(FRAMES_PER_WORLD, frames - at), counts, problems)
    for at in range(max(1, frames // 1000)):
        poison(seed * 100_000 + at, 100, counts, problems)
    return {
        "frames": frames,
        "seed": seed,
        "problems": len(problems),
        "first_problems": problems[:10],
        "counts": dict(counts),
        "wall_s": round(time.monotonic() - began, 1),
    }


def real(frames: int, seed: int, data: Path) -> dict[str, Any]:
    """The same frames at real processes."""
    from tiers import SITE, Tap, Tiers, soon

    rng = random.Random(seed)
    seen: collections.deque[tuple[str, bytes]] = collections.deque(maxlen=2000)

    def heard(topic: str, payload: bytes) -> None:
        if payload and "/_hub/" not in topic and not topic.endswith("/tm"):
            seen.append((topic, payload))

    tiers = Tiers(data, ["edge-1", "edge-2"])
    with tiers:
        tiers.start_broker()
        tap = Tap(tiers.broker_port, [f"fleet/v1/{SITE}/#"], heard)
        tiers.start_cloud()
        tiers.declare_edges()
        for edge in tiers.edges:
            tiers.start_edge(edge)
        tiers.apply([_model(n, 9.0 + n) for n in range(50)])
        soon(lambda: all(tiers.converged(e) for e in tiers.edges), "the beginning", 60)
        samples = list(seen)
        others = [payload for topic, payload in samples if "/edge-2/" in topic] or [b"[]"]
        mine = [(t, p) for t, p in samples if "/edge-1/" in t]
        before = tiers.view("edge-2")
        kinds: collections.Counter[str] = collections.Counter()
        for number in range(frames):
            topic, payload = rng.choice(mine)
            kind, payload = mutate(rng, payload, rng.choice(others))
            payload = payload[: 1024 * 1024]
            if rng.random() < 0.1:
                topic = topic.replace("/edge-1/", f"/ghost-{number % 7}/")
            if kind in ("swapped", "random"):
                topic = topic.rpartition("/")[0] + "/" + rng.choice([s for s in STREAMS if s])
            kinds[kind] += 1
            tap.client.publish(topic, payload, qos=0)
            if number % 50 == 0:
                time.sleep(0.05)
        sent = time.time()
        tiers.apply([_model(n, 99.0) for n in range(50)])
        after, stands = tiers.view("edge-2"), []
        for edge in ("edge-2", "edge-1"):
            try:
                soon(lambda edge=edge: tiers.converged(edge, sent), edge, 90)
            except TimeoutError:
                seen.clear()
                time.sleep(10)
                said = collections.Counter(topic for topic, _ in seen if f"/{edge}/" in topic)
                control = [
                    payload[:300].decode("utf-8", "replace") for topic, payload in seen if topic.endswith(f"{edge}/up/ctl")
                ]
                health = tiers.edge_health(edge)
                more = {"on_the_wire_in_10_s": dict(said), "up_ctl": control[:3], "linked": health["cloud_broker"]}
                stands.append({"edge": edge, "cloud": tiers.view(edge), "edge_node": health["sync"], **more})
        nodes = [i["metadata"]["name"] for i in tiers.api.get("/edgenodes").json()["items"]]
        letters = dict(tiers.rows("cloud", "SELECT edge, count(*) FROM dead_letters GROUP BY edge"))
        alive = {name: process.poll() is None for name, process in tiers.processes.items()}
        tap.close()
        return {
            "frames": frames,
            "seed": seed,
            "kinds": dict(kinds),
            "all_alive": all(alive.values()),
            "tracebacks": tiers.tracebacks(),
            "stands_still": stands,
            "edge_nodes": nodes,
            "dead_letters_at_cloud": letters,
            "dead_letters_at_edge_1": tiers.rows("edge-1", "SELECT count(*) FROM dead")[0][0],
            "edge_2_link_before_after": [before["edge_epoch"], after["edge_epoch"], before["state"], after["state"]],
        }


def _model(number: int, payload_kg: float) -> dict[str, Any]:
    from tiers import document

    return document("RobotModel", f"m-{number}", {"type": "AMR", "manufacturer": "Bench", "payload_kg": payload_kg})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frames", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--real", action="store_true")
    args = parser.parse_args()
    if args.real:
        with tempfile.TemporaryDirectory(prefix="drover-fuzz-") as folder:
            print(json.dumps(real(args.frames, args.seed, Path(folder)), indent=1))
    else:
        print(json.dumps(fuzz(args.frames, args.seed), indent=1))


if __name__ == "__main__":
    main()
