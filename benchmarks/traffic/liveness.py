"""Does everybody arrive? Every placement on small floors, and a million moves with random stalls, on the engine of the edge node.

    python -m benchmarks.traffic.liveness floors --nodes 6            # every connected graph with up to 6 nodes, every placement
    python -m benchmarks.traffic.liveness floors --nodes 8 --sample 200   # of the larger ones so many drawn by seed
    python -m benchmarks.traffic.liveness stalls --events 1000000 --seed 1

`floors`: robots on every set of nodes (from one to all but one), goals drawn by seed. An oracle (all states that the robots can
reach by single moves, the others alike) says who can reach its goal at all; the engine must bring all of those there. `stalls`:
floors of many shapes, robots stall at random for long or short; after every move holdings are checked; nobody may wait for ever.
Prints JSON; exit code 1 when somebody did not arrive.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import sys
import time
from collections.abc import Iterator

import networkx as nx
import numpy as np

from fleet.traffic.csr import RoadArrays, from_grid
from fleet.traffic.engine import Engine, Tuning
from fleet.traffic.plant import dead_ends

#: Rounds until a floor of a few nodes must have been cleared.
ROUNDS_MAX = 600
#: No robot may be without progress for so many rounds of the stall runs: stalls last up to 60.
WAIT_MAX = 4000
FLOORS = {
    "ring with spurs": [".......", ".@@@@@.", "...@...", ".@@@@@.", "......."],
    "office with dead ends": ["........", ".@.@.@.@", ".@.@.@.@", "........", "@.@.@.@.", "@.@.@.@."],
    "aisles": ["..........", ".@@@@@@@@.", "..........", ".@@@@@@@@.", ".........."],
    "open floor": ["......"] * 5,
    "one bridge": ["...@...", "...@...", ".......", "...@...", "...@..."],
}


def roads_of(edges: list[tuple[int, int]], n: int) -> RoadArrays:
    return RoadArrays.build(
        x_m=np.arange(n) * 10.0,
        y_m=np.zeros(n),
        level=np.zeros(n, np.int32),
        tail=[a for a, _ in edges],
        head=[b for _, b in edges],
        length_m=np.ones(len(edges)),
        cost=np.full(len(edges), 8, np.int32),
        node_ids=[str(k) for k in range(n)],
        edge_ids=[f"{a}-{b}" for a, b in edges],
    )


class Oracle:
    """Which (place of one robot, places of the others) can be turned into which, for undirected floors."""

    def __init__(self, edges: list[tuple[int, int]], n: int, robots: int) -> None:
        self._out: dict[int, list[int]] = {u: [v for a, v in edges if a == u] for u in range(n)}
        self._part: dict[tuple[int, frozenset[int]], int] = {}
        self._ends: list[set[int]] = []
        for u in range(n):
            for others in itertools.combinations([v for v in range(n) if v != u], robots - 1):
                self._flood((u, frozenset(others)))

    def _flood(self, start: tuple[int, frozenset[int]]) -> None:
        if start in self._part:
            return
        number, todo = len(self._ends), [start]
        self._ends.append(set())
        self._part[start] = number
        while todo:
            u, others = todo.pop()
            self._ends[number].add(u)
            after = [(v, others) for v in self._out[u] if v not in others]
            after += [(u, others - {o} | {v}) for o in others for v in self._out[o] if v != u and v not in others]
            for state in after:
                if state not in self._part:
                    self._part[state] = number
                    todo.append(state)

    def reaches(self, start: int, others: frozenset[int], goal: int) -> bool:
        return goal in self._ends[self._part[(start, others)]]


def drive(engine: Engine, starts: tuple[int, ...], goals: list[int]) -> set[int]:
    """Robots that were at their goals at least once; who was becomes idle."""
    for i in range(engine.count):
        engine.unplace(i)
    while engine.count < len(starts):
        engine.add()
    for i, (start, goal) in enumerate(zip(starts, goals, strict=True)):
        engine.place(i, start)
        engine.set_goal(i, goal, 0.0)
    engine.rescue.reset()
    there: set[int] = set()
    for now in range(ROUNDS_MAX):
        robots, _ = engine.step(float(now))
        for i in robots.tolist():
            engine.passed(i)
        for i in range(len(starts)):
            if i not in there and engine.at[i] == goals[i]:
                there.add(i)
                engine.set_goal(i, -1, float(now))
        if len(there) == len(starts):
            break
    return there


def graphs(nodes: int, sample: int, seed: int) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """Connected undirected graphs as directed edges both ways: all with up to 7 nodes, or a sample of each size above 5."""
    chance = random.Random(seed)
    for n in range(2, nodes + 1):
        if n <= 7:
            all_of_them = [g for g in nx.graph_atlas_g() if g.number_of_nodes() == n and nx.is_connected(g)]
            chosen = all_of_them if not sample or n <= 5 else chance.sample(all_of_them, min(sample, len(all_of_them)))
        else:
            chosen = list(_drawn(n, sample or 100, chance))
        for graph in chosen:
            yield n, [pair for a, b in graph.edges for pair in ((a, b), (b, a))]


def _drawn(n: int, count: int, chance: random.Random) -> Iterator[nx.Graph]:
    while count:
        graph = nx.gnm_random_graph(n, chance.randint(n - 1, 2 * n), seed=chance.randint(0, 1 << 30))
        if nx.is_connected(graph):
            count -= 1
            yield graph


def floors(nodes: int, sample: int, seed: int) -> dict[str, object]:
    chance = random.Random(seed)
    cases = asked = arrived = count = 0
    failed: list[object] = []
    began = time.process_time()
    for n, edges in graphs(nodes, sample, seed):
        count += 1
        roads = roads_of(edges, n)
        branch, zones = dead_ends(roads)
        engine = Engine(roads, branch=branch, zones=zones, tuning=Tuning(stuck_s=4.0))
        for robots in range(1, n):
            oracle = Oracle(edges, n, robots)
            for starts in itertools.combinations(range(n), robots):
                goals = chance.sample(range(n), robots)
                cases += 1
                there = drive(engine, starts, goals)
                can = {i for i in range(robots) if oracle.reaches(starts[i], frozenset(starts) - {starts[i]}, goals[i])}
                asked += len(can)
                arrived += len(can & there)
                if can - there:
                    failed.append({"edges": edges[::2], "starts": starts, "goals": goals, "left": sorted(can - there)})
        if count % 50 == 0:
            sys.stderr.write(f"{count} floors, {cases} placements, {len(failed)} not solved\n")
    return {
        "floors": count,
        "placements": cases,
        "robots_that_can_arrive": asked,
        "arrived": arrived,
        "failed": failed[:20],
        "not_solved": len(failed),
        "cpu_s": round(time.process_time() - began, 1),
    }


def stalls(events: int, seed: int) -> dict[str, object]:
    """Lifelong random goals on floors of several shapes and densities; stalls of 1 to 60 rounds, some seen as obstacles."""
    began = time.process_time()
    total, longest, goals_done, per_floor = 0, 0.0, 0, {}
    share = events // (len(FLOORS) * 3) + 1
    for number, (name, rows) in enumerate(FLOORS.items()):
        for density in (0.1, 0.25, 0.4):
            done, waited, reached = stall_run(rows, density, share, seed * 1000 + number)
            total, goals_done, longest = total + done, goals_done + reached, max(longest, waited)
            per_floor[f"{name}, {density:.0%} full"] = {"moves": done, "goals": reached, "longest_without_progress": waited}
            sys.stderr.write(f"{name} {density}: {done} moves, {reached} goals, longest {waited}\n")
    return {
        "events": total,
        "goals": goals_done,
        "longest_without_progress": longest,
        "deadlocks": int(longest >= WAIT_MAX),
        "floors": per_floor,
        "cpu_s": round(time.process_time() - began, 1),
    }


def stall_run(rows: list[str], density: float, events: int, seed: int) -> tuple[int, float, int]:
    chance = np.random.default_rng(seed)
    roads = from_grid(rows)
    branch, zones = dead_ends(roads)
    engine = Engine(roads, seed=seed, branch=branch, zones=zones, tuning=Tuning(stuck_s=20.0, eager=1 << 30))
    robots = max(2, int(density * roads.n_nodes))
    for start in chance.permutation(roads.n_nodes)[:robots].tolist():
        i = engine.add()
        engine.place(i, start)
        engine.set_goal(i, _elsewhere(chance, roads.n_nodes, start), 0.0)
    wakes = np.zeros(robots)
    now, moves, reached, longest = 0.0, 0, 0, 0.0
    while moves < events and longest < WAIT_MAX:
        now += 1.0
        for i in np.flatnonzero((engine.crew.base_n[:robots] > 0) & (wakes <= now)).tolist():
            if not engine.movable[i]:
                engine.set_movable(i, True)
            engine.passed(i)
            engine.ready[i] = 1
            if engine.at[i] == engine.goal[i]:
                reached += 1
                engine.set_goal(i, _elsewhere(chance, roads.n_nodes, int(engine.at[i])), now)
        granted, _ = engine.step(now)
        moves += len(granted)
        for i in granted.tolist():
            engine.ready[i] = 0
            wakes[i] = now + (chance.integers(1, 60) if chance.random() < 0.03 else 1)
            if wakes[i] > now + 30 and chance.random() < 0.3:
                engine.set_movable(i, False)
        _check(engine)
        waiting = engine.goal[:robots] >= 0
        longest = max(longest, float((now - engine.progress_at[:robots][waiting]).max(initial=0.0)))
    return moves, longest, reached


def _elsewhere(chance: np.random.Generator, nodes: int, here: int) -> int:
    """Another node."""
    return int((here + 1 + chance.integers(nodes - 1)) % nodes)


def _check(engine: Engine) -> None:
    """No unit has two holders."""
    held = [u for i in range(engine.count) for u in {int(engine.at[i]), *_ahead(engine, i)}]
    assert len(held) == len(set(held)), "two robots hold the same node or lane"


def _ahead(engine: Engine, i: int) -> Iterator[int]:
    for edge in engine.crew.base[i, : engine.crew.base_n[i]].tolist():
        yield int(engine.net.head[edge])
        yield int(engine.net.unit[edge])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("floors", "stalls"))
    parser.add_argument("--nodes", type=int, default=5)
    parser.add_argument("--sample", type=int, default=0, help="so many graphs of each size above 5 (0: all up to 7 nodes)")
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    if not 2 <= args.nodes <= 8:
        parser.error("--nodes: 2 to 8")
    result = floors(args.nodes, args.sample, args.seed) if args.what == "floors" else stalls(args.events, args.seed)
    print(json.dumps({"what": args.what, "seed": args.seed, **result}))
    return int(bool(result.get("not_solved") or result.get("deadlocks")))


if __name__ == "__main__":
    raise SystemExit(main())
