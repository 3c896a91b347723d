"""Who holds a port, so that "address already in use" becomes a name, a pid and something to do."""

from __future__ import annotations

import errno
import socket

import psutil

from fleet.contracts.errors import Conflict


def require_free(port: int, *, option: str, host: str = "127.0.0.1") -> None:
    """Raises Conflict that says which process listens there and what to do."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EACCES:
                raise Conflict(
                    f"port {port} needs more rights", field=option, fix=f"choose one above 1023: {option} {port + 8000}"
                ) from None
            if error.errno != errno.EADDRINUSE:
                raise
            raise busy(port, option) from None


def busy(port: int, option: str) -> Conflict:
    holder = find_holder(port)
    if holder is None:
        who, fix = "a process of another user", f"choose another: {option} {port + 10}"
    else:
        pid, name = holder
        who, fix = f"{name} (pid {pid})", f"stop it with `kill {pid}`, or choose another: {option} {port + 10}"
    return Conflict(f"port {port} is held by {who}", field=option, fix=fix)


def find_holder(port: int) -> tuple[int, str] | None:
    """(pid, what it is) of the process that listens on the TCP port; None when we may not see it."""
    try:
        connections = psutil.net_connections(kind="tcp")
    except psutil.AccessDenied:  # macOS lets only root look
        return None
    for connection in connections:
        if connection.status == psutil.CONN_LISTEN and connection.laddr and connection.laddr.port == port and connection.pid:
            return connection.pid, describe_process(connection.pid)
    return None


def describe_process(pid: int) -> str:
    """ "drover cloud" for one of ours, else the program's name."""
    try:
        process = psutil.Process(pid)
        words = process.cmdline()
        if "-m" in words and "drover" in words:
            return "drover " + " ".join(words[words.index("drover") + 1 :][:1])
        return process.name()
    except psutil.Error:
        return "a process"
