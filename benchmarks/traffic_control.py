"""How long one step of traffic control takes, and how many trips it lets robots make, on a shipped site.

    python benchmarks/traffic_control.py --site warehouse --minutes 30 --seed 1

Robots drive at 60 to 100% of their speed, work 6 s at random places and go on; prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from pathlib import Path

import yaml

from fleet.layout.lif import read
from fleet.traffic.control import TrafficControl

TICK_S = 0.5
WORK_S = 6.0


def run(site: str, minutes: float, seed: int) -> dict[str, object]:
    folder = Path(__file__).parents[1] / "layouts" / site
    graph = read(json.loads((folder / "layout.lif.json").read_text(encoding="utf-8"))).graph
    documents = list(yaml.safe_load_all((folder / "site.yaml").read_text(encoding="utf-8")))
    models = {d["metadata"]["name"]: d["spec"] for d in documents if d["kind"] == "RobotModel"}
    homes = {d["metadata"]["name"]: d["spec"] for d in documents if d["kind"] == "Robot"}
    dice = random.Random(seed)
    traffic = TrafficControl(graph)
    speeds: dict[str, float] = {}
    for robot, spec in homes.items():
        model = models[spec["model"]]
        speeds[robot] = model["speed_mps_max"]
        home = graph.place(spec["home"]).nodes[0]
        traffic.add_robot(robot, home=home, length_m=model["length_m"], width_m=model["width_m"], speed_mps=speeds[robot])
        traffic.place(robot, home, now=0.0)
    taken = {graph.place(spec["home"]).nodes[0] for spec in homes.values()}
    goals = sorted({node for place in graph.places.values() for node in place.nodes} - taken)
    ready_at = dict.fromkeys(homes, 0.0)
    driven_m = dict.fromkeys(homes, 0.0)
    steps_s, trips, now = [], 0, 0.0
    while now < minutes * 60:
        now += TICK_S
        for robot in homes:
            view = traffic.route(robot)
            if view.base_nodes > 1:
                edge = graph.edge_between(view.nodes[0], view.nodes[1])
                assert edge is not None
                driven_m[robot] += speeds[robot] * TICK_S * dice.uniform(0.6, 1.0)
                if driven_m[robot] >= edge.length_m:
                    driven_m[robot] = 0.0
                    traffic.passed(robot, edge.end, now)
                    ready_at[robot] = now + WORK_S
            elif (view.goal is None or view.nodes == (view.goal,)) and now >= ready_at[robot]:
                trips += view.goal is not None
                traffic.set_goal(robot, dice.choice([g for g in goals if g != view.nodes[0]]), now=now)
        started = time.perf_counter()
        traffic.step(now)
        steps_s.append(time.perf_counter() - started)
        traffic.check()
    steps_s.sort()
    return {
        "site": site,
        "robots": len(homes),
        "nodes": len(graph.nodes),
        "minutes": minutes,
        "seed": seed,
        "trips_per_hour": round(trips * 60 / minutes, 1),
        "step_ms_p50": round(1000 * steps_s[len(steps_s) // 2], 3),
        "step_ms_p99": round(1000 * steps_s[int(len(steps_s) * 0.99)], 3),
        "step_ms_max": round(1000 * steps_s[-1], 3),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--site", default="warehouse")
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    print(json.dumps(run(arguments.site, arguments.minutes, arguments.seed)))
