"""The forecast: answers from the first moment, learns, and lets no model answer that has not won."""

from __future__ import annotations

import dataclasses
import json
import math

import numpy as np
import pytest

from fleet.contracts.errors import InvalidInput
from fleet.planning.prediction import stored
from fleet.planning.prediction.features import NAMES
from fleet.planning.prediction.predictor import Plans, Predictor
from fleet.planning.prediction.progress import Progress
from fleet.planning.prediction.ridge import Model
from fleet.planning.prediction.settings import Settings
from fleet.planning.prediction.trial import Level
from fleet.planning.prediction.trips import SCALE_MAX, Trips
from fleet.traffic.csr import from_grid
from fleet.traffic.fields import cost_to_go
from tests.unit.prediction_world import QUICK, Streets, roads


@pytest.fixture(scope="module")
def learnt() -> Streets:
    world = Streets(Predictor(roads(), QUICK), seed=3)
    world.run(140)
    return world


def garbage(horizons_s: tuple[float, ...]) -> Model:
    """Says 50 s for every edge."""
    n = len(NAMES)
    flat = tuple((0.0,) * n for _ in horizons_s)
    return dataclasses.replace(
        Model("garbage", 0.0, 1, "", horizons_s, flat, tuple((1.0,) * n for _ in horizons_s), ()),
        coef=tuple((*(0.0,) * n, 50.0) for _ in horizons_s),
    )


def test_without_data_everything_is_free_flow() -> None:
    predictor = Predictor(roads())
    net = predictor.roads
    assert np.array_equal(predictor.weights(0.0), net.cost)
    assert predictor.travel_s(net.node_index["0-0"], net.node_index["7-0"], 1.0, 0.0) == pytest.approx(7.0)
    assert predictor.travel_s(net.node_index["0-0"], net.node_index["7-0"], 0.5, 0.0) == pytest.approx(14.0)
    assert math.isinf(predictor.travel_s(net.node_index["0-0"], net.node_index["0-2"], 1.0, 0.0))
    assert predictor.edge_delay_s(0, 100.0) == 0.0


def test_a_delay_seen_is_the_first_forecast_and_fades_when_nothing_more_is_seen() -> None:
    predictor = Predictor(roads())
    edge = np.array([3], np.int32)
    for _ in range(8):
        predictor.observe(10.0, edge, np.array([0.0]), np.array([7.0]))
    predictor.step(16.0)
    first = predictor.edge_delay_s(3, 16.0)
    assert 4.0 < first <= 6.0
    predictor.step(600.0)
    assert predictor.edge_delay_s(3, 600.0) < first / 5


def test_the_forecast_wins_where_plans_tell_what_means_cannot(learnt: Streets) -> None:
    trial = learnt.predictor.trial
    assert trial.serving is not None
    assert learnt.predictor.levels()[0] is Level.FORECAST
    errors = trial.errors_s(0)
    assert errors["forecast"] < 0.8 * errors["mean"]


def test_the_forecast_prefers_the_street_that_nobody_plans_to_take(learnt: Streets) -> None:
    predictor = learnt.predictor
    busy = np.full(12, 0, np.int32)
    now = predictor.history.bin * predictor.settings.bin_s
    predictor.plan(
        now, Plans.single(learnt.starts[busy], np.full(12, 30.0), np.zeros(12), busy, learnt.goals[busy], learnt.fields)
    )
    middle = [int(edges[3]) for edges in learnt.edges]
    assert predictor.edge_delay_s(middle[0], now + 30) > predictor.edge_delay_s(middle[1], now + 30)


def test_a_worse_model_never_leaves_the_shadow() -> None:
    world = Streets(Predictor(roads(), dataclasses.replace(QUICK, retrain_s=1e9)), seed=1)
    world.run(10)
    world.predictor.trial.propose(garbage(QUICK.horizons_s))
    world.run(50, first=10)
    assert world.predictor.trial.serving is None
    assert world.predictor.trial.candidate is None
    assert "garbage refused" in world.predictor.trial.told[-1]


def test_a_model_in_service_that_has_become_bad_does_not_answer_any_more() -> None:
    world = Streets(Predictor(roads(), dataclasses.replace(QUICK, retrain_s=1e9)), seed=1)
    world.predictor.trial.serving = garbage(QUICK.horizons_s)
    world.run(5)
    assert world.predictor.levels()[0] is Level.FORECAST, "a stored model is believed until it was scored"
    world.run(40, first=5)
    assert Level.FORECAST not in world.predictor.levels()
    assert max(world.predictor.delays_s(30.0)) < 20.0


def test_level_max_free_switches_the_prediction_off(learnt: Streets) -> None:
    learnt.predictor.level_max = Level.FREE
    try:
        learnt.predictor.step(learnt.predictor._now + 15.0)
        assert not learnt.predictor.delays_s(30.0).any()
    finally:
        learnt.predictor.level_max = Level.FORECAST


def test_the_same_history_gives_the_same_model() -> None:
    ids = []
    for _ in range(2):
        world = Streets(Predictor(roads(), QUICK), seed=5)
        world.run(60)
        model = world.predictor.trial.serving or world.predictor.trial.candidate
        assert model is not None
        ids.append((model.id, model.n, model.trained_at))
    assert ids[0] == ids[1]


def test_what_was_learnt_survives_a_restart(learnt: Streets) -> None:
    text = stored.pack(learnt.predictor)
    assert len(text) <= QUICK.store_max
    fresh = Predictor(roads(), QUICK)
    stored.unpack(text, fresh)
    assert fresh.trial.serving == learnt.predictor.trial.serving
    assert fresh.history.slot_delay_s == pytest.approx(learnt.predictor.history.slot_delay_s, rel=0.03, abs=0.02)
    assert fresh.levels()[0] is Level.FORECAST


def test_what_was_stored_for_other_roads_is_refused(learnt: Streets) -> None:
    other = Predictor(from_grid(("...",)), QUICK)
    with pytest.raises(InvalidInput, match="other roads"):
        stored.unpack(stored.pack(learnt.predictor), other)


@pytest.mark.parametrize("change", [{"features": "old"}, {"coef": [[1.0]]}, {"scale": "x"}, {"mean": None}])
def test_a_stored_model_that_does_not_fit_is_refused_and_changes_nothing(learnt: Streets, change: dict[str, object]) -> None:
    raw = json.loads(stored.pack(learnt.predictor))
    raw["model"].update(change)
    fresh = Predictor(roads(), QUICK)
    with pytest.raises(InvalidInput):
        stored.unpack(json.dumps(raw), fresh)
    assert fresh.trial.serving is None


def test_the_stored_text_keeps_its_bound_by_leaving_the_rhythm_out(learnt: Streets) -> None:
    predictor = learnt.predictor
    whole = stored.pack(predictor)
    predictor.settings = dataclasses.replace(QUICK, store_max=len(whole) - 1)
    try:
        text = stored.pack(predictor)
    finally:
        predictor.settings = QUICK
    assert len(text) < len(whole)
    assert "rhythm" not in json.loads(text)


def test_a_robot_pushed_aside_has_crossed_nothing_until_it_is_past_that_point() -> None:
    net = roads()
    index = net.node_index
    fields = np.stack([cost_to_go(net, net.cost, index["7-0"])])
    progress, me, row = Progress(1), np.array([0]), np.array([0])

    def come(start: str, end: str, now: float) -> tuple[int, ...]:
        edge = np.array([net.edge_index[f"{start}>{end}"]])
        found, began, ended = progress.arrived(me, edge, np.array([index[end]]), fields, row, now)
        return tuple(float(x) for x in (*found, *began, *ended))

    progress.begin(me, np.array([index["1-0"]]), 0.0)
    assert come("1-0", "0-0", 1.0) == ()
    assert come("0-0", "1-0", 3.0) == ()
    assert come("1-0", "2-0", 4.0) == (net.edge_index["1-0>2-0"], 0.0, 4.0)


def test_trips_that_take_longer_than_said_scale_the_next_ones_within_bounds() -> None:
    trips = Trips()
    assert trips.scale == 1.0
    for _ in range(500):
        trips.ended(10.0, 20.0, 30.0)
    assert 1.7 < trips.scale < 2.0
    for _ in range(2000):
        trips.ended(10.0, 10.0, 1000.0)
    assert trips.scale == SCALE_MAX


@pytest.mark.parametrize(
    ("field", "value"), [("bin_s", 0.0), ("horizons_s", ()), ("horizons_s", (60.0, 30.0)), ("margin", 1.0), ("slots", 0)]
)
def test_settings_that_make_no_sense_are_refused(field: str, value: object) -> None:
    with pytest.raises(InvalidInput):
        Settings(**{field: value})  # type: ignore[arg-type]


def test_crossings_that_cannot_be_are_refused() -> None:
    predictor = Predictor(roads())
    for edge, began in ((-1, 0.0), (10_000, 0.0), (0, math.nan)):
        with pytest.raises(InvalidInput):
            predictor.observe(1.0, np.array([edge]), np.array([began]), np.array([1.0]))
