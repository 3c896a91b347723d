"""How long a site can run alone, and what ends first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.autonomy.budget import BudgetInputs, LeaseInput, Scope, budget_status, offline_budget
from fleet.autonomy.durations import in_words
from fleet.autonomy.rate import LEAST_S, WINDOW_S, RateMeter
from fleet.contracts.resources import OnDisconnect

NOW = 1_790_000_000.0
DAY_S = 86400.0
MIB = 2**20


def inputs(**changes: object) -> BudgetInputs:
    given: dict[str, object] = {
        "quota_bytes": 256 * MIB,
        "queued_bytes": 0,
        "bytes_per_s": 39.4,
        "disk_free_bytes": 20 * 1024 * MIB,
    }
    return BudgetInputs(**{**given, **changes})  # type: ignore[arg-type]


def test_the_queue_ends_first_and_the_sentence_says_how_long() -> None:
    budget = offline_budget(inputs(), NOW)
    assert budget.sentence == "can run 63 d without the cloud; what ends first: storage"
    assert budget.seconds == pytest.approx(0.8 * 256 * MIB / 39.4)
    assert budget.first.name == budget.first_of_site.name == "storage"


def test_a_small_disk_ends_before_the_queue_and_its_reserve_is_not_counted_as_room() -> None:
    budget = offline_budget(inputs(disk_free_bytes=40 * MIB, reserve_bytes=8 * MIB), NOW)
    assert budget.first.name == "disk"
    assert budget.seconds == pytest.approx(32 * MIB / (39.4 * 1.6))


def test_a_task_that_stops_by_its_policy_is_told_but_does_not_end_the_site() -> None:
    leases = (
        LeaseInput("m1-1", OnDisconnect.STOP_NOW, NOW + 45.0),
        LeaseInput("m2-1", OnDisconnect.CONTINUE, NOW + 5.0),
    )
    budget = offline_budget(inputs(leases=leases), NOW)
    assert (budget.first.name, budget.first.seconds, budget.first.scope) == ("lease of m1-1", 45.0, Scope.TASK)
    assert budget.first_of_site.name == "storage"
    assert budget.sentence.endswith("what ends first: storage; 1 task will, by its policy, not go on (from 45 s on)")
    assert not any("m2-1" in limit.name for limit in budget.limits)


def test_a_full_queue_says_that_no_new_work_is_taken() -> None:
    budget = offline_budget(inputs(queued_bytes=230 * MIB), NOW)
    assert budget.seconds == 0.0
    assert budget.sentence.startswith("takes no new work until the cloud is back: storage")


def test_before_the_rate_is_known_and_where_nothing_is_written_no_number_is_made_up() -> None:
    for rate in (None, 0.0):
        budget = offline_budget(inputs(bytes_per_s=rate), NOW)
        assert budget.seconds is None
        assert budget.sentence == "can run without the cloud with no end in sight"
        assert budget_status(budget) == {"offline_budget_s": None, "offline_limit": ""}


def test_nothing_that_the_cloud_issues_ends_local_work() -> None:
    budget = offline_budget(inputs(bytes_per_s=0.0, away_since=NOW - 40 * DAY_S, expiries={"certificate": NOW + DAY_S}), NOW)
    scopes = {limit.name: limit.scope for limit in budget.limits}
    assert scopes["certificate"] is scopes["deletions"] is Scope.MERGE
    assert budget.seconds is None
    assert any(limit.sentence.startswith("no expiry") for limit in offline_budget(inputs(), NOW).limits)


@given(
    quota=st.integers(0, 2**40),
    queued=st.integers(0, 2**41),
    rate=st.one_of(st.none(), st.floats(0, 1e9)),
    free=st.one_of(st.none(), st.integers(0, 2**45)),
    ends=st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6)), max_size=5),
)
def test_limits_are_sorted_and_never_negative_whatever_comes_in(
    quota: int, queued: int, rate: float | None, free: int | None, ends: list[float | None]
) -> None:
    leases = tuple(LeaseInput(f"t{i}", OnDisconnect.STOP_NOW, at if at is None else NOW + at) for i, at in enumerate(ends))
    budget = offline_budget(BudgetInputs(quota, queued, rate, free, leases=leases), NOW)
    known = [limit.seconds for limit in budget.limits if limit.seconds is not None]
    assert known == sorted(known)
    assert all(seconds >= 0.0 for seconds in known)
    assert [limit.seconds is None for limit in budget.limits] == sorted(limit.seconds is None for limit in budget.limits)
    site = [s for limit in budget.limits if limit.scope is Scope.SITE and (s := limit.seconds) is not None]
    assert budget.seconds == min(site, default=None)


def test_the_status_stays_as_it_is_while_the_budget_hardly_changes() -> None:
    first = budget_status(offline_budget(inputs(), NOW))
    steady = budget_status(offline_budget(inputs(bytes_per_s=41.0), NOW), first["offline_budget_s"], first["offline_limit"])
    assert steady == first
    less = budget_status(offline_budget(inputs(bytes_per_s=60.0), NOW), first["offline_budget_s"], first["offline_limit"])
    assert less["offline_budget_s"] < first["offline_budget_s"]


def test_durations_are_rounded_down_with_two_figures_at_least() -> None:
    assert [in_words(s) for s in (0.4, 119.0, 120.0, 7199.0, 7200.0, 172800.0)] == [
        "0 s",
        "119 s",
        "2 min",
        "119 min",
        "2 h",
        "2 d",
    ]


def test_the_rate_is_measured_over_a_day_and_an_earlier_run_counts_until_then() -> None:
    meter = RateMeter(NOW, prior=10.0)
    assert meter.rate(NOW + LEAST_S - 1) == 10.0
    now = NOW
    while now < NOW + WINDOW_S:
        now += 60.0
        meter.add(60 * 50, now)
    assert meter.rate(now) == pytest.approx(50.0, rel=0.01)
    half = RateMeter(NOW, prior=10.0)
    half.add(int(50 * WINDOW_S / 2), NOW + WINDOW_S / 2)
    assert half.rate(NOW + WINDOW_S / 2) == pytest.approx(30.0)


def test_a_site_that_falls_quiet_is_not_told_an_old_rate() -> None:
    meter = RateMeter(NOW)
    assert meter.rate(NOW + 1) is None
    meter.add(10**9, NOW + 1)
    assert meter.rate(NOW + 3 * WINDOW_S) == 0.0
