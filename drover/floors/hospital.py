"""St Brigid: the shipped ward floor for 4 robots, and a whole hospital floor for any number more."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from drover.floors.drawing import Drawing, Floor, amr_model
from drover.floors.warehouse import CHARGE, STEP

#: Robots of the shipped floor: all that have a bay there.
SHIPPED = 4
#: From ward to ward along the street, and from the west to the east corridor of one, metres.
_PITCH, _WIDE = 18.0, 9.0
#: What stands in the alcoves of the street, then in the cul-de-sacs: (name, kind, aliases).
_SERVICES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Main Pharmacy", "pharmacy", ("pharmacy", "dispensary")),
    ("Kitchen", "kitchen", ("catering", "pantry")),
    ("Linen Room", "store", ("linen", "laundry")),
    ("CSSD", "sterile supply", ("sterile services", "sterile supply")),
    ("Central Lab", "lab", ("lab", "the lab", "pathology")),
    ("Blood Bank", "lab", ("transfusion",)),
    ("Waste Hold", "waste", ("dirty hold", "clinical waste")),
    ("Imaging", "diagnostics", ("radiology", "X-ray")),
    ("Endoscopy", "diagnostics", ()),
    ("Day Surgery", "theatre", ()),
    ("Dialysis", "ward", ()),
    ("Bed Store", "store", ("beds",)),
    ("Loading Bay", "dock", ("goods in",)),
)
_MODELS = {
    "drover-h80": amr_model("H80", payload_kg=80.0, length_m=0.8, width_m=0.6, speed_mps_max=1.0, pick_s=10.0, drop_s=10.0)
}
_ITEMS: list[dict[str, Any]] = [
    {"name": "meal trays", "unit_kg": 25.0, "home": "Kitchen", "aliases": ["trays", "lunch", "meals"]},
    {"name": "clean linen", "unit_kg": 20.0, "home": "Linen Room", "aliases": ["sheets", "bed linen"]},
    {"name": "medication box", "unit_kg": 3.0, "home": "Main Pharmacy", "aliases": ["meds", "medicines", "drugs box"]},
    {"name": "sample box", "unit_kg": 2.0, "aliases": ["samples", "bloods", "specimens"]},
    {"name": "blood bag", "unit_kg": 1.0, "home": "Blood Bank", "aliases": ["blood", "unit of blood"]},
    {"name": "sterile set", "unit_kg": 8.0, "home": "CSSD", "aliases": ["instrument tray", "sterile sets"]},
    {"name": "waste bin", "unit_kg": 30.0, "aliases": ["clinical waste bin", "waste"]},
]


def draw(count: int = SHIPPED) -> Drawing:
    """The shipped floor for up to 4 robots, else a larger one (`grown`)."""
    if count > SHIPPED:
        return grown(count)
    drawing = _shipped()
    return replace(drawing, robots=dict(list(drawing.robots.items())[:count]))


def wards_for(count: int) -> int:
    """Wards on each side of the street: three bays for robots in each, and six or more nodes of corridors a robot."""
    return max(2, -(-count // 6))


def grown(count: int) -> Drawing:
    """A street that is wide enough for a one-way pair, wards on both sides of it, cul-de-sacs at its ends.

    A ward is a ring of corridors one robot wide, with a fire door at each mouth; a cul-de-sac is a branch: one way in."""
    floor = Floor("hospital", "St Brigid, ground floor", ["Drover.H80"])
    sides = wards_for(count)
    columns = [STEP * i for i in range(round(sides * _PITCH / STEP))]
    east = floor.lane("SE", [(x, 0.0) for x in columns])
    west = floor.lane("SW", [(x, 1.5) for x in columns])
    floor.one_way(*east, speed=1.0)
    floor.one_way(*reversed(west), speed=1.0)
    for column in range(0, len(columns), 3):
        floor.two_way(east[column], west[column], speed=1.0)
    floor.one_way(east[-1], west[-1], speed=1.0)
    bays: list[tuple[str, float]] = []
    alcoves: list[tuple[str, float]] = []
    for number in range(1, 2 * sides + 1):
        street, up = (west, 1.0) if number % 2 else (east, -1.0)
        first = (number - 1) // 2 * round(_PITCH / STEP)
        _ward(floor, number, street, first, up)
        bays += [(street[first + i], 2.0 * up) for i in (1, 2, 4)]
        alcoves.append((street[first + 5], 2.0 * up))
    for name, end, dx in (("West", east[0], -STEP), ("East", west[-1], STEP)):
        alcoves += _cul_de_sac(floor, name, end, dx)
    _furnish(floor, alcoves)
    floor.bay(west[0], -3.0, 0.0, "Elevator A", "elevator", area="Lifts", aliases=("lift A", "public lift"))
    floor.bay(east[-1], 3.0, 0.0, "Elevator B", "elevator", area="Lifts", aliases=("lift B", "service lift"))
    for number in range(1, count + 1):
        node, dy = bays[(number - 1) * len(bays) // count]
        aliases = (f"base {number}",)
        floor.bay(node, 0.0, dy, f"Robot Bay {number}", "charger", area="Robot bays", aliases=aliases, actions=CHARGE)
    names = [("Daisy", "Nell", "Otis", "Pip")[n] if n < SHIPPED else f"H-{n + 1}" for n in range(count)]
    return Drawing(floor, _ITEMS, _MODELS, _robots(names), ("Ward corridors are one robot wide.",))


def _ward(floor: Floor, number: int, street: list[str], first: int, up: float) -> None:
    """A ring of corridors off the street, `up` 1 north of it, -1 south: rooms outside, stores and the nurses inside."""
    x, y = STEP * first, 1.5 if up > 0 else 0.0
    rows = [y + up * (4.5 + STEP * i) for i in range(4)]
    left = floor.lane(f"L{number}.", [(x, row) for row in rows])
    right = floor.lane(f"R{number}.", [(x + _WIDE, row) for row in rows])
    top = floor.lane(f"T{number}.", [(x + STEP * (i + 1), rows[-1]) for i in range(2)])
    mouths = (street[first], street[first + round(_WIDE / STEP)])
    floor.two_way(mouths[0], *left, *top, *reversed(right), mouths[1], speed=1.0)
    for side, mouth, inside in (("west", mouths[0], left[0]), ("east", mouths[1], right[0])):
        floor.door(f"Ward {number} {side} door", mouth, inside)
    area = f"Ward {number}"
    for index, (corridor, dx, row) in enumerate((c, d, r) for c, d in ((left, -3.0), (right, 3.0)) for r in range(4)):
        room = f"{number}{index + 1:02}"
        floor.bay(corridor[row], dx, 0.0, f"Room {room}", "ward", area=area, aliases=(room,))
    floor.bay(left[2], 3.0, 0.0, f"Ward {number} store", "store", area=area)
    floor.bay(
        top[1], 0.0, -2.5 * up, f"Ward {number} nurses' station", "nurses station", area=area, aliases=(f"nurses {number}",)
    )


def _cul_de_sac(floor: Floor, name: str, end: str, dx: float) -> list[tuple[str, float]]:
    """A corridor with one way in, off an end of the street; answers where rooms can be, as (node, dy)."""
    x, y = (floor.nodes[end]["nodePosition"][axis] for axis in "xy")
    nodes = floor.lane(f"D{name[0]}.", [(x + dx * (i + 1), y) for i in range(5)])
    floor.two_way(end, *nodes, speed=1.0)
    return [(node, side) for node in nodes[1:] for side in (-3.0, 3.0)]


def _furnish(floor: Floor, spots: list[tuple[str, float]]) -> None:
    """All services, in the order of their need for a good place; the spots that are left stay walls."""
    for (name, kind, aliases), (node, dy) in zip(_SERVICES, spots, strict=False):
        floor.bay(node, 0.0, dy, name, kind, area="Services", aliases=aliases)


def _robots(names: list[str]) -> dict[str, dict[str, Any]]:
    return {
        name: {"model": "drover-h80", "serial_number": f"H80-{n:04}", "home": f"Robot Bay {n}", "aliases": [f"robot {n}"]}
        for n, name in enumerate(names, 1)
    }


def _shipped() -> Drawing:
    """A ward floor: a two-way ring of corridors, a corridor across it, rooms outside, stores inside."""
    floor = Floor("hospital", "St Brigid, ward floor 2", ["Drover.H80"])
    south = floor.lane("CS", [(STEP * i, 0.0) for i in range(11)])
    north = floor.lane("CN", [(STEP * i, 12.0) for i in range(11)])
    west = floor.lane("CW", [(0.0, 3.0 + STEP * i) for i in range(3)])
    east = floor.lane("CE", [(30.0, 3.0 + STEP * i) for i in range(3)])
    cross = floor.lane("CX", [(15.0, 3.0 + STEP * i) for i in range(3)])
    floor.two_way(*south, speed=1.0)
    floor.two_way(*north, speed=1.0)
    for link, column in ((west, 0), (cross, 5), (east, 10)):
        floor.two_way(south[column], *link, north[column], speed=1.0)
    for number in range(1, 9):
        room, alias = f"Room 2{number:02}", f"2{number:02}"
        floor.bay(south[number if number < 5 else number + 1], 0.0, -3.0, room, "ward", area="Ward 2 South", aliases=(alias,))
    for number in range(9, 17):
        column = number - 8 if number < 13 else number - 7
        floor.bay(north[column], 0.0, 3.0, f"Room 2{number:02}", "ward", area="Ward 2 North", aliases=(f"2{number:02}",))
    floor.bay(
        south[5], 0.0, -3.0, "Ward 2 South nurses' station", "nurses station", area="Ward 2 South", aliases=("2 South", "2S")
    )
    floor.bay(
        north[5], 0.0, 3.0, "Ward 2 North nurses' station", "nurses station", area="Ward 2 North", aliases=("2 North", "2N")
    )
    floor.bay(west[0], 3.0, 0.0, "Main Pharmacy", "pharmacy", area="Services", aliases=("pharmacy", "dispensary"))
    floor.bay(west[2], 3.0, 0.0, "Linen Room", "store", area="Services", aliases=("linen", "laundry"))
    floor.bay(east[0], -3.0, 0.0, "Kitchen", "kitchen", area="Services", aliases=("catering", "pantry"))
    floor.bay(east[2], -3.0, 0.0, "Waste Hold", "waste", area="Services", aliases=("dirty hold", "clinical waste"))
    floor.bay(cross[0], 3.0, 0.0, "Central Lab", "lab", area="Services", aliases=("lab", "the lab", "pathology"))
    floor.bay(cross[2], 3.0, 0.0, "Blood Bank", "lab", area="Services", aliases=("transfusion",))
    floor.bay(cross[1], -3.0, 0.0, "CSSD", "sterile supply", area="Services", aliases=("sterile services", "sterile supply"))
    floor.bay(west[1], -3.0, 0.0, "Elevator A", "elevator", area="Lifts", aliases=("lift A", "public lift"))
    floor.bay(east[1], 3.0, 0.0, "Elevator B", "elevator", area="Lifts", aliases=("lift B", "service lift"))
    corners = ((south[0], 0.0, -3.0), (south[10], 0.0, -3.0), (north[0], 0.0, 3.0), (north[10], 0.0, 3.0))
    for number, (corner, dx, dy) in enumerate(corners, 1):
        floor.bay(
            corner, dx, dy, f"Robot Bay {number}", "charger", area="Robot bays", aliases=(f"base {number}",), actions=CHARGE
        )
    return Drawing(floor, _ITEMS, _MODELS, _robots(["Daisy", "Nell", "Otis", "Pip"]))
