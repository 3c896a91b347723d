"""`drover up` and `drover ps`."""

from __future__ import annotations

import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from drover.cli.output import Output, OutputOption, show_rows
from drover.datadir import DEFAULT_ROOT, DataDir

PANEL = "Start"
DataOption = Annotated[Path, typer.Option("--data", envvar="DROVER_DATA", help="Folder that keeps state, logs and the token.")]


class RobotProcesses(StrEnum):
    ONE = "one"
    EACH = "each"


def register(app: typer.Typer) -> None:
    app.command(rich_help_panel=PANEL)(up)
    app.command(rich_help_panel=PANEL)(ps)


def up(
    site: Annotated[
        str, typer.Option(help="A shipped site (warehouse, hospital, factory) or a folder with site.yaml.")
    ] = "warehouse",
    data: DataOption = DEFAULT_ROOT,
    port: Annotated[int, typer.Option(help="Page and API of the cloud.", min=1, max=65535)] = 8080,
    edge_port: Annotated[int, typer.Option(help="API of the edge node.", min=1, max=65535)] = 8081,
    planner_port: Annotated[int, typer.Option(help="Language planner.", min=1, max=65535)] = 8082,
    cloud_broker_port: Annotated[int, typer.Option(help="MQTT, cloud and edge.", min=1, max=65535)] = 18831,
    edge_broker_port: Annotated[int, typer.Option(help="MQTT, edge and robots.", min=1, max=65535)] = 18832,
    demo: Annotated[bool, typer.Option("--demo", help="Also post missions all the time.")] = False,
    speed: Annotated[float, typer.Option(help="Simulated seconds per second.", min=0.1, max=50.0)] = 1.0,
    robot_processes: Annotated[
        RobotProcesses, typer.Option(help="All robots in one process, or each in its own.")
    ] = RobotProcesses.ONE,
    planner: Annotated[bool, typer.Option("--planner/--no-planner", help="The language model.")] = True,
    model: Annotated[
        str, typer.Option(help="embedded, a transformers folder or id, https://HOST/v1#NAME; several with commas between.")
    ] = "embedded",
    cloud_broker: Annotated[str, typer.Option(help="A broker that runs already: mqtt://user:password@host:1883")] = "",
    edge_broker: Annotated[str, typer.Option(help="The same for the robots' side.")] = "",
    open_page: Annotated[bool, typer.Option("--open", help="Open the page in a browser.")] = False,
) -> None:
    """Start everything on this machine: brokers, planner, cloud, edge node, virtual robots. Ctrl-C stops all, in order.

    What dies is started again; `drover ps` shows pids, each may be killed and comes back. State is kept in --data.

    [bold]Examples[/bold]

        drover up --demo                              with missions going on
        drover up --site hospital --data .hospital    another site, its own state
        drover up --edge-broker mqtt://localhost      Mosquitto, EMQX, ... instead of the embedded broker
    """
    from drover.up import UpOptions, run

    options = UpOptions(
        site=site,
        data=data,
        port=port,
        edge_port=edge_port,
        planner_port=planner_port,
        cloud_broker_port=cloud_broker_port,
        edge_broker_port=edge_broker_port,
        demo=demo,
        speed=speed,
        robot_process_each=robot_processes is RobotProcesses.EACH,
        planner=planner,
        model=model,
        cloud_broker=cloud_broker,
        edge_broker=edge_broker,
        open_page=open_page,
    )
    raise typer.Exit(run(options, lambda line: print(line, flush=True)))


def ps(data: DataOption = DEFAULT_ROOT, output: OutputOption = Output.TABLE) -> None:
    """The processes of the `drover up` on this data folder: pid, memory, processor time, log."""
    import psutil

    folder = DataDir(data)
    rows = []
    for file in sorted((data / "run").glob("*.pid")):
        name = file.stem
        try:
            process = psutil.Process(int(file.read_text()))
            with process.oneshot():
                rows.append(
                    {
                        "name": name,
                        "pid": process.pid,
                        "rss_mb": round(process.memory_info().rss / 1e6, 1),
                        "cpu_s": round(sum(process.cpu_times()[:2]), 1),
                        "up_s": round(time.time() - process.create_time()),
                        "log": str(folder.log_file(name)),
                    }
                )
        except (psutil.Error, ValueError, OSError):
            rows.append(
                {"name": name, "pid": None, "rss_mb": None, "cpu_s": None, "up_s": None, "log": str(folder.log_file(name))}
            )
    show_rows(rows, output, empty=f"nothing runs on {data} (start it with `drover up`)")
