"""What other traffic controls do, as policies beside `Engine`: the baselines that a gain is quoted against.

B0  two-way roads, static shortest way, next-node reservation, whoever waited longest goes first. What openTCS does at its
    core. It locks up as soon as two robots meet in an aisle.
B1  B0 on one-way lanes, with a side-step once a robot was blocked for a while: **the one to quote**. As strong as we could make
    it: equal ways are spread over the robots, side-steps go to the free neighbour nearest to the goal, idle robots step aside.
B2  B1, where the nearest task is taken instead of the oldest (the difference is in who hands out the goals).

They hold the same units as the engine (state.py): a node, and the lane that leads to it, one robot each, up to geometry.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fleet.traffic import fields
from fleet.traffic.conflicts import conflicts, grid_conflicts, lanes_of
from fleet.traffic.csr import RoadArrays
from fleet.traffic.jit import njit
from fleet.traffic.state import F64, I32, I64, U8

#: Seconds that a B1 robot stands blocked before it steps aside.
SIDESTEP_S = 3.0
#: Clearance between footprints on drawn layouts, metres.
CLEARANCE_M = 0.05


class Reservation:
    """Next-node reservation: same calls as `Engine` (engine.py), one move held at a time.

    `weights` int32[E] in 1/8 s, < 0: not driven (the other direction of a one-way lane). `sidestep_s`: 0 never steps aside.
    `radius_m` None: a grid whose cells are wider than two robots.
    """

    def __init__(
        self,
        roads: RoadArrays,
        *,
        weights: I32 | None = None,
        sidestep_s: float = SIDESTEP_S,
        radius_m: float | None = None,
        seed: int = 0,
    ) -> None:
        self.roads, self.sidestep_s, self._seed = roads, sidestep_s, seed
        self.weights: I32 = np.array(roads.cost if weights is None else weights, dtype=np.int32)
        lane, lanes = lanes_of(roads)
        self._unit: I32 = (lane + roads.n_nodes).astype(np.int32)
        tables = grid_conflicts(roads) if radius_m is None else conflicts(roads, [radius_m], CLEARANCE_M)
        self._conf_ptr: I64 = tables[0]
        self._conf_idx: I32 = tables[1]
        self.holder: I32 = np.full(roads.n_nodes + lanes, -1, np.int32)
        self._closed: U8 = np.zeros(roads.n_edges, np.uint8)
        self._count = 0
        self._grow(16)

    def _grow(self, room: int) -> None:
        old = self._count
        fresh: dict[str, NDArray[Any]] = {
            "at": np.full(room, -1, np.int32),
            "goal": np.full(room, -1, np.int32),
            "edge": np.full(room, -1, np.int32),
            "ready": np.zeros(room, np.uint8),
            "movable": np.ones(room, np.uint8),
            "since_s": np.full(room, -1.0),
            "asked": np.zeros(room, np.uint8),
            "ways": np.full((room, self.roads.n_nodes), fields.FAR, np.int32),
        }
        for name, array in fresh.items():
            if old:
                array[:old] = getattr(self, name)[:old]
            setattr(self, name, array)

    # robots by number, as arrays; see _grow
    at: I32
    goal: I32
    edge: I32
    ready: U8
    movable: U8
    since_s: F64
    asked: U8
    ways: I32

    def add(self, cls: int = 0) -> int:
        """The new robot's number. All robots have one footprint here."""
        if self._count == len(self.at):
            self._grow(2 * self._count)
        self._count += 1
        return self._count - 1

    def place(self, robot: int, node: int) -> None:
        """The robot stands at this free node and holds it; -1 takes it off the roads."""
        for unit in np.flatnonzero(self.holder == robot):
            self.holder[unit] = -1
        self.at[robot], self.edge[robot] = node, -1
        if node >= 0:
            assert self.holder[node] < 0, f"node {node} is held by robot {self.holder[node]}"
            self.holder[node] = robot
        self.ready[robot] = node >= 0

    def set_goal(self, robot: int, node: int) -> None:
        """-1: no goal; the robot waits where it is."""
        self.set_goals(np.array([robot], np.int32), np.array([node], np.int32))

    def set_goals(self, robots: I32, nodes: I32) -> None:
        roads = self.roads
        open_weights = self._open()
        for robot, node in zip(robots.tolist(), nodes.tolist(), strict=True):
            self.goal[robot], self.since_s[robot] = node, -1.0
            if node >= 0:
                fields.field(roads.in_ptr, roads.in_edge, roads.in_tail, open_weights, node, self.ways[robot])

    def _open(self) -> I32:
        return np.where(self._closed == 1, -1, self.weights).astype(np.int32)

    def close(self, edges: Iterable[int]) -> None:
        """These edges are closed from now on, all others open; every way is looked for again."""
        self._closed[:] = 0
        self._closed[list(edges)] = 1
        robots = np.flatnonzero(self.goal[: self._count] >= 0).astype(np.int32)
        since_s = self.since_s[robots].copy()
        self.set_goals(robots, self.goal[robots])
        self.since_s[robots] = since_s

    def set_movable(self, robots: I32, movable: bool) -> None:
        """False: these stand where they are until this is taken back."""
        self.movable[robots] = movable

    def passed(self, robot: int) -> None:
        """The rear has left the source of the move that is held."""
        self.passed_many(np.array([robot], np.int32))

    def passed_many(self, robots: I32) -> None:
        _release(robots, self.at, self.edge, self._unit, self.roads.head, self.holder)

    def step(self, now_s: float) -> tuple[I32, I32]:
        """(robots, edges) newly granted, int32[k] each."""
        n = self._count
        waiting = np.where(self.since_s[:n] < 0, now_s, self.since_s[:n])
        order = np.argsort(waiting, kind="stable").astype(np.int32)
        robots, edges = np.empty(n, np.int32), np.empty(n, np.int32)
        k = _grant(
            order, now_s, self.sidestep_s, self._seed, self.at, self.goal, self.edge, self.ready, self.movable, self.since_s,
            self.asked, self.ways, self._open(),
            self.roads.out_ptr, self.roads.head, self._unit, self._conf_ptr, self._conf_idx, self.holder,
            robots, edges,
        )  # fmt: skip
        return robots[:k], edges[:k]


def two_way(roads: RoadArrays, *, radius_m: float | None = None, seed: int = 0) -> Reservation:
    """B0."""
    return Reservation(roads, sidestep_s=0.0, radius_m=radius_m, seed=seed)


def one_way(roads: RoadArrays, weights: I32, *, radius_m: float | None = None, seed: int = 0) -> Reservation:
    """B1 (and B2): `weights` < 0 against the lanes."""
    return Reservation(roads, weights=weights, radius_m=radius_m, seed=seed)


@njit
def _release(robots: I32, at: I32, edge: I32, unit: I32, head: I32, holder: I32) -> None:
    for k in range(len(robots)):
        i = robots[k]
        e = edge[i]
        if e < 0:
            continue
        holder[at[i]] = -1
        holder[unit[e]] = -1
        at[i] = head[e]
        edge[i] = -1


@njit
def _free(e: int, i: int, conf_ptr: I64, conf_idx: I32, holder: I32) -> int:
    """-1 when nobody holds what would be too near on this edge or at its end, else who does."""
    for k in range(conf_ptr[e], conf_ptr[e + 1]):
        who = holder[conf_idx[k]]
        if who >= 0 and who != i:
            return int(who)
    return -1


@njit
def _spread(seed: int, i: int, u: int, e: int) -> int:
    """A number that decides between equal ways: the same for a robot at a node, different between robots."""
    x = (seed * 7919 + i * 104729 + u * 1299709 + e * 15485863) & 0x7FFFFFFF
    x = ((x >> 13) ^ x) * 60493 & 0x7FFFFFFF
    return ((x >> 7) ^ x) & 0xFFFF


@njit
def _best(i: int, u: int, seed: int, way: I32, weights: I32, out_ptr: I32, head: I32) -> int:
    """The first edge of the static shortest way, -1 without one."""
    best, least, spread = -1, fields.FAR, 0
    for e in range(out_ptr[u], out_ptr[u + 1]):
        if weights[e] < 0 or way[head[e]] >= fields.FAR:
            continue
        cost = weights[e] + way[head[e]]
        s = _spread(seed, i, u, e)
        if cost < least or (cost == least and s < spread):
            best, least, spread = e, cost, s
    return best


@njit
def _grant(
    order: I32, now_s: float, sidestep_s: float, seed: int, at: I32, goal: I32, edge: I32, ready: U8, movable: U8, since_s: F64,
    asked: U8, way: I32, weights: I32, out_ptr: I32, head: I32, unit: I32, conf_ptr: I64, conf_idx: I32, holder: I32,
    robots: I32, edges: I32,
) -> int:  # fmt: skip
    """Whoever waited longest first: its next node if free, after `sidestep_s` any free neighbour that leads to the goal."""
    k = 0
    for n in range(len(order)):
        i = order[n]
        u = at[i]
        if u < 0 or ready[i] == 0 or movable[i] == 0 or edge[i] >= 0:
            continue
        idle = goal[i] < 0 or goal[i] == u
        if idle and asked[i] == 0:
            continue
        chosen = -1
        if not idle:
            e = _best(i, u, seed, way[i], weights, out_ptr, head)
            if e >= 0:
                who = _free(e, i, conf_ptr, conf_idx, holder)
                if who < 0:
                    chosen = e
                elif (
                    since_s[i] >= 0
                    and sidestep_s > 0
                    and now_s - since_s[i] >= sidestep_s
                    and (goal[who] < 0 or goal[who] == at[who])
                ):
                    asked[who] = 1  # an idle robot is in the way: it steps aside when its turn comes
        patient = sidestep_s <= 0 or since_s[i] < 0 or now_s - since_s[i] < sidestep_s
        if chosen < 0 and (idle or not patient):
            least = fields.FAR
            for e in range(out_ptr[u], out_ptr[u + 1]):
                if weights[e] < 0 or _free(e, i, conf_ptr, conf_idx, holder) >= 0:
                    continue
                cost = 0 if idle else way[i, head[e]] + weights[e]
                cost = cost * 8 + _spread(seed + int(now_s), i, u, e) % 8
                if cost < least and (idle or way[i, head[e]] < fields.FAR):
                    chosen, least = e, cost
        if chosen < 0:
            if since_s[i] < 0:
                since_s[i] = now_s
            continue
        since_s[i] = -1.0
        asked[i] = 0
        edge[i] = chosen
        holder[head[chosen]] = i
        holder[unit[chosen]] = i
        robots[k], edges[k] = i, chosen
        k += 1
    return k
