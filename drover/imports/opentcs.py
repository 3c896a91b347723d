"""openTCS plant models (XML, model versions 4 to 7) as a site of ours.

Points become nodes (millimetres to metres), paths edges (also backwards where a vehicle may reverse), locations stations,
blocks mutex zones, peripherals that paths ask to open doors, vehicles robots. Source: openTCS user's guide, "Plant model
elements". Curved paths become straight ones, as all edges of ours are.
"""

from __future__ import annotations

import math
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from drover.floors.drawing import Floor, amr_model
from drover.imports.common import Imported, name_of, site_name
from fleet.contracts.errors import InvalidInput
from fleet.layout.notes import Notes, as_number, quote

#: Stretch of a curved path that is left unsaid: a tenth longer than straight, and 0.5 m.
_CURVE_RATIO, _CURVE_M = 1.1, 0.5
_CHARGE = ("CHARGE", "RECHARGE")


def read(text: str, name: str) -> Imported:
    """Raises InvalidInput: no XML, no plant model, a point or path without what it needs."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise InvalidInput("has a document type", field="$", fix="an openTCS model has none; remove it")
    try:
        model = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise InvalidInput(f"not XML: {error}", field="$", fix="export it from the openTCS model editor") from None
    if model.tag != "model":
        raise InvalidInput(f"<{quote(model.tag)}>", field="$", fix="an openTCS plant model begins with <model>")
    title = model.get("name") or name
    floor = Floor(site_name(title), title, ["imported"])
    found = Imported(floor, Notes())
    for index, point in enumerate(model.iter("point")):
        floor.node(
            _text(point, "name", f"point[{index}]"), _metres(point, "positionX", index), _metres(point, "positionY", index)
        )
    if not floor.nodes:
        raise InvalidInput("no points", field="model", fix="a plant model needs at least one point")
    edges = _paths(model, found)
    _locations(model, found)
    _parking(model, found)
    _blocks(model, found, edges)
    _doors(model, found, edges)
    _vehicles(model, found)
    return found


def _paths(model: Element, found: Imported) -> dict[str, tuple[str, str]]:
    """Name of each path that is driven -> its ends."""
    ends: dict[str, tuple[str, str]] = {}
    for index, path in enumerate(model.iter("path")):
        where = f"path[{index}]"
        start, end = (_text(path, key, where) for key in ("sourcePoint", "destinationPoint"))
        for node in (start, end):
            if node not in found.floor.nodes:
                raise InvalidInput(f"no point {quote(node)}", field=where, fix="name a point of the model")
        if path.get("locked") == "true":
            found.notes.warn(where, "locked, left out")
            continue
        ends[path.get("name") or f"{start} --- {end}"] = (start, end)
        forwards, backwards = ((as_number(path.get(k)) or 0.0) / 1000 for k in ("maxVelocity", "maxReverseVelocity"))
        if forwards > 0:
            found.floor.one_way(start, end, speed=forwards)
        if backwards > 0:
            found.floor.one_way(end, start, speed=backwards)
        length, straight = (as_number(path.get("length")) or 0.0) / 1000, _straight_m(found, start, end)
        if length > straight * _CURVE_RATIO + _CURVE_M:
            found.notes.warn(where, "longer than the straight line, which is what is driven: add points along its curve")
    return ends


def _locations(model: Element, found: Imported) -> None:
    operations = {
        kind.get("name"): [str(o.get("name")) for o in kind.iter("allowedOperation")] for kind in model.iter("locationType")
    }
    taken = {p["name"] for p in found.floor.places}
    for index, location in enumerate(model.iter("location")):
        where = f"location[{index}]"
        known = operations.get(location.get("type"), [])
        links = [link.get("point") for link in location.iter("link") if link.get("point") in found.floor.nodes]
        if not links:
            if known:
                found.notes.warn(where, "no point is linked, ignored")
            continue
        name = name_of(location.get("name") or "", f"Location {index + 1}")
        if name in taken or location.get("locked") == "true":
            found.notes.warn(where, f"{quote(name)} is locked or there twice, ignored")
            continue
        taken.add(name)
        charger = any(o.upper() in _CHARGE for o in known)
        kind = "charger" if charger else name_of((location.get("type") or "station").lower(), "station")
        node = str(links[0])
        found.floor.station(node, name, kind)
        _act(found, node, ("startCharging", "stopCharging") if charger else ("pick", "drop"))
        if len(links) > 1:
            found.notes.warn(where, "several points: the first is used")


def _parking(model: Element, found: Imported) -> None:
    """PARK_POSITION points that are no station yet, those with the best priority first."""
    stations = {n for s in found.floor.stations for n in s["interactionNodeIds"]}
    points = [p for p in model.iter("point") if p.get("type") == "PARK_POSITION" and p.get("name") not in stations]
    for point in sorted(points, key=lambda p: (_priority(p), str(p.get("name")))):
        found.floor.station(str(point.get("name")), name_of(f"Park {point.get('name')}", "Park"), "parking")


def _priority(point: Element) -> float:
    values = [p.get("value") for p in point.iter("property") if p.get("name") == "tcs:parkingPositionPriority"]
    return as_number(values[0] if values else None) or math.inf


def _blocks(model: Element, found: Imported, edges: dict[str, tuple[str, str]]) -> None:
    """Who is on a path of a block holds the node at its end: those nodes are the zone."""
    for index, block in enumerate(model.iter("block")):
        members = [str(m.get("name")) for m in block.iter("member")]
        nodes = [edges[m][1] if m in edges else m for m in members if m in edges or m in found.floor.nodes]
        if block.get("type") == "SAME_DIRECTION_ONLY":
            found.notes.warn(f"block[{index}]", "SAME_DIRECTION_ONLY is read as one vehicle at a time")
        if nodes:
            found.floor.zone(name_of(block.get("name") or "", f"Block {index + 1}"), dict.fromkeys(nodes))


def _doors(model: Element, found: Imported, edges: dict[str, tuple[str, str]]) -> None:
    asked: dict[str, list[str]] = {}
    for path in model.iter("path"):
        for operation in path.iter("peripheralOperation"):
            if str(operation.get("name")).lower() == "open" and path.get("name") in edges:
                start, end = edges[str(path.get("name"))]
                asked.setdefault(str(operation.get("locationName")), []).append(f"{start}_{end}")
    for index, (name, through) in enumerate(sorted(asked.items())):
        found.door(name_of(name, f"Door {index + 1}"), through)


def _vehicles(model: Element, found: Imported) -> None:
    """One model for all: the largest box, the lowest speed. Each robot gets the next parking place."""
    vehicles = list(model.iter("vehicle"))
    boxes = [v if (b := v.find("boundingBox")) is None else b for v in vehicles]
    lengths, widths = ([x / 1000 for b in boxes if (x := as_number(b.get(k)))] for k in ("length", "width"))
    speeds = [s / 1000 for v in vehicles if (s := as_number(v.get("maxVelocity")))]
    found.model = amr_model(
        "imported",
        manufacturer="imported",
        length_m=max(lengths, default=1.0),
        width_m=max(widths, default=0.7),
        speed_mps_max=min((s for s in speeds if s > 0), default=1.0),
    )
    places = [p["name"] for p in found.floor.places if p["kind"] in ("parking", "charger")]
    for index, vehicle in enumerate(vehicles):
        name = name_of(vehicle.get("name") or "", f"Vehicle {index + 1}")
        found.homes[name] = places[index] if index < len(places) else ""


def _act(found: Imported, node: str, actions: tuple[str, ...]) -> None:
    for entry in found.floor.nodes[node]["vehicleTypeNodeProperties"]:
        entry["actions"] = [{"actionType": a, "requirementType": "OPTIONAL", "blockingType": "HARD"} for a in actions]


def _straight_m(found: Imported, a: str, b: str) -> float:
    one, two = (found.floor.nodes[n]["nodePosition"] for n in (a, b))
    return math.hypot(one["x"] - two["x"], one["y"] - two["y"])


def _text(element: Element, key: str, where: str) -> str:
    value = element.get(key)
    if not value:
        raise InvalidInput("missing", field=f"{where}.{key}", fix="export the model again")
    return value


def _metres(point: Element, key: str, index: int) -> float:
    value = as_number(point.get(key))
    if value is None:
        raise InvalidInput(f"{quote(point.get(key))} is not a number", field=f"point[{index}].{key}", fix="millimetres")
    return value / 1000
