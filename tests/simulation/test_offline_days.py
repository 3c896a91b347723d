"""Days without the cloud (I12): a short piece of benchmarks/offline_days.py, which runs 400 of them."""

from __future__ import annotations

import asyncio
from pathlib import Path

from drover.simulation.offline_days import Year


def test_a_site_runs_for_days_without_its_cloud_over_power_cuts_and_wrong_clocks(tmp_path: Path) -> None:
    year = Year(tmp_path, days=3, seed=7, reboots=4, per_day=8)
    outcome = asyncio.run(year.run())
    assert outcome.failed == []
    assert outcome.reboots == 4
    assert outcome.clock_jumps >= 1
    assert outcome.missions == 24
    assert outcome.unended == []
    assert outcome.stuck == []
    assert outcome.ends["done"] >= 20
    assert outcome.ends["failed"] == 0
    assert outcome.clock_went_back == 0
    assert (outcome.missing_rows, outcome.refused_rows) == (0, 0)
    assert "without the cloud" in outcome.budget
