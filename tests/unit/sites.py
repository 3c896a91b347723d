"""A small site for tests, built from manifests' types and a LIF document as a shipped site is.

Six by four nodes, 5 m apart, all two-way; the south row has docks and parking, the north row packing and chargers:

    P1  P2  .   BR  C1  C2      y = 15   Packing 1, Packing 2, Break Room (no robots), Charger 1, Charger 2
    .   .   .   .   .   .       y = 10
    A2  .   .   XR  .   .       y = 5    Rack A-02, Crossing
    D1  D2  D3  .   PK1 PK2     y = 0    Dock 1 .. 3, Parking 1, Parking 2
"""

from __future__ import annotations

from typing import Any

from fleet.contracts.command_ir import Action
from fleet.contracts.resources import (
    AnyResource,
    EdgeNodeSpec,
    EdgeNodeStatus,
    ItemSpec,
    Kind,
    LayoutSpec,
    LayoutStatus,
    ObjectMeta,
    PlaceSpec,
    Resource,
    RobotActivity,
    RobotModelSpec,
    RobotModelStatus,
    RobotSpec,
    RobotStatus,
)
from fleet.tasks.site import Site

SITE = "riverside"
NOW = 1_790_000_000.0 - 1_790_000_000.0 % 86_400 + 10 * 3600  # 10:00 UTC
COLUMNS, ROWS, PITCH_M = 6, 4, 5.0

PLACES = (
    PlaceSpec(name="Dock 1", station="D1", kind="dock", aliases=("door 1", "D1"), area="Inbound"),
    PlaceSpec(name="Dock 2", station="D2", kind="dock", aliases=("door 2", "D2"), area="Inbound"),
    PlaceSpec(name="Dock 3", station="D3", kind="dock", aliases=("door 3", "D3"), area="Inbound"),
    PlaceSpec(name="Rack A-02", station="A2", kind="rack", aliases=("A-02",), area="Storage"),
    PlaceSpec(name="Packing 1", station="P1", kind="packing", aliases=("pack 1", "PS1"), area="Packing"),
    PlaceSpec(name="Packing 2", station="P2", kind="packing", aliases=("pack 2", "PS2"), area="Packing"),
    PlaceSpec(name="Crossing", station="XR", kind="intersection", area="Middle"),
    PlaceSpec(name="Break Room", station="BR", kind="no_robot_zone", aliases=("canteen",), area="Offices"),
    PlaceSpec(name="Charger 1", station="C1", kind="charger", area="Charging"),
    PlaceSpec(name="Charger 2", station="C2", kind="charger", area="Charging"),
    PlaceSpec(name="Parking 1", station="PK1", kind="parking", area="Charging"),
    PlaceSpec(name="Parking 2", station="PK2", kind="parking", area="Charging"),
)
STATIONS = {
    "D1": "n0_0", "D2": "n1_0", "D3": "n2_0", "PK1": "n4_0", "PK2": "n5_0", "A2": "n0_1", "XR": "n3_1",
    "P1": "n0_3", "P2": "n1_3", "BR": "n3_3", "C1": "n4_3", "C2": "n5_3",
}  # fmt: skip
ITEMS = (
    ItemSpec(name="tote", unit_kg=15, aliases=("totes", "blue bin")),
    ItemSpec(name="pallet", aliases=("pallets",)),
    ItemSpec(name="pallet of water", unit_kg=400, home="Rack A-02", aliases=("water",)),
    ItemSpec(name="engine block", unit_kg=900, home="Rack A-02"),
)
MODELS = {
    "carter-100": RobotModelSpec(type="AMR", manufacturer="Acme", payload_kg=100, load_units_max=4, aliases=("cart bot",)),
    "lifter-500": RobotModelSpec(
        type="forklift",
        manufacturer="Acme",
        payload_kg=500,
        load_units_max=2,
        aliases=("fork",),
        speed_mps_max=1.0,
        capabilities=(Action.TRANSPORT, Action.GOTO, Action.WAIT, Action.PARK, Action.CHARGE, Action.CLEAN),
    ),
}
#: name -> (model, node, home)
ROBOTS = {
    "AMR-1": ("carter-100", "n0_2", "Charger 1"),
    "AMR-2": ("carter-100", "n5_2", "Charger 2"),
    "AMR-3": ("carter-100", "n4_0", "Parking 1"),
    "FL-1": ("lifter-500", "n5_0", ""),
}


def lif() -> dict[str, Any]:
    """The layout as a LIF 1.0 document."""
    nodes = [
        {
            "nodeId": f"n{x}_{y}",
            "mapId": "map",
            "nodePosition": {"x": x * PITCH_M, "y": y * PITCH_M},
            "vehicleTypeNodeProperties": [],
        }
        for x in range(COLUMNS)
        for y in range(ROWS)
    ]
    edges = [
        {"edgeId": f"{x}_{y}>{x + dx}_{y + dy}", "startNodeId": f"n{x}_{y}", "endNodeId": f"n{x + dx}_{y + dy}",
         "vehicleTypeEdgeProperties": []}
        for x in range(COLUMNS)
        for y in range(ROWS)
        for dx, dy in ((1, 0), (0, 1), (-1, 0), (0, -1))
        if 0 <= x + dx < COLUMNS and 0 <= y + dy < ROWS
    ]  # fmt: skip
    stations = [{"stationId": s, "interactionNodeIds": [node], "stationName": s} for s, node in STATIONS.items()]
    return {
        "metaInformation": {
            "projectIdentification": "small site",
            "creator": "tests",
            "exportTimestamp": "2026-11-01T00:00:00Z",
            "lifVersion": "1.0.0",
        },
        "layouts": [
            {"layoutId": "ground", "layoutVersion": "1", "nodes": nodes, "edges": edges, "stations": stations},
        ],
    }


def resource(kind: Kind, name: str, spec: Any, status: Any, **meta: Any) -> AnyResource:
    return Resource(kind=kind, metadata=ObjectMeta(name=name, site=SITE, **meta), spec=spec, status=status)


def layout(**changes: Any) -> AnyResource:
    fields = {"lif": lif(), "title": "Small site", "places": PLACES, "items": ITEMS, **changes}
    return resource(Kind.LAYOUT, "ground", LayoutSpec(**fields), LayoutStatus())


def robot(name: str, *, node: str | None = None, status: dict[str, Any] | None = None, **spec: Any) -> AnyResource:
    """One of ROBOTS, idle and online at its node, with changes to status and spec."""
    model, usual, home = ROBOTS[name]
    wanted = {"model": model, "serial_number": name, "edge": "edge-1", "home": home, "aliases": (name.replace("-", " "),), **spec}
    x, y = (int(part) for part in (node or usual)[1:].split("_"))
    reported = {
        "connection": "ONLINE",
        "activity": RobotActivity.IDLE,
        "last_node": f"n{x}_{y}",
        "battery_pct": 80.0,
        "operating_mode": "AUTOMATIC",
        "reported_at": NOW - 2,
        **(status or {}),
    }
    return resource(Kind.ROBOT, name, RobotSpec(**wanted), RobotStatus(**reported))


def resources(*more: AnyResource) -> list[AnyResource]:
    """All resources of the site; one of `more` with the same kind and name takes the place of the usual one."""
    usual = [
        resource(Kind.EDGE_NODE, "edge-1", EdgeNodeSpec(layout="ground"), EdgeNodeStatus()),
        layout(),
        *(resource(Kind.ROBOT_MODEL, name, spec, RobotModelStatus()) for name, spec in MODELS.items()),
        *(robot(name) for name in ROBOTS),
    ]
    merged = {(r.kind, r.metadata.name): r for r in [*usual, *more]}
    return list(merged.values())


def site(*more: AnyResource, now: float = NOW) -> Site:
    return Site.build(SITE, resources(*more), now)
