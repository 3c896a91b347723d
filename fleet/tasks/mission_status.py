"""A mission's status is what its tasks add up to: said by its edge node, or by the cloud where it spans several."""

from __future__ import annotations

from collections.abc import Sequence

from fleet.contracts.resources import AnyResource, Desired, MissionStatus, Phase


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
