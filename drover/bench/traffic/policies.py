"""The policies by name: the baselines, and the engine with its guidance and the rules for dead ends of the edge node."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

import numpy as np

from drover.bench.traffic.bodies import SUBTICKS
from drover.bench.traffic.cases import Case
from drover.bench.traffic.drive import Policy
from fleet.traffic.baselines import Reservation
from fleet.traffic.csr import RoadArrays
from fleet.traffic.engine import Engine, Tuning
from fleet.traffic.guidance import Guidance, GuidanceSettings
from fleet.traffic.lanes import Lanes, propose
from fleet.traffic.plant import TUNING, dead_ends, keep_lanes
from fleet.traffic.state import I32, U8

#: Tuned on warehouse-10-20-10-2-1 with seeds 1 and 11, 300 .. 500 s (docs/traffic.md). A robot that finds its way shut may
#: take any detour at once (`slack`). With few robots it first waits a second or two for one that leaves; with many it
#: rather drives a free detour of up to 25 s than pushes one that stands.
SPARSE: Final = Tuning(clearing=4, arriving=8, push=12, slack=4000, slack_max=4000, stuck_s=120.0)
DENSE: Final = Tuning(clearing=4, arriving=16, push=200, slack=4000, slack_max=4000, stuck_s=120.0)
#: From these shares of occupied nodes on: lanes are closed against their direction (below they are only dearer); DENSE counts.
HARD_FROM: Final = 0.07
DENSE_FROM: Final = 0.22
HARD: Final = GuidanceSettings(hard=True, waiting=3.5, period_s=5.0, memory=0.8)
SOFT: Final = GuidanceSettings(soft=2.0, waiting=1.0)
#: Clearance of the engine on drawn layouts, metres; the same as that of the baselines.
CLEARANCE_M: Final = 0.05


class Guided:
    """`Engine` behind the driver's calls: on drawn floors as the edge node has it, on grids with `Guidance`.

    `guidance` False: hard lanes, free-flow costs.
    """

    def __init__(self, case: Case, lanes: Lanes, *, guidance: bool = True, tuning: Tuning | None = None) -> None:
        radii = None if case.grid else [case.radius_m]
        share = len(case.starts) / len(case.targets)
        tuning = tuning or ((DENSE if share >= DENSE_FROM else SPARSE) if case.grid else TUNING)
        branch, trunks = (None, []) if case.grid else dead_ends(case.roads)
        self.engine = Engine(
            case.roads, seed=case.seed, radii_m=radii, clearance_m=CLEARANCE_M, tuning=tuning, branch=branch, zones=trunks
        )
        self.hard = share >= HARD_FROM or not guidance
        self._guidance = Guidance(case.roads, lanes, HARD if self.hard else SOFT)
        self._guided = guidance and case.grid
        self.engine.set_weights(self._guidance.weights() if case.grid else keep_lanes(case.roads.cost, lanes.against))
        self._now_s = 0.0
        self._granted: list[I32] = []
        self._steps = 0

    @property
    def ready(self) -> U8:
        return self.engine.ready

    def add(self, cls: int = 0) -> int:
        return self.engine.add(cls)

    def place(self, robot: int, node: int) -> None:
        self.engine.place(robot, node)

    def set_goals(self, robots: I32, nodes: I32) -> None:
        self.engine.set_goals(robots, nodes, self._now_s)

    def passed_many(self, robots: I32) -> None:
        self.engine.passed_many(robots)

    def set_movable(self, robots: I32, movable: bool) -> None:
        for robot in robots.tolist():
            self.engine.set_movable(robot, movable)

    def close(self, edges: Iterable[int]) -> None:
        self.engine.close(list(edges))

    def step(self, now_s: float) -> tuple[I32, I32]:
        self._now_s = now_s
        robots, edges = self.engine.step(now_s)
        if self._guided:
            self._granted.append(edges)
            self._steps += 1
            if self._steps % SUBTICKS == 0:
                self._observe(now_s)
        return robots, edges

    def _observe(self, now_s: float) -> None:
        """Once a second: where robots went, and where some stood that wanted to go on."""
        engine, n = self.engine, self.engine.count
        stands = (engine.crew.base_n[:n] == 0) & (engine.crew.goal[:n] >= 0) & (now_s - engine.moved_at[:n] >= 1.0)
        if self._guidance.observe(np.concatenate(self._granted), engine.crew.at[:n][stands], 1.0):
            engine.set_weights(self._guidance.weights())
        self._granted.clear()


def one_way(roads: RoadArrays) -> tuple[Lanes, I32]:
    """The one-way proposal, and it as weights int32[E], 1/8 s, -1 against a lane."""
    lanes = propose(roads)
    return lanes, np.where(lanes.against, -1, roads.cost).astype(np.int32)


def _baseline(sidestep_s: float) -> Callable[[Case, Lanes], Policy]:
    def make(case: Case, lanes: Lanes) -> Policy:
        del lanes
        radius_m = None if case.grid else case.radius_m
        return Reservation(case.roads, weights=case.lanes, sidestep_s=sidestep_s, radius_m=radius_m, seed=case.seed)

    return make


def _two_way(case: Case, lanes: Lanes) -> Policy:
    del lanes
    return Reservation(case.roads, sidestep_s=0.0, radius_m=None if case.grid else case.radius_m, seed=case.seed)


#: b0: two-way; b1: the one to quote; b1_quick: B1 with the side-step that is best on the benchmark's own map at high density.
POLICIES: Final[dict[str, Callable[[Case, Lanes], Policy]]] = {
    "b0": _two_way,
    "b1": _baseline(sidestep_s=3.0),
    "b1_quick": _baseline(sidestep_s=1.0),
    "drover": lambda case, lanes: Guided(case, lanes),
    "drover_unguided": lambda case, lanes: Guided(case, lanes, guidance=False),
}
