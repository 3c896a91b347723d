"""Small closed word classes that the linker looks at, in five languages, folded as `tokens.fold` does."""

from __future__ import annotations

from llm_planner.core.numbers import words

#: Between two numbers: a range.
RANGE_WORDS = words("to through thru bis al hasta a au - – — ‐ ‑ ~ 到 至")
#: Between two numbers: a list.
LIST_WORDS = words(", and & und & y e et plus + / 、 ， 和 跟 与 or oder o ou sowie")
#: Before a name: the range that follows is none ("from dock 1 to 4").
FROM_WORDS = words("from von vom aus desde de del du depuis 从 由 between")
#: Before a bare number that continues a series ("then to 4").
TO_WORDS = words("to at zu zur zum nach an al a au aux la le el 到 去 往")
ALL_WORDS = words(
    "all every each both alle allen jede jeden jeder jedes samtliche beide beiden todos todas cada ambos ambas tous toutes "
    "chaque 所 有 每 全 部 各 每个"
)
#: Of these there are two.
BOTH_WORDS = words("both beide beiden ambos ambas")
#: Between "every" and a kind: "all of the docks", "every single dock", "每个码头".
AFTER_ALL_WORDS = words("of the single our my der die das den dem los las les nos 个 个 的 条 台 辆")
ARTICLES = words(
    "the a an any some our my that this those these der die das den "
    "dem des ein eine einen einem einer diese dieser el la los "
    "las un una unos unas este esta estos estas le l les une ces cette ce"
)
DEFINITE = words("der die das den dem la el le l the")
PLACE_PREPOSITIONS = words(
    "to at in into onto on from near by of for zu zum zur am im an "
    "in ins auf vom von aus nach beim a al en de del desde hasta "
    "hacia au aux du des dans vers chez sur 在 到 去 从 往"
)
#: What follows these is a place ("patrol packing").
ACT_ON_WORDS = words("patrol clean inspect disinfect close open avoid sweep mop reopen through via")
#: "the first three docks", "前三个码头"; and the same from the end.
FIRST_WORDS = words("first ersten premiers premieres primeros primeras 前")
LAST_WORDS = words("last letzten derniers dernieres ultimos ultimas 后 最")
#: Before a number that stands for a robot: "send 7 to dock 3".
SEND_WORDS = words(
    "send tell ask have let get pause stop hold recall resume release "
    "charge park schick schicke lass manda envia dile haz envoie "
    "fais dis except ausser sauf excepto menos besides not but"
)
#: Words for people: a place for them ("Visitor Entrance") is not called by them alone.
PEOPLE = words(
    "visitor visitors patient patients guest guests staff customer customers "
    "kid kids child children passenger passengers people crew "
    "besucher patienten gaste kunden personal kinder visiteur visiteurs "
    "clients client personnel enfants visita visitas pacientes "
    "clientes personal ninos"
)
#: No kind of place is called so.
VAGUE_PLACES = words(
    "zone zones area areas place location zona zonas bereich bereiche machine machines maschine maschinen maquina maquinas "
    "robot robots floor room level building machinery"
)
#: Sayings whose nouns name nothing.
IDIOMS = frozenset(
    tuple(said.split())
    for said in [
        "in case",
        "in a row",
        "by the way",
        "on the way",
        "all the way",
        "in the way",
        "in stock",
        "in order",
        "in part",
        "en cas",
        "en caso",
        "zum teil",
        "zur sache",
    ]
)
#: A container word before one of these names what is in it: "box of gloves".
OF_WORDS = words("of de d du del mit with von voller full voll lleno llena pleine plein")
#: Words that carry no name: they are never misspellings, nor single-word names that the registry does not list.
FUNCTION_WORDS = words(
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
