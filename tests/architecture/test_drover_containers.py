"""docker-compose.yml against the command line that it calls: no engine is needed to see that they fit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from drover import site as sites
from drover.cli import app

ROOT = Path(__file__).resolve().parent.parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
OURS = {name: service for name, service in COMPOSE["services"].items() if service["image"].startswith("drover")}


def options_of(verb: str) -> set[str]:
    command = typer.main.get_command(app).commands[verb]  # type: ignore[attr-defined]
    return {name for parameter in command.params for name in parameter.opts}


@pytest.mark.parametrize("name", OURS)
def test_every_command_is_a_verb_with_options_that_it_has(name: str) -> None:
    verb, *words = OURS[name]["command"]
    asked = {word for word in words if word.startswith("-")}
    assert asked <= options_of(verb), f"{name}: {asked - options_of(verb)}"


@pytest.mark.parametrize("name", OURS)
def test_every_container_is_hardened(name: str) -> None:
    service = OURS[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_every_service_has_a_health_check_and_a_bound_to_nothing_but_loopback(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service.get("healthcheck"), name
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


def test_the_edge_node_is_the_one_that_the_site_names() -> None:
    words = OURS["edge"]["command"]
    assert words[words.index("--name") + 1] == sites.load("warehouse").edge


def test_robots_reach_their_broker_only() -> None:
    assert OURS["robots"]["networks"] == ["site"]
    assert OURS["broker-edge"]["networks"] == ["site"]
    assert "site" not in OURS["cloud"]["networks"]


def test_no_secret_is_in_the_files() -> None:
    for service in COMPOSE["services"].values():
        for key, value in (service.get("environment") or {}).items():
            if "PASSWORD" in key or "TOKEN" in key:
                assert value.startswith("${"), key


def test_every_package_is_copied_into_the_image_which_does_not_run_as_root() -> None:
    text = (ROOT / "containers" / "Dockerfile").read_text("utf-8")
    for package in ("fleet", "fleet_io", "cloud", "edge_node", "robot_agent", "llm_planner", "sim_robots", "drover", "layouts"):
        assert f"COPY {package} {package}\n" in text
    final_stages = text.split("\nFROM ")[-2:]
    assert all("USER 10001:10001" in stage and "HEALTHCHECK" in stage for stage in final_stages)
