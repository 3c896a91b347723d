"""One step of PIBT for all robots at once, compiled.

PIBT: Okumura et al., AIJ 2022. Robots decide in order of priority; who wants a node where an undecided robot stands makes
that robot decide first (priority inheritance), and takes another node if it cannot leave (backtracking). The recursion is an
explicit stack. Instead of LaCAM's swap (which needs fields of plain hop counts: with weighted fields it locks up) dead-end
branches admit one robot at a time, only one whose goal is inside, and who must leave one decides before all others.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from fleet.traffic.jit import inner, leaf, njit
from fleet.traffic.synchronous.state import FAR16, I32, Crew, Net, Rule, Work

#: Rank of a node from which the goal cannot be reached.
_NEVER: Final = 1 << 26


@leaf
def mix(seed: int, a: int, b: int) -> int:
    """A number below 2^31 that looks random (multiply-xorshift), the same for the same arguments."""
    h = np.uint64(seed) * np.uint64(0x9E3779B97F4A7C15)
    h ^= np.uint64(a) * np.uint64(0xBF58476D1CE4E5B9)
    h ^= np.uint64(b) * np.uint64(0x94D049BB133111EB)
    h ^= h >> np.uint64(29)
    h *= np.uint64(0xBF58476D1CE4E5B9)
    h ^= h >> np.uint64(32)
    return int(h & np.uint64(0x7FFFFFFF))


@inner
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


@leaf
def weigh(net: Net, crew: Crew, rule: Rule, work: Work) -> None:
    """Each robot's candidates and what they cost, before ties are broken; counts who wants which node.

    A loop of its own: the robots' cache misses overlap here, in `decide` they would come one after the other.
    """
    out_ptr, head, weights, fields = net.out_ptr, net.head, net.weights, crew.fields
    choice, key, wanted, wait = work.choice, work.key, work.wanted, rule.wait
    wanted[:] = 0
    for i in range(crew.at.shape[0]):
        u = crew.at[i]
        row = crew.row[i]
        shift = crew.shift[row]
        n = 0
        mine = 0
        here = int(fields[row, u])
        for e in range(out_ptr[u], out_ptr[u + 1]):
            w = weights[e]
            if w < 0:
                continue
            v = head[e]
            there = int(fields[row, v])
            if there < here:
                wanted[v] += 1
                mine |= 1 << n
            choice[i, n] = v
            key[i, n] = min((there << shift) + w, _NEVER) if there != FAR16 else _NEVER
            n += 1
        choice[i, n] = u
        key[i, n] = min((here << shift) + wait, _NEVER) if here != FAR16 else _NEVER
        work.mine[i] = mine
        work.choices[i] = n + 1
        work.tried[i] = 0


@leaf
def rank(crew: Crew, rule: Rule, work: Work, salt: int) -> None:
    """Breaks ties and sorts each robot's candidates, best first; by insertion, since nodes have few edges."""
    choice, key, now, wanted = work.choice, work.key, work.now, work.wanted
    noise, hinder, occupied = max(1, rule.noise), rule.hinder, rule.occupied
    for i in range(crew.at.shape[0]):
        n = work.choices[i]
        dice = mix(salt, i, 0)
        for k in range(n):
            v = choice[i, k]
            cost = key[i, k]
            # this robot is not in its own way
            rank_ = cost * 16 + hinder * (wanted[v] - ((work.mine[i] >> k) & 1)) + dice % noise
            dice >>= 5
            if k < n - 1 and now[v] >= 0:
                rank_ += occupied
            at = k
            while at > 0 and key[i, at - 1] > rank_:
                key[i, at] = key[i, at - 1]
                choice[i, at] = choice[i, at - 1]
                at -= 1
            key[i, at] = rank_
            choice[i, at] = v


@njit
def step(net: Net, crew: Crew, rule: Rule, work: Work, salt: int) -> None:
    """Fills `work.to`: the next node of each robot (its own to wait). All nodes of `crew.at` must differ.

    `work.now` and `work.then` come in as -1 everywhere, `work.to` too; the first two are left so.
    """
    at, branch, now, then, to = crew.at, net.branch, work.now, work.then, work.to
    for i in range(at.shape[0]):
        now[at[i]] = i
        b = branch[at[i]]
        if b >= 0:
            work.inside[b] += 1
    by_priority(crew, net, work)
    weigh(net, crew, rule, work)
    rank(crew, rule, work, salt)
    decide(net, crew, work, rule.rotate == 1)
    for i in range(at.shape[0]):
        now[at[i]] = -1
        then[to[i]] = -1
        for b in (branch[at[i]], branch[to[i]]):
            if b >= 0:
                work.inside[b] = 0
                work.entering[b] = -1


@leaf
def decide(net: Net, crew: Crew, work: Work, rotate: bool) -> None:
    """In order of priority each robot takes its best node, moving undecided ones out of the way first."""
    # names of their own for the arrays: the compiler then keeps them in registers
    at, branch, goal, now, then, to = crew.at, net.branch, crew.goal, work.now, work.then, work.to
    choice, choices, tried, stack, on_stack = work.choice, work.choices, work.tried, work.stack, work.on_stack
    inside, entering, order = work.inside, work.entering, work.order
    for k in range(order.shape[0]):
        if to[order[k]] >= 0:
            continue
        stack[0] = order[k]
        on_stack[order[k]] = 1
        depth = 1
        while depth > 0:
            i = stack[depth - 1]
            u = at[i]
            settled = False
            pushed = -1
            while tried[i] < choices[i]:
                v = choice[i, tried[i]]
                tried[i] += 1
                if then[v] >= 0:
                    continue
                b = branch[v]
                enters = b >= 0 and b != branch[u]
                # into a dead end only with a goal inside, and only while nobody else is in it
                if enters and (branch[goal[i]] != b or inside[b] > 0 or (entering[b] >= 0 and entering[b] != i)):
                    continue
                j = now[v]
                if j >= 0 and j != i and (to[j] == u or (not rotate and on_stack[j] == 1)):
                    continue  # they would pass through each other, or the chain would bite its tail
                _leave(branch, entering, to[i], i)
                then[v] = i
                to[i] = v
                if enters:
                    entering[b] = i
                if j >= 0 and j != i and to[j] < 0:
                    pushed = j
                else:
                    settled = True
                break
            if pushed >= 0:
                on_stack[pushed] = 1
                stack[depth] = pushed
                depth += 1
            elif settled:
                while depth > 0:
                    depth -= 1
                    on_stack[stack[depth]] = 0
            else:  # nowhere to go: stays, and who pushed it looks for another node
                _leave(branch, entering, to[i], i)
                then[u] = i
                to[i] = u
                on_stack[i] = 0
                depth -= 1


@leaf
def _leave(branch: I32, entering: I32, v: int, i: int) -> None:
    """Gives back the dead end that robot i had been let into before that choice failed (v: the node, -1 none)."""
    if v >= 0 and branch[v] >= 0 and entering[branch[v]] == i:
        entering[branch[v]] = -1


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
