"""Number words of the five languages operators write in, as data; the tokeniser turns them into digits.

Words that are also everyday function words are left out on purpose ("un", "una", "ein", "a"): an article is not a count.
"""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """The words of a literal list, as a set."""
    return frozenset(text.split())


UNITS: dict[str, int] = {
    word: value
    for value, words in {
        1: "one eins uno 一 壹",
        2: "two zwei zwo dos deux 二 两",
        3: "three drei tres trois 三",
        4: "four vier cuatro quatre 四",
        5: "five funf fuenf cinco cinq 五",
        6: "six sechs seis 六",
        7: "seven sieben siete sept 七",
        8: "eight acht ocho huit 八",
        9: "nine neun nueve neuf 九",
        10: "ten zehn diez dix 十",
        11: "eleven elf once onze",
        12: "twelve zwolf zwoelf doce douze",
        13: "thirteen dreizehn trece treize",
        14: "fourteen vierzehn catorce quatorze",
        15: "fifteen funfzehn fuenfzehn quince quinze",
        16: "sixteen sechzehn dieciseis seize",
        17: "seventeen siebzehn diecisiete dixsept",
        18: "eighteen achtzehn dieciocho",
        19: "nineteen neunzehn diecinueve",
    }.items()
    for word in words.split()
}
#: "once" counts in Spanish and sequences in English ("once that is done"); English is read first.
del UNITS["once"]

TENS: dict[str, int] = {
    word: value
    for value, words in {
        20: "twenty zwanzig veinte vingt",
        30: "thirty dreissig treinta trente",
        40: "forty vierzig cuarenta quarante",
        50: "fifty funfzig fuenfzig cincuenta cinquante",
        60: "sixty sechzig sesenta soixante",
        70: "seventy siebzig setenta",
        80: "eighty achtzig ochenta",
        90: "ninety neunzig noventa",
    }.items()
    for word in words.split()
}
HUNDREDS = words("hundred hundert cien ciento cent")
UNITS.update({f"veinti{word}": 20 + value for word, value in UNITS.items() if value < 10 and word.isascii()})
UNITS.update(
    {
        f"{unit}und{ten}": TENS[ten] + UNITS[one]
        for unit, one in (
            ("ein", "eins"),
            *((w, w) for w in ["zwei", "drei", "vier", "funf", "fuenf", "sechs", "sieben", "acht", "neun"]),
        )
        for ten in ["zwanzig", "dreissig", "vierzig", "funfzig", "fuenfzig", "sechzig", "siebzig", "achtzig", "neunzig"]
    }
)
#: Han digits: a run of them is one number ("二十四" is 24).
HAN_DIGITS = {**{c: i for i, c in enumerate("零一二三四五六七八九")}, "〇": 0, "两": 2, "俩": 2}
#: After these a lone 一 counts; elsewhere it is part of a word (一起, 一下).
HAN_MEASURES = frozenset("个個辆台箱托盘车件盒袋桶瓶份张条号层分点小刻半趟次遍只组批套楼区线排班部桌米秒打对")


def is_number(word: str) -> bool:
    """Whether a normalised token is a number in digits."""
    return word.isascii() and word.isdigit()
