"""Plane geometry of standing and driving robots: discs at nodes, capsules along edges.

A robot that turns on the spot sweeps its circumscribed circle, so that a disc of half its diagonal covers it at any
angle; driving straight it stays inside the capsule of that radius around the edge.
"""

from __future__ import annotations

import math
from typing import NamedTuple


class Segment(NamedTuple):
    """Ends in metres; a point has equal ends."""

    x1: float
    y1: float
    x2: float
    y2: float


def footprint_radius_m(length_m: float, width_m: float) -> float:
    """Radius of the circle around a box that turns about its centre, metres."""
    return 0.5 * math.hypot(length_m, width_m)


def distance_m(a: Segment, b: Segment) -> float:
    """Shortest distance between two segments, metres; 0 where they touch or cross."""
    if _cross(a, b):
        return 0.0
    return min(
        _to_point_m(a, b.x1, b.y1),
        _to_point_m(a, b.x2, b.y2),
        _to_point_m(b, a.x1, a.y1),
        _to_point_m(b, a.x2, a.y2),
    )


def _to_point_m(s: Segment, x: float, y: float) -> float:
    dx, dy = s.x2 - s.x1, s.y2 - s.y1
    square = dx * dx + dy * dy
    along = 0.0 if square == 0.0 else max(0.0, min(1.0, ((x - s.x1) * dx + (y - s.y1) * dy) / square))
    return math.hypot(x - s.x1 - along * dx, y - s.y1 - along * dy)


def _cross(a: Segment, b: Segment) -> bool:
    """Proper crossing; touching ends are found by the point distances."""
    d1 = _side(a, b.x1, b.y1)
    d2 = _side(a, b.x2, b.y2)
    d3 = _side(b, a.x1, a.y1)
    d4 = _side(b, a.x2, a.y2)
    return d1 * d2 < 0 and d3 * d4 < 0


def _side(s: Segment, x: float, y: float) -> float:
    return (s.x2 - s.x1) * (y - s.y1) - (s.y2 - s.y1) * (x - s.x1)
