"""Sentences that forbid: "don't send AMR-1 to Dock 6". A model that overlooks the "not" would do the opposite of what was said.

Only one-clause sentences are judged: what follows a comma or a "but" may well be an order ("don't take AMR-1, take AMR-2").
Words that only look like it ("don't forget", "not before 3", "no rush") do not count.
"""

from __future__ import annotations

import re

_EN = (
    r"^(?:(?:please|just|and|ok|no) )*(?:don'?t|do not|never(?: ever)?|under no circumstances)\b"
    r"(?! (?:you|forget|worry|hesitate|mind|bother|rush|hurry|wait|stop|leave|let|be)\b)|"
    r"\b(?:must not|mustn'?t|may not|should not|shouldn'?t|shall not)\b(?! (?:be|forget|wait|stop|take|last)\b)"
)
_DE = (
    r"\b(?:auf keinen fall|keinesfalls|niemals|bloß nicht)\b|"
    r"\b(?:soll|sollen|darf|dürfen)\b.*\bnicht\b"
    r"(?! (?:vor|nach|später|mehr|über|so|zu (?:schnell|viel|spät|früh|lange?|voll|schwer)|nur|"
    r"weniger|ganz|länger|schneller)\b)"
)
_FR = (
    r"^(?:ne |n['’ ])(?!oubli)\w+(?: \w+)? (?:surtout )?(?:pas|jamais)\b(?! (?:avant|tard|vite|plus|trop)\b)|"
    r"\bsurtout pas\b"
)
_ES = (
    r"^(?:por favor )?(?:no|nunca|jamás) (?:me |lo |la |los |las )?(?:mand|envi|env[ií]|llev|muev|traig|dej|pas|salg|"
    r"vay|carg|entr|acerqu)\w*|"
    r"^que nadie\b"
)
_ZH = r"(?:不要|(?<![分特区级告])别|不准|不许|禁止|切勿|勿)(?:再)?(?:让|派|去|送|把|使|叫|开去|带)"
_FORBIDS = re.compile("|".join((_EN, _DE, _FR, _ES, _ZH)), re.IGNORECASE)
#: Another clause, which may hold the order.
_MORE = re.compile(
    r"[,;:.!?，。；！？、]\s*\S|\b(?:but|instead|rather|just|only|then|until|till|sondern|aber|bis|stattdessen|nur|mais|avant|plutôt|seulement|sino|hasta|sin|pero|solo|sólo)\b|"
    r"而是|只|改|就"
)
_LEAD = re.compile(
    r"^(?:please|whatever you do|bitte|s'il te plaît|s'il vous plaît|por favor|oye|no|請|请)\s*[,，]\s*", re.IGNORECASE
)


def forbids(text: str) -> bool:
    """Whether the one clause of the sentence says what must not be done. `text`: the sentence, with or without its names."""
    clause = _LEAD.sub("", text.strip())
    return bool(_FORBIDS.search(clause)) and not _MORE.search(clause.rstrip(".!?。！？ "))
