"""The model in a process of its own: the HTTP loop never waits for a matrix product, and a crash costs one sentence.

One sentence is computed at a time; a bounded number waits (`queue`). The process is started again when it dies or hangs.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import logging
import multiprocessing
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, cast

import msgspec

from fleet.contracts import codec
from fleet.contracts.errors import DeadlineMissed, FleetError, InvalidInput, RemoteFault, Transient
from fleet.contracts.translate import TranslateReply, TranslateRequest
from llm_planner.models.backends import REMOTE_SHARE, Backend
from llm_planner.models.queue import Ticket, TranslationQueue

log = logging.getLogger(__name__)

#: Where a worker process gets its model: "module:function", called with (model, cache_dir, threads, remote_share).
OPEN_BACKEND = "llm_planner.models.backends:open_backend"
#: A process that has not answered this long after the sentence's deadline is taken for hung, in seconds.
HANG_GRACE_S = 5.0
#: Pauses before a dead process is started again, in seconds; the last one repeats.
RESTART_PAUSES_S = (0.2, 1.0, 5.0, 15.0, 30.0)
#: Times one sentence is given to a process before it is taken for the reason that processes die.
ATTEMPTS_MAX = 2
#: A stopped process gets this long before it is killed, in seconds.
STOP_GRACE_S = 2.0


class _Job(msgspec.Struct, frozen=True):
    id: int
    request: TranslateRequest
    budget_s: float


class _Word(msgspec.Struct, frozen=True):
    """From the process: `kind` ready | failed | reply | error."""

    kind: str
    id: int = 0
    name: str = ""
    reply: TranslateReply | None = None
    code: str = ""
    detail: str = ""
    field: str = ""
    fix: str = ""


@dataclass(frozen=True)
class WorkerSpec:
    model: str
    cache_dir: Path
    threads: int = 1
    opener: str = OPEN_BACKEND
    remote_share: float = REMOTE_SHARE


class _Died(Exception):
    """The process went away while a sentence was with it."""


class ModelWorker:
    """Runs the model process and hands it sentences. Use from one event loop: `await start()`, `translate`, `await stop()`."""

    def __init__(self, spec: WorkerSpec, *, queue_max: int, batch_max: int = 0) -> None:
        self._spec = spec
        self._queue = TranslationQueue(queue_max, batch_max)
        self._context = multiprocessing.get_context("spawn")
        self._process: BaseProcess | None = None
        self._connection: Connection | None = None
        self._ready = asyncio.Event()
        self._pending: dict[int, asyncio.Future[_Word]] = {}
        self._ids = 0
        self._failures = 0
        self._stopping = False
        self._restart: asyncio.Task[None] | None = None
        self.name = spec.model
        self.reason = ""
        self.restarts = 0

    @property
    def status(self) -> str:
        """ready | loading | failed (with `reason`; it is tried again all the same)."""
        return "ready" if self._ready.is_set() else ("failed" if self.reason else "loading")

    @property
    def waiting(self) -> dict[str, int]:
        """Sentences that wait for their turn, by class."""
        return self._queue.waiting

    @property
    def sentence_s(self) -> float:
        """Seconds a sentence takes, lately; 0 before the first one."""
        return self._queue.sentence_s

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    async def start(self) -> None:
        """Start the process; it loads in the background (see `status`)."""
        self._spawn()

    async def stop(self) -> None:
        """End the process; sentences in it fail with Transient."""
        self._stopping = True
        if self._restart is not None:
            self._restart.cancel()
        process = self._process
        if process is not None:
            await asyncio.to_thread(_end, process)
        self._fail_pending()

    async def translate(self, request: TranslateRequest, *, deadline_s: float) -> TranslateReply:
        """The answer within `deadline_s` seconds, waiting included.

        Raises QueueFull (also when its turn would come too late), DeadlineMissed, Transient (the model is loading or died),
        InvalidInput, RemoteFault.
        """
        arrived = time.monotonic()
        ticket = self._queue.admit(arrived, deadline_s=deadline_s, batch=request.batch)
        try:
            async with asyncio.timeout(deadline_s):
                await ticket.turn
                return await self._ask(request, ticket, arrived, arrived + deadline_s)
        except TimeoutError:
            raise self._late(deadline_s) from None
        finally:
            self._queue.leave(ticket, time.monotonic())

    def _late(self, deadline_s: float) -> Transient:
        if self.status != "ready":
            why = self.reason or "the language model is still loading"
            return Transient(f"{why} (waited {deadline_s:g} s)", fix="try again when /healthz says ready")
        return DeadlineMissed(f"no answer within {deadline_s:g} s", fix="try again, or allow more time")

    async def _ask(self, request: TranslateRequest, ticket: Ticket, arrived: float, deadline_at: float) -> TranslateReply:
        for _ in range(ATTEMPTS_MAX):
            ticket.began = None  # loading is not the sentence's time
            await self._ready.wait()
            sent = ticket.began = time.monotonic()
            try:
                word = await self._exchange(request, deadline_at - sent)
            except _Died:
                log.warning("the model process ended while it had a sentence")
                continue
            if word.kind == "error" or word.reply is None:
                raise _error(word)
            return msgspec.structs.replace(word.reply, queue_s=sent - arrived)
        raise Transient("the model process ended on this sentence", field="text", fix="put it in other words")

    async def _exchange(self, request: TranslateRequest, budget_s: float) -> _Word:
        connection = self._connection
        if connection is None:
            raise _Died
        self._ids += 1
        job = _Job(self._ids, request, budget_s)
        answer: asyncio.Future[_Word] = asyncio.get_running_loop().create_future()
        self._pending[job.id] = answer
        try:
            await asyncio.to_thread(connection.send_bytes, msgspec.json.encode(job))
            return await answer
        except (OSError, ValueError):
            raise _Died from None
        except asyncio.CancelledError:
            self._watch_hang(job.id, self._process)
            raise
        finally:
            if not answer.cancelled():
                self._pending.pop(job.id, None)

    def _watch_hang(self, job_id: int, process: BaseProcess | None) -> None:
        """The sentence's time is up. The process stops by itself at the same time, unless it hangs: then it is killed."""
        done: asyncio.Future[_Word] = asyncio.get_running_loop().create_future()
        self._pending[job_id] = done

        async def watch() -> None:
            try:
                await asyncio.wait_for(done, HANG_GRACE_S)
            except TimeoutError:
                log.error("the model process hangs; killing it")
                if process is not None:
                    process.kill()
            except _Died:
                pass
            finally:
                self._pending.pop(job_id, None)

        _keep(asyncio.create_task(watch()))

    def _spawn(self) -> None:
        mine, theirs = self._context.Pipe()
        self._connection = mine
        process = self._context.Process(target=run_worker, args=(theirs, self._spec), name="drover-model", daemon=True)
        process.start()
        theirs.close()
        self._process = process
        loop = asyncio.get_running_loop()
        threading.Thread(
            target=_listen, args=(self._connection, loop, self._hear, self._gone), name="model-pipe", daemon=True
        ).start()

    def _hear(self, word: _Word) -> None:
        if word.kind == "ready":
            self.name, self.reason, self._failures = word.name, "", 0
            self._ready.set()
            log.info("model ready: %s (process %s)", word.name, self.pid)
        elif word.kind == "failed":
            self.reason = word.detail
            log.error("the model cannot be loaded: %s", word.detail)
        else:
            answer = self._pending.get(word.id)
            if answer is not None and not answer.done():
                answer.set_result(word)

    def _gone(self) -> None:
        """The process ended: fail what it had, start it again after a pause."""
        self._ready.clear()
        self._connection = None
        self._fail_pending()
        if self._stopping:
            return
        pause_s = RESTART_PAUSES_S[min(self._failures, len(RESTART_PAUSES_S) - 1)]
        self._failures += 1
        self.restarts += 1
        log.warning("the model process ended; starting it again in %.1f s", pause_s)
        self._restart = asyncio.create_task(self._spawn_after(pause_s))

    async def _spawn_after(self, pause_s: float) -> None:
        await asyncio.sleep(pause_s)
        if not self._stopping:
            self._spawn()

    def _fail_pending(self) -> None:
        for answer in self._pending.values():
            if not answer.done():
                answer.set_exception(_Died())
                answer.exception()  # seen: nobody may be waiting any more


def run_worker(connection: Connection, spec: WorkerSpec) -> None:
    """The process: load, then answer until the parent is gone."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole group; the parent ends us in order
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    with contextlib.suppress(OSError):
        os.nice(5)  # beside a fleet's real-time work the model gives way
    try:
        backend = _open(spec)
    except FleetError as error:
        _say(connection, _Word("failed", detail=str(error)))
        return
    except Exception as error:  # whatever a model file can do to its reader must reach the operator as a reason
        log.exception("the model cannot be loaded")
        _say(connection, _Word("failed", detail=f"the model cannot be loaded: {type(error).__name__}: {error}"))
        return
    _say(connection, _Word("ready", name=backend.name))
    while True:
        try:
            job = codec.decode(connection.recv_bytes(), _Job)
        except (EOFError, OSError):
            return
        _say(connection, _answer(backend, job))


def _open(spec: WorkerSpec) -> Backend:
    module, _, function = spec.opener.partition(":")
    opener: Callable[..., Any] = getattr(importlib.import_module(module), function)
    return cast(Backend, opener(spec.model, spec.cache_dir, spec.threads, spec.remote_share))


def _answer(backend: Backend, job: _Job) -> _Word:
    try:
        reply = backend.translate(job.request, deadline_at=time.monotonic() + job.budget_s)
    except FleetError as error:
        return _Word("error", job.id, code=error.code, detail=error.detail, field=error.field, fix=error.fix)
    return _Word("reply", job.id, reply=reply)


def _say(connection: Connection, word: _Word) -> None:
    with contextlib.suppress(OSError):  # the parent is gone; so are we, at the next read
        connection.send_bytes(msgspec.json.encode(word))


def _listen(
    connection: Connection, loop: asyncio.AbstractEventLoop, hear: Callable[[_Word], None], gone: Callable[[], None]
) -> None:
    """A thread: what the process says, brought into the loop; then that it is gone."""
    with contextlib.suppress(RuntimeError):  # the loop is closed: the program ends
        try:
            while True:
                loop.call_soon_threadsafe(hear, codec.decode(connection.recv_bytes(), _Word))
        except (EOFError, OSError, InvalidInput):
            connection.close()
            loop.call_soon_threadsafe(gone)


def _error(word: _Word) -> FleetError:
    kinds: dict[str, type[FleetError]] = {kind.code: kind for kind in (InvalidInput, DeadlineMissed, RemoteFault, Transient)}
    return kinds.get(word.code, RemoteFault)(word.detail, field=word.field, fix=word.fix)


def _end(process: BaseProcess) -> None:
    process.terminate()  # it keeps nothing that could be half written
    process.join(STOP_GRACE_S)
    if process.is_alive():
        process.kill()
        process.join()


_TASKS: set[asyncio.Task[None]] = set()


def _keep(task: asyncio.Task[None]) -> None:
    """asyncio holds tasks weakly; this holds them until they end."""
    _TASKS.add(task)
    task.add_done_callback(_TASKS.discard)
