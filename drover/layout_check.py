"""What `drover check layout` looks at: a site with its robots, or a bare file of any kind that we read."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drover.floors import sizes
from drover.imports.convert import read
from fleet.contracts import manifest
from fleet.contracts.errors import FleetError, InvalidInput, NotFound
from fleet.contracts.resources import Kind, RobotModelSpec
from fleet.layout import one_way, picture
from fleet.layout.graph import SiteGraph
from fleet.layout.one_way import OneWay
from fleet.layout.report import Report, report
from fleet.layout.site import site_graph

#: What traffic keeps between the circles around two robots, metres.
CLEARANCE_M = 0.2


@dataclass(frozen=True)
class Layout:
    """`homes`: robot -> home node. `apart_m`: what the centres of its two largest robots keep."""

    name: str
    lif: dict[str, Any]
    graph: SiteGraph
    homes: dict[str, str]
    apart_m: float
    notes: tuple[str, ...] = ()

    def report(self) -> Report:
        return report(self.graph, self.homes, apart_m=self.apart_m)


def load(target: str, robots: int | None = None) -> Layout:
    """A shipped site's name, a folder with site.yaml, or a layout file. Raises InvalidInput, NotFound."""
    path = Path(target)
    if path.is_file() and path.name != "site.yaml":
        found = read(path)
        return Layout(path.name, found.floor.lif(), found.graph(), {}, found.apart_m, found.notes.warnings())
    try:
        site = sizes.load(target, robots)
    except NotFound as error:
        raise InvalidInput(f"no file or site {target!r}", field="FILE", fix=error.fix) from None
    told = site_graph(site.layout)
    apart_m = _apart_m(r.spec for r in site.of(Kind.ROBOT_MODEL))
    homes = {r.metadata.name: told.graph.place(r.spec.home).nodes[0] for r in site.of(Kind.ROBOT) if r.spec.home}
    return Layout(site.name, site.layout.lif, told.graph, homes, apart_m, told.warnings)


def warnings_of(documents: Iterable[dict[str, Any]]) -> Iterator[str]:
    """What the checks say of the Layouts among manifests, with the homes of the Robots among them. Broken ones are passed over:
    whoever applies them says what is wrong."""
    documents = list(documents)
    for document in documents:
        if document.get("kind") != Kind.LAYOUT:
            continue
        try:
            there = [manifest.parse(d) for d in documents if d.get("kind") in (Kind.ROBOT, Kind.ROBOT_MODEL)]
            spec = manifest.parse(document).spec
            graph = site_graph(spec).graph
        except FleetError:
            continue
        models = [r.spec for r in there if r.kind is Kind.ROBOT_MODEL]
        robots = {r.metadata.name: r.spec.home for r in there if r.kind is Kind.ROBOT and r.spec.home in graph.places}
        homes = {name: graph.places[home].nodes[0] for name, home in robots.items()}
        name = document["metadata"]["name"]
        yield from (f"Layout/{name}: {warning}" for warning in report(graph, homes, apart_m=_apart_m(models)).warnings)


def _apart_m(models: Iterable[RobotModelSpec]) -> float:
    return max((math.hypot(m.length_m, m.width_m) for m in models), default=1.2) + CLEARANCE_M


def told(layout: Layout, found: Report, proposal: OneWay | None) -> dict[str, Any]:
    """The whole answer as plain values."""
    answer: dict[str, Any] = {
        "layout": layout.name,
        **found.facts(),
        "warnings": [*layout.notes, *found.warnings],
        "pocket_nodes": found.pockets,
    }
    if proposal is not None:
        answer["one_way"] = {
            "closed": list(proposal.closed),
            "mean_trip_s_before": round(proposal.trip_s_before, 1),
            "mean_trip_s_after": round(proposal.trip_s_after, 1),
            "pockets_before": proposal.pockets_before,
            "pockets_after": proposal.pockets_after,
        }
    return answer


def draw(layout: Layout, found: Report, proposal: OneWay | None, out: Path) -> None:
    out.write_text(picture.svg(layout.graph, found, title=layout.name, closed=proposal.closed if proposal else ()), "utf-8")


def write(layout: Layout, proposal: OneWay, out: Path) -> None:
    """The LIF with the proposal carried out."""
    changed = one_way.written(layout.lif, proposal.closed)
    out.write_text(json.dumps(changed, indent=1, ensure_ascii=False) + "\n", "utf-8")
