"""`drover translate` and `drover sim run`: the language and the traffic without any server."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from drover.cli.output import Output
from drover.datadir import DEFAULT_ROOT

PANEL = "Without servers"


def register(app: typer.Typer) -> None:
    app.command(rich_help_panel=PANEL)(translate)
    sim = typer.Typer(help="The fleet on a virtual clock, without a network: hours in seconds.", no_args_is_help=True)
    sim.command("run")(sim_run)
    app.add_typer(sim, name="sim", rich_help_panel=PANEL)


def translate(
    site: Annotated[Path, typer.Option(help="A shipped site's name, a folder with site.yaml, or a registry (JSON, YAML).")],
    now: Annotated[str, typer.Option(help="The site's clock, HH:MM, for sentences without their own.")] = "12:00",
    text: Annotated[str | None, typer.Option(help="One sentence.", show_default=False)] = None,
    jsonl: Annotated[
        Path | None, typer.Option(help="Many: a file with {id, text, now} a line, - for stdin.", show_default=False)
    ] = None,
    model: Annotated[
        str, typer.Option(help="embedded, embedded@ADAPTER_FOLDER, a transformers model, or an OpenAI-compatible URL.")
    ] = "embedded",
    explain: Annotated[
        bool, typer.Option("--explain", help="For people: which words became what, the skeleton, how sure. No JSON.")
    ] = False,
    only_site: Annotated[bool, typer.Option("--only-site", help="Leave out lines whose `site` names another site.")] = False,
    threads: Annotated[int, typer.Option("--threads", min=1, max=64, help="Processor threads for the model.")] = 1,
    cache: Annotated[Path, typer.Option(help="Where the model's converted weights are kept.")] = DEFAULT_ROOT / "planner",
) -> None:
    """Sentences to the Command IR, as the planner would do it: JSON out, nothing moved, nothing needed but this machine.

    One line out for every line in, at once, in order: {id, outcome, tasks, control, query, why}. A line that is no JSON or that
    fails comes out as `clarify` and says why. Form: benchmarks/language/README.md; `drover bench language` scores it.

    [bold]Examples[/bold]

        drover translate --site warehouse --text "2 totes from Dock 1 to Packing 1, then AMR-3 may charge"
        drover translate --site warehouse --text "hold everyone but AMR-2 for 5 minutes" --explain
        drover translate --site my-registry.json --now 14:30 --jsonl sentences.jsonl > commands.jsonl
        my-radio | drover translate --site warehouse --jsonl - --model http://127.0.0.1:8000/v1#qwen
    """
    if (text is None) == (jsonl is None):
        raise typer.BadParameter("give either --text or --jsonl")
    from drover.translate import run_cli

    raise typer.Exit(run_cli(site, now, text, jsonl, model, cache, threads=threads, only_site=only_site, explained=explain))


def sim_run(
    layout: Annotated[str, typer.Option(help="A shipped site's name, a folder with site.yaml, or a LIF file.")] = "warehouse",
    robots: Annotated[
        int | None, typer.Option(help="How many; default: the site's own.", min=1, max=2000, show_default=False)
    ] = None,
    minutes: Annotated[float, typer.Option(help="Simulated minutes.", min=0.1)] = 60.0,
    seed: Annotated[int, typer.Option(help="The same seed gives the same run.")] = 0,
    policy: Annotated[
        str, typer.Option(help="drover, or naive: oldest task to the nearest idle robot, static shortest paths, side-steps.")
    ] = "drover",
    traffic: Annotated[
        str | None, typer.Option(help="Traffic control of another policy, to see what each half brings.", show_default=False)
    ] = None,
    demand: Annotated[
        str, typer.Option(help="uniform, or busy: hot places that shift, batches, priorities, promises.")
    ] = "uniform",
    open_tasks: Annotated[
        int | None, typer.Option(help="Tasks open at any time; default: two a robot.", min=1, show_default=False)
    ] = None,
    arrivals: Annotated[
        float | None, typer.Option(help="Instead: tasks that arrive in an hour.", min=0.1, show_default=False)
    ] = None,
    delays: Annotated[
        float, typer.Option(help="Chance of a stall (2 to 8 s, rarely minutes) at each node passed; 0.01 is 1 %.", min=0, max=1)
    ] = 0.0,
    plan_budget: Annotated[
        float, typer.Option(help="Seconds of search for each plan; 0: none, so that a seed always gives the same run.", min=0)
    ] = 0.0,
    output: Annotated[Output, typer.Option("-o", "--output")] = Output.TABLE,
) -> None:
    """Run a fleet and print throughput, service times with those who still wait, missed promises, where the robots' time went,
    collisions (judged in the world, not in the plan) and deadlocks.

    [bold]Examples[/bold]

        drover sim run --layout warehouse --robots 20 --minutes 60 --seed 1
        drover sim run --robots 20 --demand busy --delays 0.01 --policy naive -o json
        drover sim run --robots 50 --demand busy --arrivals 600
    """
    from drover.sim import run_cli

    code = run_cli(
        layout,
        output.value,
        robots=robots,
        minutes=minutes,
        seed=seed,
        policy="drover" if policy == "default" else policy,
        traffic=traffic,
        demand=demand,
        open_tasks=open_tasks,
        arrivals_per_hour=arrivals,
        delays=delays,
        plan_budget_s=plan_budget,
    )
    raise typer.Exit(code)
