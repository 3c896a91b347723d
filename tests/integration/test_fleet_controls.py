"""Cancel, pause, resume and stop at every point of the path, on a whole running fleet, with and without the cloud."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.integration.live_fleet import STILL_M, LiveFleet, live_fleet

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

#: From a stop's answer until no robot moves any more, seconds.
STILL_WITHIN_S = 3.0
ENDED_WITHIN_S = 90.0


@pytest.fixture(scope="module")
def live() -> Iterator[LiveFleet]:
    with live_fleet() as fleet:
        yield fleet


def cancel(live: LiveFleet, mission: str) -> httpx.Response:
    return live.api.post(f"/api/v1/missions/{mission}/cancel")


def step(live: LiveFleet, mission: str) -> int:
    return int(live.task(mission).get("step", 0))


def wait_phase(live: LiveFleet, mission: str, phase: str, limit_s: float = ENDED_WITHIN_S) -> None:
    live.until(lambda: live.phase(mission) == phase, f"{mission} {phase}", limit_s)


def is_moving(live: LiveFleet, *names: str) -> bool:
    robots = live.robots()
    return all(robots[name].get("activity") == "moving" for name in names)


def stand(live: LiveFleet, *names: str) -> bool:
    """By what these robots (none: all) say after they have taken a pause: paused, and no speed."""
    return all(s.get("paused") and not s.get("speed_mps") for name, s in live.robots().items() if not names or name in names)


def released(live: LiveFleet) -> dict[str, list[str]]:
    """The last node of each robot's base: it changes when more is released."""
    return {name: s.get("path", [])[: s.get("base_nodes", 0)][-1:] for name, s in live.robots().items()}


def test_a_mission_is_cancelled_at_each_point_of_its_way(live: LiveFleet) -> None:
    later = live.transport("AMR-8", "Dock 1", "Packing 1", not_before={"in_minutes": 30})
    to_pickup = live.transport("AMR-1", "Dock 1", "Packing 1")
    picking = live.transport("AMR-2", "Dock 2", "Packing 2")
    loaded = live.transport("AMR-3", "Dock 3", "Packing 3")

    assert cancel(live, later).is_success
    wait_phase(live, later, "cancelled", 10)

    live.until(lambda: is_moving(live, "AMR-1"), "AMR-1 drives", 20)
    assert step(live, to_pickup) == 0
    assert cancel(live, to_pickup).is_success
    wait_phase(live, to_pickup, "cancelled", 20)
    assert not live.robot("AMR-1").get("loads")

    live.until(lambda: live.robot("AMR-2").get("activity") == "working", "AMR-2 picks", ENDED_WITHIN_S)
    assert cancel(live, picking).is_success

    live.until(lambda: live.robot("AMR-3").get("loads") and step(live, loaded) == 1, "AMR-3 is loaded", ENDED_WITHIN_S)
    assert cancel(live, loaded).is_success
    wait_phase(live, loaded, "cancelled", 20)
    wait_phase(live, picking, "cancelled", 20)
    carries = {e["subject"] for e in live.events() if e["reason"] == "CarriesLoad"}
    assert "Robot/AMR-3" in carries
    assert ("Robot/AMR-2" in carries) == bool(live.robot("AMR-2").get("loads"))

    again = cancel(live, loaded)
    assert (again.status_code, again.json()["field"]) == (409, "status.phase")
    assert again.json()["fix"]


def test_a_mission_and_a_robot_are_paused_while_driving_and_go_on(live: LiveFleet) -> None:
    missions = {"AMR-4": live.goto("AMR-4", "Rack F-06"), "AMR-5": live.goto("AMR-5", "Rack C-03")}
    live.until(lambda: is_moving(live, "AMR-4", "AMR-5"), "both drive", 20)
    assert live.api.post(f"/api/v1/missions/{missions['AMR-4']}/pause").is_success
    assert live.cli("pause", "AMR-5").returncode == 0
    live.until(lambda: stand(live, *missions), "both stand", 10)
    assert live.phase(missions["AMR-4"]) == "paused"
    way_m = live.way_m(1.5)
    assert max(way_m["AMR-4"], way_m["AMR-5"]) < STILL_M, way_m

    assert live.api.post(f"/api/v1/missions/{missions['AMR-4']}/resume").is_success
    assert live.cli("resume", "AMR-5").returncode == 0
    for mission in missions.values():
        wait_phase(live, mission, "done")
    ended = live.api.post(f"/api/v1/missions/{missions['AMR-4']}/pause")
    assert (ended.status_code, ended.json()["code"]) == (409, "conflict")


def test_stop_all_stands_still_releases_nothing_and_resume_ends_all_that_was_asked(live: LiveFleet) -> None:
    # AMR-2 and AMR-3 may still be loaded from before
    ways = {"AMR-1": "Rack A-01", "AMR-4": "Dock 5", "AMR-5": "Rack F-06", "AMR-6": "Rack D-04"}
    missions = [live.goto(robot, place) for robot, place in ways.items()]
    live.until(lambda: is_moving(live, *ways), "four robots drive", 20)

    said = live.cli("stop")
    assert (said.returncode, said.stderr) == (0, "")
    stopped_at = time.monotonic()
    live.until(lambda: stand(live), "all stand", STILL_WITHIN_S)
    assert time.monotonic() - stopped_at < STILL_WITHIN_S
    base = released(live)

    new = live.goto("AMR-7", "Rack B-02")
    assert max(live.way_m(3.0).values()) < STILL_M
    assert released(live) == base
    assert live.phase(new) in ("pending", "assigned")
    assert {s["activity"] for s in live.robots().values()} == {"stopped"}
    assert live.fleet.get("edgenodes/edge-1")["status"]["stopped"] is True

    assert live.cli("resume").returncode == 0
    for mission in (*missions, new):
        wait_phase(live, mission, "done")


def edge_mission(live: LiveFleet, robot: str, place: str) -> str:
    plan = {"outcome": "plan", "tasks": [{"ref": "e", "action": "goto", "to": place, "robot": robot}]}
    answer = live.edge.post("/api/v1/missions", json={"ir": plan})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["metadata"]["name"])


def edge_get(live: LiveFleet, path: str) -> Any:
    return live.edge.get(f"/api/v1/{path}").raise_for_status().json()


def test_the_site_is_stopped_and_operated_through_its_own_api_while_the_cloud_is_gone(live: LiveFleet) -> None:
    before = live.goto("AMR-4", "Rack A-03")
    live.until(lambda: is_moving(live, "AMR-4"), "AMR-4 drives", 20)
    os.kill(live.fleet.process.pid, signal.SIGSTOP)  # nobody starts the cloud again
    try:
        os.kill(live.pids["cloud"], signal.SIGKILL)
        with pytest.raises(httpx.TransportError):
            live.api.get("/healthz")
        assert live.edge.post("/api/v1/stop").json()["stopped"] is True
        live.until(lambda: stand(live), "all stand", STILL_WITHIN_S)
        made = edge_mission(live, "AMR-6", "Dock 6")
        assert max(live.way_m(1.5).values()) < STILL_M
        assert live.edge.post("/api/v1/resume").json()["stopped"] is False
        live.until(
            lambda: all(edge_get(live, f"missions/{m}")["status"].get("phase") == "done" for m in (before, made)),
            "both missions are done without the cloud",
            ENDED_WITHIN_S,
        )
    finally:
        os.kill(live.fleet.process.pid, signal.SIGCONT)

    wait_phase(live, made, "done", 60)
    wait_phase(live, before, "done", 10)
    assert live.fleet.get(f"missions/{made}")["spec"]["created_by"] == "the site"
    # and nothing is done a second time
    attempts = live.task(made).get("attempt"), live.task(before).get("attempt")
    time.sleep(2)
    assert (live.phase(made), live.phase(before)) == ("done", "done")
    assert (live.task(made).get("attempt"), live.task(before).get("attempt")) == attempts
    live.pids["cloud"] = live.fleet.pids()["cloud"]


def test_no_process_but_the_one_that_was_killed_died_and_none_met_a_bug(live: LiveFleet) -> None:
    live.assert_undisturbed()
