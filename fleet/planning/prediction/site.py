"""The forecast of a site by its names: what an edge node tells it about robots, and asks for tasks and ETAs.

Robots here drive on ways that are decided node by node, so a crossing is the time between two reports; the first one of a leg
begins when the leg does. Work at a place, pauses and charging lie between legs and are nobody's delay.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from fleet.contracts.errors import InvalidInput
from fleet.layout.graph import SPEED_MPS_DEFAULT, SiteEdge, SiteGraph, edge_time_s
from fleet.planning.prediction import stored
from fleet.planning.prediction.predictor import Predictor
from fleet.planning.prediction.settings import Settings
from fleet.traffic.csr import from_site

#: A delay below this is not worth a dearer edge for the planner, seconds.
DELAY_MIN_S = 0.5


@dataclass(slots=True)
class _Drive:
    """A robot's leg: `key` names it; `node` is where it is since `since_s`."""

    key: str
    node: str
    since_s: float
    speed_mps: float


class SiteForecast:
    def __init__(self, graph: SiteGraph, settings: Settings | None = None) -> None:
        roads = from_site(graph, SPEED_MPS_DEFAULT)
        limits = np.array([graph.edges[e].speed_mps_max or np.inf for e in roads.edge_ids])
        self.graph = graph
        self.predictor = Predictor(roads, settings, limit_mps=limits)
        self._drives: dict[str, _Drive] = {}
        self._edge: Mapping[str, int] = roads.edge_index

    def follow(self, robot: str, key: str | None, node: str, now: float, speed_mps: float = SPEED_MPS_DEFAULT) -> None:
        """The robot has this leg (None: none) and is at `node`. Again with the same key: nothing new."""
        if key is None:
            self._drives.pop(robot, None)
            return
        drive = self._drives.get(robot)
        if drive is None or drive.key != key:
            self._drives[robot] = _Drive(key, node, now, speed_mps)

    def passed(self, robot: str, node: str, now: float) -> None:
        """It has reported the next node of its leg. Robots that are not followed, and jumps, are not learnt from."""
        drive = self._drives.get(robot)
        if drive is None or drive.node == node:
            return
        edge = self.graph.edge_between(drive.node, node)
        began, drive.node, drive.since_s = drive.since_s, node, now
        if edge is not None and now >= began:
            free_s = np.array([edge_time_s(edge, drive.speed_mps)])
            self.predictor.observe(
                now, np.array([self._edge[edge.edge_id]], np.int32), np.array([began]), np.array([now]), free_s
            )

    def plan(self, ways: Iterable[tuple[str, Sequence[SiteEdge]]], now: float) -> None:
        """Robots and the ways they are going to drive."""
        edges, waited_s = [], []
        for robot, way in ways:
            drive = self._drives.get(robot)
            if way:
                edges.append(np.array([self._edge[e.edge_id] for e in way], np.int32))
                waited_s.append(max(0.0, now - drive.since_s - edge_time_s(way[0], drive.speed_mps)) if drive else 0.0)
        self.predictor.plan_ways(now, edges, waited_s)

    def step(self, now: float) -> bool:
        """Call it every second or so; True when the forecast has changed."""
        return self.predictor.step(now)

    def way_s(self, edges: Sequence[SiteEdge], now: float, speed_mps: float) -> float:
        """Seconds for these edges one after the other for a robot that starts now; free flow where nothing was learnt."""
        way = [self._edge[e.edge_id] for e in edges]
        return self.predictor.eta(way, now, speed_mps=speed_mps) - now

    def delays_s(self, lead_s: float = 60.0) -> dict[str, float]:
        """Edges on which traffic is expected to cost something, and what, for `TravelTimes`."""
        delays = self.predictor.delays_s(lead_s) * np.float32(self.predictor.trips.scale)
        ids = self.predictor.roads.edge_ids
        return {ids[e]: round(float(delays[e]), 2) for e in np.flatnonzero(delays >= DELAY_MIN_S).tolist()}

    def summary(self) -> dict[str, str]:
        """For people: the model in service, the levels in use, the mean delay."""
        trial, history = self.predictor.trial, self.predictor.history
        return {
            "model": trial.serving.id if trial.serving else "none",
            "levels": " ".join(level.name.lower() for level in self.predictor.levels()),
            "crossings": f"{history.crossings:.0f}",
            "shadow": trial.told[-1] if trial.told else "",
        }

    def store(self) -> str:
        """What survives a restart, bounded."""
        return stored.pack(self.predictor)

    def restore(self, text: str) -> bool:
        """False where the text does not fit this layout: then it learns anew."""
        try:
            stored.unpack(text, self.predictor)
        except InvalidInput:
            return False
        return True
