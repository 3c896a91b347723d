"""How numbers, times and unknown things are said, in five languages, for the training data."""

from __future__ import annotations

from random import Random

_UNITS = {
    "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
    "de": "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn",
    "fr": "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize",
    "es": "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince",
}
_WORDS = {language: words.split() for language, words in _UNITS.items()}
_TENS = {20: "twenty", 30: "thirty", 40: "forty", 50: "fifty"}
_HAN = "零一二三四五六七八九十"


def spell(value: int, language: str) -> str | None:
    """A number in words, where the language's usual words for it are short."""
    if language == "zh":
        if value <= 10:
            return _HAN[value]
        tens, unit = divmod(value, 10)
        return ("" if tens == 1 else _HAN[tens]) + "十" + (_HAN[unit] if unit else "") if value < 100 else None
    words = _WORDS[language]
    if value < len(words):
        return words[value] if value != 1 or language == "en" else None
    if language == "en" and value < 60:
        tens, unit = divmod(value, 10)
        return _TENS[tens * 10] + (f" {words[unit]}" if unit else "")
    return None


def count(rng: Random, language: str) -> str:
    """A count from two up."""
    roll = rng.random()
    if roll < 0.08:
        return rng.choice(_PAIRS[language])
    value = rng.choice((2, 2, 2, 3, 3, 3, 4, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 24, 30, 1))
    spelled = spell(value, language) if rng.random() < 0.5 else None
    if language == "zh" and value == 2 and spelled:
        spelled = "两"
    return spelled or str(value)


_PAIRS = {
    "en": ("a couple of", "a pair of", "half a dozen", "a dozen"),
    "de": ("zwei", "ein Dutzend"),
    "fr": ("une douzaine de", "deux"),
    "es": ("un par de", "una docena de", "media docena"),
    "zh": ("两", "一打"),
}


def duration(rng: Random, language: str) -> str:
    value = rng.choice((2, 3, 5, 5, 10, 10, 10, 15, 15, 20, 25, 30, 40, 45, 60, 90))
    roll = rng.random()
    if roll < 0.3:
        return rng.choice(_SPANS[language])
    number = (spell(value, language) if rng.random() < 0.45 else None) or str(value)
    if rng.random() < 0.2:
        hours = rng.choice((2, 3, 4))
        number = (spell(hours, language) if rng.random() < 0.5 else None) or str(hours)
        if language == "zh" and number == "二":
            number = "两"
        return f"{number}{_HOURS[language]}"
    return f"{number}{rng.choice(_MINUTES[language])}"


_HOURS = {"en": " hours", "de": " Stunden", "fr": " heures", "es": " horas", "zh": "个小时"}
_MINUTES = {
    "en": (" minutes", " minutes", " mins", " min"),
    "de": (" Minuten", " Minuten", " Min", " min"),
    "fr": (" minutes", " min"),
    "es": (" minutos", " minutos", " min"),
    "zh": ("分钟", "分钟", "分"),
}
_SPANS = {
    "en": (
        "half an hour",
        "an hour",
        "a quarter of an hour",
        "an hour and a half",
        "half an hour",
        "a couple of minutes",
        "an hour",
    ),
    "de": (
        "einer halben Stunde",
        "eine Stunde",
        "einer Stunde",
        "einer Viertelstunde",
        "anderthalb Stunden",
        "eine halbe Stunde",
    ),
    "fr": ("une demi-heure", "une heure", "un quart d'heure", "une heure et demie"),
    "es": ("media hora", "una hora", "un cuarto de hora", "hora y media"),
    "zh": ("半小时", "半个小时", "一小时", "一个小时", "一刻钟", "一个半小时"),
}


def clock(rng: Random, language: str) -> str:
    hour, minute = rng.randrange(6, 23), rng.choice((0, 0, 0, 0, 15, 30, 30, 45, 10, 20, 40, 50))
    digits = f"{hour}:{minute:02d}"
    twelve = (hour - 1) % 12 + 1
    roll = rng.random()
    if roll < 0.45:
        return digits
    if language == "en":
        half = "am" if hour < 12 else "pm"
        word = spell(twelve, "en") or str(twelve)
        if minute == 0:
            return rng.choice(
                (f"{twelve}{half}", f"{twelve} {half}", f"{word} o'clock", f"{hour:02d}00 hours", "noon", str(twelve), "midday")
            )
        if minute == 30:
            return rng.choice((f"half past {word}", f"half {word}", f"{twelve}:30 {half}"))
        if minute == 15:
            return f"quarter past {word}"
        return f"quarter to {spell((twelve % 12) + 1, 'en')}" if minute == 45 else f"{twelve}:{minute:02d}{half}"
    if language == "de":
        word = spell(twelve, "de") or str(twelve)
        if minute == 0:
            return rng.choice((f"{hour} Uhr", f"{hour} Uhr", "Mittag", f"{hour}:00 Uhr"))
        if minute == 30:
            return rng.choice((f"halb {spell((twelve % 12) + 1, 'de') or 1}", f"{hour} Uhr 30", f"{hour}.30 Uhr"))
        return rng.choice((f"Viertel nach {word}", digits)) if minute == 15 else f"{hour}:{minute:02d} Uhr"
    if language == "fr":
        return (
            rng.choice((f"{hour}h{minute:02d}", f"{hour} h {minute:02d}"))
            if minute
            else rng.choice((f"{hour}h", f"{hour} heures", "midi", f"{hour}h00"))
        )
    if language == "es":  # the article belongs to the phrase: "a las C1" is filled with "tres y media"
        word = spell(twelve, "es") or str(twelve)
        tail = {30: " y media", 15: " y cuarto"}.get(minute, "")
        return f"{word}{tail}" if minute in (0, 15, 30) and twelve != 1 else digits
    word = rng.choice((spell(twelve, "zh") or "", str(twelve)))
    word = "两" if word == "二" else word
    part = "上午" if hour < 12 else "下午" if hour < 18 else "晚上"
    tail = {0: "点", 30: "点半", 15: "点一刻"}.get(minute, f"点{minute}分")
    return f"{rng.choice((part, part, ''))}{word}{tail}"


def speed(rng: Random, language: str) -> str:
    percent = rng.choice((20, 25, 30, 40, 50, 60, 70, 75, 80, 100))
    mps = rng.choice(("0.3", "0.5", "0.8", "1.0", "1.2", "0.6"))
    return rng.choice(
        {
            "en": (f"{percent} percent", f"{percent}%", f"{percent} %", f"{mps} m/s", f"{mps} meters per second", "half speed"),
            "de": (
                f"{percent} Prozent",
                f"{percent} %",
                f"{percent}%",
                f"{mps.replace('.', ',')} m/s",
                "halbe Geschwindigkeit",
                "halbe Kraft",
            ),
            "fr": (
                f"{percent} pour cent",
                f"{percent} %",
                f"{percent}%",
                f"{mps.replace('.', ',')} m/s",
                "demi-vitesse",
                "mi-vitesse",
            ),
            "es": (f"{percent} por ciento", f"{percent} %", f"{percent}%", f"{mps.replace('.', ',')} m/s", "media velocidad"),
            "zh": (f"百分之{spell(percent, 'zh') or percent}", f"{percent}%", f"{mps}米/秒", f"{mps} m/s", "半速"),
        }[language]
    )


#: Things that no registry holds: adjective and noun are drawn apart.
_THINGS = {
    "en": (
        [
            "blue",
            "red",
            "old",
            "spare",
            "new",
            "broken",
            "heavy",
            "small",
            "urgent",
            "leftover",
            "missing",
            "second-hand",
            "wrapped",
            "opened",
            "cracked",
            "tall",
        ],
        [
            "toolbox",
            "ladder",
            "coffee machine",
            "mop bucket",
            "printer",
            "box of gloves",
            "first aid kit",
            "folding table",
            "extension cord",
            "spare tyre",
            "wreath",
            "monitor",
            "stack of chairs",
            "flip chart",
            "display stand",
            "sample case",
            "paint tin",
            "gas bottle",
            "label roll",
            "binder",
            "suitcase",
            "cable drum",
            "projector",
            "pram",
            "kettle",
            "crate of apples",
            "bunch of keys",
            "wet floor sign",
            "cash box",
            "ice packs",
            "signage",
            "carpet roll",
            "drill",
            "fan heater",
        ],
    ),
    "de": (
        ["blaue", "rote", "alte", "neue", "kaputte", "schwere", "kleine", "dringende", "übrige", "fehlende"],
        [
            "Werkzeugkiste",
            "Leiter",
            "Kaffeemaschine",
            "Drucker",
            "Verbandskasten",
            "Klapptisch",
            "Kabeltrommel",
            "Ersatzreifen",
            "Monitor",
            "Stühle",
            "Flipchart",
            "Farbeimer",
            "Gasflasche",
            "Etikettenrolle",
            "Koffer",
            "Beamer",
            "Schlüsselbund",
            "Warnschild",
            "Kasse",
            "Bohrmaschine",
            "Heizlüfter",
            "Eimer",
        ],
    ),
    "fr": (
        [""],
        [
            "caisse à outils",
            "échelle",
            "machine à café",
            "imprimante",
            "trousse de secours",
            "table pliante",
            "rallonge",
            "pneu de rechange",
            "écran",
            "chaises",
            "pot de peinture",
            "bouteille de gaz",
            "rouleau d'étiquettes",
            "valise",
            "projecteur",
            "trousseau de clés",
            "panneau",
            "perceuse",
            "seau",
            "ventilateur",
        ],
    ),
    "es": (
        [""],
        [
            "caja de herramientas",
            "escalera",
            "cafetera",
            "impresora",
            "botiquín",
            "mesa plegable",
            "alargador",
            "rueda de repuesto",
            "monitor",
            "sillas",
            "bote de pintura",
            "bombona de gas",
            "rollo de etiquetas",
            "maleta",
            "proyector",
            "llaves",
            "cartel",
            "taladro",
            "cubo",
            "ventilador",
        ],
    ),
    "zh": (
        ["", "新的", "旧的", "蓝色的", "备用的", "坏掉的"],
        [
            "工具箱",
            "梯子",
            "咖啡机",
            "打印机",
            "急救箱",
            "折叠桌",
            "延长线",
            "备胎",
            "显示器",
            "椅子",
            "油漆桶",
            "煤气瓶",
            "标签纸",
            "行李箱",
            "投影仪",
            "钥匙",
            "警示牌",
            "电钻",
            "水桶",
            "风扇",
        ],
    ),
}
_NOWHERE = {
    "en": "flux room;rooftop terrace;north pier;annex;Dock 99;Bay 77;Aisle 41;Room 808;warp lab;attic;sauna;Rack Q-88;Zone 17;helipad;greenhouse;"
    "Gate 63;boathouse;vault;Hangar 9;Line 55;chapel;bunker;east stairwell;Lab 404;wine cellar;penthouse;Station 66",
    "de": "Dachterrasse;Nordpier;Rampe 99;Tor 77;Gang 41;Raum 808;Dachboden;Sauna;Regal Q-88;Zone 17;Gewächshaus;Tresor;Halle 39;Linie 55;Kapelle;Bunker;Weinkeller",
    "fr": "terrasse;jetée nord;quai 99;porte 77;allée 41;salle 808;grenier;sauna;rack Q-88;zone 17;serre;coffre;hangar 9;ligne 55;chapelle;bunker;cave à vin",
    "es": "azotea;muelle 99;puerta 77;pasillo 41;sala 808;desván;sauna;rack Q-88;zona 17;invernadero;bóveda;hangar 9;línea 55;capilla;búnker;bodega de vinos",
    "zh": "天台;99号码头;77号门;41号通道;808房间;阁楼;桑拿房;Q-88货架;17区;温室;金库;九号机库;55号线;教堂;地堡;酒窖",
}
_NOBODY = ("AMR-99", "Zorro", "Unit 88", "R2D2", "Wanda", "BOT-77", "Hercules", "T-800", "Kevin", "Rover 44", "X-9", "FL-66")


def thing(rng: Random, language: str) -> str:
    """The name of a thing that the registry does not hold."""
    adjectives, nouns = _THINGS[language]
    adjective = rng.choice(adjectives) if rng.random() < 0.5 else ""
    return f"{adjective} {rng.choice(nouns)}".strip() if language != "zh" else adjective + rng.choice(nouns)


def nowhere(rng: Random, language: str) -> str:
    """The name of a place that is not there."""
    return rng.choice(_NOWHERE[language].split(";"))


def nobody(rng: Random) -> str:
    """The name of a robot that does not exist."""
    return rng.choice(_NOBODY)
