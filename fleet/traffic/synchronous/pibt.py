"""One step of PIBT for all robots at once, compiled.

PIBT: Okumura et al., AIJ 2022. Robots decide in order of priority; who wants a node where an undecided robot stands makes
that robot decide first (priority inheritance), and takes another node if it cannot leave (backtracking). The recursion is an
explicit stack. Instead of LaCAM's swap (which needs fields of plain hop counts: with weighted fields it locks up) dead-end
branches admit one robot at a time, only one whose goal is inside, and who must leave one decides before all others.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from fleet.traffic.jit import njit
from fleet.traffic.synchronous.state import FAR16, I32, Crew, Net, Rule, Work

#: Rank of a node from which the goal cannot be reached.
_NEVER: Final = 1 << 40


@njit
def mix(seed: int, a: int, b: int) -> int:
    """A number below 2^31 that looks random (multiply-xorshift), the same for the same arguments."""
    h = np.uint64(seed) * np.uint64(0x9E3779B97F4A7C15)
    h ^= np.uint64(a) * np.uint64(0xBF58476D1CE4E5B9)
    h ^= np.uint64(b) * np.uint64(0x94D049BB133111EB)
    h ^= h >> np.uint64(29)
    h *= np.uint64(0xBF58476D1CE4E5B9)
    h ^= h >> np.uint64(32)
    return int(h & np.uint64(0x7FFFFFFF))


@njit
def to_go(crew: Crew, i: int, v: int) -> int:
    """Cost from v to robot i's goal."""
    far = int(crew.fields[crew.row[i], v])
    if far == FAR16:
        return _NEVER
    return far << int(crew.shift[crew.row[i]])


@njit
def by_priority(crew: Crew, net: Net, work: Work) -> None:
    """Sorts `work.order`: who must leave a branch, then by age; equal ones keep the order they had (counting sort)."""
    n = crew.at.shape[0]
    oldest = 0
    for i in range(n):
        oldest = max(oldest, crew.age[i])
    first = np.zeros(oldest + 3, np.int32)
    key = np.empty(n, np.int32)
    for i in range(n):
        b = net.branch[crew.at[i]]
        key[i] = 0 if b >= 0 and net.branch[crew.goal[i]] != b else 1 + oldest - crew.age[i]
        first[key[i] + 1] += 1
    for k in range(oldest + 2):
        first[k + 1] += first[k]
    sorted_ = np.empty(n, np.int32)
    for k in range(n):
        i = work.order[k]
        sorted_[first[key[i]]] = i
        first[key[i]] += 1
    work.order[:] = sorted_


@njit
def rank(net: Net, crew: Crew, rule: Rule, work: Work, i: int, salt: int) -> None:
    """Fills robot i's candidates, best first; insertion sort, since nodes have few edges."""
    u = crew.at[i]
    n = 0
    keys = np.empty(work.choice.shape[1], np.int64)
    for e in range(net.out_ptr[u], net.out_ptr[u + 1] + 1):
        if e == net.out_ptr[u + 1]:
            v = u
            key = (to_go(crew, i, u) + rule.wait) * 16
        else:
            w = net.weights[e]
            if w < 0:
                continue
            v = net.head[e]
            key = (to_go(crew, i, v) + w) * 16
            if work.now[v] >= 0:
                key += rule.occupied
        if rule.hinder > 0:
            key += rule.hinder * hindered(net, crew, work, i, u, v)
        if rule.noise > 0:
            key += mix(salt, i, v) % rule.noise
        at = n
        while at > 0 and keys[at - 1] > key:
            keys[at] = keys[at - 1]
            work.choice[i, at] = work.choice[i, at - 1]
            at -= 1
        keys[at] = key
        work.choice[i, at] = v
        n += 1
    work.choices[i] = n
    work.tried[i] = 0


@njit
def hindered(net: Net, crew: Crew, work: Work, i: int, u: int, v: int) -> int:
    """How many robots beside v would come nearer to their goal by entering v."""
    n = 0
    for e in range(net.out_ptr[v], net.out_ptr[v + 1]):
        x = net.head[e]
        j = work.now[x]
        if j >= 0 and j != i and x != u and to_go(crew, j, v) < to_go(crew, j, x):
            n += 1
    return n


@njit
def may_enter(net: Net, crew: Crew, work: Work, i: int, v: int) -> bool:
    """The dead-end rule: into a branch only with a goal inside, and only while nobody else is in it."""
    b = net.branch[v]
    if b < 0 or b == net.branch[crew.at[i]]:
        return True
    if net.branch[crew.goal[i]] != b or work.inside[b] > 0:
        return False
    return bool(work.entering[b] == -1 or work.entering[b] == i)


@njit
def step(net: Net, crew: Crew, rule: Rule, work: Work, salt: int) -> None:
    """Fills `work.to`: the next node of each robot (its own to wait). All nodes of `crew.at` must differ.

    `work.now` and `work.then` come in as -1 everywhere and are left so. `work.to[i]` >= 0 on entry binds robot i to that
    node (it must be compatible with the other bound ones).
    """
    n = crew.at.shape[0]
    for i in range(n):
        work.now[crew.at[i]] = i
        b = net.branch[crew.at[i]]
        if b >= 0:
            work.inside[b] += 1
        if work.to[i] >= 0:
            work.then[work.to[i]] = i
    by_priority(crew, net, work)
    for k in range(n):
        if work.to[work.order[k]] < 0:
            decide(net, crew, rule, work, work.order[k], salt)
    for i in range(n):
        work.now[crew.at[i]] = -1
        work.then[work.to[i]] = -1
        for b in (net.branch[crew.at[i]], net.branch[work.to[i]]):
            if b >= 0:
                work.inside[b] = 0
                work.entering[b] = -1


@njit
def decide(net: Net, crew: Crew, rule: Rule, work: Work, first: int, salt: int) -> bool:
    """Robot `first` takes its best node, moving others out of the way; False when it has to stay."""
    depth = 1
    work.stack[0] = first
    rank(net, crew, rule, work, first, salt)
    work.on_stack[first] = 1
    while depth > 0:
        i = work.stack[depth - 1]
        u = crew.at[i]
        settled = False
        pushed = -1
        while work.tried[i] < work.choices[i]:
            v = work.choice[i, work.tried[i]]
            work.tried[i] += 1
            if work.then[v] >= 0 or not may_enter(net, crew, work, i, v):
                continue
            j = work.now[v]
            if j >= 0 and j != i:
                if work.to[j] == u:
                    continue  # they would pass through each other
                if rule.rotate == 0 and work.on_stack[j] == 1:
                    continue
            release(net, work, i)
            work.then[v] = i
            work.to[i] = v
            b = net.branch[v]
            if b >= 0 and b != net.branch[u]:
                work.entering[b] = i
            if j >= 0 and j != i and work.to[j] < 0:
                pushed = j
            else:
                settled = True
            break
        if pushed >= 0:
            rank(net, crew, rule, work, pushed, salt)
            work.on_stack[pushed] = 1
            work.stack[depth] = pushed
            depth += 1
        elif settled:
            for k in range(depth):
                work.on_stack[work.stack[k]] = 0
            return True
        else:  # nowhere to go: stays, and who pushed it looks for another node
            release(net, work, i)
            work.then[u] = i
            work.to[i] = u
            work.on_stack[i] = 0
            depth -= 1
    return False


@njit
def release(net: Net, work: Work, i: int) -> None:
    """Gives back what robot i had taken before its last candidate failed. Its node is taken over by who stands there."""
    v = work.to[i]
    if v >= 0:
        b = net.branch[v]
        if b >= 0 and work.entering[b] == i:
            work.entering[b] = -1


@njit
def advance(crew: Crew, work: Work, head: I32, out_ptr: I32, moved: I32, waited: I32) -> tuple[int, int]:
    """Moves all robots to `work.to`; fills the edges driven and the nodes waited at; answers how many of each."""
    n_moved = 0
    n_waited = 0
    for i in range(crew.at.shape[0]):
        u = crew.at[i]
        v = work.to[i]
        if u == v:
            waited[n_waited] = v
            n_waited += 1
        else:
            for e in range(out_ptr[u], out_ptr[u + 1]):
                if head[e] == v:
                    moved[n_moved] = e
                    n_moved += 1
                    break
            crew.at[i] = v
        crew.age[i] += 1
        work.to[i] = -1
    return n_moved, n_waited
