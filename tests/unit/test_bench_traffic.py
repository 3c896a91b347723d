"""The executed movement model, its two independent checkers with planted faults, and the baselines."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

from drover.bench.traffic import bench, maps
from drover.bench.traffic.bodies import STALL_S, SUBTICKS, Bodies, Delays, release_after
from drover.bench.traffic.cases import Case, common_targets, draw_closures, lifelong, segments
from drover.bench.traffic.checker import CollisionChecker
from drover.bench.traffic.deadlock import DeadlockDetector
from drover.bench.traffic.drive import RandomErrands, Run
from drover.bench.traffic.plot import Line, throughput
from drover.bench.traffic.policies import POLICIES, one_way
from drover.bench.traffic.pool import RULES, PoolErrands
from fleet.contracts.errors import InvalidInput, NotFound
from fleet.traffic.baselines import Reservation
from fleet.traffic.csr import RoadArrays, from_grid
from fleet.traffic.state import I32, U8

BLOCK = ["." * 13] + ["." + "TTTT.TTTTT." + "."] * 2 + ["." * 13]
BLOCKS = BLOCK + BLOCK[1:] + BLOCK[1:]


def floats(*values: float) -> np.ndarray:
    return np.array(values, np.float64)


def ints(*values: int) -> I32:
    return np.array(values, np.int32)


# ---- collisions ----------------------------------------------------------------------------------------------------


def watched(
    x0: Iterable[float], x1: Iterable[float], y0: Iterable[float], y1: Iterable[float], radius_m: float
) -> CollisionChecker:
    checker, level = CollisionChecker(radius_m), ints(0, 0)
    checker.watch(1.0, floats(*x0), floats(*y0), floats(*x1), floats(*y1), level, level)
    return checker


def test_two_bodies_that_swap_between_two_looks_have_collided() -> None:
    assert watched((0, 1), (1, 0), (0, 0), (0, 0), 0.25).count == 1


def test_two_bodies_that_meet_on_crossing_ways_only_in_mid_interval_have_collided() -> None:
    checker = watched((-1, 0), (1, 0), (0, -1), (0, 1), 0.25)
    assert checker.count == 1
    assert checker.least_m == pytest.approx(0.0)


def test_a_body_that_follows_at_a_body_s_length_has_not_collided() -> None:
    assert watched((0, 0.5), (0.25, 0.75), (0, 0), (0, 0), 0.25).count == 0


def test_bodies_on_different_levels_do_not_collide() -> None:
    checker = CollisionChecker(0.4)
    one = floats(0, 0)
    checker.watch(1.0, one, one, one, one, ints(0, 1), ints(0, 1))
    assert checker.count == 0


def test_an_overlap_that_lasts_counts_once() -> None:
    checker, level, here = CollisionChecker(0.4), ints(0, 0), floats(0, 0.5)
    for now_s in range(3):
        checker.watch(now_s, here, floats(0, 0), here, floats(0, 0), level, level)
    assert checker.count == 1


# ---- deadlocks -----------------------------------------------------------------------------------------------------


def square() -> RoadArrays:
    return from_grid(["...", ".T.", "..."])


def stood(*since: float) -> np.ndarray:
    return floats(*since)


NONE_OPEN = np.zeros(64, np.uint8)


def test_two_robots_that_want_each_other_s_place_in_an_aisle_are_a_deadlock() -> None:
    roads = from_grid(["....."])
    detector = DeadlockDetector(roads, roads.cost)
    detector.look(100.0, ints(1, 2, 4), ints(3, 0, -1), stood(0, 0, 99), np.zeros(3, np.uint8), np.zeros(roads.n_edges, np.uint8))
    assert (detector.cycles, detector.standstills) == (1, 0)
    assert set(detector.kept[0][1]) == {0, 1}


def test_a_robot_behind_one_that_is_stopped_is_no_deadlock() -> None:
    roads = from_grid(["....."])
    detector = DeadlockDetector(roads, roads.cost)
    detector.look(100.0, ints(1, 2), ints(4, 0), stood(0, 0), np.array([0, 1], np.uint8), np.zeros(roads.n_edges, np.uint8))
    assert detector.count == 0


def test_a_robot_with_a_free_equal_way_is_no_deadlock() -> None:
    roads = square()
    corner, side, far = roads.node_index["0-0"], roads.node_index["1-0"], roads.node_index["2-2"]
    detector = DeadlockDetector(roads, roads.cost)
    open_: U8 = np.zeros(roads.n_edges, np.uint8)
    detector.look(100.0, ints(corner, side, 7), ints(far, corner, -1), stood(0, 0, 99), np.zeros(3, np.uint8), open_)
    assert detector.count == 0


def test_nobody_moving_with_goals_open_is_a_standstill() -> None:
    roads = from_grid(["....."])
    detector = DeadlockDetector(roads, roads.cost)
    detector.look(61.0, ints(0), ints(4), stood(0), np.zeros(1, np.uint8), np.zeros(roads.n_edges, np.uint8))
    assert detector.standstills == 1


def test_two_way_reservation_locks_up_and_the_detector_says_so() -> None:
    """B0 in one aisle: a planted deadlock through the whole driver."""
    roads = from_grid(["........"])
    case = lifelong(roads, roads.cost, 3, 150, 5)
    result = Run(Reservation(roads, sidestep_s=0.0), case, RandomErrands(case)).play()
    assert result.deadlocks > 0
    assert result.collisions == 0


# ---- bodies --------------------------------------------------------------------------------------------------------


def bodies(delays: Delays, radius_m: float = 0.25) -> Bodies:
    return Bodies(from_grid(["......"]), ints(0), delays, seed=3, radius_m=radius_m, grid=True)


@pytest.mark.parametrize(("radius_m", "after"), [(0.25, 2), (0.3, 3), (0.45, 4)])
def test_a_source_is_free_when_the_body_is_two_radii_away(radius_m: float, after: int) -> None:
    one = bodies(Delays(), radius_m)
    assert int(one.release[0]) == after
    one.depart(ints(0), ints(0))
    passed = [len(one.advance()[0]) for _ in range(SUBTICKS)]
    assert passed.index(1) + 1 == after


def test_a_long_edge_of_a_drawn_layout_is_held_until_arrival() -> None:
    roads = from_grid(["..."])
    assert release_after(roads, ints(*[24] * roads.n_edges), 0.3, grid=False).tolist() == [24] * roads.n_edges


def test_every_move_stalls_for_two_to_eight_seconds_when_the_chance_is_one() -> None:
    one = bodies(Delays(stall=1.0))
    one.depart(ints(0), ints(0))
    took = 0
    while one.edge[0] >= 0:
        one.advance()
        took += 1
    assert STALL_S[0] * SUBTICKS <= took - SUBTICKS <= STALL_S[1] * SUBTICKS


def test_a_move_from_elsewhere_is_refused_as_a_bug_of_the_policy() -> None:
    one = bodies(Delays())
    with pytest.raises(AssertionError, match="begins elsewhere"):
        one.depart(ints(0), ints(one.roads.n_edges - 1))


def test_a_chance_above_one_is_refused() -> None:
    with pytest.raises(InvalidInput, match="stall"):
        Delays(stall=1.5)


# ---- runs ----------------------------------------------------------------------------------------------------------


def on_blocks(robots: int, seconds: int = 150, **options: object) -> tuple[Case, object]:
    roads = from_grid(BLOCKS)
    lanes, weights = one_way(roads)
    return lifelong(roads, weights, robots, seconds, 4, **options), lanes  # type: ignore[arg-type]


@pytest.mark.parametrize("policy", ["b1", "b1_quick", "drover", "drover_unguided"])
def test_no_policy_collides_or_locks_under_stalls_and_stops_and_closures(policy: str) -> None:
    case, lanes = on_blocks(14, delays=Delays(0.05, 0.001), closures=True)
    result = Run(POLICIES[policy](case, lanes), case, RandomErrands(case)).play()  # type: ignore[arg-type]
    assert (result.collisions, result.deadlocks, result.closed_entries) == (0, 0, 0)
    assert result.finished > 0


@pytest.mark.parametrize("radius_m", [0.3, 0.45])
def test_wider_bodies_do_not_collide_either(radius_m: float) -> None:
    case, lanes = on_blocks(14, delays=Delays(0.1), radius_m=radius_m)
    result = Run(POLICIES["drover"](case, lanes), case, RandomErrands(case)).play()  # type: ignore[arg-type]
    assert result.collisions == 0
    assert result.finished > 0


def test_a_source_that_is_freed_too_early_is_seen_by_the_checker() -> None:
    """The checker is independent: with bodies wider than the release assumes it must speak."""
    case, lanes = on_blocks(14, delays=Delays(0.1))
    run = Run(POLICIES["b1"](case, lanes), case, RandomErrands(case))  # type: ignore[arg-type]
    run.checker = CollisionChecker(0.45)
    assert run.play().collisions > 0


def test_the_same_seed_gives_the_same_run() -> None:
    case, lanes = on_blocks(10, delays=Delays(0.02))
    runs = [Run(POLICIES["drover"](case, lanes), case, RandomErrands(case)).play() for _ in range(2)]  # type: ignore[arg-type]
    assert (runs[0].finished, runs[0].moves) == (runs[1].finished, runs[1].moves)


def test_closed_segments_leave_all_other_nodes_connected() -> None:
    roads = from_grid(BLOCKS)
    _, weights = one_way(roads)
    closures = draw_closures(roads, weights, 1000, 2)
    assert closures
    assert all(any(c.nodes == s for s in segments(roads)) for c in closures)
    for closure in closures:
        shut = np.isin(roads.head, list(closure.nodes)) | np.isin(roads.tail, list(closure.nodes))
        rest = common_targets(roads, np.where(shut, -1, weights).astype(np.int32))
        assert len(rest) == len(common_targets(roads, weights)) - len(closure.nodes)


def test_on_a_floor_with_a_place_at_every_node_roads_close_and_all_errands_stay_possible() -> None:
    loaded = maps.read(Path("layouts/warehouse/layout.lif.json"), radius_m=0.4)
    lanes, weights = one_way(loaded.roads)
    case = lifelong(loaded.roads, weights, 8, 1200, 1, radius_m=0.4, grid=False, closures=True)
    assert len(case.closures) == 6
    for closure in case.closures:
        cut = weights.copy()
        cut[list(closure.entries)] = -1
        assert set(case.targets.tolist()) <= set(common_targets(loaded.roads, cut).tolist())
    result = Run(POLICIES["drover"](case, lanes), case, RandomErrands(case)).play()
    assert (result.collisions, result.deadlocks, result.closed_entries) == (0, 0, 0)
    assert result.finished > 50


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_of_a_pool_delivers_and_never_gives_a_task_to_two(rule: str) -> None:
    case, lanes = on_blocks(8, delays=Delays(0.02))
    errands = PoolErrands(case, rule)
    run = Run(POLICIES["drover"](case, lanes), case, errands)  # type: ignore[arg-type]
    doubles: list[int] = []

    def look(second: int) -> None:
        taken = errands._task[errands._task >= 0]
        if len(set(taken.tolist())) < len(taken):
            doubles.append(second)

    result = run.play(look)
    assert not doubles
    assert result.finished > 10
    assert (result.collisions, result.deadlocks) == (0, 0)


# ---- files ---------------------------------------------------------------------------------------------------------


def written(folder: Path) -> Path:
    file = folder / "blocks.map"
    file.write_text("type octile\nheight 10\nwidth 13\nmap\n" + "\n".join(BLOCKS) + "\n", encoding="utf-8")
    return file


def test_a_bench_compares_with_its_baseline_in_one_run(tmp_path: Path) -> None:
    shown = bench.run(bench.Order(map=written(tmp_path), robots=8, seconds=90, stall=0.01))
    assert set(shown["policies"]) == {"b1", "drover"}
    assert shown["ratios"]["drover/b1"] == pytest.approx(
        shown["policies"]["drover"]["per_s"] / shown["policies"]["b1"]["per_s"], abs=1e-3
    )
    json.dumps(shown)


def test_a_scenario_gives_starts_and_first_goals(tmp_path: Path) -> None:
    loaded = maps.read(written(tmp_path))
    scenario = tmp_path / "blocks.scen"
    scenario.write_text("version 1\n0\tblocks.map\t13\t10\t0\t0\t12\t9\t0\n", encoding="utf-8")
    starts, goals = maps.read_scenario(scenario, loaded, 1)
    assert loaded.roads.node_ids[starts[0]] == "0-0"
    assert loaded.roads.node_ids[goals[0]] == "12-9"


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        (None, NotFound, "can be read"),
        ("hello", InvalidInput, "no line `map`"),
        ("map\n...\n..\n", InvalidInput, "rows"),
    ],
)
def test_a_bad_map_is_refused_with_the_fix(tmp_path: Path, text: str | None, error: type[Exception], says: str) -> None:
    file = tmp_path / "bad.map"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(error, match=says):
        maps.read(file)


def test_a_scenario_on_a_wall_is_refused_by_its_line(tmp_path: Path) -> None:
    loaded = maps.read(written(tmp_path))
    scenario = tmp_path / "blocks.scen"
    scenario.write_text("version 1\n0\tblocks.map\t13\t10\t2\t1\t12\t9\t0\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match="line 2"):
        maps.read_scenario(scenario, loaded, 1)


def test_more_robots_than_cells_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="room for"):
        bench.run(bench.Order(map=written(tmp_path), robots=5000, seconds=10))


def test_unknown_baselines_are_refused_by_name() -> None:
    with pytest.raises(InvalidInput, match="b1_quick"):
        bench.baselines("b7")


def test_the_plot_shows_every_line() -> None:
    picture = throughput([Line("drover", "none", [(300, 3.4), (600, 6.4)]), Line("b1", "stall1", [(300, 3.0), (600, 5.0)])])
    assert picture.count("<polyline") == 2
    assert "1 % stalls" in picture
