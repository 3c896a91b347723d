"""The site graph of a Layout resource: its LIF file with the names that people use."""

from __future__ import annotations

from dataclasses import replace

from fleet.contracts.errors import InvalidInput
from fleet.contracts.manifest import check_name
from fleet.contracts.resources import LayoutSpec, PlaceSpec
from fleet.layout.gates import gates, zones
from fleet.layout.graph import Place
from fleet.layout.lif import LifReport, read


def site_graph(layout: LayoutSpec) -> LifReport:
    """The graph with `places` applied by stationId (stations without one keep their own name), zones and gates.

    Raises InvalidInput naming the field: an unusable LIF, an unknown station, node or edge, a name or station given twice.
    """
    report = _read(layout)
    stations = {place.station_id: place for place in report.graph.places.values()}
    named: dict[str, Place] = {}
    taken: dict[str, str] = {}
    for index, spec in enumerate(layout.places):
        path = f"spec.places[{index}]"
        station = stations.get(spec.station)
        if station is None:
            raise InvalidInput(f"no station {spec.station!r}", field=f"{path}.station", fix="name a stationId of the LIF file")
        if spec.station in taken:
            raise InvalidInput(f"{spec.station!r} is {taken[spec.station]!r} already", field=f"{path}.station", fix="use aliases")
        check_name(spec.name, field=f"{path}.name")
        if spec.name in named:
            raise InvalidInput(f"{spec.name!r} is there twice", field=f"{path}.name", fix="names of places are unique on a site")
        taken[spec.station] = spec.name
        named[spec.name] = _place(spec, station)
    warnings = list(report.warnings)
    for place in report.graph.places.values():
        if place.station_id in taken:
            continue
        if place.name in named:
            warnings.append(f"station {place.station_id!r} is left out: {place.name!r} is the name of another place")
            continue
        named[place.name] = place
    graph = replace(report.graph, places=named, zones=zones(layout, report.graph), gates=gates(layout, report.graph))
    return LifReport(graph, tuple(warnings))


def _read(layout: LayoutSpec) -> LifReport:
    try:
        return read(layout.lif)
    except InvalidInput as error:
        field = "spec.lif" + ("" if error.field in ("", "$") else f".{error.field}")
        raise InvalidInput(error.detail, field=field, fix=error.fix) from None


def _place(spec: PlaceSpec, station: Place) -> Place:
    return Place(
        name=spec.name,
        station_id=station.station_id,
        nodes=station.nodes,
        kind=spec.kind or station.kind,
        aliases=spec.aliases,
        area=spec.area,
    )
