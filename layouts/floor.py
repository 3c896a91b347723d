"""A drawing board for shipped sites: nodes, lanes, spurs and stations, written as LIF 1.0 and as manifests."""

from __future__ import annotations

import itertools
import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

API_VERSION = "drover.dev/v1"
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

    def node(self, node_id: str, x: float, y: float, *, actions: tuple[str, ...] = ()) -> str:
        properties: list[dict[str, Any]] = []
        for vehicle_type in self.vehicle_types:
            entry: dict[str, Any] = {"vehicleTypeId": vehicle_type}
            if actions:
                entry["actions"] = [{"actionType": a, "requirementType": "OPTIONAL", "blockingType": "HARD"} for a in actions]
            properties.append(entry)
        self.nodes[node_id] = {
            "nodeId": node_id,
            "mapId": self.site,
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
        self.node(node_id, lane["x"] + dx, lane["y"] + dy, actions=actions)
        self.two_way(lane_node, node_id, speed=1.0)
        position = self.nodes[node_id]["nodePosition"]
        theta = round(math.atan2(dy, dx), 4)
        self.stations.append(
            {
                "stationId": f"S-{node_id}",
                "interactionNodeIds": [node_id],
                "stationName": name,
                "stationHeight": 0.0,
                "stationPosition": {"x": position["x"], "y": position["y"], "theta": theta},
            }
        )
        place: dict[str, Any] = {"name": name, "station": f"S-{node_id}", "kind": kind}
        if area:
            place["area"] = area
        if aliases:
            place["aliases"] = list(aliases)
        self.places.append(place)
        return node_id

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

    def write(
        self,
        folder: Path,
        *,
        items: list[dict[str, Any]],
        models: dict[str, dict[str, Any]],
        robots: dict[str, dict[str, Any]],
        notes: tuple[str, ...] = (),
    ) -> None:
        """layout.lif.json and site.yaml."""
        folder.mkdir(exist_ok=True)
        text = json.dumps(self.lif(), indent=1, ensure_ascii=False)
        (folder / "layout.lif.json").write_text(text + "\n", encoding="utf-8")
        layout = {"title": self.title, "lif_file": "layout.lif.json", "places": self.places, "items": items, "notes": list(notes)}
        documents = [
            self._manifest("EdgeNode", "edge-1", {"layout": self.site, "api_url": "http://127.0.0.1:8081"}),
            self._manifest("Layout", self.site, layout),
            *(self._manifest("RobotModel", name, spec) for name, spec in models.items()),
            *(self._manifest("Robot", name, {"edge": "edge-1", **spec}) for name, spec in robots.items()),
        ]
        head = f"# {self.title}: made by layouts/make.py; the CLI reads lif_file into spec.lif\n"
        (folder / "site.yaml").write_text(head + "".join(f"---\n{_yaml(d)}" for d in documents), encoding="utf-8")

    def _manifest(self, kind: str, name: str, spec: dict[str, Any]) -> dict[str, Any]:
        return {"apiVersion": API_VERSION, "kind": kind, "metadata": {"name": name, "site": self.site}, "spec": spec}


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
