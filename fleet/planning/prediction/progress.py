"""From arrivals at nodes to crossings that add up: a robot that is pushed aside has crossed nothing until it is past that point.

The delay of a trip is more than waits in front of edges: right of way makes robots step aside and come back. So a crossing is
counted when a robot is nearer to its goal than ever before on this trip, on the edge by which it got there, and lasts since it
was as near as before. Free times and delays of these crossings sum up to the trip, whatever happened in between.
"""

from __future__ import annotations

import numpy as np

from fleet.planning.prediction.history import F64, I32


class Progress:
    """Of N robots: `node` int32[N], the nearest node to the goal so far, and `since_s` float64[N], when it was there."""

    def __init__(self, n: int) -> None:
        self.node: I32 = np.full(n, -1, np.int32)
        self.since_s: F64 = np.zeros(n)

    def begin(self, robots: I32, nodes: I32, now: float | F64) -> None:
        """These robots have a new goal, and will start from these nodes."""
        self.node[robots] = nodes
        self.since_s[robots] = now

    def arrived(self, robots: I32, edges: I32, nodes: I32, fields: I32, rows: I32, now: float) -> tuple[I32, F64, F64]:
        """They came to `nodes` by `edges`; fields[rows] are the costs-to-go they follow (row -1: no goal). Returns the crossings:
        (edges int32[k], began float64[k], ended float64[k])."""
        known = (rows >= 0) & (self.node[robots] >= 0)
        robots, edges, nodes, rows = robots[known], edges[known], nodes[known], rows[known]
        nearer = fields[rows, nodes] < fields[rows, self.node[robots]]
        who, where = robots[nearer], nodes[nearer]
        began = self.since_s[who].copy()
        self.node[who] = where
        self.since_s[who] = now
        return edges[nearer], began, np.full(len(who), now)
