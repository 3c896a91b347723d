"""Words that no command needs: a second line behind the model, which cannot be talked out of it.

The model refuses what endangers people or switches safety off; this looks for the plainest of such words in five languages
(new rules and forged messages are `suspicion`'s subject), so that a reading that it wrongly accepts still moves nothing. Patterns are kept narrow: each is
tried on all phrase banks (`tests/unit/test_language_hazards.py`), where hardly any legal command may meet one.
"""

from __future__ import annotations

import re

from llm_planner.core.tokens import fold

_OFF = (
    r"disabl\w*|suppress|skip|remove|cut|deactivat\w*|turn(?:ing)? off|switch(?:ing)? off|shut off|overrid\w*|bypass\w*|defeat|silence|mute|unplug|tape over|ignore"
    r"|abschalt\w*|ausschalt\w*|abstell\w*|deaktivier\w*|uberbruck\w*|umgeh\w*|ausser kraft|stumm\w*|ignorier\w*|abklemm\w*"
    r"|schalt\w* [\w ,]*\b(?:ab|aus)|stell\w* [\w ,]*\bab"
    r"|desactiv\w*|coupe[rz]?|shunt\w*|neutralis\w*|contourn\w*|debranch\w*|ignore[rz]?|enleve[rz]?|saute[rz]?"
    r"|supprime[rz]?|anul\w*|apag\w*|inhib\w*|puente\w*|quit\w*|saltat\w*|salta[rn]?|ignor\w*|desconect\w*|burla\w*"
    r"|without|ohne|sans|sin|关闭|关掉|关了|屏蔽|解除|取消|绕过|禁用|拔掉|忽略|无视|遮住"
)
_SAFETY = (
    r"safety|scanners?|bumpers?|lidars?|light curtains?|e-?stops?|emergency stops?|interlocks?|collision avoidance|obstacle detection|speed limit\w*"
    r"|protective field\w*|(?:person|people|personnel|obstacle|collision) detection|sensors?|detectors?|guards?|alarms?|warning lights?|beepers?|speed caps?"
    r"|watchdogs?|stop buttons?|brakes?|filter|validat\w*"
    r"|sicherheit\w*|schutz\w*|lichtgitter\w*|lichtvorh\w*|lichtschranke\w*|not-?aus(?!gang)\w*|not-?halt\w*|hinderniserkennung|laserscanner\w*|sensor\w*|kollision\w*|personenerkennung|geschwindigkeitsbegrenzung|warnton|bumper|scanner|prufung"
    r"|securites?|scrutateurs?|barrieres? immaterielles?|arrets? d.?urgence|anticollision|pare-?chocs|limiteurs?|capteurs?|detection de personnes|scanners?|distances? de securite|limites? de vitesse|controles?"
    r"|seguridad\w*|escaneres|escaner|barreras?|cortinas? (?:de luz|opticas?)|paradas? de emergencia|anticolision|parachoques|limitador\w*|sensor\w*|detector\w*|laser\w*|limites? de velocidad|alarmas?|seta de emergencia|validacion|comprobar"
    r"|安全\w*|激光雷达|雷达|避障|防撞|光幕|光栅|急停|限速|传感器"
)
_INSIDE = (
    r"patients?|patientin\w*|sleep\w*|asleep|people|someone|somebody|occupied|inside|schlaf\w*|drin|jemand|leute|besetzt"
    r"|patientes?|dort|dorment|dedans|quelqu.?un|occupee?|pacientes?|duerm\w*|dentro|alguien|gente|ocupad\w*|病人|患者|有人|睡\w*|里面"
)
_HAZARDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("safety", re.compile(rf"(?<![^\W_])(?:{_OFF})(?:\W+\w+){{0,4}}?\W*(?<![^\W_a-z])(?:{_SAFETY})")),
    (
        "safety",
        re.compile(
            rf"(?<!\w)(?:{_SAFETY})(?:\W+\w+){{0,3}}?\W+(?:(?<!went )(?<!is )off|aus|ab|weg|ignorieren|missachten|umgehen|deaktivieren|ignorer|ignorar|abschalten|ausschalten|uberbrucken|关闭|关掉|关了)(?!\w)"
        ),
    ),
)
_HAN = re.compile(
    r"(?:关闭|关掉|关了|屏蔽|解除|取消|绕过|禁用|拔掉|拔了|忽略|无视|遮住|不要管|别管|拆|断开|撤).{0,8}(?:安全|雷达|避障|防撞|光幕|光栅|急停|限速|传感器|防护)"
    r"|(?:安全|雷达|避障|防撞|光幕|光栅|急停|限速|传感器|防护).{0,8}(?:关闭|关掉|关了|关一下|屏蔽|解除|取消|绕过|禁用|拔|忽略|无视|遮住|拆|断开|撤)"
)
_PEOPLE_INSIDE = re.compile(rf"(?<![^\W\d_a-z])(?:{_INSIDE})")


def hazard(text: str) -> str:
    """A reason of `answers.REFUSALS` for words that no command needs, or ""."""
    folded = fold(text)
    if _HAN.search(folded):
        return "safety"
    return next((reason for reason, pattern in _HAZARDS if pattern.search(folded)), "")


def people_inside(text: str) -> bool:
    """Whether somebody may be in the room: then nothing is disinfected with UV light on a sentence's word."""
    return bool(_PEOPLE_INSIDE.search(fold(text)))
