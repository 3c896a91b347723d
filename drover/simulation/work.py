"""The work of a simulated run: random transports by seed, a fixed number of them open at any time."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from drover.simulation.site import SimSite
from edge_node.core.edge import EdgeCore
from fleet.contracts.command_ir import Action
from fleet.contracts.resources import (
    Kind,
    MissionSpec,
    MissionStatus,
    ObjectMeta,
    Phase,
    Resource,
    TaskSpec,
    TaskStatus,
)
from sim_robots.demand import Demand

#: Ended tasks that the edge core keeps; older ones are deleted, as an operator's retention would.
ENDED_KEPT = 50


@dataclass
class WorkLoad:
    """`lead_times_s`: from the task's creation to its end, of those that ended well."""

    site: SimSite
    demand: Demand
    open_max: int
    lead_times_s: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    open: dict[str, float] = field(default_factory=dict)
    made: int = 0
    ended: deque[str] = field(default_factory=deque)

    def fill(self, core: EdgeCore, now_s: float) -> None:
        """Open as many tasks as are missing."""
        while len(self.open) < self.open_max:
            self.made += 1
            mission, task = f"m{self.made}", f"m{self.made}-1"
            source, target = self.demand.next()
            edge = self.site.edge
            spec = TaskSpec(mission=mission, action=Action.TRANSPORT, edge=edge, source=source, target=target, created_at=now_s)
            title = f"{source} to {target}"
            whole = MissionSpec(title=title, edge=edge, tasks=(task,), created_at=now_s, created_by="sim")
            core.apply(Resource(kind=Kind.MISSION, metadata=ObjectMeta(name=mission), spec=whole, status=MissionStatus()), now_s)
            core.apply(Resource(kind=Kind.TASK, metadata=ObjectMeta(name=task), spec=spec, status=TaskStatus()), now_s)
            self.open[task] = now_s
        while len(self.ended) > ENDED_KEPT:
            task = self.ended.popleft()
            core.delete(Kind.MISSION, task.removesuffix("-1"), now_s)
            core.delete(Kind.TASK, task, now_s)

    def see(self, task: str, status: TaskStatus, now_s: float) -> None:
        """A task's status has changed."""
        if not status.phase.ended or task not in self.open:
            return
        began_s = self.open.pop(task)
        self.ended.append(task)
        if status.phase is Phase.DONE:
            self.lead_times_s.append(now_s - began_s)
        else:
            self.failed.append(f"{task}: {status.phase} {status.reason}")
