"""Whatever it was told, the forecast stays within its bounds."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.planning.prediction.predictor import EXTRA_TICKS_MAX, Plans, Predictor
from fleet.planning.prediction.settings import Settings
from fleet.traffic.csr import from_grid
from fleet.traffic.fields import cost_to_go

ROADS = from_grid(("......", ".@@.@.", "......", ".@.@@.", "......"))
FIELDS = np.stack([cost_to_go(ROADS, ROADS.cost, goal) for goal in range(ROADS.n_nodes)])

crossing = st.tuples(st.integers(0, ROADS.n_edges - 1), st.floats(0, 3000), st.floats(0, 500))
trip = st.tuples(st.integers(0, ROADS.n_nodes - 1), st.integers(0, ROADS.n_nodes - 1), st.floats(0, 200), st.floats(0, 100))


@settings(max_examples=40, deadline=None)
@given(st.lists(crossing, max_size=60), st.lists(trip, max_size=20), st.floats(0, 400))
def test_weights_are_whole_positive_and_bounded_and_times_never_beat_free_flow(
    crossings: list[tuple[int, float, float]], trips: list[tuple[int, int, float, float]], lead_s: float
) -> None:
    predictor = Predictor(ROADS, Settings(samples_min=20, retrain_s=60, trial_s=30))
    for edge, began, lasted in sorted(crossings, key=lambda c: c[1] + c[2]):
        predictor.observe(began + lasted, np.array([edge]), np.array([began]), np.array([began + lasted]))
    now = 3600.0
    if trips:
        at, goal, start_s, waited_s = (np.array(column) for column in zip(*trips, strict=True))
        predictor.plan(
            now, Plans.single(at.astype(np.int32), start_s, waited_s, goal.astype(np.int32), goal.astype(np.int32), FIELDS)
        )
    weights = predictor.weights(now, lead_s=lead_s)
    assert weights.dtype == np.int32
    assert ((weights >= ROADS.cost) & (weights <= ROADS.cost + EXTRA_TICKS_MAX)).all()
    matrix = predictor.travel_matrix([0, 5], list(range(ROADS.n_nodes)), 1.0, now + lead_s)
    free = np.stack([FIELDS[:, 0], FIELDS[:, 5]]) / 8
    assert (matrix >= free - 1e-3).all()
    assert np.isfinite(matrix).all()


@settings(max_examples=40, deadline=None)
@given(st.lists(trip, min_size=1, max_size=20))
def test_planned_flow_leaves_every_start_once_and_crosses_no_edge_more_often_than_there_are_robots(
    trips: list[tuple[int, int, float, float]],
) -> None:
    predictor = Predictor(ROADS)
    at, goal, start_s, waited_s = (np.array(column) for column in zip(*trips, strict=True))
    predictor.plan(
        0.0, Plans.single(at.astype(np.int32), start_s, waited_s, goal.astype(np.int32), goal.astype(np.int32), FIELDS)
    )
    total = predictor.outlook.flow.sum(axis=0)
    hops = float(sum(FIELDS[g, a] for a, g in zip(at, goal, strict=True))) / 8
    assert total.max(initial=0.0) <= len(trips) + 1e-3
    assert hops * 0.98 - 0.01 <= total.sum() <= hops + 1e-3
