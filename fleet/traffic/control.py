"""Traffic control: releases nodes to robots so that no two bodies meet and no robot waits for ever, for any delay.

A robot holds the node it stands on and every released node and lane that it has not provably left. The next node is
released only if (a) nothing that conflicts with it by geometry is held by another, (b) it is not kept free for the
robot that has waited longest, and (c) afterwards all who could still finish can (safety.py). Denied robots look for a
detour; those that wait long get precedence (precedence.py). docs/decisions/0002-traffic-bankers.md has the argument.

Pure and deterministic: the caller brings `now` (seconds, any epoch, never backwards) and carries the releases.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fleet.contracts.errors import Conflict, InvalidInput, NotFound
from fleet.layout.graph import SiteEdge, SiteGraph
from fleet.traffic.geometry import footprint_radius_m
from fleet.traffic.movers import Fleet, Mover, Run
from fleet.traffic.precedence import Precedence
from fleet.traffic.roads import Roads
from fleet.traffic.runs import Runs
from fleet.traffic.safety import Claim, Verdict, judge

#: Least gap between the circles around two robots, metres: room for deviation from the line and late reports.
CLEARANCE_M = 0.2
#: A robot that stands denied for so long looks for a detour, and again every so often, seconds.
DETOUR_AFTER_S = 5.0
DETOUR_EVERY_S = 5.0
#: A detour may cost this much more time, plus twice what the robot has waited, seconds.
DETOUR_EXTRA_S = 20.0
#: Idle robots are asked to leave when they stand within so many nodes ahead on someone's way.
EVICT_NODES_AHEAD = 8
#: `explain` names robots that have waited longer than this, seconds.
EXPLAIN_AFTER_S = 60.0


@dataclass(frozen=True, slots=True)
class Release:
    """Extension of a robot's base: the nodes newly released, and the edge into each."""

    robot: str
    nodes: tuple[str, ...]
    edges: tuple[SiteEdge, ...]


@dataclass(frozen=True, slots=True)
class RouteView:
    """`nodes`: from the last node passed to the goal; the first `base_nodes` of them (at least the one it stands on) are
    released. `blocked_by`: another robot, or "closure". `reason`: why it waits, for people."""

    nodes: tuple[str, ...]
    base_nodes: int
    goal: str | None
    waiting_since: float | None
    blocked_by: str | None
    reason: str


class TrafficControl:
    """One site's traffic. Robots are known (`add_robot`), then placed, then routed."""

    def __init__(self, graph: SiteGraph, *, clearance_m: float = CLEARANCE_M, base_nodes: int = 3) -> None:
        if clearance_m < 0 or base_nodes < 1:
            raise InvalidInput("clearance_m < 0 or base_nodes < 1", field="traffic", fix="use clearance_m >= 0, base_nodes >= 1")
        self._roads = Roads(graph)
        self._fleet = Fleet(self._roads, clearance_m)
        self._runs = Runs(self._fleet)
        self._precedence = Precedence(self._fleet, self._runs)
        self._base_nodes = base_nodes
        self._held = False
        self._now = 0.0
        self._verdict: tuple[int, Verdict] | None = None
        #: rises when goals or runs change without any change of holdings
        self._runs_version = 0
        #: pairs of robots that reality, not we, put too close together
        self._overlaps: set[frozenset[str]] = set()

    # ---- the roster -------------------------------------------------------------------------------------------------

    def add_robot(self, robot: str, *, home: str, length_m: float, width_m: float, speed_mps: float) -> None:
        """Known, position unknown: holds nothing and cannot be routed. Again: its new data, and it is unplaced.

        Raises NotFound (home), Conflict (home too near to another's home), InvalidInput (sizes, speed).
        """
        self._node(home, "home")
        for name, value in (("length_m", length_m), ("width_m", width_m), ("speed_mps", speed_mps)):
            if not 0 < value < 1000:
                raise InvalidInput(f"{value} for {robot}", field=name, fix="use metres, metres per second, greater than 0")
        self._fleet.add(robot, home=home, radius_m=footprint_radius_m(length_m, width_m), speed_mps=speed_mps)
        self._precedence.forget(robot)
        self._replan_all()

    def remove_robot(self, robot: str) -> None:
        """Forget the robot; it must be off the floor. Unknown ones are ignored."""
        if robot in self._fleet:
            self._fleet.remove(robot)
            self._precedence.forget(robot)
            self._replan_all()

    def spare_home(self, *, length_m: float, width_m: float) -> str | None:
        """A node where a robot without a home of its own may live: a parking or charging place, off everybody's home."""
        radius_m = footprint_radius_m(length_m, width_m)
        apart_m = radius_m + self._fleet.clearance_m
        places = sorted(self._roads.graph.places.values(), key=lambda p: (p.kind != "parking", p.name))
        for place in places:
            for node in place.nodes if place.kind in ("parking", "charger") else ():
                if all(self._roads.apart_m(node, m.home) >= apart_m + self._fleet.radius_m(m) for m in self._fleet):
                    return node
        return None

    # ---- what robots are and want -----------------------------------------------------------------------------------

    def place(self, robot: str, node: str, *, released: Sequence[str] = (), now: float) -> None:
        """Set holdings from the robot's own truth: it stands at (or last passed) `node`, `released` nodes lie ahead.

        Truth wins: if it is too close to another robot both keep what they hold, and `explain` says so.
        Raises NotFound, InvalidInput (no edge between two released nodes).
        """
        mover = self._fleet.get(robot)
        self._node(node, "node")
        base: list[SiteEdge] = []
        for end in released:
            self._node(end, "released")
            edge = self._roads.graph.edge_between(base[-1].end if base else node, end)
            if edge is None:
                start = base[-1].end if base else node
                raise InvalidInput(
                    f"no edge from {start!r} to {end!r}", field="released", fix="name nodes in the order of the way"
                )
            base.append(edge)
        if mover.at == node and mover.base == base:
            return
        mover.at, mover.base, mover.moved_at, mover.waiting_since = node, base, now, None
        self._hold(mover)
        self._overlaps -= {pair for pair in self._overlaps if robot in pair}
        self._overlaps |= {frozenset((robot, other)) for other in self._fleet.holders(mover, mover.bits)}
        if mover.stalled:
            self._replan_all()
        else:
            self._plan(mover)

    def unplace(self, robot: str) -> None:
        """Taken away by people: holds nothing, and has no goal, until it is placed again."""
        mover = self._fleet.get(robot)
        mover.at, mover.base, mover.goal, mover.waiting_since, mover.run = None, [], None, None, Run()
        self._precedence.forget(robot)
        self._hold(mover)
        self._replan_all()

    def set_goal(self, robot: str, goal: str, *, now: float, avoid: frozenset[str] = frozenset()) -> None:
        """Route the robot to `goal` from the end of its base, entering no node of `avoid`.

        A stalled robot in the way is waited for. Raises NotFound, Conflict (position unknown, or no way at all).
        """
        mover = self._fleet.get(robot)
        self._node(goal, "goal")
        if not mover.placed:
            raise Conflict(f"where {robot} is, is not known", field="robot", fix="wait until it has reported its position")
        if self._roads.reach(mover.end, goal, 0, self._runs.closed, avoid) is None:
            why = (
                "it is closed"
                if goal in self._runs.closed
                else "closures or places to avoid cut it off, or the layout has no way"
            )
            raise Conflict(
                f"{robot} can't reach {goal!r} from {mover.end!r}: {why}",
                field="goal",
                fix="open the area or choose another place",
            )
        if mover.goal == goal and mover.avoid == avoid:
            return
        mover.goal, mover.avoid, mover.waiting_since, mover.retreating = goal, avoid, None, False
        mover.moved_at = mover.asked_at = now
        self._precedence.forget(robot)
        self._plan(mover)

    def clear_goal(self, robot: str, now: float) -> None:
        """Drop the route beyond the base; the base is kept. The robot is idle then, and may be asked to leave."""
        mover = self._fleet.get(robot)
        if mover.goal is None:
            return
        mover.goal, mover.avoid, mover.waiting_since, mover.retreating = None, frozenset(), None, False
        mover.moved_at = now
        self._precedence.forget(robot)
        self._plan(mover)

    def passed(self, robot: str, node: str, now: float) -> None:
        """The robot reported `node` as its lastNodeId: all before it is free. Nodes not in its base are ignored."""
        mover = self._fleet.get(robot)
        for index, edge in enumerate(mover.base):
            if edge.end == node:
                mover.at = node
                del mover.base[: index + 1]
                mover.moved_at = now
                self._hold(mover)
                self._settle_overlaps(mover)
                if mover.stalled:
                    self._replan_all()
                return

    def set_obstacle(self, robot: str, standing: bool, now: float) -> None:
        """Stalled, silent, in error: it keeps what it holds until this is taken back; others go around it."""
        mover = self._fleet.get(robot)
        if mover.stalled == standing:
            return
        mover.stalled = standing
        mover.waiting_since = None
        mover.moved_at = now
        self._replan_all()

    def set_yields(self, robot: str, yields: bool, now: float) -> None:
        """Whether an idle robot may be pushed aside. This control sends idle robots home instead (`to_evict`)."""

    def close_nodes(self, nodes: frozenset[str], now: float) -> None:
        """The full set of closed nodes. Robots inside may leave; nobody may enter. Unknown nodes are ignored."""
        closed = frozenset(node for node in nodes if node in self._roads.graph.nodes)
        if closed != self._runs.closed:
            self._runs.closed = closed
            self._replan_all()

    def hold_all(self, held: bool) -> None:
        """The stop latch: no releases while it is set."""
        if self._held and not held:
            for mover in self._fleet:
                mover.waiting_since = None
        self._held = held

    # ---- releases ---------------------------------------------------------------------------------------------------

    def step(self, now: float) -> list[Release]:
        """New releases, oldest goals first. Call it after every change and at least once a second."""
        self._now = now
        if self._held:
            return []
        for mover in self._precedence.update(now, self.version, self._claims):
            self._plan(mover)
        releases = []
        for mover in self._in_turn():
            edges = self._extend(mover, now)
            if edges:
                releases.append(Release(mover.name, tuple(e.end for e in edges), tuple(edges)))
        return releases

    def _in_turn(self) -> list[Mover]:
        wanting = [m for m in self._fleet if m.run.way and m.placed and not m.stalled and len(m.base) < self._base_nodes]
        holder = self._precedence.holder
        return sorted(wanting, key=lambda m: (m.name != holder, m.asked_at, m.name))

    def _extend(self, mover: Mover, now: float) -> list[SiteEdge]:
        """Release what may be released to one robot."""
        edges: list[SiteEdge] = []
        state = self.version
        if mover.denied_at_version == state and not self._detour_is_due(mover, now):
            return edges
        granted = self._may_take_next(mover)
        if not granted and self._detour_is_due(mover, now):
            self._try_detour(mover, now)
            granted = self._may_take_next(mover)
        while granted:
            edge = mover.run.way[0]
            mover.base.append(edge)
            mover.run = mover.run.rest_of_it()
            self._hold(mover)
            edges.append(edge)
            granted = bool(mover.run.way) and len(mover.base) < self._base_nodes and self._may_take_next(mover)
        if edges:
            mover.waiting_since, mover.blocked_by, mover.reason, mover.moved_at = None, None, "", now
        elif not mover.base and mover.waiting_since is None:
            mover.waiting_since = now
        mover.denied_at_version = self.version if not edges else -1
        return edges

    @property
    def version(self) -> int:
        """Changes whenever a denied request might now be granted."""
        return self._fleet.version + self._runs_version

    def _may_take_next(self, mover: Mover) -> bool:
        """The three tests of a release; where it fails, `blocked_by` and `reason` say why."""
        edge = mover.run.way[0]
        if edge.end in self._runs.closed and edge.start not in self._runs.closed:
            return self._deny(mover, "closure", f"{edge.end} is closed")
        others = self._fleet.others(mover)
        bits = self._roads.edge_bits[edge.edge_id]
        if bits & others:
            holder = self._fleet.holders(mover, bits)[0]
            return self._deny(mover, holder, f"{holder} holds the way to {edge.end}")
        if self._precedence.keeps_out(mover, bits):
            first = self._precedence.holder
            return self._deny(mover, first, f"{first} has waited longest and goes first")
        if not mover.run.masks[0] & others:
            return True
        return self._is_safe(mover, edge)

    def _is_safe(self, mover: Mover, edge: SiteEdge) -> bool:
        """Whether after the release all can finish that could before, and this robot too."""
        claims = self._claims()
        before = self._current_verdict(claims)
        bits = mover.bits | self._roads.edge_bits[edge.edge_id]
        claim = replace(
            claims[mover.name],
            end=edge.end,
            closures=self._fleet.closures(bits, mover.footprint),
            run=mover.run.masks[1],
            home_run=lambda: self._runs.home_bits(mover, edge.end),
        )
        if claim.seeks_goal and edge.end == claim.goal:
            claim = replace(claim, goal=edge.end)
        after = judge(self._roads, {**claims, mover.name: claim}, self._runs.closed)
        finishes = mover.name in after.goals or (not claim.seeks_goal and mover.name in after.homes)
        if finishes and after.covers(before):
            self._verdict = (self.version + 1, after)  # the release raises the version by one
            return True
        holder = next(iter(self._fleet.holders(mover, mover.run.masks[0])), None)
        return self._deny(mover, holder, f"{edge.end} stays free so that {holder} can get out")

    def _deny(self, mover: Mover, blocked_by: str | None, reason: str) -> bool:
        mover.blocked_by, mover.reason = blocked_by, reason
        return False

    def _detour_is_due(self, mover: Mover, now: float) -> bool:
        since = mover.waiting_since
        return since is not None and now - since >= DETOUR_AFTER_S and now >= mover.detour_at

    def _try_detour(self, mover: Mover, now: float) -> None:
        assert mover.waiting_since is not None
        mover.detour_at = now + DETOUR_EVERY_S
        run = self._runs.detour(mover, DETOUR_EXTRA_S + 2.0 * (now - mover.waiting_since))
        if run is not None:
            mover.run = run
            self._runs_version += 1

    # ---- what others may ask ----------------------------------------------------------------------------------------

    def route(self, robot: str) -> RouteView:
        """Where it is, goes, and why it waits. Raises NotFound."""
        mover = self._fleet.get(robot)
        if mover.at is None:
            return RouteView((), 0, mover.goal, None, None, "position unknown")
        nodes = (mover.at, *(e.end for e in mover.base), *(e.end for e in mover.run.way))
        waits = mover.waiting_since is not None
        blocked_by, reason = (mover.blocked_by, mover.reason) if waits else (None, "")
        if mover.seeks_goal and not mover.run.way:
            blocked_by, reason = "closure", "closed areas cut the goal off"
        return RouteView(nodes, 1 + len(mover.base), mover.goal, mover.waiting_since, blocked_by, reason)

    def to_evict(self, now: float) -> list[str]:
        """Idle robots away from home that stand on someone's way: send each home."""
        found = set(self._precedence.drain.ways)
        for mover in self._fleet:
            if mover.placed and mover.run.way and not mover.stalled:
                bits = self._roads.way_bits(mover.run.way[:EVICT_NODES_AHEAD])
                found.update(self._fleet.holders(mover, bits))
        idle = [self._fleet.get(name) for name in sorted(found)]
        return [m.name for m in idle if m.idle and not m.stalled and m.end != m.home]

    def check(self) -> None:
        """Assert the invariants: no two robots hold what conflicts, unless reality put them there."""
        for mover in self._fleet:
            assert mover.placed or not mover.bits, f"{mover.name} is nowhere and holds something"
            assert len(mover.run.masks) == len(mover.run.way) + 1, f"masks of {mover.name}"
            for name in self._fleet.holders(mover, mover.bits):
                assert frozenset((mover.name, name)) in self._overlaps, f"{mover.name} and {name} hold conflicting nodes"

    def explain(self) -> list[str]:
        """In words, as of the last step: robots too close together, who waits for whom in a circle, who has waited long."""
        now = self._now
        lines = [
            f"{' and '.join(sorted(pair))} stand too close together: move one by hand"
            for pair in sorted(self._overlaps, key=sorted)
        ]
        lines += [f"{' waits for '.join((*ring, ring[0]))}" for ring in self._rings()]
        for mover in self._fleet:
            if mover.waiting_since is not None and now - mover.waiting_since > EXPLAIN_AFTER_S:
                waited_s = now - mover.waiting_since
                lines.append(f"{mover.name} at {mover.at} has waited {waited_s:.0f} s for {mover.goal}: {mover.reason}")
        return lines

    def _rings(self) -> list[list[str]]:
        """Robots that wait for each other in a circle, each circle once, from its first name."""
        waits_for = {m.name: m.blocked_by for m in self._fleet if m.waiting_since is not None and m.blocked_by in self._fleet}
        rings = []
        for start in waits_for:
            chain = [start]
            while (following := waits_for.get(chain[-1])) is not None and following not in chain:
                chain.append(following)
            if following == start == min(chain):
                rings.append(chain)
        return rings

    # ---- private ----------------------------------------------------------------------------------------------------

    def _node(self, node: str, field: str) -> None:
        if node not in self._roads.graph.nodes:
            raise NotFound(f"no node {node!r}", field=field, fix="name a node of the layout")

    def _hold(self, mover: Mover) -> None:
        self._fleet.hold(mover)

    def _plan(self, mover: Mover) -> None:
        if mover.placed:
            mover.run = self._runs.plan(mover)
            self._runs_version += 1

    def _replan_all(self) -> None:
        self._runs.forget()
        for mover in self._fleet:
            self._plan(mover)

    def _settle_overlaps(self, mover: Mover) -> None:
        near = set(self._fleet.holders(mover, mover.bits))
        self._overlaps -= {pair for pair in self._overlaps if mover.name in pair and not (pair - {mover.name}) <= near}

    def _claims(self) -> dict[str, Claim]:
        return {mover.name: self._claim(mover) for mover in self._fleet if mover.placed}

    def _claim(self, mover: Mover) -> Claim:
        rest = mover.run.rest or mover.end
        return Claim(
            name=mover.name,
            footprint=mover.footprint,
            end=mover.end,
            goal=mover.goal or "",
            rest=rest,
            closures=mover.closures,
            rest_closures=self._fleet.node_closures(rest, mover.footprint),
            run=mover.run.masks[0],
            home_run=lambda: self._runs.home_bits(mover, mover.end),
            seeks_goal=mover.seeks_goal and not mover.retreating and bool(mover.run.way),
            stays=mover.stalled,
            avoid=mover.avoid,
        )

    def _current_verdict(self, claims: dict[str, Claim]) -> Verdict:
        if self._verdict is None or self._verdict[0] != self.version:
            self._verdict = (self.version, judge(self._roads, claims, self._runs.closed))
        return self._verdict[1]
