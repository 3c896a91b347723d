"""`drover bench traffic`: the traffic engine on any map, executed with delays, against the baselines in the same run."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from drover.cli.exits import EXIT_DONE, EXIT_REFUSED, EXIT_USAGE
from drover.cli.output import Output, OutputOption, dump, show_rows
from fleet.contracts.errors import FleetError

if TYPE_CHECKING:
    from drover.bench.traffic.bench import Order

MapOption = Annotated[Path, typer.Option("--map", help="MovingAI map (.map) or layout (LIF, .json).", show_default=False)]
ScenarioOption = Annotated[
    Path | None,
    typer.Option("--scenario", help="MovingAI .scen: starts and first goals; further goals are random.", show_default=False),
]
BaselinesOption = Annotated[
    str,
    typer.Option(
        "--against", help="Baselines, with commas: b0 (two-way), b1 (one-way, side-step after 3 s), b1_quick (after 1 s)."
    ),
]
RadiusOption = Annotated[float, typer.Option("--radius", help="Of every robot, metres; a grid's cell is 1 m.")]


def traffic(
    map_: MapOption,
    robots: Annotated[int, typer.Option("--robots", "-n", min=1, max=20_000, help="Robots.")] = 100,
    steps: Annotated[int, typer.Option("--steps", "-t", min=10, max=1_000_000, help="Seconds; a grid's cell takes one.")] = 600,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Starts, goals and delays.")] = 1,
    guidance: Annotated[str, typer.Option("--guidance", help="on: lanes and what waits are seen; off: lanes only.")] = "on",
    delays: Annotated[float, typer.Option("--delays", help="Chance that a move stalls 2 .. 8 s somewhere on its way.")] = 0.0,
    stops: Annotated[float, typer.Option("--stops", help="Chance per robot and second to stop for 200 s.")] = 0.0,
    closures: Annotated[bool, typer.Option("--closures", help="Close and open an aisle every 200 s.")] = False,
    scenario: ScenarioOption = None,
    against: BaselinesOption = "b1",
    radius: RadiusOption = 0.25,
    output: OutputOption = Output.TABLE,
) -> None:
    """Drive robots from goal to goal, and count what they finish, against a baseline on the same seed.

    Executed, not idealised: a move holds the node it comes from until the rear has left it, stalls and stops strike anywhere.
    A checker that sees nothing but bodies counts collisions, another one counts deadlocks; 0 are expected of drover (exit
    code 1 otherwise). The first third of the time does not count. Needs no running system; Ctrl-C reports what was done.

    [bold]Examples[/bold]

        drover bench traffic --map warehouse-10-20-10-2-1.map --robots 1000
        drover bench traffic --map layouts/warehouse/layout.lif.json --robots 8 --radius 0.4 --delays 0.01
        drover bench traffic --map random-32-32-20.map --scenario random-32-32-20-random-1.scen --robots 100 -o json
        drover bench traffic --map warehouse.map --robots 600 --delays 0.01 --stops 0.0001 --against b1,b1_quick
        drover bench traffic --map warehouse.map --robots 1500 --guidance off
    """
    from drover.bench.traffic import bench

    try:
        order = bench.Order(
            map=map_,
            robots=robots,
            seconds=steps,
            seed=seed,
            guidance=bench.on_or_off(guidance),
            stall=delays,
            stop=stops,
            closures=closures,
            scenario=scenario,
            against=bench.baselines(against),
            radius_m=radius,
        )
        shown = bench.run(order, told=_Told(order))
    except FleetError as error:
        print(f"drover bench traffic: {error}", file=sys.stderr)
        raise typer.Exit(EXIT_USAGE) from None
    if output is Output.TABLE:
        show_rows(_rows(shown), output, empty="nothing was driven to its end")
        for name, ratio in shown["ratios"].items():
            print(f"{name}: {ratio:.2f}")
    else:
        dump(shown, output)
    ours = shown["policies"].get("drover")
    good = ours is not None and not shown["interrupted"] and not ours["collisions"] and not ours["deadlocks"]
    raise typer.Exit(EXIT_DONE if good else EXIT_REFUSED)


def _rows(shown: dict[str, Any]) -> list[dict[str, Any]]:
    columns = ("finished", "per_s", "errand_p95_s", "step_p50_ms", "step_p99_ms", "collisions", "deadlocks", "cpu_s")
    return [{"policy": name, **{c: result[c] for c in columns}} for name, result in shown["policies"].items()]


class _Told:
    """How far it is: one line that is written over on a terminal, elsewhere a line a policy."""

    def __init__(self, order: Order) -> None:
        self._order, self._terminal = order, sys.stderr.isatty()

    def __call__(self, policy: str, second: int) -> None:
        if self._terminal and (second % 5 == 0 or second == self._order.seconds):
            end = "\n" if second == self._order.seconds else ""
            print(f"\r\x1b[K{policy}: {second}/{self._order.seconds} s", end=end, file=sys.stderr, flush=True)
        elif not self._terminal and second == self._order.seconds:
            print(f"{policy}: {second} s driven", file=sys.stderr, flush=True)
