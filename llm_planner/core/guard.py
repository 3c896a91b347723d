"""Checks around the model, whoever the model is: what no reading could mend before it, what it left out after it."""

from __future__ import annotations

from llm_planner.core.calibration import POINTS
from llm_planner.core.delex import Delexed
from llm_planner.core.lower import Lowered
from llm_planner.core.outcomes import Ask, Refuse
from llm_planner.core.values import Sites


def before_model(text: str) -> Ask | Refuse | None:
    """Text that imitates the model's own marks is asked back; it is nothing that an operator says."""
    if "<|" in text or "|>" in text:
        return Refuse("inject")
    return None


def after_model(lowered: Lowered, read: Delexed, site: Sites) -> None:
    """Raises Ask where a time or speed that was said has no use, and Refuse for a no-robot zone, however it came in."""
    for task in lowered.ir.tasks:
        for place in (task.source, task.target, *task.stops):
            if place is not None and site.forbidden(place):
                raise Refuse("zone", words=place)


def calibrated(confidence: float) -> float:
    """The share of sentences with this raw confidence that were read exactly, by linear interpolation (`calibration`)."""
    for (left, low), (right, high) in zip(POINTS, POINTS[1:], strict=False):
        if left <= confidence <= right:
            return round(low + (high - low) * (confidence - left) / (right - left), 3) if right > left else high
    return POINTS[-1][1]


__all__ = ["Ask", "after_model", "before_model", "calibrated"]
