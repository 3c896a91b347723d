"""Instances: robots and loads with travel times, without a word on how they are solved; and the judge of answers.

The checker is plain Python on the instance alone; no solver's own figures are believed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf

import numpy as np
from numpy.typing import NDArray

from fleet.contracts.errors import InvalidInput

#: Floor of the random instances, metres; robots drive it at 1 m/s along its axes.
WIDTH_M, DEPTH_M = 500, 140
#: Share of loads with a deadline, and how many trips of mean length after its own trip it falls due, least and most.
DEADLINE_SHARE, DUE_TRIPS = 0.3, (1.0, 6.0)
DUST_S = 1e-6


@dataclass(frozen=True, slots=True)
class Load:
    """`opens_s`, `closes_s`: hard bounds on the beginning of work at pick and drop; `due_s`: soft, of the drop's end."""

    pick: int
    drop: int
    units: int = 1
    opens_s: tuple[float, float] = (0.0, 0.0)
    closes_s: tuple[float, float] = (inf, inf)
    work_s: tuple[float, float] = (0.0, 0.0)
    due_s: float = inf


@dataclass(frozen=True, slots=True)
class World:
    """`time_s`: [places, places]; `starts`: place of each robot; `end`: where all must end by `closes_s` (None: anywhere)."""

    name: str
    time_s: NDArray[np.float64]
    loads: tuple[Load, ...]
    starts: tuple[int, ...]
    slots: int
    end: int | None = None
    closes_s: float = inf


#: Stops of each robot in order: r for the pick of load r, len(loads) + r for its drop.
Answer = Sequence[Sequence[int]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`faults`: what the answer breaks (empty: feasible); `misses`: drops after their `due_s`; `mean_s`: mean end of drops."""

    faults: tuple[str, ...]
    vehicles: int
    distance_s: float
    makespan_s: float
    misses: int
    mean_s: float
    ends_s: tuple[float, ...] = field(default=(), repr=False)


def check(world: World, answer: Answer) -> Verdict:
    """Drives every route: pairs whole, pick before drop, slots, windows, the way home."""
    n = len(world.loads)
    faults: list[str] = []
    ends: dict[int, float] = {}
    distance, makespan, vehicles = 0.0, 0.0, 0
    if len(answer) > len(world.starts):
        faults.append(f"{len(answer)} routes for {len(world.starts)} robots")
    seen = [s for route in answer for s in route]
    if sorted(seen) != list(range(2 * n)):
        faults.append("a stop is missing, twice, or unknown")
        return Verdict(tuple(faults), 0, inf, inf, n, inf)
    for robot, route in enumerate(answer):
        if not route:
            continue
        vehicles += 1
        at, t, on_board = world.starts[robot], 0.0, set[int]()
        for s in route:
            r, half = s % n, s // n
            load = world.loads[r]
            place = load.drop if half else load.pick
            way = float(world.time_s[at, place])
            distance += way
            t = max(t + way, load.opens_s[half])
            if t > load.closes_s[half] + DUST_S:
                faults.append(f"robot {robot} begins stop {s} at {t:.3f}, after {load.closes_s[half]:.3f}")
            t += load.work_s[half]
            if half and r not in on_board:
                faults.append(f"robot {robot} drops load {r}, which it does not have")
            if half:
                on_board.discard(r)
                ends[r] = t
            else:
                on_board.add(r)
            if sum(world.loads[k].units for k in on_board) > world.slots:
                faults.append(f"robot {robot} has {len(on_board)} loads on board behind stop {s}")
            at = place
        if world.end is not None:
            way = float(world.time_s[at, world.end])
            distance, t = distance + way, t + way
            if t > world.closes_s + DUST_S:
                faults.append(f"robot {robot} is home at {t:.3f}, after {world.closes_s:.3f}")
        makespan = max(makespan, t)
    misses = sum(end > world.loads[r].due_s + DUST_S for r, end in ends.items())
    mean = sum(ends.values()) / len(ends) if ends else 0.0
    return Verdict(tuple(faults), vehicles, distance, makespan, misses, mean, tuple(ends.get(r, inf) for r in range(n)))


def random_world(robots: int, loads: int, slots: int, seed: int) -> World:
    """Robots and loads anywhere on the floor, uniformly; deadlines that about fit the work."""
    dice = np.random.default_rng([seed, robots, loads])
    n = 2 * loads + robots
    x, y = dice.integers(0, WIDTH_M, n), dice.integers(0, DEPTH_M, n)
    time_s = (np.abs(x[:, None] - x[None, :]) + np.abs(y[:, None] - y[None, :])).astype(np.float64)
    trip_s = (WIDTH_M + DEPTH_M) / 3.0
    has_due, spare = dice.random(loads) < DEADLINE_SHARE, dice.uniform(*DUE_TRIPS, loads)
    made = tuple(
        Load(r, loads + r, due_s=float(time_s[r, loads + r] + trip_s * spare[r]) if has_due[r] else inf) for r in range(loads)
    )
    return World(f"{robots}/{loads}", time_s, made, tuple(range(2 * loads, n)), slots)


def read_li_lim(name: str, text: str) -> World:
    """An instance in Li and Lim's form. Raises InvalidInput for another."""
    try:
        rows = [[float(cell) for cell in line.split()] for line in text.splitlines() if line.strip()]
        vehicles, slots, rows = int(rows[0][0]), int(rows[0][1]), rows[1:]
        xy, closes_s = np.array([row[1:3] for row in rows]), rows[0][5]
        loads = tuple(_li_lim_load(rows, i) for i, row in enumerate(rows) if i and row[3] > 0)
    except (IndexError, ValueError) as error:
        raise InvalidInput(str(error), field=name, fix="give a file in Li and Lim's form: 9 numbers a line") from None
    time_s = np.sqrt(((xy[:, None, :] - xy[None, :, :]) ** 2).sum(axis=2))
    return World(name, time_s, loads, (0,) * vehicles, slots, end=0, closes_s=closes_s)


def _li_lim_load(rows: Sequence[Sequence[float]], i: int) -> Load:
    p, d = rows[i], rows[int(rows[i][8])]
    return Load(i, int(p[8]), int(p[3]), (p[4], d[4]), (p[5], d[5]), (p[6], d[6]))
