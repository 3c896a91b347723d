"""The whole protocol under every fault: no invariant falls. Seeds that once failed are played first, for ever."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest

from drover.simulation.fsp.config import draw
from drover.simulation.fsp.run import Outcome, simulate

CORPUS = json.loads((Path(__file__).parent / "corpus.json").read_text("utf-8"))


def told(outcome: Outcome) -> str:
    fell = "\n".join(f"  {v.rule} at {v.at_s} s: {v.text}" for v in outcome.violations)
    again = f"drover bench sync --seed {outcome.seed} --seeds 1 --hours {outcome.hours}"
    return f"seed {outcome.seed} ({again}):\n{fell}"


@pytest.mark.parametrize("case", CORPUS, ids=lambda case: f"seed-{case['seed']}")
def test_a_seed_that_once_failed_stays_mended(case: dict[str, object]) -> None:
    outcome = simulate(int(str(case["seed"])), hours=1.0)
    assert not outcome.violations, told(outcome)


@pytest.mark.parametrize("block", range(5))
def test_no_invariant_falls_in_any_history(block: int) -> None:
    for seed in range(100_000 + 20 * block, 100_000 + 20 * (block + 1)):
        outcome = simulate(seed, hours=0.5)
        assert not outcome.violations, told(outcome)


def test_the_same_seed_is_the_same_history() -> None:
    one, two = simulate(5, hours=0.3), simulate(5, hours=0.3)
    assert replace(one, wall_s=0.0) == replace(two, wall_s=0.0)


def test_wall_clocks_do_not_matter() -> None:
    """I17: nodes run on boot time; with wall clocks ten years off, this way and that, the history is the same."""
    for seed in (3, 7):
        config = draw(random.Random(f"config {seed}"), hours=0.3)
        one = simulate(seed, config=config)
        two = simulate(seed, config=replace(config, wall_skew_s=10 * 365 * 86400.0))
        assert (one.events, one.frames, one.violations) == (two.events, two.frames, two.violations)


def test_a_quiet_world_without_faults_converges_at_once() -> None:
    config = replace(draw(random.Random("quiet"), hours=0.2), faults=(), crash=0.0, edges=3)
    outcome = simulate(1, config=config)
    assert not outcome.violations, told(outcome)
    assert outcome.settled_s <= 60.0
