"""A process that dies at any single step of a short day: nothing is lost, nothing is done twice, both sides end alike."""

from __future__ import annotations

import pytest

from drover.simulation.fsp.crashes import play


def test_the_script_itself_goes_well() -> None:
    points, violations = play(0)
    assert points > 100
    assert not violations


@pytest.mark.parametrize("share", range(8))
def test_a_crash_at_any_step_breaks_no_rule(share: int) -> None:
    points, _ = play(0)
    fell = {at: violations for at in range(1 + share, points + 1, 8) if (violations := play(at)[1])}
    assert not fell
