"""`drover edges`: how each edge node's link stands, and the pick between two copies of one."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from drover import edge_view
from drover.cli.output import Output, OutputOption, ago, dump, show_rows
from drover.client import Client, named
from fleet.contracts.resources import Kind


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="Edge nodes: link, backlog, offline budget, stops; `accept` picks between two copies of one.")
    group.callback(invoke_without_command=True)(edges)
    group.command()(accept)
    app.add_typer(group, name="edges", rich_help_panel="Operate")


def edges(context: typer.Context, output: OutputOption = Output.TABLE) -> None:
    """Edge nodes: link, backlog, offline budget, stops.

    STATE is online, suspect (silent for 15 s), offline, quarantined (two copies speak: `drover edges accept`), refilling or
    snapshot. Backlogs are rows that the other side has not taken; LEFT is how long it can run without the cloud.
    """
    if context.invoked_subcommand is not None:
        return
    found = [edge_view.summary(item) for item in Client().list(Kind.EDGE_NODE)]
    if output is not Output.TABLE:
        dump({"items": found}, output)
        return
    show_rows([_row(each) for each in found], output, empty="no edge nodes")
    for each in found:
        for boot, what in each["candidates"].items():
            print(f"{each['name']} is quarantined; copy {boot}: {what}; pick it: drover edges accept {each['name']} {boot}")


def accept(
    edge: Annotated[str, typer.Argument(metavar="EDGE")],
    boot: Annotated[str, typer.Argument(metavar="BOOT", help="The copy's word, as `drover edges` shows it.")],
    output: OutputOption = Output.TABLE,
) -> None:
    """Two copies of one edge node speak: go on with this one. The other stays shut out."""
    body = Client().call("POST", named(Kind.EDGE_NODE, edge, "accept"), {"boot": boot})
    if output is Output.TABLE:
        print(f"edge node {edge}: copy {boot} goes on")
    else:
        dump(body, output)


def _row(each: dict[str, Any]) -> dict[str, Any]:
    down, up = each["backlog"]["to_edge"], each["backlog"]["to_cloud"]
    offset_s = each["clock_offset_s"]
    return {
        "name": each["name"],
        "state": each["state"],
        "seen": ago(each["last_seen_at"]),
        "converged": ago(each["converged_at"]),
        "digest": each["digest"],
        "to edge": _queue(down),
        "to cloud": _queue(up),
        "oldest": None if each["oldest_unacked_s"] is None else edge_view.length(each["oldest_unacked_s"]),
        "left alone": edge_view.budget_text(each),
        "dead": each["dead_letters"],
        "clock": None if offset_s is None else f"{offset_s:+.1f}s",
        "stopped by": [s["holder"] + (f" ({s['by']})" if s["by"] else "") for s in each["stops"]],
        "robots": f"{each['robots_online']}/{each['robots']}",
    }


def _queue(side: dict[str, int]) -> str:
    return f"{side['rows']} ({size(side['bytes'])})" if side["rows"] else "0"


def size(count: float) -> str:
    """Bytes for people: 812 B, 14 kB, 3.1 MB."""
    for unit, scale in (("B", 1), ("kB", 1e3), ("MB", 1e6)):
        if count < 1000 * scale:
            return f"{count / scale:.0f} {unit}" if scale == 1 or count >= 10 * scale else f"{count / scale:.1f} {unit}"
    return f"{count / 1e9:.1f} GB"
