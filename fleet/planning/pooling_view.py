"""A planning request as a pool of arrays, and routes of stops between names and numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from fleet.planning.pooling_judge import DROP, PICK, VISIT, Stop, StopRoutes, carries, way
from fleet.planning.pooling_model import NEVER_S, Pool, build
from fleet.planning.prices import EMPTY_WEIGHT, LATE_FACTOR, LEFT_OUT_S, SWITCH_S, weight
from fleet.planning.problem import PlanRequest, PlanTask
from fleet.planning.tables import Bools, matrix


@dataclass(frozen=True, slots=True)
class View:
    """`tasks`: by number of request; `robots`: names by number of vehicle; `wide`: of each request, its two stops."""

    request: PlanRequest
    pool: Pool
    tasks: tuple[PlanTask, ...]
    robots: tuple[str, ...]

    def named(self, routes: Sequence[Sequence[int]]) -> dict[str, list[Stop]]:
        return {robot: [self._stop(s) for s in stops] for robot, stops in zip(self.robots, routes, strict=True)}

    def _stop(self, s: int) -> Stop:
        task = self.tasks[s % len(self.tasks)]
        return Stop(task.name, PICK if s < len(self.tasks) else DROP if carries(task) else VISIT)

    def numbered(self, routes: StopRoutes) -> list[list[int]]:
        index = {task.name: i for i, task in enumerate(self.tasks)}
        n = len(self.tasks)
        return [
            [index[stop.task] + (0 if stop.what == PICK else n) for stop in routes.get(robot, ()) if stop.task in index]
            for robot in self.robots
        ]


def view_of(
    request: PlanRequest, robots: Sequence[str], tasks: Sequence[PlanTask], fits: Bools, ends: Mapping[str, float]
) -> View:
    """These tasks for these robots. `fits`: bool[n, m], who may take what; `ends`: of what is not among the tasks but in `after`.

    Every task must have visits.
    """
    by_name = {r.name: r for r in request.robots}
    who = [by_name[name] for name in robots]
    places: dict[str, int] = {}

    def place(node: str) -> int:
        return places.setdefault(node, len(places))

    start = np.array([place(r.node) for r in who], np.int64)
    loads = np.array([carries(t) for t in tasks], bool)
    picked = [bool(load) and t.aboard is None for load, t in zip(loads, tasks, strict=True)]
    pick = np.array([place(t.visits[0]) if p else -1 for t, p in zip(tasks, picked, strict=True)], np.int64)
    last = [way(t, DROP if load else VISIT) for load, t in zip(loads, tasks, strict=True)]
    drop = np.array([place(nodes[0]) for nodes, _ in last], np.int64)
    drop_out = np.array([place(nodes[-1]) for nodes, _ in last], np.int64)
    speeds = tuple(dict.fromkeys(r.speed_mps for r in who))
    nodes = tuple(places)
    inner = {
        pair: np.array([request.travel(*pair, v) for v in speeds]) for pair in {p for nodes_, _ in last for p in pairwise(nodes_)}
    }
    drop_work = np.stack(
        [sum((inner[p] for p in pairwise(nodes_)), np.zeros(len(speeds))) + sum(service) for nodes_, service in last], axis=1
    )
    index = {t.name: i for i, t in enumerate(tasks)}
    release = [max([t.not_before_s, *(ends.get(a, request.running.get(a, 0.0)) for a in t.after)]) for t in tasks]
    weights = np.array([weight(t, request) for t in tasks])
    robot_index = {name: v for v, name in enumerate(robots)}
    groups = {name: g for g, name in enumerate(dict.fromkeys(t.apart for t in tasks if t.apart))}
    aboard = [[t for t in request.tasks if t.aboard == r.name] for r in who]
    pool = build(
        time=np.stack([matrix(request.travel, nodes, nodes, v) for v in speeds]).astype(np.float64),
        pick=pick,
        drop=drop,
        start=start,
        drop_out=drop_out,
        units=np.array([t.load_units if load else 0 for load, t in zip(loads, tasks, strict=True)], np.int64),
        kg=np.array([t.load_kg if load else 0.0 for load, t in zip(loads, tasks, strict=True)]),
        slots=np.array([r.load_slots for r in who]),
        carries_kg=np.array([r.payload_kg for r in who]),
        cls=np.array([speeds.index(r.speed_mps) for r in who]),
        free=np.array([r.free_in_s for r in who]),
        aboard=np.array([sum(t.load_units for t in own) for own in aboard]),
        aboard_kg=np.array([sum(t.load_kg for t in own) for own in aboard]),
        pick_work=np.array([t.service_s[0] if p else 0.0 for t, p in zip(tasks, picked, strict=True)]),
        drop_work=drop_work,
        pick_release=np.array(release),
        drop_release=np.where(picked, 0.0, release),
        drop_weight=weights,
        drop_due=np.array([NEVER_S if t.deadline_s is None else t.deadline_s for t in tasks]),
        drop_late=np.array([0.0 if t.deadline_s is None else LATE_FACTOR for t in tasks]) * weights,
        alone=~loads,
        left_out=LEFT_OUT_S * weights,
        home=np.array([-1 if t.current_robot is None else robot_index.get(t.current_robot, len(robots)) for t in tasks]),
        switch=SWITCH_S * weights,
        group=np.array([groups.get(t.apart, -1) for t in tasks]),
        may=fits & _room(who_slots=np.array([r.load_slots for r in who]), tasks=tasks, loads=loads, robots=robots),
        preds=[[index[a] for a in t.after if a in index] for t in tasks],
        drive_w=0.0,
        empty_w=EMPTY_WEIGHT,
    )
    return View(request, pool, tuple(tasks), tuple(robots))


def _room(*, who_slots: np.ndarray, tasks: Sequence[PlanTask], loads: Bools, robots: Sequence[str]) -> Bools:
    """bool[n, m]: has slots enough, and where the load is on board, is that robot."""
    units = np.array([t.load_units if load else 0 for load, t in zip(loads, tasks, strict=True)])
    room: Bools = units[:, None] <= who_slots[None, :]
    for i, task in enumerate(tasks):
        if task.aboard is not None:
            room[i] = [name == task.aboard for name in robots]
    return room
