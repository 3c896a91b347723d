"""The edge node's clock: never back, whatever the wall clock says and however often the machine restarts."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from fleet_io.clock import BootClock, boot_seconds

YEAR_S = 365 * 86400.0
NOW = 1_790_000_000.0


def test_it_says_the_wall_clock_at_the_start_and_counts_on_by_boot_time() -> None:
    boot = [50.0]
    clock = BootClock(0.0, wall=lambda: NOW, boot=lambda: boot[0])
    assert clock() == NOW
    boot[0] += 3600.0  # a suspended hour counts: boot time goes on in it
    assert clock() == NOW + 3600.0


def test_a_dead_real_time_clock_does_not_put_it_back_into_1970() -> None:
    clock = BootClock(NOW, wall=lambda: 12.0, boot=lambda: 3.0)
    assert clock() == NOW


def test_a_wall_clock_that_is_set_while_it_runs_moves_nothing() -> None:
    wall = [NOW]
    clock = BootClock(0.0, wall=lambda: wall[0], boot=lambda: 7.0)
    wall[0] -= 10 * YEAR_S
    assert clock() == NOW


@given(st.lists(st.tuples(st.floats(0.0, 4e9), st.floats(0.0, 1e6)), min_size=1, max_size=20))
def test_over_any_restarts_with_any_wall_clock_it_never_goes_back(starts: list[tuple[float, float]]) -> None:
    """Each start: what the wall clock says, and how long the run lasts; the floor is what was written down at its end."""
    floor = seen = 0.0
    for wall_at, lasts_s in starts:
        boot = [0.0]
        clock = BootClock(floor, wall=lambda at=wall_at: at, boot=lambda now=boot: now[0])  # type: ignore[misc]
        assert clock() >= seen
        boot[0] += lasts_s
        assert clock() >= seen
        seen = floor = clock()


def test_the_machine_itself_has_a_boot_time_that_rises() -> None:
    before = boot_seconds()
    time.sleep(0.002)
    assert boot_seconds() > before
    assert abs(BootClock()() - time.time()) < 1.0
