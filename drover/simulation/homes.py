"""Where robots that a simulation adds shall live.

Traffic is live where every robot has a home of its own off the others' ways (fleet/traffic/safety.py). A site says which
places are made for standing (parking, chargers). A bare LIF does not: there, homes are stations that leave a live site,
as traffic itself would judge it: with robots in all of them for ever, every other place is still reached from every other.
"""

from __future__ import annotations

from collections.abc import Sequence

from fleet.layout.check import APART_M_DEFAULT, lanes_near
from fleet.layout.graph import Place, SiteGraph
from fleet.layout.near import Near
from fleet.traffic.roads import Roads

#: Kinds of places that are made for standing, best first.
HOME_KINDS = ("parking", "charger")

_NONE: frozenset[str] = frozenset()


def is_bare(graph: SiteGraph) -> bool:
    """No place says what it is for: the layout is a LIF without a site's places."""
    return not any(p.kind for p in graph.places.values())


def parking(graph: SiteGraph, apart_m: float = APART_M_DEFAULT) -> list[Place]:
    """Places made for standing, best first: off all lanes (nothing of others' nearer than `apart_m`), then the rest."""
    near = Near(graph)
    found = [p for p in graph.places.values() if p.nodes and p.kind in HOME_KINDS]
    return sorted(found, key=lambda p: (bool(lanes_near(graph, near, p.nodes[0], apart_m)), HOME_KINDS.index(p.kind), p.name))


def apart(graph: SiteGraph, places: Sequence[Place], taken: Sequence[str], apart_m: float) -> list[str]:
    """Names of those of `places`, in their order, nowhere nearer than `apart_m` to a node in `taken` or to each other."""
    roads, nodes, found = Roads(graph), list(taken), []
    for place in places:
        if all(roads.apart_m(place.nodes[0], other) >= apart_m for other in nodes):
            found.append(place.name)
            nodes.append(place.nodes[0])
    return found


def secluded(graph: SiteGraph, wanted: int, apart_m: float) -> list[str]:
    """At most `wanted` places that can all be homes at once, greedily: first those that take least room from others.

    `apart_m`: what two robots' centres must keep.
    """
    roads = Roads(graph)
    nodes = _core(roads, sorted({p.nodes[0]: p.name for p in graph.places.values() if p.nodes}))
    shuts = {node: roads.closure(roads.node_bit[node], apart_m) for node in nodes}

    def room(node: str) -> tuple[int, int, str]:
        return sum(1 for n in nodes if shuts[node] & roads.node_bit[n]), len(graph.out[node]), node

    homes: list[str] = []
    for node in sorted(nodes, key=room):
        if len(homes) == wanted:
            break
        if _live(roads, nodes, [*homes, node], shuts):
            homes.append(node)
    names = {p.nodes[0]: p.name for p in graph.places.values() if p.nodes}
    return [names[n] for n in homes]


def _core(roads: Roads, nodes: list[str]) -> list[str]:
    """The largest set found of nodes that all reach each other (at once when it is most of them)."""
    best: list[str] = []
    for hub in nodes:
        there = [n for n in nodes if _both_ways(roads, hub, n, 0)]
        best = max(best, there, key=len)
        if 2 * len(best) > len(nodes):
            break
    return best


def _live(roads: Roads, nodes: list[str], homes: list[str], shuts: dict[str, int]) -> bool:
    """With a robot in each home, two or more nodes are left, all reach each other, and each robot reaches them and comes back."""
    shut = 0
    for home in homes:
        if shut & roads.node_bit[home]:
            return False
        shut |= shuts[home]
    left = [n for n in nodes if not shut & roads.node_bit[n]]
    if len(left) < 2 or not all(_both_ways(roads, left[0], n, shut) for n in left[1:]):
        return False
    for home in homes:
        others = 0
        for other in homes:
            others |= shuts[other] if other != home else 0
        if not _both_ways(roads, home, left[0], others):
            return False
    return True


def _both_ways(roads: Roads, a: str, b: str, blocked: int) -> bool:
    return all(roads.reach(s, e, blocked, _NONE, _NONE) is not None for s, e in ((a, b), (b, a)))
