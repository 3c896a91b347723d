"""A TCP proxy that breaks: between an edge node and the cloud's broker, a robot and the edge's broker, a hub and its broker.

Needs no root. Modes: pass; cut (connections reset, new ones refused); blackhole (half-open: all looks connected, nothing goes);
hold_up, hold_down (one way only); delay; slow (a few bytes a second). Held bytes are kept, not dropped: TCP would send them
again, so after `pass` a connection that has outlived the fault goes on whole.

    with FaultProxy(broker_port) as proxy:
        ... connect to proxy.port ...
        proxy.set(Mode.BLACKHOLE)
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

CHUNK_BYTES = 16 * 1024
#: A slow line sends so often, seconds.
SLICE_S = 0.1
START_S_MAX = 10.0


class Mode(StrEnum):
    PASS = "pass"
    CUT = "cut"
    BLACKHOLE = "blackhole"
    HOLD_UP = "hold_up"
    HOLD_DOWN = "hold_down"
    DELAY = "delay"
    SLOW = "slow"


@dataclass
class Counts:
    """`up`: from who connects to the server behind. Bytes that have left the proxy."""

    connections: int = 0
    refused: int = 0
    up_bytes: int = 0
    down_bytes: int = 0


class FaultProxy:
    """Runs in a thread with a loop of its own, so that plain test code can drive it."""

    def __init__(self, target_port: int, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self.host, self.port, self.target_port = host, port, target_port
        self.mode = Mode.PASS
        self.delay_s = 0.3
        self.bytes_per_s = 1000.0
        self.counts = Counts()
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._changed: asyncio.Event | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="fault-proxy", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._ready.wait(START_S_MAX):
            raise TimeoutError("the proxy did not start")
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(START_S_MAX)

    def set(self, mode: Mode, *, delay_s: float | None = None, bytes_per_s: float | None = None) -> None:
        """From now on. Returns when it is so."""
        done = threading.Event()

        def change() -> None:
            self.mode = mode
            self.delay_s = self.delay_s if delay_s is None else delay_s
            self.bytes_per_s = self.bytes_per_s if bytes_per_s is None else bytes_per_s
            if mode is Mode.CUT:
                for writer in list(self._writers):
                    _reset(writer)
            assert self._changed is not None
            self._changed.set()
            self._changed = asyncio.Event()
            done.set()

        self._loop.call_soon_threadsafe(change)
        done.wait(START_S_MAX)

    # ---- the loop's thread ----

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._changed = asyncio.Event()
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, self.host, self.port))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        for writer in list(self._writers):
            writer.transport.abort()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.mode is Mode.CUT:
            self.counts.refused += 1
            _reset(writer)
            return
        self.counts.connections += 1
        self._writers.add(writer)
        behind: asyncio.StreamWriter | None = None
        try:
            await self._open(Mode.HOLD_UP)
            answers, behind = await asyncio.open_connection(self.host, self.target_port)
            self._writers.add(behind)
            both = (self._pump(reader, behind, up=True), self._pump(answers, writer, up=False))
            await asyncio.wait([asyncio.ensure_future(p) for p in both], return_when=asyncio.FIRST_COMPLETED)
        except OSError:
            pass  # the server behind is down: the connection ends, as it would without us
        finally:
            for end in (writer, behind):
                if end is not None:
                    self._writers.discard(end)
                    end.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, up: bool) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(CHUNK_BYTES):
                await self._open(Mode.HOLD_UP if up else Mode.HOLD_DOWN)
                if self.mode is Mode.DELAY:
                    await asyncio.sleep(self.delay_s)
                while data:
                    size = max(1, int(self.bytes_per_s * SLICE_S)) if self.mode is Mode.SLOW else len(data)
                    part, data = data[:size], data[size:]
                    writer.write(part)
                    await writer.drain()
                    if up:
                        self.counts.up_bytes += len(part)
                    else:
                        self.counts.down_bytes += len(part)
                    if data:
                        await asyncio.sleep(SLICE_S)
            await self._open(Mode.HOLD_UP if up else Mode.HOLD_DOWN)  # an end cannot be heard through a hole either

    async def _open(self, held_by: Mode) -> None:
        while self.mode in (Mode.BLACKHOLE, held_by):
            assert self._changed is not None
            await self._changed.wait()


def _reset(writer: asyncio.StreamWriter) -> None:
    """RST instead of FIN."""
    sock = writer.get_extra_info("socket")
    if sock is not None:
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
