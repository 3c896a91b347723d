"""Riverside warehouse: the shipped one for 8 robots, and one of a realistic size for any number more.

Metres. Lanes are 3 m apart; stations and homes stand on spurs of 2 m or more, so that a robot of 1.0 x 0.7 m that stands
there, at any angle, is clear of the lane and of its neighbours.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Any

from drover.floors.drawing import Drawing, Floor, amr_model

STEP = 3.0
CHARGE = ("startCharging", "stopCharging")
#: Robots of the shipped floor, and how many may live on it: its parking and charging places.
SHIPPED, ROOM = 8, 12
#: Racks of an aisle between two cross lanes, and parking places that a yard's lane has at each node.
_ROWS = 8
_NOTE = "One pallet at a time on each robot."


def draw(count: int = SHIPPED) -> Drawing:
    """The shipped floor for up to 8 robots, else a larger one (`grown`)."""
    return _shipped(count) if count <= SHIPPED else grown(count)


def _shipped(count: int) -> Drawing:
    """Two one-way pairs of main lanes (south at the docks, north at the chargers), six aisles of racks between them,
    a two-way lane at the packing tables in the east. Aisles A, E go north, B, F south, C, D both ways."""
    floor = Floor("warehouse", "Riverside warehouse", ["Drover.D600"])
    columns = [STEP * i for i in range(SHIPPED + 6)]
    south_east, south_west = _pair(floor, "SE", "SW", columns, 6.0)
    north_west, north_east = floor.lane("NW", [(x, 30.0) for x in columns]), floor.lane("NE", [(x, 33.0) for x in columns])
    for east, west in ((south_east, south_west), (north_east, north_west)):
        floor.one_way(*east)
        floor.one_way(*reversed(west))
        _rungs(floor, east, west, range(len(columns)))
    for number, letter in enumerate("ABCDEF"):
        column = 2 * number + 1
        nodes = floor.lane(letter, [(columns[column], 12.0 + STEP * i) for i in range(6)])
        _aisle(floor, "NS22NS"[number], (south_west[column], *nodes, north_west[column]))
        _racks(floor, letter, nodes)
    packing = floor.lane("P", [(columns[-1], 12.0 + STEP * i) for i in range(6)])
    floor.two_way(south_west[-1], *packing, north_west[-1])
    _docks(floor, [south_east[2 * number - 1] for number in range(1, 7)])
    _packing(floor, packing[1:5])
    _desks(floor, south_west[0], south_east[0])
    for number in range(1, SHIPPED + 1):
        _park(floor, north_east[number - 1], 0.0, 3.0, number)
    for number in range(1, 5):
        _charger(floor, north_east[number + SHIPPED], 0.0, 3.0, number)
    notes = ("Aisles A and E are one-way north, B and F one-way south.", _NOTE)
    return _drawing(floor, count, notes)


@dataclass(frozen=True)
class Size:
    """Aisles side by side (even), blocks of racks one behind the other, parking rows of the yard, packing tables."""

    aisles: int
    blocks: int
    yard_rows: int
    packing: int
    chargers: int


def size_for(count: int) -> Size:
    """About eight nodes of lanes for each robot, so that a fifth or less of the floor is robots when all of them drive."""
    aisles = 2 * math.ceil(math.sqrt(count))
    chargers = max(4, count // 5)
    blocks = max(1, round(math.sqrt(count / 12)))
    yard_rows = math.ceil((count + chargers) / (2 * aisles))
    return Size(aisles, blocks, yard_rows, min(max(4, count // 5), blocks * _ROWS), chargers)


def grown(count: int) -> Drawing:
    """The same kind of floor for many: blocks of aisles between one-way pairs of cross lanes, a one-way pair at the packing
    tables in the east, and a yard of parking spurs in the north, so that no robot parks at a lane that others need."""
    size = size_for(count)
    floor = Floor("warehouse", "Riverside warehouse", ["Drover.D600"])
    columns = [STEP * i for i in range(2 * size.aisles + 3)]
    pairs = [_cross_pair(floor, block, columns) for block in range(size.blocks + 1)]
    for number in range(size.aisles):
        _long_aisle(floor, number, pairs, columns)
    for block, (lower, upper) in enumerate(pairs):
        east, west = (upper, lower) if block else (lower, upper)
        _rungs(floor, east, west, range(0, len(columns), 2))
    _packing_pair(floor, pairs, columns, size.packing)
    _docks(floor, [pairs[0][0][2 * n + 1] for n in range(size.aisles)])
    _desks(floor, pairs[0][1][0], pairs[0][0][0])
    _yard(floor, pairs[-1][1], columns, size, count)
    notes = ("Of every six aisles two are one-way north, two one-way south, two both ways.", _NOTE)
    return _drawing(floor, count, notes)


def _cross_pair(floor: Floor, block: int, columns: list[float]) -> tuple[list[str], list[str]]:
    """(lower, upper) lane: east below in the south as at the docks, west below further north."""
    y = 6.0 + block * STEP * (_ROWS + 2)
    lower, upper = (floor.lane(f"{name}{block}.", [(x, y + up) for x in columns]) for name, up in (("L", 0.0), ("U", STEP)))
    east, west = (upper, lower) if block else (lower, upper)
    floor.one_way(*east)
    floor.one_way(*reversed(west))
    return lower, upper


def _long_aisle(floor: Floor, number: int, pairs: list[tuple[list[str], list[str]]], columns: list[float]) -> None:
    """One aisle through all blocks; where it is one-way, so are its crossings of the pairs between blocks."""
    letter, way, column = _letters(number), "NS22NS"[number % 6], 2 * number + 1
    nodes: list[str] = []
    for block, ((_, begin), (end, _)) in enumerate(itertools.pairwise(pairs)):
        y = 6.0 + block * STEP * (_ROWS + 2)
        ids = [f"{letter}{block * _ROWS + i:02}" for i in range(_ROWS)]
        nodes += [floor.node(node, columns[column], y + STEP * (2 + i)) for i, node in enumerate(ids)]
        _aisle(floor, way, (begin[column], *ids, end[column]))
    for lower, upper in pairs:
        _aisle(floor, way, (lower[column], upper[column]))
    _racks(floor, letter, nodes)


def _packing_pair(floor: Floor, pairs: list[tuple[list[str], list[str]]], columns: list[float], tables: int) -> None:
    """North on the inner lane, south on the outer one, where the tables stand."""
    inner, outer = [], []
    for block, ((_, begin), (end, _)) in enumerate(itertools.pairwise(pairs)):
        y = 6.0 + block * STEP * (_ROWS + 2)
        up, down = (
            floor.lane(f"{name}{block}.", [(x, y + STEP * (2 + i)) for i in range(_ROWS)])
            for name, x in (("PN", columns[-2]), ("PS", columns[-1]))
        )
        floor.one_way(begin[-2], *up, end[-2])
        floor.one_way(end[-1], *reversed(down), begin[-1])
        for row in range(1, _ROWS, 3):
            floor.two_way(up[row], down[row])
        inner += up
        outer += down
    for lower, upper in pairs:
        floor.one_way(lower[-2], upper[-2])
    every = max(1, len(outer) // tables)
    _packing(floor, outer[every - 1 :: every][:tables])


def _yard(floor: Floor, lane: list[str], columns: list[float], size: Size, count: int) -> None:
    """U-shaped one-way lanes north of the last lane, two spurs at each of their nodes: homes, and every so often a charger."""
    y = 6.0 + size.blocks * STEP * (_ROWS + 2) + STEP
    spots: list[tuple[str, float]] = []
    for number in range(0, size.aisles, 2):
        up, down = columns[2 * number + 1], columns[2 * number + 3]
        there = floor.lane(f"YN{number}.", [(up, y + STEP * (1 + i)) for i in range(size.yard_rows + 1)])
        back = floor.lane(f"YS{number}.", [(down, y + STEP * (1 + i)) for i in range(size.yard_rows + 1)])
        turn = floor.node(f"YT{number}", columns[2 * number + 2], y + STEP * (1 + size.yard_rows))
        floor.one_way(lane[2 * number + 1], *there, turn, *reversed(back), lane[2 * number + 3])
        spots += [(node, side) for node in (*there[:-1], *back[:-1]) for side in (-2.0, 2.0)]
    free = len(spots) - count
    chosen = {round((i + 0.5) * len(spots) / size.chargers) for i in range(min(size.chargers, free))}
    homes = [spot for i, spot in enumerate(spots) if i not in chosen]
    for number, i in enumerate(sorted(chosen), 1):
        _charger(floor, spots[i][0], spots[i][1], 0.0, number)
    # homes next to each other belong to robots far apart in number, so that the first few robots live all over the yard
    stride = max(1, len(homes) // count)
    for number in range(1, count + 1):
        node, side = homes[(number - 1) * stride]
        _park(floor, node, side, 0.0, number)


def _letters(number: int) -> str:
    """A ... Z, AA, AB, ..."""
    return (chr(ord("A") + number // 26 - 1) if number >= 26 else "") + chr(ord("A") + number % 26)


def _pair(floor: Floor, one: str, two: str, columns: list[float], y: float) -> tuple[list[str], list[str]]:
    return floor.lane(one, [(x, y) for x in columns]), floor.lane(two, [(x, y + STEP) for x in columns])


def _rungs(floor: Floor, east: list[str], west: list[str], columns: range) -> None:
    """Joins a one-way pair. At its ends the lane that ends turns into the other: whoever went against it there would have
    to change places with the robot that it meets."""
    for column in columns:
        if column == 0:
            floor.one_way(west[0], east[0])
        elif column == len(east) - 1:
            floor.one_way(east[-1], west[-1])
        else:
            floor.two_way(east[column], west[column])


def _aisle(floor: Floor, way: str, nodes: tuple[str, ...]) -> None:
    """`way`: N as the nodes come, S against it, 2 both."""
    if way == "2":
        floor.two_way(*nodes)
    else:
        floor.one_way(*(nodes if way == "N" else reversed(nodes)))


def _racks(floor: Floor, letter: str, nodes: list[str]) -> None:
    for index, node in enumerate(nodes):
        code = f"{letter}-{index + 1:02}"
        aliases: tuple[str, ...] = (code, f"rack {letter}{index + 1:02}", f"{letter}{index + 1:02}")
        floor.bay(node, -2.0 if index % 2 == 0 else 2.0, 0.0, f"Rack {code}", "rack", area=f"Aisle {letter}", aliases=aliases)


def _docks(floor: Floor, nodes: list[str]) -> None:
    for number, node in enumerate(nodes, 1):
        area = "Inbound" if number <= len(nodes) // 2 else "Outbound"
        aliases = (f"door {number}", f"D{number}", f"dock door {number}")
        floor.bay(node, 0.0, -3.0, f"Dock {number}", "dock", area=area, aliases=aliases)


def _packing(floor: Floor, nodes: list[str]) -> None:
    for number, node in enumerate(nodes, 1):
        aliases = (f"packing station {number}", f"pack {number}", f"PS{number}")
        floor.bay(node, 3.0, 0.0, f"Packing {number}", "packing", area="Packing", aliases=aliases)


def _desks(floor: Floor, quality: str, returns: str) -> None:
    floor.bay(quality, -3.0, 0.0, "QA Cage", "inspection point", area="Inbound", aliases=("QA", "quality cage", "QC"))
    floor.bay(returns, -3.0, 0.0, "Returns Desk", "desk", area="Inbound", aliases=("returns",))


def _park(floor: Floor, node: str, dx: float, dy: float, number: int) -> None:
    aliases = (f"parking {number}", f"home {number}")
    floor.bay(node, dx, dy, f"Park {number}", "charger", area="Parking", aliases=aliases, actions=CHARGE)


def _charger(floor: Floor, node: str, dx: float, dy: float, number: int) -> None:
    aliases = (f"charging station {number}", f"C{number}")
    floor.bay(node, dx, dy, f"Charger {number}", "charger", area="Charging", aliases=aliases, actions=CHARGE)


def _drawing(floor: Floor, count: int, notes: tuple[str, ...]) -> Drawing:
    robots: dict[str, dict[str, Any]] = {
        f"AMR-{n}": {
            "model": "drover-d600",
            "serial_number": f"D600-{n:04}",
            "home": f"Park {n}",
            "aliases": [f"AMR {n}", f"AMR{n}", f"robot {n}", f"number {n}"],
        }
        for n in range(1, count + 1)
    }
    items: list[dict[str, Any]] = [
        {"name": "pallet", "unit_kg": 400.0, "aliases": ["pallets", "skid"]},
        {"name": "tote", "unit_kg": 12.0, "aliases": ["totes", "box"]},
        {"name": "carton", "unit_kg": 8.0, "aliases": ["cartons", "case"]},
        {"name": "order cart", "unit_kg": 60.0, "aliases": ["order carts", "picking cart"]},
        {"name": "roll cage", "unit_kg": 180.0, "aliases": ["roll cages", "cage trolley"]},
    ]
    return Drawing(floor, items, {"drover-d600": amr_model("D600")}, robots, notes)
