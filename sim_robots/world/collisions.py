"""Do two robots touch? Oriented boxes, by the separating axis theorem (Gottschalk, Lin, Manocha 1996, in 2D).

This judge looks at bodies only; what traffic control believes about them is none of its business.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """A robot's footprint, centred on its pose. Metres, radians."""

    x_m: float
    y_m: float
    theta_rad: float
    length_m: float
    width_m: float
    map_id: str = ""

    @property
    def radius_m(self) -> float:
        return math.hypot(self.length_m, self.width_m) / 2


def overlap(a: Box, b: Box) -> bool:
    """The boxes share a point. Boxes on different maps never do."""
    if a.map_id != b.map_id:
        return False
    dx, dy = b.x_m - a.x_m, b.y_m - a.y_m
    reach = a.radius_m + b.radius_m
    if dx * dx + dy * dy > reach * reach:
        return False
    axes_a, axes_b = _axes(a), _axes(b)
    for ax, ay in (*(v[:2] for v in axes_a), *(v[:2] for v in axes_b)):
        distance = abs(dx * ax + dy * ay)
        reach_a = sum(half * abs(ux * ax + uy * ay) for ux, uy, half in axes_a)
        reach_b = sum(half * abs(ux * ax + uy * ay) for ux, uy, half in axes_b)
        if distance > reach_a + reach_b:
            return False
    return True


def overlapping_pairs(boxes: Sequence[Box]) -> list[tuple[int, int]]:
    """Indices of all pairs that touch; sweeps along x, so far apart costs nothing."""
    order = sorted(range(len(boxes)), key=lambda i: boxes[i].x_m - boxes[i].radius_m)
    pairs: list[tuple[int, int]] = []
    for place, i in enumerate(order):
        right = boxes[i].x_m + boxes[i].radius_m
        for j in order[place + 1 :]:
            if boxes[j].x_m - boxes[j].radius_m > right:
                break
            if overlap(boxes[i], boxes[j]):
                pairs.append((min(i, j), max(i, j)))
    return sorted(pairs)


def _axes(box: Box) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    cos, sin = math.cos(box.theta_rad), math.sin(box.theta_rad)
    return (cos, sin, box.length_m / 2), (-sin, cos, box.width_m / 2)
