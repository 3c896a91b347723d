"""The one thread that writes: takes batches in order, commits many in one transaction, answers futures on the loop.

The event loop never waits for a disk. If a commit fails for good, everything that was queued behind it fails too: those
changes were decided on a state that does not exist, so the owner reloads before it writes again (`resume`).
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
import time
from dataclasses import dataclass

from cloud.store.database import Batch, Database
from fleet.contracts.errors import FleetError, QueueFull, Transient

log = logging.getLogger("drover.cloud.store")

QUEUE_MAX = 10_000
#: Batches in one transaction.
GROUP_MAX = 200
#: Waits before a failed commit is tried again, in seconds; then it fails for good.
RETRY_S = (0.2, 1.0)


@dataclass(frozen=True, slots=True)
class _Job:
    batch: Batch
    done: asyncio.Future[None]


class Writer:
    def __init__(self, database: Database, loop: asyncio.AbstractEventLoop) -> None:
        self._database = database
        self._loop = loop
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._waiting = 0
        self.failure: Transient | None = None
        self.commits = 0
        self._thread = threading.Thread(target=self._run, name="cloud-store-writer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def check_room(self) -> None:
        """Raises QueueFull, or the Transient that made writing stop. Ask before deciding on a change."""
        if self.failure is not None:
            raise self.failure
        if self._waiting >= QUEUE_MAX:
            raise QueueFull(f"{self._waiting} changes wait for the database", fix="try again in a second")

    def put(self, batch: Batch) -> asyncio.Future[None]:
        """Queue a batch; the future ends after its commit."""
        done: asyncio.Future[None] = self._loop.create_future()
        if self.failure is not None:
            done.set_exception(self.failure)
            return done
        self._waiting += 1
        self._jobs.put(_Job(batch, done))
        return done

    def resume(self) -> None:
        """The owner has reloaded its state from the database."""
        self.failure = None

    def stop(self) -> None:
        """Write what is queued, then end the thread. Blocks."""
        if self._thread.is_alive():
            self._jobs.put(None)
            self._thread.join()

    def _run(self) -> None:
        while True:
            group, ends = self._take()
            if group:
                failure = self._write([job.batch for job in group])
                self._answer(group, failure)
            if ends:
                return

    def _take(self) -> tuple[list[_Job], bool]:
        first = self._jobs.get()
        if first is None:
            return [], True
        group = [first]
        while len(group) < GROUP_MAX:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is None:
                return group, True
            group.append(job)
        return group, False

    def _write(self, batches: list[Batch]) -> Transient | None:
        if self.failure is not None:
            return self.failure
        for pause_s in (*RETRY_S, None):
            try:
                self._database.write(batches)
                self.commits += 1
                return None
            except Transient as error:
                if pause_s is None:
                    self.failure = error
                    return error
                time.sleep(pause_s)
            except Exception as error:
                log.exception("a batch could not be written")
                self.failure = Transient(
                    f"the change could not be stored: {error}", fix="see the cloud's log; nothing was changed"
                )
                return self.failure
        return None

    def _answer(self, group: list[_Job], failure: FleetError | None) -> None:
        def answer() -> None:
            self._waiting -= len(group)
            for job in group:
                if job.done.done():
                    continue
                if failure is None:
                    job.done.set_result(None)
                else:
                    job.done.set_exception(failure)

        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(answer)
