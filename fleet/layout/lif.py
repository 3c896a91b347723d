"""LIF 1.0 (VDMA Layout Interchange Format) to a SiteGraph, leniently: what integrators' files hold is odd in many ways.

Optional values that make no sense become warnings; only what leaves no usable graph (no nodes, a node without an id
or position, an edge to nowhere) is refused, with its path in the file and the fix. All layouts of a file become one
graph: nodeIds are unique in a file, and edges may lead from one layout to another (lifts).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from fleet.contracts.errors import InvalidInput
from fleet.contracts.manifest import check_name
from fleet.layout.graph import Place, SiteEdge, SiteGraph, SiteNode
from fleet.layout.notes import Notes, as_number, quote

#: Largest coordinate that is believed, metres.
COORDINATE_M_MAX = 1_000_000.0
#: Length of an edge between two nodes at one place, metres: time along it must not be zero.
EDGE_LENGTH_M_MIN = 0.01

#: Largest number that is read as an id.
_NUMBER_ID_MAX = 10**18

_FILE_KEYS = frozenset({"metaInformation", "layouts"})
_LAYOUT_KEYS = frozenset(
    {"layoutId", "layoutName", "layoutVersion", "layoutLevelId", "layoutDescription", "nodes", "edges", "stations"}
)
_NODE_KEYS = frozenset({"nodeId", "nodeName", "nodeDescription", "mapId", "nodePosition", "vehicleTypeNodeProperties"})
_EDGE_KEYS = frozenset({"edgeId", "edgeName", "edgeDescription", "startNodeId", "endNodeId", "vehicleTypeEdgeProperties"})
_STATION_KEYS = frozenset(
    {"stationId", "interactionNodeIds", "stationName", "stationDescription", "stationHeight", "stationPosition"}
)
#: Properties of edges that traffic and planning do not (yet) heed.
_NOT_CARRIED_OVER = ("loadRestriction", "minHeight", "maxHeight", "trajectory", "actions")


@dataclass(frozen=True, slots=True)
class LifReport:
    """The graph, and in words what of the file could not be carried over."""

    graph: SiteGraph
    warnings: tuple[str, ...]


def read(document: Any) -> LifReport:
    """The site of a parsed LIF file. Raises InvalidInput naming the field path and the fix."""
    notes = Notes()
    layouts = _layouts(document, notes)
    nodes: dict[str, SiteNode] = {}
    chargers: set[str] = set()
    for path, layout in layouts:
        for index, value in enumerate(notes.items(layout.get("nodes"), f"{path}.nodes")):
            node = _node(value, f"{path}.nodes[{index}]", notes, chargers)
            if node.node_id in nodes:
                raise InvalidInput(
                    f"{quote(node.node_id)} is there twice",
                    field=f"{path}.nodes[{index}].nodeId",
                    fix="nodeIds are unique in a file",
                )
            nodes[node.node_id] = node
    if not nodes:
        raise InvalidInput("no nodes", field="layouts", fix="a layout needs at least one node")
    edges: dict[str, SiteEdge] = {}
    places: dict[str, Place] = {}
    for path, layout in layouts:
        for index, value in enumerate(notes.items(layout.get("edges"), f"{path}.edges")):
            _add_edge(value, f"{path}.edges[{index}]", notes, nodes, edges)
        for index, value in enumerate(notes.items(layout.get("stations"), f"{path}.stations")):
            _add_place(value, f"{path}.stations[{index}]", notes, nodes, chargers, places)
    return LifReport(SiteGraph.build(nodes.values(), edges.values(), places.values()), notes.warnings())


def _layouts(document: Any, notes: Notes) -> list[tuple[str, dict[Any, Any]]]:
    if not isinstance(document, dict):
        raise InvalidInput("a LIF file is one JSON object", field="$", fix="start with metaInformation and layouts")
    notes.unknown_keys(document, _FILE_KEYS, "$")
    version = notes.text(notes.mapping(document.get("metaInformation"), "metaInformation").get("lifVersion"), "lifVersion")
    if version and not version.startswith("1."):
        notes.warn("metaInformation.lifVersion", f"{quote(version)} is read as 1.0")
    layouts = document.get("layouts")
    if not isinstance(layouts, list) or not layouts:
        raise InvalidInput("missing or empty", field="layouts", fix="a LIF file has a list of layouts")
    found = []
    for index, layout in enumerate(layouts):
        path = f"layouts[{index}]"
        if not isinstance(layout, dict):
            raise InvalidInput("not an object", field=path, fix="a layout has nodes, edges and stations")
        notes.unknown_keys(layout, _LAYOUT_KEYS, path)
        found.append((path, layout))
    return found


def _node(value: Any, path: str, notes: Notes, chargers: set[str]) -> SiteNode:
    node = _object(value, path)
    notes.unknown_keys(node, _NODE_KEYS, path)
    node_id = _identifier(node.get("nodeId"), f"{path}.nodeId", notes)
    position = node.get("nodePosition")
    if not isinstance(position, dict):
        raise InvalidInput("missing or not an object", field=f"{path}.nodePosition", fix="give x and y in metres")
    theta_rad = None
    properties = notes.items(node.get("vehicleTypeNodeProperties"), f"{path}.vehicleTypeNodeProperties")
    for index, each in enumerate(properties):
        where = f"{path}.vehicleTypeNodeProperties[{index}]"
        entry = notes.mapping(each, where)
        theta = notes.number(entry.get("theta"), f"{where}.theta")
        theta_rad = theta if theta_rad is None else theta_rad
        if "startCharging" in _action_types(entry.get("actions")):
            chargers.add(node_id)
    return SiteNode(
        node_id=node_id,
        x_m=_coordinate(position.get("x"), f"{path}.nodePosition.x"),
        y_m=_coordinate(position.get("y"), f"{path}.nodePosition.y"),
        map_id=notes.text(node.get("mapId"), f"{path}.mapId") or "map",
        theta_rad=theta_rad,
        name=notes.text(node.get("nodeName"), f"{path}.nodeName"),
    )


def _add_edge(value: Any, path: str, notes: Notes, nodes: dict[str, SiteNode], edges: dict[str, SiteEdge]) -> None:
    edge = _object(value, path)
    notes.unknown_keys(edge, _EDGE_KEYS, path)
    start = _end(edge.get("startNodeId"), f"{path}.startNodeId", notes, nodes)
    end = _end(edge.get("endNodeId"), f"{path}.endNodeId", notes, nodes)
    if start.node_id == end.node_id:
        notes.warn(path, "starts and ends at the same node, ignored")
        return
    edge_id = _identifier(edge.get("edgeId"), f"{path}.edgeId", notes)
    if edge_id in edges:
        raise InvalidInput(f"{quote(edge_id)} is there twice", field=f"{path}.edgeId", fix="edgeIds are unique in a file")
    length_m = math.hypot(end.x_m - start.x_m, end.y_m - start.y_m)
    if length_m < EDGE_LENGTH_M_MIN and start.map_id == end.map_id:
        notes.warn(path, "joins two nodes at the same place")
    edges[edge_id] = SiteEdge(
        edge_id=edge_id,
        start=start.node_id,
        end=end.node_id,
        length_m=max(length_m, EDGE_LENGTH_M_MIN),
        speed_mps_max=_speed_mps_max(edge.get("vehicleTypeEdgeProperties"), f"{path}.vehicleTypeEdgeProperties", notes),
    )


def _speed_mps_max(value: Any, path: str, notes: Notes) -> float | None:
    """The lowest maxSpeed of all vehicle types: safe for each."""
    speeds = []
    for index, each in enumerate(notes.items(value, path)):
        where = f"{path}[{index}]"
        entry = notes.mapping(each, where)
        for key in _NOT_CARRIED_OVER:
            if entry.get(key):
                notes.warn(f"{where}.{key}", "not heeded: edges are straight, and open to all robots with any load")
        speed = notes.number(entry.get("maxSpeed"), f"{where}.maxSpeed")
        if speed is not None and speed <= 0:
            notes.warn(f"{where}.maxSpeed", f"{quote(speed)} is not greater than 0, ignored")
        elif speed is not None:
            speeds.append(speed)
    return min(speeds, default=None)


def _add_place(
    value: Any, path: str, notes: Notes, nodes: dict[str, SiteNode], chargers: set[str], places: dict[str, Place]
) -> None:
    station = notes.mapping(value, path)
    notes.unknown_keys(station, _STATION_KEYS, path)
    if isinstance(station.get("stationHeight"), str):
        notes.warn(f"{path}.stationHeight", "a number written as a string")
    station_id = notes.text(station.get("stationId"), f"{path}.stationId")
    interaction = []
    for index, node in enumerate(notes.items(station.get("interactionNodeIds"), f"{path}.interactionNodeIds")):
        if isinstance(node, str) and node in nodes:
            interaction.append(node)
        else:
            notes.warn(f"{path}.interactionNodeIds[{index}]", f"no node {quote(node)}, ignored")
    name = _place_name(notes.text(station.get("stationName"), f"{path}.stationName"), station_id, path, notes, places)
    if not interaction or name is None:
        notes.warn(path, "ignored: a station needs a name or id of its own and at least one node")
        return
    kind = "charger" if chargers.intersection(interaction) else ""
    places[name] = Place(name=name, station_id=station_id or name, nodes=tuple(dict.fromkeys(interaction)), kind=kind)


def _place_name(name: str, station_id: str, path: str, notes: Notes, places: dict[str, Place]) -> str | None:
    """stationName if it is a usable name and not taken, else stationId."""
    for candidate, field in ((name, "stationName"), (station_id, "stationId")):
        if not candidate:
            continue
        try:
            check_name(candidate)
        except InvalidInput as error:
            notes.warn(f"{path}.{field}", error.detail)
            continue
        if candidate not in places:
            return candidate
        notes.warn(f"{path}.{field}", f"{quote(candidate)} is there twice")
    return None


def _object(value: Any, path: str) -> dict[Any, Any]:
    if not isinstance(value, dict):
        raise InvalidInput("not an object", field=path, fix="write it as LIF 1.0 says")
    return value


def _identifier(value: Any, path: str, notes: Notes) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < _NUMBER_ID_MAX:
        notes.warn(path, "a number, read as a string")
        return str(value)
    if not isinstance(value, str) or not value.strip():
        raise InvalidInput("missing or not a string", field=path, fix="give it an id that is unique in the file")
    return value


def _end(value: Any, path: str, notes: Notes, nodes: dict[str, SiteNode]) -> SiteNode:
    node = nodes.get(_identifier(value, path, notes))
    if node is None:
        raise InvalidInput(f"no node {quote(value)}", field=path, fix="name a node of this file")
    return node


def _coordinate(value: Any, path: str) -> float:
    found = as_number(value)
    if found is None or abs(found) > COORDINATE_M_MAX:
        raise InvalidInput(f"{quote(value)} is not a coordinate", field=path, fix=f"metres, at most {COORDINATE_M_MAX:.0f}")
    return found


def _action_types(value: Any) -> list[Any]:
    return [action.get("actionType") for action in value if isinstance(action, dict)] if isinstance(value, list) else []
