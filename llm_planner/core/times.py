"""Clock times, durations, speeds and counting words of a sentence, in five languages, read by rule and never by the model.

What they are for (a deadline, a pause, a repetition) is the model's to say; what they amount to is arithmetic.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from llm_planner.core.tokens import Token

Minutes = float


@dataclass(frozen=True, slots=True)
class Figure:
    """`letter`: C clock ("HH:MM"), D duration (minutes), S speed ("50 percent", "0.8 mps"), N count. Token indices.

    `word`: what stays behind the placeholder ("times" of "twice"), so that the sentence still reads as one.
    """

    letter: str
    value: str
    start: int
    end: int
    before: str = ""
    word: str = ""


def find_figures(tokens: tuple[Token, ...], now: str) -> tuple[Figure, ...]:
    """Every figure but plain counts, in reading order; where two rules match the same words the longer wins.

    `now`: the site's clock "HH:MM", which tells what "by three" means. A time without am or pm is the next such time.
    """
    line, offsets = _joined(tokens)
    found: list[tuple[int, int, str, str, str, str]] = []
    for rule in _RULES:
        for match in rule.pattern.finditer(line):
            value = rule.read(match, now)
            if value is not None:
                start, end = match.span("it") if "it" in rule.pattern.groupindex else match.span()
                found.append((start, end, rule.letter, value, rule.before, rule.word))
    figures: list[Figure] = []
    taken: set[int] = set()
    for start, end, letter, value, before, word in sorted(found, key=lambda row: (row[0] - row[1], row[0])):
        first, last = offsets[start], offsets[end - 1]
        span = set(range(first, last + 1))
        if not span & taken:
            taken |= span
            figures.append(Figure(letter, value, first, last + 1, before, word))
    return tuple(sorted(figures, key=lambda figure: figure.start))


def _joined(tokens: tuple[Token, ...]) -> tuple[str, list[int]]:
    """Normalised tokens, "_" between those that touch and " " between the others; for each character its token."""
    parts: list[str] = []
    offsets: list[int] = []
    for index, token in enumerate(tokens):
        touching = index + 1 < len(tokens) and tokens[index + 1].start == token.end
        shown = token.text if token.text.isascii() and token.text.isdigit() else token.norm  # "0730" keeps its zero
        piece = shown + ("_" if touching else " ")
        parts.append(piece)
        offsets.extend([index] * len(piece))
    return "".join(parts)[:-1], offsets


def clock_text(minutes: float) -> str:
    """Minutes of the day as "HH:MM"."""
    whole = round(minutes) % 1440
    return f"{whole // 60:02d}:{whole % 60:02d}"


def clock_minutes(clock: str) -> int:
    """Minutes of the day of "HH:MM"."""
    hour, _, minute = clock.partition(":")
    return int(hour) * 60 + int(minute)


def number_text(value: float) -> str:
    """A number as the Command IR's text forms write it: no exponent, no trailing zeros."""
    return f"{value:.3f}".rstrip("0").rstrip(".")


def _next(hour: int, minute: int, now: str, half: str) -> str | None:
    """The clock time meant. `half`: "am", "pm" or "", where the next such time after `now` is meant."""
    if hour > 24 or minute > 59:
        return None
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


_AM = (
    r"am|a[ _]?[.][ _]?m(?:[ _]?[.])?|in the morning|this morning|morgens|fruh|vormittags|de la manana|du matin|早 上|上 午|凌 晨"
)
_PM = (
    r"pm|p[ _]?[.][ _]?m(?:[ _]?[.])?|in the afternoon|this afternoon|in the evening|this evening|tonight|at night|nachmittags|abends"
    r"|heute nachmittag|heute abend|de la tarde|de la noche|de l ' apres[ _]-[ _]midi|du soir|下 午|晚 上|今 晚|傍 晚"
)


def _half(text: str | None) -> str:
    said = (text or "").replace("_", " ")
    if not said:
        return ""
    return "am" if re.fullmatch(_loose(_AM), said) else "pm"


def _loose(pattern: str) -> str:
    """Spaces of a pattern match any way in which two tokens may stand together."""
    loose = pattern.replace("[ _]", "\0").replace(" ", "[ _]").replace("\0", "[ _]")
    return loose.replace(r"(?!\w)", r"(?![^\W_])")


_HALF = rf"(?P<half>{_AM}|{_PM})"
_END = r"(?=$|[ _][^\w]| (?:sharp|latest|today|please|and|then|on the dot|heute|bitte|und|dann|hoy|y|por favor|et|s_'|puis)\b)"
_EN_PREP = r"(?:by|before|at|until|till|til|from|after|around|about|for|past|between|not before|no later than|latest|since)"
_DE_PREP = r"(?:um|bis|vor|ab|gegen|nach|spatestens|seit|bis um|fur|auf)"
_ES_PREP = r"(?:a|para|antes de|hasta|desde|sobre|tras|despues de|a partir de|hacia|de|entre)"
_FR_PREP = r"(?:a|avant|vers|jusqu_'_a|des|apres|pour|d_'_ici|a partir de|depuis|entre)"
_ES_HALVES = r"(?: y (?P<media>media|cuarto|\d{1,2})| (?P<menos>menos cuarto))?"
_FR_HALVES = r"(?: et (?P<et>demie|quart)| (?P<moins>moins le quart))?"


def _hm(match: re.Match[str], now: str) -> str | None:
    groups = match.groupdict()
    return _next(int(groups["hh"]), int(groups.get("mm") or 0), now, _half(groups.get("half")))


def _padded(match: re.Match[str], now: str) -> str | None:
    return _next(int(match["hh"]), int(match["mm"] or 0), now, _half(match.groupdict().get("half")))


def _four(match: re.Match[str], now: str) -> str | None:
    digits = match["hhmm"].zfill(4)
    hour, minute = int(digits[:2]), int(digits[2:])
    return clock_text(hour * 60 + minute) if hour < 24 and minute < 60 else None


def _shifted(minutes_of: Callable[[re.Match[str]], int]) -> Callable[[re.Match[str], str], str | None]:
    def read(match: re.Match[str], now: str) -> str | None:
        minute = minutes_of(match)
        hour = int(match["hh"])
        if minute < 0:
            hour, minute = (hour - 1) or 12, 60 + minute
        return _next(hour, minute, now, _half(match.groupdict().get("half")))

    return read


def _spanish(match: re.Match[str]) -> int:
    said = match["media"]
    if match["menos"]:
        return -15
    return 0 if not said else 30 if said == "media" else 15 if said == "cuarto" else int(said)


def _french(match: re.Match[str]) -> int:
    return -15 if match["moins"] else {"demie": 30, "quart": 15}.get(match["et"] or "", 0)


def _han(match: re.Match[str]) -> int:
    said = match["min"] or ""
    if said == "半":
        return 30
    if "刻" in said:
        return 45 if said.startswith("3") else 15
    return int(re.sub(r"\D", "", said) or 0)


def _duration(match: re.Match[str], now: str) -> str | None:
    value = float(f"{match['n']}.{match['frac'] or 0}")
    if match.groupdict().get("plus"):
        value += 0.5
    unit = match["unit"]
    if unit.startswith(("s", "秒")) and not unit.startswith("stu") and unit != "std":
        total = value / 60
    elif unit.startswith(("h", "stu", "std", "小", "钟 头", "钟_头", "个")):
        total = value * 60
    elif unit.startswith(("d", "t", "j", "天")):
        return None
    else:
        total = value
    more = match.groupdict().get("more")
    return number_text(total + (float(more) if more else 0.0)) if total else None


def _fixed(value: str) -> Callable[[re.Match[str], str], str | None]:
    return lambda match, now: value


def _speed(match: re.Match[str], now: str) -> str | None:
    value = float(f"{match['n']}.{match['frac'] or 0}")
    unit = match["unit"]
    if unit.startswith(("%", "p", "百")):
        return f"{number_text(value)} percent"
    if unit.startswith("k") or "公" in unit:
        return f"{number_text(value / 3.6)} mps"
    return f"{number_text(value)} mps"


def _top(match: re.Match[str], now: str) -> str | None:
    return clock_text((clock_minutes(now) // 60 + 1) * 60)


def _times(match: re.Match[str], now: str) -> str | None:
    return match["n"]


@dataclass(frozen=True, slots=True)
class _Rule:
    letter: str
    pattern: re.Pattern[str]
    read: Callable[[re.Match[str], str], str | None]
    before: str = ""
    word: str = ""


def _rule(
    letter: str, pattern: str, read: Callable[[re.Match[str], str], str | None], *, before: str = "", word: str = ""
) -> _Rule:
    return _Rule(letter, re.compile(rf"(?:^|(?<=[ _]))(?:{_loose(pattern)})"), read, before, word)


_SECONDS = r"seconds?|secs?|sekunden?|sek|segundos?|secondes?|秒 钟|秒"
_MINUTES = r"minutes?|minuten?|minutos?|mins?|分 钟|分"
_HOURS = r"hours?|hrs?|stunden?|std|horas?|heures?|个 小 时|小 时|个 钟 头|钟 头|h"
_UNIT = rf"(?P<unit>{_SECONDS}|{_MINUTES}|{_HOURS}|m|s)(?![^\W_])"
_NUMBER = r"(?P<n>\d{1,4})(?:_[.,]_(?P<frac>\d+))?"

_RULES: tuple[_Rule, ...] = (
    # clock times
    _rule("C", rf"{_ES_PREP} (?P<it>las? (?P<hh>\d{{1,2}})_[:]_(?P<mm>\d{{1,2}})(?: {_HALF}| horas| h)?)(?!\w)", _padded),
    _rule("C", rf"(?:en cuanto den|en tocando|sobre) (?P<it>las (?P<hh>\d{{1,2}}){_ES_HALVES})(?!\w)", _shifted(_spanish)),
    _rule("C", rf"(?P<hh>\d{{1,2}})_[:]_(?P<mm>\d{{1,2}})(?: (?:uhr|hours?|hrs|h)(?!\w))?(?: {_HALF}(?!\w))?", _hm),
    _rule(
        "C", rf"(?:{_EN_PREP}|{_DE_PREP}) (?P<it>(?P<hh>\d{{1,2}})_[.h]_(?P<mm>\d{{1,2}})(?: uhr)?(?: {_HALF})?)(?!\w|_[.%])", _hm
    ),
    _rule("C", rf"(?P<hh>\d{{1,2}})_[.]_(?P<mm>\d{{1,2}}) (?:uhr|{_HALF})(?!\w)", _hm),
    _rule("C", rf"(?P<hh>\d{{1,2}})(?: (?P<mm>\d{{1,2}}))? {_HALF}(?!\w)", _padded),
    _rule("C", rf"(?P<hh>\d{{1,2}})(?P<mm>) o ' clock(?: {_HALF})?", _padded),
    _rule("C", rf"(?P<hh>\d{{1,2}}) uhr(?: (?P<mm>\d{{1,2}}))?(?: {_HALF})?(?!\w)", _padded),
    _rule("C", rf"{_EN_PREP} (?P<it>(?P<hh>\d{{1,2}})(?P<mm>)(?: {_HALF})?){_END}", _padded),
    _rule("C", rf"(?:um|bis|ab|gegen) (?P<it>(?P<hh>\d{{1,2}})(?P<mm>)){_END}", _padded),
    _rule("C", rf"(?:{_EN_PREP}|{_DE_PREP}) (?P<it>(?P<hhmm>[0-2]\d[0-5]\d)(?: (?:hours?|hrs|uhr))?)(?!\w)", _four),
    _rule("C", r"(?P<hhmm>[0-2]\d[0-5]\d) (?:hours|hrs|uhr)(?!\w)", _four),
    _rule("C", rf"half (?:past )(?P<hh>\d{{1,2}})(?: {_HALF})?(?!\w)", _shifted(lambda m: 30)),
    _rule("C", rf"{_EN_PREP} (?P<it>half (?P<hh>\d{{1,2}}))(?!\w)", _shifted(lambda m: 30)),
    _rule("C", r"(?:a )?quarter past (?P<hh>\d{1,2})(?!\w)", _shifted(lambda m: 15)),
    _rule("C", r"(?:a )?quarter (?:to|of) (?P<hh>\d{1,2})(?!\w)", _shifted(lambda m: -15)),
    _rule("C", rf"{_EN_PREP} (?P<it>(?P<d>5|10|20|25) past (?P<hh>\d{{1,2}}))(?!\w)", _shifted(lambda m: int(m["d"]))),
    _rule("C", rf"{_EN_PREP} (?P<it>(?P<d>5|10|20|25) to (?P<hh>\d{{1,2}}))(?!\w)", _shifted(lambda m: -int(m["d"]))),
    _rule("C", r"halb (?P<hh>\d{1,2})(?!\w)", _shifted(lambda m: -30)),
    _rule("C", r"(?:viertel nach) (?P<hh>\d{1,2})(?!\w)", _shifted(lambda m: 15)),
    _rule("C", r"(?:viertel vor|dreiviertel) (?P<hh>\d{1,2})(?!\w)", _shifted(lambda m: -15)),
    _rule("C", rf"{_ES_PREP} (?P<it>las? (?P<hh>\d{{1,2}})(?:_[:.h]_(?P<mm>\d{{1,2}}))(?: {_HALF})?)(?!\w)", _padded),
    _rule(
        "C",
        rf"{_ES_PREP} (?P<it>las? (?P<hh>\d{{1,2}}){_ES_HALVES}(?: (?:h|horas))?(?: {_HALF}| en punto)?)(?!\w)(?! \w+s\b)",
        _shifted(_spanish),
    ),
    _rule(
        "C",
        rf"(?P<hh>\d{{1,2}})_h(?:_(?P<mm>\d{{1,2}}))?(?!\w|_\d)(?=$|[ _][^\w]|[ _](?:{_FR_PREP}|et|au|aux|le|la|les|tous|s)\b)",
        _padded,
    ),
    _rule("C", r"(?P<hh>\d{1,2})_h_(?P<mm>\d{1,2})(?!\w)", _padded),
    _rule("C", rf"{_FR_PREP} (?P<it>(?P<hh>\d{{1,2}}) ?(?:heures?|h){_FR_HALVES}(?: {_HALF}| pile)?)(?!\w)", _shifted(_french)),
    _rule("C", rf"{_FR_PREP} (?P<it>(?P<hh>\d{{1,2}}) heures? (?P<mm>\d{{1,2}}))(?!\w)", _padded),
    _rule(
        "C",
        r"(?:(?P<half>早 上|上 午|凌 晨|下 午|晚 上|今 晚|傍 晚|中 午|今 天)[ _])?(?P<hh>\d{1,2})[ _]点(?:[ _](?P<min>半|[13] 刻|整|钟|\d{1,2}(?: 分)?))?(?![ _]钟)",
        _shifted(_han),
    ),
    _rule("C", r"(?:12 )?noon|midday|mittags?|mediodia|midi|正 午|中 午(?! \d)", _fixed("12:00")),
    _rule("C", r"midnight|mitternacht|medianoche|minuit|午 夜|半 夜", _fixed("00:00")),
    _rule("C", r"(?:the )?top of the hour|next full hour|zur vollen stunde|en punto de la proxima hora|整 点", _top),
    # durations
    _rule("D", rf"{_NUMBER}[ _]?{_UNIT}(?P<plus> and a half| y media| et demie)?", _duration),
    _rule(
        "D",
        rf"{_NUMBER} (?P<unit>hours?|hrs?|h|stunden?|horas?|heures?|个 小 时|小 时)(?: and| und| y| et|[ _]零)? (?P<more>\d{{1,2}})(?: (?:{_MINUTES}|m))?(?![^\W_])",
        _duration,
    ),
    _rule("D", rf"{_NUMBER}[ _]个 (?P<plus>半)[ _](?P<unit>小 时|钟 头)", _duration),
    _rule(
        "D", r"half an? hour|half hour|halben? stunde|media hora|1? ?demi[ _]-?[ _]?heure|半 个? ?小 时|半 个 钟 头", _fixed("30")
    ),
    _rule(
        "D",
        r"半 小 时|半 个 小 时|半 个 钟 头|une demi[ _]-[ _]heure|demi[ _]-[ _]heure|eine[r]? halben? stunde|1 media hora",
        _fixed("30"),
    ),
    _rule(
        "D",
        r"(?:a )?quarter of an hour|(?:a )?quarter hour|(?:eine[r]? )?viertelstunde|1? ?cuarto de hora|un cuarto de hora|(?:un )?quart d_'_heure|[1一] 刻 钟|1 刻",
        _fixed("15"),
    ),
    _rule("D", r"(?:three|3) quarters of an hour|dreiviertelstunde|3 cuartos de hora|3 quarts d_'_heure|3 刻 钟", _fixed("45")),
    _rule(
        "D",
        r"(?:an )?hour and a half|anderthalb stunden|eineinhalb stunden|hora y media|(?:une )?heure et demie|1 个 半 小 时",
        _fixed("90"),
    ),
    _rule("D", r"(?:an|the next|next) hour|eine[r]? stunde|(?:una|proxima) hora|une heure", _fixed("60")),
    _rule("D", r"(?:a|couple of|couple) minutes?(?= |$)(?<!a minutes)", lambda m, now: "2" if "couple" in m.group() else "1"),
    _rule("D", r"a couple (?:of )?minutes|un par de minutos", _fixed("2")),
    _rule("D", r"a couple (?:of )?hours|un par de horas", _fixed("120")),
    _rule("D", r"hourly|stundlich|每 小 时|每 个 小 时|每 1 小 时", _fixed("60"), before="every"),
    _rule(
        "D", r"(?:every|each) (?P<it>hour)(?!\w)|(?:cada|chaque|jede) (?P<it2>hora|heure|stunde)(?!\w)", _fixed("60"), before=""
    ),
    _rule("D", r"half[ _]?-?[ _]?hourly|halbstundlich|每 半 小 时|每 半 个 小 时", _fixed("30"), before="every"),
    # speeds
    _rule(
        "S",
        rf"{_NUMBER}[ _]?(?P<unit>%|percent|per cent|prozent|pct|por ciento|pour cent|pourcent|m / s|mps|m per second|met(?:er|re)s? (?:per|a) second|meter pro sekunde|metros por segundo|metres par seconde|米 / 秒|米 每 秒|km / h|kmh|kph|公 里)(?![^\W_])",
        _speed,
    ),
    _rule("S", r"(?P<unit>百) 分 之 (?P<n>\d{1,3})(?P<frac>)", _speed),
    _rule(
        "S",
        r"half(?: the)? speed|half pace|halbe[sr]? (?:geschwindigkeit|tempo|kraft)|halben geschwindigkeit|media velocidad|mitad de (?:la )?velocidad|demi[ _]-[ _]vitesse|mi[ _]-[ _]vitesse|moitie de (?:la |leur |sa )?vitesse|半 速|1 半 速 度|一 半 速 度|速 度 减 半",
        _fixed("50 percent"),
        before="speed",
    ),
    _rule(
        "S",
        r"full speed|normal speed|top speed|volle[rs]? (?:geschwindigkeit|tempo)|normalgeschwindigkeit|velocidad normal|vitesse normale|pleine vitesse|plena velocidad|全 速|正 常 速 度",
        _fixed("100 percent"),
        before="speed",
    ),
    # counts that are no plain number
    _rule("N", r"twice|two times|zweimal|dos veces|deux fois", _fixed("2"), word="times"),
    _rule("N", r"thrice|dreimal|tres veces|trois fois", _fixed("3"), word="times"),
    _rule("N", r"viermal", _fixed("4"), word="times"),
    _rule("N", r"funfmal", _fixed("5"), word="times"),
    _rule("N", r"(?:a couple|a pair|un par|ein paar|une paire|1 paire|1 pair|1 couple)(?: of| de)?", _fixed("2")),
    _rule("N", r"couple of", _fixed("2")),
    _rule("N", r"half a dozen|halbes dutzend|media docena|demi[ _]-[ _]douzaine|une demi[ _]-[ _]douzaine(?: de)?", _fixed("6")),
    _rule("N", r"(?:a |1 )?dozen(?: of)?|(?:ein )?dutzend|(?:una )?docena(?: de)?|(?:une )?douzaine(?: de)?|1 打", _fixed("12")),
)
