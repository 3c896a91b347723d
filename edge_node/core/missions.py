"""A mission's status is what its tasks add up to."""

from __future__ import annotations

from edge_node.core.context import Context
from fleet.contracts.resources import AnyResource, Kind, MissionStatus, Phase
from fleet.tasks.mission_status import added_up


class Missions:
    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx

    def update(self, now: float) -> None:
        """Bring the missions whose tasks have changed up to date."""
        names, self._ctx.dirty_missions = sorted(self._ctx.dirty_missions), set()
        for name in names:
            mission = self._ctx.resources[Kind.MISSION].get(name)
            if mission is None:
                continue
            tasks = [t for n in mission.spec.tasks if (t := self._ctx.resources[Kind.TASK].get(n)) is not None]
            status = added_up(mission, tasks, now)
            before = mission.status.phase
            self._ctx.put_status(Kind.MISSION, name, **{f: getattr(status, f) for f in MissionStatus.__struct_fields__})
            if status.phase.ended and not before.ended:
                self._tell(mission, status, now)

    def _tell(self, mission: AnyResource, status: MissionStatus, now: float) -> None:
        name = mission.metadata.name
        level = "info" if status.phase is Phase.DONE else "warning"
        text = f"{mission.spec.title or name}: {status.phase}" + (f", {status.reason}" if status.reason else "")
        self._ctx.event(level, f"Mission{status.phase.capitalize()}", f"Mission/{name}", text, now)
