"""Small closed word classes that the linker looks at, in five languages, folded as `tokens.fold` does."""

from __future__ import annotations

from llm_planner.core.numbers import words

#: Between two numbers: a range.
RANGE_WORDS = words("to through thru bis al hasta a au - – — ‐ ‑ ~ 到 至")
#: Between two numbers: a list.
LIST_WORDS = words(", and & und y e et plus + / 、 ， 和 跟 与 or oder o ou sowie")
#: Before a name: the range that follows is none ("from dock 1 to 4").
FROM_WORDS = words("from von vom aus desde de del du depuis 从 由 between")
ALL_WORDS = words(
    "all every each both alle allen aller jede jeden jeder jedes samtliche beide beiden todos todas cada ambos ambas tous toutes "
    "chaque 所 有 每 全 部 各 每个"
)
ARTICLES = words(
    "the a an any some our my that this those these der die das den dem des ein eine einen einem einer diese dieser el la los "
    "las un una unos unas este esta estos estas le l les une ces cette ce"
)
PLACE_PREPOSITIONS = words(
    "to at in into onto on from near by of for zu zum zur am im an in ins auf von vom aus nach beim a al en de del desde hasta "
    "hacia au aux du des dans vers chez sur 在 到 去 从 往"
)
