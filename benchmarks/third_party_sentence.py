"""A robot of another maker's code takes an order from a sentence: npm vda-5050-lib's virtual AGV in the warehouse's fleet.

    (cd tests/integration/third_party && npm ci)
    python benchmarks/third_party_sentence.py
    python benchmarks/third_party_sentence.py "LIB-1 bring a pallet from Dock 2 to Packing 3"

The whole way: `drover up` with its 8 own robots and the language model, `drover apply` of
tests/integration/third_party/lib-1.yaml, agv.js at the edge's broker, then `drover command SENTENCE --yes --wait`. Prints,
for each sentence: its plan, the seconds to the end (the first one's include what is left of loading the model), the orders
that left for the robot, and what the robot says at the end. At last the robot must be at its home by itself.
Exit code 1: a mission was not done, or another robot did it.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, __file__.rsplit("/", 1)[0])
from running_fleet import Fleet, running, wait_until

from fleet_io.mqtt import Incoming, MqttLink, MqttSettings

AGV = Path(__file__).resolve().parent.parent / "tests" / "integration" / "third_party"
MANIFEST = AGV / "lib-1.yaml"
ROBOT, MANUFACTURER, SERIAL = "LIB-1", "siemens", "lib-0001"
#: Where it is switched on: its home, Charger 1 of the warehouse (map, x, y, theta, node).
STANDS = ("warehouse", "27", "36", "0", "Charger-1")
SENTENCES = (
    "send LIB-1 to Packing 1",
    "LIB-1 bring a pallet from Dock 1 to Packing 2",
    "send LIB-1 to its charger",
)
MISSION_S_MAX = 400.0
#: Seconds until an idle robot must be back at its home.
HOME_S_MAX = 180.0


def drover(fleet: Fleet, *words: str) -> Any:
    """What the command line prints with -o json. Raises RuntimeError with its own words if it refuses."""
    env = {**os.environ, "DROVER_API": f"http://127.0.0.1:{fleet.port}", "DROVER_TOKEN": fleet.token}
    ran = subprocess.run(
        [sys.executable, "-m", "drover", *words, "-o", "json"], env=env, capture_output=True, text=True, timeout=600, check=False
    )
    if not ran.stdout.strip():
        raise RuntimeError(f"drover {' '.join(words)}: exit {ran.returncode}: {ran.stderr}")
    return json.loads(ran.stdout)


@contextlib.contextmanager
def agv(fleet: Fleet) -> Iterator[subprocess.Popen[str]]:
    node = shutil.which("node")
    if node is None or not (AGV / "node_modules" / "vda-5050-lib").is_dir():
        raise SystemExit("needs Node.js 20 or later, and `npm ci` run in tests/integration/third_party")
    broker = f"mqtt://127.0.0.1:{fleet.edge_broker_port}"
    process = subprocess.Popen(
        [node, "agv.js", broker, MANUFACTURER, SERIAL, *STANDS], cwd=AGV, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        if process.stdout.readline().strip() != "ready":
            raise RuntimeError("agv.js did not start")
        yield process
    finally:
        process.terminate()
        process.wait(10)


async def watched(fleet: Fleet, sentence: str) -> dict[str, Any]:
    """Carry out one sentence while listening to the robot's topics, as any MQTT client can."""
    orders: list[dict[str, Any]] = []
    states: list[dict[str, Any]] = []

    def on_message(message: Incoming) -> None:
        (orders if message.topic.endswith("/order") else states).append(json.loads(message.payload))

    topics = [(f"uagv/v2/{MANUFACTURER}/{SERIAL}/{name}", 0) for name in ("order", "state")]
    link = MqttLink(
        MqttSettings(port=fleet.edge_broker_port), client_id="bench-watch", on_message=on_message, subscriptions=topics
    )
    session = asyncio.create_task(link.run())
    while not link.connected:
        await asyncio.sleep(0.05)
    began = time.monotonic()
    said = await asyncio.to_thread(drover, fleet, "command", sentence, "--yes", "--wait", "--timeout", f"{MISSION_S_MAX:g}")
    seconds = time.monotonic() - began
    await asyncio.sleep(1)  # the robot's last state
    await link.stop()
    await session
    return report(fleet, sentence, said, seconds, orders, states)


def report(
    fleet: Fleet, sentence: str, said: dict[str, Any], seconds: float, orders: list[Any], states: list[Any]
) -> dict[str, Any]:
    command, mission = said["command"], said.get("mission") or {"status": {}}
    tasks = [t for t in fleet.get("tasks")["items"] if t["spec"]["mission"] == command.get("mission")]
    robot = fleet.get(f"robots/{ROBOT}")["status"]
    last = states[-1] if states else {}
    return {
        "sentence": sentence,
        "plan": [{k: t.get(k) for k in ("title", "robot", "distance_m")} for t in (command.get("plan") or {}).get("tasks", [])],
        "command": command["state"],
        "question": command.get("question", ""),
        "mission": mission["status"].get("phase"),
        "reason": mission["status"].get("reason", ""),
        "done_by": sorted({t["status"].get("robot", "") for t in tasks}),
        "seconds": round(seconds, 1),
        "mission_seconds": round(mission["status"].get("finished_at", 0.0) - mission["status"].get("started_at", 0.0), 1),
        "orders_sent": len(orders),
        "order_ids": list(dict.fromkeys(o["orderId"] for o in orders)),
        "actions": [a["actionType"] for o in orders for n in o["nodes"] for a in n["actions"] if n["released"]],
        "states_heard": len(states),
        "version_sent": sorted({o["version"] for o in orders}),
        "end_state": {k: last.get(k) for k in ("version", "orderId", "lastNodeId", "driving", "nodeStates", "loads", "errors")},
        "end_actions": [f"{a['actionType']} {a['actionStatus']}" for a in last.get("actionStates", [])],
        "twin": {k: robot.get(k) for k in ("connection", "activity", "last_node", "pose", "task", "errors")},
    }


def at_home(fleet: Fleet) -> bool:
    status = fleet.get(f"robots/{ROBOT}")["status"]
    return bool(status.get("last_node") == STANDS[-1] and status["activity"] in ("idle", "charging"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sentences", nargs="*", default=list(SENTENCES))
    sentences = parser.parse_args().sentences
    with running(extra=()) as fleet:
        drover(fleet, "apply", "-f", str(MANIFEST))
        with agv(fleet) as process:
            online = wait_until(
                lambda: fleet.get(f"robots/{ROBOT}")["status"].get("last_node") == STANDS[-1], f"{ROBOT} online", 30
            )
            results = [asyncio.run(watched(fleet, sentence)) for sentence in sentences]
            home = wait_until(lambda: at_home(fleet), f"{ROBOT} at home", HOME_S_MAX)
            alive = process.poll() is None
    times = {"online_after_s": round(online, 1), "home_after_s": round(home, 1)}
    print(json.dumps({**times, "sentences": results, "agv_still_runs": alive}, indent=1))
    if not all(r["mission"] == "done" and r["done_by"] == [ROBOT] for r in results):
        sys.exit(1)


if __name__ == "__main__":
    main()
