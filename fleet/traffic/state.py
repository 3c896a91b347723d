"""What the kernels of traffic see: the graph and the robots as arrays. V nodes, E directed edges, L lanes, R robots.

A *unit* is what a robot can hold: node n is unit n, the lane between two nodes (both directions) is unit V + lane. Whoever
holds a unit may have its body anywhere in that unit's swept area. A robot holds the node it was last at, and the lane and
head of every edge of its base that it has not provably passed.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
U8 = NDArray[np.uint8]
F64 = NDArray[np.float64]

#: Longest base that the arrays have room for, edges.
BASE_MAX = 8
#: Most edges out of a node that a decision looks at.
DEGREE_MAX = 16
#: Cost-to-go of what cannot be reached (fields.FAR), 1/8 s.
UNREACHABLE = 1 << 30
#: What being in a node that it was to avoid adds to a robot's cost-to-go, 1/8 s: more than any way takes.
AVOIDED = 1 << 24


class Net(NamedTuple):
    """The graph. Edges are sorted by tail: those out of u are out_ptr[u] .. out_ptr[u + 1] - 1.

    `conf_idx[conf_ptr[k] : conf_ptr[k + 1]]`, k = (a * classes + b) * E + e: the units in which a robot of class b would be
    too near to one of class a on edge e or at its head. `zone_idx[zone_ptr[v] : zone_ptr[v + 1]]`: zones of node v.
    `branch[v]`: the dead-end branch that v lies in, -1 in the core. `gate[e]`: 1 while the edge's door or lift is not open.
    """

    out_ptr: I32
    tail: I32
    head: I32
    unit: I32  # [E] the lane of the edge, as a unit
    time: I32  # [E] free-flow time in 1/8 s
    weights: I32  # [E] cost in 1/8 s, < 0: closed
    classes: int
    conf_ptr: I64
    conf_idx: I32
    zone_ptr: I32
    zone_idx: I32
    zone_cap: I32
    trunks: int  # zones from this number on are trunks of dead ends
    branch: I32
    gate: U8
    shut: U8  # [V] 1: cannot be left now (shut_in.py), nobody is let in
    section: I32  # [V] the single-file corridor that the node is in, -1 none (sections.py)
    place: I32  # [V] how far along it
    ends: I32  # [S, 2] the junctions at its ends


class Crew(NamedTuple):
    """The robots. `row`: of its goal's cost-to-go in `fields`, -1 without one. See engine.py for the flags."""

    cls: I32
    at: I32
    end: I32
    base_n: I32
    base: I32  # [R, BASE_MAX] edges ahead, the next one first
    goal: I32
    row: I32
    ready: U8
    movable: U8
    yields: U8
    slack: I32  # [R] how much longer than its best a way may be, 1/8 s
    holder: I32  # [V + L] robot or -1
    zone_n: I32  # [Z] robots inside
    inside: I32  # [R, Z] units that the robot holds in the zone
    keep: I32  # [V] robot for which the node is kept free, -1
    stamp: I64  # [R] the last round in which it was decided
    outcome: U8  # [R] how, see pibt.py
    blocker: I32  # [R] who stood in its way, -1 nobody
    bold: U8  # [R] it has waited so long that it enters corridors against others
    coming: I32  # [S, 2] robots in the section that are on their way to this end of it
    claim: I32  # [S] 1 + the end that the first one refused in this round was headed for, 0 none
