"""What is simulated: a shipped site, a folder with site.yaml, or a bare LIF file for which robots are made up."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from drover import site as sites
from fleet.contracts.errors import InvalidInput
from fleet.contracts.resources import (
    AnyResource,
    EdgeNodeSpec,
    EdgeNodeStatus,
    Kind,
    LayoutSpec,
    LayoutStatus,
    ObjectMeta,
    Resource,
    RobotModelSpec,
    RobotModelStatus,
    RobotSpec,
    RobotStatus,
)
from fleet.layout.graph import Place, SiteGraph
from fleet.layout.site import site_graph
from sim_robots.demand import work_places

#: The robot that is made up where a layout comes without any.
MODEL_NAME = "AMR-100"
MODEL = RobotModelSpec(type="AMR", manufacturer="drover", series="AMR-100")
#: Gap between two parked robots' circles, metres.
HOME_GAP_M = 0.25
#: Kinds of places that make good homes, best first.
_HOME_KINDS = ("parking", "charger")
_NO_HOME_KINDS = ("no_robot_zone", "lift", "elevator", "door")


@dataclass(frozen=True)
class SimSite:
    """Ready to apply: `resources` in the order in which they must be applied (layout and models before robots)."""

    name: str
    edge: str
    resources: tuple[AnyResource, ...]
    graph: SiteGraph
    chargers: frozenset[str]
    work: tuple[str, ...]
    warnings: tuple[str, ...] = ()

    def of(self, kind: Kind) -> list[AnyResource]:
        return [r for r in self.resources if r.kind == kind]


def load(layout: str | Path, robots: int | None) -> SimSite:
    """`robots` None: as the site has, or 8. Raises InvalidInput, NotFound."""
    path = Path(layout)
    if path.suffix == ".json" and path.is_file():
        name, edge, resources = path.name.split(".")[0], "edge-1", _bare(_lif(path))
    else:
        site = sites.load(str(layout))
        name, edge, resources = site.name, site.edge, list(site.resources)
    spec = next(r.spec for r in resources if r.kind == Kind.LAYOUT)
    graph = site_graph(spec).graph
    fixed = [r for r in resources if r.kind in (Kind.EDGE_NODE, Kind.LAYOUT, Kind.ROBOT_MODEL)]
    order = (Kind.LAYOUT, Kind.ROBOT_MODEL, Kind.EDGE_NODE)
    fleet = _fleet([r for r in resources if r.kind == Kind.ROBOT], fixed, graph, robots, edge)
    return SimSite(
        name=name,
        edge=edge,
        resources=(*sorted(fixed, key=lambda r: order.index(r.kind)), *fleet),
        graph=graph,
        chargers=frozenset(n for p in graph.places.values() if p.kind == "charger" for n in p.nodes),
        work=_reachable_work(graph, [r.spec.home for r in fleet]),
        warnings=tuple(_shared_homes(graph, fleet)),
    )


def _lif(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise InvalidInput(f"{path}: {error}", field="--layout", fix="give a LIF file (JSON)") from None
    if not isinstance(document, dict) or "layouts" not in document:
        raise InvalidInput(f"{path} has no layouts", field="--layout", fix="give a LIF file, or a folder with site.yaml")
    return document


def _bare(lif: dict[str, Any]) -> list[AnyResource]:
    return [
        _resource(Kind.LAYOUT, "layout", LayoutSpec(lif=lif), LayoutStatus()),
        _resource(Kind.ROBOT_MODEL, MODEL_NAME, MODEL, RobotModelStatus()),
        _resource(Kind.EDGE_NODE, "edge-1", EdgeNodeSpec(layout="layout"), EdgeNodeStatus()),
    ]


def _fleet(
    given: list[AnyResource], fixed: list[AnyResource], graph: SiteGraph, wanted: int | None, edge: str
) -> list[AnyResource]:
    """The site's robots, cut or added to: each added one is a copy with a name, a serial and a home of its own."""
    count = wanted if wanted is not None else len(given) or 8
    fleet = given[:count]
    if len(fleet) == count:
        return fleet
    models = {r.metadata.name: r.spec for r in fixed if r.kind == Kind.ROBOT_MODEL}
    largest_m = max(math.hypot(m.length_m, m.width_m) for m in models.values())
    taken = [graph.nodes[graph.place(r.spec.home).nodes[0]].node_id for r in fleet]
    homes = _free_homes(graph, taken, largest_m + HOME_GAP_M)
    if len(homes) < count - len(fleet):
        room = len(fleet) + len(homes)
        raise InvalidInput(f"{count} robots, this layout has room for {room}", field="--robots", fix=f"use at most {room}")
    templates = [r.spec for r in given] or [RobotSpec(model=next(iter(models)), serial_number="", edge=edge)]
    for number, home in enumerate(homes[: count - len(fleet)], start=len(fleet) + 1):
        spec = msgspec.structs.replace(
            templates[number % len(templates)], serial_number=f"sim{number:04d}", home=home, aliases=(), edge=edge
        )
        fleet.append(_resource(Kind.ROBOT, f"R{number}", spec, RobotStatus()))
    return fleet


def _shared_homes(graph: SiteGraph, fleet: list[AnyResource]) -> Iterator[str]:
    """Traffic is live where every robot has a home off the others' ways (fleet/traffic/safety.py); say where it has not."""
    odd = [r.metadata.name for r in fleet if graph.place(r.spec.home).kind not in _HOME_KINDS]
    if odd:
        yield f"no parking place left for {', '.join(odd)}: they live where others work, and may block each other for ever"


def _free_homes(graph: SiteGraph, taken: list[str], apart_m: float) -> list[str]:
    """Places for more robots: parking, chargers, dead ends, then any other; never too near to another home."""
    found: list[str] = []
    nodes = list(taken)
    for place in sorted((p for p in graph.places.values() if p.nodes), key=lambda p: _home_rank(graph, p)):
        node = place.nodes[0]
        if place.kind not in _NO_HOME_KINDS and all(_apart_m(graph, node, other) >= apart_m for other in nodes):
            found.append(place.name)
            nodes.append(node)
    return found


def _home_rank(graph: SiteGraph, place: Place) -> tuple[int, str]:
    if place.kind in _HOME_KINDS:
        return _HOME_KINDS.index(place.kind), place.name
    neighbours = {e.end for e in graph.out[place.nodes[0]]} | {e.start for e in graph.into[place.nodes[0]]}
    return (2 if len(neighbours) == 1 else 3), place.name


def _apart_m(graph: SiteGraph, a: str, b: str) -> float:
    na, nb = graph.nodes[a], graph.nodes[b]
    return math.inf if na.map_id != nb.map_id else math.hypot(na.x_m - nb.x_m, na.y_m - nb.y_m)


def _reachable_work(graph: SiteGraph, homes: list[str]) -> tuple[str, ...]:
    """Work places that every robot can reach and come back from. Homes are worked at only where there is nothing else."""
    starts = [graph.place(h).nodes[0] for h in homes]
    there = set.intersection(*(set(graph.times_from(s)) for s in starts))
    found = []
    for name in work_places((p.name, p.kind) for p in graph.places.values() if p.nodes):
        node = graph.places[name].nodes[0]
        if node in there and all(s in graph.times_from(node) for s in starts):
            found.append(name)
    apart = [name for name in found if name not in homes]
    chosen = apart if len(apart) >= 2 else found
    if len(chosen) < 2:
        raise InvalidInput("no two places that robots can reach and leave", field="--layout", fix="check one-way edges, stations")
    return tuple(chosen)


def _resource(kind: Kind, name: str, spec: Any, status: Any) -> AnyResource:
    return Resource(kind=kind, metadata=ObjectMeta(name=name), spec=spec, status=status)
