"""`drover health`: one question with an exit code, for containers and service managers that have no curl."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Annotated, Any

import typer

from drover.client import Unreachable
from fleet.contracts.errors import InvalidInput


def register(app: typer.Typer) -> None:
    app.command(rich_help_panel="Start")(health)


def health(
    target: Annotated[
        str, typer.Argument(help="http://host:port of a cloud, edge or planner, or mqtt://user:password@host:port")
    ],
    site: Annotated[str, typer.Option(help="With mqtt://: are this site's robots online?", show_default=False)] = "",
    within_s: Annotated[float, typer.Option("--within", min=0.1, help="Seconds to wait for the answer.")] = 3.0,
) -> None:
    """Is it up? Exit code 0 if so, 3 if nobody answers in time.

    [bold]Examples[/bold]

        drover health http://127.0.0.1:8080
        drover health mqtt://127.0.0.1:18832 --site warehouse --within 20
    """
    logging.getLogger("drover.mqtt").setLevel(logging.CRITICAL)  # each refused try would be a line of its own
    asyncio.run(_in_time(_question(target, site), target, within_s))
    print(f"{target} is up")


def _question(target: str, site: str) -> Coroutine[Any, Any, None]:
    from drover import readiness
    from fleet_io.mqtt import MqttSettings

    if target.startswith(("http://", "https://")):
        return readiness.http_ready(f"{target.rstrip('/')}/healthz")
    if not target.startswith(("mqtt://", "mqtts://")):
        raise InvalidInput(f"{target!r} is neither", field="TARGET", fix="write http://host:port or mqtt://host:port")
    settings = MqttSettings.parse(target)
    if not site:
        return readiness.broker_answers(settings)
    from drover import site as sites

    robots, _ = sites.virtual_robots(sites.load(site))
    return readiness.robots_ready(settings, robots, since=0.0)


async def _in_time(question: Coroutine[Any, Any, None], target: str, within_s: float) -> None:
    try:
        await asyncio.wait_for(question, within_s)
    except TimeoutError:
        fix = "see its log; are user and password right?"
        raise Unreachable(f"{target} is not up after {within_s:g} s", field="TARGET", fix=fix) from None
