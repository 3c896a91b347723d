"""One run: a policy decides, bodies move, the checkers watch. The same for baselines and for the engine."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import numpy as np

from drover.bench.traffic.bodies import SUBTICKS, Bodies, stopped
from drover.bench.traffic.cases import Case
from drover.bench.traffic.checker import CollisionChecker
from drover.bench.traffic.deadlock import DeadlockDetector
from fleet.traffic.state import F64, I32, U8

#: The first third of a run does not count: robots begin everywhere at once.
WARM_SHARE: Final = 3
#: The detector of deadlocks looks this often, seconds.
LOOK_S: Final = 20


class Policy(Protocol):
    """What `Engine` and the baselines have in common, as far as the driver calls it."""

    @property
    def ready(self) -> U8: ...
    def add(self, cls: int = 0) -> int: ...
    def place(self, robot: int, node: int) -> None: ...
    def set_goals(self, robots: I32, nodes: I32) -> None: ...
    def passed_many(self, robots: I32) -> None: ...
    def set_movable(self, robots: I32, movable: bool) -> None: ...
    def close(self, edges: Iterable[int]) -> None: ...
    def step(self, now_s: float) -> tuple[I32, I32]: ...


class Errands(Protocol):
    """Who hands out goals: random ones without end, or a pool of pick-up and delivery tasks."""

    def begin(self, run: Run) -> None: ...
    def arrived(self, run: Run, robots: I32) -> None: ...
    def second(self, run: Run) -> None: ...
    def ages_s(self, run: Run) -> list[float]: ...


@dataclass
class Result:
    """What one run showed. Rates and times count from `warm_s` on; `steps_s`: wall time of each step of the policy, seconds."""

    robots: int
    seconds: int
    warm_s: int
    finished: int
    per_s: float
    collisions: int
    deadlocks: int
    closed_entries: int
    moves: int
    standing_max_s: float
    errand_p50_s: float
    errand_p95_s: float
    step_p50_ms: float
    step_p99_ms: float
    step_max_ms: float
    policy_cpu_ms_per_s: float
    cpu_s: float
    details: dict[str, Any] = field(default_factory=dict)


class Run:
    """The state of one run; `play` to its end, or `second` by `second`."""

    def __init__(self, policy: Policy, case: Case, errands: Errands, *, layout_weights: I32 | None = None) -> None:
        self.policy, self.case, self.errands = policy, case, errands
        n = len(case.starts)
        self.n = n
        self.bodies = Bodies(case.roads, case.starts, case.delays, seed=case.seed, radius_m=case.radius_m, grid=case.grid)
        self.checker = CollisionChecker(case.radius_m)
        self.detector = DeadlockDetector(case.roads, case.lanes if layout_weights is None else layout_weights)
        self.goal: I32 = np.full(n, -1, np.int32)
        self.since_s: F64 = np.zeros(n)
        self.moved_s: F64 = np.zeros(n)
        self.warm_s = case.seconds // WARM_SHARE
        self.finished, self.durations, self.now_s = 0, list[float](), 0.0
        self.step_s: list[float] = []
        self.policy_cpu_s, self.closed_entries, self.standing_max_s = 0.0, 0, 0.0
        self.shut: frozenset[int] = frozenset()
        self._closed: U8 = np.zeros(case.roads.n_edges, np.uint8)
        self._place: list[F64] = [np.zeros(n) for _ in range(4)]
        self._stopped: U8 = np.zeros(n, np.uint8)

    def play(self, told: Callable[[int], None] | None = None) -> Result:
        """To the end; `told(second)` after each second. Ctrl-C ends it: KeyboardInterrupt goes through."""
        began = time.process_time()
        for node in self.case.starts.tolist():
            self.policy.place(self.policy.add(), node)
        self.bodies.positions(self._place[2], self._place[3])
        self.errands.begin(self)
        self._decide()
        for second in range(self.case.seconds):
            self._second(second)
            if told is not None:
                told(second + 1)
        return self._result(time.process_time() - began)

    def send(self, robots: Iterable[int], nodes: Iterable[int]) -> None:
        """New goals (-1: none)."""
        who, where = np.array(list(robots), np.int32), np.array(list(nodes), np.int32)
        if len(who):
            self.goal[who], self.since_s[who] = where, self.now_s
            began = time.process_time()
            self.policy.set_goals(who, where)
            self.policy_cpu_s += time.process_time() - began

    def done(self, robots: int, durations_s: Iterable[float]) -> None:
        """That many tasks were finished just now, begun so long ago."""
        if self.now_s >= self.warm_s:
            self.finished += robots
            self.durations.extend(durations_s)

    def _second(self, second: int) -> None:
        self._close(second)
        self.bodies.disturb(second)
        before, self._stopped = self._stopped, stopped(self.bodies)
        for flag in (False, True):
            changed = np.flatnonzero((before != self._stopped) & (self._stopped == (0 if flag else 1))).astype(np.int32)
            if len(changed):
                self.policy.set_movable(changed, flag)
        self.errands.second(self)
        for sub in range(1, SUBTICKS + 1):
            self.now_s = second + sub / SUBTICKS
            self._move()
            self._decide()
        if second % LOOK_S == LOOK_S - 1:
            self.detector.look(self.now_s, self.bodies.at, self.goal, self.moved_s, self._stopped, self._closed)
        if self.now_s > self.warm_s:
            wanting = (self.goal >= 0) & (self._stopped == 0)
            if wanting.any():
                self.standing_max_s = max(self.standing_max_s, float((self.now_s - self.moved_s[wanting]).max()))

    def _move(self) -> None:
        bodies = self.bodies
        before = self._level()
        passed, arrived = bodies.advance()
        x0, y0, x1, y1 = self._place[2], self._place[3], self._place[0], self._place[1]
        bodies.positions(x1, y1)
        self.checker.watch(self.now_s, x0, y0, x1, y1, before, self._level())
        self._place = [x0, y0, x1, y1]
        if len(passed):
            self.policy.passed_many(passed)
        if len(arrived):
            self.policy.ready[arrived] = 1
            self.moved_s[arrived] = self.now_s
            home = arrived[bodies.at[arrived] == self.goal[arrived]]
            if len(home):
                self.errands.arrived(self, home)

    def _level(self) -> I32:
        return self.case.roads.level[self.bodies.at]

    def _decide(self) -> None:
        began, cpu = time.perf_counter(), time.process_time()
        robots, edges = self.policy.step(self.now_s)
        self.policy_cpu_s += time.process_time() - cpu
        self.step_s.append(time.perf_counter() - began)
        if len(robots):
            self.closed_entries += int(self._closed[edges].sum())
            self.bodies.depart(robots, edges)
            self.policy.ready[robots] = 0
            self.moved_s[robots] = self.now_s

    def _close(self, second: int) -> None:
        """Segments that open or close now. Errands to a closed one are drawn again."""
        if not any(second in (c.begins_s, c.ends_s) for c in self.case.closures):
            return
        shut = [c for c in self.case.closures if c.begins_s <= second < c.ends_s]
        self.shut = frozenset(node for c in shut for node in c.nodes)
        edges = [e for c in shut for e in c.entries]
        self._closed[:] = 0
        self._closed[edges] = 1
        self.policy.close(edges)

    def _result(self, cpu_s: float) -> Result:
        steps_ms = 1000 * np.array(self.step_s[len(self.step_s) // WARM_SHARE :])
        counted_s = self.case.seconds - self.warm_s
        lasted = np.array(self.durations + self.errands.ages_s(self))
        return Result(
            robots=self.n,
            seconds=self.case.seconds,
            warm_s=self.warm_s,
            finished=self.finished,
            per_s=round(self.finished / counted_s, 4),
            collisions=self.checker.count,
            deadlocks=self.detector.count,
            closed_entries=self.closed_entries,
            moves=int(self.bodies.moves.sum()),
            standing_max_s=self.standing_max_s,
            errand_p50_s=round(float(np.percentile(lasted, 50)), 1),
            errand_p95_s=round(float(np.percentile(lasted, 95)), 1),
            step_p50_ms=round(float(np.percentile(steps_ms, 50)), 3),
            step_p99_ms=round(float(np.percentile(steps_ms, 99)), 3),
            step_max_ms=round(float(steps_ms.max()), 3),
            policy_cpu_ms_per_s=round(1000 * self.policy_cpu_s / self.case.seconds, 3),
            cpu_s=round(cpu_s, 2),
            details={"collisions": self.checker.kept, "deadlocks": self.detector.kept},
        )


class RandomErrands:
    """Lifelong: whoever arrives gets the next random goal at once."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._count = np.zeros(len(case.starts), np.int64)

    def begin(self, run: Run) -> None:
        self._send(run, range(run.n))

    def arrived(self, run: Run, robots: I32) -> None:
        who = robots.tolist()
        run.done(len(who), (run.now_s - run.since_s[robots]).tolist())
        self._send(run, who)

    def second(self, run: Run) -> None:
        """Errands into a segment that has just been closed are replaced, not counted."""
        if run.shut:
            shut = np.fromiter(run.shut, np.int32, len(run.shut))
            lost = np.isin(run.goal, shut)
            if lost.any():
                self._send(run, np.flatnonzero(lost).tolist())

    def ages_s(self, run: Run) -> list[float]:
        """Of the errands that are not finished."""
        return [float(age) for age in run.now_s - run.since_s[run.goal >= 0]]

    def _send(self, run: Run, robots: Iterable[int]) -> None:
        who = list(robots)
        goals = []
        for i in who:
            goals.append(self._case.errand(i, int(self._count[i]), int(run.bodies.at[i]), run.shut))
            self._count[i] += 1
        run.send(who, goals)
