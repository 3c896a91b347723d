"""Words that hint at what is wanted, in five languages: they narrow what the model may choose from, they never choose.

A cue lists every operation it may stand for ("send" may be a trip, a delivery or a trip to the charger); the model decides
among the readings that the rest of the sentence allows. A sentence without any cue offers every operation.
"""

from __future__ import annotations

from llm_planner.core.numbers import words
from llm_planner.core.tokens import key

_CUES: dict[str, str] = {
    "transport": (
        "bring, take, carry, fetch, deliver, move, transport, haul, get, put, drop, collect, pick, transfer, "
        "shift, load, ship, return, run, pass, drive, hol, hole, bringe, bringt, liefere, transportiere, "
        "fahre, nimm, lleva, llevar, trae, traer, transporta, mueve, recoge, entrega, apporte, amene, emmene, "
        "transporte, livre, deplace, prends, porte, 送, 运, 搬, 拿, 取, 带, 把"
    ),
    "goto": (
        "go, send, drive, move, head, come, get, bring, take, dispatch, route, fahr, fahre, schick, schicke, "
        "komm, geh, ve, ven, envia, manda, va, viens, envoie, 去, 开, 派, 到, 送, go to, head to, drive to, "
        "开到"
    ),
    "charge": (
        "charge, charging, recharge, plug, power, juice, battery, charger, chargers, lade, laden, aufladen, "
        "carga, cargar, recargar, recharger, 充, 电, plug in, plug it in, top up, low battery, to charge, 充电, "
        "加电"
    ),
    "park": (
        "park, parking, sit, rest, stow, home, parke, parken, aparca, estaciona, stationne, gare, 停, 车, go "
        "home, stand down, park up"
    ),
    "wait": ("wait, hold, stay, standby, stand, warte, warten, espera, attends, 等"),
    "patrol": (
        "patrol, patrolling, rounds, round, loop, sweep, patrouilliere, patrulla, patrouille, 巡, 逻, do "
        "rounds, walk the line, 巡逻"
    ),
    "clean": ("clean, mop, sweep, scrub, wash, vacuum, reinige, putze, limpia, nettoie, 清, 洁, 打, 扫"),
    "disinfect": ("disinfect, disinfection, sanitize, sanitise, uv, does, do, zap, desinfiziere, desinfecta, desinfecte, 消, 毒"),
    "inspect": ("inspect, check, look, scan, examine, prufe, kontrolliere, inspecciona, revisa, inspecte, verifie, 检, 查"),
    "guide": ("guide, escort, lead, show, walk, begleite, fuhre, guia, acompana, accompagne, 带, 领"),
    "pause": (
        "pause, freeze, hold, hold on, halt, stop, stopp, stoppe, anhalten, halte an, para, pausa, deten, "
        "arrete, mets en pause, stand still, 暂停, 停"
    ),
    "resume": (
        "resume, continue, carry on, unpause, go on, weiter, fortsetzen, weiterfahren, reanuda, continua, "
        "reprends, back to work, get going, 继续, 恢复"
    ),
    "cancel": ("cancel, abort, scrap, call off, forget, drop the job, abbrechen, storniere, cancela, annule, 取消"),
    "emergency_stop": (
        "emergency stop, e stop, estop, stop everything, stop all, stop all robots, halt everything, nothalt, "
        "not aus, notaus, parada de emergencia, arret d urgence, 急停, 紧急停止"
    ),
    "close_area": (
        "close, block, shut, close off, seal, lock, no entry, keep out, off limits, sperre, sperren, cierra, "
        "bloquea, ferme, bloque, 关闭, 封"
    ),
    "open_area": ("open, reopen, unblock, unlock, open up, clear again, offne, freigeben, abre, ouvre, rouvre, 开放, 打开"),
    "recall": (
        "recall, bring back, call back, send home, send everyone home, back to base, come home, all home, "
        "zuruckrufen, vuelvan, rappelle, 召回"
    ),
    "set_speed": (
        "speed, slow, slow down, faster, limit, speed limit, max speed, set speed, tempo, velocidad, vitesse, 速度, 限速"
    ),
    "ask location": (
        "where, where is, where are, wo, wo ist, wo steckt, wo sind, donde, donde esta, ou est, ou sont, "
        "locate, find, position, location, 在哪, 哪里"
    ),
    "ask battery": ("battery, charge level, how much charge, how full, akku, batterie, bateria, state of charge, 电量"),
    "ask status": (
        "status, how is, what is, what s, is it ok, what happened, why, zustand, was macht, estado, que hace, "
        "etat, que fait, on their way, on its way, is anyone, 状态, 怎么样"
    ),
    "ask count": ("how many, count, number of, wie viele, cuantos, cuantas, combien, is anyone, 多少, 几"),
    "ask eta": ("eta, when will, when does, how long, on their way, on its way, wann, cuando, quand, 何时, 多久"),
    "ask tasks": (
        "what is, doing, working on, which tasks, tasks, jobs, queue, on their way, what s, is anyone, welche "
        "aufgaben, que tareas, quelles taches, 任务"
    ),
}

#: Words that carry no content of their own; anything else that nobody has used may be an unknown name.
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

NEGATIONS = words(
    "don dont not never nobody nothing noone cannot nicht kein keine keiner niemals nie nunca nadie jamas ne pas "
    "jamais personne 不 别 勿"
)
#: People as cargo: nothing in such a sentence is ever executed on the planner's word, except to guide them.
PEOPLE = words(
    "patient patients person people human humans man woman child kid kids baby visitor visitors guest guests worker "
    "workers colleague nurse doctor passenger passengers somebody someone patienten mensch menschen besucher "
    "persona personas paciente pacientes nino personne personnes enfant 病 人 患"
)
_UNSAFE = (
    "safety, scanner, scanners, lidar off, override, bypass, disable, ignore your, ignore all, ignore "
    "previous, system prompt, run over, ram, crash, hit, push, ride, hurt, block the fire, fire exit, "
    "sicherheit, seguridad, securite, 安全"
)

_SEQUENCERS = (
    "and then, then, after that, afterwards, and after that, when done, once done, when that is done, "
    "next, und dann, dann, danach, y luego, luego, despues, et puis, puis, ensuite, 然后, 之后, 再"
)
_CONJUNCTIONS = "and, und, y, et, also, while, meanwhile, plus, 和, 并"
BREAKS = frozenset(",;.!?:\n，。；！？、—–")

#: Words before a place that say what the place is for; a place without one may be either end.
_ROLES: dict[str, str] = {
    "from": ("from, out of, off, von, vom, aus, desde, del, depuis, 从"),
    "to": (
        "to, into, onto, over to, up to, down to, back to, toward, towards, zu, zum, zur, nach, ins, auf, "
        "hasta, hacia, jusqu a, vers, 到, 往, 送到, 送回, 至, 去"
    ),
    "via": ("via, through, by way of, stopping at, uber, durch, pasando por, en passant par, 经过"),
    "avoid": ("avoid, avoiding, around, not through, stay out of, keep clear of, without using, meide, evita, evite, 避开"),
    "except": ("except, except for, but not, apart from, other than, excluding, all but, ausser, excepto, menos, sauf, 除了"),
}


def _keys(phrases: str) -> tuple[tuple[str, ...], ...]:
    return tuple(key(phrase) for phrase in phrases.split(", "))


def _index() -> dict[tuple[str, ...], frozenset[str]]:
    index: dict[tuple[str, ...], set[str]] = {}
    for op, phrases in _CUES.items():
        for spoken in _keys(phrases):
            index.setdefault(spoken, set()).add(op)
    return {spoken: frozenset(ops) for spoken, ops in index.items() if spoken}


#: Phrase to the operations it hints at.
CUES = _index()
CUE_WORDS_MAX = max(map(len, CUES))
SEQUENCERS = _keys(_SEQUENCERS)
CONJUNCTIONS = _keys(_CONJUNCTIONS)
PLACE_ROLES = tuple((spoken, role) for role, phrases in _ROLES.items() for spoken in _keys(phrases))
FUNCTION_WORDS = frozenset(word for spelling in _FUNCTION_WORDS.split() for word in key(spelling) if not word.isdigit())
UNSAFE = _keys(_UNSAFE)
ASKS = frozenset(op for op in _CUES if op.startswith("ask "))
#: Words of somebody who tells what happened, or wonders; not of somebody who wants it done.
REPORTS = words(
    "was were had did saw yesterday ago almost nearly mind supposed already happened war hatte gestern estaba ayer etait hier"
)
#: Never taken for a misspelt name.
KNOWN_WORDS = (
    FUNCTION_WORDS
    | REPORTS
    | NEGATIONS
    | PEOPLE
    | {word for spoken in CUES for word in spoken}
    | {word for spoken, _ in PLACE_ROLES for word in spoken}
)
