"""Zones, doors and lifts of a Layout: read into the graph, refused with the field and a fix."""

from __future__ import annotations

from typing import Any

import pytest

from fleet.contracts import manifest
from fleet.contracts.errors import InvalidInput
from fleet.contracts.resources import LayoutSpec
from fleet.layout.graph import Gate, SiteGraph, Zone
from fleet.layout.site import site_graph

NODES = ("A", "B", "Cab1", "Cab2", "C")
EDGES = ("A-B", "B-A", "B-Cab1", "Cab1-B", "Cab1-Cab2", "Cab2-Cab1", "Cab2-C", "C-Cab2")


def layout(**spec: Any) -> LayoutSpec:
    """A door between A and B, a lift from B up to C."""
    nodes = [
        {"nodeId": n, "mapId": "up" if n in ("Cab2", "C") else "down", "nodePosition": {"x": 3.0 * i, "y": 0.0}}
        for i, n in enumerate(NODES)
    ]
    edges = [{"edgeId": e, "startNodeId": e.split("-")[0], "endNodeId": e.split("-")[1]} for e in EDGES]
    lif = {"metaInformation": {}, "layouts": [{"layoutId": "L", "nodes": nodes, "edges": edges, "stations": []}]}
    document = {"apiVersion": "drover.dev/v1", "kind": "Layout", "metadata": {"name": "x"}, "spec": {"lif": lif, **spec}}
    read: LayoutSpec = manifest.parse(document).spec
    return read


def graph(**spec: Any) -> SiteGraph:
    return site_graph(layout(**spec)).graph


LIFT = {"name": "Lift-1", "levels": [{"node": "Cab1", "target": "ground"}, {"node": "Cab2", "target": "first"}]}


def test_a_bare_layout_has_no_zones_and_no_gates() -> None:
    assert (graph().zones, graph().gates) == ((), {})


def test_zones_hold_as_many_robots_as_they_say() -> None:
    zones = [{"name": "Narrow", "nodes": ["A", "B"]}, {"name": "Hall", "kind": "capacity", "nodes": ["B", "C"], "capacity": 3}]
    assert graph(zones=zones).zones == (Zone("Narrow", frozenset("AB")), Zone("Hall", frozenset("BC"), 3))


def test_a_door_gates_its_edges_and_says_how_it_rests() -> None:
    doors = [{"name": "Door-1", "edges": ["A-B", "B-A"], "rest": "open"}]
    assert graph(doors=doors).gates == {e: Gate("Door-1", open_at_rest=True) for e in ("A-B", "B-A")}
    assert not graph(doors=[{"name": "Door-1", "edges": ["A-B"]}]).gates["A-B"].open_at_rest


def test_a_lift_must_be_where_the_robot_gets_in_and_where_it_comes_out() -> None:
    found = graph(lifts=[LIFT])
    ground, first = Gate("Lift-1", "ground"), Gate("Lift-1", "first")
    assert found.gates == {
        "B-Cab1": ground, "Cab1-B": ground, "Cab2-Cab1": ground,
        "Cab1-Cab2": first, "Cab2-C": first, "C-Cab2": first,
    }  # fmt: skip
    assert found.zones == (Zone("Lift-1", frozenset({"Cab1", "Cab2"})),)


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        ({"zones": [{"name": "Z", "nodes": ["Nowhere"]}]}, "spec.zones[0].nodes[0]"),
        ({"zones": [{"name": "Z", "nodes": []}]}, "spec.zones[0].nodes"),
        ({"zones": [{"name": "Z", "nodes": ["A", "A"]}]}, "spec.zones[0].nodes[1]"),
        ({"zones": [{"name": "Z", "nodes": ["A"], "capacity": 2}]}, "spec.zones[0].capacity"),
        ({"zones": [{"name": "Z", "nodes": ["A"], "kind": "capacity", "capacity": 0}]}, "spec.zones[0].capacity"),
        ({"zones": [{"name": "Z", "nodes": ["A"]}, {"name": "Z", "nodes": ["B"]}]}, "spec.zones[1].name"),
        ({"zones": [{"name": "a<b", "nodes": ["A"]}]}, "spec.zones[0].name"),
        ({"zones": [{"name": "Lift-1", "nodes": ["A"]}], "lifts": [LIFT]}, "spec.lifts[0].name"),
        ({"doors": [{"name": "D", "edges": ["A-C"]}]}, "spec.doors[0].edges[0]"),
        ({"doors": [{"name": "D", "edges": ["A-B"]}, {"name": "E", "edges": ["A-B"]}]}, "spec.doors[1].edges"),
        ({"doors": [{"name": "D", "edges": ["B-Cab1"]}], "lifts": [LIFT]}, "spec.lifts[0].levels"),
        ({"doors": [{"name": "Lift-1", "edges": ["A-B"]}], "lifts": [LIFT]}, "spec.lifts[0].name"),
        ({"lifts": [{"name": "L", "levels": [{"node": "A", "target": ""}]}]}, "spec.lifts[0].levels"),
        ({"lifts": [{"name": "L", "levels": []}]}, "spec.lifts[0].levels"),
    ],
)
def test_what_names_nothing_or_contradicts_itself_is_refused(spec: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        graph(**spec)
    assert caught.value.field == field
    assert caught.value.fix
