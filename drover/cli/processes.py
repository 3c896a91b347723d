"""`drover cloud`, `edge`, `planner`, `robots`, `broker`, `load`: one process each, for machines of their own.

`drover up` starts the same verbs. Each fills its tier's config and calls its `app.run`, which blocks until SIGTERM.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from drover.datadir import read_or_make_token
from fleet.contracts.errors import InvalidInput

if TYPE_CHECKING:
    from fleet_io.mqtt import MqttSettings

PANEL = "Single processes"
LOG_FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"

Data = Annotated[Path, typer.Option("--data", help="Folder that keeps its state.")]
TokenFile = Annotated[
    Path | None, typer.Option("--token-file", help="The API's bearer token; made when missing. Else DROVER_TOKEN.")
]
Host = Annotated[str, typer.Option(help="Address to listen on.")]
Site = Annotated[str, typer.Option(help="The site's name.")]
Web = Annotated[Path | None, typer.Option("--web", help="The built page; default: the one of this checkout.", show_default=False)]


def register(app: typer.Typer) -> None:
    for verb in (cloud, edge, planner, robots, broker, load):
        app.command(rich_help_panel=PANEL)(verb)


def cloud(
    site: Site,
    data: Data = Path("data/cloud"),
    host: Host = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8080,
    token_file: TokenFile = None,
    database: Annotated[str, typer.Option(envvar="DROVER_DATABASE", help="SQLAlchemy URL; nothing: SQLite in --data.")] = "",
    broker: Annotated[
        str, typer.Option(envvar="DROVER_CLOUD_BROKER", help="mqtt://user:password@host:port")
    ] = "mqtt://127.0.0.1:18831",
    planner_url: Annotated[str, typer.Option(help="The language planner.")] = "http://127.0.0.1:8082",
    web: Web = None,
) -> None:
    """The cloud: page, API, planning, store, and the hub to the edge nodes."""
    _begin(port, host)
    from cloud.app import run
    from cloud.config import CloudConfig

    data.mkdir(parents=True, exist_ok=True)
    config = CloudConfig(
        data_dir=data,
        site=site,
        host=host,
        port=port,
        token=_token(token_file, data),
        database_url=database,
        broker=_mqtt(broker),
        planner_url=planner_url,
        web_dir=_web(web),
    )
    raise typer.Exit(run(config))


def edge(
    site: Site,
    name: Annotated[str, typer.Option(help="The EdgeNode resource that this is.")],
    data: Data = Path("data/edge"),
    host: Host = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8081,
    token_file: TokenFile = None,
    cloud_broker: Annotated[str, typer.Option(envvar="DROVER_CLOUD_BROKER")] = "mqtt://127.0.0.1:18831",
    robot_broker: Annotated[str, typer.Option(envvar="DROVER_EDGE_BROKER")] = "mqtt://127.0.0.1:18832",
    planner_url: Annotated[str, typer.Option(help="Language planner for sentences at the site itself; nothing: none.")] = "",
    web: Web = None,
) -> None:
    """The edge node: drives a site's robots (VDA 5050 master control), with or without the cloud."""
    _begin(port, host)
    from edge_node.app import run
    from edge_node.config import EdgeConfig

    data.mkdir(parents=True, exist_ok=True)
    config = EdgeConfig(
        data_dir=data,
        site=site,
        name=name,
        host=host,
        port=port,
        token=_token(token_file, data),
        cloud_broker=_mqtt(cloud_broker),
        robot_broker=_mqtt(robot_broker),
        planner_url=planner_url,
        web_dir=_web(web),
    )
    raise typer.Exit(run(config))


def planner(
    data: Data = Path("data/planner"),
    host: Host = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8082,
    token_file: TokenFile = None,
    model: Annotated[
        str, typer.Option(help="embedded, a transformers folder or id, https://HOST/v1#NAME; several with commas between.")
    ] = "embedded",
    remote_share: Annotated[
        float, typer.Option(min=0.05, max=0.95, help="Of several models: part of a sentence's time for each but the last.")
    ] = 0.4,
    threads: Annotated[int, typer.Option(min=1, max=64, help="Processor threads for the model.")] = 1,
    deadline_s: Annotated[float, typer.Option("--deadline", min=1, help="Seconds for one sentence.")] = 20.0,
) -> None:
    """The language planner: sentences to the Command IR, in a process of its own."""
    _begin(port, host)
    from llm_planner.app import run
    from llm_planner.config import PlannerConfig

    data.mkdir(parents=True, exist_ok=True)
    config = PlannerConfig(
        cache_dir=data,
        host=host,
        port=port,
        token=_token(token_file, None),
        model=model,
        threads=threads,
        deadline_s=deadline_s,
        remote_share=remote_share,
    )
    raise typer.Exit(run(config))


def robots(
    site: Annotated[str, typer.Option(help="A shipped site's name, or a folder with site.yaml.")] = "warehouse",
    data: Data = Path("data/robots"),
    broker: Annotated[str, typer.Option(envvar="DROVER_EDGE_BROKER")] = "mqtt://127.0.0.1:18832",
    robot: Annotated[list[str] | None, typer.Option(help="Only this one; may be given again. Default: all of the site.")] = None,
    speed: Annotated[float, typer.Option(min=0.1, max=50.0, help="Simulated seconds per second.")] = 1.0,
    seed: Annotated[int, typer.Option()] = 0,
) -> None:
    """Virtual robots: each a VDA 5050 2.1 vehicle with its own MQTT connection."""
    _begin()
    from drover import site as sites
    from sim_robots.app import run
    from sim_robots.config import RobotsConfig

    played, chargers = sites.virtual_robots(sites.load(site))
    unknown = set(robot or ()) - {r.name for r in played}
    if unknown:
        raise InvalidInput(
            f"no robot {min(unknown)!r} on this site", field="--robot", fix="one of " + ", ".join(r.name for r in played)
        )
    data.mkdir(parents=True, exist_ok=True)
    config = RobotsConfig(
        data_dir=data,
        robots=tuple(r for r in played if not robot or r.name in robot),
        chargers=chargers,
        broker=_mqtt(broker),
        speed_factor=speed,
        seed=seed,
    )
    raise typer.Exit(run(config))


def broker(
    name: Annotated[str, typer.Argument(help="cloud or edge; names its folder and server.")] = "edge",
    data: Data = Path("data/broker"),
    host: Host = "127.0.0.1",
    port: Annotated[int | None, typer.Option(help="MQTT; default 18831 for cloud, 18832 else.", show_default=False)] = None,
    user: Annotated[str, typer.Option(envvar="DROVER_BROKER_USER", help="Needed of every client beyond loopback.")] = "",
    password: Annotated[str, typer.Option(envvar="DROVER_BROKER_PASSWORD")] = "",
) -> None:
    """The embedded MQTT broker, alone. Any MQTT 3.1.1 broker does instead."""
    number = port or (18831 if name == "cloud" else 18832)
    _begin(number, host)
    from drover.broker import BrokerConfig
    from drover.broker_process import run

    config = BrokerConfig(f"broker-{name}", data, host=host, port=number, username=user or None, password=password or None)
    raise typer.Exit(asyncio.run(run(config)))


def load(
    api: Annotated[str, typer.Option(envvar="DROVER_API")] = "http://127.0.0.1:8080",
    token_file: TokenFile = None,
    seed: Annotated[int, typer.Option()] = 0,
) -> None:
    """Posts missions all the time, so that there is something to see."""
    _begin()
    from sim_robots.load import run_load

    raise typer.Exit(run_load(api, _token(token_file, None), seed=seed))


def _begin(port: int | None = None, host: str = "127.0.0.1") -> None:
    """Logs to stderr; a busy port is said before anything heavy is loaded."""
    from drover.ports import require_free

    logging.basicConfig(level=os.environ.get("DROVER_LOG", "INFO").upper(), format=LOG_FORMAT)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    if port is not None:
        require_free(port, option="--port", host=host)
    signal.signal(signal.SIGTERM, _exit_at_once)  # until the tier takes over


def _exit_at_once(_number: int, _frame: object) -> None:
    raise SystemExit(0)


def _token(token_file: Path | None, data: Path | None) -> str:
    """$DROVER_TOKEN, else the file, else one made in --data."""
    if token := os.environ.get("DROVER_TOKEN"):
        return token
    path = token_file or (data / "token" if data else None)
    if path is None:
        raise InvalidInput("no token", field="--token-file", fix="set DROVER_TOKEN, or name the file of the cloud's token")
    return read_or_make_token(path)


def _mqtt(url: str) -> MqttSettings:
    from fleet_io.mqtt import MqttSettings

    return MqttSettings.parse(url)


def _web(web: Path | None) -> Path | None:
    from drover.up import WEB_DIST

    found = web or WEB_DIST
    if web is not None and not (web / "index.html").is_file():
        raise InvalidInput(f"no index.html in {web}", field="--web", fix="name the folder that `make web` built")
    return found if (found / "index.html").is_file() else None
