"""The verbs of TrafficControl, one promise a test."""

from __future__ import annotations

import math

import pytest

from fleet.contracts.errors import Conflict, InvalidInput, NotFound
from fleet.layout.graph import SiteEdge, SiteGraph, SiteNode
from fleet.traffic.control import Release, TrafficControl


def site(points: dict[str, tuple[float, float]], lanes: str) -> SiteGraph:
    """`lanes`: "a-b" both ways, "a>b" one way."""
    pairs = []
    for lane in lanes.split():
        a, b = lane.replace(">", "-").split("-")
        pairs += [(a, b)] if ">" in lane else [(a, b), (b, a)]
    edges = [SiteEdge(f"{a}{b}", a, b, math.dist(points[a], points[b])) for a, b in pairs]
    return SiteGraph.build([SiteNode(n, x, y) for n, (x, y) in points.items()], edges)


#: h - a - b - c - d - g in a row, bays hb, hc below b and c
ROW = site(
    {n: (3.0 * i, 0.0) for i, n in enumerate("habcdg")} | {"x": (6.0, -3.0), "y": (9.0, -3.0), "z": (12.0, -3.0)},
    "h-a a-b b-c c-d d-g b-x c-y d-z",
)


def control(graph: SiteGraph = ROW, **homes: str) -> TrafficControl:
    traffic = TrafficControl(graph)
    for robot, home in homes.items():
        traffic.add_robot(robot, home=home, length_m=1.0, width_m=0.7, speed_mps=1.5)
        traffic.place(robot, home, now=0.0)
    return traffic


def nodes(releases: list[Release], robot: str) -> tuple[str, ...]:
    return next((r.nodes for r in releases if r.robot == robot), ())


def drive(traffic: TrafficControl, robot: str, now: float) -> None:
    """Pass every released node."""
    view = traffic.route(robot)
    for node in view.nodes[1 : view.base_nodes]:
        traffic.passed(robot, node, now)


def test_a_free_robot_gets_its_base_and_more_as_it_drives() -> None:
    traffic = control(A="h")
    traffic.set_goal("A", "g", now=0.0)
    first = traffic.step(0.0)
    assert nodes(first, "A") == ("a", "b", "c")
    assert [e.edge_id for e in first[0].edges] == ["ha", "ab", "bc"]
    assert traffic.step(1.0) == []
    traffic.passed("A", "a", 2.0)
    assert nodes(traffic.step(2.0), "A") == ("d",)
    view = traffic.route("A")
    assert view.nodes == ("a", "b", "c", "d", "g")
    assert view.base_nodes == 4


def test_a_robot_waits_for_the_one_that_comes_the_other_way() -> None:
    traffic = control(A="h", B="g")
    traffic.set_goal("A", "z", now=0.0)
    traffic.set_goal("B", "x", now=0.0)
    for now in range(3):
        traffic.step(float(now))
        traffic.check()
        for robot in ("A", "B"):
            if traffic.route(robot).waiting_since is None:
                drive(traffic, robot, float(now))
    views = [traffic.route(robot) for robot in ("A", "B")]
    waiting = [view for view in views if view.waiting_since is not None]
    assert len(waiting) == 1
    assert waiting[0].blocked_by in ("A", "B")
    assert waiting[0].reason


def test_nothing_is_released_while_the_stop_latch_is_set() -> None:
    traffic = control(A="h")
    traffic.set_goal("A", "g", now=0.0)
    traffic.hold_all(True)
    assert traffic.step(0.0) == []
    traffic.hold_all(False)
    assert nodes(traffic.step(1.0), "A")


def test_a_placed_base_is_kept_and_the_route_goes_on_from_its_end() -> None:
    traffic = control(A="h")
    traffic.place("A", "a", released=("b", "c"), now=0.0)
    traffic.set_goal("A", "z", now=0.0)
    assert traffic.route("A").nodes == ("a", "b", "c", "d", "z")
    traffic.clear_goal("A", 0.0)
    assert traffic.route("A").nodes == ("a", "b", "c")
    assert traffic.route("A").goal is None


def test_a_robot_of_unknown_position_cannot_be_routed() -> None:
    traffic = TrafficControl(ROW)
    traffic.add_robot("A", home="h", length_m=1.0, width_m=0.7, speed_mps=1.5)
    with pytest.raises(Conflict, match="not known"):
        traffic.set_goal("A", "g", now=0.0)
    assert traffic.route("A").nodes == ()


@pytest.mark.parametrize("length_m", [0.0, -1.0, math.nan, math.inf])
def test_robots_without_a_size_are_refused(length_m: float) -> None:
    with pytest.raises(InvalidInput, match="length_m"):
        TrafficControl(ROW).add_robot("A", home="h", length_m=length_m, width_m=0.7, speed_mps=1.5)


def test_unknown_names_are_refused() -> None:
    traffic = control(A="h")
    for call in (
        lambda: traffic.set_goal("A", "nowhere", now=0.0),
        lambda: traffic.set_goal("Z", "a", now=0.0),
        lambda: traffic.place("A", "nowhere", now=0.0),
        lambda: traffic.add_robot("B", home="nowhere", length_m=1, width_m=1, speed_mps=1),
    ):
        with pytest.raises(NotFound):
            call()
    with pytest.raises(InvalidInput, match="no edge"):
        traffic.place("A", "a", released=("c",), now=0.0)


def test_two_robots_cannot_have_the_same_home() -> None:
    with pytest.raises(Conflict, match="own home"):
        control(A="h", B="h")


def test_a_spare_home_is_a_parking_place_that_nobody_has() -> None:
    assert control(A="h").spare_home(length_m=1.0, width_m=0.7) is None


def test_closed_nodes_are_not_entered_but_may_be_left() -> None:
    traffic = control(A="h", B="g")
    traffic.place("A", "c", now=0.0)
    traffic.close_nodes(frozenset({"b", "c", "y"}), now=0.0)
    with pytest.raises(Conflict, match="closed"):
        traffic.set_goal("B", "y", now=0.0)
    with pytest.raises(Conflict, match="cut it off"):
        traffic.set_goal("B", "h", now=0.0)
    traffic.set_goal("A", "h", now=0.0)
    assert nodes(traffic.step(0.0), "A") == ("b", "a", "h")


def test_a_closure_on_the_way_stops_releases_and_opening_it_goes_on() -> None:
    traffic = control(A="h")
    traffic.set_goal("A", "g", now=0.0)
    traffic.close_nodes(frozenset({"b"}), now=0.0)
    assert traffic.step(0.0) == []
    assert traffic.route("A").blocked_by == "closure"
    traffic.close_nodes(frozenset(), now=1.0)
    assert nodes(traffic.step(1.0), "A")


def test_others_go_around_a_stalled_robot() -> None:
    graph = site(
        {"h": (0, 0), "a": (3, 0), "b": (6, 0), "g": (9, 0), "c": (3, 4), "d": (9, 4), "k": (6, -3)},
        "h-a a-b b-g a-c c-d d-g b-k",
    )
    traffic = control(graph, A="h", B="k")
    traffic.place("B", "b", now=0.0)
    traffic.set_goal("A", "g", now=0.0)
    assert traffic.route("A").nodes == ("h", "a", "b", "g")
    traffic.set_obstacle("B", True, now=1.0)
    assert traffic.route("A").nodes == ("h", "a", "c", "d", "g")
    assert nodes(traffic.step(1.0), "A") == ("a", "c", "d")


def test_a_stalled_robot_on_the_only_way_is_waited_for() -> None:
    traffic = control(A="h", B="y")
    traffic.place("B", "c", now=0.0)
    traffic.set_obstacle("B", True, now=0.0)
    traffic.set_goal("A", "g", now=0.0)
    traffic.step(0.0)
    assert "c" not in traffic.route("A").nodes[: traffic.route("A").base_nodes]
    traffic.set_obstacle("B", False, now=5.0)
    traffic.set_goal("B", "y", now=5.0)
    now = 5.0
    while traffic.route("A").nodes != ("g",):
        now += 1.0
        traffic.step(now)
        drive(traffic, "B", now)
        drive(traffic, "A", now)
        assert now < 100.0


def test_an_idle_robot_on_the_only_way_is_asked_to_leave() -> None:
    traffic = control(A="h", B="y")
    traffic.place("B", "c", now=0.0)
    assert traffic.to_evict(0.0) == []
    traffic.set_goal("A", "g", now=0.0)
    assert traffic.to_evict(0.0) == ["B"]
    traffic.set_goal("B", "y", now=0.0)
    assert traffic.to_evict(0.0) == []


def test_a_robot_taken_away_by_people_frees_what_it_held() -> None:
    traffic = control(A="h", B="y")
    traffic.place("B", "a", now=0.0)
    traffic.set_yields("B", False, now=0.0)
    traffic.set_goal("A", "g", now=0.0)
    assert traffic.step(0.0) == []
    traffic.unplace("B")
    assert nodes(traffic.step(1.0), "A") == ("a", "b", "c")
    traffic.remove_robot("B")
    traffic.remove_robot("B")
    traffic.check()


def test_robots_that_reality_puts_too_close_together_are_reported_not_denied() -> None:
    traffic = control(A="h", B="g")
    traffic.place("A", "h", released=("a", "b"), now=0.0)
    traffic.place("B", "b", now=0.0)
    traffic.check()
    assert "too close" in traffic.explain()[0]
    traffic.place("B", "g", now=1.0)
    assert traffic.explain() == []


def test_a_big_robot_needs_the_next_lane_too() -> None:
    graph = site({"h": (0, 0), "a": (3, 0), "b": (6, 0), "i": (0, 1.5), "c": (3, 1.5), "d": (6, 1.5)}, "h-a a-b i-c c-d")
    for length_m, both in ((1.0, True), (2.5, False)):
        traffic = TrafficControl(graph)
        traffic.add_robot("A", home="h", length_m=length_m, width_m=0.7, speed_mps=1.5)
        traffic.add_robot("B", home="d", length_m=1.0, width_m=0.7, speed_mps=1.5)
        traffic.place("A", "h", now=0.0)
        traffic.place("B", "d", now=0.0)
        traffic.set_goal("A", "a", now=0.0)
        traffic.set_goal("B", "c", now=0.0)
        releases = traffic.step(0.0)
        traffic.check()
        assert (len(releases) == 2) is both


def test_a_denied_robot_takes_a_detour_that_is_free() -> None:
    graph = site(
        {"h": (0, 0), "a": (3, 0), "b": (6, 0), "g": (9, 0), "c": (3, 4), "d": (9, 4), "k": (6, -3)},
        "h-a a-b b-g a-c c-d d-g b-k",
    )
    traffic = control(graph, A="h", B="k")
    traffic.place("B", "b", now=0.0)
    traffic.set_goal("B", "b", now=0.0)  # at work there
    traffic.set_goal("A", "g", now=0.0)
    traffic.step(0.0)
    drive(traffic, "A", 1.0)
    traffic.step(2.0)
    assert traffic.route("A").blocked_by == "B"
    assert nodes(traffic.step(30.0), "A")[0] in ("a", "c")


def test_one_of_two_who_arrive_together_goes_first_at_once() -> None:
    graph = site({"w": (0, 0), "m": (3, 0), "e": (6, 0), "s": (3, -3), "n": (3, 3)}, "w-m m-e s-m m-n")
    traffic = control(graph, A="w", B="s")
    traffic.set_goal("A", "e", now=0.0)
    traffic.set_goal("B", "n", now=0.0)
    assert len(traffic.step(0.0)) == 1
