"""Every skeleton of the phrase banks as text: how answers go on, for the drafter, and what they are made of."""

from __future__ import annotations

from llm_planner.core import skeleton
from llm_planner.training.bank import LANGUAGES, load


def skeleton_texts() -> list[str]:
    """One text for each entry, and one holding every placeholder, since a sentence may have more than any entry."""
    texts = [
        skeleton.render(entry.steps) for language in LANGUAGES for entries in load(language).entries.values() for entry in entries
    ]
    labels = [f"{letter}{number}" for letter in "PHGZARTIXNDCS" for number in range(1, 13)]
    return [*texts, " ".join(labels), " ; then ; and all last"]
