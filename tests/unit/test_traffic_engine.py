"""The engine on small graphs: moves, pushes, lanes, zones, and the holdings that keep bodies apart."""

from __future__ import annotations

import numpy as np
import pytest

from fleet.contracts.errors import InvalidInput
from fleet.traffic.csr import from_grid
from fleet.traffic.engine import Engine, Zone


def drive(engine: Engine, goals: dict[int, int], steps: int = 200) -> dict[int, int]:
    """Every move ends before the next round; answers the round in which each robot was at its goal."""
    there: dict[int, int] = {}
    for now in range(steps):
        robots, _ = engine.step(float(now))
        for i in robots.tolist():
            engine.passed(i)
        check(engine)
        for i, goal in goals.items():
            if engine.crew.at[i] == goal and i not in there:
                there[i] = now
                engine.set_goal(i, -1, float(now))
        if len(there) == len(goals):
            break
    return there


def check(engine: Engine) -> None:
    """No unit has two holders, and what robots hold is what the table says."""
    crew, net = engine.crew, engine.net
    held: dict[int, int] = {}
    for i in range(engine.count):
        mine = {int(crew.at[i])} if crew.at[i] >= 0 else set()
        for edge in crew.base[i, : crew.base_n[i]].tolist():
            mine |= {int(net.head[edge]), int(net.unit[edge])}
        for unit in mine:
            assert held.setdefault(unit, i) == i, f"unit {unit} has two holders"
            assert crew.holder[unit] == i
    assert set(np.flatnonzero(crew.holder >= 0).tolist()) == set(held)


def test_a_robot_goes_to_its_goal() -> None:
    engine = Engine(from_grid(["...", "...", "..."]))
    robot = engine.add()
    engine.place(robot, 0)
    engine.set_goal(robot, 8, 0.0)
    assert drive(engine, {robot: 8}) == {robot: 3}


def test_two_that_meet_in_a_ring_both_arrive() -> None:
    roads = from_grid(["...", ".@.", "..."])
    engine = Engine(roads)
    for start, goal in ((0, 2), (2, 0)):
        robot = engine.add()
        engine.place(robot, start)
        engine.set_goal(robot, goal, 0.0)
    assert len(drive(engine, {0: 2, 1: 0})) == 2


def test_an_idle_robot_is_pushed_out_of_the_way() -> None:
    engine = Engine(from_grid(["....", "@@.@"]))
    walker, idler = engine.add(), engine.add()
    engine.place(walker, 0)
    engine.place(idler, 2)
    engine.set_goal(walker, 3, 0.0)
    assert drive(engine, {walker: 3})


def test_one_that_does_not_yield_is_waited_for() -> None:
    engine = Engine(from_grid(["....", "@.@@"]))
    walker, idler = engine.add(), engine.add()
    engine.place(walker, 0)
    engine.place(idler, 2)
    engine.crew.yields[idler] = 0
    engine.set_goal(walker, 3, 0.0)
    assert not drive(engine, {walker: 3}, 50)
    assert engine.crew.blocker[walker] == idler


def test_a_longer_base_holds_more_and_gives_it_back() -> None:
    engine = Engine(from_grid(["......"]), depth=3)
    robot = engine.add()
    engine.place(robot, 0)
    engine.set_goal(robot, 5, 0.0)
    robots, edges = engine.step(0.0)
    assert robots.tolist() == [0, 0, 0]
    assert engine.net.head[edges].tolist() == [1, 2, 3]
    engine.passed(robot)
    assert engine.crew.holder[0] == -1
    check(engine)


def test_a_zone_takes_as_many_as_it_has_room_for() -> None:
    engine = Engine(from_grid(["..."]), zones=[Zone((1, 2), 1)])
    for start in (0, 2):
        engine.place(engine.add(), start)
    engine.set_goal(0, 1, 0.0)
    engine.crew.yields[1] = 0
    assert not drive(engine, {0: 1}, 10)


def test_a_closed_edge_is_not_driven() -> None:
    roads = from_grid(["..."])
    engine = Engine(roads)
    engine.place(engine.add(), 0)
    engine.close(np.flatnonzero(roads.head == 1))
    engine.set_goal(0, 2, 0.0)
    assert not drive(engine, {0: 2}, 10)
    engine.close([])
    assert drive(engine, {0: 2}, 20)


def test_a_base_deeper_than_the_arrays_is_refused() -> None:
    with pytest.raises(InvalidInput, match="base"):
        Engine(from_grid([".."]), depth=99)


@pytest.mark.parametrize("seed", range(5))
def test_many_on_a_crowded_floor_all_reach_their_goals(seed: int) -> None:
    rng = np.random.default_rng(seed)
    roads = from_grid(["......", ".@..@.", "......", ".@..@.", "......"])
    engine = Engine(roads, seed=seed)
    starts, goals = rng.permutation(roads.n_nodes)[:14], rng.permutation(roads.n_nodes)[:14]
    for start, goal in zip(starts.tolist(), goals.tolist(), strict=True):
        robot = engine.add()
        engine.place(robot, start)
        engine.set_goal(robot, goal, 0.0)
    assert len(drive(engine, dict(enumerate(goals.tolist())), 400)) == 14
