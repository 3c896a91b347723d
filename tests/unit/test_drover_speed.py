"""`drover up --speed`: the fleet's model of a robot is as fast as the robot seems."""

from __future__ import annotations

import pytest

from drover import site as sites
from fleet.contracts import manifest
from fleet.contracts.resources import Kind


def test_robots_whose_time_runs_faster_are_faster_machines() -> None:
    document = next(d for d in sites.load("warehouse").documents if d["kind"] == Kind.ROBOT_MODEL)
    before, after = manifest.parse(document).spec, manifest.parse(sites.in_real_time(document, 4.0)).spec
    assert after.speed_mps_max == pytest.approx(4 * before.speed_mps_max)
    assert after.pick_s == pytest.approx(before.pick_s / 4)
    assert after.payload_kg == before.payload_kg
    assert sites.in_real_time(document, 1.0) is document
