"""What is driven: roads, starts, errands, closures. Everything is drawn from a seed, and the same for every policy."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from drover.bench.traffic.bodies import Delays, unit_draw
from fleet.contracts.errors import InvalidInput
from fleet.traffic.csr import RoadArrays
from fleet.traffic.state import I32

#: A closed segment stays closed this long, and the next one closes after as long again, seconds.
CLOSED_S: Final = 200
#: Shortest and longest chain of nodes that is closed as one segment.
SEGMENT: Final = (3, 60)


@dataclass(frozen=True, slots=True)
class Closure:
    """From `begins_s` to `ends_s` nobody may enter these nodes; who is inside drives on. `entries`: the edges into it."""

    begins_s: int
    ends_s: int
    nodes: frozenset[int]
    entries: tuple[int, ...]


@dataclass(frozen=True)
class Case:
    """One run's world. `lanes` int32[E]: the one-way proposal in 1/8 s, < 0 against a lane; `starts` int32[N] distinct nodes."""

    roads: RoadArrays
    lanes: I32
    starts: I32
    targets: I32
    seconds: int
    seed: int
    radius_m: float
    grid: bool = True
    delays: Delays = field(default_factory=Delays)
    closures: tuple[Closure, ...] = ()
    first_goals: I32 | None = None

    def errand(self, robot: int, count: int, here: int, shut: frozenset[int] = frozenset()) -> int:
        """The robot's errand number `count`: any target but where it stands, and not inside a closed segment."""
        if count == 0 and self.first_goals is not None and self.first_goals[robot] not in (here, *shut):
            return int(self.first_goals[robot])
        for again in range(1000):
            node = int(self.targets[int(unit_draw(self.seed, robot, count * 1000 + again, 5) * len(self.targets))])
            if node != here and node not in shut:
                return node
        raise InvalidInput("no errand can be drawn", field="targets", fix="use a map with more free cells")


def common_targets(roads: RoadArrays, lanes: I32) -> I32:
    """int32[k]: nodes that reach each other on the lanes (the largest part), so that every policy can do every errand."""
    open_ = lanes >= 0
    graph = csr_matrix((np.ones(int(open_.sum())), (roads.tail[open_], roads.head[open_])), shape=(roads.n_nodes, roads.n_nodes))
    _, label = connected_components(graph, directed=True, connection="strong")
    return np.flatnonzero(label == np.argmax(np.bincount(label))).astype(np.int32)


def lifelong(
    roads: RoadArrays,
    lanes: I32,
    robots: int,
    seconds: int,
    seed: int,
    *,
    radius_m: float = 0.25,
    grid: bool = True,
    delays: Delays | None = None,
    closures: bool = False,
    starts: I32 | None = None,
    first_goals: I32 | None = None,
) -> Case:
    """Random starts and errands without end. Raises InvalidInput when there are more robots than nodes to stand at."""
    targets = common_targets(roads, lanes)
    if starts is None:
        if robots < 1 or robots >= len(targets):
            fix = f"this map has room for 1 .. {len(targets) - 1}"
            raise InvalidInput(f"{robots} robots do not fit", field="robots", fix=fix)
        starts = _apart(roads, np.random.default_rng(seed).permutation(targets), robots, radius_m, grid=grid)
    return Case(
        roads=roads,
        lanes=lanes,
        starts=starts[:robots].astype(np.int32),
        targets=targets,
        seconds=seconds,
        seed=seed,
        radius_m=radius_m,
        grid=grid,
        delays=delays or Delays(),
        closures=draw_closures(roads, lanes, seconds, seed) if closures else (),
        first_goals=first_goals,
    )


def _apart(roads: RoadArrays, nodes: I32, robots: int, radius_m: float, *, grid: bool) -> I32:
    """The first nodes of this order whose bodies do not touch."""
    if grid:
        return nodes[:robots]
    chosen: list[int] = []
    for node in nodes.tolist():
        away = np.hypot(roads.x_m[chosen] - roads.x_m[node], roads.y_m[chosen] - roads.y_m[node])
        if not bool(np.any((away < 2 * radius_m + 0.1) & (roads.level[chosen] == roads.level[node]))):
            chosen.append(node)
        if len(chosen) == robots:
            return np.array(chosen, np.int32)
    raise InvalidInput(
        f"only {len(chosen)} robots of this size can stand apart", field="robots", fix=f"use at most {len(chosen)}"
    )


def segments(roads: RoadArrays) -> list[frozenset[int]]:
    """Chains of nodes with two neighbours: aisles between crossings. Not longer than SEGMENT says, not shorter."""
    both = csr_matrix((np.ones(roads.n_edges), (roads.tail, roads.head)), shape=(roads.n_nodes, roads.n_nodes))
    both = ((both + both.T) > 0).tocsr()
    inside = np.diff(both.indptr) == 2
    _, label = connected_components(_induced(both, inside), directed=False)
    chains: dict[int, list[int]] = {}
    for node in np.flatnonzero(inside).tolist():
        chains.setdefault(int(label[node]), []).append(node)
    return [frozenset(chain) for chain in chains.values() if SEGMENT[0] <= len(chain) <= SEGMENT[1]]


def _induced(graph: csr_matrix, inside: NDArray[np.bool_]) -> csr_matrix:
    rows, cols = graph.nonzero()
    both = inside[rows] & inside[cols]
    return csr_matrix((np.ones(int(both.sum())), (rows[both], cols[both])), shape=graph.shape)


def draw_closures(roads: RoadArrays, lanes: I32, seconds: int, seed: int) -> tuple[Closure, ...]:
    """Every CLOSED_S another aisle closes for as long, always one that leaves all other nodes connected on the lanes.

    On a floor whose aisles have a place at every node, the road between two nodes closes instead.
    """
    candidates = [(nodes, _entries(roads, nodes)) for nodes in segments(roads)] or [(frozenset(), road) for road in _roads(roads)]
    generator = np.random.default_rng([seed, 77])
    drawn: list[Closure] = []
    for begins_s in range(CLOSED_S // 2, seconds, CLOSED_S):
        for index in generator.permutation(len(candidates)).tolist():
            nodes, entries = candidates[index]
            if _leaves_connected(roads, lanes, nodes, entries):
                drawn.append(Closure(begins_s, begins_s + CLOSED_S, nodes, entries))
                break
    return tuple(drawn)


def _entries(roads: RoadArrays, nodes: frozenset[int]) -> tuple[int, ...]:
    inside = list(nodes)
    return tuple(np.flatnonzero(np.isin(roads.head, inside) & ~np.isin(roads.tail, inside)).tolist())


def _roads(roads: RoadArrays) -> list[tuple[int, ...]]:
    """The edges of each road, in both directions where it has two."""
    back = roads.reverse.tolist()
    return [(e,) if back[e] < 0 else (e, back[e]) for e in range(roads.n_edges) if back[e] < 0 or e < back[e]]


def _leaves_connected(roads: RoadArrays, lanes: I32, nodes: frozenset[int], entries: tuple[int, ...]) -> bool:
    touched = np.isin(roads.tail, list(nodes))
    touched[list(entries)] = True
    rest = common_targets(roads, np.where(touched, -1, lanes).astype(np.int32))
    return len(rest) >= len(common_targets(roads, lanes)) - len(nodes)
