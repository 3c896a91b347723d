"""Sentences that mean "everything stops, now", recognised without any model: they must work when the planner is away or wrong.

Cloud, edge node and command line ask the same function, before anything else is done with a sentence. Only whole sentences
count: "stop AMR-4", "stop at dock 2" and "don't stop" go the usual way. How it is shouted does not matter: capitals,
punctuation, accents, full width, repetition ("stop stop stop!"), drawn-out letters ("stooop"), spelled letters ("S T O P"),
haste ("please stop now") and invisible characters. A false alarm costs a minute; a missed one may cost more.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

#: Longer texts are no shout. In characters.
STOP_CHARS_MAX = 4_000

#: Verbs, and what they may be joined with on either side ("stop everything", "everybody stop").
_VERBS = {
    "en": "stop|halt|freeze|emergency stop|emergency halt|e stop|estop|stop moving",
    "de": "stop|stopp|stoppe|stoppt|stoppen|halt|haltet|anhalten|stehen bleiben|stehenbleiben|sofort stopp|nothalt|not halt|"
    "notstopp|not stopp|notaus|not aus|bleibt stehen|bleib stehen",
    "fr": "stop|stoppe|stoppez|arret|arrete|arretez|arreter|arretez vous|halte|arret d urgence|arret immediat|stopper",
    "es": "stop|alto|para|pare|paren|parad|parar|detener|deten|detente|detengan|detenganse|detengase|parada|parada de emergencia|"
    "paro de emergencia|parada total|alto total|paro total|quietos",
    "it": "ferma|fermi|fermati|fermate|fermatevi|fermare|alt|arresto di emergenza|arresto d emergenza",
    "pt": "pare|parem|parar|parada de emergencia",
    "nl": "stop|stoppen|noodstop|halt",
    "pl": "zatrzymaj|zatrzymac|stop|stop awaryjny",
}
_OBJECTS = {
    "en": "all|it all|everything|everyone|everybody|every one|all of it|all of them|all of you|them|them all|the robots|robots|"
    "all robots|all the robots|every robot|the fleet|fleet|the whole fleet|the entire fleet|whole fleet|the whole site|"
    "the whole lot|all vehicles|all agvs|all amrs|all motion|all movement",
    "de": "alle|alles|alle roboter|die roboter|sofort alle|alle fahrzeuge|jeder roboter|die flotte|die ganze flotte|flotte|"
    "alle stehen",
    "fr": "tout|toutes|tous|tout le monde|tous les robots|les robots|toute la flotte|la flotte|toutes les machines",
    "es": "todo|todos|todas|a todos|todos los robots|a todos los robots|los robots|a los robots|la flota|toda la flota|"
    "todo el mundo|todas las maquinas",
    "it": "tutto|tutti|tutti i robot|i robot|la flotta",
    "pt": "tudo|todos|todos os robos|os robos|a frota",
    "nl": "alles|allemaal|alle robots|de robots",
    "pl": "wszystko|wszystkie roboty|roboty",
}
#: Whole sentences beside these.
_PHRASES = {
    "en": "emergency|abort all|abort everything|stop now|make it stop|make them stop|hit the brakes|brakes|all stop|full stop",
    "de": "halte alles an|halt alles an|haltet alles an|halte alle an|halt alle an|haltet alle an|halte alle roboter an|"
    "haltet alle roboter an|halte die roboter an|haltet die roboter an|notfall|"
    "alle mann stopp|notbremse|vollbremsung",
    "fr": "urgence|arret total|arret complet|on arrete tout|tout arreter|arret de tous les robots|coupez tout",
    "es": "emergencia|alto ahi|que paren|que paren todos|que pare todo|quieto todo el mundo|frena|frenen",
    "pl": "zatrzymaj sie",
    "zh": "停|停下|停下来|停止|停住|停车|停车停车|急停|紧急停止|紧急停车|紧急制动|全停|全部停止|全部停下|全部停下来|全部停|"
    "都停下|都停下来|都停|"
    "都别动|全都停下|全体停止|所有机器人停止|所有机器人停下|所有机器人停|所有机器人都停下|停止所有机器人|停下所有机器人|让所有机器人停下|"
    "机器人停下|机器人停止|全场停止|停止运行|停止移动|别动|不许动|刹车|紧急情况|"
    "緊急停止|停下來|全部停下來|停車|緊急停車|所有機器人停止|停止所有機器人|別動|都停下來",
    "ja": "止まれ|止めて|止まって|停止|停止して|緊急停止|緊急停止して|全部止めて|全ロボット停止|全台停止|非常停止|ストップ",
    "ko": "정지|멈춰|멈춰라|비상정지|비상 정지|전체 정지|모두 정지|모두 멈춰|전부 멈춰|스톱",
}
#: Haste and courtesy, which change nothing.
_FILLERS = (
    "please|now|right now|immediately|at once|right away|this instant|instantly|hey|hey you|oh|ah|ok|okay|guys|everyone|robots|"
    "drover|just|for god s sake|oh my god|oh god|god|jesus|christ|shit|fuck|damn|"
    "bitte|sofort|jetzt|auf der stelle|los|oh gott|scheisse|verdammt|mensch|"
    "maintenant|immediatement|tout de suite|s il vous plait|s il te plait|svp|vite|merde|putain|"
    "ahora|ahora mismo|ya|ya mismo|por favor|inmediatamente|de inmediato|rapido|oye|oigan|mierda|joder|"
    "subito|adesso|per favore|agora|nu|teraz|natychmiast|"
    "请|請|立刻|立即|马上|馬上|快|快点|现在|赶紧|赶快|全部|都|大家|了|啊|吧|呀|今すぐ|すぐに|早く|지금|당장|빨리"
)
#: With a "!" right behind it, a leading one of these is a shout, whatever is explained afterwards ("Stop! Someone fell").
_SHOUTS = (
    "stop|halt|freeze|emergency stop|e stop|estop|stopp|anhalten|nothalt|notaus|not aus|notstopp|arretez|arretez tout|"
    "arret d urgence|stoppez|alto|alto ahi|paren|parada de emergencia|急停|紧急停止|停下|停止|停|緊急停止|非常停止"
)
#: Written without spaces between words: one character is one token.
_SPACELESS = re.compile(r"([぀-ヿ㐀-䶿一-鿿豈-﫿ー])")
_DRAWN = re.compile(r"([^\W\d_])\1{2,}")
_BANG = re.compile(r"[!！﹗❗‼]")
#: Words of the longest phrase.
_WORDS_MAX = 12

Words = tuple[str, ...]


def is_stop(text: str) -> bool:
    """Does the whole sentence mean: every robot, stop? Never raises."""
    if len(text) > STOP_CHARS_MAX:
        return False
    if _only_stops(words(text)):
        return True
    head, *rest = _BANG.split(text, maxsplit=1)
    return bool(rest) and _squeezed(words(head)) in _SQUEEZED_SHOUTS


def words(text: str) -> Words:
    """Lower case, without accents, punctuation, width and invisible characters; CJK one character a word."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    plain = "".join(" " if c.isspace() else c for c in plain if unicodedata.category(c) not in _UNSEEN or c.isspace())
    plain = _SPACELESS.sub(r" \1 ", unicodedata.normalize("NFC", plain))
    found = re.sub(r"[\W_]+", " ", plain).split()
    if len(found) > 2 and all(len(word) == 1 and word.isascii() and word.isalpha() for word in found):
        return ("".join(found),)  # spelled: s-t-o-p
    return tuple(found)


def _only_stops(said: Words) -> bool:
    """Whether the words are stop phrases and fillers, one after the other, and at least one is a stop phrase."""
    for phrases, fillers, spoken in ((STOP_PHRASES, _FILLER_PHRASES, said), (_SQUEEZED, _FILLER_SQUEEZED, _squeezed(said))):
        # reached[i]: 0 no way to get here, 1 by fillers only, 2 with a stop phrase
        reached = [1] + [0] * len(spoken)
        for start in range(len(spoken)):
            for end in range(start + 1, min(len(spoken), start + _WORDS_MAX) + 1) if reached[start] else ():
                if spoken[start:end] in phrases:
                    reached[end] = 2
                elif spoken[start:end] in fillers:
                    reached[end] = max(reached[end], reached[start])
        if reached[-1] == 2:
            return True
    return False


def _squeezed(said: Words) -> Words:
    """Every run of one letter as one, in sentences where somebody drew a letter out; else as said."""
    return tuple(_RUN.sub(r"\1", word) for word in said) if any(_DRAWN.search(word) for word in said) else said


def _squeeze_all(phrases: frozenset[Words]) -> frozenset[Words]:
    return frozenset(tuple(_RUN.sub(r"\1", word) for word in phrase) for phrase in phrases)


def _phrases() -> Iterator[str]:
    for language, verbs in _VERBS.items():
        for verb in verbs.split("|"):
            yield verb
            for thing in _OBJECTS[language].split("|"):
                yield f"{verb} {thing}"
                yield f"{thing} {verb}"
    for sentences in _PHRASES.values():
        yield from sentences.split("|")


_UNSEEN = frozenset(("Mn", "Mc", "Me", "Cf", "Cc", "Co", "Cn", "Cs"))
_RUN = re.compile(r"([^\W\d_])\1+")
STOP_PHRASES: frozenset[Words] = frozenset(words(phrase) for phrase in _phrases())
_FILLER_PHRASES = frozenset(words(filler) for filler in _FILLERS.split("|"))
_SQUEEZED, _FILLER_SQUEEZED = _squeeze_all(STOP_PHRASES), _squeeze_all(_FILLER_PHRASES)
_SHOUT_PHRASES = frozenset(words(shout) for shout in _SHOUTS.split("|"))
_SQUEEZED_SHOUTS = _SHOUT_PHRASES | _squeeze_all(_SHOUT_PHRASES)
