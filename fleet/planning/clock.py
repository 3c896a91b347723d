"""Where each robot will be and when, task after task, with a charge in between where its battery would not last.

The judge and all that build schedules move the same clock, so that they cannot disagree about a second.
"""

from __future__ import annotations

from math import inf
from typing import NamedTuple

import numpy as np

from fleet.planning.problem import PlanRobot
from fleet.planning.tables import Bools, Floats, Floats32, Ints, Tables

#: A battery is charged to this share of what a full one drives: the last per cents charge slowly.
CHARGE_TO = 0.9


class Leg(NamedTuple):
    """Sets out at `start_s`, is at the first visit at `arrive_s`, has finished at `end_s`.

    `left_s`: seconds of driving left then. `charge_at`: where it charges before, "": nowhere; until `charged_s`.
    """

    start_s: float
    arrive_s: float
    end_s: float
    left_s: float = inf
    charge_at: str = ""
    charged_s: float = 0.0


class Clock:
    """Of all robots of `tables`: `at` (of F), `free_s` and `left_s` move with each `take`."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.at: Ints = tables.start.copy()
        self.free_s: Floats = tables.free_s.copy()
        self.left_s: Floats = tables.range_s.copy()
        self.chargers = dict(tables.request.chargers)
        self.watched: Bools = np.isfinite(tables.range_s) & bool(self.chargers)
        self._any_watched = bool(self.watched.any())

    def leg(self, robot: int, task: int, ready_s: float) -> Leg | None:
        """The task as the robot's next one, not begun before `ready_s`; None when there is no way."""
        t = self.tables
        speed, at, first, last = t.speed[robot], int(self.at[robot]), int(t.first[task]), int(t.last[task])
        start_s = max(float(self.free_s[robot]), ready_s)
        drive_s = float(t.travel[speed, at, first]) if first >= 0 else 0.0
        work_s = float(t.work_s[speed, task])
        if drive_s + work_s == inf:
            return None
        plain = Leg(start_s, start_s + drive_s, start_s + drive_s + work_s)
        if not self.watched[robot]:
            return plain
        inner_s = float(t.drive_s[speed, task])
        home_s = float(t.to_charger_s[speed, last if last >= 0 else at])
        left_s = float(self.left_s[robot]) - drive_s - inner_s
        if left_s >= home_s or t.tasks[task].action == "charge" or first < 0:
            return plain._replace(left_s=left_s)
        return self._by_charger(robot, task, start_s, work_s, inner_s, home_s)

    def _by_charger(self, robot: int, task: int, start_s: float, work_s: float, inner_s: float, home_s: float) -> Leg | None:
        """The soonest arrival by any charger; it charges while it would wait for the task."""
        t, who = self.tables, self.tables.robots[robot]
        begin_s, here, goal = float(self.free_s[robot]), t.from_nodes[self.at[robot]], t.tasks[task].visits[0]
        best: Leg | None = None
        for node, taken_until_s in self._chargers_of(who):
            there_s, on_s = t.request.travel(here, node, who.speed_mps), t.request.travel(node, goal, who.speed_mps)
            needs_s = on_s + inner_s + home_s
            if there_s + on_s == inf or needs_s > who.full_range_s:
                continue
            full_s = max(CHARGE_TO * who.full_range_s, needs_s)
            missing_s = full_s - max(0.0, float(self.left_s[robot]) - there_s)
            charged_s = max(begin_s + there_s, taken_until_s) + who.charge_s * missing_s / who.full_range_s
            arrive_s = max(charged_s, start_s) + on_s
            if best is None or arrive_s < best.arrive_s:
                best = Leg(max(charged_s, start_s), arrive_s, arrive_s + work_s, full_s - on_s - inner_s, node, charged_s)
        return best

    def _chargers_of(self, who: PlanRobot) -> list[tuple[str, float]]:
        """(node, until when it is taken)."""
        return [(who.charger, self.chargers.get(who.charger, 0.0))] if who.charger else list(self.chargers.items())

    def take(self, robot: int, task: int, leg: Leg) -> None:
        self.free_s[robot] = leg.end_s
        if self.tables.last[task] >= 0:
            self.at[robot] = self.tables.last[task]
        self.left_s[robot] = leg.left_s
        if leg.charge_at:
            self.chargers[leg.charge_at] = leg.charged_s

    def take_many(self, robots: Ints, tasks: Ints, ready_s: Floats) -> tuple[Floats, Floats, Floats, Bools]:
        """(start, arrive, end, the battery lasts) of one task for each of different robots, all without a charge."""
        t = self.tables
        start_s = np.maximum(self.free_s[robots], ready_s)
        speed, first, last = t.speed[robots], t.first[tasks], t.last[tasks]
        drive_s = np.zeros(len(robots))
        if len(t.to_nodes):
            drive_s = np.where(first >= 0, t.travel[speed, self.at[robots], np.maximum(first, 0)], 0.0).astype(np.float64)
        arrive_s = start_s + drive_s
        end_s = arrive_s + t.work_s[speed, tasks]
        self.free_s[robots] = end_s
        self.at[robots] = np.where(last >= 0, last, self.at[robots])
        if not self._any_watched:
            return start_s, arrive_s, end_s, np.ones(len(robots), dtype=bool)
        self.left_s[robots] -= drive_s + t.drive_s[speed, tasks]
        lasts = self.left_s[robots] >= t.to_charger_s[speed, self.at[robots]]
        return start_s, arrive_s, end_s, lasts | ~self.watched[robots]

    def arrive_s(self, tasks: Ints, ready_s: Floats) -> Floats:
        """[R, n]: when each robot would be at the first visits; inf where there is no way or it must not.

        A robot whose battery would not last gets the way to the nearest charger and the charge on top: a good guess.
        """
        t = self.tables
        drive_s = t.drives_s(self.at, tasks)
        found = np.maximum(self.free_s[:, None], ready_s[None, :])
        found += drive_s
        found[~t.able[:, tasks]] = inf
        if self._any_watched:
            found += self._charges_s(np.arange(len(t.robots)), drive_s, tasks)
        return found

    def arrive_of(self, robot: int, tasks: Ints, ready_s: Floats) -> Floats:
        """[n]: the same for one robot."""
        t = self.tables
        first = t.first[tasks]
        drive_s = np.zeros(len(tasks), dtype=np.float32)
        if len(t.to_nodes):
            drive_s = np.where(first >= 0, t.travel[t.speed[robot], self.at[robot], np.maximum(first, 0)], np.float32(0.0))
        found: Floats = np.maximum(self.free_s[robot], ready_s) + drive_s
        found[~t.able[robot, tasks]] = inf
        if self.watched[robot]:
            found += self._charges_s(np.array([robot]), drive_s[None, :], tasks)[0]
        return found

    def _charges_s(self, robots: Ints, drive_s: Floats32, tasks: Ints) -> Floats:
        """[r, n]: for each of these robots what a charge before the task would cost it, where it needs one."""
        t, last, speed = self.tables, self.tables.last[tasks], self.tables.speed[robots]
        stay_s = t.to_charger_s[speed, self.at[robots]][:, None]
        home_s = np.where(last >= 0, t.to_charger_s[speed][:, np.maximum(last, 0)], stay_s)
        short = (t.first[tasks] >= 0)[None, :] & self.watched[robots][:, None]
        short &= drive_s + t.drive_s[speed][:, tasks] + home_s > self.left_s[robots][:, None]
        found: Floats = np.where(short, self.detour_s()[robots][:, None], 0.0)
        return found

    def detour_s(self) -> Floats:
        """[R]: by the nearest charger, with the charge."""
        t = self.tables
        if not self._any_watched:
            return np.zeros(len(t.robots))
        full_s = np.array([r.full_range_s for r in t.robots])
        charge_s = np.array([r.charge_s for r in t.robots])
        share = np.where(self.watched, 1.0 - np.maximum(0.0, self.left_s) / full_s, 0.0)
        found: Floats = t.to_charger_s[t.speed, self.at] + charge_s * np.nan_to_num(share)
        return found
