"""The executed world in which the forecast is tried: engine, bodies and checkers of `drover bench traffic`, watched.

Everything is drawn from the seed by counters, so that all arms of one seed meet the same errands and disturbances.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from drover.bench.traffic.bodies import Delays, unit_draw
from drover.bench.traffic.cases import Case, lifelong
from drover.bench.traffic.drive import RandomErrands, Run
from fleet.planning.prediction.history import F64
from fleet.planning.prediction.predictor import Plans, Predictor
from fleet.planning.prediction.progress import Progress
from fleet.traffic import lanes as one_way
from fleet.traffic.csr import RoadArrays, from_grid
from fleet.traffic.engine import Engine
from fleet.traffic.state import I32

#: Share of the errands of shifting demand that go to the third of the site whose turn it is, and how long a turn lasts, s.
SHIFT_SHARE, SHIFT_S = 0.7, 300.0
ROADS = ("two-way", "soft", "hard")
DEMANDS = ("uniform", "shifting")


def made_warehouse(columns: int, rows: int, *, shelf: tuple[int, int] = (10, 2), margin: int = 3) -> list[str]:
    """Shelves of shelf[0] x shelf[1] cells between aisles one cell wide, in the manner of MovingAI's warehouses."""
    width, height = 2 * margin + columns * (shelf[0] + 1) + 1, 2 * margin + rows * (shelf[1] + 1) + 1
    grid = [["."] * width for _ in range(height)]
    for r in range(rows):
        for c in range(columns):
            for y in range(shelf[1]):
                for x in range(shelf[0]):
                    grid[margin + 1 + r * (shelf[1] + 1) + y][margin + 1 + c * (shelf[0] + 1) + x] = "@"
    return ["".join(row) for row in grid]


@dataclass(frozen=True)
class World:
    """`kind`: two-way (no guidance by layout), soft (2 x against a lane) or hard (closed against a lane)."""

    roads: RoadArrays
    lanes: one_way.Lanes
    kind: str
    demand: str

    @classmethod
    def of(cls, rows: list[str], kind: str, demand: str) -> World:
        roads = from_grid(rows)
        return cls(roads, one_way.propose(roads), kind, demand)

    def case(self, robots: int, seconds: int, seed: int, delays: Delays) -> Case:
        """Starts and errands reach each other on the lanes, for all kinds alike."""
        hard = np.where(self.lanes.against, -1, self.roads.cost).astype(np.int32)
        return lifelong(self.roads, hard, robots, seconds, seed, delays=delays)


class ShiftingErrands(RandomErrands):
    """SHIFT_SHARE of the errands go to the left third, then to the right third, and so on; the others anywhere."""

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        x = case.roads.x_m[case.targets]
        width = float(case.roads.x_m.max())
        self._sides = (case.targets[x < width / 3], case.targets[x > 2 * width / 3])

    def _send(self, run: Run, robots: Iterable[int]) -> None:
        who = list(robots)
        goals = [self._goal(run, i) for i in who]
        run.send(who, goals)

    def _goal(self, run: Run, i: int) -> int:
        seed, here = self._case.seed, int(run.bodies.at[i])
        for again in range(1000):
            count = int(self._count[i]) * 1000 + again
            draw = unit_draw(seed, i, count, 6)
            nodes = self._case.targets
            if draw < SHIFT_SHARE:
                nodes = self._sides[int(run.now_s // SHIFT_S) % 2]
            node = int(nodes[int(unit_draw(seed, i, count, 5) * len(nodes))])
            if node != here:
                self._count[i] += 1
                return node
        raise AssertionError("no errand")


class EnginePolicy(Engine):
    """The engine as the driver wants it: it knows the time of the last step."""

    now_s = 0.0

    def set_goals(self, robots: I32, goals: I32, now: float | None = None) -> None:  # type: ignore[override]
        super().set_goals(robots, goals, self.now_s if now is None else now)

    def step(self, now: float) -> tuple[I32, I32]:
        self.now_s = now
        return super().step(now)


@dataclass
class Seen:
    """What a run leaves behind. `trips`: when each began, what it took, and what `ask` had said."""

    trips: list[tuple[float, ...]] = field(default_factory=list)


class WatchedRun(Run):
    """A run that tells crossings, entries and trips."""

    def __init__(
        self, engine: EnginePolicy, case: Case, demand: str, ask: Callable[[int], tuple[float, ...]] | None = None
    ) -> None:
        super().__init__(engine, case, ShiftingErrands(case) if demand == "shifting" else RandomErrands(case))  # type: ignore[arg-type]
        self.engine, self.seen, self._ask = engine, Seen(), ask
        self.progress = Progress(self.n)
        self.entered: list[I32] = []
        self.fresh: list[tuple[I32, F64, F64]] = []
        self._said: dict[int, tuple[float, tuple[float, ...]]] = {}
        self._advance = self.bodies.advance
        self.bodies.advance = self._watched_advance  # type: ignore[method-assign]

    def send(self, robots: Iterable[int], nodes: Iterable[int]) -> None:
        who = list(robots)
        super().send(who, nodes)
        index = np.array(who, np.int64)
        self.progress.begin(index.astype(np.int32), self.bodies.at[index], self.now_s)
        if self._ask is not None:
            for i in who:
                self._said[i] = (self.now_s, self._ask(i))

    def _watched_advance(self) -> tuple[I32, I32]:
        edges = self.bodies.edge.copy()
        passed, arrived = self._advance()
        if len(arrived):
            cache, crew, nodes = self.engine.cache, self.engine.crew, self.bodies.at[arrived]
            crossed = self.progress.arrived(arrived, edges[arrived], nodes, cache.rows, crew.row[arrived], self.now_s)
            self.entered.append(edges[arrived])
            self.fresh.append(crossed)
            for i in arrived[nodes == self.goal[arrived]].tolist():
                if i in self._said:
                    began, said = self._said.pop(i)
                    self.seen.trips.append((began, self.now_s - began, *said))
        return passed, arrived

    def take_crossings(self) -> tuple[I32, F64, F64]:
        """Those since the last call: edges int32[k], began and ended float64[k]."""
        fresh, self.fresh = self.fresh, []
        if not fresh:
            return np.zeros(0, np.int32), np.zeros(0), np.zeros(0)
        edges, began, ended = (np.concatenate([f[k] for f in fresh]) for k in range(3))
        return edges.astype(np.int32), began, ended

    def take_entries(self, n_edges: int) -> I32:
        """int32[E]: moves since the last call."""
        entered, self.entered = self.entered, []
        return (
            np.bincount(np.concatenate(entered), minlength=n_edges).astype(np.int32) if entered else np.zeros(n_edges, np.int32)
        )

    def plans(self) -> Plans:
        """The plans in hand: where every robot is or will be next, and its goal."""
        bodies, crew, n = self.bodies, self.engine.crew, self.n
        moving = bodies.edge >= 0
        at = np.where(moving, bodies.roads.head[np.maximum(bodies.edge, 0)], bodies.at).astype(np.int32)
        left_s = np.where(moving, bodies.duration[np.maximum(bodies.edge, 0)] - bodies.done, 0) / 4.0
        waited_s = np.where(moving, 0.0, self.now_s - self.progress.since_s)
        plans = Plans.single(at, left_s, waited_s, crew.row[:n].copy(), crew.goal[:n].copy(), self.engine.cache.rows)
        return replace(plans, closed=self.engine.net.weights < 0)

    def feed(self, predictor: Predictor) -> None:
        """What has happened since the last call, and the plans in hand."""
        edges, began, ended = self.take_crossings()
        predictor.observe(self.now_s, edges, began, ended)
        predictor.plan(self.now_s, self.plans())
