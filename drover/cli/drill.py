"""`drover drill partition`: cut a live link, keep work flowing, heal, and tell what was lost or done twice."""

from __future__ import annotations

import re
import sys
from typing import Annotated, Any

import typer

from drover.cli.edges import size
from drover.cli.exits import EXIT_NOT_DONE, EXIT_REFUSED
from drover.cli.output import Output, OutputOption, dump
from drover.client import Client
from fleet.contracts.errors import InvalidInput

FOR_S_MAX = 86_400.0
_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}

EdgeOption = Annotated[
    str, typer.Option("--edge", help="Edge node; may be left out where there is only one.", show_default=False)
]
UrlOption = Annotated[
    str, typer.Option("--edge-url", help="Its own API; default: spec.api_url of the EdgeNode.", show_default=False)
]
TokenOption = Annotated[
    str | None,
    typer.Option("--edge-token", envvar="DROVER_EDGE_TOKEN", help="Its API's token, if not the same.", show_default=False),
]


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True, help="Drills on the live fleet: cut a link on purpose and see what happens.")
    group.command()(partition)
    group.command()(heal)
    app.add_typer(group, name="drill", rich_help_panel="Operate")


def partition(
    edge: EdgeOption = "",
    for_: Annotated[str, typer.Option("--for", help="How long: 90s, 10m, 1h.")] = "10m",
    work: Annotated[bool, typer.Option("--work/--no-work", help="Post small missions at both sides meanwhile.")] = True,
    every_s: Annotated[float, typer.Option("--every", help="Seconds between two pairs of missions.", min=1.0)] = 10.0,
    settle_s: Annotated[
        float, typer.Option("--settle", help="Seconds that both sides have to agree afterwards.", min=1.0)
    ] = 180.0,
    finish_s: Annotated[
        float, typer.Option("--finish", help="Seconds that the missions have to end afterwards.", min=0.0)
    ] = 300.0,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    edge_url: UrlOption = "",
    edge_token: TokenOption = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Cut the live link between the cloud and an edge node, keep work flowing, heal it, and count.

    Robots go on by themselves. Ctrl-C heals first; when this program dies, the edge node heals the link when its time is over.
    Exit code 0: nothing lost, nothing done twice, both sides agree. 4: not so.

        drover drill partition --edge edge-1 --for 10m
        drover drill partition --for 1m --yes -o json
    """
    for_s = seconds(for_)
    from drover.drill.partition import Drill, Plan
    from drover.drill.sides import check_ready, open_sides

    sides = open_sides(Client(), edge, edge_url=edge_url, edge_token=edge_token)
    checked = check_ready(sides, work=work)
    print("; ".join(checked), file=sys.stderr)
    if not yes and not _agreed(sides.name, for_s, work):
        print("nothing was cut", file=sys.stderr)
        raise typer.Exit(EXIT_REFUSED)
    plan = Plan(for_s=for_s, work_every_s=every_s if work else 0.0, settle_s=settle_s, finish_s=finish_s)
    found = Drill(sides, plan, _progress).run()
    if sys.stderr.isatty():
        print(file=sys.stderr)
    if output is Output.TABLE:
        print("\n".join(lines(found)))
    else:
        dump(found, output)
    if found["verdict"] != "passed":
        raise typer.Exit(EXIT_NOT_DONE)


def heal(
    edge: EdgeOption = "", edge_url: UrlOption = "", edge_token: TokenOption = None, output: OutputOption = Output.TABLE
) -> None:
    """End a cut before its time."""
    from drover.drill.sides import open_sides

    sides = open_sides(Client(), edge, edge_url=edge_url, edge_token=edge_token)
    was_cut = bool(sides.edge_view()["cut"])
    sides.heal()
    if output is Output.TABLE:
        print(f"{sides.name}: the link is whole again" if was_cut else f"{sides.name} was not cut")
    else:
        dump({"edge": sides.name, "was_cut": was_cut}, output)


def seconds(text: str) -> float:
    """ "90", "90s", "10m", "1h" as seconds. Raises InvalidInput."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(s|m|min|h|)", text.strip())
    value = float(match[1]) * _UNITS[match[2]] if match else 0.0
    if not 0.0 < value <= FOR_S_MAX:
        raise InvalidInput(f"{text!r}", field="--for", fix="write it like 90s, 10m or 1h; at most 24h")
    return value


def lines(found: dict[str, Any]) -> list[str]:
    """The report for people."""
    events, wire, peak = found["events"], found["wire"], found["backlog_peak"]
    out = [
        f"{found['edge']} was cut off for {found['cut_s']:.0f} s" + (" (interrupted)" if found["interrupted"] else ""),
        f"events     {events['made']} made, {events['delivered']} delivered, {events['lost']} lost",
    ]
    for side, each in found["missions"].items():
        counts = ", ".join(f"{each[key]} {key}" for key in ("made", "done", "failed", "open", "lost"))
        out.append(
            f"missions   at the {side}: {counts}" + (f"; refused: {'; '.join(each['refused'])}" if each["refused"] else "")
        )
    out += [
        f"twice      {len(found['done_twice'])} done twice",
        f"robots     {found['robots']['moved_meanwhile']} moved meanwhile, {found['robots']['way_m']} m",
        f"backlog    at most {peak['to_edge']['rows']} rows for the site, {peak['to_cloud']['rows']} for the cloud",
        f"healed     all delivered after {_s(found['delivered_s'])}, both sides agreed after {_s(found['converged_s'])}",
        f"wire       {size(wire['edge']['bytes_sent'])} up, {size(wire['edge']['bytes_received'])} down, "
        f"{wire['edge']['rows_resent'] + wire['cloud']['rows_resent']} rows sent again",
    ]
    out += [f"problem    {each}" for each in found["problems"]]
    out.append(f"verdict    {found['verdict']}" + (f": {'; '.join(found['why'])}" if found["why"] else ""))
    return out


def _s(value: float | None) -> str:
    return "never" if value is None else f"{value:.1f} s"


def _agreed(edge: str, for_s: float, work: bool) -> bool:
    if not sys.stdin.isatty():
        print("not confirmed: no terminal to ask on (add --yes)", file=sys.stderr)
        return False
    more = " and send robots about" if work else ""
    return typer.confirm(f"Cut {edge} off from the cloud for {for_s:.0f} s{more}?", default=False)


def _progress(text: str) -> None:
    """One line that is written over on a terminal; elsewhere a line each."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)
    else:
        print(text, file=sys.stderr, flush=True)
