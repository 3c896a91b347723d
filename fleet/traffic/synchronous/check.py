"""An independent check of trajectories: it shares no code with the planner and looks only at who was where."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fleet.contracts.errors import InvalidInput
from fleet.traffic.csr import Int32, RoadArrays


@dataclass(frozen=True, slots=True)
class Verdict:
    """Counts over all steps; a run is sound when the first three are 0."""

    jumps: int
    shared_nodes: int
    swaps: int
    moves: int

    @property
    def sound(self) -> bool:
        return self.jumps == self.shared_nodes == self.swaps == 0


def check(roads: RoadArrays, places: Int32) -> Verdict:
    """`places` int32[T + 1, R]: node of each robot after each step. Moves must be edges, nodes have one robot, none swap."""
    if places.ndim != 2 or len(places) < 1:
        raise InvalidInput("places are no table of steps by robots", field="places", fix="int32[T + 1, R]")
    n = np.int64(roads.n_nodes)
    edges = np.unique(roads.tail.astype(np.int64) * n + roads.head)
    jumps = shared = swaps = moves = 0
    for step, here in enumerate(places):
        shared += len(here) - len(np.unique(here))
        if step == 0:
            continue
        before = places[step - 1].astype(np.int64)
        moving = before != here
        way = before[moving] * n + here[moving]
        back = here[moving].astype(np.int64) * n + before[moving]
        jumps += int((~np.isin(way, edges)).sum())
        swaps += int(np.isin(way, back).sum())
        moves += int(moving.sum())
    return Verdict(jumps=jumps, shared_nodes=shared, swaps=swaps // 2, moves=moves)


def errands_done(places: Int32, errands: Int32) -> int:
    """Errands that the trajectories finish: robot i serves `errands[(k R + i) mod len]`, k = 0, 1, ..., at most one a step."""
    n_robots = places.shape[1]
    served = np.zeros(n_robots, np.int64)
    robots = np.arange(n_robots)
    for here in places[1:]:
        served += here == errands[(served * n_robots + robots) % len(errands)]
    return int(served.sum())
