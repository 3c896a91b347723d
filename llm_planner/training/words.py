"""`python -m llm_planner.training.words`: the words of the phrase banks, for `core/common_words.txt`."""

from __future__ import annotations

from pathlib import Path

import llm_planner.core
from llm_planner.core.tokens import is_number, tokenize
from llm_planner.training.bank import LANGUAGES, load


def main() -> None:
    """Writes every word that the banks use between placeholders, folded and sorted."""
    found: set[str] = set()
    for language in LANGUAGES:
        bank = load(language)
        entries = [entry for topic in bank.entries.values() for entry in topic] + [entry for _, entry in bank.mods]
        texts = [text for entry in entries for text in entry.pieces[::2]]
        texts += [said for _, said in bank.fluff] + [said for said, _ in bank.joins]
        for text in texts:
            found |= {
                token.norm for token in tokenize(text) if token.is_word and not is_number(token.norm) and len(token.norm) > 1
            }
    target = Path(llm_planner.core.__file__).parent / "common_words.txt"
    target.write_text("\n".join(sorted(found)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
