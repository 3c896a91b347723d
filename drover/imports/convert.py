"""A layout file of any kind that we read, as the folder of a site: layout.lif.json and site.yaml."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from drover.floors.drawing import Drawing, Floor
from drover.imports import opentcs, rmf
from drover.imports.common import BYTES_MAX, Imported, finish, site_name
from fleet.contracts.errors import InvalidInput, TooLarge
from fleet.layout import lif
from fleet.layout.notes import Notes


class LifFloor(Floor):
    """A LIF file of others with what we add to it: their first layout grows, the rest stays as it is."""

    document: dict[str, Any]

    def lif(self) -> dict[str, Any]:
        first = {
            **self.document["layouts"][0],
            "nodes": list(self.nodes.values()),
            "edges": self.edges,
            "stations": self.stations,
        }
        return {**self.document, "layouts": [first, *self.document["layouts"][1:]]}


def convert(path: Path, *, robots: int | None = None, parking: int = 0) -> tuple[Drawing, tuple[str, ...]]:
    """The site and the warnings. `parking`: spurs to propose beside the lanes. Raises InvalidInput, TooLarge."""
    found = read(path)
    drawing, warnings = finish(found, robots=robots, parking=parking)
    return drawing, warnings


def read(path: Path) -> Imported:
    """By what is in the file: openTCS XML, a building.yaml, LIF."""
    try:
        if path.stat().st_size > BYTES_MAX:
            raise TooLarge(f"{path.stat().st_size} bytes", field="FILE", fix=f"at most {BYTES_MAX} bytes")
        text = path.read_text("utf-8")
    except UnicodeDecodeError:
        raise InvalidInput(f"{path}: not UTF-8", field="FILE", fix="save it as UTF-8") from None
    except OSError as error:
        raise InvalidInput(f"{path}: {error.strerror}", field="FILE", fix="name a file that you may read") from None
    name = path.name.split(".")[0].replace("_", " ")
    if text.lstrip().startswith("<"):
        return opentcs.read(text, name)
    if text.lstrip().startswith("{"):
        return _lif(text, name)
    return rmf.read(text, name)


def _lif(text: str, name: str) -> Imported:
    try:
        document = json.loads(text)
    except ValueError as error:
        raise InvalidInput(f"not JSON: {error}", field="$", fix="give a LIF file") from None
    report = lif.read(document)
    first = document["layouts"][0]
    floor = LifFloor(site_name(name), name, _vehicle_types(first))
    floor.document = document
    floor.nodes = {str(n["nodeId"]): n for n in first.get("nodes", [])}
    floor.edges, floor.stations = list(first.get("edges") or []), list(first.get("stations") or [])
    floor.places = [{"name": p.name, "station": p.station_id, "kind": p.kind or "station"} for p in report.graph.places.values()]
    notes = Notes()
    for warning in report.warnings:
        notes.warn("lif", warning)
    return Imported(floor, notes)


def _vehicle_types(layout: dict[str, Any]) -> list[str]:
    found = {
        str(entry.get("vehicleTypeId"))
        for node in layout.get("nodes", [])
        for entry in node.get("vehicleTypeNodeProperties") or []
        if isinstance(entry, dict)
    }
    return sorted(found) or ["imported"]
