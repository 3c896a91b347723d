"""The judges of a simulated run: bodies that touch, and fleets that stand still with work to do.

They see bodies and actions only, never what traffic control believes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from fleet.contracts.resources import RobotModelSpec
from sim_robots.world.body import Body
from sim_robots.world.collisions import Box, overlap

#: Bodies are compared at least this often while they could touch, in seconds.
LOOK_EVERY_S = 0.2
#: However far apart they are, bodies are compared this often, in seconds.
LOOK_EVERY_S_MAX = 5.0
#: A fleet with work that makes no progress for so long is deadlocked, in seconds.
DEADLOCK_AFTER_S = 300.0
#: A robot that has the same order for so long, and was not stalled by a fault, is stuck (it may well be moving), in seconds.
STUCK_AFTER_S = 600.0


class CollisionJudge:
    """`look` whenever `next_look_s` has come. `collisions`: pairs that began to touch, counted once for each contact."""

    def __init__(self, bodies: Sequence[Body]) -> None:
        self._bodies = bodies
        self._reaches_m = np.array([math.hypot(b.model.length_m, b.model.width_m) / 2 for b in bodies])
        self._lower = np.tril_indices(len(bodies))
        self._closing_mps = 2 * max((b.model.speed_mps_max for b in bodies), default=1.0)
        self._touching: set[tuple[int, int]] = set()
        self.collisions: list[tuple[float, int, int]] = []
        self.closest_m = math.inf
        self.next_look_s = 0.0

    def look(self, now_s: float) -> None:
        """Compare all pairs. The next look comes before any two bodies can have closed the gap between them at full
        speed, so that looking less often when they are far apart misses nothing."""
        poses = [body.drive.pose_at(now_s) for body in self._bodies]
        near, gap_min_m = self._near(poses)
        touching = {(i, j) for i, j in near if overlap(self._box(i, poses[i]), self._box(j, poses[j]))}
        for pair in sorted(touching - self._touching):
            self.collisions.append((now_s, *pair))
        self._touching = touching
        self.closest_m = min(self.closest_m, gap_min_m)
        wait_s = LOOK_EVERY_S_MAX if gap_min_m == math.inf else gap_min_m / self._closing_mps
        self.next_look_s = now_s + min(LOOK_EVERY_S_MAX, max(LOOK_EVERY_S, wait_s))

    def _near(self, poses: Sequence[tuple[float, float, float]]) -> tuple[list[tuple[int, int]], float]:
        """Pairs whose circles meet, and the least gap between two circles, metres; those on other maps are far away."""
        if len(poses) < 2:
            return [], math.inf
        floors = {map_id: float(n) for n, map_id in enumerate(sorted({b.drive.map_id for b in self._bodies}))}
        level = np.array([floors[b.drive.map_id] for b in self._bodies])
        x_m, y_m, reach_m = np.array([p[0] for p in poses]), np.array([p[1] for p in poses]), self._reaches_m
        gaps_m = np.hypot(x_m[:, None] - x_m, y_m[:, None] - y_m) - reach_m[:, None] - reach_m
        gaps_m[level[:, None] != level] = np.inf
        gaps_m[self._lower] = np.inf
        return [(int(i), int(j)) for i, j in np.argwhere(gaps_m < 0)], float(gaps_m.min())

    def _box(self, i: int, pose: tuple[float, float, float]) -> Box:
        model: RobotModelSpec = self._bodies[i].model
        return Box(*pose, model.length_m, model.width_m, self._bodies[i].drive.map_id)


class ProgressJudge:
    """Deadlock: no robot with work passes a node or ends an action for DEADLOCK_AFTER_S. Counted again after as long."""

    def __init__(self, robots: int, now_s: float) -> None:
        self._since = [now_s] * robots
        self._marks: list[object] = [None] * robots
        self._counted_s = now_s
        self.deadlocks: list[float] = []
        self.longest_wait_s = 0.0
        self._orders: list[tuple[str, float, bool]] = [("", now_s, False)] * robots
        self.stuck: list[tuple[float, int]] = []

    def look(self, robot: int, mark: object, *, has_work: bool, now_s: float) -> None:
        """`mark` changes with every progress of the robot."""
        if mark != self._marks[robot] or not has_work:
            self._marks[robot], self._since[robot] = mark, now_s
        else:
            self.longest_wait_s = max(self.longest_wait_s, now_s - self._since[robot])

    def look_for_stuck(self, robot: int, order_id: str, *, has_work: bool, now_s: float) -> None:
        """Whether it has had this order for too long: locked up with others, or going to and fro."""
        order, since, counted = self._orders[robot]
        if order != order_id or not has_work:
            self._orders[robot] = order_id, now_s, False
        elif not counted and now_s - since >= STUCK_AFTER_S:
            self._orders[robot] = order, since, True
            self.stuck.append((now_s, robot))

    def decide(self, working: Sequence[int], now_s: float) -> bool:
        """After all robots were looked at. True when a deadlock is counted now."""
        if not working:
            return False
        newest = max(self._since[r] for r in working)
        if now_s - max(newest, self._counted_s) < DEADLOCK_AFTER_S:
            return False
        self._counted_s = now_s
        self.deadlocks.append(now_s)
        return True
