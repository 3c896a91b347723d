"""How long the edge node remembers what has ended: its loops go over what it holds, so history belongs to the cloud."""

from __future__ import annotations

from edge_node.core.context import Context
from edge_node.core.effects import DeleteResource
from fleet.contracts.resources import Kind

#: Ended missions that are kept with their tasks, newest first; the cloud keeps them all.
ENDED_MISSIONS_MAX = 200


def forget_old(ctx: Context) -> None:
    """Drop the oldest ended missions beyond ENDED_MISSIONS_MAX, once in a while (a tenth more may gather)."""
    missions = ctx.resources[Kind.MISSION]
    ended = [m for m in missions.values() if m.status.phase.ended]
    if len(ended) <= ENDED_MISSIONS_MAX * 1.1:
        return
    ended.sort(key=lambda m: m.status.finished_at or 0.0)
    for mission in ended[: len(ended) - ENDED_MISSIONS_MAX]:
        for task in mission.spec.tasks:
            if (last := ctx.resources[Kind.TASK].pop(task, None)) is not None:
                ctx.effects.append(DeleteResource(Kind.TASK, task, last=last))
        del missions[mission.metadata.name]
        ctx.effects.append(DeleteResource(Kind.MISSION, mission.metadata.name, last=mission))
