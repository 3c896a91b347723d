"""`drover convert layout` and `drover check layout`: layouts before they are applied, without any server."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from drover.cli.exits import EXIT_DONE, EXIT_REFUSED
from fleet.contracts.errors import FleetError

PANEL = "Without servers"

FileArgument = Annotated[
    Path, typer.Argument(help="LIF (JSON), openTCS model (XML), or Open-RMF building.yaml.", show_default=False)
]


def register(app: typer.Typer) -> None:
    converting = typer.Typer(help="Other tools' files into ours.", no_args_is_help=True)
    converting.command("layout")(convert_layout)
    app.add_typer(converting, name="convert", rich_help_panel=PANEL)


def convert_layout(
    file: FileArgument,
    out: Annotated[Path, typer.Option("--out", help="Folder for layout.lif.json and site.yaml.")],
    robots: Annotated[
        int | None, typer.Option("--robots", min=1, max=1000, help="Robots (default: those of the file).", show_default=False)
    ] = None,
    parking: Annotated[
        int, typer.Option("--parking", min=0, max=1000, help="Parking spurs to propose beside the lanes, where there is room.")
    ] = 0,
) -> None:
    """A layout drawn with another tool as a site: places, zones, doors, lifts and robots as far as the file has them.

    What could not be carried over is said. Robots live off the lanes; where the file has no such places, --parking proposes
    spurs by geometry alone: look whether there is floor for them.

    [bold]Examples[/bold]

        drover convert layout Demo-01.xml --out demo --parking 20 --robots 8
        drover convert layout office.building.yaml --out office
        drover check layout demo --picture demo.svg && drover sim run --layout demo --robots 8
    """
    from drover.imports.convert import convert

    try:
        drawing, warnings = convert(file, robots=robots, parking=parking)
        drawing.write(out)
    except FleetError as error:
        print(error, file=sys.stderr)
        raise typer.Exit(EXIT_REFUSED) from None
    for warning in warnings:
        print(f"warning: {warning}", file=sys.stderr)
    floor = drawing.floor
    print(f"{out}: {len(floor.nodes)} nodes, {len(floor.edges)} edges, {len(floor.places)} places, {len(drawing.robots)} robots")
    raise typer.Exit(EXIT_DONE)
