"""Driving: along straight lines with trapezoids of speed, turning on the spot where the direction changes.

Rule 1: the robot never goes past the last waypoint it was given. Rule 2: it passes waypoints on one line without
stopping. Rule 3: it leaves a line only where it stands.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from fleet.contracts.resources import RobotModelSpec
from robot_agent.core.port import Halted, Passed, Waypoint
from sim_robots.world.kinematics import Profile, braking_m, plan_run

_SAME_PLACE_M = 0.002
_SAME_HEADING_RAD = 0.01


@dataclass(slots=True)
class Turn:
    start_s: float
    end_s: float
    from_rad: float
    by_rad: float


@dataclass(slots=True)
class Run:
    """On a line from (x, y) in `heading`; `marks`: waypoints with the times at which they are passed, first one next."""

    x_m: float
    y_m: float
    heading_rad: float
    profile: Profile
    marks: list[tuple[float, Waypoint]]


@dataclass(slots=True)
class Drive:
    """Where the robot is and how it moves. `now_s`: the world's clock, seconds."""

    model: RobotModelSpec
    x_m: float
    y_m: float
    theta_rad: float
    map_id: str
    node_id: str = ""
    now_s: float = 0.0
    odometer_m: float = 0.0
    way: list[Waypoint] = field(default_factory=list)
    motion: Turn | Run | None = None
    held: bool = False
    halting: bool = False
    since_node_m: float = 0.0
    _driven_m: float = 0.0

    # ---- Orders -----------------------------------------------------------------------------------------------------

    def go(self, way: tuple[Waypoint, ...]) -> list[Passed | Halted]:
        """A new way, or a longer or shorter version of the old one."""
        self.way, self.halting = list(way), False
        if self.held or not way:
            return []
        if isinstance(self.motion, Run):
            speed = self.speed_mps
            x, y, _ = self.pose()
            ahead = math.hypot(way[0].x_m - x, way[0].y_m - y)
            turned = _difference(math.atan2(way[0].y_m - y, way[0].x_m - x), self.motion.heading_rad)
            if ahead <= _SAME_PLACE_M or abs(turned) <= _SAME_HEADING_RAD:
                self._run(speed, self.motion.heading_rad)
                return []
            if speed > 0:
                self._brake()
                return []
        self._settle_pose()
        return self._start_next()

    def stop(self, *, at_node: bool) -> list[Passed | Halted]:
        """Brake now, or at the nearest waypoint where standard braking suffices."""
        if not at_node:
            if isinstance(self.motion, Run):
                self._brake()
            else:
                self._settle_pose()
            self.way = []
            return []
        if not isinstance(self.motion, Run) or not self.motion.marks:
            self._settle_pose()
            self.way = []
            return [Halted()]
        at_m, speed = self.motion.profile.at(self.now_s)
        need_m = at_m + braking_m(speed, self.model.acceleration_mps2)
        run, count = self.motion, len(self.motion.marks)
        for i, (time_s, _) in enumerate(run.marks):
            if run.profile.at(time_s)[0] + 1e-6 >= need_m:
                count = i + 1
                break
        self.way = self.way[:count]
        self.halting = True
        self._run(speed, run.heading_rad)
        return []

    def hold(self) -> None:
        """Stalled: brake and stand, remembering the way."""
        self.held = True
        if isinstance(self.motion, Run):
            self._brake()
        else:
            self._settle_pose()

    def release(self) -> list[Passed | Halted]:
        """Go on after `hold`."""
        self.held = False
        return self._start_next() if self.motion is None and self.way else []

    # ---- Time -------------------------------------------------------------------------------------------------------

    def next_event_s(self) -> float:
        """When the next waypoint is passed, a turn or a run ends; inf when standing."""
        match self.motion:
            case Turn(end_s=end_s):
                return end_s
            case Run(profile=profile, marks=marks):
                return marks[0][0] if marks else profile.end_s
            case _:
                return math.inf

    def advance(self, to_s: float) -> list[Passed | Halted]:
        """Move on to a time, which is at most `next_event_s` (else later events come late). Answers what was passed."""
        self._clock_to(to_s)
        if isinstance(self.motion, Turn) and to_s >= self.motion.end_s:
            self._settle_pose()
            return self._start_next()
        if isinstance(self.motion, Run):
            return self._advance_run(self.motion, to_s)
        return []

    def _advance_run(self, run: Run, to_s: float) -> list[Passed | Halted]:
        events: list[Passed | Halted] = []
        while run.marks and run.marks[0][0] <= to_s and (len(run.marks) > 1 or to_s < run.profile.end_s):
            events.append(self._pass(run.marks.pop(0)[1]))
        if to_s >= run.profile.end_s:
            last = run.marks[-1][1] if run.marks else None
            self._settle_pose()
            if last is not None:
                self.x_m, self.y_m = last.x_m, last.y_m
            events += self._start_next()
        return events

    def pose(self) -> tuple[float, float, float]:
        """(x m, y m, heading rad) now."""
        return self.pose_at(self.now_s)

    def pose_at(self, time_s: float) -> tuple[float, float, float]:
        """The same at a later time, right until `next_event_s`."""
        match self.motion:
            case Turn(start_s=start, end_s=end, from_rad=begin, by_rad=by):
                share = 1.0 if end <= start else min(1.0, max(0.0, (time_s - start) / (end - start)))
                return self.x_m, self.y_m, _wrap(begin + by * share)
            case Run(x_m=x, y_m=y, heading_rad=heading, profile=profile):
                at_m, _ = profile.at(time_s)
                return x + at_m * math.cos(heading), y + at_m * math.sin(heading), heading
            case _:
                return self.x_m, self.y_m, self.theta_rad

    @property
    def speed_mps(self) -> float:
        return self.motion.profile.at(self.now_s)[1] if isinstance(self.motion, Run) else 0.0

    @property
    def turn_speed_radps(self) -> float:
        return math.copysign(self.model.turn_speed_radps, self.motion.by_rad) if isinstance(self.motion, Turn) else 0.0

    # ---- Inner workings ---------------------------------------------------------------------------------------------

    def _start_next(self) -> list[Passed | Halted]:
        """Standing: turn, run, or say that the waypoint is reached; as far as it goes without time passing."""
        events: list[Passed | Halted] = []
        while self.way and not self.held:
            target = self.way[0]
            dx, dy = target.x_m - self.x_m, target.y_m - self.y_m
            if math.hypot(dx, dy) > _SAME_PLACE_M:
                heading = math.atan2(dy, dx)
                if not self._turn_to(heading):
                    self._run(0.0, heading)
                break
            if len(self.way) == 1 and target.theta_rad is not None and self._turn_to(target.theta_rad):
                break
            events.append(self._pass(target))
        if self.halting and self.motion is None:
            self.halting = False
            events.append(Halted())
        return events

    def _pass(self, waypoint: Waypoint) -> Passed:
        self.way = [w for w in self.way if w.sequence_id > waypoint.sequence_id]
        self.node_id, self.map_id = waypoint.node_id, waypoint.map_id or self.map_id
        self.since_node_m = 0.0
        return Passed(waypoint.sequence_id)

    def _turn_to(self, heading_rad: float) -> bool:
        by = _difference(heading_rad, self.theta_rad)
        if abs(by) <= _SAME_HEADING_RAD:
            self.theta_rad = _wrap(heading_rad)
            return False
        self.motion = Turn(self.now_s, self.now_s + abs(by) / self.model.turn_speed_radps, self.theta_rad, by)
        return True

    def _run(self, speed_mps: float, heading_rad: float) -> None:
        """Drive on through all waypoints that lie on this line, to standing at the last of them."""
        x, y, _ = self.pose()
        px, py = x, y
        line: list[Waypoint] = []
        segments: list[tuple[float, float]] = []
        for waypoint in self.way:
            length = math.hypot(waypoint.x_m - px, waypoint.y_m - py)
            direction = math.atan2(waypoint.y_m - py, waypoint.x_m - px)
            if length > _SAME_PLACE_M and abs(_difference(direction, heading_rad)) > _SAME_HEADING_RAD:
                break
            line.append(waypoint)
            segments.append((length, min(self.model.speed_mps_max, waypoint.speed_mps_max or math.inf)))
            px, py = waypoint.x_m, waypoint.y_m
        self._begin_run(x, y, heading_rad, speed_mps, segments, line)

    def _brake(self) -> None:
        """To standing as fast as the model allows, passing what lies in between."""
        assert isinstance(self.motion, Run)
        run = self.motion
        at_m, speed = run.profile.at(self.now_s)
        stop_m = at_m + braking_m(speed, self.model.acceleration_mps2)
        x, y, _ = self.pose()
        passed = [(run.profile.at(t)[0], w) for t, w in run.marks if run.profile.at(t)[0] <= stop_m]
        segments, line, last_m = [], [], at_m
        for mark_m, waypoint in passed:
            segments.append((mark_m - last_m, max(speed, 0.01)))
            line.append(waypoint)
            last_m = mark_m
        segments.append((max(0.0, stop_m - last_m), max(speed, 0.01)))
        self._begin_run(x, y, run.heading_rad, speed, segments, line)

    def _begin_run(
        self, x_m: float, y_m: float, heading_rad: float, speed: float, segments: list[tuple[float, float]], line: list[Waypoint]
    ) -> None:
        self._driven_m = 0.0
        self.x_m, self.y_m, self.theta_rad = x_m, y_m, _wrap(heading_rad)
        profile = plan_run(self.now_s, speed, segments, self.model.acceleration_mps2)
        self.motion = Run(x_m, y_m, heading_rad, profile, list(zip(profile.mark_times_s, line, strict=False)))

    def _clock_to(self, to_s: float) -> None:
        self.now_s = to_s
        if isinstance(self.motion, Run):
            at_m, _ = self.motion.profile.at(to_s)
            self.odometer_m += max(0.0, at_m - self._driven_m)
            self.since_node_m += max(0.0, at_m - self._driven_m)
            self._driven_m = at_m

    def _settle_pose(self) -> None:
        self.x_m, self.y_m, self.theta_rad = self.pose()
        self.motion = None


def _wrap(angle_rad: float) -> float:
    return math.remainder(angle_rad, math.tau)


def _difference(to_rad: float, from_rad: float) -> float:
    return math.remainder(to_rad - from_rad, math.tau)
