"""Dead ends, bridges and room on cycles of random road graphs, against networkx and against plain definitions."""

from __future__ import annotations

import networkx as nx
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.layout.branches import branches
from fleet.layout.cycles import admissions, cycles, strong_parts
from fleet.traffic.csr import RoadArrays


def roads_of(n: int, edges: list[tuple[int, int]]) -> RoadArrays:
    return RoadArrays.build(
        x_m=[float(i) for i in range(n)],
        y_m=[0.0] * n,
        level=[0] * n,
        tail=[a for a, _ in edges],
        head=[b for _, b in edges],
        length_m=[1.0] * len(edges),
        cost=[8] * len(edges),
        node_ids=[f"n{i}" for i in range(n)],
        edge_ids=[f"e{i}" for i in range(len(edges))],
    )


@st.composite
def graphs(draw: st.DrawFn, nodes_max: int = 14) -> RoadArrays:
    """Sparse ones, so that trees, bridges and cycles all occur; some roads are one-way."""
    n = draw(st.integers(1, nodes_max))
    ends = st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).filter(lambda e: e[0] != e[1])
    drawn = (
        draw(st.lists(st.tuples(ends, st.booleans()), max_size=int(1.6 * n), unique_by=lambda r: frozenset(r[0])))
        if n > 1
        else []
    )
    edges = [e for e, _ in drawn] + [(b, a) for (a, b), two_way in drawn if two_way]
    return roads_of(n, edges)


def undirected(roads: RoadArrays) -> nx.Graph:
    graph = nx.Graph()
    graph.add_nodes_from(range(roads.n_nodes))
    graph.add_edges_from(zip(roads.tail.tolist(), roads.head.tolist(), strict=True))
    return graph


@settings(max_examples=120, deadline=None)
@given(graphs())
def test_the_core_is_the_2_core_and_branches_are_the_trees_that_hang_off_it(roads: RoadArrays) -> None:
    found, graph = branches(roads), undirected(roads)
    core = set(nx.k_core(graph, 2))
    assert set(np.flatnonzero(found.core).tolist()) == core
    trees = list(nx.connected_components(graph.subgraph(set(graph) - core)))
    assert found.count == len(trees)
    for tree in trees:
        (branch,) = {int(found.branch_of_node[u]) for u in tree}
        assert found.size[branch] == len(tree)
        hung = [(u, v) for u in tree for v in graph[u] if v in core]
        assert len(hung) <= 1
        assert found.mouth_node[branch] == (hung[0][1] if hung else -1)
        first = hung[0][0] if hung else int(found.entry_node[branch])
        away = nx.single_source_shortest_path_length(graph.subgraph(tree), first)
        assert {u: int(found.depth[u]) for u in tree} == {u: 1 + hops for u, hops in away.items()}
    assert all(bool(found.leaf[u]) == (u not in core and graph.degree(u) <= 1) for u in graph)
    assert np.array_equal(found.trunk, ~found.core & ~found.leaf)


@settings(max_examples=80, deadline=None)
@given(graphs())
def test_the_edges_of_a_mouth_lead_between_the_core_and_its_branch(roads: RoadArrays) -> None:
    found = branches(roads)
    both = set(zip(roads.tail.tolist(), roads.head.tolist(), strict=True))
    for branch in range(found.count):
        mouth, entry = int(found.mouth_node[branch]), int(found.entry_node[branch])
        for edge, ends in ((found.mouth_in[branch], (mouth, entry)), (found.mouth_out[branch], (entry, mouth))):
            assert (edge >= 0) == (ends in both)
            assert edge < 0 or (int(roads.tail[edge]), int(roads.head[edge])) == ends


@settings(max_examples=120, deadline=None)
@given(graphs())
def test_bridges_and_cut_nodes_of_the_core_are_those_of_networkx(roads: RoadArrays) -> None:
    dead_ends = branches(roads)
    found = cycles(roads, dead_ends)
    core = undirected(roads).subgraph(np.flatnonzero(dead_ends.core).tolist())
    bridges = {frozenset(e) for e in nx.bridges(core)}
    assert {frozenset((int(roads.tail[e]), int(roads.head[e]))) for e in np.flatnonzero(found.bridge)} == bridges
    assert set(np.flatnonzero(found.cut_node).tolist()) == set(nx.articulation_points(core))


@settings(max_examples=80, deadline=None)
@given(graphs(nodes_max=9))
def test_an_edge_is_on_a_cycle_if_a_way_of_two_edges_or_more_leads_back(roads: RoadArrays) -> None:
    dead_ends = branches(roads)
    found = cycles(roads, dead_ends)
    core = np.flatnonzero(dead_ends.core).tolist()
    graph = nx.DiGraph()
    graph.add_edges_from((a, b) for a, b in zip(roads.tail.tolist(), roads.head.tolist(), strict=True) if a in core and b in core)
    for e in range(roads.n_edges):
        u, v = int(roads.tail[e]), int(roads.head[e])
        without = graph.copy()
        without.remove_edges_from([(v, u)])
        back = graph.has_edge(u, v) and nx.has_path(without, v, u)
        assert bool(found.on_cycle[e]) == back


@settings(max_examples=80, deadline=None)
@given(graphs(nodes_max=9))
def test_outside_pockets_the_cap_leaves_room_ahead_of_everybody(roads: RoadArrays) -> None:
    dead_ends = branches(roads)
    found = cycles(roads, dead_ends)
    graph = nx.DiGraph(zip(roads.tail.tolist(), roads.head.tolist(), strict=True))
    core = np.flatnonzero(dead_ends.core)
    for answer in admissions(roads, dead_ends, found):
        nodes = [int(u) for u in core if found.part[u] == answer.part]
        assert answer.nodes == len(nodes)
        assert 1 <= answer.cap < len(nodes)
        pockets = {frozenset(p.nodes) for p in answer.pockets}
        for e in np.flatnonzero(found.on_cycle):
            u, v = int(roads.tail[e]), int(roads.head[e])
            if u in nodes:
                ahead = nx.descendants(graph.subgraph(set(nodes) - {u}), v) | {v}
                assert len(ahead) >= answer.cap or frozenset((*ahead, u)) in pockets


def test_strong_parts_of_a_one_way_ring_with_a_spur() -> None:
    roads = roads_of(5, [(0, 1), (1, 2), (2, 3), (3, 0), (2, 4), (4, 2)])
    assert len(set(strong_parts(roads).tolist())) == 1
    found = branches(roads)
    assert found.branch_of_node.tolist() == [-1, -1, -1, -1, 0]
    assert (found.mouth_node.tolist(), found.leaf.tolist()) == ([2], [False, False, False, False, True])


def test_a_corridor_without_any_ring_is_one_branch_with_no_mouth() -> None:
    found = branches(roads_of(4, [(0, 1), (1, 0), (1, 2), (2, 1), (2, 3), (3, 2)]))
    assert (found.count, found.mouth_node.tolist(), found.size.tolist()) == (1, [-1], [4])
