"""Words that carry no content of their own, in five languages: never a misspelt name, never a name's whole content."""

from __future__ import annotations

from llm_planner.core.tokens import key

_FUNCTION_WORDS = (
    "nearest closest free idle available next whichever quick quickly right straight along carefully lunch shift "
    "a an the of to from in on at by for with and or then after before that this it its they them he she him her "
    "his their there here off up down out over into onto back again please pls kindly could can would will should "
    "you your we us i me my our need needs want wants let lets is are was be been do does did has have had got any "
    "some one ones now right away also too just more other another next first last both each so if as but not no "
    "yes ok okay hey hi hello thanks thank cheers mate guys team robot robots go get make sure via through between "
    "when once while until till than which who what whose around across along under s t m re ve ll d afterwards "
    "later soon der die das den dem des ein eine einen einem einer und oder dann danach von vom zu zum zur nach im "
    "am auf mit bitte ich wir sie er es ihn bis um aus bei fur durch uber noch mal jetzt gleich sofort ist sind el "
    "la los las un una unos unas y o luego despues de del al en con por para favor que se su lo le esta estan ahora "
    "les l une du et ou puis ensuite apres au aux dans sur avec pour par il vous plait te tout suite maintenant est "
    "sont 请 的 了 吧 和 与 然 后 再 从 到 往 给 在 把 一 下 里 去 让 先 之 回 个 是 上"
)

FUNCTION_WORDS = frozenset(word for spelling in _FUNCTION_WORDS.split() for word in key(spelling) if not word.isdigit())
