"""Compiles the loops of the forecast, with the types that they meet in service (fleet/traffic/warm.py)."""

from __future__ import annotations

import numpy as np

from fleet.planning.prediction.predictor import Plans, Predictor
from fleet.traffic.csr import from_grid
from fleet.traffic.fields import cost_to_go


def warm() -> None:
    """Calls each loop once."""
    predictor = Predictor(from_grid(("...", "...")))
    field = cost_to_go(predictor.roads, predictor.roads.cost, 5)
    one, still = np.zeros(1, np.int32), np.zeros(1)
    predictor.plan(0.0, Plans.single(one, still, still, one, one + 5, field[None, :].copy()))
    predictor.travel_s(0, 5, 1.0, 0.0)
    predictor.edge_delay_s(0, 10.0)
    way = predictor.way(field, 0, 5)
    assert way is not None
    predictor.eta(way, 0.0)
