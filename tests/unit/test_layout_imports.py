"""Layouts drawn with other tools become sites of ours: openTCS models, Open-RMF buildings, bare LIF files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from drover import site as sites
from drover.imports import opentcs
from drover.imports.common import off_lanes
from drover.imports.convert import convert, read
from drover.simulation import site as simulated
from fleet.contracts.errors import InvalidInput
from fleet.layout.check import check, largest_component
from fleet.layout.site import site_graph
from fleet.layout.spurs import propose

SHARED = Path(__file__).parents[3] / "shared" / "layouts"
OTHERS = ("opentcs_Demo-01.xml", "rmf_office.building.yaml", "kit_robofleet.lif.json", "vdma_10_13_charging.lif.json")


def path(start: str, end: str, length: int, speed: int, *, back: int = 0, locked: str = "false", inside: str = "") -> str:
    name = f"{start} --- {end}{'' if locked == 'false' else ' old'}"
    return (
        f'<path name="{name}" sourcePoint="{start}" destinationPoint="{end}" length="{length}" maxVelocity="{speed}" '
        f'maxReverseVelocity="{back}" locked="{locked}">{inside}</path>'
    )


OPENTCS = f"""<?xml version="1.0"?><model version="7.0.0" name="Small hall">
<point name="P1" positionX="0" positionY="0" type="HALT_POSITION"/>
<point name="P2" positionX="6000" positionY="0" type="HALT_POSITION"/>
<point name="P3" positionX="6000" positionY="6000" type="PARK_POSITION"/>
{path("P1", "P2", 6000, 1200, inside='<peripheralOperation locationName="Door 1" name="Open"/>')}
{path("P2", "P3", 9000, 1000, back=500)}
{path("P3", "P1", 8500, 1000, locked="true")}
{path("P3", "P1", 8500, 1000)}
<vehicle name="Vehicle-01" maxVelocity="1000"><boundingBox length="1400" width="900"/></vehicle>
<locationType name="Transfer station"><allowedOperation name="Load"/></locationType>
<location name="Goods in" type="Transfer station"><link point="P1"/></location>
<block name="Block-1" type="SINGLE_VEHICLE_ONLY"><member name="P1 --- P2"/></block>
</model>"""

RMF = """
name: Small clinic
levels:
  L1:
    vertices: [[0, 0, 0, a], [100, 0, 0, b, {is_charger: [4, true], spawn_robot_name: [1, tiny 1]}], [100, 100, 0, ""],
               [50, -10, 0, ""], [50, 10, 0, ""], [0, 100, 0, "", {lift_cabin: [1, Lift 1]}]]
    measurements: [[0, 1, {distance: [3, 10.0]}]]
    lanes: [[0, 1, {bidirectional: [4, true], speed_limit: [3, 0.7]}], [1, 2, {bidirectional: [4, false], mutex: [1, narrow]}],
            [2, 0, {bidirectional: [4, true]}], [0, 5, {}]]
    doors: [[3, 4, {name: [1, main_door]}]]
  L2:
    vertices: [[0, 0, 0, "", {lift_cabin: [1, Lift 1]}], [100, 0, 0, attic]]
    measurements: [[0, 1, {distance: [3, 10.0]}]]
    lanes: [[0, 1, {}]]
"""


def written(tmp_path: Path, name: str, text: str) -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_model_of_opentcs_keeps_directions_speeds_places_doors_and_blocks() -> None:
    found = opentcs.read(OPENTCS, "x")
    graph = found.graph()
    assert {(e.start, e.end, e.speed_mps_max) for e in graph.edges.values()} == {
        ("P1", "P2", 1.2), ("P2", "P3", 1.0), ("P3", "P2", 0.5), ("P3", "P1", 1.0),
    }  # fmt: skip
    assert {p.name: (p.kind, p.nodes) for p in graph.places.values()} == {
        "Goods in": ("transfer station", ("P1",)),
        "Park P3": ("parking", ("P3",)),
    }
    assert found.floor.doors == [{"name": "Door 1", "edges": ["P1_P2"], "rest": "open"}]
    assert found.floor.zones == [{"name": "Block-1", "kind": "mutex", "nodes": ["P2"]}]
    assert (found.model["length_m"], found.model["width_m"], found.model["speed_mps_max"]) == (1.4, 0.9, 1.0)
    assert found.homes == {"Vehicle-01": "Park P3"}
    assert any("locked, left out" in w for w in found.notes.warnings())
    assert any("longer than the straight line" in w for w in found.notes.warnings())


def test_a_building_of_rmf_is_scaled_turned_and_keeps_doors_mutexes_and_lifts(tmp_path: Path) -> None:
    drawing, _ = convert(written(tmp_path, "clinic.building.yaml", RMF))
    drawing.write(tmp_path / "site")
    site = simulated.load(tmp_path / "site", None)
    graph = site.graph
    assert (graph.nodes["L1.002"].x_m, graph.nodes["L1.002"].y_m) == (10.0, -10.0)
    assert graph.edge_between("L1.001", "L1.002") is not None
    assert graph.edge_between("L1.002", "L1.001") is None
    assert {e: g.device for e, g in graph.gates.items() if not g.target} == {
        "L1.000_L1.001": "main_door",
        "L1.001_L1.000": "main_door",
    }
    assert {(z.name, z.nodes) for z in graph.zones} == {
        ("narrow", frozenset({"L1.001", "L1.002"})),
        ("Lift 1", frozenset({"L1.005", "L2.000"})),
    }
    assert {(graph.edges[e].end, g.target) for e, g in graph.gates.items() if g.device == "Lift 1"} == {
        ("L1.005", "L1"), ("L1.000", "L1"), ("L2.000", "L2"), ("L2.001", "L2"),
    }  # fmt: skip
    assert [r.spec.home for r in site.of(simulated.Kind.ROBOT)] == ["b"]


@pytest.mark.parametrize(
    ("name", "text", "field"),
    [
        ("a.xml", "<model", "$"),
        ("a.xml", "<plant/>", "$"),
        ("a.xml", '<!DOCTYPE m [<!ENTITY a "b">]><model/>', "$"),
        ("a.xml", "<model/>", "model"),
        ("a.xml", OPENTCS.replace('destinationPoint="P2"', 'destinationPoint="P9"'), "path[0]"),
        ("a.xml", OPENTCS.replace('positionX="6000"', 'positionX="far"'), "point[1].positionX"),
        ("a.yaml", "levels: [", "$"),
        ("a.yaml", "name: x", "levels"),
        ("a.yaml", RMF.replace("name: Small", "coordinate_system: wgs84\nname: Small"), "coordinate_system"),
        ("a.yaml", RMF.replace("[2, 0, {", "[2, 77, {"), "levels.L1.lanes[2]"),
        ("a.json", "{", "$"),
        ("a.json", "{}", "layouts"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place_and_a_fix(tmp_path: Path, name: str, text: str, field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        convert(written(tmp_path, name, text))
    assert caught.value.field == field
    assert caught.value.fix


@pytest.mark.parametrize("name", OTHERS)
def test_layouts_drawn_by_others_become_sites_that_load(name: str, tmp_path: Path) -> None:
    if not (SHARED / name).exists():
        pytest.skip(f"needs the test data ../shared/layouts/{name}, which is not in this checkout")
    drawing, _ = convert(SHARED / name, robots=3, parking=8)
    drawing.write(tmp_path / "site")
    if name.startswith("vdma"):
        return  # a single lane: nothing to carry from and to
    site = simulated.load(tmp_path / "site", 3)
    homes = {r.metadata.name: site.graph.place(r.spec.home).nodes[0] for r in site.of(simulated.Kind.ROBOT)}
    assert len(homes) == 3
    assert [w for w in check(site.graph, homes, apart_m=read(SHARED / name).apart_m) if "home" in w] == []
    assert set(homes.values()) <= largest_component(site.graph)


def test_proposed_spurs_stand_clear_of_lanes_and_of_each_other(tmp_path: Path) -> None:
    hall = written(tmp_path, "hall.xml", OPENTCS)
    apart_m = read(hall).apart_m
    spurs = propose(read(hall).graph(), 50, apart_m=apart_m)
    assert {s.node for s in spurs} == {"P2"}, "P1 and P3 have stations"
    drawing, _ = convert(hall, parking=50)
    drawing.write(tmp_path / "site")
    graph = site_graph(sites.load(str(tmp_path / "site")).layout).graph
    bays = [p.name for p in graph.places.values() if p.area == "Proposed parking"]
    assert len(bays) == len(spurs) > 0
    assert set(off_lanes(graph, apart_m)) == set(bays)


def test_a_lif_file_keeps_what_we_do_not_read(tmp_path: Path) -> None:
    nodes = [
        {"nodeId": f"N{i}", "mapId": "m", "nodePosition": {"x": 5.0 * (i % 2), "y": 5.0 * (i // 2)}, "vendor": i}
        for i in range(4)
    ]
    ring = [(0, 1), (1, 3), (3, 2), (2, 0)]
    edges = [{"edgeId": f"E{a}{b}", "startNodeId": f"N{a}", "endNodeId": f"N{b}"} for a, b in ring]
    lif = {
        "metaInformation": {"lifVersion": "1.0.0"},
        "layouts": [{"layoutId": "L", "nodes": nodes, "edges": edges, "stations": []}],
    }
    drawing, _ = convert(written(tmp_path, "ring.lif.json", json.dumps(lif)), parking=2)
    document = drawing.floor.lif()
    assert [n.get("vendor") for n in document["layouts"][0]["nodes"]][:4] == [0, 1, 2, 3]
    assert len(document["layouts"][0]["nodes"]) == 6
