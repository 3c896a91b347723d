"""The forecast of a site by its names, as the edge node uses it."""

from __future__ import annotations

import pytest

from fleet.layout.graph import SiteEdge, SiteGraph, SiteNode
from fleet.planning.prediction.site import SiteForecast
from fleet.planning.prediction.usefulness import Usefulness
from fleet.planning.prediction.warm import warm
from fleet.planning.travel import TravelTimes


def street() -> SiteGraph:
    """a - b - c in a row, 3 m each, and back; c is slow to enter."""
    nodes = [SiteNode(n, 3.0 * i, 0.0) for i, n in enumerate("abc")]
    pairs = [("a", "b"), ("b", "c"), ("c", "b"), ("b", "a")]
    return SiteGraph.build(nodes, [SiteEdge(f"{s}{e}", s, e, 3.0, 0.5 if e == "c" else None) for s, e in pairs])


def drive(forecast: SiteForecast, robot: str, at: float, *, waits_s: float) -> None:
    """From a over b to c at 1 m/s, waiting in front of b."""
    forecast.follow(robot, f"{robot}-{at}", "a", at, 1.0)
    forecast.passed(robot, "b", at + 3.0 + waits_s)
    forecast.passed(robot, "c", at + 9.0 + waits_s)
    forecast.follow(robot, None, "c", at + 10.0 + waits_s)


def test_without_history_a_way_takes_its_free_flow_time_under_speed_limits() -> None:
    forecast = SiteForecast(street())
    way = [forecast.graph.edges["ab"], forecast.graph.edges["bc"]]
    assert forecast.way_s(way, 0.0, 1.0) == pytest.approx(3.0 + 6.0)
    assert forecast.delays_s() == {}


def test_waits_that_were_met_are_expected_most_on_that_edge() -> None:
    forecast = SiteForecast(street())
    for k in range(6):
        drive(forecast, f"r{k % 2}", 20.0 * k, waits_s=5.0)
    forecast.step(150.0)
    delays = forecast.delays_s()
    assert delays["ab"] == max(delays.values())
    assert 3.0 < delays["ab"] <= 5.5
    way = [forecast.graph.edges["ab"], forecast.graph.edges["bc"]]
    assert 12.0 < forecast.way_s(way, 150.0, 1.0) <= 15.5
    travel = TravelTimes(forecast.graph, delay_s=delays)
    assert travel("a", "c", 1.0) == pytest.approx(9.0 + delays["ab"] + delays.get("bc", 0.0))


def test_work_between_two_legs_is_nobodys_delay() -> None:
    forecast = SiteForecast(street())
    forecast.follow("r", "one", "a", 0.0, 1.0)
    forecast.passed("r", "b", 3.0)
    forecast.follow("r", "two", "b", 100.0, 1.0)
    forecast.passed("r", "c", 106.0)
    forecast.step(120.0)
    assert forecast.predictor.history.crossings > 1.0
    assert forecast.delays_s() == {}


def test_ways_in_hand_become_planned_flow_on_their_edges() -> None:
    forecast = SiteForecast(street())
    edges = forecast.graph.edges
    forecast.plan([("r", [edges["ab"], edges["bc"]]), ("s", [])], 0.0)
    flow = forecast.predictor.outlook.flow.sum(axis=0)
    index = forecast.predictor.roads.edge_index
    assert [flow[index[e]] for e in ("ab", "bc", "cb", "ba")] == [1.0, 1.0, 0.0, 0.0]


def test_what_one_run_learnt_serves_the_next_on_this_layout_only() -> None:
    first = SiteForecast(street())
    drive(first, "r", 0.0, waits_s=5.0)
    first.step(60.0)
    assert SiteForecast(street()).restore(first.store())
    assert not SiteForecast(street()).restore("{}")
    assert not SiteForecast(street()).restore("no json")


def test_guidance_does_not_listen_to_plans_where_nobody_is_delayed_or_plans_tell_nothing() -> None:
    forecast = SiteForecast(street())
    predictor = forecast.predictor
    for k in range(10):
        drive(forecast, f"r{k}", 15.0 * k, waits_s=0.0)
        forecast.plan([("x", [forecast.graph.edges["ab"]])], 15.0 * k)
    assert predictor.flows() is None, "no delays"
    for k in range(10, 30):
        drive(forecast, f"r{k}", 15.0 * k, waits_s=3.0)
        forecast.plan([("x", [forecast.graph.edges["ab"], forecast.graph.edges["bc"]])], 15.0 * k)
    assert isinstance(predictor.usefulness, Usefulness)
    assert predictor.usefulness.n > 10
    listens = predictor.flows() is not None
    assert listens == (predictor.usefulness.planned_error <= 0.95 * predictor.usefulness.mean_error)
    predictor.usefulness.planned_error = 10 * predictor.usefulness.mean_error
    assert predictor.flows() is None
    predictor.usefulness.planned_error = 0.0
    assert predictor.flows() is not None


def test_the_loops_compile_with_the_types_of_service() -> None:
    warm()
