"""The folder that keeps what `drover up` knows between runs: token, pid files, logs, one folder for each process.

DATA/token            the API's bearer token, 0600, made once
DATA/site             the site whose data this is
DATA/run/NAME.pid     pid of each running process; DATA/run/up.lock is held by the one `drover up`
DATA/logs/NAME.log    what it said; NAME.log.1 is the one before
DATA/NAME/            what it keeps (databases, queues, robots' memories)
"""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fleet.contracts.errors import Conflict, InvalidInput

DEFAULT_ROOT = Path(".drover")
#: A log longer than this is set aside when its process starts; two are kept.
LOG_BYTES_MAX = 5 * 1024 * 1024


@dataclass(frozen=True)
class DataDir:
    root: Path

    def prepare(self) -> None:
        """Raises InvalidInput when the folder cannot be made or written."""
        try:
            for folder in (self.root, self.root / "run", self.root / "logs"):
                folder.mkdir(parents=True, exist_ok=True)
            self.root.chmod(0o700)
        except OSError as error:
            raise InvalidInput(f"{self.root}: {error.strerror}", field="--data", fix="name a folder that you may write") from None

    def folder(self, name: str) -> Path:
        path = self.root / name
        path.mkdir(parents=True, exist_ok=True)
        return path

    @property
    def token_file(self) -> Path:
        return self.root / "token"

    def token(self) -> str:
        """The bearer token; made at the first call, readable by this user only."""
        return read_or_make_token(self.token_file)

    def pid_file(self, name: str) -> Path:
        return self.root / "run" / f"{name}.pid"

    def log_file(self, name: str) -> Path:
        return self.root / "logs" / f"{name}.log"

    def open_log(self, name: str) -> int:
        """A file descriptor to append to; a log that has grown long is set aside first."""
        path = self.log_file(name)
        if path.exists() and path.stat().st_size > LOG_BYTES_MAX:
            path.replace(path.with_suffix(".log.1"))
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)

    def log_tail(self, name: str, *, lines: int = 15) -> str:
        path = self.log_file(name)
        if not path.exists():
            return ""
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - 8192))
            return "\n".join(file.read().decode("utf-8", "replace").splitlines()[-lines:])

    def claim_for(self, site: str) -> None:
        """Remember whose data this is. Raises Conflict when it is another site's."""
        path = self.root / "site"
        known = path.read_text("utf-8").strip() if path.exists() else ""
        if known and known != site:
            raise Conflict(
                f"{self.root} holds the data of site {known!r}, not {site!r}",
                field="--data",
                fix=f"add --data {self.root}-{site}",
            )
        path.write_text(site + "\n", "utf-8")

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Held by the one `drover up` on this folder; the kernel frees it when that process ends, however it ends."""
        path = self.root / "run" / "up.lock"
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                pid = os.read(fd, 32).decode("ascii", "replace").strip() or "?"
                raise Conflict(
                    f"{self.root} is in use by `drover up`, pid {pid}",
                    field="--data",
                    fix=f"stop it with Ctrl-C or `kill {pid}`, or name another folder and other ports",
                ) from None
            os.ftruncate(fd, 0)
            os.write(fd, f"{os.getpid()}\n".encode())
            yield
        finally:
            os.close(fd)


def read_or_make_token(path: Path) -> str:
    """Two processes that start at once agree on the one that was first."""
    try:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        token = path.read_text("ascii").strip()
        if not token:
            raise InvalidInput(f"{path} is empty", field="token", fix=f"remove {path}, a new one is made") from None
        return token
    with os.fdopen(fd, "w", encoding="ascii") as file:
        token = secrets.token_urlsafe(24)
        file.write(token + "\n")
    return token
