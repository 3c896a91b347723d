"""`drover convert layout` and `drover check layout`: layouts before they are applied, without any server."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from drover.cli.exits import EXIT_DONE, EXIT_REFUSED
from drover.cli.output import Output, dump
from fleet.contracts.errors import FleetError

PANEL = "Without servers"


class Proposal(StrEnum):
    ONE_WAY = "one-way"


FileArgument = Annotated[
    Path, typer.Argument(help="LIF (JSON), openTCS model (XML), or Open-RMF building.yaml.", show_default=False)
]


def register(app: typer.Typer) -> None:
    converting = typer.Typer(help="Other tools' files into ours.", no_args_is_help=True)
    converting.command("layout")(convert_layout)
    app.add_typer(converting, name="convert", rich_help_panel=PANEL)
    checking = typer.Typer(help="What would make traffic slow or stuck.", no_args_is_help=True)
    checking.command("layout")(check_layout)
    app.add_typer(checking, name="check", rich_help_panel=PANEL)


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


def check_layout(
    layout: Annotated[
        str, typer.Argument(help="A shipped site's name, a folder with site.yaml, or a layout file.", show_default=False)
    ],
    robots: Annotated[
        int | None, typer.Option("--robots", min=1, help="A shipped site, drawn for so many.", show_default=False)
    ] = None,
    propose: Annotated[
        Proposal | None, typer.Option("--propose", help="Which two-way lanes could be one-way.", show_default=False)
    ] = None,
    picture: Annotated[Path | None, typer.Option("--picture", help="SVG file to draw.", show_default=False)] = None,
    write: Annotated[
        Path | None, typer.Option("--write", help="LIF file to write with the proposal carried out.", show_default=False)
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit code 1 when there are warnings.")] = False,
    output: Annotated[Output, typer.Option("-o", "--output", help="table, json or yaml.")] = Output.TABLE,
) -> None:
    """Dead ends, bridges, lanes on no cycle, places that block lanes, and how many robots the floor takes.

    With --propose one-way: which direction of which lanes to leave out, and what that does to the mean trip. See docs/layouts.md.

    [bold]Examples[/bold]

        drover check layout warehouse --picture warehouse.svg
        drover check layout layout.lif.json --propose one-way --picture plan.svg --write one-way.lif.json
    """
    from drover import layout_check
    from fleet.layout import one_way

    if write is not None and propose is None:
        raise typer.BadParameter("--write needs --propose")
    try:
        found = layout_check.load(layout, robots)
        report = found.report()
        proposal = one_way.propose(found.graph) if propose is not None else None
        if picture is not None:
            layout_check.draw(found, report, proposal, picture)
        if write is not None and proposal is not None:
            layout_check.write(found, proposal, write)
    except FleetError as error:
        print(error, file=sys.stderr)
        raise typer.Exit(EXIT_REFUSED) from None
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        raise typer.Exit(EXIT_REFUSED) from None
    answer = layout_check.told(found, report, proposal)
    if output is Output.TABLE:
        _print(answer)
    else:
        dump(answer, output)
    raise typer.Exit(EXIT_REFUSED if strict and answer["warnings"] else EXIT_DONE)


def _print(answer: dict[str, Any]) -> None:
    for key, value in answer.items():
        if isinstance(value, (int, str)):
            print(f"{key.replace('_', ' ')}: {value}")
    for warning in answer["warnings"]:
        print(f"warning: {warning}")
    one_way = answer.get("one_way")
    if one_way:
        before, after = one_way["mean_trip_s_before"], one_way["mean_trip_s_after"]
        print(f"one-way: leave out {len(one_way['closed'])} edges; mean trip on an empty floor {before} s, then {after} s")
