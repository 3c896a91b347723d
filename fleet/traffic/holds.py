"""What robots hold: taken when it is released, given back when their rear has provably left it. Nothing else changes holdings."""

from __future__ import annotations

from fleet.traffic.jit import njit
from fleet.traffic.state import I32, Crew, Net


@njit
def enter(net: Net, crew: Crew, i: int, v: int) -> None:
    for k in range(net.zone_ptr[v], net.zone_ptr[v + 1]):
        z = net.zone_idx[k]
        if crew.inside[i, z] == 0:
            crew.zone_n[z] += 1
        crew.inside[i, z] += 1


@njit
def _leave(net: Net, crew: Crew, i: int, v: int) -> None:
    for k in range(net.zone_ptr[v], net.zone_ptr[v + 1]):
        z = net.zone_idx[k]
        crew.inside[i, z] -= 1
        if crew.inside[i, z] == 0:
            crew.zone_n[z] -= 1


@njit
def hold(net: Net, crew: Crew, i: int, v: int) -> None:
    """Robot i stands at v, with nothing released."""
    crew.at[i] = crew.end[i] = v
    crew.base_n[i] = 0
    if crew.holder[v] < 0:
        crew.holder[v] = i
    enter(net, crew, i, v)


@njit
def hold_edge(net: Net, crew: Crew, i: int, e: int) -> None:
    """Edge e is the next of its base, whoever else may be there: reality is believed."""
    v = net.head[e]
    if crew.holder[net.unit[e]] < 0:
        crew.holder[net.unit[e]] = i
    if crew.holder[v] < 0:
        crew.holder[v] = i
    crew.base[i, crew.base_n[i]] = e
    crew.base_n[i] += 1
    crew.end[i] = v
    enter(net, crew, i, v)


@njit
def drop_all(net: Net, crew: Crew, i: int) -> None:
    """Robot i holds nothing any more."""
    if crew.at[i] < 0:
        return
    _free(crew, i, crew.at[i])
    _leave(net, crew, i, crew.at[i])
    for k in range(crew.base_n[i]):
        e = crew.base[i, k]
        _free(crew, i, net.unit[e])
        _free(crew, i, net.head[e])
        _leave(net, crew, i, net.head[e])
    crew.at[i] = crew.end[i] = -1
    crew.base_n[i] = 0


@njit
def _free(crew: Crew, i: int, unit: int) -> None:
    if crew.holder[unit] == i:
        crew.holder[unit] = -1


@njit
def passed(net: Net, crew: Crew, i: int) -> None:
    """The rear of robot i has left the node it was at: that node and the lane are free, unless it comes back to them."""
    left, e = crew.at[i], crew.base[i, 0]
    n = crew.base_n[i] - 1
    for k in range(n):
        crew.base[i, k] = crew.base[i, k + 1]
    crew.base_n[i] = n
    crew.at[i] = net.head[e]
    _free(crew, i, left)
    _free(crew, i, net.unit[e])
    _leave(net, crew, i, left)
    for k in range(n):
        ahead = crew.base[i, k]
        if net.unit[ahead] == net.unit[e]:
            crew.holder[net.unit[e]] = i
        if net.head[ahead] == left:
            crew.holder[left] = i


@njit
def hold_again(net: Net, crew: Crew, i: int) -> None:
    """After one of two robots that reality put into the same unit has left it: it is the other's."""
    if crew.at[i] < 0:
        return
    if crew.holder[crew.at[i]] < 0:
        crew.holder[crew.at[i]] = i
    for k in range(crew.base_n[i]):
        e = crew.base[i, k]
        if crew.holder[net.unit[e]] < 0:
            crew.holder[net.unit[e]] = i
        if crew.holder[net.head[e]] < 0:
            crew.holder[net.head[e]] = i


@njit
def passed_many(net: Net, crew: Crew, robots: I32) -> None:
    for k in range(len(robots)):
        passed(net, crew, robots[k])
