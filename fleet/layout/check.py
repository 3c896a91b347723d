"""What about a site would make traffic slow or stuck: told when it is applied, not found out on the floor."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping

from fleet.layout.graph import SiteGraph
from fleet.layout.near import Near

#: Distance that two robots of the usual size keep between their centres, metres (1.0 x 0.7 m and 0.2 m of clearance).
APART_M_DEFAULT = 1.42
#: Most names that one warning lists.
NAMES_MAX = 5


def check(graph: SiteGraph, homes: Mapping[str, str], *, apart_m: float = APART_M_DEFAULT) -> list[str]:
    """Warnings, for people. `homes`: robot -> its home node. `apart_m`: both radii and the clearance."""
    warnings = []
    alone = sorted(n for n in graph.nodes if not graph.out[n] and not graph.into[n])
    if alone:
        warnings.append(f"isolated nodes, no edge leads there: {_names(alone)}")
    stuck = sorted(n for n in graph.nodes if not graph.out[n] and graph.into[n])
    if stuck:
        warnings.append(f"dead ends, no edge leads out: {_names(stuck)}")
    cut = sorted(set(graph.nodes) - largest_component(graph) - set(alone) - set(stuck))
    if cut:
        warnings.append(f"not strongly connected, no way there and back: {_names(cut)}")
    near = Near(graph)
    warnings += _home_warnings(graph, near, homes, apart_m)
    lived_at = set(homes.values())
    stations = {node: place.name for place in graph.places.values() for node in place.nodes}
    blocking = sorted({stations[n] for n in stations if n not in lived_at and lanes_near(graph, near, n, apart_m)})
    if blocking:
        warnings.append(f"a robot at work there blocks a lane: {_names(blocking)}")
    return warnings


def largest_component(graph: SiteGraph) -> frozenset[str]:
    """The largest set of nodes with a way from each to each (Kosaraju's two searches from every node not yet placed)."""
    best: frozenset[str] = frozenset()
    left = dict.fromkeys(graph.nodes)
    while left and len(left) > len(best):
        start = next(iter(left))
        component = component_of(graph, start)
        best = max(best, component, key=len)
        for node in component:
            left.pop(node, None)
    return best


def component_of(graph: SiteGraph, node: str) -> frozenset[str]:
    """All nodes with a way from `node` to them and back."""
    return frozenset(_reach(graph, node, forwards=True) & _reach(graph, node, forwards=False))


def _home_warnings(graph: SiteGraph, near: Near, homes: Mapping[str, str], apart_m: float) -> list[str]:
    warnings = []
    known = {robot: home for robot, home in sorted(homes.items()) if home in graph.nodes}
    for robot, home in sorted(homes.items()):
        if home not in known.values():
            warnings.append(f"{robot} has no home on this site: {home!r}")
    robots = list(known)
    for index, robot in enumerate(robots):
        for other in robots[:index]:
            if _apart_m(graph, known[robot], known[other]) < apart_m:
                warnings.append(f"{other} and {robot} can't both be at home: {known[other]}, {known[robot]}")
        lanes = lanes_near(graph, near, known[robot], apart_m)
        if lanes:
            warnings.append(f"{robot} at home ({known[robot]}) blocks lanes: {_names(sorted(lanes))}")
    return warnings


def lanes_near(graph: SiteGraph, near: Near, node: str, apart_m: float) -> list[str]:
    """Edges that others would want while a robot stands at the node: those too near, but for the node's own spur."""
    neighbours = {e.end for e in graph.out[node]} | {e.start for e in graph.into[node]}
    spur = len(neighbours) == 1
    return [e.edge_id for e in near.lanes(node, apart_m) if not (spur and node in (e.start, e.end))]


def _reach(graph: SiteGraph, start: str, *, forwards: bool) -> set[str]:
    found = {start}
    queue = deque((start,))
    while queue:
        node = queue.popleft()
        ends = [e.end for e in graph.out[node]] if forwards else [e.start for e in graph.into[node]]
        for end in ends:
            if end not in found:
                found.add(end)
                queue.append(end)
    return found


def _apart_m(graph: SiteGraph, a: str, b: str) -> float:
    one, two = graph.nodes[a], graph.nodes[b]
    return math.hypot(one.x_m - two.x_m, one.y_m - two.y_m) if one.map_id == two.map_id else math.inf


def _names(names: list[str]) -> str:
    more = f" and {len(names) - NAMES_MAX} more" if len(names) > NAMES_MAX else ""
    return ", ".join(names[:NAMES_MAX]) + more
