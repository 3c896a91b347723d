"""Pooled pick-up and delivery as arrays: what the compiled loops of pooling work on.

A request is a task: an optional pick stop and a drop stop. A stop is where a robot goes in, works, and comes out. Stops are
numbered: pick of request r = r, drop = n + r, start of vehicle v = 2n + v, end = 2n + m + v. Times are seconds from now.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Shorts = NDArray[np.int32]
Bytes = NDArray[np.uint8]
Records = NDArray[Any]

#: Later than any plan: bounds that are none.
NEVER_S = 1e12
#: Weights of the objective where none are given: plain driving.
WEIGHTS = {"drive_w": 1.0, "empty_w": 0.0, "span_w": 0.0, "vehicle_w": 0.0}
#: How many near stops each stop knows: routes of these are tried first for an insertion, strings are cut from them.
NEAR_STOPS = 48


#: A stop of the problem. `into`, `out`: places where it begins and ends (into -1: an end that is anywhere). Nobody sets out for
#: it before `release`; work begins no earlier than `opens` (one waits there) and no later than `closes`. `units`, `kg`: taken
#: on board, negative where left. `weight`: cost of a second of completion time; each second after `due` costs `late` more.
STOP = np.dtype(
    [("into", "i8"), ("out", "i8"), ("units", "i8"), ("kg", "f8"), ("release", "f8"), ("opens", "f8"),
     ("closes", "f8"), ("weight", "f8"), ("due", "f8"), ("late", "f8")]
)  # fmt: skip
#: A request. `has_pick` 0: one stop only; `alone` 1: with nothing on board. `left_out`: cost of leaving it out. `home`: the
#: vehicle of the plan of before (-1 none), any other costs `switch`. Requests of one `group` (>= 0) go to different vehicles.
#: It begins when pred[pred_from:pred_to] have ended.
REQUEST = np.dtype(
    [("has_pick", "i8"), ("alone", "i8"), ("left_out", "f8"), ("home", "i8"), ("group", "i8"), ("switch", "f8"),
     ("pred_from", "i8"), ("pred_to", "i8")]
)  # fmt: skip
#: A vehicle. `cls`: row of `time` and `work`; `free`: when it can set out; `aboard`, `aboard_kg`: its load at the start;
#: vehicles of one `kind` are alike in everything, start included.
VEHICLE = np.dtype(
    [("cls", "i8"), ("slots", "i8"), ("carries_kg", "f8"), ("free", "f8"), ("aboard", "i8"), ("kind", "i8"), ("aboard_kg", "f8")]
)
#: What a plan knows of a stop: its neighbours in the route; `rel`: release with the ends of predecessors; `tend`: when the
#: vehicle leaves; `cum`: cost of the route so far; `tail`: cost from this stop's completion on; `latest`: beginning that keeps
#: all behind it in time; `wsum`, `lsum`: sums from here on of weights, and of `late` of those that are late already; `slack`:
#: least time to a due that is still met; `wait`: waiting behind it; `load`, `load_kg`: on board behind it.
AT = np.dtype(
    [("nxt", "i8"), ("prv", "i8"), ("load", "i8"), ("load_kg", "f8"), ("rel", "f8"), ("tend", "f8"), ("cum", "f8"),
     ("tail", "f8"), ("latest", "f8"), ("wsum", "f8"), ("lsum", "f8"), ("slack", "f8"), ("wait", "f8")]
)  # fmt: skip
#: A route: its cost, its requests; `shut` 1: not to be used.
ROUTE = np.dtype([("cost", "f8"), ("count", "i8"), ("shut", "i8")])
#: State of the generator, and positions weighed so far: the measure of effort.
DICE = np.dtype([("state", "u8"), ("tried", "i8")])


class Pool(NamedTuple):
    """The problem; nothing in here changes during a search. n requests, m vehicles, S = 2n + 2m stops, L places, C speeds."""

    n: int
    m: int
    time: Floats  # [C, L, L] seconds of travel, inf where there is no way
    work: Floats  # [C, S] seconds from beginning to end
    stop: Records  # [S] STOP
    req: Records  # [n] REQUEST
    vehicle: Records  # [m] VEHICLE
    may: Bytes  # [n, m]
    pred: Ints
    near: Shorts  # [2n, K] stops nearest to each stop, nearest first
    near_start: Shorts  # [n, m] vehicles by travel to the request's first stop
    drive_w: float  # cost of a second of driving
    empty_w: float  # and of one with nothing on board
    span_w: float  # times the square of a route's end: evens routes out
    vehicle_w: float  # cost of using a vehicle at all


class Plan(NamedTuple):
    """A solution. Routes are linked lists from start to end of a vehicle."""

    at: Records  # [S] AT
    veh: Ints  # [n] vehicle, -1: left out
    route: Records  # [m] ROUTE
    dice: Records  # [1] DICE


def blank(pool: Pool, seed: int) -> Plan:
    """Every request left out, every route empty."""
    n, m = pool.n, pool.m
    at = np.zeros(2 * n + 2 * m, AT)
    at["nxt"], at["prv"], at["rel"] = -1, -1, pool.stop["release"]
    starts = np.arange(2 * n, 2 * n + m)
    at["nxt"][starts], at["prv"][starts + m] = starts + m, starts
    dice = np.zeros(1, DICE)
    dice["state"] = (seed * 0x9E3779B97F4A7C15 + 0x1234567) % 2**64 or 1
    return Plan(at, np.full(n, -1, np.int64), np.zeros(m, ROUTE), dice)


def near_stops(time: Floats, into: Ints, out: Ints, stops: int, keep: int = NEAR_STOPS) -> Shorts:
    """[stops, min(keep, stops - 1)] the nearest of the first `stops` stops, by the mean of both ways; in blocks of rows."""
    keep = max(1, min(keep, stops - 1))
    found = np.zeros((stops, keep), np.int32)
    for first in range(0, stops, 512):
        rows = np.arange(first, min(stops, first + 512))
        there = time[np.ix_(out[rows], into[:stops])]
        back = time[np.ix_(out[:stops], into[rows])].T
        apart = np.nan_to_num(there + back, posinf=NEVER_S)
        apart[np.arange(len(rows)), rows] = np.inf
        part = np.argpartition(apart, keep - 1, axis=1)[:, :keep]
        order = np.argsort(np.take_along_axis(apart, part, axis=1), axis=1, kind="stable")
        found[rows] = np.take_along_axis(part, order, axis=1)
    return found


def build(
    *,
    time: Floats,
    pick: Ints,
    drop: Ints,
    start: Ints,
    end: Ints | None = None,
    drop_out: Ints | None = None,
    units: Ints | None = None,
    slots: int | Ints = 1,
    **given: Any,
) -> Pool:
    """A pool with defaults for what is not given.

    `time`: [C, L, L]; `pick`: [n] places, -1 where there is no pick stop; `drop`, `start`: places of drops and vehicles;
    `end`: places where vehicles must end (None: anywhere); `drop_out`: where a drop stop ends, if not at `drop`;
    `units`: [n]; `preds`: [n] lists of requests that must have ended. `given`: fields of STOP with `pick_`, `drop_` or `end_`
    before them (`drop_due`), fields of REQUEST, of VEHICLE and of Pool, each broadcast to its shape.
    """
    n, m = len(drop), len(start)
    stop, req, vehicle = np.zeros(2 * n + 2 * m, STOP), np.zeros(n, REQUEST), np.zeros(m, VEHICLE)
    picked = np.asarray(pick) >= 0
    # a request without a pick stop is near to what its drop is near to
    stop["into"][:n], stop["into"][n : 2 * n], stop["into"][2 * n : 2 * n + m] = np.where(picked, pick, drop), drop, start
    stop["into"][2 * n + m :] = -1 if end is None else end
    stop["out"] = stop["into"]
    if drop_out is not None:
        stop["out"][n : 2 * n] = drop_out
    for name, default in (
        ("opens", 0.0),
        ("release", 0.0),
        ("closes", NEVER_S),
        ("due", NEVER_S),
        ("weight", 0.0),
        ("late", 0.0),
    ):
        stop[name] = default
        stop[name][:n] = given.pop("pick_" + name, default)
        stop[name][n : 2 * n] = given.pop("drop_" + name, default)
        stop[name][2 * n + m :] = given.pop("end_" + name, default)
    work = np.zeros((time.shape[0], 2 * n + 2 * m), np.float64)
    work[:, :n], work[:, n : 2 * n] = given.pop("pick_work", 0.0), given.pop("drop_work", 0.0)
    taken = np.broadcast_to(np.asarray(1 if units is None else units), n)
    stop["units"][:n], stop["units"][n : 2 * n] = taken * picked, -taken
    heavy = np.broadcast_to(np.asarray(given.pop("kg", 0.0)), n)
    stop["kg"][:n], stop["kg"][n : 2 * n] = heavy * picked, -heavy

    req["has_pick"] = picked
    for name, default in (("alone", 0), ("left_out", 1e9), ("home", -1), ("group", -1), ("switch", 0.0)):
        req[name] = given.pop(name, default)
    after: Sequence[Sequence[int]] = given.pop("preds", [()] * n)
    req["pred_to"] = np.cumsum([len(before) for before in after]) if n else 0
    req["pred_from"] = req["pred_to"] - [len(before) for before in after]
    vehicle["slots"] = slots
    for name, default in (("cls", 0), ("carries_kg", NEVER_S), ("free", 0.0), ("aboard", 0), ("aboard_kg", 0.0)):
        vehicle[name] = given.pop(name, default)
    vehicle["kind"] = given.pop("kind", np.arange(m))
    away = time[vehicle["cls"][None, :], np.asarray(start)[None, :], stop["into"][:n, None]]
    pool = Pool(
        n=n,
        m=m,
        time=np.ascontiguousarray(time, np.float64),
        work=work,
        stop=stop,
        req=req,
        vehicle=vehicle,
        may=np.ascontiguousarray(np.broadcast_to(given.pop("may", 1), (n, m)), np.uint8),
        pred=np.array([r for before in after for r in before], np.int64),
        near=near_stops(time[0], stop["into"], stop["out"], 2 * n),
        near_start=np.argsort(away, axis=1, kind="stable").astype(np.int32),
        **{name: float(given.pop(name, default)) for name, default in WEIGHTS.items()},
    )
    if given:
        raise TypeError(f"no such fields: {', '.join(sorted(given))}")
    return pool
