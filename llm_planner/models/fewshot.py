"""The form and examples, for models that have not been taught it: any transformers model, any server."""

from __future__ import annotations

from typing import Any

from llm_planner.core.formtext import EXAMPLES, SYSTEM
from llm_planner.core.prompting import plain_tokens


class FewShot:
    """Chat turns as tokens, by the model's own template. What people wrote is never read as a mark, whatever it spells."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        hole = "\x01HOLE\x01"
        turns: list[dict[str, str]] = [{"role": "system", "content": SYSTEM}]
        for said, written in EXAMPLES:
            turns += [{"role": "user", "content": said}, {"role": "assistant", "content": written}]
        turns.append({"role": "user", "content": hole})
        text: str = tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
        before, _, self._after = text.partition(hole)
        # our own text may hold the template's marks; the operator's, put in the hole, may not
        self._before: list[int] = tokenizer(before, add_special_tokens=False)["input_ids"]
        self._tail: list[int] = tokenizer(self._after, add_special_tokens=False)["input_ids"]

    def shared(self) -> list[int]:
        return self._before

    def question(self, prompt: str) -> list[int]:
        return [*plain_tokens(self._tokenizer, prompt), *self._tail]
