"""The shipped sites: they load, everybody can get everywhere, and standing robots block nobody."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from fleet.contracts import manifest
from fleet.contracts.resources import AnyResource, Kind
from fleet.layout.check import check, largest_component
from fleet.layout.graph import SiteGraph
from fleet.layout.site import site_graph
from fleet.traffic.control import TrafficControl

LAYOUTS = Path(__file__).parents[2] / "layouts"
SITES = ("warehouse", "hospital", "factory")


def load(site: str) -> list[AnyResource]:
    """The manifests, with lif_file read into lif as the command line does."""
    resources = []
    for document in yaml.safe_load_all((LAYOUTS / site / "site.yaml").read_text(encoding="utf-8")):
        spec: dict[str, Any] = document["spec"]
        if "lif_file" in spec:
            spec["lif"] = json.loads((LAYOUTS / site / spec.pop("lif_file")).read_text(encoding="utf-8"))
        resources.append(manifest.parse(document))
    return resources


def graph_of(resources: list[AnyResource]) -> SiteGraph:
    report = site_graph(next(r.spec for r in resources if r.kind is Kind.LAYOUT))
    assert report.warnings == ()
    return report.graph


def homes_of(resources: list[AnyResource], graph: SiteGraph) -> dict[str, str]:
    return {r.metadata.name: graph.place(r.spec.home).nodes[0] for r in resources if r.kind is Kind.ROBOT}


@pytest.mark.parametrize("site", SITES)
def test_every_site_is_well_formed(site: str) -> None:
    resources = load(site)
    graph = graph_of(resources)
    apart_m = 1.95 if site == "factory" else 1.42
    assert check(graph, homes_of(resources, graph), apart_m=apart_m) == []
    assert largest_component(graph) == frozenset(graph.nodes)


@pytest.mark.parametrize("site", SITES)
def test_every_robot_reaches_every_place(site: str) -> None:
    resources = load(site)
    graph = graph_of(resources)
    for home in homes_of(resources, graph).values():
        times = graph.times_from(home)
        assert all(node in times for place in graph.places.values() for node in place.nodes)


@pytest.mark.parametrize("site", SITES)
def test_every_resource_names_its_site_and_its_own_home(site: str) -> None:
    resources = load(site)
    assert all(r.metadata.site == site for r in resources)
    homes = list(homes_of(resources, graph_of(resources)).values())
    assert len(homes) == len(set(homes))
    models = {r.metadata.name: r.spec for r in resources if r.kind is Kind.ROBOT_MODEL}
    control = TrafficControl(graph_of(resources))
    for robot in (r for r in resources if r.kind is Kind.ROBOT):
        assert " " not in robot.spec.serial_number
        model = models[robot.spec.model]
        home = homes_of(resources, graph_of(resources))[robot.metadata.name]
        control.add_robot(
            robot.metadata.name, home=home, length_m=model.length_m, width_m=model.width_m, speed_mps=model.speed_mps_max
        )


@pytest.mark.parametrize("site", SITES)
def test_names_and_aliases_mean_one_place_each(site: str) -> None:
    graph = graph_of(load(site))
    words = [word.lower() for place in graph.places.values() for word in (place.name, *place.aliases)]
    assert sorted(words) == sorted(set(words))


def test_the_warehouse_has_what_the_demo_promises() -> None:
    graph = graph_of(load("warehouse"))
    names = {f"Dock {n}" for n in range(1, 7)} | {f"Packing {n}" for n in range(1, 5)}
    names |= {f"Charger {n}" for n in range(1, 5)} | {f"Park {n}" for n in range(1, 9)} | {"Rack A-01", "Rack F-06"}
    assert names <= set(graph.places)
    assert 140 <= len(graph.nodes) <= 165
    assert any(graph.edge_between(e.end, e.start) is None for e in graph.edges.values()), "some lanes are one-way"


def test_the_drawings_are_what_their_script_draws(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(LAYOUTS / "make.py"), str(tmp_path)], check=True, timeout=60)
    for site in SITES:
        for name in ("layout.lif.json", "site.yaml"):
            assert (tmp_path / site / name).read_text() == (LAYOUTS / site / name).read_text(), (
                f"run layouts/make.py: {site}/{name}"
            )
