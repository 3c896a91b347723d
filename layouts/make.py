"""Draws the shipped sites: `python layouts/make.py` writes layouts/<site>/layout.lif.json and site.yaml, the same each time.

Metres. Lanes are 3 m apart; stations and homes stand on spurs of 2 m or more, so that a robot of 1.0 x 0.7 m that stands
there, at any angle, is clear of the lane and of its neighbours.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from floor import Floor

HERE = Path(__file__).parent
STEP = 3.0
CHARGE = ("startCharging", "stopCharging")


def lane(floor: Floor, prefix: str, points: list[tuple[float, float]]) -> list[str]:
    return [floor.node(f"{prefix}{index:02}", x, y) for index, (x, y) in enumerate(points)]


def amr_model(series: str, **changes: Any) -> dict[str, Any]:
    model: dict[str, Any] = {
        "type": "AMR",
        "manufacturer": "Drover",
        "series": series,
        "aliases": ["robot", "bot", "cart"],
        "payload_kg": 600.0,
        "length_m": 1.0,
        "width_m": 0.7,
        "speed_mps_max": 1.5,
    }
    return model | changes


def warehouse(folder: Path = HERE / "warehouse", count: int = 8) -> None:
    """`count` robots; for more than the shipped site has, the floor is wider by a column a robot.

    Two one-way pairs of main lanes (south at the docks, north at the chargers), six aisles of racks between them,
    a two-way lane at the packing tables in the east. Aisles A, E go north, B, F south, C, D both ways."""
    floor = Floor("warehouse", "Riverside warehouse", ["Drover.D600"])
    columns = [STEP * i for i in range(count + 6)]
    south_east = lane(floor, "SE", [(x, 6.0) for x in columns])
    south_west = lane(floor, "SW", [(x, 9.0) for x in columns])
    north_west = lane(floor, "NW", [(x, 30.0) for x in columns])
    north_east = lane(floor, "NE", [(x, 33.0) for x in columns])
    for east, west in ((south_east, south_west), (north_east, north_west)):
        floor.one_way(*east)
        floor.one_way(*reversed(west))
        for a, b in zip(east, west, strict=True):
            floor.two_way(a, b)
    for number, letter in enumerate("ABCDEF"):
        column = 2 * number + 1
        nodes = lane(floor, letter, [(columns[column], 12.0 + STEP * i) for i in range(6)])
        whole = (south_west[column], *nodes, north_west[column])
        if letter in "AE":
            floor.one_way(*whole)
        elif letter in "BF":
            floor.one_way(*reversed(whole))
        else:
            floor.two_way(*whole)
        for index, node in enumerate(nodes):
            code = f"{letter}-{index + 1:02}"
            aliases: tuple[str, ...] = (code, f"rack {letter}{index + 1:02}", f"{letter}{index + 1:02}")
            floor.bay(node, -2.0 if index % 2 == 0 else 2.0, 0.0, f"Rack {code}", "rack", area=f"Aisle {letter}", aliases=aliases)
    packing = lane(floor, "P", [(columns[-1], 12.0 + STEP * i) for i in range(6)])
    floor.two_way(south_west[-1], *packing, north_west[-1])
    for number in range(1, 7):
        area = "Inbound" if number <= 3 else "Outbound"
        aliases = (f"door {number}", f"D{number}", f"dock door {number}")
        floor.bay(south_east[2 * number - 1], 0.0, -3.0, f"Dock {number}", "dock", area=area, aliases=aliases)
    for number in range(1, 5):
        aliases = (f"packing station {number}", f"pack {number}", f"PS{number}")
        floor.bay(packing[number], 3.0, 0.0, f"Packing {number}", "packing", area="Packing", aliases=aliases)
    floor.bay(south_west[0], -3.0, 0.0, "QA Cage", "inspection point", area="Inbound", aliases=("QA", "quality cage", "QC"))
    floor.bay(south_east[0], -3.0, 0.0, "Returns Desk", "desk", area="Inbound", aliases=("returns",))
    for number in range(1, count + 1):
        aliases = (f"parking {number}", f"home {number}")
        floor.bay(north_east[number - 1], 0.0, 3.0, f"Park {number}", "charger", area="Parking", aliases=aliases, actions=CHARGE)
    for number in range(1, 5):
        aliases = (f"charging station {number}", f"C{number}")
        floor.bay(
            north_east[number + count], 0.0, 3.0, f"Charger {number}", "charger", area="Charging", aliases=aliases, actions=CHARGE
        )
    robots = {
        f"AMR-{n}": {
            "model": "drover-d600",
            "serial_number": f"D600-{n:04}",
            "home": f"Park {n}",
            "aliases": [f"AMR {n}", f"AMR{n}", f"robot {n}", f"number {n}"],
        }
        for n in range(1, count + 1)
    }
    items = [
        {"name": "pallet", "unit_kg": 400.0, "aliases": ["pallets", "skid"]},
        {"name": "tote", "unit_kg": 12.0, "aliases": ["totes", "box"]},
        {"name": "carton", "unit_kg": 8.0, "aliases": ["cartons", "case"]},
        {"name": "order cart", "unit_kg": 60.0, "aliases": ["order carts", "picking cart"]},
        {"name": "roll cage", "unit_kg": 180.0, "aliases": ["roll cages", "cage trolley"]},
    ]
    notes = ("Aisles A and E are one-way north, B and F one-way south.", "One pallet at a time on each robot.")
    floor.write(folder, items=items, models={"drover-d600": amr_model("D600")}, robots=robots, notes=notes)


def hospital() -> None:
    """A ward floor: a two-way ring of corridors, a corridor across it, rooms outside, stores inside."""
    floor = Floor("hospital", "St Brigid, ward floor 2", ["Drover.H80"])
    south = lane(floor, "CS", [(STEP * i, 0.0) for i in range(11)])
    north = lane(floor, "CN", [(STEP * i, 12.0) for i in range(11)])
    west = lane(floor, "CW", [(0.0, 3.0 + STEP * i) for i in range(3)])
    east = lane(floor, "CE", [(30.0, 3.0 + STEP * i) for i in range(3)])
    cross = lane(floor, "CX", [(15.0, 3.0 + STEP * i) for i in range(3)])
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
    names = ("Daisy", "Nell", "Otis", "Pip")
    corners = ((south[0], 0.0, -3.0), (south[10], 0.0, -3.0), (north[0], 0.0, 3.0), (north[10], 0.0, 3.0))
    for number, (corner, dx, dy) in enumerate(corners, 1):
        floor.bay(
            corner, dx, dy, f"Robot Bay {number}", "charger", area="Robot bays", aliases=(f"base {number}",), actions=CHARGE
        )
    robots = {
        name: {"model": "drover-h80", "serial_number": f"H80-{n:04}", "home": f"Robot Bay {n}", "aliases": [f"robot {n}"]}
        for n, name in enumerate(names, 1)
    }
    items = [
        {"name": "meal trays", "unit_kg": 25.0, "home": "Kitchen", "aliases": ["trays", "lunch", "meals"]},
        {"name": "clean linen", "unit_kg": 20.0, "home": "Linen Room", "aliases": ["sheets", "bed linen"]},
        {"name": "medication box", "unit_kg": 3.0, "home": "Main Pharmacy", "aliases": ["meds", "medicines", "drugs box"]},
        {"name": "sample box", "unit_kg": 2.0, "aliases": ["samples", "bloods", "specimens"]},
        {"name": "blood bag", "unit_kg": 1.0, "home": "Blood Bank", "aliases": ["blood", "unit of blood"]},
        {"name": "sterile set", "unit_kg": 8.0, "home": "CSSD", "aliases": ["instrument tray", "sterile sets"]},
        {"name": "waste bin", "unit_kg": 30.0, "aliases": ["clinical waste bin", "waste"]},
    ]
    model = amr_model("H80", payload_kg=80.0, length_m=0.8, width_m=0.6, speed_mps_max=1.0, pick_s=10.0, drop_s=10.0)
    floor.write(HERE / "hospital", items=items, models={"drover-h80": model}, robots=robots)


def factory() -> None:
    """A one-way ring around the lines, a two-way aisle through the stores; AMRs and longer tuggers."""
    floor = Floor("factory", "Halden parts plant", ["Drover.D600", "Drover.T2000"])
    spots = [3.5 * i for i in range(8)]
    south = lane(floor, "FS", [(x, 0.0) for x in spots])
    north = lane(floor, "FN", [(x, 14.0) for x in spots])
    west = lane(floor, "FW", [(0.0, 3.5 * i) for i in range(1, 4)])
    east = lane(floor, "FE", [(spots[7], 3.5 * i) for i in range(1, 4)])
    middle = lane(floor, "FM", [(x, 7.0) for x in spots[1:7]])
    floor.one_way(*south, *east, *reversed(north), *reversed(west), south[0])
    floor.two_way(west[1], *middle, east[1])
    floor.bay(south[1], 0.0, -3.5, "Receiving Dock A", "dock", area="Receiving", aliases=("dock A",))
    floor.bay(south[2], 0.0, -3.5, "Receiving Dock B", "dock", area="Receiving", aliases=("dock B",))
    floor.bay(south[6], 0.0, -3.5, "Shipping Dock C", "dock", area="Shipping", aliases=("dock C", "shipping"))
    floor.bay(middle[0], 0.0, 3.0, "Supermarket North", "supermarket", area="Stores", aliases=("north market", "NSM"))
    floor.bay(middle[1], 0.0, -3.0, "Supermarket South", "supermarket", area="Stores", aliases=("south market", "SSM"))
    floor.bay(middle[3], 0.0, 3.0, "Kitting 1", "kitting", area="Stores", aliases=("kit cell 1", "K1"))
    floor.bay(middle[5], 0.0, -3.0, "Kitting 2", "kitting", area="Stores", aliases=("kit cell 2", "K2"))
    floor.bay(north[2], 0.0, 3.5, "Door Line Drop 1", "line drop", area="Assembly", aliases=("DL1", "door line 1"))
    floor.bay(north[3], 0.0, 3.5, "Door Line Drop 2", "line drop", area="Assembly", aliases=("DL2", "door line 2"))
    floor.bay(north[4], 0.0, 3.5, "Seat Line Drop 1", "line drop", area="Assembly", aliases=("SL1", "seat line 1"))
    floor.bay(north[5], 0.0, 3.5, "Dash Line Drop", "line drop", area="Assembly", aliases=("dash line", "cockpit line"))
    floor.bay(east[2], 3.5, 0.0, "Quality Gate", "inspection point", area="Assembly", aliases=("QG", "quality wall"))
    floor.bay(east[0], 3.5, 0.0, "Press Shop", "production", area="Body Shop", aliases=("stamping", "presses"))
    for number, corner in enumerate((south[3], south[4], south[5]), 1):
        floor.bay(corner, 0.0, -3.5, f"Bay {number}", "charger", area="Parking", aliases=(f"AMR bay {number}",), actions=CHARGE)
    for number, corner in enumerate((west[0], west[2]), 4):
        floor.bay(
            corner, -3.5, 0.0, f"Bay {number}", "charger", area="Parking", aliases=(f"tugger bay {number}",), actions=CHARGE
        )
    robots: dict[str, dict[str, Any]] = {
        f"AMR-{n}": {"model": "drover-d600", "serial_number": f"D600-1{n:03}", "home": f"Bay {n}", "aliases": [f"AMR {n}"]}
        for n in range(1, 4)
    }
    robots |= {
        f"TUG-{n}": {
            "model": "drover-t2000",
            "serial_number": f"T2000-{n:04}",
            "home": f"Bay {n + 3}",
            "aliases": [f"tugger {n}"],
        }
        for n in range(1, 3)
    }
    models = {
        "drover-d600": amr_model("D600"),
        "drover-t2000": amr_model(
            "T2000", type="tugger", aliases=["tug", "train"], payload_kg=2000.0, length_m=1.5, width_m=0.8, speed_mps_max=1.2
        ),
    }
    items = [
        {"name": "parts bin", "unit_kg": 15.0, "aliases": ["bins", "KLT"]},
        {"name": "door set", "unit_kg": 90.0, "home": "Supermarket North", "aliases": ["doors"]},
        {"name": "seat", "unit_kg": 35.0, "home": "Supermarket South", "aliases": ["seats"]},
        {"name": "steel coil", "unit_kg": 1500.0, "home": "Receiving Dock B", "aliases": ["coil"]},
        {"name": "empty rack", "unit_kg": 120.0, "aliases": ["empties", "dunnage"]},
    ]
    notes = ("The outer ring is one-way, counter-clockwise.", "Coils need a tugger.")
    floor.write(HERE / "factory", items=items, models=models, robots=robots, notes=notes)


if __name__ == "__main__":
    warehouse()
    hospital()
    factory()
