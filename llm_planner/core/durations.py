"""Rules for durations, speeds and counting words in five languages."""

from __future__ import annotations

import re

from llm_planner.core.figures import Reader, fixed, number_text, rule

_SECONDS = r"seconds?|secs?|sekunden?|sek|segundos?|seg|secondes?|秒 钟|秒"
_MINUTES = r"minutes?|minuten?|minutos?|mins?|分 钟|分"
_HOURS = r"hours?|hrs?|stunden?|std|horas?|heures?|个 小 时|小 时|个 钟 头|钟 头|h"
_UNIT = rf"(?P<unit>{_SECONDS}|{_MINUTES}|{_HOURS}|m|s(?!_['’]))(?![^\W_])"
_NUMBER = r"(?P<n>\d{1,4})(?:_[.,]_(?P<frac>\d+))?"
_MPS = (
    r"m / s|mps|m per second|met(?:er|re)s? (?:per|a) second|meter pro sekunde|metern? in der sekunde|metros? por segundo|"
    r"metres? par seconde|米 / 秒|米 每 秒"
)
_KMH = (
    r"km / h|kmh|kph|km h|kilometers? per hour|stundenkilometern?|kilometros por hora|"
    r"kilometres? heure|公 里 每 小 时|公 里"
)
_PERCENT = r"%|percent|per (?:cent|100)|prozent|pct|por (?:ciento|100)|pour (?:cent|100)|pourcent"
#: In a sentence with one of these a bare decimal is a speed in m/s, and a half is half speed.
_OF_SPEED = re.compile(
    r"speed|slow|pace|geschwindigkeit|tempo|langsam|schnell|brems|drossel|velocidad|lent|despacio|rapid|vitesse|ralenti|速|慢"
)


def _duration(match: re.Match[str], now: str) -> str | None:
    groups = match.groupdict()
    value = float(f"{match['n']}.{groups.get('frac') or 0}")
    if groups.get("plus"):
        value += 0.5
    unit = match["unit"]
    if unit.startswith(("s", "秒")) and not unit.startswith("st"):
        total = value / 60
    elif unit.startswith(("h", "st", "小", "钟", "个")):
        total = value * 60
    else:
        total = value
    more = groups.get("more")
    return number_text(total + (float(more) if more else 0.0)) if total else None


def _half_more(match: re.Match[str], now: str) -> str | None:
    """ "zweieinhalb Stunden"."""
    whole = {"ein": 1, "zwei": 2, "drei": 3, "vier": 4, "funf": 5, "sechs": 6}[match["n"]]
    return number_text((whole + 0.5) * (60 if match["unit"].startswith("st") else 1))


def _speed(match: re.Match[str], now: str) -> str | None:
    value = float(f"{match['n']}.{match.groupdict().get('frac') or 0}")
    unit = match["unit"].replace("_", " ")
    if unit.startswith(("%", "p", "百")) and not unit.startswith("pasos"):
        return f"{number_text(value)} percent"
    if unit.startswith(("k", "st", "公")):
        return f"{number_text(value / 3.6)} mps"
    return f"{number_text(value)} mps"


def _where_speed(reader: Reader) -> Reader:
    """A reader for words that mean a speed only where the sentence is about one."""

    def read(match: re.Match[str], now: str) -> str | None:
        return reader(match, now) if _OF_SPEED.search(match.string) else None

    return read


def _decimal(match: re.Match[str], now: str) -> str | None:
    value = float(f"{match['n']}.{match['frac']}")
    return f"{number_text(value)} mps" if 0 < value <= 3 else None


def _dozens(match: re.Match[str], now: str) -> str | None:
    return str(int(match["n"]) * 12)


DURATIONS = (
    rule("D", rf"{_NUMBER}(?:[ _]?-[ _]?|[ _])?{_UNIT}(?P<plus> and a half| y media| et demie)?", _duration),
    rule("D", rf"(?P<n>\d{{1,2}})(?P<plus> and a half) (?P<unit>{_HOURS}|{_MINUTES})(?!\w)", _duration),
    rule(
        "D",
        rf"{_NUMBER}[ _]?(?P<unit>hours?|hrs?|h|stunden?|horas?|heures?|个 小 时|小 时)(?: and| und| y| et|[ _]零)?[ _]"
        rf"(?P<more>\d{{1,2}})(?:[ _]?(?:{_MINUTES}|m))(?![^\W_])",
        _duration,
    ),
    rule(
        "D",
        rf"(?:dans|pendant|durant|toutes les|in|for|alle|"
        rf"cada) (?P<it>{_NUMBER}[ _]?(?P<unit>h)[ _](?P<more>[0-5]\d))(?!\w)",
        _duration,
    ),
    rule(
        "D",
        rf"(?:an?|eine[r]?|una|une) (?:hour|stunde|hora|heure)(?: and| und| y|"
        rf" et)? (?P<more>\d{{1,2}})(?: (?:{_MINUTES}))?(?!\w)",
        lambda m, now: str(60 + int(m["more"])),
    ),
    rule("D", rf"{_NUMBER}[ _]个[ _](?P<plus>半)[ _](?P<unit>小 时|钟 头)", _duration),
    rule("D", r"(?P<n>ein|zwei|drei|vier|funf|sechs)(?:und)?einhalb (?P<unit>stunden|minuten)", _half_more),
    rule("D", r"(?P<n>ein|zwei|drei|vier|funf|sechs)einhalb (?P<unit>stunden|minuten)", _half_more),
    rule(
        "D",
        r"half an? hour|half hour|(?:eine[r]? )?halben? stunde|(?:1 |una )?media hora|(?:1 |"
        r"une )?demi[ _]-?[ _]?heure|半 个? ?小 时|半 个 钟 头",
        fixed("30"),
    ),
    rule("D", r"半 小 时|半 个 小 时|半 个 钟 头|(?:une )?demi[ _]-[ _]heure", fixed("30")),
    rule("D", r"half a minute|halbe minute|medio minuto|(?:une )?demi[ _]-[ _]minute|半 分 钟", fixed("0.5")),
    rule(
        "D",
        r"(?:a )?quarter (?:of an )?hour|(?:eine[r]? )?viertelstunde|(?:1 |"
        r"un )?cuarto de hora|(?:un |1 )?quart d_['’]_heure|1 刻 钟|1 刻",
        fixed("15"),
    ),
    rule(
        "D",
        r"3 quarters? of an hour|(?:eine[r]? )?dreiviertelstunde|3 cuartos de hora|"
        r"3 quarts d_['’]_heure|3 刻 钟",
        fixed("45"),
    ),
    rule(
        "D",
        r"(?:an |1 )?hour and a half|anderthalb stunden|eineinhalb stunden|(?:1 |"
        r"una )?hora y media|(?:1 |une )?heure et demie|1 个 半 小 时",
        fixed("90"),
    ),
    rule("D", r"(?:an|the next|next) hour|eine[r]? stunde|(?:una|proxima) hora|une heure", fixed("60")),
    rule("D", r"(?:a|eine[r]?|un|une) minute", fixed("1")),
    rule("D", r"(?:an?)? ?couple (?:of )?minutes|un par de minutos", fixed("2")),
    rule("D", r"(?:an?)? ?couple (?:of )?hours|un par de horas", fixed("120")),
    rule("D", r"hourly|stundlich|每 小 时|每 个 小 时|每 1 小 时", fixed("60"), before="every"),
    rule("D", r"(?:every|each) (?P<it>hour)(?!\w)", fixed("60")),
    rule("D", r"(?:cada|chaque|jede) (?P<it>hora|heure|stunde)(?!\w)", fixed("60")),
    rule("D", r"toutes les (?P<it>heures)(?!\w)", fixed("60")),
    rule("D", r"half[ _]?-?[ _]?hourly|halbstundlich|每 半 小 时|每 半 个 小 时", fixed("30"), before="every"),
    rule("D", r"viertelstundlich|quarter[ _]?-?[ _]?hourly", fixed("15"), before="every"),
)
SPEEDS = (
    rule("S", rf"{_NUMBER}[ _]?(?P<unit>{_PERCENT}|{_MPS}|{_KMH})(?![^\W_])", _speed),
    rule("S", r"(?P<unit>百) 分 之 (?P<n>\d{1,3})(?P<frac>)", _speed),
    rule("S", rf"每[ _]秒[ _]{_NUMBER}[ _]?(?P<unit>米|m)", _speed),
    rule("S", rf"(?:时[ _]速|每[ _]小[ _]时)[ _]{_NUMBER}[ _]?(?P<unit>公 里|km)", _speed),
    rule(
        "S",
        r"(?:an?|einem?|einen|un) met(?:er|re) (?:per|a|pro|par|por) (?:second|sekunde|seconde|"
        r"segundo)|un metro por segundo",
        fixed("1 mps"),
    ),
    rule(
        "S",
        r"half(?: the)?(?: normal)? speed|half pace|halbe[rmns]? (?:geschwindigkeit|tempo|kraft)|"
        r"(?:la )?mitad de (?:la |su )?velocidad|media velocidad|demi[ _]-[ _]vitesse|"
        r"mi[ _]-[ _]vitesse|moitie de (?:la |leur |sa )?vitesse|半 速|1 半 速 度|一 半 速 度|"
        r"1 半 的 速 度|一 半 的 速 度|速 度 减 半",
        fixed("50 percent"),
        before="speed",
    ),
    rule(
        "S",
        r"by half|in half|auf die halfte|um die halfte|a la mitad|de moitie|a moitie|减 半|一 半|1 半",
        _where_speed(fixed("50 percent")),
    ),
    rule(
        "S",
        r"(?:a )?quarter speed|viertel tempo|viertelgeschwindigkeit|"
        r"un cuarto de (?:la )?velocidad|(?:un )?quart de (?:la )?vitesse",
        fixed("25 percent"),
        before="speed",
    ),
    rule(
        "S",
        r"3 quarters? speed|dreiviertel tempo|3 quarts de (?:la )?vitesse|"
        r"3 cuartos de (?:la )?velocidad",
        fixed("75 percent"),
        before="speed",
    ),
    rule(
        "S",
        r"full speed|normal speed|top speed|volle[rs]? (?:geschwindigkeit|tempo)|"
        r"normale[rs]? (?:geschwindigkeit|tempo)|normalgeschwindigkeit|velocidad normal|"
        r"vitesse normale|pleine vitesse|plena velocidad|toda velocidad|全 速|正 常 速 度",
        fixed("100 percent"),
        before="speed",
    ),
    rule("S", r"(?P<n>\d)_[.,]_(?P<frac>\d{1,2})(?![^\W_]|_[.,%\d])", _where_speed(_decimal)),
)
COUNTS = (
    rule("N", r"twice|2 times|zweimal|dos veces|deux fois", fixed("2"), word="times"),
    rule("N", r"thrice|dreimal|tres veces|trois fois", fixed("3"), word="times"),
    rule("N", r"viermal", fixed("4"), word="times"),
    rule("N", r"funfmal", fixed("5"), word="times"),
    rule("N", r"(?:a couple|a pair|un par|une paire|1 paire|1 pair|1 couple)(?: of| de)?", fixed("2")),
    rule("N", r"couple of", fixed("2")),
    rule(
        "N",
        r"half a dozen(?: of)?|(?:ein )?halbes dutzend|media docena(?: de)?|(?:une )?demi[ _]-[ _]douzaine(?: de)?",
        fixed("6"),
    ),
    rule("N", r"(?P<n>\d{1,2}) (?:dozens?|dutzend|docenas|douzaines)(?: of| de)?(?![^\W_])", _dozens),
    rule(
        "N",
        r"(?:a |1 )?dozen(?: of)?|(?:ein )?dutzend|(?:una )?docena(?: de)?|"
        r"(?:une )?douzaine(?: de)?|1 打",
        fixed("12"),
    ),
)
