"""What all importers share: names that the contracts accept, the model of a robot, homes off the lanes."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field, replace
from typing import Any

from drover.floors.drawing import Drawing, Floor, amr_model
from drover.simulation.homes import secluded
from fleet.contracts.errors import InvalidInput
from fleet.contracts.manifest import check_name
from fleet.layout.check import NAMES_MAX, lanes_near
from fleet.layout.graph import SiteGraph
from fleet.layout.lif import read
from fleet.layout.near import Near
from fleet.layout.notes import Notes
from fleet.layout.spurs import propose

#: Gap between the circles around two robots that stand, metres.
GAP_M = 0.25
#: Largest file that is read, bytes.
BYTES_MAX = 16 * 1024 * 1024
STANDING = ("parking", "charger")


@dataclass
class Imported:
    """A site in the making. `homes`: robot -> place, as the file says. `notes` collects what could not be carried over."""

    floor: Floor
    notes: Notes
    model: dict[str, Any] = field(default_factory=lambda: amr_model("imported"))
    homes: dict[str, str] = field(default_factory=dict)

    def door(self, name: str, edges: list[str]) -> None:
        """Open at rest, as nothing in a file of others says what device would open it; the warning says how to change that."""
        self.floor.doors.append({"name": name, "edges": list(dict.fromkeys(edges)), "rest": "open"})
        self.notes.warn(f"doors[{len(self.floor.doors) - 1}]", "taken as open: write rest: closed where a device opens it")

    def graph(self) -> SiteGraph:
        """With our kinds of places, as the site's manifests will say them."""
        graph = read(self.floor.lif()).graph
        kinds = {p["station"]: p["kind"] for p in self.floor.places}
        return SiteGraph.build(
            graph.nodes.values(),
            graph.edges.values(),
            [replace(place, kind=kinds.get(place.station_id, place.kind)) for place in graph.places.values()],
        )

    @property
    def apart_m(self) -> float:
        return math.hypot(self.model["length_m"], self.model["width_m"]) + GAP_M


def finish(found: Imported, *, robots: int | None, parking: int) -> tuple[Drawing, tuple[str, ...]]:
    """The drawing with `parking` spurs added and a home for each robot, and the warnings.

    Robots live where they block nobody: parking and charging places off the lanes first, those that the file gives a robot
    before others. `robots` None: those of the file, or one. Raises InvalidInput where fewer places than robots are off the lanes
    and none can be proposed.
    """
    graph = found.graph()
    drawn = off_lanes(graph, found.apart_m)
    for number, spur in enumerate(propose(graph, parking, apart_m=found.apart_m), 1):
        node = found.floor.nodes[spur.node]["nodePosition"]
        name = f"Bay {number}"
        found.floor.bay(spur.node, spur.x_m - node["x"], spur.y_m - node["y"], name, "parking", area="Proposed parking")
        drawn.append(name)
    if parking:
        found.notes.warn("parking", f"{len(drawn)} places off the lanes with the proposed ones: see that there is floor for them")
    names = list(found.homes) or [f"R{n}" for n in range(1, (robots or 1) + 1)]
    if robots is not None:
        names = [*names[:robots], *(f"R{n}" for n in range(len(names) + 1, robots + 1))]
    homes = _homes(found, graph, names, drawn)
    model = found.model | {"manufacturer": "imported"}
    specs = {
        name: {"model": "imported-amr", "serial_number": f"imp{n:04}", "home": homes[name]} for n, name in enumerate(names, 1)
    }
    drawing = Drawing(found.floor, [], {"imported-amr": model}, specs, made_by="drover convert layout")
    return drawing, found.notes.warnings()


def _homes(found: Imported, graph: SiteGraph, names: list[str], off: list[str]) -> dict[str, str]:
    """Each robot's own place: off the lanes while there are such, then those that the file gives it, with a warning.

    A file without any place for standing: stations that leave the others within reach (drover/simulation/homes.py)."""
    free = [*off, *(p["name"] for p in found.floor.places if p["kind"] in STANDING and p["name"] not in off)]
    homes: dict[str, str] = {}
    for name in names:
        given = found.homes.get(name, "")
        if given in free and (given in off or not off):
            homes[name] = given
            free.remove(given)
    if not free and not homes:
        free = secluded(graph, len(names), found.apart_m)
    for name in names:
        if name not in homes:
            if not free:
                raise InvalidInput(
                    f"{len(names)} robots, but room for {len(homes)}", field="--robots", fix="use fewer, or more --parking"
                )
            homes[name] = free.pop(0)
    odd = sorted(home for home in homes.values() if home not in off)
    if odd:
        some = ", ".join(odd[:NAMES_MAX])
        found.notes.warn("robots", f"{len(odd)} live on lanes or where others work, and block them ({some}): add --parking")
    return homes


def off_lanes(graph: SiteGraph, apart_m: float) -> list[str]:
    """Parking and charging places where a robot blocks nobody, parking first."""
    near = Near(graph)
    found = []
    for place in sorted(graph.places.values(), key=lambda p: (p.kind not in STANDING or STANDING.index(p.kind), p.name)):
        if place.kind in STANDING and len(place.nodes) == 1 and not lanes_near(graph, near, place.nodes[0], apart_m):
            found.append(place.name)
    return found


def name_of(text: str, fallback: str) -> str:
    """A name that the contracts accept: what they refuse becomes a space."""
    name = " ".join(re.sub(r"[^\w .'()-]", " ", text).split())[:60] or fallback
    try:
        check_name(name)
    except InvalidInput:
        return fallback
    return name


def site_name(text: str) -> str:
    """A name for a site: lower case, letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40] or "imported"
