"""Names and areas resolve however people spell them; nothing is guessed."""

from __future__ import annotations

import pytest

from fleet.contracts.command_ir import Action, CommandIr, ControlAction, ControlIr, Outcome, TaskIr
from fleet.contracts.errors import NotFound
from fleet.contracts.resources import ClosureSpec, ClosureStatus, Kind, PlaceSpec
from fleet.tasks.canonical import canonicalise
from fleet.tasks.names import NameIndex, listed
from fleet.tasks.site import Site
from tests.unit import sites


@pytest.mark.parametrize("text", ["Dock 3", "dock 3", "DOCK3", " dock-3 ", "door 3", "D3", "d 3"])
def test_a_place_is_found_by_any_spelling_of_name_or_alias(text: str) -> None:
    place = sites.site().find_place(text)
    assert place is not None
    assert place.name == "Dock 3"


def test_a_robot_an_item_a_type_and_an_area_are_found_too() -> None:
    site = sites.site()
    robot, item = site.find_robot("amr 2"), site.find_item("Totes")
    assert robot is not None
    assert item is not None
    assert (robot.name, item.name) == ("AMR-2", "tote")
    assert (site.find_type("forks"), site.find_type("amrs"), site.find_type("cart bot")) == (None, "AMR", "AMR")
    assert (site.find_type("forklifts"), site.find_area("packing")) == ("forklift", "Packing")
    assert site.areas["Packing"] == ("Packing 1", "Packing 2")


def test_a_spelling_that_fits_two_things_fits_neither_but_a_name_wins_over_an_alias() -> None:
    index = NameIndex({"Lift A": ("lift",), "Lift B": ("lift",), "Dock": (), "Door": ("dock",)})
    assert index.find("LIFT") is None
    assert index.find("DOCK") == "Dock"


def test_near_names_are_suggested_best_first_and_at_most_three() -> None:
    index = NameIndex({f"Dock {i}": () for i in range(9)})
    assert index.near("Dok 3")[0] == "Dock 3"
    assert len(index.near("Dok 3")) == 3
    assert index.near("zzzzqq") == ()


def test_lists_read_like_english() -> None:
    assert [listed("A"), listed("AB"), listed("ABC"), listed("ABC", last="or")] == ["A", "A and B", "A, B and C", "A, B or C"]
    assert listed("ABCDE", most=3) == "A, B and 3 more"


def test_a_command_gets_canonical_names_and_areas_become_their_places() -> None:
    task = TaskIr(
        ref="t1",
        action=Action.PATROL,
        stops=("packing", "door 1"),
        robot=("amr 1", "AMR1", "amr-2"),
        robot_type="cart bot",
        avoid=("offices",),
        target="storage",
    )
    control = ControlIr(action=ControlAction.PAUSE, targets=("ALL robots", "amr 1", "forklifts"), excluded=("fl1",))
    got = canonicalise(CommandIr(outcome=Outcome.PLAN, tasks=(task,), control=control), sites.site())
    assert got.tasks[0].stops == ("Packing 1", "Packing 2", "Dock 1")
    assert got.tasks[0].robot == ("AMR-1", "AMR-2")
    assert (got.tasks[0].robot_type, got.tasks[0].avoid) == ("AMR", ("Break Room",))
    assert got.tasks[0].target == "Rack A-02"  # the area's only place
    assert got.control is not None
    assert got.control.targets == ("all", "AMR-1", "forklift")
    assert got.control.excluded == ("FL-1",)


def test_what_is_not_known_stays_as_it_was() -> None:
    task = TaskIr(ref="t1", action=Action.GOTO, target="Inbound", robot="Bob", item="piano")
    got = canonicalise(CommandIr(outcome=Outcome.PLAN, tasks=(task,)), sites.site()).tasks[0]
    assert (got.target, got.robot, got.item) == ("Inbound", "Bob", "piano")


def test_the_registry_holds_every_name_of_the_site() -> None:
    registry = sites.site().registry()
    assert {p.name for p in registry.places} == {p.name for p in sites.PLACES}
    assert {r.name: (r.type, r.payload_kg) for r in registry.robots}["FL-1"] == ("forklift", 500)
    assert "transport" in registry.robots[0].capabilities
    assert {i.name: i.home for i in registry.items}["pallet of water"] == "Rack A-02"
    assert registry.type_aliases == {"AMR": ("cart bot",), "forklift": ("fork",)}


def test_a_site_without_layout_says_how_to_get_one() -> None:
    with pytest.raises(NotFound) as error:
        Site.build("riverside", [], 0.0)
    assert error.value.fix == "apply one: drover apply -f layout.yaml"


def test_resources_of_other_sites_are_left_out() -> None:
    stranger = sites.robot("AMR-1")
    stranger = type(stranger)(
        kind=stranger.kind,
        metadata=type(stranger.metadata)(name="AMR-99", site="elsewhere"),
        spec=stranger.spec,
        status=stranger.status,
    )
    assert set(sites.site(stranger).robots) == set(sites.ROBOTS)


def test_the_next_snapshot_reuses_the_graph_while_the_layout_stays() -> None:
    first = sites.site()
    same = Site.build(sites.SITE, sites.resources(), sites.NOW + 1, previous=first)
    renamed = sites.layout(places=(PlaceSpec(name="Gate", station="D1"),))
    other = Site.build(sites.SITE, sites.resources(renamed), sites.NOW + 1, previous=first)
    assert same.graph is first.graph
    assert "Gate" in other.graph.places


def test_closures_close_places_areas_and_nodes_until_their_time_is_over() -> None:
    def closure(name: str, until_at: float | None, *targets: str) -> object:
        return sites.resource(Kind.CLOSURE, name, ClosureSpec(targets=targets, until_at=until_at), ClosureStatus())

    site = sites.site(
        closure("now", None, "Packing", "n2_2"),  # type: ignore[arg-type]
        closure("over", sites.NOW - 1, "Dock 1"),  # type: ignore[arg-type]
    )
    assert site.is_closed("Packing 1")
    assert site.is_closed("Break Room")
    assert not site.is_closed("Dock 1")
    assert "n2_2" in site.closed_nodes
    assert site.travel_times()("n1_2", "n3_2", 5.0) == 4.0  # round the closed node instead of through it
