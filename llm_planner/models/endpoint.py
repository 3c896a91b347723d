"""Any OpenAI-compatible server as the model: same linking, same guard, its answer held to a strict JSON schema.

The URL is the server's base, with the model's name after `#`: `http://127.0.0.1:8000/v1#qwen2.5-7b`. A key is taken from
the environment (DROVER_MODEL_KEY). The server gets the sentence and the registry, so it must be one you trust with both.
"""

from __future__ import annotations

import json
import math
import os
import time
from typing import Any

import httpx

from fleet.contracts.command_ir import CommandIr, Outcome
from fleet.contracts.errors import DeadlineMissed, RemoteFault, Transient
from fleet.contracts.translate import TranslateReply, TranslateRequest
from llm_planner.core import guard, schema
from llm_planner.core.clauses import read
from llm_planner.core.translator import GrammarTranslator, clean

#: Tokens that an answer may have.
TOKENS_MAX = 800
#: Longest answer that is read, in bytes.
ANSWER_BYTES_MAX = 1024 * 1024
#: Environment variable with the server's key.
KEY_VARIABLE = "DROVER_MODEL_KEY"


class EndpointBackend:
    """A Backend that asks a server."""

    def __init__(self, url: str) -> None:
        base, _, model = url.partition("#")
        self._model = model or "default"
        key = os.environ.get(KEY_VARIABLE, "")
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._client = httpx.Client(base_url=base.rstrip("/") + "/", headers=headers, trust_env=False)
        self._sites = GrammarTranslator(self._model)

    @property
    def name(self) -> str:
        return self._model

    def translate(self, request: TranslateRequest, *, deadline_at: float) -> TranslateReply:
        """Raises InvalidInput, DeadlineMissed, Transient (server away or busy), RemoteFault (its answer is not usable)."""
        began = time.monotonic()
        text = clean(request)
        site = self._sites.site(request.registry)
        sentence = read(text, site.vocabulary)
        verdict = guard.before_model(sentence, site.vocabulary)
        raw, confidence, tokens = "", 1.0, 0
        if verdict is None:
            body = {
                "model": self._model,
                "messages": schema.messages(site.registry, site.labels, sentence, request.now),
                "temperature": 0,
                "max_tokens": TOKENS_MAX,
                "logprobs": True,
                "response_format": {
                    "type": "json_schema",
                    "json_schema": {"name": "command", "strict": True, "schema": schema.command_schema(site.registry, sentence)},
                },
            }
            raw, confidence, tokens = _answer(self._post(body, deadline_at))
            ir = schema.from_answer(raw)
            verdict = guard.after_model(sentence, ir, site.registry, site.labels)
        if verdict is not None:
            ir = CommandIr(outcome=verdict.outcome, why=verdict.why)
        elif ir.outcome is Outcome.CLARIFY and not ir.why:
            ir = CommandIr(outcome=Outcome.CLARIFY, why=guard.NOT_UNDERSTOOD)
        spent = time.monotonic() - began
        return TranslateReply(ir=ir, model=self._model, raw=raw, confidence=confidence, tokens=tokens, translate_s=spent)

    def _post(self, body: dict[str, Any], deadline_at: float) -> dict[str, Any]:
        left_s = deadline_at - time.monotonic()
        if left_s <= 0:
            raise DeadlineMissed("no time was left to ask the model's server", fix="try again, or allow more time")
        try:
            answer = self._client.post("chat/completions", json=body, timeout=left_s)
        except httpx.TimeoutException:
            raise DeadlineMissed("the model's server was not done in time", fix="try again, or allow more time") from None
        except httpx.HTTPError as error:
            raise Transient(f"the model's server is away: {error}", fix="start it, or use the embedded model") from None
        if answer.status_code == 429 or answer.status_code >= 500:
            raise Transient(f"the model's server says {answer.status_code}", fix="try again in a moment")
        if answer.status_code != 200 or len(answer.content) > ANSWER_BYTES_MAX:
            raise RemoteFault(
                f"the model's server says {answer.status_code}: {answer.text[:200]}", fix="check the model's URL, name and key"
            )
        try:
            document = answer.json()
        except ValueError:
            raise RemoteFault(
                "the model's server did not answer JSON", fix="give the base URL of an OpenAI-compatible API"
            ) from None
        return document if isinstance(document, dict) else {}


def _answer(document: dict[str, Any]) -> tuple[str, float, int]:
    """(text, confidence, tokens). Without log probabilities the confidence is 0: not known."""
    try:
        choice = document["choices"][0]
        text = choice["message"]["content"]
        if not isinstance(text, str):
            raise TypeError
    except (LookupError, TypeError):
        raise RemoteFault(f"the model's server answered no text: {json.dumps(document)[:200]}", fix="check its log") from None
    chances = [entry.get("logprob", 0.0) for entry in ((choice.get("logprobs") or {}).get("content") or [])]
    tokens = int((document.get("usage") or {}).get("completion_tokens") or 0)
    return text, math.exp(min(chances)) if chances else 0.0, tokens
