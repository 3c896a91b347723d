"""The floor: a deterministic list schedule in milliseconds, and the naive dispatcher that it is measured against.

List scheduling (Graham 1966) over (task, robot) pairs: always place the pair whose robot is at the first visit
soonest, with a head start for priority, age and near deadlines. "Nearest task" beat "oldest task" by 1.6 to 1.8 in
our measurements; the head starts keep it from starving old tasks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from math import inf

from fleet.planning.evaluate import SWITCH_S, Timed, time_leg
from fleet.planning.problem import PlanRequest, PlanRobot, PlanTask

#: Head start in seconds by priority: low, normal, high, urgent.
HEAD_START_S = (-600.0, 0.0, 600.0, 3600.0)
#: Seconds of head start for each second of age ...
AGE_RATE = 0.2
#: ... and at most this many.
AGE_HEAD_START_S_MAX = 600.0
#: Tasks whose latest start is nearer than this get the difference as a head start.
DEADLINE_SOON_S = 900.0
#: How many ready tasks are compared at a time, so that thousands of tasks still plan in a second.
WINDOW_TASKS = 256


def head_start_s(task: PlanTask) -> float:
    base = HEAD_START_S[min(max(task.priority, 0), len(HEAD_START_S) - 1)]
    base += min(AGE_RATE * max(task.age_s, 0.0), AGE_HEAD_START_S_MAX)
    if task.deadline_s is not None:
        base += max(0.0, DEADLINE_SOON_S - task.deadline_s + sum(task.service_s))
    return base


def floor_routes(
    request: PlanRequest, ordered: Sequence[PlanTask], fits: Mapping[str, Sequence[PlanRobot]]
) -> dict[str, list[str]]:
    """Routes for the tasks of `screen`; a task that its robots can no longer reach is left out."""
    board = Board(request, ordered)
    starts_early = {t.name: head_start_s(t) for t in ordered}
    columns = {t.name: {r.name: i for i, r in enumerate(fits[t.name])} for t in ordered}
    rows: dict[str, list[float]] = {}  # task -> score by robot
    best: dict[str, float] = {}  # task -> least of its row

    def score(task: PlanTask, robot: PlanRobot) -> float:
        moved_s = 0.0 if task.current_robot is None or task.current_robot == robot.name else SWITCH_S
        return board.arrive_s(task, robot) - starts_early[task.name] + moved_s

    while True:
        window = board.window()
        if not window:
            return board.routes
        for task in window:
            if task.name not in rows:
                rows[task.name] = [score(task, r) for r in fits[task.name]]
                best[task.name] = min(rows[task.name])
        chosen = min(window, key=lambda t: best[t.name])
        row = rows[chosen.name]
        robot = fits[chosen.name][row.index(best[chosen.name])]
        leg = board.leg(chosen, robot) if best[chosen.name] < inf else None
        if leg is None:
            board.drop(chosen)
            continue
        board.place(leg)
        # only this robot's offers have changed: it is free later, and elsewhere
        for task in window:
            column = columns[task.name].get(robot.name)
            if column is None or task is chosen:
                continue
            row = rows[task.name]
            was, row[column] = row[column], score(task, robot)
            if row[column] < best[task.name] or was == best[task.name]:
                best[task.name] = min(row)


def naive_routes(
    request: PlanRequest, ordered: Sequence[PlanTask], fits: Mapping[str, Sequence[PlanRobot]]
) -> dict[str, list[str]]:
    """Oldest task to the nearest idle robot (else to the one that is idle first): what simple dispatchers do."""
    board = Board(request, ordered, pressing=lambda task: task.age_s)
    for _ in range(len(ordered)):
        ready = board.window()
        if not ready:
            break
        task = ready[0]
        offers = [leg for robot in fits[task.name] if (leg := board.leg(task, robot)) is not None]
        if not offers:
            board.drop(task)
            continue
        idle_at_s = min(leg.start_s for leg in offers)
        board.place(min((leg for leg in offers if leg.start_s <= idle_at_s), key=lambda leg: (leg.arrive_s, leg.robot.name)))
    return board.routes


class Board:
    """A schedule under construction: where each robot will be, which tasks may come next."""

    def __init__(
        self,
        request: PlanRequest,
        ordered: Sequence[PlanTask],
        pressing: Callable[[PlanTask], float] = head_start_s,
    ) -> None:
        self.request = request
        self.robots = {r.name: r for r in request.robots}
        self.routes: dict[str, list[str]] = {r.name: [] for r in request.robots}
        self._at = {r.name: (r.free_in_s, r.node) for r in request.robots}
        self._ends: dict[str, float] = dict.fromkeys(request.done, 0.0) | dict(request.running)
        self._groups: set[tuple[str, str]] = set()
        self._open = {t.name: sum(a not in self._ends for a in t.after) for t in ordered}
        self._followers: dict[str, list[str]] = defaultdict(list)
        for task in ordered:
            for name in task.after:
                if name not in self._ends:
                    self._followers[name].append(task.name)
        # most pressing first, then as given: the order of the window and of ties
        ranked = sorted(enumerate(ordered), key=lambda pair: (-pressing(pair[1]), pair[0]))
        self._by_name = {t.name: t for t in ordered}
        self._ready_s = {t.name: max([t.not_before_s, *(self._ends.get(a, 0.0) for a in t.after)]) for t in ordered}
        self._urgency = {task.name: position for position, (_, task) in enumerate(ranked)}
        self._ready = {t.name: t for _, t in ranked if self._open[t.name] == 0}

    def window(self) -> list[PlanTask]:
        """The tasks that may be placed next, most pressing first, at most WINDOW_TASKS."""
        return list(islice(self._ready.values(), WINDOW_TASKS))

    def leg(self, task: PlanTask, robot: PlanRobot) -> Timed | None:
        """The task as this robot's next one, or None."""
        if task.apart and (task.apart, robot.name) in self._groups:
            return None
        free_s, node = self._at[robot.name]
        return time_leg(self.request, robot, task, free_s, node, self._ends, len(self.routes[robot.name]))

    def arrive_s(self, task: PlanTask, robot: PlanRobot) -> float:
        """When this robot would be at the first visit; inf when it must not or cannot (cheaper than `leg`)."""
        if task.apart and (task.apart, robot.name) in self._groups:
            return inf
        free_s, node = self._at[robot.name]
        start_s = max(free_s, self._ready_s[task.name])
        return start_s + (self.request.travel(node, task.visits[0], robot.speed_mps) if task.visits else 0.0)

    def place(self, leg: Timed) -> None:
        task, name = leg.task, leg.robot.name
        self.routes[name].append(task.name)
        self._at[name] = (leg.end_s, leg.end_node)
        self._ends[task.name] = leg.end_s
        if task.apart:
            self._groups.add((task.apart, name))
        del self._ready[task.name]
        freed = []
        for follower in self._followers[task.name]:
            self._open[follower] -= 1
            self._ready_s[follower] = max(self._ready_s[follower], leg.end_s)
            if self._open[follower] == 0:
                freed.append(self._by_name[follower])
        if freed:
            ready = sorted([*self._ready.values(), *freed], key=lambda t: self._urgency[t.name])
            self._ready = {t.name: t for t in ready}

    def drop(self, task: PlanTask) -> None:
        """Leaves the task (and so what waits for it) out."""
        del self._ready[task.name]
