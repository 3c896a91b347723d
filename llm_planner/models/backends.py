"""What `model` in the configuration means: the embedded model, a transformers model, or an OpenAI-compatible URL."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import Protocol

import msgspec

from fleet.contracts.translate import TranslateReply, TranslateRequest
from llm_planner.core.translator import SkeletonTranslator

EMBEDDED = "embedded"
EMBEDDED_NAME = "SmolLM2-135M-Instruct + Drover adapter"
#: "embedded@FOLDER": the embedded model with another adapter, for scoring checkpoints.
ADAPTER_MARK = "@"


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
    return LocalBackend(model, cache_dir, threads)


class LocalBackend:
    """A local causal model under the sentence's grammar."""

    def __init__(self, model: str, cache_dir: Path, threads: int) -> None:
        # torch and transformers are imported here, so that only the process that computes pays for them
        from llm_planner.models.causal import CausalModel
        from llm_planner.models.weights import adapter_dir, adapter_sha256, embedded_dir, local_dir

        name, _, folder = model.partition(ADAPTER_MARK)
        if name == EMBEDDED:
            adapter = adapter_dir(folder)
            self._model = CausalModel(embedded_dir(cache_dir), adapter=adapter, threads=threads, prefix_dir=cache_dir)
            self._translator = SkeletonTranslator(EMBEDDED_NAME, adapter=adapter_sha256(adapter))
            self._name = EMBEDDED_NAME
        else:
            self._model = CausalModel(local_dir(model), threads=threads, prefix_dir=cache_dir)
            self._name = Path(model).name
            self._translator = SkeletonTranslator(self._name, confidence_min=0.0)

    @property
    def name(self) -> str:
        return self._name

    def translate(self, request: TranslateRequest, *, deadline_at: float) -> TranslateReply:
        began = time.monotonic()
        reply = self._translator.translate(request, partial(self._model.generate, deadline_at=deadline_at))
        return msgspec.structs.replace(reply, translate_s=time.monotonic() - began)
