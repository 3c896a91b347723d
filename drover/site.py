"""A site's folder: its manifests, and the virtual robots that play its Robot resources."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from drover import manifests
from fleet.contracts import manifest
from fleet.contracts.errors import InvalidInput, NotFound
from fleet.contracts.resources import AnyResource, Kind, LayoutSpec, RobotModelSpec, RobotSpec

if TYPE_CHECKING:
    from fleet.layout.graph import SiteGraph
    from sim_robots.config import VirtualRobot

#: The sites that come with Drover; each has a site.yaml.
LAYOUTS = Path(__file__).resolve().parent.parent / "layouts"
CHARGER = "charger"


@dataclass(frozen=True)
class Site:
    """`documents`: the manifests as they go to the API, each with its site's name."""

    name: str
    documents: tuple[dict[str, Any], ...]
    resources: tuple[AnyResource, ...]

    def of(self, kind: Kind) -> list[AnyResource]:
        return [r for r in self.resources if r.kind == kind]

    @property
    def edge(self) -> str:
        """The name of its one EdgeNode. Raises InvalidInput."""
        return str(self._one(Kind.EDGE_NODE).metadata.name)

    @property
    def layout(self) -> LayoutSpec:
        """The spec of its one Layout. Raises InvalidInput."""
        spec = self._one(Kind.LAYOUT).spec
        assert isinstance(spec, LayoutSpec)
        return spec

    def example(self) -> str:
        """A sentence that this site understands, for people who see it for the first time."""
        stands = (CHARGER, "parking", "no_robot_zone", "")
        places = {p.kind: p.name for p in reversed(self.layout.places) if p.kind not in stands}
        names = [places.pop("dock")] if "dock" in places else []
        names += list(places.values())
        item = self.layout.items[0].name if self.layout.items else "box"
        return f"bring 1 {item} from {names[0]} to {names[1]}" if len(names) > 1 else "where are the robots?"

    def _one(self, kind: Kind) -> AnyResource:
        found = self.of(kind)
        if len(found) != 1:
            raise InvalidInput(f"site {self.name!r} has {len(found)} {kind}", field="--site", fix=f"give it exactly one {kind}")
        return found[0]


def shipped() -> list[str]:
    return sorted(p.parent.name for p in LAYOUTS.glob("*/site.yaml"))


def find(name: str) -> Path:
    """A shipped site by name, else a folder or a manifest file. Raises NotFound."""
    for path in (LAYOUTS / name / "site.yaml", Path(name) / "site.yaml", Path(name)):
        if path.exists() and name:
            return path
    raise NotFound(f"no site {name!r}", field="--site", fix=f"one of {', '.join(shipped())}, or a folder with site.yaml")


def load(name: str) -> Site:
    """Raises InvalidInput, NotFound; says file, field and fix."""
    path = find(name)
    documents = manifests.read(path)
    named = {d["metadata"].get("site") for d in documents} - {None, ""}
    if len(named) > 1:
        raise InvalidInput(f"{path} mixes sites {', '.join(sorted(named))}", field="metadata.site", fix="one site a folder")
    folder = path.parent if path.is_file() else path
    site = named.pop() if named else folder.resolve().name
    whole = [{**d, "metadata": {**d["metadata"], "site": site}} for d in documents]
    return Site(name=site, documents=tuple(whole), resources=tuple(manifest.parse(d) for d in whole))


def in_real_time(document: dict[str, Any], factor: float) -> dict[str, Any]:
    """A RobotModel manifest as the fleet sees robots whose time runs `factor` times faster: faster machines.

    Else arrival times would be wrong, and the edge node would not believe that anything moves so fast.
    """
    if factor == 1.0:
        return document
    model = manifest.parse(document)
    spec: RobotModelSpec = model.spec
    faster = msgspec.structs.replace(
        spec,
        speed_mps_max=spec.speed_mps_max * factor,
        acceleration_mps2=spec.acceleration_mps2 * factor**2,
        turn_speed_radps=spec.turn_speed_radps * factor,
        pick_s=spec.pick_s / factor,
        drop_s=spec.drop_s / factor,
        battery_idle_pct_per_h=spec.battery_idle_pct_per_h * factor,
        charge_pct_per_min=spec.charge_pct_per_min * factor,
    )
    return {**document, "spec": msgspec.to_builtins(faster)}


def virtual_robots(site: Site) -> tuple[tuple[VirtualRobot, ...], frozenset[str]]:
    """(its robots, each standing on its home's first node; the nodes where startCharging works). Raises InvalidInput."""
    from fleet.layout.site import site_graph

    graph = site_graph(site.layout).graph
    chargers = frozenset(node for place in graph.places.values() if place.kind == CHARGER for node in place.nodes)
    models = {m.metadata.name: m.spec for m in site.of(Kind.ROBOT_MODEL)}
    return tuple(_virtual_robot(r.metadata.name, r.spec, models, graph, chargers) for r in site.of(Kind.ROBOT)), chargers


def _virtual_robot(
    name: str, spec: RobotSpec, models: dict[str, RobotModelSpec], graph: SiteGraph, chargers: frozenset[str]
) -> VirtualRobot:
    from sim_robots.config import VirtualRobot

    model = models.get(spec.model)
    if model is None:
        raise InvalidInput(
            f"no RobotModel {spec.model!r}", field=f"Robot/{name} spec.model", fix="add it to the site's manifests"
        )
    place = graph.places.get(spec.home)
    if place is None or not place.nodes:
        raise InvalidInput(f"no place {spec.home!r}", field=f"Robot/{name} spec.home", fix="name a place of the layout")
    if spec.payload_kg is not None:
        model = msgspec.structs.replace(model, payload_kg=spec.payload_kg)
    node = graph.nodes[place.nodes[0]]
    return VirtualRobot(
        name=name,
        serial_number=spec.serial_number,
        model=model,
        x_m=node.x_m,
        y_m=node.y_m,
        theta_rad=node.theta_rad or 0.0,
        map_id=node.map_id,
        node_id=node.node_id,
        charger=node.node_id in chargers,
    )
