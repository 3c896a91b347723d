"""Traffic control: releases nodes to robots so that no two bodies meet and no robot waits for ever, for any delay.

The edge node's face of Engine (engine.py): names instead of numbers, one site graph, robots that come and go. A robot holds the
node it stands on and every released node and lane that it has not provably left; a node is released only when nothing that
conflicts with it by geometry is held by another. Who goes first, who steps aside and which way all go is decided anew at every
step from what robots really hold (pibt.py); who got no nearer for long is helped (rescue.py). docs/decisions/0012 argues why.

Pure and deterministic: the caller brings `now` (seconds, any epoch, never backwards) and carries the releases.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from fleet.contracts.errors import Conflict, InvalidInput, NotFound
from fleet.layout.graph import SPEED_MPS_DEFAULT, SiteEdge, SiteGraph
from fleet.traffic import explain, ways
from fleet.traffic.conflicts import too_near
from fleet.traffic.csr import from_site
from fleet.traffic.engine import Engine
from fleet.traffic.geometry import footprint_radius_m
from fleet.traffic.members import Member, Members
from fleet.traffic.plant import Plant
from fleet.traffic.state import I32, UNREACHABLE

#: Least gap between the circles around two robots, metres: room for deviation from the line and late reports.
CLEARANCE_M = 0.2
#: Idle robots are asked to leave when they stand within so many nodes ahead on someone's way.
EVICT_NODES_AHEAD = 8


@dataclass(frozen=True, slots=True)
class Release:
    """Extension of a robot's base: the nodes newly released, and the edge into each. A robot that had no goal is pushed aside."""

    robot: str
    nodes: tuple[str, ...]
    edges: tuple[SiteEdge, ...]


@dataclass(frozen=True, slots=True)
class RouteView:
    """`nodes`: from the last node passed to the goal; the first `base_nodes` of them (at least the one it stands on) are
    released. What comes after may change at any time. `blocked_by`: another robot, or "closure". `reason`: why it waits."""

    nodes: tuple[str, ...]
    base_nodes: int
    goal: str | None
    waiting_since: float | None
    blocked_by: str | None
    reason: str


class TrafficControl:
    """One site's traffic. Robots are known (`add_robot`), then placed, then routed."""

    def __init__(self, graph: SiteGraph, *, clearance_m: float = CLEARANCE_M, base_nodes: int = 3, seed: int = 0) -> None:
        if clearance_m < 0 or base_nodes < 1:
            raise InvalidInput("clearance_m < 0 or base_nodes < 1", field="traffic", fix="use clearance_m >= 0, base_nodes >= 1")
        self._graph, self._clearance_m = graph, clearance_m
        self._roads = from_site(graph, SPEED_MPS_DEFAULT)
        self._edges = [graph.edges[edge_id] for edge_id in self._roads.edge_ids]
        self._plant = Plant(graph, self._roads, clearance_m=clearance_m, depth=base_nodes, seed=seed)
        self._members = Members()
        self._engine = self._plant.engine([0.5])
        self._closed: frozenset[str] = frozenset()
        self._held = False
        self._now = 0.0
        self._version = 0
        #: pairs of robots that reality, not we, put too close together
        self._overlaps: set[frozenset[str]] = set()

    @property
    def version(self) -> int:
        """Changes whenever a denied request might now be granted."""
        return self._engine.version + self._version

    @property
    def engine(self) -> Engine:
        """For benchmarks and monitors; its numbers are those of `number`."""
        return self._engine

    # ---- the roster -------------------------------------------------------------------------------------------------

    def add_robot(self, robot: str, *, home: str, length_m: float, width_m: float, speed_mps: float) -> None:
        """Known, position unknown: holds nothing and cannot be routed. Again: its new data, and it is unplaced.

        Raises NotFound (home), Conflict (home too near to another's home), InvalidInput (sizes, speed).
        """
        self._node(home, "home")
        for name, value in (("length_m", length_m), ("width_m", width_m), ("speed_mps", speed_mps)):
            if not 0 < value < 1000:
                raise InvalidInput(f"{value} for {robot}", field=name, fix="use metres, metres per second, greater than 0")
        radius_m = footprint_radius_m(length_m, width_m)
        self._check_home(robot, home, radius_m)
        if robot in self._members:
            self._engine.unplace(self._members.get(robot).number)
            self._forget_overlaps(robot)
        if self._members.put(robot, home=home, radius_m=radius_m, speed_mps=speed_mps):
            self._rebuild()
        member = self._members.get(robot)
        while self._engine.count <= member.number:
            self._engine.add()
        self._engine.crew.cls[member.number] = self._members.class_of(radius_m)
        self._engine.set_movable(member.number, True)
        self._engine.crew.yields[member.number] = 1
        self._reweigh()

    def _check_home(self, robot: str, home: str, radius_m: float) -> None:
        for other in self._members:
            if other.name == robot:
                continue
            least_m = radius_m + other.radius_m + self._clearance_m
            gap_m = self._plant.apart_m(home, other.home)
            if gap_m < least_m - 1e-6:
                raise Conflict(
                    f"home {home!r} is {gap_m:.2f} m from {other.home!r}, the home of {other.name}",
                    field="home",
                    fix=f"give each robot its own home, {least_m:.2f} m apart",
                )

    def _rebuild(self) -> None:
        """A footprint that was not there before: conflicts are computed anew, all else stays."""
        old, self._engine = self._engine, self._plant.engine(self._members.radii_m())
        self._version += old.version + 1
        self._engine.take_over(old, [self._members.class_of(m.radius_m) for m in self._members.by_number()])
        self._reclose()

    def remove_robot(self, robot: str) -> None:
        """Forget the robot; it must be off the floor. Unknown ones are ignored."""
        if robot in self._members:
            member = self._members.get(robot)
            self._engine.unplace(member.number)
            self._forget_overlaps(robot)
            self._members.remove(robot)
            self._reweigh()

    def spare_home(self, *, length_m: float, width_m: float) -> str | None:
        """A node where a robot without a home of its own may live: a parking or charging place, off everybody's home."""
        radius_m = footprint_radius_m(length_m, width_m)
        places = sorted(self._graph.places.values(), key=lambda p: (p.kind != "parking", p.name))
        for place in places:
            for node in place.nodes if place.kind in ("parking", "charger") else ():
                gaps = ((self._plant.apart_m(node, m.home), radius_m + m.radius_m + self._clearance_m) for m in self._members)
                if all(gap_m >= least_m for gap_m, least_m in gaps):
                    return node
        return None

    # ---- what robots are and want -----------------------------------------------------------------------------------

    def place(self, robot: str, node: str, *, released: Sequence[str] = (), now: float) -> None:
        """Set holdings from the robot's own truth: it stands at (or last passed) `node`, `released` nodes lie ahead.

        Truth wins: if it is too close to another robot both keep what they hold, and `explain` says so.
        Raises NotFound, InvalidInput (no edge between two released nodes).
        """
        member = self._members.get(robot)
        start = self._node(node, "node")
        base = self._edges_of(node, released)
        if self._engine.stands(member.number, start, base):
            return
        self._engine.place(member.number, start, base)
        member.waiting_since = None
        self._settle(robot)
        self._overlaps |= {frozenset((robot, other)) for other in self._too_near(member)}
        if not self._engine.movable[member.number]:
            self._engine.obstacles_changed()

    def _edges_of(self, node: str, released: Sequence[str]) -> list[int]:
        base: list[int] = []
        for end in released:
            self._node(end, "released")
            edge = self._graph.edge_between(node, end)
            if edge is None:
                raise InvalidInput(
                    f"no edge from {node!r} to {end!r}", field="released", fix="name nodes in the order of the way"
                )
            base.append(self._roads.edge_index[edge.edge_id])
            node = end
        return base

    def unplace(self, robot: str) -> None:
        """Taken away by people: holds nothing, and has no goal, until it is placed again."""
        member = self._members.get(robot)
        self._engine.unplace(member.number)
        member.waiting_since = None
        self._settle(robot)

    def set_goal(self, robot: str, goal: str, *, now: float, avoid: frozenset[str] = frozenset()) -> None:
        """Route the robot to `goal` from the end of its base, entering no node of `avoid`.

        A stalled robot in the way is waited for. Raises NotFound, Conflict (position unknown, or no way at all).
        """
        member = self._members.get(robot)
        target = self._node(goal, "goal")
        i = member.number
        if self._engine.at[i] < 0:
            raise Conflict(f"where {robot} is, is not known", field="robot", fix="wait until it has reported its position")
        end = int(self._engine.crew.end[i])
        avoided = frozenset(self._roads.node_index[node] for node in avoid if node in self._roads.node_index)
        if self._engine.togo_to(end, target, avoided) >= UNREACHABLE:
            why = "it is closed" if goal in self._closed else "closures or places to avoid cut it off, or the layout has no way"
            raise Conflict(
                f"{robot} can't reach {goal!r} from {self._roads.node_ids[end]!r}: {why}",
                field="goal",
                fix="open the area or choose another place",
            )
        if member.goal == goal and member.avoid == avoid:
            return
        member.goal, member.avoid, member.waiting_since = goal, avoid, None
        self._engine.set_goal(i, target, now, avoided)

    def clear_goal(self, robot: str, now: float) -> None:
        """Drop the route beyond the base; the base is kept. The robot is idle then, and may be pushed aside or asked to leave."""
        member = self._members.get(robot)
        if member.goal is None:
            return
        member.goal, member.avoid, member.waiting_since = None, frozenset(), None
        self._engine.set_goal(member.number, -1, now)

    def passed(self, robot: str, node: str, now: float) -> None:
        """The robot reported `node` as its lastNodeId: all before it is free. Nodes not in its base are ignored."""
        i = self._members.get(robot).number
        index = self._roads.node_index.get(node, -1)
        base = self._engine.crew.base[i, : self._engine.crew.base_n[i]]
        found = np.flatnonzero(self._engine.net.head[base] == index)
        for _ in range(int(found[0]) + 1 if len(found) else 0):
            self._engine.passed(i)
        if len(found):
            self._settle(robot)
            if not self._engine.movable[i]:
                self._engine.obstacles_changed()

    def set_obstacle(self, robot: str, standing: bool, now: float) -> None:
        """Stalled, silent, in error: it keeps what it holds until this is taken back; others go around it."""
        member = self._members.get(robot)
        if bool(self._engine.movable[member.number]) != standing:
            return
        member.waiting_since = None
        self._engine.set_movable(member.number, not standing)
        self._engine.moved_at[member.number] = now

    def set_yields(self, robot: str, yields: bool, now: float) -> None:
        """Whether an idle robot may be pushed out of somebody's way: `step` then releases nodes to it though it has no goal."""
        i = self._members.get(robot).number
        if bool(self._engine.crew.yields[i]) != yields:
            self._engine.crew.yields[i] = yields
            self._version += 1

    def close_nodes(self, nodes: frozenset[str], now: float) -> None:
        """The full set of closed nodes. Robots inside may leave; nobody may enter. Unknown nodes are ignored."""
        closed = frozenset(node for node in nodes if node in self._roads.node_index)
        if closed != self._closed:
            self._closed = closed
            self._reclose()

    def _reclose(self) -> None:
        inside = np.zeros(self._roads.n_nodes, bool)
        inside[[self._roads.node_index[node] for node in self._closed]] = True
        self._engine.close(np.flatnonzero(inside[self._roads.head] & ~inside[self._roads.tail]))

    def hold_all(self, held: bool) -> None:
        """The stop latch: no releases while it is set."""
        if self._held and not held:
            for member in self._members:
                member.waiting_since = None
            self._version += 1
        self._held = held

    # ---- doors and lifts --------------------------------------------------------------------------------------------

    def gates_wanted(self) -> Mapping[str, tuple[str, ...]]:
        """Device -> targets ("" for a door, the level for a lift) that robots need open now, those on it first."""
        return self._plant.gates_wanted(self._engine)

    def gate(self, device: str, target: str, is_open: bool) -> None:
        """What the device says. Until it has said that it is open, nobody is released through it (but `open_at_rest`)."""
        if self._plant.set_gate(self._engine, device, target, is_open):
            self._version += 1

    # ---- releases ---------------------------------------------------------------------------------------------------

    def step(self, now: float) -> list[Release]:
        """New releases, in the order in which they were decided. Call it after every change and at least once a second."""
        self._now = now
        if self._held:
            return []
        robots, edges = self._engine.step(now)
        granted: dict[int, list[int]] = {}
        for i, edge in zip(robots.tolist(), edges.tolist(), strict=True):
            granted.setdefault(i, []).append(edge)
        self._note_waits(granted, now)
        return [self._release(i, found) for i, found in granted.items()]

    def _release(self, i: int, edges: Sequence[int]) -> Release:
        ways_on = tuple(self._edges[e] for e in edges)
        return Release(self._members.name(i), tuple(e.end for e in ways_on), ways_on)

    def _note_waits(self, granted: Mapping[int, object], now: float) -> None:
        crew = self._engine.crew
        for member in self._members:
            i = member.number
            waits = (
                crew.goal[i] >= 0 and crew.end[i] != crew.goal[i] and crew.base_n[i] == 0 and crew.movable[i] and i not in granted
            )
            if not waits or crew.at[i] < 0:
                member.waiting_since = None
            elif member.waiting_since is None:
                member.waiting_since = now

    # ---- what others may ask ----------------------------------------------------------------------------------------

    def route(self, robot: str) -> RouteView:
        """Where it is, goes, and why it waits. Raises NotFound."""
        member = self._members.get(robot)
        i, crew = member.number, self._engine.crew
        if crew.at[i] < 0:
            return RouteView((), 0, member.goal, None, None, "position unknown")
        names = self._roads.node_ids
        base = crew.base[i, : crew.base_n[i]].tolist()
        nodes = [names[crew.at[i]], *(self._edges[e].end for e in base)]
        base_nodes = len(nodes)
        blocked_by, reason = explain.why_waiting(self._engine, self._members, self._plant, i, member)
        if member.goal is not None and crew.end[i] != crew.goal[i]:
            way: I32 = np.empty(self._roads.n_nodes, np.int32)
            rows = self._engine.cache.rows
            n = ways.descend(self._engine.net, rows, int(crew.row[i]), int(crew.end[i]), int(crew.goal[i]), way)
            nodes += [self._edges[e].end for e in way[:n].tolist()]
            if n == 0:
                blocked_by, reason = "closure", "closed areas cut the goal off"
        return RouteView(tuple(nodes), base_nodes, member.goal, member.waiting_since, blocked_by, reason)

    def shut_in(self) -> frozenset[str]:
        """Nodes that cannot be left now, since robots stand still on the way out: nobody is let in or should be sent there."""
        return frozenset(self._roads.node_ids[v] for v in np.flatnonzero(self._engine.net.shut))

    def to_evict(self, now: float) -> list[str]:
        """Idle robots away from home that stand on someone's way: send each home."""
        engine = self._engine
        found = np.zeros(len(engine.crew.at), np.uint8)
        ways.idle_on_the_way(engine.net, engine.crew, engine.cache.rows, engine.count, EVICT_NODES_AHEAD, found)
        names = [m.name for m in self._members if found[m.number]]
        return sorted(n for n in names if self._ends_at(n) != self._members.get(n).home)

    def _ends_at(self, robot: str) -> str:
        return str(self._roads.node_ids[int(self._engine.crew.end[self._members.get(robot).number])])

    def check(self) -> None:
        """Assert the invariants: no two robots hold what conflicts, unless reality put them there."""
        for member in self._members:
            for other in self._too_near(member):
                pair = frozenset((member.name, other))
                assert pair in self._overlaps, f"{member.name} and {other} hold conflicting nodes"
        explain.check_tables(self._engine, bool(self._overlaps))

    def explain(self) -> list[str]:
        """In words, as of the last step: robots too close together, who waits for whom in a circle, who has waited long."""
        return explain.lines(self._engine, self._members, self._plant, self._overlaps, self._now)

    # ---- private ----------------------------------------------------------------------------------------------------

    def _node(self, node: str, field: str) -> int:
        index = self._roads.node_index.get(node)
        if index is None:
            raise NotFound(f"no node {node!r}", field=field, fix="name a node of the layout")
        return index

    def _reweigh(self) -> None:
        self._engine.set_weights(self._plant.weights([m.home for m in self._members]))

    def _too_near(self, member: Member) -> list[str]:
        radii_m = np.array(self._members.radii_m())
        near = too_near(self._roads, self._engine.crew, member.number, radii_m, self._clearance_m)
        return [self._members.name(j) for j in near]

    def _settle(self, robot: str) -> None:
        """After a change of its holdings: pairs that have come apart are none any more, and what was shared has one holder."""
        mine = {pair for pair in self._overlaps if robot in pair}
        if not mine:
            return
        for pair in mine:
            for name in pair:
                if name in self._members:
                    self._engine.hold_again(self._members.get(name).number)
        near = set(self._too_near(self._members.get(robot)))
        self._overlaps -= {pair for pair in mine if not (pair - {robot}) <= near}

    def _forget_overlaps(self, robot: str) -> None:
        self._settle(robot)
        self._overlaps = {pair for pair in self._overlaps if robot not in pair}
