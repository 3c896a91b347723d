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
from llm_planner.core.prompting import END, answer_tokens, prompt_tokens
from llm_planner.core.translator import Generation
from llm_planner.models.draft import Drafter
from llm_planner.models.formtokens import skeleton_texts
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
        self._drafter: Drafter | None = None
        self._form_tokens: set[int] = set()
        if adapter is not None:
            self._prompter: Prompter = Tuned(self._tokenizer)
            texts = [answer_tokens(self._tokenizer, text) for text in skeleton_texts()]
            self._drafter = Drafter(texts)
            self._form_tokens = {token for text in texts for token in text}
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
        """Each pass feeds what is certain and some guesses, and keeps as many guesses as the model agrees with."""
        written: list[int] = []
        confidence = 1.0
        vocabulary = self._vocabulary_for(feed)
        while len(written) < TOKENS_MAX:
            forced = matcher.compute_ff_tokens()
            if forced:
                matcher.consume_tokens(forced)
                written += forced
                feed = feed + forced
            if matcher.is_stopped():
                break
            draft = self._drafter.guess(written) if self._drafter else []
            draft = draft[: matcher.validate_tokens(draft)] if draft else []
            states = self._feed(cache, feed + draft, deadline_at, keep=len(draft) + 1)
            agreed, ended = 0, False
            for place in range(len(draft) + 1):
                token, chance = self._choose(states[place], matcher.compute_bitmask(), vocabulary)
                confidence *= chance
                if token in self._guide.eos_tokens or token == self._end:
                    ended = True
                    break
                matcher.consume_token(token)
                written.append(token)
                feed = [token]
                if place == len(draft) or token != draft[place]:
                    break
                agreed += 1
            if ended:
                break
            if agreed < len(draft):
                cache.crop(-(len(draft) - agreed))
        return Generation(self._guide.decode_str(written), confidence, len(written))

    def _vocabulary_for(self, question: list[int]) -> torch.Tensor | None:
        """Tokens that an answer can be made of: the form's own and the sentence's (for quoted words). None: all."""
        if self._drafter is None:
            return None
        return torch.tensor(sorted({*self._form_tokens, *question}))

    def _choose(self, state: torch.Tensor, bitmask: bytes, vocabulary: torch.Tensor | None) -> tuple[int, float]:
        """The likeliest permitted token, and its probability: what the grammar forbids lowers it."""
        bits = np.unpackbits(np.frombuffer(bitmask, dtype=np.uint8), bitorder="little")
        head = self._model.lm_head.weight
        if vocabulary is not None:
            permitted = torch.from_numpy(bits)[vocabulary].bool()
            if bool(permitted.any()):
                logits = head[vocabulary] @ state
                best = int(torch.where(permitted, logits, -torch.inf).argmax())
                return int(vocabulary[best]), float(torch.exp(logits[best] - torch.logsumexp(logits, dim=0)))
        logits = head @ state
        allowed = torch.from_numpy(np.nonzero(bits[: logits.shape[0]])[0])
        best = int(allowed[int(logits[allowed].argmax())])
        return best, float(torch.exp(logits[best] - torch.logsumexp(logits, dim=0)))

    def _feed(self, cache: Any, tokens: list[int], deadline_at: float, *, keep: int = 1) -> torch.Tensor:
        """Hidden states (keep, width) after the last `keep` tokens; all tokens are added to the cache."""
        states: torch.Tensor | None = None
        starts = range(0, max(1, len(tokens) - keep + 1), CHUNK_TOKENS)
        for start in starts:
            if time.monotonic() > deadline_at:
                raise DeadlineMissed("the language model was not done in time", fix="try again, or allow more time")
            end = len(tokens) if start == starts[-1] else start + CHUNK_TOKENS
            chunk = torch.tensor([tokens[start:end]])
            states = self._model.model(input_ids=chunk, past_key_values=cache, use_cache=True).last_hidden_state[0]
        assert states is not None
        return states[-keep:]
