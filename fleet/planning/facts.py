"""`Tables` as the compiled loops want them; and those of its questions that are about millions of pairs."""

from __future__ import annotations

import numpy as np

from fleet.planning import kernels
from fleet.planning.clock import Clock
from fleet.planning.kernels import Facts
from fleet.planning.prices import EMPTY_WEIGHT, LATE_FACTOR, SWITCH_S
from fleet.planning.tables import Bools, Floats, Ints, Tables


def reach(t: Tables) -> Bools:
    """bool[R, T]: as `Tables.reach`."""
    out = np.empty(t.able.shape, dtype=np.uint8)
    kernels.reach(facts_of(t, t.able), out)
    return out.view(np.bool_)


def offers_s(f: Facts, clock: Clock, tasks: Ints, ready_s: Floats, forbidden_s: float) -> Floats:
    """float64[R, n]: see `kernels.offers`. `ready_s`: [T]; `f.able` decides who."""
    out = np.empty((len(clock.free_s), len(tasks)))
    left_s = np.where(clock.watched, clock.left_s, np.inf)
    kernels.offers(
        f, clock.free_s, clock.at.astype(np.int32), left_s, clock.detour_s(), ready_s, tasks.astype(np.int32), forbidden_s, out
    )
    return out


def facts_of(t: Tables, able: Bools) -> Facts:
    """`able`: bool[R, T], those of `t`, or fewer."""
    gone = np.array([x.current_robot is not None for x in t.tasks], dtype=bool) & (t.current < 0)
    watched = np.isfinite(t.range_s) & bool(t.request.chargers)
    return Facts(
        free_s=t.free_s,
        at=t.start.astype(np.int32),
        range_s=np.where(watched, t.range_s, np.inf),
        speed=t.speed.astype(np.int32),
        travel=np.ascontiguousarray(t.travel),
        first=t.first.astype(np.int32),
        last=t.last.astype(np.int32),
        work_s=t.work_s,
        drive_s=t.drive_s,
        ready_s=t.not_before_s,
        deadline_s=t.deadline_s,
        limit_s=np.full(len(t.tasks), np.inf),
        weight=t.weight,
        head_start_s=t.head_start_s,
        current=np.where(gone, -2, t.current).astype(np.int32),
        able=np.ascontiguousarray(able).view(np.uint8),  # one layout, one compilation
        to_charger_s=t.to_charger_s,
        late=LATE_FACTOR,
        switch_s=SWITCH_S,
        empty=EMPTY_WEIGHT,
    )
