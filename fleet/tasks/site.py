"""A site at one moment: graph, names, robots, tasks and closures as one immutable value.

Validation, lowering, planning and read-backs all look at the same snapshot, so that they cannot contradict each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from fleet.authority.inhibits import effective
from fleet.contracts.command_ir import Action
from fleet.contracts.errors import NotFound
from fleet.contracts.resources import (
    AnyResource,
    ClosureSpec,
    ClosureStatus,
    EdgeNodeStatus,
    Inhibit,
    InhibitKind,
    ItemSpec,
    Kind,
    LayoutSpec,
    MissionSpec,
    MissionStatus,
    Resource,
    RobotModelSpec,
    RobotSpec,
    RobotStatus,
    TaskSpec,
    TaskStatus,
)
from fleet.contracts.translate import Registry, RegistryItem, RegistryPlace, RegistryRobot
from fleet.layout.graph import Place, SiteGraph
from fleet.layout.site import site_graph
from fleet.planning.travel import TravelTimes
from fleet.tasks.names import NameIndex

#: Kinds of places, as layouts spell them.
CHARGER, PARKING, NO_ROBOT_ZONE = "charger", "parking", "no_robot_zone"

TaskResource = Resource[TaskSpec, TaskStatus]
MissionResource = Resource[MissionSpec, MissionStatus]
ClosureResource = Resource[ClosureSpec, ClosureStatus]


@dataclass(frozen=True)
class SiteRobot:
    """A robot with its model: what it can do, what it does."""

    name: str
    spec: RobotSpec
    model: RobotModelSpec
    status: RobotStatus

    @property
    def type(self) -> str:
        return self.model.type

    @property
    def payload_kg(self) -> float:
        return self.model.payload_kg if self.spec.payload_kg is None else self.spec.payload_kg

    def can(self, action: Action) -> bool:
        return action in self.model.capabilities

    def units_max(self, unit_kg: float | None) -> int:
        """How many units of an item it carries at once; 0 when one is too heavy. Unknown weight: as many as fit."""
        if unit_kg is None or unit_kg <= 0:
            return self.model.load_units_max
        return min(self.model.load_units_max, int(self.payload_kg / unit_kg + 1e-9))


@dataclass(frozen=True)
class Site:
    """Build it with `Site.build`; names are canonical, `find_*` take any spelling."""

    site: str
    now: float
    edge: str
    layout: LayoutSpec
    graph: SiteGraph
    items: Mapping[str, ItemSpec]
    robots: Mapping[str, SiteRobot]
    tasks: Mapping[str, TaskResource]
    missions: Mapping[str, MissionResource]
    closures: tuple[ClosureResource, ...]
    stopped: bool = False
    inhibits: tuple[Inhibit, ...] = ()

    @classmethod
    def build(cls, site: str, resources: Iterable[AnyResource], now: float, *, previous: Site | None = None) -> Site:
        """The snapshot of the resources of one site (resources of no site count as this one's).

        The layout is the one that an EdgeNode names, else the first by name. Give the `previous` snapshot to reuse
        its graph while the layout stays the same. Raises NotFound without a layout, InvalidInput for a broken one.
        Robots whose model is missing are left out.
        """
        by_kind: dict[Kind, dict[str, AnyResource]] = {kind: {} for kind in Kind}
        for resource in resources:
            if resource.metadata.site in ("", site):
                by_kind[resource.kind][resource.metadata.name] = resource
        layout = _layout(by_kind, site)
        models = {name: r.spec for name, r in by_kind[Kind.ROBOT_MODEL].items()}
        edges = by_kind[Kind.EDGE_NODE]
        built = cls(
            site=site,
            now=now,
            edge=_edge(edges, by_kind[Kind.ROBOT].values()),
            layout=layout,
            graph=previous.graph if previous is not None and previous.layout == layout else _graph(layout),
            items={item.name: item for item in layout.items},
            robots={
                name: _robot(name, r, models[r.spec.model], previous)
                for name, r in sorted(by_kind[Kind.ROBOT].items())
                if r.spec.model in models
            },
            tasks=by_kind[Kind.TASK],
            missions=by_kind[Kind.MISSION],
            closures=tuple(r for _, r in sorted(by_kind[Kind.CLOSURE].items())),
            stopped=any(_stopped(r.status) for r in edges.values()),
            inhibits=effective(*(side for r in edges.values() for side in (r.spec.inhibits, r.status.inhibits))),
        )
        if previous is not None and previous.graph is built.graph:
            # what follows from the layout alone; a snapshot is made with each request, names of 2,000 places are not
            known = {name: previous.__dict__[name] for name in _OF_LAYOUT if name in previous.__dict__}
            built.__dict__.update(known)
        return built

    # ---- names ----

    @cached_property
    def place_names(self) -> NameIndex:
        return NameIndex({p.name: p.aliases for p in self.graph.places.values()})

    @cached_property
    def robot_names(self) -> NameIndex:
        return NameIndex({r.name: r.spec.aliases for r in self.robots.values()})

    @cached_property
    def item_names(self) -> NameIndex:
        return NameIndex({i.name: i.aliases for i in self.items.values()})

    @cached_property
    def type_names(self) -> NameIndex:
        aliases: dict[str, set[str]] = {}
        for robot in self.robots.values():
            aliases.setdefault(robot.type, set()).update(robot.model.aliases)
        # "AMRs" for "AMR" needs no alias in the manifest
        return NameIndex({name: sorted({*spellings, name + "s"}) for name, spellings in aliases.items()})

    @cached_property
    def area_names(self) -> NameIndex:
        return NameIndex(dict.fromkeys(self.areas, ()))

    @cached_property
    def areas(self) -> Mapping[str, tuple[str, ...]]:
        """Area -> its places, both in the layout's order."""
        found: dict[str, list[str]] = {}
        for place in self.graph.places.values():
            if place.area:
                found.setdefault(place.area, []).append(place.name)
        return {area: tuple(places) for area, places in found.items()}

    def find_place(self, text: str) -> Place | None:
        name = self.place_names.find(text)
        return self.graph.places[name] if name is not None else None

    def find_robot(self, text: str) -> SiteRobot | None:
        name = self.robot_names.find(text)
        return self.robots[name] if name is not None else None

    def find_item(self, text: str) -> ItemSpec | None:
        name = self.item_names.find(text)
        return self.items[name] if name is not None else None

    def find_type(self, text: str) -> str | None:
        return self.type_names.find(text)

    def find_area(self, text: str) -> str | None:
        return self.area_names.find(text)

    def robots_of_type(self, type_name: str) -> tuple[SiteRobot, ...]:
        return tuple(r for r in self.robots.values() if r.type == type_name)

    def places_of_kind(self, kind: str) -> tuple[Place, ...]:
        return tuple(p for p in self.graph.places.values() if p.kind == kind)

    # ---- closures ----

    @cached_property
    def forbidden_nodes(self) -> frozenset[str]:
        """Nodes that the layout itself keeps robots out of."""
        return frozenset(n for p in self.places_of_kind(NO_ROBOT_ZONE) for n in p.nodes)

    @cached_property
    def closed_nodes(self) -> frozenset[str]:
        """Nodes that no robot may enter now: of closures that are on, of inhibited zones, and of no_robot_zones."""
        nodes = set(self.forbidden_nodes)
        for closure in self.open_closures:
            for target in closure.spec.targets:
                nodes.update(self.nodes_of(target))
        for inhibit in self.inhibits:
            if inhibit.kind is InhibitKind.ZONE:
                nodes.update(self.nodes_of(inhibit.target))
        return frozenset(nodes)

    def inhibited(self, robot: str) -> Inhibit | None:
        """The entry that puts this robot out of service."""
        return next((i for i in self.inhibits if i.kind is InhibitKind.ROBOT and i.target == robot), None)

    @property
    def open_closures(self) -> tuple[ClosureResource, ...]:
        """Closures whose time is not over."""
        return tuple(c for c in self.closures if c.spec.until_at is None or c.spec.until_at > self.now)

    def nodes_of(self, target: str) -> tuple[str, ...]:
        """The graph's nodes of a place, an area or a node id; none for an unknown name."""
        if target in self.graph.places:
            return self.graph.places[target].nodes
        if target in self.areas:
            return tuple(n for name in self.areas[target] for n in self.graph.places[name].nodes)
        return (target,) if target in self.graph.nodes else ()

    def is_closed(self, place: str) -> bool:
        """Whether none of the place's nodes may be entered."""
        nodes = self.graph.places[place].nodes
        return bool(nodes) and all(n in self.closed_nodes for n in nodes)

    def travel_times(self) -> TravelTimes:
        """Free-flow travel that keeps out of closed nodes; keep it as long as the closures stay."""
        return TravelTimes(self.graph, blocked=self.closed_nodes)

    # ---- for the language planner ----

    def registry(self) -> Registry:
        """Every name that a sentence on this site may mean."""
        return Registry(
            site=self.site,
            title=self.layout.title,
            places=tuple(
                RegistryPlace(name=p.name, kind=p.kind, aliases=p.aliases, area=p.area) for p in self.graph.places.values()
            ),
            robots=tuple(
                RegistryRobot(
                    name=r.name,
                    type=r.type,
                    capabilities=tuple(str(c) for c in r.model.capabilities),
                    payload_kg=r.payload_kg,
                    aliases=r.spec.aliases,
                )
                for r in self.robots.values()
            ),
            items=tuple(
                RegistryItem(name=i.name, unit_kg=i.unit_kg, home=i.home, aliases=i.aliases) for i in self.items.values()
            ),
            type_aliases={r.type: r.model.aliases for r in self.robots.values()},
            notes=self.layout.notes,
        )


def _robot(name: str, robot: AnyResource, model: RobotModelSpec, previous: Site | None) -> SiteRobot:
    """The one of the previous snapshot while nothing of it has changed: most have not from one request to the next."""
    old = previous.robots.get(name) if previous is not None else None
    if old is not None and old.spec is robot.spec and old.model is model and old.status is robot.status:
        return old
    return SiteRobot(name, robot.spec, model, robot.status)


#: Cached properties of a Site that depend on nothing but its layout.
_OF_LAYOUT = ("place_names", "item_names", "area_names", "areas", "forbidden_nodes")


def _layout(by_kind: Mapping[Kind, Mapping[str, AnyResource]], site: str) -> LayoutSpec:
    layouts = by_kind[Kind.LAYOUT]
    wanted = [r.spec.layout for _, r in sorted(by_kind[Kind.EDGE_NODE].items()) if r.spec.layout in layouts]
    name = wanted[0] if wanted else min(layouts, default="")
    if not name:
        raise NotFound(f"site {site!r} has no layout", field="layout", fix="apply one: drover apply -f layout.yaml")
    spec: LayoutSpec = layouts[name].spec
    return spec


def _edge(edges: Iterable[str], robots: Iterable[AnyResource]) -> str:
    """The edge node that gets the site's missions: the one that drives most robots, of equals the first by name."""
    driven = Counter(r.spec.edge for r in robots)
    return min(edges, key=lambda name: (-driven[name], name), default="")


def _graph(layout: LayoutSpec) -> SiteGraph:
    return site_graph(layout).graph


def _stopped(status: EdgeNodeStatus) -> bool:
    return status.stopped
