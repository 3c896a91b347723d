"""Rules for times of day in five languages."""

from __future__ import annotations

import re
from collections.abc import Callable

from llm_planner.core.figures import Reader, before, clock_minutes, clock_text, fixed, loose, rule

_AM = (
    r"am|a[ _]?[.][ _]?m(?:[ _]?[.])?|in the morning|this morning|morgens|"
    r"fruh|vormittags|heute fruh|heute vormittag|de la manana|"
    r"esta manana|du matin|ce matin|早 上|上 午|凌 晨|今 早"
)
_PM = (
    r"pm|p[ _]?[.][ _]?m(?:[ _]?[.])?|in the afternoon|this afternoon|in the evening|this evening|nachmittags|abends"
    r"|heute nachmittag|heute abend|de la tarde|esta tarde|de l ' apres[ _]-[ _]midi|cet apres[ _]-[ _]midi|du soir|ce soir"
    r"|下 午|晚 上|今 晚|傍 晚"
)
_NIGHT = r"tonight|at night|heute nacht|heut nacht|nachts|de la noche|esta noche|cette nuit|de la nuit|夜 里"
_HALF = rf"(?P<half>{_AM}|{_PM}|{_NIGHT})"
_HAN_HALF = r"(?:(?P<half>早 上|上 午|凌 晨|下 午|晚 上|今 晚|傍 晚|中 午|今 天|夜 里|今 早)[ _])?"
_SAID_AM, _SAID_NIGHT = re.compile(loose(_AM)), re.compile(loose(_NIGHT))
_SAID_BEFORE = re.compile(
    rf"{loose(_HALF)} (?:um |at |by |gegen |bis |ab |vor |around |a |a las |a la |para las |vers |avant |pour )?$"
)
#: Before a number of hours these make a duration of it.
_SPAN_BEFORE = re.compile(
    r"(?:dans|pendant|durant|toutes les|tous les|en|in|for|fur|every|alle|cada|por|nach|after|noch|d ' ici) $"
)
#: A bare number after one of these, with nothing counted behind it, is a time.
_EN_PREP = (
    r"(?:by|before|at|until|till|til|from|after|around|about|for|past|between|not before|"
    r"no later than|latest|since|b_4)"
)
_DE_PREP = r"(?:um|bis|vor|ab|gegen|nach|spatestens|seit|bis um|fur|auf)"
_ES_PREP = (
    r"(?:a|para|pa|antes de|hasta|desde|sobre|tras|despues de|a partir de|hacia|de|entre|"
    r"a eso de|en cuanto den|en tocando|y|como a)"
)
_FR_PREP = r"(?:a|avant|vers|jusqu_'_a|des|apres|pour|d_'_ici|a partir de|depuis|entre)"
_EN_END = (
    r"sharp|latest|today|tonight|tomorrow|please|pls|and|then|when|if|as|"
    r"so|but|because|cause|with|thanks|on the dot|or|i|we|they|he|she|"
    r"it|at the latest|over|out|roger|max|exactly|once|while"
)
_DE_END = (
    r"heute|bitte|und|dann|soll|sollen|muss|mussen|ne|ein|eine|einen|"
    r"einer|mal|los|an|am|im|in|ins|die|der|das|den|dem|zur|zum|bei|"
    r"alle|wieder|fertig|da|dort|hier|morgen|mit|fahren|fahrt|ist|sind|wird|oder|aber|wenn|weil|spatestens|kommt|kann"
)
_END = rf"(?=$|[ _](?![-–/:])[^\w]|[ _](?:{_EN_END}|{_DE_END}|hoy|y|por favor|et|s_'|puis)(?:[ _]|$))"
_ES_HALVES = r"(?: y (?P<plus>media|cuarto|\d{1,2})| menos (?P<minus>cuarto|\d{1,2}))?"
_FR_HALVES = r"(?: et (?P<plus>demie?|quart)| moins (?P<minus>le quart|quart|\d{1,2})| (?P<more>[0-5]?\d))?"
#: No number before: "docks 1 bis 4" has no time in it.
_ALONE = r"(?<!\d[ _])"


def next_clock(hour: int, minute: int, now: str, half: str = "") -> str | None:
    """The clock time meant. `half`: "am", "pm", "night" or "", where the next such time after `now` is meant."""
    if hour > 24 or not 0 <= minute <= 59:
        return None
    if half == "night":
        half = "am" if hour < 6 or hour == 12 else "pm"
    if half == "pm" and hour < 12:
        hour += 12
    elif half == "am" and hour == 12:
        hour = 0
    elif not half and 1 <= hour <= 12:
        said, current = hour * 60 + minute, clock_minutes(now)
        later = said + 720 if hour < 12 else said
        if said <= current < later:
            return clock_text(later)
    return clock_text(hour * 60 + minute)


def _half(match: re.Match[str]) -> str:
    """Which half of the day is said, behind the time or right before it ("heute Nachmittag um drei")."""
    said = match.groupdict().get("half") or ""
    if not said:
        ahead = _SAID_BEFORE.search(before(match))
        said = ahead.group("half") if ahead else ""
    if not said:
        return ""
    if _SAID_NIGHT.fullmatch(said):
        return "night"
    if "中" in said:
        return "am" if _hour(match) in (10, 11) else "pm"
    if "今_天" in said or "今 天" in said:
        return ""
    return "am" if _SAID_AM.fullmatch(said) else "pm"


def _hour(match: re.Match[str]) -> int:
    said = match["hh"]
    return int(said) if said.isdigit() else 1  # "a la una", "ein Uhr"


def _minutes(said: str) -> int:
    if said in ("media", "demie", "demi"):
        return 30
    return 15 if said in ("cuarto", "quart", "le quart", "le_quart") else int(said)


def _at(match: re.Match[str], now: str) -> str | None:
    """Hour and, if said, minutes after or before it."""
    groups = match.groupdict()
    if _SPAN_BEFORE.search(before(match)) and not (groups.get("half") or groups.get("sure")):
        return None
    hour, minute = _hour(match), int(groups.get("mm") or groups.get("more") or 0)
    if groups.get("plus"):
        minute = _minutes(groups["plus"])
    elif groups.get("minus"):
        hour, minute = (hour - 1) or 12, 60 - _minutes(groups["minus"])
    if match["hh"].startswith("0"):  # "07:20" is of the 24-hour clock
        return next_clock(hour, minute, now, _half(match) or "am")
    return next_clock(hour, minute, now, _half(match))


def _either(match: re.Match[str], now: str) -> str | None:
    """A time after "by" and its like, which need not fear that an hour is a duration."""
    groups = match.groupdict()
    hour, minute = _hour(match), int(groups.get("mm") or 0)
    half = _half(match) or ("am" if match["hh"].startswith("0") else "")
    return next_clock(hour, minute, now, half)


def _four(match: re.Match[str], now: str) -> str | None:
    digits = match["hhmm"].zfill(4)
    hour, minute = int(digits[:2]), int(digits[2:])
    return clock_text(hour * 60 + minute) if hour < 24 and minute < 60 else None


def _shifted(minutes_of: Callable[[re.Match[str]], int]) -> Reader:
    """Minutes after (or, below zero, before) the full hour that is said."""

    def read(match: re.Match[str], now: str) -> str | None:
        minute, hour = minutes_of(match), _hour(match)
        if minute < 0:
            hour, minute = (hour - 1) or 12, 60 + minute
        return next_clock(hour, minute, now, _half(match))

    return read


def _han(match: re.Match[str], now: str) -> str | None:
    said = (match["min"] or "").replace("_", " ")
    minute = 30 if said == "半" else (45 if said[0] == "3" else 15) if "刻" in said else int(re.sub(r"\D", "", said) or 0)
    hour, less = _hour(match), match.groupdict().get("less") or match.groupdict().get("short")
    if less:
        hour, minute = (hour - 1) or 12, 60 - int(less)
    return next_clock(hour, minute, now, _half(match))


def _this_hour(match: re.Match[str], now: str) -> str | None:
    """ "25 past", "quarter to": the next time that the minute hand stands there."""
    said = match["d"].replace("_", " ").removeprefix("a ").removeprefix("at ")
    minute = 30 if said == "half" else 15 if said == "quarter" else int(said)
    if not 0 < minute < 60 or (said == "half" and match["side"] == "to"):
        return None
    minute = 60 - minute if match["side"] == "to" else minute
    current = clock_minutes(now)
    return clock_text(current + (minute - current) % 60 if minute != current % 60 else current + 60)


def _top(match: re.Match[str], now: str) -> str | None:
    return clock_text((clock_minutes(now) // 60 + 1) * 60)


_H = r"(?P<hh>\d{1,2})"
_H1 = r"(?P<hh>\d{1,2}|una|1)"
_MM = r"(?P<mm>[0-5]\d)"
CLOCKS = (
    # digits, any language
    rule("C", rf"{_HAN_HALF}{_H}_[:]_{_MM}(?: (?P<sure>uhr|hours?|hrs|h)(?!\w))?", _at),
    rule("C", rf"{_H}_[:]_{_MM}(?: (?P<sure>uhr|hours?|hrs|h)(?!\w))?(?: {_HALF}(?!\w))?", _either),
    rule("C", rf"(?:{_EN_PREP}|{_DE_PREP}) (?P<it>{_H}_[.h]_{_MM}(?: uhr)?(?: {_HALF})?)(?!\w|_[.%])", _either),
    rule("C", rf"{_H}_[.]_{_MM} (?:uhr|{_HALF})(?!\w)", _either),
    rule("C", rf"{_H}(?: {_MM})? {_HALF}(?!\w)", _either),
    rule("C", rf"(?:{_EN_PREP}|{_DE_PREP}) (?P<it>(?P<hhmm>[0-2]\d[0-5]\d)(?: (?:hours?|hrs|uhr|h))?)(?!\w)", _four),
    rule("C", r"(?P<hhmm>[0-2]\d[0-5]\d) (?:hours|hrs|uhr|h)(?!\w)", _four),
    # English
    rule("C", rf"{_H}(?P<mm>) o ' ?clock(?: {_HALF})?", _either),
    rule("C", rf"{_H}(?P<mm>) oclock(?: {_HALF})?", _either),
    rule("C", rf"{_H}(?P<mm>)_-?_?ish(?!\w)", _either),
    rule("C", rf"{_ALONE}{_EN_PREP} (?P<it>{_H}(?P<mm>)(?: {_HALF})?){_END}", _either),
    rule("C", rf"{_EN_PREP} (?P<it>{_H} {_MM}(?: {_HALF})?){_END}", _either),
    rule("C", rf"(?:{_EN_PREP} )(?P<it>{_H} 100(?: hours)?)(?!\w)", _either),
    rule("C", rf"half past {_H}(?: {_HALF})?(?!\w)", _shifted(lambda m: 30)),
    rule("C", rf"{_EN_PREP} (?P<it>half {_H})(?!\w)", _shifted(lambda m: 30)),
    rule("C", rf"(?:a )?quarter past {_H}(?: {_HALF})?(?!\w)", _shifted(lambda m: 15)),
    rule("C", rf"(?:a )?quarter (?:to|of|til|till) {_H}(?: {_HALF})?(?!\w)", _shifted(lambda m: -15)),
    rule("C", rf"(?P<d>\d{{1,2}}) (?:minutes? )?past {_H}(?: {_HALF})?(?!\w)", _shifted(lambda m: int(m["d"]))),
    rule("C", rf"(?P<d>\d{{1,2}}) minutes? to {_H}(?: {_HALF})?(?!\w)", _shifted(lambda m: -int(m["d"]))),
    rule("C", rf"{_EN_PREP} (?P<it>(?P<d>5|10|20|25) to {_H}(?: {_HALF})?)(?!\w)", _shifted(lambda m: -int(m["d"]))),
    rule(
        "C",
        rf"(?:by|at|until|till|before|from|around) (?P<it>(?P<d>\d{{1,2}}|half|(?:a )?quarter) (?P<side>past|to)){_END}",
        _this_hour,
    ),
    # German
    rule("C", rf"(?P<hh>\d{{1,2}}|ein) uhr(?: (?P<mm>\d{{1,2}}))?(?: {_HALF})?(?!\w)", _either),
    rule("C", rf"{_ALONE}(?:um|bis|ab|gegen|vor|bis um) (?P<it>{_H}(?P<mm>)(?: {_HALF})?){_END}", _either),
    rule("C", rf"{_ALONE}(?:ab|bis|um|gegen|vor) (?P<it>(?P<d>\d{{1,2}}) vor {_H})(?!\w)", _shifted(lambda m: -int(m["d"]))),
    rule("C", rf"{_ALONE}(?:ab|bis|um|gegen|vor) (?P<it>(?P<d>\d{{1,2}}) nach {_H})(?!\w)", _shifted(lambda m: int(m["d"]))),
    rule("C", rf"(?P<d>\d{{1,2}}) vor halb {_H}(?!\w)", _shifted(lambda m: -30 - int(m["d"]))),
    rule("C", rf"(?P<d>\d{{1,2}}) nach halb {_H}(?!\w)", _shifted(lambda m: -30 + int(m["d"]))),
    rule("C", rf"halb {_H}(?: {_HALF})?(?!\w)", _shifted(lambda m: -30)),
    rule("C", rf"viertel nach {_H}(?!\w)", _shifted(lambda m: 15)),
    rule("C", rf"(?:viertel vor|dreiviertel) {_H}(?!\w)", _shifted(lambda m: -15)),
    rule("C", rf"viertel {_H}(?!\w)", _shifted(lambda m: -45)),
    # Spanish
    rule("C", rf"{_ES_PREP} (?P<it>las? {_H1}_[:.h]_{_MM}(?: (?:horas|h))?(?: {_HALF})?)(?!\w)", _either),
    rule(
        "C",
        rf"{_ES_PREP} (?P<it>las? {_H1}{_ES_HALVES}(?:[ _](?:h|horas))?(?: {_HALF}|"
        rf" en punto)?)(?!\w)(?![ _]\w+s\b)",
        _at,
    ),
    rule("C", rf"las? {_H1}(?: y (?P<plus>media|cuarto)| menos (?P<minus>cuarto))(?: {_HALF})?(?!\w)", _at),
    rule("C", rf"{_ES_PREP} (?P<it>{_H}_h)(?!\w)", _at),
    # French
    rule(
        "C",
        rf"{_H}_h(?:_{_MM})?(?!\w|_\d)(?=$|[ _][^\w]|[ _](?:{_FR_PREP}|et|au|aux|le|la|les|tous|s|"
        rf"svp|stp|puis|pile)\b)",
        _at,
    ),
    rule("C", rf"{_H}[ _]h[ _]{_MM}(?!\w)", _at),
    rule("C", rf"{_FR_PREP} (?P<it>{_H}[ _]?(?:heures?|h){_FR_HALVES}(?: {_HALF}| pile)?)(?!\w)", _at),
    rule("C", rf"(?:a|avant|vers|jusqu_'_a|des) (?P<it>(?P<hh>une) heure{_FR_HALVES}(?: {_HALF}| pile)?)(?!\w)", _at),
    rule("C", rf"(?P<hh>12)?(?:midi){_FR_HALVES}(?!\w)", lambda m, now: _noon(m, 12)),
    rule("C", rf"minuit{_FR_HALVES}(?!\w)", lambda m, now: _noon(m, 0)),
    # Chinese
    rule("C", rf"{_HAN_HALF}差[ _](?P<less>\d{{1,2}})[ _]分(?:[ _]钟)?[ _]{_H}[ _]点(?P<min>)", _han),
    rule("C", rf"{_HAN_HALF}{_H}[ _]点[ _]差[ _](?P<short>\d{{1,2}})[ _]分(?P<min>)", _han),
    rule("C", rf"{_HAN_HALF}{_H}[ _]点(?:[ _](?P<min>半|[13] 刻|整|钟|\d{{1,2}}(?: 分)?))?(?![ _]钟)", _han),
    # words
    rule("C", r"(?:12 )?noon|midday|mittags?|mediodia|正 午|中 午(?! \d)", fixed("12:00")),
    rule("C", r"midnight|mitternacht|medianoche|午 夜|半 夜", fixed("00:00")),
    rule(
        "C",
        r"(?:the )?(?:top|end) of the hour|next full hour|zur vollen stunde|nachsten? vollen? stunde|(?:la )?hora en punto|"
        r"(?:la )?prochaine heure pile|整 点",
        _top,
    ),
)


def _noon(match: re.Match[str], hour: int) -> str | None:
    minute = _minutes(match["plus"]) if match["plus"] else int(match["more"] or 0)
    if match["minus"]:
        minute = -_minutes(match["minus"])
    return clock_text(hour * 60 + minute)
