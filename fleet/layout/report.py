"""All checks of a layout in one report: what would make traffic slow or stuck, and how many robots it takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from fleet.layout.branches import Branches, branches
from fleet.layout.check import APART_M_DEFAULT, NAMES_MAX, check, lanes_near
from fleet.layout.cycles import Admission, Cycles, admissions, cycles
from fleet.layout.graph import SiteGraph
from fleet.layout.near import Near
from fleet.traffic.csr import RoadArrays, from_site

STANDING = ("parking", "charger")
#: Robots on the lanes at which they get into each other's way more than they bring, as a share of the places to stand there:
#: measured on warehouse grids, where throughput is flat from about a fifth on.
_DENSE = 0.2


@dataclass(frozen=True, eq=False)
class Report:
    """`warnings`: for people, empty for a layout that flows. `roads`, `branches`, `cycles`: numbered alike.

    `room`: parking and charging places off all lanes, which is how many robots can live there. `lanes_room`: how many can stand
    on the nodes of the lanes at once, by geometry. `cap`: with how many on the lanes there is always room ahead of each;
    `pockets`: small sets of nodes that must not be full for that (node ids).
    """

    warnings: tuple[str, ...]
    roads: RoadArrays
    branches: Branches
    cycles: Cycles
    admissions: tuple[Admission, ...]
    room: int
    lanes_room: int

    @property
    def cap(self) -> int:
        return min(sum(a.cap for a in self.admissions), self.lanes_room)

    @property
    def pockets(self) -> list[tuple[str, ...]]:
        return [tuple(self.roads.node_ids[n] for n in p.nodes) for a in self.admissions for p in a.pockets]

    def facts(self) -> dict[str, int]:
        """For people and machines, in a fixed order."""
        return {
            "nodes": self.roads.n_nodes,
            "edges": self.roads.n_edges,
            "lane_nodes": int(self.branches.core.sum()),
            "dead_ends": self.branches.count,
            "deep_dead_ends": int((self.branches.size > 1).sum()),
            "robots_off_lanes": self.room,
            "robots_on_lanes_max": self.cap,
            "robots_on_lanes_good": max(1, int(_DENSE * self.lanes_room)) if self.lanes_room else 0,
            "pockets": len(self.pockets),
        }


def report(graph: SiteGraph, homes: Mapping[str, str], *, apart_m: float = APART_M_DEFAULT) -> Report:
    """`homes`: robot -> home node. `apart_m`: what the centres of two robots keep. Seconds for 5,000 nodes."""
    roads = from_site(graph, 1.0)
    dead_ends = branches(roads)
    found = cycles(roads, dead_ends)
    caps = tuple(admissions(roads, dead_ends, found))
    near = Near(graph)
    warnings = [
        *check(graph, homes, apart_m=apart_m),
        *_dead_end_warnings(roads, dead_ends),
        *_cycle_warnings(roads, dead_ends, found, caps),
    ]
    room = _room(graph, near, apart_m)
    if homes and len(homes) > room:
        warnings.append(f"{len(homes)} robots live here, but only {room} parking or charging places are off all lanes")
    return Report(tuple(warnings), roads, dead_ends, found, caps, room, _lanes_room(graph, near, roads, dead_ends, apart_m))


def _dead_end_warnings(roads: RoadArrays, found: Branches) -> list[str]:
    warnings = []
    if not found.core.any():
        warnings.append("no ring of lanes at all: two robots that meet can never pass each other")
    deep = np.flatnonzero(found.size > 1)
    if found.core.any() and len(deep):
        mouths = [f"{roads.node_ids[found.mouth_node[b]]} ({found.size[b]} nodes)" for b in deep if found.mouth_node[b] >= 0]
        if mouths:
            warnings.append(f"dead ends with one way in, where one robot at a time has business: off {_some(mouths)}")
    return warnings


def _cycle_warnings(roads: RoadArrays, dead_ends: Branches, found: Cycles, caps: Sequence[Admission]) -> list[str]:
    warnings = []
    core = dead_ends.core
    bridges = sorted({_road(roads, int(e)) for e in np.flatnonzero(found.bridge)})
    if bridges:
        warnings.append(f"bridges, the only road between two parts: {_some(bridges)}")
    inside = core[roads.tail] & core[roads.head] & (found.part[roads.tail] == found.part[roads.head])
    bare = [_road(roads, int(e), arrow=True) for e in np.flatnonzero(inside & ~found.on_cycle & ~found.bridge)]
    if bare:
        warnings.append(f"on no cycle: who drives there can only change places with whom it meets: {_some(bare)}")
    tight = [p for a in caps for p in a.pockets if len(p.nodes) <= 3]
    if tight:
        warnings.append(
            f"rings of {len(tight[0].nodes)} that jam when full: {_some([roads.node_ids[p.nodes[-1]] for p in tight])}"
        )
    return warnings


def _room(graph: SiteGraph, near: Near, apart_m: float) -> int:
    """Greedily, in the order of their names."""
    taken: set[str] = set()
    for place in sorted(graph.places.values(), key=lambda p: p.name):
        for node in place.nodes if place.kind in STANDING else ():
            if not lanes_near(graph, near, node, apart_m) and not taken.intersection((node, *near.within(node, apart_m))):
                taken.add(node)
    return len(taken)


def _lanes_room(graph: SiteGraph, near: Near, roads: RoadArrays, found: Branches, apart_m: float) -> int:
    """How many robots can stand on nodes of the core at once, greedily."""
    taken: set[str] = set()
    for number in np.flatnonzero(found.core):
        node = roads.node_ids[number]
        if not taken.intersection(near.within(node, apart_m)):
            taken.add(node)
    return len(taken)


def _road(roads: RoadArrays, edge: int, *, arrow: bool = False) -> str:
    tail, head = roads.node_ids[roads.tail[edge]], roads.node_ids[roads.head[edge]]
    return f"{tail} to {head}" if arrow else " - ".join(sorted((tail, head)))


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMES_MAX} more" if len(names) > NAMES_MAX else ""
    return ", ".join(names[:NAMES_MAX]) + more
