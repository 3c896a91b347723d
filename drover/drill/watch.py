"""What a drill looks at each second: events of both sides by id, robots on the move, tasks that are done again."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from drover.drill.sides import Sides
from fleet.contracts.resources import Kind, Phase

#: A robot that got further than this since the last look moves, metres.
MOVED_M = 0.05


@dataclass
class Watch:
    """`began_at`: the edge node's own clock; older events are not the drill's."""

    sides: Sides
    edge_events: dict[str, dict[str, Any]] = field(default_factory=dict)
    cloud_events: set[str] = field(default_factory=set)
    moved: set[str] = field(default_factory=set)
    way_m: float = 0.0
    again: dict[str, str] = field(default_factory=dict)
    _edge_after: str = ""
    _cloud_after: str = ""
    _at: dict[str, tuple[float, float]] = field(default_factory=dict)
    _ended: dict[str, float] = field(default_factory=dict)

    def begin(self) -> None:
        """From here on: what was there before is not counted."""
        for event in self.sides.events(self.sides.edge, ""):
            self._edge_after = event["id"]
        for event in self.sides.events(self.sides.cloud, ""):
            self._cloud_after = event["id"]
            self.cloud_events.add(event["id"])
        self.look_at_robots()
        self.moved.clear()
        self.way_m = 0.0

    def look_at_events(self) -> None:
        for event in self.sides.events(self.sides.edge, self._edge_after):
            self._edge_after = event["id"]
            self.edge_events[event["id"]] = event
        for event in self.sides.events(self.sides.cloud, self._cloud_after):
            self._cloud_after = event["id"]
            self.cloud_events.add(event["id"])
            if event.get("reason") == "DuplicateEffect":
                self.again[event["subject"]] = event["message"]

    def look_at_robots(self) -> int:
        """How many have moved since the last look, as the site itself sees them."""
        count = 0
        for item in self.sides.edge.list(Kind.ROBOT):
            name, pose = item["metadata"]["name"], item.get("status", {}).get("pose")
            if pose is None:
                continue
            now = (float(pose.get("x_m", 0.0)), float(pose.get("y_m", 0.0)))
            step_m = math.dist(now, self._at.get(name, now))
            self._at[name] = now
            if step_m > MOVED_M:
                count += 1
                self.moved.add(name)
                self.way_m += step_m
        return count

    def look_at_tasks(self) -> None:
        """A task that had ended and has not any more, or ended a second time, was done twice."""
        for item in self.sides.edge.list(Kind.TASK):
            name, status = item["metadata"]["name"], item.get("status", {})
            ended_at = status.get("finished_at") if Phase(status.get("phase", Phase.PENDING)).ended else None
            before = self._ended.get(name)
            if before is not None and ended_at != before:
                self.again[f"Task/{name}"] = f"had ended, and is {status.get('phase')} again"
            if ended_at is not None:
                self._ended[name] = float(ended_at)

    @property
    def undelivered(self) -> list[str]:
        """Ids of events that the site has made and the cloud has not got."""
        return [id_ for id_ in self.edge_events if id_ not in self.cloud_events]
