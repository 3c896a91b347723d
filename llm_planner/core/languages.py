"""Which of the five languages a sentence is in, for the language of the answer. Small words decide; names do not."""

from __future__ import annotations

import re

from llm_planner.core.tokens import fold

LANGUAGES = ("en", "de", "fr", "es", "zh")
_HAN = re.compile(r"[㐀-鿿]")
_SMALL = {
    "en": "the to and from at please send take bring then it is are can "
    "you all what where how by with of on for go get need that",
    "de": "der die das den dem und von nach zu zum zur bitte ich wir wo "
    "ist sind dann nicht auf fur mit soll alle wie bis um bring "
    "schick fahr im am vom kann mal hol ein eine einen ins",
    "fr": "le la les de du des et a au aux vers puis est sont pour avec dans "
    "il faut s apporte envoie ou que qui un une sur toutes tous "
    "svp plait merci d l jusqu amene prends combien",
    "es": "el la los las de del y a al luego que por para con en donde "
    "esta estan lleva trae manda un una favor todos todas hasta "
    "cuando necesito hay ve cuanta cuantos",
}
_WORDS = {language: frozenset(words.split()) for language, words in _SMALL.items()}


def language_of(text: str) -> str:
    """en de fr es or zh; English where nothing speaks for another."""
    if len(_HAN.findall(text)) >= 2:
        return "zh"
    votes = _votes(text)
    best = max(votes.values())
    return next(language for language in ("en", "de", "fr", "es") if votes[language] == best)


def languages_of(text: str) -> frozenset[str]:
    """Every language that the sentence may be in or mixes; all of them where nothing tells.

    English is always among them: its nouns are said in every language of the trade.
    """
    votes = _votes(text)
    best = max(votes.values())
    found = {language for language, count in votes.items() if count and count * 2 > best}
    if _HAN.search(text):
        found.add("zh")
    return frozenset(found | {"en"} if found else LANGUAGES)


def _votes(text: str) -> dict[str, int]:
    words = re.findall(r"[^\W\d_]+", fold(text))
    votes = {language: sum(word in small for word in words) for language, small in _WORDS.items()}
    for letters, language in (("ß", "de"), ("äöü", "de"), ("ñ¿¡", "es"), ("çèêà", "fr")):
        votes[language] += any(letter in text.lower() for letter in letters)
    return votes
