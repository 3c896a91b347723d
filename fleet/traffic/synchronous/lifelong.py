"""Lifelong movement in steps: every robot has an errand at any time and gets the next one when it arrives.

The model of Guided PIBT and of the League of Robot Runners without rotation: robot i serves errands i, R + i, 2 R + i, ...
of a list, one at a time, the next one known only when the one before is done; at most one is finished in a step.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from fleet.contracts.errors import InvalidInput
from fleet.layout.branches import branches
from fleet.traffic.csr import GRID_CELL_COST, Int32, RoadArrays, from_grid
from fleet.traffic.guidance import Guidance, GuidanceSettings
from fleet.traffic.lanes import propose
from fleet.traffic.synchronous import pibt
from fleet.traffic.synchronous.locality import by_tiles, renumbered
from fleet.traffic.synchronous.state import Crew, Net, Rule, work
from fleet.traffic.synchronous.store import FieldStore

#: Rows of cost-to-go beyond one a robot, for goals that come again.
SPARE_ROWS = 256


@dataclass(frozen=True, slots=True)
class Settings:
    """`lanes`: alternate one-way streets as guidance says (soft or hard). `observe`: weights follow flow and waits.

    `refresh_age`: a robot that has been under way this many steps gets its field made anew when that is `refresh_epochs`
    old, at most `refresh_most` a step; 0: never.
    """

    rule: Rule = field(default_factory=lambda: Rule(wait=GRID_CELL_COST * 3 // 2, hinder=32, occupied=16, noise=8, rotate=1))
    guidance: GuidanceSettings = field(default_factory=lambda: GuidanceSettings(soft=3.5))
    lanes: bool = True
    observe: bool = True
    stale_max: int = 3
    refresh_age: int = 0
    refresh_epochs: int = 3
    refresh_most: int = 50


#: PIBT without guidance: the baseline.
PLAIN = Settings(rule=Rule(wait=GRID_CELL_COST, hinder=0, occupied=16, noise=8, rotate=1), lanes=False, observe=False)


class Lifelong:
    """`tick()` moves all robots one step. Nodes are renumbered inside; `places()` answers in the caller's numbers."""

    def __init__(self, roads: RoadArrays, starts: Int32, errands: Int32, settings: Settings, seed: int) -> None:
        """`starts` int32[R] different nodes; `errands` int32[K], K >= R. Raises InvalidInput."""
        if len(np.unique(starts)) != len(starts):
            raise InvalidInput("two robots start at one node", field="starts", fix="give each its own")
        if len(errands) < len(starts):
            raise InvalidInput("fewer errands than robots", field="errands", fix="give each robot at least one")
        self.settings, self.seed, self.step = settings, seed, 0
        self.n = len(starts)
        self._order = by_tiles(roads)
        self.roads, new_of, _ = renumbered(roads, self._order)
        self._errands = new_of[errands]
        self._served = np.zeros(self.n, np.int64)
        self.guidance = Guidance(self.roads, propose(self.roads) if settings.lanes else None, settings.guidance)
        self.store = FieldStore(self.roads, self.n + SPARE_ROWS, stale_max=settings.stale_max)
        dead_ends = branches(self.roads)
        cyclic = bool((dead_ends.branch_of_node < 0).any())  # a tree has no core that branches could hang on
        degree = int(np.diff(self.roads.out_ptr).max())
        self._branch = dead_ends.branch_of_node if cyclic else np.full(self.roads.n_nodes, -1, np.int32)
        self.work = work(self.roads.n_nodes, self.n, degree, dead_ends.count)
        rng = np.random.default_rng(seed)
        self.work.order[:] = rng.permutation(self.n)
        goals = self._goals(np.arange(self.n))
        rows = self.store.take(goals.tolist(), self.guidance.weights(), self.guidance.epoch)
        self.crew = Crew(
            at=new_of[starts].copy(),
            goal=goals,
            row=rows,
            fields=self.store.fields,
            shift=self.store.shift,
            age=np.zeros(self.n, np.int32),
        )
        self._moved, self._waited = np.empty(self.n, np.int32), np.empty(self.n, np.int32)
        self.finished = 0

    def tick(self) -> int:
        """One step; answers how many errands it finished."""
        s, crew = self.settings, self.crew
        net = self.net()
        pibt.step(net, crew, s.rule, self.work, self.seed * 1_000_003 + self.step)
        moved, waited = pibt.advance(crew, self.work, net.head, net.out_ptr, self._moved, self._waited)
        if s.observe:
            self.guidance.observe(self._moved[:moved], self._waited[:waited])
        done = np.flatnonzero(crew.at == crew.goal)
        self._next_errands(done)
        if s.refresh_age:
            self._refresh()
        self.step += 1
        self.finished += len(done)
        return len(done)

    def net(self) -> Net:
        """The graph under the weights of now."""
        return Net(self.roads.out_ptr, self.roads.head, self.guidance.weights(), self._branch)

    def places(self) -> Int32:
        """int32[R]: where the robots are, in the numbers of the roads given."""
        here: Int32 = self._order[self.crew.at]
        return here

    def _goals(self, robots: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> Int32:
        at = (self._served[robots] * self.n + robots) % len(self._errands)
        goals: Int32 = self._errands[at].astype(np.int32)
        return goals

    def _next_errands(self, done: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> None:
        if not len(done):
            return
        crew = self.crew
        self.store.give_back(crew.goal[done].tolist())
        self._served[done] += 1
        goals = self._goals(done)
        crew.goal[done] = goals
        crew.row[done] = self.store.take(goals.tolist(), self.guidance.weights(), self.guidance.epoch)
        crew.age[done] = 0

    def _refresh(self) -> None:
        s, crew = self.settings, self.crew
        old = np.flatnonzero(crew.age >= s.refresh_age)
        if len(old):
            old = old[np.argsort(-crew.age[old], kind="stable")][: 4 * s.refresh_most]
            g = self.guidance
            self.store.refresh(crew.goal[old].tolist(), g.weights(), g.epoch, age_min=s.refresh_epochs, most=s.refresh_most)


def warm() -> None:
    """Calls each compiled loop of this package once."""
    roads = from_grid(("...", ".@.", "..."))
    run = Lifelong(roads, np.array([0, 3], np.int32), np.array([7, 0, 5, 2], np.int32), Settings(), seed=0)
    for _ in range(3):
        run.tick()
