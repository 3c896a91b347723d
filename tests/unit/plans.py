"""Planning problems for tests: a street of nodes 1 s apart, robots and tasks with short arguments."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fleet.planning.problem import PlanRequest, PlanRobot, PlanTask


def street(start: str, goal: str, speed_mps: float) -> float:
    """Node "n7" lies 7 m along the street; other names cannot be reached."""
    if not (start.startswith("n") and goal.startswith("n")):
        return float("inf")
    return abs(int(start[1:]) - int(goal[1:])) / speed_mps


def a_robot(name: str, at: int = 0, **changes: Any) -> PlanRobot:
    fields: dict[str, Any] = {
        "name": name,
        "node": f"n{at}",
        "type": "AMR",
        "capabilities": frozenset({"transport", "goto"}),
        "payload_kg": 100.0,
        "speed_mps": 1.0,
        **changes,
    }
    return PlanRobot(**fields)


def a_task(name: str, source: int = 0, target: int = 0, **changes: Any) -> PlanTask:
    fields: dict[str, Any] = {
        "name": name,
        "visits": (f"n{source}", f"n{target}"),
        "service_s": (5.0, 5.0),
        "action": "transport",
        **changes,
    }
    return PlanTask(**fields)


def a_request(robots: Iterable[PlanRobot], tasks: Iterable[PlanTask], **changes: Any) -> PlanRequest:
    return PlanRequest(robots=tuple(robots), tasks=tuple(tasks), travel=street, **changes)
