"""The edge node learns from its own robots, plans and tells ETAs by it, and keeps it over a restart."""

from __future__ import annotations

from edge_node.core import forecasts
from tests.unit.edge_world import World


def test_an_edge_node_learns_from_what_its_robots_drive_and_keeps_it() -> None:
    world = World()
    world.transport(robot="AMR-1")
    assert world.run(300, world.ended)
    forecast = world.core._ctx.forecast
    assert forecast is not None
    assert forecast.predictor.history.crossings > 0.1
    world.now += forecasts.STORE_S
    world.run(30)
    stored = world.values[forecasts.VALUE]
    assert len(stored) <= forecast.predictor.settings.store_max
    world.kill_edge()
    world.run(20)
    again = world.core._ctx.forecast
    assert again is not None
    assert again is not forecast
    assert again.predictor.history.slot_bins.sum() >= 6
