"""A pair as tokens: the prompt exactly as the planner feeds it, and the skeleton after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from llm_planner.core.prompting import answer_tokens, prompt_tokens
from llm_planner.training.render import Pair


@dataclass(frozen=True, slots=True)
class Sample:
    """`answer_at`: index of the first token of the skeleton."""

    tokens: list[int]
    answer_at: int


def encode(tokenizer: Any, pair: Pair) -> Sample:
    prompt = prompt_tokens(tokenizer, pair.prompt)
    return Sample([*prompt, *answer_tokens(tokenizer, pair.target)], len(prompt))
