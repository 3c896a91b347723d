"""Where a robot that stands for hours would be in everybody's way."""

from __future__ import annotations

from fleet.layout.graph import Place, SiteEdge, SiteGraph, SiteNode
from fleet.layout.passages import is_only_way


def graph(lanes: str, places: str) -> SiteGraph:
    """Lanes "a-b" both ways, "a>b" one way; every letter of `places` is a place."""
    pairs = [pair for lane in lanes.split() for pair in ((lane[0], lane[2]), *(((lane[2], lane[0]),) if lane[1] == "-" else ()))]
    nodes = sorted({node for pair in pairs for node in pair})
    return SiteGraph.build(
        [SiteNode(node, float(i), 0.0) for i, node in enumerate(nodes)],
        [SiteEdge(f"{a}{b}", a, b, 1.0) for a, b in pairs],
        [Place(f"place {node}", node, (node,)) for node in places],
    )


def test_a_node_between_two_places_is_the_only_way_and_one_beside_is_not() -> None:
    street = graph("a-b b-c b-p", "acp")
    assert [is_only_way(street, node) for node in "abcp"] == [False, True, False, False]


def test_a_way_round_makes_it_no_longer_the_only_one_unless_that_is_closed() -> None:
    ring = graph("a-b b-c c-d d-a", "ac")
    assert not is_only_way(ring, "b")
    assert is_only_way(ring, "b", blocked=frozenset({"d"}))


def test_one_way_lanes_count_as_they_are_driven() -> None:
    round_trip = graph("a>b b>c c>d d>a", "ac")
    assert is_only_way(round_trip, "b")
    assert is_only_way(round_trip, "d")
