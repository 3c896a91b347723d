"""Halden parts plant: AMRs and longer tuggers on one floor. Lanes are 3.5 m apart, for the tuggers."""

from __future__ import annotations

from typing import Any

from drover.floors.drawing import Drawing, Floor, amr_model
from drover.floors.warehouse import CHARGE


def draw() -> Drawing:
    """A one-way ring around the lines, a two-way aisle through the stores; AMRs and longer tuggers."""
    floor = Floor("factory", "Halden parts plant", ["Drover.D600", "Drover.T2000"])
    spots = [3.5 * i for i in range(8)]
    south = floor.lane("FS", [(x, 0.0) for x in spots])
    north = floor.lane("FN", [(x, 14.0) for x in spots])
    west = floor.lane("FW", [(0.0, 3.5 * i) for i in range(1, 4)])
    east = floor.lane("FE", [(spots[7], 3.5 * i) for i in range(1, 4)])
    middle = floor.lane("FM", [(x, 7.0) for x in spots[1:7]])
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
    return Drawing(floor, items, models, robots, notes)
