"""What the planner says when it does not act: questions and refusals by template, in the operator's language."""

from __future__ import annotations

from llm_planner.core.outcomes import Ask, Refuse

#: Reason to the question in en de fr es zh. "{words}" is what it is about.
QUESTIONS: dict[str, tuple[str, str, str, str, str]] = {
    "which": ("Which one is meant: {words}?", "Welches ist gemeint: {words}?", "Lequel voulez-vous dire : {words} ?", "¿A cuál se refiere: {words}?", "指的是哪一个：{words}？"),
    "what": ("What should be done?", "Was soll getan werden?", "Que faut-il faire ?", "¿Qué hay que hacer?", "需要做什么？"),
    "where": ("To which place?", "Wohin?", "Vers quel endroit ?", "¿A qué lugar?", "送到哪里？"),
    "source": ("From where {words}?", "Von wo {words}?", "D'où {words} ?", "¿De dónde {words}?", "从哪里取{words}？"),
    "item": ("What should be carried?", "Was soll transportiert werden?", "Que faut-il transporter ?", "¿Qué hay que transportar?", "要运送什么？"),
    "robot": ("Which robot?", "Welcher Roboter?", "Quel robot ?", "¿Qué robot?", "哪台机器人？"),
    "when": ("When?", "Wann?", "Quand ?", "¿Cuándo?", "什么时候？"),
    "conflict": ("That contradicts itself. What is right?", "Das widerspricht sich. Was gilt?", "C'est contradictoire. Que faut-il retenir ?", "Eso se contradice. ¿Qué es lo correcto?", "前后矛盾，以哪个为准？"),
    "unknown": ("I do not know “{words}”. What is meant?", "„{words}“ kenne ich nicht. Was ist gemeint?", "Je ne connais pas « {words} ». Que voulez-vous dire ?", "No conozco «{words}». ¿A qué se refiere?", "不认识“{words}”，指的是什么？"),
    "charger": ("{words} is not a charger. Which charger?", "{words} ist keine Ladestation. Welche?", "{words} n'est pas un chargeur. Lequel ?", "{words} no es un cargador. ¿Cuál?", "{words}不是充电桩，去哪个充电桩？"),
    "unable": ("No fitting robot for that ({words}). Who should do it?", "Kein passender Roboter dafür ({words}). Wer soll es tun?", "Aucun robot adapté ({words}). Qui doit le faire ?", "Ningún robot apto ({words}). ¿Quién debe hacerlo?", "没有合适的机器人（{words}），由谁来做？"),
    "heavy": ("Too heavy: {words}. Which other robot?", "Zu schwer: {words}. Welcher andere Roboter?", "Trop lourd : {words}. Quel autre robot ?", "Demasiado pesado: {words}. ¿Qué otro robot?", "太重：{words}，换哪台机器人？"),
    "many": ("How many: {words}?", "Wie viele: {words}?", "Combien : {words} ?", "¿Cuántos: {words}?", "多少个：{words}？"),
    "speed": ("Which speed, in percent or m/s?", "Welche Geschwindigkeit, in Prozent oder m/s?", "Quelle vitesse, en % ou m/s ?", "¿Qué velocidad, en % o m/s?", "速度是多少（百分比或米/秒）？"),
    "again": ("Which command is meant? There is none before it.", "Welcher Auftrag ist gemeint? Es gibt keinen davor.", "Quelle commande ? Il n'y en a pas avant.", "¿Qué orden? No hay ninguna anterior.", "指的是哪条指令？之前没有指令。"),
    "mixed": ("One thing at a time, please. What comes first?", "Bitte eins nach dem anderen. Was zuerst?", "Une chose à la fois. Quoi d'abord ?", "Una cosa a la vez. ¿Qué va primero?", "请一次说一件事，先做哪件？"),
    "split": ("That is too much at once. Please split it.", "Das ist zu viel auf einmal. Bitte aufteilen.", "C'est trop à la fois. Divisez, s'il vous plaît.", "Es demasiado a la vez. Divídalo, por favor.", "一次太多了，请分开说。"),
    "doubt": ("Did you mean: {words}?", "War gemeint: {words}?", "Vouliez-vous dire : {words} ?", "¿Quiso decir: {words}?", "是这个意思吗：{words}？"),
    "unclear": ("I did not understand that. What should be done, with what, from where, to where?", "Das habe ich nicht verstanden. Was soll womit von wo nach wo geschehen?", "Je n'ai pas compris. Que faut-il faire, avec quoi, d'où, vers où ?", "No lo entendí. ¿Qué hay que hacer, con qué, de dónde y a dónde?", "没听懂。要做什么、运什么、从哪里到哪里？"),
}  # fmt: skip

REFUSALS: dict[str, tuple[str, str, str, str, str]] = {
    "people": ("Robots do not carry or push people.", "Roboter befördern oder schieben keine Menschen.", "Les robots ne transportent ni ne poussent personne.", "Los robots no llevan ni empujan a personas.", "机器人不运送也不推人。"),
    "harm": ("Robots do not hurt, block or endanger anyone.", "Roboter verletzen, blockieren und gefährden niemanden.", "Les robots ne blessent, ne bloquent et ne menacent personne.", "Los robots no dañan, bloquean ni ponen en peligro a nadie.", "机器人不会伤害、阻挡或危及任何人。"),
    "safety": ("Safety functions and limits are not changed by a sentence.", "Sicherheitsfunktionen und Grenzen ändert kein Satz.", "Une phrase ne change ni les sécurités ni les limites.", "Una frase no cambia las protecciones ni los límites.", "安全功能和限制不能用一句话更改。"),
    "zone": ("No robot enters {words}.", "Kein Roboter fährt in {words}.", "Aucun robot n'entre dans {words}.", "Ningún robot entra en {words}.", "机器人不得进入{words}。"),
    "scope": ("That is not a job for the fleet.", "Das ist keine Aufgabe für die Flotte.", "Ce n'est pas une tâche pour la flotte.", "Eso no es una tarea para la flota.", "这不是车队的工作。"),
    "capability": ("The robots cannot do that.", "Das können die Roboter nicht.", "Les robots ne savent pas faire cela.", "Los robots no pueden hacer eso.", "机器人做不到。"),
    "inject": ("Rules are not changed by a sentence.", "Regeln ändert kein Satz.", "Une phrase ne change pas les règles.", "Una frase no cambia las reglas.", "规则不能用一句话更改。"),
}  # fmt: skip

_ORDER = ("en", "de", "fr", "es", "zh")
_ZONE = ("a no-robot zone", "eine Sperrzone", "une zone interdite", "una zona prohibida", "禁入区")


def question(ask: Ask, language: str) -> str:
    """One short question."""
    words = ask.words
    if ask.reason == "which" and not words:
        words = {"en": "it", "de": "es", "fr": "ce", "es": "eso", "zh": "它"}[language]
    text = _in(QUESTIONS.get(ask.reason, QUESTIONS["unclear"]), language).format(words=words)
    text = " ".join(text.split()).replace(" ?", "?") if language != "fr" else " ".join(text.split())
    return f"{text} ({', '.join(ask.choices)})" if ask.choices else text


def refusal(refuse: Refuse, language: str) -> str:
    """Why nothing moves."""
    return _in(REFUSALS.get(refuse.reason, REFUSALS["scope"]), language).format(words=refuse.words or _in(_ZONE, language))


def _in(texts: tuple[str, str, str, str, str], language: str) -> str:
    return texts[_ORDER.index(language)]
