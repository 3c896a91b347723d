"""What `model` in the configuration means: the embedded model, a transformers directory, or an OpenAI-compatible URL."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import Protocol

import msgspec

from fleet.contracts.translate import TranslateReply, TranslateRequest
from llm_planner.core.translator import GrammarTranslator

EMBEDDED = "embedded"
EMBEDDED_NAME = "SmolLM2-135M-Instruct (embedded)"


class Backend(Protocol):
    """A loaded model that answers requests one at a time. `name` says who answered."""

    @property
    def name(self) -> str: ...

    def translate(self, request: TranslateRequest, *, deadline_at: float) -> TranslateReply:
        """`deadline_at`: time.monotonic() at which to give up. Raises InvalidInput, DeadlineMissed, RemoteFault."""
        ...


def open_backend(model: str, cache_dir: Path, threads: int = 1) -> Backend:
    """Load the model; takes seconds, the embedded one half a minute on its first start. Raises WeightsMissing."""
    if model.startswith(("http://", "https://")):
        from llm_planner.models.endpoint import EndpointBackend

        return EndpointBackend(model)
    return GrammarBackend(model, cache_dir, threads)


class GrammarBackend:
    """A local causal model under the sentence's grammar."""

    def __init__(self, model: str, cache_dir: Path, threads: int) -> None:
        # torch and transformers are imported here, so that only the process that computes pays for them
        from llm_planner.models.causal import CausalModel
        from llm_planner.models.weights import embedded_dir

        embedded = model == EMBEDDED
        self._model = CausalModel(embedded_dir(cache_dir) if embedded else Path(model), threads=threads, prefix_dir=cache_dir)
        self._name = EMBEDDED_NAME if embedded else Path(model).name
        self._translator = GrammarTranslator(self._name)

    @property
    def name(self) -> str:
        return self._name

    def translate(self, request: TranslateRequest, *, deadline_at: float) -> TranslateReply:
        began = time.monotonic()
        reply = self._translator.translate(request, partial(self._model.generate, deadline_at=deadline_at))
        return msgspec.structs.replace(reply, translate_s=time.monotonic() - began)
