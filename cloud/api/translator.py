"""The language planner as the command desk asks it."""

from __future__ import annotations

from fleet_io.planner import PlannerClient as Translator

__all__ = ["Translator"]
