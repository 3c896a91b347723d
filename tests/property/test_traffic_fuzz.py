"""Any order of calls: holdings stay exclusive, errors are typed, and robots freed of trouble all reach their goals."""

from __future__ import annotations

import contextlib
import math

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fleet.contracts.errors import FleetError
from fleet.layout.graph import SiteEdge, SiteGraph, SiteNode
from fleet.traffic.control import TrafficControl

_POINTS = {f"n{x}{y}": (3.0 * x, 3.0 * y) for x in range(4) for y in range(3)} | {f"h{x}": (3.0 * x, -3.0) for x in range(4)}
_LANES = [(f"n{x}{y}", f"n{x + 1}{y}") for x in range(3) for y in range(3)] + [(f"h{x}", f"n{x}0") for x in range(4)]
_LANES += [(f"n{x}{y}", f"n{x}{y + 1}") for x in (0, 3) for y in range(2)]
_PAIRS = [pair for a, b in _LANES for pair in ((a, b), (b, a))]
GRAPH = SiteGraph.build(
    [SiteNode(n, x, y) for n, (x, y) in _POINTS.items()],
    [SiteEdge(f"{a}{b}", a, b, math.dist(_POINTS[a], _POINTS[b])) for a, b in _PAIRS],
)
ROBOTS = ["R0", "R1", "R2"]

_robots, _nodes = st.sampled_from(ROBOTS), st.sampled_from(sorted(_POINTS))
_calls = st.one_of(
    st.tuples(st.just("goal"), _robots, _nodes),
    st.tuples(st.just("clear"), _robots),
    st.tuples(st.just("drive"), _robots),
    st.tuples(st.just("drive"), _robots),
    st.tuples(st.just("passed"), _robots, _nodes),
    st.tuples(st.just("stall"), _robots, st.booleans()),
    st.tuples(st.just("close"), st.frozensets(_nodes, max_size=3)),
    st.tuples(st.just("hold"), st.booleans()),
    st.tuples(st.just("wait"), st.floats(0, 400)),
)


def fresh() -> TrafficControl:
    traffic = TrafficControl(GRAPH)
    for index, robot in enumerate(ROBOTS):
        traffic.add_robot(robot, home=f"h{index}", length_m=1.0, width_m=0.7, speed_mps=1.5)
        traffic.place(robot, f"h{index}", now=0.0)
    return traffic


def drive(traffic: TrafficControl, robot: str, now: float) -> None:
    view = traffic.route(robot)
    if view.base_nodes > 1:
        traffic.passed(robot, view.nodes[1], now)


def call(traffic: TrafficControl, verb: tuple[object, ...], now: float) -> None:
    match verb:
        case ("goal", str(robot), str(node)):
            traffic.set_goal(robot, node, now=now)
        case ("clear", str(robot)):
            traffic.clear_goal(robot, now)
        case ("drive", str(robot)):
            drive(traffic, robot, now)
        case ("passed", str(robot), str(node)) if node not in traffic.route(robot).nodes[1:]:
            traffic.passed(robot, node, now)  # a lie: ignored
        case ("stall", str(robot), bool(standing)):
            traffic.set_obstacle(robot, standing, now)
        case ("close", frozenset() as nodes):
            traffic.close_nodes(nodes, now)
        case ("hold", bool(held)):
            traffic.hold_all(held)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(calls=st.lists(_calls, max_size=60))
def test_any_order_of_calls_is_safe_and_nobody_is_stuck_after_it(calls: list[tuple[object, ...]]) -> None:
    traffic = fresh()
    now = 0.0
    for verb in calls:
        now += verb[1] if verb[0] == "wait" and isinstance(verb[1], float) else 0.5
        with contextlib.suppress(FleetError):
            call(traffic, verb, now)
        traffic.step(now)
        traffic.check()
        traffic.explain()
    # trouble over: everyone gets a goal of its own, then goes home
    traffic.hold_all(False)
    traffic.close_nodes(frozenset(), now)
    for robot in ROBOTS:
        traffic.set_obstacle(robot, False, now)
    for goals in (("n12", "n22", "n11"), ("h0", "h1", "h2")):
        for robot, goal in zip(ROBOTS, goals, strict=True):
            traffic.set_goal(robot, goal, now=now)
        deadline = now + 1500.0
        while any(traffic.route(robot).nodes != (goal,) for robot, goal in zip(ROBOTS, goals, strict=True)):
            now += 1.0
            for robot in ROBOTS:
                drive(traffic, robot, now)
                if traffic.route(robot).nodes == (traffic.route(robot).goal,):
                    # work done, out of the way of others: as the edge node does
                    traffic.clear_goal(robot, now)
            for robot in traffic.to_evict(now):
                traffic.set_goal(robot, f"h{ROBOTS.index(robot)}", now=now)
            traffic.step(now)
            traffic.check()
            arrived = {r for r, g in zip(ROBOTS, goals, strict=True) if traffic.route(r).nodes == (g,)}
            for robot, goal in zip(ROBOTS, goals, strict=True):
                if robot not in arrived and traffic.route(robot).goal is None:
                    traffic.set_goal(robot, goal, now=now)
            assert now < deadline, [traffic.route(robot) for robot in ROBOTS]
