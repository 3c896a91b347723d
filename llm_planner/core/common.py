"""Everyday words of five languages, which are never misspellings of a registry name.

The list is made from the phrase banks by `python -m llm_planner.training.words`; it is data, so that the planner does not
need the banks to run.
"""

from __future__ import annotations

from pathlib import Path

COMMON_WORDS = frozenset((Path(__file__).parent / "common_words.txt").read_text(encoding="utf-8").split())
