"""What the compiled loops of synchronous movement see. V nodes, E edges, R robots, D the most edges out of a node.

A cost-to-go row is uint16 to halve the memory of ten thousand goals: the true cost is `row << shift`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

I32 = NDArray[np.int32]
U16 = NDArray[np.uint16]
U8 = NDArray[np.uint8]
I64 = NDArray[np.int64]

#: Cost-to-go of a node that cannot reach the goal, or is too far to tell.
FAR16 = 65535


class Net(NamedTuple):
    """The graph: CSR as in csr.py, `weights` of guidance (< 0: closed), `branch[v]`: dead-end branch of v, -1 in the core."""

    out_ptr: I32
    head: I32
    weights: I32
    branch: I32


class Crew(NamedTuple):
    """The robots before the step. `row[i]`: cost-to-go row of its goal; `fields` uint16[rows, V]; `shift` int32[rows]."""

    at: I32
    goal: I32
    row: I32
    fields: U16
    shift: I32
    age: I32  # steps since its last errand was finished: the longer, the earlier it decides


class Rule(NamedTuple):
    """How a robot ranks its next nodes: cost-to-go there + weight of the edge, in 1/8 s, then these.

    `wait`: cost of standing still for a step. In 1/16 of a weight unit: `hinder`, per robot beside the node that wants to
    go there next (Okumura & Nagai, arXiv 2505.12623, who break ties with it); `occupied`, where somebody stands now;
    `noise`, a random part below this (1 .. 32). `rotate`: 1 when robots may move on in a closed ring.
    """

    wait: int
    hinder: int
    occupied: int
    noise: int
    rotate: int


class Work(NamedTuple):
    """Scratch, allocated once: `now`, `then` int32[V] (robot or -1), `to` int32[R], and the stack of the chain in hand."""

    now: I32
    then: I32
    to: I32
    order: I32
    choice: I32  # [R, D + 1] candidate nodes, best first
    key: I32  # [R, D + 1] rank of each candidate, the lower the better
    choices: I32
    mine: I32  # [R] bit k: the robot itself is one of those that want its candidate k (before sorting)
    wanted: I32  # [V] robots that would come nearer to their goal by entering the node
    tried: I32
    stack: I32
    on_stack: U8
    inside: I32  # [branches] robots in it
    entering: I32  # [branches] the robot that has been let in during this step, -1


def work(n_nodes: int, n_robots: int, degree: int, n_branches: int) -> Work:
    """Fresh scratch for `pibt.step`."""
    return Work(
        now=np.full(n_nodes, -1, np.int32),
        then=np.full(n_nodes, -1, np.int32),
        to=np.full(n_robots, -1, np.int32),
        order=np.arange(n_robots, dtype=np.int32),
        choice=np.zeros((n_robots, degree + 1), np.int32),
        key=np.zeros((n_robots, degree + 1), np.int32),
        choices=np.zeros(n_robots, np.int32),
        mine=np.zeros(n_robots, np.int32),
        wanted=np.zeros(n_nodes, np.int32),
        tried=np.zeros(n_robots, np.int32),
        stack=np.zeros(n_robots + 1, np.int32),
        on_stack=np.zeros(n_robots, np.uint8),
        inside=np.zeros(max(1, n_branches), np.int32),
        entering=np.full(max(1, n_branches), -1, np.int32),
    )
