"""Signs that a text is no operator's wish but meant for the model, the program or the rules. By rule, so that no model is asked.

Only what nobody says to a fleet is listed; everything else is the model's to judge, and what it writes is checked anyway
(grammar, registry, validation, policy, confirmation). These signs are the first of those walls, not the one that holds.
"""

from __future__ import annotations

import re
import unicodedata

from llm_planner.core.tokens import fold

#: A sentence that is longer than this as it came hides more than it says. In characters.
RAW_CHARS_MAX = 4_000
#: Chat marks, markup, code and the skeleton's own signs.
_MARKS = re.compile(
    r"<\||\|>|\[/?inst\]|<<sys>>|</?(?:system|user|assistant|script|tool|im)\b|```|\{\s*[\"'{]|[\"']\s*:\s*[\"'\[{\dtf]|=>|;\s*--|\$[({]|"
    r"\}\}|\w\([^)]*[=\"'][^)]*\)|\bassistant\s+to=|/api/|\bhttps?://|\bhttp/\d|\b(?:drop|update|insert|delete)\s+(?:table|into|from)\b|\beval\(|\bsudo\b|\.\./|\.yaml\b|"
    r"\bforce\s*=|\b\w+\s*=\s*(?:true|false)\b|\boutcome\s*:",
    re.IGNORECASE,
)
#: A message that says it is somebody else's.
_ROLES = re.compile(
    r"(?:^|[\[【<#*.!?\n])\s*(?:system(?:meldung|nachricht|message)?|assistant|human|sistema|syst[eè]me|系统(?:消息|提示)?|助手|管理员)"
    r"(?:\s*\[[^\]]*\])?\s*[\]】>:：]",
    re.IGNORECASE,
)
_UNDO = {
    "en": r"ignore|ignoring|disregard|forget|override|overrule|bypass|skip|drop|circumvent|disable|"
    r"deactivate|turn off|switch off|without",
    "de": r"ignorier\w*|missacht\w*|vergiss|überspring\w*|ueberspring\w*|umgeh\w*|deaktivier\w*|ohne",
    "fr": r"ignore[rz]?|oublie[rz]?|contourne[rz]?|désactive[rz]?|desactive[rz]?|saute[rz]?|outrepasse[rz]?|sans",
    "es": r"ignora\w*|olvida\w*|omite|omitir|salta(?:te|rse)?|desactiva\w*|elude|sin",
    "zh": r"忽略|无视|無視|忘记|忘掉|跳过|绕过|不用|无需|不需要|关闭|解除",
}
_RULES = {
    "en": r"(?:all |any |the |your |my |every |previous |prior |earlier |safety |security )*"
    r"(?:rules?|instructions?|polic(?:y|ies)|guidelines?|restrictions?|directives?|validat(?:ion|or)|confirmations?|confirming|"
    r"safety|safeguards?|guard ?rails?|collision avoidance|emergency stop|speed limits?)",
    "de": r"(?:alle[nr]?\s+|die\s+|deine[nr]?\s+|jede[nr]?\s+|bisherigen\s+|vorherigen\s+)*"
    r"(?:regeln?|anweisungen|vorgaben|vorschriften|richtlinien?|bestätigung(?:en)?|sicherheits\w*|kollisions\w*|not-?aus)",
    "fr": r"(?:toutes\s+|tous\s+|tes\s+|les\s+|la\s+|l'|de\s+|ces\s+|vos\s+)*"
    r"(?:règles?|regles?|consignes?|instructions?|restrictions?|sécurité|securite|confirmations?|confirmer|"
    r"validation|arrêt d'urgence)",
    "es": r"(?:todas\s+|todos\s+|tus\s+|las\s+|los\s+|la\s+|el\s+|sus\s+)*"
    r"(?:reglas?|instrucciones|normas?|restricciones|políticas?|seguridad|sensores de seguridad|confirmar|"
    r"confirmaci[oó]n|validaci[oó]n)",
    "zh": r"[^，。,.]{0,6}(?:规则|指令|安全|确认|检查|校验|限制|防碰撞|避障|急停)",
}
_BYPASS = re.compile(
    "|".join(
        rf"(?:{verbs}){_RULES[language]}" if language == "zh" else rf"\b(?:{verbs})\s+{_RULES[language]}\b"
        for language, verbs in _UNDO.items()
    ),
    re.IGNORECASE,
)
#: Orders about what the hearer is, in place of orders about what robots do.
_NEW_ROLE = re.compile(
    r"\byour (?:only|new|real|true|first|sole) (?:rules?|instructions?|purpose|roles?|goal|directives?)\b|"
    r"\bsay (?:that )?you(?:'ve|'re| have| are)\b|\bsag\w* (?:einfach )?,? ?dass du\b|"
    r"\b(?:developer|debug|admin|god|root|jailbreak) mode\b|\byou are now (?:an?|the|my|in)\b|"
    r"\bdu bist (?:ab jetzt|jetzt|nun) (?:ein|der|die|das|mein|im)|"
    r"\btu es (?:maintenant|désormais) (?:une?|le|la|mon|en)\b|\bahora eres (?:una?|el|la|mi)\b|"
    r"\bdeine (?:anweisungen|regeln) (?:wurden|sind|gelten)\b|你现在是|从现在起你",
    re.IGNORECASE,
)
#: Rules, checks or confirmations that are said to be gone, and words that only people who play with a model use.
_GONE = (
    r"(?:ignore|disregard|forget|override|drop) (?:all |any |your |my |the |these |those |every |previous |earlier |prior )*"
    r"(?:rules?|instructions?|prompts?|programming|restrictions?|guidelines?|policy|policies|limits|training)"
    r"|system prompt|(?:developer|debug|admin|god|root|maintenance) mode|jailbreak|you are now|from now on you|pretend (?:to be|that|you)|as an ai"
    r"|(?:all )?(?:restrictions|limits|rules|checks) (?:are |have been |were )?(?:now )?(?:lifted|disabled|suspended|off|void)"
    r"|(?:^|\W)(?:system|sistema|systeme|systemnachricht|message systeme|admin|assistant|系统通知|系统消息) ?[:：]|</?(?:user|assistant|system)>|[{]\s*\"|sudo |drop table"
    r"|admin(?:istrator)? (?:override|message|passw\w*)|system-?prompt|prompt (?:de )?systeme?|guard ?rails|hidden instructions|your (?:hidden |own |secret )?instructions"
    r"|bestatigung(?:en)? (?:entf\w+|nicht (?:mehr )?notig|unnotig)|(?:keine|ohne) bestatigung\w*|(?:plus|pas) (?:besoin )?de confirmations?|sans confirmations?"
    r"|(?:no|without|skip) (?:more |further |any )?confirmations?|(?:sin|no hace falta) (?:mas )?confirmacion\w*|无需确认|不用确认|不需要确认"
    r"|(?P<word>\b\w+\b)(?:\W+(?P=word)\b){7,}|without (?:any )?(?:checks?|validation)|no validation|ohne prufung|sans (?:aucun )?controle|sin comprobar|无需校验"
    r"|(?:forget|disregard) everything you|vergiss alles was|oublie tout ce qu|olvida todo lo que|override code|no (?:safety )?rules"
    r"|(?:ignorier|vergiss|missachte|ignoriere)\w* (?:alle |deine |die |eure |samtliche )*(?:regeln|anweisungen|vorgaben|vorschriften)|entwicklermodus|du bist (?:jetzt|ab jetzt|nun)"
    r"|(?:ignore|oublie|oubliez|ignorez) (?:toutes? |tes |vos |les )*(?:regles|consignes|instructions)|mode (?:developpeur|admin|debug)|tu es (?:maintenant|desormais)"
    r"|(?:ignora|olvida|ignore|olvide) (?:todas? |tus |sus |las )*(?:reglas|instrucciones|normas)|modo (?:desarrollador|administrador|dios)|ahora eres"
    r"|(?:忽略|忘掉|忘记|无视)\w{0,6}(?:规则|指令|指示|设定|限制)|开发者模式|管理员模式|你现在是"
)
_GONE_RULES = re.compile(rf"(?<!\w)(?:{_GONE})")
#: People who are to be shut in or driven at: never a job, whatever reason is given.
_AT_PEOPLE = re.compile(
    r"\b(?:into|over|through|straight at) (?:the |a |some |all )?"
    r"(?:people|crowds?|pedestrians?|workers|persons?|him|her|somebody|someone)\b|"
    r"\bover people'?s feet\b|\b(?:durch|in|über) (?:die |den |das )?(?:leute|menschen|menschenmenge|personen)\b|"
    r"\b(?:au milieu des|à travers (?:les|la)|dans (?:les|la)|sur les) (?:gens|foule|personnes|piétons)\b|"
    r"\b(?:contra|entre|por encima de|a través de|por en medio de) (?:la |las |los )?(?:gente|personas|multitud|peatones)\b|"
    r"(?:撞|碾|压)(?:向|过|倒|上)?(?:那个|这个)?(?:人|他|她)|冲(?:向|进|过)人",
    re.IGNORECASE,
)
_SHUTS_IN = re.compile(
    r"\b(?:trap|lock|pen|corner|imprison)\s+(?:him|her|somebody|someone|"
    r"the (?:guy|man|woman|inspector|colleague|visitor|driver))\b|"
    r"\bsperr\w*\s+(?:ihn|jemanden|den (?:kerl|mann|kollegen|prüfer|besucher))\b|"
    r"\b(?:enferme[rz]?|coince[rz]?)(?:-l[ea]\b|\s+(?:quelqu|le type|le gars))|"
    r"\b(?:encierra|encerrad|acorrala|atrapa)\w*\s+a\s+|把(?:他|她|他们|那个人|某人).{0,12}(?:堵|关起来|困)",
    re.IGNORECASE,
)
#: Marks on one letter: more is no language of the site.
_STACKED = re.compile(r"[\u0300-\u036f]{3,}")
_HIDDEN = re.compile(r"[\u202a-\u202e\u2066-\u2069\U000e0000-\U000e0fff]")
_FANCY = re.compile(r"[\U0001d400-\U0001d7ff]")
_LETTERS = re.compile(r"[^\W\d_]+")


def sign_of(raw: str) -> str:
    """What is suspicious about the sentence as it came (invisible characters included): "inject", "safety", or "".

    "inject": written for the model or the program. "harm": people are to be shut in or driven at. "safety": a rule, a check or a
    confirmation is to be left out.
    """
    if (
        len(raw) > RAW_CHARS_MAX
        or _HIDDEN.search(raw)
        or _FANCY.search(raw)
        or _STACKED.search(unicodedata.normalize("NFD", raw))
        or _mixes_scripts(raw)
    ):
        return "inject"
    text = unicodedata.normalize("NFKC", raw)
    text = "".join(c for c in text if unicodedata.category(c) != "Cf")
    if _MARKS.search(text) or _ROLES.search(text) or _NEW_ROLE.search(text):
        return "inject"
    if _SHUTS_IN.search(text) or _AT_PEOPLE.search(text):
        return "harm"
    if _BYPASS.search(text):
        return "safety"
    return "inject" if _GONE_RULES.search(fold(text)) else ""


def _mixes_scripts(text: str) -> bool:
    """A word of Latin and Cyrillic or Greek letters, which only looks like what it says."""
    for word in _LETTERS.findall(text):
        scripts = {unicodedata.name(c, "").partition(" ")[0] for c in word}
        if "LATIN" in scripts and scripts & {"CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"}:
            return True
    return False
