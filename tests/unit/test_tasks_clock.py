"""Times as people say them."""

from __future__ import annotations

import pytest

from fleet.contracts.command_ir import InMinutes, WithinMinutes
from fleet.contracts.errors import InvalidInput
from fleet.tasks.clock import clock, moment_at, span

TEN = 1_789_984_800.0  # 10:00 UTC


@pytest.mark.parametrize(
    ("when", "hours"),
    [
        ("10:00", 0.0),
        ("15:30", 5.5),
        ("09:00", -1.0),
        ("04:00", -6.0),
        ("03:59", 18 - 1 / 60),
        (InMinutes(in_minutes=90), 1.5),
        (WithinMinutes(within_minutes=0), 0.0),
    ],
)
def test_a_time_is_the_nearest_one_ahead_or_up_to_six_hours_back(when: str | InMinutes | WithinMinutes, hours: float) -> None:
    assert moment_at(when, now=TEN) == pytest.approx(TEN + hours * 3600)


def test_the_site_clock_may_be_ahead_of_utc() -> None:
    assert moment_at("12:30", now=TEN, utc_offset_s=7200) == TEN + 1800
    assert clock(TEN, 7200) == "12:00"


@pytest.mark.parametrize("when", ["25:00", "noon", "", "12", InMinutes(in_minutes=-1), InMinutes(in_minutes=float("nan"))])
def test_what_is_no_time_is_refused_naming_the_field(when: str | InMinutes) -> None:
    with pytest.raises(InvalidInput) as error:
        moment_at(when, now=TEN, field="tasks[0].not_before")
    assert error.value.field == "tasks[0].not_before"


def test_spans_are_in_the_unit_that_people_use() -> None:
    assert [span(s) for s in (-3, 42, 600, 7800, 7200)] == ["0 s", "42 s", "10 min", "2 h 10 min", "2 h"]
