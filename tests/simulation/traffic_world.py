"""A small floor for traffic control: robots that drive what they are released, late and unevenly, and an independent
judge that measures the distance of their bodies. Ticks of half a second, everything from one seed."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field

from fleet.layout.graph import Place, SiteEdge, SiteGraph, SiteNode
from fleet.traffic.control import TrafficControl

TICK_S = 0.5
LENGTH_M, WIDTH_M, SPEED_MPS = 1.0, 0.7, 1.5


def graph_of(
    points: dict[str, tuple[float, float]], lanes: list[tuple[str, str]], one_way: tuple[tuple[str, str], ...] = ()
) -> SiteGraph:
    """`lanes` both ways, `one_way` as given; every node is a place too."""
    pairs = [(a, b) for x, y in lanes for a, b in ((x, y), (y, x))] + list(one_way)
    return SiteGraph.build(
        [SiteNode(name, *xy) for name, xy in points.items()],
        [SiteEdge(f"{a}-{b}", a, b, math.dist(points[a], points[b])) for a, b in pairs],
        [Place(name, name, (name,)) for name in points],
    )


@dataclass
class Body:
    """A robot on the floor: at a node, or `driven_m` along the first edge of its base."""

    name: str
    home: str
    at: str
    base: list[SiteEdge] = field(default_factory=list)
    driven_m: float = 0.0
    stalled_until: float = 0.0
    works_until: float | None = None
    goal: str | None = None
    trips: int = 0
    goal_at: float = 0.0


class World:
    """`homes` per robot; goals are drawn from `goals`. `stall_share`: chance per tick to stand still for a while."""

    def __init__(
        self,
        graph: SiteGraph,
        homes: dict[str, str],
        goals: list[str],
        *,
        seed: int,
        stall_share: float = 0.002,
        idle_share: float = 0.2,
    ) -> None:
        self.graph, self.goals, self.random = graph, goals, random.Random(seed)
        self.stall_share, self.idle_share = stall_share, idle_share
        self._homes = set(homes.values())
        self.now = 0.0
        self.longest_trip_s = 0.0
        self.control = TrafficControl(graph)
        self.bodies = [Body(name, home, home) for name, home in homes.items()]
        for body in self.bodies:
            self.control.add_robot(body.name, home=body.home, length_m=LENGTH_M, width_m=WIDTH_M, speed_mps=SPEED_MPS)
        for body in self.bodies:
            self.control.place(body.name, body.at, now=0.0)

    def run(self, seconds: float, *, trip_s_max: float = 900.0) -> None:
        end = self.now + seconds
        while self.now < end:
            self.tick()
            assert self.longest_trip_s < trip_s_max, self.report()

    def tick(self) -> None:
        self.now += TICK_S
        for body in self.random.sample(self.bodies, len(self.bodies)):
            self._drive(body)
            self._want(body)
        self._judge()
        for name in self.control.to_evict(self.now):
            self.control.set_goal(name, next(b.home for b in self.bodies if b.name == name), now=self.now)
            self._body(name).goal, self._body(name).goal_at = self._body(name).home, self.now
        for release in self.control.step(self.now):
            self._body(release.robot).base.extend(release.edges)
        self.control.check()
        waits = [self.now - b.goal_at for b in self.bodies if b.goal is not None and b.works_until is None]
        self.longest_trip_s = max([self.longest_trip_s, *waits])

    @property
    def trips(self) -> int:
        return sum(b.trips for b in self.bodies)

    def report(self) -> str:
        lines = [f"t={self.now} trips={self.trips} longest={self.longest_trip_s}", *self.control.explain()]
        for b in self.bodies:
            lines.append(f"{b.name} at {b.at} home {b.home} {self.control.route(b.name)}")
        return "\n".join(lines)

    def _body(self, name: str) -> Body:
        return next(b for b in self.bodies if b.name == name)

    def _drive(self, body: Body) -> None:
        if self.now < body.stalled_until or not body.base:
            return
        if self.random.random() < self.stall_share:
            body.stalled_until = self.now + self.random.choice((3.0, 10.0, 40.0))
            return
        body.driven_m += SPEED_MPS * TICK_S * self.random.uniform(0.3, 1.0)
        while body.base and body.driven_m >= body.base[0].length_m:
            body.driven_m -= body.base[0].length_m
            body.at = body.base.pop(0).end
            self.control.passed(body.name, body.at, self.now)
        if not body.base:
            body.driven_m = 0.0

    def _want(self, body: Body) -> None:
        """Work at the goal for a while, then idle or go on to the next."""
        if body.base:
            return
        if body.goal is not None and body.at == body.goal:
            if body.works_until is None:
                body.works_until = self.now + self.random.uniform(2.0, 12.0)
            if self.now < body.works_until:
                return
            body.trips += 1
            body.works_until, body.goal = None, None
            self.control.clear_goal(body.name, self.now)
            if self.random.random() < self.idle_share:
                return
        if body.goal is None and (body.trips == 0 or self.random.random() < 0.2):
            others = [g for g in self.goals if g != body.at and g not in self._homes]
            goal = self.random.choice(others or [body.home])
            self.control.set_goal(body.name, goal, now=self.now)
            body.goal, body.goal_at = goal, self.now

    def _judge(self) -> None:
        """Circles around the bodies never touch: stricter than boxes."""
        where = []
        for body in self.bodies:
            node = self.graph.nodes[body.at]
            x, y = node.x_m, node.y_m
            if body.base:
                end, share = self.graph.nodes[body.base[0].end], body.driven_m / body.base[0].length_m
                x, y = x + (end.x_m - x) * share, y + (end.y_m - y) * share
            where.append((x, y))
        for i, one in enumerate(where):
            for j in range(i):
                gap_m = math.dist(one, where[j])
                assert gap_m >= math.hypot(LENGTH_M, WIDTH_M), (
                    f"{self.bodies[i].name} and {self.bodies[j].name} {gap_m:.2f} m\n{self.report()}"
                )
