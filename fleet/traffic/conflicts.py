"""Which units are too near to each other, by geometry, for each pair of footprints (see state.Net).

Two robots of radii a and b, each anywhere in its unit's swept area, keep `a + b + clearance` between their centres.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fleet.traffic.csr import RoadArrays
from fleet.traffic.jit import njit
from fleet.traffic.state import F64, I32, I64, U8, Crew

#: Tolerance for lanes that are drawn exactly at the minimum distance, metres.
EPSILON_M = 1e-6


def lanes_of(roads: RoadArrays) -> tuple[I32, int]:
    """(lane of each edge int32[E], number of lanes): an edge and its reverse, and parallel edges, share one."""
    low = np.minimum(roads.tail, roads.head).astype(np.int64)
    high = np.maximum(roads.tail, roads.head).astype(np.int64)
    keys, lane = np.unique(low * roads.n_nodes + high, return_inverse=True)
    return lane.astype(np.int32).reshape(-1), len(keys)


def grid_conflicts(roads: RoadArrays) -> tuple[I64, I32]:
    """(conf_ptr, conf_idx) for one class of robots smaller than half a cell: only the head of an edge conflicts with it."""
    return np.arange(roads.n_edges + 1, dtype=np.int64), roads.head.astype(np.int32)


def conflicts(roads: RoadArrays, radii_m: Sequence[float], clearance_m: float) -> tuple[I64, I32]:
    """(conf_ptr int64[C * C * E + 1], conf_idx int32[...]) for C classes of these radii."""
    lane, lanes = lanes_of(roads)
    ends = _lane_ends(roads, lane, lanes)
    units = roads.n_nodes + lanes
    shape = np.empty((units, 4))
    shape[: roads.n_nodes] = np.stack((roads.x_m, roads.y_m, roads.x_m, roads.y_m), axis=1)
    shape[roads.n_nodes :, 0], shape[roads.n_nodes :, 1] = roads.x_m[ends[:, 0]], roads.y_m[ends[:, 0]]
    shape[roads.n_nodes :, 2], shape[roads.n_nodes :, 3] = roads.x_m[ends[:, 1]], roads.y_m[ends[:, 1]]
    levels = np.empty((units, 2), np.int32)
    levels[: roads.n_nodes] = roads.level[:, None]
    levels[roads.n_nodes :] = roads.level[ends]
    tables: dict[int, tuple[I64, I32]] = {}
    pointers, found, total = [np.zeros(1, np.int64)], [], 0
    for one in radii_m:
        for other in radii_m:
            apart_m = one + other + clearance_m
            key = round(apart_m * 1000)
            if key not in tables:
                near = _near(shape, levels, apart_m)
                tables[key] = _per_edge(near[0], near[1], roads.head, (lane + roads.n_nodes).astype(np.int32), units)
            ptr, idx = tables[key]
            pointers.append(ptr[1:] + total)
            found.append(idx)
            total += len(idx)
    return np.concatenate(pointers), np.concatenate(found) if found else np.zeros(0, np.int32)


def near_nodes(roads: RoadArrays, node: int, apart_m: float) -> I32:
    """Nodes of the same level nearer than this to the node, itself among them."""
    away = np.hypot(roads.x_m - roads.x_m[node], roads.y_m - roads.y_m[node])
    return np.flatnonzero((away < apart_m - EPSILON_M) & (roads.level == roads.level[node])).astype(np.int32)


def too_near(roads: RoadArrays, crew: Crew, i: int, radii_m: F64, clearance_m: float) -> list[int]:
    """Robots that hold something too near to what robot i holds, by number."""
    found = np.zeros(len(crew.at), np.uint8)
    _too_near(roads.x_m, roads.y_m, roads.level, roads.tail, roads.head, crew, i, radii_m, clearance_m, found)
    return [int(j) for j in np.flatnonzero(found)]


@njit
def _too_near(
    x_m: F64, y_m: F64, level: I32, tail: I32, head: I32, crew: Crew, i: int, radii_m: F64, clearance_m: float, found: U8
) -> None:
    if crew.at[i] < 0:
        return
    one, other = np.empty(4), np.empty(4)
    for j in range(len(crew.at)):
        if j == i or crew.at[j] < 0:
            continue
        apart_m = radii_m[crew.cls[i]] + radii_m[crew.cls[j]] + clearance_m - EPSILON_M
        for k in range(-1, crew.base_n[i]):
            a = crew.at[i] if k < 0 else tail[crew.base[i, k]]
            b = crew.at[i] if k < 0 else head[crew.base[i, k]]
            one[0], one[1], one[2], one[3] = x_m[a], y_m[a], x_m[b], y_m[b]
            for m in range(-1, crew.base_n[j]):
                c = crew.at[j] if m < 0 else tail[crew.base[j, m]]
                d = crew.at[j] if m < 0 else head[crew.base[j, m]]
                if level[a] != level[c] and level[a] != level[d] and level[b] != level[c] and level[b] != level[d]:
                    continue
                other[0], other[1], other[2], other[3] = x_m[c], y_m[c], x_m[d], y_m[d]
                if _distance_m(one, other) < apart_m:
                    found[j] = 1


def _lane_ends(roads: RoadArrays, lane: I32, lanes: int) -> I32:
    ends = np.zeros((lanes, 2), np.int32)
    ends[lane, 0] = np.minimum(roads.tail, roads.head)
    ends[lane, 1] = np.maximum(roads.tail, roads.head)
    return ends


def _near(shape: F64, levels: I32, apart_m: float) -> tuple[I64, I32]:
    """CSR over units of those nearer than `apart_m`: a sweep along x over the boxes, then exact distances."""
    low = np.minimum(shape[:, 0], shape[:, 2])
    high = np.maximum(shape[:, 0], shape[:, 2])
    order = np.argsort(low, kind="stable").astype(np.int64)
    count = _sweep(shape, levels, low, high, order, apart_m, np.zeros((0, 2), np.int32))
    pairs = np.empty((count, 2), np.int32)
    _sweep(shape, levels, low, high, order, apart_m, pairs)
    own = np.arange(len(shape), dtype=np.int32)
    one = np.concatenate((pairs[:, 0], pairs[:, 1], own))
    other = np.concatenate((pairs[:, 1], pairs[:, 0], own))
    by_unit = np.lexsort((other, one))
    ptr = np.zeros(len(shape) + 1, np.int64)
    np.cumsum(np.bincount(one, minlength=len(shape)), out=ptr[1:])
    return ptr, other[by_unit].astype(np.int32)


@njit
def _sweep(shape: F64, levels: I32, low: F64, high: F64, order: I64, apart_m: float, pairs: I32) -> int:
    """Fills `pairs` if it has room, and answers how many there are."""
    n, found = len(order), 0
    for k in range(n):
        i = order[k]
        for m in range(k + 1, n):
            j = order[m]
            if low[j] > high[i] + apart_m:
                break
            if min(shape[j, 1], shape[j, 3]) > max(shape[i, 1], shape[i, 3]) + apart_m:
                continue
            if max(shape[j, 1], shape[j, 3]) < min(shape[i, 1], shape[i, 3]) - apart_m:
                continue
            together = levels[i, 0] == levels[j, 0] or levels[i, 0] == levels[j, 1]
            together = together or levels[i, 1] == levels[j, 0] or levels[i, 1] == levels[j, 1]
            if together and _distance_m(shape[i], shape[j]) < apart_m - EPSILON_M:
                if found < len(pairs):
                    pairs[found, 0], pairs[found, 1] = i, j
                found += 1
    return found


@njit
def _distance_m(a: F64, b: F64) -> float:
    """Shortest distance between two segments (ax1, ay1, ax2, ay2); 0 where they cross."""
    d1, d2 = _side(a, b[0], b[1]), _side(a, b[2], b[3])
    d3, d4 = _side(b, a[0], a[1]), _side(b, a[2], a[3])
    if d1 * d2 < 0 and d3 * d4 < 0:
        return 0.0
    return min(
        min(_to_point_m(a, b[0], b[1]), _to_point_m(a, b[2], b[3])),
        min(_to_point_m(b, a[0], a[1]), _to_point_m(b, a[2], a[3])),
    )


@njit
def _side(s: F64, x: float, y: float) -> float:
    return float((s[2] - s[0]) * (y - s[1]) - (s[3] - s[1]) * (x - s[0]))


@njit
def _to_point_m(s: F64, x: float, y: float) -> float:
    dx, dy = s[2] - s[0], s[3] - s[1]
    square = dx * dx + dy * dy
    along = 0.0
    if square > 0.0:
        along = max(0.0, min(1.0, ((x - s[0]) * dx + (y - s[1]) * dy) / square))
    return float(np.hypot(x - s[0] - along * dx, y - s[1] - along * dy))


def _per_edge(ptr: I64, idx: I32, head: I32, unit: I32, units: int) -> tuple[I64, I32]:
    """CSR over edges: what is near to its lane or its head, without doubles."""
    out_ptr = np.zeros(len(head) + 1, np.int64)
    mark = np.full(units, -1, np.int64)
    count = _merge(ptr, idx, head, unit, mark, out_ptr, np.zeros(0, np.int32))
    found = np.empty(count, np.int32)
    mark[:] = -1
    _merge(ptr, idx, head, unit, mark, out_ptr, found)
    return out_ptr, found


@njit
def _merge(ptr: I64, idx: I32, head: I32, unit: I32, mark: I64, out_ptr: I64, found: I32) -> int:
    n = 0
    for e in range(len(head)):
        for which in range(2):
            u = head[e] if which == 0 else unit[e]
            for k in range(ptr[u], ptr[u + 1]):
                if mark[idx[k]] != e:
                    mark[idx[k]] = e
                    if n < len(found):
                        found[n] = idx[k]
                    n += 1
        out_ptr[e + 1] = n
    return n
