"""`drover bench assign`: who carries what in which order, beside other dispatchers and solvers."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from drover.cli.exits import EXIT_DONE, EXIT_USAGE
from drover.cli.output import Output, dump
from fleet.contracts.errors import FleetError, InvalidInput

Sizes = Annotated[str, typer.Option("--sizes", help="Robots/loads, separated by commas.")]
Capacities = Annotated[str, typer.Option("--capacity", help="Loads that a robot has room for, separated by commas.")]
BudgetOption = Annotated[
    float | None,
    typer.Option("--budget", min=0.01, help="Processor seconds of each solver. Default: 5, 10, 20 by size.", show_default=False),
]
MethodsOption = Annotated[
    str, typer.Option("--methods", help="Only these, separated by commas. Default: all that are installed.")
]
LiLim = Annotated[
    Path | None, typer.Option("--li-lim", help="Instead: the instances of this folder, in Li and Lim's form.", show_default=False)
]
FloorOption = Annotated[
    str,
    typer.Option("--floor", help="Instead: time of the floor answer for ROBOTSxTASKS, such as 1000x5000.", show_default=False),
]
PlotOption = Annotated[Path | None, typer.Option("--plot", help="Write the picture here (SVG).", show_default=False)]


def assign(
    sizes: Sizes = "20/100,100/500,300/1500",
    capacity: Capacities = "1,4",
    seeds: Annotated[int, typer.Option("--seeds", min=1, max=100, help="Instances of each size.")] = 3,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The first seed.")] = 1,
    budget: BudgetOption = None,
    methods: MethodsOption = "",
    li_lim: LiLim = None,
    floor: FloorOption = "",
    plot: PlotOption = None,
    output: Annotated[Output, typer.Option("-o", "--output", help="json or yaml.")] = Output.JSON,
) -> None:
    """Distance, makespan, missed deadlines and processor time of the planner and of what it is compared with.

    Needs no running system. PyVRP takes part where it is installed (pip install -r requirements/bench.in). Every answer is
    driven by an independent checker; medians over seeds; solvers are stopped by processor time.

    [bold]Examples[/bold]

        drover bench assign --sizes 20/100 --seeds 1 --budget 2       a first look, in a minute
        drover bench assign --plot compared.svg                       everything (an hour)
        drover bench assign --li-lim instances/ --budget 10           against the best known
        drover bench assign --floor 1000x5000                         the floor answer
    """
    try:
        shown = _shown(sizes, capacity, range(seed, seed + seeds), budget, methods, li_lim, floor)
        if plot is not None and "rows" in shown and li_lim is None:
            from drover.bench.assign.plot import plot as picture

            plot.write_text(picture(shown["rows"]))
    except (FleetError, OSError) as error:
        print(f"drover bench assign: {error}", file=sys.stderr)
        raise typer.Exit(EXIT_USAGE) from None
    dump(shown, Output.JSON if output is Output.TABLE else output)
    raise typer.Exit(EXIT_DONE)


def _shown(
    sizes: str, capacity: str, seeds: range, budget: float | None, methods: str, li_lim: Path | None, floor: str
) -> dict[str, Any]:
    from drover.bench.assign import li_lim as instances
    from drover.bench.assign import ours, run

    if floor:
        robots, tasks = _pair(floor, "x", "--floor")
        return {"floor": [ours.floor(robots, tasks, seed) for seed in seeds]}
    wanted = _words(methods)
    known = instances.METHODS if li_lim is not None else run.METHODS
    for name in wanted:
        if name not in known:
            raise InvalidInput(f"no method {name!r}", field="--methods", fix="use some of " + ", ".join(known))
    chosen = run.methods_here(wanted or list(known))
    if li_lim is not None:
        rows = instances.run(li_lim, [budget or 10.0], list(seeds), chosen, _told)
    else:
        capacities = [_number(word, "--capacity") for word in _words(capacity)]
        pairs = [_pair(word, "/", "--sizes") for word in _words(sizes)]
        rows = run.compare(pairs, capacities, list(seeds), budget, chosen, _told)
    return {"seeds": list(seeds), "rows": rows}


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _number(text: str, option: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 100_000:
        raise InvalidInput(f"{text!r} is no number from 1 to 100000", field=option, fix="write a whole number")
    return int(text)


def _pair(text: str, between: str, option: str) -> tuple[int, int]:
    robots, _, loads = text.partition(between)
    return _number(robots, option), _number(loads, option)


def _told(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
