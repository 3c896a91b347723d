"""Movement in steps: safe on any map, alive in dead ends, the same for the same seed."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from fleet.contracts.errors import InvalidInput
from fleet.layout.branches import branches
from fleet.traffic.csr import Int32, RoadArrays, from_grid
from fleet.traffic.guidance import GuidanceSettings
from fleet.traffic.lanes import strong_part
from fleet.traffic.synchronous.check import check, errands_done
from fleet.traffic.synchronous.lifelong import PLAIN, Lifelong, Settings
from fleet.traffic.warm import WARM_UPS, warm_up

ROOM = ["......", ".@@.@.", "......", ".@..@@", "......"]


def _world(seed: int, walls: float, share: float, size: int = 16) -> tuple[RoadArrays, Int32, Int32]:
    rng = np.random.default_rng(seed)
    roads = from_grid(["".join(row) for row in rng.choice([".", "@"], (size, size), p=[1 - walls, walls])])
    nodes = strong_part(roads, np.ones(roads.n_edges, dtype=np.bool_))
    starts = rng.choice(nodes, max(1, int(share * len(nodes))), replace=False).astype(np.int32)
    return roads, starts, rng.choice(nodes, 5000).astype(np.int32)


def _run(
    roads: RoadArrays, starts: Int32, errands: Int32, settings: Settings, steps: int, seed: int = 1
) -> tuple[Lifelong, Int32]:
    run = Lifelong(roads, starts, errands, settings, seed)
    places = [run.places()]
    for _ in range(steps):
        run.tick()
        places.append(run.places())
    return run, np.array(places)


HARD = Settings(guidance=GuidanceSettings(hard=True))
STILL = replace(Settings(), rule=Settings().rule._replace(rotate=0, hinder=8))


@pytest.mark.parametrize("settings", [PLAIN, Settings(), HARD, STILL])
@pytest.mark.parametrize(("seed", "walls", "share"), [(1, 0.1, 0.5), (2, 0.25, 0.3), (3, 0.3, 0.6), (4, 0.0, 0.9)])
def test_no_two_robots_share_a_node_or_swap_and_every_errand_counted_was_reached(
    settings: Settings, seed: int, walls: float, share: float
) -> None:
    roads, starts, errands = _world(seed, walls, share)
    run, places = _run(roads, starts, errands, settings, 150)
    assert check(roads, places).sound
    assert errands_done(places, errands) == run.finished


@pytest.mark.parametrize("seed", range(3))
def test_nobody_is_stuck_on_a_map_full_of_dead_ends(seed: int) -> None:
    roads, starts, errands = _world(seed, 0.15, 0.4, size=24)
    assert (branches(roads).branch_of_node >= 0).sum() >= 3
    run, _ = _run(roads, starts, errands, Settings(), 600)
    assert (run.crew.age < 300).all()
    assert run.finished > 10 * len(starts)


def test_the_same_seed_gives_the_same_steps_and_another_seed_others() -> None:
    roads, starts, errands = _world(5, 0.1, 0.4)
    one, two, other = (_run(roads, starts, errands, Settings(), 80, seed)[1] for seed in (7, 7, 8))
    assert (one == two).all()
    assert (one != other).any()


def test_every_placement_of_three_robots_on_a_small_ring_with_a_chord_moves_on() -> None:
    roads = from_grid(["...", ".@.", "..."])
    goals = np.array([0, 3, 7, 5, 1, 6, 2, 4] * 20, np.int32)
    for starts in itertools.combinations(range(8), 3):
        run, places = _run(roads, np.array(starts, np.int32), goals, Settings(), 60)
        assert check(roads, places).sound
        assert (run.crew.age < 40).all(), starts


def test_a_full_ring_turns_only_where_rotation_is_allowed() -> None:
    roads = from_grid(["..", ".."])
    starts, errands = np.arange(4, dtype=np.int32), np.array([1, 3, 0, 2] * 10, np.int32)
    turning = _run(roads, starts, errands, PLAIN, 5)[0]
    still = _run(roads, starts, errands, STILL, 5)[0]
    assert turning.finished > 0
    assert still.finished == 0


def test_the_checker_sees_jumps_shared_nodes_and_swaps() -> None:
    roads = from_grid(["...."])
    assert check(roads, np.array([[0, 2], [2, 3]], np.int32)).jumps == 1
    assert check(roads, np.array([[0, 2], [1, 1]], np.int32)).shared_nodes == 1
    assert check(roads, np.array([[0, 1], [1, 0]], np.int32)).swaps == 1
    assert check(roads, np.array([[0, 1], [1, 2]], np.int32)).sound


def test_starts_and_errands_that_cannot_be_are_refused() -> None:
    roads = from_grid(ROOM)
    with pytest.raises(InvalidInput, match="starts"):
        Lifelong(roads, np.array([1, 1], np.int32), np.array([1, 2], np.int32), PLAIN, 1)
    with pytest.raises(InvalidInput, match="errands"):
        Lifelong(roads, np.array([1, 2], np.int32), np.array([1], np.int32), PLAIN, 1)


def test_what_is_compiled_at_install_can_be_called() -> None:
    assert warm_up() == WARM_UPS
