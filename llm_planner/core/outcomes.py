"""The two ways in which a sentence ends without a command: one question, or a refusal."""

from __future__ import annotations


class Ask(Exception):
    """One question is needed. `reason`: a key of `answers.QUESTIONS`; `words`: what it is about; `choices`: offered answers."""

    def __init__(self, reason: str, *, words: str = "", choices: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.reason, self.words, self.choices = reason, words, choices


class Refuse(Exception):
    """Nothing may move. `reason`: a key of `answers.REFUSALS`."""

    def __init__(self, reason: str, *, words: str = "") -> None:
        super().__init__(reason)
        self.reason, self.words = reason, words
