"""What of a site does not move: roads, dead ends, zones, doors and lifts, and what driving costs; makes engines of it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from fleet.layout.branches import branches
from fleet.layout.graph import Gate, SiteGraph
from fleet.traffic.csr import RoadArrays
from fleet.traffic.engine import Engine, Tuning, Zone
from fleet.traffic.fields import WEIGHT_MAX
from fleet.traffic.lanes import propose
from fleet.traffic.state import I32

#: What a way through a robot's home, and over a station, counts as longer, 1/8 s.
HOME_COST = 160
STATION_COST = 40
#: Driving against a street's lane counts as so many times longer: two robots that meet on a road for one both lose. Measured on
#: the shipped warehouse, 8 robots, half an hour of busy demand: 117 tasks an hour at 4, 192 at 20, and a jam below.
AGAINST_LANE = 20
#: Drawn floors. `look`: braking from 1.5 m/s, and two seconds for the messages. `eager`: up to so many goals times nodes all
#: ways follow a change at once.
TUNING = Tuning(look=40, stuck_s=15.0, eager=400_000, slack=16, slack_per_s=8, slack_max=480)


def dead_ends(roads: RoadArrays) -> tuple[I32, list[Zone]]:
    """(branch of each node int32[V], -1 in the core; a zone of one robot for the trunk of each branch, its leaves not included).

    A floor that is one tree has no core that branches could hang on: there PIBT and rescue do all.
    """
    found = branches(roads)
    if not (found.branch_of_node < 0).any():
        return np.full(roads.n_nodes, -1, np.int32), []
    inside = (np.flatnonzero(found.trunk & (found.branch_of_node == b)) for b in range(found.count))
    return found.branch_of_node, [Zone(tuple(nodes.tolist()), trunk=True) for nodes in inside if len(nodes)]


def keep_lanes(weights: I32, against: NDArray[np.bool_]) -> I32:
    """Dearer, where `against` bool[E] a street's lane; 1/8 s."""
    return np.where(against, np.minimum(weights, WEIGHT_MAX // AGAINST_LANE) * AGAINST_LANE, weights).astype(np.int32)


class Plant:
    """One site's roads as the engine needs them."""

    def __init__(self, graph: SiteGraph, roads: RoadArrays, *, clearance_m: float, depth: int, seed: int) -> None:
        self._graph, self._roads = graph, roads
        self._clearance_m, self._depth, self._seed = clearance_m, depth, seed
        self._against = propose(roads).against
        self.branch, trunks = dead_ends(roads)
        self._zones = [Zone(tuple(roads.node_index[n] for n in sorted(z.nodes)), z.capacity) for z in graph.zones] + trunks
        self.zone_names = [zone.name for zone in graph.zones]
        self.zone_names += [f"the dead end at {roads.node_ids[trunk.nodes[0]]}" for trunk in trunks]
        self._stations = [roads.node_index[node] for place in graph.places.values() for node in place.nodes]
        self._gates = {roads.edge_index[edge]: gate for edge, gate in graph.gates.items()}
        self._open: set[Gate] = {gate for gate in self._gates.values() if gate.open_at_rest}

    def engine(self, radii_m: Sequence[float]) -> Engine:
        """A new one, for robots of these radii; gates as they are now."""
        engine = Engine(
            self._roads,
            depth=self._depth,
            seed=self._seed,
            radii_m=radii_m,
            clearance_m=self._clearance_m,
            zones=self._zones,
            branch=self.branch,
            tuning=TUNING,
        )
        self._show_gates(engine)
        return engine

    def apart_m(self, a: str, b: str) -> float:
        """Distance of two nodes, metres; infinite on different maps."""
        one, two = self._graph.nodes[a], self._graph.nodes[b]
        return math.hypot(one.x_m - two.x_m, one.y_m - two.y_m) if one.map_id == two.map_id else math.inf

    def weights(self, homes: Sequence[str]) -> I32:
        """Free-flow times, and more for ways through homes, over stations and against lanes."""
        weights = self._roads.cost.copy()
        extra = np.zeros(self._roads.n_nodes, np.int32)
        extra[self._stations] = STATION_COST
        extra[[self._roads.node_index[home] for home in homes]] = HOME_COST
        weights += extra[self._roads.head]
        return keep_lanes(weights, self._against)

    # ---- gates ------------------------------------------------------------------------------------------------------

    def set_gate(self, engine: Engine, device: str, target: str, is_open: bool) -> bool:
        """Whether anything changed."""
        gates = {gate for gate in self._gates.values() if gate.device == device and gate.target == target}
        now_open = self._open | gates if is_open else self._open - gates
        if now_open == self._open:
            return False
        self._open = now_open
        self._show_gates(engine)
        return True

    def _show_gates(self, engine: Engine) -> None:
        for edge, gate in self._gates.items():
            engine.net.gate[edge] = gate not in self._open

    def gate_of(self, edge: int) -> Gate | None:
        """The gate that keeps an edge closed now."""
        gate = self._gates.get(edge)
        return gate if gate is not None and gate not in self._open else None

    def gates_wanted(self, engine: Engine) -> Mapping[str, tuple[str, ...]]:
        """Device -> targets: of robots that drive through first, then of those whose next edge it is, by age of their goals."""
        if not self._gates:
            return {}
        wanted: dict[str, dict[str, None]] = {}
        crew = engine.crew
        for i in range(engine.count):
            for edge in crew.base[i, : crew.base_n[i]].tolist() if crew.at[i] >= 0 else ():
                self._want(wanted, edge)
        for i in sorted(range(engine.count), key=lambda i: (float(engine.asked_at[i]), i)):
            if crew.at[i] >= 0 and crew.goal[i] >= 0 and crew.end[i] != crew.goal[i] and crew.movable[i]:
                edge = engine.next_edge(i)
                if edge >= 0:
                    self._want(wanted, edge)
        return {device: tuple(targets) for device, targets in wanted.items()}

    def _want(self, wanted: dict[str, dict[str, None]], edge: int) -> None:
        gate = self._gates.get(edge)
        if gate is not None:
            wanted.setdefault(gate.device, {})[gate.target] = None
