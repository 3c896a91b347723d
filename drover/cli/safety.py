"""`drover audit`, `confirm`, `token`: who said what and who let it happen, the second person's word, a person's own token."""

from __future__ import annotations

import hashlib
import secrets
import sys
import time
from typing import Annotated, Any
from urllib.parse import quote

import typer

from drover.cli.exits import EXIT_REFUSED
from drover.cli.output import Output, OutputOption, dump, show_rows
from drover.client import Client
from fleet.contracts.commands import CommandState

PANEL = "Operate"


def register(app: typer.Typer) -> None:
    for verb in (audit, confirm, token):
        app.command(rich_help_panel=PANEL)(verb)


def audit(
    limit: Annotated[int, typer.Option(help="How many of the newest entries.", min=1, max=1000)] = 50,
    command: Annotated[str, typer.Option(help="Only of this command.", show_default=False)] = "",
    before: Annotated[int, typer.Option(help="Only entries of a lower number: read on backwards.", min=0)] = 0,
    output: OutputOption = Output.TABLE,
) -> None:
    """What was said, what was made of it by which model, and who confirmed it; -o json has the Command IR, model and adapter."""
    items = Client().call("GET", "audit", limit=limit, command=command or None, before=before or None)["items"]
    if output is not Output.TABLE:
        dump({"items": items}, output)
        return
    show_rows([_row(item) for item in items], output, empty="nothing has been said")


def _row(item: dict[str, Any]) -> dict[str, Any]:
    return {
        "number": item["number"],
        "at": time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(item["at"])),
        "command": item["command"],
        "said by": item.get("said_by"),
        "state": item["state"],
        "text": item["text"],
        "understood": item.get("title") or item.get("question") or item.get("reason"),
        "risk": item.get("risk"),
        "rule": item.get("rule"),
        "confirmed by": item.get("confirmations", []),
        "mission": item.get("mission"),
    }


def confirm(
    command: Annotated[str, typer.Argument(metavar="COMMAND", help="Its id, as `drover audit` shows it.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Without asking.")] = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Confirm a command that waits; where the site's policy asks for two people, the second has a token of their own."""
    client = Client()
    path = f"commands/{quote(command, safe='')}"
    shown = client.call("GET", path)
    if output is Output.TABLE:
        said = ", ".join(shown.get("confirmations", [])) or "nobody yet"
        print(f"{shown['text']!r} by {shown.get('created_by') or 'somebody'}, confirmed by {said}")
        print(shown.get("title") or shown["state"])
    if not yes and not (sys.stdin.isatty() and typer.confirm("Do it?", default=False)):
        print("not confirmed", file=sys.stderr)
        raise typer.Exit(EXIT_REFUSED)
    answer = client.call("POST", f"{path}/confirm")
    if output is not Output.TABLE:
        dump(answer, output)
    elif answer["state"] == CommandState.CONFIRMED:
        print(f"confirmed: {answer.get('mission') or answer.get('title')}")
    else:
        print("confirmed by you; it waits for a second person")


def token(output: OutputOption = Output.TABLE) -> None:
    """Make a person's own token, and the hash of it that goes into the LanguagePolicy under users. Nothing is stored."""
    made = secrets.token_urlsafe(32)
    digest = hashlib.sha256(made.encode()).hexdigest()
    if output is not Output.TABLE:
        dump({"token": made, "token_sha256": digest}, output)
        return
    print(f"token (for the person only, as DROVER_TOKEN): {made}")
    print(f"token_sha256 (for the LanguagePolicy):        {digest}")
