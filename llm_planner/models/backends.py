"""What `model` in the configuration means: the embedded model, a transformers model, an OpenAI-compatible URL, or several."""

from __future__ import annotations

import logging
import time
from functools import partial
from pathlib import Path
from typing import Protocol

import msgspec

from fleet.contracts.errors import FleetError
from fleet.contracts.translate import TranslateReply, TranslateRequest
from llm_planner.core.translator import SkeletonTranslator

log = logging.getLogger(__name__)

EMBEDDED = "embedded"
EMBEDDED_NAME = "SmolLM2-135M-Instruct + Drover adapter"
#: "embedded@FOLDER": the embedded model with another adapter, for scoring checkpoints.
ADAPTER_MARK = "@"
#: Part of the time that is left which a model gets that has another one behind it.
REMOTE_SHARE = 0.4


class Backend(Protocol):
    """A loaded model that answers requests one at a time. `name` says who answered."""

    @property
    def name(self) -> str: ...

    def translate(self, request: TranslateRequest, *, deadline_at: float) -> TranslateReply:
        """`deadline_at`: time.monotonic() at which to give up. Raises InvalidInput, DeadlineMissed, RemoteFault."""
        ...


def open_backend(model: str, cache_dir: Path, threads: int = 1, remote_share: float = REMOTE_SHARE) -> Backend:
    """Load the model; takes seconds, the embedded one half a minute on its first start. Raises WeightsMissing.

    "A,B": A, and B where A is late or gone; `remote_share`: the part of the time left that A gets. A model of several that
    cannot be loaded is left out, as long as one can.
    """
    from llm_planner.models.tiers import SEPARATOR, TieredBackend

    names = [name.strip() for name in model.split(SEPARATOR) if name.strip()]
    if len(names) < 2:
        return _open_one(model.strip(), cache_dir, threads)
    tiers, errors = [], []
    for name in names:
        try:
            tiers.append(_open_one(name, cache_dir, threads))
        except FleetError as error:
            log.error("%s is left out: %s", name, error)
            errors.append(error)
    if not tiers:
        raise errors[0]
    return TieredBackend(tiers, share=remote_share)


def _open_one(model: str, cache_dir: Path, threads: int) -> Backend:
    if model.startswith(("http://", "https://")):
        from llm_planner.models.endpoint import EndpointBackend

        return EndpointBackend(model)
    return LocalBackend(model, cache_dir, threads)


class LocalBackend:
    """A local causal model under the sentence's grammar."""

    def __init__(self, model: str, cache_dir: Path, threads: int) -> None:
        from llm_planner.models.weights import adapter_dir, adapter_sha256, embedded_dir, local_dir

        name, _, folder = model.partition(ADAPTER_MARK)
        adapter = adapter_dir(folder) if name == EMBEDDED else None
        weights = embedded_dir(cache_dir) if adapter is not None else local_dir(model)
        # torch and transformers are imported here, so that only the process that computes pays for them
        from llm_planner.models.causal import CausalModel

        if adapter is not None:
            self._model = CausalModel(weights, adapter=adapter, threads=threads, prefix_dir=cache_dir)
            self._translator = SkeletonTranslator(EMBEDDED_NAME, adapter=adapter_sha256(adapter))
            self._name = EMBEDDED_NAME
        else:
            self._model = CausalModel(weights, threads=threads, prefix_dir=cache_dir)
            self._name = Path(model).name
            self._translator = SkeletonTranslator(self._name, confidence_min=0.0)

    @property
    def name(self) -> str:
        return self._name

    def translate(self, request: TranslateRequest, *, deadline_at: float) -> TranslateReply:
        began = time.monotonic()
        reply = self._translator.translate(request, partial(self._model.generate, deadline_at=deadline_at))
        return msgspec.structs.replace(reply, translate_s=time.monotonic() - began)
