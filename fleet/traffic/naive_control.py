"""The baseline B1 of our benchmarks: what a simple dispatcher does, on the same safe rules as our own control.

One-way lanes (lanes.py), static shortest path by free-flow time, reservation of the next nodes, first come first served, idle
robots on someone's way sent home, and a side-step to any free neighbour when blocked for some seconds. No look-ahead, no
precedence, no guidance, no detour: so that it never collides (reservations by the same geometry), and may lock up, which is
what is counted. It knows neither zones nor doors.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import inf

from fleet.contracts.errors import Conflict, InvalidInput, NotFound
from fleet.layout.graph import SPEED_MPS_DEFAULT, SiteEdge, SiteGraph, edge_time_s
from fleet.planning.travel import TravelTimes
from fleet.traffic.control import CLEARANCE_M, Release, RouteView
from fleet.traffic.csr import from_site
from fleet.traffic.geometry import footprint_radius_m
from fleet.traffic.holdings import Holdings
from fleet.traffic.lanes import propose
from fleet.traffic.roads import Roads

#: Blocked for so long, a robot looks for a free neighbour to step to; jittered by robot and try, so that pairs do not mirror
#: each other for ever, seconds.
SIDESTEP_AFTER_S = 5.0
SIDESTEP_JITTER_S = 5.0
#: It stays there so long at least, so that the others get by, seconds.
SIDESTEP_STAYS_S = 5.0
#: Neighbours whose times differ by less than this are alike to it, seconds.
SIDESTEP_TIES_S = 2.0
#: `explain` names robots that have waited longer than this, seconds.
EXPLAIN_AFTER_S = 60.0
#: Shortest paths that are remembered.
PATHS_MAX = 50_000


@dataclass(slots=True)
class _Robot:
    """`way`: static path beyond the base. `waiting_since`: stands denied since. `blocked_at`: the resource that it waits for."""

    name: str
    home: str
    speed_mps: float
    at: str | None = None
    base: list[SiteEdge] = field(default_factory=list)
    way: list[SiteEdge] = field(default_factory=list)
    goal: str | None = None
    avoid: frozenset[str] = frozenset()
    stalled: bool = False
    asked_at: float = 0.0
    waiting_since: float | None = None
    sidestep_at: float = 0.0
    sidesteps: int = 0
    stays_until: float = 0.0
    blocked_at: int | None = None

    @property
    def end(self) -> str:
        assert self.at is not None, f"{self.name} is not placed"
        return self.base[-1].end if self.base else self.at


class NaiveControl:
    """The verbs of TrafficControl (fleet/traffic/face.py). `one_way` False: two-way roads are driven both ways (B0)."""

    def __init__(self, graph: SiteGraph, *, clearance_m: float = CLEARANCE_M, base_nodes: int = 3, one_way: bool = True) -> None:
        if clearance_m < 0 or base_nodes < 1:
            raise InvalidInput("clearance_m < 0 or base_nodes < 1", field="traffic", fix="use clearance_m >= 0, base_nodes >= 1")
        self._whole = graph
        graph = one_way_only(graph) if one_way else graph
        self._roads = Roads(graph)
        self._holdings = Holdings(self._roads, clearance_m)
        self._clearance_m = clearance_m
        self._robots: dict[str, _Robot] = {}
        self._base_nodes = base_nodes
        self._closed: frozenset[str] = frozenset()
        self._held = False
        self._now = 0.0
        self._version = 0
        self._awake: set[str] = set()
        self._asleep: dict[int, set[str]] = {}
        self._paths: dict[tuple[object, ...], tuple[SiteEdge, ...] | None] = {}
        self._times = TravelTimes(graph)

    # ---- the roster -------------------------------------------------------------------------------------------------

    def add_robot(self, robot: str, *, home: str, length_m: float, width_m: float, speed_mps: float) -> None:
        """Known, position unknown. Raises NotFound (home), Conflict (home too near to another's), InvalidInput (sizes, speed)."""
        self._node(home, "home")
        for name, value in (("length_m", length_m), ("width_m", width_m), ("speed_mps", speed_mps)):
            if not 0 < value < 1000:
                raise InvalidInput(f"{value} for {robot}", field=name, fix="use metres, metres per second, greater than 0")
        radius_m = footprint_radius_m(length_m, width_m)
        for other in self._robots.values():
            gap_m = self._roads.apart_m(home, other.home)
            if other.name != robot and gap_m < radius_m + self._holdings.radius_m(other.name) + self._clearance_m - 1e-6:
                raise Conflict(f"home {home!r} is too near to that of {other.name}", field="home", fix="give it its own home")
        self._holdings.add(robot, radius_m)
        self._robots[robot] = _Robot(robot, home, speed_mps)
        self._version += 1

    def remove_robot(self, robot: str) -> None:
        if self._robots.pop(robot, None) is not None:
            self._holdings.remove(robot)
            self._wake_freed()

    def spare_home(self, *, length_m: float, width_m: float) -> str | None:
        """A parking or charging node off everybody's home."""
        radius_m = footprint_radius_m(length_m, width_m) + self._clearance_m
        for place in sorted(self._roads.graph.places.values(), key=lambda p: (p.kind != "parking", p.name)):
            for node in place.nodes if place.kind in ("parking", "charger") else ():
                others = self._robots.values()
                if all(self._roads.apart_m(node, r.home) >= radius_m + self._holdings.radius_m(r.name) for r in others):
                    return node
        return None

    # ---- what robots are and want -----------------------------------------------------------------------------------

    def place(self, robot: str, node: str, *, released: Sequence[str] = (), now: float) -> None:
        """Holdings from the robot's own truth. Raises NotFound, InvalidInput (no edge between two released nodes)."""
        mover = self._get(robot)
        self._node(node, "node")
        base: list[SiteEdge] = []
        for end in released:
            start = base[-1].end if base else node
            edge = self._roads.graph.edge_between(start, end)
            if edge is None:
                raise InvalidInput(
                    f"no edge from {start!r} to {end!r}", field="released", fix="name nodes in the order of the way"
                )
            base.append(edge)
        if mover.at == node and mover.base == base:
            return
        mover.at, mover.base = node, base
        self._hold(mover)
        self._plan(mover)

    def unplace(self, robot: str) -> None:
        mover = self._get(robot)
        mover.at, mover.base, mover.way, mover.goal, mover.waiting_since = None, [], [], None, None
        self._hold(mover)

    def set_goal(self, robot: str, goal: str, *, now: float, avoid: frozenset[str] = frozenset()) -> None:
        """Static shortest path from the end of its base. Raises NotFound, Conflict (position unknown, or no way at all)."""
        mover = self._get(robot)
        self._node(goal, "goal")
        if mover.at is None:
            raise Conflict(f"where {robot} is, is not known", field="robot", fix="wait until it has reported its position")
        if self._path(mover, mover.end, goal, avoid) is None:
            raise Conflict(
                f"{robot} can't reach {goal!r} from {mover.end!r}", field="goal", fix="open the area or choose another place"
            )
        if mover.goal == goal and mover.avoid == avoid:
            return
        mover.goal, mover.avoid, mover.asked_at, mover.waiting_since = goal, avoid, now, None
        self._plan(mover)

    def clear_goal(self, robot: str, now: float) -> None:
        mover = self._get(robot)
        mover.goal, mover.avoid, mover.way, mover.waiting_since, mover.blocked_at = None, frozenset(), [], None, None
        self._version += 1

    def passed(self, robot: str, node: str, now: float) -> None:
        """All before `node` is free. Nodes not in its base are ignored."""
        mover = self._get(robot)
        for index, edge in enumerate(mover.base):
            if edge.end == node:
                mover.at = node
                del mover.base[: index + 1]
                self._hold(mover)
                return

    def set_obstacle(self, robot: str, standing: bool, now: float) -> None:
        mover = self._get(robot)
        if mover.stalled != standing:
            mover.stalled, mover.waiting_since = standing, None
            self._wake(mover)

    def set_yields(self, robot: str, yields: bool, now: float) -> None:
        """Nobody is pushed aside here: idle robots are sent home (`to_evict`)."""

    def close_nodes(self, nodes: frozenset[str], now: float) -> None:
        """The full set of closed nodes; ways are planned again."""
        closed = frozenset(n for n in nodes if n in self._roads.graph.nodes)
        if closed != self._closed:
            self._closed = closed
            for mover in self._robots.values():
                self._plan(mover)

    def gates_wanted(self) -> Mapping[str, tuple[str, ...]]:
        """Doors and lifts stay as they are at rest here."""
        return {}

    def gate(self, device: str, target: str, is_open: bool) -> None:
        """Not looked at."""

    def hold_all(self, held: bool) -> None:
        self._held = held
        self._version += 1

    # ---- releases ---------------------------------------------------------------------------------------------------

    @property
    def version(self) -> int:
        return self._version

    def step(self, now: float) -> list[Release]:
        """New releases, longest wait first. Call it after every change and at least once a second."""
        self._now = now
        if self._held:
            return []
        due = {n for n, r in self._robots.items() if r.waiting_since is not None and now >= r.sidestep_at}
        awake, self._awake = self._awake | due, set()
        releases = []
        for mover in sorted((self._robots[n] for n in awake if n in self._robots), key=lambda r: (r.asked_at, r.name)):
            edges = self._extend(mover, now)
            if edges:
                releases.append(Release(mover.name, tuple(e.end for e in edges), tuple(edges)))
        return releases

    def _extend(self, mover: _Robot, now: float) -> list[SiteEdge]:
        edges: list[SiteEdge] = []
        if mover.at is None or mover.stalled:
            return edges
        if now < mover.stays_until:
            self._awake.add(mover.name)
            return edges
        room = self._base_nodes
        if mover.waiting_since is not None and now >= mover.sidestep_at and not mover.base and not self._is_free(mover):
            room = 1 if self._sidestep(mover, now) else room
        while mover.way and len(mover.base) < room and self._is_free(mover):
            edges.append(mover.way.pop(0))
            mover.base.append(edges[-1])
            self._hold(mover)
        if edges and now < mover.stays_until:
            mover.waiting_since, mover.sidestep_at = now, mover.stays_until  # if others do not get by, it goes on stepping back
        elif edges:
            mover.waiting_since = None
        elif mover.way and not mover.base and mover.waiting_since is None:
            mover.waiting_since = now
            mover.sidestep_at = now + self._patience_s(mover)
        return edges

    def _is_free(self, mover: _Robot) -> bool:
        """Whether the next edge can be reserved; else it is woken when what stops it may be free."""
        edge = mover.way[0]
        mover.blocked_at = None
        if edge.end in self._closed and edge.start not in self._closed:
            return False
        mover.blocked_at = self._holdings.blocked(mover.name, self._holdings.edge(edge))
        if mover.blocked_at is None:
            return True
        self._asleep.setdefault(mover.blocked_at, set()).add(mover.name)
        return False

    def _sidestep(self, mover: _Robot, now: float) -> bool:
        """To the free neighbour from which the goal is nearest; its way goes on from there when others had time to get by."""
        mover.sidesteps += 1
        mover.sidestep_at = now + self._patience_s(mover)
        assert mover.goal is not None
        best: tuple[float, SiteEdge] | None = None
        for edge in self._roads.graph.out[mover.end]:
            free = self._holdings.blocked(mover.name, self._holdings.edge(edge)) is None
            if not free or edge.end == mover.way[0].end or edge.end in mover.avoid or edge.end in self._closed:
                continue
            time_s = edge_time_s(edge, mover.speed_mps) + self._times(edge.end, mover.goal, mover.speed_mps)
            time_s += SIDESTEP_TIES_S * _chance(mover.name, mover.sidesteps, edge.edge_id)
            if time_s < inf and (best is None or time_s < best[0]):
                best = (time_s, edge)
        onward = self._path(mover, best[1].end, mover.goal, mover.avoid) if best is not None else None
        if best is None or onward is None:
            return False
        mover.way = [best[1], *onward]
        mover.stays_until = now + edge_time_s(best[1], mover.speed_mps) + SIDESTEP_STAYS_S
        return True

    def _patience_s(self, mover: _Robot) -> float:
        return SIDESTEP_AFTER_S + SIDESTEP_JITTER_S * _chance(mover.name, mover.sidesteps)

    # ---- what others may ask ----------------------------------------------------------------------------------------

    def route(self, robot: str) -> RouteView:
        mover = self._get(robot)
        if mover.at is None:
            return RouteView((), 0, mover.goal, None, None, "position unknown")
        nodes = (mover.at, *(e.end for e in mover.base), *(e.end for e in mover.way))
        blocked_by, reason = self._why(mover)
        return RouteView(nodes, 1 + len(mover.base), mover.goal, mover.waiting_since, blocked_by, reason)

    def _why(self, mover: _Robot) -> tuple[str | None, str]:
        if mover.waiting_since is None or not mover.way:
            return None, ""
        if mover.blocked_at is None:
            return "closure", f"{mover.way[0].end} is closed"
        holder = next(iter(self._holdings.blockers(mover.name, mover.blocked_at)), None)
        return holder, f"{holder} holds the way to {mover.way[0].end}"

    def to_evict(self, now: float) -> list[str]:
        """Idle robots away from home that hold what a waiting robot needs next."""
        found: set[str] = set()
        for mover in self._robots.values():
            if mover.waiting_since is not None and mover.blocked_at is not None:
                found.update(self._holdings.blockers(mover.name, mover.blocked_at))
        idle = (self._robots[name] for name in sorted(found))
        return [r.name for r in idle if r.goal is None and not r.stalled and r.end != r.home]

    def check(self) -> None:
        """Assert that no two robots hold what conflicts (for tests that never `place` two on one spot)."""
        for mover in self._robots.values():
            assert self._holdings.blocked(mover.name, self._holdings.held(mover.name)) is None, f"{mover.name} and another"

    def shut_in(self) -> frozenset[str]:
        """The baseline does not look so far."""
        return frozenset()

    def explain(self) -> list[str]:
        lines = []
        for mover in self._robots.values():
            if mover.waiting_since is not None and self._now - mover.waiting_since > EXPLAIN_AFTER_S:
                waited_s = self._now - mover.waiting_since
                lines.append(f"{mover.name} at {mover.at} has waited {waited_s:.0f} s for {mover.goal}: {self._why(mover)[1]}")
        return lines

    # ---- private ----------------------------------------------------------------------------------------------------

    def _get(self, robot: str) -> _Robot:
        mover = self._robots.get(robot)
        if mover is None:
            raise NotFound(f"no robot {robot!r} in traffic", field="robot", fix="add the robot first")
        return mover

    def _node(self, node: str, what: str) -> None:
        if node not in self._roads.graph.nodes:
            raise NotFound(f"no node {node!r}", field=what, fix="name a node of the layout")

    def _hold(self, mover: _Robot) -> None:
        here = () if mover.at is None else (self._holdings.node(mover.at),)
        self._holdings.set(mover.name, (*here, *(n for edge in mover.base for n in self._holdings.edge(edge))))
        self._wake(mover)
        self._wake_freed()

    def _wake(self, mover: _Robot) -> None:
        self._awake.add(mover.name)
        self._version += 1

    def _wake_freed(self) -> None:
        for number in self._holdings.freed & self._asleep.keys():
            self._awake |= self._asleep.pop(number)
            self._version += 1
        self._holdings.freed.clear()

    def _plan(self, mover: _Robot) -> None:
        if mover.at is not None and mover.goal is not None:
            mover.way = list(self._path(mover, mover.end, mover.goal, mover.avoid) or ())
        self._wake(mover)

    def _path(self, mover: _Robot, start: str, goal: str, avoid: frozenset[str]) -> tuple[SiteEdge, ...] | None:
        key = (start, goal, mover.speed_mps, self._closed, avoid)
        if key not in self._paths:
            if len(self._paths) >= PATHS_MAX:
                self._paths.clear()
            self._paths[key] = self._roads.fastest(start, goal, speed_mps=mover.speed_mps, closed=self._closed, avoid=avoid)
        return self._paths[key]


def _chance(*of: object) -> float:
    """0..1, the same for the same words."""
    return zlib.crc32(repr(of).encode()) / 2**32


def one_way_only(graph: SiteGraph) -> SiteGraph:
    """The site without the directions that are against its lanes; whatever could be reached still can."""
    roads = from_site(graph, SPEED_MPS_DEFAULT)
    against = {edge for edge, is_against in zip(roads.edge_ids, propose(roads).against, strict=True) if is_against}
    kept = [edge for edge in graph.edges.values() if edge.edge_id not in against]
    return SiteGraph.build(graph.nodes.values(), kept, graph.places.values())
