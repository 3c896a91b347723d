"""A causal language model through transformers, decoding under a grammar.

Greedy. Tokens that the grammar forces are fed in one pass instead of being decoded one by one, so a command costs one or
two model steps beside its prompt. The part of the prompt that only depends on the registry is computed once and kept.
fp32: without bf16 arithmetic in the CPU it reads prompts faster than weight-only int8 and far faster than bf16.
"""

from __future__ import annotations

import os

os.environ["HF_HUB_OFFLINE"] = "1"  # before transformers is imported: nothing is ever fetched at run time

import time
from pathlib import Path
from typing import Any

import llguidance.hf
import numpy as np
import torch
from llguidance import LLMatcher
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.utils import logging as transformers_logging

from fleet.contracts.errors import DeadlineMissed
from llm_planner.core.prompt import Prompt
from llm_planner.core.translator import Generation
from llm_planner.models.prefixes import Prefixes, stamp

#: Tokens of one answer; twelve steps with all slots are less.
TOKENS_MAX = 400
#: Prompt tokens computed between two looks at the deadline.
CHUNK_TOKENS = 128
#: Above this many permitted tokens, agreement between them is not looked at.
AGREEMENT_TOKENS_MAX = 200


class CausalModel:
    """Loaded weights and tokenizer. One thread at a time."""

    def __init__(self, folder: Path, *, threads: int = 1, prefix_dir: Path | None = None) -> None:
        """`prefix_dir`: where computed prefixes outlive the process; None keeps them in memory only."""
        transformers_logging.disable_progress_bar()
        torch.set_num_threads(threads)
        self._tokenizer: Any = AutoTokenizer.from_pretrained(str(folder))
        self._model: Any = AutoModelForCausalLM.from_pretrained(str(folder), dtype=torch.float32).eval()
        self._guide = llguidance.hf.from_tokenizer(self._tokenizer)
        self._prefixes = Prefixes(prefix_dir, stamp(folder))
        self._chat = _ChatMarks(self._tokenizer)

    @torch.inference_mode()
    def generate(self, prompt: Prompt, lark: str, *, deadline_at: float) -> Generation:
        """Text of the grammar. `deadline_at`: time.monotonic() at which to give up. Raises DeadlineMissed."""
        matcher = LLMatcher(self._guide, LLMatcher.grammar_from_lark(lark))
        if matcher.is_error():
            raise AssertionError(f"grammar: {matcher.get_error()}")
        shared = self._chat.shared(prompt)
        cache = self._prefixes.get(shared)
        if cache is None:
            cache = self._prefixes.new()
            self._feed(cache, shared, deadline_at)
            self._prefixes.keep(shared, cache)
        try:
            return self._decode(matcher, cache, self._chat.question(prompt.sentence), deadline_at)
        finally:  # take this sentence off the kept prefix again
            extra = cache.get_seq_length() - len(shared)
            if extra > 0:
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
            token, share = self._choose(logits, matcher.compute_bitmask())
            if token in self._guide.eos_tokens:
                break
            confidence = min(confidence, share)
            matcher.consume_token(token)
            written.append(token)
            feed = [token]
        return Generation(self._guide.decode_str(written), confidence, len(written))

    def _choose(self, logits: torch.Tensor, bitmask: bytes) -> tuple[int, float]:
        """The likeliest permitted token, and the share of the permitted probability that agrees with it.

        Tokens that begin or continue each other ("res", "resume") are the same choice, spelled in other pieces.
        """
        bits = np.unpackbits(np.frombuffer(bitmask, dtype=np.uint8), bitorder="little")[: logits.shape[0]]
        permitted = np.nonzero(bits)[0]
        shares = torch.softmax(logits[torch.from_numpy(permitted)].float(), dim=0)
        best = int(shares.argmax())
        if len(permitted) > AGREEMENT_TOKENS_MAX:
            return int(permitted[best]), float(shares[best])
        chosen = self._guide.decode_bytes([int(permitted[best])])
        pieces = [self._guide.decode_bytes([int(token)]) for token in permitted]
        agreeing = [share for share, piece in zip(shares.tolist(), pieces, strict=True) if _agree(piece, chosen)]
        return int(permitted[best]), min(1.0, sum(agreeing))

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


def _agree(left: bytes, right: bytes) -> bool:
    return bool(left) and (left.startswith(right) or right.startswith(left))


class _ChatMarks:
    """The chat's turns as tokens. What people wrote is never read as a mark, whatever it spells."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self._begin, self._end = (tokenizer.convert_tokens_to_ids(mark) for mark in ("<|im_start|>", "<|im_end|>"))

    def shared(self, prompt: Prompt) -> list[int]:
        tokens = self._turn("system", prompt.system)
        for said, written in prompt.shots:
            tokens += self._turn("user", said) + self._turn("assistant", written)
        return tokens

    def question(self, sentence: str) -> list[int]:
        return [*self._turn("user", sentence), self._begin, *self._plain("assistant\n")]

    def _turn(self, role: str, text: str) -> list[int]:
        return [self._begin, *self._plain(f"{role}\n{text}"), self._end, *self._plain("\n")]

    def _plain(self, text: str) -> list[int]:
        tokens: list[int] = self._tokenizer(text, add_special_tokens=False, split_special_tokens=True)["input_ids"]
        return tokens
