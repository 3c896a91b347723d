"""Small floors for the edge core, drawn as lanes: a dead straight corridor, a ring, whatever a test needs."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from fleet.contracts.command_ir import Action
from fleet.contracts.resources import (
    AnyResource,
    Assignment,
    EdgeNodeSpec,
    EdgeNodeStatus,
    Kind,
    LayoutSpec,
    LayoutStatus,
    MissionSpec,
    MissionStatus,
    PlaceSpec,
    RobotModelStatus,
    RobotSpec,
    RobotStatus,
    TaskSpec,
    TaskStatus,
)
from tests.unit import sites
from tests.unit.edge_world import World

PITCH_M = 3.0


def lif(nodes: Mapping[str, tuple[float, float]], lanes: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """`nodes`: in units of PITCH_M; `lanes`: directed."""
    drawn = [
        {
            "nodeId": name,
            "mapId": "map",
            "nodePosition": {"x": x * PITCH_M, "y": y * PITCH_M},
            "vehicleTypeNodeProperties": [],
        }
        for name, (x, y) in nodes.items()
    ]
    edges = [{"edgeId": f"{a}>{b}", "startNodeId": a, "endNodeId": b, "vehicleTypeEdgeProperties": []} for a, b in lanes]
    stations = [{"stationId": f"S-{name}", "interactionNodeIds": [name], "stationName": name} for name in nodes]
    one = {"layoutId": "ground", "layoutVersion": "1", "nodes": drawn, "edges": edges, "stations": stations}
    return {**sites.lif(), "layouts": [one]}


def layout(nodes: Mapping[str, tuple[float, float]], lanes: Sequence[tuple[str, str]], **fields: Any) -> AnyResource:
    """Every node is a place of its name; the nodes whose names begin with H are parking."""
    places = tuple(PlaceSpec(name=n, station=f"S-{n}", kind="parking" if n.startswith("H") else "rack") for n in nodes)
    spec = LayoutSpec(lif=lif(nodes, lanes), title="Lanes", places=places, **fields)
    return sites.resource(Kind.LAYOUT, "ground", spec, LayoutStatus())


def both_ways(*nodes: str) -> list[tuple[str, str]]:
    pairs = list(itertools.pairwise(nodes))
    return [*pairs, *((b, a) for a, b in pairs)]


def robot(name: str, home: str) -> AnyResource:
    spec = RobotSpec(model="carter-100", serial_number=name, edge="edge-1", home=home)
    return sites.resource(Kind.ROBOT, name, spec, RobotStatus())


def world(floor: AnyResource, robots: Mapping[str, tuple[str, str]], off: Sequence[str] = ()) -> World:
    """`robots`: name -> (where it stands, its home); those in `off` are not switched on."""
    model = sites.resource(Kind.ROBOT_MODEL, "carter-100", sites.MODELS["carter-100"], RobotModelStatus())
    edge = sites.resource(Kind.EDGE_NODE, "edge-1", EdgeNodeSpec(layout="ground"), EdgeNodeStatus())
    resources = [edge, floor, model, *(robot(name, home) for name, (_, home) in robots.items())]
    return World(*robots, resources=resources, stands={name: node for name, (node, _) in robots.items()}, off=off)


def goto(world: World, to: str, robot: str, name: str = "m1") -> None:
    """A mission of one drive, for this robot."""
    assignment = Assignment(robot=robot, by="cloud")
    spec = TaskSpec(mission=name, edge="edge-1", action=Action.GOTO, target=to, created_at=world.now, assignment=assignment)
    world.apply(Kind.MISSION, name, MissionSpec(title=to, edge="edge-1", tasks=(f"{name}-1",)), MissionStatus())
    world.apply(Kind.TASK, f"{name}-1", spec, TaskStatus())
