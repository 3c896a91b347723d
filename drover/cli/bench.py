"""`drover bench sync`: the synchronisation between cloud and edge nodes, under every fault, on a virtual clock.

`drover bench language` is in bench_language.py, `drover bench assign` in bench_assign.py.
"""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from drover.cli.bench_assign import assign
from drover.cli.bench_language import language
from drover.cli.bench_traffic import traffic
from drover.cli.exits import EXIT_DONE, EXIT_REFUSED, EXIT_USAGE
from drover.cli.output import Output, dump


class Scenario(StrEnum):
    FAULTS = "faults"
    STORM = "storm"


bench = typer.Typer(
    name="bench",
    help="Measure and prove: the sync protocol in simulation, language and traffic on benchmarks.",
    no_args_is_help=True,
)

HoursOption = Annotated[float, typer.Option("--hours", min=0.01, max=1000.0, help="Simulated hours of faults for each seed.")]
ResumeOption = Annotated[Path | None, typer.Option("--resume", help="File to keep the state in, and to go on from.")]
MutateOption = Annotated[str, typer.Option("--mutate", help="Break this rule of the protocol first (`list` names them).")]


@bench.callback()
def _bench() -> None:
    """Benchmarks that need no running system."""


@bench.command("sync")
def sync(
    seeds: Annotated[int, typer.Option("--seeds", min=1, help="Histories to play.")] = 100,
    hours: HoursOption = 1.0,
    first: Annotated[int, typer.Option("--seed", min=0, help="The first seed.")] = 0,
    mutate: MutateOption = "",
    edges: Annotated[int, typer.Option("--edges", min=0, max=2000, help="Edge nodes (0: the seed chooses).")] = 0,
    jobs: Annotated[int, typer.Option("--jobs", min=1, max=256, help="Processes.")] = 1,
    resume: ResumeOption = None,
    scenario: Annotated[Scenario, typer.Option("--scenario", help="faults: seeds; storm: all edge nodes return at once.")] = (
        Scenario.FAULTS
    ),
    robots: Annotated[int, typer.Option("--robots", min=1, max=1000, help="Storm: robots of each edge node.")] = 10,
    output: Annotated[Output, typer.Option("-o", "--output", help="json or yaml.")] = Output.JSON,
) -> None:
    """Play histories full of faults, and say which invariants of the protocol fell (0 are expected; exit code 1 otherwise).

    With --mutate a rule is broken on purpose: then something must fall, and the exit code is 1 when nothing does.
    """
    from drover.simulation.fsp.campaign import Plan, Tally, campaign
    from drover.simulation.fsp.mutations import MUTATIONS

    if mutate == "list":
        print("\n".join(MUTATIONS))
        return
    if mutate and mutate not in MUTATIONS:
        print(f"no rule {mutate!r}: use one of {', '.join(MUTATIONS)}", file=sys.stderr)
        raise typer.Exit(EXIT_USAGE)
    if scenario is Scenario.STORM:
        from drover.simulation.fsp.storm import Storm, storm

        shown = storm(Storm(edges or 1000, robots, first or 1))
        dump(shown, Output.JSON if output is Output.TABLE else output)
        raise typer.Exit(EXIT_REFUSED if shown["violations"] else EXIT_DONE)
    plan = Plan(seeds, hours, first, mutate, edges)
    tally = Tally()
    try:
        if resume is not None and resume.exists():
            tally = Tally.load(resume, plan)
        campaign(plan, jobs=jobs, checkpoint=resume, told=_progress, tally=tally)
    except ValueError as error:
        print(error, file=sys.stderr)
        raise typer.Exit(EXIT_USAGE) from None
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
    print(file=sys.stderr)
    shown = {"mutate": mutate} if mutate else {}
    dump({**shown, **tally.summary()}, Output.JSON if output is Output.TABLE else output)
    good = bool(tally.violations) if mutate else not tally.violations
    raise typer.Exit(EXIT_DONE if good else EXIT_REFUSED)


def _progress(tally: object) -> None:
    from drover.simulation.fsp.campaign import Tally

    assert isinstance(tally, Tally)
    line = (
        f"\r{tally.seeds} seeds, {tally.simulated_hours:.0f} simulated hours, {tally.violations} violations, {tally.wall_s:.0f} s"
    )
    print(line, end="", file=sys.stderr, flush=True)


def register(app: typer.Typer) -> None:
    bench.command("language")(language)
    bench.command("traffic")(traffic)
    bench.command("assign")(assign)
    app.add_typer(bench)
