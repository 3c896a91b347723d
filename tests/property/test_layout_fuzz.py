"""Whatever is in a LIF file, reading it ends with a graph or a FleetError."""

from __future__ import annotations

import contextlib
import copy
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fleet.contracts.errors import FleetError
from fleet.contracts.resources import LayoutSpec
from fleet.layout.check import check
from fleet.layout.site import site_graph

_scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
_values = st.recursive(
    _scalars, lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text(max_size=6), v, max_size=3), max_leaves=8
)

_GOOD: dict[str, Any] = {
    "metaInformation": {"lifVersion": "1.0.0"},
    "layouts": [
        {
            "layoutId": "L",
            "nodes": [
                {"nodeId": n, "mapId": "m", "nodePosition": {"x": x, "y": 0}, "vehicleTypeNodeProperties": [{"theta": 0.0}]}
                for n, x in (("a", 0.0), ("b", 3.0))
            ],
            "edges": [{"edgeId": "e", "startNodeId": "a", "endNodeId": "b", "vehicleTypeEdgeProperties": [{"maxSpeed": 1.0}]}],
            "stations": [{"stationId": "s", "stationName": "S", "interactionNodeIds": ["a"], "stationHeight": 0.0}],
        }
    ],
}


def spots(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        found += spots(child, (*path, key))
    return found


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the machine may be busy
@given(document=st.dictionaries(st.sampled_from(["layouts", "metaInformation", "x"]), _values))
def test_garbage_never_crashes_the_reader(document: dict[str, Any]) -> None:
    with contextlib.suppress(FleetError):
        site_graph(LayoutSpec(lif=document))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(spot=st.sampled_from(spots(_GOOD)), value=_values, drop=st.booleans())
def test_a_good_file_with_one_broken_value_never_crashes_the_reader(spot: tuple[Any, ...], value: Any, drop: bool) -> None:
    document = copy.deepcopy(_GOOD)
    parent: Any = document
    for key in spot[:-1]:
        parent = parent[key]
    if drop:
        del parent[spot[-1]]
    else:
        parent[spot[-1]] = value
    with contextlib.suppress(FleetError):
        report = site_graph(LayoutSpec(lif=document))
        assert all(isinstance(w, str) for w in report.warnings)
        check(report.graph, {"R": "a"})
