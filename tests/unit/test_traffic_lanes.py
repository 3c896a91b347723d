"""One-way lanes and guidance weights."""

from __future__ import annotations

import numpy as np
import pytest

from fleet.contracts.errors import InvalidInput
from fleet.traffic.csr import RoadArrays, from_grid
from fleet.traffic.guidance import Guidance, GuidanceSettings
from fleet.traffic.lanes import propose, strong_part

SHELVES = ["." * 12] + [r for _ in range(3) for r in ("..@@@..@@@..", "..@@@..@@@..", "." * 12)]
WITH_SPUR = ["....@", "....@", ".....", "....@"]


def _random_rows(seed: int) -> list[str]:
    cells = np.random.default_rng(seed).choice([".", "@"], (15, 15), p=[0.75, 0.25])
    cells[0, 0] = "."
    return ["".join(row) for row in cells]


def test_parallel_aisles_between_shelves_run_in_alternating_directions() -> None:
    roads = from_grid(SHELVES)
    lanes = propose(roads)
    east = [not lanes.against[roads.edge_index[f"3-{y}>4-{y}"]] for y in (0, 3, 6, 9)]
    west = [not lanes.against[roads.edge_index[f"4-{y}>3-{y}"]] for y in (0, 3, 6, 9)]
    assert east in ([True, False, True, False], [False, True, False, True])
    assert west == [not e for e in east]


@pytest.mark.parametrize("rows", [SHELVES, WITH_SPUR, *(_random_rows(seed) for seed in range(20))])
@pytest.mark.parametrize("flip", [False, True])
def test_closing_every_edge_against_its_lane_cuts_nothing_off(rows: list[str], flip: bool) -> None:
    roads = from_grid(rows)
    lanes = propose(roads, flip=flip)
    assert lanes.reachable == lanes.reachable_before
    everything = np.ones(roads.n_edges, dtype=np.bool_)
    assert set(strong_part(roads, ~lanes.against)) == set(strong_part(roads, everything))
    assert not (lanes.against & lanes.against[roads.reverse]).any()


def test_a_spur_stays_two_way() -> None:
    roads = from_grid(WITH_SPUR)
    against = propose(roads).against
    assert not against[roads.edge_index["3-2>4-2"]]
    assert not against[roads.edge_index["4-2>3-2"]]


def test_lanes_of_drawn_roads_of_any_angle_follow_the_same_rule() -> None:
    turn = 0.3
    x, y = np.meshgrid(np.arange(6) * 2.5, np.arange(4) * 3.0)
    ids = [f"n{i}" for i in range(24)]
    pairs = [(i, i + 1) for i in range(24) if i % 6 < 5] + [(i, i + 6) for i in range(18)]
    both = pairs + [(b, a) for a, b in pairs]
    roads = RoadArrays.build(
        x_m=(x * np.cos(turn) - y * np.sin(turn)).ravel(),
        y_m=(x * np.sin(turn) + y * np.cos(turn)).ravel(),
        level=[0] * 24,
        tail=[a for a, _ in both],
        head=[b for _, b in both],
        length_m=[2.5 if abs(a - b) == 1 else 3.0 for a, b in both],
        cost=[20] * len(both),
        node_ids=ids,
        edge_ids=[f"{a}>{b}" for a, b in both],
    )
    lanes = propose(roads)
    assert lanes.n_streets == 10
    rows = [not lanes.against[roads.edge_index[f"{6 * r + 2}>{6 * r + 3}"]] for r in range(4)]
    assert rows in ([True, False, True, False], [False, True, False, True])


def test_a_way_that_is_one_way_by_itself_is_never_against() -> None:
    roads = RoadArrays.build(
        x_m=[0, 1, 1], y_m=[0, 0, 1], level=[0] * 3, tail=[0, 1, 2], head=[1, 2, 0],
        length_m=[1, 1, 1.5], cost=[8, 8, 12], node_ids=["a", "b", "c"], edge_ids=["ab", "bc", "ca"],
    )  # fmt: skip
    assert not propose(roads).against.any()


def test_weights_rise_against_the_lane_against_the_flow_and_where_robots_wait() -> None:
    roads = from_grid(SHELVES)
    lanes = propose(roads)
    guidance = Guidance(roads, lanes, GuidanceSettings(soft=3.0, opposing=2.0, waiting=1.0, period_s=10.0, memory=0.5))
    free = guidance.weights().copy()
    assert set(free.tolist()) == {8, 24}
    busy, place = roads.edge_index["3-0>4-0"], roads.node_index["7-3"]
    for tick in range(10):
        renewed = guidance.observe(np.array([busy], np.int32), np.array([place], np.int32))
        assert renewed == (tick == 9)
    now = guidance.weights()
    assert guidance.epoch == 1
    assert now[roads.reverse[busy]] == free[roads.reverse[busy]] + 8
    assert now[busy] == free[busy]
    assert (now[roads.in_edge[roads.in_ptr[place] : roads.in_ptr[place + 1]]] >= 12).all()


def test_hard_lanes_are_closed_and_forecasts_and_penalties_add_up() -> None:
    roads = from_grid(SHELVES)
    lanes = propose(roads)
    guidance = Guidance(roads, lanes, GuidanceSettings(hard=True))
    assert ((guidance.weights() == -1) == lanes.against).all()
    guidance.set_forecast(np.full(roads.n_edges, 5.0))
    guidance.set_penalty(np.full(roads.n_edges, 2.0))
    assert set(guidance.weights().tolist()) == {-1, 15}
    guidance.set_forecast(None)
    assert set(guidance.weights().tolist()) == {-1, 10}


def test_settings_that_make_no_sense_are_refused() -> None:
    for broken in ({"soft": 0.5}, {"waiting": -1.0}, {"memory": 1.0}, {"period_s": 0.0}):
        with pytest.raises(InvalidInput):
            GuidanceSettings(**broken)  # type: ignore[arg-type]
