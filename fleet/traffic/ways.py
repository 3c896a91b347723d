"""Where robots will go, read off the cost-to-go: the way beyond the base, and who stands on it."""

from __future__ import annotations

from fleet.traffic.jit import njit
from fleet.traffic.state import I32, U8, UNREACHABLE, Crew, Net


@njit
def next_edge(net: Net, fields: I32, row: int, u: int) -> int:
    """The cheapest way on from u begins with this edge; -1 where there is none."""
    best, least = -1, 0
    for e in range(net.out_ptr[u], net.out_ptr[u + 1]):
        if net.weights[e] < 0 or fields[row, net.head[e]] >= UNREACHABLE:
            continue
        cost = net.weights[e] + fields[row, net.head[e]]
        if best < 0 or cost < least:
            best, least = e, cost
    return best


@njit
def descend(net: Net, fields: I32, row: int, start: int, goal: int, out: I32) -> int:
    """Fills `out` with the edges of the cheapest way; answers how many there are, 0 where there is no way."""
    u, n = start, 0
    while u != goal and n < len(out):
        e = next_edge(net, fields, row, u)
        if e < 0:
            return 0
        out[n] = e
        n += 1
        u = net.head[e]
    return n if u == goal else 0


@njit
def idle_on_the_way(net: Net, crew: Crew, fields: I32, n: int, steps: int, found: U8) -> None:
    """Marks in `found` uint8[R] the idle robots that stand within so many edges ahead of one that has a goal."""
    for i in range(n):
        if crew.goal[i] < 0 or crew.at[i] < 0 or not crew.movable[i]:
            continue
        u = crew.end[i]
        for _ in range(steps):
            if u == crew.goal[i]:
                break
            e = next_edge(net, fields, crew.row[i], u)
            if e < 0:
                break
            _mark(net, crew, i, e, found)
            u = net.head[e]


@njit
def _mark(net: Net, crew: Crew, i: int, e: int, found: U8) -> None:
    for b in range(net.classes):
        k = (crew.cls[i] * net.classes + b) * len(net.head) + e
        for c in range(net.conf_ptr[k], net.conf_ptr[k + 1]):
            j = crew.holder[net.conf_idx[c]]
            if j >= 0 and j != i and crew.cls[j] == b and crew.goal[j] < 0 and crew.yields[j] and crew.movable[j]:
                found[j] = 1
