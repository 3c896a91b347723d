"""Each rule of the protocol is broken once: some invariant must fall, or the harness would prove nothing."""

from __future__ import annotations

import pytest

from drover.simulation.fsp.mutations import MUTATIONS, applied
from drover.simulation.fsp.run import simulate

#: Histories until a broken rule must have shown itself.
SEEDS_MAX = 60
#: Where a rule shows itself first, to be quick (found by `drover bench sync --mutate`).
HINTS = {
    "ack-before-commit": 1,
    "coalesce-in-flight": 4,
    "refill-skipped": 8,
    "deletions-not-refilled": 107,
    "no-quarantine": 6,
    "restored-edge-trusted": 45,
    "restored-hub-unnoticed": 8,
    "strangers-believed": 37,
    "poison-never-dropped": 1,
    "digest-never-compared": 3,
    "no-resend": 4,
    "old-answers-believed": 218,
    "resync-place-kept": 4,
    "lease-never-ends": 2,
    "unsettled-renewal": 35,
    "lease-not-awaited": 2,
    "fence-unchecked": 157,
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
