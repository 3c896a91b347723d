"""The spec of a Layout: a LIF document, and what LIF 1.0 has no words for: names, items, zones, doors, lifts.

Nodes and edges are named by their ids in the LIF file. fleet/layout/site.py reads it all into one SiteGraph.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec


class _Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    pass


class PlaceSpec(_Part, frozen=True, kw_only=True):
    """What people call a LIF station: `station` is its stationId; `name` is unique on the site.

    `kind`: dock, rack, packing, charger, parking, desk, lift, ward, machine, no_robot_zone, ...
    """

    name: str
    station: str
    kind: str = ""
    aliases: tuple[str, ...] = ()
    area: str = ""


class ItemSpec(_Part, frozen=True, kw_only=True):
    """Something that robots carry. `unit_kg` None: weight unknown. `home`: the place it is fetched from by default."""

    name: str
    unit_kg: float | None = None
    home: str | None = None
    aliases: tuple[str, ...] = ()


class ZoneKind(StrEnum):
    MUTEX = "mutex"  # one robot at a time
    CAPACITY = "capacity"  # at most `capacity` robots at a time


class ZoneSpec(_Part, frozen=True, kw_only=True):
    """Nodes that only so many robots may hold at once: a narrow passage, a crossing with trucks, a weak floor."""

    name: str
    nodes: tuple[str, ...]
    kind: ZoneKind = ZoneKind.MUTEX
    capacity: int = 1


class Rest(StrEnum):
    """How a door is while nobody asks for it."""

    OPEN = "open"  # as a fire door that is held open: it is passed without asking, until it is reported closed
    CLOSED = "closed"


class DoorSpec(_Part, frozen=True, kw_only=True):
    """A door across lanes. `name`: the device's (docs/devices.md). `edges`: those that lead through it, both directions."""

    name: str
    edges: tuple[str, ...]
    rest: Rest = Rest.CLOSED


class LiftLevel(_Part, frozen=True, kw_only=True):
    """`node`: the cabin's own node on that level; `target`: what the device calls the level."""

    node: str
    target: str


class LiftSpec(_Part, frozen=True, kw_only=True):
    """A lift. `name`: the device's. Edges into and out of a level's node need it there; edges between them are its ride.

    The cabin is a mutex zone of its own: one robot in it, at whatever level.
    """

    name: str
    levels: tuple[LiftLevel, ...]


class LayoutSpec(_Part, frozen=True, kw_only=True):
    """`lif`: the LIF document as it was read. `places` name its stations; stations without one keep stationName."""

    lif: dict[str, Any]
    title: str = ""
    places: tuple[PlaceSpec, ...] = ()
    items: tuple[ItemSpec, ...] = ()
    notes: tuple[str, ...] = ()
    zones: tuple[ZoneSpec, ...] = ()
    doors: tuple[DoorSpec, ...] = ()
    lifts: tuple[LiftSpec, ...] = ()
