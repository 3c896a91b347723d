"""The baseline B1: honest (it reserves, it side-steps, it keeps to lanes), and no cleverer than that."""

from __future__ import annotations

import random

import pytest

from fleet.contracts.errors import Conflict, NotFound
from fleet.layout.graph import SiteEdge, SiteGraph, SiteNode
from fleet.traffic.naive_control import NaiveControl, one_way_only


def graph(nodes: dict[str, tuple[float, float]], lanes: list[tuple[str, str]]) -> SiteGraph:
    """Lanes are driven both ways."""
    pairs = [pair for a, b in lanes for pair in ((a, b), (b, a))]
    return SiteGraph.build(
        [SiteNode(n, 3.0 * x, 3.0 * y) for n, (x, y) in nodes.items()], [SiteEdge(a + b, a, b, 3.0) for a, b in pairs]
    )


#: a row a-b-c-d with a bay under b
ROW = graph({"a": (0, 0), "b": (1, 0), "c": (2, 0), "d": (3, 0), "p": (1, -1)}, [("a", "b"), ("b", "c"), ("c", "d"), ("b", "p")])
GRID = graph(
    {f"{x}{y}": (x, y) for x in range(5) for y in range(5)},
    [(f"{x}{y}", f"{x + 1}{y}") for x in range(4) for y in range(5)]
    + [(f"{x}{y}", f"{x}{y + 1}") for x in range(5) for y in range(4)],
)


def control(site: SiteGraph, *, one_way: bool = False, base_nodes: int = 3, **at: str) -> NaiveControl:
    traffic = NaiveControl(site, base_nodes=base_nodes, one_way=one_way)
    for robot, node in at.items():
        traffic.add_robot(robot, home=node, length_m=1.0, width_m=0.7, speed_mps=1.5)
        traffic.place(robot, node, now=0.0)
    return traffic


def test_nodes_are_reserved_ahead_and_given_back_when_the_rear_has_left() -> None:
    traffic = control(ROW, R="a")
    traffic.set_goal("R", "d", now=0.0)
    assert [release.nodes for release in traffic.step(0.0)] == [("b", "c", "d")]
    assert traffic.route("R").base_nodes == 4
    traffic.passed("R", "c", 5.0)
    assert traffic.route("R").nodes == ("c", "d")


def test_what_another_holds_is_not_entered_and_freed_nodes_are_taken_at_once() -> None:
    traffic = control(ROW, base_nodes=1, A="a", B="c")
    traffic.set_goal("A", "d", now=0.0)
    assert [(r.robot, r.nodes) for r in traffic.step(0.0)] == [("A", ("b",))]
    traffic.passed("A", "b", 2.0)
    assert traffic.step(2.0) == []
    assert traffic.route("A").blocked_by == "B"
    traffic.set_goal("B", "d", now=3.0)
    assert [(r.robot, r.nodes) for r in traffic.step(3.0)] == [("B", ("d",))]
    traffic.passed("B", "d", 5.0)
    assert [(r.robot, r.nodes) for r in traffic.step(5.0)] == [("A", ("c",))]


def test_two_that_meet_side_step_where_there_is_room_and_else_never_pass() -> None:
    row = graph({"a": (0, 0), "b": (1, 0), "c": (2, 0), "d": (3, 0)}, [("a", "b"), ("b", "c"), ("c", "d")])
    for site, passes in ((ROW, True), (row, False)):
        traffic = control(site, base_nodes=1, A="b", B="d")
        traffic.set_goal("A", "d", now=0.0)
        traffic.set_goal("B", "a", now=0.0)
        for second in range(300):
            for release in traffic.step(float(second)):
                traffic.passed(release.robot, release.nodes[-1], float(second))
                traffic.check()
        there = traffic.route("A").nodes[0] == "d" and traffic.route("B").nodes[0] == "a"
        assert there == passes


def test_idle_robots_in_the_way_of_a_waiting_one_are_sent_home() -> None:
    traffic = control(ROW, base_nodes=1, A="a", B="p")
    traffic.place("B", "b", now=1.0)
    traffic.set_goal("A", "d", now=1.0)
    assert traffic.step(1.0) == []
    assert traffic.to_evict(1.0) == ["B"]


def test_a_place_that_cannot_be_reached_or_is_not_there_is_refused() -> None:
    traffic = control(ROW, R="a")
    traffic.close_nodes(frozenset({"c"}), 0.0)
    with pytest.raises(Conflict):
        traffic.set_goal("R", "d", now=0.0)
    with pytest.raises(NotFound):
        traffic.set_goal("R", "zz", now=0.0)


def test_lanes_leave_everything_within_reach() -> None:
    lanes = one_way_only(GRID)
    assert len(lanes.edges) < len(GRID.edges)
    for node in GRID.nodes:
        assert set(lanes.times_from(node)) == set(GRID.times_from(node))


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_asked_no_two_hold_what_conflicts(seed: int) -> None:
    chance = random.Random(seed)
    starts = dict(zip("ABCDEF", chance.sample(sorted(GRID.nodes), 6), strict=True))
    traffic, now = control(GRID, one_way=bool(seed % 2), **starts), 0.0
    for _ in range(400):
        now += chance.uniform(0.5, 3.0)
        robot = chance.choice(sorted(starts))
        traffic.set_goal(robot, chance.choice(sorted(GRID.nodes)), now=now)
        traffic.step(now)
        for each in starts:
            view = traffic.route(each)
            if view.base_nodes > 1 and chance.random() < 0.7:
                traffic.passed(each, view.nodes[chance.randrange(1, view.base_nodes)], now)
        traffic.check()
