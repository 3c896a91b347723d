"""The language planner over HTTP, as cloud and edge node ask it: one sentence in, one Command IR out, within a deadline.

The planner may be away, loading, busy or wrong: each becomes a typed error that says what to do, never an exception of
the HTTP library, and never a wait beyond the deadline.
"""

from __future__ import annotations

import asyncio
import time

import httpx

from fleet.contracts import codec
from fleet.contracts.errors import DeadlineMissed, FleetError, InvalidInput, QueueFull, RemoteFault, Transient
from fleet.contracts.translate import TranslateReply, TranslateRequest

#: The planner answers with its own 504 first; this is for the way there and back.
GRACE_S = 1.0
CONNECT_S = 2.0
CONNECTIONS_MAX = 8
#: The first start of all converts the model: a sentence waits for it this long, asking every LOADING_EVERY_S.
LOADING_S_MAX = 180.0
LOADING_EVERY_S = 1.0


class PlannerClient:
    def __init__(self, url: str, token: str = "") -> None:
        limits = httpx.Limits(max_connections=CONNECTIONS_MAX)
        # trust_env off: a proxy variable of the shell must not send the site's sentences elsewhere
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._client = httpx.AsyncClient(base_url=url, headers=headers, limits=limits, trust_env=False)
        self._url = url

    async def close(self) -> None:
        await self._client.aclose()

    async def translate(self, request: TranslateRequest) -> TranslateReply:
        """Raises Transient (away), QueueFull, DeadlineMissed, RemoteFault, InvalidInput (the sentence).

        The deadline is for a planner that is ready; one that still loads its model is waited for.
        """
        patience_ends = time.monotonic() + LOADING_S_MAX
        while True:
            try:
                return await self._ask(request)
            except QueueFull:
                raise
            except Transient:
                if time.monotonic() > patience_ends or not await self._loading():
                    raise
            await asyncio.sleep(LOADING_EVERY_S)

    async def _loading(self) -> bool:
        try:
            answer = await self._client.get("/healthz", timeout=CONNECT_S)
            return bool(codec.decode(answer.content, dict).get("status") == "loading")
        except (httpx.HTTPError, InvalidInput):
            return False

    async def _ask(self, request: TranslateRequest) -> TranslateReply:
        timeout = httpx.Timeout(request.deadline_s + GRACE_S, connect=CONNECT_S)
        try:
            answer = await self._client.post("/v1/translate", content=codec.encode(request), headers=_JSON, timeout=timeout)
        except httpx.ConnectTimeout:
            raise self._away("does not answer") from None
        except httpx.TimeoutException:
            raise DeadlineMissed(
                f"the language planner took longer than {request.deadline_s:.0f} s",
                fix="say it in a shorter sentence, or try again",
            ) from None
        except httpx.HTTPError as error:
            raise self._away(str(error) or type(error).__name__) from None
        if answer.status_code != 200:
            raise _problem(answer)
        try:
            return codec.decode(answer.content, TranslateReply)
        except InvalidInput as error:
            raise RemoteFault(f"the language planner's answer is not a TranslateReply: {error}", fix="see its log") from None

    def _away(self, why: str) -> Transient:
        return Transient(
            f"the language planner at {self._url} is away: {why}",
            fix="start `drover planner`, or send the mission without language: POST /api/v1/missions",
        )


_KINDS: dict[int, type[FleetError]] = {
    413: InvalidInput,
    422: InvalidInput,
    429: QueueFull,
    503: Transient,
    504: DeadlineMissed,
}
_JSON = {"Content-Type": "application/json"}


def _problem(answer: httpx.Response) -> FleetError:
    try:
        told = codec.decode(answer.content, dict)
    except InvalidInput:
        told = {}
    detail, fix = str(told.get("detail", f"HTTP {answer.status_code}")), str(told.get("fix", "try again in a moment"))
    return _KINDS.get(answer.status_code, RemoteFault)(f"the language planner: {detail}", fix=fix)
