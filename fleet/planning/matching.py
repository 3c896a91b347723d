"""Rounds of optimal matching: each round gives every robot at most one more task, at least total cost.

Robots enter with the time at which they will be free, so that a robot that is about to finish next to a task gets it.
Matching with ready times gave the shortest makespans in our measurements. Dense by scipy (Crouse 2016, shortest
augmenting paths: 1,000 x 5,000 in 35 ms); beyond DENSE_MAX by OR-Tools' assignment on the nearest arcs (0.1 to 0.3 % off the
optimum, 0.4 s at 5,000 x 5,000 against 2.8 s).
"""

from __future__ import annotations

import numpy as np

from fleet.planning.board import FORBIDDEN_S, Board
from fleet.planning.eligible import Screened
from fleet.planning.greedy import Routes
from fleet.planning.tables import Floats, Ints, Tables

#: Robots and tasks (the fewer of the two) up to which the dense solver is the faster one.
DENSE_MAX = 1500
#: Robots are crowded when the tasks that are the best for any are fewer than this share of them; of fewer than so many, never.
CROWDED, CROWD_MIN = 0.2, 200
#: How many tasks the sparse solver offers to each robot, and robots to each task.
ARCS_PER_SIDE = 50
#: Costs are integers of this many to the second there.
TICKS_PER_S = 10
#: Cost of a robot that gets nothing there, seconds.
IDLE_S = 1e7


def rounds(t: Tables, screened: Screened, *, rounds_max: int = 1_000_000, board: Board | None = None) -> Board:
    """The board (a new one, or this one) after so many rounds, or when nothing is left. Deterministic."""
    board = Board(t, screened) if board is None else board
    for _ in range(rounds_max):
        tasks = board.window()
        if not len(tasks):
            break
        robots, columns = match(board.offers_s(tasks))
        placed = board.place_many(robots, tasks[columns])
        if not placed:
            board.drop(tasks)
    return board


def matching_routes(t: Tables, screened: Screened) -> Routes:
    return rounds(t, screened).routes


def kept_routes(t: Tables, screened: Screened) -> Routes:
    """Who has a task keeps it, in the order it has them; the others are matched behind. The plan that a change must beat."""
    board = Board(t, screened)
    turns: list[tuple[list[int], list[int]]] = []
    count: dict[int, int] = {}
    for j in sorted(screened.order.tolist(), key=lambda j: t.tasks[j].current_rank):
        robot = int(t.current[j])
        if robot >= 0 and screened.fits[robot, j]:
            turn = count[robot] = count.get(robot, -1) + 1
            if turn == len(turns):
                turns.append(([], []))
            turns[turn][0].append(robot)
            turns[turn][1].append(j)
    for robots, tasks in turns:
        ready = board.ready[tasks]  # what waits for others is matched behind
        board.place_many(np.array(robots)[ready], np.array(tasks)[ready])
    return rounds(t, screened, board=board).routes


def match(cost_s: Floats) -> tuple[Ints, Ints]:
    """(rows, columns) of the pairs, cheapest first: as many as there can be, at least total cost; none at FORBIDDEN_S."""
    if not cost_s.size:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    if min(cost_s.shape) > DENSE_MAX:
        rows, columns = _sparse(cost_s)
    else:
        rows, columns = _dense(cost_s)
    cost = cost_s[rows, columns]
    order = np.argsort(cost, kind="stable")
    order = order[cost[order] < FORBIDDEN_S]
    return rows[order].astype(np.int64), columns[order].astype(np.int64)


def _dense(cost_s: Floats) -> tuple[Ints, Ints]:
    """The optimum; where nearly all robots want the same few tasks (urgent ones), that of the n dearest to somebody.

    There the solver would look at all tasks for each robot (1.5 s at 1,000 x 5,000 instead of 0.03): with as many tasks as
    robots, what all robots agree on can be taken off first, for 0.03 % of the optimum (0.1 s).
    """
    from scipy.optimize import linear_sum_assignment

    n, m = cost_s.shape
    if n < CROWD_MIN or m <= n or len(np.unique(cost_s.argmin(axis=1))) > CROWDED * n:
        rows, columns = linear_sum_assignment(cost_s)
        return rows, columns
    least = cost_s.min(axis=0)
    kept = np.sort(np.argpartition(least, n - 1)[:n])
    rows, columns = linear_sum_assignment(cost_s[:, kept] - least[kept])
    return rows, kept[columns]


def _sparse(cost_s: Floats) -> tuple[Ints, Ints]:
    """A perfect matching of a square graph: row i may idle on its spare column m + i, column j may wait for its spare row
    n + j, and a spare row takes a spare column where a real pair leaves both over."""
    from ortools.graph.python import linear_sum_assignment

    n, m = cost_s.shape
    k = min(ARCS_PER_SIDE, m)
    near = np.argpartition(cost_s, k - 1, axis=1)[:, :k]
    rows, columns = np.repeat(np.arange(n), k), near.ravel()
    finite = cost_s[rows, columns] < FORBIDDEN_S
    rows, columns = rows[finite], columns[finite]
    if not len(rows):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    cost = cost_s[rows, columns]
    cost = np.rint((cost - cost.min()) * TICKS_PER_S).astype(np.int64)
    idle = round(IDLE_S * TICKS_PER_S)
    left = np.concatenate([rows, n + columns, np.arange(n), n + np.arange(m)])
    right = np.concatenate([columns, m + rows, m + np.arange(n), np.arange(m)])
    solver = linear_sum_assignment.SimpleLinearSumAssignment()
    solver.add_arcs_with_cost(left, right, np.concatenate([cost, np.zeros_like(cost), np.full(n, idle), np.zeros(m, np.int64)]))
    if solver.solve() != solver.OPTIMAL:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    mates = np.array([solver.right_mate(i) for i in range(n)], dtype=np.int64)
    real = np.flatnonzero(mates < m)
    return real, mates[real]
