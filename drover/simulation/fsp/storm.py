"""Many edge nodes come back at once: how long until all have converged, and what does it cost?

All join an empty hub, then the broker is away for a while, in which robots go on working and people edit; then all return at the
same moment. Simulated time says what the protocol does (admission, credit, resends); wall time and memory say what it costs.
"""

from __future__ import annotations

import resource
import time
from dataclasses import dataclass
from typing import Any

from drover.simulation.fsp import messages
from drover.simulation.fsp.config import Config
from drover.simulation.fsp.net import Weather
from drover.simulation.fsp.run import JUDGES
from drover.simulation.fsp.world import World

OUTAGE_S = 600.0
#: In the outage each robot has so many events, and one status more; each edge node gets so many edits.
EVENTS_PER_ROBOT = 4
EDITS_PER_EDGE = 2
#: All return within, seconds (full jitter of the clients).
RETURN_S = 5.0
JOIN_S_MAX = 3600.0


@dataclass(frozen=True)
class Storm:
    edges: int = 1000
    robots: int = 10
    seed: int = 1


def storm(plan: Storm) -> dict[str, Any]:
    """Figures of one storm. Times ending in `_sim_s` are simulated, the others of this machine."""
    began, cpu = time.perf_counter(), time.process_time()
    weather = Weather(delay_min_s=0.005, delay_mean_s=0.02, ordered=True)
    config = Config(hours=0.0, edges=plan.edges, faults=(), weather=weather, settle_s=JOIN_S_MAX)
    world = World(plan.seed, config, JUDGES)
    world.work.going = world.faults.going = False
    world.tick()
    for edge in world.edges:
        for robot in range(plan.robots):
            _edit(world, edge, robot, "first")
            _report(world, edge, robot, "first")
    joined = _until_all(world)
    _outage(world, plan)
    frames, bytes_ = world.net.frames, world.net.bytes
    back = _until_all(world)
    world.idle_bytes_per_min = 0.0
    world.judges.finish()
    return {
        "scenario": "storm",
        "edges": plan.edges,
        "robots": plan.edges * plan.robots,
        "outage_sim_s": OUTAGE_S,
        "rows_after_outage": plan.edges * (plan.robots * (EVENTS_PER_ROBOT + 1) + EDITS_PER_EDGE),
        "join_sim_s": _quantiles(joined),
        "converge_sim_s": _quantiles(back),
        "frames": world.net.frames - frames,
        "mb": round((world.net.bytes - bytes_) / 1e6, 1),
        "events": world.scheduler.events,
        "violations": len(world.judges.violations),
        "fell": [f"{v.rule}: {v.text}" for v in world.judges.violations[:3]],
        "wall_s": round(time.perf_counter() - began, 1),
        "cpu_s": round(time.process_time() - cpu, 1),
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _edit(world: World, edge: str, robot: int, word: str) -> None:
    hub = world.hub
    hub.put(hub.sides[edge], messages.key_of(f"r{robot}"), (hub.next_revision(), word))


def _report(world: World, edge: str, robot: int, word: str) -> None:
    node = world.copies[edge][0]
    node.put(node.sides[edge], messages.key_of(f"r{robot}"), (node.next_revision(), word))


def _outage(world: World, plan: Storm) -> None:
    world.net.crash_broker()
    for node in world.nodes():
        for side in node.sides.values():
            node.unlink(side)
    rng, start = world.rng, world.scheduler.now
    for edge in world.edges:
        node = world.copies[edge][0]
        side = node.sides[edge]
        for robot in range(plan.robots):
            _report(world, edge, robot, "alone")
            for n in range(EVENTS_PER_ROBOT):
                node.say(side, f"r{robot}", f"{edge}-{robot}-{n}")
        for robot in range(min(EDITS_PER_EDGE, plan.robots)):
            _edit(world, edge, robot, "meanwhile")
    world.run_for(OUTAGE_S - (world.scheduler.now - start))
    for side in world.hub.sides.values():
        world.hub.link(side)
    for edge in world.edges:
        node = world.copies[edge][0]
        world.scheduler.after(rng.uniform(0.0, RETURN_S), lambda node=node, edge=edge: node.link(node.sides[edge]))  # type: ignore[misc]


def _until_all(world: World) -> list[float]:
    """Simulated seconds that each edge node took."""
    start, left, took = world.scheduler.now, set(world.edges), []
    while left and world.scheduler.now - start < JOIN_S_MAX and not world.judges.violations:
        world.run_for(1.0)
        done = [edge for edge in sorted(left) if not world.unsettled_at(edge)]
        took += [world.scheduler.now - start] * len(done)
        left.difference_update(done)
    if left:
        world.judges.fell("I21", f"{len(left)} edge nodes have not converged after {world.scheduler.now - start:.0f} s")
    return sorted(took)


def _quantiles(values: list[float]) -> dict[str, float]:
    if not values:
        return {}
    return {"p50": values[len(values) // 2], "p99": values[int(len(values) * 0.99)], "max": values[-1]}
