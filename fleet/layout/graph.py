"""The site as a directed graph of VDA 5050 nodes and edges, with the places that people name.

One-way lanes are simply edges without a reverse. Metres, radians, right-handed, x forward.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from fleet.contracts.errors import InvalidInput, NotFound

V = TypeVar("V")

#: Speed where neither edge nor robot says another, m/s.
SPEED_MPS_DEFAULT = 1.5


@dataclass(frozen=True, slots=True)
class SiteNode:
    node_id: str
    x_m: float
    y_m: float
    map_id: str = "map"
    theta_rad: float | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class SiteEdge:
    """Directed, straight from start to end. `speed_mps_max` None: the robot's own."""

    edge_id: str
    start: str
    end: str
    length_m: float
    speed_mps_max: float | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A LIF station under the name people use. `nodes`: interaction nodes, the first one is used by default."""

    name: str
    station_id: str
    nodes: tuple[str, ...]
    kind: str = ""
    aliases: tuple[str, ...] = ()
    area: str = ""


@dataclass(frozen=True, slots=True)
class Zone:
    """At most `capacity` robots hold nodes of it at a time."""

    name: str
    nodes: frozenset[str]
    capacity: int = 1


@dataclass(frozen=True, slots=True)
class Gate:
    """An edge that is driven only while a device says so: a door that is open, a lift that is open at a level.

    `target`: the level, "" for a door. `open_at_rest`: passed without asking until the device says that it is closed.
    """

    device: str
    target: str = ""
    open_at_rest: bool = False


@dataclass(frozen=True, slots=True)
class Path:
    """`nodes` n >= 1, `edges` n - 1."""

    nodes: tuple[str, ...]
    edges: tuple[SiteEdge, ...]
    length_m: float
    time_s: float


@dataclass(frozen=True)
class SiteGraph:
    """Immutable; build it with `build`. `out[node]` lists outgoing edges; `places` by canonical name.

    `zones` and `gates` come with a Layout (fleet/layout/gates.py); a bare LIF has none.
    """

    nodes: Mapping[str, SiteNode]
    edges: Mapping[str, SiteEdge]
    places: Mapping[str, Place]
    out: Mapping[str, tuple[SiteEdge, ...]] = field(repr=False)
    into: Mapping[str, tuple[SiteEdge, ...]] = field(repr=False)
    zones: tuple[Zone, ...] = ()
    #: edge id -> what must be open
    gates: Mapping[str, Gate] = field(default_factory=dict)

    @classmethod
    def build(cls, nodes: Iterable[SiteNode], edges: Iterable[SiteEdge], places: Iterable[Place] = ()) -> SiteGraph:
        """Raises InvalidInput for duplicate ids, edges or places to unknown nodes, or no node at all."""
        by_id = _unique(((n.node_id, n) for n in nodes), "nodeId")
        if not by_id:
            raise InvalidInput("no nodes", field="nodes", fix="a layout needs at least one node")
        edges_by_id = _unique(((e.edge_id, e) for e in edges), "edgeId")
        out: dict[str, list[SiteEdge]] = {n: [] for n in by_id}
        into: dict[str, list[SiteEdge]] = {n: [] for n in by_id}
        for edge in edges_by_id.values():
            for end, name in ((edge.start, "startNodeId"), (edge.end, "endNodeId")):
                if end not in by_id:
                    raise InvalidInput(f"no node {end!r}", field=f"edges[{edge.edge_id}].{name}", fix="name a node of this file")
            out[edge.start].append(edge)
            into[edge.end].append(edge)
        places_by_name = _unique(((p.name, p) for p in places), "stationName")
        for place in places_by_name.values():
            for node in place.nodes:
                if node not in by_id:
                    raise InvalidInput(
                        f"no node {node!r}",
                        field=f"stations[{place.station_id}].interactionNodeIds",
                        fix="name a node of this file",
                    )
        return cls(
            nodes=by_id,
            edges=edges_by_id,
            places=places_by_name,
            out={k: tuple(v) for k, v in out.items()},
            into={k: tuple(v) for k, v in into.items()},
        )

    def place(self, name: str) -> Place:
        """Raises NotFound."""
        found = self.places.get(name)
        if found is None:
            raise NotFound(f"no place {name!r} on this site", field="place", fix="see `drover get layout -o yaml` for the names")
        return found

    def edge_between(self, start: str, end: str) -> SiteEdge | None:
        """The shortest edge from start to end, or None."""
        edges = [e for e in self.out.get(start, ()) if e.end == end]
        return min(edges, key=lambda e: e.length_m) if edges else None

    def shortest_path(
        self,
        start: str,
        goal: str,
        *,
        blocked: frozenset[str] = frozenset(),
        speed_mps: float = SPEED_MPS_DEFAULT,
        extra_s: Mapping[str, float] | None = None,
    ) -> Path | None:
        """Fastest path (Dijkstra) that enters no node in `blocked`; None if there is none.

        `extra_s`: seconds added for entering a node (congestion, a robot that stands there).
        """
        best: dict[str, float] = {start: 0.0}
        via: dict[str, SiteEdge] = {}
        heap: list[tuple[float, str]] = [(0.0, start)]
        while heap:
            time_s, node = heapq.heappop(heap)
            if node == goal:
                return self._trace(start, goal, via, time_s)
            if time_s > best[node]:
                continue
            for edge in self.out[node]:
                if edge.end in blocked:
                    continue
                cost = time_s + edge_time_s(edge, speed_mps) + (extra_s.get(edge.end, 0.0) if extra_s else 0.0)
                if cost < best.get(edge.end, float("inf")):
                    best[edge.end] = cost
                    via[edge.end] = edge
                    heapq.heappush(heap, (cost, edge.end))
        return None

    def times_from(
        self, start: str, *, speed_mps: float = SPEED_MPS_DEFAULT, blocked: frozenset[str] = frozenset()
    ) -> dict[str, float]:
        """Free-flow seconds from `start` to every node that can be reached without entering a node in `blocked`."""
        best: dict[str, float] = {start: 0.0}
        heap: list[tuple[float, str]] = [(0.0, start)]
        while heap:
            time_s, node = heapq.heappop(heap)
            if time_s > best[node]:
                continue
            for edge in self.out[node]:
                if edge.end in blocked:
                    continue
                cost = time_s + edge_time_s(edge, speed_mps)
                if cost < best.get(edge.end, float("inf")):
                    best[edge.end] = cost
                    heapq.heappush(heap, (cost, edge.end))
        return best

    def nearest_node(self, x_m: float, y_m: float, *, map_id: str | None = None) -> tuple[str, float]:
        """(node id, distance in metres) of the node nearest to a pose."""
        candidates = [n for n in self.nodes.values() if map_id is None or n.map_id == map_id] or list(self.nodes.values())
        best = min(candidates, key=lambda n: (n.x_m - x_m) ** 2 + (n.y_m - y_m) ** 2)
        return best.node_id, ((best.x_m - x_m) ** 2 + (best.y_m - y_m) ** 2) ** 0.5

    def _trace(self, start: str, goal: str, via: Mapping[str, SiteEdge], time_s: float) -> Path:
        edges: list[SiteEdge] = []
        node = goal
        while node != start:
            edges.append(via[node])
            node = via[node].start
        edges.reverse()
        return Path(
            nodes=(start, *(e.end for e in edges)),
            edges=tuple(edges),
            length_m=sum(e.length_m for e in edges),
            time_s=time_s,
        )


def edge_time_s(edge: SiteEdge, speed_mps: float) -> float:
    """Free-flow seconds along the edge."""
    return edge.length_m / min(speed_mps, edge.speed_mps_max or speed_mps)


def _unique(pairs: Iterable[tuple[str, V]], what: str) -> dict[str, V]:
    found: dict[str, V] = {}
    for key, value in pairs:
        if key in found:
            raise InvalidInput(f"{key!r} is there twice", field=what, fix="ids must be unique in the file")
        found[key] = value
    return found
