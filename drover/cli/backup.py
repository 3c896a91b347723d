"""`drover backup`: a copy of the cloud's database, after which edge nodes need not keep what is in it."""

from __future__ import annotations

from typing import Annotated

import typer

from drover.cli.edges import size
from drover.cli.output import Output, OutputOption, dump
from drover.client import Client
from fleet.contracts.errors import InvalidInput

#: A copy of some gigabytes takes its time.
BACKUP_TIMEOUT_S = 600.0


def register(app: typer.Typer) -> None:
    app.command(rich_help_panel="Operate")(backup)


def backup(
    to: Annotated[str, typer.Option("--to", metavar="FILE", help="Its name in DATA/cloud/backups; default: from the time.")] = "",
    mark: Annotated[bool, typer.Option("--mark", help="PostgreSQL: say this before your own pg_dump; prints a word.")] = False,
    marked: Annotated[str, typer.Option("--marked", metavar="WORD", help="PostgreSQL: that pg_dump is safe.")] = "",
    output: OutputOption = Output.TABLE,
) -> None:
    """Copy the cloud's database while it runs; edge nodes then drop the events that they kept for a restore.

    To restore: stop the cloud, put the file in the place of cloud.db (without cloud.db-wal and cloud.db-shm), start it. It finds
    out by itself that it is an older one, and the edge nodes tell it what has happened since.
    """
    if sum((bool(to), mark, bool(marked))) > 1:
        raise InvalidInput("two at once", field="--to", fix="use one of --to, --mark, --marked")
    client = Client(timeout_s=BACKUP_TIMEOUT_S)
    if mark or marked:
        body = client.call("POST", "backup/mark", {"token": marked})
        words = body["token"] if mark else "the edge nodes know that it is in a backup"
    else:
        body = client.call("POST", "backup", {"to": to})
        words = f"{body['file']} ({size(body['bytes'])})"
    if output is Output.TABLE:
        print(words)
    else:
        dump(body, output)
