"""One-way lanes for any road graph: which direction of each two-way road robots should keep to.

Opposing traffic on a road of one lane is what costs throughput (two robots that meet both lose), so parallel streets get
alternating directions, as in a city. Streets are maximal chains of nearly collinear two-way roads. Which streets lie side
by side, and for how long, is found by sampling points along them; then the strongest neighbours are told apart first
(greedy maximum cut with a parity union-find). Roads whose closing would cut anything off stay two-way, so whatever was
reachable stays reachable: proven by strongly connected components before and after.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from fleet.traffic.csr import Float64, Int32, RoadArrays

Bool = NDArray[np.bool_]

#: Roads that meet at less than this angle continue each other.
_STRAIGHT_RAD: Final = math.radians(25)
#: Directions of streets are told apart in steps of 45 degrees.
_AXES: Final = 4


@dataclass(frozen=True, eq=False)
class Lanes:
    """`against[e]`: the edge runs against its street's direction (never so for edges without a reverse).

    `street[e]`: number of its street, -1 for a road that is one-way by itself; `reopened`: streets' roads (edges) left
    two-way because something would have been cut off; `reachable`: nodes in the largest strongly connected part when every
    edge in `against` is closed, `reachable_before`: the same with none closed. The two are equal by construction.
    """

    against: Bool
    street: Int32
    n_streets: int
    reopened: int
    reachable: int
    reachable_before: int


def propose(roads: RoadArrays, *, flip: bool = False) -> Lanes:
    """Alternating lanes for `roads`; `flip` takes the opposite direction on every street. Deterministic."""
    street, forward = _streets(roads)
    n_streets = int(street.max()) + 1 if len(street) else 0
    parity = _alternate(roads, street, forward, n_streets)
    two_way = street >= 0
    along = np.where(two_way, (parity[street] ^ flip) == forward, True)
    _, before = _parts(roads, np.ones(roads.n_edges, dtype=np.bool_))
    against = two_way & ~along
    _, after = _parts(roads, ~against)
    # a closed edge between two parts that were one: both directions stay open there, and the parts are one again
    reopen = against & (after[roads.tail] != after[roads.head]) & (before[roads.tail] == before[roads.head])
    against &= ~reopen
    _, final = _parts(roads, ~against)
    return Lanes(
        against=against,
        street=street,
        n_streets=n_streets,
        reopened=int(reopen.sum()),
        reachable=_largest(final),
        reachable_before=_largest(before),
    )


def strong_part(roads: RoadArrays, open_edges: Bool) -> Int32:
    """Nodes of the largest strongly connected part over the open edges, ascending."""
    _, part = _parts(roads, open_edges)
    return np.flatnonzero(part == np.bincount(part).argmax()).astype(np.int32)


def _parts(roads: RoadArrays, open_edges: Bool) -> tuple[int, Int32]:
    shape = (roads.n_nodes, roads.n_nodes)
    ends = (roads.tail[open_edges], roads.head[open_edges])
    matrix = coo_matrix((np.ones(len(ends[0]), dtype=np.int8), ends), shape=shape)
    found: tuple[int, Any] = connected_components(matrix, directed=True, connection="strong")
    return int(found[0]), np.asarray(found[1], dtype=np.int32)


def _largest(part: Int32) -> int:
    return int(np.bincount(part).max())


def _streets(roads: RoadArrays) -> tuple[Int32, Bool]:
    """(street[E], forward[E]): chains of two-way roads; `forward` marks one direction of travel along each whole chain."""
    two_way = _paired(roads)
    angle = np.arctan2(roads.y_m[roads.head] - roads.y_m[roads.tail], roads.x_m[roads.head] - roads.x_m[roads.tail])
    ahead = _continuations(roads, angle, two_way)
    street = np.full(roads.n_edges, -1, dtype=np.int32)
    forward = np.zeros(roads.n_edges, dtype=np.bool_)
    count = 0
    reverse, links, headings = roads.reverse.tolist(), ahead.tolist(), angle.tolist()
    for first in np.flatnonzero(two_way).tolist():
        if street[first] >= 0:
            continue
        chain = _chain(first, links, reverse)
        # eastward or northward is forward: a direction that does not depend on where the chain was entered
        rising = sum(math.cos(headings[e]) + 1e-3 * math.sin(headings[e]) for e in chain) > 0
        if abs(sum(math.cos(headings[e]) for e in chain)) < abs(sum(math.sin(headings[e]) for e in chain)):
            rising = sum(math.sin(headings[e]) for e in chain) > 0
        for e in chain:
            street[e] = street[reverse[e]] = count
            forward[e], forward[reverse[e]] = rising, not rising
        count += 1
    return street, forward


def _paired(roads: RoadArrays) -> Bool:
    """Edges that are the reverse of their reverse (parallel edges beyond the first pair keep their own way)."""
    reverse = roads.reverse
    back = np.where(reverse >= 0, reverse[np.maximum(reverse, 0)], -1)
    result: Bool = (back == np.arange(roads.n_edges)) & (reverse != np.arange(roads.n_edges))
    return result


def _continuations(roads: RoadArrays, angle: Float64, two_way: Bool) -> Int32:
    """For each edge the straightest edge that goes on from its head, where each is the other's best; else -1."""
    ahead = np.full(roads.n_edges, -1, dtype=np.int32)
    for v in range(roads.n_nodes):
        into = [e for e in roads.in_edge[roads.in_ptr[v] : roads.in_ptr[v + 1]].tolist() if two_way[e]]
        out = [e for e in range(roads.out_ptr[v], roads.out_ptr[v + 1]) if two_way[e]]
        turns = sorted(
            (abs(math.remainder(float(angle[o]) - float(angle[i]), math.tau)), i, o)
            for i in into
            for o in out
            if o != roads.reverse[i]
        )
        used: set[int] = set()
        for turn, i, o in turns:
            if turn > _STRAIGHT_RAD:
                break
            # a road and its reverse are one: i -> o is also rev(o) -> rev(i)
            if i in used or int(roads.reverse[o]) in used:
                continue
            used |= {i, int(roads.reverse[o])}
            ahead[i] = o
            ahead[roads.reverse[o]] = roads.reverse[i]
    return ahead


def _chain(first: int, ahead: list[int], reverse: list[int]) -> list[int]:
    """All edges of the street through `first`, in one direction of travel, each once."""
    start, seen = first, {first}
    while True:
        before = ahead[reverse[start]]
        if before < 0 or reverse[before] in seen:
            break
        start = reverse[before]
        seen.add(start)
    chain, e = [start], ahead[start]
    while e >= 0 and e != start:
        chain.append(e)
        e = ahead[e]
    return chain


def _alternate(roads: RoadArrays, street: Int32, forward: Bool, n_streets: int) -> Bool:
    """bool[streets]: True where the street is driven in its forward direction, neighbours opposite as far as possible."""
    pairs, overlap = _neighbours(roads, street, forward)
    parent, flips = list(range(n_streets)), [False] * n_streets

    def find(s: int) -> tuple[int, bool]:
        flip, path = False, []
        while parent[s] != s:
            path.append(s)
            flip ^= flips[s]
            s = parent[s]
        below = flip
        for node in path:
            parent[node], flips[node], below = s, below, below ^ flips[node]
        return s, flip

    order = np.lexsort((pairs[:, 1], pairs[:, 0], -overlap)) if len(pairs) else np.zeros(0, dtype=np.int64)
    for a, b in pairs[order].tolist():
        (root_a, flip_a), (root_b, flip_b) = find(a), find(b)
        if root_a != root_b:
            parent[root_b] = root_a
            flips[root_b] = flip_a ^ flip_b ^ True
    return np.array([not find(s)[1] for s in range(n_streets)] or [True], dtype=np.bool_)


def _neighbours(roads: RoadArrays, street: Int32, forward: Bool) -> tuple[Int32, NDArray[np.int64]]:
    """Pairs of streets side by side (nothing between them), and at how many sampled points they are."""
    empty: tuple[Int32, NDArray[np.int64]] = (np.zeros((0, 2), dtype=np.int32), np.zeros(0, dtype=np.int64))
    edges = np.flatnonzero((street >= 0) & forward)
    if not len(edges):
        return empty
    tail, head = roads.tail[edges], roads.head[edges]
    step_m = max(float(np.median(roads.length_m[edges])), 1e-3)
    samples = np.maximum(1, np.round(roads.length_m[edges] / step_m)).astype(np.int64)
    of = np.repeat(np.arange(len(edges)), samples)
    share = (np.arange(len(of)) - np.repeat(np.cumsum(samples) - samples, samples) + 0.5) / samples[of]
    x = roads.x_m[tail][of] * (1 - share) + roads.x_m[head][of] * share
    y = roads.y_m[tail][of] * (1 - share) + roads.y_m[head][of] * share
    heading = np.arctan2(roads.y_m[head] - roads.y_m[tail], roads.x_m[head] - roads.x_m[tail])
    axis = np.round(heading / (math.pi / _AXES)).astype(np.int64) % _AXES
    turn = axis[of] * (math.pi / _AXES)
    along, offset = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    bucket = np.floor(along / step_m + 1e-6).astype(np.int64)
    names, level = street[edges][of], roads.level[tail][of]
    order = np.lexsort((names, offset, bucket, axis[of], level))
    key = np.stack((level[order], axis[of][order], bucket[order]))
    same = (key[:, 1:] == key[:, :-1]).all(axis=0)
    one, two = names[order][:-1][same], names[order][1:][same]
    both = np.sort(np.stack((one, two), axis=1)[one != two], axis=1)
    if not len(both):
        return empty
    pairs, counts = np.unique(both, axis=0, return_counts=True)
    return pairs.astype(np.int32), counts.astype(np.int64)
