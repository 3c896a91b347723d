"""Backups over HTTP: a copy of the cloud's SQLite database, or the two words around somebody's own pg_dump."""

from __future__ import annotations

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from cloud.api.context import Context, Route
from cloud.store.backups import Backup
from fleet_io.http import body, json_response


class NewBackup(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`to`: a file's name in the cloud's folder `backups`; "" for one from the time."""

    to: str = ""


class BackupMark(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`token`: "" before the dump; afterwards what the first call has answered."""

    token: str = ""


async def make(request: Request, context: Context) -> Response:
    wanted = await body(request, NewBackup)
    return json_response(await context.backups.make(wanted.to), 201)


async def mark(request: Request, context: Context) -> Response:
    token = (await body(request, BackupMark)).token
    return json_response(context.backups.done(token) if token else {"token": context.backups.begin()})


ROUTES = (
    Route("POST", "/api/v1/backup", make, "Copy the cloud's database (SQLite)", NewBackup, Backup, status=201),
    Route("POST", "/api/v1/backup/mark", mark, "Before and after a pg_dump of the cloud's database", BackupMark, Backup),
)
