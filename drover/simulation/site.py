"""What is simulated: a shipped site, a folder with site.yaml, or a bare LIF file for which robots are made up."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from drover.floors import sizes
from drover.simulation import homes
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
from fleet.layout.check import component_of
from fleet.layout.graph import SiteGraph
from fleet.layout.near import Near
from fleet.layout.site import site_graph
from sim_robots.demand import work_places

#: The robot that is made up where a layout comes without any.
MODEL_NAME = "AMR-100"
MODEL = RobotModelSpec(type="AMR", manufacturer="drover", series="AMR-100")
#: Gap between two parked robots' circles, metres.
HOME_GAP_M = 0.25
#: Robots that a layout gets which comes without any.
BARE_ROBOTS = 8


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
    """`robots` None: as the site has, or BARE_ROBOTS. A shipped site of which there is a drawing for more robots than it has
    room for is drawn at that size. Raises InvalidInput, NotFound."""
    path = Path(layout)
    if path.suffix == ".json" and path.is_file():
        name, edge, resources = path.name.split(".")[0], "edge-1", _bare(_lif(path))
    else:
        site = sizes.load(layout, robots)
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
        work=_reachable_work(graph, [r.spec.home for r in fleet], _home_apart_m(fixed)),
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
    """The site's robots, cut or added to: each added one is a copy with a name, a serial and a home of its own.

    Raises InvalidInput where a site has fewer free parking places than that: traffic is live only where every robot has a
    home off the others' ways (fleet/traffic/safety.py). A bare LIF names no parking places, so homes are chosen for it.
    """
    count = wanted if wanted is not None else len(given) or BARE_ROBOTS
    fleet = given[:count]
    if len(fleet) == count:
        return fleet
    models = {r.metadata.name: r.spec for r in fixed if r.kind == Kind.ROBOT_MODEL}
    apart_m = _home_apart_m(fixed)
    taken = [graph.place(r.spec.home).nodes[0] for r in fleet]
    added = count - len(fleet)
    bare = not given and homes.is_bare(graph)
    free = homes.secluded(graph, added, apart_m) if bare else homes.apart(graph, homes.parking(graph, apart_m), taken, apart_m)
    if not given and wanted is None:
        added = max(1, min(added, len(free)))
    if len(free) < added:
        raise _no_room(graph, count, len(fleet) + len(free), bare)
    templates = [r.spec for r in given] or [RobotSpec(model=next(iter(models)), serial_number="", edge=edge)]
    for number, home in enumerate(free[:added], start=len(fleet) + 1):
        spec = msgspec.structs.replace(
            templates[number % len(templates)], serial_number=f"sim{number:04d}", home=home, aliases=(), edge=edge
        )
        fleet.append(_resource(Kind.ROBOT, f"R{number}", spec, RobotStatus()))
    return fleet


def _home_apart_m(fixed: list[AnyResource]) -> float:
    """What two robots' centres keep, the largest model for both."""
    return max(math.hypot(r.spec.length_m, r.spec.width_m) for r in fixed if r.kind == Kind.ROBOT_MODEL) + HOME_GAP_M


def _no_room(graph: SiteGraph, count: int, room: int, bare: bool) -> InvalidInput:
    if bare:
        return InvalidInput(
            f"{count} robots, but this LIF has {room} stations off the ways of others, where robots can live",
            field="--robots",
            fix=f"use at most {room}, or give a folder with a site.yaml that names parking places",
        )
    return InvalidInput(
        f"{count} robots, but {len(homes.parking(graph))} parking and charging places in this layout, with room for {room}",
        field="--robots",
        fix=f"use at most {room}, or add places of kind parking or charger, off the ways of others, to the layout",
    )


def _shared_homes(graph: SiteGraph, fleet: list[AnyResource]) -> Iterator[str]:
    """Homes that a site's manifests gave where others work, see homes.py; those of a bare LIF were chosen off the ways."""
    odd = [r.metadata.name for r in fleet if graph.place(r.spec.home).kind not in homes.HOME_KINDS]
    if odd and not homes.is_bare(graph):
        yield f"no parking place for {', '.join(odd)}: they live where others work, and may block each other for ever"


def _reachable_work(graph: SiteGraph, lived_at: list[str], apart_m: float) -> tuple[str, ...]:
    """Work places that every robot can reach and come back from. Homes, and places that a robot at home shuts, are worked
    at only where there is nothing else."""
    starts = [graph.place(h).nodes[0] for h in lived_at]
    # all homes on one component: places that one robot reaches and comes back from are reached by all
    together = component_of(graph, starts[0])
    if any(s not in together for s in starts):
        raise InvalidInput("robots that cannot reach each other's homes", field="--layout", fix="check one-way edges, homes")
    names = work_places((p.name, p.kind) for p in graph.places.values() if p.nodes)
    found = [n for n in names if graph.places[n].nodes[0] in together]
    near, taken = Near(graph, starts), set(starts)
    nodes = {n: graph.places[n].nodes[0] for n in found}
    open_ones = [n for n in found if nodes[n] not in taken and not near.within(nodes[n], apart_m)]
    chosen = open_ones if len(open_ones) >= 2 else found
    if len(chosen) < 2:
        raise InvalidInput("no two places that robots can reach and leave", field="--layout", fix="check one-way edges, stations")
    return tuple(chosen)


def _resource(kind: Kind, name: str, spec: Any, status: Any) -> AnyResource:
    return Resource(kind=kind, metadata=ObjectMeta(name=name), spec=spec, status=status)
