"""Odd rows in both stores: each is taken, said or set aside; the sound ones between them arrive once, nobody else notices.

    python benchmarks/sync_rows.py --rows 1000 --seed 1

Real processes. Where sync_fuzz.py breaks frames on their way, this writes rows as a faulty program or a failing disk would: into
the outbox of a stopped edge node and of a stopped cloud. Bodies are broken JSON, other types, or of the right type with odd
content; every third row is sound and has a name to look for.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import sqlite3
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, __file__.rsplit("/", 1)[0])
from sync_fuzz import odd
from tiers import Tiers, document, soon

ODD, BESIDE = "edge-1", "edge-2"
SOUND_EVERY = 3
TASK_SPEC = {"mission": "m-x", "ref": "t1", "kind": "transport", "params": {"from": "a", "to": "b"}, "edge": ODD, "fence": 1}


def resource(kind: str, name: str, spec: dict[str, Any]) -> dict[str, Any]:
    made = document(kind, name, spec)
    made["metadata"] |= {"uid": f"uid-{name}", "generation": 2, "resource_version": 9, "created_at": "2026-01-01T00:00:00Z"}
    return made


def sound(stream: str, number: int) -> dict[str, Any]:
    if stream == "ev":
        happened = {"level": "info", "reason": "Bench", "subject": "EdgeNode/x", "message": f"row {number}"}
        return {"type": "event", "id": f"sound-{number}", "at": time.time(), **happened}
    return {"type": "resource.apply", "resource": resource("RobotModel", f"sound-{number}", {"type": "AMR", "manufacturer": "B"})}


def samples(stream: str) -> list[dict[str, Any]]:
    """One of each message that goes this way."""
    closure = resource("Closure", "odd-closure", {"polygon": [[0, 0], [1, 0], [1, 1]], "reason": "r"})
    task = resource("Task", "odd-task", TASK_SPEC)
    robot = resource("Robot", "odd-robot", {"model": "m-0", "edge": ODD})
    known = {"type": "known", "kind": "RobotModel", "name": "m-0", "generation": 3, "resource": resource("RobotModel", "m-0", {})}
    mission = {"type": "status", "kind": "Mission", "name": "m-0", "status": {"phase": "running"}, "generation": 1}
    made = [{"type": "resource.apply", "resource": r} for r in (closure, task, robot)]
    gone = {"type": "resource.delete", "kind": "Closure", "name": "odd-closure"}
    if stream == "ev":
        revoked = {"type": "revoked", "task": "t", "fence": 1, "outcome": "stopped", "detail": "d"}
        return [sound(stream, -1), known, mission, *made, gone, revoked, {"type": "refill.done", "hub": "h"}]
    control = {"type": "control", "id": "c", "action": "pause", "targets": ["all"], "until_at": 1.0, "asked_by": "x"}
    return [*made, gone, control, {"type": "revoke", "task": "t", "fence": 1, "reason": "r"}]


def hard(stream: str, number: int) -> list[dict[str, Any]]:
    """Of the right type, with numbers and words that a database may not hold."""
    found: list[dict[str, Any]] = []
    for count in (2**31, 2**53 + 1, 2**63 - 1, 2**63, 10**30):
        big = resource("RobotModel", f"big-{number}", {"type": "AMR", "manufacturer": "B"})
        task = resource("Task", f"big-{number}", TASK_SPEC | {"fence": count})
        big["metadata"] |= {"generation": count, "resource_version": count}
        task["metadata"]["generation"] = count
        found += [{"type": "resource.apply", "resource": r} for r in (big, task)]
        if stream == "ev":
            found.append({"type": "known", "kind": "RobotModel", "name": f"big-{number}", "generation": count, "resource": big})
            found.append({"type": "status", "kind": "Mission", "name": "m", "status": {}, "generation": count, "at": 1e308})
            found.append({"type": "revoked", "task": f"big-{number}", "fence": count, "outcome": "done"})
        else:
            found.append({"type": "revoke", "task": f"big-{number}", "fence": count})
    nul = "a\x00b"
    if stream == "ev":
        found.append(sound(stream, number) | {"id": nul, "subject": nul, "message": nul * 100_000, "at": -1e308})
    else:
        found.append({"type": "control", "id": nul, "action": "resume", "targets": [nul], "until_at": 1e308})
    return [*found, {"type": "resource.delete", "kind": "Task", "name": nul}]


def body(rng: random.Random, stream: str, number: int) -> bytes:
    if number % SOUND_EVERY == 0:
        return json.dumps(sound(stream, number)).encode()
    if number % SOUND_EVERY == 1:
        return json.dumps(rng.choice(hard(stream, number))).encode()
    whole = json.dumps(odd(rng, rng.choice(samples(stream)))).encode()
    match rng.randrange(8):
        case 0:
            return whole[: rng.randrange(len(whole))]
        case 1:
            return rng.randbytes(rng.randrange(200))
        case 2:
            at = rng.randrange(len(whole))
            return whole[:at] + rng.randbytes(1) + whole[at + 1 :]
    return whole


def spoil(tiers: Tiers, who: str, stream: str, rows: int, rng: random.Random) -> int:
    """The last seq."""
    path = tiers.data / who / ("cloud.db" if who == "cloud" else "edge.db")
    where, prefix = ("sync_values", "") if who == "cloud" else ("kv", "sync.")
    more = f" AND edge = '{ODD}'" if who == "cloud" else ""
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        keys = f"('{prefix}next.{stream}', '{prefix}acked.{stream}')"
        values = dict(db.execute(f"SELECT key, value FROM {where} WHERE key IN {keys}{more}"))
        last = db.execute(f"SELECT coalesce(max(seq), 0) FROM outbox WHERE stream = '{stream}'{more}").fetchone()[0]
        acked = int(values.get(f"{prefix}acked.{stream}", 0))
        first = max(int(values.get(f"{prefix}next.{stream}", 1)), acked + 1, last + 1)
        for number in range(rows):
            row = (stream, f"RobotModel/odd-{number}", first + number, body(rng, stream, number), time.time())
            if who == "cloud":
                sql = f"INSERT INTO outbox (stream, key, seq, body, at, gone, edge) VALUES (?, ?, ?, ?, ?, 0, '{ODD}')"
            else:
                sql = "INSERT INTO outbox (stream, key, seq, body, at) VALUES (?, ?, ?, ?, ?)"
            db.execute(sql, row)
    return first + rows - 1


def cursor(tiers: Tiers, who: str, stream: str) -> int:
    if who == "cloud":
        found = tiers.rows("cloud", f"SELECT value FROM sync_values WHERE edge = '{ODD}' AND key = 'cursor.{stream}'")
    else:
        found = tiers.rows(who, f"SELECT value FROM kv WHERE key = 'sync.cursor.{stream}'")
    return int(found[0][0]) if found else 0


def run(rows: int, seed: int, data: Path) -> dict[str, Any]:
    rng = random.Random(seed)
    tiers = Tiers(data, [ODD, BESIDE])
    result: dict[str, Any] = {"rows_each_way": rows, "seed": seed}
    with tiers:
        tiers.start_broker()
        tiers.start_cloud()
        tiers.declare_edges()
        tiers.apply([document("RobotModel", f"m-{n}", {"type": "AMR", "manufacturer": "B"}) for n in range(10)])
        for edge in tiers.edges:
            tiers.start_edge(edge)
        soon(lambda: all(tiers.converged(edge) for edge in tiers.edges), "the beginning", 60)
        before = tiers.rows(BESIDE, "SELECT kind, name, body FROM state WHERE kind != 'EdgeNode' ORDER BY 1, 2")
        tiers.kill(ODD)
        tiers.kill("cloud")
        upto = {"cloud": spoil(tiers, ODD, "ev", rows, rng), ODD: spoil(tiers, "cloud", "cmd", rows, rng)}
        begun = time.time()
        tiers.start_cloud()
        tiers.start_edge(ODD)
        result["stands"] = []
        for who, stream in (("cloud", "ev"), (ODD, "cmd")):
            try:
                soon(lambda w=who, s=stream: cursor(tiers, w, s) >= upto[w], f"{stream} is at {who}", 60)
            except TimeoutError:
                result["stands"].append({"at": who, "stream": stream, "taken_up_to": cursor(tiers, who, stream), "of": upto[who]})
        result["taken_s"] = round(time.time() - begun, 1)
        try:
            soon(lambda: all(tiers.converged(edge, begun) for edge in tiers.edges), "the end", 60)
        except TimeoutError:
            result["stands"] += [
                {"edge": e, "cloud": tiers.view(e), "edge_node": tiers.edge_health(e)["sync"]} for e in tiers.edges
            ]
        ids = [row[0] for row in tiers.rows("cloud", "SELECT id FROM events WHERE id LIKE 'sound-%'")]
        wanted = {f"sound-{n}" for n in range(0, rows, SOUND_EVERY)}
        models = {r[0] for r in tiers.rows(ODD, "SELECT name FROM state WHERE kind = 'RobotModel' AND name LIKE 'sound-%'")}
        result |= {
            "sound_events": len(wanted),
            "sound_events_lost": len(wanted - set(ids)),
            "sound_events_twice": len(ids) - len(set(ids)),
            "sound_resources_lost": len(wanted - models),
            "dead_letters_at_the_cloud": tiers.rows("cloud", "SELECT count(*) FROM dead_letters")[0][0],
            "dead_letters_at_the_edge": tiers.rows(ODD, "SELECT count(*) FROM dead")[0][0],
            "without_a_reason": tiers.rows("cloud", "SELECT count(*) FROM dead_letters WHERE reason = ''")[0][0]
            + tiers.rows(ODD, "SELECT count(*) FROM dead WHERE reason = '' OR reason IS NULL")[0][0],
            "rows_of_the_edge_node_beside_as_before": before
            == tiers.rows(BESIDE, "SELECT kind, name, body FROM state WHERE kind != 'EdgeNode' ORDER BY 1, 2"),
            "all_alive": all(process.poll() is None for process in tiers.processes.values()),
            "processes_with_a_traceback": tiers.tracebacks(),
        }
        if result["processes_with_a_traceback"]:
            logs = [(tiers.data / name).read_text("utf-8", "replace") for name in result["processes_with_a_traceback"]]
            result["first_traceback"] = [log[log.index("Traceback") :][:3000] for log in logs]
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="drover-rows-") as folder:
        print(json.dumps(run(args.rows, args.seed, Path(folder)), indent=1))


if __name__ == "__main__":
    main()
