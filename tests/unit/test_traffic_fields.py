"""Roads as arrays, cost-to-go fields, MovingAI files."""

from __future__ import annotations

import heapq

import numpy as np
import pytest

from fleet.contracts.errors import InvalidInput
from fleet.layout.graph import SiteEdge, SiteGraph, SiteNode
from fleet.layout.movingai import read_map, read_scen
from fleet.traffic.csr import RoadArrays, from_grid, from_site, grid_nodes
from fleet.traffic.fields import FAR, FAR_HOPS, cost_to_go, hops_to_go

MAP = "type octile\nheight 3\nwidth 4\nmap\n....\n.@T.\n....\n"


def _heap_field(roads: RoadArrays, weights: list[int], goal: int) -> list[int]:
    best = [FAR] * roads.n_nodes
    best[goal] = 0
    heap = [(0, goal)]
    while heap:
        cost, node = heapq.heappop(heap)
        for e in range(roads.n_edges):
            if int(roads.head[e]) == node and weights[e] >= 0 and cost == best[node]:
                tail, new = int(roads.tail[e]), cost + weights[e]
                if new < best[tail]:
                    best[tail] = new
                    heapq.heappush(heap, (new, tail))
    return best


def test_a_grid_becomes_a_graph_of_its_free_cells_with_both_directions() -> None:
    roads = from_grid(read_map(MAP))
    assert (roads.n_nodes, roads.n_edges) == (10, 20)
    assert (roads.reverse >= 0).all()
    assert (roads.reverse[roads.reverse] == np.arange(20)).all()
    for u in range(roads.n_nodes):
        assert (roads.tail[roads.out_ptr[u] : roads.out_ptr[u + 1]] == u).all()
        assert (roads.head[roads.in_edge[roads.in_ptr[u] : roads.in_ptr[u + 1]]] == u).all()
    assert roads.node_index["3-0"] == grid_nodes(read_map(MAP))[0, 3]


def test_a_one_way_edge_has_no_reverse_and_costs_follow_the_slower_of_edge_and_robot() -> None:
    nodes = [SiteNode("a", 0, 0), SiteNode("b", 3, 0, "upper")]
    site = SiteGraph.build(nodes, [SiteEdge("ab", "a", "b", 3.0, 0.5)])
    roads = from_site(site, 1.5)
    assert roads.cost.tolist() == [48]
    assert roads.reverse.tolist() == [-1]
    assert roads.level.tolist() == [0, 1]
    with pytest.raises(InvalidInput, match="speed"):
        from_site(site, 0.0)


@pytest.mark.parametrize("seed", range(5))
def test_a_field_equals_dijkstra_by_heap_on_random_weights_with_closed_edges(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = ["".join(row) for row in rng.choice([".", "@"], (9, 11), p=[0.8, 0.2])]
    roads = from_grid(rows)
    weights = rng.integers(1, 700, roads.n_edges).astype(np.int32)
    weights[rng.random(roads.n_edges) < 0.2] = -1
    goal = int(rng.integers(roads.n_nodes))
    assert cost_to_go(roads, weights, goal).tolist() == _heap_field(roads, weights.tolist(), goal)
    ones = [1 if w >= 0 else -1 for w in weights.tolist()]
    expected = [FAR_HOPS if c == FAR else c for c in _heap_field(roads, ones, goal)]
    assert hops_to_go(roads, goal, weights).tolist() == expected


def test_a_scenario_gives_trips_between_free_cells() -> None:
    rows = read_map(MAP)
    assert read_scen("version 1\n0\tm.map\t4\t3\t0\t0\t3\t2\t5.0\n", rows)[0].goal == (3, 2)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (MAP.replace("height 3", "height x"), "line 2"),
        (MAP.replace("height 3", "height 4"), "line 7"),
        (MAP.replace(".@T.", ".@T"), "line 6"),
        (MAP.replace(".@T.", ".@#."), "line 6"),
        (MAP.replace("map\n", ""), "line 4"),
        (MAP.replace("width 4\n", ""), "line 3"),
        ("", "line 0"),
    ],
)
def test_a_broken_map_is_refused_with_its_line(text: str, where: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_map(text)
    assert caught.value.field == where
    assert caught.value.fix


BROKEN_TRIPS = ["0 m 4 3 0 0 3", "0 m 4 3 a 0 3 2 5", "0 m 4 3 1 1 3 2 5", "0 m 4 3 0 0 9 2 5", "0 m 4 3 0 -1 3 2 5"]


@pytest.mark.parametrize("line", BROKEN_TRIPS)
def test_a_broken_scenario_is_refused_with_its_line(line: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_scen(f"version 1\n{line}\n", read_map(MAP))
    assert caught.value.field == "line 2"
