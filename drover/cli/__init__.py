"""The verbs of `drover`, by subject, put together here."""

from __future__ import annotations

import typer

from drover.cli import backup, bench, command, drill, edges, health, layouts, offline, operate, processes, resources, safety, up
from drover.cli.exits import EXIT_DONE, EXIT_NOT_DONE, EXIT_REFUSED, EXIT_UNREACHABLE, EXIT_USAGE

__all__ = ["EXIT_DONE", "EXIT_NOT_DONE", "EXIT_REFUSED", "EXIT_UNREACHABLE", "EXIT_USAGE", "app"]

_HELP = """
Runs fleets of robots the way KubeEdge runs nodes: a sentence in, VDA 5050 robots moving.

[bold]Start[/bold]   drover up               everything on this machine; Ctrl-C stops it
[bold]Ask[/bold]     drover command "bring 2 pallets from Dock 1 to Packing 1" --wait
[bold]Look[/bold]    drover get robots       drover events --follow
[bold]Change[/bold]  drover apply -f site/   drover get robot AMR-1 -o yaml
[bold]Stop[/bold]    drover stop             every robot, at once
"""
_EPILOG = (
    "Exit codes: 0 done, 1 refused or invalid, 2 wrong usage, 3 nobody answers, 4 the mission was not done (in time).   "
    "Environment: DROVER_API (http://127.0.0.1:8080), DROVER_TOKEN, or DROVER_DATA (.drover) for its token file."
)

app = typer.Typer(
    name="drover",
    help=_HELP,
    epilog=_EPILOG,
    no_args_is_help=True,
    rich_markup_mode="rich",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for module in (up, health, command, operate, safety, edges, drill, backup, resources, processes, offline, layouts, bench):
    module.register(app)
