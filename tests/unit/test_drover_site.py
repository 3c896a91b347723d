"""A site's folder: its manifests, and the virtual robots that stand on their homes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from drover import site as sites
from fleet.contracts.errors import InvalidInput, NotFound


def lif(nodes: int = 4) -> dict[str, Any]:
    """A row of nodes 2 m apart with lanes both ways, a station on each."""
    names = [f"n{i}" for i in range(nodes)]
    lanes = [(a, b) for i in range(nodes - 1) for a, b in ((names[i], names[i + 1]), (names[i + 1], names[i]))]
    on = [{"vehicleTypeId": "acme.carrier"}]
    return {
        "metaInformation": {
            "projectIdentification": "row",
            "creator": "t",
            "exportTimestamp": "2026-01-01T00:00:00Z",
            "lifVersion": "1.0.0",
        },
        "layouts": [
            {
                "layoutId": "row",
                "nodes": [
                    {
                        "nodeId": n,
                        "mapId": "hall",
                        "nodePosition": {"x": 2.0 * i, "y": 1.0},
                        "vehicleTypeNodeProperties": [{**on[0], "theta": 0.5}],
                    }
                    for i, n in enumerate(names)
                ],
                "edges": [
                    {
                        "edgeId": f"{a}-{b}",
                        "startNodeId": a,
                        "endNodeId": b,
                        "vehicleTypeEdgeProperties": [{**on[0], "vehicleOrientation": 0.0}],
                    }
                    for a, b in lanes
                ],
                "stations": [
                    {"stationId": f"s{i}", "stationName": f"Stop {i}", "interactionNodeIds": [n]} for i, n in enumerate(names)
                ],
            }
        ],
    }


def documents() -> list[dict[str, Any]]:
    return [
        {"kind": "EdgeNode", "metadata": {"name": "hall-edge"}, "spec": {"layout": "hall"}},
        {
            "kind": "Layout",
            "metadata": {"name": "hall"},
            "spec": {"lif_file": "hall.lif.json", "places": [{"name": "Charger 1", "station": "s0", "kind": "charger"}]},
        },
        {
            "kind": "RobotModel",
            "metadata": {"name": "Carrier"},
            "spec": {"type": "AMR", "manufacturer": "acme", "payload_kg": 100},
        },
        {
            "kind": "Robot",
            "metadata": {"name": "AMR-1"},
            "spec": {"model": "Carrier", "serial_number": "0001", "home": "Charger 1"},
        },
        {
            "kind": "Robot",
            "metadata": {"name": "AMR-2"},
            "spec": {"model": "Carrier", "serial_number": "0002", "home": "Stop 2", "payload_kg": 40},
        },
    ]


def folder(where: Path, manifests: list[dict[str, Any]]) -> Path:
    where.mkdir(exist_ok=True)
    (where / "hall.lif.json").write_text(json.dumps(lif()))
    (where / "site.yaml").write_text(yaml.safe_dump_all(manifests))
    return where


def test_every_document_gets_the_sites_name_which_is_the_folders(tmp_path: Path) -> None:
    site = sites.load(str(folder(tmp_path / "hall", documents())))
    assert site.name == "hall"
    assert {d["metadata"]["site"] for d in site.documents} == {"hall"}
    assert site.edge == "hall-edge"


def test_robots_stand_on_the_first_node_of_their_home(tmp_path: Path) -> None:
    robots, chargers = sites.virtual_robots(sites.load(str(folder(tmp_path / "hall", documents()))))
    assert chargers == {"n0"}
    assert [(r.name, r.node_id, r.x_m, r.y_m, r.map_id, r.charger) for r in robots] == [
        ("AMR-1", "n0", 0.0, 1.0, "hall", True),
        ("AMR-2", "n2", 4.0, 1.0, "hall", False),
    ]


def test_a_robots_own_payload_goes_before_its_models(tmp_path: Path) -> None:
    robots, _ = sites.virtual_robots(sites.load(str(folder(tmp_path / "hall", documents()))))
    assert [r.model.payload_kg for r in robots] == [100, 40]


@pytest.mark.parametrize(
    ("index", "spec", "field"),
    [
        (3, {"model": "Tank"}, "Robot/AMR-1 spec.model"),
        (4, {"home": "Moon"}, "Robot/AMR-2 spec.home"),
        (4, {"home": ""}, "Robot/AMR-2 spec.home"),
    ],
)
def test_a_robot_without_model_or_home_is_named(tmp_path: Path, index: int, spec: dict[str, str], field: str) -> None:
    manifests = documents()
    manifests[index]["spec"].update(spec)
    with pytest.raises(InvalidInput) as caught:
        sites.virtual_robots(sites.load(str(folder(tmp_path / "hall", manifests))))
    assert caught.value.field == field


def test_a_site_needs_exactly_one_edge_node(tmp_path: Path) -> None:
    site = sites.load(str(folder(tmp_path / "hall", documents()[1:])))
    with pytest.raises(InvalidInput, match="0 EdgeNode"):
        _ = site.edge


def test_manifests_of_two_sites_in_one_folder_are_refused(tmp_path: Path) -> None:
    manifests = documents()
    manifests[0]["metadata"]["site"] = "a"
    manifests[1]["metadata"]["site"] = "b"
    with pytest.raises(InvalidInput, match="mixes sites a, b"):
        sites.load(str(folder(tmp_path / "hall", manifests)))


def test_an_unknown_site_names_those_that_are_shipped(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="Atlantis"):
        sites.load("Atlantis")


@pytest.mark.parametrize("name", sites.shipped())
def test_every_shipped_site_has_robots_at_homes_of_their_own(name: str) -> None:
    robots, chargers = sites.virtual_robots(sites.load(name))
    assert len(robots) >= 3
    assert len({r.node_id for r in robots}) == len(robots)
    assert len({(r.model.manufacturer, r.serial_number) for r in robots}) == len(robots)
    assert chargers
