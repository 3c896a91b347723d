"""Open-RMF buildings (traffic editor's building.yaml) as a site of ours.

Vertices are pixels of a drawing, y down: measurement lines say how many metres a pixel is. Lanes become edges, named
vertices stations, doors those that a lane crosses, cabins of lifts the nodes that name one. Source: the traffic editor's
documentation, "building.yaml". Walls, models and cameras are not roads and are left out.
"""

from __future__ import annotations

import math
from typing import Any

import yaml

from drover.floors.drawing import Floor, amr_model
from drover.imports.common import Imported, name_of, site_name
from fleet.contracts.errors import InvalidInput
from fleet.layout.notes import Notes, as_number, quote
from fleet.traffic.geometry import Segment, distance_m

#: A robot of the demos (TinyRobot): radius 0.3 m, 0.5 m/s.
_TINY = {"length_m": 0.42, "width_m": 0.42, "speed_mps_max": 0.5}
_CHARGE = ("startCharging", "stopCharging")


def read(text: str, name: str) -> Imported:
    """Raises InvalidInput: no YAML, no levels, coordinates on a globe, a lane to nowhere."""
    try:
        building = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        raise InvalidInput(f"not YAML: {quote(str(error))}", field="$", fix="give a building.yaml") from None
    levels = building.get("levels") if isinstance(building, dict) else None
    if not isinstance(levels, dict) or not levels:
        raise InvalidInput("no levels", field="levels", fix="give a building.yaml of the traffic editor")
    system = str(building.get("coordinate_system") or "reference_image")
    if system == "wgs84":
        raise InvalidInput("wgs84", field="coordinate_system", fix="export it in metres (cartesian_meters)")
    title = str(building.get("name") or name)
    title = name if title == "building" else title
    found = Imported(Floor(site_name(title), title, ["imported"]), Notes())
    found.model = amr_model("imported", manufacturer="imported", **_TINY)
    found.notes.warn("robots", "the file has no sizes: those of the demos' TinyRobot are taken, change them to yours")
    cabins: dict[str, list[tuple[str, str]]] = {}
    for level, body in levels.items():
        if isinstance(body, dict):
            _level(str(level), body, found, cabins, many=len(levels) > 1, metres=system == "cartesian_meters")
    if not found.floor.nodes:
        raise InvalidInput("no lanes", field="levels", fix="draw lanes in the traffic editor")
    for lift, stops in sorted(cabins.items()):
        found.floor.lift(name_of(lift, "Lift"), stops)
    return found


def _level(
    level: str, body: dict[str, Any], found: Imported, cabins: dict[str, list[tuple[str, str]]], *, many: bool, metres: bool
) -> None:
    vertices = found.notes.items(body.get("vertices"), f"levels.{level}.vertices")
    lanes = found.notes.items(body.get("lanes"), f"levels.{level}.lanes")
    scale = 1.0 if metres else _metres_a_pixel(level, body, vertices, found)
    turn = 1.0 if metres else -1.0
    at = [_point(v, f"levels.{level}.vertices[{i}]", scale, turn) for i, v in enumerate(vertices)]
    used = {i for n, lane in enumerate(lanes) for i in _ends(lane, len(at), f"levels.{level}.lanes[{n}]")}
    prefix = f"{level}." if many else "V"
    for i in sorted(used):
        found.floor.node(f"{prefix}{i:03}", at[i][0], at[i][1], map_id=level)
    for lane in lanes:
        _lane(lane, prefix, found)
    for i in sorted(used):
        _vertex(vertices[i], f"{prefix}{i:03}", level, found, cabins)
    for n, door in enumerate(body.get("doors") or []):
        a, b = _ends(door, len(at), f"levels.{level}.doors[{n}]")
        _door(door, n, Segment(*at[a], *at[b]), prefix, at, lanes, found)


def _lane(lane: list[Any], prefix: str, found: Imported) -> None:
    a, b = (f"{prefix}{i:03}" for i in lane[:2])
    options = _options(lane, 2)
    limit = as_number(options.get("speed_limit")) or 0.0
    speed = limit if limit > 0 else found.model["speed_mps_max"]
    if options.get("bidirectional", True):
        found.floor.two_way(a, b, speed=speed)
    else:
        found.floor.one_way(a, b, speed=speed)
    if options.get("mutex"):
        _mutex(str(options["mutex"]), (a, b), found)


def _vertex(vertex: list[Any], node: str, level: str, found: Imported, cabins: dict[str, list[tuple[str, str]]]) -> None:
    options = _options(vertex, 4)
    if options.get("lift_cabin"):
        cabins.setdefault(str(options["lift_cabin"]), []).append((node, level))
    if options.get("mutex"):
        _mutex(str(options["mutex"]), (node,), found)
    label = vertex[3] if len(vertex) > 3 and isinstance(vertex[3], str) else ""
    charger, parking = bool(options.get("is_charger")), bool(options.get("is_parking_spot"))
    if not (label or charger or parking):
        return
    kind = "charger" if charger else "parking" if parking else "station"
    name = name_of(label, f"{kind.title()} {node}")
    if name in {p["name"] for p in found.floor.places}:
        name = name_of(f"{name} {node}", node)
    found.floor.station(node, name, kind)
    for entry in found.floor.nodes[node]["vehicleTypeNodeProperties"]:
        kinds = _CHARGE if charger else ("pick", "drop")
        entry["actions"] = [{"actionType": a, "requirementType": "OPTIONAL", "blockingType": "HARD"} for a in kinds]
    if options.get("spawn_robot_name"):
        found.homes[name_of(str(options["spawn_robot_name"]), f"R-{node}")] = name


def _door(
    door: list[Any], n: int, across: Segment, prefix: str, at: list[tuple[float, float]], lanes: list[Any], found: Imported
) -> None:
    name = name_of(str(_options(door, 2).get("name") or ""), f"Door {n + 1}")
    through = [lane for lane in lanes if distance_m(across, Segment(*at[lane[0]], *at[lane[1]])) == 0.0]
    if not through:
        found.notes.warn(f"doors[{n}]", f"{quote(name)}: no lane leads through it, left out")
        return
    pairs = [{f"{prefix}{lane[0]:03}", f"{prefix}{lane[1]:03}"} for lane in through]
    edges = [e["edgeId"] for e in found.floor.edges if {e["startNodeId"], e["endNodeId"]} in pairs]
    found.door(name, edges)


def _mutex(name: str, nodes: tuple[str, ...], found: Imported) -> None:
    name = name_of(name, "Mutex")
    for zone in found.floor.zones:
        if zone["name"] == name:
            zone["nodes"] = list(dict.fromkeys((*zone["nodes"], *nodes)))
            return
    found.floor.zone(name, nodes)


def _metres_a_pixel(level: str, body: dict[str, Any], vertices: list[Any], found: Imported) -> float:
    """The mean over the measurement lines, as the traffic editor takes it."""
    ratios = []
    for n, line in enumerate(body.get("measurements") or []):
        a, b = _ends(line, len(vertices), f"levels.{level}.measurements[{n}]")
        metres = as_number(_options(line, 2).get("distance"))
        pixels = math.dist(_point(vertices[a], level, 1.0, 1.0), _point(vertices[b], level, 1.0, 1.0))
        if metres and metres > 0 and pixels > 0:
            ratios.append(metres / pixels)
    if not ratios:
        found.notes.warn(f"levels.{level}.measurements", "none: a pixel is read as 5 cm")
    return sum(ratios) / len(ratios) if ratios else 0.05


def _point(vertex: Any, where: str, scale: float, turn: float) -> tuple[float, float]:
    x, y = (as_number(v) for v in vertex[:2]) if isinstance(vertex, list) and len(vertex) >= 2 else (None, None)
    if x is None or y is None:
        raise InvalidInput("not a vertex", field=where, fix="[x, y, z, name, options]")
    return round(x * scale, 3), round(turn * y * scale, 3)


def _ends(value: Any, count: int, where: str) -> tuple[int, int]:
    if isinstance(value, list) and len(value) >= 2 and all(isinstance(i, int) and 0 <= i < count for i in value[:2]):
        return value[0], value[1]
    raise InvalidInput("its ends are no vertices", field=where, fix="[from, to, options], numbers of vertices of the level")


def _options(value: list[Any], index: int) -> dict[str, Any]:
    """The options of a vertex or lane: {name: [type, value]} as plain values."""
    options = value[index] if len(value) > index and isinstance(value[index], dict) else {}
    return {k: v[1] if isinstance(v, list) and len(v) == 2 else v for k, v in options.items()}
