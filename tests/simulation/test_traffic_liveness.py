"""Everybody arrives: every placement on small floors, and floors full of dead ends with random stalls (decision 0012)."""

from __future__ import annotations

import pytest

from benchmarks.traffic import liveness


def test_every_placement_on_every_floor_of_up_to_four_nodes_is_solved_when_it_can_be() -> None:
    result = liveness.floors(4, 0, seed=7)
    assert result["placements"] == 98
    assert result["failed"] == []


@pytest.mark.parametrize("floor", sorted(liveness.FLOORS))
def test_stalls_delay_everybody_and_stop_nobody(floor: str) -> None:
    moves, longest, reached = liveness.stall_run(liveness.FLOORS[floor], 0.15, 500, seed=3)
    assert moves >= 500
    assert reached > 20
    assert longest < 1000
