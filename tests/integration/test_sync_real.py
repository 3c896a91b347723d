"""Real broker, cloud and edge node as processes, each killed with -9, the line between them broken in each way: exact counts."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "benchmarks"))
from fault_proxy import FaultProxy, Mode
from sync_rows import run as odd_rows
from tiers import HOST, TOKEN, Tiers, document, soon

pytestmark = pytest.mark.e2e
EDGE = "edge-1"
MODELS = 20


def edit(tiers: Tiers, round_: int) -> None:
    """Every model, once more. While the cloud is down nothing is edited."""
    spec = {"type": "AMR", "manufacturer": "Test", "payload_kg": 100.0 + round_}
    tiers.apply([document("RobotModel", f"model-{n}", spec) for n in range(MODELS)])


def say_something(tiers: Tiers) -> None:
    """Events at the site: a stop, and its end."""
    for word in ("stop", "resume"):
        url = f"http://{HOST}:{tiers.edge_ports[EDGE]}/api/v1/{word}"
        httpx.post(url, headers={"Authorization": f"Bearer {TOKEN}"}, trust_env=False, timeout=10).raise_for_status()


def events(tiers: Tiers, name: str) -> list[str]:
    return [str(row[0]) for row in tiers.rows(name, "SELECT id FROM events")]


def models(items: list[dict[str, Any]]) -> dict[str, tuple[int, float]]:
    return {i["metadata"]["name"]: (i["metadata"]["generation"], i["spec"]["payload_kg"]) for i in items}


def held(tiers: Tiers, port: int) -> dict[str, tuple[int, float]]:
    url = f"http://{HOST}:{port}/api/v1/robotmodels"
    answer = httpx.get(url, headers={"Authorization": f"Bearer {TOKEN}"}, trust_env=False, timeout=10)
    return models(answer.raise_for_status().json()["items"])


def test_each_process_dies_and_the_line_breaks_and_nothing_is_lost_or_taken_twice(tmp_path: Path) -> None:
    tiers = Tiers(tmp_path, [EDGE])
    with FaultProxy(tiers.broker_port) as proxy, tiers:
        tiers.broker_for[EDGE] = proxy.port
        tiers.start_broker()
        tiers.start_cloud()
        tiers.declare_edges()
        tiers.start_edge(EDGE)
        soon(lambda: tiers.converged(EDGE), "the beginning", 30)
        for round_, fault in enumerate((EDGE, "cloud", "broker", Mode.CUT, Mode.BLACKHOLE, Mode.SLOW)):
            edit(tiers, 2 * round_)
            say_something(tiers)
            if isinstance(fault, Mode):
                proxy.set(fault)
            else:
                tiers.kill(fault)
            if fault != "cloud":
                edit(tiers, 2 * round_ + 1)
            if fault != EDGE:
                say_something(tiers)
            time.sleep(1.0)
            healed = time.time()
            if isinstance(fault, Mode):
                proxy.set(Mode.PASS)
            else:
                {EDGE: lambda: tiers.start_edge(EDGE), "cloud": tiers.start_cloud, "broker": tiers.start_broker}[fault]()
            soon(lambda since=healed: tiers.converged(EDGE, since), f"both agree after {fault}", 40)
        here, there = held(tiers, tiers.port), held(tiers, tiers.edge_ports[EDGE])
        assert here == there
        assert {generation for generation, _ in here.values()} == {11}  # six rounds of two edits, but one at a dead cloud
        made, known = events(tiers, EDGE), events(tiers, "cloud")
        assert len(made) == len(set(made)) >= 22
        assert set(made) <= set(known)
        assert len(known) == len(set(known))
        assert tiers.rows("cloud", "SELECT count(*) FROM dead_letters") == [(0,)]
        assert tiers.rows(EDGE, "SELECT count(*) FROM dead") == [(0,)]
        assert tiers.tracebacks() == []


def test_odd_rows_in_both_stores_are_set_aside_and_the_sound_ones_between_them_arrive(tmp_path: Path) -> None:
    found = odd_rows(150, 3, tmp_path)
    assert found["stands"] == []
    assert found["sound_events"] == 50
    assert (found["sound_events_lost"], found["sound_events_twice"], found["sound_resources_lost"]) == (0, 0, 0)
    assert found["dead_letters_at_the_cloud"] > 20
    assert found["dead_letters_at_the_edge"] > 20
    assert found["without_a_reason"] == 0
    assert found["rows_of_the_edge_node_beside_as_before"]
    assert found["all_alive"]
    assert found["processes_with_a_traceback"] == []
