"""Travel times: right, blocked where closed, and bounded in memory."""

from __future__ import annotations

from math import inf

import pytest

from fleet.layout.graph import SiteEdge, SiteGraph, SiteNode
from fleet.planning import travel as module
from fleet.planning.travel import TravelTimes


def ring(size: int) -> SiteGraph:
    """One-way round trip of `size` nodes, 3 m apart."""
    nodes = [SiteNode(f"n{i}", 3.0 * i, 0.0) for i in range(size)]
    return SiteGraph.build(nodes, [SiteEdge(f"e{i}", f"n{i}", f"n{(i + 1) % size}", 3.0) for i in range(size)])


def test_times_follow_one_way_lanes_and_the_robots_speed() -> None:
    travel = TravelTimes(ring(10))
    assert travel("n0", "n2", 1.5) == 4.0
    assert travel("n2", "n0", 1.5) == 16.0
    assert travel("n0", "n2", 3.0) == 2.0


def test_closed_nodes_cannot_be_entered_but_can_be_left() -> None:
    travel = TravelTimes(ring(10), blocked=frozenset({"n1"}))
    assert travel("n0", "n2", 1.5) == inf
    assert travel("n1", "n2", 1.5) == 2.0


def test_one_start_node_is_searched_once() -> None:
    graph = ring(10)
    travel = TravelTimes(graph)
    first = travel.row("n0", 1.5)
    times = [travel("n0", goal, 1.5) for goal in graph.nodes]
    assert travel.row("n0", 1.5) is first
    assert len(travel) == 1
    assert times == [first[travel.index[goal]] for goal in graph.nodes]


def test_times_are_those_of_the_plain_search_also_with_parallel_edges_and_edges_of_no_length() -> None:
    nodes = [SiteNode(n, 0.0, 0.0) for n in "abcd"]
    lanes = [("a", "b", 6.0), ("a", "b", 3.0), ("b", "c", 0.0), ("c", "a", 4.5), ("c", "b", 9.0)]
    graph = SiteGraph.build(nodes, [SiteEdge(f"e{i}", a, b, m) for i, (a, b, m) in enumerate(lanes)])
    travel = TravelTimes(graph)
    for start in graph.nodes:
        plain = graph.times_from(start, speed_mps=1.5)
        times = [travel(start, goal, 1.5) for goal in graph.nodes]
        assert times == pytest.approx([plain.get(goal, inf) for goal in graph.nodes], abs=1e-6)


def test_the_cache_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CACHED_TIMES_MAX", 100)
    monkeypatch.setattr(module, "CACHED_STARTS_MIN", 4)
    travel = TravelTimes(ring(20))
    for node in range(20):
        travel(f"n{node}", "n0", 1.5)
    assert len(travel) == 5
    assert travel("n1", "n2", 1.5) == 2.0
