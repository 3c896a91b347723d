"""The tokens that go into the tuned model and the tokens that it learnt to answer with: one place for both sides.

No system prompt, no registry, no examples: the adapter has learnt the form, and every token of a prompt costs time.
"""

from __future__ import annotations

from typing import Any

#: SmolLM2's chat marks, by name; user text can never become one (`split_special_tokens`).
START, END = "<|im_start|>", "<|im_end|>"


def prompt_tokens(tokenizer: Any, prompt: str) -> list[int]:
    """`tokenizer`: a transformers tokenizer."""
    start, end = (tokenizer.convert_tokens_to_ids(mark) for mark in (START, END))
    return [start, *plain_tokens(tokenizer, prompt), end]


def answer_tokens(tokenizer: Any, skeleton: str) -> list[int]:
    """The skeleton's tokens, with the mark that ends it."""
    return [*plain_tokens(tokenizer, skeleton), tokenizer.convert_tokens_to_ids(END)]


def plain_tokens(tokenizer: Any, text: str) -> list[int]:
    """Tokens of text that is nobody's mark."""
    tokens: list[int] = tokenizer(text, add_special_tokens=False, split_special_tokens=True)["input_ids"]
    return tokens
