"""The engine of traffic: robots as numbers on a graph, moves granted by event-driven PIBT (pibt.py). Benchmarks, the simulation
and the edge node's TrafficControl (control.py) drive this same class.

    engine = Engine(roads)
    i = engine.add(); engine.place(i, node); engine.set_goal(i, goal, now)
    robots, edges = engine.step(now)     # moves that these robots may begin; what they need is theirs from now on
    engine.passed(i)                     # its rear has left the source of its oldest move: all behind it is free

`ready[i]` 0: not to be given a move yet. `movable[i]` 0: it stalled, is lost or is moved by people: it keeps what it holds, and
others go around. `yields[i]` 0: it stands idle but may not be pushed (paused, not in service). Deterministic for a seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fleet.contracts.errors import InvalidInput
from fleet.traffic import holds, pibt, ways
from fleet.traffic.conflicts import conflicts, grid_conflicts, lanes_of
from fleet.traffic.csr import RoadArrays
from fleet.traffic.field_cache import NOWHERE, Aim, FieldCache
from fleet.traffic.rescue import STALLED_S, Rescue
from fleet.traffic.sections import Sections, sections
from fleet.traffic.shut_in import shut_in
from fleet.traffic.state import BASE_MAX, F64, I32, I64, U8, Crew, Net

#: More than any cost-to-go.
NEVER = 1 << 40
#: Longest chain of robots that push each other.
CHAIN_MAX = 256


@dataclass(frozen=True, slots=True)
class Zone:
    """At most `capacity` robots in these nodes at a time. `trunk`: of a dead end; those come last."""

    nodes: tuple[int, ...]
    capacity: int = 1
    trunk: bool = False


@dataclass(frozen=True, slots=True)
class Tuning:
    """Costs in 1/8 s. `clearing`, `arriving`, `push`, `busy`: what it counts to wait for a robot that leaves a unit, that is
    still to arrive in it, that must be pushed, that works there. `slack` and `slack_per_s`: how much longer a way may be for a
    robot that would else wait, at once and for each second it has waited, up to `slack_max`. `obstacle`: entering a node that a
    stalled robot holds. `refresh`: cost-to-go rows made anew in a step at most; a robot that stands gets one after `stale_s`.
    `stuck_s`: no nearer to its goal for so long, a robot is helped (rescue.py). `look`: a base that takes so long to drive gets
    no further edge. `eager`: while goals times nodes are no more than this, all rows follow a change of weights at once."""

    clearing: int = 4
    arriving: int = 8
    push: int = 12
    busy: int = 80
    slack: int = 0
    slack_per_s: int = 1
    slack_max: int = 240
    obstacle: int = 4000
    refresh: int = 16
    stale_s: float = 3.0
    stuck_s: float = 20.0
    look: int = 1 << 20
    eager: int = 0


class Engine:
    """See the module. `radii_m`: None for a grid whose cells are wider than two robots, else one radius for each class."""

    def __init__(
        self,
        roads: RoadArrays,
        *,
        depth: int = 1,
        seed: int = 0,
        radii_m: Sequence[float] | None = None,
        clearance_m: float = 0.2,
        zones: Sequence[Zone] = (),
        branch: I32 | None = None,
        tuning: Tuning | None = None,
    ) -> None:
        if not 1 <= depth <= BASE_MAX:
            raise InvalidInput(f"a base of {depth} edges", field="depth", fix=f"use 1 to {BASE_MAX}")
        self.roads, self.depth, self.tuning = roads, depth, tuning or Tuning()
        self._salt = (seed * 2654435761) & 0x7FFFFFFF
        self.round = 0
        self._stack = pibt.make_stack(CHAIN_MAX)
        self.net = self._make_net(radii_m, clearance_m, zones, branch)
        self.cache = FieldCache(roads)
        self._aims: dict[int, Aim] = {}
        self._base_weights: I32 = roads.cost.copy()
        self._closed: U8 = np.zeros(roads.n_edges, np.uint8)
        self.count = 0
        self.crew = self._make_crew(16)
        self.asked_at: F64 = np.zeros(16)
        self.moved_at: F64 = np.zeros(16)
        self.urgency: F64 = np.zeros(16)
        self._refreshed_at: F64 = np.zeros(16)
        self.progress_at: F64 = np.zeros(16)  # when it had less to go than ever before
        self.least_togo: I64 = np.full(16, NEVER, np.int64)
        self._stalled = np.zeros(16, bool)
        self.rescue = Rescue(self, self.tuning.stuck_s)
        self.version = 0

    def _make_net(self, radii_m: Sequence[float] | None, clearance_m: float, zones: Sequence[Zone], branch: I32 | None) -> Net:
        roads = self.roads
        lane, self._lanes = lanes_of(roads)
        ptr, idx = grid_conflicts(roads) if radii_m is None else conflicts(roads, radii_m, clearance_m)
        branches = np.full(roads.n_nodes, -1, np.int32) if branch is None else branch.astype(np.int32)
        corridors = sections(roads, branches) if branch is not None else Sections.none(roads.n_nodes)
        zone_ptr, zone_idx = _zones_of_nodes(zones, roads.n_nodes)
        return Net(
            out_ptr=roads.out_ptr,
            tail=roads.tail,
            head=roads.head,
            unit=(lane + roads.n_nodes).astype(np.int32),
            time=roads.cost,
            weights=roads.cost.copy(),
            classes=1 if radii_m is None else len(radii_m),
            conf_ptr=ptr,
            conf_idx=idx,
            zone_ptr=zone_ptr,
            zone_idx=zone_idx,
            zone_cap=np.array([z.capacity for z in zones], np.int32),
            trunks=sum(not z.trunk for z in zones),
            branch=branches,
            gate=np.zeros(roads.n_edges, np.uint8),
            shut=np.zeros(roads.n_nodes, np.uint8),
            section=corridors.of_node,
            place=corridors.place,
            ends=corridors.ends,
        )

    def _make_crew(self, room: int) -> Crew:
        def ints(fill: int) -> I32:
            return np.full(room, fill, np.int32)

        def flags(fill: int) -> U8:
            return np.full(room, fill, np.uint8)

        zones = len(self.net.zone_cap)
        return Crew(
            cls=ints(0),
            at=ints(-1),
            end=ints(-1),
            base_n=ints(0),
            base=np.full((room, BASE_MAX), -1, np.int32),
            goal=ints(-1),
            row=ints(-1),
            ready=flags(1),
            movable=flags(1),
            yields=flags(1),
            slack=ints(0),
            holder=np.full(self.roads.n_nodes + self._lanes, -1, np.int32),
            zone_n=np.zeros(zones, np.int32),
            inside=np.zeros((room, zones), np.int32),
            keep=np.full(self.roads.n_nodes, -1, np.int32),
            stamp=np.full(room, -1, np.int64),
            outcome=flags(0),
            blocker=ints(-1),
            bold=flags(0),
            coming=np.zeros((len(self.net.ends), 2), np.int32),
            claim=np.zeros(len(self.net.ends), np.int32),
        )

    # ---- robots -----------------------------------------------------------------------------------------------------

    def add(self, cls: int = 0) -> int:
        """A robot of footprint class `cls`, not placed yet."""
        if self.count == len(self.crew.at):
            self._grow()
        i = self.count
        self.count += 1
        self.crew.cls[i] = cls
        return i

    def _grow(self) -> None:
        old, room = self.crew, 2 * len(self.crew.at)
        fresh = self._make_crew(room)
        n = self.count
        for name in Crew._fields:
            if name in ("holder", "zone_n", "keep", "coming", "claim"):
                getattr(fresh, name)[:] = getattr(old, name)
            else:
                getattr(fresh, name)[:n] = getattr(old, name)
        self.crew = fresh
        for name in ("asked_at", "moved_at", "urgency", "_refreshed_at", "progress_at", "least_togo", "_stalled"):
            array = getattr(self, name)
            setattr(self, name, np.concatenate((array, np.zeros(room - n, array.dtype))))

    @property
    def at(self) -> I32:
        return self.crew.at

    @property
    def goal(self) -> I32:
        return self.crew.goal

    @property
    def ready(self) -> U8:
        return self.crew.ready

    @property
    def movable(self) -> U8:
        return self.crew.movable

    def place(self, i: int, node: int, base: Sequence[int] = ()) -> None:
        """It is at (or last passed) this node, with these edges released; reality is believed, whoever else is there."""
        holds.drop_all(self.net, self.crew, i)
        holds.hold(self.net, self.crew, i, node)
        for edge in base[:BASE_MAX]:
            holds.hold_edge(self.net, self.crew, i, edge)
        self.version += 1

    def unplace(self, i: int) -> None:
        holds.drop_all(self.net, self.crew, i)
        self.set_goal(i, -1, 0.0)
        self.version += 1

    def set_goal(self, i: int, goal: int, now: float, avoid: frozenset[int] = NOWHERE) -> None:
        """-1: none, it is idle. `avoid`: nodes that it may not enter on the way."""
        before = self._aims.pop(i, None)
        self.crew.goal[i], self.crew.row[i] = goal, -1
        if goal >= 0:
            aim = self._aims[i] = Aim(goal, avoid - {goal})
            self.crew.row[i] = self.cache.use(aim, self.net.weights)
        if before is not None:
            self.cache.release(before)
        self.asked_at[i] = self.moved_at[i] = self._refreshed_at[i] = self.progress_at[i] = now
        self.least_togo[i] = NEVER
        self.version += 1

    def togo_to(self, node: int, goal: int, avoid: frozenset[int] = NOWHERE) -> int:
        """Cost from a node to a goal under today's weights, 1/8 s; UNREACHABLE without a way."""
        aim = Aim(goal, avoid - {goal})
        row = self.cache.use(aim, self.net.weights)
        self.cache.release(aim)
        return int(self.cache.rows[row, node])

    def next_edge(self, i: int) -> int:
        """The edge that its way goes on along after its base, -1 when there is none. It has a goal."""
        return ways.next_edge(self.net, self.cache.rows, int(self.crew.row[i]), int(self.crew.end[i]))

    def stands(self, i: int, node: int, base: Sequence[int]) -> bool:
        """Whether that is what it holds already."""
        return bool(self.crew.at[i] == node) and self.crew.base[i, : self.crew.base_n[i]].tolist() == list(base)

    def set_movable(self, i: int, movable: bool) -> None:
        """False: it stands where it is until this is taken back."""
        if bool(self.crew.movable[i]) != movable:
            self.crew.movable[i] = movable
            self._reweigh()

    def take_over(self, old: Engine, classes: Sequence[int]) -> None:
        """All robots of another engine on the same roads, with these footprint classes."""
        self._base_weights[:] = old._base_weights
        self.rescue.now = old.rescue.now
        for i in range(old.count):
            self.add(classes[i] if i < len(classes) else 0)
            for name in ("ready", "movable", "yields"):
                getattr(self.crew, name)[i] = getattr(old.crew, name)[i]
            if old.crew.at[i] >= 0:
                self.place(i, int(old.crew.at[i]), old.crew.base[i, : old.crew.base_n[i]].tolist())
        self._reweigh()
        for i, aim in old._aims.items():
            self.set_goal(i, aim.goal, float(old.asked_at[i]), aim.avoid)
            self.moved_at[i] = old.moved_at[i]

    def set_goals(self, robots: NDArray[Any], goals: NDArray[Any], now: float) -> None:
        """The same for many."""
        for i, goal in zip(robots.tolist(), goals.tolist(), strict=True):
            self.set_goal(i, goal, now)

    def togo(self, i: int, node: int) -> int:
        """Cost-to-go of the robot's goal from a node, 1/8 s; UNREACHABLE without a way. It has a goal."""
        return int(self.cache.rows[self.crew.row[i], node])

    def passed(self, i: int) -> None:
        if self.crew.base_n[i] > 0:
            holds.passed(self.net, self.crew, i)
            self.version += 1

    def hold_again(self, i: int) -> None:
        """What it holds is its own again, as far as nobody else holds it: after an overlap that reality made."""
        holds.hold_again(self.net, self.crew, i)

    def passed_many(self, robots: NDArray[Any]) -> None:
        """The same for robots that all have a base."""
        holds.passed_many(self.net, self.crew, robots.astype(np.int32))
        self.version += 1

    # ---- roads ------------------------------------------------------------------------------------------------------

    def set_weights(self, weights: I32) -> None:
        """int32[E], 1/8 s, < 0: not to be driven. Rows of goals follow bit by bit (Tuning.refresh)."""
        if not np.array_equal(self._base_weights, weights):
            self._base_weights[:] = weights
            self._reweigh()

    def close(self, edges: Sequence[int] | NDArray[Any]) -> None:
        """The full set of closed edges."""
        closed = np.zeros_like(self._closed)
        closed[np.asarray(edges, dtype=np.int64)] = 1
        if not np.array_equal(closed, self._closed):
            self._closed = closed
            self._reweigh()

    def obstacles_changed(self) -> None:
        """Robots began or ceased to be movable: the ways past them cost more or less."""
        self._reweigh()

    def _reweigh(self) -> None:
        weights = self._base_weights.copy()
        held = self._held_by_the_still()
        dear = held[self.roads.head] & (weights >= 0)
        weights[dear] += self.tuning.obstacle
        weights[self._closed == 1] = -1
        self.net.weights[:] = weights
        self.net.shut[:] = shut_in(self.roads, weights >= 0, held)
        self.cache.epoch += 1
        self.version += 1
        if len(self._aims) * self.roads.n_nodes <= self.tuning.eager:
            for i, aim in self._aims.items():
                if self.cache.refresh(aim, self.net.weights):
                    self._measure_anew(int(self.crew.row[i]))

    def _held_by_the_still(self) -> NDArray[np.bool_]:
        """bool[V]: nodes that robots hold which do not move."""
        n, crew = self.count, self.crew
        held = np.zeros(self.roads.n_nodes, bool)
        for i in np.flatnonzero(((crew.movable[:n] == 0) | self._stalled[:n]) & (crew.at[:n] >= 0)).tolist():
            held[crew.at[i]] = True
            held[self.net.head[crew.base[i, : crew.base_n[i]]]] = True
        return held

    # ---- time -------------------------------------------------------------------------------------------------------

    def step(self, now: float) -> tuple[I32, I32]:
        """One round. Returns (robots int32[k], edges int32[k]): moves newly granted, in the order in which they were."""
        crew, n = self.crew, self.count
        found: I32 = np.empty(n, np.int32)
        who = found[: pibt.want(self.net, crew, n, self.depth, self.tuning.look, found)].astype(np.int64)
        nothing: I32 = np.zeros(0, np.int32)
        if not len(who):
            return nothing, nothing
        self._look_again(who, now)
        t = self.tuning
        waited = now - self.moved_at[who]
        crew.slack[who] = np.minimum(t.slack_max, t.slack + t.slack_per_s * waited).astype(np.int32)
        self.round += 1
        helped: list[tuple[int, int]] = []
        self._note_progress(who, now)
        self._note_stalled(now)
        seekers = found[: pibt.seekers(crew, n, found)].astype(np.int64)
        crew.bold[seekers] = now - self.progress_at[seekers] >= t.stuck_s
        pibt.count_coming(self.net, crew, self.cache.rows, n)
        self.rescue.step(seekers, now, helped)
        order = self._order(who)
        out = np.empty((n * self.depth, 2), np.int32)  # each robot gets at most a base
        pen = np.array([0, t.clearing, t.arriving, t.push, t.busy, t.obstacle, t.busy], np.int32)
        this = pibt.Round(self.round, self.depth, t.look, pen, self._salt)
        k = pibt.decide_all(self.net, crew, self.cache.rows, self._stack, order, this, out)
        moves = np.concatenate((np.array(helped, np.int32).reshape(-1, 2), out[:k])) if helped else out[:k]
        if len(moves):
            self.moved_at[moves[:, 0]] = now
            self.version += 1
        return moves[:, 0], moves[:, 1]

    def _note_stalled(self, now: float) -> None:
        """Who was granted a move long ago and is still at it: others plan around it, though nobody has reported it."""
        n = self.count
        stalled = (self.crew.base_n[:n] > 0) & (now - self.moved_at[:n] >= STALLED_S)
        if not np.array_equal(stalled, self._stalled[:n]):
            self._stalled[:n] = stalled
            self._reweigh()

    def _note_progress(self, who: NDArray[np.int64], now: float) -> None:
        togo = self.cache.rows[self.crew.row[who], self.crew.end[who]]
        nearer = who[togo < self.least_togo[who]]
        self.least_togo[who] = np.minimum(self.least_togo[who], togo)
        self.progress_at[nearer] = now

    def _order(self, who: NDArray[np.int64]) -> I32:
        """The stuck first, the longest stuck before the others; out of branches; the urgent; who has wanted its goal longest."""
        crew, branch = self.crew, self.net.branch
        progress_at = self.progress_at[who]
        stuck_since = np.where(self.rescue.now - progress_at >= self.tuning.stuck_s, progress_at, np.inf)
        inside = branch[crew.end[who]]
        leaving = (inside >= 0) & (inside != branch[crew.goal[who]])
        keys = np.lexsort((who, self.asked_at[who], -self.urgency[who], ~leaving, stuck_since))
        return who[keys].astype(np.int32)

    def _look_again(self, who: NDArray[np.int64], now: float) -> None:
        """Robots that stand get their way under today's weights, the one that was looked at longest ago first."""
        stands = who[(now - self.moved_at[who] >= self.tuning.stale_s) & (now - self._refreshed_at[who] >= self.tuning.stale_s)]
        if not len(stands):
            return
        made = 0
        for i in stands[np.argsort(self._refreshed_at[stands], kind="stable")].tolist():
            self._refreshed_at[i] = now
            if self.cache.refresh(self._aims[i], self.net.weights):
                made += 1
                self._measure_anew(int(self.crew.row[i]))
            if made >= self.tuning.refresh:
                return

    def _measure_anew(self, row: int) -> None:
        """A row has changed: that is no progress of those who use it."""
        same = np.flatnonzero((self.crew.row[: self.count] == row) & (self.crew.at[: self.count] >= 0))
        self.least_togo[same] = self.cache.rows[row, self.crew.end[same]]


def _zones_of_nodes(zones: Sequence[Zone], n_nodes: int) -> tuple[I32, I32]:
    pairs = sorted((node, z) for z, zone in enumerate(zones) for node in zone.nodes)
    counts = np.bincount([node for node, _ in pairs], minlength=n_nodes) if pairs else np.zeros(n_nodes, np.int64)
    ptr: I64 = np.concatenate(([0], np.cumsum(counts)))
    return ptr.astype(np.int32), np.array([z for _, z in pairs], np.int32)
