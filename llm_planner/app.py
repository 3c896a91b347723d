"""The planner's composition root: one HTTP server in front of one model process."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections import Counter
from collections.abc import AsyncIterator, Callable
from typing import Any

from fastapi import Depends, FastAPI, Request, Response

from fleet.contracts.errors import FleetError, InvalidInput
from fleet.contracts.translate import TranslateRequest
from fleet_io import http
from llm_planner.config import PlannerConfig
from llm_planner.core.stopping import stop_reply
from llm_planner.models.worker import OPEN_BACKEND, ModelWorker, WorkerSpec

log = logging.getLogger(__name__)


def run(config: PlannerConfig) -> int:
    """Serve until SIGINT or SIGTERM; answers the exit code."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s planner %(levelname)s %(message)s")
    try:
        asyncio.run(serve(config))
    except FleetError as error:
        log.error("%s", error)
        return 2
    return 0


async def serve(
    config: PlannerConfig,
    *,
    stop: asyncio.Event | None = None,
    ready: Callable[[int], None] | None = None,
    opener: str = OPEN_BACKEND,
) -> None:
    """The service in the caller's loop. `ready` is told the port; `opener` is where the worker gets its model."""
    stopped = stop or asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(ValueError, NotImplementedError):  # not in the main thread: the caller stops us
            loop.add_signal_handler(number, stopped.set)
    if not 0.0 < config.remote_share < 1.0:
        raise InvalidInput(f"{config.remote_share}", field="remote_share", fix="give a number between 0 and 1, as 0.4")
    spec = WorkerSpec(config.model, config.cache_dir, config.threads, opener, config.remote_share)
    worker = ModelWorker(spec, queue_max=config.queue_max, batch_max=config.batch_max)

    def up(port: int) -> None:
        log.info("language planner on http://%s:%s", config.host, port)
        if ready is not None:
            ready(port)

    await http.serve(make_app(config, worker), config.host, config.port, stop=stopped, ready=up)


def make_app(config: PlannerConfig, worker: ModelWorker) -> FastAPI:
    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await worker.start()
        yield
        await worker.stop()

    app = FastAPI(title="Drover language planner", lifespan=lifespan)
    http.install_problem_handlers(app)
    guards = [Depends(http.bearer(config.token))] if config.token else []
    counters: Counter[str] = Counter()

    @app.get("/healthz")
    async def health() -> dict[str, Any]:
        said = {
            "status": worker.status,
            "model": worker.name,
            "pid": worker.pid,
            "waiting": worker.waiting,
            "sentence_s": round(worker.sentence_s, 3),
            "restarts": worker.restarts,
        }
        return {**said, **({"reason": worker.reason} if worker.reason else {}), "counters": dict(counters)}

    @app.post("/v1/translate", dependencies=guards)
    async def translate(request: Request) -> Response:
        wanted = await http.body(request, TranslateRequest)
        counters["sentences"] += 1
        if (stopped := stop_reply(wanted.text)) is not None:
            counters["stops"] += 1
            return http.json_response(stopped)
        try:
            reply = await worker.translate(wanted, deadline_s=max(0.0, min(wanted.deadline_s, config.deadline_s)))
        except FleetError as error:
            counters[error.code] += 1
            raise
        counters[reply.ir.outcome.value] += 1
        # the sentence and what came of it, for whoever must explain a plan later
        log.info(
            "%r -> %s (%.2f, %.2f s) %r", wanted.text[:200], reply.ir.outcome, reply.confidence, reply.translate_s, reply.raw
        )
        return http.json_response(reply)

    return app
