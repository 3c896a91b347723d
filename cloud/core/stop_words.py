"""Sentences that mean "stop everything", recognised without any model: they must work when the planner is away or wrong.

Only whole sentences count: "stop AMR-4" or "stop at dock 2" go the usual way. Extra politeness and haste are dropped first.
"""

from __future__ import annotations

import re
import unicodedata

_PHRASES = {
    "en": "stop|stop all|stop all robots|stop everything|stop every robot|stop the robots|stop the fleet|stop them all|all stop|"
    "halt|halt all|halt all robots|halt everything|freeze|freeze all|freeze everything|emergency stop|e stop|estop|"
    "emergency halt|emergency|abort all|everybody stop|everyone stop|all robots stop|stop stop|stop stop stop",
    "de": "stopp|stoppen|anhalten|alle anhalten|alles anhalten|alle stoppen|alles stoppen|alle stopp|alle halt|nothalt|not halt|"
    "notstopp|not stopp|notaus|not aus|halte alles an|halt alles an|alle roboter anhalten|alle roboter stoppen|stoppe alles|"
    "stoppe alle roboter|stopp alles|stopp alle roboter",
    "fr": "arret|arrete|arretez|arret d urgence|arrete tout|arretez tout|stop tout|stoppez tout|stoppez|halte|tout arreter|"
    "arretez tous les robots|arret de tous les robots|arret immediat",
    "es": "alto|para|pare|paren|parar|detener|detente|detengan|parada|parada de emergencia|paro de emergencia|parar todo|"
    "para todo|paren todo|detener todo|deten todo|alto total|detener todos los robots|parar todos los robots",
    "it": "ferma|fermi|fermati|fermatevi|alt|ferma tutto|fermate tutto|arresto di emergenza|stop tutto|ferma tutti i robot",
    "pt": "parem|pare tudo|parar tudo|parada de emergencia|parem todos os robos",
    "nl": "stop alles|alles stoppen|noodstop|stop alle robots",
    "pl": "zatrzymaj|zatrzymaj wszystko|zatrzymaj wszystkie roboty|stop awaryjny",
    "zh": "停|停止|停下|停下来|急停|紧急停止|緊急停止|全部停止|全部停下|全停|"
    "所有机器人停止|停止所有机器人|立即停止|马上停止|都停下",
    "ja": "止まれ|止めて|停止して|緊急停止して|全部止めて|全ロボット停止|非常停止",
    "ko": "정지|멈춰|비상정지|비상 정지|전체 정지|모두 정지|모두 멈춰",
}
_FILLERS = frozenset(
    word
    for words in (
        "please now immediately right away at once",
        "bitte sofort jetzt",
        "maintenant immediatement s il vous plait",
        "ahora ya por favor",
        "subito adesso per favore agora nu teraz",
        "请 立刻",
    )
    for word in words.split()
)


def normal(text: str) -> str:
    """Lower case, without accents, punctuation and doubled blanks."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in plain if not unicodedata.category(c).startswith("M"))
    return " ".join(re.sub(r"[^\w]+", " ", unicodedata.normalize("NFC", plain)).split())


STOP_SENTENCES: frozenset[str] = frozenset(normal(p) for phrases in _PHRASES.values() for p in phrases.split("|"))


def is_stop(text: str) -> bool:
    """Does the whole sentence mean: every robot, stop?"""
    plain = normal(text)
    if plain in STOP_SENTENCES:
        return True
    words = [word for word in plain.split() if word not in _FILLERS]
    return bool(words) and " ".join(words) in STOP_SENTENCES
