"""The work of a simulated run: transports by seed, a fixed number of them open at any time, or arriving at a rate."""

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
from sim_robots.demand import Job, Orders

#: Ended tasks that the edge core keeps; older ones are deleted, as an operator's retention would.
ENDED_KEPT = 50
#: With arrivals: open tasks beyond this are turned away (and counted), as a site's own gate would.
OPEN_MAX = 3000


@dataclass(slots=True)
class Order:
    """One task as the customer sees it. Unix seconds; `ended_at` None: still open."""

    made_at: float
    deadline_at: float | None
    ended_at: float | None = None
    failed: bool = False


@dataclass
class WorkLoad:
    """`per_hour` None: `open_max` tasks are open at any time; else they come at that rate, `begin_s` being the first moment.

    `lead_times_s`: from the task's creation to its end, of those that ended well.
    """

    site: SimSite
    orders: Orders
    open_max: int
    begin_s: float
    per_hour: float | None = None
    lead_times_s: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    open: dict[str, Order] = field(default_factory=dict)
    all: list[Order] = field(default_factory=list)
    made: int = 0
    turned_away: int = 0
    ended: deque[str] = field(default_factory=deque)

    def __post_init__(self) -> None:
        self._arrivals = self.orders.arrivals(self.per_hour) if self.per_hour is not None else None
        self.next_s = self.begin_s + next(self._arrivals) if self._arrivals is not None else float("inf")

    def fill(self, core: EdgeCore, now_s: float) -> None:
        """Open what is missing, or what has arrived."""
        if self._arrivals is None:
            while len(self.open) < self.open_max:
                self._make(core, now_s)
        else:
            while self.next_s <= now_s:
                self._make(core, now_s)
                self.next_s = self.begin_s + next(self._arrivals)
        while len(self.ended) > ENDED_KEPT:
            task = self.ended.popleft()
            core.delete(Kind.MISSION, task.removesuffix("-1"), now_s)
            core.delete(Kind.TASK, task, now_s)

    def _make(self, core: EdgeCore, now_s: float) -> None:
        job = self.orders.job(now_s - self.begin_s)
        if len(self.open) >= OPEN_MAX:
            self.turned_away += 1
            return
        self.made += 1
        mission, task, edge = f"m{self.made}", f"m{self.made}-1", self.site.edge
        spec = _spec(job, mission, edge, now_s)
        title = f"{job.source} to {job.target}"
        whole = MissionSpec(title=title, edge=edge, tasks=(task,), created_at=now_s, created_by="sim")
        core.apply(Resource(kind=Kind.MISSION, metadata=ObjectMeta(name=mission), spec=whole, status=MissionStatus()), now_s)
        core.apply(Resource(kind=Kind.TASK, metadata=ObjectMeta(name=task), spec=spec, status=TaskStatus()), now_s)
        order = Order(now_s, spec.deadline_at)
        self.open[task] = order
        self.all.append(order)

    def see(self, task: str, status: TaskStatus, now_s: float) -> None:
        """A task's status has changed."""
        if not status.phase.ended or task not in self.open:
            return
        order = self.open.pop(task)
        order.ended_at = now_s
        self.ended.append(task)
        if status.phase is Phase.DONE:
            self.lead_times_s.append(now_s - order.made_at)
        else:
            order.failed = True
            self.failed.append(f"{task}: {status.phase} {status.reason}")


def _spec(job: Job, mission: str, edge: str, now_s: float) -> TaskSpec:
    return TaskSpec(
        mission=mission,
        action=Action.TRANSPORT,
        edge=edge,
        source=job.source,
        target=job.target,
        priority=job.priority,
        deadline_at=None if job.deadline_s is None else now_s + job.deadline_s,
        created_at=now_s,
    )
