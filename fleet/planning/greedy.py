"""List schedules (Graham 1966): the floor in milliseconds, and the simple dispatchers that it is measured against.

`soonest` always places the pair of task and robot whose robot is at the first visit soonest, with a head start for
priority, age and near deadlines. "Nearest task" beat "oldest task" by 1.6 to 1.8 in our measurements; the head starts
keep it from starving old tasks.
"""

from __future__ import annotations

import numpy as np

from fleet.planning.board import Board, switch_s
from fleet.planning.eligible import Screened
from fleet.planning.tables import Floats, Tables

Routes = dict[int, list[int]]


def soonest(t: Tables, screened: Screened) -> Routes:
    """A task that its robots can no longer reach is left out."""
    board = Board(t, screened)
    every = np.arange(len(t.tasks))
    bias = switch_s(t, every) - t.head_start_s[None, :]
    scores = board.arrive_s(every) + bias  # tasks not yet ready get theirs when they are
    best, who = scores.min(axis=0, initial=np.inf), scores.argmin(axis=0) if len(t.robots) else every
    while board.ready.any():
        window = board.window()
        j = int(window[best[window].argmin()])
        robot = int(who[j])
        leg = board.leg(robot, j) if np.isfinite(best[j]) else None
        if leg is None:
            board.drop(np.array([j]))
            continue
        before = board.ready.copy()
        board.place(robot, j, leg)
        fresh = board.ready & ~before
        # only this robot's offers have changed: it is free later, and elsewhere
        scores[robot] = board.arrive_of(robot, every) + bias[robot]
        if fresh.any():
            scores[:, fresh] = board.arrive_s(every[fresh]) + bias[:, fresh]
        better = scores[robot] < best
        best[better], who[better] = scores[robot][better], robot
        stale = (board.ready & (who == robot) & ~better) | fresh
        if t.tied[j]:
            stale |= board.ready & t.tied
        if stale.any():
            best[stale], who[stale] = scores[:, stale].min(axis=0), scores[:, stale].argmin(axis=0)
    return board.routes


def naive(t: Tables, screened: Screened) -> Routes:
    """Oldest task to the nearest idle robot (else to the one that is idle first): what simple dispatchers do (B0, B1)."""
    board = Board(t, screened, pressing=np.array([x.age_s for x in t.tasks], dtype=np.float64))
    while board.ready.any():
        j = int(board.window()[0])
        arrive_s = board.arrive_s(np.array([j]))[:, 0]
        start_s = np.maximum(board.clock.free_s, board.ready_s[j])
        start_s[np.isinf(arrive_s)] = np.inf
        idle = start_s <= start_s.min(initial=np.inf)
        _place_best(board, np.where(idle, arrive_s, np.inf), j)
    return board.routes


def nearest(t: Tables, screened: Screened) -> Routes:
    """The robot that is idle first takes the task that is nearest to it (B2): no ages, no priorities, no look ahead."""
    board = Board(t, screened)
    working = np.ones(len(t.robots), dtype=bool)
    while board.ready.any():
        if not working.any():
            board.drop(np.flatnonzero(board.ready))
            break
        robot = int(np.where(working, board.clock.free_s, np.inf).argmin())
        tasks = np.flatnonzero(board.ready)
        arrive_s = board.arrive_of(robot, tasks)
        i = int(arrive_s.argmin())
        leg = board.leg(robot, int(tasks[i])) if np.isfinite(arrive_s[i]) else None
        if leg is None:
            working[robot] = False  # nothing that it could do is open; what opens later finds it again
            continue
        before = int(board.ready.sum())
        board.place(robot, int(tasks[i]), leg)
        if int(board.ready.sum()) >= before:
            working[:] = True
    return board.routes


def _place_best(board: Board, arrive_s: Floats, j: int) -> None:
    robot = int(arrive_s.argmin()) if len(arrive_s) else 0
    leg = board.leg(robot, j) if len(arrive_s) and np.isfinite(arrive_s[robot]) else None
    if leg is None:
        board.drop(np.array([j]))
    else:
        board.place(robot, j, leg)
