"""Days without the cloud (I12): a short piece of benchmarks/offline_days.py, which runs 400 of them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from drover.simulation.offline_days import Year
from edge_node.core import retention
from fleet.sync.machine import Limits


def test_a_site_runs_for_days_without_its_cloud_over_power_cuts_and_wrong_clocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "ENDED_MISSIONS_MAX", 3)  # forgotten here long before the cloud is back
    year = Year(tmp_path, days=2, seed=7, reboots=3, per_day=6, granted=3)
    outcome = asyncio.run(year.run())
    assert outcome.failed == []
    assert outcome.reboots == 3
    assert outcome.clock_jumps >= 1
    assert outcome.missions == 12
    assert outcome.unended == []
    assert outcome.stuck == []
    assert outcome.granted_done == outcome.granted >= 1
    assert outcome.good
    assert outcome.home.rows["ev"] >= 2 * outcome.missions
    assert outcome.home_missing == 0
    assert outcome.told == len(outcome.accepted)
    assert outcome.ends["done"] >= 8
    assert outcome.ends["failed"] == 0
    assert outcome.clock_went_back == 0
    assert (outcome.missing_rows, outcome.refused_rows) == (0, 0)
    assert "without the cloud" in outcome.budget


def test_a_full_queue_refuses_new_work_finishes_what_it_has_and_loses_nothing(tmp_path: Path) -> None:
    """The bound is reached after a few missions here; with a share of the disk it is after hundreds of thousands."""
    limits = Limits(quota_bytes=190_000)
    outcome = asyncio.run(Year(tmp_path, days=1, seed=3, reboots=1, per_day=12, limits=limits).run())
    assert outcome.failed == []
    assert outcome.refused_by_pressure >= 1
    assert outcome.missions >= 2
    assert outcome.refused_rows == 0
    assert outcome.good
    assert outcome.budget.startswith("takes no new work until the cloud is back")
