"""Zones, doors and lifts of a Layout, read against its graph: what of the roads is shared, and what a device opens.

Devices are asked as docs/devices.md says. A lift's cabin has a node on each level: the edges into and out of that node need
the lift there with its door open, the edges between its nodes are the ride, and all of them together are one mutex zone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from fleet.contracts.errors import InvalidInput
from fleet.contracts.layout import LayoutSpec, LiftSpec, Rest, ZoneKind, ZoneSpec
from fleet.contracts.manifest import check_name
from fleet.layout.graph import Gate, SiteGraph, Zone

#: Most zones, doors and lifts of a layout, together.
ENTRIES_MAX = 2000
#: Largest capacity of a zone.
CAPACITY_MAX = 10_000


def zones(layout: LayoutSpec, graph: SiteGraph) -> tuple[Zone, ...]:
    """The zones that are written, and one for each lift's cabin. Raises InvalidInput naming the field."""
    total = len(layout.zones) + len(layout.doors) + len(layout.lifts)
    if total > ENTRIES_MAX:
        raise InvalidInput(f"{total} zones, doors and lifts", field="spec.zones", fix=f"at most {ENTRIES_MAX} on a site")
    found: dict[str, Zone] = {}
    for index, spec in enumerate(layout.zones):
        path = f"spec.zones[{index}]"
        _new_name(spec.name, found, path)
        _known(spec.nodes, graph.nodes, f"{path}.nodes", "nodeId")
        found[spec.name] = Zone(spec.name, frozenset(spec.nodes), _capacity(spec, path))
    for index, lift in enumerate(layout.lifts):
        path = f"spec.lifts[{index}]"
        _new_name(lift.name, found, path)
        found[lift.name] = Zone(lift.name, frozenset(_cabin(lift, graph, path)))
    return tuple(found.values())


def gates(layout: LayoutSpec, graph: SiteGraph) -> dict[str, Gate]:
    """Edge id -> its gate. Raises InvalidInput naming the field: unknown edges and nodes, an edge behind two devices."""
    found: dict[str, Gate] = {}
    names: set[str] = set()
    for index, door in enumerate(layout.doors):
        path = f"spec.doors[{index}]"
        _new_name(door.name, names, path)
        names.add(door.name)
        _known(door.edges, graph.edges, f"{path}.edges", "edgeId")
        for edge in door.edges:
            _put(found, edge, Gate(door.name, open_at_rest=door.rest is Rest.OPEN), f"{path}.edges")
    for index, lift in enumerate(layout.lifts):
        path = f"spec.lifts[{index}]"
        _new_name(lift.name, names, path)
        names.add(lift.name)
        for edge_id, gate in _lift_gates(lift, graph, _cabin(lift, graph, path)):
            _put(found, edge_id, gate, f"{path}.levels")
    return found


def _lift_gates(lift: LiftSpec, graph: SiteGraph, cabin: dict[str, str]) -> Iterator[tuple[str, Gate]]:
    """The lift must be where the robot is to come out: for the ride that is the level at its end."""
    for node, target in cabin.items():
        for edge in graph.into[node]:
            yield edge.edge_id, Gate(lift.name, target)
        for edge in graph.out[node]:
            if edge.end not in cabin:
                yield edge.edge_id, Gate(lift.name, target)


def _cabin(lift: LiftSpec, graph: SiteGraph, path: str) -> dict[str, str]:
    """node -> target."""
    _known([level.node for level in lift.levels], graph.nodes, f"{path}.levels", "nodeId")
    for level in lift.levels:
        if not level.target:
            raise InvalidInput("no target", field=f"{path}.levels", fix="write what the device calls the level")
    return {level.node: level.target for level in lift.levels}


def _capacity(spec: ZoneSpec, path: str) -> int:
    if not 1 <= spec.capacity <= CAPACITY_MAX:
        raise InvalidInput(f"{spec.capacity}", field=f"{path}.capacity", fix=f"1 to {CAPACITY_MAX} robots")
    if spec.kind is ZoneKind.MUTEX and spec.capacity != 1:
        raise InvalidInput(f"{spec.capacity} robots in a mutex", field=f"{path}.capacity", fix="leave it out, or kind: capacity")
    return spec.capacity


def _new_name(name: str, taken: Collection[str], path: str) -> None:
    check_name(name, field=f"{path}.name")
    if name in taken:
        raise InvalidInput(f"{name!r} is there twice", field=f"{path}.name", fix="names of zones and of devices are unique")


def _known(ids: Iterable[str], known: Collection[str], field: str, what: str) -> None:
    ids = list(ids)
    if not ids:
        raise InvalidInput("empty", field=field, fix=f"name at least one {what} of the LIF file")
    for index, each in enumerate(ids):
        if each not in known:
            raise InvalidInput(f"no {each!r}", field=f"{field}[{index}]", fix=f"name a {what} of the LIF file")
        if each in ids[:index]:
            raise InvalidInput(f"{each!r} is there twice", field=f"{field}[{index}]", fix="name each once")


def _put(found: dict[str, Gate], edge: str, gate: Gate, field: str) -> None:
    if edge in found and found[edge] != gate:
        raise InvalidInput(
            f"{edge!r} leads through {found[edge].device!r} already", field=field, fix="split the edge: one device an edge"
        )
    found[edge] = gate
