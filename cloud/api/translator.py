"""The language planner over HTTP: one sentence in, one Command IR out, within a deadline.

The planner may be away, loading, busy or wrong: each becomes a typed error that says what to do, never an exception of
the HTTP library, and never a wait beyond the deadline.
"""

from __future__ import annotations

import httpx

from fleet.contracts import codec
from fleet.contracts.errors import DeadlineMissed, FleetError, InvalidInput, QueueFull, RemoteFault, Transient
from fleet.contracts.translate import TranslateReply, TranslateRequest

#: The planner answers with its own 504 first; this is for the way there and back.
GRACE_S = 1.0
CONNECT_S = 2.0
CONNECTIONS_MAX = 8


class Translator:
    def __init__(self, url: str) -> None:
        limits = httpx.Limits(max_connections=CONNECTIONS_MAX)
        # trust_env off: a proxy variable of the shell must not send the site's sentences elsewhere
        self._client = httpx.AsyncClient(base_url=url, limits=limits, trust_env=False)
        self._url = url

    async def close(self) -> None:
        await self._client.aclose()

    async def translate(self, request: TranslateRequest) -> TranslateReply:
        """Raises Transient (away, loading), QueueFull, DeadlineMissed, RemoteFault, InvalidInput (the sentence)."""
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
    kinds: dict[int, type[FleetError]] = {
        429: QueueFull,
        503: Transient,
        504: DeadlineMissed,
        413: InvalidInput,
        422: InvalidInput,
    }
    return kinds.get(answer.status_code, RemoteFault)(f"the language planner: {detail}", fix=fix)
