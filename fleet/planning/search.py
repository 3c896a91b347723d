"""Large plans: one optimal matching, the tail filled in by a compiled loop, and a compiled local search that improves the whole.

How long the search takes is counted in tries, not read from a clock: the same request, budget and seed give the same plan.
"""

from __future__ import annotations

import numpy as np

from fleet.planning import kernels
from fleet.planning.clock import Clock
from fleet.planning.eligible import Screened, screen
from fleet.planning.evaluate import Schedule, judge
from fleet.planning.facts import facts_of, offers_s, reach
from fleet.planning.greedy import Routes
from fleet.planning.matching import rounds
from fleet.planning.problem import PlanRequest, PlanRobot, PlanTask
from fleet.planning.tables import Tables, tables_of

#: Tries that a second of search is worth: what one slow core does.
TRIES_PER_S = 1_000_000
#: More tries than this for each task find little more.
TRIES_PER_TASK = 20_000
#: Neighbours that a task is tried behind.
NEAR = 24
#: Changes for the worse that are accepted in one of e tries, in seconds of a task of mean weight, first and last.
HOT_S, COLD_S = 8.0, 0.05
#: Rounding of times that must not get later, seconds.
SLACK_S = 1e-3
#: Routes may grow to this many times their longest and this many more.
ROOM, ROOM_MORE = 2, 16


def filled(t: Tables, screened: Screened) -> Routes:
    """One round of matching, then nearest-first for the plain tasks, then rounds for the tied ones."""
    board = rounds(t, screened, rounds_max=1)
    is_open = (board.ready & ~t.tied).astype(np.uint8)
    placed = np.empty((2, len(t.tasks)), dtype=np.int32)
    free_s, at = board.clock.free_s, board.clock.at.astype(np.int32)
    count = kernels.fill_nearest(facts_of(t, screened.fits), free_s, at, is_open, placed)
    board.clock.at = at.astype(np.int64)
    for robot, task in placed[:, :count].T.tolist():
        board.routes[robot].append(task)
    board.robot_of[placed[1, :count]] = placed[0, :count]
    board.ready[placed[1, :count]] = False
    return rounds(t, screened, board=board).routes


def improved(t: Tables, screened: Screened, schedule: Schedule, *, tries: int, seed: int) -> Routes:
    """The schedule's routes after so many tries of local search.

    What waits for others begins no sooner than they end now, and these end no later; members of groups keep their robots,
    and routes that need a charge stay as they are.
    """
    f = _with_ties(t, facts_of(t, screened.fits), schedule)
    own: Routes = {i: [] for i in range(len(t.robots))}
    for leg in schedule.timed:
        own[t.robot_index[leg.robot.name]].append(t.task_index[leg.task.name])
    length = np.array([len(own[i]) for i in range(len(t.robots))], dtype=np.int32)
    tasks = np.full((len(t.robots), ROOM * int(length.max(initial=0)) + ROOM_MORE), -1, dtype=np.int32)
    for robot, names in own.items():
        tasks[robot, : len(names)] = names
    x = kernels.Routes(
        tasks,
        length,
        np.zeros(len(t.robots), dtype=np.int32),
        np.zeros(len(t.robots)),
        np.full(len(t.tasks), -1, dtype=np.int32),
        np.zeros(len(t.tasks), dtype=np.int32),
    )
    kernels.settle_all(f, x)
    x.fixed[:] = np.where(np.isinf(x.cost), length, 0)
    movable = np.zeros(len(t.tasks), dtype=np.uint8)
    for robot in np.flatnonzero(x.fixed < length).tolist():
        movable[tasks[robot, : length[robot]]] = 1
    near = np.empty((len(t.tasks), NEAR), dtype=np.int32)
    kernels.nearest_before(f, movable, near)
    unit = float(t.weight.mean()) if len(t.tasks) else 1.0
    kernels.anneal(f, x, np.flatnonzero(movable).astype(np.int32), near, tries, HOT_S * unit, COLD_S * unit, seed)
    return {robot: x.tasks[robot, : x.length[robot]].tolist() for robot in range(len(t.robots))}


def _with_ties(t: Tables, f: kernels.Facts, schedule: Schedule) -> kernels.Facts:
    """The schedule's times as bounds of what is tied."""
    ready_s, limit_s, able = f.ready_s.copy(), f.limit_s, f.able.copy()
    ends = {leg.task.name: leg.end_s for leg in schedule.timed}
    for leg in schedule.timed if t.tied.any() else ():
        j = t.task_index[leg.task.name]
        for name in leg.task.after:
            ready_s[j] = max(ready_s[j], ends.get(name, t.request.running.get(name, 0.0)))
            if name in ends:
                limit_s[t.task_index[name]] = ends[name] + SLACK_S
        if leg.task.apart:
            able[:, j] = 0
            able[t.robot_index[leg.robot.name], j] = 1
    return f._replace(ready_s=ready_s, limit_s=limit_s, able=able)


def warm() -> None:
    """Compiles all loops, with the types that they meet in service (fleet/traffic/warm.py)."""
    robots = tuple(PlanRobot(f"R{i}", f"n{i}", "AMR", frozenset({"goto"}), 1.0) for i in range(2))
    tasks = tuple(PlanTask(f"t{i}", (f"n{i}",), (1.0,), "goto") for i in range(6))
    t = tables_of(PlanRequest(robots, tasks, lambda start, goal, speed_mps: float(start != goal)))
    f = facts_of(t, reach(t))
    offers_s(f, Clock(t), np.arange(len(tasks)), t.not_before_s, 1e12)
    screened = screen(t)
    routes = {robot: np.array(own, dtype=np.int64) for robot, own in filled(t, screened).items()}
    schedule = judge(t, routes)
    assert schedule is not None
    improved(t, screened, schedule, tries=1, seed=0)
