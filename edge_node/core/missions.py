"""A mission's status is what its tasks add up to."""

from __future__ import annotations

from collections.abc import Sequence

from edge_node.core.context import Context
from fleet.contracts.resources import AnyResource, Desired, Kind, MissionStatus, Phase


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


def added_up(mission: AnyResource, tasks: Sequence[AnyResource], now: float) -> MissionStatus:
    """`tasks` may be fewer than the mission names: the others have not come yet."""
    old: MissionStatus = mission.status
    phases = [t.status.phase for t in tasks]
    total = max(len(mission.spec.tasks), len(tasks))
    phase = _phase(mission.spec.desired, phases, total)
    started = [t.status.started_at for t in tasks if t.status.started_at is not None]
    etas = [t.status.eta_at for t in tasks if t.status.eta_at is not None and not t.status.phase.ended]
    troubled = next((t for t in tasks if t.status.phase is Phase.FAILED), None) or next(
        (t for t in tasks if t.status.reason), None
    )
    return MissionStatus(
        phase=phase,
        tasks_done=phases.count(Phase.DONE),
        tasks_total=total,
        reason=f"{troubled.metadata.name}: {troubled.status.reason}" if troubled is not None and phase is not Phase.DONE else "",
        eta_at=max(etas) if etas and not phase.ended else None,
        started_at=old.started_at if old.started_at is not None else min(started, default=None),
        finished_at=(old.finished_at or now) if phase.ended else None,
        conditions=old.conditions,
    )


def _phase(desired: Desired, phases: Sequence[Phase], total: int) -> Phase:
    if total and len(phases) == total and all(p.ended for p in phases):
        if Phase.FAILED in phases:
            return Phase.FAILED
        return Phase.CANCELLED if Phase.CANCELLED in phases else Phase.DONE
    if desired is Desired.CANCEL:
        return Phase.CANCELLING if phases or total else Phase.CANCELLED
    if desired is Desired.PAUSE:
        return Phase.PAUSED
    if any(p in (Phase.RUNNING, Phase.PAUSED, Phase.CANCELLING) or p.ended for p in phases):
        return Phase.RUNNING
    return Phase.ASSIGNED if Phase.ASSIGNED in phases else Phase.PENDING
