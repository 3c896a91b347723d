"""Each rule of the protocol is broken once: some invariant must fall, or the harness would prove nothing."""

from __future__ import annotations

import pytest

from drover.simulation.fsp.mutations import MUTATIONS, applied
from drover.simulation.fsp.run import simulate

#: Histories until a broken rule must have shown itself.
SEEDS_MAX = 60
#: Where a rule shows itself first, to be quick (found by `drover bench sync --mutate`).
HINTS = {
    "delete-on-publish": 0,
    "ack-before-commit": 1,
    "send-before-persist": 7,
    "numbers-not-stored": 4,
    "coalesce-in-flight": 11,
    "refill-skipped": 14,
    "restored-hub-unnoticed": 14,
    "deletions-not-refilled": 15,
    "strangers-believed": 17,
    "restored-edge-trusted": 22,
}


@pytest.mark.parametrize("rule", MUTATIONS)
def test_a_broken_rule_makes_an_invariant_fall(rule: str) -> None:
    first = HINTS.get(rule, 0)
    with applied(rule):
        for seed in [first, *(s for s in range(SEEDS_MAX) if s != first)]:
            if simulate(seed, hours=1.0).violations:
                return
    pytest.fail(f"{rule}: nothing fell in {SEEDS_MAX} histories")


def test_mutations_are_undone() -> None:
    with applied("no-dedupe"):
        assert simulate(0, hours=0.5).violations
    assert not simulate(0, hours=0.5).violations
