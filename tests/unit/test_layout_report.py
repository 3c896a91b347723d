"""`drover check layout`: what the checks find, what one-way proposals keep, what the picture shows."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from drover import layout_check
from drover import site as sites
from drover.cli import app
from drover.floors import hospital, sizes
from drover.simulation import site as simulated
from fleet.contracts.errors import InvalidInput
from fleet.contracts.resources import Kind
from fleet.layout import one_way, picture
from fleet.layout.graph import Place, SiteEdge, SiteGraph, SiteNode
from fleet.layout.lif import read
from fleet.layout.report import report


def graph_of(nodes: dict[str, tuple[float, float]], roads: str, places: tuple[Place, ...] = ()) -> SiteGraph:
    """`roads`: "a-b" both ways, "a>b" one way, separated by spaces."""
    edges = []
    for road in roads.split():
        a, b = road.replace(">", "-").split("-")
        for start, end in ((a, b), (b, a))[: 1 if ">" in road else 2]:
            edges.append(SiteEdge(f"{start}_{end}", start, end, 3.0))
    return SiteGraph.build([SiteNode(n, x, y) for n, (x, y) in nodes.items()], edges, places)


SQUARE = {"a": (0.0, 0.0), "b": (9.0, 0.0), "c": (9.0, 9.0), "d": (0.0, 9.0)}


def test_a_cul_de_sac_and_a_bridge_are_told_by_name() -> None:
    nodes = SQUARE | {"e": (18.0, 0.0), "f": (27.0, 0.0), "g": (27.0, 9.0), "x": (-9.0, 0.0), "y": (-18.0, 0.0)}
    found = report(graph_of(nodes, "a-b b-c c-d d-a b-e e-f f-g g-e a-x x-y"), {})
    assert any("dead ends with one way in" in w and "a (2 nodes)" in w for w in found.warnings)
    assert any("bridges" in w and "b - e" in w for w in found.warnings)


def test_a_two_way_end_of_a_one_way_pair_is_on_no_cycle() -> None:
    nodes = SQUARE | {"e": (18.0, 0.0), "f": (18.0, 9.0)}
    found = report(graph_of(nodes, "a>b b>e e>f f>c c>d d-a b-c"), {})
    assert [w for w in found.warnings if "on no cycle" in w] == [
        "on no cycle: who drives there can only change places with whom it meets: a to d"
    ]


def test_a_single_corridor_has_no_ring_at_all() -> None:
    found = report(graph_of({"a": (0.0, 0.0), "b": (9.0, 0.0)}, "a-b"), {})
    assert any("no ring" in w for w in found.warnings)
    assert found.cap == 0


def test_the_cap_of_a_ring_leaves_one_node_free_and_room_counts_parking_off_the_lanes() -> None:
    nodes = SQUARE | {"p": (-3.0, 0.0), "q": (9.0, -3.0)}
    places = (
        Place("Park", "S1", ("p",), "parking"),
        Place("On a lane", "S2", ("c",), "parking"),
        Place("Q", "S3", ("q",), "dock"),
    )
    found = report(graph_of(nodes, "a>b b>c c>d d>a a-p b-q", places), {"R1": "p"})
    assert (found.cap, found.room, found.facts()["dead_ends"]) == (3, 1, 2)


@pytest.mark.parametrize(("site", "robots"), [("warehouse", 20), ("warehouse", 50), ("hospital", 20), ("hospital", 50)])
def test_grown_sites_have_a_place_off_the_lanes_for_each_robot_and_flow(site: str, robots: int) -> None:
    found = layout_check.load(site, robots)
    told = found.report()
    assert len(found.homes) == robots <= told.room
    assert [w for w in told.warnings if "dead ends with one way in" not in w] == []
    assert robots <= 1.3 * told.facts()["robots_on_lanes_good"]


def test_a_warehouse_for_200_has_aisles_stations_and_chargers_in_proportion() -> None:
    site = simulated.load("warehouse", 200)
    kinds = [p.kind for p in site.graph.places.values()]
    assert len(site.of(Kind.ROBOT)) == 200
    assert (kinds.count("rack"), kinds.count("dock"), kinds.count("packing")) == (960, 30, 32)
    assert kinds.count("charger") == 240
    width, height = (
        max(getattr(n, axis) for n in site.graph.nodes.values()) - min(getattr(n, axis) for n in site.graph.nodes.values())
        for axis in ("x_m", "y_m")
    )
    assert 100 < width < 250
    assert 100 < height < 250


def test_a_floor_for_too_many_robots_is_refused() -> None:
    with pytest.raises(InvalidInput, match="at most 1000"):
        sizes.load("warehouse", 1001)


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 5), st.integers(2, 4), st.data())
def test_one_way_proposals_keep_everything_reachable_and_only_close_two_way_lanes(w: int, h: int, data: st.DataObject) -> None:
    nodes = {f"n{x}.{y}": (3.0 * x, 3.0 * y) for x in range(w) for y in range(h)} | {"spur": (-3.0, 0.0)}
    roads = [f"n{x}.{y}-n{x + 1}.{y}" for x in range(w - 1) for y in range(h)]
    roads += [f"n{x}.{y}-n{x}.{y + 1}" for x in range(w) for y in range(h - 1)]
    gone = data.draw(st.sets(st.sampled_from(roads), max_size=3))
    graph = graph_of(nodes, " ".join(["n0.0-spur", *(r for r in roads if r not in gone)]))
    proposal = one_way.propose(graph)
    left = one_way.without(graph, proposal.closed)
    parts = [
        sorted(map(sorted, nx.strongly_connected_components(nx.DiGraph([(e.start, e.end) for e in g.edges.values()]))))
        for g in (graph, left)
    ]
    assert parts[0] == parts[1]
    assert not {e for e in proposal.closed if "spur" in e}
    assert all(left.edge_between(graph.edges[e].end, graph.edges[e].start) for e in proposal.closed)
    assert one_way.propose(graph) == proposal


def test_the_command_checks_draws_and_writes(tmp_path: Path) -> None:
    svg, lif = tmp_path / "w.svg", tmp_path / "w.json"
    ran = CliRunner().invoke(
        app, ["check", "layout", "warehouse", "--propose", "one-way", "--picture", str(svg), "--write", str(lif), "-o", "json"]
    )
    assert ran.exit_code == 0, ran.output
    answer = json.loads(ran.stdout)
    assert answer["warnings"] == []
    assert answer["one_way"]["closed"]
    root = ElementTree.fromstring(svg.read_text("utf-8"))
    assert len(root.findall(".//{*}polygon")) > 100, "arrows of one-way lanes"
    assert {e.get("fill") for e in root.iter() if e.get("fill")} >= {picture.CHARGER, picture.STATION, picture.PROPOSED}
    before, after = layout_check.load("warehouse").graph, read(json.loads(lif.read_text("utf-8"))).graph
    assert set(before.edges) - set(after.edges) == set(answer["one_way"]["closed"])
    assert set(before.nodes) == set(after.nodes)


def test_the_command_says_what_is_wrong_with_its_input(tmp_path: Path) -> None:
    assert CliRunner().invoke(app, ["check", "layout", "nowhere"]).exit_code == 1
    assert CliRunner().invoke(app, ["check", "layout", "warehouse", "--write", "x"]).exit_code == 2
    assert CliRunner().invoke(app, ["convert", "layout", str(tmp_path / "no.xml"), "--out", str(tmp_path / "o")]).exit_code == 1


def test_strict_fails_where_there_are_warnings() -> None:
    assert CliRunner().invoke(app, ["check", "layout", "hospital", "--robots", "20", "--strict"]).exit_code == 1
    assert CliRunner().invoke(app, ["check", "layout", "hospital", "--strict"]).exit_code == 0


def test_apply_says_what_would_jam_before_anybody_drives(tmp_path: Path) -> None:
    hospital.draw(20).write(tmp_path / "big")
    ran = CliRunner().invoke(app, ["apply", "-f", str(tmp_path / "big"), "--dry-run"])
    assert ran.exit_code == 0
    assert "warning: Layout/hospital: dead ends with one way in" in ran.stderr
    quiet = CliRunner().invoke(app, ["apply", "-f", str(sites.LAYOUTS / "warehouse"), "--dry-run"])
    assert (quiet.exit_code, quiet.stderr) == (0, "")
