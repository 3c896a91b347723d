"""Any OpenAI-compatible server as a model: it writes the skeleton, everything around it is as for the local model.

`http://127.0.0.1:8000/v1#qwen2.5-7b`: the server's base, then the model's name. A key comes from the environment
(DROVER_MODEL_KEY). The server is sent the sentence with placeholders for every name and number, never a name of the registry
nor a position; what it answers is held to the sentence's own grammar once more here, whatever it was told.

`...#drover@tuned`: the server runs our tuned model (merged, or as a LoRA module), which is asked like the local one: the bare
sentence, by the completions API.
"""

from __future__ import annotations

import asyncio
import json
import logging
import math
import os
import time
from dataclasses import dataclass
from typing import Any

import httpx
import msgspec
from llguidance import LLMatcher, LLTokenizer

from fleet.contracts.errors import DeadlineMissed, RemoteFault, Transient
from fleet.contracts.translate import TranslateReply, TranslateRequest
from llm_planner.core import schema
from llm_planner.core.prompting import END, START
from llm_planner.core.translator import Generation, SkeletonTranslator

log = logging.getLogger(__name__)

#: Tokens that an answer may have.
TOKENS_MAX = 400
#: Longest answer that is read, in bytes.
ANSWER_BYTES_MAX = 256 * 1024
#: A server on the network that does not take the connection in this time is away, in seconds.
CONNECT_S = 2.0
#: Environment variable with the server's key.
KEY_VARIABLE = "DROVER_MODEL_KEY"
#: After the model's name: the server runs our tuned model.
TUNED_MARK = "@tuned"
#: Confidence of an answer whose server tells no probabilities: unknown, so neither low nor high.
CONFIDENCE_UNKNOWN = 0.5
#: A server that told probabilities as low as this is asked back; it is not calibrated, so this is only the clear case.
CONFIDENCE_MIN = 0.1

#: Ways to ask, the strictest first; a server that answers 400 or 422 is asked in the next one, and so from then on.
SCHEMA, SCHEMA_ONLY, OBJECT, TEXT = range(4)
_REFUSED = frozenset((400, 415, 422, 501))


@dataclass(frozen=True, slots=True)
class Address:
    """Where a model is served: `base` ends with "/"."""

    base: str
    model: str
    tuned: bool = False

    @classmethod
    def parse(cls, url: str) -> Address:
        """Of "https://host/v1#name" or "...#name@tuned"."""
        base, _, model = url.partition("#")
        name = model.removesuffix(TUNED_MARK)
        return cls(base.rstrip("/") + "/", name or "default", tuned=name != model)

    @property
    def shown(self) -> str:
        """The server without path and password, as answers name it."""
        url = httpx.URL(self.base)
        return f"{url.scheme}://{url.netloc.decode()}"


class EndpointBackend:
    """A Backend that asks a server."""

    def __init__(self, url: str) -> None:
        self._server = Server(Address.parse(url))
        self._translator = SkeletonTranslator(self.name, confidence_min=CONFIDENCE_MIN)

    @property
    def name(self) -> str:
        address = self._server.address
        return f"{address.model} at {address.shown}"

    def translate(self, request: TranslateRequest, *, deadline_at: float) -> TranslateReply:
        """Raises InvalidInput, DeadlineMissed, Transient (server away or busy), RemoteFault (its answer is not usable)."""
        began = time.monotonic()
        written = Generation("", 1.0, 0)

        def generate(prompt: str, lark: str) -> Generation:
            nonlocal written
            written = self._server.generate(prompt, lark, deadline_at=deadline_at)
            return written

        reply = self._translator.translate(request, generate)
        # the calibration that the reply went through is the tuned local model's
        return msgspec.structs.replace(reply, confidence=round(written.confidence, 3), translate_s=time.monotonic() - began)


class Server:
    """One model on one server. `level` is the strictest way of asking that it understands. One thread at a time."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self.level = SCHEMA
        key = os.environ.get(KEY_VARIABLE, "")
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._loop = asyncio.new_event_loop()  # of its own: only so a whole exchange can be given up on time
        self._client = httpx.AsyncClient(base_url=address.base, headers=headers, trust_env=False)
        self._bytes = LLTokenizer("byte")

    def generate(self, prompt: str, lark: str, *, deadline_at: float) -> Generation:
        """A skeleton of the grammar. Raises DeadlineMissed, Transient, RemoteFault."""
        left_s = deadline_at - time.monotonic()
        if left_s <= 0:
            raise DeadlineMissed("no time was left to ask the model's server", fix="try again, or allow more time")
        try:
            return self._loop.run_until_complete(asyncio.wait_for(self._ask(prompt, lark), left_s))
        except TimeoutError:
            raise DeadlineMissed("the model's server was not done in time", fix="try again, or allow more time") from None
        except httpx.TimeoutException:
            raise Transient("the model's server does not answer", fix="start it, or use the embedded model") from None
        except httpx.HTTPError as error:
            why = str(error) or type(error).__name__
            raise Transient(f"the model's server is away: {why}", fix="start it, or use the embedded model") from None

    async def _ask(self, prompt: str, lark: str) -> Generation:
        if self.address.tuned:
            status, content = await self._post("completions", self._completion(prompt))
            written = _read(status, content)
        else:
            written = await self._chat(prompt)
        text = schema.from_answer(written.text)
        if not self._admits(lark, text):
            raise RemoteFault(f"the model's answer is not of the sentence's grammar: {text[:120]!r}", fix="use a better model")
        return Generation(text, written.confidence, written.tokens)

    async def _chat(self, prompt: str) -> Generation:
        """In the strictest way that works, which is remembered when it has worked."""
        for level in range(self.level, TEXT + 1):
            status, content = await self._post("chat/completions", self._chat_body(prompt, level))
            if status in _REFUSED and level < TEXT:
                log.info("%s does not take %s: %s", self.address.shown, _WAYS[level], content[:200])
                continue
            written = _read(status, content)
            self.level = level
            return written
        raise AssertionError("the last way is read whatever comes")

    def _chat_body(self, prompt: str, level: int) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": self.address.model,
            "messages": schema.messages(prompt, as_json=level < TEXT),
            "temperature": 0,
            "max_tokens": TOKENS_MAX,
        }
        if level == SCHEMA:
            body["logprobs"] = True
        if level in (SCHEMA, SCHEMA_ONLY):
            strict = {"name": "steps", "strict": True, "schema": schema.steps_schema(prompt)}
            body["response_format"] = {"type": "json_schema", "json_schema": strict}
        elif level == OBJECT:
            body["response_format"] = {"type": "json_object"}
        return body

    def _completion(self, prompt: str) -> dict[str, Any]:
        """What `prompting.prompt_tokens` is, as text."""
        text = f"{START}{schema.without_marks(prompt)}{END}"
        return {
            "model": self.address.model,
            "prompt": text,
            "temperature": 0,
            "max_tokens": TOKENS_MAX,
            "stop": [END],
            "logprobs": 1,
        }

    async def _post(self, path: str, body: dict[str, Any]) -> tuple[int, bytes]:
        content = bytearray()
        timeout = httpx.Timeout(None, connect=CONNECT_S)  # the whole exchange has the deadline
        async with self._client.stream("POST", path, json=body, timeout=timeout) as answer:
            async for chunk in answer.aiter_bytes():
                content += chunk
                if len(content) > ANSWER_BYTES_MAX:
                    raise RemoteFault(f"the model's server sent more than {ANSWER_BYTES_MAX} bytes", fix="check the model's URL")
        return answer.status_code, bytes(content)

    def _admits(self, lark: str, text: str) -> bool:
        """Whether the local model could have written it: no label and no quoted words that the sentence does not have."""
        matcher = LLMatcher(self._bytes, LLMatcher.grammar_from_lark(lark))
        tokens = self._bytes.tokenize_str(text)
        return bool(matcher.try_consume_tokens(tokens) == len(tokens) and matcher.is_accepting())


_WAYS = ("json_schema with logprobs", "json_schema", "json_object", "plain text")


def _read(status: int, content: bytes) -> Generation:
    """The text of a chat or plain completion; the confidence is the product of the tokens' probabilities."""
    if status == 429 or status >= 500:
        raise Transient(f"the model's server says {status}", fix="try again in a moment")
    shown = content[:200].decode(errors="replace")
    if status != 200:
        raise RemoteFault(f"the model's server says {status}: {shown}", fix="check the model's URL, name and key")
    try:
        document = json.loads(content)
        choice = document["choices"][0]
        text = choice["message"]["content"] if "message" in choice else choice["text"]
        if not isinstance(text, str):
            raise TypeError
        tokens = int((document.get("usage") or {}).get("completion_tokens") or 0)
        return Generation(text, _confidence(choice.get("logprobs")), tokens)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise RemoteFault(f"the model's server answered no completion: {shown}", fix="give an OpenAI-compatible API") from None


def _confidence(told: Any) -> float:
    """`told`: chat's {"content": [{"logprob"}]} or completions' {"token_logprobs": []}; nothing where it is not offered."""
    told = told if isinstance(told, dict) else {}
    chances = [entry.get("logprob") for entry in told.get("content") or []] or list(told.get("token_logprobs") or [])
    known = [min(0.0, float(chance)) for chance in chances if isinstance(chance, (int, float)) and not math.isnan(chance)]
    return math.exp(sum(known)) if known else CONFIDENCE_UNKNOWN


__all__ = ["Address", "EndpointBackend", "Server"]
