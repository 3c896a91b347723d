"""A task as steps for one robot."""

from __future__ import annotations

from typing import Any

import pytest

from fleet.contracts.command_ir import Action
from fleet.contracts.errors import InvalidInput, NotFound
from fleet.contracts.resources import ClosureSpec, ClosureStatus, Kind, PlaceSpec, TaskSpec
from fleet.layout.graph import Place, SiteGraph, SiteNode
from fleet.tasks.site import Site
from fleet.tasks.steps import node_of, steps_of
from tests.unit import sites

SITE = sites.site()


def steps(robot: str, action: Action, site: Site = SITE, **fields: Any) -> list[tuple[str, str]]:
    where = {key: fields.pop(key) for key in ("at_node", "taken") if key in fields}
    task = TaskSpec(mission="M", action=action, **fields)
    known = site.robots[robot]
    return [(s.place, s.action) for s in steps_of(task, known.spec, known.model, site, **where)]


@pytest.mark.parametrize(
    ("action", "fields", "expected"),
    [
        (Action.TRANSPORT, {"source": "Dock 3", "target": "Packing 1"}, [("Dock 3", "pick"), ("Packing 1", "drop")]),
        (
            Action.TRANSPORT,
            {"source": "Dock 3", "stops": ("Crossing",), "target": "Packing 1"},
            [("Dock 3", "pick"), ("Crossing", ""), ("Packing 1", "drop")],
        ),
        (Action.GOTO, {"target": "Dock 1"}, [("Dock 1", "")]),
        (Action.PATROL, {"stops": ("Dock 1", "Dock 2")}, [("Dock 1", ""), ("Dock 2", "")]),
        (Action.CLEAN, {"stops": ("Dock 1",), "target": "Dock 2"}, [("Dock 1", "clean"), ("Dock 2", "clean")]),
        (Action.DISINFECT, {"target": "Dock 2"}, [("Dock 2", "disinfect")]),
        (Action.INSPECT, {"target": "Dock 2"}, [("Dock 2", "inspect")]),
        (Action.GUIDE, {"source": "Dock 1", "target": "Packing 1"}, [("Dock 1", ""), ("Packing 1", "")]),
        (Action.CHARGE, {}, [("Charger 1", "startCharging")]),
        (Action.CHARGE, {"target": "Charger 2"}, [("Charger 2", "startCharging")]),
        (Action.PARK, {}, [("Charger 1", "")]),
        (Action.PARK, {"target": "Parking 2"}, [("Parking 2", "")]),
        (Action.WAIT, {"duration_s": 60.0}, [("", "wait")]),
        (Action.WAIT, {"target": "Dock 1", "duration_s": 60.0}, [("Dock 1", "wait")]),
    ],
)
def test_each_action_has_its_steps(action: Action, fields: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert steps("AMR-1", action, **fields) == expected


def test_a_robot_whose_home_is_no_charger_takes_the_nearest_free_one() -> None:
    assert steps("AMR-3", Action.CHARGE, at_node="n5_1") == [("Charger 2", "startCharging")]
    assert steps("AMR-3", Action.CHARGE, at_node="n5_1", taken=["Charger 2"]) == [("Charger 1", "startCharging")]
    assert steps("AMR-3", Action.CHARGE, at_node="n5_1", taken=["Charger 2", "Charger 1"]) == [("Charger 2", "startCharging")]


def test_a_closed_home_is_not_gone_to() -> None:
    site = sites.site(sites.resource(Kind.CLOSURE, "c", ClosureSpec(targets=("Charger 1",)), ClosureStatus()))
    assert steps("AMR-1", Action.CHARGE, site, at_node="n4_2") == [("Charger 2", "startCharging")]
    assert steps("AMR-1", Action.PARK, site, at_node="n4_1") == [("Parking 1", "")]


def test_a_robot_without_home_parks_at_the_nearest_parking() -> None:
    assert steps("FL-1", Action.PARK, at_node="n5_2") == [("Parking 2", "")]


def test_a_site_without_charger_says_what_to_change() -> None:
    site = sites.site(sites.layout(places=(PlaceSpec(name="Gate", station="D1", kind="gate"),)))
    with pytest.raises(InvalidInput) as error:
        steps("FL-1", Action.CHARGE, site)
    assert error.value.fix == "give a place of the layout the kind charger"


def test_a_task_without_its_place_is_refused_naming_the_field() -> None:
    with pytest.raises(InvalidInput) as error:
        steps("AMR-1", Action.TRANSPORT, target="Dock 1")
    assert error.value.field == "from"
    with pytest.raises(InvalidInput):
        steps("AMR-1", Action.PATROL)


def test_a_place_is_its_first_node_that_is_not_taken_and_a_node_is_itself() -> None:
    assert (node_of("Dock 3", SITE), node_of("n2_2", SITE)) == ("n2_0", "n2_2")
    with pytest.raises(NotFound):
        node_of("Mars", SITE)


def test_a_place_of_several_nodes_gives_the_free_one() -> None:
    import dataclasses

    graph = SiteGraph.build(
        [SiteNode("a", 0, 0), SiteNode("b", 1, 0)], [], [Place("Row", "s", ("a", "b")), Place("Bare", "t", ())]
    )
    site = dataclasses.replace(SITE, graph=graph)
    assert (node_of("Row", site), node_of("Row", site, taken={"a"}), node_of("Row", site, taken={"a", "b"})) == ("a", "b", "a")
    with pytest.raises(InvalidInput):
        node_of("Bare", site)
