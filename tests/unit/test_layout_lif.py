"""LIF in the wild: odd files are read with warnings, unusable ones refused with the path in the file."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from fleet.contracts.errors import InvalidInput
from fleet.contracts.resources import LayoutSpec, PlaceSpec
from fleet.layout.lif import read
from fleet.layout.notes import WARNINGS_MAX
from fleet.layout.site import site_graph

SHARED = Path(__file__).parents[3] / "shared" / "layouts"


def shared(name: str) -> Any:
    if not (SHARED / name).exists():
        pytest.skip(f"needs the test data ../shared/layouts/{name}, which is not in this checkout")
    return json.loads((SHARED / name).read_text(encoding="utf-8"))


def node(node_id: str, x: Any = 0.0, y: Any = 0.0, **more: Any) -> dict[str, Any]:
    properties = [{"vehicleTypeId": "V"}]
    return {"nodeId": node_id, "mapId": "m", "nodePosition": {"x": x, "y": y}, "vehicleTypeNodeProperties": properties} | more


def edge(edge_id: str, start: str, end: str, **properties: Any) -> dict[str, Any]:
    entry = {"vehicleTypeId": "V", "rotationAllowed": False} | properties
    return {"edgeId": edge_id, "startNodeId": start, "endNodeId": end, "vehicleTypeEdgeProperties": [entry]}


def lif(**changes: Any) -> dict[str, Any]:
    layout: dict[str, Any] = {
        "layoutId": "L",
        "layoutVersion": "1",
        "nodes": [node("a"), node("b", 3.0, 4.0)],
        "edges": [edge("ab", "a", "b", maxSpeed=0.8), edge("ba", "b", "a")],
        "stations": [{"stationId": "s1", "stationName": "Dock", "interactionNodeIds": ["b"]}],
    }
    return {"metaInformation": {"lifVersion": "1.0.0"}, "layouts": [layout | changes]}


def test_a_plain_file_is_read_without_warnings() -> None:
    report = read(lif())
    assert report.warnings == ()
    assert report.graph.edges["ab"].length_m == 5.0
    assert report.graph.edges["ab"].speed_mps_max == 0.8
    assert report.graph.edges["ba"].speed_mps_max is None
    assert report.graph.place("Dock").nodes == ("b",)


def test_a_research_halls_file_is_read_with_warnings() -> None:
    report = read(shared("kit_robofleet.lif.json"))
    assert (len(report.graph.nodes), len(report.graph.edges), len(report.graph.places)) == (53, 228, 17)
    assert any("theta" in w for w in report.warnings)
    assert any("stationType" in w for w in report.warnings)


def test_the_specifications_own_example_is_read() -> None:
    report = read(shared("vdma_10_13_charging.lif.json"))
    assert report.graph.place("Battery Charging Station").kind == "charger"
    assert any("stationHeight" in w for w in report.warnings)


@pytest.mark.parametrize(
    ("changes", "warned"),
    [
        ({"stations": None}, "stations: missing"),
        ({"nodes": [node("a", "1.5"), node("b")]}, ""),
        ({"colour": "red"}, "colour: unknown key"),
        ({"edges": [edge("ab", "a", "b", maxSpeed="fast")]}, "maxSpeed: fast is not a number"),
        ({"edges": [edge("ab", "a", "b", maxSpeed=-1)]}, "not greater than 0"),
        ({"edges": [edge("aa", "a", "a")]}, "same node"),
        ({"edges": [edge("ab", "a", "b", trajectory={"degree": 3})]}, "trajectory: not heeded"),
        ({"stations": [{"stationId": "s", "interactionNodeIds": ["nowhere"]}]}, "no node nowhere"),
        ({"stations": [{"stationId": "s", "stationName": "a#b", "interactionNodeIds": ["a"]}]}, "is not a name"),
        ({"stations": [{"stationId": i, "stationName": "X", "interactionNodeIds": ["a"]} for i in "st"]}, "X is there twice"),
    ],
)
def test_odd_optional_values_become_warnings(changes: dict[str, Any], warned: str) -> None:
    report = read(lif(**changes))
    assert any(warned in w for w in report.warnings) if warned else report.warnings == ()


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ([], "$"),
        ({}, "layouts"),
        ({"layouts": [7]}, "layouts[0]"),
        (lif(nodes=[]), "layouts"),
        (lif(nodes=[{"nodePosition": {"x": 0, "y": 0}}]), "layouts[0].nodes[0].nodeId"),
        (lif(nodes=[{"nodeId": "a"}]), "layouts[0].nodes[0].nodePosition"),
        (lif(nodes=[node("a", float("nan"))]), "layouts[0].nodes[0].nodePosition.x"),
        (lif(nodes=[node("a", 1e9)]), "layouts[0].nodes[0].nodePosition.x"),
        (lif(nodes=[node("a"), node("a")]), "layouts[0].nodes[1].nodeId"),
        (lif(edges=[edge("ac", "a", "c")]), "layouts[0].edges[0].endNodeId"),
        (lif(edges=[edge("ab", "a", "b"), edge("ab", "b", "a")]), "layouts[0].edges[1].edgeId"),
    ],
)
def test_unusable_files_are_refused_with_the_path_and_a_fix(document: Any, field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read(document)
    assert caught.value.field == field
    assert caught.value.fix


def test_layouts_of_one_file_become_one_graph() -> None:
    document = lif()
    upper = copy.deepcopy(document["layouts"][0])
    upper["nodes"] = [node("c", 9.0, 0.0, mapId="upper")]
    upper["edges"] = [edge("lift", "b", "c")]
    upper["stations"] = []
    document["layouts"].append(upper)
    assert read(document).graph.edge_between("b", "c") is not None


def test_the_list_of_warnings_is_bounded() -> None:
    report = read(lif(**{f"key{i}": i for i in range(3 * WARNINGS_MAX)}))
    assert len(report.warnings) == WARNINGS_MAX


def test_places_name_stations_and_the_rest_keep_their_own() -> None:
    stations = [{"stationId": s, "stationName": f"Station {s}", "interactionNodeIds": [s]} for s in "ab"]
    spec = LayoutSpec(lif=lif(stations=stations), places=(PlaceSpec(name="Dock 1", station="a", kind="dock", aliases=("D1",)),))
    graph = site_graph(spec).graph
    assert graph.place("Dock 1").nodes == ("a",)
    assert graph.place("Dock 1").aliases == ("D1",)
    assert set(graph.places) == {"Dock 1", "Station b"}


@pytest.mark.parametrize(
    ("places", "field"),
    [
        ((PlaceSpec(name="Dock 1", station="nowhere"),), "spec.places[0].station"),
        ((PlaceSpec(name="A", station="s1"), PlaceSpec(name="B", station="s1")), "spec.places[1].station"),
        ((PlaceSpec(name="a\nb", station="s1"),), "spec.places[0].name"),
    ],
)
def test_names_that_cannot_be_applied_are_refused(places: tuple[PlaceSpec, ...], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        site_graph(LayoutSpec(lif=lif(), places=places))
    assert caught.value.field == field


def test_an_unusable_lif_is_refused_under_the_layouts_field() -> None:
    with pytest.raises(InvalidInput) as caught:
        site_graph(LayoutSpec(lif={"layouts": []}))
    assert caught.value.field == "spec.lif.layouts"
