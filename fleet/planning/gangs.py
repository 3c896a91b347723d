"""Gangs: jobs that need several robots get all of them or none, so that nobody holds one robot while it waits for another."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from fleet.planning.board import Board
from fleet.planning.eligible import Screened
from fleet.planning.evaluate import Schedule, judge, split_gangs
from fleet.planning.matching import match
from fleet.planning.tables import Bools, Ints, Tables


def whole_gangs(t: Tables, screened: Screened, routes: Mapping[int, Ints]) -> Schedule | None:
    """The schedule of the routes with every gang whole: one that was split is matched anew behind all other work.

    Where that finds no robots either, the gang is left out, and with it what waits for it.
    """
    placed = _placed(t, routes)
    split = split_gangs(t, placed)
    if not split:
        return judge(t, routes)
    outside = _with_followers(t, {t.tasks[j].name for j in np.flatnonzero(t.tied) if t.tasks[j].apart in split})
    kept = {robot: own[[t.tasks[j].name not in outside for j in own.tolist()]] for robot, own in routes.items()}
    again = _appended(t, screened, kept, split)
    if again is not None and not split_gangs(t, _placed(t, again)):
        schedule = judge(t, again)
        if schedule is not None:
            return schedule
    return whole_gangs(t, screened, kept)


def _appended(t: Tables, screened: Screened, routes: Mapping[int, Ints], gangs: set[str]) -> dict[int, Ints] | None:
    """The routes with the gangs behind them, each member by another robot; None where there are not enough."""
    after = {robot: own.tolist() for robot, own in routes.items()}
    schedule = judge(t, routes)
    if schedule is None:
        return None
    board = Board(t, screened)
    for leg in schedule.timed:
        robot = t.robot_index[leg.robot.name]
        board.clock.free_s[robot] = leg.end_s
        board.clock.at[robot] = t.from_nodes.index(leg.end_node) if leg.end_node in t.from_nodes else board.clock.at[robot]
    for gang in sorted(gangs):
        members = np.array([j for j in screened.order.tolist() if t.tasks[j].apart == gang], dtype=np.int64)
        robots, columns = match(board.offers_s(members))
        if len(columns) < len(members):
            return None
        for robot, column in zip(robots.tolist(), columns.tolist(), strict=True):
            after[robot] = [*after.get(robot, []), int(members[column])]
            board.clock.free_s[robot] += float(t.work_s[t.speed[robot], members[column]])
    return {robot: np.array(own, dtype=np.int64) for robot, own in after.items()}


def _placed(t: Tables, routes: Mapping[int, Ints]) -> Bools:
    placed: Bools = np.zeros(len(t.tasks), dtype=bool)
    for own in routes.values():
        placed[own] = True
    return placed


def _with_followers(t: Tables, names: set[str]) -> set[str]:
    """These and all that wait for them, and the rest of the followers' gangs."""
    while True:
        gangs = {task.apart for task in t.tasks if task.gang and task.name in names}
        more = {
            task.name
            for task in t.tasks
            if task.name not in names and (any(a in names for a in task.after) or (task.gang and task.apart in gangs))
        }
        if not more:
            return names
        names = names | more
