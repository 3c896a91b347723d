"""A drawing board for shipped sites: nodes, lanes, spurs and stations, written as LIF 1.0 and as manifests."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from fleet.contracts.resources import API_VERSION

EXPORTED_AT = "2026-11-24T00:00:00.00Z"


@dataclass
class Floor:
    """One level. `vehicle_types`: LIF ids (manufacturer.series) of the robots that may use it."""

    site: str
    title: str
    vehicle_types: list[str]
    nodes: dict[str, dict[str, Any]] = field(default_factory=dict)
    edges: list[dict[str, Any]] = field(default_factory=list)
    stations: list[dict[str, Any]] = field(default_factory=list)
    places: list[dict[str, Any]] = field(default_factory=list)
    zones: list[dict[str, Any]] = field(default_factory=list)
    doors: list[dict[str, Any]] = field(default_factory=list)
    lifts: list[dict[str, Any]] = field(default_factory=list)

    def node(self, node_id: str, x: float, y: float, *, actions: tuple[str, ...] = (), map_id: str = "") -> str:
        properties: list[dict[str, Any]] = []
        for vehicle_type in self.vehicle_types:
            entry: dict[str, Any] = {"vehicleTypeId": vehicle_type}
            if actions:
                entry["actions"] = [{"actionType": a, "requirementType": "OPTIONAL", "blockingType": "HARD"} for a in actions]
            properties.append(entry)
        self.nodes[node_id] = {
            "nodeId": node_id,
            "mapId": map_id or self.site,
            "nodePosition": {"x": float(x), "y": float(y)},
            "vehicleTypeNodeProperties": properties,
        }
        return node_id

    def one_way(self, *nodes: str, speed: float = 1.5) -> None:
        for start, end in itertools.pairwise(nodes):
            self.edges.append(
                {
                    "edgeId": f"{start}_{end}",
                    "startNodeId": start,
                    "endNodeId": end,
                    "vehicleTypeEdgeProperties": [
                        {
                            "vehicleTypeId": vehicle_type,
                            "vehicleOrientation": 0.0,
                            "orientationType": "TANGENTIAL",
                            "rotationAllowed": False,
                            "rotationAtStartNodeAllowed": "BOTH",
                            "rotationAtEndNodeAllowed": "BOTH",
                            "maxSpeed": speed,
                        }
                        for vehicle_type in self.vehicle_types
                    ],
                }
            )

    def two_way(self, *nodes: str, speed: float = 1.5) -> None:
        self.one_way(*nodes, speed=speed)
        self.one_way(*reversed(nodes), speed=speed)

    def bay(
        self,
        lane_node: str,
        dx: float,
        dy: float,
        name: str,
        kind: str,
        *,
        area: str = "",
        aliases: tuple[str, ...] = (),
        actions: tuple[str, ...] = ("pick", "drop"),
    ) -> str:
        """A station on a spur off the lane, so that a robot standing there blocks nobody. Answers its node."""
        lane = self.nodes[lane_node]["nodePosition"]
        node_id = name.replace(" ", "-").replace("'", "")
        self.node(node_id, lane["x"] + dx, lane["y"] + dy, actions=actions, map_id=self.nodes[lane_node]["mapId"])
        self.two_way(lane_node, node_id, speed=1.0)
        return self.station(node_id, name, kind, area=area, aliases=aliases, theta=round(math.atan2(dy, dx), 4))

    def station(
        self,
        node_id: str,
        name: str,
        kind: str,
        *,
        area: str = "",
        aliases: tuple[str, ...] = (),
        theta: float = 0.0,
    ) -> str:
        """A station at a node that is there. Answers the node."""
        position = self.nodes[node_id]["nodePosition"]
        station = f"S-{name.replace(' ', '-').replace(chr(39), '')}"
        self.stations.append(
            {
                "stationId": station,
                "interactionNodeIds": [node_id],
                "stationName": name,
                "stationHeight": 0.0,
                "stationPosition": {"x": position["x"], "y": position["y"], "theta": theta},
            }
        )
        place: dict[str, Any] = {"name": name, "station": station, "kind": kind}
        if area:
            place["area"] = area
        if aliases:
            place["aliases"] = list(aliases)
        self.places.append(place)
        return node_id

    def lift(self, name: str, levels: Iterable[tuple[str, str]]) -> None:
        """`levels`: (the cabin's node, what the device calls the level). Draws the rides between them."""
        cabins = list(levels)
        for (a, _), (b, _) in itertools.combinations(cabins, 2):
            self.two_way(a, b, speed=1.0)
        self.lifts.append({"name": name, "levels": [{"node": node, "target": target} for node, target in cabins]})

    def lif(self) -> dict[str, Any]:
        return {
            "metaInformation": {
                "projectIdentification": self.title,
                "creator": "Drover",
                "exportTimestamp": EXPORTED_AT,
                "lifVersion": "1.0.0",
            },
            "layouts": [
                {
                    "layoutId": self.site,
                    "layoutName": self.title,
                    "layoutVersion": "1",
                    "layoutLevelId": "0",
                    "nodes": list(self.nodes.values()),
                    "edges": self.edges,
                    "stations": self.stations,
                }
            ],
        }

    def lane(self, prefix: str, points: Iterable[tuple[float, float]]) -> list[str]:
        """Nodes in a row, not yet joined: prefix00, prefix01, ..."""
        return [self.node(f"{prefix}{index:02}", x, y) for index, (x, y) in enumerate(points)]

    def zone(self, name: str, nodes: Iterable[str], *, capacity: int = 1) -> None:
        spec: dict[str, Any] = {"name": name, "kind": "mutex" if capacity == 1 else "capacity", "nodes": list(nodes)}
        self.zones.append(spec if capacity == 1 else spec | {"capacity": capacity})

    def door(self, name: str, a: str, b: str, *, rest: str = "open") -> None:
        """A door on the lane between two nodes, both ways."""
        edges = [e["edgeId"] for e in self.edges if {e["startNodeId"], e["endNodeId"]} == {a, b}]
        self.doors.append({"name": name, "edges": edges, "rest": rest})


@dataclass(frozen=True)
class Drawing:
    """A whole site: the floor with what is carried on it and who carries it."""

    floor: Floor
    items: list[dict[str, Any]]
    models: dict[str, dict[str, Any]]
    robots: dict[str, dict[str, Any]]
    notes: tuple[str, ...] = ()
    made_by: str = "layouts/make.py"

    def documents(self, *, lif_file: str = "") -> list[dict[str, Any]]:
        """The manifests; the LIF inside, or named as a file beside them."""
        floor = self.floor
        lif: dict[str, Any] = {"lif_file": lif_file} if lif_file else {"lif": floor.lif()}
        layout = {"title": floor.title, **lif, "places": floor.places, "items": self.items, "notes": list(self.notes)}
        layout |= {k: v for k, v in (("zones", floor.zones), ("doors", floor.doors), ("lifts", floor.lifts)) if v}
        return [
            self._manifest("EdgeNode", "edge-1", {"layout": floor.site, "api_url": "http://127.0.0.1:8081"}),
            self._manifest("Layout", floor.site, layout),
            *(self._manifest("RobotModel", name, spec) for name, spec in self.models.items()),
            *(self._manifest("Robot", name, {"edge": "edge-1", **spec}) for name, spec in self.robots.items()),
        ]

    def write(self, folder: Path) -> None:
        """layout.lif.json and site.yaml."""
        folder.mkdir(exist_ok=True, parents=True)
        text = json.dumps(self.floor.lif(), indent=1, ensure_ascii=False)
        (folder / "layout.lif.json").write_text(text + "\n", encoding="utf-8")
        head = f"# {self.floor.title}: made by {self.made_by}; the CLI reads lif_file into spec.lif\n"
        documents = self.documents(lif_file="layout.lif.json")
        (folder / "site.yaml").write_text(head + "".join(f"---\n{_yaml(d)}" for d in documents), encoding="utf-8")

    def _manifest(self, kind: str, name: str, spec: dict[str, Any]) -> dict[str, Any]:
        return {"apiVersion": API_VERSION, "kind": kind, "metadata": {"name": name, "site": self.floor.site}, "spec": spec}


def amr_model(series: str, **changes: Any) -> dict[str, Any]:
    model: dict[str, Any] = {
        "type": "AMR",
        "manufacturer": "Drover",
        "series": series,
        "aliases": ["robot", "bot", "cart"],
        "payload_kg": 600.0,
        "length_m": 1.0,
        "width_m": 0.7,
        "speed_mps_max": 1.5,
    }
    return model | changes


def _yaml(document: dict[str, Any]) -> str:
    """Block style outside, one line for each value deeper than two levels."""
    lines = []
    for key, value in document.items():
        if key != "spec":
            lines.append(f"{key}: {_flow(value)}")
            continue
        lines.append("spec:")
        for name, part in value.items():
            if isinstance(part, list) and part:
                lines.append(f"  {name}:")
                lines.extend(f"    - {_flow(each)}" for each in part)
            else:
                lines.append(f"  {name}: {_flow(part)}")
    return "\n".join(lines) + "\n"


def _flow(value: Any) -> str:
    text: str = yaml.safe_dump(value, default_flow_style=True, width=10_000, sort_keys=False, allow_unicode=True)
    return text.removesuffix("\n").removesuffix("\n...")
