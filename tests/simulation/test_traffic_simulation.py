"""Traffic control on a floor with delays, stalls and idle robots: nobody touches, everybody arrives."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from traffic_world import World, graph_of

from fleet.layout.graph import SiteGraph
from fleet.layout.lif import read


def corridor(length: int) -> SiteGraph:
    """One two-way lane with a bay at every node: every meeting of two robots is a head-on meeting."""
    points = {f"lane{i}": (3.0 * i, 0.0) for i in range(length)} | {f"bay{i}": (3.0 * i, 3.0) for i in range(length)}
    lanes = [(f"lane{i}", f"bay{i}") for i in range(length)] + [(f"lane{i}", f"lane{i + 1}") for i in range(length - 1)]
    return graph_of(points, lanes)


def ring(size: int) -> SiteGraph:
    """A one-way ring with bays outside."""
    turn = 2 * math.pi / size
    points = {f"ring{i}": (7 * math.cos(turn * i), 7 * math.sin(turn * i)) for i in range(size)}
    points |= {f"bay{i}": (11 * math.cos(turn * i), 11 * math.sin(turn * i)) for i in range(size)}
    return graph_of(
        points, [(f"ring{i}", f"bay{i}") for i in range(size)], tuple((f"ring{i}", f"ring{(i + 1) % size}") for i in range(size))
    )


def grid(width: int, height: int) -> SiteGraph:
    """Two-way lanes in a grid, a bay below and above each column."""
    points = {f"g{x}.{y}": (3.0 * x, 3.0 * y) for x in range(width) for y in range(height)}
    points |= {f"south{x}": (3.0 * x, -3.0) for x in range(width)} | {f"north{x}": (3.0 * x, 3.0 * height) for x in range(width)}
    lanes = [(f"g{x}.{y}", f"g{x + 1}.{y}") for x in range(width - 1) for y in range(height)]
    lanes += [(f"g{x}.{y}", f"g{x}.{y + 1}") for x in range(width) for y in range(height - 1)]
    lanes += [(f"south{x}", f"g{x}.0") for x in range(width)] + [(f"north{x}", f"g{x}.{height - 1}") for x in range(width)]
    return graph_of(points, lanes)


def homes(prefix: str, count: int, *, step: int = 1) -> dict[str, str]:
    return {f"R{i:02}": f"{prefix}{i * step}" for i in range(count)}


@pytest.mark.parametrize("seed", range(3))
def test_two_robots_in_one_corridor_swap_sides_for_an_hour(seed: int) -> None:
    world = World(corridor(6), {"A": "bay0", "B": "bay5"}, ["bay1", "bay2", "bay3", "bay4"], seed=seed)
    world.run(3600, trip_s_max=300)
    assert world.trips > 100


@pytest.mark.parametrize("seed", range(2))
def test_four_robots_in_one_corridor_all_arrive(seed: int) -> None:
    goals = ["bay1", "bay2", "bay4", "bay6", "lane3"]
    world = World(corridor(8), {"A": "bay0", "B": "bay7", "C": "bay3", "D": "bay5"}, goals, seed=seed)
    world.run(3600)
    assert world.trips > 100


@pytest.mark.parametrize("seed", range(2))
def test_a_full_ring_with_two_goals_keeps_turning(seed: int) -> None:
    world = World(ring(8), homes("bay", 7), ["bay7", "ring3"], seed=seed)
    world.run(3600, trip_s_max=1800)
    assert world.trips > 50


@pytest.mark.parametrize("seed", range(2))
def test_eight_robots_reach_goals_in_the_lanes_and_in_bays(seed: int) -> None:
    goals = [f"north{x}" for x in range(8)] + [f"g{x}.{y}" for x in range(8) for y in range(5)]
    world = World(grid(8, 5), homes("south", 8), goals, seed=seed)
    world.run(1200)
    assert world.trips > 80


def warehouse() -> tuple[SiteGraph, dict[str, str], list[str]]:
    """The shipped one: graph, home node of each robot, and the nodes of all places."""
    folder = Path(__file__).parents[2] / "layouts" / "warehouse"
    report = read(json.loads((folder / "layout.lif.json").read_text(encoding="utf-8")))
    homes = {f"AMR-{n}": report.graph.place(f"Park {n}").nodes[0] for n in range(1, 9)}
    return report.graph, homes, [place.nodes[0] for place in report.graph.places.values()]


@pytest.mark.parametrize("seed", range(2))
def test_eight_robots_keep_working_in_the_warehouse(seed: int) -> None:
    graph, homes, goals = warehouse()
    world = World(graph, homes, goals, seed=seed)
    world.run(1800)
    assert world.trips > 100


def test_sixteen_robots_keep_working_in_the_warehouse() -> None:
    graph, homes, goals = warehouse()
    extra = [graph.place(f"Charger {n}").nodes[0] for n in range(1, 5)] + [graph.place(f"Rack {c}-05").nodes[0] for c in "ABCD"]
    homes |= {f"AMR-{n}": node for n, node in enumerate(extra, 9)}
    world = World(graph, homes, goals, seed=1)
    world.run(1200, trip_s_max=1200)
    assert world.trips > 60


def test_three_robots_sent_to_one_place_take_turns() -> None:
    world = World(corridor(6), {"A": "bay0", "B": "bay5", "C": "bay1"}, ["bay3"], seed=3, stall_share=0.0)
    world.run(1200, trip_s_max=300)
    assert all(body.trips > 5 for body in world.bodies)


def test_an_idle_robot_in_the_only_corridor_is_sent_home_and_lets_others_pass() -> None:
    world = World(corridor(6), {"A": "bay0", "B": "bay5"}, ["bay3"], seed=4, idle_share=0.0)
    world.control.place("B", "lane2", now=0.0)
    idle = world.bodies[1]
    idle.at, idle.trips = "lane2", 1
    world.random.random = lambda: 0.9  # type: ignore[method-assign]  # nobody stalls, and the idle one asks for nothing
    world.run(300)
    assert idle.at == "bay5"
    assert world.bodies[0].trips > 0


def test_a_robot_that_stalls_for_ever_leaves_the_rest_working() -> None:
    graph, homes, goals = warehouse()
    world = World(graph, homes, goals, seed=5)
    world.run(120)
    broken = max(world.bodies, key=lambda b: len(b.base))
    broken.stalled_until = math.inf
    world.control.set_obstacle(broken.name, True, now=world.now)
    before = world.trips
    for _ in range(2400):
        world.tick()
    assert world.trips - before > 30
