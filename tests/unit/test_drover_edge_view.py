"""What an operator is told of an edge node and of a command's way, and the drill's verdict."""

from __future__ import annotations

from typing import Any

import pytest

from drover import edge_view
from drover.cli.drill import seconds
from drover.drill.partition import Run
from drover.drill.report import report
from drover.drill.sides import Sides
from drover.drill.watch import Watch
from drover.drill.work import Made, Work
from fleet.contracts.errors import InvalidInput

NOW = 10_000.0


def edge(**status: Any) -> dict[str, Any]:
    return {"metadata": {"name": "edge-1"}, "spec": {"api_url": "http://edge"}, "status": status}


def mission(generation: int = 1, desired: str = "run", **status: Any) -> dict[str, Any]:
    spec = {"edge": "edge-1", "desired": desired, "title": "Drill d: cloud 1"}
    return {"metadata": {"name": "m-1", "generation": generation}, "spec": spec, "status": status}


ONLINE = {"edge-1": edge(link="online")}
AWAY = {"edge-1": edge(link="offline", last_seen_at=NOW - 180)}


@pytest.mark.parametrize(
    ("item", "edges", "told"),
    [
        (mission(), {}, "asked"),
        (mission(), ONLINE, "sent"),
        (mission(), AWAY, "sent, waiting for edge-1, away for 3 min"),
        (mission(observed_generation=1), AWAY, "delivered"),
        (mission(observed_generation=1, phase="running"), AWAY, "doing"),
        (
            mission(2, "cancel", observed_generation=1, phase="running"),
            AWAY,
            "doing; cancel sent, waiting for edge-1, away for 3 min",
        ),
        (mission(phase="failed", reason="no robot can carry it"), ONLINE, "refused: no robot can carry it"),
        (mission(phase="failed", reason="it broke", started_at=5.0), ONLINE, "failed: it broke"),
        (mission(phase="done"), AWAY, "done"),
    ],
)
def test_a_command_tells_how_far_it_is_and_for_whom_it_waits(item: Any, edges: Any, told: str) -> None:
    assert edge_view.life(item, edges, NOW) == told


def test_the_state_is_the_gravest_thing_that_is_known() -> None:
    heard = [{"type": "Heard", "status": "Unknown"}]
    two = [{"type": "Quarantined", "status": "True", "message": "ab: session 3; cd: session 3, heard now"}]
    assert edge_view.state_word({}) == "unknown"
    assert edge_view.state_word({"link": "online", "sync_state": "refilling"}) == "refilling"
    assert edge_view.state_word({"link": "online", "conditions": heard}) == "suspect"
    assert edge_view.state_word({"link": "online", "conditions": two}) == "quarantined"
    assert edge_view.candidates({"conditions": two}) == {"ab": "session 3", "cd": "session 3, heard now"}


def test_a_summary_counts_both_queues_and_names_who_holds_a_stop() -> None:
    node = edge(link="online", backlog=3, backlog_bytes=900, backlog_oldest_at=NOW - 40, backlog_up=7, oldest_unacked_at=NOW - 9)
    node["spec"]["inhibits"] = [{"id": "s", "kind": "stop", "by": "operator"}, {"id": "z", "kind": "zone"}]
    found = edge_view.summary(node, NOW)
    assert found["backlog"] == {"to_edge": {"rows": 3, "bytes": 900}, "to_cloud": {"rows": 7, "bytes": 0}}
    assert found["oldest_unacked_s"] == 40.0
    assert found["stops"] == [{"holder": "cloud", "by": "operator", "id": "s"}]


@pytest.mark.parametrize(("text", "value"), [("90", 90.0), ("90s", 90.0), ("10m", 600.0), ("1h", 3600.0), ("0.5m", 30.0)])
def test_a_length_of_time_is_read(text: str, value: float) -> None:
    assert seconds(text) == value


@pytest.mark.parametrize("text", ["", "0", "-5", "10x", "25h", "nan"])
def test_a_length_that_is_none_is_refused_with_the_fix(text: str) -> None:
    with pytest.raises(InvalidInput, match="--for"):
        seconds(text)


def _drilled(*, cloud_events: set[str], found: list[dict[str, Any]], converged_s: float | None = 2.0) -> dict[str, Any]:
    watch = Watch(Sides.__new__(Sides))
    watch.edge_events = {"a": {"id": "a"}, "b": {"id": "b"}}
    watch.cloud_events = cloud_events
    work = Work.__new__(Work)
    work.cloud = Made(asked=["Drill d: cloud 1"], names={"Drill d: cloud 1": "m-1"})
    work.edge = Made()
    run = Run("d", "edge-1", 60.0, converged_s=converged_s, delivered_s=1.0, missions=(found, found))
    return report(run, watch, work)


def test_a_drill_passes_only_if_nothing_is_lost_or_twice_and_both_sides_agree() -> None:
    done = mission(phase="done")
    assert _drilled(cloud_events={"a", "b"}, found=[done])["verdict"] == "passed"
    lost = _drilled(cloud_events={"a"}, found=[done])
    assert (lost["verdict"], lost["events"], lost["lost_events"]) == (
        "failed",
        {"made": 2, "delivered": 1, "lost": 1},
        [{"id": "b"}],
    )
    assert _drilled(cloud_events={"a", "b"}, found=[])["why"] == ["1 missions are lost"]
    assert _drilled(cloud_events={"a", "b"}, found=[done, done])["why"] == ["1 things were done twice"]
    assert _drilled(cloud_events={"a", "b"}, found=[done], converged_s=None)["why"] == ["the two sides did not agree in time"]
