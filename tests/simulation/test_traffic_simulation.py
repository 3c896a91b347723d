"""Traffic control on a floor with delays, stalls and idle robots: nobody touches, everybody arrives."""

from __future__ import annotations

import math

import pytest
from traffic_world import World, graph_of

from fleet.layout.graph import SiteGraph


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
