"""The random sites that training data is made on: their form, their names, and that a seed gives the same one again."""

from __future__ import annotations

import random

import pytest

from fleet.contracts import codec
from fleet.contracts.translate import Registry, RegistryItem, RegistryPlace, RegistryRobot
from llm_planner.training.sites.lexicon import LANGUAGES, lexicon
from llm_planner.training.sites.make import make_site

CAPABILITIES = {
    *(
        "transport",
        "tow",
        "lift_pallet",
        "forks",
        "cool_box",
        "locked_drawer",
        "clean",
        "disinfect",
        "inspect",
        "patrol",
        "guide",
    ),
    *("goto", "wait", "park", "charge"),
}
SEEDS = range(60)

every_language = pytest.mark.parametrize("language", LANGUAGES)


def things(site: Registry) -> list[RegistryPlace | RegistryRobot | RegistryItem]:
    return [*site.places, *site.robots, *site.items]


def sites(language: str) -> list[Registry]:
    return [codec.convert(make_site(random.Random(seed), language), Registry) for seed in SEEDS]


@every_language
def test_a_seed_gives_the_same_site_again_and_another_seed_another_one(language: str) -> None:
    first, again, other = (make_site(random.Random(seed), language) for seed in (5, 5, 6))
    assert first == again
    assert first["places"] != other["places"]


@every_language
def test_sizes_and_the_kinds_that_no_site_is_without(language: str) -> None:
    for site in sites(language):
        assert 15 <= len(site.places) <= 45
        assert 4 <= len(site.robots) <= 30
        assert 8 <= len(site.items) <= 25
        assert {place.kind for place in site.places} >= {"charger", "parking", "no_robot_zone"}
        assert 1 <= len({robot.type for robot in site.robots}) <= 5


@every_language
def test_names_are_unique_and_every_home_is_a_place(language: str) -> None:
    for site in sites(language):
        places = {place.name for place in site.places}
        names = [thing.name.casefold() for thing in things(site)]
        assert len(names) == len(set(names))
        assert {item.home for item in site.items} <= {*places, None}
        for thing in things(site):
            assert len(thing.aliases) == len(set(thing.aliases))
            assert thing.name not in thing.aliases
            assert "#" not in f"{thing.name}{thing.aliases}"
            assert all(text == " ".join(text.split()) and text for text in (thing.name, *thing.aliases))


@every_language
def test_robots_do_what_their_type_is_for_and_somebody_carries(language: str) -> None:
    for site in sites(language):
        assert any("transport" in robot.capabilities for robot in site.robots)
        assert set(site.type_aliases) == {robot.type for robot in site.robots}
        for robot in site.robots:
            assert set(robot.capabilities) <= CAPABILITIES
            assert robot.payload_kg or "transport" not in robot.capabilities


@every_language
def test_a_third_of_the_foreign_sites_has_english_names(language: str) -> None:
    english, own = ({title for trade in lexicon(name).trades.values() for title in trade.titles} for name in ("en", language))
    found = [any(site.title.endswith(title) for title in english - own) for site in sites(language)]
    assert language == "en" or 0.15 < sum(found) / len(found) < 0.5


@every_language
def test_the_words_are_rich(language: str) -> None:
    words = lexicon(language)
    trades = (*words.trades.values(), words.common)
    assert len({place.name for trade in trades for place in trade.places}) >= 120
    assert len({item.name for trade in trades for item in trade.items}) >= 80
    assert len({entry.name for entries in words.types.values() for entry in entries}) >= 25
    assert set(words.trades) == set(lexicon("en").trades)
