"""Which way a robot takes: fastest, around stalled robots and closures, not through others' homes if it can be helped."""

from __future__ import annotations

from fleet.layout.graph import SiteEdge, edge_time_s
from fleet.traffic.movers import Fleet, Mover, Run

#: Seconds that a way through another robot's home, or over a station, counts as longer.
HOME_EXTRA_S = 600.0
STATION_EXTRA_S = 5.0


class Runs:
    """Plans runs; keeps what depends on the roster and on what is blocked until `forget`."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet
        self._roads = fleet.roads
        self._stations = {node for place in self._roads.graph.places.values() for node in place.nodes}
        self.closed: frozenset[str] = frozenset()
        self._extra_s: dict[str, dict[str, float]] = {}
        self._home_runs: dict[tuple[str, str], int | None] = {}

    def forget(self) -> None:
        """Robots came or went, a robot stalled, a closure changed."""
        self._extra_s.clear()
        self._home_runs.clear()

    def plan(self, mover: Mover) -> Run:
        """The run that fits its state: to the goal and home; for idle, busy and retreating ones: home."""
        if not mover.seeks_goal or mover.retreating:
            return self._homeward(mover)
        assert mover.goal is not None
        blocked = self._fleet.obstacles(mover)
        way = self.way(mover, mover.goal, blocked)
        if way is None:
            way = self.way(mover, mover.goal, 0)
        return self.run_of(mover, way or ())

    def run_of(self, mover: Mover, way: tuple[SiteEdge, ...]) -> Run:
        """A run along this way, with the way home after it; where home cannot be reached it rests at the goal."""
        end = way[-1].end if way else mover.end
        home_bits = self.home_bits(mover, end)
        masks = [home_bits or 0]
        for edge in reversed(way):
            masks.append(masks[-1] | self._roads.edge_bits[edge.edge_id])
        masks.reverse()
        return Run(way, tuple(masks), mover.home if home_bits is not None else end)

    def way(self, mover: Mover, target: str, blocked: int) -> tuple[SiteEdge, ...] | None:
        """Fastest way from the end of its base outside `blocked`."""
        return self._roads.fastest(
            mover.end,
            target,
            speed_mps=mover.speed_mps,
            blocked=blocked,
            closed=self.closed,
            avoid=mover.avoid if target == mover.goal else frozenset(),
            extra_s=self._extras(mover),
        )

    def home_bits(self, mover: Mover, node: str) -> int | None:
        """Resources of the fastest way home from a node around what is stalled or closed; None when there is none."""
        key = (mover.name, node)
        if key not in self._home_runs:
            way = self._roads.fastest(
                node,
                mover.home,
                speed_mps=mover.speed_mps,
                blocked=self._fleet.obstacles(mover),
                closed=self.closed,
                extra_s=self._extras(mover),
            )
            self._home_runs[key] = None if way is None else self._roads.way_bits(way)
        return self._home_runs[key]

    def detour(self, mover: Mover, extra_s_max: float) -> Run | None:
        """Another run around all that others hold now, if it costs at most so much more than the present one."""
        target = mover.home if mover.retreating else mover.goal
        if target is None:
            return None
        way = self.way(mover, target, self._fleet.others(mover))
        if way is None or way == mover.run.way:
            return None
        if self._time_s(mover, way) > self._time_s(mover, mover.run.way) + extra_s_max:
            return None
        return self.run_of(mover, way)

    def retreat(self, mover: Mover, within: int) -> Run | None:
        """A run home that uses only these resources."""
        way = self._roads.fastest(mover.end, mover.home, speed_mps=mover.speed_mps, blocked=~within, closed=self.closed)
        return None if way is None else self.run_of(mover, way)

    def _homeward(self, mover: Mover) -> Run:
        if not mover.retreating:
            return self.run_of(mover, ())
        way = self.way(mover, mover.home, self._fleet.others(mover))
        if way is None:
            way = self.way(mover, mover.home, self._fleet.obstacles(mover))
        return self.run_of(mover, way or ())

    def _time_s(self, mover: Mover, way: tuple[SiteEdge, ...]) -> float:
        return sum(edge_time_s(edge, mover.speed_mps) for edge in way)

    def _extras(self, mover: Mover) -> dict[str, float]:
        found = self._extra_s.get(mover.name)
        if found is None:
            found = dict.fromkeys(self._stations, STATION_EXTRA_S)
            found.update({other.home: HOME_EXTRA_S for other in self._fleet if other is not mover})
            self._extra_s[mover.name] = found
        return found
