"""The stream of training pairs: seeded, endless, the same for the same seed and version."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from fleet.contracts import codec
from fleet.contracts.errors import InvalidInput
from fleet.contracts.translate import Registry
from llm_planner.core import skeleton
from llm_planner.core.delex import Delexer
from llm_planner.training.bank import LANGUAGES, Bank, load
from llm_planner.training.compose import draw
from llm_planner.training.render import Pair, render
from llm_planner.training.sites.make import make_site
from llm_planner.training.surface import Filler

#: Counts up whenever the same seed would give other pairs; written into the adapter's card.
VERSION = 3
#: Share of each language among the pairs.
SHARES = {"en": 0.48, "de": 0.13, "fr": 0.13, "es": 0.13, "zh": 0.13}
#: Pairs drawn on one made-up site before the next.
PAIRS_PER_SITE = 12


def pairs(seed: int) -> Iterator[Pair]:
    """Endless. A site holds for a few pairs, then another is made."""
    rng = Random(seed)
    banks: dict[str, Bank] = {language: load(language) for language in LANGUAGES}
    while True:
        language = rng.choices(list(SHARES), list(SHARES.values()))[0]
        # sites with English names are spoken of in every language
        site = make_site(rng, language if rng.random() < 0.65 else "en")
        delexer = Delexer(codec.convert(site, Registry))
        made = 0
        for _ in range(PAIRS_PER_SITE * 4):
            pair = render(draw(banks[language], rng), Filler(site, language, rng), delexer, rng)
            if pair is not None and _sound(pair):
                yield pair
                made += 1
            if made == PAIRS_PER_SITE:
                break


def _sound(pair: Pair) -> bool:
    """Whether the target is one that `parse` reads back; numbering and slots were checked in the bank, names were not."""
    try:
        skeleton.parse(pair.target)
    except InvalidInput:
        return False
    return len(pair.prompt) < 400
