"""A causal language model through transformers, decoding a skeleton under a grammar.

Greedy. Tokens that the grammar forces are fed in one pass instead of being decoded one by one. The embedded model carries
our adapter and reads the bare sentence; any other one is shown the form and examples first, a prefix that is computed once.
"""

from __future__ import annotations

import os

os.environ["HF_HUB_OFFLINE"] = "1"  # before transformers is imported: nothing is ever fetched at run time

import time
from pathlib import Path
from typing import Any, Protocol

import llguidance.hf
import numpy as np
import torch
from llguidance import LLMatcher
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.utils import logging as transformers_logging

from fleet.contracts.errors import DeadlineMissed
from llm_planner.core.prompting import END, plain_tokens, prompt_tokens
from llm_planner.core.translator import Generation
from llm_planner.models.prefixes import Prefixes, stamp

#: Tokens of one answer; twelve steps with all slots are less.
TOKENS_MAX = 300
#: Prompt tokens computed between two looks at the deadline.
CHUNK_TOKENS = 128


class Prompter(Protocol):
    """How a sentence is put to a model: tokens that are always the same, then the sentence's own."""

    def shared(self) -> list[int]: ...

    def question(self, prompt: str) -> list[int]: ...


class Tuned:
    """The bare sentence, as the adapter has learnt it."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer

    def shared(self) -> list[int]:
        return []

    def question(self, prompt: str) -> list[int]:
        return prompt_tokens(self._tokenizer, prompt)


class CausalModel:
    """Loaded weights and tokenizer. One thread at a time."""

    def __init__(self, folder: Path, *, adapter: Path | None = None, threads: int = 1, prefix_dir: Path | None = None) -> None:
        """`adapter`: a LoRA folder, merged at load. `prefix_dir`: where computed prefixes outlive the process."""
        transformers_logging.disable_progress_bar()
        torch.set_num_threads(threads)
        self._tokenizer: Any = AutoTokenizer.from_pretrained(str(folder))
        model: Any = AutoModelForCausalLM.from_pretrained(str(folder), dtype=torch.float32)
        if adapter is not None:
            from peft import PeftModel

            model = PeftModel.from_pretrained(model, str(adapter)).merge_and_unload()
        self._model: Any = model.eval()
        self._guide = llguidance.hf.from_tokenizer(self._tokenizer)
        self._prefixes = Prefixes(prefix_dir, stamp(folder))
        self._end = self._tokenizer.convert_tokens_to_ids(END)
        if adapter is not None:
            self._prompter: Prompter = Tuned(self._tokenizer)
        else:
            from llm_planner.models.fewshot import FewShot

            self._prompter = FewShot(self._tokenizer)

    @torch.inference_mode()
    def generate(self, prompt: str, lark: str, *, deadline_at: float) -> Generation:
        """Text of the grammar. `deadline_at`: time.monotonic() at which to give up. Raises DeadlineMissed."""
        matcher = LLMatcher(self._guide, LLMatcher.grammar_from_lark(lark))
        if matcher.is_error():
            raise AssertionError(f"grammar: {matcher.get_error()}")
        shared = self._prompter.shared()
        cache = self._prefixes.get(shared) if shared else self._prefixes.new()
        if cache is None:
            cache = self._prefixes.new()
            self._feed(cache, shared, deadline_at)
            self._prefixes.keep(shared, cache)
        try:
            return self._decode(matcher, cache, self._prompter.question(prompt), deadline_at)
        finally:  # take this sentence off the kept prefix again
            extra = cache.get_seq_length() - len(shared)
            if shared and extra > 0:
                cache.crop(-extra)

    def _decode(self, matcher: Any, cache: Any, feed: list[int], deadline_at: float) -> Generation:
        written: list[int] = []
        confidence = 1.0
        while len(written) < TOKENS_MAX:
            forced = matcher.compute_ff_tokens()
            if forced:
                matcher.consume_tokens(forced)
                written += forced
                feed = feed + forced
            if matcher.is_stopped():
                break
            logits = self._feed(cache, feed, deadline_at)
            token, chance = self._choose(logits, matcher.compute_bitmask())
            confidence *= chance
            if token in self._guide.eos_tokens or token == self._end:
                break
            matcher.consume_token(token)
            written.append(token)
            feed = [token]
        return Generation(self._guide.decode_str(written), confidence, len(written))

    def _choose(self, logits: torch.Tensor, bitmask: bytes) -> tuple[int, float]:
        """The likeliest permitted token, and its probability among all tokens: what the grammar forbids lowers it."""
        bits = np.unpackbits(np.frombuffer(bitmask, dtype=np.uint8), bitorder="little")[: logits.shape[0]]
        permitted = torch.from_numpy(np.nonzero(bits)[0])
        best = int(permitted[int(logits[permitted].argmax())])
        return best, float(torch.exp(logits[best] - torch.logsumexp(logits, dim=0)))

    def _feed(self, cache: Any, tokens: list[int], deadline_at: float) -> torch.Tensor:
        """Logits after the tokens, which are added to the cache."""
        logits: torch.Tensor | None = None
        for start in range(0, len(tokens), CHUNK_TOKENS):
            if time.monotonic() > deadline_at:
                raise DeadlineMissed("the language model was not done in time", fix="try again, or allow more time")
            chunk = torch.tensor([tokens[start : start + CHUNK_TOKENS]])
            logits = self._model(input_ids=chunk, past_key_values=cache, use_cache=True, logits_to_keep=1).logits[0, -1]
        assert logits is not None
        return logits


__all__ = ["CausalModel", "plain_tokens"]
