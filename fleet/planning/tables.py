"""The problem as numpy arrays: 1,000 robots x 5,000 tasks are five million pairs, which no Python loop looks at in time.

Robots and tasks become numbers in the order of the request; nodes that matter (where robots are, where tasks begin and
end) become rows and columns of one travel matrix for each speed of the fleet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from typing import cast

import numpy as np
from numpy.typing import NDArray

from fleet.planning.prices import head_start_s, weight
from fleet.planning.problem import PlanRequest, PlanRobot, PlanTask, TravelMatrix, TravelTime

Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: Pairs of robot and task from which numba is worth loading.
COMPILED_PAIRS_MIN = 150_000


@dataclass(frozen=True, eq=False)
class Tables:
    """R robots, T tasks, F nodes from which and G nodes to which robots drive, S speeds. Times in seconds.

    `travel`: float32[S, F, G]; `speed`: int[R], the robot's row of it; `start`: int[R], where it is (of F); `free_s`: [R].
    `first`: int[T], the first visit (of G), -1: it is done where the robot stands; `last`: int[T], the last one (of F).
    `work_s`: [S, T] from arrival at the first visit to the end; `drive_s`: [S, T], its part that is driving.
    `able`: bool[R, T]: may take it by name, type, capability, payload and energy; whether there is a way is in `travel`.
    `tied`: bool[T]: waits for others or is waited for, or belongs to a group; such tasks are timed one after the other.
    `to_charger_s`: float32[S, F]: to the nearest charger.
    """

    request: PlanRequest
    robots: tuple[PlanRobot, ...]
    tasks: tuple[PlanTask, ...]
    robot_index: Mapping[str, int]
    task_index: Mapping[str, int]
    from_nodes: tuple[str, ...]
    to_nodes: tuple[str, ...]
    travel: Floats32
    speed: Ints
    start: Ints
    free_s: Floats
    first: Ints
    last: Ints
    work_s: Floats
    drive_s: Floats
    not_before_s: Floats
    deadline_s: Floats
    weight: Floats
    head_start_s: Floats
    current: Ints
    able: Bools
    tied: Bools
    range_s: Floats
    to_charger_s: Floats32

    def drives_s(self, at: Ints, tasks: Ints) -> Floats32:
        """float32[R, n]: from where each robot is (of F) to the first visits; 0 where there is none."""
        if not len(self.to_nodes):
            return np.zeros((len(self.robots), len(tasks)), dtype=np.float32)
        first = self.first[tasks]
        found: Floats32 = self.travel[self.speed, at][:, np.maximum(first, 0)]
        if (first < 0).any():
            found[:, first < 0] = 0.0
        return found

    def reach(self) -> Bools:
        """bool[R, T]: able, and there is a way from where the robot is through all visits."""
        way = np.isfinite(self.drives_s(self.start, np.arange(len(self.tasks))))
        if not np.isfinite(self.work_s).all():
            way &= np.isfinite(self.work_s)[self.speed]
        way &= self.able
        return way


def tables_of(request: PlanRequest) -> Tables:
    robots, tasks = request.robots, request.tasks
    start, from_nodes, first, last, to_nodes = _nodes(robots, tasks)
    speeds = tuple(dict.fromkeys(r.speed_mps for r in robots)) or (1.0,)
    drive_s = np.stack([_inner_drive(request.travel, tasks, v) for v in speeds])
    service_s = np.array([sum(t.service_s) for t in tasks], dtype=np.float64)
    speed = np.array([speeds.index(r.speed_mps) for r in robots], dtype=np.int64)
    robot_index = {r.name: i for i, r in enumerate(robots)}
    to_charger_s, to_node_s = _charger_ways(request, speeds, from_nodes, to_nodes)
    needs_s = drive_s + np.where(last >= 0, to_charger_s[:, np.maximum(last, 0)], 0.0)
    needs_s += np.where(first >= 0, to_node_s[:, np.maximum(first, 0)], 0.0) if len(to_nodes) else 0.0
    return Tables(
        request=request,
        robots=robots,
        tasks=tasks,
        robot_index=robot_index,
        task_index={t.name: i for i, t in enumerate(tasks)},
        from_nodes=from_nodes,
        to_nodes=to_nodes,
        travel=_stacked([matrix(request.travel, from_nodes, to_nodes, v) for v in speeds]),
        speed=speed,
        start=start,
        free_s=np.array([r.free_in_s for r in robots], dtype=np.float64),
        first=first,
        last=last,
        work_s=drive_s + service_s,
        drive_s=drive_s,
        not_before_s=np.array([t.not_before_s for t in tasks], dtype=np.float64),
        deadline_s=np.array([inf if t.deadline_s is None else t.deadline_s for t in tasks], dtype=np.float64),
        weight=np.array([weight(t, request) for t in tasks], dtype=np.float64),
        head_start_s=np.array([head_start_s(t, request) for t in tasks], dtype=np.float64),
        current=np.array([robot_index.get(t.current_robot or "", -1) for t in tasks], dtype=np.int64),
        able=_able(robots, tasks, needs_s[speed] if request.chargers else None),
        tied=_tied(tasks),
        range_s=np.array([r.range_s for r in robots], dtype=np.float64),
        to_charger_s=to_charger_s,
    )


def matrix(travel: TravelTime, starts: Sequence[str], goals: Sequence[str], speed_mps: float) -> Floats32:
    """float32[n, m]; by the callable itself where it knows no better."""
    if not starts or not goals:
        return np.zeros((len(starts), len(goals)), dtype=np.float32)
    many = getattr(travel, "travel_matrix", None)  # isinstance of a Protocol takes 60 us
    if many is not None:
        return cast(TravelMatrix, travel).travel_matrix(starts, goals, speed_mps)
    return np.array([[travel(a, b, speed_mps) for b in goals] for a in starts], dtype=np.float32)


def _stacked(matrices: Sequence[Floats32]) -> Floats32:
    """[S, ...]; of one speed without a copy."""
    return np.stack(matrices) if len(matrices) > 1 else matrices[0][None]


def _nodes(robots: Sequence[PlanRobot], tasks: Sequence[PlanTask]) -> tuple[Ints, tuple[str, ...], Ints, Ints, tuple[str, ...]]:
    """(`start`, the F nodes, `first`, `last`, the G nodes)."""
    froms: dict[str, int] = {}
    tos: dict[str, int] = {}
    start = [froms.setdefault(r.node, len(froms)) for r in robots]
    first = [tos.setdefault(t.visits[0], len(tos)) if t.visits else -1 for t in tasks]
    last = [froms.setdefault(t.visits[-1], len(froms)) if t.visits else -1 for t in tasks]
    if not froms:
        froms[""] = 0  # indices of -1 must have something to point at
    return (
        np.array(start, dtype=np.int64),
        tuple(froms),
        np.array(first, dtype=np.int64),
        np.array(last, dtype=np.int64),
        tuple(tos),
    )


def _inner_drive(travel: TravelTime, tasks: Sequence[PlanTask], speed_mps: float) -> Floats:
    """[T]: seconds of driving from the first visit to the last."""
    pairs = dict.fromkeys(pair for t in tasks for pair in pairwise(t.visits))
    many = getattr(travel, "travel_pairs", None)
    if many is not None and pairs:
        times: list[float] = many(tuple(pairs), speed_mps).tolist()
    else:
        times = [travel(a, b, speed_mps) for a, b in pairs]
    pairs_s = dict(zip(pairs, times, strict=True))
    return np.array([sum(pairs_s[pair] for pair in pairwise(t.visits)) for t in tasks], dtype=np.float64)


def _charger_ways(
    request: PlanRequest, speeds: Sequence[float], from_nodes: Sequence[str], to_nodes: Sequence[str]
) -> tuple[Floats32, Floats32]:
    """float32[S, F] to the nearest charger, float32[S, G] from it; 0 where nobody's battery is known or no charger is."""
    chargers = tuple(request.chargers)
    if not chargers or not any(r.range_s < inf for r in request.robots):
        none = np.zeros((len(speeds), len(from_nodes)), dtype=np.float32)
        return none, np.zeros((len(speeds), len(to_nodes)), dtype=np.float32)
    there = [matrix(request.travel, from_nodes, chargers, v).min(axis=1) for v in speeds]
    back = [matrix(request.travel, chargers, to_nodes, v).min(axis=0) for v in speeds]
    return np.stack(there), np.stack(back)


def _able(robots: Sequence[PlanRobot], tasks: Sequence[PlanTask], needs_s: Floats | None) -> Bools:
    """`eligible.may_take` for all pairs at once. `needs_s`: [R, T], driving from a charger through the task to a charger."""
    n, m = len(robots), len(tasks)
    payload = np.array([r.payload_kg for r in robots], dtype=np.float64)
    load = np.array([t.load_kg for t in tasks], dtype=np.float64)
    able: Bools = load[None, :] <= payload[:, None]
    actions, types = _numbers(t.action for t in tasks), _numbers(t.robot_type or "" for t in tasks)
    can = np.array([[a in r.capabilities for a in actions] for r in robots], dtype=bool).reshape(n, len(actions))
    fits = np.array([[a in ("", r.type) for a in types] for r in robots], dtype=bool).reshape(n, len(types))
    if m and not can.all():
        able &= can[:, [actions[t.action] for t in tasks]]
    if m and not fits.all():
        able &= fits[:, [types[t.robot_type or ""] for t in tasks]]
    row = {r.name: i for i, r in enumerate(robots)}
    for j, task in enumerate(tasks):
        if task.robot is not None:
            mine = row.get(task.robot, -1)
            keep = mine >= 0 and bool(able[mine, j])
            able[:, j] = False
            if keep:
                able[mine, j] = True
        for name in task.barred:
            if name in row:
                able[row[name], j] = False
    if needs_s is not None:
        full_s = np.array([r.full_range_s for r in robots], dtype=np.float64)
        able &= (needs_s <= full_s[:, None]) | np.isinf(needs_s)
    return able


def _numbers(values: Iterable[str]) -> dict[str, int]:
    return {value: i for i, value in enumerate(dict.fromkeys(values))}


def _tied(tasks: Sequence[PlanTask]) -> Bools:
    waited_for = {name for t in tasks for name in t.after}
    return np.array([bool(t.after) or bool(t.apart) or t.name in waited_for for t in tasks], dtype=bool)
