"""The bodies of the executed model: they drive granted moves at constant speed, hesitate, and stop where nobody asked them to.

A second has SUBTICKS sub-ticks; a move takes as many as its free-flow time says (a grid's cell: 4). Its source is free when the
body's rear has left it (`release`). Every disturbance is drawn by a counter (robot, its n-th move, or second), not by a
stream: two policies on one seed meet the same ones.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from fleet.contracts.errors import InvalidInput
from fleet.traffic.csr import TICKS_PER_S, RoadArrays
from fleet.traffic.jit import njit
from fleet.traffic.state import F64, I32, U8

#: Sub-ticks in a second: at each of them every policy may decide.
SUBTICKS: Final = 4
#: A hesitation lasts this long, seconds (League of Robot Runners 2026: 2 .. 8 ticks).
STALL_S: Final = (2, 8)
#: A stop lasts this long, seconds.
STOP_S: Final = 200


@dataclass(frozen=True, slots=True)
class Delays:
    """`stall`: chance that a move hesitates 2 .. 8 s somewhere; `stop`: chance per robot and second to stop for 200 s."""

    stall: float = 0.0
    stop: float = 0.0

    def __post_init__(self) -> None:
        for name, value in (("stall", self.stall), ("stop", self.stop)):
            if not 0.0 <= value <= 1.0:
                raise InvalidInput(f"{value} is no probability", field=name, fix="give 0 .. 1, for example 0.01")


class Bodies:
    """N bodies on `roads`: `at` int32[N], the node a body stands at or drives from; `edge` int32[N], -1 while it stands."""

    def __init__(self, roads: RoadArrays, starts: I32, delays: Delays, *, seed: int, radius_m: float, grid: bool) -> None:
        n = len(starts)
        self.roads, self.delays, self.seed = roads, delays, seed
        self.duration: I32 = np.maximum(2, np.ceil(roads.cost * (SUBTICKS / TICKS_PER_S))).astype(np.int32)
        self.release = release_after(roads, self.duration, radius_m, grid=grid)
        self.at: I32 = starts.astype(np.int32).copy()
        self.edge: I32 = np.full(n, -1, np.int32)
        self.done: I32 = np.zeros(n, np.int32)
        self.moves: I32 = np.zeros(n, np.int32)
        self.stall_at: I32 = np.full(n, -1, np.int32)
        self.stall_left: I32 = np.zeros(n, np.int32)
        self.stop_left: I32 = np.zeros(n, np.int32)
        self._passed: I32 = np.empty(n, np.int32)
        self._arrived: I32 = np.empty(n, np.int32)
        self._counts: I32 = np.zeros(2, np.int32)

    def advance(self) -> tuple[I32, I32]:
        """One sub-tick: (robots whose rear has left their source, robots that arrived)."""
        _advance(
            self.at, self.edge, self.done, self.stall_at, self.stall_left, self.stop_left, self.roads.head, self.duration,
            self.release, self._passed, self._arrived, self._counts,
        )  # fmt: skip
        return self._passed[: self._counts[0]].copy(), self._arrived[: self._counts[1]].copy()

    def depart(self, robots: I32, edges: I32) -> None:
        """These moves were granted. A move from where the body does not stand is a bug of the policy."""
        assert np.all(self.edge[robots] < 0), "a robot that drives was given another move"
        assert np.array_equal(self.roads.tail[edges], self.at[robots]), "a move was granted that begins elsewhere"
        self.edge[robots] = edges
        self.done[robots] = 0
        self.moves[robots] += 1
        if self.delays.stall > 0:
            _draw_stalls(robots, edges, self.seed, self.delays.stall, self.moves, self.duration, self.stall_at, self.stall_left)

    def disturb(self, second: int) -> I32:
        """Once a second: robots that stop now."""
        if self.delays.stop <= 0:
            return np.zeros(0, np.int32)
        return _draw_stops(second, self.seed, self.delays.stop, self.stop_left)

    def positions(self, x_m: F64, y_m: F64) -> None:
        """Fills in where the centres are, metres."""
        _positions(self.at, self.edge, self.done, self.duration, self.roads.head, self.roads.x_m, self.roads.y_m, x_m, y_m)


def release_after(roads: RoadArrays, duration: I32, radius_m: float, *, grid: bool) -> I32:
    """int32[E]: sub-ticks after which the source of a move is free.

    On a grid's short edges: as soon as the body is clear of one of the same size at the source, wherever it stalls then.
    On drawn layouts: at arrival, since a long edge must stay held while a body is on it.
    """
    if not grid:
        return duration.copy()
    share = 2.0 * radius_m / roads.length_m
    return np.clip(np.ceil(share * duration - 1e-9), 1, duration).astype(np.int32)


def unit_draw(seed: int, robot: int, count: int, what: int) -> float:
    """0 <= u < 1 from counters, the draw of the kernels (for tests and for goals)."""
    return float(_unit_draw(seed, robot, count, what))


@njit
def _unit_draw(seed: int, robot: int, count: int, what: int) -> float:
    """SplitMix64 (Steele, Lea, Flood: OOPSLA 2014) of the counters."""
    x = np.uint64(seed) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(what) * np.uint64(0xD1B54A32D192ED03)
    x ^= np.uint64(robot) * np.uint64(0xBF58476D1CE4E5B9) + np.uint64(count) * np.uint64(0x94D049BB133111EB)
    for _ in range(2):
        x += np.uint64(0x9E3779B97F4A7C15)
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        x = x ^ (x >> np.uint64(31))
    return float(x >> np.uint64(11)) / float(1 << 53)


@njit
def _advance(
    at: I32, edge: I32, done: I32, stall_at: I32, stall_left: I32, stop_left: I32, head: I32, duration: I32, release: I32,
    passed: I32, arrived: I32, counts: I32,
) -> None:  # fmt: skip
    n_passed = 0
    n_arrived = 0
    for i in range(len(at)):
        if stop_left[i] > 0:
            stop_left[i] -= 1
            continue
        e = edge[i]
        if e < 0:
            continue
        if stall_left[i] > 0 and stall_at[i] == done[i]:
            stall_left[i] -= 1
            continue
        done[i] += 1
        if done[i] == release[e]:
            passed[n_passed] = i
            n_passed += 1
        if done[i] >= duration[e]:
            at[i] = head[e]
            edge[i] = -1
            done[i] = 0
            arrived[n_arrived] = i
            n_arrived += 1
    counts[0] = n_passed
    counts[1] = n_arrived


@njit
def _draw_stalls(
    robots: I32, edges: I32, seed: int, chance: float, moves: I32, duration: I32, stall_at: I32, stall_left: I32
) -> None:  # fmt: skip
    for k in range(len(robots)):
        i = robots[k]
        stall_left[i] = 0
        if _unit_draw(seed, i, moves[i], 1) < chance:
            where = _unit_draw(seed, i, moves[i], 2)
            stall_at[i] = int(where * duration[edges[k]])
            seconds = STALL_S[0] + int(_unit_draw(seed, i, moves[i], 3) * (STALL_S[1] - STALL_S[0] + 1))
            stall_left[i] = seconds * SUBTICKS


@njit
def _draw_stops(second: int, seed: int, chance: float, stop_left: I32) -> I32:
    found = np.empty(len(stop_left), np.int32)
    n = 0
    for i in range(len(stop_left)):
        if stop_left[i] == 0 and _unit_draw(seed, i, second, 4) < chance:
            stop_left[i] = STOP_S * SUBTICKS
            found[n] = i
            n += 1
    return found[:n]


@njit
def _positions(at: I32, edge: I32, done: I32, duration: I32, head: I32, x: F64, y: F64, x_m: F64, y_m: F64) -> None:
    for i in range(len(at)):
        u = at[i]
        x_m[i], y_m[i] = x[u], y[u]
        e = edge[i]
        if e >= 0:
            share = done[i] / duration[e]
            x_m[i] += share * (x[head[e]] - x[u])
            y_m[i] += share * (y[head[e]] - y[u])


def speed_mps(roads: RoadArrays) -> float:
    """Median nominal speed, for reports."""
    return float(np.median(roads.length_m / (roads.cost / TICKS_PER_S))) if roads.n_edges else math.nan


def stopped(bodies: Bodies) -> U8:
    """uint8[N]: 1 while a body stands where nobody asked it to."""
    return (bodies.stop_left > 0).astype(np.uint8)
